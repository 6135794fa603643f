package tiles

import (
	"slices"
	"sort"
)

// overlay is what changed since the base was built, in order of id. It is
// immutable: a change makes a new one.
type overlay struct {
	entries []entry
	bounds  box // of the live entries
}

// entry is one changed feature; a nil record means that the id is gone.
type entry struct {
	id     uint64
	rec    *record
	inBase bool // the base has the id too, and must be ignored there
}

func (o *overlay) find(id uint64) (int, bool) {
	i := sort.Search(len(o.entries), func(i int) bool { return o.entries[i].id >= id })
	return i, i < len(o.entries) && o.entries[i].id == id
}

// masks reports whether the overlay replaces or removes the id.
func (o *overlay) masks(id uint64) bool {
	if len(o.entries) == 0 {
		return false
	}
	_, ok := o.find(id)
	return ok
}

// with returns an overlay in which the entries of news hold; news is in order of
// id and has no id twice. Entries that no longer say anything are dropped.
func (o *overlay) with(news []entry) *overlay {
	out := &overlay{entries: make([]entry, 0, len(o.entries)+len(news)), bounds: emptyBox()}
	add := func(e entry) {
		if e.rec == nil && !e.inBase {
			return
		}
		if e.rec != nil {
			out.bounds = out.bounds.join(e.rec.reach())
		}
		out.entries = append(out.entries, e)
	}
	i := 0
	for _, e := range news {
		for ; i < len(o.entries) && o.entries[i].id < e.id; i++ {
			add(o.entries[i])
		}
		if i < len(o.entries) && o.entries[i].id == e.id {
			i++
		}
		add(e)
	}
	for ; i < len(o.entries); i++ {
		add(o.entries[i])
	}
	return out
}

// layer is one layer at one revision: base and overlay together. Immutable.
type layer struct {
	base *base
	over *overlay
}

func newLayer(b *base) *layer { return &layer{base: b, over: &overlay{bounds: emptyBox()}} }

// before is what the ids of changes are now, nil for those that are not there. Those
// of one region are read while it is borrowed once. A record may be unread, and the
// error may be ErrUnread.
func (l *layer) before(changes map[uint64]*record) (map[uint64]*record, error) {
	out := make(map[uint64]*record, len(changes))
	var slots []uint32
	for id := range changes {
		out[id] = nil
		if i, ok := l.over.find(id); ok {
			out[id] = l.over.entries[i].rec
		} else if slot, ok := l.base.slotOf(id); ok {
			slots = append(slots, uint32(slot))
		}
	}
	slices.Sort(slots)
	return out, l.base.records(slots, func(r *record) { out[r.id] = r })
}

// len is the number of features.
func (l *layer) len() int {
	n := l.base.len()
	for _, e := range l.over.entries {
		if e.inBase {
			n--
		}
		if e.rec != nil {
			n++
		}
	}
	return n
}

// mayMeet reports whether anything can lie in the window; it looks at bounds only.
func (l *layer) mayMeet(w box) bool {
	return l.base.ix.bounds().meets(w) || l.over.bounds.meets(w)
}

// with applies records (nil = gone) by id.
func (l *layer) with(changes map[uint64]*record) *layer {
	news := make([]entry, 0, len(changes))
	for id, rec := range changes {
		_, inBase := l.base.slotOf(id)
		news = append(news, entry{id, rec, inBase})
	}
	slices.SortFunc(news, func(a, b entry) int { return compareID(a.id, b.id) })
	return &layer{base: l.base, over: l.over.with(news)}
}

// records lists every feature, the base's first. Under a memory those have no
// geometry with them: a merge borrows it (older).
func (l *layer) records() []*record {
	out := make([]*record, 0, l.base.len()+len(l.over.entries))
	var slots []uint32
	for slot := range l.base.len() {
		switch {
		case l.over.masks(l.base.id(slot)):
		case l.base.regions != nil:
			out = append(out, l.base.bare(slot))
		default:
			slots = append(slots, uint32(slot))
		}
	}
	_ = l.base.records(slots, func(r *record) { out = append(out, r) }) // which are in memory
	for _, e := range l.over.entries {
		if e.rec != nil {
			out = append(out, e.rec)
		}
	}
	return out
}

// rebased is l over a new base that was made from old, an earlier state of l over
// the same base as l's: what changed after old stays in the overlay.
func (l *layer) rebased(old *layer, b *base) *layer {
	news := make([]entry, 0, len(l.over.entries))
	keep := func(id uint64, rec *record) {
		_, inBase := b.slotOf(id)
		news = append(news, entry{id, rec, inBase})
	}
	for _, e := range l.over.entries {
		if i, ok := old.over.find(e.id); !ok || old.over.entries[i].rec != e.rec {
			keep(e.id, e.rec)
		}
	}
	for _, e := range old.over.entries { // added before old, taken away after it
		if _, ok := l.over.find(e.id); !ok {
			keep(e.id, nil)
		}
	}
	slices.SortFunc(news, func(a, b entry) int { return compareID(a.id, b.id) })
	return &layer{base: b, over: (&overlay{}).with(news)}
}
