package tiles

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// later makes the chunks of a base that a start has put off: what borders have to be
// drawn like and what is encoded ahead takes half of a start's time, and a tile needs
// a few chunks of hundreds. A chunk is made when somebody first asks for it, or when
// Engine.Prepare comes to it, from records that are held until then. Whoever makes it
// and when, it is the same.
type later struct {
	once  []sync.Once // by chunk
	maker atomic.Pointer[chunkMaker]
	left  atomic.Int64
	count *counters
}

// putOff leaves the chunks of a base for later, but for those in which something had
// another geometry once: their levels are with the features and not in the chunk.
func (b *base) putOff(m *chunkMaker, count *counters) error {
	l := &later{once: make([]sync.Once, len(b.chunks)), count: count}
	var now []int
	for n := range b.chunks {
		if slices.ContainsFunc(m.records(n), (*record).hasOtherOutlines) {
			now = append(now, n)
		}
	}
	err := m.makeAll(now, func(n int, c *chunk) error {
		b.chunks[n].Store(c)
		return nil
	})
	if left := len(b.chunks) - len(now); err == nil && left > 0 {
		l.left.Store(int64(left))
		l.maker.Store(m)
		b.later = l
	}
	return err
}

// hasOtherOutlines reports whether a feature once had another geometry.
func (r *record) hasOtherOutlines() bool {
	return slices.ContainsFunc(r.past, func(v version) bool { return len(v.geom) > 0 })
}

// chunkAt is chunk n where all geometry is in memory.
func (b *base) chunkAt(n int) *chunk {
	if c := b.chunks[n].Load(); c != nil || b.later == nil {
		return c
	}
	return b.later.chunk(b, n)
}

func (l *later) chunk(b *base, n int) *chunk {
	l.once[n].Do(func() {
		m := l.maker.Load()
		if m == nil || b.chunks[n].Load() != nil {
			return
		}
		c, t, err := m.make(n)
		if err != nil {
			panic(err) // of a lender alone, and these records have everything
		}
		b.chunks[n].Store(c)
		l.count.add(t)
		if l.left.Add(-1) == 0 {
			l.maker.Store(nil) // nobody needs the records any more
		}
	})
	return b.chunks[n].Load()
}

// Prepare makes what a start has left for later, and leaves a processor to those who
// ask for tiles. Until it has ended, the first tiles that show a neighbourhood take
// longer than later ones; they are the same.
func (e *Engine) Prepare(ctx context.Context) error {
	s := e.snap.Load()
	if s == nil {
		return nil
	}
	for _, l := range s.layers {
		if err := l.base.prepare(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *base) prepare(ctx context.Context) error {
	if b.later == nil {
		return nil
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range max(1, runtime.GOMAXPROCS(0)-1) {
		all.Go(func() {
			for ctx.Err() == nil && b.later.maker.Load() != nil {
				n := int(next.Add(1)) - 1
				if n >= len(b.chunks) {
					return
				}
				b.chunkAt(n)
			}
		})
	}
	all.Wait()
	return ctx.Err()
}
