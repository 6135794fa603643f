package tiles

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"
)

// base is the bulk of a layer, immutable: a structure of arrays along a Hilbert
// curve. A slot is a position in those arrays.
type base struct {
	ix    index
	ids   []uint64
	areas []float64
	byID  []uint32 // slots in order of id
	// Attributes: cols[slot*fields+field] is a number of dict, 0 for absent.
	fields int
	cols   []uint32
	dict   dictionary
	// What few layers or few features have: nil where none has it.
	m2   []float64
	from []Day
	past map[uint32][]version // by slot
	own  map[uint32]box       // by slot, where it is not that of the index: see record.reach
	// How areas are shared out over the cells of a mosaic.
	shares shareColumn
	// Geometry, chunkSize slots each; read through chunk.
	chunks []chunkPointer
	tally  tally // of encoding ahead
}

// newBase packs the records of a layer, which it reorders. Two records of one id are
// an error that names the id. With borders it works out the levels of all vertices
// first; otherwise the records bring theirs along.
func newBase(recs []*record, ls *LayerSpec, borders bool) (*base, error) {
	fields := len(ls.Fields)
	boxes := make([]box, len(recs))
	for i, r := range recs {
		boxes[i] = r.reach()
	}
	n := len(recs)
	b := &base{
		ids: make([]uint64, n), areas: make([]float64, n), byID: make([]uint32, n),
		fields: fields, cols: make([]uint32, n*fields),
		chunks: make([]chunkPointer, (n+chunkSize-1)/chunkSize),
	}
	writer := newDictionary()
	leaves := make([]box, n)
	sorted := make([]*record, n)
	for slot, i := range hilbertOrder(boxes) {
		r := recs[i]
		sorted[slot], leaves[slot] = r, boxes[i]
		b.ids[slot], b.areas[slot], b.byID[slot] = r.id, r.area, uint32(slot)
		for f, v := range r.vals {
			at, err := writer.add(v)
			if err != nil {
				return nil, err
			}
			b.cols[slot*fields+f] = at
		}
		b.setRare(slot, r)
	}
	b.dict = writer.done()
	b.ix = newIndex(leaves)
	slices.SortFunc(b.byID, func(x, y uint32) int { return compareID(b.ids[x], b.ids[y]) })
	for i := 1; i < n; i++ {
		if id := b.ids[b.byID[i]]; id == b.ids[b.byID[i-1]] {
			return nil, &duplicateError{id}
		}
	}
	var err error
	if b.shares, err = newShareColumn(sorted); err != nil {
		return nil, err
	}
	return b, b.pack(sorted, ls, borders && ls.Kind == Polygons)
}

// setRare keeps what few features have.
func (b *base) setRare(slot int, r *record) {
	if r.m2 != 0 {
		if b.m2 == nil {
			b.m2 = make([]float64, len(b.ids))
		}
		b.m2[slot] = r.m2
	}
	if r.from != 0 {
		if b.from == nil {
			b.from = make([]Day, len(b.ids))
		}
		b.from[slot] = r.from
	}
	if len(r.past) > 0 {
		if b.past == nil {
			b.past = map[uint32][]version{}
		}
		b.past[uint32(slot)] = r.past
		if b.own == nil {
			b.own = map[uint32]box{}
		}
		b.own[uint32(slot)] = r.box
	}
}

// pack makes the chunks of the records, which are in order of slots.
func (b *base) pack(sorted []*record, ls *LayerSpec, borders bool) error {
	sizes := make([]int64, len(b.chunks))
	for slot, r := range sorted {
		n := slot >> chunkBits
		if sizes[n] += int64(len(r.geom)); sizes[n] > math.MaxUint32 {
			return fmt.Errorf("more than 4 GiB of packed geometry for %d neighbouring features", chunkSize)
		}
	}
	from, to := preZooms(ls)
	tallies := make([]tally, len(b.chunks))
	chainers := sync.Pool{New: func() any { return &chainer{} }}
	parallel(len(b.chunks), func(n int) {
		recs := sorted[n<<chunkBits : min((n+1)<<chunkBits, len(sorted))]
		if borders {
			c := chainers.Get().(*chainer)
			c.run(recs, func(w box, visit func(*record)) {
				c.slots = b.ix.search(w, c.slots[:0])
				for _, s := range c.slots {
					visit(sorted[s])
				}
			})
			c.store(recs)
			chainers.Put(c)
		}
		var c *chunk
		c, tallies[n] = newChunk(recs, from, to)
		b.chunks[n].Store(c)
	})
	for _, t := range tallies {
		b.tally.add(t)
	}
	return nil
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

// box is the box of a slot's feature as it is now, empty when it has ended. The
// index's also holds what it was.
func (b *base) box(slot int) box {
	if own, ok := b.own[uint32(slot)]; ok {
		return own
	}
	return b.ix.boxes[slot]
}

// slotOf finds the slot of an id.
func (b *base) slotOf(id uint64) (int, bool) {
	i := sort.Search(len(b.byID), func(i int) bool { return b.ids[b.byID[i]] >= id })
	if i < len(b.byID) && b.ids[b.byID[i]] == id {
		return int(b.byID[i]), true
	}
	return 0, false
}

// chunk is the geometry around a slot, and the slot's place in it. Nobody else
// looks into chunks: whoever gives chunks up reads them again here.
func (b *base) chunk(slot int) (*chunk, int) {
	return b.chunks[slot>>chunkBits].Load(), slot & (chunkSize - 1)
}

// columns are the numbers of the slot's attributes in the dictionary.
func (b *base) columns(slot int) []uint32 {
	return b.cols[slot*b.fields : (slot+1)*b.fields]
}

// value is the encoded attribute; "" is absent.
func (b *base) value(slot, field int) string {
	return b.dict.value(b.cols[slot*b.fields+field])
}

// record rebuilds what was packed into the slot. The geometry is shared.
func (b *base) record(slot int) *record {
	c, place := b.chunk(slot)
	r := &record{
		id: b.ids[slot], box: b.box(slot), area: b.areas[slot],
		geom: c.geom(place), levels: c.levelsOf(place), vals: make([]string, b.fields), past: b.past[uint32(slot)],
		chunk: c, place: place,
		share: b.shares.of(slot),
	}
	if len(r.geom) == 0 {
		r.geom = nil
	}
	for f := range r.vals {
		r.vals[f] = b.value(slot, f)
	}
	if b.m2 != nil {
		r.m2 = b.m2[slot]
	}
	if b.from != nil {
		r.from = b.from[slot]
	}
	return r
}

// bytes is the memory the arrays take; of the rare past about that.
func (b *base) bytes() int64 {
	n := int64(cap(b.ix.boxes))*16 + int64(cap(b.ids))*8 + int64(cap(b.areas))*8 + int64(cap(b.byID))*4
	n += int64(cap(b.cols))*4 + b.dict.bytes() + int64(cap(b.m2))*8 + int64(cap(b.from))*4 + b.shares.bytes()
	for _, past := range b.past {
		n += 48 + 40
		for i := range past {
			n += past[i].bytes()
		}
	}
	for i := range b.chunks {
		if c := b.chunks[i].Load(); c != nil {
			n += c.bytes()
		}
	}
	return n
}
