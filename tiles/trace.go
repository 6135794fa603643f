package tiles

import (
	"cmp"
	"slices"
)

// half is an edge in one direction. Halves are sorted by their origin and, round
// it, by angle; vertex numbers the origins, twin is the same edge the other way,
// walk the boundary the half belongs to.
type half struct {
	from, to pt
	vertex   int32
	twin     int32
	walk     int32
}

// tracer turns edges that meet at their ends only, an even number at each end,
// into polygons. Its buffers are reused.
type tracer struct {
	halves []half
	first  []int32 // where a vertex's halves begin; one more entry ends the last
	place  []int32 // of a vertex on the stack, or -1
	walks  []walk
	todo   []int32 // walks whose neighbours are to be told
	stack  []int32 // halves whose origins are the path so far
	rings  []traced
	pts    []pt
}

// walk is one boundary: all halves that follow one another with one face on their
// left.
type walk struct {
	start int32 // a half of it
	state side  // of that face
}

type side uint8

const (
	unknown side = iota
	outer
	inner
)

// traced is a ring cut out of a boundary walk.
type traced struct {
	ring
	walk   int32 // the boundary it was cut from
	area   int64 // twice the signed area; exterior rings are positive
	lo, hi pt
}

// trace fills dst with the faces that lie inside by the even-odd rule. Each face
// is one polygon: its boundary is walked with the face on the left, always taking
// the edge that keeps to the same face, and cut wherever the walk comes back to a
// point. The pieces are simple rings that touch in single points at most.
func (t *tracer) trace(dst *shape, edges []edge) {
	dst.reset()
	t.prepare(edges)
	t.follow()
	t.colour(edges)
	t.rings, t.pts = t.rings[:0], t.pts[:0]
	for i, w := range t.walks {
		if w.state == inner {
			t.cutRings(int32(i))
		}
	}
	t.assemble(dst)
}

// prepare sorts the halves, numbers the vertices and finds the twins.
func (t *tracer) prepare(edges []edge) {
	t.halves = t.halves[:0]
	for _, e := range edges {
		t.halves = append(t.halves, half{from: e.a, to: e.b}, half{from: e.b, to: e.a})
	}
	slices.SortFunc(t.halves, compareHalf)
	t.first, t.place = t.first[:0], t.place[:0]
	for i := range t.halves {
		h := &t.halves[i]
		if i == 0 || h.from != t.halves[i-1].from {
			t.first, t.place = append(t.first, int32(i)), append(t.place, -1)
		}
		h.vertex, h.walk = int32(len(t.first)-1), -1
		twin, _ := slices.BinarySearchFunc(t.halves, half{from: h.to, to: h.from}, compareHalf)
		h.twin = int32(twin)
	}
	t.first = append(t.first, int32(len(t.halves)))
}

// follow finds the walks.
func (t *tracer) follow() {
	t.walks = t.walks[:0]
	for i := range t.halves {
		if t.halves[i].walk >= 0 {
			continue
		}
		n := int32(len(t.walks))
		t.walks = append(t.walks, walk{start: int32(i)})
		for k := int32(i); t.halves[k].walk < 0; k = t.after(k) {
			t.halves[k].walk = n
		}
	}
}

// colour tells inner from outer faces: one by a ray, and all that hang together
// with it by crossing edges, each of which changes the side.
func (t *tracer) colour(edges []edge) {
	for i := range t.walks {
		if t.walks[i].state != unknown {
			continue
		}
		t.walks[i].state = outer
		if t.leftInside(t.walks[i].start, edges) {
			t.walks[i].state = inner
		}
		t.todo = append(t.todo[:0], int32(i))
		for len(t.todo) > 0 {
			w := t.walks[t.todo[len(t.todo)-1]]
			t.todo = t.todo[:len(t.todo)-1]
			for k, more := w.start, true; more; more = k != w.start {
				n := t.halves[t.halves[k].twin].walk
				if t.walks[n].state == unknown {
					t.walks[n].state = outer + inner - w.state
					t.todo = append(t.todo, n)
				}
				k = t.after(k)
			}
		}
	}
}

// compareHalf orders by origin, then anticlockwise (y up) from the direction of
// the negative x axis; no two halves of an origin have the same direction.
func compareHalf(a, b half) int {
	if c := a.from.compare(b.from); c != 0 {
		return c
	}
	da, db := pt{a.to.x - a.from.x, a.to.y - a.from.y}, pt{b.to.x - b.from.x, b.to.y - b.from.y}
	upper := func(d pt) int {
		if d.y > 0 || d.y == 0 && d.x > 0 {
			return 1
		}
		return 0
	}
	return cmp.Or(upper(da)-upper(db), cmp.Compare(0, da.x*db.y-da.y*db.x))
}

// after is the half that follows i on the boundary of the face to its left: the
// first one clockwise from i's way back.
func (t *tracer) after(i int32) int32 {
	at := t.halves[i].twin
	v := t.halves[at].vertex
	if at == t.first[v] {
		return t.first[v+1] - 1
	}
	return at - 1
}

// cutRings goes along a walk and keeps its simple rings.
func (t *tracer) cutRings(n int32) {
	t.stack = t.stack[:0]
	start := t.walks[n].start
	for k, more := start, true; more; more = k != start {
		v := t.halves[k].vertex
		t.visit(v, n)
		t.place[v] = int32(len(t.stack))
		t.stack = append(t.stack, k)
		k = t.after(k)
	}
	t.visit(t.halves[start].vertex, n)
}

// visit cuts off the path since the walk was last at the vertex, if it was.
func (t *tracer) visit(vertex, n int32) {
	at := t.place[vertex]
	if at < 0 {
		return
	}
	from := len(t.pts)
	for _, k := range t.stack[at:] {
		t.pts = append(t.pts, t.halves[k].from)
		t.place[t.halves[k].vertex] = -1
	}
	t.stack = t.stack[:at]
	area := doubleArea(t.pts[from:])
	lo, hi := extent(t.pts[from:])
	t.rings = append(t.rings, traced{ring{from, len(t.pts), area < 0}, n, area, lo, hi})
}

// leftInside reports whether the face to the left of a half is inside: a ray from
// the middle of the edge counts the other edges on its way. Twice the coordinates
// make the middle a lattice point, and no other edge passes through it.
func (t *tracer) leftInside(i int32, edges []edge) bool {
	h := t.halves[i]
	m := pt{h.from.x + h.to.x, h.from.y + h.to.y}
	flat := h.from.y == h.to.y // then shoot upwards, else to the right
	odd := false
	for _, e := range edges {
		a, b := pt{2 * e.a.x, 2 * e.a.y}, pt{2 * e.b.x, 2 * e.b.y}
		q := m
		if flat {
			a, b, q = pt{a.y, a.x}, pt{b.y, b.x}, pt{m.y, m.x}
		}
		if (a.y > q.y) == (b.y > q.y) {
			continue
		}
		d := turn(a, b, q)
		if b.y < a.y {
			d = -d
		}
		if d > 0 { // 0 is the edge itself
			odd = !odd
		}
	}
	// The ray left to the right (or upwards); the left side is that side when the
	// half goes down (or to the right), else the edge itself lies between.
	if flat && h.to.x > h.from.x || !flat && h.to.y < h.from.y {
		return odd
	}
	return !odd
}

// assemble puts holes to their exterior rings: those of the same walk, else the
// smallest one that contains them.
func (t *tracer) assemble(dst *shape) {
	owner := make(map[int][]int)
	shellOf := make(map[int32]int)
	for i, r := range t.rings {
		if !r.hole {
			shellOf[r.walk] = i
		}
	}
	for i, r := range t.rings {
		if !r.hole {
			continue
		}
		shell, ok := shellOf[r.walk]
		if !ok {
			shell, ok = t.around(r)
		}
		if ok {
			owner[shell] = append(owner[shell], i)
		}
	}
	put := func(r traced) {
		from := len(dst.pts)
		dst.pts = append(dst.pts, t.pts[r.from:r.to]...)
		dst.rings = append(dst.rings, ring{from, len(dst.pts), r.hole})
	}
	for i, r := range t.rings {
		if r.hole {
			continue
		}
		put(r)
		for _, h := range owner[i] {
			put(t.rings[h])
		}
	}
}

// around finds the smallest exterior ring that contains a hole of another walk;
// the two have no point in common.
func (t *tracer) around(h traced) (int, bool) {
	best, found := 0, false
	for i, r := range t.rings {
		if r.hole || found && r.area >= t.rings[best].area {
			continue
		}
		if h.lo.x < r.lo.x || h.lo.y < r.lo.y || h.hi.x > r.hi.x || h.hi.y > r.hi.y {
			continue
		}
		if inside(t.pts[h.from], t.pts[r.from:r.to]) {
			best, found = i, true
		}
	}
	return best, found
}
