package tiles

import (
	"math"
	"slices"
)

// cellSums is the cells of one tile, being added up. Its memory is reused.
type cellSums struct {
	shift uint // cells are 2^shift of the finest a tile may have
	cells [tileCells * tileCells][]valueSum
	used  []uint16 // cells with sums, in no order
	count int      // sums of all cells
	moved []movedSum
}

type movedSum struct {
	x, y uint32
	sum  valueSum
}

func (s *cellSums) reset() {
	for _, at := range s.used {
		s.cells[at] = s.cells[at][:0]
	}
	s.used, s.shift, s.count = s.used[:0], 0, 0
}

// side is the number of cells along the tile's side.
func (s *cellSums) side() uint32 { return tileCells >> s.shift }

// add adds to the cell in column x and row y of the tile's finest cells.
func (s *cellSums) add(x, y uint32, sum valueSum) { s.put(x>>s.shift, y>>s.shift, sum) }

// put adds to the cell in column x and row y.
func (s *cellSums) put(x, y uint32, sum valueSum) {
	at := y*tileCells + x
	had := len(s.cells[at])
	if had == 0 {
		s.used = append(s.used, uint16(at))
	}
	s.cells[at] = addSum(s.cells[at], sum)
	s.count += len(s.cells[at]) - had
}

// tooMany reports that the cells will not fit into a tile, and may be coarser: it
// spares writing them in vain. A cell takes 40 bytes and a sum 15 or more.
func (s *cellSums) tooMany() bool {
	return 40*len(s.used)+15*s.count > mosaicBytes && s.shift < tileCellBits
}

// coarser forgets the sums; those that come are of cells of twice the size.
func (s *cellSums) coarser() {
	shift := s.shift + 1
	s.reset()
	s.shift = shift
}

// fold joins four cells into one: what a tile has too much of is drawn coarser, and
// adds up to the same.
func (s *cellSums) fold() {
	s.moved = s.moved[:0]
	for _, at := range s.used {
		x, y := uint32(at)%tileCells/2, uint32(at)/tileCells/2
		for _, sum := range s.cells[at] {
			s.moved = append(s.moved, movedSum{x, y, sum})
		}
	}
	s.coarser()
	for _, m := range s.moved {
		s.put(m.x, m.y, m.sum)
	}
}

// inRows puts the cells in use in order, row by row.
func (s *cellSums) inRows() {
	if 16*len(s.used) < len(s.cells) {
		slices.Sort(s.used)
		return
	}
	s.used = s.used[:0]
	for at := range s.cells {
		if len(s.cells[at]) > 0 {
			s.used = append(s.used, uint16(at))
		}
	}
}

// mosaicWindow is the finest cells of a tile that may show a mosaic.
type mosaicWindow struct {
	down       uint // from finest cells to the tile's
	minX, minY uint32
}

func mosaicWindowOf(id ID) mosaicWindow {
	return mosaicWindow{down: mosaicZoom - uint(id.Z), minX: id.X << tileCellBits, minY: id.Y << tileCellBits}
}

// place is a finest cell as a cell of the tile; false where it is not in it.
func (w mosaicWindow) place(x, y uint32) (cx, cy uint32, ok bool) {
	cx, cy = x>>w.down-w.minX, y>>w.down-w.minY
	return cx, cy, cx < tileCells && cy < tileCells
}

// cellGround is the ground of a cell in the row of a tile with side cells along its
// side, in square metres of the ellipsoid WGS 84.
func cellGround(id ID, side, row uint32) float64 {
	rows := math.Ldexp(float64(side), int(id.Z))
	top := float64(id.Y)*float64(side) + float64(row)
	return zone(1-2*(top+1)/rows, 1-2*top/rows) / rows
}

// zone is the area in square metres of the ellipsoid between two parallels, given
// by their Web Mercator y, from -1 in the south to 1 in the north.
func zone(south, north float64) float64 {
	const (
		polar         = 6356752.314245179 // semi-minor axis of WGS 84, metres
		eccentricity2 = 0.0066943799901413165
	)
	e := math.Sqrt(eccentricity2)
	q := func(y float64) float64 {
		sin := math.Tanh(math.Pi * y) // of the latitude
		return sin/(1-eccentricity2*sin*sin) + math.Atanh(e*sin)/e
	}
	return math.Pi * polar * polar * (q(north) - q(south))
}
