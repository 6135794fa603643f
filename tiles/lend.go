package tiles

import (
	"bytes"
	"cmp"
	"context"
	"slices"
)

// packing says how a base is made of records.
type packing struct {
	borders  bool      // the levels of all vertices are to be worked out; otherwise records bring theirs along
	memory   *memory   // where the chunks are; nil = all stay
	arrivals *arrivals // has the geometry that records of a load do not have with them
	older    *base     // has that of records of a merge
	later    *counters // chunks are made when they are asked for, and counted there; nil = now
}

// lender has the geometry of records that are too many to have it all in memory.
type lender interface {
	// lend gives the records to make chunk n of with all that they have, in the
	// memory of others.
	lend(n int, recs []*record) ([]*record, error)
	// visit calls f with the records of the slots, in order, with their geometry,
	// which is there until f returns.
	visit(slots []uint32, f func(*record)) error
	drop()
}

// lenderOf is who has the geometry of the records, in order of slots, for so many
// chunks.
func (how packing) lenderOf(sorted []*record, ls *LayerSpec, chunks int) (lender, error) {
	switch {
	case how.arrivals != nil:
		return how.arrivals.settle(sorted, ls, chunks)
	case how.older != nil && how.older.regions != nil:
		return &older{how.older}, nil
	}
	return owners{sorted}, nil
}

// owners is for records that have everything.
type owners struct{ sorted []*record }

func (o owners) lend(_ int, recs []*record) ([]*record, error) { return recs, nil }
func (o owners) drop()                                         {}

func (o owners) visit(slots []uint32, f func(*record)) error {
	for _, s := range slots {
		f(o.sorted[s])
	}
	return nil
}

// arrivals is the geometry of a load in the order in which it came: nothing can be
// put in its place before everything is known.
type arrivals struct {
	memory *memory
	file   *spill
}

// newArrivals is where a load puts the geometry of a layer; nil where it stays with
// the records, which without files is all the time.
func (m *memory) newArrivals(ls *LayerSpec) (*arrivals, error) {
	if m == nil || ls.Kind != Polygons || m.folder == NoSpill {
		return nil, nil
	}
	file, err := newSpill(m.folder)
	if err != nil {
		return nil, err
	}
	return &arrivals{m, file}, nil
}

// take relieves records of their geometry; its place is in the records.
func (a *arrivals) take(recs []*record) error {
	if a == nil || len(recs) == 0 {
		return nil
	}
	var all []byte
	for _, r := range recs {
		all = append(all, r.geom...)
	}
	at, err := a.file.write(all)
	if err != nil {
		return err
	}
	for _, r := range recs {
		r.place, r.size, r.geom = int(at.at), uint32(len(r.geom)), nil
		at.at += int64(r.size)
	}
	return nil
}

func (a *arrivals) drop() {
	if a != nil {
		a.file.close()
	}
}

// nearRead is how far apart two pieces of a file may be that are read at once.
const nearRead = 4 << 10

// gather reads the geometry of the records, one after another.
func (a *arrivals) gather(recs []*record) (texts, error) {
	order := make([]int, 0, len(recs))
	from, total := make([]int, len(recs)), 0
	for i, r := range recs {
		from[i] = total
		total += int(r.size)
		if r.size > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(recs[x].place, recs[y].place) })
	geoms := make([]byte, total)
	var buf []byte
	for len(order) > 0 {
		first, n := recs[order[0]], 1
		end := first.place + int(first.size)
		for n < len(order) && recs[order[n]].place-end <= nearRead {
			end = recs[order[n]].place + int(recs[order[n]].size)
			n++
		}
		buf = slices.Grow(buf[:0], end-first.place)[:end-first.place]
		if _, err := a.file.file.ReadAt(buf, int64(first.place)); err != nil {
			return texts{}, err
		}
		for _, i := range order[:n] {
			at := recs[i].place - first.place
			copy(geoms[from[i]:], buf[at:at+int(recs[i].size)])
		}
		order = order[n:]
	}
	w := newTexts(len(recs), total)
	for i, r := range recs {
		w.add(geoms[from[i]:][:r.size])
	}
	return w.done(), nil
}

// settle puts the geometry into the order of the slots, where neighbours lie
// together, and under the memory.
func (a *arrivals) settle(sorted []*record, ls *LayerSpec, chunks int) (lender, error) {
	s, err := newRegions(a.memory, ls, chunks, false)
	if err != nil {
		return nil, err
	}
	faults := make([]error, chunks)
	parallel(chunks, func(n int) {
		geoms, err := a.gather(sorted[n<<chunkBits : min((n+1)<<chunkBits, len(sorted))])
		if faults[n] = err; err == nil {
			faults[n] = s.put(n, &chunk{geoms: geoms})
		}
	})
	if err := cmp.Or(faults...); err != nil {
		s.drop()
		return nil, err
	}
	return &rough{s, sorted}, nil
}

// rough has geometry that is in the order of slots, and nothing else yet.
type rough struct {
	regions *regions
	sorted  []*record
}

func (r *rough) drop() { r.regions.drop() }

func (r *rough) lend(n int, recs []*record) ([]*record, error) {
	out := make([]*record, len(recs))
	err := r.regions.with(context.Background(), nil, n, func(c *chunk) error {
		geoms := c.geoms
		geoms.data = bytes.Clone(geoms.data)
		for i := range recs {
			own := *recs[i]
			own.geom = geoms.of(i)
			out[i] = &own
		}
		return nil
	})
	return out, err
}

func (r *rough) visit(slots []uint32, f func(*record)) error {
	var own record
	return r.regions.walk(context.Background(), nil, slots, func(i int, c *chunk, place int) error {
		own = *r.sorted[slots[i]]
		own.geom = c.geom(place)
		f(&own)
		return nil
	})
}

// older has the geometry of records that bare read from a base: their place is
// their slot there. Others have their own.
type older struct{ base *base }

func (o *older) drop() {}

// lend copies what the chunks of the older base have of the records into one that
// is for them alone.
func (o *older) lend(_ int, recs []*record) ([]*record, error) {
	out := slices.Clone(recs)
	var which []int
	for i, r := range recs {
		if r.geom == nil && !r.ended() {
			which = append(which, i)
		}
	}
	slices.SortFunc(which, func(x, y int) int { return cmp.Compare(recs[x].place, recs[y].place) })
	slots := make([]uint32, len(which))
	for k, i := range which {
		slots[k] = uint32(recs[i].place)
	}
	own := &chunk{simple: newBitset(len(slots))}
	geoms, levels := newTexts(len(slots), 0), newTexts(len(slots), 0)
	var pre [len(own.pre)]*textsWriter
	for i := range pre {
		pre[i] = newTexts(len(slots), 0)
	}
	if err := o.base.walk(context.Background(), slots, func(k int, c *chunk, place int) error {
		geoms.add(c.geom(place))
		levels.add(c.levelsOf(place))
		for i := range pre {
			pre[i].add(c.piece(place, preFirst+i))
		}
		if c.simple.has(place) {
			own.simple.set(k)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	own.geoms, own.levels = geoms.done(), levels.done()
	for i := range pre {
		own.pre[i] = pre[i].done()
	}
	for k, i := range which {
		r := *recs[i]
		r.geom, r.levels, r.chunk, r.place = own.geom(k), own.levelsOf(k), own, k
		out[i] = &r
	}
	return out, nil
}

func (o *older) visit([]uint32, func(*record)) error {
	panic("levels of a merge are worked out")
}
