package tiles

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/tiles/tiletest"
)

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
					if whole := a * areaParts; whole != math.Trunc(whole) {
						t.Fatalf("%v m2 are not whole parts", a)
					}
					got[name] += a
				}
			}
		}
		for name, m2 := range want {
			if math.Abs(got[name]-m2) > 0.6/areaParts+1e-12*m2 {
				t.Errorf("%d values: %s has %.4f m2, want %.4f", values, name, got[name], m2)
			}
		}
	}
}

// A tile that is too full is gathered from larger cells at once, and is as if its finest
// cells had been added up and joined.
func TestFullTilesAreGatheredCoarser(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 31))
	for z := range uint32(mosaicZoom + 1) {
		id := ID{Z: z, X: 1<<z - 1, Y: 1 << z / 2}
		edit := newCellTree().edit()
		var want, got mosaicEncoder
		w := mosaicWindowOf(id)
		for _, name := range []string{"", "cleared", "listed", "planned", "sold", "started", "completed", "withdrawn"} {
			edit.value(name)
		}
		for range 60_000 {
			x, y := id.X<<(cellBits-z)|rng.Uint32N(1<<(cellBits-z)), id.Y<<(cellBits-z)|rng.Uint32N(1<<(cellBits-z))
			s := valueSum{value: rng.Uint32N(uint32(len(edit.names))), n: rng.Int32N(2), units: 1 + rng.Int64N(1e9)}
			edit.changes = append(edit.changes, cellChange{cellKey(x, y), s})
			cx, cy, ok := w.place(x, y)
			if !ok {
				t.Fatalf("%s has no place for %d, %d", id, x, y)
			}
			want.sums.add(cx, cy, s)
		}
		tree := edit.done()
		if !want.sums.tooMany() {
			t.Fatalf("%s is not too full: %d cells, %d sums", id, len(want.sums.used), want.sums.count)
		}
		if !tree.gather(id, &got.sums) || got.sums.shift == 0 {
			t.Fatalf("%s is gathered in cells of %d finest ones", id, 1<<got.sums.shift)
		}
		a, n := want.encode("cells", tree.names, id)
		b, m := got.encode("cells", tree.names, id)
		if n != m || !bytes.Equal(a, b) {
			t.Errorf("%s: %d cells in %d bytes, joined they are %d in %d", id, m, len(b), n, len(a))
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
		"of points":     func(s *Spec) { s.Layers[1].Mosaic = &MosaicSpec{Name: "c", Field: "level", MaxZoom: 11} },
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
