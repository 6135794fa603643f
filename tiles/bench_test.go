package tiles

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/tiles/tiletest"
)

// The size of the demo district, city-like, 13 vertices a parcel;
// TENGDI_BENCH_PARCELS asks for another.
var benchParcels = func() int {
	if n, err := strconv.Atoi(os.Getenv("TENGDI_BENCH_PARCELS")); err == nil && n > 0 {
		return n
	}
	return 26_000
}()

func benchEngine(b *testing.B, o Options) (*Engine, Feature) {
	b.Helper()
	parcels := City(1, benchParcels, Yueyang(), 0.0007)
	e, err := NewCity(o, parcels, nil)
	if err != nil {
		b.Fatal(err)
	}
	return e, parcels[benchParcels/2]
}

// BenchmarkBuild is a fresh tile from the middle of the city, gzip and tag included.
func BenchmarkBuild(b *testing.B) {
	e, middle := benchEngine(b, Options{CacheBytes: -1, Plain: os.Getenv("TENGDI_BENCH_PLAIN") != ""})
	for z := 8; z <= 16; z++ {
		id := TilesOver(middle, z)[0]
		b.Run(fmt.Sprintf("z%d", z), func(b *testing.B) {
			b.ReportAllocs()
			var tile Tile
			for b.Loop() {
				var err error
				if tile, err = e.Tile(context.Background(), id); err != nil {
					b.Fatal(err)
				}
			}
			layers, err := tiletest.Decode(tile.Raw)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(layers[0].Features)), "features")
			b.ReportMetric(float64(len(tile.Gzip)), "gz-bytes")
		})
	}
}

// BenchmarkEncode is the same without gzip and tag.
func BenchmarkEncode(b *testing.B) {
	e, middle := benchEngine(b, Options{Plain: os.Getenv("TENGDI_BENCH_PLAIN") != ""})
	builder := newBuilder()
	for _, z := range []int{8, 12, 14, 16} {
		id := TilesOver(middle, z)[0]
		b.Run(fmt.Sprintf("z%d", z), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := builder.build(context.Background(), &e.spec, e.snap.Load(), id, Query{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCached(b *testing.B) {
	e, middle := benchEngine(b, Options{})
	id := TilesOver(middle, 14)[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Tile(context.Background(), id); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkApply is one change of one parcel, its tiles looked up, none rebuilt.
func BenchmarkApply(b *testing.B) {
	e, f := benchEngine(b, Options{})
	b.ReportAllocs()
	revision := int64(1)
	for b.Loop() {
		revision++
		f.Values = []Value{"x", "sold", revision, nil, nil}
		if _, err := e.Apply(revision, []Change{{"parcels", f.ID, &f}}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkApplyGeometry is the same for a change of shape, which its neighbours'
// borders follow.
func BenchmarkApplyGeometry(b *testing.B) {
	e, f := benchEngine(b, Options{})
	rng := rand.New(rand.NewPCG(1, 1))
	shapes := []orb.Geometry{f.Geometry, withoutBends(f.Geometry, rng)}
	b.ReportAllocs()
	revision := int64(1)
	for b.Loop() {
		revision++
		f.Geometry = shapes[revision%2]
		if _, err := e.Apply(revision, []Change{{"parcels", f.ID, &f}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	parcels := City(1, benchParcels, Yueyang(), 0.0007)
	b.ReportAllocs()
	for b.Loop() {
		e, err := NewCity(Options{}, parcels, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(e.Stats().LayerBytes)/float64(benchParcels), "bytes/parcel")
	}
}

// BenchmarkBounded is fresh z14 tiles from anywhere in the city: with everything in
// memory, with room for half of the geometry, and for one region at a time.
func BenchmarkBounded(b *testing.B) {
	parcels := City(1, benchParcels, Yueyang(), 0.0007)
	whole := int64(0)
	for _, part := range []struct {
		name  string
		bound func() int64
	}{
		{"all", func() int64 { return 0 }},
		{"half", func() int64 { return whole / 2 }},
		{"one", func() int64 { return oneChunk }},
	} {
		b.Run(part.name, func(b *testing.B) {
			e, err := NewCity(Options{CacheBytes: -1, MemoryBytes: part.bound(), SpillFolder: b.TempDir()}, parcels, nil)
			if err != nil {
				b.Fatal(err)
			}
			if l := e.snap.Load().layers[0]; whole == 0 {
				for n := range l.base.chunks {
					whole += int64(len(flatten(l.base.chunks[n].Load())))
				}
			}
			rng := rand.New(rand.NewPCG(1, 1))
			before := e.Stats()
			for b.Loop() {
				if _, err := e.Tile(b.Context(), TilesOver(parcels[rng.IntN(len(parcels))], 14)[0]); err != nil {
					b.Fatal(err)
				}
			}
			st := e.Stats()
			b.ReportMetric(float64(st.LayerBytes)/float64(benchParcels), "bytes/parcel")
			b.ReportMetric(float64(st.ChunkReads-before.ChunkReads)/float64(max(st.Builds-before.Builds, 1)), "reads/tile")
		})
	}
}
