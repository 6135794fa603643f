package tiles

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

// mosaicLayer is a layer of polygons with a mosaic.
func mosaicLayer() LayerSpec {
	return LayerSpec{
		Name: "parcels", MaxZoom: 20, Fields: []string{"status"},
		Mosaic: &MosaicSpec{Name: "cells", Field: "status", MaxZoom: 10},
	}
}

// inCells is a position in degrees for coordinates in finest cells.
func inCells(x, y float64) orb.Point {
	return unprojectExact(x*(1<<cellShift), y*(1<<cellShift))
}

func unprojectExact(x, y float64) orb.Point {
	return orb.Point{
		min(max(x/worldSize*360-180, -180), 180),
		min(max(math.Atan(math.Sinh(math.Pi*(1-2*y/worldSize)))*180/math.Pi, -maxLatitude), maxLatitude),
	}
}

// cellsOf is a geometry given in finest cells, in degrees.
func cellsOf(m orb.MultiPolygon) orb.MultiPolygon {
	m = m.Clone()
	for _, p := range m {
		for _, r := range p {
			for i, v := range r {
				r[i] = inCells(v[0], v[1])
			}
			r[len(r)-1] = r[0]
		}
	}
	return m
}

func sharesOf(t rapid.TB, g orb.Geometry, m2 float64) map[[2]uint32]float64 {
	t.Helper()
	ls := mosaicLayer()
	rec, err := (&packer{maxVertices: 1 << 20}).pack(&ls, Feature{ID: 1, Geometry: g, Values: []Value{"a"}, M2: m2})
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	out := map[[2]uint32]float64{}
	for _, s := range appendShares(nil, rec.box, rec.units, rec.share) {
		if s.units <= 0 || out[[2]uint32{s.x, s.y}] != 0 {
			t.Fatalf("share %+v, %v", s, out)
		}
		out[[2]uint32{s.x, s.y}] = float64(s.units) / areaUnits
		sum += s.units
	}
	if sum != areaUnitsOf(m2) {
		t.Fatalf("the shares have %d units, the feature %d", sum, areaUnitsOf(m2))
	}
	return out
}

func rect(x0, y0, x1, y1 float64) orb.Ring {
	return orb.Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
}

func TestSharesOfKnownShapes(t *testing.T) {
	const x, y = 426800.0, 217000.0
	at := func(r orb.Ring) orb.Ring {
		r = r.Clone()
		for i := range r {
			r[i][0] += x
			r[i][1] += y
		}
		return r
	}
	turned := func(r orb.Ring) orb.Ring {
		r = r.Clone()
		r.Reverse()
		return r
	}
	type want map[[2]uint32]float64
	for name, c := range map[string]struct {
		shape orb.MultiPolygon
		want  want // by cell from (x, y), of 1000 m2
	}{
		"within one cell": {orb.MultiPolygon{{rect(.1, .1, .9, .9)}}, want{{0, 0}: 1000}},
		"two cells":       {orb.MultiPolygon{{rect(.5, .25, 2, .75)}}, want{{0, 0}: 1000. / 3, {1, 0}: 2000. / 3}},
		"four cells":      {orb.MultiPolygon{{rect(.5, .5, 1.5, 1.5)}}, want{{0, 0}: 250, {1, 0}: 250, {0, 1}: 250, {1, 1}: 250}},
		"other way":       {orb.MultiPolygon{{turned(rect(.5, .5, 1.5, 1.5))}}, want{{0, 0}: 250, {1, 0}: 250, {0, 1}: 250, {1, 1}: 250}},
		"hole fills a cell": {
			orb.MultiPolygon{{rect(0.5, 0.5, 2.5, 2.5), turned(rect(1, 1, 2, 2))}},
			want{{0, 0}: 250. / 3, {1, 0}: 500. / 3, {2, 0}: 250. / 3, {0, 1}: 500. / 3, {2, 1}: 500. / 3, {0, 2}: 250. / 3, {1, 2}: 500. / 3, {2, 2}: 250. / 3},
		},
		"hole of the same turn": {orb.MultiPolygon{{rect(0.5, 0, 1.5, 1), rect(1, 0.25, 1.5, 0.75)}}, want{{0, 0}: 2000. / 3, {1, 0}: 1000. / 3}},
		"parts apart":           {orb.MultiPolygon{{rect(.2, .2, .6, .6)}, {rect(7.1, 3.1, 7.5, 3.9)}}, want{{0, 0}: 1000. / 3, {7, 3}: 2000. / 3}},
		"triangle":              {orb.MultiPolygon{{orb.Ring{{0, 0}, {2, 0}, {0, 2}, {0, 0}}}}, want{{0, 0}: 500, {1, 0}: 250, {0, 1}: 250}},
	} {
		var m orb.MultiPolygon
		for _, p := range c.shape {
			var q orb.Polygon
			for _, r := range p {
				q = append(q, at(r))
			}
			m = append(m, q)
		}
		got := sharesOf(t, cellsOf(m), 1000)
		for cell, m2 := range c.want {
			key := [2]uint32{cell[0] + uint32(x), cell[1] + uint32(y)}
			if math.Abs(got[key]-m2) > 0.001 {
				t.Errorf("%s: cell %v has %.4f m2, want %.4f", name, cell, got[key], m2)
			}
			delete(got, key)
		}
		for key, m2 := range got { // rounding of degrees may touch the next cell
			if m2 > 0.001 {
				t.Errorf("%s: cell %v has %.4f m2, want none", name, key, m2)
			}
		}
	}
}

// At the ends of the world: both edges of the antimeridian, and a whole world.
func TestSharesAtTheWorldsEdge(t *testing.T) {
	last := uint32(1<<cellBits - 1)
	got := sharesOf(t, orb.MultiPolygon{
		{{{180 - 1e-4, 0.0001}, {180, 0.0001}, {180, 0.0002}, {180 - 1e-4, 0.0002}, {180 - 1e-4, 0.0001}}},
		{{{-180, 0.0001}, {-180 + 1e-4, 0.0001}, {-180 + 1e-4, 0.0002}, {-180, 0.0002}, {-180, 0.0001}}},
	}, 200)
	// The box is as wide as the world: blocks stand for their middle cells, which
	// are at its two ends.
	var east, west float64
	for cell, m2 := range got {
		switch {
		case cell[0] < 1<<8:
			west += m2
		case cell[0] > last-1<<8:
			east += m2
		}
	}
	if math.Abs(east-100) > 0.01 || math.Abs(west-100) > 0.01 {
		t.Errorf("east %v, west %v: %v", east, west, got)
	}
	got = sharesOf(t, orb.Polygon{{{-180, -85}, {180, -85}, {180, 85}, {-180, 85}, {-180, -85}}}, 5e14)
	if len(got) < 1<<14 || len(got) > maxShares {
		t.Errorf("the world is shared out over %d cells", len(got))
	}
	corner := sharesOf(t, orb.Polygon{{{179.999, -maxLatitude}, {180, -maxLatitude}, {180, -85.0509}, {179.999, -85.0509}, {179.999, -maxLatitude}}}, 10)
	if corner[[2]uint32{last, last}] == 0 {
		t.Errorf("the last cell of the world has nothing: %v", corner)
	}
}

func TestAreasThatAreNone(t *testing.T) {
	ls := mosaicLayer()
	for _, m2 := range []float64{-1, math.NaN(), math.Inf(1), 1e15} {
		f := Feature{ID: 1, Geometry: cellsOf(orb.MultiPolygon{{rect(1, 1, 2, 2)}}), Values: []Value{"a"}, M2: m2}
		if _, err := (&packer{maxVertices: 100}).pack(&ls, f); err == nil {
			t.Errorf("an area of %v is taken", m2)
		}
	}
	if got := sharesOf(t, cellsOf(orb.MultiPolygon{{rect(1, 1, 2.5, 2)}}), 0); len(got) != 0 {
		t.Errorf("no area is shared out: %v", got)
	}
}

// Any shape: the shares are those that cutting it by each cell gives.
func TestSharesEqualClipping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
		size := math.Pow(2, rapid.Float64Range(-3, 5).Draw(t, "size"))
		x, y := 400000+rng.Float64()*1000, 200000+rng.Float64()*1000
		var m orb.MultiPolygon
		for range 1 + rng.IntN(3) {
			c := orb.Point{x + rng.Float64()*8, y + rng.Float64()*8}
			outer := Star(rng, c, 5+rng.IntN(20), size*0.6, size)
			p := orb.Polygon{outer}
			if rng.IntN(2) == 0 {
				p = append(p, Star(rng, c, 5, size*0.1, size*0.3))
			}
			m = append(m, p)
			x += 2*size + 10
		}
		got := sharesOf(t, cellsOf(m), 1e6)
		total := absArea(m)
		b := m.Bound()
		want := map[[2]uint32]float64{}
		for cx := math.Floor(b.Min[0]); cx <= b.Max[0]; cx++ {
			for cy := math.Floor(b.Min[1]); cy <= b.Max[1]; cy++ {
				var sum float64
				for _, p := range m {
					for i, r := range p {
						a := math.Abs(planar.Area(clip.Ring(orb.Bound{Min: orb.Point{cx, cy}, Max: orb.Point{cx + 1, cy + 1}}, r.Clone())))
						if i > 0 {
							a = -a
						}
						sum += a
					}
				}
				want[[2]uint32{uint32(cx), uint32(cy)}] = sum / total * 1e6
			}
		}
		for cell, m2 := range want {
			if math.Abs(got[cell]-m2) > 0.01 {
				t.Fatalf("cell %v has %.4f m2, want %.4f", cell, got[cell], m2)
			}
			delete(got, cell)
		}
		for cell, m2 := range got {
			if m2 > 0.01 {
				t.Fatalf("cell %v has %.4f m2, want none", cell, m2)
			}
		}
	})
}
