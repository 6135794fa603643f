package tiles

import (
	"math/bits"
	"slices"
)

// numbering gives numbers from 0 to keys, in the order in which it first sees
// them. Its memory is reused and grows with the keys it sees, so that a small tile
// stays within the processor's caches whatever the size of the layer. Where a good
// part of all keys is to be seen, it has a place for every key.
type numbering struct {
	keys   []uint32 // in order of their numbers
	direct []uint32 // by key: number + 1; empty where the table is used
	table  []uint64 // open-addressed: key in the upper half, number + 1 in the lower
	shift  uint
}

// smallNumbering is the places a table begins with.
const smallNumbering = 256

// reset forgets everything. Keys will be below all, and about uses of them are to
// be seen, not all different.
func (n *numbering) reset(uses, all int) {
	n.keys, n.direct = n.keys[:0], n.direct[:0]
	if uses > smallNumbering && uses > all/2 {
		n.direct = slices.Grow(n.direct, all)[:all]
		clear(n.direct)
		return
	}
	n.table = append(n.table[:0], make([]uint64, smallNumbering)...)
	n.shift = 32 - uint(bits.TrailingZeros(smallNumbering))
}

// of is the number of the key.
func (n *numbering) of(key uint32) uint32 {
	if len(n.direct) > 0 {
		if known := n.direct[key]; known != 0 {
			return known - 1
		}
		n.keys = append(n.keys, key)
		n.direct[key] = uint32(len(n.keys))
		return uint32(len(n.keys)) - 1
	}
	return n.search(key)
}

// search is of by the table.
func (n *numbering) search(key uint32) uint32 {
	at := n.start(key)
	for n.table[at] != 0 {
		if uint32(n.table[at]>>32) == key {
			return uint32(n.table[at]) - 1
		}
		at = (at + 1) & (len(n.table) - 1)
	}
	n.keys = append(n.keys, key)
	n.table[at] = uint64(key)<<32 | uint64(len(n.keys))
	if 2*len(n.keys) > len(n.table) {
		n.grow()
	}
	return uint32(len(n.keys)) - 1
}

// start is where the search for a key begins: the upper bits of its product with
// 2^32 over the golden ratio.
func (n *numbering) start(key uint32) int { return int(key * 0x9E3779B1 >> n.shift) }

func (n *numbering) grow() {
	n.table = append(n.table[:0], make([]uint64, 4*len(n.table))...)
	n.shift -= 2
	for i, key := range n.keys {
		at := n.start(key)
		for n.table[at] != 0 {
			at = (at + 1) & (len(n.table) - 1)
		}
		n.table[at] = uint64(key)<<32 | uint64(i+1)
	}
}
