package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"tengdi/geo"
	"tengdi/tiles"
)

const villageTile = "/tiles/public/14/13339/6793.mvt"

func TestTile(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	res, raw := v.get(villageTile, "Accept-Encoding", "identity")
	tag := res.Header.Get("ETag")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != tileType || res.Header.Get("Content-Encoding") != "" || !strings.HasPrefix(tag, `"`) {
		t.Fatalf("tile: %d %v", res.StatusCode, res.Header)
	}
	layers, err := mvt.Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, l := range layers {
		for _, f := range l.Features {
			if code, ok := f.Properties["code"].(string); ok {
				codes[code] = true
			}
		}
	}
	if !codes["P01"] || !codes["A01"] || codes["XP4"] || codes["XB1"] {
		t.Errorf("the public tile has %v", codes)
	}
	res, packed := v.get(villageTile, "Accept-Encoding", "gzip")
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(zr); err != nil || !bytes.Equal(got, raw) || res.Header.Get("Vary") != "Accept-Encoding" || res.Header.Get("ETag") == tag {
		t.Errorf("the gzipped tile is another, or its headers are wrong: %v, %v", err, res.Header)
	}
	for _, inm := range []string{tag, res.Header.Get("ETag"), "W/" + tag} {
		if res, body := v.get(villageTile, "If-None-Match", inm); res.StatusCode != 304 || len(body) != 0 {
			t.Errorf("If-None-Match %s: %d", inm, res.StatusCode)
		}
	}
	if res, body := v.do("HEAD", villageTile, nil); res.StatusCode != 200 || len(body) != 0 || res.ContentLength <= 0 {
		t.Errorf("HEAD: %d with length %d", res.StatusCode, res.ContentLength)
	}
	res, body := s.as(geo.RoleViewer).get(strings.Replace(villageTile, "public", "staff", 1), "If-None-Match", tag)
	if res.StatusCode != 200 || bytes.Equal(body, raw) || res.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the staff tile: %d, %v", res.StatusCode, res.Header)
	}
}

func TestTileRefusals(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	for path, status := range map[string]int{
		"/tiles/public/16/65535/65535.mvt":        204,
		"/tiles/public/16/65536/0.mvt":            404,
		"/tiles/public/16/0/65536.mvt":            404,
		"/tiles/public/17/0/0.mvt":                404,
		"/tiles/public/0/0/0.mvt":                 200,
		"/tiles/public/0/1/0.mvt":                 404,
		"/tiles/public/0/0/4294967296.mvt":        404,
		"/tiles/public/0/00/0.mvt":                404,
		"/tiles/public/-1/0/0.mvt":                404,
		"/tiles/public/0/0/0.png":                 404,
		"/tiles/secret/0/0/0.mvt":                 404,
		"/tiles/secret.json":                      404,
		"/tiles/staff/0/0/0.mvt":                  401,
		"/tiles/staff/99/0/0.mvt":                 401, // who may not read it learns no range
		villageTile + "?v=0":                      200,
		villageTile + "?v=99999":                  200,
		villageTile + "?v=-1":                     400,
		villageTile + "?v=":                       400,
		villageTile + "?v=1e3":                    400,
		villageTile + "?v=1&v=2":                  400,
		villageTile + "?a=rand":                   400,
		villageTile + "?v=9999999999999999999999": 400,
	} {
		if res, body := v.get(path); res.StatusCode != status {
			t.Errorf("%s: %d %s, want %d", path, res.StatusCode, body, status)
		}
	}
	if _, body := v.get("/tiles/public/17/0/0.mvt?lang=en"); !strings.Contains(string(body), "zooms 0 to 16") {
		t.Errorf("the problem does not name the range: %s", body)
	}
}

func TestTileCaching(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	var doc tileJSONAnswer
	v.read("/tiles/public.json", &doc)
	if len(doc.Tiles) != 1 || doc.Tiles[0] != s.http.URL+"/tiles/public/{z}/{x}/{y}.mvt" || doc.TileJSON.TileJSON != "3.0.0" ||
		doc.Revision != s.engines[geo.Public].Revision() || len(doc.Bounds) != 4 || len(doc.VectorLayers) == 0 || doc.MaxZoom != 16 {
		t.Errorf("TileJSON: %+v", doc)
	}
	for query, want := range map[string]string{
		"":         askAgain,
		"?v=0":     keepTile,
		"?v=1":     keepTile,
		"?v=99999": askAgain, // from the future: what is here now is older
	} {
		if res, _ := v.get(villageTile + query); res.Header.Get("Cache-Control") != want {
			t.Errorf("%q: Cache-Control %q, want %q", query, res.Header.Get("Cache-Control"), want)
		}
	}
	if res, _ := v.get("/tiles/public/17/0/0.mvt?v=1"); res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a refusal may be kept: %q", res.Header.Get("Cache-Control"))
	}
	staff := s.as(geo.RoleViewer)
	staff.read("/tiles/staff.json", &doc)
	if doc.Tiles[0] != s.http.URL+"/tiles/staff/{z}/{x}/{y}.mvt" {
		t.Errorf("staff TileJSON: %v", doc.Tiles)
	}
}

// Headers that no cache takes into its key must not change an answer (T-6).
func TestForwardedHeadersAreNotBelieved(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	_, want := v.get("/tiles/public.json")
	for _, h := range []string{
		"X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port", "X-Host", "Forwarded", "X-Original-URL",
		"X-Rewrite-URL", "X-Forwarded-Prefix", "X-Real-IP", "True-Client-IP", "X-HTTP-Method-Override", "X-Forwarded-Server", "Front-End-Https",
	} {
		if res, got := v.get("/tiles/public.json", h, "https://evil.example/"); res.StatusCode != 200 || !bytes.Equal(got, want) {
			t.Errorf("%s changes the answer: %d %s", h, res.StatusCode, got)
		}
	}
}

// countingTiles counts how often the engine is asked for a tile.
type countingTiles struct {
	Tileset
	asked atomic.Int64
}

func (c *countingTiles) Cached(id tiles.ID, q tiles.Query, want tiles.Coding) (tiles.Tile, bool) {
	c.asked.Add(1)
	return c.Tileset.Cached(id, q, want)
}

func (c *countingTiles) TileOf(ctx context.Context, id tiles.ID, q tiles.Query) (tiles.Tile, error) {
	c.asked.Add(1)
	return c.Tileset.TileOf(ctx, id, q)
}

// A 304 needs no tile, let alone a build, also after a change elsewhere.
func TestNotModifiedNeedsNoTile(t *testing.T) {
	counting := &countingTiles{}
	s := newSite(t, village(), func(c *Config) {
		counting.Tileset = c.Tilesets[geo.Public]
		c.Tilesets[geo.Public] = counting
	})
	v, e := s.visitor(), s.engines[geo.Public]
	res, _ := v.get(villageTile)
	asked, builds := counting.asked.Load(), e.Stats().Builds
	if asked == 0 || builds == 0 {
		t.Fatalf("the first answer asked %d times for %d builds", asked, builds)
	}
	far := tiles.Feature{
		ID: 1 << 40, Values: make([]tiles.Value, len(geo.MapLayers(geo.Public)[0].Fields)),
		Geometry: orb.Polygon{{{1, 1}, {1.01, 1}, {1.01, 1.01}, {1, 1}}},
	}
	for n := range int64(5) {
		if _, err := e.Apply(e.Revision()+1, []tiles.Change{{Layer: "areas", ID: far.ID, Feature: &far}}); err != nil {
			t.Fatal(err)
		}
		far.Values[0] = n
		if res, _ := v.get(villageTile, "If-None-Match", res.Header.Get("ETag")); res.StatusCode != 304 {
			t.Fatalf("%d", res.StatusCode)
		}
	}
	if counting.asked.Load() != asked || e.Stats().Builds != builds {
		t.Errorf("five 304 asked the engine %d times, for %d builds", counting.asked.Load()-asked, e.Stats().Builds-builds)
	}
	// A change of the tile makes what is remembered worthless.
	near := far
	near.ID, near.Geometry = 1<<41, orb.Polygon{{{113.1, 29.35}, {113.11, 29.35}, {113.11, 29.36}, {113.1, 29.35}}}
	touched, err := e.Apply(e.Revision()+1, []tiles.Change{{Layer: "areas", ID: near.ID, Feature: &near}})
	if err != nil || !slices.Contains(touched, tiles.ID{Z: 14, X: 13339, Y: 6793}) {
		t.Fatalf("the change is not in the tile: %v, %v", touched, err)
	}
	if res, _ := v.get(villageTile, "If-None-Match", res.Header.Get("ETag")); res.StatusCode != 200 {
		t.Errorf("after a change of the tile: %d", res.StatusCode)
	}
}

// Random tiles, out-of-range tiles and cache-busting queries at once: somebody
// else's tile still comes, and nothing grows.
func TestTileFlood(t *testing.T) {
	s := newSite(t, village(), nil)
	stop := make(chan struct{})
	done := make(chan int, 8)
	for i := range 8 {
		go func() {
			v, n := s.visitor(), 0
			for ; ; n++ {
				select {
				case <-stop:
					done <- n
					return
				default:
				}
				path := []string{"/tiles/public/16/%d/1.mvt", "/tiles/public/99/%d/1.mvt", villageTile + "?a=%d"}[n%3]
				v.get(strings.Replace(path, "%d", string(rune('1'+i)), 1))
			}
		}()
	}
	v := s.visitor()
	for range 30 {
		if res, _ := v.get(villageTile); res.StatusCode != 200 && res.StatusCode != 429 {
			t.Errorf("in the flood: %d", res.StatusCode)
		}
	}
	close(stop)
	for range 8 {
		if n := <-done; n == 0 {
			t.Error("a flooder made no request")
		}
	}
}

// A map that is still being loaded answers with the layers that it has, in tiles
// and a description that nobody may keep and that have no tag; /readyz names what
// is to come. When everything is there, the same URL may be kept.
func TestHalfAMapIsNotKept(t *testing.T) {
	half := newEngine(t, geo.Public)
	s := newSite(t, village(), func(c *Config) {
		c.Tilesets = map[geo.Audience]Tileset{geo.Public: half, geo.Staff: c.Tilesets[geo.Staff]}
	})
	v := s.visitor()
	loading := half.Begin(7)
	layer := func(name string, list ...tiles.Feature) {
		t.Helper()
		batches := func(yield func(tiles.Batch, error) bool) {
			yield(func() ([]tiles.Feature, error) { return list, nil }, nil)
		}
		err := loading.Layer(t.Context(), name, batches, func(why *tiles.FeatureError) { t.Error(why) })
		if err != nil {
			t.Fatal(err)
		}
	}
	fields := func(name string) []any {
		for _, l := range geo.MapLayers(geo.Public) {
			if l.Name == name {
				return make([]any, len(l.Fields))
			}
		}
		t.Fatalf("no layer %s", name)
		return nil
	}
	at := orb.Point{113.1, 29.36}
	land := orb.Polygon{{at, {113.2, 29.36}, {113.2, 29.4}, at}}
	layer("areas", tiles.Feature{ID: 1, Geometry: land, Values: fields("areas")})

	const here, nowhere = "/tiles/public/10/833/424.mvt?v=7", "/tiles/public/10/1/1.mvt?v=7"
	var first []byte
	for path, status := range map[string]int{here: 200, nowhere: 204, "/tiles/public.json": 200} {
		for _, tag := range []string{"", "*"} {
			if tag != "" && path == "/tiles/public.json" {
				continue // its tag is of the document itself
			}
			res, body := v.get(path, "If-None-Match", tag)
			if res.StatusCode != status || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s while loading, If-None-Match %q: %d, Cache-Control %q", path, tag, res.StatusCode, res.Header.Get("Cache-Control"))
			}
			if path != "/tiles/public.json" && res.Header.Get("ETag") != "" {
				t.Errorf("%s while loading has the tag %s", path, res.Header.Get("ETag"))
			}
			if path == here {
				first = body
			}
		}
	}
	if res, body := v.get("/readyz"); res.StatusCode != 503 || !bytes.Contains(body, []byte(`"tiles-public","tiles-public/cleared","tiles-public/parcels"`)) || bytes.Contains(body, []byte("/areas")) {
		t.Errorf("while loading: %d %s", res.StatusCode, body)
	}
	layer("parcels", tiles.Feature{ID: 1, Geometry: land, Values: fields("parcels")})
	if res, body := v.get(here); res.StatusCode != 200 || len(body) <= len(first) || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("with the next layer: %d, %d bytes, %d before", res.StatusCode, len(body), len(first))
	}
	if err := loading.End(); err != nil {
		t.Fatal(err)
	}
	for path, status := range map[string]int{here: 200, nowhere: 204} {
		if res, _ := v.get(path); res.StatusCode != status || res.Header.Get("Cache-Control") != keepTile || status == 200 && res.Header.Get("ETag") == "" {
			t.Errorf("%s when loaded: %d, Cache-Control %q, ETag %q", path, res.StatusCode, res.Header.Get("Cache-Control"), res.Header.Get("ETag"))
		}
	}
	if res, body := v.get("/readyz"); res.StatusCode != 200 {
		t.Errorf("when loaded: %d %s", res.StatusCode, body)
	}
}
