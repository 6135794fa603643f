package tiles

import (
	"bytes"
	"cmp"
	"slices"
)

// reweave gives changed features of a layer their levels, and adds to the changes
// the neighbours whose levels follow: those that pass through a vertex of the old
// or the new geometry, for a chain belongs to the same features all along. The
// tiles that these reach are appended to the ranges, at the zooms at which they
// look different. were is what the features were before.
// The error may be ErrUnread.
func (e *Engine) reweave(ranges []tileRange, i int, old *layer, recs, were map[uint64]*record) ([]tileRange, error) {
	ls := &e.spec.Layers[i]
	if e.opts.Plain || ls.Kind != Polygons {
		return ranges, nil
	}
	moved := map[uint64]*record{} // whose geometry is another, or new, or gone
	var around []box
	for id, rec := range recs {
		before := were[id]
		if before != nil && rec != nil && !before.unread() && sameOutlines(before, rec) {
			keepLevels(before, rec)
			continue
		}
		moved[id] = rec
		for _, r := range []*record{before, rec} {
			if r != nil && !r.reach().isEmpty() {
				around = append(around, r.reach().grown(touchDistance))
			}
		}
	}
	if len(moved) == 0 {
		return ranges, nil
	}
	next := old.with(recs)
	ids := make(map[uint64]*record, 8*len(moved)) // what each was before, nil = moved
	var targets []*record
	for _, rec := range moved {
		if rec != nil {
			ids[rec.id] = nil
			targets = append(targets, rec)
		}
	}
	for _, w := range around {
		if err := next.visit(w, func(r *record) {
			if _, ok := ids[r.id]; ok || r.unread() { // whose own change is on its way
				return
			}
			again := *r
			again.past = slices.Clone(r.past)
			again.chunk = nil
			ids[r.id] = r
			targets = append(targets, &again)
		}); err != nil {
			return nil, err
		}
	}
	var unread error
	e.chainer.run(targets, func(w box, f func(*record)) { unread = cmp.Or(unread, next.visit(w, f)) })
	if unread != nil {
		return nil, unread
	}
	e.chainer.store(targets)
	for _, r := range targets {
		before := ids[r.id]
		if before == nil {
			continue
		}
		if zooms := differingZooms(before, r); zooms != 0 {
			recs[r.id] = r
			ranges = appendReach(ranges, r, func(z int) bool {
				cells := ls.Mosaic != nil && z <= ls.Mosaic.MaxZoom
				return zooms>>z&1 != 0 && !cells && ls.drawnAt(z) && z >= e.spec.MinZoom && z <= e.spec.MaxZoom
			})
		}
	}
	return ranges, nil
}

// visit calls f with every feature whose reach meets the box.
func (l *layer) visit(w box, f func(*record)) error {
	slots := slices.DeleteFunc(l.base.ix.search(w, nil), func(slot uint32) bool { return l.over.masks(l.base.id(int(slot))) })
	if err := l.base.records(slots, f); err != nil {
		return err
	}
	if l.over.bounds.meets(w) {
		for i := range l.over.entries {
			if r := l.over.entries[i].rec; r != nil && r.reach().meets(w) {
				f(r)
			}
		}
	}
	return nil
}

// unread reports that a record of a layer of polygons is without the geometry that
// it has: see base.records.
func (r *record) unread() bool { return len(r.geom) == 0 && !r.ended() }

// outline is a geometry of a record, of now or of the past, and its levels.
type outline struct {
	geom   []byte
	box    box
	levels *[]byte
}

func (r *record) listOutlines() (out []outline) {
	r.outlines(func(geom []byte, b box, levels *[]byte) { out = append(out, outline{geom, b, levels}) })
	return out
}

// sameOutlines reports whether two records have the same geometry, past included.
func sameOutlines(a, b *record) bool {
	return slices.EqualFunc(a.listOutlines(), b.listOutlines(), func(x, y outline) bool {
		return x.box == y.box && bytes.Equal(x.geom, y.geom)
	})
}

// keepLevels gives to the levels that from has, where both have the same geometry.
func keepLevels(from, to *record) {
	old := from.listOutlines()
	for i, o := range to.listOutlines() {
		*o.levels = *old[i].levels
	}
}

// differingZooms has a bit for each zoom at which two records of the same geometry
// are not drawn with the same vertices.
func differingZooms(a, b *record) (zooms uint64) {
	old := a.listOutlines()
	for i, o := range b.listOutlines() {
		was, is := *old[i].levels, *o.levels
		for k := range is {
			lo, hi := min(was[k], is[k]), max(was[k], is[k])
			zooms |= 1<<hi - 1<<lo
		}
	}
	return zooms
}

// appendReach appends the tiles that any geometry of the record reaches, for the
// zooms that count.
func appendReach(ranges []tileRange, r *record, counts func(z int) bool) []tileRange {
	r.outlines(func(_ []byte, b box, _ *[]byte) {
		for z := range wholeZoom {
			if counts(z) {
				ranges = append(ranges, tilesOf(b, z))
			}
		}
	})
	return ranges
}
