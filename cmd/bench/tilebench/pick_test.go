package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"tengdi/cmd/bench/city"
	"tengdi/tiles"
)

// The look for slow tiles has tiles of its own: none that was just asked for, as long
// as the zoom has others, and none twice.
func TestWorstHasTilesOfItsOwn(t *testing.T) {
	c := city.New(100_000)
	rng := rand.New(rand.NewPCG(1, 2))
	for z := firstZoom; z <= lastZoom; z++ {
		drawn := pick(rng, c, z, 40)
		own := others(rng, c, z, worstOf, drawn)
		again := 0
		for i, id := range own {
			if slices.Contains(own[:i], id) || id.Z != uint32(z) {
				t.Fatalf("zoom %d: %s comes twice, or is of another", z, id)
			}
			if slices.Contains(drawn, id) {
				again++
			} else if again > 0 {
				t.Fatalf("zoom %d: %s comes after one that was asked for", z, id)
			}
		}
		if all := len(cover(c, z)); all > 2*(worstOf+len(drawn)) && (len(own) != worstOf || again > 0) || len(own) < min(len(drawn), worstOf) || again > 0 && len(own) < worstOf && again != len(drawn) {
			t.Errorf("zoom %d: %d tiles, %d of them again, of some %d", z, len(own), again, all)
		}
	}
}

// Each of them is asked for once before one comes again, and both numbers are told.
func TestWorstAsksForEach(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.URL.Path]++
		w.WriteHeader(http.StatusNoContent)
	}))
	defer site.Close()
	var ids []tiles.ID
	for x := range uint32(30) {
		ids = append(ids, tiles.ID{Z: 14, X: x, Y: 1})
	}
	c := &competitor{name: "shipped", template: site.URL + "/{z}/{x}/{y}"}
	for _, rounds := range []int{25, 40} {
		mu.Lock()
		clear(asked)
		mu.Unlock()
		_, requests, of, err := worst(context.Background(), site.Client(), c, ids, rounds, time.Hour)
		if err != nil || requests != rounds || of != min(rounds, len(ids)) || len(asked) != of {
			t.Errorf("%d requests for %d tiles, %d seen, want %d: %v", requests, of, len(asked), rounds, err)
		}
	}
}
