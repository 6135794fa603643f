package main

import (
	"strings"
	"testing"
	"time"
)

// A run without comparisons claims nothing about them.
func TestAloneComparesNothing(t *testing.T) {
	r := results{Parcels: 2_000_000, Alone: true, Names: []string{"shipped"}}
	for z := firstZoom; z <= lastZoom; z++ {
		r.Zooms = append(r.Zooms, zoomResult{Zoom: z, Rows: map[string]zoomRow{"shipped": {Median: time.Millisecond}}, P95: 2 * time.Millisecond, P95Of: 200, P95Tiles: 150})
	}
	r.Memory = []namedMemory{{"shipped", memoryRow{Load: time.Minute, Heap: 600_000_000}}}
	text := r.markdown()
	for _, bad := range []string{"faster", "Inf", "NaN", "ST_IsValid", "cached throughput", "within 20 s", "raw"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q in\n%s", bad, text)
		}
	}
	for _, want := range []string{"| 300 bytes | met |", "| p95 of uncached shipped tiles at most 30 ms at every zoom | 2.0 ms | met |", "| 2.00 (200, 150) |", "| shipped | 60.0 s |"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	r.Alone = false
	if text := r.markdown(); !strings.Contains(text, "faster than raw") || !strings.Contains(text, "**not met**") {
		t.Errorf("a run that compares says\n%s", text)
	}
}

// What net/http takes for the same bytes is nobody's work: CPU is compared with it and
// without, and the goal is without, as that of time is.
func TestCPUIsComparedWithoutHTTP(t *testing.T) {
	cpu := func(ms float64) zoomRow {
		d := time.Duration(ms * 1e6)
		return zoomRow{Median: d, Work: d, CPU: d, HasCPU: true}
	}
	r := results{Parcels: 1_000_000, Names: []string{"raw", "plain", "shipped"}}
	for z := firstZoom; z <= lastZoom; z++ {
		r.Zooms = append(r.Zooms, zoomResult{Zoom: z, Rows: map[string]zoomRow{"raw": cpu(4.2), "plain": cpu(0.6), "shipped": cpu(0.6), bytesOf("plain"): cpu(0.2), bytesOf("shipped"): cpu(0.1)}})
	}
	seen := r.Zooms[0].ratios("plain")
	if seen.CPU < 6.99 || seen.CPU > 7.01 || seen.Engine < 9.99 || seen.Engine > 10.01 {
		t.Errorf("%+v", seen)
	}
	text := r.markdown()
	if want := "| 4.20 | 0.60 | 0.60 | 7.0 | 7.0 | 0.20 / 0.10 | 10.0 | 8.0 |"; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	if want := "lowest: 7.0 and 10.0 (with it: 7.0 at the client, 7.0 of all CPU)"; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	delete(r.Zooms[0].Rows, bytesOf("plain"))
	if seen := r.Zooms[0].ratios("plain"); seen.Engine != 0 {
		t.Errorf("without the bytes' own time: %+v", seen)
	}
}
