package tiles

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tengdi/tiles/tiletest"
)

// MosaicCity is the tileset of City with a mosaic of the parcels by status.
func MosaicCity() Spec {
	spec := CitySpec()
	spec.Layers[0].Mosaic = &MosaicSpec{Name: "cells", Field: "status", MaxZoom: 10}
	return spec
}

// WithAreas gives features areas of random size, to the ten-thousandth.
func WithAreas(seed uint64, fs []Feature) []Feature {
	rng := rand.New(rand.NewPCG(seed, 9))
	for i := range fs {
		fs[i].M2 = float64(1+rng.IntN(1e9)) / areaUnits
	}
	return fs
}

func mosaicEngine(t rapid.TB, o Options, spec Spec, parcels []Feature) *Engine {
	t.Helper()
	e, err := New(spec, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(1, Seqs(map[string][]Feature{"parcels": parcels})); err != nil {
		t.Fatal(err)
	}
	return e
}

// Totals is what a set of tiles adds up to.
type Totals struct {
	N  map[string]int64
	M2 map[string]float64
}

// CellTotals adds up the cells of tiles, and holds each cell against itself.
func CellTotals(t rapid.TB, e *Engine, q Query, layer string, ids []ID) Totals {
	t.Helper()
	out := Totals{map[string]int64{}, map[string]float64{}}
	for _, id := range ids {
		tile, err := e.TileOf(context.Background(), id, q)
		if err != nil {
			t.Fatal(err)
		}
		layers, err := tiletest.Decode(tile.Raw)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		at := slices.IndexFunc(layers, func(l tiletest.Layer) bool { return l.Name == layer })
		if at < 0 {
			continue
		}
		for _, f := range layers[at].Features {
			if err := checkCell(f); err != nil {
				t.Fatalf("%s, cell %d: %v: %v", id, f.ID, err, f.Values)
			}
			for key, v := range f.Values {
				switch name, value, _ := strings.Cut(key, "_"); {
				case value == "":
				case name == "n":
					out.N[value] += v.(int64)
				case name == "m2":
					out.M2[value] += v.(float64)
				}
			}
		}
	}
	return out
}

// checkCell: a square on the tile's lattice, and attributes that agree.
func checkCell(f tiletest.Feature) error {
	if len(f.Polygons) != 1 || len(f.Polygons[0]) != 1 || len(f.Polygons[0][0]) != 4 {
		return fmt.Errorf("no square: %v", f.Polygons)
	}
	r := f.Polygons[0][0]
	side := r[1][0] - r[0][0]
	x, y := r[0][0], r[0][1]
	if side < 64 || Extent%side != 0 || x%side != 0 || y%side != 0 || x < 0 || y < 0 || x+side > Extent || y+side > Extent ||
		!slices.Equal(r, []tiletest.XY{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}) ||
		f.ID != uint64(y/side*(Extent/side)+x/side)+1 {
		return fmt.Errorf("not on the lattice: %v", r)
	}
	var n int64
	var m2 float64
	best, lead := -1., ""
	for _, key := range slices.Sorted(maps.Keys(f.Values)) {
		switch name, value, _ := strings.Cut(key, "_"); {
		case value == "":
		case name == "n":
			n += f.Values[key].(int64)
		case name == "m2":
			a := f.Values[key].(float64)
			m2 += a
			if a > best {
				best, lead = a, value
			}
		default:
			return fmt.Errorf("attribute %s", key)
		}
	}
	if n != f.Values["n"] || m2 != f.Values["m2"].(float64) {
		return fmt.Errorf("the values add up to %d and %f", n, m2)
	}
	// Areas are rounded for the tile, so that two may look alike.
	got, _ := f.Values["lead"].(string)
	if a, _ := f.Values["m2_"+got].(float64); lead != "" && a < best-0.011 {
		return fmt.Errorf("%s leads, %s has more", got, lead)
	}
	if _, ok := f.Values["cover"].(int64); !ok {
		return fmt.Errorf("cover is %v", f.Values["cover"])
	}
	return nil
}

// At every zoom with cells the world adds up to its features, by value.
func TestMosaicAddsUp(t *testing.T) {
	parcels := WithAreas(2, City(2, 2500, Yueyang(), 0.001))
	e := mosaicEngine(t, Options{}, MosaicCity(), parcels)
	want := Totals{map[string]int64{}, map[string]float64{}}
	for _, f := range parcels {
		want.N[f.Values[1].(string)]++
		want.M2[f.Values[1].(string)] += f.M2
	}
	for z := range 11 {
		got := CellTotals(t, e, Query{}, "cells", tilesOver(parcels, z))
		if !maps.Equal(got.N, want.N) {
			t.Errorf("zoom %d: %v parcels, want %v", z, got.N, want.N)
		}
		for v, m2 := range want.M2 {
			if math.Abs(got.M2[v]-m2) > 0.05 {
				t.Errorf("zoom %d: %s has %.3f m2, want %.3f", z, v, got.M2[v], m2)
			}
		}
		for _, id := range tilesOver(parcels, z) {
			if l := mustDecode(t, e, id); len(l["parcels"].Features) > 0 {
				t.Errorf("%s has parcels", id)
			}
		}
	}
	for _, id := range tilesOver(parcels, 11) {
		if l := mustDecode(t, e, id); len(l["cells"].Features) > 0 {
			t.Errorf("%s has cells", id)
		}
	}
	plain := mosaicEngine(t, Options{Plain: true}, MosaicCity(), parcels)
	for _, id := range tilesOver(parcels, 9) {
		if l := mustDecode(t, plain, id); len(l["cells"].Features) > 0 || len(l["parcels"].Features) == 0 {
			t.Errorf("plain %s has %d cells", id, len(l["cells"].Features))
		}
	}
}

func tilesOver(fs []Feature, z int) []ID {
	seen := map[ID]bool{}
	for _, f := range fs {
		for _, id := range TilesOver(f, z) {
			seen[id] = true
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b ID) int {
		if lessID(a, b) {
			return -1
		}
		return 1
	})
}

// crowd is parcels so small that over 5,000 lie in a tile of zoom z and fewer in
// its neighbours.
func crowd(seed uint64, n int) []Feature {
	return WithAreas(seed, City(seed, n, orb.Point{113.5177, 29.31}, 0.0005))
}

// Beyond the mosaic's zoom a tile has the cells or the features, never both, by how
// much lies in it.
func TestDenseTilesHaveCells(t *testing.T) {
	parcels := crowd(3, 9000)
	e := mosaicEngine(t, Options{}, MosaicCity(), parcels)
	forms := map[string]int{}
	for z := 11; z <= 14; z++ {
		for _, id := range tilesOver(parcels, z) {
			l := mustDecode(t, e, id)
			cells, drawn := len(l["cells"].Features), len(l["parcels"].Features)
			reach := 0
			for _, f := range parcels {
				if slices.Contains(TilesOver(f, z), id) {
					reach++
				}
			}
			switch dense := reach > budgetPolygons && z <= 13; {
			case cells > 0 && drawn > 0, dense != (cells > 0):
				t.Errorf("%s has %d cells and %d parcels; %d reach it", id, cells, drawn, reach)
			case cells > 0:
				forms["cells"]++
				checkInside(t, e, id, parcels)
			default:
				forms["parcels"]++
			}
		}
	}
	t.Log(forms)
	if forms["cells"] < 2 || forms["parcels"] < 10 {
		t.Errorf("too little of either: %v", forms)
	}
}

// checkInside: the cells of a tile add up to the shares of the features in it.
func checkInside(t *testing.T, e *Engine, id ID, parcels []Feature) {
	t.Helper()
	ls := e.spec.Layers[0]
	w := mosaicWindowOf(id)
	var want Totals
	want.N, want.M2 = map[string]int64{}, map[string]float64{}
	for _, f := range parcels {
		rec, err := (&packer{maxVertices: 1000}).pack(&ls, f)
		if err != nil {
			t.Fatal(err)
		}
		v := f.Values[1].(string)
		if _, _, ok := w.place(middleCell(rec.box)); ok {
			want.N[v]++
		}
		for _, s := range appendShares(nil, rec.box, rec.units, rec.share) {
			if _, _, ok := w.place(s.x, s.y); ok {
				want.M2[v] += float64(s.units) / areaUnits
			}
		}
	}
	got := CellTotals(t, e, Query{}, "cells", []ID{id})
	if !maps.Equal(got.N, want.N) {
		t.Errorf("%s: %v parcels, want %v", id, got.N, want.N)
	}
	for v, m2 := range want.M2 {
		if math.Abs(got.M2[v]-m2) > 0.02 {
			t.Errorf("%s: %s has %.4f m2, want %.4f", id, v, got.M2[v], m2)
		}
	}
}

// The hand-over: over all tiles of the first zoom that may show parcels, a parcel
// is drawn in every tile that shows parcels and that it lies in, and counts once
// in the cells of the others where its middle is there: nothing is missing and
// nothing is there twice.
func TestHandOver(t *testing.T) {
	parcels := crowd(5, 9000)
	e := mosaicEngine(t, Options{}, MosaicCity(), parcels)
	ls := e.spec.Layers[0]
	for z := 11; z <= 12; z++ {
		drawn, cells := map[ID]map[uint64]bool{}, map[ID]bool{}
		var inCells int64
		ids := tilesOver(parcels, z)
		for _, id := range ids {
			l := mustDecode(t, e, id)
			if c := l["cells"]; len(c.Features) > 0 {
				cells[id] = true
				if n := len(l["parcels"].Features); n > 0 {
					t.Errorf("%s shows %d parcels beside its cells", id, n)
				}
				for _, f := range c.Features {
					inCells += f.Values["n"].(int64)
				}
				continue
			}
			drawn[id] = map[uint64]bool{}
			for _, f := range l["parcels"].Features {
				drawn[id][f.ID] = true
			}
		}
		if len(cells) == 0 || len(drawn) == 0 {
			t.Fatalf("zoom %d: %d tiles of cells, %d of parcels", z, len(cells), len(drawn))
		}
		var counted int64
		for _, f := range parcels {
			rec, err := (&packer{maxVertices: 1000}).pack(&ls, f)
			if err != nil {
				t.Fatal(err)
			}
			mx, my := middleCell(rec.box)
			down := uint(mosaicZoom - z + tileCellBits)
			home := ID{uint32(z), mx >> down, my >> down}
			if cells[home] {
				counted++
			} else if !drawn[home][f.ID] && holdsMiddle(f, home) {
				t.Errorf("zoom %d: parcel %d is not drawn in %s", z, f.ID, home)
			}
		}
		if counted != inCells {
			t.Errorf("zoom %d: the cells count %d parcels, %d have their middle there", z, inCells, counted)
		}
	}
}

// holdsMiddle: the geometry itself is in the tile, which a middle of a box of parts
// need not mean.
func holdsMiddle(f Feature, id ID) bool {
	m, ok := f.Geometry.(orb.MultiPolygon)
	if !ok {
		m = orb.MultiPolygon{f.Geometry.(orb.Polygon)}
	}
	for _, p := range inUnits(m, id) {
		for _, v := range p[0] {
			if v[0] > 1 && v[1] > 1 && v[0] < Extent-1 && v[1] < Extent-1 {
				return true
			}
		}
	}
	return false
}
