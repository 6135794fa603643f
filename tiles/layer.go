package tiles

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"sync"
)

// base is the bulk of a layer, immutable: a structure of arrays along a Hilbert
// curve. A slot is a position in those arrays.
type base struct {
	ix    index
	ids   numbers
	areas []float32
	byID  numbers // slots in order of id
	// Attributes by slot and field: numbers of dict, 0 for absent.
	attrs table
	dict  dictionary
	kinds []kindCounts // types of the values, by field
	// What few layers or few features have: nil where none has it.
	from []Day
	past map[uint32][]version // by slot
	own  map[uint32]box       // by slot, where it is not that of the index: see record.reach
	// Ground areas and how they are shared out over the cells of a mosaic; see share.
	shares texts
	// Geometry, chunkSize slots each; read through chunk where all of it stays in
	// memory, and otherwise borrowed from the regions: then the pointers are nil.
	chunks  []chunkPointer
	later   *later // who makes those that are not there yet; nil = all are
	regions *regions
	tally   tally // of encoding ahead
}

// newBase packs the records of a layer, which it reorders. Two records of one id are
// an error that names the id.
func newBase(recs []*record, ls *LayerSpec, how packing) (*base, error) {
	boxes := make([]box, len(recs))
	for i, r := range recs {
		boxes[i] = r.reach()
	}
	n := len(recs)
	b := &base{
		ids: newNumbers(n, largestID(recs)), areas: make([]float32, n), byID: newNumbers(n, uint64(n)),
		chunks: make([]chunkPointer, (n+chunkSize-1)/chunkSize),
	}
	leaves := make([]box, n)
	sorted := make([]*record, n)
	byID, ascending := make([]uint32, n), true
	for slot, i := range hilbertOrder(boxes) {
		r := recs[i]
		byID[i] = uint32(slot)
		ascending = ascending && (i == 0 || recs[i-1].id < r.id)
		sorted[slot], leaves[slot] = r, boxes[i]
		b.ids.set(slot, r.id)
		b.areas[slot] = float32(r.area)
		b.setRare(slot, r)
	}
	b.ix = newIndex(leaves)
	if !ascending {
		slices.SortFunc(byID, func(x, y uint32) int { return compareID(sorted[x].id, sorted[y].id) })
	}
	for i, slot := range byID {
		if i > 0 && !ascending && sorted[slot].id == sorted[byID[i-1]].id {
			return nil, &duplicateError{sorted[slot].id}
		}
		b.byID.set(i, uint64(slot))
	}
	var faults [3]error
	parallel(2, func(i int) { // values need nothing of the geometry, and keep one processor busy
		if i == 1 {
			faults[0] = b.pack(sorted, ls, how)
			return
		}
		faults[1] = b.setValues(sorted, len(ls.Fields))
		b.shares, faults[2] = newShares(sorted)
	})
	if err := cmp.Or(faults[:]...); err != nil {
		return nil, err
	}
	return b, nil
}

// setValues packs the attributes of the records, which are in order of slots.
func (b *base) setValues(sorted []*record, fields int) error {
	writer := newDictionary(len(sorted))
	attrs := make([]uint32, len(sorted)*fields)
	for slot, r := range sorted {
		for f, v := range r.vals {
			at, err := writer.add(v)
			if err != nil {
				return err
			}
			attrs[slot*fields+f] = at
		}
	}
	b.dict = writer.done()
	b.attrs = newTable(attrs, len(sorted), fields, b.dict.len())
	b.countKinds()
	return nil
}

// setRare keeps what few features have.
func (b *base) setRare(slot int, r *record) {
	if r.from != 0 {
		if b.from == nil {
			b.from = make([]Day, b.len())
		}
		b.from[slot] = r.from
	}
	if len(r.past) > 0 {
		b.setPast(slot, r.past, r.box)
	}
}

// setPast keeps what a feature was, and its box of now.
func (b *base) setPast(slot int, past []version, now box) {
	if b.past == nil {
		b.past, b.own = map[uint32][]version{}, map[uint32]box{}
	}
	b.past[uint32(slot)], b.own[uint32(slot)] = past, now
}

// pack makes the chunks of the records, which are in order of slots.
func (b *base) pack(sorted []*record, ls *LayerSpec, how packing) error {
	sizes := make([]int64, len(b.chunks))
	for slot, r := range sorted {
		n := slot >> chunkBits
		if sizes[n] += int64(max(len(r.geom), int(r.size))); sizes[n] > maxTexts {
			return fmt.Errorf("more than 3 GiB of packed geometry for %d neighbouring features", chunkSize)
		}
	}
	var regions *regions
	if how.memory != nil && ls.Kind == Polygons && len(b.chunks) > 0 {
		var err error
		if regions, err = newRegions(how.memory, ls, len(b.chunks), true); err != nil {
			return err
		}
	}
	from, err := how.lenderOf(sorted, ls, len(b.chunks))
	if err == nil {
		err = b.packChunks(sorted, ls, how, from, regions)
		from.drop()
	}
	switch {
	case regions == nil:
	case err != nil:
		regions.drop()
	default:
		b.keepIn(regions)
	}
	return err
}

// chunkMaker makes the chunks of a base of its records, which are in order of slots.
type chunkMaker struct {
	base     *base
	sorted   []*record
	lender   lender
	borders  bool // levels are worked out
	from, to int  // zooms that are encoded ahead
	chainers sync.Pool
}

// records are those of chunk n.
func (m *chunkMaker) records(n int) []*record {
	return m.sorted[n<<chunkBits : min((n+1)<<chunkBits, len(m.sorted))]
}

// make makes chunk n. It is safe on any goroutine; an error is the lender's.
func (m *chunkMaker) make(n int) (*chunk, tally, error) {
	recs, err := m.lender.lend(n, m.records(n))
	if err == nil && m.borders {
		c := m.chainers.Get().(*chainer)
		c.run(recs, func(w box, visit func(*record)) {
			c.slots = m.base.ix.search(w, c.slots[:0])
			err = cmp.Or(err, m.lender.visit(c.slots, visit))
		})
		c.store(recs)
		m.chainers.Put(c)
	}
	if err != nil {
		return nil, tally{}, err
	}
	c, t := newChunk(recs, m.from, m.to)
	return c, t, nil
}

// makeAll makes the chunks on all processors and hands them over; put is called on any
// of them.
func (m *chunkMaker) makeAll(list []int, put func(n int, c *chunk) error) error {
	tallies, faults := make([]tally, len(list)), make([]error, len(list))
	parallel(len(list), func(i int) {
		c, t, err := m.make(list[i])
		if tallies[i], faults[i] = t, err; err == nil {
			faults[i] = put(list[i], c)
		}
	})
	for _, t := range tallies {
		m.base.tally.add(t)
	}
	return cmp.Or(faults...)
}

func (b *base) packChunks(sorted []*record, ls *LayerSpec, how packing, lender lender, regions *regions) error {
	m := &chunkMaker{base: b, sorted: sorted, lender: lender, borders: how.borders && ls.Kind == Polygons}
	m.from, m.to = preZooms(ls)
	m.chainers.New = func() any { return &chainer{} }
	if how.later != nil && regions == nil && ls.Kind == Polygons {
		return b.putOff(m, how.later)
	}
	all := make([]int, len(b.chunks))
	for n := range all {
		all[n] = n
	}
	return m.makeAll(all, func(n int, c *chunk) error {
		if regions != nil {
			return regions.put(n, c)
		}
		b.chunks[n].Store(c)
		return nil
	})
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

// largestID is the largest id of the records; 0 for none.
func largestID(recs []*record) (id uint64) {
	for _, r := range recs {
		id = max(id, r.id)
	}
	return id
}

func (b *base) len() int { return len(b.areas) }

// id is the id of a slot's feature.
func (b *base) id(slot int) uint64 { return b.ids.at(slot) }

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
	i := sort.Search(b.len(), func(i int) bool { return b.id(int(b.byID.at(i))) >= id })
	if i == b.len() {
		return 0, false
	}
	slot := int(b.byID.at(i))
	return slot, b.id(slot) == id
}

// chunk is the geometry around a slot, and the slot's place in it, where all
// geometry is in memory. Nobody else looks into chunks but by walk and withChunk.
func (b *base) chunk(slot int) (*chunk, int) {
	return b.chunkAt(slot >> chunkBits), slot & (chunkSize - 1)
}

// value is the encoded attribute; "" is absent.
func (b *base) value(slot, field int) string {
	return b.dict.value(b.attrs.at(slot, field))
}

// records calls f with what was packed into each of the slots. Where all geometry is
// in memory it is shared; otherwise the error may be ErrUnread. What has changed at
// the source meanwhile, and could not be read again, is unread: the change that the
// engine is to be told of may be the one that asks for it.
func (b *base) records(slots []uint32, f func(*record)) error {
	each := func(f func(i int, c *chunk, place int) error) error {
		if b.regions != nil {
			return b.regions.each(context.Background(), b, slots, f)
		}
		return b.walk(context.Background(), slots, f)
	}
	return each(func(i int, c *chunk, place int) error {
		r := b.bare(int(slots[i]))
		r.geom, r.levels = c.geom(place), c.levelsOf(place)
		if b.regions == nil {
			r.chunk, r.place = c, place
		} else {
			r.geom, r.levels = bytes.Clone(r.geom), bytes.Clone(r.levels)
		}
		if len(r.geom) == 0 {
			r.geom = nil
		}
		f(r)
		return nil
	})
}

// bare is what was packed into the slot but for its geometry.
func (b *base) bare(slot int) *record {
	r := &record{
		id: b.id(slot), box: b.box(slot), area: float64(b.areas[slot]),
		vals: make([]string, len(b.attrs.columns)), past: b.past[uint32(slot)], place: slot,
	}
	r.units, r.share = b.share(slot)
	for f := range r.vals {
		r.vals[f] = b.value(slot, f)
	}
	if b.from != nil {
		r.from = b.from[slot]
	}
	return r
}

// memory adds what the arrays take; of the rare past about that. shared: ids and
// values are those of another base, which counts them.
func (b *base) memory(m *memoryParts, shared bool) {
	m.add("boxes", b.ix.bytes())
	m.add("areas", 4*int64(cap(b.areas)))
	m.add("shares in cells", b.shares.bytes())
	past := int64(0)
	if !shared {
		m.add("ids", b.ids.bytes()+b.byID.bytes())
		m.add("attributes", b.attrs.bytes())
		b.dict.memory(m)
		past = 4 * int64(cap(b.from))
	}
	for _, versions := range b.past {
		past += 48 + 40
		for i := range versions {
			past += versions[i].bytes()
		}
	}
	m.add("past", past)
	for i := range b.chunks {
		if c := b.chunks[i].Load(); c != nil && (i == 0 || c != b.chunks[i-1].Load()) {
			c.memory(m)
		}
	}
	if b.regions != nil {
		b.regions.tell(m)
	}
}
