package tiles

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// recordAt is what was packed into a slot.
func recordAt(t rapid.TB, b *base, slot int) *record {
	t.Helper()
	var found *record
	if err := b.records([]uint32{uint32(slot)}, func(r *record) { found = r }); err != nil {
		t.Fatal(err)
	}
	return found
}

// featureOf is a feature as it is now.
func featureOf(t testing.TB, l *layer, id uint64) *record {
	t.Helper()
	found, err := l.before(map[uint64]*record{id: nil})
	if err != nil {
		t.Fatal(err)
	}
	return found[id]
}

// oneChunk is a bound that has room for one chunk at a time.
const oneChunk = 1

// memoryEngine is an engine with a bound, loaded with the parcels in batches.
func memoryEngine(t testing.TB, o Options, parcels []Feature) *Engine {
	t.Helper()
	o.SpillFolder = t.TempDir()
	e, err := New(savedSpec(), o)
	if err != nil {
		t.Fatal(err)
	}
	loading := e.Begin(7)
	if err := loading.Layer(t.Context(), "parcels", batchesOf(300, parcels), func(why *FeatureError) { t.Error(why) }); err != nil {
		t.Fatal(err)
	}
	if err := loading.End(); err != nil {
		t.Fatal(err)
	}
	return e
}

// withPast is parcels of which some were something else once, and some are no more.
func withPast(n int) []Feature {
	parcels := City(5, n, Yueyang(), 0.001)
	for i := range parcels {
		parcels[i].M2 = float64(1000 + i)
		was := parcels[(i+1)%n]
		switch i % 7 {
		case 0:
			parcels[i].From = 16_000
			parcels[i].Past = []Version{{From: 14_000, Until: 16_000, Geometry: was.Geometry, Values: was.Values, M2: 7}}
		case 3:
			if i%2 == 0 {
				parcels[i] = Feature{ID: parcels[i].ID, Past: []Version{{From: 14_000, Until: 16_000, Geometry: was.Geometry, Values: was.Values, M2: 7}}}
			}
		}
	}
	return parcels
}

// unlike counts the tiles in which two engines differ, now and on a past day.
func unlike(t testing.TB, got, want *Engine, ids []ID) {
	t.Helper()
	for i, id := range ids {
		q := Query{}
		if i%3 == 0 {
			q.At = 15_000
		}
		a, errA := got.TileOf(t.Context(), id, q)
		b, errB := want.TileOf(t.Context(), id, q)
		if errA != nil || errB != nil {
			t.Fatalf("%s: %v, %v", id, errA, errB)
		}
		if !bytes.Equal(a.Raw, b.Raw) || a.ETag != b.ETag {
			t.Fatalf("%s on %q: %d bytes %s, want %d bytes %s", id, q.At, len(a.Raw), a.ETag, len(b.Raw), b.ETag)
		}
	}
}

// edits makes the same changes for two engines: shapes, values, new ones, ends.
func edits(rng *rand.Rand, parcels []Feature, n int) []Change {
	out := make([]Change, 0, n)
	for k := range n {
		f := parcels[rng.IntN(len(parcels))]
		if f.Geometry == nil {
			continue
		}
		switch k % 4 {
		case 0:
			out = append(out, Change{Layer: "parcels", ID: f.ID})
			continue
		case 1:
			f.ID += 1_000_000
		case 2:
			f.Values = slices.Clone(f.Values)
			f.Values[0] = fmt.Sprintf("changed %d", rng.Uint32())
		case 3:
			f.Geometry = withoutBends(f.Geometry, rng)
		}
		out = append(out, Change{Layer: "parcels", ID: f.ID, Feature: &f})
	}
	return out
}

// However little has room in memory, tiles and their tags are those of an engine
// that has all: as loaded, after changes, after merges, saved and restored.
//
//raced:calm tile after tile is compared; TestMemoryUnderLoad reads and writes at once
func TestMemoryChangesNoByte(t *testing.T) {
	parcels := withPast(2*chunkSize + 300)
	ids := tilesUnder(withGeometry(parcels)[:60], 6, 10, 11, 12, 13, 14, 15, 16)
	for _, plain := range []bool{false, true} {
		o := Options{MaxOverlay: 200, CacheBytes: -1, Plain: plain}
		want := memoryEngine(t, o, parcels)
		all := want.Stats().LayerBytes
		for _, bound := range []int64{oneChunk, 1 << 20} {
			o.MemoryBytes = bound
			got := memoryEngine(t, o, parcels)
			unlike(t, got, want, ids)
			st := got.Stats()
			if st.Chunks > 1 && bound == oneChunk || st.ChunkBytes > max(bound, 2<<20) || st.ChunkReads == 0 || st.ChunkGone == 0 || st.ChunkFaults > 0 || st.LayerBytes >= all {
				t.Errorf("bound %d: %+v, %d bytes without one", bound, st, all)
			}
		}
	}

	o := Options{MaxOverlay: 200, CacheBytes: -1}
	want := memoryEngine(t, o, parcels)
	o.MemoryBytes = oneChunk
	got := memoryEngine(t, o, parcels)
	rng := rand.New(rand.NewPCG(3, 3))
	for revision := int64(8); revision < 12; revision++ {
		changes := edits(rng, parcels, 150)
		a, errA := got.Apply(revision, slices.Clone(changes))
		b, errB := want.Apply(revision, changes)
		if !slices.Equal(a, b) || !errors.Is(errA, errB) {
			t.Fatalf("revision %d: touched %d tiles, %v; want %d, %v", revision, len(a), errA, len(b), errB)
		}
		unlike(t, got, want, ids)
	}
	got.merges.Wait()
	want.merges.Wait()
	unlike(t, got, want, ids)
	if st := got.Stats(); st.Merges == 0 || st.MergeErrors > 0 || st.Chunks > 1 {
		t.Errorf("merged: %+v", st)
	}

	sameFeatures(t, got, want)
	// When merges came decides in which order a map has its features, so that the files
	// need not be equal; what is made of them is.
	for _, from := range []*Engine{got, want} {
		file := save(t, from, "here")
		for _, bound := range []int64{0, oneChunk} {
			o.MemoryBytes, o.SpillFolder = bound, t.TempDir()
			again, err := New(savedSpec(), o)
			if err != nil {
				t.Fatal(err)
			}
			if err := restore(again, file); err != nil {
				t.Fatal(err)
			}
			sameFeatures(t, again, want)
			unlike(t, again, want, ids)
			if st := again.Stats(); bound > 0 && (st.Chunks > 1 || st.ChunkReads == 0) {
				t.Errorf("restored under a bound: %+v", st)
			}
		}
	}
}

// sameFeatures holds all that an engine has of its features against another's: shapes,
// levels, values, areas and past.
func sameFeatures(t testing.TB, got, want *Engine) {
	t.Helper()
	for i, l := range got.snap.Load().layers {
		other := want.snap.Load().layers[i]
		ids := map[uint64]*record{}
		for _, l := range []*layer{l, other} {
			for slot := range l.base.len() {
				ids[l.base.id(slot)] = nil
			}
			for _, e := range l.over.entries {
				ids[e.id] = nil
			}
		}
		a, errA := l.before(ids)
		b, errB := other.before(ids)
		if errA != nil || errB != nil || l.len() != other.len() {
			t.Fatalf("layer %d: %d features, want %d; %v, %v", i, l.len(), other.len(), errA, errB)
		}
		for id := range ids {
			if !a[id].equal(b[id]) || a[id] != nil && differingZooms(a[id], b[id]) != 0 {
				t.Fatalf("layer %d, feature %d: %+v, want %+v", i, id, a[id], b[id])
			}
		}
	}
}

// A change reads each region that it needs once, however many features of it change
// and however little room there is.
//
//raced:calm one change; TestMemoryUnderLoad changes and reads at once
func TestChangesReadRegionsOnce(t *testing.T) {
	parcels := withPast(2*chunkSize + 300)
	e := memoryEngine(t, Options{MemoryBytes: oneChunk, MaxOverlay: 100_000}, parcels)
	before := e.Stats().ChunkReads
	var changes []Change
	for i, f := range withGeometry(parcels)[:1000] {
		f.Values = slices.Clone(f.Values)
		f.Values[0] = fmt.Sprint("changed ", i)
		changes = append(changes, Change{Layer: "parcels", ID: f.ID, Feature: &f})
	}
	if _, err := e.Apply(8, changes); err != nil && !errors.Is(err, ErrAllTouched) {
		t.Fatal(err)
	}
	if reads, regions := e.Stats().ChunkReads-before, int64(len(e.snap.Load().layers[0].base.chunks)); reads == 0 || reads > regions {
		t.Errorf("%d readings of %d regions for 1000 changes", reads, regions)
	}
}

// withGeometry are those that are something now.
func withGeometry(list []Feature) (out []Feature) {
	for _, f := range list {
		if f.Geometry != nil {
			out = append(out, f)
		}
	}
	return out
}

// Builds of many tiles at a time, changes, merges and saves all get on with room for
// one chunk, and what is read is never torn.
func TestMemoryUnderLoad(t *testing.T) {
	parcels := withPast(chunkSize + 200)
	ids := tilesUnder(withGeometry(parcels)[:40], 11, 13, 15)
	o := Options{MaxOverlay: 60, CacheBytes: -1, Builders: 4}
	want := memoryEngine(t, o, parcels)
	o.MemoryBytes = oneChunk
	got := memoryEngine(t, o, parcels)
	rng := rand.New(rand.NewPCG(4, 4))
	over := make(chan struct{})
	var all sync.WaitGroup
	for k := range 4 {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(k), 5))
			for {
				select {
				case <-over:
					return
				default:
				}
				if _, err := got.Tile(t.Context(), ids[rng.IntN(len(ids))]); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for revision := int64(8); revision < 14; revision++ {
		changes := edits(rng, parcels, 40)
		for _, e := range []*Engine{got, want} {
			if _, err := e.Apply(revision, slices.Clone(changes)); err != nil && !errors.Is(err, ErrAllTouched) {
				t.Fatal(err)
			}
		}
		save(t, got, "")
		unlike(t, got, want, ids)
	}
	close(over)
	all.Wait()
	got.merges.Wait()
	unlike(t, got, want, ids)
	if st := got.Stats(); st.Chunks > 1 || st.ChunkFaults > 0 || st.MergeErrors > 0 {
		t.Errorf("afterwards: %+v", st)
	}
}
