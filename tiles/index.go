package tiles

import (
	"iter"
	"slices"
)

// fanOut is the number of children of an index node.
const fanOut = 16

// index is a static packed R-tree over boxes that are already in a good order
// (along a Hilbert curve): leaves first, then each level above, the root last.
type index struct {
	boxes  []box
	levels []int // where each level begins in boxes, and one past the end
}

// newIndex builds the tree over leaves.
func newIndex(leaves []box) index {
	total := len(leaves)
	for n := total; n > 1; total += n {
		n = (n + fanOut - 1) / fanOut
	}
	ix := index{boxes: append(make([]box, 0, total), leaves...), levels: levelsFor(len(leaves))}
	for from := 0; len(ix.boxes)-from > 1; {
		to := len(ix.boxes)
		for i := from; i < to; i += fanOut {
			b := emptyBox()
			for _, child := range ix.boxes[i:min(i+fanOut, to)] {
				b = b.join(child)
			}
			ix.boxes = append(ix.boxes, b)
		}
		from = to
	}
	return ix
}

// levelsFor is where the levels of an index over n leaves begin, and its end.
func levelsFor(n int) []int {
	levels := []int{0, n}
	for end := n; n > 1; {
		n = (n + fanOut - 1) / fanOut
		end += n
		levels = append(levels, end)
	}
	return levels
}

// bounds is the box of everything.
func (ix index) bounds() box {
	if len(ix.boxes) == 0 {
		return emptyBox()
	}
	return ix.boxes[len(ix.boxes)-1]
}

// search appends to hits the positions of the leaves that meet w, in order.
func (ix index) search(w box, hits []uint32) []uint32 {
	if len(ix.boxes) == 0 || !ix.bounds().meets(w) {
		return hits
	}
	return ix.descend(len(ix.levels)-2, 0, w, hits)
}

// descend looks below node i of the level; the tree is at most 8 levels high.
func (ix index) descend(level, i int, w box, hits []uint32) []uint32 {
	if level == 0 {
		return append(hits, uint32(i))
	}
	if level > 1 && w.contains(ix.boxes[ix.levels[level]+i]) {
		return ix.all(level, i, hits)
	}
	below := ix.boxes[ix.levels[level-1]:ix.levels[level]]
	for c := i * fanOut; c < min((i+1)*fanOut, len(below)); c++ {
		if below[c].meets(w) {
			hits = ix.descend(level-1, c, w, hits)
		}
	}
	return hits
}

// meeting yields the positions of the leaves that meet w, in order.
func (ix index) meeting(w box) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if len(ix.boxes) > 0 && ix.bounds().meets(w) {
			ix.visit(len(ix.levels)-2, 0, w, yield)
		}
	}
}

// visit yields the leaves below node i of the level that meet w, until it is told that
// nobody wants more; then it is false.
func (ix index) visit(level, i int, w box, yield func(uint32) bool) bool {
	if level == 0 {
		return yield(uint32(i))
	}
	below := ix.boxes[ix.levels[level-1]:ix.levels[level]]
	for c := i * fanOut; c < min((i+1)*fanOut, len(below)); c++ {
		if below[c].meets(w) && !ix.visit(level-1, c, w, yield) {
			return false
		}
	}
	return true
}

// all appends every leaf below node i of the level. An empty leaf meets nothing,
// though any box contains it.
func (ix index) all(level, i int, hits []uint32) []uint32 {
	from, to := i, i+1
	for ; level > 0; level-- {
		from, to = from*fanOut, min(to*fanOut, ix.levels[level]-ix.levels[level-1])
	}
	for ; from < to; from++ {
		if !ix.boxes[from].isEmpty() {
			hits = append(hits, uint32(from))
		}
	}
	return hits
}

func (ix index) bytes() int64 { return 16 * int64(cap(ix.boxes)) }

// hilbertOrder is the order of the boxes along a Hilbert curve through their
// centres, on a lattice of 2^16 a side over all of them; ties by position.
func hilbertOrder(boxes []box) []uint32 {
	all := emptyBox()
	for _, b := range boxes {
		all = all.join(b)
	}
	keys := make([]uint64, len(boxes)) // the distance along the curve, then the position
	w := max(int64(all.maxX)-int64(all.minX), 1)
	h := max(int64(all.maxY)-int64(all.minY), 1)
	for i, b := range boxes {
		cx := (int64(b.minX)+int64(b.maxX))/2 - int64(all.minX)
		cy := (int64(b.minY)+int64(b.maxY))/2 - int64(all.minY)
		keys[i] = uint64(hilbert(uint32(cx*0xffff/w), uint32(cy*0xffff/h)))<<32 | uint64(i)
	}
	slices.Sort(keys)
	order := make([]uint32, len(keys))
	for i, k := range keys {
		order[i] = uint32(k)
	}
	return order
}

// hilbert is the distance along the curve of order 16 at which (x, y) lies, with
// x and y below 2^16. Each step takes one bit of both and turns the quadrant.
func hilbert(x, y uint32) uint32 {
	var d uint32
	for s := uint32(1 << 15); s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d += s * s * (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = 0xffff-x, 0xffff-y
			}
			x, y = y, x
		}
	}
	return d
}
