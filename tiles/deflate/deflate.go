// Package deflate compresses fresh vector tiles: deflate (RFC 1951) in one pass, with
// prefix codes that are known beforehand.
//
// A compressor for anything reads its input twice: to count, from which it makes a code,
// and to write. Tiles are much alike, so that a few codes made once from many of them
// (lengths.gen.go) are about as good as a tile's own, whose making and sending they save.
// Which of them a block has is told by a sample of its bytes. What they do badly is left
// to a compressor that knows nothing beforehand: see Append.
package deflate

import (
	"encoding/binary"
	"math/bits"
)

const (
	// Block is the most bytes that are compressed at a time: a code for all of them is
	// worth its header, and large tiles have one for each processor.
	Block = 1 << 16

	hashBits    = 13
	shortest    = 4       // bytes that are looked for together
	near        = 1 << 12 // how far away the shortest are worth their code
	farthest    = 1 << 15 // as deflate has it
	longest     = 258     // as deflate has it
	endOfBlock  = 256
	lookahead   = 9  // bytes that a step may read
	sampled     = 16 // of so many bytes one is counted to choose a code
	leastSample = 512
	mostSample  = 2048
	skipBits    = 6 // after 2^6 bytes without a match every second one is looked at, and so on
)

// scratch is the memory of one block; it is reused.
type scratch struct {
	seen [1 << hashBits]uint32 // where four bytes of this hash were last
	uses [Symbols]int
	out  []byte
}

// writer writes bits, the lowest first.
type writer struct {
	out  []byte // has room
	at   int
	acc  uint64
	bits uint // in acc; below 8 after flush
}

// put adds so many bits; what is put between two calls of flush is at most 56.
func (w *writer) put(v uint64, n uint) {
	w.acc |= v << w.bits
	w.bits += n
}

// flush writes the whole bytes.
func (w *writer) flush() {
	binary.LittleEndian.PutUint64(w.out[w.at:], w.acc)
	w.at += int(w.bits >> 3)
	w.acc >>= w.bits &^ 7
	w.bits &= 7
}

// literals writes bytes as they are.
func (w *writer) literals(c *code, raw []byte) {
	acc, n, at, out := w.acc, w.bits, w.at, w.out
	for len(raw) >= 4 {
		// Four codes of at most 12 bits each, beside the 7 that are there.
		e := c.literal[raw[0]]
		acc |= uint64(e>>4) << (n & 63)
		n += uint(e & 15)
		e = c.literal[raw[1]]
		acc |= uint64(e>>4) << (n & 63)
		n += uint(e & 15)
		e = c.literal[raw[2]]
		acc |= uint64(e>>4) << (n & 63)
		n += uint(e & 15)
		e = c.literal[raw[3]]
		acc |= uint64(e>>4) << (n & 63)
		n += uint(e & 15)
		binary.LittleEndian.PutUint64(out[at:], acc)
		at += int(n >> 3)
		acc >>= n &^ 7 & 63
		n &= 7
		raw = raw[4:]
	}
	w.acc, w.bits, w.at = acc, n, at
	for _, b := range raw {
		e := c.literal[b]
		w.put(uint64(e>>4), uint(e&15))
	}
	w.flush()
}

// match writes that the next length bytes are those so far back.
func (w *writer) match(c *code, length, back int) {
	e := c.length[length]
	w.put(uint64(e>>5), uint(e&31))
	symbol, extra := distanceSymbol(back)
	f := c.distance[symbol]
	w.put(uint64(f>>4), uint(f&15))
	w.put(uint64(back-1)&(1<<extra-1), extra)
	w.flush()
}

// Append appends raw, at most Block bytes, as deflate data that ends at a whole byte: the
// end of it all when last, else something that more can follow. ok is false, with dst as
// it was, where the codes are of little use for such bytes: somebody else should try.
func Append(dst, raw []byte, last bool) (out []byte, ok bool) {
	s := pool.Get().(*scratch)
	defer pool.Put(s)
	block := s.block(raw, last)
	if len(block) > len(raw)-len(raw)/8+64 {
		return dst, false
	}
	return append(dst, block...), true
}

// block is raw compressed, valid until the next call.
func (s *scratch) block(raw []byte, last bool) []byte { return s.write(s.choose(raw), raw, last) }

// write is block by a code.
func (s *scratch) write(c *code, raw []byte, last bool) []byte {
	// A code has at most 12 bits for a byte.
	if need := len(raw) + len(raw)/2 + len(c.head) + 64; cap(s.out) < need {
		s.out = make([]byte, need)
	}
	w := writer{out: s.out[:cap(s.out)]}
	if last {
		w.put(1, 1)
	} else {
		w.put(0, 1)
	}
	c.begin(&w)
	s.compress(&w, c, raw)
	e := c.end
	w.put(uint64(e>>4), uint(e&15))
	if !last { // an empty stored block, which ends at a whole byte
		w.put(0, 3)
		w.put(0, -w.bits&7)
		w.flush()
		w.put(0xffff0000, 32)
	}
	w.bits = (w.bits + 7) &^ 7
	w.flush()
	return w.out[:w.at]
}

func hash(v uint32) uint32 { return v * 2654435761 >> (32 - hashBits) }

// compress writes the bytes, each as itself or as part of what was there before.
func (s *scratch) compress(w *writer, c *code, raw []byte) {
	clear(s.seen[:])
	for next := 0; next < len(raw); {
		at, n, back := s.find(raw, next)
		w.literals(c, raw[next:at])
		if n > 0 {
			w.match(c, n, back)
		}
		next = at + n
	}
}

// find is the next match from a place on: where it begins, how long it is and how far
// back the same is. Without one it is at the end.
func (s *scratch) find(raw []byte, next int) (at, n, back int) {
	seen := &s.seen
	for at = max(next, 1); at+lookahead <= len(raw); {
		v := binary.LittleEndian.Uint32(raw[at:])
		slot := &seen[hash(v)]
		from := int(*slot)
		*slot = uint32(at)
		if binary.LittleEndian.Uint32(raw[from:]) != v || !worth(raw, from, at) {
			at += 1 + (at-next)>>skipBits
			continue
		}
		n = shortest + same(raw[from+shortest:], raw[at+shortest:], longest-shortest)
		for at > next && from > 0 && n < longest && raw[at-1] == raw[from-1] {
			at, from, n = at-1, from-1, n+1
		}
		if end := at + n; end+lookahead <= len(raw) {
			seen[hash(binary.LittleEndian.Uint32(raw[end-2:]))] = uint32(end - 2)
		}
		return at, n, at - from
	}
	return len(raw), 0, 0
}

// worth reports whether four bytes at two places that are the same are worth a match: the
// fifth ones are, too, or they are near.
func worth(raw []byte, from, at int) bool {
	return at-from <= near || at-from <= farthest && raw[from+shortest] == raw[at+shortest]
}

// same is how many bytes a and b, which is the shorter one, begin with in common, at most
// most.
func same(a, b []byte, most int) int {
	b = b[:min(len(b), most)]
	n := 0
	for n+8 <= len(b) {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
		n += 8
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
