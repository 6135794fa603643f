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
		b.dict.values.whole(b.dict.len()) && b.dict.whole() &&
		b.attrs.whole(b.len(), len(ls.Fields), b.dict.len()) &&
		(b.from == nil || len(b.from) == b.len()) &&
		len(b.chunks) == (b.len()+chunkSize-1)/chunkSize && b.wholeApart(ls) && b.wholeShares(ls) && b.wholeChunks(ls)
}

// wholeApart is whole for what points have apart from their polygons.
func (b *base) wholeApart(ls *LayerSpec) bool {
	if !b.ix.whole(b.len()) || len(b.past) != len(b.own) {
		return false
	}
	for slot, versions := range b.past {
		now, ok := b.own[slot]
		if !ok || int(slot) >= b.len() || !now.whole() || !now.isEmpty() && !b.ix.boxes[slot].contains(now) || !wholeVersions(versions, ls) {
			return false
		}
	}
	return true
}

// wholeChunks looks at the chunks that are in memory; regions are looked at as they
// come.
func (b *base) wholeChunks(ls *LayerSpec) bool {
	if b.regions != nil {
		return len(b.regions.all) == len(b.chunks)
	}
	whole := make([]bool, len(b.chunks))
	parallel(len(whole), func(i int) {
		c, n := b.chunks[i].Load(), min(chunkSize, b.len()-i<<chunkBits)
		whole[i] = c != nil && c.whole(n, ls) && c.holds(b, i<<chunkBits, n, ls)
	})
	return !slices.Contains(whole, false)
}

// holds reports whether the n slots from one on have a geometry in the chunk where they
// are polygons with a box.
func (c *chunk) holds(b *base, from, n int, ls *LayerSpec) bool {
	for i := range n {
		if ls.Kind == Polygons && (len(c.geom(i)) == 0) != b.box(from+i).isEmpty() {
			return false
		}
	}
	return true
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
