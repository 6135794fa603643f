package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// tileTimes is what readers of tiles saw. A request that failed took the longest that
// is counted: one that is turned away is not a fast one.
type tileTimes struct {
	took   durations
	failed atomic.Int64
}

func (t *tileTimes) merge(other *tileTimes) {
	t.took.merge(&other.took)
	t.failed.Add(other.failed.Load())
}

// readTiles asks for random tiles at a constant rate, whether or not the ones
// before have come, zooms 10 to 16, the same ones for the same seed.
func (t *tileTimes) readTiles(ctx context.Context, w *world, servers []*server, rate int, length time.Duration, seed uint64) {
	client := &http.Client{
		Timeout:   longest,
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
	}
	defer client.CloseIdleConnections()
	rng := rand.New(rand.NewPCG(4, seed))
	var all sync.WaitGroup
	begun := time.Now()
	for n := range int(length.Seconds() * float64(rate)) {
		time.Sleep(time.Until(begun.Add(time.Duration(n) * time.Second / time.Duration(rate))))
		if ctx.Err() != nil {
			break
		}
		at := orb.Point{
			w.frame.Min[0] + rng.Float64()*(w.frame.Max[0]-w.frame.Min[0]),
			w.frame.Min[1] + rng.Float64()*(w.frame.Max[1]-w.frame.Min[1]),
		}
		tile := maptile.At(at, maptile.Zoom(10+rng.IntN(7)))
		url := fmt.Sprintf("%s/tiles/public/%d/%d/%d.mvt", servers[n%len(servers)].URL, tile.Z, tile.X, tile.Y)
		all.Go(func() {
			start := time.Now()
			if err := readTile(ctx, client, url); err != nil {
				t.failed.Add(1)
				t.took.add(longest)
				return
			}
			t.took.add(time.Since(start))
		})
	}
	all.Wait()
}

func readTile(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
