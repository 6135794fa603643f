package web

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tengdi/geo"
)

// dist is the built front end. In a fresh clone it holds the placeholder page
// only, so that the binary builds without Node.
//
//go:embed all:dist
var dist embed.FS

// maxAsset bounds one file of the front end, in bytes.
const maxAsset = 32 << 20

// pagePaths are the addresses that the front end draws. Each is the same page;
// what it shows is told from its own URL.
func pagePaths() []string {
	return []string{
		"/", "/map", embedPath, "/import", "/signin",
		"/board", "/board/meeting", "/board/report", "/board/wall",
		"/work", "/areas", "/households", "/parcels", "/problems", "/projects", "/admin", "/audit", "/account",
	}
}

// isPage says whether the front end draws a path: one of pagePaths, or the file
// of a thing that a machine moves, as /areas/YYL-01. The page itself tells who
// may read what.
func isPage(p string) bool {
	if slices.Contains(pagePaths(), p) {
		return true
	}
	collection, code, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	return code != "" && slices.Contains([]string{"areas", "buildings", "households", "parcels", "problems", "projects"}, collection)
}

// assets are the files of the front end, held in memory.
type assets struct {
	files   map[string]*asset // by path from the root, without the slash
	page    *asset
	built   bool // page is the app, not the placeholder
	made    manifest
	listing entry // what the pages for investors load
}

type asset struct {
	contentType string
	etag        string
	body        []byte
	encoded     map[string][]byte // by content coding: br, gzip
	immutable   bool              // its name has a hash of its content
	script      bool
}

// loadAssets reads the files, with the .br and .gz beside them; a text without a
// .gz is gzipped here.
func loadAssets(from fs.FS) (*assets, error) {
	if from == nil {
		sub, err := fs.Sub(dist, "dist")
		if err != nil {
			return nil, fmt.Errorf("web: embedded front end: %w", err)
		}
		from = sub
	}
	a := &assets{files: map[string]*asset{}}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".br" || path.Ext(name) == ".gz" {
			return err
		}
		if name == manifestName {
			body, err := readAsset(from, name)
			if err == nil {
				a.made, err = readManifest(body)
			}
			return err
		}
		f, err := loadAsset(from, name)
		a.files[name] = f
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("web: front end: %w", err)
	}
	a.listing = listingEntry(a.made)
	if a.page = a.files["index.html"]; a.page != nil {
		a.built = true
		return a, nil
	}
	if a.page = a.files["placeholder.html"]; a.page == nil {
		return nil, errors.New("web: the front end has neither index.html nor placeholder.html")
	}
	return a, nil
}

// hashedName is how the bundler names what never changes: name-HASH.ending with
// at least eight characters of hash.
func hashedName() *regexp.Regexp {
	return regexp.MustCompile(`^assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9.]+$`)
}

func loadAsset(from fs.FS, name string) (*asset, error) {
	body, err := readAsset(from, name)
	if err != nil {
		return nil, err
	}
	kind, text := contentType(name)
	sum := sha256.Sum256(body)
	f := &asset{
		contentType: kind, body: body, etag: `"` + hex.EncodeToString(sum[:12]) + `"`,
		encoded: map[string][]byte{}, immutable: hashedName().MatchString(name),
		script: strings.HasPrefix(kind, "text/javascript"),
	}
	for coding, ending := range map[string]string{"br": ".br", "gzip": ".gz"} {
		packed, err := readAsset(from, name+ending)
		switch {
		case err == nil:
			f.encoded[coding] = packed
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	if text && f.encoded["gzip"] == nil && len(body) >= compressFrom {
		if f.encoded["gzip"], err = gzipped(body); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func readAsset(from fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(from, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxAsset {
		return nil, fmt.Errorf("%s has %d bytes", name, info.Size())
	}
	return fs.ReadFile(from, name)
}

// contentType knows the types that a front end has. The system's own table of
// types differs from machine to machine.
func contentType(name string) (kind string, text bool) {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8", true
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8", true
	case ".css":
		return "text/css; charset=utf-8", true
	case ".json", ".map":
		return "application/json; charset=utf-8", true
	case ".webmanifest":
		return "application/manifest+json; charset=utf-8", true
	case ".svg":
		return "image/svg+xml", true
	case ".txt":
		return "text/plain; charset=utf-8", true
	case ".png":
		return "image/png", false
	case ".jpg", ".jpeg":
		return "image/jpeg", false
	case ".webp":
		return "image/webp", false
	case ".ico":
		return "image/x-icon", false
	case ".woff2":
		return "font/woff2", false
	case ".wasm":
		return "application/wasm", false
	}
	return "application/octet-stream", false
}

// fallback serves what is not in the table: the pages and the files of the front
// end.
func (s *Server) fallback(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return notHere()
	}
	if isPage(r.URL.Path) {
		return s.servePage(w, r, http.StatusOK)
	}
	f := s.assets.files[strings.TrimPrefix(r.URL.Path, "/")]
	if f == nil || f == s.assets.page {
		if wantsPage(r) {
			return s.servePage(w, r, http.StatusNotFound)
		}
		return notHere()
	}
	if f.script {
		w.Header().Set("Content-Security-Policy", scriptPolicy)
	}
	keep := "no-cache"
	if f.immutable {
		keep = "public, max-age=31536000, immutable"
	}
	w.Header().Set("Cache-Control", keep)
	f.serve(w, r, http.StatusOK)
	return nil
}

// wantsPage says whether a person's browser asks for a page, so that the app can
// say in their language that there is none.
func wantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html") &&
		!strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/tiles/") && !strings.HasPrefix(r.URL.Path, "/archives") && !strings.HasPrefix(r.URL.Path, "/overlays")
}

// servePage serves the app's page, with the policy that the district's base map
// needs. Before the front end is built it is the placeholder, as a 503.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, status int) error {
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	var base geo.BaseMap
	d, err := s.district.get(ctx)
	if err != nil { // the page itself needs no database
		s.logFailure(r, http.StatusOK, fmt.Errorf("base map for the page's policy: %w", err))
	} else {
		base = d.BaseMap
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy(base))
	if r.URL.Path == embedPath {
		s.letFrame(h)
	}
	if !s.assets.built {
		h.Set("Cache-Control", "no-store")
		s.assets.page.serve(w, r, http.StatusServiceUnavailable)
		return nil
	}
	h.Set("Cache-Control", "no-cache")
	if links := s.assets.preload(r.URL.Path); links != "" && status == http.StatusOK {
		h.Set("Link", links)
	}
	s.assets.page.serve(w, r, status)
	return nil
}

// serve writes a file in the best coding that the caller takes.
func (f *asset) serve(w http.ResponseWriter, r *http.Request, status int) {
	h, body, etag := w.Header(), f.body, f.etag
	if len(f.encoded) > 0 {
		h.Add("Vary", "Accept-Encoding")
	}
	for _, coding := range []string{"br", "gzip"} {
		if f.encoded[coding] != nil && acceptsEncoding(r, coding) {
			body = f.encoded[coding]
			etag = strings.TrimSuffix(f.etag, `"`) + "-" + coding + `"`
			h.Set("Content-Encoding", coding)
			break
		}
	}
	h.Set("ETag", etag)
	if status == http.StatusOK && matchesTag(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
