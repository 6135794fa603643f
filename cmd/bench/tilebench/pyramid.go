package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"tengdi/cmd/bench/city"
	"tengdi/tiles"
)

// pyramid is every tile of some zooms, asked for by all clients at once.
type pyramid struct {
	From, To int
	Tiles    int // with something in them
	Took     time.Duration
	Bytes    int64 // as sent
	Largest  int   // bytes unzipped
	Where    tiles.ID
}

func measurePyramid(ctx context.Context, client *http.Client, s *competitor, c *city.City, from, to int) (pyramid, error) {
	out := pyramid{From: from, To: to}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo := make(chan tiles.ID)
	go func() {
		defer close(todo)
		for z := from; z <= to; z++ {
			for _, id := range cover(c, z) {
				select {
				case todo <- id:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	var mu sync.Mutex
	var failed error
	var group sync.WaitGroup
	begun := time.Now()
	for range clients {
		group.Go(func() {
			for id := range todo {
				a, err := fetch(ctx, client, expand(s.template, id))
				mu.Lock()
				switch {
				case err != nil:
					if failed == nil {
						failed = fmt.Errorf("%s %s: %w", s.name, id, err)
					}
					cancel()
				case len(a.body) > 0:
					out.Tiles++
					out.Bytes += int64(len(a.body))
					if a.raw > out.Largest {
						out.Largest, out.Where = a.raw, id
					}
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	out.Took = time.Since(begun)
	return out, failed
}
