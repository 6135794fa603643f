package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tengdi/geo/postgis/local"
)

// server is a running tengdi, on a private cluster in data or on a database.
type server struct {
	binary, data, database string
	cmd                    *exec.Cmd
	url                    string
}

// start runs the binary and waits until it is ready.
func (s *server) start(ctx context.Context) error {
	args := []string{"serve", "--data", s.data, "--listen", "127.0.0.1:0", "--log", "warn"}
	if s.database != "" {
		args = append(args, "--database-url", s.database)
	}
	s.cmd = exec.Command(s.binary, args...)
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	for s.url == "" && lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "Tengdi is at "); ok {
			s.url = url
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // the pipe must not fill; Wait closes it
	if s.url == "" {
		return errors.New("the server ended without saying where it is")
	}
	for ctx.Err() == nil {
		resp, err := http.Get(s.url + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return ctx.Err()
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	_ = s.cmd.Wait()                          // killed by our own signal
}

// cluster is the address of the server's private database and the process id
// of its postmaster.
func (s *server) cluster() (url string, postmaster int, err error) {
	of, ok := local.Attach(s.data)
	if !ok {
		return "", 0, errors.New("the private cluster is not there")
	}
	found, err := filepath.Glob(filepath.Join(s.data, "*", "postmaster.pid"))
	if err != nil || len(found) != 1 {
		return "", 0, fmt.Errorf("no postmaster.pid below %s: %w", s.data, err)
	}
	raw, err := os.ReadFile(found[0])
	if err != nil {
		return "", 0, err
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	postmaster, err = strconv.Atoi(first)
	return of("tengdi"), postmaster, err
}

// usage is what processes have used until now.
type usage struct {
	at       time.Time
	servers  time.Duration // CPU of all servers
	database time.Duration // CPU of the cluster
	resident float64       // MB of all servers
}

// ticksPerSecond is the unit of /proc/*/stat, the same on every Linux.
const ticksPerSecond = 100

// use reads /proc; what cannot be read counts as nothing.
func use(servers []*server, postmaster int) usage {
	u := usage{at: time.Now()}
	for _, s := range servers {
		cpu, _ := cpuOf(s.cmd.Process.Pid, false)
		u.servers += cpu
		u.resident += residentMB(s.cmd.Process.Pid)
	}
	// Sessions that have ended are in the postmaster's sum of its children.
	u.database, _ = cpuOf(postmaster, true)
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if cpu, parent := cpuOf(pid, false); parent == postmaster {
			u.database += cpu
		}
	}
	return u
}

func cpuOf(pid int, children bool) (cpu time.Duration, parent int) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0
	}
	text := string(raw)
	f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:]) // f[0] is the state, the third field
	parent, _ = strconv.Atoi(f[1])
	columns := f[11:13]
	if children {
		columns = f[11:15]
	}
	for _, c := range columns {
		n, _ := strconv.Atoi(c)
		cpu += time.Duration(n) * time.Second / ticksPerSecond
	}
	return cpu, parent
}

func residentMB(pid int) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}
