package tiles

import (
	"encoding/binary"
	"slices"
)

// mosaicBatch is how many features of a base are added up at a time: neighbours
// along its curve, so that their cells are a small part of the world.
const mosaicBatch = 1 << 14

// newMosaic is the cells of a layer.
func newMosaic(ls *LayerSpec, l *layer) *cellTree {
	tree := sumBase(l, ls.mosaicField(), mosaicBatch)
	edit := tree.edit()
	for _, e := range l.over.entries {
		if r := e.rec; r.inMosaic() {
			edit.feature(r.box, r.m2, r.share, valueText(r.vals[ls.mosaicField()]), 1)
		}
	}
	return edit.done()
}

// sumBase is the cells of what a layer's overlay has left of its base. Batches are
// added up from the finest cells to the world on all processors; then their trees,
// which meet in few cells, are joined two by two.
func sumBase(l *layer, field, batch int) *cellTree {
	edit := newCellTree().edit()
	values := edit.valuesOf(l.base, field)
	roots := make([]*cellNode, (l.base.len()+batch-1)/batch)
	parallel(len(roots), func(i int) {
		var s cellSummer
		parts := s.parts(l, values, field, i*batch, min((i+1)*batch, l.base.len()))
		if len(parts) > 0 {
			roots[i] = s.node(0, parts)
		}
	})
	for len(roots) > 1 {
		pairs := make([]*cellNode, (len(roots)+1)/2)
		parallel(len(pairs), func(i int) {
			pairs[i] = roots[2*i]
			if 2*i+1 < len(roots) {
				pairs[i] = new(cellSummer).joined(0, pairs[i], roots[2*i+1])
			}
		})
		roots = pairs
	}
	tree := edit.done()
	if len(roots) == 1 {
		tree.root = roots[0]
	}
	return tree
}

// valuesOf are the places of a base's values by their numbers in its dictionary.
// The order in which they come is that of the slots.
func (e *cellEdit) valuesOf(b *base, field int) []uint32 {
	values := make([]uint32, b.dict.len())
	known := make([]bool, len(values))
	for slot := range b.ids {
		key := b.cols[slot*b.fields+field]
		if !known[key] {
			known[key], values[key] = true, e.value(valueText(b.dict.value(key)))
		}
	}
	return values
}

// cellSummer has the scratch space of adding up.
type cellSummer struct {
	list, spare []cellChange
	shares      []cellShare
	writer      cellWriter
}

// keyMask is the bits of a cell's key.
const keyMask = 1<<(2*cellBits) - 1

// parts is what the slots from up to to have in the finest cells, in order of key
// and value, one of each.
func (s *cellSummer) parts(l *layer, values []uint32, field, from, to int) []cellChange {
	b := l.base
	for slot := from; slot < to; slot++ {
		bx := b.box(slot)
		if bx.isEmpty() || l.over.masks(b.ids[slot]) {
			continue
		}
		m2, share := b.share(slot)
		v := values[b.cols[slot*b.fields+field]]
		x, y := middleCell(bx)
		s.list = append(s.list, cellChange{cellKey(x, y) & keyMask, valueSum{value: v, n: 1}})
		s.shares = appendShares(s.shares[:0], bx, m2, share)
		for _, p := range s.shares {
			s.list = append(s.list, cellChange{cellKey(p.x, p.y) & keyMask, valueSum{value: v, units: p.units}})
		}
	}
	s.sort()
	kept := s.list[:0]
	for _, c := range s.list {
		if last := len(kept) - 1; last >= 0 && kept[last].key == c.key && kept[last].value == c.value {
			kept[last].n += c.n
			kept[last].units += c.units
			continue
		}
		kept = append(kept, c)
	}
	return slices.DeleteFunc(kept, func(c cellChange) bool { return c.isZero() })
}

// sort orders the list by key and value, digit by digit from the last; digits that
// all have in common, which are most, cost nothing.
func (s *cellSummer) sort() {
	if len(s.list) == 0 {
		return
	}
	var keys uint64
	var values uint32
	for _, c := range s.list {
		keys |= c.key ^ s.list[0].key
		values |= c.value ^ s.list[0].value
	}
	for shift := 0; shift < 32; shift += 8 {
		if byte(values>>shift) != 0 {
			s.pass(func(c *cellChange) byte { return byte(c.value >> shift) })
		}
	}
	for shift := 0; shift < 2*cellBits; shift += 8 {
		if byte(keys>>shift) != 0 {
			s.pass(func(c *cellChange) byte { return byte(c.key >> shift) })
		}
	}
}

// pass orders the list by one digit and leaves what is equal in its order.
func (s *cellSummer) pass(digit func(*cellChange) byte) {
	var ends [256]int
	for i := range s.list {
		ends[digit(&s.list[i])]++
	}
	at := 0
	for d, n := range ends {
		ends[d] = at
		at += n
	}
	s.spare = slices.Grow(s.spare[:0], len(s.list))[:len(s.list)]
	for i := range s.list {
		d := digit(&s.list[i])
		s.spare[ends[d]] = s.list[i]
		ends[d]++
	}
	s.list, s.spare = s.spare, s.list
}

// node is the cell at depth of parts that all lie in it.
func (s *cellSummer) node(depth int, parts []cellChange) *cellNode {
	n := &cellNode{}
	if depth == blockDepth {
		n.sums, n.block = s.writer.added(nil, parts), s.block(parts)
		return n
	}
	shift := 2 * (cellBits - 1 - depth)
	for len(parts) > 0 {
		kid := parts[0].key >> shift & 3
		end, _ := slices.BinarySearchFunc(parts, kid+1, func(c cellChange, next uint64) int {
			return int(c.key>>shift&3) - int(next)
		})
		n.kids[kid] = s.node(depth+1, parts[:end])
		n.sums = joinedSums(n.sums, n.kids[kid].sums)
		parts = parts[end:]
	}
	return n
}

// block packs parts of one block, in order of key and value: see eachInBlock.
func (s *cellSummer) block(parts []cellChange) []byte {
	packed := s.writer.packed[:0]
	for _, c := range parts {
		packed = appendCell(packed, c)
	}
	s.writer.packed = packed
	return slices.Clone(packed)
}

// appendCell appends one value of one cell to a block.
func appendCell(block []byte, c cellChange) []byte {
	block = binary.AppendUvarint(block, uint64(c.value)<<4|c.key&15)
	block = binary.AppendUvarint(block, uint64(c.n))
	return binary.AppendUvarint(block, uint64(c.units))
}

// joined is the sum of two nodes at depth, nil for none. What only one has is
// shared.
func (s *cellSummer) joined(depth int, a, b *cellNode) *cellNode {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	n := &cellNode{sums: joinedSums(a.sums, b.sums)}
	if depth == blockDepth {
		s.list = s.list[:0]
		for _, block := range [][]byte{a.block, b.block} {
			for cell, sum := range eachInBlock(block) {
				s.list = append(s.list, cellChange{cell, sum})
			}
		}
		n.block = s.writer.repacked(nil, s.list)
		return n
	}
	for i := range n.kids {
		n.kids[i] = s.joined(depth+1, a.kids[i], b.kids[i])
	}
	return n
}

// joinedSums adds two lists in order of value. Without one it is the other, which
// nobody changes.
func joinedSums(a, b []valueSum) []valueSum {
	if len(a) == 0 || len(b) == 0 {
		return append(a[:len(a):len(a)], b...)
	}
	var room [16]valueSum
	out := room[:0]
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].value < b[0].value:
			out, a = append(out, a[0]), a[1:]
		case a[0].value > b[0].value:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, valueSum{a[0].value, a[0].n + b[0].n, a[0].units + b[0].units})
			a, b = a[1:], b[1:]
		}
	}
	return slices.Clone(append(append(out, a...), b...))
}
