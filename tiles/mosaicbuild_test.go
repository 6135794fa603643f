package tiles

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// oneByOne is the cells of an engine's first layer, each feature put into the tree
// as a change would put it.
func oneByOne(e *Engine) *cellTree {
	ls, l := &e.spec.Layers[0], e.snap.Load().layers[0]
	tree, field := newCellTree(), ls.mosaicField()
	add := func(r *record) {
		if r.inMosaic() {
			edit := tree.edit()
			edit.feature(r.box, r.units, r.share, valueText(r.vals[field]), 1)
			tree = edit.done()
		}
	}
	for slot := range l.base.len() {
		if !l.over.masks(l.base.id(slot)) {
			add(l.base.bare(slot))
		}
	}
	for _, entry := range l.over.entries {
		add(entry.rec)
	}
	return tree
}

// However the features are cut into batches, the cells are those of the features one
// by one: sums, blocks, and no node more.
func TestBatchesOfCellsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 8))
		side := []float64{0.00002, 0.0007, 0.004}[rng.IntN(3)]
		parcels := WithAreas(rng.Uint64(), City(rng.Uint64(), 1+rng.IntN(150), Yueyang(), side))
		for _, f := range WithAreas(2, City(rng.Uint64(), rng.IntN(20), orb.Point{-70.1, -33.2}, 0.01)) {
			f.ID += 10_000
			parcels = append(parcels, f)
		}
		values := 1 + rng.IntN(400) // more than a byte tells apart
		for i := range parcels {
			parcels[i].Values[1] = fmt.Sprint("state", rng.IntN(values))
			if rng.IntN(9) == 0 {
				parcels[i].Values[1], parcels[i].M2 = nil, 0
			}
		}
		spec := MosaicCity()
		spec.Layers[0].Mosaic.fine = true
		e := mosaicEngine(t, Options{MaxOverlay: 1 << 20}, spec, parcels)
		var changes []Change
		for range rng.IntN(10) {
			f := parcels[rng.IntN(len(parcels))]
			c := Change{Layer: "parcels", ID: f.ID}
			if f.M2++; rng.IntN(2) == 0 {
				c.Feature = &f
			}
			changes = append(changes, c)
		}
		if _, err := e.Apply(2, changes); err != nil && !errors.Is(err, ErrAllTouched) {
			t.Fatal(err)
		}
		want := cellsText(oneByOne(e))
		if got := sumsOf(e); got != want {
			t.Fatalf("after changes the cells are\n%s\nwant\n%s", got, want)
		}
		ls, l := &e.spec.Layers[0], e.snap.Load().layers[0]
		if got := cellsText(newMosaic(ls, l)); got != want {
			t.Fatalf("the cells are\n%s\nwant\n%s", got, want)
		}
		if len(l.over.entries) > 0 {
			l = newLayer(l.base)
			e.snap.Store(e.snap.Load().with(0, l))
			want = cellsText(oneByOne(e))
		}
		for _, batch := range []int{1, 1 + rng.IntN(50), 1 << 20} {
			if got := cellsText(sumBase(l, ls.mosaicField(), batch)); got != want {
				t.Fatalf("in batches of %d the cells are\n%s\nwant\n%s", batch, got, want)
			}
		}
	})
}

// Parts come in order of cell and value, whatever digits of the two differ.
func TestCellPartsAreSorted(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 8))
	for round := range 200 {
		var s cellSummer
		keys, values := uint64(rng.Int64())&keyMask, rng.Uint32()
		if round%3 == 0 {
			keys &= 0xff00f // few cells, many values
		}
		for range rng.IntN(500) {
			s.list = append(s.list, cellChange{rng.Uint64() & keys, valueSum{value: rng.Uint32() & values, n: 1}})
		}
		want := slices.Clone(s.list)
		slices.SortFunc(want, func(a, b cellChange) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
		})
		if s.sort(); !slices.Equal(s.list, want) {
			t.Fatalf("round %d: %d parts are not in order", round, len(want))
		}
	}
}
