package tiles

import (
	"context"
	"slices"
)

// mostPassed is how many may use what is in memory while somebody waits for room.
// After that they wait behind him: what is always in use would never give way.
const mostPassed = 64

// waiter is somebody who waits for a region's room.
type waiter struct {
	r      *region
	turn   chan struct{} // closed when it is his turn
	flight *reading      // to be made by him; nil = look again, another reads it
	passed int           // by others who needed no room
}

// enqueue puts a region's reader in the queue for room, where he may be admitted at
// once.
func (m *memory) enqueue(r *region) *waiter {
	w := &waiter{r: r, turn: make(chan struct{})}
	m.queue = append(m.queue, w)
	m.admit()
	return w
}

// admit lets in those at the head of the queue for whom there is room now.
func (m *memory) admit() {
	for len(m.queue) > 0 {
		w := m.queue[0]
		switch r := w.r; {
		case r.held != nil, r.flight != nil: // another was faster
		case m.makeRoom(r.size):
			w.flight = &reading{done: make(chan struct{})}
			r.flight = w.flight
			m.bytes += r.size
		default:
			return
		}
		m.queue = slices.Delete(m.queue, 0, 1)
		close(w.turn)
	}
}

// mayPass reports whether somebody may use what is in memory though others wait.
func (m *memory) mayPass() bool {
	if len(m.queue) == 0 {
		return true
	}
	first := m.queue[0]
	first.passed++
	return first.passed <= mostPassed
}

// await waits for a waiter's turn, or until ctx ends.
func (m *memory) await(ctx context.Context, w *waiter) error {
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.Index(m.queue, w); i >= 0 {
		m.queue = slices.Delete(m.queue, i, i+1)
	} else if w.flight != nil { // his turn came at that moment: another may read it
		w.r.flight = nil
		w.flight.err, w.flight.left = ctx.Err(), true
		close(w.flight.done)
		m.bytes -= w.r.size
	}
	m.admit()
	return ctx.Err()
}
