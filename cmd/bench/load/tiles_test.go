package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tengdi/cmd/bench/running"
)

// A request for a tile that fails takes the longest time there is, and fails the run.
func TestFailedTilesCount(t *testing.T) {
	var asked atomic.Int64
	answers := []int{http.StatusOK, http.StatusNoContent, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answers[int(asked.Add(1)-1)%len(answers)])
	}))
	defer site.Close()
	w := &world{frame: orb.Bound{Min: orb.Point{113, 29}, Max: orb.Point{113.1, 29.1}}}
	servers := []*server{{running.Server{URL: site.URL}}}
	r := &report{}
	r.under.readTiles(t.Context(), w, servers, 1000, 20*time.Millisecond, 1)
	if took, failed := r.under.took.count(), r.under.failed.Load(); took != 20 || failed != 10 {
		t.Errorf("%d requests are timed and %d failed, want 20 and 10", took, failed)
	}
	if got := r.under.took.quantile(0.6); got != float64(longest.Milliseconds()) {
		t.Errorf("the 60th percentile is %.1f ms, want the longest", got)
	}
	if err := r.err(); err == nil || !strings.Contains(err.Error(), "10 requests") {
		t.Errorf("the run ends with %v", err)
	}
	if err := new(report).err(); err != nil {
		t.Errorf("a run without a fault ends with %v", err)
	}
}
