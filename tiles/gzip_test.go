package tiles

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
)

// Whatever its size, a tile is one gzip member that a plain reader takes, of the
// same bytes on any number of processors and whatever was compressed before.
func TestGzipOfAnySize(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 21))
	text := make([]byte, 5*gzipBlock+17)
	for i := range text { // repeats near and far, and some noise
		text[i] = byte(rng.IntN(4)) * byte(i>>9)
	}
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	used := newGzipper()
	for _, n := range []int{1, 1000, gzipBlock, 2*gzipBlock - 1, 2 * gzipBlock, 2*gzipBlock + 1, 3 * gzipBlock, len(text)} {
		raw := text[len(text)-n:]
		var want []byte
		for round, procs := range []int{1, 4, 2} {
			runtime.GOMAXPROCS(procs)
			g := &used
			if round == 1 {
				fresh := newGzipper()
				g = &fresh
			}
			got, err := g.compress(raw)
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
		used.gz.Reset(&one)
		if _, err := used.gz.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := used.gz.Close(); err != nil {
			t.Fatal(err)
		}
		if len(want) > one.Len()+one.Len()/50 {
			t.Errorf("%d bytes take %d, without blocks %d", n, len(want), one.Len())
		}
	}
}
