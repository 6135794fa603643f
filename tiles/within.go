package tiles

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// point is a position in quantised units.
type point struct{ x, y int32 }

func (p point) box() box { return box{p.x, p.y, p.x, p.y} }

// within finds a point inside polygons. Its memory is reused.
type within struct {
	crossings []float64
	part      orb.Polygon
}

// point is a point inside the largest polygon, by area in degrees: where a name is
// written. It is the one of ST_PointOnSurface: the middle of the widest piece of the
// polygon along a level line, which runs midway between the two vertices next to half
// the height. What has no inside has its first vertex. g was projected without error.
func (f *within) point(g orb.Geometry) point {
	switch g := g.(type) {
	case orb.Polygon:
		f.part = g
	case orb.MultiPolygon:
		f.part = largestPart(g)
	}
	at, ok := project(f.inside(f.part))
	if !ok {
		at, _ = project(f.part[0][0])
	}
	return point{int32(at.x), int32(at.y)}
}

// largestPart is the first of the largest polygons.
func largestPart(m orb.MultiPolygon) orb.Polygon {
	largest := m[0]
	if len(m) == 1 {
		return largest
	}
	most := areaInDegrees(largest)
	for _, p := range m[1:] {
		if a := areaInDegrees(p); a > most {
			largest, most = p, a
		}
	}
	return largest
}

// areaInDegrees is the area of a polygon on the plane of its degrees, holes taken
// off. Products are converted before they are added, so that no platform fuses the
// two and all choose alike.
func areaInDegrees(p orb.Polygon) (area float64) {
	for i, r := range p {
		sum := 0.0
		for k := 1; k+1 < len(r); k++ {
			sum += float64((r[k][0] - r[0][0]) * (r[k-1][1] - r[k+1][1]))
		}
		if sum = math.Abs(sum / 2); i > 0 {
			sum = -sum
		}
		area += sum
	}
	return area
}

func (f *within) inside(p orb.Polygon) orb.Point {
	y := levelLine(p)
	f.crossings = f.crossings[:0]
	for _, r := range p {
		for k := 1; k < len(r); k++ {
			f.cross(r[k-1], r[k], y)
		}
	}
	slices.Sort(f.crossings)
	out, widest := p[0][0], 0.0
	for i := 0; i+1 < len(f.crossings); i += 2 {
		left, right := f.crossings[i], f.crossings[i+1]
		if width := right - left; width > widest {
			out, widest = orb.Point{(left + right) / 2, y}, width
		}
	}
	return out
}

// levelLine is the height midway between the vertices next below and next above half
// the height of the polygon, so that hardly ever a vertex lies on it.
func levelLine(p orb.Polygon) float64 {
	lo, hi := p[0][0][1], p[0][0][1]
	for _, v := range p[0] {
		lo, hi = min(lo, v[1]), max(hi, v[1])
	}
	half := (lo + hi) / 2
	for _, r := range p {
		for _, v := range r {
			switch y := v[1]; {
			case y <= half:
				lo = max(lo, y)
			default:
				hi = min(hi, y)
			}
		}
	}
	return (hi + lo) / 2
}

// cross notes where an edge crosses the level line. Of a vertex on the line the edge
// above counts, so that there are as many ways in as out.
func (f *within) cross(a, b orb.Point, y float64) {
	if a[1] == b[1] || max(a[1], b[1]) <= y || min(a[1], b[1]) > y {
		return
	}
	x := a[0]
	if a[0] != b[0] {
		x += (y - a[1]) / ((b[1] - a[1]) / (b[0] - a[0]))
	}
	f.crossings = append(f.crossings, x)
}
