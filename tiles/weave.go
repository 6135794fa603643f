package tiles

import "slices"

// touchDistance is how near, in quantised units (1.9 cm at the equator), a vertex
// must be to an edge to lie on it: rounding to the lattice moves both.
const touchDistance = 2

// weave is the borders of some features as a graph: every vertex once, whichever
// rings it is in, with the vertices that an edge leads to. Its memory is reused.
type weave struct {
	vertices []vertex
	table    []int32 // open-addressed: place in vertices + 1
	edges    [][2]int32
	boxes    []box // around the exterior rings that are in it as a whole
	pts      []pt
	// A lattice of cells with the vertices in each, for finding those on an edge.
	shift      uint
	lo         pt
	cols, rows int64
	starts     []int32
	members    []int32
}

// vertex is a place that rings pass through. It is a node, which no simplification
// takes away, unless exactly two edges lead away from it and every ring that
// passes uses both.
type vertex struct {
	at   pt
	near [2]int32 // the first two vertices it has an edge to
	many uint8    // number of those, up to 3
	node bool
}

func (w *weave) reset() {
	w.vertices, w.edges, w.boxes = w.vertices[:0], w.edges[:0], w.boxes[:0]
	if w.table == nil {
		w.table = make([]int32, 1024)
	}
	clear(w.table)
}

// number is the vertex at p, put in when it is new.
func (w *weave) number(p pt) int32 {
	mask := uint64(len(w.table) - 1)
	at := hashPoint(p) & mask
	for n := w.table[at]; n != 0; n = w.table[at] {
		if w.vertices[n-1].at == p {
			return n - 1
		}
		at = (at + 1) & mask
	}
	w.vertices = append(w.vertices, vertex{at: p})
	w.table[at] = int32(len(w.vertices))
	if 2*len(w.vertices) > len(w.table) {
		w.grow()
	}
	return int32(len(w.vertices)) - 1
}

func (w *weave) grow() {
	w.table = make([]int32, 4*len(w.table))
	mask := uint64(len(w.table) - 1)
	for i := range w.vertices {
		at := hashPoint(w.vertices[i].at) & mask
		for w.table[at] != 0 {
			at = (at + 1) & mask
		}
		w.table[at] = int32(i + 1)
	}
}

func hashPoint(p pt) uint64 {
	h := (uint64(p.x)<<32 ^ uint64(p.y)) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// addWhole puts in packed rings and appends the vertex of each of their points.
func (w *weave) addWhole(geom []byte, b box, ids []int32, rings []ring) ([]int32, []ring) {
	w.read(geom, b, func(hole bool) {
		from := len(ids)
		ids = w.addRing(ids)
		rings = append(rings, ring{from, len(ids), hole})
		if !hole {
			lo, hi := extent(w.pts)
			w.boxes = append(w.boxes, box{int32(lo.x), int32(lo.y), int32(hi.x), int32(hi.y)})
		}
	})
	return ids, rings
}

// addNear puts in those edges of packed rings that are near the window.
func (w *weave) addNear(geom []byte, b, window box) {
	w.read(geom, b, func(bool) { w.addRingNear(window) })
}

// read puts one ring after another into w.pts.
func (w *weave) read(geom []byte, b box, each func(hole bool)) {
	at := pt{int64(b.minX), int64(b.minY)}
	polygons, i := uvarintAt(geom, 0)
	for ; polygons > 0; polygons-- {
		var n uint64
		n, i = uvarintAt(geom, i)
		for j := uint64(0); j < n; j++ {
			w.pts, at, i = readRing(w.pts[:0], geom, i, at)
			each(j > 0)
		}
	}
}

// readRing appends the vertices of the packed ring at geom[i:].
func readRing(pts []pt, geom []byte, i int, at pt) ([]pt, pt, int) {
	n, i := uvarintAt(geom, i)
	for ; n > 0; n-- {
		var dx, dy uint64
		dx, i = uvarintAt(geom, i)
		dy, i = uvarintAt(geom, i)
		at = pt{at.x + unzigzag(dx), at.y + unzigzag(dy)}
		pts = append(pts, at)
	}
	return pts, at, i
}

// addRing puts in the ring in w.pts and appends its vertices.
func (w *weave) addRing(ids []int32) []int32 {
	from := len(ids)
	for _, p := range w.pts {
		ids = append(ids, w.number(p))
	}
	ring := ids[from:]
	for k, a := range ring {
		w.edge(a, ring[(k+1)%len(ring)])
	}
	w.turns(func(k int) int32 { return ring[k] }, len(ring))
	return ids
}

// addRingNear puts in those edges of the ring in w.pts that are near the window.
func (w *weave) addRingNear(window box) {
	n := len(w.pts)
	near := func(k int) bool {
		a, b := w.pts[k], w.pts[(k+1)%n]
		return min(a.x, b.x) <= int64(window.maxX) && max(a.x, b.x) >= int64(window.minX) &&
			min(a.y, b.y) <= int64(window.maxY) && max(a.y, b.y) >= int64(window.minY)
	}
	all := true
	for k := range n {
		if near(k) {
			w.edge(w.number(w.pts[k]), w.number(w.pts[(k+1)%n]))
		} else {
			all = false
		}
	}
	if all {
		w.turns(func(k int) int32 { return w.number(w.pts[k]) }, n)
		return
	}
	for k := range n {
		if next := (k + 1) % n; near(k) && near(next) && w.pts[k] == w.pts[(k+2)%n] {
			w.vertices[w.number(w.pts[next])].node = true
		}
	}
}

// turns makes nodes of the vertices at which a ring turns back on itself.
func (w *weave) turns(at func(k int) int32, n int) {
	for k := range n {
		if a, c := at(k), at((k+2)%n); a == c {
			w.vertices[at((k+1)%n)].node = true
		}
	}
}

// edge notes that a ring goes from a to b.
func (w *weave) edge(a, b int32) {
	if a == b {
		return
	}
	if w.link(a, b) && w.link(b, a) {
		w.edges = append(w.edges, [2]int32{a, b})
	}
}

// link notes b at a; false when a had it.
func (w *weave) link(a, b int32) bool {
	v := &w.vertices[a]
	if v.many > 0 && v.near[0] == b || v.many > 1 && v.near[1] == b {
		return false
	}
	if v.many < 2 {
		v.near[v.many] = b
	}
	if v.many++; v.many >= 3 {
		v.many, v.node = 3, true
	}
	return true
}

// settle makes nodes of the vertices that lie on an edge they are no end of, and
// of that edge's ends: an edge that a neighbour's corner touches stays where it is.
func (w *weave) settle() {
	if len(w.vertices) == 0 {
		return
	}
	w.sortVertices()
	for _, e := range w.edges {
		w.touching(e)
	}
}

// sortVertices puts the vertices into cells, about as many as there are of them.
func (w *weave) sortVertices() {
	lo, hi := w.vertices[0].at, w.vertices[0].at
	for i := range w.vertices {
		p := w.vertices[i].at
		lo.x, lo.y = min(lo.x, p.x), min(lo.y, p.y)
		hi.x, hi.y = max(hi.x, p.x), max(hi.y, p.y)
	}
	w.lo, w.shift = lo, 2
	for ((hi.x-lo.x)>>w.shift+1)*((hi.y-lo.y)>>w.shift+1) > int64(len(w.vertices))+16 {
		w.shift++
	}
	w.cols, w.rows = (hi.x-lo.x)>>w.shift+1, (hi.y-lo.y)>>w.shift+1
	cells := int(w.cols * w.rows)
	w.starts = append(w.starts[:0], make([]int32, cells+1)...)
	w.members = slices.Grow(w.members[:0], len(w.vertices))[:len(w.vertices)]
	cell := func(p pt) int64 { return (p.y-lo.y)>>w.shift*w.cols + (p.x-lo.x)>>w.shift }
	for i := range w.vertices {
		w.starts[cell(w.vertices[i].at)]++
	}
	sum := int32(0)
	for i, n := range w.starts {
		sum += n
		w.starts[i] = sum
	}
	for i := range w.vertices {
		c := cell(w.vertices[i].at)
		w.starts[c]--
		w.members[w.starts[c]] = int32(i)
	}
}

// touching looks for vertices on an edge, cell by cell along it.
func (w *weave) touching(e [2]int32) {
	a, b := w.vertices[e[0]].at, w.vertices[e[1]].at
	column := func(x int64) int64 { return min(max((x-w.lo.x)>>w.shift, 0), w.cols-1) }
	row := func(y int64) int64 { return min(max((y-w.lo.y)>>w.shift, 0), w.rows-1) }
	x0, x1 := column(min(a.x, b.x)-touchDistance), column(max(a.x, b.x)+touchDistance)
	y0, y1 := row(min(a.y, b.y)-touchDistance), row(max(a.y, b.y)+touchDistance)
	long := (x1-x0+1)*(y1-y0+1) > 16 && x1 > x0
	for x := x0; x <= x1; x++ {
		from, to := y0, y1
		if long { // the rows that the edge passes in this column, and one more
			left, right := w.lo.x+x<<w.shift, w.lo.x+(x+1)<<w.shift
			ya, yb := heightAt(a, b, left-touchDistance), heightAt(a, b, right+touchDistance)
			from, to = max(from, row(min(ya, yb)-2*touchDistance)), min(to, row(max(ya, yb)+2*touchDistance))
		}
		for y := from; y <= to; y++ {
			c := y*w.cols + x
			for _, m := range w.members[w.starts[c]:w.starts[c+1]] {
				if m != e[0] && m != e[1] && onEdge(a, b, w.vertices[m].at) {
					w.vertices[m].node = true
					w.vertices[e[0]].node, w.vertices[e[1]].node = true, true
				}
			}
		}
	}
}

// heightAt is where the edge is at x, about; x beyond the edge counts as its end.
func heightAt(a, b pt, x int64) int64 {
	if b.x < a.x {
		a, b = b, a
	}
	switch {
	case x <= a.x:
		return a.y
	case x >= b.x:
		return b.y
	}
	return a.y + mulDiv(x-a.x, b.y-a.y, b.x-a.x)
}

// onEdge reports whether p is within touchDistance of the edge, between its ends.
func onEdge(a, b, p pt) bool {
	dx, dy := b.x-a.x, b.y-a.y
	along := dx*(p.x-a.x) + dy*(p.y-a.y)
	length2 := dx*dx + dy*dy
	if along <= 0 || along >= length2 {
		return false
	}
	off := float64(dx*(p.y-a.y) - dy*(p.x-a.x))
	return off*off <= touchDistance*touchDistance*float64(length2)
}
