package web

import (
	"container/list"
	"context"
	"sync"

	"golang.org/x/sync/singleflight"

	"tengdi/geo"
)

// boardKept bounds what the board's answers may take in memory, in bytes.
const boardKept = 16 << 20

// boardCache keeps answers of the board by what was asked, the revision and the
// day, so that a wall screen and forty desks cost one computation a revision.
// What was used longest ago goes first; an answer of an older revision is never
// asked for again and goes the same way. One caller computes, the others wait.
type boardCache struct {
	one singleflight.Group

	mu    sync.Mutex
	bytes int
	order *list.List // of *boardEntry, most recently used first
	found map[string]*list.Element
}

// boardEntry is an answer that is kept, and the stamp that it was computed at.
type boardEntry struct {
	key   string
	stamp geo.Stamp
	body  []byte
}

func newBoardCache() *boardCache {
	return &boardCache{order: list.New(), found: map[string]*list.Element{}}
}

func (c *boardCache) get(key string) (*boardEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.found[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(el)
	entry, ok := el.Value.(*boardEntry)
	return entry, ok
}

func (c *boardCache) put(e *boardEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.found[e.key]; ok || len(e.body) > boardKept {
		return
	}
	c.found[e.key] = c.order.PushFront(e)
	for c.bytes += len(e.body); c.bytes > boardKept; {
		last := c.order.Back()
		old, _ := c.order.Remove(last).(*boardEntry)
		delete(c.found, old.key)
		c.bytes -= len(old.body)
	}
}

// ask gives the answer that is kept under the key, or computes it. An answer that
// was computed at another revision than the key says is given, but not kept. Who
// goes away stops waiting; the computation goes on for the others, in the time
// that a request has.
func (c *boardCache) ask(ctx context.Context, key string, want geo.Stamp, compute func(context.Context) (geo.Stamp, []byte, error)) (*boardEntry, error) {
	if e, ok := c.get(key); ok {
		return e, nil
	}
	done := c.one.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
		defer cancel()
		stamp, body, err := compute(ctx)
		if err != nil {
			return nil, err
		}
		e := &boardEntry{key: key, stamp: stamp, body: body}
		if stamp.Revision == want.Revision && stamp.Day == want.Day && stamp.Past == want.Past {
			c.put(e)
		}
		return e, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case res := <-done:
		e, _ := res.Val.(*boardEntry)
		return e, res.Err
	}
}
