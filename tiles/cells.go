package tiles

import "slices"

// maxCells bounds the unit cells that stand for one feature in one tile.
const maxCells = 1 << 16

// cellular makes stand-ins for polygons that snapping would erase: the unit cells
// along their outline. Its buffers are reused.
type cellular struct {
	cells  []pt
	edges  []edge
	fixer  *fixer
	traced shape
}

// outline fills dst with the union of the unit cells that the edges of src run
// through inside the square; anchor's cell stands in when none does. src is a
// shape after snapping that may have collapsed.
func (c *cellular) outline(dst, src *shape, anchor pt, sq square) {
	c.cells = c.cells[:0]
	for _, r := range src.rings {
		pts := src.of(r)
		for k, a := range pts {
			c.run(a, pts[(k+1)%len(pts)], sq)
		}
	}
	if len(c.cells) == 0 {
		c.add(anchor, sq)
	}
	slices.SortFunc(c.cells, pt.compare)
	c.cells = slices.Compact(c.cells)
	c.edges = c.edges[:0]
	for _, p := range c.cells {
		q, r, s := pt{p.x + 1, p.y}, pt{p.x + 1, p.y + 1}, pt{p.x, p.y + 1}
		c.edges = append(c.edges, edge{a: p, b: q}, edge{a: q, b: r}, edge{a: s, b: r}, edge{a: p, b: s})
	}
	c.fixer.edges = append(c.fixer.edges[:0], c.edges...)
	c.fixer.cancel()
	c.fixer.tracer.trace(&c.traced, c.fixer.edges)
	dst.reset()
	for _, r := range c.traced.rings {
		from := len(dst.pts)
		pts := c.traced.of(r)
		for i, p := range pts {
			if turn(pts[(i+len(pts)-1)%len(pts)], p, pts[(i+1)%len(pts)]) != 0 {
				dst.pts = append(dst.pts, p)
			}
		}
		dst.end(from, r.hole, closedRing)
	}
}

// run adds the cells along a segment, one for each step of its longer side. The
// direction does not matter.
func (c *cellular) run(a, b pt, sq square) {
	a, b, ok := clipSegment(a, b, sq)
	if !ok {
		return
	}
	if b.less(a) {
		a, b = b, a
	}
	n := max(b.x-a.x, abs(b.y-a.y))
	c.add(a, sq)
	for i := int64(1); i <= n && len(c.cells) < 4*maxCells; i++ {
		c.add(pt{a.x + mulDiv(i, b.x-a.x, n), a.y + mulDiv(i, b.y-a.y, n)}, sq)
	}
}

// add adds the cell whose upper left corner is p, or the nearest in the square.
func (c *cellular) add(p pt, sq square) {
	q := pt{min(max(p.x, sq.lo), sq.hi-1), min(max(p.y, sq.lo), sq.hi-1)}
	if n := len(c.cells); n > 0 && c.cells[n-1] == q {
		return
	}
	if len(c.cells) >= 4*maxCells {
		slices.SortFunc(c.cells, pt.compare)
		c.cells = slices.Compact(c.cells)
		if len(c.cells) >= maxCells {
			return
		}
	}
	c.cells = append(c.cells, q)
}
