package running

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestMain lets the test's own program stand for tengdi: one that gets ready after a
// while, or one that ends at once.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(serve())
	}
	os.Exit(m.Run())
}

func serve() int {
	if slices.Contains(os.Args, "--broken") {
		return 3
	}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	var asked atomic.Int32
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	fmt.Fprintln(os.Stderr, "args:", os.Args[1:])
	fmt.Printf("Hello\nTengdi is at %s\n", at.URL)
	<-end
	return 0
}

func TestServer(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var log said
	s := &Server{Binary: self, Data: "here", Database: "postgres://x", Log: &log}
	if err := s.Stop(); err != nil {
		t.Errorf("before its start: %v", err)
	}
	if took, err := s.Start(t.Context(), "--demo"); err != nil || took <= 0 || !strings.HasPrefix(s.URL, "http://127.0.0.1:") {
		t.Fatalf("%s at %q, %v", took, s.URL, err)
	}
	if err := syscall.Kill(s.PID(), 0); err != nil {
		t.Errorf("process %d: %v", s.PID(), err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("ended badly: %v", err)
	}
	if want := "[serve --data here --database-url postgres://x --listen 127.0.0.1:0 --log warn --demo]"; log.after("args: ") != want {
		t.Errorf("it was given %s, want %s", log.after("args: "), want)
	}
	if _, err := s.Start(t.Context(), "--broken"); err == nil {
		t.Error("one that ends has started")
	}
	if err := s.Stop(); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("its end: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Start(gone); err == nil {
		t.Error("nobody waited")
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}
