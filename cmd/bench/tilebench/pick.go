package main

import (
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb/maptile"

	"tengdi/cmd/bench/city"
	"tengdi/tiles"
)

// pick draws up to n different tiles of a zoom, each over a random parcel: where
// there are more parcels, there are more of them.
func pick(rng *rand.Rand, c *city.City, z, n int) []tiles.ID {
	var out []tiles.ID
	for tries := 0; len(out) < n && tries < 20*n; tries++ {
		ring := c.Parcel(rng.IntN(c.Len())).Ring
		t := maptile.At(ring[rng.IntN(len(ring))], maptile.Zoom(z))
		if id := (tiles.ID{Z: uint32(z), X: t.X, Y: t.Y}); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// others draws up to n different tiles as pick does, none of those drawn before. Where
// the zoom has not so many, it gives those again, after the others: then they are all
// that there are.
func others(rng *rand.Rand, c *city.City, z, n int, drawn []tiles.ID) []tiles.ID {
	var out []tiles.ID
	for _, id := range pick(rng, c, z, n+len(drawn)) {
		if !slices.Contains(drawn, id) && len(out) < n {
			out = append(out, id)
		}
	}
	return append(out, drawn[:min(len(drawn), n-len(out))]...)
}

// cover lists every tile of a zoom over the city.
func cover(c *city.City, z int) []tiles.ID {
	west, south, east, north := c.Bounds()
	a := maptile.At([2]float64{west, north}, maptile.Zoom(z))
	b := maptile.At([2]float64{east, south}, maptile.Zoom(z))
	var out []tiles.ID
	for x := a.X; x <= b.X; x++ {
		for y := a.Y; y <= b.Y; y++ {
			out = append(out, tiles.ID{Z: uint32(z), X: x, Y: y})
		}
	}
	return out
}
