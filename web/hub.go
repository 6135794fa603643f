package web

import (
	"sync"
	"time"

	"tengdi/geo"
)

// Bounds of the hub.
const (
	maxFrame     = 256 << 10 // bytes of one event
	ringEvents   = 512       // events kept for readers that come back
	ringBytes    = 8 << 20   // and their bytes
	readerQueue  = 32        // events that may wait for one reader
	maxReaders   = 5_000     // open streams
	staffReaders = 1_000     // of them only for the staff: nobody without a login can keep them out
	maxPerClient = 300       // open streams of one client address and audience
)

// Hub sends each committed change to every open map of its audience. A reader
// that does not keep up is cut off: it comes back with Last-Event-ID and gets
// what it missed from a ring of recent events, or is told to reload.
//
// Publish follows the change feed: one call per revision and audience, in order,
// after the tiles have been brought up to date. A Hub is safe for concurrent use.
type Hub struct {
	mu       sync.Mutex
	feeds    map[geo.Audience]*feed
	readers  map[geo.Audience]int // open streams, those that are being closed among them
	byClient map[clientOf]int
	draining bool
}

// clientOf is a client address in one audience: an office in which somebody opens the
// public's map ever again still has its own.
type clientOf struct {
	audience geo.Audience
	client   string
}

// feed is the stream of one audience.
type feed struct {
	revision int64 // of the last event, or where the feed began
	ring     []pastEvent
	bytes    int
	base     int64 // the revision before the first event of the ring
	readers  map[*subscriber]struct{}
}

type pastEvent struct {
	revision int64
	frame    []byte
}

// subscription says who wants to read what.
type subscription struct {
	audience geo.Audience
	session  sessionID // of a staff reader, else zero
	client   string
	after    int64 // the last event seen, when resume
	resume   bool
}

// from is whom the stream is counted to.
func (s subscription) from() clientOf { return clientOf{s.audience, s.client} }

// subscriber is one open stream.
type subscriber struct {
	subscription
	greeting [][]byte      // what it gets first: hello and what it missed; frames are shared by all readers
	queue    chan []byte   // what it gets then
	closed   chan struct{} // closed when the stream has to end
	ended    bool          // closed is closed; under the hub's lock
	drained  bool          // and it was the server's end; written before closed is closed
}

// NewHub makes a hub with nothing to tell. Start gives each audience its first
// revision.
func NewHub() *Hub {
	h := &Hub{feeds: map[geo.Audience]*feed{}, readers: map[geo.Audience]int{}, byClient: map[clientOf]int{}}
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		h.feeds[aud] = &feed{readers: map[*subscriber]struct{}{}}
	}
	return h
}

// Start says at which revision an audience's tiles were loaded, before the first
// Publish. Called again after everything was loaded anew, it tells open maps to
// reload.
func (h *Hub) Start(aud geo.Audience, revision int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[aud]
	f.ring, f.bytes, f.base, f.revision = nil, 0, revision, revision
	f.send(h, revisionFrame("reload", revision))
}

// Publish announces what one revision changed: the things, and the tiles that
// show them as "z/x/y". all means that the tiles are too many to list. A change
// whose layer is "*" tells everybody to reload.
func (h *Hub) Publish(aud geo.Audience, revision int64, changes []geo.Change, tiles []string, all bool) {
	frame := changeFrame(revision, changes, tiles, all)
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[aud]
	f.keep(revision, frame)
	f.send(h, frame)
}

// keep puts an event into the ring, within its bounds.
func (f *feed) keep(revision int64, frame []byte) {
	f.revision = revision
	f.ring = append(f.ring, pastEvent{revision, frame})
	f.bytes += len(frame)
	drop := 0
	for len(f.ring)-drop > ringEvents || f.bytes > ringBytes {
		f.bytes -= len(f.ring[drop].frame)
		f.base = f.ring[drop].revision
		drop++
	}
	if drop > 0 {
		f.ring = append(f.ring[:0:0], f.ring[drop:]...)
	}
}

// send queues a frame for every reader; one whose queue is full is cut off. The
// caller holds the hub's lock.
func (f *feed) send(h *Hub, frame []byte) {
	for st := range f.readers {
		select {
		case st.queue <- frame:
		default:
			h.cut(st, false)
		}
	}
}

// greet is what a reader gets first: how long to wait after a break, hello, and
// what it missed. A reader that missed more than the ring has, or that knows a
// revision this feed never had, is told to reload.
func (f *feed) greet(sub subscription) [][]byte {
	out := [][]byte{retryFrame(retryAfter, time.Second)}
	if sub.resume {
		// Without an id: a reader that breaks off right here must not come back
		// as one that has got what follows.
		out = append(out, frameWithoutID("hello", f.revision))
	} else {
		out = append(out, revisionFrame("hello", f.revision))
	}
	switch {
	case !sub.resume || sub.after == f.revision:
	case sub.after < f.base || sub.after > f.revision:
		out = append(out, revisionFrame("reload", f.revision))
	default:
		for _, e := range f.ring {
			if e.revision > sub.after {
				out = append(out, e.frame)
			}
		}
	}
	return out
}

// subscribe opens a stream. Each success wants one unsubscribe.
func (h *Hub) subscribe(sub subscription) (*subscriber, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.draining:
		return nil, geo.Errorf(geo.Unavailable, "The server is shutting down.", "服务正在关闭。")
	case h.full(sub.audience):
		return nil, geo.Errorf(geo.Unavailable, "Too many live maps are open.", "打开的实时地图过多。")
	case h.byClient[sub.from()] >= maxPerClient:
		return nil, tooMany(10 * time.Second)
	}
	f := h.feeds[sub.audience]
	st := &subscriber{
		subscription: sub,
		greeting:     f.greet(sub),
		queue:        make(chan []byte, readerQueue),
		closed:       make(chan struct{}),
	}
	f.readers[st] = struct{}{}
	h.readers[sub.audience]++
	h.byClient[sub.from()]++
	return st, nil
}

// full says whether an audience may open no more streams. The caller holds the lock.
func (h *Hub) full(aud geo.Audience) bool {
	all := h.readers[geo.Public] + h.readers[geo.Staff]
	return all >= maxReaders || aud == geo.Public && h.readers[geo.Public] >= maxReaders-staffReaders
}

// unsubscribe forgets a stream that has ended.
func (h *Hub) unsubscribe(st *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cut(st, false)
	h.readers[st.audience]--
	if h.byClient[st.from()]--; h.byClient[st.from()] == 0 {
		delete(h.byClient, st.from())
	}
}

// cut ends a stream. The caller holds the lock.
func (h *Hub) cut(st *subscriber, drained bool) {
	if st.ended {
		return
	}
	st.ended, st.drained = true, drained
	delete(h.feeds[st.audience].readers, st)
	close(st.closed)
}

// endSession cuts the streams of a session that was signed out.
func (h *Hub) endSession(id sessionID) {
	if id == (sessionID{}) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for st := range h.feeds[geo.Staff].readers {
		if st.session == id {
			h.cut(st, false)
		}
	}
}

// Drain ends every stream, telling each reader to come back in one to six
// seconds, and refuses new ones.
func (h *Hub) Drain() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.draining = true
	for _, f := range h.feeds {
		for st := range f.readers {
			h.cut(st, true)
		}
	}
}

// Readers tells how many streams are open.
func (h *Hub) Readers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.readers[geo.Public] + h.readers[geo.Staff]
}

// ReadersOf tells how many streams of an audience are open and not being closed.
func (h *Hub) ReadersOf(aud geo.Audience) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.feeds[aud].readers)
}

// farewell is the last thing a stream says; it is read after closed is closed.
func (st *subscriber) farewell() []byte {
	if st.drained {
		return retryFrame(time.Second, 5*time.Second)
	}
	return []byte(": bye\n\n")
}
