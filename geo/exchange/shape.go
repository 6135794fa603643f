package exchange

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// signedArea is twice the area of a closed ring, positive when it runs
// counter-clockwise. It is taken from the first vertex, so that large
// coordinates do not eat the digits.
func signedArea(r orb.Ring) float64 {
	var sum float64
	for i := 1; i+1 < len(r); i++ {
		ax, ay := r[i][0]-r[0][0], r[i][1]-r[0][1]
		bx, by := r[i+1][0]-r[0][0], r[i+1][1]-r[0][1]
		sum += ax*by - bx*ay
	}
	return sum
}

// orient turns rings in place so that exteriors run counter-clockwise and
// holes clockwise (RFC 7946 3.1.6), and tells whether it turned any.
func orient(mp orb.MultiPolygon) bool {
	turned := false
	for _, polygon := range mp {
		for i, ring := range polygon {
			if a := signedArea(ring); (i == 0 && a < 0) || (i > 0 && a > 0) {
				slices.Reverse(ring)
				turned = true
			}
		}
	}
	return turned
}

// side is where a point lies seen from a ring.
type side int8

const (
	outside side = iota
	onEdge
	inside
)

// locate tells on which side of a closed ring a point lies, counting the
// edges that a ray to the east crosses.
func locate(ring orb.Ring, p orb.Point) side {
	odd := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a[1] > p[1]) == (b[1] > p[1]) {
			if a[1] == p[1] && b[1] == p[1] && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) {
				return onEdge
			}
			if p == a || p == b {
				return onEdge
			}
			continue
		}
		cross := (b[0]-a[0])*(p[1]-a[1]) - (p[0]-a[0])*(b[1]-a[1])
		if cross == 0 {
			return onEdge
		}
		if (cross > 0) == (b[1] > a[1]) {
			odd = !odd
		}
	}
	if odd {
		return inside
	}
	return outside
}

// within tells whether the ring a lies inside the ring b, touching allowed.
// The first vertex, then edge midpoint, that is off b's edges decides; a ring
// that follows b's edges all the way is not inside it.
func within(a, b orb.Ring) bool {
	for _, p := range a {
		if s := locate(b, p); s != onEdge {
			return s == inside
		}
	}
	for i := 1; i < len(a); i++ {
		mid := orb.Point{(a[i-1][0] + a[i][0]) / 2, (a[i-1][1] + a[i][1]) / 2}
		if s := locate(b, mid); s != onEdge {
			return s == inside
		}
	}
	return false
}

// assemble makes polygons of rings that come in any order, as a Shapefile has
// them (ESRI Shapefile Technical Description, 1998, "Polygon"). A ring is a
// hole when it lies in an odd number of other rings; its direction is only
// compared with that, because writers get it wrong. The answer tells whether
// any ring ran against the rule (exteriors clockwise, holes the other way).
// Rings are closed and not empty.
func assemble(rings []orb.Ring) (mp orb.MultiPolygon, against bool) {
	type part struct {
		ring    orb.Ring
		bound   orb.Bound
		area    float64
		parent  int // smallest ring around it; -1 = none
		depth   int
		polygon int
	}
	parts := make([]part, len(rings))
	for i, r := range rings {
		parts[i] = part{ring: r, bound: r.Bound(), area: signedArea(r), parent: -1}
	}
	slices.SortStableFunc(parts, func(a, b part) int {
		switch d := math.Abs(b.area) - math.Abs(a.area); {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	for i := range parts {
		p := &parts[i]
		for j := i - 1; j >= 0; j-- { // from the smallest larger one
			q := &parts[j]
			if contains(q.bound, p.bound) && within(p.ring, q.ring) {
				p.parent, p.depth = j, q.depth+1
				break
			}
		}
		hole := p.depth%2 == 1
		if p.area != 0 && hole != (p.area > 0) {
			against = true
		}
		if hole {
			p.polygon = parts[p.parent].polygon
			mp[p.polygon] = append(mp[p.polygon], p.ring)
			continue
		}
		p.polygon = len(mp)
		mp = append(mp, orb.Polygon{p.ring})
	}
	return mp, against
}

// contains tells whether the box b lies in the box a.
func contains(a, b orb.Bound) bool {
	return a.Min[0] <= b.Min[0] && a.Min[1] <= b.Min[1] && a.Max[0] >= b.Max[0] && a.Max[1] >= b.Max[1]
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
