package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// postmaster is one run of the server.
type postmaster struct {
	cmd     *exec.Cmd
	log     *os.File
	logFrom int64         // where this run's messages start in the log
	exited  chan struct{} // closed when it has ended; err is set before
	err     error
}

// spawn starts the postmaster. It gets its own process group, so that a
// Ctrl-C in the terminal reaches only tengdi, which then shuts it down in
// order; and on Linux it shuts itself down when tengdi is killed.
func (c *Cluster) spawn() (*postmaster, error) {
	arg, files, err := c.dataArg(c.data)
	if err != nil {
		return nil, err
	}
	defer closeAll(files)
	log, err := os.OpenFile(filepath.Join(c.dir, logName), os.O_RDWR|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	from, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		log.Close()
		return nil, err
	}
	args := []string{
		"-D", arg,
		"-c", "listen_addresses=",
		"-c", "port=5432",
		"-c", "unix_socket_directories=" + c.socket,
		"-c", "unix_socket_permissions=0700",
		"-c", "logging_collector=off",
		"-c", "log_destination=stderr",
	}
	for name, value := range c.settings {
		args = append(args, "-c", name+"="+value)
	}
	p := &postmaster{log: log, logFrom: from, exited: make(chan struct{})}
	p.cmd = exec.Command(c.install.program("postgres"), args...)
	c.prepare(p.cmd, files)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	dieWithParent(p.cmd.SysProcAttr, syscall.SIGINT)
	started := make(chan error, 1)
	go func() {
		// The death signal follows the thread, not the process: keep this one.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	if err := <-started; err != nil {
		log.Close()
		return nil, err
	}
	return p, nil
}

// said gives the last lines that this run wrote to the log.
func (p *postmaster) said() string {
	const most = 4096
	end, err := p.log.Seek(0, io.SeekEnd)
	if err != nil || end < p.logFrom {
		return "" // the log was cut meanwhile
	}
	from := max(p.logFrom, end-most)
	b, err := io.ReadAll(io.NewSectionReader(p.log, from, end-from))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// awaitReady returns when the server takes connections, ends, or ctx does.
func (c *Cluster) awaitReady(ctx context.Context, p *postmaster) error {
	begin, told := time.Now(), time.Now()
	for {
		if f, ok := readPidFile(c.data); ok && f.pid == p.cmd.Process.Pid && f.status == "ready" {
			conn, err := net.DialTimeout("unix", filepath.Join(c.socket, socketName), time.Second)
			if err == nil {
				return conn.Close()
			}
		}
		select {
		case <-p.exited:
			return &Error{
				Kind: ErrStart, cause: p.err, Detail: p.said(),
				zh: "数据库服务未能启动，详见 " + p.log.Name(),
				en: "the database server did not start, see " + p.log.Name(),
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if time.Since(told) > 5*time.Second {
			told = time.Now()
			c.logf("数据库仍在恢复，已 %d 秒 / the database is still recovering, %d s so far",
				int(time.Since(begin).Seconds()), int(time.Since(begin).Seconds()))
		}
	}
}

// launch starts a postmaster and waits until it is ready. While remains of an
// earlier server (its process id kept by a zombie, its shared memory by a
// backend) stand in the way, it tries again, for at most leftoverPatience.
func (c *Cluster) launch(ctx context.Context) (*postmaster, error) {
	deadline := time.Now().Add(leftoverPatience)
	for {
		if err := c.clearLeftovers(ctx); err != nil {
			return nil, err
		}
		p, err := c.spawn()
		if err != nil {
			return nil, err
		}
		err = c.awaitReady(ctx, p)
		if err == nil {
			return p, nil
		}
		ended := p.shutdown(ctx)
		p.log.Close()
		var e *Error
		blocked := errors.As(err, &e) &&
			(strings.Contains(e.Detail, "lock file") || strings.Contains(e.Detail, "shared memory block"))
		if !blocked || time.Now().After(deadline) {
			return nil, errors.Join(err, ended)
		}
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

const leftoverPatience = 20 * time.Second

// shutdown ends the run: fast while ctx lasts (clients are cut off, changes
// are written), immediate after that (the next start recovers from the log).
func (p *postmaster) shutdown(ctx context.Context) error {
	for _, step := range []struct {
		sig  syscall.Signal
		wait time.Duration
	}{{syscall.SIGINT, 0}, {syscall.SIGQUIT, 5 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		select {
		case <-p.exited:
			return nil
		default:
		}
		// An error means that it has just ended by itself.
		_ = p.cmd.Process.Signal(step.sig)
		timeout := ctx.Done()
		if step.wait > 0 {
			t, cancel := context.WithTimeout(context.Background(), step.wait)
			defer cancel()
			timeout = t.Done()
		}
		select {
		case <-p.exited:
			return nil
		case <-timeout:
		}
	}
	return fmt.Errorf("the database server (process %d) cannot be ended", p.cmd.Process.Pid)
}
