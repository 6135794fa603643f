package tiles

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tengdi/tiles/tiletest"
)

func TestProject(t *testing.T) {
	for _, c := range []struct {
		lon, lat float64
		want     pt
	}{
		{0, 0, pt{1 << 30, 1 << 30}},
		{-180, 85.0511287798066, pt{0, 0}},
		{180, -85.0511287798066, pt{1<<31 - 1, 1<<31 - 1}},
		{90, 0, pt{3 << 29, 1 << 30}},
	} {
		got, ok := project(orb.Point{c.lon, c.lat})
		if !ok || abs(got.x-c.want.x) > 1 || abs(got.y-c.want.y) > 1 {
			t.Errorf("project(%v, %v) = %v, want %v", c.lon, c.lat, got, c.want)
		}
	}
	for _, p := range []orb.Point{
		{math.NaN(), 0},
		{0, math.NaN()},
		{math.Inf(1), 0},
		{0, math.Inf(-1)},
		{180.0001, 0},
		{-180.0001, 0},
		{0, 85.06},
		{0, -90},
	} {
		if _, ok := project(p); ok {
			t.Errorf("%v was projected", p)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-85, 85).Draw(t, "lat")}
		q, ok := project(p)
		back := unproject(q)
		if !ok || math.Abs(back[0]-p[0]) > 2e-7 || math.Abs(back[1]-p[1]) > 2e-7 {
			t.Fatalf("%v comes back as %v", p, back)
		}
	})
}

// Up to zoom 18 snapping rounds the true position: quantising first changes nothing.
func TestSnapRoundsTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(0, worldSize-1).Draw(t, "x")
		z := rapid.IntRange(0, 18).Draw(t, "z")
		g := gridOf(ID{Z: uint32(z)})
		if got, want := g.snap(int64(math.Floor(x))), int64(math.Floor(x/math.Ldexp(1, flatZoom-z)+0.5)); got != want {
			t.Fatalf("%v at zoom %d: %d, want %d", x, z, got, want)
		}
	})
}

// window and tilesOf say the same as snapping every point would.
func TestWindowAndTilesOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.IntRange(0, MaxZoom).Draw(t, "z")
		n := uint32(1)<<z - 1
		id := ID{uint32(z), rapid.Uint32Range(0, n).Draw(t, "tx"), rapid.Uint32Range(0, n).Draw(t, "ty")}
		g := gridOf(id)
		w := g.window()
		edge := rapid.SampledFrom([]int32{w.minX, w.maxX}).Draw(t, "edge")
		x := min(max(int64(edge)+rapid.Int64Range(-3, 3).Draw(t, "off"), 0), worldSize-1)
		in := g.at(pt{x, 0}).x >= -Buffer && g.at(pt{x, 0}).x <= Extent+Buffer
		if got := x >= int64(w.minX) && x <= int64(w.maxX); got != in {
			t.Fatalf("%s: %d in the window is %v, in the square %v", id, x, got, in)
		}
		y := min(max(int64(w.minY), 0), worldSize-1)
		r := tilesOf(box{int32(x), int32(y), int32(x), int32(y)}, z)
		if got := r.has(id.X, id.Y); got != in && g.at(pt{x, y}).y >= -Buffer {
			t.Fatalf("%s: %d,%d reaches it: %v, is in it: %v", id, x, y, got, in)
		}
	})
}

// Neighbours on the curve are neighbours on the lattice, and every cell is passed once.
func TestHilbert(t *testing.T) {
	const n = 64 // the corner of the lattice that the curve fills first
	at := map[uint32]pt{}
	for x := range uint32(n) {
		for y := range uint32(n) {
			at[hilbert(x, y)] = pt{int64(x), int64(y)}
		}
	}
	for d := range uint32(n * n) {
		p, ok := at[d]
		if !ok {
			t.Fatalf("no cell at distance %d", d)
		}
		if q, ok := at[d+1]; ok && abs(p.x-q.x)+abs(p.y-q.y) != 1 {
			t.Fatalf("%v is followed by %v", p, q)
		}
	}
}

func TestIndexFindsWhatAScanFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		boxes := make([]box, rapid.IntRange(0, 700).Draw(t, "n"))
		random := func(size int32) box {
			x, y := rng.Int32N(1000), rng.Int32N(1000)
			return box{x, y, x + rng.Int32N(size), y + rng.Int32N(size)}
		}
		for i := range boxes {
			boxes[i] = random(30)
		}
		order := hilbertOrder(boxes)
		leaves := make([]box, len(boxes))
		for slot, i := range order {
			leaves[slot] = boxes[i]
		}
		ix := newIndex(slices.Clone(leaves))
		for range 20 {
			w := random(200)
			var want []uint32
			for i, b := range leaves {
				if b.meets(w) {
					want = append(want, uint32(i))
				}
			}
			if got := ix.search(w, nil); !slices.Equal(got, want) {
				t.Fatalf("found %v, want %v", got, want)
			}
		}
	})
}

func TestMulDiv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = int64(1) << 46
		c := rapid.Int64Range(1, most).Draw(t, "c") * int64(rapid.SampledFrom([]int{1, -1}).Draw(t, "sign"))
		a := rapid.Int64Range(-abs(c), abs(c)).Draw(t, "a")
		b := rapid.Int64Range(-most, most).Draw(t, "b")
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(c))
		off := new(big.Rat).Sub(exact, new(big.Rat).SetInt64(mulDiv(a, b, c)))
		if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
			t.Fatalf("%d*%d/%d = %d", a, b, c, mulDiv(a, b, c))
		}
	})
}

// Parcels that leave no gap leave none in a tile either: clipped on both sides of
// every border at the same points, their areas add up to the whole square exactly.
func TestClippedNeighboursLeaveNoGap(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for z := 13; z <= 20; z++ {
		const n = 12
		side := 1000 * Unit(z)
		var corner [n + 1][n + 1]orb.Point
		for j := range corner {
			for i := range corner[j] {
				corner[j][i] = orb.Point{
					113 + side*(float64(i)+0.7*(rng.Float64()-0.5)),
					29 + 0.85*side*(float64(j)+0.7*(rng.Float64()-0.5)),
				}
			}
		}
		var shapes []orb.MultiPolygon
		for j := range n {
			for i := range n {
				a, b, c, d := corner[j][i], corner[j][i+1], corner[j+1][i+1], corner[j+1][i]
				if (i+j)%2 == 0 {
					shapes = append(shapes, orb.MultiPolygon{{{a, b, c, d, a}}})
				} else { // two triangles, one the other way round
					shapes = append(shapes, orb.MultiPolygon{{{a, b, c, a}}}, orb.MultiPolygon{{{c, a, d, c}}})
				}
			}
		}
		e := wildEngine(t, shapes...)
		full := 0
		for _, s := range shapes {
			for _, id := range TilesOver(Feature{Geometry: s}, z) {
				w := gridOf(id).window()
				sw, ne := unproject(pt{int64(w.minX), int64(w.maxY)}), unproject(pt{int64(w.maxX), int64(w.minY)})
				if sw[0] < 113+side || ne[0] > 113+(n-1)*side || sw[1] < 29+side || ne[1] > 29+(n-1)*side*0.85 {
					continue
				}
				full++
				sum := 0.0
				for _, f := range mustDecode(t, e, id)["wild"].Features {
					sum += f.Area()
				}
				if sum != (Extent+2*Buffer)*(Extent+2*Buffer) {
					t.Errorf("%s: the areas add up to %.1f of %d", id, sum, (Extent+2*Buffer)*(Extent+2*Buffer))
				}
			}
		}
		if full == 0 {
			t.Errorf("no tile of zoom %d is covered", z)
		}
	}
}

// ringOf makes a shape of one polygon from plain numbers.
func shapeOf(rings ...[]pt) *shape {
	s := &shape{}
	for i, r := range rings {
		from := len(s.pts)
		s.pts = append(s.pts, r...)
		s.rings = append(s.rings, ring{from, len(s.pts), i > 0})
	}
	return s
}

func decodedOf(s *shape) tiletest.Feature {
	var f tiletest.Feature
	for _, r := range s.rings {
		var out []tiletest.XY
		for _, p := range s.of(r) {
			out = append(out, tiletest.XY{p.x, p.y})
		}
		if !r.hole {
			f.Polygons = append(f.Polygons, nil)
		}
		last := len(f.Polygons) - 1
		f.Polygons[last] = append(f.Polygons[last], out)
	}
	return f
}

func TestRepairKnownShapes(t *testing.T) {
	square := []pt{{0, 0}, {10, 0}, {10, 10}, {0, 10}}
	for name, c := range map[string]struct {
		in       *shape
		polygons int
		area     float64
	}{
		"a square":                   {shapeOf(square), 1, 100},
		"the wrong way round":        {shapeOf([]pt{{0, 0}, {0, 10}, {10, 10}, {10, 0}}), 1, 100},
		"a bow tie":                  {shapeOf([]pt{{0, 0}, {10, 10}, {10, 0}, {0, 10}}), 2, 50},
		"a spike outwards":           {shapeOf([]pt{{0, 0}, {10, 0}, {10, 5}, {20, 5}, {10, 5}, {10, 10}, {0, 10}}), 1, 100},
		"a spike inwards":            {shapeOf([]pt{{0, 0}, {10, 0}, {10, 5}, {5, 5}, {10, 5}, {10, 10}, {0, 10}}), 1, 100},
		"collapsed to a line":        {shapeOf([]pt{{0, 0}, {5, 5}, {10, 10}, {5, 5}}), 0, 0},
		"two squares at a corner":    {shapeOf([]pt{{0, 0}, {5, 0}, {5, 5}, {10, 5}, {10, 10}, {5, 10}, {5, 5}, {0, 5}}), 2, 50},
		"a ring bent to a circle":    {shapeOf([]pt{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}, {3, 6}, {6, 6}, {6, 3}}), 1, 82},
		"a hole on the border":       {shapeOf(square, []pt{{0, 3}, {5, 3}, {5, 6}, {0, 6}}), 1, 85},
		"a hole through the border":  {shapeOf(square, []pt{{-2, 3}, {5, 3}, {5, 6}, {-2, 6}}), 2, 91},
		"a hole as large as all":     {shapeOf(square, square), 0, 0},
		"a hole at a corner":         {shapeOf(square, []pt{{0, 0}, {5, 2}, {5, 5}}), 1, 92.5},
		"a hole that cuts in two":    {shapeOf(square, []pt{{4, 0}, {6, 0}, {6, 10}, {4, 10}}), 2, 80},
		"holes side by side":         {shapeOf(square, []pt{{2, 2}, {4, 2}, {4, 4}, {2, 4}}, []pt{{4, 2}, {6, 2}, {6, 4}, {4, 4}}), 1, 92},
		"holes at a common corner":   {shapeOf(square, []pt{{2, 2}, {4, 2}, {4, 4}, {2, 4}}, []pt{{4, 4}, {6, 4}, {6, 6}, {4, 6}}), 1, 92},
		"twice round the same":       {shapeOf([]pt{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}, {10, 0}, {10, 10}, {0, 10}}), 0, 0},
		"edges of the clipper twice": {shapeOf([]pt{{0, 0}, {10, 0}, {10, 3}, {0, 3}, {0, 6}, {10, 6}, {10, 9}, {0, 9}, {0, 6}, {0, 3}}), 2, 60},
	} {
		var f fixer
		var out shape
		if coarse, ok := f.repair(&out, c.in); coarse || !ok {
			t.Errorf("%s: not repaired", name)
			continue
		}
		d := decodedOf(&out)
		if err := validity(d); err != nil || len(d.Polygons) != c.polygons || d.Area() != c.area {
			t.Errorf("%s: %d polygons of area %v, %v; want %d of %v\n%v", name, len(d.Polygons), d.Area(), err, c.polygons, c.area, d.Polygons)
		}
	}
}

// A ring of random points on a small lattice crosses itself everywhere.
func TestRepairScribbles(t *testing.T) {
	var f fixer
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		span := int64(rapid.SampledFrom([]int{3, 8, 40, 4000}).Draw(t, "span"))
		in := scribble(rng, span)
		var out, again shape
		if coarse, ok := f.repair(&out, in); coarse || !ok {
			t.Fatalf("not repaired: %v", in.pts)
		}
		if err := validity(decodedOf(&out)); err != nil {
			t.Fatalf("%v: %v", in.pts, err)
		}
		if _, ok := f.repair(&again, &out); !ok || decodedOf(&again).Area() != decodedOf(&out).Area() {
			t.Fatalf("repairing twice changes the area: %v", in.pts)
		}
	})
}

// Edges that run side by side for long meet a unit further on in each round of
// noding; that takes many rounds, and yet no coarser grid.
func TestRepairOfLongCompany(t *testing.T) {
	var f fixer
	for _, seed := range []uint64{1893, 5235, 28049} {
		in := scribble(rand.New(rand.NewPCG(seed, 6)), 4000)
		var out shape
		if coarse, ok := f.repair(&out, in); coarse || !ok {
			t.Errorf("scribble %d is not repaired on its own grid", seed)
		}
		if err := validity(decodedOf(&out)); err != nil {
			t.Errorf("scribble %d: %v", seed, err)
		}
	}
}

// scribble is up to three rings of up to 42 random points each.
func scribble(rng *rand.Rand, span int64) *shape {
	in := &shape{}
	for range 1 + rng.IntN(3) {
		from := len(in.pts)
		for range 3 + rng.IntN(40) {
			in.push(from, pt{rng.Int64N(span), rng.Int64N(span)})
		}
		in.end(from, from > 0, closedRing)
	}
	return in
}

func FuzzClip(f *testing.F) {
	f.Add([]byte{0, 0, 100, 0, 100, 100, 0, 100}, int64(17), uint8(6))
	f.Add([]byte{255, 3, 7, 9, 128, 200, 1, 1, 90, 60, 30}, int64(-4000), uint8(0))
	f.Add([]byte{10, 128, 240, 129, 11, 130}, int64(0), uint8(34))
	f.Fuzz(func(t *testing.T, data []byte, offset int64, scale uint8) {
		if len(data) > 400 {
			return
		}
		offset, scale = offset%(1<<33), scale%34
		in := &shape{}
		for i := 0; i+1 < len(data); i += 2 {
			in.push(0, pt{int64(data[i])<<scale>>4 + offset, int64(data[i+1])<<scale>>4 - offset/2})
		}
		if !in.end(0, false, closedRing) {
			return
		}
		var c clipper
		var fix fixer
		var cut, out shape
		c.clip(&cut, in, bufferedSquare(), clipFrac)
		for _, p := range cut.pts {
			if !bufferedSquare().holds(p) {
				t.Fatalf("%v is outside", p)
			}
		}
		if len(cut.pts) > 16*len(in.pts) {
			t.Fatalf("%d points from %d", len(cut.pts), len(in.pts))
		}
		if len(cut.rings) == 0 {
			return
		}
		s := &cut
		if !fix.simple(s) {
			if coarse, ok := fix.repair(&out, s); coarse || !ok {
				t.Fatalf("not repaired: %v", cut.pts)
			}
			s = &out
		}
		if len(s.rings) > 0 && len(s.pts) < 300 {
			if err := validity(decodedOf(s)); err != nil {
				// An exterior ring may still run the wrong way; encoding turns it.
				t.Fatalf("%v\n%v", err, s.pts)
			}
		}
	})
}
