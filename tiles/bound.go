package tiles

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// ErrUnread is the error of a tile, or of a change, for which geometry is needed that
// is not in memory and cannot be read again at the moment. Nothing is wrong with the
// request: ask again later.
var ErrUnread = errors.New("tiles: a part of the map is not in memory and cannot be read again now")

// memory holds the regions of all layers of an engine within a number of bytes. A
// region is borrowed, used and given back; what nobody has borrowed goes when
// another needs its room, in the order of the clock: what was used since the hand
// last came by is passed over once (Corbató, MIT Project MAC, 1968). Whoever needs a
// region that is being read waits for that reading, and where everything in memory
// is in use, until something is given back. Nobody waits while he holds one, so
// that all get on; a region larger than the limit has its turn alone. Who waits for
// room is served in turn, however much he needs (queue.go).
type memory struct {
	limit  int64
	folder string // of the files with what has no room
	source Source // nil = none
	asking chan struct{}
	most   int // vertices of a feature

	mu    sync.Mutex
	bytes int64     // of what is held and what is being read
	ring  []*region // what is held
	hand  int
	queue []*waiter // for room

	reads, sourced, evicted, faults atomic.Int64
}

// region is the place of a chunk under a memory.
type region struct {
	size   int64 // in memory
	spot   spot  // in the spill of its regions
	held   *chunk
	at     int // in the ring
	pins   int
	used   bool
	stale  bool // to be read again as soon as nobody uses it
	flight *reading
}

// reading is a region on its way into memory.
type reading struct {
	done chan struct{} // closed when err is there
	err  error
	left bool // err is that the reader had to go
}

func newMemory(o Options) *memory {
	if o.MemoryBytes <= 0 {
		return nil
	}
	return &memory{
		limit: o.MemoryBytes, folder: o.SpillFolder, source: o.Source, most: o.MaxVertices,
		asking: make(chan struct{}, sourceReaders),
	}
}

// borrow is the chunk of a region, which stays in memory until it is given back. read
// gets it when it is not there. Errors: read's, the context's.
func (m *memory) borrow(ctx context.Context, r *region, read func() (*chunk, error)) (*chunk, error) {
	for {
		m.mu.Lock()
		if c := r.held; c != nil && m.mayPass() {
			r.pins++
			r.used = true
			m.mu.Unlock()
			return c, nil
		}
		f := r.flight
		if f == nil {
			w := m.enqueue(r)
			m.mu.Unlock()
			if err := m.await(ctx, w); err != nil {
				return nil, err
			}
			if w.flight != nil {
				return m.fetch(ctx, r, w.flight, read)
			}
			continue
		}
		m.mu.Unlock()
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if f.err != nil && !f.left {
			return nil, f.err
		}
	}
}

// fetch reads a region for which there is room, for all who wait for it.
func (m *memory) fetch(ctx context.Context, r *region, f *reading, read func() (*chunk, error)) (*chunk, error) {
	c, err := func() (c *chunk, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%w: %v", ErrUnread, p)
			}
		}()
		return read()
	}()
	m.mu.Lock()
	defer m.mu.Unlock()
	r.flight = nil
	if f.err = err; err != nil {
		f.left = ctx.Err() != nil
		m.bytes -= r.size
		m.admit()
	} else {
		m.hold(r, c)
		r.pins = 1
	}
	close(f.done)
	return c, err
}

// hold puts a chunk into the ring; its bytes are counted.
func (m *memory) hold(r *region, c *chunk) {
	r.held, r.used, r.stale, r.at = c, true, false, len(m.ring)
	m.ring = append(m.ring, r)
}

// giveBack ends what borrow began.
func (m *memory) giveBack(r *region) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.pins--; r.pins > 0 {
		return
	}
	if r.stale || m.bytes > m.limit {
		m.evict(r)
	}
	m.admit()
}

// offer takes in a chunk that was just made, if there is room and nobody waits for it.
func (m *memory) offer(r *region, c *chunk) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.size <= m.limit && len(m.queue) == 0 && m.makeRoom(r.size) {
		m.bytes += r.size
		m.hold(r, c)
	}
}

// forsake has a region read again once nobody uses it; it is borrowed.
func (m *memory) forsake(r *region) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r.stale = true
}

// makeRoom takes out what nobody uses until there are so many bytes; false when that
// is not enough.
func (m *memory) makeRoom(size int64) bool {
	for passes := 2 * len(m.ring); m.bytes > 0 && m.bytes+size > m.limit; passes-- {
		if passes <= 0 {
			return false
		}
		if m.hand >= len(m.ring) {
			m.hand = 0
		}
		switch r := m.ring[m.hand]; {
		case r.pins > 0:
			m.hand++
		case r.used:
			r.used = false
			m.hand++
		default:
			m.evict(r)
		}
	}
	return true
}

// evict takes out a region that nobody uses.
func (m *memory) evict(r *region) {
	last := len(m.ring) - 1
	m.ring[r.at] = m.ring[last]
	m.ring[r.at].at = r.at
	m.ring[last] = nil
	m.ring = m.ring[:last]
	r.held = nil
	m.bytes -= r.size
	m.evicted.Add(1)
}

// forget takes out regions that nobody can ask for any more.
func (m *memory) forget(gone []*region) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range gone {
		if r.held != nil && r.pins == 0 {
			m.evict(r)
		}
	}
	m.ring = slices.Clip(m.ring)
	m.admit()
}

// holds is the number of regions in memory, and their bytes.
func (m *memory) holds() (n int, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.ring), m.bytes
}
