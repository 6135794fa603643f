package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
	"tengdi/tiles"
)

// bareServer is a server with a log and nothing else, for what needs no store.
func bareServer(t *testing.T) (*Server, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	return &Server{log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), now: time.Now}, &log
}

func answerTo(s *Server, r *http.Request, err error) (*http.Response, problem) {
	w := httptest.NewRecorder()
	s.handle(func(http.ResponseWriter, *http.Request) error { return err })(w, r)
	var p problem
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	return w.Result(), p
}

func TestEveryKindHasItsStatus(t *testing.T) {
	want := map[geo.Kind]int{
		geo.Internal: 500, geo.Invalid: 400, geo.NotFound: 404, geo.Conflict: 409, geo.Refused: 409,
		geo.Forbidden: 403, geo.Unauthorized: 401, geo.TooLarge: 413, geo.Unavailable: 503,
	}
	s, _ := bareServer(t)
	for _, err := range []error{tiles.ErrNotReady, tiles.ErrUnread} {
		if res, p := answerTo(s, httptest.NewRequest("GET", "/x", nil), fmt.Errorf("%w: disk 7 is full", err)); res.StatusCode != 503 || strings.Contains(p.Detail, "disk") {
			t.Errorf("%v: status %d, %q", err, res.StatusCode, p.Detail)
		}
	}
	for kind, status := range want {
		res, p := answerTo(s, httptest.NewRequest("GET", "/x", nil), fmt.Errorf("wrapped: %w", geo.Errorf(kind, "english", "中文")))
		if res.StatusCode != status || p.Status != status {
			t.Errorf("kind %d: status %d, in the body %d, want %d", kind, res.StatusCode, p.Status, status)
		}
		if got := res.Header.Get("Content-Type"); got != "application/problem+json; charset=utf-8" {
			t.Errorf("kind %d: content type %q", kind, got)
		}
		if p.Type == "" || p.Title == "" || p.Detail == "" {
			t.Errorf("kind %d: empty members in %+v", kind, p)
		}
		if (status == 503) != (res.Header.Get("Retry-After") != "") {
			t.Errorf("kind %d: Retry-After %q", kind, res.Header.Get("Retry-After"))
		}
		if p.Detail == "中文" && kind == geo.Internal {
			t.Error("the text of an internal error reached the caller")
		}
	}
}

// The cause of an error is for the log: the caller must not learn of SQL, paths
// or addresses, whatever wraps them.
func TestCausesStayInside(t *testing.T) {
	secret := errors.New(`ERROR: relation "land.parcel" does not exist (SQLSTATE 42P01) host=/var/run/db`)
	errs := []error{
		secret,
		fmt.Errorf("items: %w", secret),
		&geo.Error{Kind: geo.Invalid, En: "bad", Zh: "坏", Err: secret},
		&geo.Error{Kind: geo.Internal, En: secret.Error(), Zh: secret.Error()},
		&geo.Error{Kind: geo.Unavailable, En: "busy", Zh: "忙", Err: secret},
		&statusError{status: 422, err: secret},
	}
	for _, err := range errs {
		s, log := bareServer(t)
		w := httptest.NewRecorder()
		s.handle(func(http.ResponseWriter, *http.Request) error { return err })(w, httptest.NewRequest("GET", "/x", nil))
		for _, word := range []string{"SQLSTATE", "land.parcel", "/var/run"} {
			if strings.Contains(w.Body.String(), word) {
				t.Errorf("%T: the answer tells %q: %s", err, word, w.Body)
			}
		}
		if w.Code >= 500 && !strings.Contains(log.String(), "SQLSTATE") {
			t.Errorf("%T: the log does not tell the cause: %s", err, log)
		}
	}
}

// A caller that went away is no failure of ours, whatever words the database has for
// the query that it gave up; what fails by itself at that moment still is.
func TestCallersThatWentAwayAreNoFailure(t *testing.T) {
	for _, c := range []struct {
		err    error
		gone   bool
		failed bool
	}{
		{fmt.Errorf("items: %w", context.Canceled), true, false},
		{&geo.Error{Kind: geo.Unavailable, En: "busy", Zh: "忙", Err: errors.New("canceling statement")}, true, false},
		{errors.New("a bug"), true, true},
		{fmt.Errorf("items: %w", context.Canceled), false, true},
		{&geo.Error{Kind: geo.Unavailable, En: "busy", Zh: "忙"}, false, true},
	} {
		s, log := bareServer(t)
		ctx, cancel := context.WithCancel(t.Context())
		if c.gone {
			cancel()
		}
		res, p := answerTo(s, httptest.NewRequest("GET", "/x", nil).WithContext(ctx), c.err)
		cancel()
		if failed := strings.Contains(log.String(), "level=ERROR"); failed != c.failed || (p.Status >= 500) != c.failed {
			t.Errorf("%v, gone %v: %d %+v; the log has %s", c.err, c.gone, res.StatusCode, p, log)
		}
		if !c.failed && !strings.Contains(log.String(), "level=DEBUG") {
			t.Errorf("%v: the log does not tell at all", c.err)
		}
	}
}

func TestProblemLanguages(t *testing.T) {
	s, _ := bareServer(t)
	cases := []struct{ url, accept, want, tag string }{
		{"/x", "", "中文", "zh-CN"},
		{"/x", "en-GB,en;q=0.8", "english", "en"},
		{"/x?lang=en", "zh-CN", "english", "en"},
		{"/x?lang=zh", "en", "中文", "zh-CN"},
		{"/x", "fr, en;q=0.2, zh;q=0.1", "english", "en"},
		{"/x", "de", "中文", "zh-CN"},
		{"/x", "en;q=zero,zh;q=0.1", "中文", "zh-CN"},
	}
	for _, c := range cases {
		r := httptest.NewRequest("GET", c.url, nil)
		r.Header.Set("Accept-Language", c.accept)
		res, p := answerTo(s, r, geo.Errorf(geo.Invalid, "english", "中文"))
		if p.Detail != c.want || res.Header.Get("Content-Language") != c.tag {
			t.Errorf("%s with %q: %q in %s, want %q in %s", c.url, c.accept, p.Detail, res.Header.Get("Content-Language"), c.want, c.tag)
		}
	}
}

func TestProblemMembers(t *testing.T) {
	s, _ := bareServer(t)
	r := httptest.NewRequest("GET", "/x?lang=en", nil)
	r = r.WithContext(context.WithValue(r.Context(), requestIDKey, "abc"))

	_, p := answerTo(s, r, badField("bbox", "invalid_bbox", "en", "zh"))
	if len(p.Fields) != 1 || p.Fields[0].Field != "bbox" || p.Fields[0].Code != "invalid_bbox" || p.RequestID != "abc" {
		t.Errorf("fields: %+v", p)
	}
	_, p = answerTo(s, r, &geo.RefusedError{From: "a", To: "b", Reasons: []geo.Reason{{Guard: "paid_first", Zh: "先补偿", En: "compensation first"}}, Allowed: []string{"c"}})
	if p.Status != 409 || len(p.Reasons) != 1 || p.Reasons[0].Guard != "paid_first" || len(p.Allowed) != 1 {
		t.Errorf("refusal: %+v", p)
	}
	_, p = answerTo(s, r, &tiles.RangeError{Tileset: "public", Tile: tiles.ID{Z: 17}, MaxZoom: 16})
	if p.Status != 404 || !strings.Contains(p.Detail, "0 to 16") {
		t.Errorf("a tile out of range: %+v", p)
	}
	res, p := answerTo(s, r, tooMany(1500*time.Millisecond))
	if p.Status != 429 || res.Header.Get("Retry-After") != "2" {
		t.Errorf("too many: %+v, Retry-After %s", p, res.Header.Get("Retry-After"))
	}
	_, p = answerTo(s, r, fmt.Errorf("query: %w", context.DeadlineExceeded))
	if p.Status != 503 {
		t.Errorf("a timeout is %d, want 503", p.Status)
	}
}

func TestPanicBecomesProblem(t *testing.T) {
	s, log := bareServer(t)
	h := s.observe(s.handle(func(http.ResponseWriter, *http.Request) error { panic("secret words") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if w.Code != 500 || p.RequestID == "" || p.RequestID != w.Header().Get("X-Request-Id") || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("answer %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "secret words") || !strings.Contains(log.String(), p.RequestID) {
		t.Errorf("log: %s", log)
	}
}

func TestAccessLogKeepsQueriesPrivate(t *testing.T) {
	s, log := bareServer(t)
	h := s.observe(s.handle(func(w http.ResponseWriter, _ *http.Request) error { w.WriteHeader(204); return nil }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/api/search?q=%E5%BC%A0%E4%B8%89&limit=5", nil))
	line := log.String()
	if strings.Contains(line, "张三") || strings.Contains(line, "%E5") || !strings.Contains(line, "limit q") {
		t.Errorf("log line: %s", line)
	}
}
