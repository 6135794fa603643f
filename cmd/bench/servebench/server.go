package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"tengdi/cmd/bench/measure"
	"tengdi/cmd/bench/running"
)

// server is the built tengdi on a database.
type server struct {
	running.Server
	log lines
}

func newServer(o options, data string) *server {
	s := &server{Server: running.Server{Binary: o.binary, Data: data, Database: o.database}}
	s.Log = &s.log
	return s
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
	s.URL = "http://" + address
	at := time.Now()
	if err := s.Launch("--listen", address); err != nil {
		return out, err
	}
	if err := s.Await(ctx, func() bool { return answers(ctx, s.URL+tile) }); err != nil {
		return out, errors.Join(err, s.stop())
	}
	out.Shown = time.Since(at)
	if err := s.Await(ctx, func() bool { return answers(ctx, s.URL+"/readyz") }); err != nil {
		return out, errors.Join(err, s.stop())
	}
	out.Ready = time.Since(at)
	if cpu, err := measure.CPU(s.PID()); err == nil {
		out.CPU = cpu
	}
	if rss, err := measure.Resident(s.PID()); err == nil {
		out.Resident = rss
	}
	out.Maps = map[string]string{}
	for _, what := range []string{"map loaded", "map restored"} {
		for _, line := range s.log.with(what) {
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

// lines are what a server says of itself, line by line.
type lines struct {
	mu  sync.Mutex
	all []byte
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, b...)
	return len(b), nil
}

// with are those that have the text.
func (l *lines) with(text string) (out []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(string(l.all)) {
		if strings.Contains(line, text) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

func (s *server) count(text string) int { return len(s.log.with(text)) }

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
	if err := s.Await(ctx, func() bool { return s.count(text) >= times }); err != nil {
		return fmt.Errorf("waiting for %q: %w", text, err)
	}
	return nil
}

// stop ends the server and waits for it; one that ended badly tells its log.
func (s *server) stop() error {
	if err := s.Stop(); err != nil {
		return fmt.Errorf("%w; its log: %s", err, strings.Join(s.log.with(""), "\n"))
	}
	return nil
}
