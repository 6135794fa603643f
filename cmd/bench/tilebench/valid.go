package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/jackc/pgx/v5"

	"tengdi/cmd/bench/city"
	"tengdi/tiles/tiletest"
)

// validity is what ST_IsValid says of polygons out of shipped tiles.
type validity struct {
	Tiles, Features, Polygons, Invalid int
	Why                                string
}

// measureValidity decodes shipped tiles of every measured zoom, at random, until
// it has so many polygons or has seen as many tiles as there are; PostGIS judges them.
func measureValidity(ctx context.Context, client *http.Client, s *competitor, c *city.City, conn *pgx.Conn, polygons int) (validity, error) {
	const batch = 20_000
	rng := rand.New(rand.NewPCG(4, 4))
	var out validity
	var waiting []tiletest.Feature
	judge := func() error {
		bad, why, err := tiletest.Invalid(ctx, conn, waiting)
		out.Invalid += bad
		if bad > 0 && out.Why == "" {
			out.Why = why
		}
		waiting = waiting[:0]
		return err
	}
	// Each zoom has its share of the polygons, as far as its tiles go; the densest come
	// last and make up for what others lack. Dense tiles are where borders collapse.
	zooms := []int{8, 9, 10, 11, 16, 15, 14, 13, 12}
	for i, z := range zooms {
		goal := out.Polygons + (polygons-out.Polygons)/(len(zooms)-i)
		for _, id := range pick(rng, c, z, 2000) {
			if out.Polygons >= goal {
				break
			}
			a, err := fetch(ctx, client, expand(s.template, id))
			if err != nil {
				return out, err
			}
			raw, err := a.plain()
			if err != nil {
				return out, err
			}
			layers, err := tiletest.Decode(raw)
			if err != nil {
				return out, fmt.Errorf("%s: %w", id, err)
			}
			out.Tiles++
			for _, l := range layers {
				for _, f := range l.Features {
					if len(f.Polygons) > 0 {
						out.Features++
						out.Polygons += len(f.Polygons)
						waiting = append(waiting, f)
					}
				}
			}
			if len(waiting) >= batch {
				if err := judge(); err != nil {
					return out, err
				}
			}
		}
	}
	return out, judge()
}
