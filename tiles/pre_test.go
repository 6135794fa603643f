package tiles

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
)

// withoutPieces is the engine's layers with nothing encoded ahead.
func withoutPieces(e *Engine) *snapshot {
	s := e.snap.Load()
	for i, l := range s.layers {
		b := *l.base
		b.chunks = make([]chunkPointer, len(l.base.chunks))
		for n := range l.base.chunks {
			c := *l.base.chunks[n].Load()
			c.pre, c.simple = [len(c.pre)]texts{}, nil
			b.chunks[n].Store(&c)
		}
		s = s.with(i, &layer{base: &b, over: l.over})
	}
	return s
}

// What was encoded ahead is what a tile would have made of the feature, byte for
// byte: for parcels, for shapes that break when snapped, for whatever was read from
// a chunk and packed again.
func TestPiecesEqualBuilding(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 13))
	wild := func(n int) (out []Feature) {
		for k := range n {
			m := WildShape(rng, 11+rng.IntN(6))
			out = append(out, Feature{ID: uint64(1e6 + k), Geometry: m, Values: cityValues(rng, uint64(k))})
		}
		return out
	}
	parcels := append(City(13, 1200, Yueyang(), 0.0007), wild(300)...)
	e, err := NewCity(Options{CacheBytes: -1}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := e.merged(0, e.snap.Load().layers[0])
	if err != nil {
		t.Fatal(err)
	}
	again := e.snap.Load().with(0, newLayer(merged))
	slow := withoutPieces(e)
	pieces, flags := 0, 0
	for i := range e.snap.Load().layers[0].base.chunks {
		c := e.snap.Load().layers[0].base.chunks[i].Load()
		for z := preFirst; z <= preLast; z++ {
			for n := range c.geoms.len() {
				if z == preFirst && c.simple.has(n) {
					flags++
				}
				if len(c.piece(n, z)) > 0 {
					pieces++
				}
			}
		}
	}
	if flags < 1000 || pieces < 6000 || e.Stats().Repaired < 20 {
		t.Fatalf("%d pieces, %d simple ones, %d of them repaired", pieces, flags, e.Stats().Repaired)
	}
	a, b, c := newBuilder(), newBuilder(), newBuilder()
	checked := 0
	for z := preFirst - 1; z <= flagZoom+1; z++ {
		for k := 0; k < len(parcels); k += 11 {
			for _, id := range TilesOver(parcels[k], z)[:1] {
				fast, err := a.build(context.Background(), &e.spec, e.snap.Load(), id, Query{})
				if err != nil {
					t.Fatal(err)
				}
				want, err := b.build(context.Background(), &e.spec, slow, id, Query{})
				if err != nil {
					t.Fatal(err)
				}
				third, err := c.build(context.Background(), &e.spec, again, id, Query{})
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(fast, want) || !bytes.Equal(third, want) {
					t.Fatalf("%s: %d bytes, packed again %d, built %d", id, len(fast), len(third), len(want))
				}
				if a.tally.polygons != b.tally.polygons {
					t.Fatalf("%s: %d polygons counted, built %d", id, a.tally.polygons, b.tally.polygons)
				}
				checked++
			}
		}
	}
	if checked < 500 {
		t.Errorf("%d tiles", checked)
	}
}

// A layer with a mosaic has no pieces for the zooms at which that takes the place of
// many features.
func TestZoomsEncodedAhead(t *testing.T) {
	for _, c := range []struct {
		ls       LayerSpec
		from, to int
	}{
		{LayerSpec{Kind: Polygons, MaxZoom: 20}, 8, 16},
		{LayerSpec{Kind: Polygons, MinZoom: 11, MaxZoom: 14}, 11, 14},
		{LayerSpec{Kind: Polygons, MaxZoom: 20, Mosaic: &MosaicSpec{MaxZoom: 10}}, 12, 16},
		{LayerSpec{Kind: Polygons, MaxZoom: 20, Mosaic: &MosaicSpec{MaxZoom: 13}}, 14, 16},
	} {
		if from, to := preZooms(&c.ls); from != c.from || to != c.to {
			t.Errorf("%+v is encoded ahead from zoom %d to %d", c.ls, from, to)
		}
	}
	if from, to := preZooms(&LayerSpec{Kind: Points, MaxZoom: 20}); from <= to {
		t.Error("points are encoded ahead")
	}
}
