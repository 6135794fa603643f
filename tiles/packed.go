package tiles

import (
	"encoding/binary"
	"math/bits"
)

// Numbers and byte strings by slot, in as few bytes as they need. All are immutable
// once they are made.

// numbers are whole numbers of the same width, which is from 1 to 8 bytes.
type numbers struct {
	data  []byte // and padding, so that eight bytes can be read anywhere
	width int
}

// padding is what data that is read eight bytes at a time has after its end.
const padding = 8

// newNumbers makes n zeros that have room for most.
func newNumbers(n int, most uint64) numbers {
	width := widthOf(most)
	return numbers{make([]byte, n*width+padding), width}
}

// widthOf is the bytes that a number needs, at least one.
func widthOf(most uint64) int { return max(1, (bits.Len64(most)+7)/8) }

// lowBytes has ones in that many of the lowest bytes.
func lowBytes(width int) uint64 { return 1<<(8*width) - 1 }

func (u *numbers) at(i int) uint64 {
	return binary.LittleEndian.Uint64(u.data[i*u.width:]) & lowBytes(u.width)
}

// set writes a number over a zero.
func (u *numbers) set(i int, v uint64) {
	for k := range u.width {
		u.data[i*u.width+k] = byte(v >> (8 * k))
	}
}

func (u *numbers) len() int {
	if u.width == 0 {
		return 0
	}
	return (len(u.data) - padding) / u.width
}

func (u *numbers) bytes() int64 { return int64(cap(u.data)) }

// groupSize is how many strings have their beginning in common.
const groupSize = 16

// isWide stands for the sizes of a group in which not all are below it. The ends of
// its strings, counted from their first, are then before them, in four bytes each.
const isWide = 255

// texts are byte strings one after another. The zero value has none.
type texts struct {
	data  []byte
	bases []uint32 // where a group begins in data
	sizes []byte   // of each string; whole groups
	n     int
}

// of is string i, part of data.
func (t *texts) of(i int) []byte {
	base, size := t.bases[i/groupSize], uint32(t.sizes[i])
	if size == isWide {
		return t.wide(base, i%groupSize)
	}
	first := t.sizes[i&^(groupSize-1):][:groupSize]
	low := binary.LittleEndian.Uint64(first)
	if k := uint(i) % groupSize; k < 8 {
		base += sumBytes(low & (1<<(8*k) - 1))
	} else {
		base += sumBytes(low) + sumBytes(binary.LittleEndian.Uint64(first[8:])&(1<<(8*(k-8))-1))
	}
	return t.data[base : base+size : base+size]
}

// sumBytes is the sum of eight bytes.
func sumBytes(v uint64) uint32 {
	const even = 0x00ff00ff00ff00ff
	return uint32((v&even + v>>8&even) * 0x0001000100010001 >> 48)
}

func (t *texts) wide(base uint32, i int) []byte {
	ends := t.data[base:][:4*groupSize]
	base += 4 * groupSize
	from := base
	if i > 0 {
		from += binary.LittleEndian.Uint32(ends[4*(i-1):])
	}
	to := base + binary.LittleEndian.Uint32(ends[4*i:])
	return t.data[from:to:to]
}

func (t *texts) len() int { return t.n }

func (t *texts) bytes() int64 {
	return int64(cap(t.data)) + 4*int64(cap(t.bases)) + int64(cap(t.sizes))
}

// maxTexts bounds the bytes of strings that are put into one texts: with the ends
// of wide groups, each of which has a string of 255 bytes, they take less than 4 GiB.
const maxTexts = 3 << 30

// textsWriter makes texts.
type textsWriter struct {
	out  texts
	ends [groupSize]uint32 // of the group being filled
}

// newTexts makes room for n strings of so many bytes together.
func newTexts(n, size int) *textsWriter {
	groups := (n + groupSize - 1) / groupSize
	return &textsWriter{out: texts{
		data: make([]byte, 0, size), bases: make([]uint32, 0, groups), sizes: make([]byte, 0, groups*groupSize),
	}}
}

func (w *textsWriter) add(s []byte) {
	t := &w.out
	k := t.n % groupSize
	if k == 0 {
		t.bases = append(t.bases, uint32(len(t.data)))
	}
	t.data = append(t.data, s...)
	w.ends[k] = uint32(len(t.data)) - t.bases[len(t.bases)-1]
	if t.n++; k == groupSize-1 {
		w.seal(groupSize)
	}
}

// seal writes the sizes of a group of n strings.
func (w *textsWriter) seal(n int) {
	t := &w.out
	from, narrow := uint32(0), true
	for _, end := range w.ends[:n] {
		narrow = narrow && end-from < isWide
		from = end
	}
	from = 0
	for i := range groupSize {
		size := byte(isWide)
		if narrow {
			size = 0
			if i < n {
				size = byte(w.ends[i] - from)
				from = w.ends[i]
			}
		}
		t.sizes = append(t.sizes, size)
	}
	if narrow {
		return
	}
	base := t.bases[len(t.bases)-1]
	t.data = append(t.data, make([]byte, 4*groupSize)...)
	copy(t.data[base+4*groupSize:], t.data[base:])
	for i := range groupSize {
		binary.LittleEndian.PutUint32(t.data[base+uint32(4*i):], w.ends[min(i, n-1)])
	}
}

// done is what was added, without room to grow.
func (w *textsWriter) done() texts {
	if n := w.out.n % groupSize; n > 0 {
		w.seal(n)
	}
	t := w.out
	return texts{fitted(t.data), fitted(t.bases), fitted(t.sizes), t.n}
}

// fitted is the slice without room to grow.
func fitted[T any](s []T) []T {
	if cap(s) == len(s) {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}
