package tiles

import "unsafe"

// mostRoom is the bytes up to which a builder keeps its memory for the next tile. What
// a tile within the budget needs is far below; one of very many features gives back
// what it took.
const mostRoom = 32 << 20

// pooled puts a builder where the next tile finds it, unless it has grown too large.
func (e *Engine) pooled(b *builder) {
	if b.bytes() <= e.mostRoom {
		e.pool.Put(b)
	}
}

// bytes is about the bytes that a builder keeps.
func (b *builder) bytes() int64 {
	n := b.finder.bytes() + b.vals.bytes() + b.merged.bytes() + b.mosaic.bytes()
	n += capBytes(b.enc.tile) + capBytes(b.enc.features) + capBytes(b.enc.body) + capBytes(b.enc.values)
	for _, p := range b.parts {
		n += p.bytes()
	}
	return n
}

// capBytes is the bytes that a slice keeps.
func capBytes[T any](s []T) int64 {
	var one T
	return int64(cap(s)) * int64(unsafe.Sizeof(one))
}

func (f *finder) bytes() int64 {
	return capBytes(f.slots) + capBytes(f.hits) + capBytes(f.spare) + capBytes(f.marks)
}

func (v *valueSet) bytes() int64 {
	return capBytes(v.resolved) + capBytes(v.extra)*4 // and as much again, and more, in the table of them
}

func (n *numbering) bytes() int64 { return capBytes(n.keys) + capBytes(n.direct) + capBytes(n.table) }

func (m *mosaicEncoder) bytes() int64 {
	return capBytes(m.sums.moved) + capBytes(m.body) + capBytes(m.feats) + capBytes(m.values) + capBytes(m.layer) + capBytes(m.nums.slots)
}

func (p *part) bytes() int64 {
	n := capBytes(p.drawn) + p.numbers.bytes() + capBytes(p.tags) + capBytes(p.global) + capBytes(p.geoms) + capBytes(p.out) + capBytes(p.values)
	for _, s := range []*shape{&p.snapped, &p.clipped, &p.mended} {
		n += capBytes(s.pts) + capBytes(s.rings)
	}
	return n + capBytes(p.order) + capBytes(p.slots) + capBytes(p.found)
}
