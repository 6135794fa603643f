package tiles

import (
	"errors"
	"hash/maphash"
	"math"
	"slices"
)

// dictionary holds the encoded values of a layer, each of them once, and finds
// them again. Number 0 is the absent value. Two layers with equal values may
// number them differently: the numbers never leave the process.
type dictionary struct {
	text  []byte   // the values one after another
	ends  []uint32 // where value i ends in text
	table []uint32 // numbers by hash, open-addressed; 0 is a free place
}

// dictionarySeed makes the hashes of one process; nothing depends on them.
var dictionarySeed = maphash.MakeSeed()

// errDictionary says that the values of a layer are too long together.
var errDictionary = errors.New("more than 4 GiB of attribute values")

func newDictionary() dictionary {
	return dictionary{ends: []uint32{0}, table: make([]uint32, 1024)}
}

// len is the number of values, the absent one included.
func (d *dictionary) len() int { return len(d.ends) }

// value is the encoded value of a number; it must not be written to.
func (d *dictionary) value(n uint32) []byte {
	if n == 0 {
		return nil
	}
	return d.text[d.ends[n-1]:d.ends[n]]
}

// find is the number of an encoded value; false when the layer has none such.
func (d *dictionary) find(v string) (uint32, bool) {
	if v == "" {
		return 0, true
	}
	n := d.table[d.place(v)]
	return n, n != 0
}

// place is where the value is in the table, or where it would go.
func (d *dictionary) place(v string) int {
	mask := len(d.table) - 1
	at := int(maphash.String(dictionarySeed, v)) & mask
	for d.table[at] != 0 && string(d.value(d.table[at])) != v {
		at = (at + 1) & mask
	}
	return at
}

// add is find for a value that is put in when it is missing.
func (d *dictionary) add(v string) (uint32, error) {
	if v == "" {
		return 0, nil
	}
	at := d.place(v)
	if d.table[at] != 0 {
		return d.table[at], nil
	}
	if len(d.text)+len(v) > math.MaxUint32 {
		return 0, errDictionary
	}
	n := uint32(len(d.ends))
	d.text = append(d.text, v...)
	d.ends = append(d.ends, uint32(len(d.text)))
	d.table[at] = n
	if 4*len(d.ends) > 3*len(d.table) {
		d.grow()
	}
	return n, nil
}

func (d *dictionary) grow() {
	d.table = make([]uint32, 2*len(d.table))
	for n := 1; n < len(d.ends); n++ {
		d.table[d.place(string(d.value(uint32(n))))] = uint32(n)
	}
}

// trim gives back what growing has left over.
func (d *dictionary) trim() {
	d.text, d.ends = fitted(d.text), fitted(d.ends)
}

// bytes is the memory it takes.
func (d *dictionary) bytes() int64 {
	return int64(cap(d.text)) + 4*int64(cap(d.ends)) + 4*int64(cap(d.table))
}

// fitted is the slice without room to grow.
func fitted[T any](s []T) []T {
	if cap(s) == len(s) {
		return s
	}
	return slices.Clip(append(make([]T, 0, len(s)), s...))
}
