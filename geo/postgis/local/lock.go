package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// lockName is the file in the data folder that one process at a time holds.
// The lock is the kernel's (flock), so it ends with the process however that
// dies; the number inside is only for the message.
const lockName = "tengdi.lock"

// A process that was killed holds its lock until the kernel has taken it apart:
// lockPatience bounds the wait for a holder that may just be ending,
// deadPatience that for one which has ended by its process id.
const (
	lockPatience = 500 * time.Millisecond
	deadPatience = 5 * time.Second
)

// lock takes the data folder for this process.
func lock(ctx context.Context, dir string) (*os.File, error) {
	began := time.Now()
	for {
		f, err := tryLock(dir)
		var e *Error
		if err == nil || !errors.As(err, &e) {
			return f, err
		}
		waited := time.Since(began)
		if waited > deadPatience || waited > lockPatience && (e.PID == 0 || alive(e.PID)) {
			return nil, err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func tryLock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		pid := lockedBy(f)
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, inUse(dir, pid)
		}
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// lockedBy reads the holder's process id, 0 when it cannot be told.
func lockedBy(f *os.File) int {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(string(bytes.TrimSpace(b)))
	if err != nil {
		return 0
	}
	return pid
}
