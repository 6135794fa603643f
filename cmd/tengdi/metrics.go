package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tengdi/geo"
	"tengdi/tiles"
)

// metrics tells what the service has done and holds, for Prometheus. The figures of
// the staff map tell what is not published, so they have a listener of their own
// and never stand on the site.
type metrics struct {
	engines  map[geo.Audience]*tiles.Engine
	failing  func(geo.Audience) time.Duration // of the change feed
	readers  func(geo.Audience) int           // open streams
	answered func() [6]int64                  // requests by hundreds of the status
}

// tileFigure is one figure of an engine.
type tileFigure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(tiles.Stats) float64
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("tengdi_"+name, help, labels, nil)
}

// counted is a figure that only grows while the service runs.
func counted(name, help string, of func(tiles.Stats) int64) tileFigure {
	return tileFigure{describe(name, help, "audience"), prometheus.CounterValue, func(s tiles.Stats) float64 { return float64(of(s)) }}
}

// held is a figure of the moment.
func held(name, help string, of func(tiles.Stats) int64) tileFigure {
	f := counted(name, help, of)
	f.kind = prometheus.GaugeValue
	return f
}

var (
	tileFigures = []tileFigure{
		held("map_revision", "Revision of the change feed that the map has.", func(s tiles.Stats) int64 { return s.Revision }),
		held("map_bytes", "Memory of the map's layers and their mosaics.", func(s tiles.Stats) int64 { return s.LayerBytes }),
		held("map_chunks", "Parts of the map's geometry in memory, where --tile-memory bounds it.", func(s tiles.Stats) int64 { return int64(s.Chunks) }),
		held("map_chunk_bytes", "Memory of those, and of those being read.", func(s tiles.Stats) int64 { return s.ChunkBytes }),
		counted("map_chunk_reads_total", "Parts of the map's geometry read back from their file.", func(s tiles.Stats) int64 { return s.ChunkReads }),
		counted("map_chunk_asked_total", "Parts of the map's geometry made anew from the database.", func(s tiles.Stats) int64 { return s.ChunkAsked }),
		counted("map_chunk_gone_total", "Parts of the map's geometry taken out of memory for room.", func(s tiles.Stats) int64 { return s.ChunkGone }),
		counted("map_chunk_faults_total", "Parts of the map's geometry that their file could not take or give back; expect 0.", func(s tiles.Stats) int64 { return s.ChunkFaults }),
		counted("map_merges_total", "Overlays of changes merged into their layer.", func(s tiles.Stats) int64 { return s.Merges }),
		counted("map_merge_errors_total", "Merges that failed; expect 0.", func(s tiles.Stats) int64 { return s.MergeErrors }),
		held("tile_cache_tiles", "Tiles in the cache, finished or being built.", func(s tiles.Stats) int64 { return int64(s.CacheTiles) }),
		held("tile_cache_bytes", "Memory of the cache.", func(s tiles.Stats) int64 { return s.CacheBytes }),
		counted("tile_cache_hits_total", "Tiles answered from the cache.", func(s tiles.Stats) int64 { return s.Hits }),
		counted("tile_cache_tags_total", "Questions for a tag only that the cache could answer.", func(s tiles.Stats) int64 { return s.Tags }),
		counted("tile_cache_misses_total", "Tiles that had to be built when asked for.", func(s tiles.Stats) int64 { return s.Misses }),
		counted("tile_cache_shared_total", "Requests that waited for a build that another had asked for.", func(s tiles.Stats) int64 { return s.Shared }),
		counted("tile_cache_evicted_total", "Tiles taken out of the cache for room.", func(s tiles.Stats) int64 { return s.Evicted }),
		counted("tile_cache_dropped_total", "Tiles taken out of the cache by a change.", func(s tiles.Stats) int64 { return s.Dropped }),
		counted("tile_cache_pressed_total", "Kept tiles compressed better because they are asked for often.", func(s tiles.Stats) int64 { return s.Pressed }),
		counted("tiles_outside_total", "Tiles beyond the data, answered without a build.", func(s tiles.Stats) int64 { return s.Outside }),
		counted("tile_builds_total", "Tiles built.", func(s tiles.Stats) int64 { return s.Builds }),
		counted("tile_over_budget_total", "Built tiles that would have had more than 500,000 bytes or 5,000 polygons.", func(s tiles.Stats) int64 { return s.OverBudget }),
		counted("tile_left_out_total", "Features that built tiles had no room for; the tiles say so.", func(s tiles.Stats) int64 { return s.LeftOut }),
		counted("tile_repaired_total", "Features made anew because their snapped rings touched.", func(s tiles.Stats) int64 { return s.Repaired }),
		counted("tile_coarse_total", "Of the repaired, those on a coarser grid.", func(s tiles.Stats) int64 { return s.Coarse }),
		counted("tile_stand_ins_total", "Features drawn as cells because snapping erased them.", func(s tiles.Stats) int64 { return s.StandIns }),
		counted("tile_unrepaired_total", "Features that could not be made anew; expect 0.", func(s tiles.Stats) int64 { return s.Unrepaired }),
	}

	mapFeatures = describe("map_features", "Features of the map.", "audience", "layer")
	mapOverlay  = describe("map_overlay_features", "Changed features not yet merged into their layer.", "audience", "layer")
	feedFailing = describe("feed_failing_seconds", "How long the change feed has not got on; 0 = it does.", "audience")
	streams     = describe("streams", "Open live maps.", "audience")
	requests    = describe("requests_total", "Requests that have ended, by class of their status; a live stream counts at its end.", "class")
)

// Describe is part of prometheus.Collector.
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	for _, f := range tileFigures {
		to <- f.desc
	}
	for _, d := range []*prometheus.Desc{mapFeatures, mapOverlay, feedFailing, streams, requests} {
		to <- d
	}
}

// Collect is part of prometheus.Collector.
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	tell := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	for aud, engine := range m.engines {
		name, stats := string(aud), engine.Stats()
		for _, f := range tileFigures {
			tell(f.desc, f.kind, f.of(stats), name)
		}
		for layer, n := range stats.Features {
			tell(mapFeatures, prometheus.GaugeValue, float64(n), name, layer)
			tell(mapOverlay, prometheus.GaugeValue, float64(stats.Overlay[layer]), name, layer)
		}
		tell(feedFailing, prometheus.GaugeValue, m.failing(aud).Seconds(), name)
		tell(streams, prometheus.GaugeValue, float64(m.readers(aud)), name)
	}
	for hundreds, n := range m.answered() {
		class := fmt.Sprintf("%dxx", hundreds)
		if hundreds == 0 {
			class = "none"
		}
		tell(requests, prometheus.CounterValue, float64(n), class)
	}
}

// handler answers GET /metrics and nothing else.
func (m *metrics) handler(log *slog.Logger) (http.Handler, error) {
	all := prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{
		m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := all.Register(c); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(all, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError), MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
	}))
	return mux, nil
}

// serveMetrics answers on the listener until ctx ends.
func serveMetrics(ctx context.Context, listener net.Listener, h http.Handler, log *slog.Logger) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 5 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
