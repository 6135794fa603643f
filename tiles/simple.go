package tiles

import "slices"

// edge is a segment of a ring. ring and k (its place in the ring) tell which
// edges follow one another.
type edge struct {
	a, b pt
	ring int32
	k    int32
}

func (e edge) minX() int64 { return min(e.a.x, e.b.x) }
func (e edge) maxX() int64 { return max(e.a.x, e.b.x) }
func (e edge) minY() int64 { return min(e.a.y, e.b.y) }
func (e edge) maxY() int64 { return max(e.a.y, e.b.y) }

func (e edge) boxesMeet(o edge) bool {
	return e.minX() <= o.maxX() && o.minX() <= e.maxX() &&
		e.minY() <= o.maxY() && o.minY() <= e.maxY()
}

// turn is positive when c lies to the left of a->b in a plane whose y points up,
// negative to the right, 0 on the line.
func turn(a, b, c pt) int64 {
	return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
}

// within reports whether p, known to be on the line of e, is on e but not an end.
func (e edge) within(p pt) bool {
	return p != e.a && p != e.b && p.x >= e.minX() && p.x <= e.maxX() && p.y >= e.minY() && p.y <= e.maxY()
}

// rowBits is the height of the rows into which pairs sorts many edges: 64 units.
const rowBits = 6

// fewEdges is the number up to which comparing all pairs is quickest.
const fewEdges = 48

// maxSteps bounds the comparisons spent on one shape and grid: half a second or so.
const maxSteps = 20_000_000

// pairer finds the pairs of edges whose boxes meet. Its buffers are reused. steps
// counts the comparisons since it was last set to zero.
type pairer struct {
	rows  [][]int32
	steps int
}

// spent reports whether a shape has had its share of comparisons.
func (p *pairer) spent() bool { return p.steps > maxSteps }

// pairs calls visit once for each pair of edges whose boxes meet, until it
// returns false or the comparisons are spent. Edges lie within the buffered square
// of a tile.
func (p *pairer) pairs(edges []edge, visit func(i, j int) bool) {
	p.steps += 16 * len(edges) // sorting and copying
	if len(edges) <= fewEdges {
		for i := range edges {
			for j := i + 1; j < len(edges); j++ {
				if edges[i].boxesMeet(edges[j]) && !visit(i, j) {
					return
				}
			}
		}
		return
	}
	p.fill(edges)
	for row, list := range p.rows {
		for n, i := range list {
			if p.spent() {
				return
			}
			e := edges[i]
			for _, j := range list[n+1:] {
				o := edges[j]
				p.steps++
				if o.minX() > e.maxX() {
					break
				}
				// A pair that shares several rows is reported in the first.
				first := rowOf(max(e.minY(), o.minY()))
				if first == row && e.boxesMeet(o) && !visit(int(i), int(j)) {
					return
				}
			}
		}
	}
}

// rowOf is the row of a height; the buffer puts the first one above zero.
func rowOf(y int64) int { return int((y + Buffer) >> rowBits) }

// fill sorts the edges into rows, each row by the left end.
func (p *pairer) fill(edges []edge) {
	const rows = (Extent+2*Buffer)>>rowBits + 1
	if p.rows == nil {
		p.rows = make([][]int32, rows)
	}
	for i := range p.rows {
		p.rows[i] = p.rows[i][:0]
	}
	for i, e := range edges {
		for r := rowOf(e.minY()); r <= rowOf(e.maxY()); r++ {
			p.rows[r] = append(p.rows[r], int32(i))
		}
	}
	for _, row := range p.rows {
		slices.SortFunc(row, func(i, j int32) int {
			if a, b := edges[i].minX(), edges[j].minX(); a != b {
				return int(a - b)
			}
			return int(i - j)
		})
	}
}

// edgesOf appends the edges of all rings.
func (s *shape) edgesOf(edges []edge) []edge {
	for n, r := range s.rings {
		pts := s.of(r)
		for k, a := range pts {
			edges = append(edges, edge{a, pts[(k+1)%len(pts)], int32(n), int32(k)})
		}
	}
	return edges
}

// simple reports whether no two edges touch but neighbours at their common end,
// and the rings are nested as they say: holes in their exterior ring, exterior
// rings outside one another.
func (f *fixer) simple(s *shape) bool {
	if len(s.rings) > maxNested {
		return false
	}
	if len(s.pts) <= fewEdges {
		f.pairer.steps = 0
		return s.simpleFew() && (len(s.rings) == 1 || s.nested())
	}
	f.edges = s.edgesOf(f.edges[:0])
	f.pairer.steps = 0
	clean := true
	f.pairer.pairs(f.edges, func(i, j int) bool {
		clean = s.apart(f.edges[i], f.edges[j])
		return clean
	})
	return clean && !f.pairer.spent() && (len(s.rings) == 1 || s.nested())
}

// simpleFew is the part of simple that looks at edges, for at most fewEdges of
// them: nearly all parcels, and nearly all of the work of making them ready.
func (s *shape) simpleFew() bool {
	var ends [fewEdges]pt
	var boxes [fewEdges]box
	for _, r := range s.rings {
		for i := r.from; i < r.to; i++ {
			b := s.pts[r.from]
			if i+1 < r.to {
				b = s.pts[i+1]
			}
			a := s.pts[i]
			ends[i] = b
			boxes[i] = box{int32(min(a.x, b.x)), int32(min(a.y, b.y)), int32(max(a.x, b.x)), int32(max(a.y, b.y))}
		}
	}
	for _, r := range s.rings {
		for i := r.from; i < r.to; i++ {
			e := &boxes[i]
			for j := i + 1; j < len(s.pts); j++ {
				o := &boxes[j]
				if e.minX > o.maxX || o.minX > e.maxX || e.minY > o.maxY || o.minY > e.maxY {
					continue
				}
				a, b, c, d := s.pts[i], ends[i], s.pts[j], ends[j]
				var apart bool
				switch {
				case j == i+1 && j < r.to:
					apart = !foldsBack(a, b, d)
				case i == r.from && j == r.to-1:
					apart = !foldsBack(c, d, b)
				default:
					apart = !touch(edge{a: a, b: b}, edge{a: c, b: d})
				}
				if !apart {
					return false
				}
			}
		}
	}
	return true
}

// apart reports whether two edges of the shape have no point in common, or follow
// one another and have only their common end.
func (s *shape) apart(e, o edge) bool {
	if e.ring == o.ring {
		n := int32(s.rings[e.ring].to - s.rings[e.ring].from)
		switch {
		case (e.k+1)%n == o.k:
			return !foldsBack(e.a, e.b, o.b)
		case (o.k+1)%n == e.k:
			return !foldsBack(o.a, o.b, e.b)
		}
	}
	return !touch(e, o)
}

// foldsBack reports whether a-b-c turns round at b and runs back over itself.
func foldsBack(a, b, c pt) bool {
	return turn(a, b, c) == 0 && (b.x-a.x)*(c.x-b.x)+(b.y-a.y)*(c.y-b.y) <= 0
}

// touch reports whether two closed segments have a point in common.
func touch(e, o edge) bool {
	t1, t2 := turn(e.a, e.b, o.a), turn(e.a, e.b, o.b)
	t3, t4 := turn(o.a, o.b, e.a), turn(o.a, o.b, e.b)
	if opposite(t1, t2) && opposite(t3, t4) {
		return true
	}
	return t1 == 0 && (o.a == e.a || o.a == e.b || e.within(o.a)) ||
		t2 == 0 && (o.b == e.a || o.b == e.b || e.within(o.b)) ||
		t3 == 0 && o.within(e.a) || t4 == 0 && o.within(e.b)
}

// opposite reports whether one is above zero and the other below.
func opposite(a, b int64) bool { return a > 0 && b < 0 || a < 0 && b > 0 }

// maxNested is the number of rings up to which nesting is looked at pair by pair;
// a shape with more is rebuilt instead.
const maxNested = 512

// nested checks rings that do not touch: a hole lies in its own exterior ring,
// and within an even number of others, like an exterior ring.
func (s *shape) nested() bool {
	shell := 0
	for i, r := range s.rings {
		p := s.pts[r.from]
		if !r.hole {
			shell = i
		} else if !inside(p, s.of(s.rings[shell])) {
			return false
		}
		depth := 0
		for j, o := range s.rings {
			if j != i && inside(p, s.of(o)) {
				depth++
			}
		}
		if (depth%2 == 1) != r.hole {
			return false
		}
	}
	return true
}

// inside reports whether p, which is not on the ring, is inside it.
func inside(p pt, r []pt) bool {
	in := false
	b := r[len(r)-1]
	for _, a := range r {
		if (a.y > p.y) != (b.y > p.y) {
			// Is p left of the crossing? Compare without dividing.
			t := turn(a, b, p)
			if b.y < a.y {
				t = -t
			}
			if t > 0 {
				in = !in
			}
		}
		b = a
	}
	return in
}
