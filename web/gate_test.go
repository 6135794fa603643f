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
		g := newGate(1, 1, 1000, 1000)
		if err := g.enter(t.Context(), line{client: "first"}); err != nil {
			t.Fatal(err)
		}
		done := make(chan string, 100)
		work := func(client string) {
			if err := g.enter(t.Context(), line{client: client}); err != nil {
				t.Error(err)
				return
			}
			done <- client
			g.leave(line{client: client})
		}
		for range 50 {
			go work("greedy")
		}
		synctest.Wait()
		go work("modest")
		synctest.Wait()
		g.leave(line{client: "first"})
		synctest.Wait()
		close(done)
		var order []string
		for c := range done {
			order = append(order, c)
		}
		if at := slices.Index(order, "modest"); len(order) != 51 || at > 1 {
			t.Errorf("of %d turns the modest client had number %d", len(order), at+1)
		}
		if g.free != 1 || g.freeHeavy != 1 || g.waiting != 0 || len(g.queues) != 0 || len(g.turns) != 0 {
			t.Errorf("the gate is left with %+v", g)
		}
	})
}

// Heavy tiles of however many clients leave a slot to the others, and go on in
// turns as theirs come free.
func TestGateKeepsASlotFromHeavyTiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(3, 2, 1000, 1000)
		let, done := make(chan struct{}), make(chan string, 100)
		work := func(in line) {
			if err := g.enter(t.Context(), in); err != nil {
				t.Error(err)
				return
			}
			if in.heavy {
				<-let
			}
			g.leave(in)
			done <- in.client
		}
		for i := range 30 {
			go work(line{string(rune('a' + i%3)), true})
			synctest.Wait()
		}
		for _, client := range []string{"a", "z", "a"} { // one of those who wait for heavy ones, too
			go work(line{client: client})
			synctest.Wait()
			if len(done) != 1 || <-done != client {
				t.Errorf("a quick tile of %s waits for heavy ones", client)
			}
		}
		if g.free != 1 || g.freeHeavy != 0 || g.waiting != 28 {
			t.Errorf("%d free, %d of them for heavy ones, %d wait", g.free, g.freeHeavy, g.waiting)
		}
		close(let)
		synctest.Wait()
		close(done)
		counts := map[string]int{}
		n := 0
		for client := range done {
			if counts[client]++; n < 27 && counts[client] > n/3+2 {
				t.Errorf("of %d heavy tiles %d were %s's", n+1, counts[client], client)
			}
			n++
		}
		if n != 30 || g.free != 3 || g.freeHeavy != 2 || g.waiting != 0 || len(g.queues) != 0 || len(g.turns) != 0 {
			t.Errorf("after %d tiles the gate is left with %+v", n, g)
		}
	})
}

func TestGateBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1, 3, 2)
		if err := g.enter(t.Context(), line{client: "x"}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 3)
		for _, client := range []string{"a", "a", "b"} {
			go func() { gone <- g.enter(ctx, line{client: client}) }()
		}
		synctest.Wait()
		if err := g.enter(ctx, line{"a", true}); problemOf(err, chinese).Status != 429 {
			t.Errorf("a third waiter of one client: %v", err)
		}
		if err := g.enter(ctx, line{client: "c"}); problemOf(err, chinese).Status != 429 {
			t.Errorf("a fourth waiter in all: %v", err)
		}
		cancel()
		for range 3 {
			if err := <-gone; !errors.Is(err, context.Canceled) {
				t.Errorf("a waiter that gave up: %v", err)
			}
		}
		g.leave(line{client: "x"})
		if g.free != 1 || g.freeHeavy != 1 || g.waiting != 0 || len(g.queues) != 0 || len(g.turns) != 0 {
			t.Errorf("the gate is left with %+v", g)
		}
	})
}

// Waiters that give up at the moment their turn comes must not take the slot
// with them.
func TestGateLosesNoSlot(t *testing.T) {
	g := newGate(2, 1, 1000, 1000)
	end := make(chan struct{})
	for i := range 8 {
		go func() {
			defer func() { end <- struct{}{} }()
			for n := range 500 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n%7)*10*time.Microsecond)
				in := line{string(rune('a' + i%3)), n%2 == 0}
				if g.enter(ctx, in) == nil {
					time.Sleep(time.Duration(n%5) * 5 * time.Microsecond)
					g.leave(in)
				}
				cancel()
			}
		}()
	}
	for range 8 {
		<-end
	}
	if g.free != 2 || g.freeHeavy != 1 || g.waiting != 0 || len(g.queues) != 0 || len(g.turns) != 0 {
		t.Errorf("the gate is left with %+v", g)
	}
}
