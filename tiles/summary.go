package tiles

import (
	"cmp"
	"math"
	"slices"
)

// What TileJSON says of features all together: where they are and of what types
// their values are. Every revision is asked for it, so that it is not gone over
// feature by feature: a base knows the types of its values, its index knows who lies
// furthest out, and a snapshot adds what its overlays change of that.

// kindCounts is how many features have a value of each type in a field, by the bits of
// kindSet.
type kindCounts [3]int

// add counts n more features with values of a type.
func (c *kindCounts) add(k kindSet, n int) {
	for bit := range c {
		if k>>bit&1 != 0 {
			c[bit] += n
		}
	}
}

// set is the types that any feature has.
func (c *kindCounts) set() (k kindSet) {
	for bit, n := range c {
		if n > 0 {
			k |= 1 << bit
		}
	}
	return k
}

// countKinds counts the types of the values that are in the columns.
func (b *base) countKinds() {
	kinds := make([]kindSet, b.dict.len())
	for n := range kinds {
		kinds[n] = kindOf(b.dict.value(uint32(n)))
	}
	b.kinds = make([]kindCounts, len(b.attrs.columns))
	parallel(len(b.kinds), func(f int) {
		var slots [1 << len(kindCounts{})]int
		for slot := range b.attrs.rows {
			slots[kinds[b.attrs.at(slot, f)]]++
		}
		for k, n := range slots {
			b.kinds[f].add(kindSet(k), n)
		}
	})
}

// kinds is the types of the layer's values, by field.
func (l *layer) kinds() []kindSet {
	counts := slices.Clone(l.base.kinds)
	for _, e := range l.over.entries {
		if e.inBase {
			slot, _ := l.base.slotOf(e.id)
			for f := range counts {
				counts[f].add(kindOf(l.base.value(slot, f)), -1)
			}
		}
		if e.rec != nil {
			for f, v := range e.rec.vals {
				counts[f].add(kindOf(v), 1)
			}
		}
	}
	out := make([]kindSet, len(counts))
	for f := range counts {
		out[f] = counts[f].set()
	}
	return out
}

// box is that of the layer's features as they are now.
func (l *layer) box() box {
	out := emptyBox()
	for _, e := range l.over.entries {
		if e.rec != nil {
			out = out.join(e.rec.box)
		}
	}
	if len(l.base.ix.boxes) == 0 {
		return out
	}
	for _, side := range outwards {
		o := outermost{l, side, math.MaxInt64, emptyBox()}
		o.look(len(l.base.ix.levels)-2, 0)
		out = out.join(o.box)
	}
	return out
}

// outwards tell how far a box goes to each side; the least goes furthest.
var outwards = [4]func(box) int64{
	func(b box) int64 { return int64(b.minX) },
	func(b box) int64 { return int64(b.minY) },
	func(b box) int64 { return -int64(b.maxX) },
	func(b box) int64 { return -int64(b.maxY) },
}

// outermost looks in a layer's index for the feature of the base that goes furthest to
// one side, and that the overlay leaves as it is.
type outermost struct {
	layer *layer
	side  func(box) int64
	least int64
	box   box // of that feature
}

// look goes below node i of a level, first where most is to be expected: the first
// that it finds is nearly always the one, and rules out all others.
func (o *outermost) look(level, i int) {
	b := o.layer.base
	if node := b.ix.boxes[b.ix.levels[level]+i]; node.isEmpty() || o.side(node) >= o.least {
		return
	}
	if level == 0 {
		now := b.box(i) // which is within the index's
		if !now.isEmpty() && o.side(now) < o.least && !o.layer.over.masks(b.id(i)) {
			o.least, o.box = o.side(now), now
		}
		return
	}
	below := b.ix.boxes[b.ix.levels[level-1]:b.ix.levels[level]]
	var room [fanOut]int
	order := room[:0]
	for c := i * fanOut; c < min((i+1)*fanOut, len(below)); c++ {
		order = append(order, c)
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(o.side(below[x]), o.side(below[y])) })
	for _, c := range order {
		o.look(level-1, c)
	}
}
