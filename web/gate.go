package web

import (
	"context"
	"sync"
	"time"
)

// gate lets a fixed number of tile requests work at a time. The rest wait in a
// queue of their own client, and the clients take turns: somebody who asks for a
// thousand tiles does not keep a second visitor from the first one.
type gate struct {
	mu        sync.Mutex
	free      int
	waiting   int
	limit     int // waiting in all
	perClient int // waiting of one client
	queues    map[string][]*waiter
	turns     []string // clients with a queue, next first
}

type waiter struct {
	turn chan struct{} // closed when the waiter may go on
}

func newGate(slots, limit, perClient int) *gate {
	return &gate{free: slots, limit: limit, perClient: perClient, queues: map[string][]*waiter{}}
}

// enter waits for the client's turn. Each success wants one leave. It fails
// when too many wait already, or when ctx ends first.
func (g *gate) enter(ctx context.Context, client string) error {
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return nil
	}
	queue := g.queues[client]
	if g.waiting >= g.limit || len(queue) >= g.perClient {
		g.mu.Unlock()
		return tooMany(time.Second)
	}
	if len(queue) == 0 {
		g.turns = append(g.turns, client)
	}
	w := &waiter{turn: make(chan struct{})}
	g.queues[client] = append(queue, w)
	g.waiting++
	g.mu.Unlock()

	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-w.turn: // the turn came at the same moment: pass it on
		g.next()
	default:
		g.remove(client, w)
	}
	return ctx.Err()
}

// leave ends a turn.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next()
}

// next hands the slot to the first waiter of the client whose turn it is, or
// keeps it free. The caller holds the lock.
func (g *gate) next() {
	if len(g.turns) == 0 {
		g.free++
		return
	}
	client := g.turns[0]
	g.turns = g.turns[1:]
	queue := g.queues[client]
	first := queue[0]
	if len(queue) == 1 {
		delete(g.queues, client)
	} else {
		g.queues[client] = queue[1:]
		g.turns = append(g.turns, client)
	}
	g.waiting--
	close(first.turn)
}

// remove takes a waiter that gave up out of its queue. The caller holds the
// lock.
func (g *gate) remove(client string, w *waiter) {
	queue := g.queues[client]
	for i := range queue {
		if queue[i] == w {
			queue = append(queue[:i:i], queue[i+1:]...)
			g.waiting--
			break
		}
	}
	if len(queue) > 0 {
		g.queues[client] = queue
		return
	}
	delete(g.queues, client)
	for i := range g.turns {
		if g.turns[i] == client {
			g.turns = append(g.turns[:i:i], g.turns[i+1:]...)
			break
		}
	}
}
