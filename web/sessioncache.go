package web

import (
	"container/list"
	"sync"
	"time"
)

// sessionCache remembers for a second who a session belongs to, so that the
// tiles of one map ask the database once; when each session was last written;
// and for a minute which sessions were ended here.
type sessionCache struct {
	limit int
	now   func() time.Time

	mu    sync.Mutex
	byID  map[sessionID]*list.Element // of *sessionEntry
	order *list.List                  // most recently used first
}

type sessionEntry struct {
	id      sessionID
	caller  caller
	read    time.Time // when the caller was read; zero = not read
	touched time.Time // when the session was last written
	gone    time.Time // when it was ended here; zero = it was not
}

func newSessionCache(limit int, now func() time.Time) *sessionCache {
	return &sessionCache{limit: limit, now: now, byID: map[sessionID]*list.Element{}, order: list.New()}
}

// get tells the caller of a session that was read within trustSession.
func (c *sessionCache) get(id sessionID) (caller, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(id)
	if e.read.IsZero() || c.now().Sub(e.read) >= trustSession {
		return caller{}, false
	}
	return e.caller, true
}

// put remembers who a session belongs to, unless it was ended meanwhile.
func (c *sessionCache) put(id sessionID, who caller) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(id)
	if e.gone.IsZero() {
		e.caller, e.read = who, c.now()
	}
}

// touchDue says whether the session should be written now, and notes that it
// is.
func (c *sessionCache) touchDue(id sessionID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, now := c.entry(id), c.now()
	if !e.gone.IsZero() || now.Sub(e.touched) < touchEvery {
		return false
	}
	e.touched = now
	return true
}

// forget has a session read anew by its next request.
func (c *sessionCache) forget(id sessionID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entry(id).read = time.Time{}
}

// end forgets a session and remembers that it is gone.
func (c *sessionCache) end(id sessionID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(id)
	e.caller, e.read, e.gone = caller{}, time.Time{}, c.now()
}

// ended says whether the session was ended here.
func (c *sessionCache) ended(id sessionID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.entry(id).gone.IsZero()
}

func (c *sessionCache) entry(id sessionID) *sessionEntry {
	if el, ok := c.byID[id]; ok {
		c.order.MoveToFront(el)
		return el.Value.(*sessionEntry)
	}
	for len(c.byID) >= c.limit {
		oldest := c.order.Back()
		delete(c.byID, oldest.Value.(*sessionEntry).id)
		c.order.Remove(oldest)
	}
	e := &sessionEntry{id: id}
	c.byID[id] = c.order.PushFront(e)
	return e
}
