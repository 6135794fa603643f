package tiles

import (
	"context"
	"iter"
)

// What a query asks for is looked at one feature at a time, and what the query does
// not keep takes no memory: for a tile of a past day, or under a filter, all features
// of a layer may have to be gone over.

// each yields the features of the layer that the query keeps, as they were on its day,
// in no order. Their values are there until the next one, or for as long as all hits
// are if keep is called. The error, which is the last that it yields, is the context's.
func (a *asking) each(ctx context.Context) iter.Seq2[hit, error] {
	return func(yield func(hit, error) bool) {
		l, w, seen := a.l, a.g.window(), 0
		goes := func(h hit) bool {
			a.vals.resolved = a.vals.resolved[:a.kept]
			return !a.resolve(&h) || !a.keeps(a.vals.keys(l.base, h, a.vals.roomFor(l.base))) || yield(h, nil)
		}
		for slot := range l.base.ix.meeting(w) {
			if err := goneAt(ctx, seen); err != nil {
				yield(hit{}, err)
				return
			}
			seen++
			if !l.mayShow(a.ls, slot, nil, a.g, a.at != 0) {
				continue
			}
			if id := l.base.id(int(slot)); !l.over.masks(id) && !goes(hit{id: id, slot: slot}) {
				return
			}
		}
		if !l.over.bounds.meets(w) {
			return
		}
		for n, e := range l.over.entries {
			if err := goneAt(ctx, n); err != nil {
				yield(hit{}, err)
				return
			}
			if e.rec != nil && e.rec.reach().meets(w) && l.mayShow(a.ls, 0, e.rec, a.g, a.at != 0) && !goes(hit{id: e.id, rec: e.rec}) {
				return
			}
		}
	}
}

// keep lets the values of the hit that each has just yielded stay.
func (a *asking) keep() { a.kept = len(a.vals.resolved) }

// findAsked lists what the query keeps in order of id, and ends when that is more than
// most.
func (b *builder) findAsked(ctx context.Context, most int) ([]hit, error) {
	f := &b.finder
	f.hits = f.hits[:0]
	for h, err := range b.asking.each(ctx) {
		if err != nil {
			return nil, err
		}
		b.asking.keep()
		if f.hits = append(f.hits, h); len(f.hits) > most {
			break
		}
	}
	f.sortHits()
	return f.hits, nil
}

// mayShow reports whether a feature that a search has found, of a slot or with a
// record, may have something in the tile: now, or with then on another day too.
func (l *layer) mayShow(ls *LayerSpec, slot uint32, rec *record, g grid, then bool) bool {
	switch {
	case rec != nil && len(rec.past) > 0, rec == nil && l.base.hasPast(slot):
		return then || presentAt(ls, l, slot, rec, g)
	case rec != nil:
		return rec.drawnAt(ls.Kind, g.z)
	}
	return ls.Kind == Points || float64(l.base.areas[slot]) >= unit2(g.z)
}

// hasPast reports that the feature of a slot was something else before, or has
// ended.
func (b *base) hasPast(slot uint32) bool {
	if b.past == nil {
		return false
	}
	_, ok := b.past[slot]
	return ok
}
