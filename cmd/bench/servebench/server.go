package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"tengdi/cmd/bench/measure"
)

// server is the built tengdi on a database.
type server struct {
	binary, data, database string
	url                    string
	cmd                    *exec.Cmd
	mu                     sync.Mutex
	log                    []string
	ended                  chan struct{} // closed when its log has ended
}

// startTimes is what a start took.
type startTimes struct {
	Shown    time.Duration     // until the first tile with parcels
	Ready    time.Duration     // until /readyz says that everything is there
	Maps     map[string]string // seconds of each audience's map, as the log says
	CPU      time.Duration     // of the server alone; 0 = not known
	Resident int64             // bytes when ready; 0 = not known
}

// patience is how long a start may take before the run is given up.
const patience = 20 * time.Minute

// start runs the server and asks for a tile with parcels and for /readyz until it
// has both.
func (s *server) start(ctx context.Context, tile string) (startTimes, error) {
	var out startTimes
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// The server says where it is only once everything is loaded, so the port is chosen here.
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return out, err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return out, err
	}
	s.url = "http://" + address
	s.cmd = exec.Command(s.binary, "serve", "--data", s.data, "--database-url", s.database, "--listen", address)
	lines, err := s.cmd.StderrPipe()
	if err != nil {
		return out, err
	}
	at := time.Now()
	if err := s.cmd.Start(); err != nil {
		return out, err
	}
	s.ended = make(chan struct{})
	go s.listen(lines)
	if err := s.await(ctx, func() bool { return answers(ctx, s.url+tile) }); err != nil {
		return out, errors.Join(err, s.stop())
	}
	out.Shown = time.Since(at)
	if err := s.await(ctx, func() bool { return answers(ctx, s.url+"/readyz") }); err != nil {
		return out, errors.Join(err, s.stop())
	}
	out.Ready = time.Since(at)
	if cpu, err := measure.CPU(s.cmd.Process.Pid); err == nil {
		out.CPU = cpu
	}
	if rss, err := measure.Resident(s.cmd.Process.Pid); err == nil {
		out.Resident = rss
	}
	out.Maps = map[string]string{}
	for _, what := range []string{"map loaded", "map restored"} {
		for _, line := range s.lines(what) {
			out.Maps[value(line, "audience")] = value(line, "seconds")
		}
	}
	return out, nil
}

// answers tells whether the server has something to say there.
func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	return err == nil && n > 0 && resp.StatusCode == http.StatusOK
}

func (s *server) listen(from io.Reader) {
	defer close(s.ended)
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		s.mu.Lock()
		s.log = append(s.log, lines.Text())
		s.mu.Unlock()
	}
}

// lines are those of the log that have the text.
func (s *server) lines(text string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, l := range s.log {
		if strings.Contains(l, text) {
			out = append(out, l)
		}
	}
	return out
}

func (s *server) count(text string) int { return len(s.lines(text)) }

// value is that of a key in a line of the log; "" when it is not there.
func value(line, key string) string {
	_, rest, _ := strings.Cut(line, " "+key+"=")
	out, _, _ := strings.Cut(rest, " ")
	return out
}

// said waits until the log has the text so many times.
func (s *server) said(ctx context.Context, text string, times int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.await(ctx, func() bool { return s.count(text) >= times }); err != nil {
		return fmt.Errorf("waiting for %q: %w", text, err)
	}
	return nil
}

// await looks again and again until it is so; an error when the server ends or ctx
// does.
func (s *server) await(ctx context.Context, ok func() bool) error {
	for !ok() {
		select {
		case <-s.ended:
			return fmt.Errorf("the server ended; its log: %s", strings.Join(s.lines(""), "\n"))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// stop ends the server and waits for it.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	<-s.ended
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended badly: %w; its log: %s", err, strings.Join(s.lines(""), "\n"))
	}
	return nil
}
