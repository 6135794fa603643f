package tiles

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Mosaics are kept on a lattice of square cells: 64 a tile's side at the deepest
// zoom that may show a mosaic, 2^19 across the world. A cell at a shallower zoom is
// the sum of four below it.
const (
	mosaicZoom = 13
	tileCells  = 1 << tileCellBits // cells along a tile's side
	cellBits   = mosaicZoom + tileCellBits
	cellShift  = worldBits - cellBits // from quantised units to cells

	tileCellBits = 6
)

// Ground areas are counted in whole ten-thousandths of a square metre, the
// precision of official areas, so that sums have no rounding in them.
const (
	areaUnits = 10_000
	maxM2     = 5.2e14 // more than the earth has
)

// maxShares bounds the cells that one feature is shared out over: about 35 km by
// 35 km in China. A larger one is shared out over blocks of cells, and each block's
// share is put into the cell in its middle.
const maxShares = 1 << 18

// areaUnitsOf is a ground area as a whole number of units.
func areaUnitsOf(m2 float64) int64 { return int64(math.Round(m2 * areaUnits)) }

// unitsOf is a feature's ground area in units; 0 in a layer that needs none.
func (l *LayerSpec) unitsOf(m2 float64) (int64, error) {
	if l.Mosaic == nil || l.Kind != Polygons {
		return 0, nil
	}
	if !(m2 >= 0 && m2 <= maxM2) {
		return 0, errArea
	}
	return areaUnitsOf(m2), nil
}

// cellShare is how much of a feature lies in one finest cell.
type cellShare struct {
	x, y  uint32
	units int64
}

// shareGrid is the cells that a box reaches, in blocks of 2^k a side.
type shareGrid struct {
	minX, minY, maxX, maxY uint32 // finest cells
	k                      uint
	w, h                   int // blocks
}

func shareGridOf(b box) shareGrid {
	g := shareGrid{
		minX: uint32(b.minX) >> cellShift, minY: uint32(b.minY) >> cellShift,
		maxX: uint32(b.maxX) >> cellShift, maxY: uint32(b.maxY) >> cellShift,
	}
	for {
		g.w = int(g.maxX>>g.k-g.minX>>g.k) + 1
		g.h = int(g.maxY>>g.k-g.minY>>g.k) + 1
		if int64(g.w)*int64(g.h) <= maxShares {
			return g
		}
		g.k++
	}
}

// cell is the finest cell that stands for a block, counted row by row.
func (g shareGrid) cell(i int) (x, y uint32) {
	half := uint32(1) << g.k >> 1
	x = (g.minX>>g.k+uint32(i%g.w))<<g.k + half
	y = (g.minY>>g.k+uint32(i/g.w))<<g.k + half
	return min(max(x, g.minX), g.maxX), min(max(y, g.minY), g.maxY)
}

// middle is the block that has the middle of the box.
func (g shareGrid) middle(b box) int {
	x, y := middleCell(b)
	return int(y>>g.k-g.minY>>g.k)*g.w + int(x>>g.k-g.minX>>g.k)
}

// middleCell is the finest cell with the middle of the box: the feature is counted
// there.
func middleCell(b box) (x, y uint32) {
	mid := func(lo, hi int32) uint32 { return uint32((int64(lo)+int64(hi))/2) >> cellShift }
	return mid(b.minX, b.maxX), mid(b.minY, b.maxY)
}

// sharer shares the areas of features out over cells. Its buffers are reused.
type sharer struct {
	exact []orb.Point // vertices in quantised units, not rounded
	cover []float64   // differences of coverage along each row of the grid
	found []foundPart
	buf   []byte
}

type foundPart struct {
	block int
	units int64
}

var errArea = errors.New("the ground area is not a number from 0 to the earth's")

// pack is the shares of a feature as bytes, nil where its box reaches one cell only:
// per share uvarint(blocks skipped since the one before) and uvarint(units), the
// last one's units being what is left of the area. rings are ranges of s.exact. The
// shares are by area in Web Mercator. They are valid until the next call.
func (s *sharer) pack(b box, rings []ring, units int64) []byte {
	g := shareGridOf(b)
	if units == 0 || g.w*g.h == 1 {
		return nil
	}
	s.share(b, g, rings, units)
	s.buf = s.buf[:0]
	last := -1
	for i, f := range s.found {
		s.buf = binary.AppendUvarint(s.buf, uint64(f.block-last-1))
		if last = f.block; i < len(s.found)-1 {
			s.buf = binary.AppendUvarint(s.buf, uint64(f.units))
		}
	}
	return s.buf
}

// share fills s.found. Running totals are rounded, not the shares, so that they
// add up to the whole.
func (s *sharer) share(b box, g shareGrid, rings []ring, units int64) {
	s.rasterise(g, rings)
	s.found = s.found[:0]
	total := s.sumRows(g)
	var sum float64
	var given int64
	for row := range g.h {
		if !(total > 0) {
			break
		}
		diffs := s.cover[row*(g.w+2):][:g.w]
		var here float64
		for col, d := range diffs {
			here += d
			if here < leastCover {
				continue
			}
			sum += here
			upTo := min(int64(math.Round(float64(units)*(sum/total))), units)
			if upTo > given {
				s.found = append(s.found, foundPart{row*g.w + col, upTo - given})
				given = upTo
			}
		}
	}
	switch n := len(s.found); {
	case n == 0: // nothing is enclosed
		s.found = append(s.found, foundPart{g.middle(b), units})
	default:
		s.found[n-1].units += units - given
	}
}

// leastCover is the share of a cell below which it is taken as rounding.
const leastCover = 1e-12

// sumRows is the area found, in blocks.
func (s *sharer) sumRows(g shareGrid) (total float64) {
	for row := range g.h {
		var here float64
		for _, d := range s.cover[row*(g.w+2):][:g.w] {
			if here += d; here >= leastCover {
				total += here
			}
		}
	}
	return total
}

// rasterise fills s.cover: the sum of a row up to a block is the part of the block
// that the rings enclose, exterior rings counting as positive and holes as
// negative whichever way they turn. Products are converted before they are added,
// so that no platform fuses the two and all get the same.
func (s *sharer) rasterise(g shareGrid, rings []ring) {
	n := (g.w + 2) * g.h
	if cap(s.cover) < n {
		s.cover = make([]float64, n)
	}
	s.cover = s.cover[:n]
	clear(s.cover)
	scale := math.Ldexp(1, -cellShift-int(g.k))
	x0, y0 := float64(g.minX>>g.k), float64(g.minY>>g.k)
	at := func(p orb.Point) orb.Point { return orb.Point{float64(p[0]*scale) - x0, float64(p[1]*scale) - y0} }
	for _, r := range rings {
		pts := s.exact[r.from:r.to]
		var doubled float64
		o, prev := at(pts[0]), at(pts[len(pts)-1])
		for _, p := range pts {
			q := at(p)
			doubled += float64((prev[0]-o[0])*(q[1]-o[1])) - float64((q[0]-o[0])*(prev[1]-o[1]))
			prev = q
		}
		// A ring of positive area goes up on its left side, where y points down.
		sign := -1.0
		if doubled < 0 != r.hole {
			sign = 1
		}
		for _, p := range pts {
			q := at(p)
			s.edge(g, prev, q, sign)
			prev = q
		}
	}
}

// edge adds what lies to the right of an edge, row by row.
func (s *sharer) edge(g shareGrid, a, b orb.Point, sign float64) {
	if a[1] == b[1] {
		return
	}
	if a[1] > b[1] {
		a, b, sign = b, a, -sign
	}
	slope := (b[0] - a[0]) / (b[1] - a[1])
	lo, hi := min(a[0], b[0]), max(a[0], b[0])
	x := a[0]
	for y := a[1]; y < b[1]; {
		row := min(int(y), g.h-1)
		nextY, nextX := b[1], b[0]
		if edge := float64(row + 1); row < g.h-1 && edge < nextY {
			nextY = edge
			nextX = min(max(a[0]+float64((edge-a[1])*slope), lo), hi)
		}
		s.strip(s.cover[row*(g.w+2):][:g.w+2], x, nextX, sign*(nextY-y))
		x, y = nextX, nextY
	}
}

// strip adds a piece of an edge within one row: from x0 to x1 over a signed height.
func (s *sharer) strip(row []float64, x0, x1, height float64) {
	if x0 > x1 {
		x0, x1 = x1, x0
	}
	first, last := int(x0), int(x1)
	if first == last {
		left := float64(height * ((x0+x1)/2 - float64(first)))
		row[first] += height - left
		row[first+1] += left
		return
	}
	perX := height / (x1 - x0)
	for c := first; c <= last; c++ {
		l, r := max(x0, float64(c)), min(x1, float64(c+1))
		h := float64(perX * (r - l))
		left := float64(h * ((l+r)/2 - float64(c)))
		row[c] += h - left
		row[c+1] += left
	}
}

// appendShares unpacks the shares of a feature with the box and the area in units.
func appendShares(dst []cellShare, b box, left int64, packed []byte) []cellShare {
	if left == 0 {
		return dst
	}
	g := shareGridOf(b)
	if len(packed) == 0 {
		return append(dst, cellShare{g.minX, g.minY, left})
	}
	for i, rest := -1, packed; len(rest) > 0; {
		var skipped uint64
		skipped, rest = uvarint(rest)
		i += int(skipped) + 1
		s := cellShare{units: left}
		if len(rest) > 0 {
			var units uint64
			units, rest = uvarint(rest)
			s.units = int64(units)
		}
		left -= s.units
		s.x, s.y = g.cell(i)
		dst = append(dst, s)
	}
	return dst
}

// newShares packs the areas of records and how they are shared out, in order of
// slots: uvarint(units) and the shares, nothing where there is no area. No texts at
// all where no record has an area.
func newShares(sorted []*record) (texts, error) {
	size, some := 0, false
	for _, r := range sorted {
		size += len(r.share)
		if r.units > 0 {
			some = true
			size += uvarintLen(uint64(r.units))
		}
	}
	switch {
	case !some:
		return texts{}, nil
	case size > maxTexts:
		return texts{}, fmt.Errorf("%d bytes of shares in cells are more than one layer holds", size)
	}
	w := newTexts(len(sorted), size)
	var one []byte
	for _, r := range sorted {
		one = one[:0]
		if r.units > 0 {
			one = append(binary.AppendUvarint(one, uint64(r.units)), r.share...)
		}
		w.add(one)
	}
	return w.done(), nil
}

// share is the ground area of a slot in units and its packed shares.
func (b *base) share(slot int) (units int64, packed []byte) {
	if b.shares.len() == 0 {
		return 0, nil
	}
	packed = b.shares.of(slot)
	if len(packed) == 0 {
		return 0, nil
	}
	n, i := binary.Uvarint(packed)
	if i == len(packed) {
		return int64(n), nil
	}
	return int64(n), packed[i:]
}
