package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
)

// P-13: what a box holds is what its two halves hold, put together, and the size
// of the pages changes nothing.
func TestBoxesAndPagesAddUp(t *testing.T) {
	p := demoService(t)
	anyone := client(t)
	rng := rand.New(rand.NewPCG(13, 1))
	var all struct{ Bounds [4]float64 }
	getJSON(t, anyone, p.url+"/tiles/public.json", &all)
	b := all.Bounds
	found, split := 0, 0
	for range 25 {
		x := []float64{between(rng, b[0], b[2]), between(rng, b[0], b[2]), between(rng, b[0], b[2])}
		y := []float64{between(rng, b[1], b[3]), between(rng, b[1], b[3])}
		slices.Sort(x)
		slices.Sort(y)
		whole := codesIn(t, anyone, p.url, 1+rng.IntN(40), x[0], y[0], x[2], y[1])
		again := codesIn(t, anyone, p.url, 1000, x[0], y[0], x[2], y[1])
		if !slices.Equal(whole, again) {
			t.Errorf("pages of another size: %v, want %v", whole, again)
		}
		west, east := codesIn(t, anyone, p.url, 1000, x[0], y[0], x[1], y[1]), codesIn(t, anyone, p.url, 1000, x[1], y[0], x[2], y[1])
		both := slices.Concat(west, east)
		slices.Sort(both)
		if both = slices.Compact(both); !slices.Equal(both, again) {
			t.Errorf("halves of %v %v: %v, want %v", x, y, both, again)
		}
		found += len(again)
		if len(west) > 0 && len(east) > 0 {
			split++
		}
	}
	if found < 100 || split < 5 {
		t.Errorf("%d parcels found, %d boxes with some in both halves", found, split)
	}
}

func between(rng *rand.Rand, a, b float64) float64 { return a + (b-a)*rng.Float64() }

// codesIn are the codes of the parcels in a box, as they come, page after page.
func codesIn(t *testing.T, c *http.Client, base string, limit int, west, south, east, north float64) (codes []string) {
	t.Helper()
	first := fmt.Sprintf("%s/api/collections/parcels/items?limit=%d&bbox=%g,%g,%g,%g", base, limit, west, south, east, north)
	for item := range itemsFrom(t, c, first) {
		code, _ := item["code"].(string)
		codes = append(codes, code)
	}
	if !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != len(codes) {
		t.Errorf("%s: %v is not sorted, or one comes twice", first, codes)
	}
	return codes
}
