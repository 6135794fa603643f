package tiletest

import (
	"math"

	"github.com/paulmach/orb"
)

// cell is the side of the squares that a border is sorted into, in units.
const cell = 128

// reach is the largest distance, in units, that a border is asked about.
const reach = 4

// border answers how far a point is from the border of a polygon, in units, as
// long as that is no more than reach. Sides far outside the tile are left out.
type border struct {
	cells map[[2]int][]side
}

type side struct{ a, b orb.Point }

func newBorder(m orb.MultiPolygon) border {
	b := border{map[[2]int][]side{}}
	for _, p := range m {
		for _, r := range p {
			for i := range r[:max(len(r)-1, 0)] {
				b.add(side{r[i], r[i+1]})
			}
		}
	}
	return b
}

func (b border) add(s side) {
	lo := [2]int{cellOf(min(s.a[0], s.b[0]) - reach), cellOf(min(s.a[1], s.b[1]) - reach)}
	hi := [2]int{cellOf(max(s.a[0], s.b[0]) + reach), cellOf(max(s.a[1], s.b[1]) + reach)}
	for x := lo[0]; x <= hi[0]; x++ {
		for y := lo[1]; y <= hi[1]; y++ {
			b.cells[[2]int{x, y}] = append(b.cells[[2]int{x, y}], s)
		}
	}
}

// cellOf is the square of a coordinate; everything beyond the buffer shares two.
func cellOf(v float64) int {
	return int(math.Floor(min(max(v, -2*buffer), extent+2*buffer) / cell))
}

// distance is the distance from the border, infinite when it is beyond reach.
func (b border) distance(q orb.Point) float64 {
	best := math.Inf(1)
	for _, s := range b.cells[[2]int{cellOf(q[0]), cellOf(q[1])}] {
		best = min(best, s.distance(q))
	}
	if best > reach {
		return math.Inf(1)
	}
	return best
}

func (s side) distance(q orb.Point) float64 {
	px, py := q[0]-s.a[0], q[1]-s.a[1]
	dx, dy := s.b[0]-s.a[0], s.b[1]-s.a[1]
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = min(max((px*dx+py*dy)/d, 0), 1)
	}
	return math.Hypot(px-t*dx, py-t*dy)
}

// shape is a decoded feature as orb has it: rings closed, in units.
func (f Feature) shape() orb.MultiPolygon {
	m := make(orb.MultiPolygon, 0, len(f.Polygons))
	for _, p := range f.Polygons {
		var q orb.Polygon
		for _, r := range p {
			ring := make(orb.Ring, 0, len(r)+1)
			for _, v := range r {
				ring = append(ring, v.point())
			}
			q = append(q, append(ring, ring[0]))
		}
		m = append(m, q)
	}
	return m
}

func (v XY) point() orb.Point { return orb.Point{float64(v[0]), float64(v[1])} }

// vertices yields every vertex of the feature's polygons.
func (f Feature) vertices(yield func(XY) bool) {
	for _, p := range f.Polygons {
		for _, r := range p {
			for _, v := range r {
				if !yield(v) {
					return
				}
			}
		}
	}
}
