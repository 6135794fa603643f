package tiles

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"tengdi/tiles/tiletest"
)

func mustCity(t testing.TB, o Options, n int) (*Engine, []Feature) {
	t.Helper()
	parcels := City(1, n, Yueyang(), 0.001)
	e, err := NewCity(o, parcels, []Feature{
		{ID: 1, Geometry: orb.Point{113.0951, 29.3451}, Values: []Value{int64(3)}},
		{ID: 2, Geometry: orb.Point{113.0999, 29.3499}, Values: []Value{nil}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e, parcels
}

func mustTile(t testing.TB, e *Engine, id ID) Tile {
	t.Helper()
	tile, err := e.Tile(context.Background(), id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return tile
}

func mustDecode(t testing.TB, e *Engine, id ID) map[string]tiletest.Layer {
	t.Helper()
	layers, err := tiletest.Decode(mustTile(t, e, id).Raw)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	out := map[string]tiletest.Layer{}
	for _, l := range layers {
		out[l.Name] = l
	}
	return out
}

// Every parcel is in every tile it reaches, at every zoom where it has a square
// unit, with its attributes; the strict decoder checks the rest.
//
//raced:calm one tile after the other is decoded; TestReadersAndWriters asks for many at once
func TestTilesHoldEveryFeature(t *testing.T) {
	e, parcels := mustCity(t, Options{}, 700)
	specs := e.spec.Layers[0]
	for z := range 21 {
		want := map[ID]map[uint64]Feature{}
		for _, f := range parcels {
			rec, err := e.packer.pack(&specs, f)
			if err != nil {
				t.Fatal(err)
			}
			if !rec.drawnAt(Polygons, z) {
				continue
			}
			if z > 17 && f.ID%40 != 0 {
				continue
			}
			for _, id := range TilesOver(f, z) {
				if want[id] == nil {
					want[id] = map[uint64]Feature{}
				}
				want[id][f.ID] = f
			}
		}
		seen := map[uint64]bool{}
		for id, features := range want {
			for _, f := range mustDecode(t, e, id)["parcels"].Features {
				w, ok := features[f.ID]
				if !ok {
					continue
				}
				seen[f.ID] = true
				for i, key := range CityFields() {
					if got := f.Values[key]; !reflect.DeepEqual(got, w.Values[i]) {
						t.Fatalf("%s feature %d: %s = %v, want %v", id, f.ID, key, got, w.Values[i])
					}
				}
			}
		}
		for _, features := range want {
			for fid := range features {
				if !seen[fid] {
					t.Errorf("zoom %d: feature %d is in no tile", z, fid)
				}
			}
		}
	}
	if st := e.Stats(); st.Unrepaired != 0 {
		t.Errorf("%d features could not be repaired", st.Unrepaired)
	}
}

// An independent reader sees the same.
func TestOrbReadsOurTiles(t *testing.T) {
	e, _ := mustCity(t, Options{}, 200)
	id := TilesOver(Feature{Geometry: orb.Point{113.0951, 29.3451}}, 14)[0]
	layers, err := mvt.Unmarshal(mustTile(t, e, id).Raw)
	if err != nil {
		t.Fatal(err)
	}
	own := mustDecode(t, e, id)
	if len(layers) != 2 || layers[0].Name != "parcels" || layers[1].Name != "problems" {
		t.Fatalf("layers %v", layers)
	}
	if got, want := len(layers[0].Features), len(own["parcels"].Features); got != want || got == 0 {
		t.Errorf("orb sees %d features, we %d", got, want)
	}
}

func TestGzipIsTheSameTile(t *testing.T) {
	e, parcels := mustCity(t, Options{}, 50)
	tile := mustTile(t, e, TilesOver(parcels[0], 15)[0])
	r, err := gzip.NewReader(bytes.NewReader(tile.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := io.ReadAll(r); err != nil || !bytes.Equal(raw, tile.Raw) {
		t.Errorf("gzip holds %d bytes (%v), raw %d", len(raw), err, len(tile.Raw))
	}
}

func TestEmptyTile(t *testing.T) {
	e, _ := mustCity(t, Options{}, 50)
	tile := mustTile(t, e, ID{12, 0, 0})
	if len(tile.Raw) != 0 || len(tile.Gzip) != 0 || tile.ETag == "" || tile.Revision != 1 {
		t.Errorf("tile of the sea: %+v", tile)
	}
	if e.Stats().Builds != 0 {
		t.Error("a tile beyond the data was built")
	}
}

func TestRangeError(t *testing.T) {
	spec := CitySpec()
	spec.MinZoom, spec.MaxZoom = 8, 18
	e, err := New(spec, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(1, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id   ID
		text string // "" = inside
	}{
		{ID{7, 0, 0}, "zooms 8 to 18"},
		{ID{8, 0, 0}, ""},
		{ID{8, 255, 255}, ""},
		{ID{8, 256, 0}, "from 0 to 255"},
		{ID{8, 0, 256}, "from 0 to 255"},
		{ID{18, 1<<18 - 1, 1<<18 - 1}, ""},
		{ID{18, 1 << 18, 0}, "from 0 to 262143"},
		{ID{19, 0, 0}, "zooms 8 to 18"},
		{ID{math.MaxUint32, math.MaxUint32, math.MaxUint32}, "zooms 8 to 18"},
	} {
		_, err := e.Tile(context.Background(), c.id)
		var re *RangeError
		switch {
		case c.text == "" && err != nil:
			t.Errorf("%s: %v", c.id, err)
		case c.text != "" && (!errors.As(err, &re) || !strings.Contains(err.Error(), c.text)):
			t.Errorf("%s: %v, want %q", c.id, err, c.text)
		case re != nil && !strings.Contains(re.Chinese(), "级"):
			t.Errorf("%s: %s", c.id, re.Chinese())
		}
	}
}

func TestRefusedFeatures(t *testing.T) {
	e, err := New(CitySpec(), Options{MaxVertices: 100})
	if err != nil {
		t.Fatal(err)
	}
	values := []Value{"a", "b", int64(1), 1.0, true}
	square := orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}
	moved := func(p orb.Point) orb.Polygon { return orb.Polygon{{{0, 0}, {1, 0}, p, {0, 0}}} }
	cases := map[string]Feature{
		"2^53":                 {ID: 1 << 53, Geometry: square, Values: values},
		"not a number":         {ID: 5, Geometry: moved(orb.Point{math.NaN(), 0}), Values: values},
		"outside longitude":    {ID: 5, Geometry: moved(orb.Point{0, 86}), Values: values},
		"position +Inf":        {ID: 5, Geometry: moved(orb.Point{math.Inf(1), 0}), Values: values},
		"position 180.1":       {ID: 5, Geometry: moved(orb.Point{180.1, 0}), Values: values},
		"empty geometry":       {ID: 5, Geometry: orb.MultiPolygon{}, Values: values},
		"polygon 1 is empty":   {ID: 5, Geometry: orb.Polygon{}, Values: values},
		"closed ring":          {ID: 5, Geometry: orb.Polygon{{{0, 0}, {1, 1}, {0, 0}}}, Values: values},
		"a Point in a layer":   {ID: 5, Geometry: orb.Point{1, 1}, Values: values},
		"a LineString":         {ID: 5, Geometry: orb.LineString{{1, 1}, {2, 2}}, Values: values},
		"1 values for 5":       {ID: 5, Geometry: square, Values: values[:1]},
		`field "code": type`:   {ID: 5, Geometry: square, Values: []Value{[]byte{1}, nil, nil, nil, nil}},
		`"mu": number NaN`:     {ID: 5, Geometry: square, Values: []Value{nil, nil, nil, math.NaN(), nil}},
		"not UTF-8":            {ID: 5, Geometry: square, Values: []Value{"\xff", nil, nil, nil, nil}},
		"at most 65536":        {ID: 5, Geometry: square, Values: []Value{strings.Repeat("x", 65537), nil, nil, nil, nil}},
		"more than 100 vertic": {ID: 5, Geometry: orb.Polygon{append(make(orb.Ring, 100), orb.Point{0, 0})}, Values: values},
	}
	cases["empty geometry "] = Feature{ID: 5, Values: values}
	if err := e.Load(1, Seqs(map[string][]Feature{"parcels": {{ID: 1, Geometry: square, Values: values}}})); err != nil {
		t.Fatal(err)
	}
	for want, f := range cases {
		err := e.Load(2, Seqs(map[string][]Feature{"parcels": {f}}))
		var fe *FeatureError
		if !errors.As(err, &fe) || fe.Layer != "parcels" || fe.ID != f.ID ||
			!strings.Contains(fe.Reason, strings.TrimSpace(want)) {
			t.Errorf("%s: Load gives %v", want, err)
		}
		if _, err := e.Apply(2, []Change{{"parcels", f.ID, &f}}); !errors.As(err, &fe) {
			t.Errorf("%s: Apply gives %v", want, err)
		}
	}
	if e.Revision() != 1 || e.Stats().Features["parcels"] != 1 {
		t.Errorf("refused features changed the engine: %+v", e.Stats())
	}
	f := Feature{ID: 9, Geometry: square, Values: values}
	if err := e.Load(3, Seqs(map[string][]Feature{"parcels": {f, f}})); err == nil || !strings.Contains(err.Error(), "comes twice") {
		t.Errorf("an id twice: %v", err)
	}
	if err := e.Load(3, Seqs(map[string][]Feature{"roads": nil})); err == nil {
		t.Error("an unknown layer was taken")
	}
	if _, err := e.Apply(3, []Change{{"parcels", 8, &f}}); err == nil {
		t.Error("a change of 8 brought feature 9")
	}
	if _, err := e.Apply(0, nil); !errors.Is(err, ErrStale) {
		t.Errorf("an old revision: %v", err)
	}
}

func TestNotReady(t *testing.T) {
	e, err := New(CitySpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Tile(context.Background(), ID{}); !errors.Is(err, ErrNotReady) {
		t.Errorf("Tile: %v", err)
	}
	if _, err := e.Apply(1, nil); !errors.Is(err, ErrNotReady) {
		t.Errorf("Apply: %v", err)
	}
	if _, ok := e.Bounds(); ok || e.Ready() || e.Revision() != 0 {
		t.Error("an empty engine says it has something")
	}
	if doc := e.TileJSON("u", TileJSONOptions{}); doc.Bounds != nil || len(doc.VectorLayers) != 3 {
		t.Errorf("%+v", doc)
	}
}

func TestSpecIsChecked(t *testing.T) {
	good := CitySpec()
	for name, spoil := range map[string]func(*Spec){
		"no name":       func(s *Spec) { s.Name = "" },
		"no layers":     func(s *Spec) { s.Layers = nil },
		"zoom 23":       func(s *Spec) { s.MaxZoom = 23 },
		"zooms turned":  func(s *Spec) { s.MinZoom, s.MaxZoom = 5, 4 },
		"layer twice":   func(s *Spec) { s.Layers[1].Name = "parcels" },
		"layer zoom -1": func(s *Spec) { s.Layers[0].MinZoom = -1 },
		"kind":          func(s *Spec) { s.Layers[0].Kind = 9 },
		"field twice":   func(s *Spec) { s.Layers[0].Fields = []string{"a", "a"} },
		"field empty":   func(s *Spec) { s.Layers[0].Fields = []string{""} },
	} {
		s := good.clone()
		spoil(&s)
		if _, err := New(s, Options{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A large tile is not a copy, and yet what is built after it leaves it as it is.
//
//raced:calm one builder makes one tile after the other; TestReadersAndWriters asks for many at once
func TestLargeTilesAreTheirOwn(t *testing.T) {
	parcels := City(22, 24_000, Yueyang(), 0.0007)
	e, err := NewCity(Options{CacheBytes: -1, Plain: true, Builders: 1}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	ids := append(TilesOver(parcels[12_000], 10)[:1], TilesOver(parcels[12_000], 9)[:1]...)
	var tiles []Tile
	for range 2 {
		for _, id := range ids {
			tile, err := e.Tile(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			tiles = append(tiles, tile)
		}
	}
	for i, tile := range tiles {
		if len(tile.Raw) < largeTile {
			t.Fatalf("%s has only %d bytes", ids[i%2], len(tile.Raw))
		}
		if tile.ETag != etag(tile.Raw) || tile.ETag != tiles[i%2].ETag {
			t.Errorf("%s has the tag of other bytes", ids[i%2])
		}
		r, err := gzip.NewReader(bytes.NewReader(tile.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := io.ReadAll(r); err != nil || !bytes.Equal(back, tile.Raw) {
			t.Errorf("%s is gzipped as something else: %v", ids[i%2], err)
		}
	}
}
