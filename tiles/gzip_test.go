package tiles

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	fast "github.com/klauspost/compress/gzip"

	"tengdi/tiles/deflate"
)

// Whatever its size, a tile is one gzip member that a plain reader takes, of the
// same bytes on any number of processors and whatever was compressed before.
//
//raced:calm one text after the other is compressed; TestReadersAndWriters asks for many at once
func TestGzipOfAnySize(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 21))
	text := make([]byte, 5*deflate.Block+17)
	for i := range text { // repeats near and far, some noise, and at the end nothing else
		text[i] = byte(rng.IntN(4)) * byte(i>>9)
		if i > 4*deflate.Block {
			text[i] = byte(rng.Uint32())
		}
	}
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	for _, n := range []int{0, 1, 1000, deflate.Block - 1, deflate.Block, deflate.Block + 1, 2*deflate.Block - 1, 2 * deflate.Block, 2*deflate.Block + 1, 3 * deflate.Block, len(text)} {
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
		if len(want) > n+n/4096+32 {
			t.Errorf("%d bytes take %d", n, len(want))
		}
	}
}

// Of tiles the fast compressor makes less than deflate's level 1 does, of the cells of
// low zooms not much more.
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
		most := level1
		if z == 11 {
			most += level1 / 50
		}
		if ours == 0 || ours > most {
			t.Errorf("z%d: %d bytes, at level 1 %d", z, ours, level1)
		}
	}
}
