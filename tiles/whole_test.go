package tiles

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"testing"
)

// tampered is a file of a map of which something is not as this package writes it,
// with right checksums.
func tampered(t *testing.T, e *Engine, with func(b *base, o *overlay)) []byte {
	t.Helper()
	s := e.snap.Load()
	l := s.layers[0]
	b, o := *l.base, *l.over
	b.chunks = make([]chunkPointer, len(l.base.chunks))
	for i := range b.chunks {
		c := *l.base.chunks[i].Load()
		b.chunks[i].Store(&c)
	}
	b.attrs.columns = slices.Clone(b.attrs.columns)
	b.attrs.data, b.byID.data = bytes.Clone(b.attrs.data), bytes.Clone(b.byID.data)
	b.ix.levels, o.entries = slices.Clone(b.ix.levels), slices.Clone(o.entries)
	with(&b, &o)
	var file bytes.Buffer
	if err := (&Frozen{e, s.with(0, &layer{base: &b, over: &o})}).Save(&file, ""); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// alter changes a record of an overlay that lies in several cells.
func alter(o *overlay, with func(r *record)) {
	i := slices.IndexFunc(o.entries, func(e entry) bool { return e.rec != nil && len(e.rec.share) > 0 })
	r := *o.entries[i].rec
	r.share, r.vals = slices.Clone(r.share), slices.Clone(r.vals)
	with(&r)
	o.entries[i].rec = &r
}

// alterPast changes what a feature of a base was.
func alterPast(b *base, with func(v *version)) {
	b.past = maps.Clone(b.past)
	slot := slices.Min(slices.Collect(maps.Keys(b.past)))
	v := b.past[slot][0]
	v.vals = slices.Clone(v.vals)
	with(&v)
	b.past[slot] = []version{v}
}

// remotest is n triangles that go on beyond the world, and their levels.
func remotest(n int) (geoms, levels texts) {
	far := []byte{1, 1, 3, 0, 0}
	for _, v := range []int64{worldSize, 0, 0, worldSize} {
		far = binary.AppendVarint(far, v)
	}
	g, l := newTexts(n, 0), newTexts(n, 0)
	for range n {
		g.add(far)
		l.add(make([]byte, 3))
	}
	return g.done(), l.done()
}

// A map that does not hold together is refused, with all of it in memory or a part,
// though its checksums are right: nobody is answered from it, and nothing breaks.
func TestMapsThatDoNotHoldTogether(t *testing.T) {
	e, parcels := savedEngine(t, 900)
	first := func(b *base) *chunk { return b.chunks[0].Load() }
	for what, with := range map[string]func(b *base, o *overlay){
		"numbers without width":    func(b *base, _ *overlay) { b.ids.width = 0 },
		"numbers too wide":         func(b *base, _ *overlay) { b.ids.width = 9 },
		"fewer numbers":            func(b *base, _ *overlay) { b.byID.data = b.byID.data[b.byID.width:] },
		"a slot twice":             func(b *base, _ *overlay) { copy(b.byID.data[b.byID.width:], b.byID.data[:b.byID.width]) },
		"a slot that is none":      func(b *base, _ *overlay) { b.byID.data[0], b.byID.data[1] = 0xff, 0xff },
		"a value that is none":     func(b *base, _ *overlay) { b.attrs.columns[1].list = []uint32{1 << 30, 1 << 30, 1 << 30} },
		"a place in no list":       func(b *base, _ *overlay) { b.attrs.columns[1].list = []uint32{0} },
		"a column beyond the row":  func(b *base, _ *overlay) { b.attrs.columns[4].at = b.attrs.stride },
		"rows of no width":         func(b *base, _ *overlay) { b.attrs.stride = 0 },
		"a text beyond the data":   func(b *base, _ *overlay) { b.dict.values.data = b.dict.values.data[:100] },
		"no values":                func(b *base, _ *overlay) { b.dict.values = texts{} },
		"fewer texts":              func(b *base, _ *overlay) { b.shares.n-- },
		"an index of other levels": func(b *base, _ *overlay) { b.ix.levels[1]++ },
		"no index":                 func(b *base, _ *overlay) { b.ix = index{} },
		"a past of nothing":        func(b *base, _ *overlay) { b.past, b.own = map[uint32][]version{9999: nil}, map[uint32]box{9999: {}} },
		"a past of other fields": func(b *base, _ *overlay) {
			b.past, b.own = map[uint32][]version{1: {{vals: []string{""}}}}, map[uint32]box{1: {}}
		},
		"a past without a present":  func(b *base, _ *overlay) { b.own = map[uint32]box{} },
		"days of some":              func(b *base, _ *overlay) { b.from = make([]Day, 3) },
		"a chunk of fewer":          func(b *base, _ *overlay) { first(b).geoms = first(b).levels },
		"a chunk of none":           func(b *base, _ *overlay) { b.chunks[0].Store(&chunk{}) },
		"no chunks":                 func(b *base, _ *overlay) { b.chunks = nil },
		"geometry cut off":          func(b *base, _ *overlay) { first(b).geoms.data = bytes.Repeat([]byte{0x80}, len(first(b).geoms.data)) },
		"geometry of no rings":      func(b *base, _ *overlay) { first(b).geoms.data = make([]byte, len(first(b).geoms.data)) },
		"levels of other vertices":  func(b *base, _ *overlay) { first(b).levels = first(b).geoms },
		"pieces of fewer":           func(b *base, _ *overlay) { first(b).pre[5].n-- },
		"changes in no order":       func(_ *base, o *overlay) { slices.Reverse(o.entries) },
		"a change of another id":    func(_ *base, o *overlay) { o.entries = []entry{{id: 1, rec: &record{id: 2}, inBase: true}} },
		"a change without values":   func(_ *base, o *overlay) { o.entries = []entry{{id: 1, rec: &record{id: 1}, inBase: true}} },
		"a change of what is there": func(_ *base, o *overlay) { o.entries = []entry{{id: 1}} },
		"changes of other bounds":   func(_ *base, o *overlay) { o.bounds.maxX++ },
		"a change beyond the world": func(_ *base, o *overlay) { alter(o, func(r *record) { r.box.minX = -5 }) },
		"a change without rings":    func(_ *base, o *overlay) { alter(o, func(r *record) { r.geom, r.levels = nil, nil }) },
		"a change without levels":   func(_ *base, o *overlay) { alter(o, func(r *record) { r.levels = nil }) },
		"a change of half a value":  func(_ *base, o *overlay) { alter(o, func(r *record) { r.vals[0] = r.vals[0][:len(r.vals[0])-1] }) },
		"a share cut off":           func(_ *base, o *overlay) { alter(o, func(r *record) { r.share[len(r.share)-1] |= 0x80 }) },
		"a share that goes on":      func(_ *base, o *overlay) { alter(o, func(r *record) { r.share = append(r.share, 1) }) },
		"a share of other cells":    func(_ *base, o *overlay) { alter(o, func(r *record) { r.share[0] = 0x7f }) },
		"no share":                  func(_ *base, o *overlay) { alter(o, func(r *record) { r.share = nil }) },
		"an area of no size":        func(_ *base, o *overlay) { alter(o, func(r *record) { r.units = -r.units }) },
		"a past share cut off":      func(b *base, _ *overlay) { alterPast(b, func(v *version) { v.share = []byte{0x80} }) },
		"a past of half a value":    func(b *base, _ *overlay) { alterPast(b, func(v *version) { v.vals[0] = v.vals[0][:1] }) },
		"shares cut off":            func(b *base, _ *overlay) { b.shares.data = bytes.Repeat([]byte{0x80}, len(b.shares.data)) },
		"values cut off":            func(b *base, _ *overlay) { b.dict.values.data = bytes.Repeat([]byte{0x80}, len(b.dict.values.data)) },
		"an index that hides some":  func(b *base, _ *overlay) { b.ix.boxes = slices.Clone(b.ix.boxes); b.ix.boxes[b.ix.levels[1]].maxX-- },
		"a box beyond the world":    func(b *base, _ *overlay) { b.ix = newIndex(append([]box{{-9, 1, 1, 1}}, b.ix.boxes[1:b.len()]...)) },
		"levels of none":            func(b *base, _ *overlay) { first(b).levels = texts{} },
		"pieces cut off": func(b *base, _ *overlay) {
			first(b).pre[5].data = bytes.Repeat([]byte{0x80}, len(first(b).pre[5].data))
		},
		"rings beyond the world": func(b *base, _ *overlay) { first(b).geoms, first(b).levels = remotest(b.len()) },
	} {
		t.Run(what, func(t *testing.T) {
			file := tampered(t, e, with)
			for _, bound := range []int64{0, oneChunk} {
				into, err := New(savedSpec(), Options{MemoryBytes: bound, SpillFolder: t.TempDir()})
				if err != nil {
					t.Fatal(err)
				}
				var why *SavedError
				if err := restore(into, file); !errors.As(err, &why) || into.Ready() {
					t.Errorf("bound %d: %v", bound, err)
				}
			}
		})
	}
	into, err := New(savedSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := restore(into, tampered(t, e, func(*base, *overlay) {})); err != nil {
		t.Fatalf("as it is: %v", err)
	}
	sameTiles(t, into, e, tilesUnder(parcels[:40], 10, 14))
}

// Geometry that is cut anywhere, or goes on, is none.
func TestWholeGeometry(t *testing.T) {
	checked := 0
	for _, f := range City(3, 60, Yueyang(), 0.001) {
		r := recordOf(t, f)
		if !wholeGeometry(r.geom, nil) || !wholeGeometry(r.geom, make([]byte, countVertices(r.geom))) || wholeGeometry(r.geom, make([]byte, countVertices(r.geom)+1)) {
			t.Fatalf("feature %d", f.ID)
		}
		for n := 1; n < len(r.geom); n++ {
			checked++
			if wholeGeometry(r.geom[:n], nil) {
				t.Fatalf("feature %d is whole without its last %d bytes", f.ID, len(r.geom)-n)
			}
		}
		if wholeGeometry(append(slices.Clone(r.geom), 1), nil) {
			t.Fatalf("feature %d goes on", f.ID)
		}
	}
	if checked < 1000 {
		t.Errorf("%d cuts", checked)
	}
}
