package tiles

import (
	"errors"
	"hash/maphash"
	"math/bits"
	"unsafe"
)

// dictionary holds the encoded values of a layer, each of them once, and finds
// them again. Number 0 is the absent value. Two layers with equal values may
// number them differently: the numbers never leave the process. Immutable.
type dictionary struct {
	values texts
	places numbers // of values, by hash, open-addressed; 0 is a free place
}

// dictionarySeed makes the hashes of one process; nothing depends on them.
var dictionarySeed = maphash.MakeSeed()

// len is the number of values, the absent one included.
func (d *dictionary) len() int { return d.values.len() }

// value is the encoded value of a number.
func (d *dictionary) value(n uint32) string {
	b := d.values.of(int(n))
	return unsafe.String(unsafe.SliceData(b), len(b)) // which nobody writes to
}

// find is the number of an encoded value; false when the layer has none such.
func (d *dictionary) find(v string) (uint32, bool) {
	if v == "" {
		return 0, true
	}
	n := uint32(d.places.at(d.probe(v)))
	return n, n != 0
}

// probe is the place of a value that is there, or a free one where it would go.
func (d *dictionary) probe(v string) int {
	all := d.places.len()
	high, _ := bits.Mul64(maphash.String(dictionarySeed, v), uint64(all))
	for at := int(high); ; {
		n := uint32(d.places.at(at))
		if n == 0 || d.value(n) == v {
			return at
		}
		if at++; at == all {
			at = 0
		}
	}
}

// index makes the places of the values; a fifth of them stays free.
func (d *dictionary) index() {
	n := d.len()
	d.places = newNumbers(n+n/4+1, uint64(n))
	for i := 1; i < n; i++ {
		d.places.set(d.probe(d.value(uint32(i))), uint64(i))
	}
}

// memory adds what it takes.
func (d *dictionary) memory(m *memoryParts) {
	m.add("values", d.values.bytes())
	m.add("values by hash", d.places.bytes())
}

// dictionaryWriter makes a dictionary.
type dictionaryWriter struct {
	text []byte
	ends []uint32 // where value i ends in the text
	// places are numbers by hash, open-addressed, never full; 0 is a free place.
	places []uint32
}

// errDictionary says that the values of a layer are too long together.
var errDictionary = errors.New("more than 3 GiB of attribute values")

func newDictionary() *dictionaryWriter {
	return &dictionaryWriter{ends: []uint32{0}, places: make([]uint32, 64)}
}

// add is the number of the value, which is put in when it is missing.
func (w *dictionaryWriter) add(v string) (uint32, error) {
	if v == "" {
		return 0, nil
	}
	at := w.probe(v)
	if w.places[at] != 0 {
		return w.places[at], nil
	}
	if int64(len(w.text))+int64(len(v)) > maxTexts {
		return 0, errDictionary
	}
	n := uint32(len(w.ends))
	w.text = append(w.text, v...)
	w.ends = append(w.ends, uint32(len(w.text)))
	w.places[at] = n
	if 4*len(w.ends) > 3*len(w.places) {
		w.grow()
	}
	return n, nil
}

// value is a value that was added.
func (w *dictionaryWriter) value(n int) []byte { return w.text[w.ends[n-1]:w.ends[n]] }

// probe is where the value is, or where it would go.
func (w *dictionaryWriter) probe(v string) int {
	mask := len(w.places) - 1
	at := int(maphash.String(dictionarySeed, v)) & mask
	for n := w.places[at]; n != 0; n = w.places[at] {
		if string(w.value(int(n))) == v {
			break
		}
		at = (at + 1) & mask
	}
	return at
}

func (w *dictionaryWriter) grow() {
	w.places = make([]uint32, 2*len(w.places))
	for n := 1; n < len(w.ends); n++ {
		w.places[w.probe(string(w.value(n)))] = uint32(n)
	}
}

// done is the dictionary of what was added.
func (w *dictionaryWriter) done() dictionary {
	values := newTexts(len(w.ends), len(w.text))
	values.add(nil)
	for n := 1; n < len(w.ends); n++ {
		values.add(w.value(n))
	}
	w.places = nil
	d := dictionary{values: values.done()}
	d.index()
	return d
}
