package deflate

import (
	"math"
	"math/bits"
	"slices"
	"sync"
)

const (
	literals  = 286 // symbols for bytes, the end and lengths
	distances = 30

	// Symbols is how many there are: bytes, the end and lengths, then distances.
	Symbols  = literals + distances
	mostBits = 12 // of a code of ours, so that four fit at once
)

var pool = sync.Pool{New: func() any { return new(scratch) }}

// code is a pair of prefix codes with what writes them. An entry has the bits, as they are
// written, above their number.
type code struct {
	literal  [256]uint32
	end      uint32
	length   [longest + 1]uint32 // five bits for the number; extra bits included
	distance [distances]uint32
	bits     [Symbols]byte
	head     []byte // the block's header after its first bit
	headBits uint
}

// newCode makes a code of the lengths of its symbols; fixed is that of RFC 1951, 3.2.6,
// which needs no header.
func newCode(ll, dist []byte, fixed bool) *code {
	c := &code{}
	copy(c.bits[copy(c.bits[:], ll[:literals]):], dist)
	all := canonical(ll)
	for i := range c.literal {
		c.literal[i] = all[i]<<4 | uint32(ll[i])
	}
	c.end = all[endOfBlock]<<4 | uint32(ll[endOfBlock])
	for n := 3; n <= longest; n++ {
		symbol, extra := lengthSymbol(n)
		size := uint32(ll[symbol])
		rest := uint32(n-3) & (1<<extra - 1)
		if n == longest {
			rest = 0
		}
		c.length[n] = (all[symbol]|rest<<size)<<5 | (size + extra)
	}
	for i, b := range canonical(dist) {
		c.distance[i] = b<<4 | uint32(dist[i])
	}
	w := writer{out: make([]byte, 512)}
	if fixed {
		w.put(1, 2)
	} else {
		w.put(2, 2)
		header(&w, ll, dist)
	}
	c.headBits = uint(w.at)*8 + w.bits
	w.bits = (w.bits + 7) &^ 7
	w.flush()
	c.head = w.out[:w.at]
	return c
}

// begin writes the header.
func (c *code) begin(w *writer) {
	n := c.headBits
	for _, b := range c.head {
		k := min(n, 8)
		w.put(uint64(b), k)
		w.flush()
		n -= k
	}
}

// lengthSymbol is the symbol of a match's length, and the number of its extra bits.
func lengthSymbol(n int) (symbol int, extra uint32) {
	if n == longest {
		return 285, 0
	}
	n -= 3
	if n < 8 {
		return 257 + n, 0
	}
	extra = uint32(bits.Len(uint(n))) - 3
	return 257 + int(extra+1)*4 + n>>extra&3, extra
}

// distanceSymbol is the symbol of how far back a match is, and the number of its extra
// bits, which are the lowest of the distance less one.
func distanceSymbol(back int) (symbol int, extra uint) {
	d := uint(back - 1)
	if d < 4 {
		return int(d), 0
	}
	extra = uint(bits.Len(d)) - 2
	return int(2*extra + d>>extra), extra
}

// canonical is the code of each symbol by the lengths (RFC 1951, 3.2.2), its first bit
// lowest.
func canonical(lengths []byte) []uint32 {
	var count, next [16]uint32
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	for n := 1; n < 16; n++ {
		next[n] = (next[n-1] + count[n-1]) << 1
	}
	out := make([]uint32, len(lengths))
	for i, n := range lengths {
		if n > 0 {
			out[i] = bits.Reverse32(next[n]) >> (32 - n)
			next[n]++
		}
	}
	return out
}

// header writes the lengths of both codes (RFC 1951, 3.2.7).
func header(w *writer, ll, dist []byte) {
	type item struct{ symbol, extra, bits byte }
	var items []item
	var uses [19]int
	both := slices.Concat(ll, dist)
	for i := 0; i < len(both); {
		n := 1
		for i+n < len(both) && both[i+n] == both[i] && n < 7 {
			n++
		}
		one := item{symbol: both[i]}
		items = append(items, one)
		i++
		if n > 3 { // so many more of the same
			items = append(items, item{16, byte(n - 4), 2})
			i += n - 1
		}
	}
	for _, it := range items {
		uses[it.symbol]++
	}
	order := [19]byte{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	lengths := Lengths(uses[:], 7)
	codes := canonical(lengths)
	last := len(order)
	for last > 4 && lengths[order[last-1]] == 0 {
		last--
	}
	w.put(uint64(len(ll)-257), 5)
	w.put(uint64(len(dist)-1), 5)
	w.put(uint64(last-4), 4)
	w.flush()
	for _, symbol := range order[:last] {
		w.put(uint64(lengths[symbol]), 3)
		w.flush()
	}
	for _, it := range items {
		w.put(uint64(codes[it.symbol]), uint(lengths[it.symbol]))
		w.put(uint64(it.extra), uint(it.bits))
		w.flush()
	}
}

// Lengths is the lengths of a prefix code for symbols used so often, none longer than
// most: Huffman's, of uses that are evened out until it is short enough. A symbol that is
// never used has none.
func Lengths(uses []int, most int) []byte {
	uses = slices.Clone(uses)
	for {
		out := huffman(uses)
		if int(slices.Max(out)) <= most {
			return out
		}
		for i, n := range uses {
			if n > 0 {
				uses[i] = n/2 + 1
			}
		}
	}
}

// huffman is the lengths of Huffman's code.
func huffman(uses []int) []byte {
	type node struct {
		uses    int
		symbols []int
	}
	var nodes []node
	for symbol, n := range uses {
		if n > 0 {
			nodes = append(nodes, node{n, []int{symbol}})
		}
	}
	out := make([]byte, len(uses))
	if len(nodes) == 1 {
		out[nodes[0].symbols[0]] = 1
	}
	for len(nodes) > 1 {
		slices.SortStableFunc(nodes, func(a, b node) int { return b.uses - a.uses })
		last, other := nodes[len(nodes)-1], nodes[len(nodes)-2]
		both := slices.Concat(other.symbols, last.symbols)
		for _, symbol := range both {
			out[symbol]++
		}
		nodes = append(nodes[:len(nodes)-2], node{last.uses + other.uses, both})
	}
	return out
}

// choose is the code that takes the fewest bits for a piece from the middle.
func (s *scratch) choose(raw []byte) *code {
	n := min(len(raw), max(len(raw)/sampled, leastSample), mostSample)
	piece := raw[(len(raw)-n)/2:][:n]
	clear(s.uses[:])
	clear(s.seen[:])
	s.count(&s.uses, piece)
	all := codes()
	best, least := all[0], math.MaxInt
	for _, c := range all {
		sum := 0
		for i, u := range s.uses {
			sum += int(u) * int(c.bits[i])
		}
		if sum = sum*len(raw)/max(n, 1) + int(c.headBits); sum < least {
			best, least = c, sum
		}
	}
	return best
}

// codes are the fixed code and those of lengths.gen.go.
var codes = sync.OnceValue(func() []*code {
	ll, dist := make([]byte, literals+2), slices.Repeat([]byte{5}, distances)
	for i := range ll {
		switch {
		case i < 144:
			ll[i] = 8
		case i < 256:
			ll[i] = 9
		case i < 280:
			ll[i] = 7
		default:
			ll[i] = 8
		}
	}
	all := []*code{newCode(ll, dist, true)}
	for _, l := range lengths {
		b := make([]byte, len(l))
		for i := range b {
			b[i] = l[i] - 'a'
		}
		all = append(all, newCode(b[:literals], b[literals:], false))
	}
	return all
})

// Count adds to uses how often the symbols of a block are used, for whoever makes codes:
// bytes, the end and lengths first, then distances.
func Count(uses *[Symbols]int, raw []byte) { new(scratch).count(uses, raw) }

func (s *scratch) count(uses *[Symbols]int, raw []byte) {
	for next := 0; next < len(raw); {
		at, n, back := s.find(raw, next)
		for _, b := range raw[next:at] {
			uses[b]++
		}
		if n > 0 {
			symbol, _ := lengthSymbol(n)
			uses[symbol]++
			symbol, _ = distanceSymbol(back)
			uses[literals+symbol]++
		}
		next = at + n
	}
	uses[endOfBlock]++
}
