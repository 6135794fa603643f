package tiles

import (
	"encoding/binary"
	"math"
	"slices"
	"unicode/utf8"
)

// What a saved map has of each feature is looked at byte by byte: whoever reads it
// later takes it for our own, and a change that stumbles ends the process.

// whole reports whether a chunk has n geometries that can be read, with the levels
// that they need, and pieces that begin as pieces do.
func (c *chunk) whole(n int, ls *LayerSpec) bool {
	all := c.texts()
	for i, t := range all {
		if t.len() != n && (i == 0 || t.len() != 0) || !t.whole(t.len()) {
			return false
		}
	}
	for i := range n {
		if !wholeOutline(c.geom(i), c.levelsOf(i), ls) {
			return false
		}
	}
	for k := range c.pre {
		for i := range c.pre[k].len() {
			if !wholePiece(c.pre[k].of(i)) {
				return false
			}
		}
	}
	return true
}

// wholePiece reports whether the numbers that a piece begins with can be read, and lie
// within a tile.
func wholePiece(piece []byte) bool {
	if len(piece) == 0 {
		return true
	}
	x, n := binary.Uvarint(piece)
	y, m := binary.Uvarint(piece[max(n, 0):])
	if n <= 0 || m <= 0 || x>>1 > Extent+2*Buffer || y > Extent+2*Buffer {
		return false
	}
	if x&1 == 0 {
		return true
	}
	polygons, k := binary.Uvarint(piece[n+m:])
	return k > 0 && polygons <= uint64(len(piece))
}

// wholeOutline reports whether a geometry of the layer can be read, and has levels
// where the layer's have.
func wholeOutline(geom, levels []byte, ls *LayerSpec) bool {
	return wholeGeometry(geom, levels) && (len(geom) == 0 || ls.Kind == Polygons && (!ls.woven || len(levels) > 0))
}

// wholeGeometry reports whether packed rings are all of a geometry, none of them
// beyond the world's size, and there are no levels or one for each vertex.
func wholeGeometry(geom, levels []byte) bool {
	if len(geom) == 0 {
		return len(levels) == 0
	}
	vertices, i := uint64(0), 0
	next := func() uint64 { // 0, which none of them may be, when it cannot be
		v, n := binary.Uvarint(geom[i:])
		if n <= 0 || v > uint64(len(geom)) {
			return 0
		}
		i += n
		return v
	}
	x, y := int64(0), int64(0) // from the box's corner
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
			for ; points > 0; points-- {
				var dx, dy uint64
				if i+4 <= len(geom) && geom[i+1]|geom[i+3] < 0x80 && geom[i]&geom[i+2] >= 0x80 { // as most are
					dx, dy = uint64(geom[i]&0x7f)|uint64(geom[i+1])<<7, uint64(geom[i+2]&0x7f)|uint64(geom[i+3])<<7
					i += 4
				} else {
					var n, m int
					dx, n = binary.Uvarint(geom[i:])
					dy, m = binary.Uvarint(geom[i+max(n, 0):])
					if n <= 0 || m <= 0 {
						return false
					}
					i += n + m
				}
				x, y = x+unzigzag(dx), y+unzigzag(dy)
				if min(x, y) < 0 || max(x, y) >= worldSize {
					return false
				}
			}
		}
	}
	return i == len(geom) && (len(levels) == 0 || uint64(len(levels)) == vertices)
}

// whole reports whether an overlay is one over the base.
func (o *overlay) whole(b *base, ls *LayerSpec) bool {
	all := emptyBox()
	for i := range o.entries {
		e := &o.entries[i]
		if i > 0 && o.entries[i-1].id >= e.id {
			return false
		}
		if _, ok := b.slotOf(e.id); ok != e.inBase {
			return false
		}
		if r := e.rec; r != nil {
			now := version{box: r.box, geom: r.geom, levels: r.levels, vals: r.vals, units: r.units, share: r.share}
			if r.id != e.id || !now.whole(ls) || !wholeVersions(r.past, ls) {
				return false
			}
			all = all.join(r.reach())
		}
	}
	return o.bounds == all
}

func wholeVersions(list []version, ls *LayerSpec) bool {
	return !slices.ContainsFunc(list, func(v version) bool { return !v.whole(ls) })
}

// whole reports whether a version has all that one of the layer has.
func (v *version) whole(ls *LayerSpec) bool {
	return v.box.whole() && len(v.vals) == len(ls.Fields) && !slices.ContainsFunc(v.vals, func(s string) bool { return !wholeValue(s) }) &&
		wholeOutline(v.geom, v.levels, ls) && (ls.Kind == Points || (len(v.geom) == 0) == v.box.isEmpty()) &&
		wholeShare(ls, v.box, v.units, v.share)
}

// whole reports whether a box is empty or in the world.
func (b box) whole() bool {
	return b == emptyBox() || b.minX >= 0 && b.minY >= 0 && b.minX <= b.maxX && b.minY <= b.maxY
}

// whole reports whether the index is one over n boxes.
func (ix index) whole(n int) bool {
	if !slices.Equal(ix.levels, levelsFor(n)) || len(ix.boxes) != ix.levels[len(ix.levels)-1] {
		return false
	}
	for _, b := range ix.boxes[:n] {
		if !b.whole() {
			return false
		}
	}
	for level := 1; level < len(ix.levels)-1; level++ {
		below := ix.boxes[ix.levels[level-1]:ix.levels[level]]
		for i, node := range ix.boxes[ix.levels[level]:ix.levels[level+1]] {
			all := emptyBox()
			for _, child := range below[i*fanOut : min((i+1)*fanOut, len(below))] {
				all = all.join(child)
			}
			if node != all {
				return false
			}
		}
	}
	return true
}

// whole reports whether all values are encoded as ours are, the absent one first.
func (d *dictionary) whole() bool {
	for n := range d.len() {
		if v := d.value(uint32(n)); (n == 0) != (v == "") || !wholeValue(v) {
			return false
		}
	}
	return d.len() > 0
}

// wholeValue reports whether an encoded value can be read to its end.
func wholeValue(v string) bool {
	if v == "" {
		return true
	}
	n, size := uvarintOf(v[1:])
	read := size > 0 && v[size] < 0x80
	switch v[0] {
	case tagString:
		return read && n <= maxText && int(n) == len(v)-1-size && utf8.ValidString(v[1+size:])
	case tagUint, tagSint:
		return read && size == len(v)-1
	case tagDouble:
		number, ok := 0.0, len(v) == 9
		if ok {
			number, ok = numberOf(v)
		}
		return ok && !math.IsNaN(number) && !math.IsInf(number, 0)
	case tagBool:
		return len(v) == 2 && v[1] <= 1
	}
	return false
}

// wholeShares reports whether the areas of all slots can be read.
func (b *base) wholeShares(ls *LayerSpec) bool {
	n := b.shares.len()
	if n == 0 {
		return b.shares.whole(0)
	}
	if n != b.len() || !b.shares.whole(n) {
		return false
	}
	wrong := make([]bool, len(b.chunks))
	parallel(len(wrong), func(i int) {
		for slot := i << chunkBits; slot < min((i+1)<<chunkBits, n) && !wrong[i]; slot++ {
			packed := b.shares.of(slot)
			if len(packed) == 0 {
				continue
			}
			units, size := binary.Uvarint(packed)
			wrong[i] = size <= 0 || units == 0 || units > math.MaxInt64 || !wholeShare(ls, b.box(slot), int64(units), packed[size:])
		}
	})
	return !slices.Contains(wrong, true)
}

// wholeShare reports whether the shares of a feature can be read, lie in cells that
// its box reaches and take no more than its area.
func wholeShare(ls *LayerSpec, b box, units int64, share []byte) bool {
	if units < 0 || units > areaUnitsOf(maxM2) || ls.Mosaic == nil && units > 0 {
		return false
	}
	if units == 0 || b.isEmpty() {
		return len(share) == 0
	}
	g := shareGridOf(b)
	blocks := uint64(g.w) * uint64(g.h)
	if blocks == 1 || len(share) == 0 {
		return blocks == 1 && len(share) == 0
	}
	next, left := uint64(0), uint64(units)
	for {
		skipped, n := binary.Uvarint(share)
		if n <= 0 || skipped >= blocks-next {
			return false
		}
		if share, next = share[n:], next+skipped+1; len(share) == 0 {
			return true
		}
		given, n := binary.Uvarint(share)
		if n <= 0 || given > left || next == blocks {
			return false
		}
		share, left = share[n:], left-given
	}
}
