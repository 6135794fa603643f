package sample

import (
	"math"
	"slices"
)

// xy is a point or a vector in metres, east and north.
type xy struct{ x, y float64 }

func (a xy) add(b xy) xy                { return xy{a.x + b.x, a.y + b.y} }
func (a xy) sub(b xy) xy                { return xy{a.x - b.x, a.y - b.y} }
func (a xy) mul(k float64) xy           { return xy{a.x * k, a.y * k} }
func (a xy) dot(b xy) float64           { return a.x*b.x + a.y*b.y }
func (a xy) cross(b xy) float64         { return a.x*b.y - a.y*b.x }
func (a xy) norm() float64              { return math.Hypot(a.x, a.y) }
func (a xy) dist(b xy) float64          { return math.Hypot(a.x-b.x, a.y-b.y) }
func (a xy) left() xy                   { return xy{-a.y, a.x} }
func (a xy) towards(b xy, t float64) xy { return xy{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }

func (a xy) unit() xy {
	n := a.norm()
	if n == 0 {
		return xy{1, 0}
	}
	return xy{a.x / n, a.y / n}
}

func heading(rad float64) xy { return xy{math.Cos(rad), math.Sin(rad)} }

// ring is a simple polygon, anticlockwise, not closed: its last point joins its
// first.
type ring []xy

// shape is a ring with holes. Holes are kept anticlockwise too.
type shape struct {
	outer ring
	holes []ring
}

func (r ring) at(i int) xy {
	n := len(r)
	return r[((i%n)+n)%n]
}

func (r ring) area() float64 {
	if len(r) < 3 {
		return 0
	}
	sum, o := 0.0, r[0]
	for i := 1; i+1 < len(r); i++ {
		sum += r[i].sub(o).cross(r[i+1].sub(o))
	}
	return sum / 2
}

func (r ring) centroid() xy {
	var c xy
	sum, o := 0.0, r[0]
	for i := 1; i+1 < len(r); i++ {
		a, b := r[i].sub(o), r[i+1].sub(o)
		w := a.cross(b)
		sum += w
		c = c.add(a.add(b).mul(w / 3))
	}
	if sum == 0 {
		return o
	}
	return o.add(c.mul(1 / sum))
}

func (r ring) box() (lo, hi xy) {
	lo, hi = r[0], r[0]
	for _, p := range r[1:] {
		lo = xy{min(lo.x, p.x), min(lo.y, p.y)}
		hi = xy{max(hi.x, p.x), max(hi.y, p.y)}
	}
	return lo, hi
}

// contains says whether p lies inside (even-odd rule).
func (r ring) contains(p xy) bool {
	in := false
	for i, a := range r {
		b := r.at(i + 1)
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)/(b.y-a.y)*(b.x-a.x) {
			in = !in
		}
	}
	return in
}

// inside gives a point well inside the ring, also when the centroid is not.
func (r ring) inside() xy {
	if c := r.centroid(); r.contains(c) && r.distance(c) > 1 {
		return c
	}
	lo, hi := r.box()
	best, far := r[0], -1.0
	for i := 1; i < 12; i++ {
		for j := 1; j < 12; j++ {
			p := xy{lo.x + (hi.x-lo.x)*float64(i)/12, lo.y + (hi.y-lo.y)*float64(j)/12}
			if r.contains(p) {
				if d := r.distance(p); d > far {
					best, far = p, d
				}
			}
		}
	}
	return best
}

// distance is how far p is from the ring's edges.
func (r ring) distance(p xy) float64 {
	d := math.Inf(1)
	for i, a := range r {
		d = min(d, segmentDistance(p, a, r.at(i+1)))
	}
	return d
}

func segmentDistance(p, a, b xy) float64 {
	ab := b.sub(a)
	l2 := ab.dot(ab)
	if l2 == 0 {
		return p.dist(a)
	}
	t := max(0, min(1, p.sub(a).dot(ab)/l2))
	return p.dist(a.add(ab.mul(t)))
}

// simple says that no two edges of the ring touch but neighbours at their
// common point, and that it runs anticlockwise.
func (r ring) simple() bool {
	n := len(r)
	if n < 3 || r.area() <= 0 {
		return false
	}
	for i := range n {
		a, b := r[i], r.at(i+1)
		if a.dist(b) < 1e-6 {
			return false
		}
		for j := i + 1; j < n; j++ {
			c, d := r[j], r.at(j+1)
			if j == i+1 || (i == 0 && j == n-1) {
				continue
			}
			if segmentsTouch(a, b, c, d) {
				return false
			}
		}
		// A spike: the next edge turns straight back.
		e1, e2 := b.sub(a), r.at(i+2).sub(b)
		if math.Abs(e1.cross(e2)) < 1e-9*e1.norm()*e2.norm() && e1.dot(e2) < 0 {
			return false
		}
	}
	return true
}

// roomy says that no corner of the ring comes nearer than d to an edge that is
// not its own or its neighbours'.
func (r ring) roomy(d float64) bool {
	n := len(r)
	for i, p := range r {
		for k := 2; k < n-2; k++ {
			if segmentDistance(p, r.at(i+k), r.at(i+k+1)) < d {
				return false
			}
		}
	}
	return true
}

func segmentsTouch(a, b, c, d xy) bool {
	if max(a.x, b.x) < min(c.x, d.x) || max(c.x, d.x) < min(a.x, b.x) ||
		max(a.y, b.y) < min(c.y, d.y) || max(c.y, d.y) < min(a.y, b.y) {
		return false
	}
	o := func(p, q, r xy) float64 { return q.sub(p).cross(r.sub(p)) }
	return o(a, b, c)*o(a, b, d) <= 0 && o(c, d, a)*o(c, d, b) <= 0
}

// extent is the length and width of the smallest box around the ring, and the
// direction of its long side (the box has an edge of the convex hull as a side).
func (r ring) extent() (long, short float64, axis xy) {
	h := hull(r)
	best := math.Inf(1)
	for i := range h {
		u := h.at(i + 1).sub(h[i]).unit()
		v := u.left()
		lo, hi := xy{math.Inf(1), math.Inf(1)}, xy{math.Inf(-1), math.Inf(-1)}
		for _, p := range h {
			a, b := p.dot(u), p.dot(v)
			lo, hi = xy{min(lo.x, a), min(lo.y, b)}, xy{max(hi.x, a), max(hi.y, b)}
		}
		w, d := hi.x-lo.x, hi.y-lo.y
		if w*d >= best {
			continue
		}
		best = w * d
		if w >= d {
			long, short, axis = w, d, u
		} else {
			long, short, axis = d, w, v
		}
	}
	return long, short, axis
}

// hull is the convex hull (Andrew's monotone chain), anticlockwise.
func hull(pts []xy) ring {
	s := slices.Clone(pts)
	slices.SortFunc(s, func(a, b xy) int {
		if a.x != b.x {
			return cmpFloat(a.x, b.x)
		}
		return cmpFloat(a.y, b.y)
	})
	s = slices.Compact(s)
	if len(s) < 3 {
		return ring(s)
	}
	var h ring
	grow := func(p xy, floor int) {
		for len(h) >= floor+2 && h[len(h)-1].sub(h[len(h)-2]).cross(p.sub(h[len(h)-1])) <= 0 {
			h = h[:len(h)-1]
		}
		h = append(h, p)
	}
	for _, p := range s {
		grow(p, 0)
	}
	floor := len(h) - 1
	for i := len(s) - 2; i >= 0; i-- {
		grow(s[i], floor)
	}
	return h[:len(h)-1]
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (s shape) area() float64 {
	a := s.outer.area()
	for _, h := range s.holes {
		a -= h.area()
	}
	return a
}

// rectangle is a box with one corner region centred at c: w along u, d across.
func rectangle(c, u xy, w, d float64) ring {
	a, b := u.mul(w/2), u.left().mul(d/2)
	return ring{c.sub(a).sub(b), c.add(a).sub(b), c.add(a).add(b), c.sub(a).add(b)}
}
