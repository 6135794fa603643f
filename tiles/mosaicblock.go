package tiles

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// The cells below leafDepth are packed into blocks of the leaf, one for each depth
// of blockDepths. A block is, in order of cell and value,
// uvarint(value<<bits | cell), uvarint(n), uvarint(units); bits is twice the depth
// below the leaf, and cell the place along the Z-order curve within the leaf.
const leafDepth = cellBits - 4

// The depths that have a block. Those between fineBlock's and the one before it are
// summed from fineBlock when they are asked for.
const (
	fineBlock = 2
	numBlocks = 3
)

var blockDepths = [numBlocks]int{cellBits - 3, cellBits - 2, cellBits}

// blockOf is the first block that tells the cells of a depth, which is below the
// leaf's.
func blockOf(depth int) int {
	i := 0
	for blockDepths[i] < depth {
		i++
	}
	return i
}

// blockBits is the bits of a cell's place in a block.
func blockBits(block int) uint { return uint(2 * (blockDepths[block] - leafDepth)) }

// blockCell is the place in a block of the finest cell with the key.
func blockCell(key uint64, block int) uint64 {
	bits := blockBits(block)
	return key >> (blockBits(fineBlock) - bits) & (1<<bits - 1)
}

// eachInBlock yields the cells of a block, by their place along the curve, and sums.
func eachInBlock(packed []byte, block int) func(yield func(cell uint64, s valueSum) bool) {
	bits := blockBits(block)
	return func(yield func(uint64, valueSum) bool) {
		for i := 0; i < len(packed); {
			var head, n, units uint64
			head, i = uvarintAt(packed, i)
			n, i = uvarintAt(packed, i)
			units, i = uvarintAt(packed, i)
			if !yield(head&(1<<bits-1), valueSum{uint32(head >> bits), int32(n), int64(units)}) {
				return
			}
		}
	}
}

// appendCell appends one value of one cell to a block.
func appendCell(packed []byte, cell uint64, s valueSum, block int) []byte {
	packed = binary.AppendUvarint(packed, uint64(s.value)<<blockBits(block)|cell)
	packed = binary.AppendUvarint(packed, uint64(s.n))
	return binary.AppendUvarint(packed, uint64(s.units))
}

// appendBlock appends the cells of a block to entries, the cell in place of the key.
func appendBlock(entries []cellChange, packed []byte, block int) []cellChange {
	for cell, s := range eachInBlock(packed, block) {
		entries = append(entries, cellChange{cell, s})
	}
	return entries
}

// repacked is a block with changes to cells of its leaf, in order of key and value.
func (w *cellWriter) repacked(packed []byte, changes []cellChange, block int) []byte {
	w.news = w.news[:0]
	for _, c := range changes {
		w.news = append(w.news, cellChange{blockCell(c.key, block), c.valueSum})
	}
	if block != fineBlock { // the places are no longer in order of value
		slices.SortFunc(w.news, cellChange.compare)
	}
	w.entries = appendBlock(w.entries[:0], packed, block)
	return w.merged(w.entries, w.news, block)
}

// merged packs the sum of two lists of cells, both in order of place and value.
func (w *cellWriter) merged(a, b []cellChange, block int) []byte {
	w.packed = w.packed[:0]
	for len(a) > 0 || len(b) > 0 {
		var next cellChange
		if len(b) == 0 || len(a) > 0 && a[0].compare(b[0]) <= 0 {
			next, a = a[0], a[1:]
		} else {
			next, b = b[0], b[1:]
		}
		for ; len(a) > 0 && next.compare(a[0]) == 0; a = a[1:] {
			next.n, next.units = next.n+a[0].n, next.units+a[0].units
		}
		for ; len(b) > 0 && next.compare(b[0]) == 0; b = b[1:] {
			next.n, next.units = next.n+b[0].n, next.units+b[0].units
		}
		if !next.isZero() {
			w.packed = appendCell(w.packed, next.key, next.valueSum, block)
		}
	}
	return slices.Clone(w.packed)
}

// pack packs the parts of a leaf, in order of key and value and one of each.
func (w *cellWriter) pack(parts []cellChange, block int) []byte {
	w.packed = w.packed[:0]
	for len(parts) > 0 {
		cell := blockCell(parts[0].key, block)
		w.sums = w.sums[:0]
		for ; len(parts) > 0 && blockCell(parts[0].key, block) == cell; parts = parts[1:] {
			w.sums = addSum(w.sums, parts[0].valueSum)
		}
		for _, s := range w.sums {
			if !s.isZero() {
				w.packed = appendCell(w.packed, cell, s, block)
			}
		}
	}
	return slices.Clone(w.packed)
}

// compare orders by cell and value.
func (c cellChange) compare(o cellChange) int {
	if c.key != o.key {
		return cmp.Compare(c.key, o.key)
	}
	return cmp.Compare(c.value, o.value)
}
