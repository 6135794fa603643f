package tiles

import (
	"context"
	"slices"
)

// found is the geometry of a hit, see part.geometry.
type found struct {
	at   pt
	rest []byte
	ok   bool
}

// collect works out the geometry of the hits where chunks come and go: not in the
// order of ids but chunk by chunk, each borrowed once and one at a time, and without
// keeping anything that lies in one.
func (p *part) collect(ctx context.Context) error {
	p.found = slices.Grow(p.found[:0], len(p.hits))[:len(p.hits)]
	p.order, p.slots = p.order[:0], p.slots[:0]
	for i, h := range p.hits {
		if h.rec == nil {
			p.order = append(p.order, uint64(h.slot)<<32|uint64(i))
			continue
		}
		if err := goneAt(ctx, i); err != nil {
			return err
		}
		f := &p.found[i]
		f.at, f.rest, f.ok = p.geometry(h)
	}
	slices.Sort(p.order)
	for _, o := range p.order {
		p.slots = append(p.slots, uint32(o>>32))
	}
	defer func() { p.held = nil }()
	return p.base.walk(ctx, p.slots, func(i int, c *chunk, _ int) error {
		n := uint32(p.order[i])
		f := &p.found[n]
		p.held = c
		f.at, f.rest, f.ok = p.geometry(p.hits[n])
		return nil
	})
}

// own is commands that may be kept: a copy where they lie in what is borrowed.
func (p *part) own(commands []byte) []byte {
	if p.held == nil {
		return commands
	}
	from := len(p.geoms)
	p.geoms = append(p.geoms, commands...)
	return p.geoms[from:len(p.geoms):len(p.geoms)]
}
