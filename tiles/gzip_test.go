package tiles

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	fast "github.com/klauspost/compress/gzip"
)

// Whatever its size, a tile is one gzip member that a plain reader takes, of the
// same bytes on any number of processors and whatever was compressed before.
//
//raced:calm one text after the other is compressed; TestReadersAndWriters asks for many at once
func TestGzipOfAnySize(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 21))
	text := make([]byte, 5*gzipBlock+17)
	for i := range text { // repeats near and far, and some noise
		text[i] = byte(rng.IntN(4)) * byte(i>>9)
	}
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	for _, n := range []int{0, 1, 1000, gzipBlock - 1, gzipBlock, gzipBlock + 1, 2*gzipBlock - 1, 2 * gzipBlock, 2*gzipBlock + 1, 3 * gzipBlock, len(text)} {
		raw := text[len(text)-n:]
		var want []byte
		for round, procs := range []int{1, 4, 2} {
			runtime.GOMAXPROCS(procs)
			got, err := gzipped(raw)
			switch {
			case err != nil:
				t.Fatal(err)
			case round == 0:
				want = got
			case !bytes.Equal(got, want):
				t.Fatalf("%d bytes: %d on %d processors, %d on one", n, len(got), procs, len(want))
			}
		}
		r, err := gzip.NewReader(bytes.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		r.Multistream(false)
		back, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(back, raw) {
			t.Fatalf("%d bytes come back as %d: %v", n, len(back), err)
		}
		var one bytes.Buffer
		whole, err := fast.NewWriterLevel(&one, fast.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := whole.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := whole.Close(); err != nil {
			t.Fatal(err)
		}
		if len(want) > one.Len()+one.Len()/25 {
			t.Errorf("%d bytes take %d, at level 1 %d", n, len(want), one.Len())
		}
	}
}

// Of tiles themselves the fast compressor makes less than deflate's level 1 does.
//
//raced:calm one tile after the other is compressed; TestReadersAndWriters asks for many at once
func TestTilesAreSmallerThanAtLevelOne(t *testing.T) {
	parcels := City(4, 4000, Yueyang(), 0.0007)
	e, err := NewCity(Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range []int{11, 13, 15} {
		ours, level1 := 0, 0
		for _, id := range tilesUnder(parcels[:40], z) {
			tile, err := e.Tile(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			w, err := fast.NewWriterLevel(&b, fast.BestSpeed)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(tile.Raw); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			ours, level1 = ours+len(tile.Gzip), level1+b.Len()
		}
		t.Logf("z%d: %d bytes, at level 1 %d", z, ours, level1)
		if ours == 0 || ours >= level1 {
			t.Errorf("z%d: %d bytes, at level 1 %d", z, ours, level1)
		}
	}
}
