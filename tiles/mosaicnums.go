package tiles

import "math/bits"

// placeTable finds the places of numbers that were put down before. Its memory is
// reused.
type placeTable struct {
	slots []placeSlot // a power of two of them, open-addressed
	used  int
}

type placeSlot struct {
	key   uint64 // 0 = free
	place uint32
}

func (t *placeTable) reset() {
	if t.slots == nil {
		t.slots = make([]placeSlot, 1<<10)
	}
	clear(t.slots)
	t.used = 0
}

// find is where a key, not 0, is or would go, and whether it is there. That is
// valid until the next call.
func (t *placeTable) find(key uint64) (*placeSlot, bool) {
	if 2*t.used >= len(t.slots) {
		t.grow()
	}
	s := t.probe(key)
	if s.key == key {
		return s, true
	}
	s.key = key
	t.used++
	return s, false
}

// probe begins at the upper bits of the key's product with 2^64 over the golden ratio.
func (t *placeTable) probe(key uint64) *placeSlot {
	mask := len(t.slots) - 1
	at := int(key * 0x9E3779B97F4A7C15 >> (64 - bits.Len(uint(mask))))
	for t.slots[at].key != 0 && t.slots[at].key != key {
		at = (at + 1) & mask
	}
	return &t.slots[at]
}

func (t *placeTable) grow() {
	old := t.slots
	t.slots = make([]placeSlot, 2*len(old))
	for _, s := range old {
		if s.key != 0 {
			*t.probe(s.key) = s
		}
	}
}
