package tiles

import (
	"encoding/binary"
	"slices"
)

// What a saved map says of itself is looked at before anybody relies on it: that the
// arrays are as long as each other, and that no number in one leads out of another.
// Checksums find what was torn or damaged; this finds what was never written by us.

// whole reports whether a restored base holds together.
func (b *base) whole(ls *LayerSpec) bool {
	return b.ids.whole(b.len()) && b.byID.whole(b.len()) && b.ordered() &&
		b.dict.values.whole(b.dict.len()) && b.dict.len() > 0 && len(b.dict.value(0)) == 0 &&
		b.attrs.whole(b.len(), len(ls.Fields), b.dict.len()) &&
		(b.from == nil || len(b.from) == b.len()) &&
		(b.shares.len() == 0 || b.shares.len() == b.len()) && b.shares.whole(b.shares.len()) &&
		len(b.chunks) == (b.len()+chunkSize-1)/chunkSize && b.wholeApart(ls) && b.wholeChunks(ls.Kind)
}

// wholeApart is whole for what points have apart from their polygons.
func (b *base) wholeApart(ls *LayerSpec) bool {
	if !slices.Equal(b.ix.levels, levelsFor(b.len())) || len(b.ix.boxes) != b.ix.levels[len(b.ix.levels)-1] || len(b.past) != len(b.own) {
		return false
	}
	for slot, versions := range b.past {
		if _, ok := b.own[slot]; !ok || int(slot) >= b.len() || !wholeVersions(versions, ls) {
			return false
		}
	}
	return true
}

// wholeChunks looks at the chunks that are in memory; regions are looked at as they
// come.
func (b *base) wholeChunks(kind Kind) bool {
	if b.regions != nil {
		return len(b.regions.all) == len(b.chunks)
	}
	whole := make([]bool, len(b.chunks))
	parallel(len(whole), func(i int) {
		c := b.chunks[i].Load()
		whole[i] = c != nil && c.whole(min(chunkSize, b.len()-i<<chunkBits), kind)
	})
	return !slices.Contains(whole, false)
}

// ordered reports whether byID lists each slot once, by ids that ascend.
func (b *base) ordered() bool {
	for i := range b.len() {
		slot := b.byID.at(i)
		if slot >= uint64(b.len()) || b.id(int(slot)) >= MaxFeatureID {
			return false
		}
		if i > 0 && b.id(int(b.byID.at(i-1))) >= b.id(int(slot)) {
			return false
		}
	}
	return true
}

// whole reports whether a chunk has n geometries that can be read, and levels for each
// of their vertices.
func (c *chunk) whole(n int, kind Kind) bool {
	all := c.texts()
	for i, t := range all {
		if t.len() != n && (i == 0 || t.len() != 0) || !t.whole(t.len()) {
			return false
		}
	}
	for i := range n {
		geom := c.geom(i)
		if kind == Points && len(geom) > 0 || !wholeGeometry(geom, c.levelsOf(i)) {
			return false
		}
	}
	return true
}

// wholeGeometry reports whether packed rings are all of a geometry, and there are no
// levels or one for each vertex.
func wholeGeometry(geom, levels []byte) bool {
	if len(geom) == 0 {
		return len(levels) == 0
	}
	vertices, rest := uint64(0), geom
	next := func() uint64 { // 0, which none of them may be, when it cannot be
		v, n := binary.Uvarint(rest)
		if n <= 0 || v > uint64(len(geom)) {
			return 0
		}
		rest = rest[n:]
		return v
	}
	polygons := next()
	if polygons == 0 {
		return false
	}
	for ; polygons > 0; polygons-- {
		rings := next()
		if rings == 0 {
			return false
		}
		for ; rings > 0; rings-- {
			points := next()
			if points == 0 {
				return false
			}
			vertices += points
			for numbers := 2 * points; numbers > 0; numbers-- {
				n := 0
				for n < len(rest) && n < binary.MaxVarintLen64-1 && rest[n] >= 0x80 {
					n++
				}
				if n == len(rest) || rest[n] >= 0x80 {
					return false
				}
				rest = rest[n+1:]
			}
		}
	}
	return len(rest) == 0 && (len(levels) == 0 || uint64(len(levels)) == vertices)
}

// whole reports whether an overlay is one over the base.
func (o *overlay) whole(b *base, ls *LayerSpec) bool {
	for i := range o.entries {
		e := &o.entries[i]
		if i > 0 && o.entries[i-1].id >= e.id {
			return false
		}
		if _, ok := b.slotOf(e.id); ok != e.inBase {
			return false
		}
		if r := e.rec; r != nil && (r.id != e.id || len(r.vals) != len(ls.Fields) || !wholeGeometry(r.geom, r.levels) || !wholeVersions(r.past, ls)) {
			return false
		}
	}
	return true
}

func wholeVersions(list []version, ls *LayerSpec) bool {
	return !slices.ContainsFunc(list, func(v version) bool {
		return len(v.vals) != len(ls.Fields) || !wholeGeometry(v.geom, v.levels)
	})
}

// whole reports whether there are n numbers.
func (u *numbers) whole(n int) bool {
	return u.width >= 1 && u.width <= 8 && len(u.data) == n*u.width+padding
}

// whole reports whether there are n strings, each of them in data.
func (t *texts) whole(n int) bool {
	groups := (n + groupSize - 1) / groupSize
	if t.n != n || len(t.bases) != groups || len(t.sizes) != groups*groupSize {
		return false
	}
	for g, base := range t.bases {
		sizes, end := t.sizes[g*groupSize:][:groupSize], uint64(base)
		if sizes[0] != isWide {
			for _, s := range sizes {
				end += uint64(s)
				if s == isWide {
					return false
				}
			}
		} else if end += 4 * groupSize; end <= uint64(len(t.data)) {
			last := uint32(0)
			for k := range groupSize {
				to := binary.LittleEndian.Uint32(t.data[int(base)+4*k:])
				if sizes[k] != isWide || to < last {
					return false
				}
				last = to
			}
			end += uint64(last)
		}
		if end > uint64(len(t.data)) {
			return false
		}
	}
	return true
}

// whole reports whether there are so many rows and columns of numbers below all.
func (t *table) whole(rows, columns, all int) bool {
	if t.rows != rows || len(t.columns) != columns || t.stride < 0 || t.stride > 4*columns || len(t.data) != rows*t.stride+padding {
		return false
	}
	for i := range t.columns {
		c := &t.columns[i]
		if c.at < 0 || c.width < 0 || c.width > 4 || c.at+c.width > t.stride || slices.ContainsFunc(c.list, func(v uint32) bool { return int(v) >= all }) {
			return false
		}
		below := uint64(all)
		if c.list != nil {
			below = uint64(len(c.list))
		}
		if low := lowBytes(c.width); low >= below {
			for at := c.at; at < rows*t.stride; at += t.stride {
				if binary.LittleEndian.Uint64(t.data[at:])&low >= below {
					return false
				}
			}
			if t.stride == 0 && rows > 0 && below == 0 {
				return false
			}
		}
	}
	return true
}
