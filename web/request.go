package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// contextKey keeps our values apart from everybody else's.
type contextKey int

const (
	requestIDKey contextKey = iota // string
	callerKey                      // caller
)

// requestID is the id of the request, also in the header X-Request-Id.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}

// recorder remembers what was answered. Unwrap lets http.ResponseController
// reach the connection behind it.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observe gives each request its id, turns a panic into a problem, and writes
// one line of the access log.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := newRequestID()
		w.Header().Set("X-Request-Id", id)
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey, id))
		rec := &recorder{ResponseWriter: w}
		began := time.Now()
		defer func() { s.answered.count(rec.status) }() // also of what goes on up
		defer func() {
			s.recovered(rec, r, recover())
			s.logAccess(rec, r, time.Since(began))
		}()
		next.ServeHTTP(rec, r)
	})
}

// recovered answers for a handler that panicked. What a handler aborted on
// purpose goes on up, where net/http ends the connection.
func (s *Server) recovered(w *recorder, r *http.Request, cause any) {
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	err := fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
	if w.status != 0 {
		s.logFailure(r, w.status, err)
		panic(http.ErrAbortHandler)
	}
	s.writeProblem(w, r, err)
}

// logAccess writes the line. Of the query only the names of the parameters are
// written: what people search for is nobody's business. What went well is for
// debugging; a server whose log shows all of it shows nothing else.
func (s *Server) logAccess(w *recorder, r *http.Request, took time.Duration) {
	level := slog.LevelInfo
	if w.status < 400 {
		level = slog.LevelDebug
	}
	if !s.log.Enabled(r.Context(), level) {
		return // most requests: what would be written costs more than a tile
	}
	s.log.LogAttrs(context.WithoutCancel(r.Context()), level, "request",
		slog.String("method", r.Method),
		slog.String("path", loggedPath(r.URL.Path)),
		slog.Any("query", queryNames(r)),
		slog.String("route", routePattern(r)),
		slog.Int("status", w.status),
		slog.Int64("bytes", w.bytes),
		slog.Duration("took", took),
		slog.String("client", s.clientAddr(r)),
		slog.String("request_id", requestID(r.Context())))
}

// loggedPath is a path without what comes after the collection of households:
// which of them somebody read stands in the record of readings, and nowhere else.
// The row of the table is logged beside it.
func loggedPath(path string) string {
	parts := strings.Split(path, "/")
	at := slices.IndexFunc(parts, func(p string) bool { return strings.EqualFold(p, households) })
	if at < 0 || at == len(parts)-1 {
		return path
	}
	return strings.Join(parts[:at+1], "/") + "/…"
}

func queryNames(r *http.Request) []string {
	var names []string
	for name := range r.URL.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names[:min(len(names), 20)]
}

// routePattern is the row of the table that matched; "" when none did.
func routePattern(r *http.Request) string {
	if rc := chi.RouteContext(r.Context()); rc != nil {
		return rc.RoutePattern()
	}
	return ""
}

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}
