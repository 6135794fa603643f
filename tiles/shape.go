package tiles

import "encoding/binary"

// ring is a range of points; the closing point is left out.
type ring struct {
	from, to int
	hole     bool
}

// shape is a list of polygons in flat form: every exterior ring is followed by
// its holes. It is scratch space, reset and filled again.
type shape struct {
	pts   []pt
	rings []ring
}

func (s *shape) reset() { s.pts, s.rings = s.pts[:0], s.rings[:0] }

func (s *shape) of(r ring) []pt { return s.pts[r.from:r.to] }

// end closes the ring that began at from. Repeats of the first point at its end
// are dropped, and so is a ring of fewer than least points; then it is false.
func (s *shape) end(from int, hole bool, least int) bool {
	to := len(s.pts)
	for to > from+1 && s.pts[to-1] == s.pts[from] {
		to--
	}
	if to-from < least {
		s.pts = s.pts[:from]
		return false
	}
	s.pts = s.pts[:to]
	s.rings = append(s.rings, ring{from, to, hole})
	return true
}

// push adds a point to the ring that began at from unless it repeats the last.
func (s *shape) push(from int, p pt) {
	if n := len(s.pts); n > from && s.pts[n-1] == p {
		return
	}
	s.pts = append(s.pts, p)
}

// A ring encloses something from three points on; an outline may have collapsed
// to one.
const (
	closedRing    = 3
	collapsedRing = 1
)

// snapInto fills s with the packed geometry as seen on the grid: every vertex at
// its nearest grid point, repeats dropped, rings of fewer than least points gone,
// and with an exterior ring its holes. Holes of less than one square unit, snapped
// or not, are left out like the parcels that would fill them.
func (s *shape) snapInto(geom []byte, b box, g grid, least int) {
	s.reset()
	smallest := unit2(g.z)
	at := pt{int64(b.minX), int64(b.minY)}
	polygons, geom := uvarint(geom)
	for ; polygons > 0; polygons-- {
		var rings uint64
		rings, geom = uvarint(geom)
		whole := true // the exterior ring is still there
		for j := uint64(0); j < rings; j++ {
			var n uint64
			n, geom = uvarint(geom)
			from := len(s.pts)
			start, doubled := at, int64(0)
			for k := uint64(0); k < n; k++ {
				var dx, dy int64
				dx, geom = varint(geom)
				dy, geom = varint(geom)
				to := pt{at.x + dx, at.y + dy}
				if k == 0 {
					start = to
				} else {
					doubled += (at.x-start.x)*(to.y-start.y) - (to.x-start.x)*(at.y-start.y)
				}
				at = to
				if whole {
					s.push(from, g.at(at))
				}
			}
			switch {
			case !whole:
			case j == 0:
				whole = s.end(from, false, least)
			case s.end(from, true, least) && float64(abs(doubled)) < 2*smallest &&
				abs(doubleArea(s.pts[from:])) < 2:
				s.pts, s.rings = s.pts[:from], s.rings[:len(s.rings)-1]
			}
		}
	}
}

// The packed bytes are our own and whole, so reading needs no errors.

func uvarint(b []byte) (uint64, []byte) {
	v, n := binary.Uvarint(b)
	return v, b[n:]
}

func varint(b []byte) (int64, []byte) {
	v, n := binary.Varint(b)
	return v, b[n:]
}

// doubleArea is twice the signed area by the surveyor's formula: positive for an
// exterior ring of MVT 2.1, section 4.3.4.4, whose y points down. Points are
// taken relative to the first, so that large coordinates stay in range.
func doubleArea(p []pt) int64 {
	if len(p) < 3 {
		return 0
	}
	o := p[0]
	var sum int64
	for i := 1; i+1 < len(p); i++ {
		sum += (p[i].x-o.x)*(p[i+1].y-o.y) - (p[i+1].x-o.x)*(p[i].y-o.y)
	}
	return sum
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}
