// Package running starts and stops the built tengdi for benchmarks.
package running

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Server is a running tengdi on a data folder, and on a database or a private cluster
// in the folder.
type Server struct {
	Binary, Data, Database string
	Log                    io.Writer // what it says of itself; nil = nobody listens
	URL                    string    // once it has started

	cmd   *exec.Cmd
	out   said
	ended chan struct{} // closed when it has ended
	err   error         // of its end; after ended
}

// Launch starts it and does not wait for anything.
func (s *Server) Launch(args ...string) error {
	all := []string{"serve", "--data", s.Data}
	if s.Database != "" {
		all = append(all, "--database-url", s.Database)
	}
	s.cmd, s.ended = exec.Command(s.Binary, append(all, args...)...), make(chan struct{})
	s.out = said{}
	s.cmd.Stdout, s.cmd.Stderr = &s.out, s.Log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	return nil
}

// Start starts it on a free port and waits until it is ready, and says how long that
// took.
func (s *Server) Start(ctx context.Context, args ...string) (time.Duration, error) {
	begun := time.Now()
	if err := s.Launch(append([]string{"--listen", "127.0.0.1:0", "--log", "warn"}, args...)...); err != nil {
		return 0, err
	}
	if err := s.Await(ctx, func() bool {
		if s.URL = s.out.after("Tengdi is at "); s.URL == "" {
			return false
		}
		resp, err := http.Get(s.URL + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}); err != nil {
		return 0, err
	}
	return time.Since(begun), nil
}

// Await looks again and again until it is so; an error when the server ends or ctx
// does.
func (s *Server) Await(ctx context.Context, ok func() bool) error {
	for !ok() {
		select {
		case <-s.ended:
			return errors.New("the server ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// PID is its process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Stop ends it, if it runs, and waits for it.
func (s *Server) Stop() error {
	if s.cmd == nil {
		return nil
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	<-s.ended
	s.cmd = nil
	var exit *exec.ExitError
	if errors.As(s.err, &exit) {
		if how, ok := exit.Sys().(syscall.WaitStatus); ok && how.Signaled() && how.Signal() == syscall.SIGTERM {
			return nil // by our own signal, before it could listen for it
		}
	}
	if s.err != nil {
		return fmt.Errorf("the server ended badly: %w", s.err)
	}
	return nil
}

// said keeps what a program writes.
type said struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(b)
}

// after is the rest of the first whole line that begins so; "" when there is none.
func (s *said) after(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(s.all.String()) {
		if rest, ok := strings.CutPrefix(line, prefix); ok && strings.HasSuffix(rest, "\n") {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}
