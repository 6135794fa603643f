package tiles

import (
	"cmp"
	"slices"
)

// valueSum is how much of one value a cell has.
type valueSum struct {
	value uint32 // place in the tree's names
	n     int32
	units int64
}

func (s valueSum) isZero() bool { return s.n == 0 && s.units == 0 }

// cellChange is what a change adds to a finest cell.
type cellChange struct {
	key uint64 // of the cell, along a Z-order curve
	valueSum
}

// cellTree is the sums of a layer's mosaic at every zoom: a quadtree whose nodes are
// the cells. It is immutable; a change copies the nodes on the way to its cells, so
// that readers keep theirs. Sums are whole numbers: however a tree came to be, equal
// features give equal sums.
type cellTree struct {
	root  *cellNode
	names []string          // of the values; grows, shared by the trees of one load
	ids   map[string]uint32 // places in names; the writer's
}

// cellNode is a cell. The finest four by four are packed into their common cell.
type cellNode struct {
	kids  [4]*cellNode
	sums  []valueSum // in order of value
	block []byte     // at blockDepth
}

// blockDepth is the depth of the cells that pack the 16 finest ones below them.
const blockDepth = cellBits - 2

func newCellTree() *cellTree { return &cellTree{ids: map[string]uint32{}} }

// cellEdit collects what changes in a tree. One at a time; readers of the tree are
// not disturbed.
type cellEdit struct {
	from    *cellTree
	names   []string
	changes []cellChange
	shares  []cellShare
}

func (t *cellTree) edit() *cellEdit { return &cellEdit{from: t, names: t.names} }

// value is the place of a name, which is added where needed.
func (e *cellEdit) value(name string) uint32 {
	id, ok := e.from.ids[name]
	if !ok {
		id = uint32(len(e.names))
		e.from.ids[name] = id
		e.names = append(e.names, name)
	}
	return id
}

// feature adds a feature's share of each cell, or takes it away with sign -1.
func (e *cellEdit) feature(b box, m2 float64, share []byte, name string, sign int32) {
	v := e.value(name)
	e.shares = appendShares(e.shares[:0], b, m2, share)
	x, y := middleCell(b)
	e.changes = append(e.changes, cellChange{cellKey(x, y), valueSum{value: v, n: sign}})
	for _, p := range e.shares {
		e.changes = append(e.changes, cellChange{cellKey(p.x, p.y), valueSum{value: v, units: p.units * int64(sign)}})
	}
}

// done is the tree with what was collected.
func (e *cellEdit) done() *cellTree {
	if len(e.changes) == 0 && len(e.names) == len(e.from.names) {
		return e.from
	}
	root := e.from.root
	if len(e.changes) > 0 {
		slices.SortFunc(e.changes, func(a, b cellChange) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
		})
		root = (&cellWriter{}).with(root, 0, e.changes)
	}
	return &cellTree{root: root, names: e.names, ids: e.from.ids}
}

// cellWriter has the scratch space of one change.
type cellWriter struct {
	sums    []valueSum
	entries []cellChange
	packed  []byte
}

// with is the node after changes below it, in order of key and value; nil when
// nothing is left.
func (w *cellWriter) with(n *cellNode, depth int, changes []cellChange) *cellNode {
	if n == nil {
		n = &cellNode{}
	}
	out := &cellNode{kids: n.kids, sums: w.added(n.sums, changes)}
	if depth == blockDepth {
		out.block = w.repacked(n.block, changes)
		if len(out.block) == 0 {
			return nil
		}
		return out
	}
	shift := 2 * (cellBits - 1 - depth)
	for len(changes) > 0 {
		kid := changes[0].key >> shift & 3
		end := 1
		for end < len(changes) && changes[end].key>>shift&3 == kid {
			end++
		}
		out.kids[kid] = w.with(out.kids[kid], depth+1, changes[:end])
		changes = changes[end:]
	}
	if out.kids == [4]*cellNode{} {
		return nil
	}
	return out
}

// added is the sums with all changes.
func (w *cellWriter) added(old []valueSum, changes []cellChange) []valueSum {
	w.sums = append(w.sums[:0], old...)
	for _, c := range changes {
		w.sums = addSum(w.sums, c.valueSum)
	}
	return slices.Clone(slices.DeleteFunc(w.sums, valueSum.isZero))
}

// addSum adds to the sum of a value, in order of value.
func addSum(sums []valueSum, add valueSum) []valueSum {
	i := 0
	for i < len(sums) && sums[i].value < add.value {
		i++
	}
	if i == len(sums) || sums[i].value != add.value {
		return slices.Insert(sums, i, add)
	}
	sums[i].n += add.n
	sums[i].units += add.units
	return sums
}

// A block is, in order of cell and value, uvarint(value<<4 | cell), uvarint(n),
// uvarint(units).

func (w *cellWriter) repacked(block []byte, changes []cellChange) []byte {
	w.entries = append(w.entries[:0], changes...)
	for cell, s := range eachInBlock(block) {
		w.entries = append(w.entries, cellChange{cell, s})
	}
	for i := range w.entries {
		w.entries[i].key &= 15
	}
	slices.SortFunc(w.entries, func(a, b cellChange) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
	})
	w.packed = w.packed[:0]
	for i := 0; i < len(w.entries); {
		e := w.entries[i]
		for i++; i < len(w.entries) && w.entries[i].key == e.key && w.entries[i].value == e.value; i++ {
			e.n += w.entries[i].n
			e.units += w.entries[i].units
		}
		if e.isZero() {
			continue
		}
		w.packed = appendCell(w.packed, e)
	}
	return slices.Clone(w.packed)
}

// eachInBlock yields the cells of a block, by their place along the curve, and sums.
func eachInBlock(block []byte) func(yield func(cell uint64, s valueSum) bool) {
	return func(yield func(uint64, valueSum) bool) {
		for len(block) > 0 {
			var head, n, units uint64
			head, block = uvarint(block)
			n, block = uvarint(block)
			units, block = uvarint(block)
			if !yield(head&15, valueSum{uint32(head >> 4), int32(n), int64(units)}) {
				return
			}
		}
	}
}

// node is a tile, at most at mosaicZoom, as a cell; nil when it is empty.
func (t *cellTree) node(id ID) *cellNode {
	n := t.root
	for d := int(id.Z) - 1; d >= 0 && n != nil; d-- {
		n = n.kids[id.X>>d&1|id.Y>>d&1<<1]
	}
	return n
}

// features is how many features are counted in a tile.
func (t *cellTree) features(id ID) (sum int) {
	if n := t.node(id); n != nil {
		for _, s := range n.sums {
			sum += int(s.n)
		}
	}
	return sum
}

// gather adds the cells of a tile at most at mosaicZoom to out.
func (t *cellTree) gather(id ID, out *cellSums) {
	if n := t.node(id); n != nil {
		out.walk(n, int(id.Z), int(id.Z)+tileCellBits, 0, 0)
	}
}

// walk adds the cells below a node at depth; x and y are the node's place in the
// tile.
func (s *cellSums) walk(n *cellNode, depth, to int, x, y uint32) {
	switch depth {
	case to:
		for _, sum := range n.sums {
			s.add(x, y, sum)
		}
	case blockDepth:
		down := cellBits - to
		for cell, sum := range eachInBlock(n.block) {
			cx := x<<2 | uint32(cell>>1&2|cell&1)
			cy := y<<2 | uint32(cell>>2&2|cell>>1&1)
			s.add(cx>>down, cy>>down, sum)
		}
	default:
		for i, kid := range n.kids {
			if kid != nil {
				s.walk(kid, depth+1, to, x<<1|uint32(i&1), y<<1|uint32(i>>1))
			}
		}
	}
}

// cellKey is the place of a finest cell along a Z-order curve.
func cellKey(x, y uint32) uint64 { return spread(x) | spread(y)<<1 }

// spread puts a zero before each of the lower 32 bits.
func spread(v uint32) uint64 {
	w := uint64(v)
	w = (w | w<<16) & 0x0000ffff0000ffff
	w = (w | w<<8) & 0x00ff00ff00ff00ff
	w = (w | w<<4) & 0x0f0f0f0f0f0f0f0f
	w = (w | w<<2) & 0x3333333333333333
	return (w | w<<1) & 0x5555555555555555
}

// bytes is the memory that the tree takes, within a few per cent.
func (t *cellTree) bytes() int64 {
	var count func(n *cellNode) int64
	count = func(n *cellNode) int64 {
		if n == nil {
			return 0
		}
		sum := int64(4*8+24+24) + int64(cap(n.sums))*16 + int64(cap(n.block))
		for _, kid := range n.kids {
			sum += count(kid)
		}
		return sum
	}
	return count(t.root)
}
