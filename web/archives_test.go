package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"tengdi/geo"
	"tengdi/tiles/pmtiles"
)

// writeArchive writes an archive of an audience with one tile.
func writeArchive(t *testing.T, path, audience, tile string) {
	t.Helper()
	writePMTiles(t, path, tile, map[string]string{"audience": audience, "at": "2018-06-30"})
}

// writeTiles writes an archive of an audience that names a layer.
func writeTiles(t *testing.T, path, audience string) {
	t.Helper()
	writePMTiles(t, path, "tile", map[string]any{"audience": audience, "vector_layers": []map[string]string{{"id": "plan"}}})
}

func writePMTiles(t *testing.T, path, tile string, metadata any) {
	t.Helper()
	scratch, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer scratch.Close()
	w := pmtiles.NewWriter(scratch)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(tile))
	_ = z.Close()
	if err := w.Add(0, 0, 0, zipped.Bytes()); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := w.Finish(f, pmtiles.About{West: 113, Metadata: metadata}); err != nil {
		t.Fatal(err)
	}
}

// TestArchives: the public's archives are listed and handed out, whole and in
// ranges, to everybody; nothing else that lies in the folder or beyond it is.
func TestArchives(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "archives")
	s := newSite(t, village(), func(c *Config) { c.Archives = folder })
	v := s.visitor()
	var list archivesAnswer
	if v.read("/archives", &list); len(list.Archives) != 0 {
		t.Errorf("without a folder there are %+v", list)
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(filepath.Dir(folder), "outside.pmtiles")
	writeArchive(t, outside, "public", "outside")
	writeArchive(t, filepath.Join(folder, "2018.pmtiles"), "public", "first")
	writeArchive(t, filepath.Join(folder, "staff.pmtiles"), "staff", "staff secret")
	writeArchive(t, filepath.Join(folder, "nobody.pmtiles"), "", "of nobody")
	writeArchive(t, filepath.Join(folder, ".hidden.pmtiles"), "public", "hidden")
	for name, text := range map[string]string{"broken.pmtiles": "PMTiles\x03 and no more", "notes.txt": "notes"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(folder, "link.pmtiles")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "dir.pmtiles"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe.pmtiles"), 0o644); err != nil {
		t.Fatal(err)
	}
	v.read("/archives", &list)
	if len(list.Archives) != 1 || list.Archives[0].Name != "2018" || list.Archives[0].At != "2018-06-30" || list.Archives[0].Bounds[0] != 113 ||
		time.Since(list.Archives[0].Changed) > time.Hour || list.Archives[0].Changed.IsZero() {
		t.Fatalf("listed: %+v", list)
	}
	whole, err := os.ReadFile(filepath.Join(folder, "2018.pmtiles"))
	if err != nil {
		t.Fatal(err)
	}
	at := list.Archives[0].URL
	res, body := v.get(at)
	tag := res.Header.Get("ETag")
	if res.StatusCode != http.StatusOK || !bytes.Equal(body, whole) || tag == "" || res.Header.Get("Content-Type") != archiveType || res.Header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("%s: %d, %d bytes, %v", at, res.StatusCode, len(body), res.Header)
	}
	res, body = v.get(at, "Range", "bytes=0-126")
	if res.StatusCode != http.StatusPartialContent || !bytes.Equal(body, whole[:127]) {
		t.Errorf("a range: %d, %d bytes", res.StatusCode, len(body))
	}
	if res, _ = v.get(at, "If-None-Match", tag); res.StatusCode != http.StatusNotModified {
		t.Errorf("with its tag: %d", res.StatusCode)
	}
	if res, _ = v.get(at, "Range", "bytes=999999999-"); res.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range beyond the end: %d", res.StatusCode)
	}
	admin := s.as(geo.RoleAdmin)
	for _, name := range []string{
		"staff.pmtiles", "nobody.pmtiles", ".hidden.pmtiles", "broken.pmtiles", "notes.txt", "link.pmtiles", "dir.pmtiles", "pipe.pmtiles", "2018", "none.pmtiles",
		"..%2Foutside.pmtiles", "%2E%2E%2Foutside.pmtiles", "a%00b.pmtiles", "%2Fetc%2Fpasswd.pmtiles",
	} {
		for _, who := range []*visitor{v, admin} {
			if res, body := who.get("/archives/" + name); res.StatusCode != http.StatusNotFound || bytes.Contains(body, []byte("secret")) {
				t.Errorf("%s: %d %.100s", name, res.StatusCode, body)
			}
		}
	}
	// Replaced: another file under another tag; a reader of the old one learns it.
	writeArchive(t, filepath.Join(folder, "2018.pmtiles"), "public", "second, and longer")
	res, body = v.get(at, "Range", "bytes=0-126", "If-Range", tag)
	if res.StatusCode != http.StatusOK || res.Header.Get("ETag") == tag || bytes.Equal(body, whole) {
		t.Errorf("after it was replaced: %d, tag %s, was %s", res.StatusCode, res.Header.Get("ETag"), tag)
	}
	r, err := pmtiles.Open(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	tile, err := r.Tile(0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(tile))
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(z); string(text) != "second, and longer" {
		t.Errorf("it holds %q", text)
	}
}
