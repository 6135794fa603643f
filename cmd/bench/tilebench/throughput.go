package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"tengdi/cmd/bench/measure"
	"tengdi/tiles"
)

// clients ask at the same time where throughput is measured.
const clients = 8

// rate lets the clients ask for the tiles one after the other, as fast as they
// are answered, and counts the answers a second. Clients start at different tiles.
func rate(ctx context.Context, client *http.Client, template string, ids []tiles.ID, d time.Duration) (float64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var answers atomic.Int64
	var failed error
	var once sync.Once
	var group sync.WaitGroup
	begun := time.Now()
	for k := range clients {
		group.Go(func() {
			for n := k * len(ids) / clients; time.Since(begun) < d; n++ {
				if _, err := fetch(ctx, client, expand(template, ids[n%len(ids)])); err != nil {
					once.Do(func() { failed = err; cancel() })
					return
				}
				answers.Add(1)
			}
		})
	}
	group.Wait()
	return float64(answers.Load()) / time.Since(begun).Seconds(), failed
}

// rates measures the competitors turn by turn, twice, and takes the mean.
func rates(ctx context.Context, client *http.Client, all []*competitor, ids []tiles.ID, d time.Duration) (map[string]float64, error) {
	out := map[string]float64{}
	for range 2 {
		for _, c := range all {
			v, err := rate(ctx, client, c.template, ids, d/2)
			if err != nil {
				return nil, err
			}
			out[c.name] += v / 2
		}
	}
	return out, nil
}

// cachedRate is the throughput of tiles that the engine has in its cache, and of
// the same bytes from a server that does nothing else, turn by turn.
type cachedRate struct {
	Engine, Bytes   float64 // answers a second, medians of the rounds
	CPU, CPUOfBytes time.Duration
	Tiles, Rounds   int
}

func (r cachedRate) share() float64 { return r.Engine / r.Bytes }

func measureCached(ctx context.Context, client *http.Client, c *competitor, ids []tiles.ID) (cachedRate, error) {
	templates := []string{c.template, c.bytes().template}
	for range 2 { // the second time a tile is asked for, it is kept for good
		for _, template := range templates {
			for _, id := range ids {
				if _, err := fetch(ctx, client, expand(template, id)); err != nil {
					return cachedRate{}, err
				}
			}
		}
	}
	const rounds = 6
	var seen [2][]time.Duration // time for an answer
	var used [2]time.Duration
	for n := range rounds {
		for k := range templates {
			k = (k + n) % 2
			before, _ := c.cpu()
			v, err := rate(ctx, client, templates[k], ids, time.Second)
			if err != nil {
				return cachedRate{}, err
			}
			after, _ := c.cpu()
			seen[k] = append(seen[k], time.Duration(float64(time.Second)/v))
			used[k] += time.Duration(float64(after-before) / v) // one second's answers
		}
	}
	perSecond := func(k int) float64 { return float64(time.Second) / float64(measure.Median(seen[k])) }
	return cachedRate{
		Engine: perSecond(0), Bytes: perSecond(1), Tiles: len(ids), Rounds: rounds,
		CPU: used[0] / rounds, CPUOfBytes: used[1] / rounds,
	}, nil
}
