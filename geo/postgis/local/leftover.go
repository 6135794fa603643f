package local

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const pidName = "postmaster.pid"

// pidFile is what postmaster.pid says: PostgreSQL writes one fact a line.
type pidFile struct {
	pid    int
	status string // "starting", "ready", "stopping"; "" before it is known
}

func readPidFile(data string) (pidFile, bool) {
	b, err := os.ReadFile(filepath.Join(data, pidName))
	if err != nil {
		return pidFile{}, false
	}
	lines := strings.Split(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return pidFile{}, false
	}
	p := pidFile{pid: max(pid, -pid)} // negative: a single-user server
	if len(lines) > 7 {
		p.status = strings.TrimSpace(lines[7])
	}
	return p, true
}

// clearLeftovers ends what an earlier run left behind: servers, a
// postmaster.pid that names a process which is not ours, and a socket. The
// caller holds the lock, so nothing of it belongs to a living tengdi.
func (c *Cluster) clearLeftovers(ctx context.Context) error {
	if err := c.endServers(ctx, c.data); err != nil {
		return err
	}
	// No server is left, so whoever has a process id that these files name is a
	// zombie, or the system gave the number to another program. PostgreSQL would
	// take it for a living server and refuse to start.
	if p, ok := readPidFile(c.data); ok && alive(p.pid) && !tellsServers {
		return nil // without a list of processes the judgement is PostgreSQL's
	}
	for _, path := range []string{
		filepath.Join(c.data, pidName),
		filepath.Join(c.socket, socketName),
		filepath.Join(c.socket, socketName+".lock"),
	} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// endServers ends the servers that work in a data folder: a postmaster that
// outlived its tengdi, and processes that outlived their postmaster. Each is
// asked kindly first: a fast shutdown loses nothing, and a killed server
// recovers from its log.
func (c *Cluster) endServers(ctx context.Context, data string) error {
	info, err := os.Stat(data)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if p, ok := readPidFile(data); ok && serves(p.pid, info) {
		c.logf("停止上次遗留的数据库服务（进程 %d）/ stopping the database server that an earlier run left (process %d)", p.pid, p.pid)
		if err := end(ctx, []int{p.pid}, info, syscall.SIGINT, 30*time.Second); err != nil {
			return err
		}
	}
	pids := servers(info)
	if len(pids) == 0 {
		return nil
	}
	c.logf("等待遗留的数据库进程结束 %v / waiting for processes of a dead database server %v", pids, pids)
	return end(ctx, pids, info, syscall.Signal(0), 3*time.Second)
}

// end sends first to the processes and waits; then SIGQUIT (immediate
// shutdown), then SIGKILL. It returns early only when ctx ends.
func end(ctx context.Context, pids []int, data os.FileInfo, first syscall.Signal, patience time.Duration) error {
	for _, step := range []struct {
		sig  syscall.Signal
		wait time.Duration
	}{{first, patience}, {syscall.SIGQUIT, 5 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		for _, pid := range pids {
			if step.sig != 0 && serves(pid, data) {
				// An error means that it has just ended by itself; the wait below tells.
				_ = syscall.Kill(pid, step.sig)
			}
		}
		for deadline := time.Now().Add(step.wait); time.Now().Before(deadline); {
			gone := true
			for _, pid := range pids {
				gone = gone && !serves(pid, data)
			}
			if gone {
				return nil
			}
			if err := pause(ctx, 20*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}

// pause waits for d or the end of ctx, whose error it returns.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
