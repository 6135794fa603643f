package tiles

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// scanned is the bounds and the types of a snapshot, gone over feature by feature.
func scanned(s *snapshot, spec *Spec) (box, [][]kindSet) {
	all, types := emptyBox(), make([][]kindSet, len(s.layers))
	for i, l := range s.layers {
		kinds := make([]kindSet, len(spec.Layers[i].Fields))
		for slot := range l.base.len() {
			if l.over.masks(l.base.id(slot)) {
				continue
			}
			all = all.join(l.base.box(slot))
			for f := range kinds {
				kinds[f] |= kindOf(l.base.value(slot, f))
			}
		}
		for _, e := range l.over.entries {
			if e.rec == nil {
				continue
			}
			all = all.join(e.rec.box)
			for f := range kinds {
				kinds[f] |= kindOf(e.rec.vals[f])
			}
		}
		types[i] = kinds
	}
	return all, types
}

// drawScattered makes a parcel with values of any type, which may have been elsewhere
// once, or have ended there. Few lie far out.
func drawScattered(rng *rand.Rand, id uint64) Feature {
	place := func() orb.Geometry {
		reach := 1 + rng.IntN(4)*rng.IntN(4)*rng.IntN(4)
		x, y := 113+float64(rng.IntN(2*reach+1)-reach)*0.001, 29.3+float64(rng.IntN(2*reach+1)-reach)*0.001
		return orb.Polygon{{{x, y}, {x + 0.0008, y}, {x + 0.0008, y + 0.0008}, {x, y + 0.0008}, {x, y}}}
	}
	values := func() []Value {
		out := make([]Value, len(CityFields()))
		for i := range out {
			out[i] = []Value{nil, nil, nil, "text", int64(-3), 2.5, true}[rng.IntN(7)]
			if rng.IntN(40) > i {
				out[i] = []Value{nil, "text"}[rng.IntN(2)]
			}
		}
		return out
	}
	f := Feature{ID: id, Geometry: place(), Values: values(), M2: 100}
	if rng.IntN(5) == 0 {
		f.From = 16_000
		f.Past = []Version{{From: 14_000, Until: 16_000, Geometry: place(), Values: values(), M2: 7}}
		if rng.IntN(3) == 0 {
			f.Geometry, f.Values, f.From, f.M2 = nil, nil, 0, 0
		}
	}
	return f
}

// The bounds and the types of the fields are those of a scan over all features, however
// they came and went: by loads, changes and merges, with all geometry in memory or a
// part, and after a map was kept and taken up again.
func TestSummaryIsThatOfAScan(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 8))
		o := Options{CacheBytes: -1, MaxOverlay: 1 + rng.IntN(60), SpillFolder: folder}
		if rapid.Bool().Draw(t, "bounded") {
			o.MemoryBytes = oneChunk
		}
		e, err := New(pointedSpec(true), o)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		same := func(when string) {
			t.Helper()
			s := e.snap.Load()
			s.summarise()
			if b, kinds := scanned(s, &e.spec); s.box != b || !reflect.DeepEqual(s.kinds, kinds) {
				t.Fatalf("%s: %v and %v, want %v and %v", when, s.box, s.kinds, b, kinds)
			}
		}
		ids := uint64(1 + rng.IntN(300))
		load := func(revision int64) {
			t.Helper()
			layers := map[string][]Feature{}
			for id := range ids {
				if rng.IntN(8) > 0 {
					layers["parcels"] = append(layers["parcels"], drawScattered(rng, id))
				}
			}
			if err := e.Load(revision, Seqs(layers)); err != nil {
				t.Fatal(err)
			}
			same("loaded")
		}
		load(1)
		for step := range rapid.IntRange(1, 25).Draw(t, "steps") {
			revision := int64(step + 2)
			switch rng.IntN(12) {
			case 0:
				load(revision)
			case 1:
				e.merges.Wait()
				same("merged")
			case 2:
				if err := restore(e, save(t, e, "")); err != nil {
					t.Fatal(err)
				}
				same("restored")
			}
			var list []Change
			for range rng.IntN(20) {
				c := Change{Layer: "parcels", ID: rng.Uint64N(ids + 20)}
				if rng.IntN(3) > 0 {
					f := drawScattered(rng, c.ID)
					c.Feature = &f
				}
				list = append(list, c)
			}
			if _, err := e.Apply(revision, list); err != nil && !errors.Is(err, ErrAllTouched) {
				t.Fatal(err)
			}
			same("changed")
		}
	})
}

// A revision's summary does not go over the features of the base again: neither the
// values nor the boxes of those that nothing has changed are looked at, but for a few
// that lie furthest out.
func TestSummaryLeavesTheBaseAlone(t *testing.T) {
	parcels := City(5, 5000, Yueyang(), 0.001)
	e, err := NewCity(Options{MaxOverlay: 100_000}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	far := parcels[0]
	far.ID = 1_000_000
	far.Geometry = orb.Polygon{{{120, 31}, {120.1, 31}, {120.1, 31.1}, {120, 31}}}
	far.Values = []Value{true, nil, "text", nil, nil}
	mustApply(t, e, 2, []Change{{"parcels", parcels[2500].ID, nil}, {"parcels", far.ID, &far}})
	s := e.snap.Load()
	want, kinds := scanned(s, &e.spec)

	b := s.layers[0].base
	changed, _ := b.slotOf(parcels[2500].ID)
	for slot := range b.len() {
		if slot != changed {
			clear(b.attrs.data[slot*b.attrs.stride:][:b.attrs.stride])
		}
	}
	all, spoilt := b.ix.bounds(), 0
	for n, node := range b.ix.boxes[b.ix.levels[1]:b.ix.levels[2]] {
		if node.minX == all.minX || node.minY == all.minY || node.maxX == all.maxX || node.maxY == all.maxY {
			continue
		}
		for slot := n * fanOut; slot < min((n+1)*fanOut, b.len()); slot++ {
			b.ix.boxes[slot] = box{0, 0, worldSize - 1, worldSize - 1}
			spoilt++
		}
	}
	if spoilt < 4000 {
		t.Fatalf("only %d features lie inside", spoilt)
	}
	if b, _ := scanned(s, &e.spec); b == want {
		t.Fatal("a scan does not see what was spoilt")
	}
	s.summarise()
	if s.box != want || !slices.EqualFunc(s.kinds, kinds, slices.Equal[[]kindSet]) {
		t.Errorf("%v and %v, want %v and %v", s.box, s.kinds, want, kinds)
	}
}
