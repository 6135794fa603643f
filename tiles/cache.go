package tiles

import (
	"container/list"
	"context"
	"fmt"
	"sync"
)

// cache keeps finished tiles and the builds under way, by tile, for one audience.
//
// It is a segmented LRU (Karedla, Love and Wherry, Computer 27, 1994): a tile
// enters on probation and is protected once it is asked for again, so a crawl
// over every tile evicts only what was asked for once.
//
// A change removes its tiles, builds under way among them: whoever already waits
// for such a build gets it, whoever comes later starts another on the new
// snapshot. A build reads the snapshot after its entry is in the map, and a
// change publishes its snapshot before it removes entries, so nothing old is kept.
type cache struct {
	limit int64
	build func(ctx context.Context, id ID) (Tile, error)

	mu        sync.Mutex
	zooms     [MaxZoom + 1]map[[2]uint32]*cached
	probation *list.List // of *cached, the newest in front
	protected *list.List
	bytes     int64 // of both
	kept      int64 // of protected
	stats     cacheStats
}

type cacheStats struct {
	hits, misses, shared, evicted, dropped int64
}

// cached is a finished tile (then in a list) or a build under way.
type cached struct {
	id      ID
	tile    Tile
	err     error
	ready   chan struct{} // closed when tile or err is there
	done    bool
	waiters int
	cancel  context.CancelFunc
	list    *list.List
	elem    *list.Element
}

// entryCost is what an entry takes beside the tile's bytes, roughly.
const entryCost = 320

func (c *cached) cost() int64 { return int64(len(c.tile.Raw)+len(c.tile.Gzip)) + entryCost }

func newCache(limit int64, build func(context.Context, ID) (Tile, error)) *cache {
	c := &cache{limit: limit, build: build, probation: list.New(), protected: list.New()}
	for z := range c.zooms {
		c.zooms[z] = map[[2]uint32]*cached{}
	}
	return c
}

// get returns the tile, built at most once for all who ask at the same time. The
// build goes on as long as anyone waits for it; each waiter leaves with its own
// context.
func (c *cache) get(ctx context.Context, id ID) (Tile, error) {
	c.mu.Lock()
	e := c.zooms[id.Z][[2]uint32{id.X, id.Y}]
	if e != nil && e.done {
		c.stats.hits++
		c.promote(e)
		c.mu.Unlock()
		return e.tile, nil
	}
	if e == nil {
		e = &cached{id: id, ready: make(chan struct{})}
		var work context.Context
		work, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
		c.zooms[id.Z][[2]uint32{id.X, id.Y}] = e
		c.stats.misses++
		go c.run(work, e)
	} else {
		c.stats.shared++
	}
	e.waiters++
	c.mu.Unlock()

	select {
	case <-e.ready:
		return e.tile, e.err
	case <-ctx.Done():
		c.leave(e)
		return Tile{}, ctx.Err()
	}
}

// run builds one tile and answers its waiters. A panic in the build is their
// error, not the end of the process.
func (c *cache) run(ctx context.Context, e *cached) {
	defer e.cancel()
	tile, err := func() (t Tile, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("tiles: building %s: %v", e.id, p)
			}
		}()
		return c.build(ctx, e.id)
	}()
	c.mu.Lock()
	e.tile, e.err, e.done = tile, err, true
	if c.zooms[e.id.Z][[2]uint32{e.id.X, e.id.Y}] == e {
		if err != nil || e.cost() > c.limit {
			c.forget(e)
		} else {
			e.list, e.elem = c.probation, c.probation.PushFront(e)
			c.bytes += e.cost()
			c.evict()
		}
	}
	c.mu.Unlock()
	close(e.ready)
}

// leave takes a waiter away; with the last one the build ends.
func (c *cache) leave(e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.waiters--; e.waiters == 0 && !e.done {
		e.cancel()
		c.forget(e)
	}
}

// promote protects a tile that was asked for again.
func (c *cache) promote(e *cached) {
	if e.list == c.protected {
		c.protected.MoveToFront(e.elem)
		return
	}
	c.probation.Remove(e.elem)
	e.list, e.elem = c.protected, c.protected.PushFront(e)
	c.kept += e.cost()
	for c.kept > c.limit/5*4 && c.protected.Len() > 1 {
		last := c.protected.Back().Value.(*cached)
		c.protected.Remove(last.elem)
		c.kept -= last.cost()
		last.list, last.elem = c.probation, c.probation.PushFront(last)
	}
}

// evict makes the cache fit its limit again.
func (c *cache) evict() {
	for c.bytes > c.limit {
		from := c.probation
		if from.Len() == 0 {
			from = c.protected
		}
		c.forget(from.Back().Value.(*cached))
		c.stats.evicted++
	}
}

// forget removes an entry, finished or not.
func (c *cache) forget(e *cached) {
	key := [2]uint32{e.id.X, e.id.Y}
	if c.zooms[e.id.Z][key] != e {
		return
	}
	delete(c.zooms[e.id.Z], key)
	if e.list == nil {
		return
	}
	c.bytes -= e.cost()
	if e.list == c.protected {
		c.kept -= e.cost()
	}
	e.list.Remove(e.elem)
	e.list, e.elem = nil, nil
}

// drop removes the tiles of the ranges. It looks at whichever is less: the range
// or the entries of its zoom.
func (c *cache) drop(ranges []tileRange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range ranges {
		zoom := c.zooms[r.z]
		if r.count() > int64(len(zoom)) {
			for key, e := range zoom {
				if r.has(key[0], key[1]) {
					c.forget(e)
					c.stats.dropped++
				}
			}
			continue
		}
		for x := r.minX; x <= r.maxX; x++ {
			for y := r.minY; y <= r.maxY; y++ {
				if e := zoom[[2]uint32{x, y}]; e != nil {
					c.forget(e)
					c.stats.dropped++
				}
			}
		}
	}
}

// dropAll removes everything.
func (c *cache) dropAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, zoom := range c.zooms {
		for _, e := range zoom {
			c.forget(e)
			c.stats.dropped++
		}
	}
}

// read returns the counters, the number of entries and their bytes.
func (c *cache) read() (cacheStats, int, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, zoom := range c.zooms {
		n += len(zoom)
	}
	return c.stats, n, c.bytes
}
