package tiles

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Numbers are given in the order of first use, whether there is a place for every
// key or a table of those seen, and also when the memory was used before.
func TestNumbersInOrderOfFirstUse(t *testing.T) {
	var n numbering
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.IntRange(1, 3000).Draw(t, "all")
		keys := rapid.SliceOfN(rapid.Uint32Range(0, uint32(all-1)), 0, 2000).Draw(t, "keys")
		var seen []uint32
		n.reset(rapid.SampledFrom([]int{0, len(keys), 2*all + smallNumbering}).Draw(t, "uses"), all)
		for _, key := range keys {
			want := slices.Index(seen, key)
			if want < 0 {
				want, seen = len(seen), append(seen, key)
			}
			if got := n.of(key); int(got) != want {
				t.Fatalf("key %d is number %d, want %d", key, got, want)
			}
		}
		if !slices.Equal(n.keys, seen) {
			t.Fatalf("keys %v, want %v", n.keys, seen)
		}
	})
}
