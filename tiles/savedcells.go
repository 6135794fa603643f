package tiles

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// savedCells is a mosaic as it is kept: its leaves along the Z-order curve, with the
// blocks of the cells below them. What is above them is summed up again.
type savedCells struct {
	names  []string
	keys   []uint64 // of the leaves, at leafDepth
	ends   []uint32 // where the sums of a leaf end
	sums   []valueSum
	fine   bitset // leaves that have their finest cells
	blocks texts  // numBlocks of each leaf
}

// kept is the tree as it is kept; nil for none.
func (t *cellTree) kept() *savedCells {
	if t == nil {
		return nil
	}
	out := &savedCells{names: t.names}
	blocks := newTexts(0, 0)
	var visit func(n *cellNode, depth int, key uint64)
	visit = func(n *cellNode, depth int, key uint64) {
		switch {
		case n == nil:
			return
		case depth < leafDepth:
			for i, kid := range n.kids {
				visit(kid, depth+1, key<<2|uint64(i))
			}
			return
		}
		leaf := len(out.keys)
		if leaf%64 == 0 {
			out.fine = append(out.fine, 0)
		}
		if n.blocks[fineBlock] != nil {
			out.fine.set(leaf)
		}
		out.keys, out.sums = append(out.keys, key), append(out.sums, n.sums...)
		out.ends = append(out.ends, uint32(len(out.sums)))
		for _, b := range n.blocks {
			blocks.add(b)
		}
	}
	visit(t.root, 0, 0)
	out.blocks = blocks.done()
	return out
}

// tree is the mosaic that was kept; false when its parts do not hold together.
func (s *savedCells) tree() (*cellTree, bool) {
	if !s.whole() {
		return nil, false
	}
	t := newCellTree()
	t.names = s.names
	for i, name := range s.names {
		t.ids[name] = uint32(i)
	}
	if len(s.keys) > 0 {
		t.root = s.node(0, 0, len(s.keys))
	}
	return t, len(t.ids) == len(t.names)
}

// node is the cell at depth that has the leaves from one up to another.
func (s *savedCells) node(depth, from, to int) *cellNode {
	n := &cellNode{}
	if depth == leafDepth {
		first := uint32(0)
		if from > 0 {
			first = s.ends[from-1]
		}
		n.sums, n.blocks = s.sums[first:s.ends[from]:s.ends[from]], &cellBlocks{}
		for i := range n.blocks {
			if i != fineBlock || s.fine.has(from) {
				n.blocks[i] = s.blocks.of(from*numBlocks + i)
			}
		}
		return n
	}
	shift := 2 * (leafDepth - 1 - depth)
	for from < to {
		kid := s.keys[from] >> shift & 3
		end := from + 1
		for end < to && s.keys[end]>>shift&3 == kid {
			end++
		}
		n.kids[kid] = s.node(depth+1, from, end)
		n.sums = joinedSums(n.sums, n.kids[kid].sums)
		from = end
	}
	return n
}

// whole reports whether leaves come in order, each with sums of values that have
// names, and with blocks that can be read and add up to those sums.
func (s *savedCells) whole() bool {
	n := len(s.keys)
	if len(s.ends) != n || len(s.fine) != (n+63)/64 || s.blocks.len() != n*numBlocks || !s.blocks.whole(n*numBlocks) ||
		n > 0 && int(s.ends[n-1]) != len(s.sums) || n == 0 && len(s.sums) > 0 ||
		slices.ContainsFunc(s.names, func(name string) bool { return len(name) > maxText || !utf8.ValidString(name) }) {
		return false
	}
	wrong := make([]bool, n)
	parallel(n, func(i int) { wrong[i] = !s.wholeLeaf(i) })
	return !slices.Contains(wrong, true)
}

// wholeLeaf is whole for one leaf, of which all lists have something.
func (s *savedCells) wholeLeaf(i int) bool {
	from, to := uint32(0), s.ends[i]
	if i > 0 {
		from = s.ends[i-1]
		if s.keys[i-1] >= s.keys[i] {
			return false
		}
	}
	if s.keys[i]>>(2*leafDepth) != 0 || from >= to || int(to) > len(s.sums) {
		return false
	}
	sums := s.sums[from:to]
	for k, sum := range sums {
		if int(sum.value) >= len(s.names) || sum.n < 0 || sum.units < 0 || sum.isZero() || k > 0 && sums[k-1].value >= sum.value {
			return false
		}
	}
	for block := range numBlocks {
		if (block != fineBlock || s.fine.has(i)) && !wholeBlock(s.blocks.of(i*numBlocks+block), block, sums) {
			return false
		}
	}
	return true
}

// wholeBlock reports whether a block can be read to its end and adds up to the sums.
func wholeBlock(packed []byte, block int, sums []valueSum) bool {
	var room [16]valueSum
	left := append(room[:0], sums...)
	bits, next := blockBits(block), uint64(0) // the least that may come next
	for at := 0; at < len(packed); {
		var part [3]uint64 // value and cell, features, units
		for k := range part {
			v, size := binary.Uvarint(packed[at:])
			if size <= 0 || v > 1<<62 {
				return false
			}
			part[k], at = v, at+size
		}
		value, cell := part[0]>>bits, part[0]&(1<<bits-1)
		k := 0
		for k < len(left) && uint64(left[k].value) != value {
			k++
		}
		place := cell<<32 | value
		if k == len(left) || part[1] > uint64(left[k].n) || part[2] > uint64(left[k].units) || place < next {
			return false
		}
		next = place + 1
		left[k].n -= int32(part[1])
		left[k].units -= int64(part[2])
	}
	for _, sum := range left {
		if !sum.isZero() {
			return false
		}
	}
	return true
}

// holds reports whether the cells have as many features and as much land as the layer.
func (t *cellTree) holds(l *layer) bool {
	var n, units int64
	if t.root != nil {
		for _, sum := range t.root.sums {
			n, units = n-int64(sum.n), units-sum.units
		}
	}
	b := l.base
	for slot := range b.len() {
		if b.box(slot).isEmpty() || len(l.over.entries) > 0 && l.over.masks(b.id(slot)) {
			continue
		}
		u, _ := b.share(slot)
		n, units = n+1, units+u
	}
	for _, e := range l.over.entries {
		if r := e.rec; r.inMosaic() {
			n, units = n+1, units+r.units
		}
	}
	return n == 0 && units == 0
}
