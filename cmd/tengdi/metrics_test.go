package main

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo"
	"tengdi/tiles"
)

// Every number that an engine counts is among the metrics, once.
func TestEveryCountOfAnEngineIsTold(t *testing.T) {
	var stats tiles.Stats
	v := reflect.ValueOf(&stats).Elem()
	for i := range v.NumField() {
		if v.Field(i).CanInt() {
			v.Field(i).SetInt(int64(i + 1))
		}
	}
	told := map[float64]int{}
	for _, f := range tileFigures {
		told[f.of(stats)]++
	}
	for i := range v.NumField() {
		if v.Field(i).CanInt() && told[float64(i+1)] != 1 {
			t.Errorf("%s is told %d times", v.Type().Field(i).Name, told[float64(i+1)])
		}
	}
}

// crowded is an engine one of whose tiles has more squares than it may show.
func crowded(t *testing.T, id tiles.ID) *tiles.Engine {
	t.Helper()
	spec := tiles.Spec{Name: "crowd", MaxZoom: 16, Layers: []tiles.LayerSpec{{Name: "squares", MaxZoom: 16}}}
	engine, err := tiles.New(spec, tiles.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := maptile.New(id.X, id.Y, maptile.Zoom(id.Z)).Bound()
	const side = 80
	step := [2]float64{(b.Max[0] - b.Min[0]) / (side + 1), (b.Max[1] - b.Min[1]) / (side + 1)}
	var squares []tiles.Feature
	for i := range side * side {
		x, y := b.Min[0]+float64(i%side+1)*step[0], b.Min[1]+float64(i/side+1)*step[1]
		ring := orb.Ring{{x, y}, {x + step[0]/2, y}, {x + step[0]/2, y + step[1]/2}, {x, y + step[1]/2}, {x, y}}
		squares = append(squares, tiles.Feature{ID: uint64(i + 1), Geometry: orb.Polygon{ring}})
	}
	if err := engine.Load(7, map[string]iter.Seq[tiles.Feature]{"squares": slices.Values(squares)}); err != nil {
		t.Fatal(err)
	}
	return engine
}

// What a tile had to leave out is counted, by audience, in the text that Prometheus
// reads.
func TestMetricsTellWhatTilesLeftOut(t *testing.T) {
	id := tiles.ID{Z: 12, X: 3334, Y: 1694}
	engines := map[geo.Audience]*tiles.Engine{geo.Public: crowded(t, id), geo.Staff: crowded(t, id)}
	m := &metrics{
		engines:  engines,
		failing:  func(geo.Audience) time.Duration { return 1500 * time.Millisecond },
		readers:  func(aud geo.Audience) int { return len(aud) },
		answered: func() [6]int64 { return [6]int64{1, 2, 3, 4, 5, 6} },
	}
	for range 2 {
		if _, err := engines[geo.Staff].Tile(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	h, err := m.handler(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	left := engines[geo.Staff].Stats().LeftOut
	if rec.Code != http.StatusOK || left < 1000 {
		t.Fatalf("%d, and the tile left out %d squares", rec.Code, left)
	}
	lines := strings.Split(rec.Body.String(), "\n")
	for _, want := range []string{
		fmt.Sprintf(`tengdi_tile_left_out_total{audience="staff"} %d`, left),
		`tengdi_tile_left_out_total{audience="public"} 0`,
		`tengdi_tile_over_budget_total{audience="staff"} 1`,
		`tengdi_tile_builds_total{audience="staff"} 1`,
		`tengdi_tile_cache_hits_total{audience="staff"} 1`,
		`tengdi_tile_cache_misses_total{audience="staff"} 1`,
		`tengdi_map_revision{audience="staff"} 7`,
		`tengdi_map_features{audience="public",layer="squares"} 6400`,
		`tengdi_map_overlay_features{audience="public",layer="squares"} 0`,
		`tengdi_feed_failing_seconds{audience="public"} 1.5`,
		`tengdi_streams{audience="public"} 6`,
		`tengdi_requests_total{class="none"} 1`,
		`tengdi_requests_total{class="5xx"} 6`,
		`# TYPE tengdi_tile_left_out_total counter`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %s", want)
		}
	}
	for _, r := range []*http.Request{httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRequest(http.MethodPost, "/metrics", nil)} {
		rec := httptest.NewRecorder()
		if h.ServeHTTP(rec, r); rec.Code < 400 {
			t.Errorf("%s %s: %d", r.Method, r.URL, rec.Code)
		}
	}
}

// freeAddress is one on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// read is what an address answers, whatever its status.
func read(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// The metrics are on their own address; the site has none of them.
//
//raced:calm the processes that it starts are not under the detector
func TestMetricsAreNotOnTheSite(t *testing.T) {
	at := freeAddress(t)
	p, err := serve(filepath.Join(t.TempDir(), "data"), "--metrics", at)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, p.url+"/metrics"); strings.Contains(got, "tengdi_") {
		t.Errorf("the site tells %.200s", got)
	}
	read(t, p.url+"/tiles/public/12/3334/1694.mvt")
	got := read(t, "http://"+at+"/metrics")
	for _, want := range []string{`tengdi_tiles_outside_total{audience="public"} 1`, `tengdi_map_revision{audience="staff"}`, "go_goroutines", "process_start_time_seconds"} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Contains(read(t, "http://"+at+"/"), "<html") {
		t.Error("the address of the metrics has the site")
	}
	second := tengdi("serve", "--data", filepath.Join(t.TempDir(), "other"), "--listen", "127.0.0.1:0", "--metrics", at)
	if out, err := second.CombinedOutput(); err == nil || !bytes.Contains(out, []byte(at)) {
		t.Errorf("a second one on the address: %v, %s", err, out)
	}
	if err := p.end(os.Interrupt); err != nil {
		t.Errorf("Ctrl-C: %v: %s", err, p.stderr)
	}
}
