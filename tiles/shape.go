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

// polygons is the number of polygons.
func (s *shape) polygons() (n int) {
	for _, r := range s.rings {
		if !r.hole {
			n++
		}
	}
	return n
}

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
	s.thinInto(geom, nil, b, g, least)
}

// drawInto is snapInto without the vertices that appear at deeper zooms only, but
// with them where nothing is left otherwise.
func (s *shape) drawInto(geom, levels []byte, b box, g grid) {
	s.thinInto(geom, levels, b, g, closedRing)
	if len(s.rings) == 0 && len(levels) > 0 {
		s.thinInto(geom, nil, b, g, closedRing)
	}
}

// thinInto is snapInto for the vertices whose level is at most the grid's zoom;
// no levels are those of vertices that are always drawn.
func (s *shape) thinInto(geom, levels []byte, b box, g grid, least int) {
	s.reset()
	smallest := unit2(g.z)
	at := pt{int64(b.minX), int64(b.minY)}
	polygons, i := uvarintAt(geom, 0)
	for ; polygons > 0; polygons-- {
		var rings uint64
		rings, i = uvarintAt(geom, i)
		whole := true // the exterior ring is still there
		for j := uint64(0); j < rings; j++ {
			from := len(s.pts)
			var doubled int64
			before := i
			at, doubled, i = s.snapRing(geom, i, at, g, levels)
			if len(levels) > 0 {
				n, _ := uvarintAt(geom, before)
				levels = levels[n:]
			}
			switch {
			case !whole:
				s.pts = s.pts[:from]
			case j == 0:
				whole = s.end(from, false, least)
			case s.end(from, true, least) && float64(abs(doubled)) < 2*smallest &&
				abs(doubleArea(s.pts[from:])) < 2:
				s.pts, s.rings = s.pts[:from], s.rings[:len(s.rings)-1]
			}
		}
	}
}

// snapRing appends the points of the packed ring at geom[i:], snapped, repeats
// and those that appear deeper dropped. It returns its last vertex, twice its area before snapping, and where
// the next ring begins.
func (s *shape) snapRing(geom []byte, i int, at pt, g grid, levels []byte) (pt, int64, int) {
	n, i := uvarintAt(geom, i)
	var doubled int64
	var start pt
	from := len(s.pts)
	for k := uint64(0); k < n; k++ {
		var dx, dy uint64
		if x, y := geom[i], geom[i+1]; x|y < 0x80 {
			dx, dy, i = uint64(x), uint64(y), i+2
		} else {
			dx, i = uvarintAt(geom, i)
			dy, i = uvarintAt(geom, i)
		}
		to := pt{at.x + unzigzag(dx), at.y + unzigzag(dy)}
		if k == 0 {
			start = to
		} else {
			doubled += (at.x-start.x)*(to.y-start.y) - (to.x-start.x)*(at.y-start.y)
		}
		at = to
		if len(levels) == 0 || int(levels[k]) <= g.z {
			s.push(from, g.at(to))
		}
	}
	return at, doubled, i
}

// The packed bytes are our own and whole, so reading needs no errors.

func uvarint(b []byte) (uint64, []byte) {
	v, n := binary.Uvarint(b)
	return v, b[n:]
}

// uvarintAt reads the number at b[i:]; most take two bytes.
func uvarintAt(b []byte, i int) (uint64, int) {
	c := b[i]
	if c < 0x80 {
		return uint64(c), i + 1
	}
	if d := b[i+1]; d < 0x80 {
		return uint64(c&0x7f) | uint64(d)<<7, i + 2
	}
	v, n := binary.Uvarint(b[i:])
	return v, i + n
}

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

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
