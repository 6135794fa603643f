package tiles

import (
	"errors"
	"hash/maphash"
	"math"
)

// dictionary holds the encoded values of a layer, each of them once, and finds
// them again. Number 0 is the absent value. Two layers with equal values may
// number them differently: the numbers never leave the process. Immutable.
type dictionary struct {
	text string // the values one after another
	places
}

// places is where values are in a text, and which are there.
type places struct {
	ends  []uint32 // where value i ends in the text
	table []uint32 // numbers by hash, open-addressed; 0 is a free place
}

// dictionarySeed makes the hashes of one process; nothing depends on them.
var dictionarySeed = maphash.MakeSeed()

// len is the number of values, the absent one included.
func (d *dictionary) len() int { return len(d.ends) }

// value is the encoded value of a number.
func (d *dictionary) value(n uint32) string {
	if n == 0 {
		return ""
	}
	return d.text[d.ends[n-1]:d.ends[n]]
}

// find is the number of an encoded value; false when the layer has none such.
func (d *dictionary) find(v string) (uint32, bool) {
	if v == "" {
		return 0, true
	}
	n := d.table[probe(&d.places, d.text, v)]
	return n, n != 0
}

// probe is where the value is in the table, or where it would go.
func probe[T string | []byte](p *places, text T, v string) int {
	mask := len(p.table) - 1
	at := int(maphash.String(dictionarySeed, v)) & mask
	for n := p.table[at]; n != 0; n = p.table[at] {
		if string(text[p.ends[n-1]:p.ends[n]]) == v {
			break
		}
		at = (at + 1) & mask
	}
	return at
}

// bytes is the memory it takes.
func (d *dictionary) bytes() int64 {
	return int64(len(d.text)) + 4*int64(cap(d.ends)) + 4*int64(cap(d.table))
}

// dictionaryWriter makes a dictionary.
type dictionaryWriter struct {
	text []byte
	places
}

// errDictionary says that the values of a layer are too long together.
var errDictionary = errors.New("more than 4 GiB of attribute values")

func newDictionary() *dictionaryWriter {
	return &dictionaryWriter{places: places{ends: []uint32{0}, table: make([]uint32, 64)}}
}

// add is the number of the value, which is put in when it is missing.
func (w *dictionaryWriter) add(v string) (uint32, error) {
	if v == "" {
		return 0, nil
	}
	at := probe(&w.places, w.text, v)
	if w.table[at] != 0 {
		return w.table[at], nil
	}
	if int64(len(w.text))+int64(len(v)) > math.MaxUint32 {
		return 0, errDictionary
	}
	n := uint32(len(w.ends))
	w.text = append(w.text, v...)
	w.ends = append(w.ends, uint32(len(w.text)))
	w.table[at] = n
	if 4*len(w.ends) > 3*len(w.table) {
		w.grow()
	}
	return n, nil
}

func (w *dictionaryWriter) grow() {
	w.table = make([]uint32, 2*len(w.table))
	for n := 1; n < len(w.ends); n++ {
		v := string(w.text[w.ends[n-1]:w.ends[n]])
		w.table[probe(&w.places, w.text, v)] = uint32(n)
	}
}

// done is the dictionary of what was added, without room to grow.
func (w *dictionaryWriter) done() dictionary {
	return dictionary{string(w.text), places{fitted(w.ends), w.table}}
}

// fitted is the slice without room to grow.
func fitted[T any](s []T) []T {
	if cap(s) == len(s) {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}
