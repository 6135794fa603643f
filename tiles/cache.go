package tiles

import (
	"container/list"
	"context"
	"fmt"
	"sync"
)

// cache keeps finished tiles, the tags of those that had to go, and the builds
// under way, by tile and query, for one audience. What it keeps for how long is in
// keep.go.
//
// A change removes its tiles, tags and builds under way among them: whoever
// already waits for such a build gets it, whoever comes later starts another on
// the new snapshot. A build reads the snapshot after its entry is in the map, and
// a change publishes its snapshot before it removes entries, so nothing old is
// kept. What is in the map is therefore true, however long ago it was built.
type cache struct {
	limit int64
	build func(ctx context.Context, id ID, q Query) (Tile, error)

	freshOnly bool // nothing is compressed better later

	mu    sync.Mutex
	zooms [MaxZoom + 1]map[[2]uint32]*place
	count int // entries
	rooms rooms
	stats cacheStats

	presses presses
}

type cacheStats struct {
	hits, tags, misses, shared, evicted, dropped, pressed int64
}

// cached is a tile under a query: a build under way, a finished tile, or only the
// tag of a tile whose bytes were evicted.
type cached struct {
	id     ID
	text   string // of the query
	tile   Tile   // of a build under way at most the tag that still holds
	flight *flight
	room   *room // nil while it is being built
	spot   *list.Element

	asked   uint8 // how often, up to hotAfter
	pressed uint8 // a bit for each coding that was tried or is to be
}

// whole reports whether the entry has the tile and not only its tag.
func (e *cached) whole() bool { return e.room != nil && !e.room.tagsOnly }

// flight is a build under way.
type flight struct {
	ready   chan struct{} // closed when tile or err is there
	tile    Tile
	err     error
	over    bool
	waiters int
	cancel  context.CancelFunc
}

func newCache(limit int64, build func(context.Context, ID, Query) (Tile, error)) *cache {
	c := &cache{limit: limit, build: build}
	for z := range c.zooms {
		c.zooms[z] = map[[2]uint32]*place{}
	}
	c.rooms.open(limit)
	c.presses.closed = make(chan struct{})
	return c
}

// peek returns the tile if it is there, without waiting for a build. A tile that
// is often asked for is there in the coding that is wanted, sooner or later.
func (c *cache) peek(id ID, text string, want Coding) (Tile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.find(id, text)
	if e == nil || !e.whole() {
		return Tile{}, false
	}
	c.hit(e)
	c.warm(e, want)
	return e.tile, true
}

// tag is the tag of the tile, if that is known without a build.
func (c *cache) tag(id ID, text string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.find(id, text)
	if e == nil || e.tile.ETag == "" {
		return "", false
	}
	if e.room != nil {
		c.rooms.use(e)
	}
	c.stats.tags++
	return e.tile.ETag, true
}

// get returns the tile, built at most once for all who ask at the same time, by the
// first of them: a goroutine of its own would have a small stack to grow and another
// processor to wake. The build goes on as long as anyone waits for it. Each waiter
// leaves with its own context, only the builder stays for the others. text is the
// query's.
func (c *cache) get(ctx context.Context, id ID, q Query, text string) (Tile, error) {
	c.mu.Lock()
	e := c.find(id, text)
	if e != nil && e.whole() {
		c.hit(e)
		tile := e.tile
		c.mu.Unlock()
		return tile, nil
	}
	var work context.Context // nil = somebody else builds it
	if e == nil || e.flight == nil {
		e, work = c.begin(ctx, id, text, e)
	} else {
		c.stats.shared++
	}
	f := e.flight
	f.waiters++
	c.mu.Unlock()

	if work != nil {
		here := context.AfterFunc(ctx, func() { c.leave(e, f) })
		c.run(work, e, f, q)
		if !here() {
			return Tile{}, ctx.Err()
		}
		return f.tile, f.err
	}
	select {
	case <-f.ready:
		return f.tile, f.err
	case <-ctx.Done():
		c.leave(e, f)
		return Tile{}, ctx.Err()
	}
}

func (c *cache) hit(e *cached) {
	c.stats.hits++
	c.rooms.use(e)
}

// begin enters a build, which is to be run under the context that it returns. old is
// what is left of the tile, nil when nothing is: its tag holds until a change says
// otherwise.
func (c *cache) begin(ctx context.Context, id ID, text string, old *cached) (*cached, context.Context) {
	e := &cached{id: id, text: text}
	if old != nil {
		e.tile.ETag = old.tile.ETag
		c.forget(old)
	}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e.flight = &flight{ready: make(chan struct{}), cancel: cancel}
	c.enter(e)
	c.stats.misses++
	return e, work
}

// run builds one tile and answers its waiters. A panic in the build is their
// error, not the end of the process.
func (c *cache) run(ctx context.Context, e *cached, f *flight, q Query) {
	defer f.cancel()
	tile, err := func() (t Tile, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("tiles: building %s: %v", e.id, p)
			}
		}()
		return c.build(ctx, e.id, q)
	}()
	c.mu.Lock()
	f.tile, f.err, f.over = tile, err, true
	if c.find(e.id, e.text) == e {
		c.finish(e, tile, err)
	}
	c.mu.Unlock()
	close(f.ready)
}

// finish turns a build under way into what is kept of it.
func (c *cache) finish(e *cached, tile Tile, err error) {
	e.flight = nil
	if err != nil {
		c.forget(e)
		return
	}
	e.tile = tile
	c.rooms.admit(e)
	c.makeRoom()
}

// leave takes a waiter away; with the last one the build ends.
func (c *cache) leave(e *cached, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.waiters--; f.waiters == 0 && !f.over {
		f.cancel()
		c.forget(e)
	}
}

// read returns the counters, the number of entries with a tile or a build, and
// the bytes of all entries.
func (c *cache) read() (cacheStats, int, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats, c.count - c.rooms.tags.list.Len() - c.rooms.queriedTags.list.Len(), c.rooms.bytes
}
