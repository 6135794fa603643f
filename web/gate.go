package web

import (
	"context"
	"slices"
	"sync"
	"time"
)

// gate lets a fixed number of tile builds go on at a time. The rest wait in a
// queue of their own client, and the clients take turns: somebody who asks for a
// thousand tiles does not keep a second visitor from the first one. Of the heavy
// ones fewer may go on, and they have queues of their own, so that tiles that take
// no time wait neither for those of others nor for one's own.
type gate struct {
	mu        sync.Mutex
	free      int
	freeHeavy int // of the free ones, those that may be heavy
	waiting   int
	limit     int // waiting in all
	perClient int // waiting of one client
	queues    map[line][]*waiter
	turns     []line // lines with somebody in it, next first
}

// line is what waits for one client.
type line struct {
	client string
	heavy  bool
}

type waiter struct {
	turn chan struct{} // closed when the waiter may go on
}

// newGate makes a gate of that many slots, heavy of which may be heavy at a time.
func newGate(slots, heavy, limit, perClient int) *gate {
	return &gate{free: slots, freeHeavy: heavy, limit: limit, perClient: perClient, queues: map[line][]*waiter{}}
}

// enter waits for the line's turn. Each success wants one leave. It fails when
// too many wait already, or when ctx ends first.
func (g *gate) enter(ctx context.Context, in line) error {
	g.mu.Lock()
	if g.mayGo(in) {
		g.take(in)
		g.mu.Unlock()
		return nil
	}
	queue := g.queues[in]
	if g.waiting >= g.limit || len(queue)+len(g.queues[line{in.client, !in.heavy}]) >= g.perClient {
		g.mu.Unlock()
		return tooMany(time.Second)
	}
	if len(queue) == 0 {
		g.turns = append(g.turns, in)
	}
	w := &waiter{turn: make(chan struct{})}
	g.queues[in] = append(queue, w)
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
		g.give(in)
	default:
		g.remove(in, w)
	}
	return ctx.Err()
}

// leave ends a turn.
func (g *gate) leave(in line) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.give(in)
}

// mayGo reports whether there is a slot for the line. The caller holds the lock,
// as for all below.
func (g *gate) mayGo(in line) bool { return g.free > 0 && (!in.heavy || g.freeHeavy > 0) }

func (g *gate) take(in line) {
	g.free--
	if in.heavy {
		g.freeHeavy--
	}
}

// give takes a slot back and hands out what is free: each to the first waiter of
// the line whose turn it is, passing over those that may not go yet.
func (g *gate) give(in line) {
	g.free++
	if in.heavy {
		g.freeHeavy++
	}
	for i := 0; i < len(g.turns) && g.free > 0; {
		if !g.mayGo(g.turns[i]) {
			i++
			continue
		}
		next := g.turns[i]
		g.turns = slices.Delete(g.turns, i, i+1)
		queue := g.queues[next]
		first := queue[0]
		if len(queue) == 1 {
			delete(g.queues, next)
		} else {
			g.queues[next] = queue[1:]
			g.turns = append(g.turns, next)
		}
		g.waiting--
		g.take(next)
		close(first.turn)
	}
}

// remove takes a waiter that gave up out of its queue.
func (g *gate) remove(in line, w *waiter) {
	queue := g.queues[in]
	if i := slices.Index(queue, w); i >= 0 {
		queue = slices.Delete(slices.Clone(queue), i, i+1)
		g.waiting--
	}
	if len(queue) > 0 {
		g.queues[in] = queue
		return
	}
	delete(g.queues, in)
	if i := slices.Index(g.turns, in); i >= 0 {
		g.turns = slices.Delete(g.turns, i, i+1)
	}
}
