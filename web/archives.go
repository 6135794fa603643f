package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"tengdi/geo"
	"tengdi/tiles/pmtiles"
)

const (
	archiveType = "application/vnd.pmtiles"
	archiveEnd  = ".pmtiles"
	maxArchives = 200 // that are listed
	// maxLooked bounds how many files of the folder are looked at for it, the first by
	// name: those of the staff are among them.
	maxLooked = 1000
	// maxSeen is how many files are remembered: more than one listing looks at, or it
	// would read each of them again every time.
	maxSeen = maxLooked + maxLooked/4
	// archiveReaders is how many archives are read whole at a time.
	archiveReaders = 2
)

// archiveName is what a file must be called to be handed out: no hidden files, no
// way out of the folder.
var archiveName = regexp.MustCompile(`^[A-Za-z0-9\p{Han}][A-Za-z0-9\p{Han}._-]{0,99}$`)

// archives hands out the PMTiles files of a folder: those of the public's map, and
// no other file, whatever lies there. A file that is replaced has another ETag.
type archives struct {
	folder string // "" = none

	one     singleflight.Group
	reading chan struct{} // one token for each archive that is being read whole
	mu      sync.Mutex
	seen    map[string]archive // by name, as the file was when it was looked at
}

// archive is a file that was looked into.
type archive struct {
	size    int64
	changed time.Time
	etag    string
	public  bool
	about   archiveAnswer
}

// archivesAnswer lists what can be had, and says how many files are still being read:
// those of the public among them are listed when they have been.
type archivesAnswer struct {
	Archives []archiveAnswer `json:"archives"`
	Reading  int             `json:"reading,omitempty"`
}

type archiveAnswer struct {
	Name    string     `json:"name"`
	URL     string     `json:"url"`
	Bytes   int64      `json:"bytes"`
	SHA256  string     `json:"sha256"`
	At      string     `json:"at,omitempty"` // the day that it shows; absent: the day of its making
	Changed time.Time  `json:"changed"`      // when the file was written, to the second
	MinZoom int        `json:"minzoom"`
	MaxZoom int        `json:"maxzoom"`
	Bounds  [4]float64 `json:"bounds"` // west, south, east, north
}

// getArchives lists the public archives by name.
func (s *Server) getArchives(w http.ResponseWriter, r *http.Request) error {
	list, reading, err := s.archives.list(r.Context(), archivePatience)
	if err != nil {
		return err
	}
	return sendJSON(w, r, archivesAnswer{Archives: list, Reading: reading})
}

// getArchive hands out one archive, or ranges of it.
func (s *Server) getArchive(w http.ResponseWriter, r *http.Request) error {
	name, ok := strings.CutSuffix(r.PathValue("name"), archiveEnd)
	if !ok {
		return notHere()
	}
	f, a, err := s.archives.open(r.Context(), name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := extend(w, uploadTime, uploadTime); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", archiveType)
	h.Set("Cache-Control", askAgain)
	h.Set("ETag", a.etag)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// open opens a public archive. Everything else is not there.
func (a *archives) open(ctx context.Context, name string) (*os.File, archive, error) {
	if a.folder == "" || !archiveName.MatchString(name) {
		return nil, archive{}, notHere()
	}
	for again := 3; ; again-- {
		f, info, err := a.file(name)
		if err != nil {
			return nil, archive{}, notHere()
		}
		one, err := a.look(ctx, name, info)
		if err == nil && one.public {
			return f, one, nil
		}
		_ = f.Close()
		switch {
		case errors.Is(err, errReplaced) && again > 0:
			continue
		case err == nil, errors.Is(err, errReplaced):
			err = notHere()
		}
		return nil, archive{}, err
	}
}

// file opens a plain file of the folder. A pipe must not be opened: it would wait for
// who writes into it.
func (a *archives) file(name string) (*os.File, fs.FileInfo, error) {
	root, err := os.OpenRoot(a.folder) // links do not lead out of it
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	if info, err := root.Stat(name + archiveEnd); err != nil {
		return nil, nil, err
	} else if !info.Mode().IsRegular() {
		return nil, nil, fs.ErrNotExist
	}
	f, err := root.Open(name + archiveEnd)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		return f, info, nil
	}
	_ = f.Close()
	return nil, nil, cmp.Or(err, fs.ErrNotExist)
}

// errReplaced says that another file lies under the name than when it was opened.
var errReplaced = errors.New("the file was replaced meanwhile")

// look says what the file of a name is. It is read whole once, and again when its
// size or time has changed: for all who ask at the same time, and to the end also when
// they have left, so that whoever asks next need not begin again.
func (a *archives) look(ctx context.Context, name string, info fs.FileInfo) (archive, error) {
	a.mu.Lock()
	known, ok := a.seen[name]
	a.mu.Unlock()
	if ok && known.same(info) {
		return known, nil
	}
	read := a.one.DoChan(fmt.Sprintf("%q %d %d", name, info.Size(), info.ModTime().UnixNano()), func() (_ any, err error) {
		defer func() { // nobody above this would
			if p := recover(); p != nil {
				err = fmt.Errorf("archive %s: %v", name, p)
			}
		}()
		f, now, err := a.file(name)
		if err != nil {
			return archive{}, errReplaced
		}
		defer f.Close()
		if one := (archive{size: info.Size(), changed: info.ModTime()}); !one.same(now) {
			return archive{}, errReplaced
		}
		one, err := a.read(name, f, now)
		if err == nil {
			a.remember(name, one)
		}
		return one, err
	})
	select {
	case r := <-read:
		one, _ := r.Val.(archive)
		return one, r.Err
	case <-ctx.Done():
		return archive{}, ctx.Err()
	}
}

// same says whether a file is still the one that was looked at.
func (a archive) same(info fs.FileInfo) bool {
	return a.size == info.Size() && a.changed.Equal(info.ModTime())
}

// remember keeps what a file is; where there is no room, in the place of any other.
func (a *archives) remember(name string, one archive) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.seen[name]; !ok && len(a.seen) >= maxSeen {
		for other := range a.seen {
			delete(a.seen, other)
			break
		}
	}
	a.seen[name] = one
}

// read reads what a file says of itself, and the whole of one of the public.
func (a *archives) read(name string, f *os.File, info fs.FileInfo) (archive, error) {
	one := archive{size: info.Size(), changed: info.ModTime()}
	var m struct{ Audience, At string }
	r, err := pmtiles.Open(f)
	if err == nil {
		err = r.Metadata(&m)
	}
	if errors.Is(err, pmtiles.ErrCorrupt) {
		return one, nil // nobody's, until it changes
	} else if err != nil {
		return one, err
	}
	if one.public = m.Audience == string(geo.Public); !one.public {
		return one, nil
	}
	a.reading <- struct{}{}
	defer func() { <-a.reading }()
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(f, 0, info.Size())); err != nil {
		return one, fmt.Errorf("archive %s: %w", name, err)
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	one.etag = `"` + sum[:32] + `"`
	h := r.Header()
	one.about = archiveAnswer{
		Name: name, URL: "/archives/" + name + archiveEnd, Bytes: info.Size(), SHA256: sum, At: m.At, Changed: info.ModTime().UTC().Truncate(time.Second),
		MinZoom: int(h.MinZoom), MaxZoom: int(h.MaxZoom), Bounds: [4]float64{h.West, h.South, h.East, h.North},
	}
	return one, nil
}

// newArchives serves the folder; a relative one is from where the program started.
func newArchives(folder string) *archives {
	if folder != "" {
		folder = filepath.Clean(folder)
	}
	return &archives{folder: folder, reading: make(chan struct{}, archiveReaders), seen: map[string]archive{}}
}
