package tiles

import (
	"math/rand/v2"
	"testing"
)

// The table knows what a map knows, however many numbers there are and again after
// it was used before.
func TestPlaceTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	var table placeTable
	for _, n := range []int{10, 20_000, 0, 700} {
		table.reset()
		want := map[uint64]uint32{}
		for i := range n {
			key := uint64(1 + rng.IntN(n))
			if i%3 == 0 {
				key <<= 40
			}
			s, ok := table.find(key)
			place, known := want[key]
			if ok != known || ok && s.place != place {
				t.Fatalf("%d of %d: place %d, %v, want %d, %v", key, n, s.place, ok, place, known)
			}
			if !ok {
				s.place = uint32(i)
				want[key] = uint32(i)
			}
		}
		if table.used != len(want) {
			t.Errorf("%d numbers of %d", table.used, len(want))
		}
	}
}
