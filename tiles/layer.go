package tiles

import (
	"fmt"
	"slices"
	"sort"
)

// base is the bulk of a layer, immutable: a structure of arrays along a Hilbert
// curve. A slot is a position in those arrays.
type base struct {
	ix    index
	ids   []uint64
	areas []float64
	geoms []byte
	ends  []uint32 // where the slot's geometry ends in geoms (it begins at the slot before's end)
	byID  []uint32 // slots in order of id
	// Attributes: cols[slot*fields+field] is an index into dict, 0 for absent.
	fields int
	cols   []uint32
	dict   []string
}

// newBase packs records, which it reorders. Two records of one id are an error
// that names the id.
func newBase(recs []*record, fields int) (*base, error) {
	boxes := make([]box, len(recs))
	size := 0
	for i, r := range recs {
		boxes[i] = r.box
		size += len(r.geom)
	}
	if int64(size) > 1<<32-1 {
		return nil, fmt.Errorf("%d bytes of packed geometry are more than one layer holds", size)
	}
	n := len(recs)
	b := &base{
		ids: make([]uint64, n), areas: make([]float64, n),
		geoms: make([]byte, 0, size), ends: make([]uint32, n), byID: make([]uint32, n),
		fields: fields, cols: make([]uint32, n*fields), dict: []string{""},
	}
	known := map[string]uint32{"": 0}
	leaves := make([]box, n, n+n/8+8)
	for slot, i := range hilbertOrder(boxes) {
		r := recs[i]
		leaves[slot] = r.box
		b.ids[slot], b.areas[slot], b.byID[slot] = r.id, r.area, uint32(slot)
		b.geoms = append(b.geoms, r.geom...)
		b.ends[slot] = uint32(len(b.geoms))
		for f, v := range r.vals {
			at, ok := known[v]
			if !ok {
				at = uint32(len(b.dict))
				known[v] = at
				b.dict = append(b.dict, v)
			}
			b.cols[slot*fields+f] = at
		}
	}
	b.ix = newIndex(leaves)
	slices.SortFunc(b.byID, func(x, y uint32) int { return compareID(b.ids[x], b.ids[y]) })
	for i := 1; i < n; i++ {
		if id := b.ids[b.byID[i]]; id == b.ids[b.byID[i-1]] {
			return nil, &duplicateError{id}
		}
	}
	return b, nil
}

// duplicateError says that an id came twice.
type duplicateError struct{ id uint64 }

func (e *duplicateError) Error() string { return fmt.Sprintf("id %d comes twice", e.id) }

func compareID(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (b *base) len() int { return len(b.ids) }

// slotOf finds the slot of an id.
func (b *base) slotOf(id uint64) (int, bool) {
	i := sort.Search(len(b.byID), func(i int) bool { return b.ids[b.byID[i]] >= id })
	if i < len(b.byID) && b.ids[b.byID[i]] == id {
		return int(b.byID[i]), true
	}
	return 0, false
}

func (b *base) geom(slot int) []byte {
	from := uint32(0)
	if slot > 0 {
		from = b.ends[slot-1]
	}
	return b.geoms[from:b.ends[slot]]
}

func (b *base) value(slot, field int) string {
	return b.dict[b.cols[slot*b.fields+field]]
}

// record rebuilds what was packed into the slot. The geometry is shared.
func (b *base) record(slot int) *record {
	r := &record{
		id: b.ids[slot], box: b.ix.boxes[slot], area: b.areas[slot],
		geom: b.geom(slot), vals: make([]string, b.fields),
	}
	if len(r.geom) == 0 {
		r.geom = nil
	}
	for f := range r.vals {
		r.vals[f] = b.value(slot, f)
	}
	return r
}

// bytes is the memory the arrays take, within a few per cent.
func (b *base) bytes() int64 {
	n := int64(len(b.ix.boxes))*16 + int64(cap(b.geoms)) + int64(len(b.ids))*(8+8+4+4)
	n += int64(len(b.cols)) * 4
	for _, s := range b.dict {
		n += int64(len(s)) + 16
	}
	return n
}
