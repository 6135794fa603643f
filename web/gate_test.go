package web

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// One client queues fifty requests before another's first: the other waits for
// one turn, not for fifty.
func TestGateTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1000, 1000)
		if err := g.enter(t.Context(), "first"); err != nil {
			t.Fatal(err)
		}
		done := make(chan string, 100)
		work := func(client string) {
			if err := g.enter(t.Context(), client); err != nil {
				t.Error(err)
				return
			}
			done <- client
			g.leave()
		}
		for range 50 {
			go work("greedy")
		}
		synctest.Wait()
		go work("modest")
		synctest.Wait()
		g.leave()
		synctest.Wait()
		close(done)
		var order []string
		for c := range done {
			order = append(order, c)
		}
		if at := slices.Index(order, "modest"); len(order) != 51 || at > 1 {
			t.Errorf("of %d turns the modest client had number %d", len(order), at+1)
		}
		if g.free != 1 || g.waiting != 0 || len(g.queues) != 0 || len(g.turns) != 0 {
			t.Errorf("the gate is left with %+v", g)
		}
	})
}

func TestGateBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 3, 2)
		if err := g.enter(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 3)
		for _, client := range []string{"a", "a", "b"} {
			go func() { gone <- g.enter(ctx, client) }()
		}
		synctest.Wait()
		if err := g.enter(ctx, "a"); problemOf(err, chinese).Status != 429 {
			t.Errorf("a third waiter of one client: %v", err)
		}
		if err := g.enter(ctx, "c"); problemOf(err, chinese).Status != 429 {
			t.Errorf("a fourth waiter in all: %v", err)
		}
		cancel()
		for range 3 {
			if err := <-gone; !errors.Is(err, context.Canceled) {
				t.Errorf("a waiter that gave up: %v", err)
			}
		}
		g.leave()
		if g.free != 1 || g.waiting != 0 || len(g.queues) != 0 || len(g.turns) != 0 {
			t.Errorf("the gate is left with %+v", g)
		}
	})
}

// Waiters that give up at the moment their turn comes must not take the slot
// with them.
func TestGateLosesNoSlot(t *testing.T) {
	g := newGate(2, 1000, 1000)
	end := make(chan struct{})
	for i := range 8 {
		go func() {
			defer func() { end <- struct{}{} }()
			for n := range 500 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n%7)*10*time.Microsecond)
				if g.enter(ctx, string(rune('a'+i%3))) == nil {
					time.Sleep(time.Duration(n%5) * 5 * time.Microsecond)
					g.leave()
				}
				cancel()
			}
		}()
	}
	for range 8 {
		<-end
	}
	if g.free != 2 || g.waiting != 0 || len(g.queues) != 0 || len(g.turns) != 0 {
		t.Errorf("the gate is left with %+v", g)
	}
}
