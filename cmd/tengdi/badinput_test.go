package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tengdi/geo/exchange/fixture"
)

// upload posts a file as the import page does.
func upload(t *testing.T, c *http.Client, url, name string, body []byte, fields map[string]string) (int, []byte) {
	t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	for k, v := range fields {
		if err := form.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/imports", &buf)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Origin", url)
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, text
}

// startWithPlanner serves an empty instance and signs a planner in.
func startWithPlanner(t *testing.T) (*process, *http.Client) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if out, err := tengdi("user", "list", "--data", data).CombinedOutput(); err == nil || !strings.Contains(string(out), "no Tengdi data") {
		t.Errorf("a folder without data: %v: %s", err, out)
	}
	if out, err := tengdi("migrate", "--data", data).CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v: %s", err, out)
	}
	add := tengdi("user", "add", "planner", "--role", "planner", "--data", data)
	const password = "eight bends of a river"
	add.Stdin = strings.NewReader(password + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("user add: %v: %s", err, out)
	}
	p, err := serve(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.end(os.Interrupt); err != nil {
			t.Errorf("the server did not end well: %v: %s", err, p.stderr)
		}
	})
	return p, signInAs(t, p.url, "planner", password)
}

// mended are the bad files whose only fault is the winding of their rings, or
// an old crs member: they pass with a warning.
var mended = map[string]bool{"bad-polygon-interiorring-rhr.geojson": true, "polygon_winding_order.geojson": true}

// TestBadFilesByUpload: real bad files, broken archives and hostile bytes are
// refused with a reason, nothing is written, and the server lives on.
func TestBadFilesByUpload(t *testing.T) {
	bad, err := filepath.Glob(filepath.Join(fixture.Dir(t), "geojsonhint/test/data/bad/*.geojson"))
	if err != nil || len(bad) != 44 {
		t.Fatalf("%d bad files (%v), want 44", len(bad), err)
	}
	p, planner := startWithPlanner(t)
	fields := map[string]string{"layer": "parcels", "number": "BAD-"}
	for _, path := range bad {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		status, text := upload(t, planner, p.url, name, body, fields)
		if mended[name] && status == http.StatusOK {
			if !strings.Contains(string(text), "winding-mended") {
				t.Errorf("%s: taken without a warning: %.300s", name, text)
			}
			continue
		}
		wantReason(t, name, status, text)
	}
	for name, body := range hostileFiles(t) {
		status, text := upload(t, planner, p.url, name, body, fields)
		wantReason(t, name, status, text)
	}
	resp, err := http.Get(p.url + "/readyz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("readyz afterwards: %v %v", resp, err)
	}
	resp.Body.Close()
	for item := range items(t, planner, p.url, "parcels") {
		if code := fmt.Sprint(item["code"]); !strings.HasPrefix(code, "BAD-") || item["status"] != "reserved" {
			t.Errorf("written: %v", item)
		}
	}
	var page struct {
		NumberMatched int `json:"numberMatched"`
	}
	getJSON(t, planner, p.url+"/api/collections/parcels/items", &page)
	if page.NumberMatched > len(mended) {
		t.Errorf("%d parcels were written, at most the %d mended files may be", page.NumberMatched, len(mended))
	}
}

// wantReason demands a problem document that says why, in both languages.
func wantReason(t *testing.T, name string, status int, text []byte) {
	t.Helper()
	if status < 400 || status >= 500 {
		t.Errorf("%s: status %d: %.300s", name, status, text)
		return
	}
	var doc struct {
		Detail    string `json:"detail"`
		RequestID string `json:"request_id"`
		Fields    []struct{ Zh, En string }
		Report    *struct {
			Committed bool
			Notes     []struct{ Problem, Severity, Zh, En string }
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil || doc.RequestID == "" {
		t.Errorf("%s: not a problem document: %.300s", name, text)
		return
	}
	said := false
	for _, f := range doc.Fields {
		said = said || f.Zh != "" && f.En != ""
	}
	if doc.Report != nil {
		for _, n := range doc.Report.Notes {
			said = said || n.Severity == "refused" && n.Problem != "" && n.Zh != "" && n.En != ""
		}
		if doc.Report.Committed {
			t.Errorf("%s: committed", name)
		}
	}
	if !said {
		t.Errorf("%s: no reason in both languages: %.400s", name, text)
	}
}

// hostileFiles are broken and lying uploads, made here.
func hostileFiles(t *testing.T) map[string][]byte {
	t.Helper()
	deep := strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 4000) + strings.Repeat(`]}`, 4000)
	header := make([]byte, 100) // a Shapefile's header that promises far more than there is
	header[2], header[3] = 0x27, 0x0a
	header[24], header[25] = 0x7f, 0xff
	header[28], header[32] = 0xe8, 5
	header[29] = 3
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	for _, name := range []string{"a.shp", "../a.dbf"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(header); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"deep.geojson":     []byte(`{"type":"Feature","properties":{},"geometry":` + deep + `}`),
		"lying.shp":        header,
		"slip.zip":         zipped.Bytes(),
		"truncated.zip":    zipped.Bytes()[:zipped.Len()/2],
		"empty.geojson":    nil,
		"noise.gpkg":       bytes.Repeat([]byte{0xff, 0x00, 0x7f}, 4000),
		"hostile.wkb":      {0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"not-json.geojson": []byte("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
		"infinity.geojson": []byte(`{"type":"Polygon","coordinates":[[[1e999,0],[1,0],[1,1],[1e999,0]]]}`),
		"sqlite-head.gpkg": append([]byte("SQLite format 3\x00"), make([]byte, 200)...),
	}
}
