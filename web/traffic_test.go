package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tengdi/geo"
)

// Every request that ends is counted once, whatever became of it.
func TestRequestsAreCounted(t *testing.T) {
	s := newSite(t, village(), nil)
	before := s.server.Answered()
	s.visitor().get("/livez")
	s.visitor().get("/api/work") // not signed in
	s.visitor().get("/tiles/public/99/0/0.mvt")
	abort := s.server.observe(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	fault := s.server.observe(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errors.New("a fault")) }))
	for _, h := range []http.Handler{abort, fault} {
		func() {
			defer func() { _ = recover() }()
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		}()
	}
	want := [6]int64{0: 1, 2: 1, 4: 2, 5: 1}
	var got [6]int64
	// A request may be counted just after its answer has arrived.
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline) && got != want; time.Sleep(time.Millisecond) {
		for i, n := range s.server.Answered() {
			got[i] = n - before[i]
		}
	}
	if got != want {
		t.Errorf("counted by hundreds: %v, want %v", got, want)
	}
}

// Streams are counted by audience.
func TestReadersByAudience(t *testing.T) {
	h := newTestHub(t)
	subscribe(t, h, subscription{audience: geo.Public})
	subscribe(t, h, subscription{audience: geo.Public})
	st := subscribe(t, h, subscription{audience: geo.Staff})
	if p, s := h.ReadersOf(geo.Public), h.ReadersOf(geo.Staff); p != 2 || s != 1 {
		t.Errorf("%d of the public and %d of staff, want 2 and 1", p, s)
	}
	h.unsubscribe(st)
	if n := h.ReadersOf(geo.Staff); n != 0 {
		t.Errorf("%d of staff after the last has left", n)
	}
}
