package web

import (
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
	"slices"
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
	// maxArchives bounds how many files of the folder are looked at.
	maxArchives = 200
)

// archiveName is what a file must be called to be handed out: no hidden files, no
// way out of the folder.
var archiveName = regexp.MustCompile(`^[A-Za-z0-9\p{Han}][A-Za-z0-9\p{Han}._-]{0,99}$`)

// archives hands out the PMTiles files of a folder: those of the public's map, and
// no other file, whatever lies there. A file that is replaced has another ETag.
type archives struct {
	folder string // "" = none

	one  singleflight.Group
	mu   sync.Mutex
	seen map[string]archive // by name, as the file was when it was looked at
}

// archive is a file that was looked into.
type archive struct {
	size    int64
	changed time.Time
	etag    string
	public  bool
	about   archiveAnswer
}

// archivesAnswer lists what can be had.
type archivesAnswer struct {
	Archives []archiveAnswer `json:"archives"`
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
	list, err := s.archives.list()
	if err != nil {
		return err
	}
	return sendJSON(w, r, archivesAnswer{Archives: list})
}

// getArchive hands out one archive, or ranges of it.
func (s *Server) getArchive(w http.ResponseWriter, r *http.Request) error {
	name, ok := strings.CutSuffix(r.PathValue("name"), archiveEnd)
	if !ok {
		return notHere()
	}
	f, a, err := s.archives.open(name)
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

// list looks at every file of the folder.
func (a *archives) list() ([]archiveAnswer, error) {
	out := []archiveAnswer{}
	if a.folder == "" {
		return out, nil
	}
	dir, err := os.ReadDir(a.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list archives: %w", err)
	}
	for _, d := range dir {
		name, ok := strings.CutSuffix(d.Name(), archiveEnd)
		if !ok || len(out) == maxArchives {
			continue
		}
		f, one, err := a.open(name)
		if err != nil {
			continue // hidden, of the staff, broken, or gone meanwhile
		}
		_ = f.Close()
		out = append(out, one.about)
	}
	slices.SortFunc(out, func(x, y archiveAnswer) int { return strings.Compare(x.Name, y.Name) })
	return out, nil
}

// open opens a public archive. Everything else is not there.
func (a *archives) open(name string) (*os.File, archive, error) {
	if a.folder == "" || !archiveName.MatchString(name) {
		return nil, archive{}, notHere()
	}
	root, err := os.OpenRoot(a.folder) // links do not lead out of it
	if err != nil {
		return nil, archive{}, notHere()
	}
	defer root.Close()
	f, err := root.Open(name + archiveEnd)
	if err != nil {
		return nil, archive{}, notHere()
	}
	one, err := a.look(name, f)
	if err != nil || !one.public {
		_ = f.Close()
		if err == nil || errors.Is(err, pmtiles.ErrCorrupt) {
			err = notHere()
		}
		return nil, archive{}, err
	}
	return f, one, nil
}

// look says what an open file is. It reads the whole of it once, and again when
// its size or time has changed.
func (a *archives) look(name string, f *os.File) (archive, error) {
	info, err := f.Stat()
	if err != nil {
		return archive{}, fmt.Errorf("archive %s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return archive{}, nil
	}
	a.mu.Lock()
	known, ok := a.seen[name]
	a.mu.Unlock()
	if ok && known.size == info.Size() && known.changed.Equal(info.ModTime()) {
		return known, nil
	}
	v, err, _ := a.one.Do(fmt.Sprintf("%q %d %d", name, info.Size(), info.ModTime().UnixNano()), func() (any, error) {
		one, err := readArchive(name, f, info)
		if err == nil {
			a.mu.Lock()
			defer a.mu.Unlock()
			if a.seen == nil || len(a.seen) >= 2*maxArchives {
				a.seen = map[string]archive{}
			}
			a.seen[name] = one
		}
		return one, err
	})
	if err != nil {
		return archive{}, err
	}
	return v.(archive), nil
}

// readArchive reads a file through its own offsets, so that whoever opened it may
// do as they like with its position.
func readArchive(name string, f *os.File, info fs.FileInfo) (archive, error) {
	one := archive{size: info.Size(), changed: info.ModTime()}
	r, err := pmtiles.Open(f)
	if err != nil {
		return one, err
	}
	var m struct{ Audience, At string }
	if err := r.Metadata(&m); err != nil {
		return one, err
	}
	if one.public = m.Audience == string(geo.Public); !one.public {
		return one, nil
	}
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
	return &archives{folder: folder, seen: map[string]archive{}}
}
