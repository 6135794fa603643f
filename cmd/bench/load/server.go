package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tengdi/cmd/bench/running"
	"tengdi/geo/postgis/local"
)

// server is a running tengdi, on a private cluster in its folder or on a database.
type server struct{ running.Server }

// stopped ends a server at the end of a run.
func stopped(s *server) {
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
	}
}

// cluster is the address of the server's private database and the process id
// of its postmaster.
func (s *server) cluster() (url string, postmaster int, err error) {
	of, ok := local.Attach(s.Data)
	if !ok {
		return "", 0, errors.New("the private cluster is not there")
	}
	found, err := filepath.Glob(filepath.Join(s.Data, "*", "postmaster.pid"))
	if err != nil || len(found) != 1 {
		return "", 0, fmt.Errorf("no postmaster.pid below %s: %w", s.Data, err)
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
		cpu, _ := cpuOf(s.PID(), false)
		u.servers += cpu
		u.resident += residentMB(s.PID())
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
