package tiles

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"tengdi/tiles/tiletest"
)

// validity says what OGC 06-103r4, 6.1.11 and 6.1.14 would refuse in a feature's
// polygons; a brute-force check of its own, not the engine's.
func validity(f tiletest.Feature) error {
	var all []edge
	var owner []int // polygon of each ring
	var rings [][]tiletest.XY
	for n, p := range f.Polygons {
		for _, r := range p {
			for k, v := range r {
				w := r[(k+1)%len(r)]
				all = append(all, edge{pt{v[0], v[1]}, pt{w[0], w[1]}, int32(len(rings)), int32(k)})
			}
			owner = append(owner, n)
			rings = append(rings, r)
		}
	}
	touches := map[[2]int]map[pt]bool{}
	for i, e := range all {
		for _, o := range all[i+1:] {
			if err := checkPair(e, o, rings, touches); err != nil {
				return err
			}
		}
	}
	// Rings of one polygon and the points where they touch: a cycle would cut the
	// interior in two.
	parent := map[any]any{}
	var root func(any) any
	root = func(a any) any {
		if p, ok := parent[a]; ok {
			return root(p)
		}
		return a
	}
	links := map[[2]any]bool{}
	for pair, points := range touches {
		if owner[pair[0]] != owner[pair[1]] {
			continue
		}
		for p := range points {
			for _, r := range pair {
				if links[[2]any{r, p}] {
					continue
				}
				links[[2]any{r, p}] = true
				a, b := root(r), root(p)
				if a == b {
					return fmt.Errorf("rings touch in a circle at %v", p)
				}
				parent[a] = b
			}
		}
	}
	return checkNesting(f.Polygons)
}

func checkPair(e, o edge, rings [][]tiletest.XY, touches map[[2]int]map[pt]bool) error {
	same := e.ring == o.ring
	n := int32(len(rings[e.ring]))
	next, prev := same && (e.k+1)%n == o.k, same && (o.k+1)%n == e.k
	if opposite(turn(e.a, e.b, o.a), turn(e.a, e.b, o.b)) && opposite(turn(o.a, o.b, e.a), turn(o.a, o.b, e.b)) {
		return fmt.Errorf("%v-%v crosses %v-%v", e.a, e.b, o.a, o.b)
	}
	common := map[pt]bool{}
	on := func(p pt, s edge) bool { return turn(s.a, s.b, p) == 0 && (p == s.a || p == s.b || s.within(p)) }
	for _, p := range []pt{e.a, e.b} {
		if on(p, o) {
			common[p] = true
		}
	}
	for _, p := range []pt{o.a, o.b} {
		if on(p, e) {
			common[p] = true
		}
	}
	switch {
	case len(common) > 1:
		return fmt.Errorf("%v-%v overlaps %v-%v", e.a, e.b, o.a, o.b)
	case len(common) == 1 && same && !next && !prev:
		return fmt.Errorf("a ring touches itself: %v-%v, %v-%v", e.a, e.b, o.a, o.b)
	case len(common) == 1 && !same:
		key := [2]int{int(e.ring), int(o.ring)}
		if touches[key] == nil {
			touches[key] = map[pt]bool{}
		}
		for p := range common {
			touches[key][p] = true
		}
	}
	return nil
}

// checkNesting: holes in their exterior ring and not in one another, exterior
// rings not in one another but in holes.
func checkNesting(polygons []tiletest.Polygon) error {
	for n, p := range polygons {
		for h, hole := range p[1:] {
			if !ringIn(hole, p[0]) {
				return fmt.Errorf("polygon %d: hole %d is outside", n, h+1)
			}
			for k, other := range p[1:] {
				if k != h && ringIn(hole, other) {
					return fmt.Errorf("polygon %d: hole %d is in hole %d", n, h+1, k+1)
				}
			}
		}
		for m, o := range polygons {
			if m == n || !ringIn(p[0], o[0]) {
				continue
			}
			inHole := false
			for _, hole := range o[1:] {
				inHole = inHole || ringIn(p[0], hole)
			}
			if !inHole {
				return fmt.Errorf("polygon %d is in polygon %d", n, m)
			}
		}
	}
	return nil
}

// ringIn reports whether ring a, which does not cross b, is inside it: by the
// middle of an edge that is not on b, in doubled coordinates.
func ringIn(a, b []tiletest.XY) bool {
	var ring []pt
	for _, v := range b {
		ring = append(ring, pt{2 * v[0], 2 * v[1]})
	}
	for i, v := range a {
		w := a[(i+1)%len(a)]
		m := pt{v[0] + w[0], v[1] + w[1]}
		on := false
		for k, p := range ring {
			s := edge{a: p, b: ring[(k+1)%len(ring)]}
			on = on || turn(s.a, s.b, m) == 0 && (m == s.a || m == s.b || s.within(m))
		}
		if !on {
			return inside(m, ring)
		}
	}
	return false
}

// Star is a random simple polygon round a centre, n corners, with radii between
// inner and outer, in degrees of longitude; latitude is squeezed to look round.
func Star(rng *rand.Rand, c orb.Point, n int, inner, outer float64) orb.Ring {
	squeeze := math.Cos(c[1] * math.Pi / 180)
	var r orb.Ring
	for k := range n {
		a := (float64(k) + 0.8*rng.Float64()) * 2 * math.Pi / float64(n)
		d := inner + (outer-inner)*rng.Float64()
		r = append(r, orb.Point{c[0] + d*math.Cos(a), c[1] + d*math.Sin(a)*squeeze})
	}
	return append(r, r[0])
}

// Unit is one unit of the grid of zoom z in degrees of longitude.
func Unit(z int) float64 { return 360 / math.Ldexp(Extent, z) }

// WildShape is a random multipolygon with holes, sized from a unit to about two
// tiles of the zoom, often across a corner where four tiles meet.
func WildShape(rng *rand.Rand, z int) orb.MultiPolygon {
	id := ID{uint32(z), rng.Uint32N(1 << z), 1<<z/4 + rng.Uint32N(1<<z/2)}
	g := gridOf(id)
	size := min(Unit(z)*math.Exp(rng.Float64()*math.Log(6000)), 30)
	at := g.origin
	if rng.IntN(3) > 0 {
		at.x += rng.Int64N(Extent)
		at.y += rng.Int64N(Extent)
	}
	c := unproject(pt{at.x << flatZoom >> z, at.y << flatZoom >> z})
	c[0], c[1] = min(max(c[0], -110), 110), min(max(c[1], -40), 40)
	if rng.IntN(4) == 0 {
		return orb.MultiPolygon{{Sliver(rng, c, size, Unit(z)*rng.Float64())}}
	}
	var m orb.MultiPolygon
	for k := range 1 + rng.IntN(3) {
		centre := orb.Point{c[0] + 2.1*size*float64(k), c[1]}
		if centre[0]+size > 179 || math.Abs(c[1])+size > 84 {
			break
		}
		p := orb.Polygon{Star(rng, centre, 6+rng.IntN(30), size*0.3, size)}
		if rng.IntN(2) == 0 { // the star holds a disc of at least 0.09 of its size
			p = append(p, Star(rng, centre, 3+rng.IntN(12), size*0.01, size*0.08))
		}
		m = append(m, p)
	}
	if len(m) == 0 {
		m = orb.MultiPolygon{{Star(rng, orb.Point{0, 0}, 9, size/2, size)}}
	}
	return m
}

// Sliver is a strip of the given length and width that bends twice.
func Sliver(rng *rand.Rand, c orb.Point, length, width float64) orb.Ring {
	squeeze := math.Cos(c[1] * math.Pi / 180)
	angle := rng.Float64() * 2 * math.Pi
	var there, back orb.Ring
	for k := range 4 {
		t := length * (float64(k)/3 - 0.5)
		bend := rng.Float64() * length / 9
		for side, r := range []*orb.Ring{&there, &back} {
			u := bend + width*float64(side)
			x, y := t*math.Cos(angle)-u*math.Sin(angle), t*math.Sin(angle)+u*math.Cos(angle)
			*r = append(*r, orb.Point{c[0] + x, c[1] + y*squeeze})
		}
	}
	for k := range back {
		there = append(there, back[len(back)-1-k])
	}
	return append(there, there[0])
}
