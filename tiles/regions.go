package tiles

import (
	"context"
	"fmt"
	"runtime"
)

// regions are the chunks of a base under a memory: where each is while it is not in
// memory, and, when there is a source to read them from again, what no source knows
// (the levels, which follow from the neighbours of that time) and by what to tell
// that a geometry is still the same.
type regions struct {
	memory *memory
	ls     *LayerSpec
	file   *spill
	all    []*region
	known  bool // to a source

	levels []texts
	sums   [][]uint32 // CRC-32C of the packed geometry, by chunk and place
}

// newRegions makes room for so many chunks; known tells whether the memory's source
// knows them.
func newRegions(m *memory, ls *LayerSpec, n int, known bool) (*regions, error) {
	file, err := newSpill(m.folder)
	if err != nil {
		return nil, err
	}
	s := &regions{memory: m, ls: ls, file: file, all: make([]*region, n), known: known && m.source != nil}
	for i := range s.all {
		s.all[i] = &region{}
	}
	if s.known {
		s.levels, s.sums = make([]texts, n), make([][]uint32, n)
	}
	return s, nil
}

// newRestored is for the chunks of a saved layer, of which nobody knows the number
// yet; nil where they stay in memory.
func (m *memory) newRestored(ls *LayerSpec) (*regions, error) {
	if m == nil || ls.Kind != Polygons {
		return nil, nil
	}
	return newRegions(m, ls, 0, true)
}

// add is put for one chunk more.
func (s *regions) add(c *chunk) error {
	s.all = append(s.all, &region{})
	if s.known {
		s.levels, s.sums = append(s.levels, texts{}), append(s.sums, nil)
	}
	return s.put(len(s.all)-1, c)
}

// drop ends them; nobody uses any.
func (s *regions) drop() {
	if s == nil {
		return
	}
	s.memory.forget(s.all)
	s.file.close()
}

// keepIn gives the base its regions, for as long as anybody has the base.
func (b *base) keepIn(s *regions) {
	b.regions = s
	runtime.AddCleanup(b, (*regions).drop, s)
}

// put takes over chunk n. Where it cannot be written it has to come from the source
// later; without one that is an error.
func (s *regions) put(n int, c *chunk) error {
	if s.known {
		s.remember(n, c)
		bare := *c
		bare.levels = texts{}
		c = &bare
	}
	r, b := s.all[n], flatten(c)
	var err error
	r.size = int64(len(b))
	if r.spot, err = s.file.write(b); err != nil {
		s.memory.faults.Add(1)
		if !s.known {
			return fmt.Errorf("%w: %w", ErrUnread, err)
		}
	}
	if c, err = s.whole(n, b); err != nil {
		return err
	}
	s.memory.offer(r, c)
	return nil
}

// remember keeps what a source does not know.
func (s *regions) remember(n int, c *chunk) {
	s.levels[n] = c.levels
	s.sums[n] = make([]uint32, c.geoms.len())
	for i := range s.sums[n] {
		s.sums[n][i] = sumOf(c.geom(i))
	}
}

// whole is chunk n that was laid flat into b.
func (s *regions) whole(n int, b []byte) (*chunk, error) {
	c, err := unflatten(b)
	if err == nil && s.known {
		c.levels = s.levels[n]
	}
	return c, err
}

// read gets chunk n from the file, or else from the source; b is the base that has
// it, nil when no source knows it.
func (s *regions) read(ctx context.Context, b *base, n int) (*chunk, error) {
	err := errNotWritten
	if from := s.all[n].spot; from.at != nowhere {
		var flat []byte
		if flat, err = s.file.read(from); err == nil {
			s.memory.reads.Add(1)
			return s.whole(n, flat)
		}
		s.memory.faults.Add(1)
	}
	if b == nil || !s.known {
		return nil, fmt.Errorf("%w: %w", ErrUnread, err)
	}
	return b.again(ctx, n)
}

// walk is each for slots that are as they were: one that has changed at the source
// meanwhile is an error.
func (s *regions) walk(ctx context.Context, b *base, slots []uint32, f func(i int, c *chunk, place int) error) error {
	return s.each(ctx, b, slots, func(i int, c *chunk, place int) error {
		if c.lost[place] {
			n := int(slots[i] >> chunkBits)
			s.memory.forsake(s.all[n])
			return fmt.Errorf("%w: slot %d of layer %q has changed at its source", ErrUnread, slots[i], s.ls.Name)
		}
		return f(i, c, place)
	})
}

// each calls f with the chunk of each slot and the slot's place in it, one after
// another. A chunk is held as long as the slots are in it, and no longer than f
// runs for them: what f keeps it has to copy. b is as for read.
func (s *regions) each(ctx context.Context, b *base, slots []uint32, f func(i int, c *chunk, place int) error) error {
	for i := 0; i < len(slots); {
		n := int(slots[i] >> chunkBits)
		to := i + 1
		for to < len(slots) && int(slots[to]>>chunkBits) == n {
			to++
		}
		if err := s.with(ctx, b, n, func(c *chunk) error {
			for ; i < to; i++ {
				if err := goneAt(ctx, i); err != nil {
					return err
				}
				if err := f(i, c, int(slots[i]&(chunkSize-1))); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// with calls f with chunk n, which is there until f returns.
func (s *regions) with(ctx context.Context, b *base, n int, f func(*chunk) error) error {
	r := s.all[n]
	c, err := s.memory.borrow(ctx, r, func() (*chunk, error) { return s.read(ctx, b, n) })
	if err != nil {
		return err
	}
	defer s.memory.giveBack(r)
	defer runtime.KeepAlive(b)
	return f(c)
}

// walk calls f with the chunk of each slot and the slot's place in it, see
// regions.walk and regions.each.
func (b *base) walk(ctx context.Context, slots []uint32, f func(i int, c *chunk, place int) error) error {
	if b.regions != nil {
		return b.regions.walk(ctx, b, slots, f)
	}
	for i, slot := range slots {
		c, place := b.chunk(int(slot))
		if err := f(i, c, place); err != nil {
			return err
		}
	}
	return nil
}

// withChunk calls f with chunk n as a whole.
func (b *base) withChunk(ctx context.Context, n int, f func(*chunk) error) error {
	if b.regions == nil {
		return f(b.chunkAt(n))
	}
	return b.regions.with(ctx, b, n, func(c *chunk) error {
		if len(c.lost) > 0 {
			b.regions.memory.forsake(b.regions.all[n])
			return fmt.Errorf("%w: %d features of layer %q have changed at their source", ErrUnread, len(c.lost), b.regions.ls.Name)
		}
		return f(c)
	})
}

// tell adds what they take.
func (s *regions) tell(m *memoryParts) {
	held, known := int64(0), int64(0)
	s.memory.mu.Lock()
	for _, r := range s.all {
		if r.held != nil {
			held += r.size
		}
	}
	s.memory.mu.Unlock()
	for i := range s.sums {
		known += s.levels[i].bytes() + 4*int64(len(s.sums[i]))
	}
	m.add("regions in memory", held)
	m.add("levels and sums of all", known)
}
