package tiles

import (
	"errors"
	"hash/maphash"
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
	for at := placeOf(hashValue(v), all); ; {
		n := uint32(d.places.at(at))
		if n == 0 || d.value(n) == v {
			return at
		}
		if at++; at == all {
			at = 0
		}
	}
}

func hashValue(v string) uint32 { return uint32(maphash.String(dictionarySeed, v)) }

// placeOf is where the search for a hash begins among so many places; places are in
// the order of hashes.
func placeOf(hash uint32, all int) int { return int(uint64(hash) * uint64(all) >> 32) }

// index makes the places of the values.
func (d *dictionary) index() {
	d.makePlaces()
	for n := 1; n < d.len(); n++ {
		d.place(hashValue(d.value(uint32(n))), uint32(n))
	}
}

// makePlaces makes free places, of which a fifth will stay so.
func (d *dictionary) makePlaces() {
	n := d.len()
	d.places = newNumbers(n+n/4+1, uint64(n))
}

// place puts a value that is not there yet in its place.
func (d *dictionary) place(hash, n uint32) {
	all := d.places.len()
	at := placeOf(hash, all)
	for d.places.at(at) != 0 {
		if at++; at == all {
			at = 0
		}
	}
	d.places.set(at, uint64(n))
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
	// places are values by hash, open-addressed, never full. Zero is a free one.
	places []hashed
	recent [recentValues]recentValue
}

// hashed is a value's hash and number.
type hashed struct{ hash, n uint32 }

// recentValues is how many values are found by where they are in memory: a load lets
// equal ones share it.
const recentValues = 1 << 12

type recentValue struct {
	data *byte
	size int
	n    uint32
}

// errDictionary says that the values of a layer are too long together.
var errDictionary = errors.New("more than 3 GiB of attribute values")

// newDictionary begins a dictionary of about so many values.
func newDictionary(about int) *dictionaryWriter {
	return &dictionaryWriter{ends: []uint32{0}, places: make([]hashed, max(64, 2*about))}
}

// add is the number of the value, which is put in when it is missing. Nobody may
// write to the value's memory afterwards.
func (w *dictionaryWriter) add(v string) (uint32, error) {
	if v == "" {
		return 0, nil
	}
	data := unsafe.StringData(v)
	seen := &w.recent[uint64(uintptr(unsafe.Pointer(data)))*0x9E3779B97F4A7C15>>52]
	if seen.data == data && seen.size == len(v) {
		return seen.n, nil
	}
	known := len(w.ends)
	n, err := w.number(v)
	if int(n) < known && err == nil { // most values that come once never come again
		*seen = recentValue{data, len(v), n}
	}
	return n, err
}

// number is add for a value that may be anywhere.
func (w *dictionaryWriter) number(v string) (uint32, error) {
	hash := hashValue(v)
	at := placeOf(hash, len(w.places))
	for p := w.places[at]; p.n != 0; p = w.places[at] {
		if p.hash == hash && string(w.value(int(p.n))) == v {
			return p.n, nil
		}
		if at++; at == len(w.places) {
			at = 0
		}
	}
	if int64(len(w.text))+int64(len(v)) > maxTexts {
		return 0, errDictionary
	}
	n := uint32(len(w.ends))
	w.text = append(w.text, v...)
	w.ends = append(w.ends, uint32(len(w.text)))
	w.places[at] = hashed{hash, n}
	if 4*len(w.ends) > 3*len(w.places) {
		w.grow()
	}
	return n, nil
}

// value is a value that was added.
func (w *dictionaryWriter) value(n int) []byte { return w.text[w.ends[n-1]:w.ends[n]] }

func (w *dictionaryWriter) grow() {
	old := w.places
	w.places = make([]hashed, 2*len(old))
	for _, p := range old {
		if p.n == 0 {
			continue
		}
		at := placeOf(p.hash, len(w.places))
		for w.places[at].n != 0 {
			if at++; at == len(w.places) {
				at = 0
			}
		}
		w.places[at] = p
	}
}

// done is the dictionary of what was added.
func (w *dictionaryWriter) done() dictionary {
	values := newTexts(len(w.ends), len(w.text))
	values.add(nil)
	for n := 1; n < len(w.ends); n++ {
		values.add(w.value(n))
	}
	d := dictionary{values: values.done()}
	d.makePlaces()
	for _, p := range w.places {
		if p.n != 0 {
			d.place(p.hash, p.n)
		}
	}
	return d
}
