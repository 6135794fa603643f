package tiles

import (
	"cmp"
	"fmt"
	"slices"
)

// Apply brings in the changes that lead to a revision and returns the tiles whose
// content may differ: over all zooms, those that the old or the new feature
// reaches with the buffer, and those in which a neighbour's simplified border
// follows it, in order of z, x, y. Several changes of one feature count in their
// order. A change that changes nothing touches nothing.
//
// With more than Options.MaxTouched tiles the list is nil and the error
// ErrAllTouched; the changes hold all the same. Every other error (*FeatureError,
// ErrStale, ErrNotReady, ErrUnread) means that nothing was changed.
func (e *Engine) Apply(revision int64, changes []Change) ([]ID, error) {
	e.lockForChange()
	defer e.write.Unlock()
	old := e.snap.Load()
	if old == nil || old.partial() {
		return nil, ErrNotReady
	}
	if revision < old.revision {
		return nil, fmt.Errorf("%w: revision %d is before %d", ErrStale, revision, old.revision)
	}
	news, err := e.packChanges(changes)
	if err != nil {
		return nil, err
	}
	next := &snapshot{revision: revision, layers: slices.Clone(old.layers)}
	next.cells = slices.Clone(old.cells)
	var ranges []tileRange
	for i, recs := range news {
		touch := e.toucher(i, old)
		were, err := old.layers[i].before(recs)
		if err != nil {
			return nil, err
		}
		for id, rec := range recs {
			if were[id].equal(rec) {
				delete(recs, id)
				continue
			}
			ranges = touch.change(ranges, were[id], rec)
		}
		if ranges, err = e.reweave(ranges, i, old.layers[i], recs, were); err != nil {
			return nil, err
		}
		if len(recs) > 0 {
			next.cells[i] = touch.cells()
			next.layers[i] = old.layers[i].with(recs)
		}
	}
	e.snap.Store(next)
	e.cache.drop(ranges)
	e.revision.Store(revision)
	e.mergeGrown(next)
	return listTiles(ranges, e.opts.MaxTouched)
}

// packChanges sorts the changes by layer and id, the last of an id winning.
func (e *Engine) packChanges(changes []Change) ([]map[uint64]*record, error) {
	news := make([]map[uint64]*record, len(e.spec.Layers))
	for _, c := range changes {
		i, ok := e.index[c.Layer]
		if !ok {
			return nil, fmt.Errorf("tiles: tileset %q has no layer %q", e.spec.Name, c.Layer)
		}
		if ls := &e.spec.Layers[i]; ls.Of != "" {
			return nil, ls.notGiven()
		}
		var rec *record
		if c.Feature != nil {
			if c.Feature.ID != c.ID {
				return nil, &FeatureError{c.Layer, c.ID, fmt.Sprintf("the feature's own id is %d", c.Feature.ID)}
			}
			var err error
			if rec, err = e.packer.pack(&e.spec.Layers[i], *c.Feature); err != nil {
				return nil, err
			}
		}
		if news[i] == nil {
			news[i] = map[uint64]*record{}
		}
		news[i][c.ID] = rec
	}
	for i := range news {
		for _, j := range e.pointsOf(i) {
			news[j] = pointRecords(news[i])
		}
	}
	return news, nil
}

// listTiles is the union of the ranges, sorted; more than most is ErrAllTouched.
func listTiles(ranges []tileRange, most int) ([]ID, error) {
	seen := map[ID]struct{}{}
	for _, r := range ranges {
		if r.count() > int64(most) {
			return nil, ErrAllTouched
		}
		for x := r.minX; x <= r.maxX; x++ {
			for y := r.minY; y <= r.maxY; y++ {
				seen[ID{r.z, x, y}] = struct{}{}
			}
		}
		if len(seen) > most {
			return nil, ErrAllTouched
		}
	}
	out := make([]ID, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b ID) int {
		return cmp.Or(cmp.Compare(a.Z, b.Z), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y))
	})
	return out, nil
}
