package tiles

import (
	"cmp"
	"slices"
)

// maxRounds bounds the rounds of noding. Each round makes edges shorter on an
// integer lattice. Three are what shapes need, but for one in thousands of random
// ones: where edges run side by side for long, a crossing that was rounded may
// come again a unit further on in each round. The comparisons are bounded in any
// case (maxSteps), and a round without any still counts its sorting.
const maxRounds = 1024

// fixer makes the polygons of a tile valid. Its buffers are reused.
type fixer struct {
	pairer pairer
	tracer tracer
	edges  []edge
	next   []edge
	splits []split
}

// split is a point at which an edge is to be cut.
type split struct {
	edge  int
	along int64 // how far along the edge, for the order
	at    pt
}

// grains are the grids that repair tries, as bits dropped: the tile's own, then
// ever coarser ones. All divide the buffer, so the square's sides stay in place.
var grains = [...]uint{0, 2, 4, 6}

// repair fills dst with valid polygons that cover what is inside src by the
// even-odd rule, all rings of src taken together: edges are cut where they meet,
// crossings rounded to the grid, until they meet at their ends only; edges that
// lie twice in the same place cancel; what remains bounds the interior and is
// traced. Spikes, collapsed rings and the doubled edges of the clipper vanish on
// the way.
//
// A shape of so many crossings that the work is not done within bounds is tried
// again on a coarser grid; coarse says so. ok is false, with dst empty, should
// even 64 units not do.
func (f *fixer) repair(dst, src *shape) (coarse, ok bool) {
	dst.reset()
	for _, grain := range grains {
		if f.repairAt(dst, src, grain) {
			return grain > 0, true
		}
	}
	return true, false
}

func (f *fixer) repairAt(dst, src *shape, grain uint) bool {
	f.edges = src.edgesOf(f.edges[:0])
	if grain > 0 {
		snap := func(p pt) pt {
			half := int64(1) << grain >> 1
			return pt{(p.x + half) >> grain << grain, (p.y + half) >> grain << grain}
		}
		for i, e := range f.edges {
			f.edges[i].a, f.edges[i].b = snap(e.a), snap(e.b)
		}
		f.edges = slices.DeleteFunc(f.edges, func(e edge) bool { return e.a == e.b })
	}
	f.pairer.steps = 0
	for range maxRounds {
		f.cancel()
		again := f.node(grain)
		if f.pairer.spent() {
			return false
		}
		if !again {
			f.tracer.trace(dst, f.edges)
			return true
		}
	}
	return false
}

// cancel puts all edges in one direction and order and removes pairs of equals.
func (f *fixer) cancel() {
	for i, e := range f.edges {
		if e.b.less(e.a) {
			f.edges[i].a, f.edges[i].b = e.b, e.a
		}
	}
	slices.SortFunc(f.edges, func(e, o edge) int {
		return cmp.Or(e.a.compare(o.a), e.b.compare(o.b))
	})
	out := f.edges[:0]
	for i := 0; i < len(f.edges); {
		n := i + 1
		for n < len(f.edges) && f.edges[n].a == f.edges[i].a && f.edges[n].b == f.edges[i].b {
			n++
		}
		if (n-i)%2 == 1 {
			out = append(out, f.edges[i])
		}
		i = n
	}
	f.edges = out
}

// node cuts the edges where they touch other than at their ends; false when
// there was nothing to cut.
func (f *fixer) node(grain uint) bool {
	f.splits = f.splits[:0]
	f.pairer.pairs(f.edges, func(i, j int) bool {
		f.meet(i, j, grain)
		return true
	})
	if len(f.splits) == 0 {
		return false
	}
	slices.SortFunc(f.splits, func(s, o split) int {
		return cmp.Or(s.edge-o.edge, cmp.Compare(s.along, o.along), s.at.compare(o.at))
	})
	f.next = f.next[:0]
	n := 0
	for i, e := range f.edges {
		at := e.a
		for ; n < len(f.splits) && f.splits[n].edge == i; n++ {
			if p := f.splits[n].at; p != at {
				f.next = append(f.next, edge{a: at, b: p})
				at = p
			}
		}
		if at != e.b {
			f.next = append(f.next, edge{a: at, b: e.b})
		}
	}
	f.edges, f.next = f.next, f.edges
	return true
}

// meet notes where two edges have to be cut.
func (f *fixer) meet(i, j int, grain uint) {
	e, o := f.edges[i], f.edges[j]
	t1, t2 := turn(e.a, e.b, o.a), turn(e.a, e.b, o.b)
	t3, t4 := turn(o.a, o.b, e.a), turn(o.a, o.b, e.b)
	if opposite(t1, t2) && opposite(t3, t4) {
		p := pt{
			e.a.x + mulDiv(t3, (e.b.x-e.a.x)>>grain, t3-t4)<<grain,
			e.a.y + mulDiv(t3, (e.b.y-e.a.y)>>grain, t3-t4)<<grain,
		}
		f.cut(i, p)
		f.cut(j, p)
		return
	}
	if t1 == 0 && e.within(o.a) {
		f.cut(i, o.a)
	}
	if t2 == 0 && e.within(o.b) {
		f.cut(i, o.b)
	}
	if t3 == 0 && o.within(e.a) {
		f.cut(j, e.a)
	}
	if t4 == 0 && o.within(e.b) {
		f.cut(j, e.b)
	}
}

func (f *fixer) cut(i int, p pt) {
	e := f.edges[i]
	if p == e.a || p == e.b {
		return
	}
	f.pairer.steps += 16 // for sorting it
	along := (p.x-e.a.x)*(e.b.x-e.a.x) + (p.y-e.a.y)*(e.b.y-e.a.y)
	f.splits = append(f.splits, split{i, along, p})
}
