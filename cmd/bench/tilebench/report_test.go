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
	for _, bad := range []string{"faster", "Inf", "NaN", "ST_IsValid", "cached throughput", "within 20 s"} {
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
