package tiles

import "math/bits"

// clipFrac is the extra precision of the clipper: crossings with the four sides
// are found on a lattice 2^8 times finer than the grid and rounded once at the
// end, so that four rounds of clipping do not add up their errors.
const clipFrac = 8

// square is a closed square in tile units.
type square struct{ lo, hi int64 }

// bufferedSquare is what a tile draws: itself and its buffer.
func bufferedSquare() square { return square{-Buffer, Extent + Buffer} }

func (s square) holds(p pt) bool {
	return p.x >= s.lo && p.x <= s.hi && p.y >= s.lo && p.y <= s.hi
}

// clipper cuts shapes to a square. Its buffers are reused.
type clipper struct {
	a, b []pt
}

// clip fills dst with the part of src inside the square: Sutherland and Hodgman's
// method (Communications of the ACM 17, 1974), ring by ring, in integers. A ring
// that leaves and comes back keeps edges along the square's sides, some of them
// twice; repair takes those away. frac is the number of extra bits for crossings.
// A hole goes with its exterior ring.
func (c *clipper) clip(dst, src *shape, sq square, frac uint) {
	dst.reset()
	whole := true
	for _, r := range src.rings {
		if r.hole && !whole {
			continue
		}
		from := len(dst.pts)
		pts := src.of(r)
		switch lo, hi := extent(pts); {
		case lo.x > sq.hi || lo.y > sq.hi || hi.x < sq.lo || hi.y < sq.lo:
		case sq.holds(lo) && sq.holds(hi):
			dst.pts = append(dst.pts, pts...)
		default:
			half := int64(1) << frac >> 1
			for _, p := range c.cut(pts, sq, frac) {
				dst.push(from, pt{(p.x + half) >> frac, (p.y + half) >> frac})
			}
		}
		if kept := dst.end(from, r.hole, closedRing); !r.hole {
			whole = kept
		}
	}
}

// extent is the corners of the smallest box around the points.
func extent(pts []pt) (lo, hi pt) {
	lo, hi = pts[0], pts[0]
	for _, p := range pts[1:] {
		lo.x, lo.y = min(lo.x, p.x), min(lo.y, p.y)
		hi.x, hi.y = max(hi.x, p.x), max(hi.y, p.y)
	}
	return lo, hi
}

// cut clips one ring against the four sides; the result, valid until the next
// call, is on the finer lattice.
func (c *clipper) cut(pts []pt, sq square, frac uint) []pt {
	c.a = c.a[:0]
	for _, p := range pts {
		c.a = append(c.a, pt{p.x << frac, p.y << frac})
	}
	for side := range sides {
		c.b = c.b[:0]
		bound := sq.lo << frac
		if side >= 2 {
			bound = sq.hi << frac
		}
		for i, p := range c.a {
			prev := c.a[(i+len(c.a)-1)%len(c.a)]
			in, was := beyond(prev, p, side, bound)
			if in != was {
				c.b = append(c.b, crossing(prev, p, side, bound))
			}
			if in {
				c.b = append(c.b, p)
			}
		}
		c.a, c.b = c.b, c.a
		if len(c.a) == 0 {
			break
		}
	}
	return c.a
}

// The sides in the order they are cut: left, top, right, bottom. Odd ones are
// horizontal; the last two keep what is below their bound.
const sides = 4

// beyond reports whether p, and prev before it, are on the inner side.
func beyond(prev, p pt, side int, bound int64) (in, was bool) {
	v, w := p.x, prev.x
	if side&1 == 1 {
		v, w = p.y, prev.y
	}
	if side >= 2 {
		return v <= bound, w <= bound
	}
	return v >= bound, w >= bound
}

// crossing is where the segment meets the line of the side. It does not depend on
// the segment's direction, so parcels on both sides of a border agree.
func crossing(a, b pt, side int, bound int64) pt {
	if b.less(a) {
		a, b = b, a
	}
	if side&1 == 1 {
		return pt{a.x + mulDiv(bound-a.y, b.x-a.x, b.y-a.y), bound}
	}
	return pt{bound, a.y + mulDiv(bound-a.x, b.y-a.y, b.x-a.x)}
}

// mulDiv is a*b/c to the nearest integer, halves away from zero, without
// overflow as long as the result fits; here |a| <= |c| holds always.
func mulDiv(a, b, c int64) int64 {
	negative := (a < 0) != (b < 0) != (c < 0)
	hi, lo := bits.Mul64(uint64(abs(a)), uint64(abs(b)))
	d := uint64(abs(c))
	q, rest := bits.Div64(hi, lo, d)
	if rest >= d-rest {
		q++
	}
	if negative {
		return -int64(q)
	}
	return int64(q)
}

// clipSegment cuts a segment to the square, on the square's own lattice; false
// when nothing of it is inside.
func clipSegment(a, b pt, sq square) (pt, pt, bool) {
	if b.less(a) {
		a, b = b, a
	}
	a, b = pt{a.x << clipFrac, a.y << clipFrac}, pt{b.x << clipFrac, b.y << clipFrac}
	for side := range sides {
		bound := sq.lo << clipFrac
		if side >= 2 {
			bound = sq.hi << clipFrac
		}
		inB, inA := beyond(a, b, side, bound)
		switch {
		case !inA && !inB:
			return a, b, false
		case !inA:
			a = crossing(a, b, side, bound)
		case !inB:
			b = crossing(a, b, side, bound)
		}
	}
	const half = 1 << clipFrac >> 1
	round := func(p pt) pt { return pt{(p.x + half) >> clipFrac, (p.y + half) >> clipFrac} }
	return round(a), round(b), true
}
