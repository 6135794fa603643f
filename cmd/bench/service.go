package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"tengdi/cmd/bench/measure"
	"tengdi/geo/postgis/local"
)

// service is a running tengdi on a data folder of its own.
type service struct {
	binary, data string
	cmd          *exec.Cmd
	url          string
}

// start runs the binary and waits until it says where it is and is ready.
func (s *service) start(ctx context.Context, args ...string) (time.Duration, error) {
	begun := time.Now()
	s.cmd = exec.Command(s.binary, append([]string{"serve", "--data", s.data, "--listen", "127.0.0.1:0", "--log", "warn"}, args...)...)
	s.cmd.Stderr = io.Discard
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := s.cmd.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "Tengdi is at "); ok {
			s.url = url
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // the pipe must not fill; Wait closes it
	if s.url == "" {
		return 0, errors.New("the service ended without saying where it is")
	}
	for ctx.Err() == nil {
		resp, err := http.Get(s.url + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return time.Since(begun), nil
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 0, ctx.Err()
}

func (s *service) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	_ = s.cmd.Wait()                          // killed by our own signal
	s.cmd = nil
}

// database is the address of the service's private cluster.
func (s *service) database() (string, error) {
	url, ok := local.Attach(s.data)
	if !ok {
		return "", errors.New("the private cluster is not there")
	}
	return url("tengdi"), nil
}

// measureStart times the first start, which makes the cluster and the demo
// district, and three later ones; it leaves the service running.
func (s *service) measureStart(ctx context.Context) error {
	first, err := s.start(ctx, "--demo")
	if err != nil {
		return err
	}
	fmt.Printf("Start\n  first, with initdb and the demo district   %6.1f s\n", first.Seconds())
	var again []time.Duration
	for range 3 {
		s.stop()
		d, err := s.start(ctx)
		if err != nil {
			return err
		}
		again = append(again, d)
	}
	fmt.Printf("  later, cluster start and maps loaded       %6.1f s (median of 3)\n", measure.Median(again).Seconds())
	rss, err := measure.Resident(s.cmd.Process.Pid)
	if err != nil {
		return err
	}
	fmt.Printf("Memory\n  tengdi, demo district loaded (VmRSS)       %6.0f MB\n\n", float64(rss)/(1<<20))
	return nil
}
