package tiles

import "slices"

// valueSet is the attribute values that one build deals with, by key: the layer's
// dictionary, and after it what only the overlay or the past has.
type valueSet struct {
	dict     *dictionary
	extra    []string
	known    map[string]uint32 // key of each extra
	resolved []uint32          // keys of the records' values, see hit.vals
	room     []uint32
}

func (v *valueSet) reset(d *dictionary) {
	v.dict, v.extra, v.resolved = d, v.extra[:0], v.resolved[:0]
	clear(v.known)
}

// resolve puts the keys of encoded values into resolved and returns where they
// begin, counted from 1.
func (v *valueSet) resolve(vals []string) int32 {
	at := len(v.resolved)
	for _, s := range vals {
		v.resolved = append(v.resolved, v.key(s))
	}
	return int32(at + 1)
}

func (v *valueSet) key(s string) uint32 {
	if key, ok := v.dict.find(s); ok {
		return key
	}
	key, ok := v.known[s]
	if !ok {
		if v.known == nil {
			v.known = map[string]uint32{}
		}
		key = uint32(v.dict.len() + len(v.extra))
		v.known[s] = key
		v.extra = append(v.extra, s)
	}
	return key
}

// len is the number of keys, the absent value's included.
func (v *valueSet) len() int { return v.dict.len() + len(v.extra) }

// value is the encoded value of a key.
func (v *valueSet) value(key uint32) string {
	if int(key) < v.dict.len() {
		return v.dict.value(key)
	}
	return v.extra[int(key)-v.dict.len()]
}

// appendValue writes the value of a key as a field of a layer.
func (v *valueSet) appendValue(b []byte, key uint32) []byte {
	return appendBytes(b, keyLayerValue, v.value(key))
}

// copy puts keys into resolved, to be changed there, and returns where they begin,
// counted from 1.
func (v *valueSet) copy(keys []uint32) int32 {
	v.resolved = append(v.resolved, keys...)
	return int32(len(v.resolved) - len(keys) + 1)
}

// keys are the keys of a hit's values: those of its slot, or with hit.vals those
// that resolve or copy has put down. They are to be changed only there.
// Those of a slot are put into room.
func (v *valueSet) keys(b *base, h hit, room []uint32) []uint32 {
	if h.vals == 0 {
		return b.attrs.row(int(h.slot), room)
	}
	return v.resolved[h.vals-1:][:len(b.attrs.columns)]
}

// roomFor is space for the keys of one feature, the same every time.
func (v *valueSet) roomFor(b *base) []uint32 {
	n := len(b.attrs.columns)
	v.room = slices.Grow(v.room[:0], n)[:n]
	return v.room
}
