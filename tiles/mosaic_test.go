package tiles

import (
	"bytes"
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
	if n != f.Values["n"] || math.Abs(m2-f.Values["m2"].(float64)) > 1e-6+1e-12*m2 {
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
		for _, s := range appendShares(nil, rec.box, rec.m2, rec.share) {
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
			for id, list := range drawn {
				if list[f.ID] && cells[id] {
					t.Errorf("%s shows parcel %d in both forms", id, f.ID)
				}
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

// However the cells came to be, by Load or by Apply, they are the same: sums, tiles
// and tags; and every tile that changed was listed.
func TestMosaicApplyEqualsLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		spec := MosaicCity()
		spec.Layers[0].Mosaic.MaxZoom = 8 + rng.IntN(5)
		pool := WithAreas(rng.Uint64(), City(rng.Uint64(), 120, Yueyang(), 0.001))
		now := map[uint64]Feature{}
		for _, f := range pool[:60] {
			now[f.ID] = f
		}
		e := mosaicEngine(t, Options{MaxOverlay: 1 + rng.IntN(40)}, spec, valuesOf(rng, now))
		all := map[ID]bool{}
		for z := range 15 {
			for _, id := range tilesOver(pool, z) {
				all[id] = true
			}
		}
		before := snapshotOf(t, e, all)
		for step := range rapid.IntRange(1, 10).Draw(t, "steps") {
			var changes []Change
			for range 1 + rng.IntN(8) {
				c := randomChange(rng, pool, now)
				if c.Feature != nil && rng.IntN(2) == 0 {
					c.Feature.M2 = float64(rng.IntN(1e8)) / areaUnits
					now[c.ID] = *c.Feature
				}
				changes = append(changes, c)
			}
			touched, err := e.Apply(int64(step+2), changes)
			if err != nil {
				t.Fatal(err)
			}
			after := snapshotOf(t, e, all)
			checkTouched(t, touched, before, after)
			before = after
		}
		fresh := mosaicEngine(t, Options{}, spec, valuesOf(rng, now))
		compareTiles(t, e, fresh, all)
		e.Close()
		e.cache.dropAll()
		compareTiles(t, e, fresh, all)
		if got, want := sumsOf(e), sumsOf(fresh); got != want {
			t.Fatalf("the cells are\n%s\nwant\n%s", got, want)
		}
	})
}

// sumsOf writes all cells of an engine's first layer, values by name.
func sumsOf(e *Engine) string {
	tree := e.snap.Load().cells[0]
	var out []string
	var walk func(n *cellNode, path string)
	put := func(path string, sums []valueSum) {
		var texts []string
		for _, s := range sums {
			texts = append(texts, fmt.Sprintf("%s=%d/%d", tree.names[s.value], s.n, s.units))
		}
		slices.Sort(texts)
		out = append(out, path+" "+strings.Join(texts, " "))
	}
	walk = func(n *cellNode, path string) {
		if n == nil {
			return
		}
		put(path, n.sums)
		for i, kid := range n.kids {
			walk(kid, fmt.Sprint(path, i))
		}
		for cell, s := range eachInBlock(n.block) {
			put(fmt.Sprint(path, "/", cell), []valueSum{s})
		}
	}
	walk(tree.root, "")
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// Readers of an older snapshot keep its cells.
func TestMosaicIsPersistent(t *testing.T) {
	parcels := WithAreas(7, City(7, 300, Yueyang(), 0.001))
	e := mosaicEngine(t, Options{}, MosaicCity(), parcels)
	old := e.snap.Load()
	sums := sumsOf(e)
	for i, f := range parcels {
		f.Values = slices.Clone(f.Values)
		f.Values[1] = fmt.Sprint("state", i%40)
		if _, err := e.Apply(int64(i+2), []Change{{"parcels", f.ID, &f}}); err != nil {
			t.Fatal(err)
		}
	}
	if sumsOf(e) == sums {
		t.Error("the changes changed nothing")
	}
	e.snap.Store(old)
	if sumsOf(e) != sums {
		t.Error("a change reached an older snapshot")
	}
	for _, f := range parcels {
		if _, err := e.Apply(500, []Change{{Layer: "parcels", ID: f.ID}}); err != nil {
			t.Fatal(err)
		}
	}
	if e.snap.Load().cells[0].root != nil {
		t.Error("nothing is left, but cells are")
	}
}

// The worst case: a tile whose every cell has every state of a parcel stays within
// the budget, with fewer and larger cells that add up to the same.
func TestMosaicStaysWithinItsBudget(t *testing.T) {
	var m mosaicEncoder
	var names []string
	for i := range 24 {
		names = append(names, fmt.Sprintf("a_rather_long_state_%02d", i))
	}
	for _, values := range []int{1, 3, 4, 16, 24} {
		m.sums.reset()
		want := map[string]float64{}
		rng := rand.New(rand.NewPCG(1, uint64(values)))
		for x := range uint32(tileCells) {
			for y := range uint32(tileCells) {
				for v := range values {
					s := valueSum{uint32(v), rng.Int32N(1e6), rng.Int64N(1e12)}
					want[names[v]] += float64(s.units) / areaUnits
					m.sums.add(x, y, s)
				}
			}
		}
		raw, n := m.encode("cells", names, ID{13, 6000, 3000})
		layers, err := tiletest.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d values: %d cells, %d bytes", values, n, len(raw))
		if len(raw) > mosaicBytes || n > 4096 || n != len(layers[0].Features) || n < 256 {
			t.Errorf("%d values: %d cells, %d bytes", values, n, len(raw))
		}
		got := map[string]float64{}
		for _, f := range layers[0].Features {
			if err := checkCell(f); err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				if a, ok := f.Values["m2_"+name].(float64); ok {
					got[name] += a
				}
			}
		}
		for name, m2 := range want {
			if math.Abs(got[name]-m2) > 0.011+1e-12*m2 {
				t.Errorf("%d values: %s has %.4f m2, want %.4f", values, name, got[name], m2)
			}
		}
	}
}

// Cover is the percent of the ground: the zones of the ellipsoid add up to the
// earth, and a cell that is all parcel is covered to 100.
func TestCoverIsOfTheGround(t *testing.T) {
	if a := zone(-40, 40); math.Abs(a-510_065_621_724_089) > 1e6 {
		t.Errorf("the earth has %f m2", a)
	}
	side := 360 / math.Ldexp(1, cellBits)
	parcels := City(8, 400, Yueyang(), side*3)
	for i := range parcels {
		parcels[i].M2 = tiletestArea(parcels[i].Geometry)
	}
	e := mosaicEngine(t, Options{}, MosaicCity(), parcels)
	full := 0
	for _, f := range mustDecode(t, e, tilesOver(parcels, 10)[0])["cells"].Features {
		if c := f.Values["cover"].(int64); c > 101 {
			t.Errorf("a cell is covered to %d %%", c)
		} else if c >= 97 {
			full++
		}
	}
	if full < 10 {
		t.Errorf("%d cells are covered", full)
	}
}

// tiletestArea is the ground area of a small polygon of no parts: its area in
// Mercator by the square of the scale, on the sphere, within half a per cent.
func tiletestArea(g orb.Geometry) float64 {
	m, ok := g.(orb.MultiPolygon)
	if !ok {
		m = orb.MultiPolygon{g.(orb.Polygon)}
	}
	scale := math.Cos(m.Bound().Center()[1]*math.Pi/180) * 40075016.68557849 / Extent
	return absArea(inUnits(m, ID{})) * scale * scale
}

func TestTileJSONHasTheCells(t *testing.T) {
	parcels := WithAreas(11, City(11, 200, Yueyang(), 0.001))
	doc := mosaicEngine(t, Options{}, MosaicCity(), parcels).TileJSON("", TileJSONOptions{Descriptions: map[string]string{"cells": "Cells"}})
	want := map[string]string{"lead": "String", "cover": "Number", "n": "Number", "m2": "Number"}
	for _, status := range []string{"planned", "listed", "sold"} {
		want["m2_"+status], want["n_"+status] = "Number", "Number"
	}
	if l := doc.VectorLayers[0]; l.ID != "cells" || l.Description != "Cells" || l.MinZoom != 0 || l.MaxZoom != 13 || !maps.Equal(l.Fields, want) {
		t.Errorf("%+v", l)
	}
	if l := doc.VectorLayers[1]; l.ID != "parcels" || l.MinZoom != 11 || l.MaxZoom != 20 {
		t.Errorf("%+v", l)
	}
	plain := mosaicEngine(t, Options{Plain: true}, MosaicCity(), parcels).TileJSON("", TileJSONOptions{})
	if l := plain.VectorLayers[0]; l.ID != "parcels" || l.MinZoom != 0 {
		t.Errorf("plain: %+v", l)
	}
}

func TestMosaicSpecsThatAreWrong(t *testing.T) {
	for name, change := range map[string]func(*Spec){
		"no such field": func(s *Spec) { s.Layers[0].Mosaic.Field = "x" },
		"no name":       func(s *Spec) { s.Layers[0].Mosaic.Name = "" },
		"a name twice":  func(s *Spec) { s.Layers[0].Mosaic.Name = "problems" },
		"our own name":  func(s *Spec) { s.Layers[0].Mosaic.Name = "left_out" },
		"a layer so":    func(s *Spec) { s.Layers[1].Name = "left_out" },
		"too deep":      func(s *Spec) { s.Layers[0].Mosaic.MaxZoom = 14 },
		"before it":     func(s *Spec) { s.Layers[0].MinZoom = 11 },
		"of points":     func(s *Spec) { s.Layers[1].Mosaic = &MosaicSpec{"c", "level", 11} },
	} {
		spec := MosaicCity()
		change(&spec)
		if _, err := New(spec, Options{}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	spec := MosaicCity()
	e, err := New(spec, Options{})
	if err != nil {
		t.Fatal(err)
	}
	spec.Layers[0].Mosaic.MaxZoom = 3
	if e.spec.Layers[0].Mosaic.MaxZoom != 10 {
		t.Error("a later write to the caller's spec reaches the engine")
	}
}

// Texts of values are told apart by what they are called, whatever their type.
func TestValueText(t *testing.T) {
	for want, v := range map[string]Value{
		"": nil, "挂牌": "挂牌", "7": int64(7), "-7": int64(-7), "2.5": 2.5, "true": true,
		strings.Repeat("long", 100): strings.Repeat("long", 100),
	} {
		encoded, err := encodeValue(v)
		if err != nil || valueText(encoded) != want {
			t.Errorf("%v is called %q: %v", v, valueText(encoded), err)
		}
	}
	f := Feature{ID: 1, Geometry: cellsOf(orb.MultiPolygon{{rect(1, 1, 2.5, 2)}}), Values: []Value{nil, nil, nil, nil, nil}, M2: 5}
	e := mosaicEngine(t, Options{}, MosaicCity(), []Feature{f})
	cells := mustDecode(t, e, ID{})["cells"].Features
	if len(cells) != 1 || cells[0].Values["n"] != int64(1) || cells[0].Values["m2"] != 5.0 || len(cells[0].Values) != 3 {
		t.Errorf("without a value: %v", cells)
	}
}

// The same features in another order, with other values before them, are the same
// bytes.
func TestMosaicBytesAreThoseOfTheContent(t *testing.T) {
	parcels := WithAreas(11, City(11, 200, Yueyang(), 0.001))
	a := mosaicEngine(t, Options{}, MosaicCity(), parcels)
	other := slices.Clone(parcels)
	slices.Reverse(other)
	stray := other[0]
	stray.ID, stray.Values = 5000, []Value{"x", "aaa", nil, nil, nil}
	b := mosaicEngine(t, Options{}, MosaicCity(), append([]Feature{stray}, other...))
	if _, err := b.Apply(2, []Change{{Layer: "parcels", ID: 5000}}); err != nil {
		t.Fatal(err)
	}
	for z := range 11 {
		for _, id := range tilesOver(parcels, z) {
			if !bytes.Equal(mustTile(t, a, id).Raw, mustTile(t, b, id).Raw) {
				t.Errorf("%s differs", id)
			}
		}
	}
}
