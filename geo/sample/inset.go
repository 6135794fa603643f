package sample

import (
	"math"
	"slices"
)

// side is an edge on its way inwards.
type side struct {
	p, u xy      // a point on the moved edge; its direction
	d    float64 // how far it moves
}

// inset moves each edge of the ring inwards by its own distance and gives what
// is left, or nil when nothing simple is. Edges that vanish are dropped; corners
// stay sharp.
func inset(r ring, by func(edge int) float64) ring {
	var sides []side
	inwards := true
	for i, a := range r {
		b := r.at(i + 1)
		inwards = inwards && by(i) > 0
		if a.dist(b) < 1e-9 {
			continue
		}
		u := b.sub(a).unit()
		d := by(i)
		sides = append(sides, side{a.add(u.left().mul(d)), u, d})
	}
	for len(sides) >= 3 {
		if k := closedBump(sides); k >= 0 {
			i := (k + len(sides) - 1) % len(sides)
			sides = slices.Delete(slices.Clone(sides), min(i, k), min(i, k)+1)
			sides = slices.Delete(sides, max(i, k)-1, max(i, k))
			continue
		}
		corner := corners(sides)
		worst, flip := -1, -1e-9
		for i, s := range sides {
			from, to := corner[i][len(corner[i])-1], corner[(i+1)%len(sides)][0]
			if l := to.sub(from).dot(s.u); l < flip {
				worst, flip = i, l
			}
		}
		if worst >= 0 {
			sides = slices.Delete(slices.Clone(sides), worst, worst+1)
			continue
		}
		var out ring
		for _, p := range slices.Concat(corner...) {
			if len(out) == 0 || out[len(out)-1].dist(p) > 0.02 {
				out = append(out, p)
			}
		}
		for len(out) > 1 && out[0].dist(out[len(out)-1]) <= 0.02 {
			out = out[:len(out)-1]
		}
		if len(out) < 3 || !out.simple() || inwards && !r.holds(out) {
			return nil
		}
		return out
	}
	return nil
}

// holds says that the points and the middles of the edges of o lie inside r.
func (r ring) holds(o ring) bool {
	for i, p := range o {
		if !r.contains(p) || !r.contains(p.towards(o.at(i+1), 0.5)) {
			return false
		}
	}
	return true
}

// closedBump finds a side that runs straight back along the one before it: the
// bump between them has closed up. -1 = none.
func closedBump(sides []side) int {
	for i, s := range sides {
		t := sides[(i+len(sides)-1)%len(sides)]
		if math.Abs(t.u.cross(s.u)) < 0.09 && t.u.dot(s.u) < 0 {
			return i
		}
	}
	return -1
}

// corners are where each side begins: the point that it shares with the side
// before it, or two points where they run in parallel.
func corners(sides []side) [][]xy {
	n := len(sides)
	out := make([][]xy, n)
	for i, s := range sides {
		t := sides[(i+n-1)%n]
		den := t.u.cross(s.u)
		if math.Abs(den) > 0.09 || (math.Abs(den) > 1e-6 && math.Abs(t.d-s.d) < 1e-6 && math.Abs(s.p.sub(t.p).cross(t.u)) < 6) {
			k := s.p.sub(t.p).cross(s.u) / den
			out[i] = []xy{t.p.add(t.u.mul(k))}
			continue
		}
		out[i] = []xy{t.p.add(t.u.mul(s.p.sub(t.p).dot(t.u))), s.p}
	}
	return out
}

// shrink moves every edge inwards by d.
func shrink(r ring, d float64) ring {
	return inset(r, func(int) float64 { return d })
}

// chamfer cuts the corners of a block at crossings (截角), so that traffic sees
// round them: every corner that turns by more than 45° loses size metres of both
// sides, less where they are short.
func chamfer(r ring, size float64) ring {
	var out ring
	for i, b := range r {
		a, c := r.at(i-1), r.at(i+1)
		e, f := b.sub(a), c.sub(b)
		turn := math.Atan2(e.cross(f), e.dot(f))
		k := min(size, e.norm()/3, f.norm()/3)
		if turn < math.Pi/4 || k < 2 {
			out = append(out, b)
			continue
		}
		out = append(out, b.sub(e.unit().mul(k)), b.add(f.unit().mul(k)))
	}
	return out
}

// tidy drops points that are closer than d to the one before or that lie on a
// straight line.
func tidy(r ring, d float64) ring {
	out := append(ring(nil), r...)
	for i := 0; i < len(out) && len(out) > 3; {
		a, b, c := out.at(i-1), out[i], out.at(i+1)
		if a.dist(b) < d || segmentDistance(b, a, c) < 0.01 {
			out = append(out[:i], out[i+1:]...)
			i = max(0, i-1)
			continue
		}
		i++
	}
	return out
}

// smoothed cuts the small teeth off a ragged ring, from inside: what is left
// lies within the ring.
func smoothed(r ring) ring {
	out := slices.Clone(r)
	for len(out) > 4 {
		best, least := -1, 170.0 // m2
		for i, b := range out {
			a, c := out.at(i-1), out.at(i+1)
			size := b.sub(a).cross(c.sub(b)) / 2
			if size <= 0 || size >= least || min(a.dist(b), b.dist(c)) > 13 {
				continue
			}
			if slices.Delete(slices.Clone(out), i, i+1).simple() {
				best, least = i, size
			}
		}
		if best < 0 {
			break
		}
		out = slices.Delete(out, best, best+1)
	}
	return out
}
