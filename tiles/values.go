package tiles

// valueSet is the attribute values that one build deals with, by key: the layer's
// dictionary, and after it what only the overlay or the past has.
type valueSet struct {
	dict     *dictionary
	extra    []string
	known    map[string]uint32 // key of each extra
	resolved []uint32          // keys of the records' values, see hit.vals
}

func (v *valueSet) reset(d *dictionary) {
	v.dict, v.extra, v.resolved = d, v.extra[:0], v.resolved[:0]
	clear(v.known)
}

// resolve puts the keys of encoded values into resolved and returns where they
// begin.
func (v *valueSet) resolve(vals []string) int32 {
	at := len(v.resolved)
	for _, s := range vals {
		v.resolved = append(v.resolved, v.key(s))
	}
	return int32(at)
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

// appendValue writes the value of a key as a field of a layer.
func (v *valueSet) appendValue(b []byte, key uint32) []byte {
	if int(key) < v.dict.len() {
		return appendBytes(b, keyLayerValue, v.dict.value(key))
	}
	return appendBytes(b, keyLayerValue, v.extra[int(key)-v.dict.len()])
}
