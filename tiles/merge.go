package tiles

// farBehind is how many times Options.MaxOverlay a layer's overlay may hold before
// a change waits for the merge under way. Every build goes over the overlay, and so
// does every changed border, so it has to end somewhere; a whole piece of an import
// (20,000 features) is less.
const farBehind = 32

// lockForChange takes the writers' lock once no layer is far behind its merge. It
// holds the lock while it looks and not while it waits, since a merge ends under it.
func (e *Engine) lockForChange() {
	e.write.Lock()
	for ended := e.behind(); ended != nil; ended = e.behind() {
		e.write.Unlock()
		<-ended
		e.write.Lock()
	}
}

// behind is what closes when a merge ends that a layer is far behind; nil when
// changes may come in. A layer that is not being merged keeps nobody waiting.
func (e *Engine) behind() <-chan struct{} {
	s := e.snap.Load()
	if s == nil {
		return nil
	}
	for i, l := range s.layers {
		if e.merging[i] != nil && len(l.over.entries) >= farBehind*e.opts.MaxOverlay {
			return e.merging[i]
		}
	}
	return nil
}

// mergeGrown starts a merge for each layer whose overlay has grown too large and
// that is not being merged. Points go with their polygons, of which as many change.
func (e *Engine) mergeGrown(s *snapshot) {
	for i, l := range s.layers {
		if len(l.over.entries) >= e.opts.MaxOverlay && e.merging[i] == nil && e.spec.Layers[i].Of == "" {
			e.merging[i] = make(chan struct{})
			e.merges.Add(1)
			go e.merge(i, s)
		}
	}
}

// merged is a new base with everything of the layer in it.
func (e *Engine) merged(i int, l *layer) (*base, error) {
	b, err := newBase(l.records(), &e.spec.Layers[i], packing{memory: e.memory, older: l.base})
	if err != nil {
		e.count.mergeErrors.Add(1)
		return nil, err
	}
	e.count.add(b.tally)
	return b, nil
}

// merge makes a new base of a layer in s, and of the points that stand for it, while
// readers and writers go on, and puts it below what has changed since; of that the
// next merge begins at once when it is too much already. Nothing visible changes, so
// the cache stays. If the base was replaced meanwhile, the work is thrown away.
func (e *Engine) merge(i int, from *snapshot) {
	defer e.merges.Done()
	l := from.layers[i]
	b, err := e.merged(i, l)
	points := map[int]*base{}
	for _, j := range e.pointsOf(i) {
		if err == nil {
			points[j] = newPoints(b, pointsNow(from.layers[j]))
		}
	}
	e.write.Lock()
	defer e.write.Unlock()
	close(e.merging[i])
	e.merging[i] = nil
	s := e.snap.Load()
	if err != nil || s.layers[i].base != l.base {
		return
	}
	s = s.with(i, s.layers[i].rebased(l, b))
	for j, p := range points {
		s = s.with(j, s.layers[j].rebased(from.layers[j], p))
	}
	e.snap.Store(s)
	e.count.merges.Add(1)
	e.mergeGrown(s)
}
