package listing

import (
	"math"

	"github.com/paulmach/orb"
)

// plane is a tangent plane at a place: metres east and north of it, by the
// ellipsoid's radii there. Within ten kilometres its lengths differ from geodesic
// ones by less than two in ten thousand; it is for pictures and for distances
// that are told to ten metres, never for areas.
type plane struct {
	origin orb.Point
	x, y   float64 // metres of a degree
}

func planeAt(p orb.Point) plane {
	const a, e2 = 6378137.0, 0.00669438002290 // GRS 80, which CGCS2000 shares
	s := math.Sin(p[1] * math.Pi / 180)
	w := math.Sqrt(1 - e2*s*s)
	return plane{p, a / w * math.Cos(p[1]*math.Pi/180) * math.Pi / 180, a * (1 - e2) / (w * w * w) * math.Pi / 180}
}

func (p plane) at(q orb.Point) orb.Point {
	return orb.Point{(q[0] - p.origin[0]) * p.x, (q[1] - p.origin[1]) * p.y}
}

func (p plane) shape(m orb.MultiPolygon) orb.MultiPolygon {
	out := make(orb.MultiPolygon, 0, len(m))
	for _, poly := range m {
		rings := make(orb.Polygon, 0, len(poly))
		for _, r := range poly {
			ring := make(orb.Ring, 0, len(r))
			for _, q := range r {
				ring = append(ring, p.at(q))
			}
			rings = append(rings, ring)
		}
		out = append(out, rings)
	}
	return out
}

// segments calls fn with the segments of a geometry, and with single points as
// segments of no length.
func segments(g orb.Geometry, fn func(a, b orb.Point)) {
	line := func(l []orb.Point) {
		if len(l) == 1 {
			fn(l[0], l[0])
		}
		for i := 1; i < len(l); i++ {
			fn(l[i-1], l[i])
		}
	}
	switch g := g.(type) {
	case orb.Point:
		fn(g, g)
	case orb.MultiPoint:
		for _, p := range g {
			fn(p, p)
		}
	case orb.LineString:
		line(g)
	case orb.MultiLineString:
		for _, l := range g {
			line(l)
		}
	case orb.Polygon:
		for _, r := range g {
			line(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			segments(p, fn)
		}
	}
}

// inside says whether a point lies in a geometry that has an inside.
func inside(p orb.Point, g orb.Geometry) bool {
	in := false
	switch g.(type) {
	case orb.Polygon, orb.MultiPolygon:
		segments(g, func(a, b orb.Point) {
			if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
				in = !in
			}
		})
	}
	return in
}

// apart is the shortest distance in metres between a piece of land and another
// thing, both in degrees; 0 where they touch.
func apart(land orb.MultiPolygon, g orb.Geometry) float64 {
	if len(land) == 0 || len(land[0]) == 0 || len(land[0][0]) == 0 || g == nil {
		return math.Inf(1)
	}
	pl := planeAt(land.Bound().Center())
	corner := land[0][0][0]
	if inside(corner, g) {
		return 0
	}
	type segment struct{ a, b orb.Point }
	var own []segment
	segments(land, func(a, b orb.Point) { own = append(own, segment{pl.at(a), pl.at(b)}) })
	best := math.Inf(1)
	segments(g, func(a, b orb.Point) {
		if inside(a, land) {
			best = 0
			return
		}
		c, d := pl.at(a), pl.at(b)
		for _, s := range own {
			best = min(best, between(s.a, s.b, c, d))
		}
	})
	return best
}

// between is the shortest distance between two segments.
func between(a, b, c, d orb.Point) float64 {
	if crossing(a, b, c, d) {
		return 0
	}
	return min(toSegment(a, c, d), toSegment(b, c, d), toSegment(c, a, b), toSegment(d, a, b))
}

func crossing(a, b, c, d orb.Point) bool {
	side := func(p, q, r orb.Point) float64 { return (q[0]-p[0])*(r[1]-p[1]) - (q[1]-p[1])*(r[0]-p[0]) }
	return side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0
}

func toSegment(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}
