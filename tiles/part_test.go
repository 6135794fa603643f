package tiles

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A tile is the same bytes however many processors work on it, and whether its
// features are in the base or in the overlay.
func TestPartsMakeNoDifference(t *testing.T) {
	parcels := City(11, 3*partSize, Yueyang(), 0.0007)
	plain, err := NewCity(Options{CacheBytes: -1}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(11, 11))
	mixed, err := NewCity(Options{CacheBytes: -1}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var first []Feature
	var changes []Change
	for _, f := range parcels {
		if rng.IntN(10) > 0 {
			first = append(first, f)
			continue
		}
		now := f
		changes = append(changes, Change{"parcels", f.ID, &now})
		if rng.IntN(2) == 0 {
			f.Values = cityValues(rng, f.ID+1)
			first = append(first, f)
		}
	}
	if err := mixed.Load(1, Seqs(map[string][]Feature{"parcels": first})); err != nil {
		t.Fatal(err)
	}
	if _, err := mixed.Apply(2, changes); err != nil && !errors.Is(err, ErrAllTouched) {
		t.Fatal(err)
	}
	if mixed.Stats().Overlay["parcels"] < len(changes) || len(changes) < 300 {
		t.Fatalf("%d changes, overlay %v", len(changes), mixed.Stats().Overlay)
	}
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	for z := 8; z <= 14; z++ {
		for _, id := range TilesOver(parcels[len(parcels)/2], z) {
			var want []byte
			for n, e := range []*Engine{plain, plain, mixed, mixed} {
				runtime.GOMAXPROCS(1 + 3*(n%2))
				raw, err := newBuilder().build(context.Background(), &e.spec, e.snap.Load(), id, Query{})
				switch {
				case err != nil:
					t.Fatal(err)
				case n == 0:
					want = raw
				case !bytes.Equal(raw, want):
					t.Fatalf("%s: build %d has %d other bytes than the first's %d", id, n, len(raw), len(want))
				}
			}
		}
	}
}

// However many hits there are, and however their ids are spread, they come in
// order of id, the overlay's in place of the base's.
func TestHitsAreInOrder(t *testing.T) {
	var f finder
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
		n := rapid.SampledFrom([]int{0, 1, 5, 200, 3000, 9000}).Draw(t, "n")
		shift := rapid.SampledFrom([]int{0, 9, 38}).Draw(t, "shift")
		recs := map[uint64]*record{}
		point := func() *record {
			id := rng.Uint64N(1<<14)<<shift | 1
			x, y := rng.Int32N(1000), rng.Int32N(1000)
			return &record{id: id, box: box{x, y, x, y}}
		}
		var all []*record
		for range n {
			if r := point(); recs[r.id] == nil {
				recs[r.id] = r
				all = append(all, r)
			}
		}
		b, err := newBase(all, &LayerSpec{Kind: Points}, packing{})
		if err != nil {
			t.Fatal(err)
		}
		changes := map[uint64]*record{}
		for range rng.IntN(50) {
			r := point()
			changes[r.id], recs[r.id] = r, r
			if rng.IntN(3) == 0 {
				changes[r.id] = nil
				delete(recs, r.id)
			}
		}
		l := newLayer(b).with(changes)
		for range 10 {
			w := box{rng.Int32N(1000), rng.Int32N(1000), 500 + rng.Int32N(600), 500 + rng.Int32N(600)}
			even := func(r *record) bool { return r.id>>shift%3 > 0 }
			var want, got []uint64
			for id, r := range recs {
				if r.box.meets(w) && even(r) {
					want = append(want, id)
				}
			}
			slices.Sort(want)
			keep := func(slot uint32, rec *record) bool {
				if rec == nil {
					rec = recordAt(t, b, int(slot))
				}
				return even(rec)
			}
			hits, err := f.find(context.Background(), l, w, keep)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hits {
				if (h.rec != nil) != (changes[h.id] != nil) {
					t.Fatalf("feature %d is taken from the wrong place", h.id)
				}
				got = append(got, h.id)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%d hits, want %d", len(got), len(want))
			}
		}
	})
}

// A built tile costs no allocation per feature.
func TestBuildAllocatesNothingPerFeature(t *testing.T) {
	parcels := City(12, 1500, Yueyang(), 0.0007)
	middle := parcels[750]
	e, err := NewCity(Options{CacheBytes: -1}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Apply(2, []Change{{"parcels", 7, nil}}); err != nil {
		t.Fatal(err)
	}
	b := newBuilder()
	for z := 10; z <= 16; z++ {
		id := TilesOver(middle, z)[0]
		allocs := testing.AllocsPerRun(5, func() {
			if _, err := b.build(context.Background(), &e.spec, e.snap.Load(), id, Query{}); err != nil {
				t.Fatal(err)
			}
		})
		if n := len(b.parts[0].drawn); n < 25 || allocs > 40 {
			t.Errorf("%s: %v allocations for %d features", id, allocs, n)
		}
	}
}

// What is not used by tiles is carried along: true areas, days, versions.
func TestRareThingsAreKept(t *testing.T) {
	var recs []*record
	for id := range uint64(20) {
		r := &record{id: id, box: box{int32(id), 0, int32(id), 0}, vals: []string{}}
		switch id {
		case 3:
			r.units = 125_000
		case 4:
			r.from = 17000
		case 5:
			r.past = []version{{from: 1, until: 2, units: 3}}
		}
		recs = append(recs, r)
	}
	b, err := newBase(slices.Clone(recs), &LayerSpec{Kind: Points}, packing{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recs {
		slot, ok := b.slotOf(r.id)
		if !ok || !recordAt(t, b, slot).equal(r) {
			t.Errorf("feature %d comes back as %+v", r.id, recordAt(t, b, slot))
		}
	}
	other := *recs[5]
	other.past = []version{{from: 1, until: 3, units: 3}}
	if other.equal(recs[5]) {
		t.Error("another past is no change")
	}
}
