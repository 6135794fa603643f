package tiles

import (
	"context"
	"slices"
)

// lookEvery is how many hits a build goes over between two looks at its context.
const lookEvery = 256

// goneAt is the context's error, looked for at every so many hits.
func goneAt(ctx context.Context, n int) error {
	if n%lookEvery != 0 {
		return nil
	}
	return ctx.Err()
}

// hit is a feature found by a search: a slot of the base, or a record of the
// overlay. vals says where the keys of its attributes are, see valueSet.keys.
type hit struct {
	id   uint64
	slot uint32
	vals int32
	rec  *record
}

// finder searches layers. Its buffers are reused.
type finder struct {
	slots  []uint32
	hits   []hit
	spare  []hit
	marks  []uint64 // a bit per slot
	counts [1 << radixBits]int
}

// find returns what meets the window and passes keep, in order of id, valid until
// the next call. keep sees either a slot of the base or, with a record, the
// overlay. The error is the context's.
func (f *finder) find(ctx context.Context, l *layer, w box, keep func(slot uint32, rec *record) bool) ([]hit, error) {
	f.slots = l.base.ix.search(w, f.slots[:0])
	n := 0
	for i, s := range f.slots {
		if err := goneAt(ctx, i); err != nil {
			return nil, err
		}
		if keep(s, nil) {
			f.slots[n] = s
			n++
		}
	}
	f.slots = f.slots[:n]
	f.sortSlots(l.base)
	if len(l.over.entries) > 0 {
		if err := f.addOverlay(ctx, l.over, w, keep); err != nil {
			return nil, err
		}
	}
	return f.hits, nil
}

// few is the number of hits up to which comparing ids sorts them fastest.
const few = 128

// sortSlots turns the slots into hits in order of id: by comparing when they are
// few, by marking them along all ids when they are a good part of the layer, by
// the digits of the ids otherwise.
func (f *finder) sortSlots(b *base) {
	f.hits = f.hits[:0]
	if len(f.slots) > few && len(f.slots) > b.len()/8 {
		f.marks = append(f.marks[:0], make([]uint64, (b.len()+63)/64)...)
		for _, s := range f.slots {
			f.marks[s>>6] |= 1 << (s & 63)
		}
		for i := range b.len() {
			s := uint32(b.byID.at(i))
			if f.marks[s>>6]>>(s&63)&1 != 0 {
				f.hits = append(f.hits, hit{id: b.id(int(s)), slot: s})
			}
		}
		return
	}
	for _, s := range f.slots {
		f.hits = append(f.hits, hit{id: b.id(int(s)), slot: s})
	}
	f.sortHits()
}

// sortHits puts the hits in order of id.
func (f *finder) sortHits() {
	if len(f.hits) <= few {
		slices.SortFunc(f.hits, func(a, b hit) int { return compareID(a.id, b.id) })
		return
	}
	f.radix()
}

const radixBits = 11

// radix sorts the hits by the digits of their ids in which they differ, the lowest
// first. No two ids are equal.
func (f *finder) radix() {
	differ, first := uint64(0), f.hits[0].id
	for _, h := range f.hits {
		differ |= h.id ^ first
	}
	f.spare = slices.Grow(f.spare[:0], len(f.hits))[:len(f.hits)]
	for shift := uint(0); differ>>shift != 0; shift += radixBits {
		const mask = 1<<radixBits - 1
		if differ>>shift&mask == 0 {
			continue
		}
		clear(f.counts[:])
		for i := range f.hits {
			f.counts[f.hits[i].id>>shift&mask]++
		}
		at := 0
		for i, n := range f.counts {
			f.counts[i] = at
			at += n
		}
		for i := range f.hits {
			digit := f.hits[i].id >> shift & mask
			f.spare[f.counts[digit]] = f.hits[i]
			f.counts[digit]++
		}
		f.hits, f.spare = f.spare, f.hits
	}
}

// addOverlay takes away the hits that the overlay replaces and puts its own in.
func (f *finder) addOverlay(ctx context.Context, o *overlay, w box, keep func(slot uint32, rec *record) bool) error {
	meets := o.bounds.meets(w)
	if !meets && len(f.hits) <= few {
		f.hits = slices.DeleteFunc(f.hits, func(h hit) bool { return o.masks(h.id) })
		return nil
	}
	merged, i := f.spare[:0], 0
	for n, e := range o.entries {
		if err := goneAt(ctx, n); err != nil {
			return err
		}
		for ; i < len(f.hits) && f.hits[i].id < e.id; i++ {
			merged = append(merged, f.hits[i])
		}
		if i < len(f.hits) && f.hits[i].id == e.id {
			i++
		}
		if e.rec != nil && e.rec.reach().meets(w) && keep(0, e.rec) {
			merged = append(merged, hit{id: e.id, rec: e.rec})
		}
	}
	merged = append(merged, f.hits[i:]...)
	f.hits, f.spare = merged, f.hits
	return nil
}
