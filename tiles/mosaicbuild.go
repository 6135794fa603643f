package tiles

import "slices"

// mosaicBatch is how many features of a base are added up at a time: neighbours
// along its curve, so that their cells are a small part of the world.
const mosaicBatch = 1 << 14

// newMosaic is the cells of a layer. The finest ones are only kept where a tile that
// does not always show cells may have too many features to show those.
func newMosaic(ls *LayerSpec, l *layer) *cellTree {
	tree := sumBase(l, ls.mosaicField(), mosaicBatch)
	edit := tree.edit()
	for _, e := range l.over.entries {
		if r := e.rec; r.inMosaic() {
			edit.feature(r.box, r.units, r.share, valueText(r.vals[ls.mosaicField()]), 1)
		}
	}
	tree = edit.done()
	if ls.Mosaic.MaxZoom < fineZoom && !ls.Mosaic.fine {
		tree.root.coarsen(0, fineZoom, mostCoarse)
	}
	return tree
}

// fineZoom is the first zoom whose tiles are drawn from the finest cells that are
// packed.
const fineZoom = cellBits - 1 - tileCellBits

// mostCoarse is the most features of a tile of fineZoom that has no finest cells.
// Where it shows cells all the same, since its features have too many parts or bytes
// or have become more, they are added up for the tile.
const mostCoarse = budgetPolygons * 3 / 4

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
	for slot := range b.len() {
		key := b.attrs.at(slot, field)
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
		if bx.isEmpty() || l.over.masks(b.id(slot)) {
			continue
		}
		units, share := b.share(slot)
		v := values[b.attrs.at(slot, field)]
		x, y := middleCell(bx)
		s.list = append(s.list, cellChange{cellKey(x, y) & keyMask, valueSum{value: v, n: 1}})
		s.shares = appendShares(s.shares[:0], bx, units, share)
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
	if depth == leafDepth {
		n.sums, n.blocks = s.writer.added(nil, parts), &cellBlocks{}
		for i := range n.blocks {
			n.blocks[i] = s.writer.pack(parts, i)
		}
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
	if depth == leafDepth {
		n.blocks = &cellBlocks{}
		for i := range n.blocks {
			s.list = appendBlock(s.list[:0], a.blocks[i], i)
			s.spare = appendBlock(s.spare[:0], b.blocks[i], i)
			n.blocks[i] = s.writer.merged(s.list, s.spare, i)
		}
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
