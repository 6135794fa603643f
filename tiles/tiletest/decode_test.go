package tiletest

import (
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
)

// marshal is a tile of one layer with one feature, by another encoder.
func marshal(t testing.TB, g orb.Geometry, id any) []byte {
	t.Helper()
	f := geojson.NewFeature(g)
	f.ID = id
	f.Properties = geojson.Properties{"code": "A1"}
	raw, err := mvt.Marshal(mvt.Layers{{Name: "parcels", Version: 2, Extent: extent, Features: []*geojson.Feature{f}}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestDecode(t *testing.T) {
	// y grows to the south: clockwise on the screen is this way round.
	outer := orb.Ring{{0, 0}, {100, 0}, {100, 100}, {0, 100}, {0, 0}}
	hole := orb.Ring{{10, 10}, {10, 20}, {20, 20}, {20, 10}, {10, 10}}
	turned := func(r orb.Ring) orb.Ring {
		r = slices.Clone(r)
		slices.Reverse(r)
		return r
	}
	layers, err := Decode(marshal(t, orb.Polygon{outer, hole}, uint64(7)))
	if err != nil {
		t.Fatal(err)
	}
	f := layers[0].Features[0]
	if len(layers) != 1 || f.ID != 7 || f.Values["code"] != "A1" || len(f.Polygons) != 1 || len(f.Polygons[0]) != 2 || f.Area() != 9900 {
		t.Errorf("%+v of area %v", f, f.Area())
	}
	good := marshal(t, orb.Polygon{outer, hole}, uint64(7))
	for name, c := range map[string]struct {
		raw  []byte
		says string
	}{
		"exterior ring the other way": {marshal(t, orb.Polygon{turned(outer)}, uint64(7)), "ring of doubled area"},
		"a flat ring":                 {marshal(t, orb.Polygon{{{0, 0}, {5, 5}, {10, 10}, {0, 0}}}, uint64(7)), "ring of doubled area"},
		"no id":                       {marshal(t, orb.Polygon{outer}, nil), "id false"},
		"a line":                      {marshal(t, orb.LineString(outer), uint64(7)), "geometry type 2"},
		"cut short":                   {good[:len(good)-3], errShort.Error()},
		"a layer twice":               {slices.Concat(good, good), "comes twice"},
	} {
		if _, err := Decode(c.raw); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	// A hole the same way as its exterior ring is an exterior ring of its own, which
	// ST_IsValid then refuses.
	layers, err = Decode(marshal(t, orb.Polygon{outer, turned(hole)}, uint64(7)))
	if err != nil || len(layers[0].Features[0].Polygons) != 2 {
		t.Errorf("a hole the wrong way: %v, %v", layers, err)
	}
}
