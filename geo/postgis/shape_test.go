package postgis

import (
	"encoding/hex"
	"math"
	"runtime"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

func everyShape() []orb.Geometry {
	hole := orb.Polygon{
		{{113, 29}, {114, 29}, {114, 30}, {113, 30}, {113, 29}},
		{{113.2, 29.2}, {113.2, 29.4}, {113.4, 29.4}, {113.4, 29.2}, {113.2, 29.2}},
	}
	return []orb.Geometry{
		orb.Point{113.1, 29.3},
		orb.LineString{{113, 29}, {114, 30}, {115, 29}},
		orb.MultiLineString{{{113, 29}, {114, 30}}, {{1, 2}, {3, 4}, {5, 6}}},
		hole,
		orb.MultiPolygon{hole, {{{115, 29}, {116, 29}, {116, 30}, {115, 29}}}},
	}
}

// A shape comes back from PostGIS as it went in, bit by bit, and PostGIS sees
// what we see.
func TestShapesThroughPostGIS(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	for _, g := range everyShape() {
		b, err := encodeShape(geo.WGS84, g)
		if err != nil {
			t.Fatal(err)
		}
		var back []byte
		var srid int
		var kind string
		if err := s.app.QueryRow(t.Context(), `select st_asewkb(g), st_srid(g), geometrytype(g) from (select st_geomfromewkb($1) as g) x`, b).Scan(&back, &srid, &kind); err != nil {
			t.Fatal(err)
		}
		got, err := decodeShape(back)
		if err != nil || !orb.Equal(got, g) || srid != geo.WGS84 {
			t.Errorf("%T in EPSG:%d: %v, %v", g, srid, got, err)
		}
	}
	if g, err := decodeShape(nil); g != nil || err != nil {
		t.Errorf("no bytes: %v, %v", g, err)
	}
	for _, g := range []orb.Geometry{orb.Collection{}, orb.MultiPoint{}, orb.Bound{}, nil} {
		if _, err := encodeShape(geo.WGS84, g); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%T is taken for land: %v", g, err)
		}
	}
}

// Twenty-five bytes that promise four billion points end in an error, not in
// four billion points.
func TestHostileBytes(t *testing.T) {
	for _, text := range []string{
		"0102000020e6100000f0ffffff0000000000000000000000000000",
		"0103000020e6100000f0ffffff0000000000000000000000000000",
		"0106000020e6100000f0ffffff0000000000000000000000000000",
		"0103000020e610000001000000f0ffffff00000000000000000000",
		"0106000020e6100000010000000103000000ffffff7f0000000000",
		"0107000020e6100000ffffff7f",
		"01", "0101000020", "02030000", "ff",
	} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = decodeShape(b)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s is taken", text)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 20<<20 {
			t.Errorf("%s: %d bytes allocated", text, used)
		}
	}
}

func FuzzDecodeShape(f *testing.F) {
	for _, g := range everyShape() {
		b, err := encodeShape(geo.WGS84, g)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		g, err := decodeShape(b)
		if err != nil || g == nil {
			return
		}
		again, err := encodeShape(geo.WGS84, g)
		if err != nil {
			t.Fatalf("decoded but not encoded: %v", err)
		}
		if g2, err := decodeShape(again); err != nil || !orb.Equal(g, g2) && !hasNaN(g) {
			t.Fatalf("%v became %v, %v", g, g2, err)
		}
	})
}

func hasNaN(g orb.Geometry) bool {
	found := false
	visit := func(p orb.Point) { found = found || math.IsNaN(p[0]) || math.IsNaN(p[1]) }
	switch g := g.(type) {
	case orb.Point:
		visit(g)
	case orb.LineString:
		for _, p := range g {
			visit(p)
		}
	case orb.MultiLineString:
		for _, l := range g {
			found = found || hasNaN(l)
		}
	case orb.Polygon:
		for _, r := range g {
			found = found || hasNaN(orb.LineString(r))
		}
	case orb.MultiPolygon:
		for _, p := range g {
			found = found || hasNaN(p)
		}
	}
	return found
}

// SQL and Go write a planning limit alike.
func TestLimitText(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	values := []*float64{nil, ptr(0.0), ptr(1.0), ptr(2.5), ptr(30.0), ptr(0.125), ptr(1234.5)}
	for _, lo := range values {
		for _, hi := range values {
			for i := range 4 {
				l := geo.Limit{Min: lo, Max: hi, MinOpen: i&1 > 0, MaxOpen: i&2 > 0}
				var got string
				if err := s.app.QueryRow(t.Context(), `select coalesce(land.limit_text($1, $2, $3, $4), '')`, lo, hi, l.MinOpen, l.MaxOpen).Scan(&got); err != nil {
					t.Fatal(err)
				}
				if got != l.String() {
					t.Errorf("SQL writes %q, Go writes %q", got, l)
				}
			}
		}
	}
}

// The name of an area is written inside it, in its largest part, and never in a
// hole.
func TestLabelLiesInside(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	d := town()
	d.Areas[2].Shape.Geometry = orb.MultiPolygon{
		square(2000, 0, 30).Geometry[0],
		{square(2100, 0, 300).Geometry[0][0], square(2150, 50, 200).Geometry[0][0]},
	}
	d.Areas[2].Shape.Geometry[1][1].Reverse()
	if err := s.LoadDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	inside := scan[int64](t, connect(t, s), `
		select count(*)
		from (select a.geom, `+labelPoint("a")+` as p from land.area a) x
		where st_contains(geom, p)`)
	if inside != 3 {
		t.Errorf("%d of 3 labels lie inside", inside)
	}
	large := scan[bool](t, connect(t, s), `select st_x(`+labelPoint("a")+`) > 113.10 + 2090 / 97150.0 from land.area a where code = 'A03'`)
	if !large {
		t.Error("the label lies in the smaller part")
	}
}
