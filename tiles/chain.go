package tiles

import "math"

// Simplification that keeps neighbours together. The borders of a layer are a
// graph (weave). Between nodes, where three or more edges meet or one feature's
// corner lies on another's edge, run chains, and every ring that has one edge of a
// chain has all of it. So a chain is simplified by itself, in a direction that its
// ends decide: whichever feature it is seen from, the answer is the same, and no
// list of chains has to be kept. The answer is a level for every vertex: the zoom
// from which on it is drawn. At a zoom the vertices left out lie within half a unit
// of its grid from the line that remains (Douglas and Peucker, The Canadian
// Cartographer 10, 1973), which is what ST_AsMVT takes away too, polygon by polygon.
//
// What a feature once was is part of the graph like what it is: the past is drawn
// along the same lines.
const (
	// wholeZoom is the zoom from which on every vertex is drawn; half its unit is
	// 4 cm at the equator.
	wholeZoom = 17
	// longChain is the edges after which a chain is cut, which bounds the work.
	longChain = 1 << 13
)

// chainer works out levels. Its memory is reused.
type chainer struct {
	weave  weave
	slots  []uint32
	ids    []int32 // the vertices of the targets' rings
	rings  []ring
	levels []byte // as ids
	ring   []int32
	first  []int // where in ids a vertex of ring begins
	chain  []pt
	out    []byte // levels of chain
	stack  []span
}

// span is a part of a chain between two vertices that are drawn from a zoom.
type span struct {
	from, to int
	zoom     byte
}

// run works out the levels of all targets. find visits every record that reaches
// the box, targets included.
func (c *chainer) run(targets []*record, find func(w box, visit func(*record))) {
	c.weave.reset()
	c.ids, c.rings = c.ids[:0], c.rings[:0]
	wanted := make(map[uint64]bool, len(targets))
	for _, r := range targets {
		wanted[r.id] = true
		r.outlines(func(geom []byte, b box, _ *[]byte) {
			c.ids, c.rings = c.weave.addWhole(geom, b, c.ids, c.rings)
		})
	}
	c.around(c.weave.boxes, func(window box) {
		find(window, func(r *record) {
			if !wanted[r.id] {
				r.outlines(func(geom []byte, b box, _ *[]byte) { c.weave.addNear(geom, b, window) })
			}
		})
	})
	c.weave.settle()
	c.levels = append(c.levels[:0], make([]byte, len(c.ids))...)
	for _, r := range c.rings {
		c.levelRing(r)
	}
}

// around covers the boxes, of which those that follow one another are near one
// another mostly, by windows not much larger than they are together.
func (c *chainer) around(boxes []box, visit func(window box)) {
	if len(boxes) == 0 {
		return
	}
	all, sum := emptyBox(), 0.0
	for _, b := range boxes {
		all = all.join(b)
		sum += b.size()
	}
	if n := len(boxes); n > 1 && all.size() > 8*sum {
		c.around(boxes[:n/2], visit)
		c.around(boxes[n/2:], visit)
		return
	}
	visit(all.grown(touchDistance))
}

// store gives the targets of the last run their levels.
func (c *chainer) store(targets []*record) {
	all := append([]byte(nil), c.levels...)
	at := 0
	for _, r := range targets {
		r.outlines(func(geom []byte, _ box, levels *[]byte) {
			n := countVertices(geom)
			*levels = all[at : at+n : at+n]
			at += n
		})
	}
}

// outlines visits the geometry of a record, past and present, and where its levels
// are kept.
func (r *record) outlines(visit func(geom []byte, b box, levels *[]byte)) {
	if len(r.geom) > 0 {
		visit(r.geom, r.box, &r.levels)
	}
	for i := range r.past {
		if v := &r.past[i]; len(v.geom) > 0 {
			visit(v.geom, v.box, &v.levels)
		}
	}
}

// countVertices is the number of points in packed rings.
func countVertices(geom []byte) (total int) {
	polygons, i := uvarintAt(geom, 0)
	for ; polygons > 0; polygons-- {
		var rings, n uint64
		rings, i = uvarintAt(geom, i)
		for ; rings > 0; rings-- {
			n, i = uvarintAt(geom, i)
			total += int(n)
			for n *= 2; n > 0; i++ { // two numbers a point; the last byte of one is below 0x80
				if geom[i] < 0x80 {
					n--
				}
			}
		}
	}
	return total
}

// levelRing finds the chains of a ring.
func (c *chainer) levelRing(r ring) {
	// The ring without points that repeat the one before.
	ids := c.ids[r.from:r.to]
	c.ring, c.first = c.ring[:0], c.first[:0]
	for k, id := range ids {
		if len(c.ring) == 0 || c.ring[len(c.ring)-1] != id {
			c.ring, c.first = append(c.ring, id), append(c.first, k)
		}
	}
	n := len(c.ring)
	if n > 1 && c.ring[n-1] == c.ring[0] {
		n--
	}
	if n < 3 {
		return // always drawn, for what it is worth
	}
	start := -1
	for k := range n {
		if c.weave.vertices[c.ring[k]].node {
			start = k
			break
		}
	}
	if start < 0 {
		c.levelLoop(r, n)
		return
	}
	for from := start; from < start+n; {
		to := from + 1
		for to < start+n && !c.weave.vertices[c.ring[to%n]].node {
			to++
		}
		c.levelChain(r, n, from, to)
		from = to
	}
}

// levelLoop is for a ring that has no node: its least vertex, the one farthest from
// that, and the one farthest from the line between them are always drawn.
func (c *chainer) levelLoop(r ring, n int) {
	at := func(k int) pt { return c.weave.vertices[c.ring[k%n]].at }
	least := 0
	for k := range n {
		if at(k).less(at(least)) {
			least = k
		}
	}
	apex := least
	for k := range n {
		d, most := distance2(at(least), at(least), at(k)), distance2(at(least), at(least), at(apex))
		if d > most || d == most && at(k).less(at(apex)) {
			apex = k
		}
	}
	third, most := least, -1.0
	for k := range n {
		if k == apex || k == least {
			continue
		}
		if d := distance2(at(least), at(apex), at(k)); d > most || d == most && at(k).less(at(third)) {
			third, most = k, d
		}
	}
	if apex < least {
		apex += n
	}
	if third < least {
		third += n
	}
	a, b := min(apex, third), max(apex, third)
	c.levelChain(r, n, least, a)
	c.levelChain(r, n, a, b)
	c.levelChain(r, n, b, least+n)
}

// levelChain works out a chain of the ring of n vertices, from one place in it to
// another, and writes its levels. Its ends are always drawn.
func (c *chainer) levelChain(r ring, n, from, to int) {
	c.chain = c.chain[:0]
	for k := from; k <= to; k++ {
		c.chain = append(c.chain, c.weave.vertices[c.ring[k%n]].at)
	}
	turned := turnsChain(c.chain)
	if turned {
		reverse(c.chain)
	}
	c.simplify()
	if turned {
		reverse(c.out)
	}
	for k := from; k <= to; k++ {
		c.set(r, n, k%n, c.out[k-from])
	}
}

// set writes the level of vertex k of the ring to all points that repeat it.
func (c *chainer) set(r ring, n, k int, level byte) {
	levels := c.levels[r.from:r.to]
	to := len(levels)
	if k+1 < len(c.first) {
		to = c.first[k+1]
	}
	for i := c.first[k]; i < to; i++ {
		levels[i] = level
	}
	if k == 0 && n < len(c.first) { // the ring's end repeats its beginning
		for i := c.first[n]; i < len(levels); i++ {
			levels[i] = level
		}
	}
}

// turnsChain reports whether the chain runs against its direction: from the lesser
// of its ends to the other, or where they are one, by their neighbours.
func turnsChain(chain []pt) bool {
	i, j := 0, len(chain)-1
	for i < j && chain[i] == chain[j] {
		i, j = i+1, j-1
	}
	return i < j && chain[j].less(chain[i])
}

func reverse[T any](s []T) {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
}

// simplify fills c.out with the levels of c.chain: 0 for its ends.
func (c *chainer) simplify() {
	n := len(c.chain)
	c.out = append(c.out[:0], make([]byte, n)...)
	c.stack = c.stack[:0]
	for from := 0; from < n-1; from += longChain {
		to := min(from+longChain, n-1)
		c.stack = append(c.stack, span{from, to, 0})
	}
	for len(c.stack) > 0 {
		s := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		if s.to-s.from < 2 {
			continue
		}
		far, most := s.from+1, -1.0
		for k := s.from + 1; k < s.to; k++ {
			if d := distance2(c.chain[s.from], c.chain[s.to], c.chain[k]); d > most {
				far, most = k, d
			}
		}
		zoom := max(s.zoom, levelOf(most))
		if zoom >= wholeZoom {
			for k := s.from + 1; k < s.to; k++ {
				c.out[k] = wholeZoom
			}
			continue
		}
		c.out[far] = zoom
		c.stack = append(c.stack, span{s.from, far, zoom}, span{far, s.to, zoom})
	}
}

// levelOf is the first zoom of whose unit the distance, given squared in quantised
// units, is at least half.
func levelOf(distance2 float64) byte {
	if distance2 < 1 {
		return wholeZoom
	}
	return byte(min(max(flatZoom-1-math.Ilogb(distance2)>>1, 0), wholeZoom))
}

// distance2 is the square of the distance of p from the segment. Products are
// whole numbers, so that every processor rounds alike.
func distance2(a, b, p pt) float64 {
	dx, dy, px, py := b.x-a.x, b.y-a.y, p.x-a.x, p.y-a.y
	length2 := dx*dx + dy*dy
	along := dx*px + dy*py
	switch {
	case along <= 0:
		return float64(px*px + py*py)
	case along >= length2:
		qx, qy := p.x-b.x, p.y-b.y
		return float64(qx*qx + qy*qy)
	}
	off := float64(dx*py - dy*px)
	return off * off / float64(length2)
}
