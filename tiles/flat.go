package tiles

import (
	"errors"
	"unsafe"
)

// A chunk that may have to go lies in one piece of memory, and in a file the same
// way: the lengths of its columns, then the columns, those of wide numbers first so
// that each begins where a processor can read it. Only this process reads what it
// has written, so nothing is said of byte order or version.

// texts are the byte strings of a chunk.
func (c *chunk) texts() []*texts {
	all := []*texts{&c.geoms, &c.levels}
	for i := range c.pre {
		all = append(all, &c.pre[i])
	}
	return all
}

// flatHead is how many numbers of 32 bits come first: of each texts the strings and
// its three lengths, and the length of simple. They are even, so that what follows
// is aligned.
const flatHead = (4*(2+preLast+1-preFirst) + 1 + 1) &^ 1

// flatten is the chunk in one piece of memory.
func flatten(c *chunk) []byte {
	head := make([]uint32, 0, flatHead)
	size := 4*flatHead + 8*len(c.simple)
	for _, t := range c.texts() {
		head = append(head, uint32(t.n), uint32(len(t.bases)), uint32(len(t.sizes)), uint32(len(t.data)))
		size += 4*len(t.bases) + len(t.sizes) + len(t.data)
	}
	head = append(head, uint32(len(c.simple)))[:flatHead]
	b := append(make([]byte, 0, size), bytesOf(head)...)
	b = append(b, bytesOf(c.simple)...)
	for _, t := range c.texts() {
		b = append(b, bytesOf(t.bases)...)
	}
	for _, t := range c.texts() {
		b = append(append(b, t.sizes...), t.data...)
	}
	return b
}

var errFlat = errors.New("a chunk whose columns do not fill it")

// unflatten is the chunk that flatten laid into b; it lies in b.
func unflatten(b []byte) (*chunk, error) {
	c := &chunk{}
	if len(b) < 4*flatHead {
		return nil, errFlat
	}
	head, rest := columnOf[uint32](b, flatHead), b[4*flatHead:]
	all := c.texts()
	size := 8 * uint64(head[4*len(all)])
	for i := range all {
		h := head[4*i:]
		size += 4*uint64(h[1]) + uint64(h[2]) + uint64(h[3])
	}
	if size != uint64(len(rest)) {
		return nil, errFlat
	}
	n := head[4*len(all)]
	c.simple, rest = columnOf[uint64](rest, n), rest[8*n:]
	for i, t := range all {
		n := head[4*i+1]
		t.n = int(head[4*i])
		t.bases, rest = columnOf[uint32](rest, n), rest[4*n:]
	}
	for i, t := range all {
		sizes, data := head[4*i+2], head[4*i+3]
		t.sizes, rest = columnOf[byte](rest, sizes), rest[sizes:]
		t.data, rest = columnOf[byte](rest, data), rest[data:]
	}
	return c, nil
}

// bytesOf is the memory of numbers.
func bytesOf[T uint32 | uint64](s []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(one)))
}

// columnOf is the first n numbers in b; nil for none.
func columnOf[T byte | uint32 | uint64](b []byte, n uint32) []T {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)[:n:n]
}
