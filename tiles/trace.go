package tiles

import (
	"cmp"
	"slices"
	"sort"
)

// half is an edge in one direction. Halves are sorted by their origin and, round
// it, by angle; vertex numbers the origins.
type half struct {
	from, to pt
	vertex   int32
	done     bool
}

// tracer turns edges that meet at their ends only, an even number at each end,
// into polygons. Its buffers are reused.
type tracer struct {
	halves []half
	first  []int32 // where a vertex's halves begin; one more entry ends the last
	place  []int32 // of a vertex on the stack, or -1
	stack  []int32 // halves whose origins are the path so far
	rings  []traced
	pts    []pt
}

// traced is a ring cut out of a boundary walk.
type traced struct {
	ring
	walk int   // the boundary it was cut from
	area int64 // twice the signed area; exterior rings are positive
}

// trace fills dst with the faces that lie inside by the even-odd rule. Each face
// is one polygon: its boundary is walked with the face on the left, always taking
// the edge that keeps to the same face, and cut wherever the walk comes back to a
// point. The pieces are simple rings that touch in single points at most.
func (t *tracer) trace(dst *shape, edges []edge) {
	dst.reset()
	t.prepare(edges)
	t.rings, t.pts = t.rings[:0], t.pts[:0]
	walk := 0
	for i := range t.halves {
		if !t.halves[i].done {
			t.walk(int32(i), walk, edges)
			walk++
		}
	}
	t.assemble(dst)
}

// prepare sorts the halves and numbers the vertices.
func (t *tracer) prepare(edges []edge) {
	t.halves = t.halves[:0]
	for _, e := range edges {
		t.halves = append(t.halves, half{from: e.a, to: e.b}, half{from: e.b, to: e.a})
	}
	slices.SortFunc(t.halves, compareHalf)
	t.first = t.first[:0]
	for i := range t.halves {
		if i == 0 || t.halves[i].from != t.halves[i-1].from {
			t.first = append(t.first, int32(i))
		}
		t.halves[i].vertex = int32(len(t.first) - 1)
	}
	t.first = append(t.first, int32(len(t.halves)))
	t.place = t.place[:0]
	for range len(t.first) - 1 {
		t.place = append(t.place, -1)
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
	h := t.halves[i]
	back := half{from: h.to, to: h.from}
	at := int32(sort.Search(len(t.halves), func(k int) bool { return compareHalf(t.halves[k], back) >= 0 }))
	v := t.halves[at].vertex
	if at == t.first[v] {
		return t.first[v+1] - 1
	}
	return at - 1
}

// walk goes once round the boundary that begins with half i and, if the face on
// its left is inside, keeps its simple rings.
func (t *tracer) walk(i int32, walk int, edges []edge) {
	keep := t.leftInside(i, edges)
	t.stack = t.stack[:0]
	for k := i; !t.halves[k].done; k = t.after(k) {
		t.halves[k].done = true
		if keep {
			t.visit(t.halves[k].vertex, walk)
			t.place[t.halves[k].vertex] = int32(len(t.stack))
			t.stack = append(t.stack, k)
		}
	}
	if keep {
		t.visit(t.halves[i].vertex, walk)
	}
}

// visit cuts off the path since the walk was last at the vertex, if it was.
func (t *tracer) visit(vertex int32, walk int) {
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
	t.rings = append(t.rings, traced{ring{from, len(t.pts), area < 0}, walk, area})
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
	shellOf := make(map[int]int)
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
		if inside(t.pts[h.from], t.pts[r.from:r.to]) {
			best, found = i, true
		}
	}
	return best, found
}
