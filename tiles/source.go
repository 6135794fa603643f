package tiles

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Source reads features of a layer as they are now, in any order; those that are
// gone it leaves out. Only their geometry counts. It is called on several
// goroutines.
type Source func(ctx context.Context, layer string, ids []uint64) ([]Feature, error)

const (
	// sourceReaders is how many regions of an engine are read from its source at a
	// time: the database has others to serve.
	sourceReaders = 2
	// sourceTime bounds one such reading.
	sourceTime = 10 * time.Second
)

var (
	errNotWritten = errors.New("there was no room for it on the disk")
	errOtherBytes = errors.New("what was read again is encoded otherwise")
)

// again makes chunk n of a base from its source. It has the bytes that it had: the
// geometry of each feature is compared with the sum of the one before, and then
// encoded as then, with the levels of then. What has changed meanwhile is lost here;
// a change that the engine is told of masks it, and until then nobody is shown
// something else in its place.
func (b *base) again(ctx context.Context, n int) (*chunk, error) {
	s := b.regions
	from, to := n<<chunkBits, min((n+1)<<chunkBits, b.len())
	recs := make([]*record, 0, to-from)
	wanted := map[uint64]*record{}
	var ids []uint64
	for slot := from; slot < to; slot++ {
		r := &record{id: b.id(slot), box: b.box(slot), area: float64(b.areas[slot])}
		if s.levels[n].len() > 0 {
			r.levels = s.levels[n].of(slot - from)
		}
		recs = append(recs, r)
		if !r.ended() {
			wanted[r.id], ids = r, append(ids, r.id)
		}
	}
	features, err := s.ask(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnread, err)
	}
	p := packer{maxVertices: s.memory.most}
	for _, f := range features {
		r := wanted[f.ID]
		if r == nil || f.Geometry == nil {
			continue
		}
		var packed record
		if p.packPolygons(&packed, f.Geometry) == nil {
			r.geom = packed.geom
		}
	}
	lost := map[int]bool{}
	for i, r := range recs {
		if !r.ended() && sumOf(r.geom) != s.sums[n][i] {
			lost[i] = true
			r.geom, r.area = nil, 0
		}
	}
	first, last := preZooms(s.ls)
	c, _ := newChunk(recs, first, last)
	c.levels = texts{}
	flat := flatten(c)
	if len(lost) == 0 {
		if err := s.rewrite(n, flat); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnread, err)
		}
	}
	s.memory.sourced.Add(1)
	if c, err = s.whole(n, flat); err == nil {
		c.lost = lost
	}
	return c, err
}

// ask reads features from the source, a few readers at a time.
func (s *regions) ask(ctx context.Context, ids []uint64) ([]Feature, error) {
	ctx, cancel := context.WithTimeout(ctx, sourceTime)
	defer cancel()
	select {
	case s.memory.asking <- struct{}{}:
		defer func() { <-s.memory.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return s.memory.source(ctx, s.ls.Name, ids)
}

// rewrite writes chunk n once more, to where it can be read from. That the disk has
// still no room is no error.
func (s *regions) rewrite(n int, flat []byte) error {
	r := s.all[n]
	if sum := sumOf(flat); uint32(len(flat)) != r.spot.size || sum != r.spot.sum {
		return errOtherBytes
	}
	r.spot, _ = s.file.write(flat)
	return nil
}
