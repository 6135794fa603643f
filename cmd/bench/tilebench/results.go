package main

import (
	"time"

	"tengdi/tiles"
	"tengdi/tiles/tiletest"
)

// results are what a run has found.
type results struct {
	Parcels           int
	Machine, Go       string
	CPUs              int
	Postgres, PostGIS string
	Begun             time.Time
	Took              time.Duration
	Alone             bool          // nothing was compared
	Copy, Index       time.Duration // zero when the parcels were there already

	Names    []string // of the servers, in the order of the tables
	Equal    []alike
	Zooms    []zoomResult
	Rates    []rateResult
	Pyramids []namedPyramid
	Memory   []namedMemory
	Valid    validity
	Cached   cachedRate
}

type zoomResult struct {
	Zoom     int
	Rows     map[string]zoomRow
	P95      time.Duration // of shipped, over requests for other tiles
	P95Of    int           // requests
	P95Tiles int           // different tiles of them
}

// ratios are how many times as much raw takes; 0 is unknown.
type ratios struct {
	Client float64 // of time at the client
	Server float64 // of time in the server
	CPU    float64
	Engine float64 // of CPU without that of net/http for the same bytes
}

func (z zoomResult) ratios(name string) (out ratios) {
	raw, other := z.Rows["raw"], z.Rows[name]
	of := func(a, b time.Duration) float64 {
		if a <= 0 || b <= 0 {
			return 0 // nothing was compared
		}
		return float64(a) / float64(b)
	}
	out.Client, out.Server = of(raw.Median, other.Median), of(raw.Work, other.Work)
	if raw.HasCPU && other.HasCPU {
		out.CPU = of(raw.CPU, other.CPU)
		// Raw's tiles are as large as plain's.
		if rawHTTP, http := z.Rows[bytesOf("plain")], z.Rows[bytesOf(name)]; rawHTTP.HasCPU && http.HasCPU {
			out.Engine = of(raw.CPU-rawHTTP.CPU, other.CPU-http.CPU)
		}
	}
	return out
}

type rateResult struct {
	Zoom int
	Rate map[string]float64
}

type namedPyramid struct {
	Name string
	pyramid
}

type memoryRow struct {
	Load                  time.Duration
	Heap, Layer, Resident int64
	Parts                 []tiles.MemoryPart // of Layer
}

type namedMemory struct {
	Name string
	memoryRow
}

// largest is the largest tile of the shipped pyramids, in bytes unzipped.
func (r results) largest() (p pyramid) {
	for _, n := range r.Pyramids {
		if n.Name == "shipped" && n.Largest > p.Largest {
			p = n.pyramid
		}
	}
	return p
}

// compared adds up what the comparisons have seen.
func (r results) compared() (plain, shipped tiletest.Likeness, tiles, mosaics int) {
	add := func(to *tiletest.Likeness, l tiletest.Likeness) {
		to.Features += l.Features
		to.Same += l.Same
		to.Loose += l.Loose
		to.Small += l.Small
		to.Kept += l.Kept
	}
	for _, e := range r.Equal {
		add(&plain, e.Plain)
		add(&shipped, e.Shipped)
		tiles += e.Tiles
		mosaics += e.Mosaics
	}
	return plain, shipped, tiles, mosaics
}
