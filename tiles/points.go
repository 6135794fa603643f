package tiles

import (
	"cmp"
	"fmt"
	"slices"
	"unsafe"
)

// A layer of points that stands for a layer of polygons (LayerSpec.Of) has the ids,
// the values and the order of slots of its polygons' base, in the same memory, and
// only boxes of its own. What changes gets into it with its polygons, and both are
// merged together.

// checkOf reports what is wrong with the layer that this one stands for; before are
// those that come before it.
func (l LayerSpec) checkOf(before []LayerSpec) error {
	if l.Of == "" {
		return nil
	}
	i := slices.IndexFunc(before, func(o LayerSpec) bool { return o.Name == l.Of })
	switch {
	case i < 0:
		return fmt.Errorf("there is no layer %q before it", l.Of)
	case l.Kind != Points || before[i].Kind != Polygons:
		return fmt.Errorf("only points can stand for %q, and only for polygons", l.Of)
	case !slices.Equal(l.Fields, before[i].Fields):
		return fmt.Errorf("its fields are not those of %q", l.Of)
	}
	return nil
}

// notGiven is the error for features of a layer that is made of another.
func (l *LayerSpec) notGiven() error {
	return fmt.Errorf("tiles: layer %q is made of layer %q and is given no features", l.Name, l.Of)
}

// pointsOf are the layers that stand for layer i.
func (e *Engine) pointsOf(i int) (out []int) {
	for j := range e.spec.Layers {
		if e.spec.Layers[j].Of == e.spec.Layers[i].Name {
			out = append(out, j)
		}
	}
	return out
}

// standing is the point of a feature.
type standing struct {
	id   uint64
	box  box // empty when the feature has ended
	past []version
}

// standingFor is the point of a record of polygons.
func standingFor(r *record) standing {
	s := standing{id: r.id, box: r.point.box()}
	if r.ended() {
		s.box = emptyBox()
	}
	for _, v := range r.past {
		was := version{from: v.from, until: v.until, box: emptyBox(), vals: v.vals}
		if !v.box.isEmpty() {
			was.box = v.point.box()
		}
		s.past = append(s.past, was)
	}
	return s
}

// reach is record.reach.
func (s *standing) reach() box {
	b := s.box
	for i := range s.past {
		b = b.join(s.past[i].box)
	}
	return b
}

// pointsIn are the points of records of polygons, in order of id.
func pointsIn(recs []*record) []standing {
	out := make([]standing, len(recs))
	for i, r := range recs {
		out[i] = standingFor(r)
	}
	return inOrderOfID(out)
}

// pointsNow are the points of a layer of them, in order of id.
func pointsNow(l *layer) []standing {
	b, out := l.base, make([]standing, 0, l.len())
	for i := range b.len() {
		slot := int(b.byID.at(i))
		if id := b.id(slot); !l.over.masks(id) {
			out = append(out, standing{id, b.box(slot), b.past[uint32(slot)]})
		}
	}
	for _, e := range l.over.entries {
		if e.rec != nil {
			out = append(out, standing{e.id, e.rec.box, e.rec.past})
		}
	}
	return inOrderOfID(out)
}

func inOrderOfID(s []standing) []standing {
	byID := func(a, b standing) int { return cmp.Compare(a.id, b.id) }
	if !slices.IsSortedFunc(s, byID) {
		slices.SortFunc(s, byID)
	}
	return s
}

// pointRecords are the points of changed polygons, nil for those that are gone.
func pointRecords(changed map[uint64]*record) map[uint64]*record {
	if changed == nil {
		return nil
	}
	out := make(map[uint64]*record, len(changed))
	for id, r := range changed {
		out[id] = nil
		if r != nil {
			s := standingFor(r)
			out[id] = &record{id: id, box: s.box, vals: r.vals, from: r.from, past: s.past}
		}
	}
	return out
}

// newPoints makes the base of the points, in order of id, of the same features as
// those of a base of polygons.
func newPoints(of *base, points []standing) *base {
	b := (&base{}).joined(of)
	boxes := make([]box, of.len())
	for i := range points {
		p, slot := &points[i], int(of.byID.at(i))
		boxes[slot] = p.box
		if len(p.past) > 0 {
			boxes[slot] = p.reach()
			b.setPast(slot, p.past, p.box)
		}
	}
	b.ix = newIndex(boxes)
	return b
}

// borrow gives b what it has in common with the base of its polygons.
func (b *base) borrow(of *base) {
	b.ids, b.byID, b.attrs, b.dict, b.kinds, b.from = of.ids, of.byID, of.attrs, of.dict, of.kinds, of.from
}

// lentBy reports whether a base has its ids and values from another.
func (b *base) lentBy(of *base) bool {
	return unsafe.SliceData(b.ids.data) == unsafe.SliceData(of.ids.data)
}

// alone is the base of points without what it has from another.
func (b *base) alone() *base { return &base{ix: b.ix, past: b.past, own: b.own} }

// joined is a base of points that was alone, with what it has from another.
func (b *base) joined(of *base) *base {
	b.areas, b.chunks = make([]float32, of.len()), emptyChunks(of.len())
	b.borrow(of)
	return b
}

// polygonsOf is the layer that layer i stands for, if it does.
func (e *Engine) polygonsOf(i int) (int, bool) {
	of, ok := e.index[e.spec.Layers[i].Of]
	return of, ok
}

// emptyChunks are chunks without geometry for n slots; full ones are one.
func emptyChunks(n int) []chunkPointer {
	out := make([]chunkPointer, (n+chunkSize-1)/chunkSize)
	var full *chunk
	for i := range out {
		size := min(n-i<<chunkBits, chunkSize)
		if size < chunkSize || full == nil {
			w := newTexts(size, 0)
			for range size {
				w.add(nil)
			}
			full = &chunk{geoms: w.done()}
		}
		out[i].Store(full)
	}
	return out
}
