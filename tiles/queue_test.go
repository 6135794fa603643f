package tiles

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// borrowing is a borrow that may have to wait.
type borrowing struct {
	got  bool
	err  error
	stop context.CancelFunc
}

// start borrows a region on a goroutine of its own and waits until it has it or waits.
func start(t *testing.T, m *memory, r *region) *borrowing {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	b := &borrowing{stop: stop}
	go func() {
		_, b.err = m.borrow(ctx, r, func() (*chunk, error) { return &chunk{}, nil })
		b.got = b.err == nil
	}()
	synctest.Wait()
	return b
}

// Who waits for a large region is served before those who came later and need less
// room, and after a while before those who use what is in memory all the time.
func TestLargeRegionsAreNotStarved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(Options{MemoryBytes: 10})
		small, other, large := &region{size: 5}, &region{size: 5}, &region{size: 10}
		if !start(t, m, small).got {
			t.Fatal("an empty memory has no room")
		}
		first := start(t, m, large)
		later := start(t, m, other)
		if first.got || later.got {
			t.Fatalf("the large one has room %v; one that came later has %v", first.got, later.got)
		}
		users := 1 // of the small one: there is always one
		for ; users < 10*mostPassed; users++ {
			if !start(t, m, small).got {
				break
			}
			m.giveBack(small)
		}
		if users < mostPassed/2 || users > 2*mostPassed {
			t.Fatalf("%d went before the one that waits", users)
		}
		m.giveBack(small)
		synctest.Wait()
		if !first.got || later.got {
			t.Fatalf("with nobody there the large one has room %v, the later one %v", first.got, later.got)
		}
		m.giveBack(large)
		synctest.Wait()
		if n, bytes := m.holds(); !later.got || n != 2 || bytes != 10 || len(m.queue) > 0 {
			t.Fatalf("then the later one has room %v; %d regions of %d bytes, %d wait", later.got, n, bytes, len(m.queue))
		}
	})
}

// Who gives up leaves the queue to the others, and takes no room along.
func TestWaitersGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(Options{MemoryBytes: 10})
		held, large, next := &region{size: 6}, &region{size: 10}, &region{size: 4}
		start(t, m, held)
		gone, waits := start(t, m, large), start(t, m, next)
		if gone.got || waits.got {
			t.Fatal("nobody waits")
		}
		gone.stop()
		synctest.Wait()
		if !errors.Is(gone.err, context.Canceled) || !waits.got {
			t.Fatalf("%v; the next one has room %v", gone.err, waits.got)
		}
		m.giveBack(held)
		m.giveBack(next)
		if n, bytes := m.holds(); n != 2 || bytes != 10 || len(m.queue) > 0 {
			t.Fatalf("%d regions of %d bytes, %d wait", n, bytes, len(m.queue))
		}
		// A turn that comes at the moment of giving up is handed on.
		w := &waiter{r: large, turn: make(chan struct{})}
		m.mu.Lock()
		m.queue = append(m.queue, w)
		m.admit()
		m.mu.Unlock()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for err := error(nil); err == nil; { // until chance has it so
			err = m.await(ctx, w)
		}
		if n, bytes := m.holds(); n != 0 || bytes != 0 || large.flight != nil {
			t.Fatalf("%d regions of %d bytes are left", n, bytes)
		}
		if !start(t, m, large).got {
			t.Fatal("no room is left")
		}
	})
}
