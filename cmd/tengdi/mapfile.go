package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
)

const (
	// mapsOff is the folder of those who keep no maps.
	mapsOff = "off"
	// maxMapFile bounds the file of one map in bytes: ten million parcels take half.
	maxMapFile = 8 << 30
	// saveMapsEvery is how often a map that has changed is kept while the service runs.
	saveMapsEvery = 15 * time.Minute
	// staleTemp is the age from which on an unfinished file is nobody's.
	staleTemp = time.Hour
)

// mapFile keeps one audience's map for the next start. A file is taken only by the
// program that wrote it, for a database that was in the state that it has: see
// postgis.MapState. It is written beside its place and renamed, and readable by
// its owner only. One that cannot be used is removed: it costs a slower start.
type mapFile struct {
	path  string
	limit int64
	form  string // how this program makes the map out of this schema
	log   *slog.Logger
	saved postgis.MapState
}

// openMapFile prepares the file of an audience; nil when no maps are kept. That
// they cannot be kept is no reason not to serve.
func openMapFile(ctx context.Context, folder string, aud geo.Audience, store *postgis.Store, log *slog.Logger) *mapFile {
	if folder == mapsOff {
		return nil
	}
	form, err := mapForm(ctx, store, aud)
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		log.Warn("maps are not kept for the next start", "folder", folder, "error", err)
		return nil
	}
	m := &mapFile{path: filepath.Join(folder, string(aud)+".map"), limit: maxMapFile, form: form, log: log}
	m.tidy()
	return m
}

// mapForm tells apart how maps are made: by the schema, the statements and the
// program itself.
func mapForm(ctx context.Context, store *postgis.Store, aud geo.Audience) (string, error) {
	form, err := store.MapForm(ctx, aud)
	if err != nil {
		return "", err
	}
	program, err := programSum()
	return form + "-" + program, err
}

// programSum is a hash of the running program.
var programSum = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
})

// tidy removes what a process that was killed has left behind.
func (m *mapFile) tidy() {
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(m.path), ".*.map-*"))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > staleTemp {
			_ = os.Remove(path)
		}
	}
}

// errOtherMap says that a file is sound, but of another program or database.
var errOtherMap = errors.New("it is of another database, of a state that is no longer there, or of another version")

// restore fills the engine from the file and returns the state that it is in; false
// when everything has to be read from the database.
func (m *mapFile) restore(ctx context.Context, f *mapFeed) (at postgis.MapState, ok bool) {
	if m == nil {
		return at, false
	}
	file, err := os.Open(m.path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			m.log.Warn("the kept map cannot be read", "file", m.path, "error", err)
		}
		return at, false
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return at, false
	}
	err = f.engine.Restore(file, info.Size(), func(revision int64, origin string) error {
		form, mark, _ := strings.Cut(origin, " ")
		at = postgis.MapState{Revision: revision, Mark: mark}
		if form != m.form {
			return errOtherMap
		}
		known, err := f.store.Descends(ctx, f.aud, at)
		if err == nil && !known {
			err = errOtherMap
		}
		return err
	})
	var unfit *tiles.SavedError
	switch {
	case err == nil:
		m.saved = at
		return at, true
	case errors.As(err, &unfit), errors.Is(err, errOtherMap):
		m.log.Warn("the kept map is not taken and removed", "file", m.path, "reason", err)
		_ = os.Remove(m.path)
	default:
		m.log.Warn("the kept map is not taken", "file", m.path, "error", err)
	}
	return at, false
}

// save keeps the feed's map as it is, unless that is in the file already.
func (m *mapFile) save(f *mapFeed) error {
	if m == nil {
		return nil
	}
	frozen, at, err := f.freeze()
	if err != nil || at == m.saved {
		return err
	}
	began := time.Now()
	size, err := m.write(func(w io.Writer) error { return frozen.Save(w, m.form+" "+at.Mark) })
	if err != nil {
		return fmt.Errorf("keep the %s map: %w", f.aud, err)
	}
	m.saved = at
	m.log.Info("map kept", "audience", f.aud, "revision", at.Revision, "bytes", size, "seconds", seconds(time.Since(began)))
	return nil
}

// write puts a file in place, whole or not at all.
func (m *mapFile) write(fill func(io.Writer) error) (size int64, err error) {
	to, err := os.CreateTemp(filepath.Dir(m.path), "."+filepath.Base(m.path)+"-*") // 0600
	if err != nil {
		return 0, err
	}
	defer func() {
		_ = to.Close()
		_ = os.Remove(to.Name()) // what was renamed is no longer there
	}()
	bounded := &boundedWriter{w: to, left: m.limit}
	buffered := bufio.NewWriterSize(bounded, 1<<20)
	if err := fill(buffered); err != nil {
		return 0, err
	}
	if err := buffered.Flush(); err != nil {
		return 0, err
	}
	if err := to.Sync(); err != nil {
		return 0, err
	}
	if err := to.Close(); err != nil {
		return 0, err
	}
	return m.limit - bounded.left, os.Rename(to.Name(), m.path)
}

// boundedWriter fails instead of writing more than its bound.
type boundedWriter struct {
	w    io.Writer
	left int64
}

func (b *boundedWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > b.left {
		return 0, errors.New("the map is larger than a file of it may be")
	}
	n, err := b.w.Write(p)
	b.left -= int64(n)
	return n, err
}

// keep is save for who can do nothing about a failure.
func (f *mapFeed) keep() {
	if err := f.file.save(f); err != nil {
		f.log.Warn("the map is not kept for the next start", "error", err)
	}
}
