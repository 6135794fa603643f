package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"tengdi/cmd/bench/measure"
)

// competitor is a tile server that is measured.
type competitor struct {
	name     string
	template string
	pid      int   // of the server; 0 when it is not ours to know
	postgres int   // of the postmaster whose CPU time counts too; 0 for none
	said     ready // of our own servers

	cmd  *exec.Cmd
	hold io.Closer // its standard input; closed, it ends
}

// startServer runs this program as one of its servers and waits until it is ready.
func startServer(ctx context.Context, kind, database string, cacheBytes int64) (*competitor, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-serve", kind, "-database", database, "-cache", strconv.FormatInt(cacheBytes, 10))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &competitor{name: kind, pid: cmd.Process.Pid, cmd: cmd, hold: in}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &c.said)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("server %s said nothing: %w", kind, err), c.stop())
	}
	c.template = c.said.URL + "/{z}/{x}/{y}"
	return c, nil
}

// bytesOf is the name of a server's answers, given back by a handler that does nothing
// else.
func bytesOf(name string) string { return "bytes of " + name }

// bytes is the same server, asked for what it answered before.
func (c *competitor) bytes() *competitor {
	return &competitor{name: bytesOf(c.name), template: c.said.URL + "/bytes/{z}/{x}/{y}", pid: c.pid}
}

// stop ends a server that we started.
func (c *competitor) stop() error {
	if c.cmd == nil {
		return nil
	}
	_ = c.hold.Close() // it may have ended by itself; Wait says how
	err := c.cmd.Wait()
	c.cmd = nil
	return err
}

// cpu is the processor time of the server so far, and of PostgreSQL where the
// server is PostgreSQL's client. Unknown for servers of others.
func (c *competitor) cpu() (time.Duration, bool) {
	if c.pid == 0 {
		return 0, false
	}
	used, err := measure.CPU(c.pid)
	if err != nil {
		return 0, false
	}
	if c.postgres != 0 {
		database, err := measure.FamilyCPU(c.postgres)
		if err != nil {
			return 0, false
		}
		used += database
	}
	return used, true
}
