package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"tengdi/cmd/bench/city"
	"tengdi/cmd/bench/measure"
	"tengdi/tiles"
)

// zoomRow is one zoom of one competitor: what a tile costs that nobody has kept.
type zoomRow struct {
	Median, P95 time.Duration // at the client
	Work        time.Duration // median in the server; 0 = it does not say
	CPU         time.Duration // of the server and its database, per tile
	HasCPU      bool
	Requests    int
	Raw, Wire   int // mean bytes of a tile, unzipped and as sent
}

// measureZoom asks every competitor for the same tiles, turn by turn, over one
// connection. It ends after so many tiles or when the time is over, but gives
// each competitor three.
func measureZoom(ctx context.Context, client *http.Client, all []*competitor, ids []tiles.ID, rounds int, budget time.Duration) (map[string]zoomRow, error) {
	took, work := map[string][]time.Duration{}, map[string][]time.Duration{}
	used := map[string]time.Duration{}
	rows := map[string]zoomRow{}
	known := map[string]bool{}
	for _, c := range all {
		_, known[c.name] = c.cpu()
	}
	begun := time.Now()
	for n := 0; n < rounds && (n < 3 || time.Since(begun) < budget); n++ {
		id := ids[n%len(ids)]
		for k := range all {
			c := all[(n+k)%len(all)]
			before, _ := c.cpu()
			a, err := fetch(ctx, client, expand(c.template, id))
			if err != nil {
				return nil, err
			}
			after, _ := c.cpu()
			row := rows[c.name]
			row.Requests++
			row.Wire += len(a.body)
			if a.raw == 0 {
				b, err := a.plain()
				if err != nil {
					return nil, fmt.Errorf("%s: %w", c.name, err)
				}
				a.raw = len(b)
			}
			row.Raw += a.raw
			rows[c.name] = row
			took[c.name] = append(took[c.name], a.took)
			if a.work > 0 { // not of a tile with nothing in it
				work[c.name] = append(work[c.name], a.work)
			}
			used[c.name] += after - before
		}
	}
	for name, row := range rows {
		row.Median, row.P95 = measure.Median(took[name]), measure.Quantile(took[name], 0.95)
		row.Work = measure.Median(work[name])
		row.CPU, row.HasCPU = used[name]/time.Duration(row.Requests), known[name]
		row.Raw /= row.Requests
		row.Wire /= row.Requests
		rows[name] = row
	}
	return rows, nil
}

// warmUp lets servers, connections and the database's cache get ready.
func warmUp(ctx context.Context, client *http.Client, all []*competitor, c *city.City) error {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, id := range append(pick(rng, c, 14, 20), pick(rng, c, 16, 20)...) {
		for _, s := range all {
			if _, err := fetch(ctx, client, expand(s.template, id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// worst asks one competitor for many uncached tiles of a zoom, each once before any
// comes again: a better look at its slow ones than a turn-by-turn run has time for.
// of is how many different ones they were.
func worst(ctx context.Context, client *http.Client, c *competitor, ids []tiles.ID, rounds int, budget time.Duration) (p95 time.Duration, requests, of int, err error) {
	var took []time.Duration
	begun := time.Now()
	for n := 0; n < rounds && (n < 20 || time.Since(begun) < budget); n++ {
		a, err := fetch(ctx, client, expand(c.template, ids[n%len(ids)]))
		if err != nil {
			return 0, 0, 0, err
		}
		took = append(took, a.took)
	}
	return measure.Quantile(took, 0.95), len(took), min(len(took), len(ids)), nil
}
