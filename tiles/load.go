package tiles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
)

// Batch makes some features of a layer. It is called once, on any goroutine, and
// its features are not kept.
type Batch func() ([]Feature, error)

// loadBatch is how many features Load packs at a time.
const loadBatch = 512

// Load replaces everything at once by the given features; a layer that is not in
// the map becomes empty. Refused features (*FeatureError) refuse the load, which
// then changes nothing.
func (e *Engine) Load(revision int64, layers map[string]iter.Seq[Feature]) error {
	l := e.begin(revision, false)
	for name := range layers {
		if _, ok := e.index[name]; !ok {
			return l.noLayer(name)
		}
	}
	for i := range e.spec.Layers {
		name := e.spec.Layers[i].Name
		var refused *FeatureError
		keep := func(why *FeatureError) bool {
			refused = why
			return false
		}
		if seq := layers[name]; seq != nil {
			if err := l.layer(context.Background(), name, inBatches(seq), keep); err != nil {
				return err
			}
		}
		if refused != nil {
			return refused
		}
	}
	return l.End()
}

// inBatches cuts a sequence of features into batches.
func inBatches(seq iter.Seq[Feature]) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		whole := func(list []Feature) Batch { return func() ([]Feature, error) { return list, nil } }
		var list []Feature
		for f := range seq {
			if list = append(list, f); len(list) < loadBatch {
				continue
			}
			if !yield(whole(list), nil) {
				return
			}
			list = nil
		}
		if len(list) > 0 {
			yield(whole(list), nil)
		}
	}
}

// Loading fills an engine anew, a layer after the other. While an engine has
// nothing, each layer is shown as soon as it is there, in tiles marked Partial; an
// engine that has everything shows that until End. Changes that are applied before
// End are lost. A Loading that is given up needs no care; it is for one goroutine.
type Loading struct {
	e        *Engine
	revision int64
	show     bool
	layers   []*layer // nil = to come
	cells    []*cellTree
}

// Begin starts to fill the engine with what holds at a revision.
func (e *Engine) Begin(revision int64) *Loading { return e.begin(revision, !e.Ready()) }

func (e *Engine) begin(revision int64, show bool) *Loading {
	n := len(e.spec.Layers)
	return &Loading{e: e, revision: revision, show: show, layers: make([]*layer, n), cells: make([]*cellTree, n)}
}

func (l *Loading) noLayer(name string) error {
	return fmt.Errorf("tiles: tileset %q has no layer %q", l.e.spec.Name, name)
}

// Layer takes in a whole layer. Batches are read one after another and decoded and
// packed on all processors; few of them are held at a time. A feature that is
// refused, or comes twice, is told and left out.
func (l *Loading) Layer(ctx context.Context, name string, batches iter.Seq2[Batch, error], refused func(*FeatureError)) error {
	err := l.layer(ctx, name, batches, func(why *FeatureError) bool {
		refused(why)
		return true
	})
	if err != nil || !l.show || !slices.Contains(l.layers, nil) { // the last one waits for End
		return err
	}
	return l.reveal()
}

// layer is Layer without showing anything. It ends early when refused says so.
func (l *Loading) layer(ctx context.Context, name string, batches iter.Seq2[Batch, error], refused func(*FeatureError) bool) error {
	i, ok := l.e.index[name]
	if !ok {
		return l.noLayer(name)
	}
	ls := &l.e.spec.Layers[i]
	if ls.Of != "" {
		return ls.notGiven()
	}
	arrivals, err := l.e.memory.newArrivals(ls)
	if err != nil {
		return err
	}
	defer arrivals.drop()
	recs, err := l.e.packAll(ctx, ls, batches, refused, arrivals)
	if err != nil {
		return err
	}
	if l.layers[i], l.cells[i], err = l.e.newLayer(i, recs, l.packing(arrivals)); err != nil || !ls.pointed {
		return err
	}
	for _, j := range l.e.pointsOf(i) {
		l.layers[j] = newLayer(newPoints(l.layers[i].base, pointsIn(recs)))
	}
	return nil
}

// packing is how layers are made of records whose geometry may be among the arrivals.
// Who waits for a start is better served by a map that puts off what it can.
func (l *Loading) packing(from *arrivals) packing {
	how := packing{borders: !l.e.opts.Plain, memory: l.e.memory, arrivals: from}
	if l.show {
		how.later = &l.e.count
	}
	return how
}

// newLayer makes a layer of records, and its mosaic if it has one.
func (e *Engine) newLayer(i int, recs []*record, how packing) (*layer, *cellTree, error) {
	ls := &e.spec.Layers[i]
	b, err := newBase(recs, ls, how)
	if err != nil {
		return nil, nil, layerError(ls, err)
	}
	e.count.add(b.tally)
	l := newLayer(b)
	if ls.Mosaic == nil {
		return l, nil, nil
	}
	return l, newMosaic(ls, l), nil
}

// End shows what was loaded instead of everything before; layers that were not
// loaded are empty.
func (l *Loading) End() error {
	for i := range l.layers {
		if l.layers[i] != nil {
			continue
		}
		var err error
		if l.layers[i], l.cells[i], err = l.e.newLayer(i, nil, l.packing(nil)); err != nil {
			return err
		}
	}
	return l.reveal()
}

// reveal is publish for what was read anew, which anybody may see.
func (l *Loading) reveal() error {
	err := l.publish()
	if err == nil {
		l.e.Release()
	}
	return err
}

// publish puts the layers that are there in the place of everything before, and
// forgets every tile.
func (l *Loading) publish() error {
	next := &snapshot{revision: l.revision, layers: slices.Clone(l.layers), cells: slices.Clone(l.cells)}
	for i := range next.layers {
		if next.layers[i] != nil {
			continue
		}
		var err error
		next.missing = append(next.missing, l.e.spec.Layers[i].Name)
		if next.layers[i], next.cells[i], err = l.e.newLayer(i, nil, l.packing(nil)); err != nil {
			return err
		}
	}
	l.e.write.Lock()
	defer l.e.write.Unlock()
	l.e.snap.Store(next)
	l.e.cache.dropAll()
	l.e.revision.Store(l.revision)
	return nil
}

// layerError puts the layer, and where there is one the feature, to an error.
func layerError(ls *LayerSpec, err error) error {
	var twice *duplicateError
	if errors.As(err, &twice) {
		return &FeatureError{Layer: ls.Name, ID: twice.id, Reason: "the id comes twice"}
	}
	return fmt.Errorf("tiles: layer %q: %w", ls.Name, err)
}

// packed is what became of a batch.
type packed struct {
	recs    []*record
	refused []*FeatureError
}

// packAll packs the batches on all processors. The records are in order of id, so that
// equal features make equal layers in whichever order they come.
func (e *Engine) packAll(ctx context.Context, ls *LayerSpec, batches iter.Seq2[Batch, error], refused func(*FeatureError) bool, to *arrivals) ([]*record, error) {
	type job struct {
		n     int
		batch Batch
	}
	var (
		mu    sync.Mutex
		done  []packed
		fault error
		all   sync.WaitGroup
	)
	workers := runtime.GOMAXPROCS(0)
	jobs := make(chan job, workers)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	for range workers {
		all.Go(func() {
			p := packer{maxVertices: e.opts.MaxVertices, slab: newSlab()}
			for j := range jobs {
				out, err := p.batch(ctx, ls, j.batch)
				err = cmp.Or(err, to.take(out.recs))
				mu.Lock()
				for len(done) <= j.n {
					done = append(done, packed{})
				}
				done[j.n] = out
				mu.Unlock()
				if err != nil {
					stop(err)
				}
			}
		})
	}
	n := 0
	for batch, err := range batches {
		if err != nil {
			fault = err
			break
		}
		select {
		case jobs <- job{n, batch}:
			n++
			continue
		case <-ctx.Done():
		}
		break
	}
	close(jobs)
	all.Wait()
	if fault == nil && ctx.Err() != nil {
		fault = context.Cause(ctx)
	}
	if fault != nil {
		return nil, fault
	}
	return collect(ls, done, refused), nil
}

// collect is all records in order of id, each id once, as it came first; it ends when
// refused says so.
func collect(ls *LayerSpec, done []packed, refused func(*FeatureError) bool) []*record {
	total := 0
	for i := range done {
		total += len(done[i].recs)
	}
	recs := make([]*record, 0, total)
	ascending := true
	for i := range done {
		for _, why := range done[i].refused {
			if !refused(why) {
				return nil
			}
		}
		for _, r := range done[i].recs {
			ascending = ascending && (len(recs) == 0 || recs[len(recs)-1].id < r.id)
			recs = append(recs, r)
		}
		done[i].recs = nil
	}
	if ascending {
		return recs
	}
	kept := make([]*record, 0, total)
	for _, k := range placesByID(recs) {
		r := recs[k.place]
		if n := len(kept); n > 0 && kept[n-1].id == r.id {
			if why := layerError(ls, &duplicateError{r.id}).(*FeatureError); !refused(why) {
				return nil
			}
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

// idPlace is where a record of an id came.
type idPlace struct {
	id    uint64
	place uint32
}

// placesByID is the places of records in order of id, of one id as they came.
func placesByID(recs []*record) []idPlace {
	out := make([]idPlace, len(recs))
	for i, r := range recs {
		out[i] = idPlace{r.id, uint32(i)}
	}
	slices.SortFunc(out, func(a, b idPlace) int {
		return cmp.Or(compareID(a.id, b.id), cmp.Compare(a.place, b.place))
	})
	return out
}

// batch makes and packs the features of one batch.
func (p *packer) batch(ctx context.Context, ls *LayerSpec, make Batch) (out packed, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("tiles: layer %q: %v", ls.Name, fault)
		}
	}()
	if ctx.Err() != nil {
		return out, nil // the cause is known
	}
	features, err := make()
	if err != nil {
		return out, err
	}
	for _, f := range features {
		rec, err := p.pack(ls, f)
		if why := (*FeatureError)(nil); errors.As(err, &why) {
			out.refused = append(out.refused, why)
			continue
		}
		if err != nil {
			return out, err
		}
		out.recs = append(out.recs, rec)
	}
	return out, nil
}
