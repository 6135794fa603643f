package main

import (
	"fmt"
	"strings"
	"time"

	"tengdi/cmd/bench/measure"
)

// results are what a run has found.
type results struct {
	Parcels               int
	Staff, Public, Events int // parcels of each audience, and events
	Machine, Go           string
	CPUs                  int
	Postgres, PostGIS     string
	Begun                 time.Time
	Took                  time.Duration
	Filled                time.Duration // zero when the district was there already
	Loaded, Restored      startTimes
	Files                 int64 // bytes of the kept maps
	Ways                  ways
}

// markdown is the report.
func (r results) markdown() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%d parcels with %d events, %d of them public, %s, on %s (%d CPUs), %s, PostgreSQL %s, PostGIS %s; the run took %.0f s.",
		r.Parcels, r.Events, r.Public, r.Begun.UTC().Format(time.DateOnly), r.Machine, r.CPUs, r.Go, r.Postgres, r.PostGIS, r.Took.Seconds())
	line("")
	line("| goal | measured | |\n|---|---|---|")
	goal := func(promise string, limit time.Duration, seen time.Duration) {
		mark := "met"
		if seen > limit {
			mark = "**not met**"
		}
		line("| %s | %.1f s | %s |", promise, seen.Seconds(), mark)
	}
	goal("both maps started from PostGIS within 20 s", 20*time.Second, r.Loaded.Ready)
	goal("both maps started from the kept ones within 3 s", 3*time.Second, r.Restored.Ready)
	line("")
	line("| start | first tile with parcels | ready | staff map | public map | CPU of tengdi | resident MB |\n|---|---|---|---|---|---|---|")
	start := func(name string, s startTimes) {
		line("| %s | %.1f s | %.1f s | %s s | %s s | %s | %.0f |", name, s.Shown.Seconds(), s.Ready.Seconds(),
			s.Maps["staff"], s.Maps["public"], known(s.CPU), float64(s.Resident)/1e6)
	}
	start("from PostGIS", r.Loaded)
	start("from the kept maps", r.Restored)
	line("")
	line("The kept maps are %.0f MB together, %.0f bytes a parcel of each audience.", float64(r.Files)/1e6, float64(r.Files)/float64(r.Staff+r.Public))
	if r.Filled > 0 {
		line("The district was made and written, events chained and projection published, in %.0f s.", r.Filled.Seconds())
	}
	line("")
	line("| %d changes of status, ms | median | p95 | most |\n|---|---|---|---|", len(r.Ways.Commit))
	for _, w := range []struct {
		name  string
		times []time.Duration
	}{
		{"the write, until it is committed", r.Ways.Commit},
		{"commit to event on an open map", r.Ways.Event},
		{fmt.Sprintf("event to the fresh z%d tile, built, sent and read", tileZoom), r.Ways.Tile},
		{"commit to the fresh tile", r.Ways.Fresh},
	} {
		line("| %s | %.1f | %.1f | %.1f |", w.name,
			measure.Millis(measure.Median(w.times)), measure.Millis(measure.Quantile(w.times, 0.95)), measure.Millis(measure.Quantile(w.times, 1)))
	}
	line("")
	line("Each tile, %.0f KB in the mean, was decoded and showed its change.", float64(r.Ways.Bytes)/1000/float64(max(1, len(r.Ways.Commit))))
	return b.String()
}

func known(cpu time.Duration) string {
	if cpu == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f s", cpu.Seconds())
}
