package tiles

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// sourceOf answers with the features of a list, as long as none is kept back.
type sourceOf struct {
	mu    sync.Mutex
	list  map[uint64]Feature
	fault error
	calls int
}

func newSourceOf(list []Feature) *sourceOf {
	s := &sourceOf{list: map[uint64]Feature{}}
	for _, f := range list {
		s.list[f.ID] = f
	}
	return s
}

func (s *sourceOf) read(_ context.Context, layer string, ids []uint64) (out []Feature, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if layer != "parcels" || s.fault != nil {
		return nil, errors.Join(s.fault, errors.New("of "+layer))
	}
	for _, id := range ids {
		if f, ok := s.list[id]; ok {
			out = append(out, f)
		}
	}
	return out, nil
}

func (s *sourceOf) set(fault error, changed ...Feature) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
	for _, f := range changed {
		s.list[f.ID] = f
	}
}

// damage makes what an engine has in its files unreadable.
func damage(t *testing.T, e *Engine, flip bool) {
	t.Helper()
	for _, l := range e.snap.Load().layers {
		if l.base.regions == nil {
			continue
		}
		f := l.base.regions.file.file
		if !flip {
			if err := f.Truncate(0); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for _, r := range l.base.regions.all {
			var b [1]byte
			at := r.spot.at + int64(r.spot.size)/2
			if _, err := f.ReadAt(b[:], at); err != nil {
				t.Fatal(err)
			}
			b[0] ^= 4
			if _, err := f.WriteAt(b[:], at); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A region whose file is lost or damaged is made anew from the source, with the same
// bytes; what has changed there meanwhile is an error until the engine is told of it,
// and never another picture.
//
//raced:calm tile after tile is compared; TestMemoryUnderLoad reads and writes at once
func TestRegionsComeFromTheSource(t *testing.T) {
	parcels := withPast(chunkSize + 200)
	shown := withGeometry(parcels)
	ids := tilesUnder(shown[:50], 10, 12, 14, 16)
	for _, flip := range []bool{false, true} {
		source := newSourceOf(parcels)
		o := Options{CacheBytes: -1, MaxOverlay: 100_000}
		want := memoryEngine(t, o, parcels)
		o.MemoryBytes, o.Source = oneChunk, source.read
		got := memoryEngine(t, o, parcels)
		unlike(t, got, want, ids)
		if source.calls > 0 {
			t.Errorf("the source was asked %d times without need", source.calls)
		}
		before := flats(t, got)
		damage(t, got, flip)
		unlike(t, got, want, ids)
		if st := got.Stats(); st.ChunkAsked < 2 || st.ChunkFaults < 2 || source.calls == 0 {
			t.Errorf("from the source: %+v", st)
		}
		if after := flats(t, got); !slices.EqualFunc(before, after, bytes.Equal) {
			t.Error("regions from the source have other bytes")
		}
		source.calls = 0
		unlike(t, got, want, ids)
		if source.calls > 0 {
			t.Error("what came from the source is not kept in the file")
		}

		damage(t, got, flip)
		away := errors.New("the database is away")
		source.set(away)
		id := TilesOver(shown[0], 16)[0]
		if _, err := got.Tile(t.Context(), id); !errors.Is(err, ErrUnread) || !errors.Is(err, away) {
			t.Errorf("without a source: %v", err)
		}
		if _, err := got.Apply(8, []Change{{Layer: "parcels", ID: shown[0].ID}}); !errors.Is(err, ErrUnread) || got.Revision() != 7 {
			t.Errorf("a change without a source: %v, at %d", err, got.Revision())
		}
		f, err := got.Freeze()
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Save(new(bytes.Buffer), ""); !errors.Is(err, ErrUnread) {
			t.Errorf("saved without a source: %v", err)
		}

		moved := shown[0]
		moved.Geometry = shown[40].Geometry
		source.set(nil, moved)
		if _, err := got.Tile(t.Context(), id); !errors.Is(err, ErrUnread) {
			t.Errorf("a feature that is another by now is drawn: %v", err)
		}
		elsewhere := slices.DeleteFunc(slices.Clone(ids), func(id ID) bool {
			return slices.Contains(TilesOver(shown[0], int(id.Z)), id)
		})
		unlike(t, got, want, elsewhere)
		source.set(nil, shown[0])
		unlike(t, got, want, ids)
	}
}

// flats are all regions of an engine as they are in its files.
func flats(t *testing.T, e *Engine) (out [][]byte) {
	t.Helper()
	for _, l := range e.snap.Load().layers {
		b := l.base
		for n := range b.chunks {
			if err := b.withChunk(t.Context(), n, func(c *chunk) error {
				out = append(out, flatten(c))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

// A change that cannot be made, because what lies around it cannot be read, changes
// nothing of the mosaic either, though it brings a status that nobody had: once the
// source is back, cells, TileJSON and the next new status are right.
func TestFailedChangeLeavesTheMosaic(t *testing.T) {
	parcels := withPast(chunkSize + 100)
	shown := withGeometry(parcels)
	source := newSourceOf(parcels)
	o := Options{CacheBytes: -1, MaxOverlay: 100_000}
	want := memoryEngine(t, o, parcels)
	o.MemoryBytes, o.Source = oneChunk, source.read
	got := memoryEngine(t, o, parcels)
	fresh := func(id uint64, status string, beside Feature) []Change {
		beside.ID, beside.Past, beside.From = id, nil, 0
		beside.Values = slices.Clone(beside.Values)
		beside.Values[1] = status
		return []Change{{Layer: "parcels", ID: id, Feature: &beside}}
	}
	first, second := fresh(5_000_000, "never seen", shown[10]), fresh(5_000_001, "nor this", shown[20])
	damage(t, got, false)
	source.set(errors.New("the database is away"))
	if _, err := got.Apply(8, first); !errors.Is(err, ErrUnread) || got.Revision() != 7 {
		t.Fatalf("a change beside what cannot be read: %v, at %d", err, got.Revision())
	}
	source.set(nil)
	for i, list := range [][]Change{second, first} { // the other comes first now
		mustApply(t, got, int64(8+i), list)
		mustApply(t, want, int64(8+i), list)
		unlike(t, got, want, tilesUnder(shown[:30], 4, 8, 10))
		if a, b := sumsOf(got), sumsOf(want); a != b {
			t.Fatal("the cells are others than without the failure")
		}
		if a, b := got.TileJSON("", TileJSONOptions{}), want.TileJSON("", TileJSONOptions{}); !reflect.DeepEqual(a, b) {
			t.Fatalf("described as %+v, want %+v", a, b)
		}
	}
}

// A change that the engine is told of masks what its source no longer has, so that
// one that is told in time costs nothing.
func TestChangesMaskTheSource(t *testing.T) {
	parcels := withPast(chunkSize + 100)
	shown := withGeometry(parcels)
	ids := tilesUnder(shown[:60], 12, 14, 16)
	source := newSourceOf(parcels)
	o := Options{CacheBytes: -1, MaxOverlay: 100_000}
	want := memoryEngine(t, o, parcels)
	o.MemoryBytes, o.Source = oneChunk, source.read
	got := memoryEngine(t, o, parcels)
	rng := rand.New(rand.NewPCG(6, 6))
	changes := edits(rng, shown[:60], 40)
	for _, e := range []*Engine{got, want} {
		if _, err := e.Apply(8, slices.Clone(changes)); err != nil && !errors.Is(err, ErrAllTouched) {
			t.Fatal(err)
		}
	}
	for _, c := range changes {
		if c.Feature == nil {
			delete(source.list, c.ID)
		} else {
			source.list[c.ID] = *c.Feature
		}
	}
	damage(t, got, true)
	unlike(t, got, want, ids)
	if st := got.Stats(); st.ChunkAsked == 0 {
		t.Errorf("nothing came from the source: %+v", st)
	}
}

// A change is at the source before the engine is told of it, and the next one may be
// there as well: neither keeps the engine from taking what it is told.
//
//raced:calm tile after tile is compared; TestMemoryUnderLoad reads and writes at once
func TestChangesComeAfterTheirSource(t *testing.T) {
	parcels := withPast(chunkSize + 100)
	shown := withGeometry(parcels)[:40]
	ids := tilesUnder(shown, 12, 14)
	source := newSourceOf(parcels)
	o := Options{CacheBytes: -1, MaxOverlay: 100_000}
	want := memoryEngine(t, o, parcels)
	o.MemoryBytes, o.Source = oneChunk, source.read
	got := memoryEngine(t, o, parcels)
	damage(t, got, false)
	rng := rand.New(rand.NewPCG(6, 6))
	told := [][]Change{edits(rng, shown, 30), edits(rng, shown, 30)}
	for _, changes := range told {
		for _, c := range changes {
			delete(source.list, c.ID)
			if c.Feature != nil {
				source.list[c.ID] = *c.Feature
			}
		}
	}
	for i, changes := range told {
		for _, e := range []*Engine{got, want} {
			if _, err := e.Apply(int64(8+i), slices.Clone(changes)); err != nil && !errors.Is(err, ErrAllTouched) {
				t.Fatalf("change %d: %v", i+1, err)
			}
		}
		for _, id := range ids { // between the changes there are things that nobody has
			if _, err := got.Tile(t.Context(), id); err != nil && (i > 0 || !errors.Is(err, ErrUnread)) {
				t.Fatalf("%s after change %d: %v", id, i+1, err)
			}
		}
	}
	unlike(t, got, want, ids)
	if st := got.Stats(); st.ChunkAsked == 0 {
		t.Errorf("nothing came from the source: %+v", st)
	}
}

// Without a disk that takes it, an engine with a source answers from that; one
// without says so and keeps what it has.
//
//raced:calm tile after tile is compared; TestMemoryUnderLoad reads and writes at once
func TestNoRoomOnTheDisk(t *testing.T) {
	parcels := withPast(chunkSize + 100)
	want := memoryEngine(t, Options{CacheBytes: -1}, parcels)
	e := memoryEngine(t, Options{CacheBytes: -1, MemoryBytes: oneChunk}, parcels)
	e.memory.folder = "/nonexistent"
	if err := e.Load(9, Seqs(map[string][]Feature{"parcels": parcels})); !errors.Is(err, ErrUnread) {
		t.Errorf("loaded without a disk: %v", err)
	}
	if err := restore(e, save(t, want, "")); !errors.Is(err, ErrUnread) {
		t.Errorf("restored without a disk: %v", err)
	}
	ids := tilesUnder(withGeometry(parcels)[:40], 11, 14)
	unlike(t, e, want, ids)

	source := newSourceOf(parcels)
	e = memoryEngine(t, Options{CacheBytes: -1, MemoryBytes: oneChunk, Source: source.read}, parcels)
	none, err := os.Open(os.DevNull) // which takes no writing
	if err != nil {
		t.Fatal(err)
	}
	l := e.snap.Load().layers[0]
	_ = l.base.regions.file.file.Close()
	l.base.regions.file.file = none
	unlike(t, e, want, ids)
	unlike(t, e, want, ids)
	for n, r := range l.base.regions.all {
		if err := l.base.withChunk(t.Context(), n, func(c *chunk) error { return l.base.regions.put(n, c) }); err != nil || r.spot.at != nowhere {
			t.Errorf("region %d: %v, at %d", n, err, r.spot.at)
		}
	}
	if st := e.Stats(); st.ChunkAsked < 4 || st.Chunks > 1 {
		t.Errorf("without a disk: %+v", st)
	}
	bare, err := newRegions(e.memory, &e.spec.Layers[0], 1, false)
	if err != nil {
		t.Fatal(err)
	}
	bare.file.file = none
	if err := bare.put(0, &chunk{}); !errors.Is(err, ErrUnread) {
		t.Errorf("a region that nobody could read again: %v", err)
	}
}
