package local

import (
	"errors"
	"io"
	"os"
	"time"
)

// A server that ends by itself is started again after a pause that doubles
// from firstPause to lastPause. maxFailures in a row, none of which stayed up
// for calm, end the attempts.
const (
	firstPause  = 100 * time.Millisecond
	lastPause   = 10 * time.Second
	maxFailures = 8
	calm        = time.Minute
)

// A log that has grown beyond logMax bytes is kept as postgres.log.1 and
// begun anew; the size is looked at every logCheck.
const (
	logMax   = 16 << 20
	logCheck = time.Minute
)

// supervise watches the running postmaster until Stop or until it cannot be
// kept running.
func (c *Cluster) supervise(p *postmaster) {
	defer close(c.watched)
	defer close(c.done)
	failures := 0
	for {
		began := time.Now()
		if c.watch(p) {
			return
		}
		if time.Since(began) > calm {
			failures = 0
		}
		c.set(nil)
		err := error(&Error{
			Kind: ErrStart, cause: p.err, Detail: p.said(),
			zh: "数据库服务意外结束", en: "the database server ended by itself",
		})
		err = errors.Join(err, p.log.Close())
		for p = nil; p == nil; {
			failures++
			if failures > maxFailures {
				c.done <- err
				return
			}
			c.logf("数据库服务意外结束，正在重新启动（第 %d 次）/ the database server ended by itself, starting it again (attempt %d): %v", failures, failures, err)
			if pause(c.life, min(c.pause<<(failures-1), lastPause)) != nil {
				return
			}
			if p, err = c.launch(c.life); err != nil && c.life.Err() != nil {
				return
			}
		}
		c.set(p)
		c.restarts.Add(1)
		c.logf("数据库服务已恢复 / the database server is back")
	}
}

func (c *Cluster) set(p *postmaster) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = p
}

// watch returns true when Stop was called and false when the server ended; it
// keeps the log small meanwhile.
func (c *Cluster) watch(p *postmaster) (stopped bool) {
	tick := time.NewTicker(logCheck)
	defer tick.Stop()
	for {
		select {
		case <-c.life.Done():
			return true
		case <-p.exited:
			return c.life.Err() != nil
		case <-tick.C:
			if err := shorten(p.log, logMax); err != nil {
				c.logf("无法截短日志 / the log cannot be shortened: %v", err)
			}
		}
	}
}

// shorten copies a log longer than most bytes to a file with .1 added to its
// name and empties it. The server keeps writing to the same file, at its end.
func shorten(log *os.File, most int64) error {
	info, err := log.Stat()
	if err != nil || info.Size() <= most {
		return err
	}
	old, err := os.OpenFile(log.Name()+".1", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer old.Close()
	if _, err := io.Copy(old, io.NewSectionReader(log, 0, info.Size())); err != nil {
		return err
	}
	return log.Truncate(0)
}
