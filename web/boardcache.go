package web

import (
	"container/list"
	"context"
	"crypto/sha256"
	"sync"

	"golang.org/x/sync/singleflight"

	"tengdi/geo"
)

// Bounds of what a cache of answers may take in memory: bytes, entries, and what
// an entry takes in bytes besides its body.
const (
	boardKept    = 16 << 20
	boardEntries = 4096
	boardEach    = 512
)

// boardCache keeps answers of the board by what was asked, the revision and the
// day, so that a wall screen and forty desks cost one computation a revision.
// What was used longest ago goes first; an answer of an older revision is never
// asked for again and goes the same way. One caller computes, the others wait.
// Keys are kept by their hash: they hold what callers write, which may be long.
type boardCache struct {
	one singleflight.Group

	mu    sync.Mutex
	bytes int        // what the entries take
	order *list.List // of *boardEntry, most recently used first
	found map[boardHash]*list.Element
}

type boardHash = [sha256.Size]byte

// boardEntry is an answer that is kept, and the stamp that it was computed at.
type boardEntry struct {
	at    boardHash // of its key
	stamp geo.Stamp
	body  []byte
}

func (e *boardEntry) size() int { return cap(e.body) + boardEach }

func newBoardCache() *boardCache {
	return &boardCache{order: list.New(), found: map[boardHash]*list.Element{}}
}

func (c *boardCache) get(key string) (*boardEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.found[sha256.Sum256([]byte(key))]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(el)
	entry, ok := el.Value.(*boardEntry)
	return entry, ok
}

func (c *boardCache) put(key string, e *boardEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.at = sha256.Sum256([]byte(key))
	if _, ok := c.found[e.at]; ok || e.size() > boardKept {
		return
	}
	c.found[e.at] = c.order.PushFront(e)
	for c.bytes += e.size(); c.bytes > boardKept || c.order.Len() > boardEntries; {
		old, _ := c.order.Remove(c.order.Back()).(*boardEntry)
		delete(c.found, old.at)
		c.bytes -= old.size()
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
		e := &boardEntry{stamp: stamp, body: body}
		if sameFigures(stamp, want) {
			c.put(key, e)
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

// sameFigures says that figures are of one revision and of the end of one day.
func sameFigures(a, b geo.Stamp) bool {
	return a.Revision == b.Revision && a.Day == b.Day && a.Past == b.Past
}
