package tiles

import (
	"encoding/binary"
	"fmt"
)

// The zooms whose commands are encoded ahead: those at which a tile may hold a good
// part of a city. Beyond them it has few features. A layer with a mosaic is drawn as
// cells wherever features are many, and begins later: another zoom takes 25 to 40
// bytes a parcel. Of flagZoom, at which a tile has a hundred parcels, only that is
// known which takes longest to find out: what needs no repair.
const (
	preFirst  = 8
	preMosaic = 12
	preLast   = 15
	flagZoom  = 16
)

// maxPiece is the most bytes that are kept ahead of one feature and zoom: what is
// larger is seldom in a tile as a whole.
const maxPiece = 1000

// preNames are the names under which memory is told.
var preNames = func() (names [preLast + 1 - preFirst]string) {
	for i := range names {
		names[i] = fmt.Sprintf("commands of z%d", preFirst+i)
	}
	return names
}()

// Pieces are the commands of one zoom for every slot of a chunk: snapped, valid
// and encoded. Because the origin of a tile lies on its zoom's grid, they are the
// same in every tile that need not clip the feature, but for the first MoveTo.
//
// A piece is uvarint(2x + more), uvarint(y), with more also uvarint(polygons), and
// the commands after the first MoveTo. x and y say how far right of and below the
// snapped upper left corner of the box the first point is; without more there is
// one polygon. A feature that has none is drawn when it is asked for.

// readPiece is the first point, from the corner, the polygons and the commands.
func readPiece(piece []byte) (at pt, polygons int, rest []byte) {
	x, rest := uvarint(piece)
	y, rest := uvarint(rest)
	n := uint64(1)
	if x&1 != 0 {
		n, rest = uvarint(rest)
	}
	return pt{int64(x >> 1), int64(y)}, int(n), rest
}

// preZooms are the zooms of a layer that are worked out ahead; none when to < from.
func preZooms(ls *LayerSpec) (from, to int) {
	if ls.Kind != Polygons {
		return 0, -1
	}
	from = max(preFirst, ls.MinZoom)
	if ls.Mosaic != nil {
		from = max(from, preMosaic, ls.Mosaic.MaxZoom+1)
	}
	return from, min(flagZoom, ls.MaxZoom)
}

// precoder makes pieces. Its memory is reused.
type precoder struct {
	fix     fixer
	snapped shape
	mended  shape
	piece   []byte
	tally   tally
}

// encode is the piece of a feature at a zoom, valid until the next call. It is
// empty for what is not drawn there, what never fits into a tile, what snapping
// erases, and what is so large or tangled that its repair is left to the tile.
func (c *precoder) encode(r *record, z int) []byte {
	s, ok := c.snap(r, z)
	if !ok {
		return nil
	}
	repaired := 0
	if !c.fix.simple(s) {
		coarse, ok := c.fix.repair(&c.mended, s)
		if coarse || !ok || c.fix.pairer.steps > maxSteps/4 || len(c.mended.rings) == 0 {
			return nil
		}
		s, repaired = &c.mended, 1
	}
	polygons := s.polygons()
	x, y := uint64(s.pts[0].x+Buffer)<<1, uint64(s.pts[0].y+Buffer)
	if polygons > 1 {
		x |= 1
	}
	b := binary.AppendUvarint(binary.AppendUvarint(c.piece[:0], x), y)
	if polygons > 1 {
		b = binary.AppendUvarint(b, uint64(polygons))
	}
	c.piece = s.appendCommands(b)
	if len(c.piece) > maxPiece {
		return nil
	}
	c.tally.repaired += repaired
	return c.piece
}

// snap draws a feature as in a tile whose buffered square has the box in its upper
// left corner; false when there it is not drawn, or never fits into a tile.
func (c *precoder) snap(r *record, z int) (*shape, bool) {
	if !r.drawnAt(Polygons, z) {
		return nil, false
	}
	g := gridOf(ID{Z: uint32(z)})
	lo := pt{g.snap(int64(r.box.minX)), g.snap(int64(r.box.minY))}
	g.origin = pt{lo.x + Buffer, lo.y + Buffer}
	if hi := g.at(pt{int64(r.box.maxX), int64(r.box.maxY)}); !bufferedSquare().holds(hi) {
		return nil, false
	}
	c.snapped.drawInto(r.geom, r.levels, r.box, g)
	return &c.snapped, len(c.snapped.rings) > 0
}

// simple reports whether a feature that is drawn as a whole at a zoom needs no repair
// there.
func (c *precoder) simple(r *record, z int) bool {
	s, ok := c.snap(r, z)
	return ok && c.fix.simple(s)
}

// bitset is a bit by slot.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) set(i int) { b[i>>6] |= 1 << (i & 63) }

func (b bitset) has(i int) bool { return i>>6 < len(b) && b[i>>6]>>(i&63)&1 != 0 }
