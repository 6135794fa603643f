package tiles

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
)

// startCity is the engine of NewCity as a start makes it, with chunks that are put off.
func startCity(t *testing.T, o Options, parcels, problems []Feature) *Engine {
	t.Helper()
	e, err := New(CitySpec(), o)
	if err != nil {
		t.Fatal(err)
	}
	l := e.Begin(1)
	for name, list := range map[string][]Feature{"parcels": parcels, "problems": problems} {
		if err := l.Layer(context.Background(), name, batchesOf(512, list), func(why *FeatureError) { t.Error(why) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.End(); err != nil {
		t.Fatal(err)
	}
	return e
}

// lateCity is a city of several chunks; in the first of them some parcels once had
// another shape.
func lateCity() []Feature {
	parcels := City(8, 14_000, Yueyang(), 0.0007)
	was := City(8, 14_000, Yueyang(), 0.00069)
	for i := range 40 {
		parcels[i].From = 16_000
		parcels[i].Past = []Version{{From: 14_000, Until: 16_000, Geometry: was[i].Geometry, Values: parcels[i].Values}}
	}
	return parcels
}

// missingChunks is how many chunks are not there yet.
func missingChunks(e *Engine) (n int) {
	for _, l := range e.snap.Load().layers {
		for i := range l.base.chunks {
			if l.base.chunks[i].Load() == nil {
				n++
			}
		}
	}
	return n
}

// What a start puts off is made when it is asked for, and makes no difference: to
// tiles of now and of the past, to what is kept, and to what Prepare then leaves.
//
//raced:calm many starts, one after the other
func TestStartPutsChunksOff(t *testing.T) {
	parcels := lateCity()
	want, err := NewCity(Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := missingChunks(want); n != 0 {
		t.Fatalf("Load has put %d chunks off", n)
	}
	got := startCity(t, Options{}, parcels, nil)
	before := missingChunks(got)
	if chunks := len(got.snap.Load().layers[0].base.chunks); before == 0 || before == chunks {
		t.Fatalf("%d of %d chunks are put off, want all but those with a past", before, chunks)
	}
	first := TilesOver(parcels[len(parcels)-1], 15)
	sameTiles(t, got, want, first)
	if n := missingChunks(got); n >= before || n == 0 {
		t.Errorf("after a few tiles %d of %d chunks are missing", n, before)
	}
	sameTiles(t, got, want, tilesUnder(parcels[:60], 13, 15, 16))
	for _, id := range tilesUnder(parcels[:60], 14) {
		a, errA := got.TileOf(context.Background(), id, Query{At: 15_000})
		b, errB := want.TileOf(context.Background(), id, Query{At: 15_000})
		if errA != nil || errB != nil || !bytes.Equal(a.Raw, b.Raw) {
			t.Fatalf("%s in the past: %d bytes, want %d; %v, %v", id, len(a.Raw), len(b.Raw), errA, errB)
		}
	}
	if err := got.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := missingChunks(got); n != 0 || got.snap.Load().layers[0].base.later.maker.Load() != nil {
		t.Errorf("%d chunks are missing after Prepare, or their records are held", n)
	}
	if a, b := got.Memory(), want.Memory(); !slices.Equal(a, b) {
		t.Errorf("takes %v, want %v", a, b)
	}
	if a, b := got.Stats(), want.Stats(); a.Repaired != b.Repaired || a.LayerBytes != b.LayerBytes {
		t.Errorf("%+v, want %+v", a, b)
	}
}

// A map can be kept before anybody has asked for its chunks.
//
//raced:calm many starts, one after the other
func TestStartIsKeptAtOnce(t *testing.T) {
	parcels := lateCity()
	want, err := NewCity(Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := startCity(t, Options{}, parcels, nil)
	a, b := save(t, got, ""), save(t, want, "")
	if !bytes.Equal(a, b) {
		t.Errorf("%d bytes are kept, want the %d of a map that put nothing off", len(a), len(b))
	}
}

// Changes, merges, tiles and Prepare at the same time as each other end in the tiles of
// an engine that was told everything at once.
func TestPuttingOffIsSafe(t *testing.T) {
	parcels := lateCity()
	got := startCity(t, Options{MaxOverlay: 50, CacheBytes: -1}, parcels, nil)
	defer got.Close()
	moved, elsewhere := slices.Clone(parcels), City(9, 14_000, Yueyang(), 0.0007)
	ids := tilesUnder(parcels[200:280], 14, 16)
	var all sync.WaitGroup
	all.Go(func() {
		if err := got.Prepare(context.Background()); err != nil {
			t.Error(err)
		}
	})
	all.Go(func() {
		for _, id := range ids {
			if _, err := got.Tile(context.Background(), id); err != nil {
				t.Error(err)
			}
		}
	})
	for round := range 4 {
		var changes []Change
		for i := 150 + 60*round; i < 150+60*(round+1); i++ {
			moved[i].Geometry = elsewhere[i].Geometry
			changes = append(changes, Change{Layer: "parcels", ID: moved[i].ID, Feature: &moved[i]})
		}
		if _, err := got.Apply(int64(2+round), changes); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
	got.Close()
	want, err := New(CitySpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := want.Load(5, Seqs(map[string][]Feature{"parcels": moved})); err != nil {
		t.Fatal(err)
	}
	sameTiles(t, got, want, tilesUnder(parcels[100:420], 14, 16))
}
