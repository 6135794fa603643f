package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tengdi/geo"
)

// How a stream behaves.
const (
	heartbeat    = 15 * time.Second // a comment, so that proxies and dead peers are noticed
	recheck      = time.Second      // how old the check of a staff session may be when an event goes out
	writeTimeout = 10 * time.Second // for one event to one reader
	retryAfter   = 2 * time.Second  // what a stream tells the browser to wait after a break
)

// live streams changes as server-sent events. tileset=staff needs a session and
// ends with it; the default is what the caller's session gives.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	who := callerOf(r.Context())
	aud := who.audience
	switch set := r.URL.Query().Get("tileset"); set {
	case "":
		if r.URL.Query().Has("tileset") {
			return badField("tileset", "invalid", "must be public or staff", "须为 public 或 staff")
		}
	case string(geo.Public):
		aud = geo.Public
	case string(geo.Staff):
		if err := permit(staffOnly, who); err != nil {
			return err
		}
		aud = geo.Staff
	default:
		return badField("tileset", "invalid", "must be public or staff", "须为 public 或 staff")
	}
	after, resume, err := lastEventID(r)
	if err != nil {
		return err
	}
	sub := subscription{audience: aud, client: s.clientKey(r), after: after, resume: resume}
	if aud == geo.Staff {
		sub.session = who.session
	}
	st, err := s.cfg.Hub.subscribe(sub)
	if err != nil {
		return err
	}
	defer s.cfg.Hub.unsubscribe(st)
	return s.stream(w, r, st)
}

// lastEventID reads the header with which a browser comes back after a break.
func lastEventID(r *http.Request) (id int64, given bool, err error) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		return 0, false, nil
	}
	id, err = strconv.ParseInt(text, 10, 64)
	if err != nil || id < 0 {
		return 0, false, badField("Last-Event-ID", "invalid", "must be a revision", "须为版本号")
	}
	return id, true, nil
}

// stream writes to one reader until the reader goes, falls behind, loses its
// session, or the server drains.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, st *subscriber) error {
	rc := http.NewResponseController(w)
	// The server's limits are for answers that end.
	if err := rc.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("live: lift read deadline: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	out := eventWriter{w: w, rc: rc}
	for _, frame := range st.greeting {
		if err := out.write(frame); err != nil {
			return nil // the reader has gone; nothing to answer
		}
	}
	st.greeting = nil
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	token, checked := s.sessions.token(r), time.Now()
	for {
		var frame []byte
		select {
		case <-r.Context().Done():
			return nil
		case <-st.closed:
			_ = out.write(st.farewell())
			return nil
		case frame = <-st.queue:
		case <-beat.C:
			frame = []byte(": here\n\n")
		}
		if st.audience == geo.Staff && time.Since(checked) >= recheck {
			if !s.stillStaff(r.Context(), token, st) {
				return nil
			}
			checked = time.Now()
		}
		if err := out.write(frame); err != nil {
			return nil
		}
	}
}

// stillStaff says whether the session of a staff stream stands. When the
// database does not answer the stream ends too; the browser comes back.
func (s *Server) stillStaff(ctx context.Context, token string, st *subscriber) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if t := callerOf(ctx).token; t != nil {
		ok, err := s.stillBears(ctx, t.Hash)
		return err == nil && ok
	}
	ok, err := s.sessions.alive(ctx, token, st.session)
	return err == nil && ok
}

// eventWriter writes frames, each with a deadline of its own.
type eventWriter struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (e eventWriter) write(frame []byte) error {
	if err := e.rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("live: set write deadline: %w", err)
	}
	if _, err := e.w.Write(frame); err != nil {
		return err
	}
	return e.rc.Flush()
}
