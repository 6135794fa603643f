package main

import (
	"fmt"
	"math"
	"time"
)

// goal is a promise and what this run has seen of it.
type goal struct {
	promise, seen string
	met           bool
}

// goals are the promises about a million parcels on two cores, as far as the run
// could see them.
func (r results) goals() []goal {
	var out []goal
	if !r.Alone {
		out = r.comparisons()
	}
	most := func(promise string, limit, seen float64, format string) {
		out = append(out, goal{promise, fmt.Sprintf(format, seen), seen <= limit})
	}
	slowest := time.Duration(0)
	for _, z := range r.Zooms {
		slowest = max(slowest, z.P95)
		if z.Zoom == 14 && r.Parcels >= 10_000_000 {
			most("10 million: p95 of z14 at most 5 ms", 5, float64(z.P95)/1e6, "%.1f ms")
		}
	}
	most("p95 of uncached shipped tiles at most 30 ms at every zoom", 30, float64(slowest)/1e6, "%.1f ms")
	for _, m := range r.Memory {
		if m.Name == "shipped" {
			most("at most 350 bytes of heap for a parcel, its 4 attributes and pre-encoded zooms included", 350, float64(m.Heap)/float64(r.Parcels), "%.0f bytes")
			if r.Parcels <= 1_000_000 {
				most("loaded from PostGIS within 20 s", 20, m.Load.Seconds(), "%.1f s")
			}
		}
	}
	return out
}

// comparisons are those that need the other servers, or all tiles.
func (r results) comparisons() []goal {
	var out []goal
	factor := func(name string, from, to int, want float64) {
		server, client, cpu, engine := math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1)
		for _, z := range r.Zooms {
			if z.Zoom >= from && z.Zoom <= to {
				seen := z.ratios(name)
				server, client = min(server, seen.Server), min(client, seen.Client)
				cpu, engine = min(cpu, seen.CPU), min(engine, seen.Engine)
			}
		}
		zooms := fmt.Sprintf("z%d", from)
		if to > from {
			zooms = fmt.Sprintf("z%d-z%d", from, to)
		}
		out = append(out, goal{
			fmt.Sprintf("%s at least %.0f times faster than raw at %s, in time and in CPU, both without what net/http takes for the same bytes", name, want, zooms),
			fmt.Sprintf("lowest: %.1f and %.1f (with it: %.1f at the client, %.1f of all CPU)", server, engine, client, cpu),
			server >= want && engine >= want,
		})
	}
	factor("plain", 8, 14, 10)
	factor("plain", 15, 15, 6)
	factor("plain", 16, 16, 4)
	factor("shipped", 8, 11, 200)
	factor("shipped", 12, 14, 15)
	large := r.largest()
	out = append(out, goal{
		"no shipped tile over 500,000 bytes unzipped",
		fmt.Sprintf("%d bytes in %s", large.Largest, large.Where), large.Largest <= 500_000,
	})
	out = append(out, goal{
		"no invalid polygon (ST_IsValid) among a million",
		fmt.Sprintf("%d of %d %s", r.Valid.Invalid, r.Valid.Polygons, r.Valid.Why),
		r.Valid.Invalid == 0 && r.Valid.Polygons >= min(1_000_000, 5*r.Parcels),
	})
	plain, shipped, _, _ := r.compared()
	out = append(out, goal{
		"the features of ST_AsMVT wherever parcels are drawn",
		fmt.Sprintf("%d plain and %d shipped features alike, of %d and %d", plain.Same+plain.Loose, shipped.Same+shipped.Loose, plain.Features, shipped.Features),
		true, // a difference ends the run
	})
	out = append(out, goal{
		"cached throughput at least 80 % of a server of plain bytes",
		fmt.Sprintf("%.0f %%", 100*r.Cached.share()), r.Cached.share() >= 0.8,
	})
	return out
}
