// Package local runs a private PostgreSQL cluster with PostGIS in a data
// folder: it finds the programs, makes the cluster, starts it on a unix socket
// with nothing on TCP, keeps it running and stops it. One process at a time
// may do so for a folder.
package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Options say where and how a cluster runs. Only Dir is needed.
type Options struct {
	// Dir is the data folder, made when missing. The cluster lives in
	// Dir/postgres, its log in Dir/postgres.log, the lock in Dir/tengdi.lock;
	// the socket in Dir/socket where a unix path fits, else in a private
	// folder below /run or the user's runtime folder.
	Dir string
	// BinDir is the folder of PostgreSQL's programs; "" searches for them.
	BinDir string
	// Logf takes sentences on progress; nil is silent. It may be called from
	// any goroutine until Stop returns.
	Logf func(format string, args ...any)
	// Fast is for tests only: nothing is forced to disk, so a power cut (but
	// not a killed process) loses data.
	Fast bool
	// Settings are further PostgreSQL settings, which win over everything else.
	Settings map[string]string

	firstPause time.Duration // before the first restart; 0 = firstPause. Tests shorten it.
}

// Cluster is a running cluster. Its methods may be called from any goroutine.
type Cluster struct {
	site
	log      func(format string, args ...any)
	settings map[string]string
	lock     *os.File
	life     context.Context // ends when Stop is called
	cancel   context.CancelFunc
	pause    time.Duration // before the first restart
	done     chan error
	watched  chan struct{} // closed when supervise has returned
	restarts atomic.Int64
	stopOnce sync.Once
	stopErr  error

	mu      sync.Mutex
	current *postmaster // the run that supervise watches; nil when it gave up
}

const logName = "postgres.log"

func (c *Cluster) logf(format string, args ...any) {
	if c.log != nil {
		c.log(format, args...)
	}
}

// Start brings up the cluster in o.Dir and returns when it takes connections.
// A new cluster is UTF-8 with ICU locale zh-Hans-CN and data checksums. What
// an earlier process left running there is ended first; what it left
// unfinished PostgreSQL recovers. The errors are of type *Error with kinds
// ErrInUse, ErrVersion, ErrMissing, ErrAccount, ErrFolder and ErrStart, or
// come from the file system. ctx bounds the start, not the cluster's life.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	if o.Dir == "" {
		return nil, errors.New("local: no data folder given")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, &Error{
			Kind: ErrFolder, cause: err,
			zh: "无法建立数据目录 " + dir,
			en: "the data folder " + dir + " cannot be made",
		}
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	held, err := lock(ctx, dir)
	if err != nil {
		return nil, explain(err, dir)
	}
	c := &Cluster{
		log: o.Logf, settings: o.Settings, lock: held, pause: cmp.Or(o.firstPause, firstPause),
		done: make(chan error, 1), watched: make(chan struct{}),
	}
	c.dir, c.data = dir, filepath.Join(dir, "postgres")
	c.life, c.cancel = context.WithCancel(context.Background())
	if err := c.start(ctx, o); err != nil {
		c.cancel()
		return nil, explain(errors.Join(err, c.leave()), dir)
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context, o Options) error {
	have, err := dataVersion(c.data)
	if err != nil {
		return err
	}
	if have == 0 {
		if err := checkEmpty(c.data); err != nil {
			return err
		}
	}
	if c.install, err = findInstall(ctx, o.BinDir, c.data, have); err != nil {
		return err
	}
	if c.account, err = pickAccount(c.data); err != nil {
		return err
	}
	if err := c.place(ctx); err != nil {
		return err
	}
	if have == 0 {
		c.logf("在 %s 建立 PostgreSQL %d 数据库 / making a PostgreSQL %d cluster in %s", c.data, c.install.major, c.install.major, c.data)
		if err := c.initCluster(ctx, o.Fast); err != nil {
			return err
		}
	}
	if err := writeConf(c.data, c.account, tuning(memory(), o.Fast)); err != nil {
		return err
	}
	p, err := c.launch(ctx)
	if err != nil {
		return err
	}
	c.current = p
	go c.supervise(p)
	return nil
}

// explain turns a refusal of the file system into a sentence.
func explain(err error, dir string) error {
	var e *Error
	if errors.As(err, &e) || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return &Error{
		Kind: ErrFolder, cause: err,
		zh: fmt.Sprintf("无权使用数据目录 %s：它可能由另一个账户建立。请以那个账户启动，或用 --data 指定另一个目录", dir),
		en: fmt.Sprintf("no permission to use the data folder %s: another account may have made it; start as that account, or name another folder with --data", dir),
	}
}

// URL is the address of a database for the cluster's superuser, for pgx or
// libpq. The database need not exist yet; "postgres" always does.
func (c *Cluster) URL(database string) string { return socketURL(c.socket, database) }

// Program is the path of one of PostgreSQL's programs of the cluster's own
// version, such as "pg_dump". It is not checked to exist.
func (c *Cluster) Program(name string) string { return c.install.program(name) }

// Major is the cluster's PostgreSQL major version.
func (c *Cluster) Major() int { return c.install.major }

// Restarts counts how often the server was started again after it had ended by itself.
func (c *Cluster) Restarts() int { return int(c.restarts.Load()) }

// EnsureDatabase makes the database unless it exists.
func (c *Cluster) EnsureDatabase(ctx context.Context, name string) error {
	cmd := exec.CommandContext(ctx, c.install.program("createdb"),
		"--no-password", "--host="+c.socket, "--port=5432", "--username="+superuser, "--maintenance-db=postgres", "--", name)
	cmd.Env = environment()
	out, err := cmd.CombinedOutput()
	if err != nil && !strings.Contains(string(out), "already exists") {
		return fmt.Errorf("create database %s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// Done yields one error when the server ended by itself and could not be
// brought back; it is closed then, and by Stop. A server that could be
// restarted is only reported through Options.Logf and counted by Restarts.
func (c *Cluster) Done() <-chan error { return c.done }

// Stop shuts the server down and gives the folder free. It waits until all
// changes are written; when ctx ends it shuts down at once instead, and the
// next start recovers from the log. Further calls return the first one's result.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stopOnce.Do(func() {
		c.cancel()
		<-c.watched
		c.mu.Lock()
		p := c.current
		c.current = nil
		c.mu.Unlock()
		var errs []error
		if p != nil {
			errs = append(errs, p.shutdown(ctx), p.log.Close())
		}
		// A server that was killed a moment ago leaves processes that have not
		// noticed yet: nothing of it stays behind.
		errs = append(errs, c.endServers(context.WithoutCancel(ctx), c.data))
		c.stopErr = errors.Join(append(errs, c.leave())...)
	})
	return c.stopErr
}

// leave removes the socket's folder when it is outside the data folder, and
// gives the data folder free.
func (c *Cluster) leave() error {
	var err error
	if c.ownSock {
		err = os.Remove(c.socket)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTEMPTY) {
			err = nil // a killed server leaves its socket; the next one takes it over
		}
	}
	return errors.Join(err, c.lock.Close())
}
