package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"tengdi/geo"
)

// A square near the village, as GeoJSON with what nobody is to be told.
const squareLayer = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"一区<script>alert(1)</script>","name_en":"Zone one","owner":"secret of a household","n":7},
"geometry":{"type":"Polygon","coordinates":[[[113.1,29.3,12.5],[113.2,29.3,12.5],[113.2,29.4,12.5],[113.1,29.3,12.5]]]}},
{"type":"Feature","properties":null,"geometry":null}]}`

// lay writes files into a folder.
func lay(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// named are the names of the layers that a visitor is told of.
func (v *visitor) overlayNames() (names []string) {
	var list overlaysAnswer
	v.read("/overlays", &list)
	for _, o := range list.Overlays {
		names = append(names, o.Name)
	}
	return names
}

// TestOverlays: layers of the folder are listed to whom they are for and handed out
// whole and in ranges, with geometry and names alone; what has no description is
// for staff.
func TestOverlays(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "overlays")
	s := newSite(t, village(), func(c *Config) { c.Overlays = folder })
	v, staff := s.visitor(), s.as(geo.RoleViewer)
	if got := v.overlayNames(); !slices.Equal(got, []string{"boards"}) {
		t.Fatalf("without a folder: %v", got)
	}
	lay(t, folder, map[string]string{
		"zones.geojson": squareLayer, "zones.json": `{"title":"避让区","title_en":"Zones","kind":"exclusion","colour":"#aa0000","audience":"public","attribution":"示例","attribution_en":"invented"}`,
		"inner.geojson": strings.ReplaceAll(squareLayer, "Zone one", "staff secret"), "inner.json": `{"title":"内部","kind":"blueprint","audience":"staff"}`,
		"bare.geojson": squareLayer,
	})
	writeTiles(t, filepath.Join(folder, "plan.pmtiles"), "public")
	writeTiles(t, filepath.Join(folder, "ours.pmtiles"), "staff")
	for _, name := range []string{"plan", "ours"} {
		lay(t, folder, map[string]string{name + ".json": `{"title":"蓝图","kind":"blueprint","audience":"public"}`})
	}
	if got, want := v.overlayNames(), []string{"zones", "boards", "plan"}; !slices.Equal(got, want) {
		t.Errorf("the public is told of %v, not of %v", got, want)
	}
	if got, want := staff.overlayNames(), []string{"zones", "boards", "inner", "ours", "plan", "bare"}; !slices.Equal(got, want) {
		t.Errorf("the staff are told of %v, not of %v", got, want)
	}
	var list overlaysAnswer
	v.read("/overlays", &list)
	one := list.Overlays[0]
	if one.Title != "避让区" || one.TitleEn != "Zones" || one.Colour != "#aa0000" || one.Kind != "exclusion" || one.Features != 1 ||
		one.Bounds != [4]float64{113.1, 29.3, 113.2, 29.4} || one.Attribution != "示例" || one.AttributionEn != "invented" || one.Format != "geojson" {
		t.Errorf("listed: %+v", one)
	}
	res, body := v.get(one.URL)
	tag := res.Header.Get("ETag")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != geoJSONType || res.Header.Get("X-Content-Type-Options") != "nosniff" || tag == "" {
		t.Fatalf("%s: %d %v", one.URL, res.StatusCode, res.Header)
	}
	var got struct {
		Features []struct {
			Properties map[string]any
			Geometry   struct{ Coordinates [][][]float64 }
		}
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(body, []byte("secret")) || bytes.Contains(body, []byte("<script")) {
		t.Errorf("it holds more than names: %s", body)
	}
	if len(got.Features) != 1 || len(got.Features[0].Properties) != 2 || got.Features[0].Properties["name"] != "一区<script>alert(1)</script>" ||
		len(got.Features[0].Geometry.Coordinates[0]) != 4 || len(got.Features[0].Geometry.Coordinates[0][0]) != 2 {
		t.Errorf("it holds %+v", got)
	}
	if res, part := v.get(one.URL, "Range", "bytes=0-25"); res.StatusCode != http.StatusPartialContent || !bytes.Equal(part, body[:26]) || res.Header.Get("Content-Type") != geoJSONType {
		t.Errorf("a range: %d %q %v", res.StatusCode, part, res.Header)
	}
	if res, _ := v.get(one.URL, "If-None-Match", tag); res.StatusCode != http.StatusNotModified {
		t.Errorf("with its tag: %d", res.StatusCode)
	}
	if res, part := v.get("/overlays/plan.pmtiles", "Range", "bytes=0-6"); res.StatusCode != http.StatusPartialContent || string(part) != "PMTiles" || res.Header.Get("Content-Type") != archiveType {
		t.Errorf("a range of tiles: %d %q %v", res.StatusCode, part, res.Header)
	}
	for _, file := range []string{"inner.geojson", "bare.geojson", "ours.pmtiles", "zones.json", "zones", "zones.pmtiles", "..%2Foverlays%2Fzones.geojson"} {
		if res, body := v.get("/overlays/" + file); res.StatusCode != http.StatusNotFound || bytes.Contains(body, []byte("secret")) {
			t.Errorf("%s for the public: %d %.100s", file, res.StatusCode, body)
		}
	}
	if res, body := staff.get("/overlays/inner.geojson"); res.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("staff secret")) || res.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the staff's layer: %d %v", res.StatusCode, res.Header)
	}
	// Described anew: it is no longer for everybody, at once.
	lay(t, folder, map[string]string{"zones.json": `{"title":"避让区（内部）","kind":"exclusion","audience":"staff"}`})
	if got := v.overlayNames(); slices.Contains(got, "zones") {
		t.Errorf("taken back, it is still listed: %v", got)
	}
	if res, _ := v.get(one.URL, "If-None-Match", tag); res.StatusCode != http.StatusNotFound {
		t.Errorf("taken back, it is still handed out: %d", res.StatusCode)
	}
}

// TestOverlaysRefuse: a file that is no layer, or a wrong description, is not
// handed out to anybody, and the others stay.
func TestOverlaysRefuse(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "overlays")
	s := newSite(t, village(), func(c *Config) { c.Overlays = folder })
	v := s.as(geo.RoleAdmin)
	lay(t, folder, map[string]string{"good.geojson": squareLayer})
	with := func(geometry string) string {
		return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":` + geometry + `}]}`
	}
	bad := map[string]string{
		"html": "<!doctype html><script>alert(1)</script>", "empty": "", "null": "null", "list": "[]", "deep": strings.Repeat("[", 20_000),
		"one": `{"type":"Feature","properties":{},"geometry":null}`, "nothing": `{"type":"FeatureCollection","features":[]}`,
		"tail": squareLayer + "<script>", "latin": strings.ReplaceAll(squareLayer, "一", "\xe4"),
		"metres": with(`{"type":"Point","coordinates":[38415000,3245000]}`), "infinite": with(`{"type":"Point","coordinates":[1e999,0]}`),
		"open": with(`{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2]]]}`), "thin": with(`{"type":"Polygon","coordinates":[[[1,1],[2,1],[1,1]]]}`),
		"short": with(`{"type":"Point","coordinates":[1]}`), "hollow": with(`{"type":"MultiPolygon","coordinates":[]}`), "flat": with(`{"type":"Polygon","coordinates":[1,2]}`),
		"group": with(`{"type":"GeometryCollection","geometries":[]}`), "dot": with(`{"type":"LineString","coordinates":[[1,1]]}`),
		"big":  with(`{"type":"Point","coordinates":[1,1]}`) + strings.Repeat(" ", maxOverlayGeoJSON),
		"many": `{"type":"FeatureCollection","features":[` + strings.Repeat(`{"type":"Feature","geometry":null},`, maxOverlayFeatures) + `{"type":"Feature","geometry":null}]}`,
	}
	files := map[string]string{"fake.pmtiles": "PMTiles\x03 and no more", "notes.txt": "notes", ".hidden.geojson": squareLayer}
	for name, text := range bad {
		files[name+".geojson"] = text
	}
	for i, text := range []string{"{", `{"audience":"everybody"}`, `{"kind":"wall"}`, `{"colour":"red;background:url(x)"}`, `{"titel":"x"}`, `{"title":"a\u0000b"}`, `{} {}`, strings.Repeat(" ", maxDescription+1), ""} {
		name := fmt.Sprintf("text%d", i)
		bad[name], files[name+".geojson"], files[name+".json"] = text, squareLayer, text
	}
	lay(t, folder, files)
	writeArchive(t, filepath.Join(folder, "nolayers.pmtiles"), "public", "tile")
	outside := filepath.Join(filepath.Dir(folder), "outside.geojson")
	lay(t, filepath.Dir(folder), map[string]string{"outside.geojson": squareLayer})
	if err := os.Symlink(outside, filepath.Join(folder, "link.geojson")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "dir.geojson"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe.geojson"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := v.overlayNames(); !slices.Equal(got, []string{"boards", "good"}) {
		t.Errorf("listed: %v", got)
	}
	for name := range bad {
		if res, body := v.get("/overlays/" + name + ".geojson"); res.StatusCode != http.StatusNotFound || strings.Contains(res.Header.Get("Content-Type"), "html") {
			t.Errorf("%s: %d %.100s", name, res.StatusCode, body)
		}
	}
	for _, file := range []string{"link.geojson", "dir.geojson", "pipe.geojson", ".hidden.geojson", "fake.pmtiles", "nolayers.pmtiles", "notes.txt", "..%2Foutside.geojson", "%2E%2E%2Foutside.geojson", "a%00b.geojson"} {
		if res, _ := v.get("/overlays/" + file); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", file, res.StatusCode)
		}
	}
}

// TestBoardOverlay: boards are drawn around the areas that are published as theirs,
// and a file of the name takes their place.
func TestBoardOverlay(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "overlays")
	s := newSite(t, village(), func(c *Config) { c.Overlays = folder })
	v := s.visitor()
	var areas, drawn struct {
		Features []struct {
			Properties map[string]any
			Geometry   struct{ Type string }
		}
	}
	v.read("/api/collections/areas/items?limit=1000", &areas)
	v.read("/overlays/boards.geojson", &drawn)
	want, got := map[any]bool{}, map[any]bool{}
	for _, a := range areas.Features {
		if b := a.Properties["board"]; b != nil {
			want[b] = true
		}
	}
	for _, b := range drawn.Features {
		got[b.Properties["name"]] = true
		if b.Geometry.Type != "MultiPolygon" {
			t.Errorf("%v is a %s", b.Properties["name"], b.Geometry.Type)
		}
	}
	if len(want) == 0 || fmt.Sprint(want) != fmt.Sprint(got) {
		t.Errorf("boards %v are drawn, areas name %v", got, want)
	}
	lay(t, folder, map[string]string{"boards.geojson": squareLayer, "boards.json": `{"title":"板块","kind":"board","audience":"public"}`})
	if v.read("/overlays/boards.geojson", &drawn); len(drawn.Features) != 1 || drawn.Features[0].Properties["name_en"] != "Zone one" {
		t.Errorf("with a file: %+v", drawn)
	}
	if got := v.overlayNames(); !slices.Equal(got, []string{"boards"}) {
		t.Errorf("listed: %v", got)
	}
}
