package sample

import "math"

// inset moves each edge of the ring inwards by its own distance and gives what
// is left, or nil when nothing simple is. Edges that vanish are dropped; corners
// stay sharp.
func inset(r ring, by func(edge int) float64) ring {
	type side struct {
		p, u xy // a point on the moved edge; its direction
		d    float64
	}
	var sides []side
	for i, a := range r {
		b := r.at(i + 1)
		if a.dist(b) < 1e-9 {
			continue
		}
		u := b.sub(a).unit()
		d := by(i)
		sides = append(sides, side{a.add(u.left().mul(d)), u, d})
	}
	for len(sides) >= 3 {
		n := len(sides)
		corner := make([][]xy, n) // where side i-1 ends and side i begins
		for i, s := range sides {
			t := sides[(i+n-1)%n]
			den := t.u.cross(s.u)
			switch {
			case math.Abs(den) > 0.09 || (math.Abs(den) > 1e-6 && math.Abs(t.d-s.d) < 1e-6):
				k := s.p.sub(t.p).cross(s.u) / den
				corner[i] = []xy{t.p.add(t.u.mul(k))}
			case t.u.dot(s.u) < 0:
				return nil // a spike
			case math.Abs(t.d-s.d) < 1e-6:
				corner[i] = []xy{s.p}
			default: // nearly straight on, but another distance: a step
				corner[i] = []xy{s.p.add(t.u.left().mul(t.d - s.d)), s.p}
			}
		}
		worst, flip := -1, -1e-9
		for i, s := range sides {
			from, to := corner[i][len(corner[i])-1], corner[(i+1)%n][0]
			if l := to.sub(from).dot(s.u); l < flip {
				worst, flip = i, l
			}
		}
		if worst >= 0 {
			sides = append(sides[:worst:worst], sides[worst+1:]...)
			continue
		}
		var out ring
		for _, c := range corner {
			for _, p := range c {
				if len(out) == 0 || out[len(out)-1].dist(p) > 0.02 {
					out = append(out, p)
				}
			}
		}
		for len(out) > 1 && out[0].dist(out[len(out)-1]) <= 0.02 {
			out = out[:len(out)-1]
		}
		if len(out) < 3 || !out.simple() {
			return nil
		}
		return out
	}
	return nil
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
