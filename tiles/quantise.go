package tiles

import (
	"math"

	"github.com/paulmach/orb"
)

// The quantised world: 2^31 units a side, so that a coordinate fits an int32 and
// a zoom's grid is a shift away. Coordinates are rounded down, to the unit they
// lie in; half a grid step added before the shift then rounds the true position,
// not the quantised one, to the nearest point of the grid: floor((floor(t)+n)/m) is
// floor((t+n)/m) for whole n and m. So up to zoom 18 every vertex is where exact
// arithmetic would put it.
const (
	worldBits  = 31
	worldSize  = 1 << worldBits
	extentBits = 12
	// flatZoom is the zoom whose grid is the quantised one: 19.
	flatZoom = worldBits - extentBits
	// maxLatitude is where Web Mercator's square ends: atan(sinh(pi)).
	maxLatitude = 85.0511287798066
)

// pt is a position in whole units: of the quantised world, of a zoom's grid or of
// a tile. 64 bits hold the grid of zoom 22 and the products of the clipper.
type pt struct{ x, y int64 }

func (p pt) less(q pt) bool { return p.x < q.x || p.x == q.x && p.y < q.y }

// compare orders by x, then y.
func (p pt) compare(q pt) int {
	switch {
	case p == q:
		return 0
	case p.less(q):
		return -1
	}
	return 1
}

// box is a closed rectangle in quantised units.
type box struct{ minX, minY, maxX, maxY int32 }

// emptyBox contains nothing and is the identity of join.
func emptyBox() box {
	return box{math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32}
}

func (b box) isEmpty() bool { return b.minX > b.maxX }

func (b box) join(o box) box {
	return box{
		min(b.minX, o.minX), min(b.minY, o.minY),
		max(b.maxX, o.maxX), max(b.maxY, o.maxY),
	}
}

func (b box) meets(o box) bool {
	return b.minX <= o.maxX && o.minX <= b.maxX && b.minY <= o.maxY && o.minY <= b.maxY
}

func (b box) contains(o box) bool {
	return b.minX <= o.minX && b.minY <= o.minY && b.maxX >= o.maxX && b.maxY >= o.maxY
}

// grown is the box with a margin.
func (b box) grown(by int32) box {
	lo := func(v int32) int32 { return clampInt32(int64(v) - int64(by)) }
	hi := func(v int32) int32 { return clampInt32(int64(v) + int64(by)) }
	return box{lo(b.minX), lo(b.minY), hi(b.maxX), hi(b.maxY)}
}

// size is the area in square quantised units, a point's being 1.
func (b box) size() float64 {
	return (float64(b.maxX) - float64(b.minX) + 1) * (float64(b.maxY) - float64(b.minY) + 1)
}

// project turns degrees of WGS 84 into quantised Web Mercator. The second result
// is false for what the projection cannot hold: NaN, infinities, longitudes
// beyond 180 and latitudes beyond 85.0511.
func project(p orb.Point) (pt, bool) {
	x, y, ok := projectExact(p)
	if !ok {
		return pt{}, false
	}
	return quantised(x, y), true
}

// projectExact is project before rounding, from 0 to worldSize.
func projectExact(p orb.Point) (x, y float64, ok bool) {
	lon, lat := p[0], p[1]
	if !(lon >= -180 && lon <= 180 && lat >= -maxLatitude && lat <= maxLatitude) {
		return 0, 0, false
	}
	x = (lon + 180) / 360 * worldSize
	y = (1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2 * worldSize
	return min(max(x, 0), worldSize), min(max(y, 0), worldSize), true
}

// projected remembers how far down latitudes of late were: neighbours have vertices in
// common, and this is what takes longest in projecting one.
type projected struct {
	lat, y [1 << projectedBits]float64
}

const projectedBits = 10

// projectExact is the function of that name.
func (p *projected) projectExact(v orb.Point) (x, y float64, ok bool) {
	i := math.Float64bits(v[1]) * 0x9E3779B97F4A7C15 >> (64 - projectedBits)
	if p.lat[i] == v[1] && v[1] != 0 && v[0] >= -180 && v[0] <= 180 {
		return min(max((v[0]+180)/360*worldSize, 0), worldSize), p.y[i], true
	}
	if x, y, ok = projectExact(v); ok {
		p.lat[i], p.y[i] = v[1], y
	}
	return x, y, ok
}

// quantised is the unit that a projected position lies in.
func quantised(x, y float64) pt { return pt{clampWorld(math.Floor(x)), clampWorld(math.Floor(y))} }

func clampWorld(v float64) int64 { return int64(min(max(v, 0), worldSize-1)) }

// unproject is the inverse of project: the upper left corner of the unit.
func unproject(p pt) orb.Point {
	lon := float64(p.x)/worldSize*360 - 180
	lat := math.Atan(math.Sinh(math.Pi*(1-2*float64(p.y)/worldSize))) * 180 / math.Pi
	return orb.Point{lon, lat}
}

// grid is the lattice of one zoom seen from a tile: it turns quantised units into
// the tile's. Rounding is relative to the whole world, so all tiles of a zoom
// agree on where a vertex lies.
type grid struct {
	z      int
	down   uint  // bits to shift right: zooms up to flatZoom
	up     uint  // bits to shift left: zooms beyond
	half   int64 // added before shifting right, so that it rounds
	origin pt    // of the tile, in grid units
}

func gridOf(id ID) grid {
	g := grid{z: int(id.Z), origin: pt{int64(id.X) << extentBits, int64(id.Y) << extentBits}}
	if g.z <= flatZoom {
		g.down = uint(flatZoom - g.z)
		g.half = (int64(1) << g.down) >> 1
	} else {
		g.up = uint(g.z - flatZoom)
	}
	return g
}

// snap moves a quantised coordinate to the zoom's grid, halves upwards.
func (g grid) snap(q int64) int64 { return ((q + g.half) >> (g.down & 63)) << (g.up & 63) }

// at is the position of a quantised point in the tile.
func (g grid) at(p pt) pt {
	return pt{g.snap(p.x) - g.origin.x, g.snap(p.y) - g.origin.y}
}

// window is the box of all quantised points that at puts inside the buffered tile.
func (g grid) window() box {
	lo := func(v int64) int32 { return clampInt32(g.first(v - Buffer)) }
	hi := func(v int64) int32 { return clampInt32(g.first(v+Extent+Buffer+1) - 1) }
	return box{lo(g.origin.x), lo(g.origin.y), hi(g.origin.x), hi(g.origin.y)}
}

// first is the smallest quantised coordinate that snaps to at least v.
func (g grid) first(v int64) int64 {
	if g.up > 0 {
		return (v + int64(1)<<g.up - 1) >> g.up
	}
	return v<<g.down - g.half
}

func clampInt32(v int64) int32 {
	return int32(min(max(v, math.MinInt32), math.MaxInt32))
}

// unit2 is the area of one square unit of the zoom's grid in square quantised
// units; a power of four, exact.
func unit2(z int) float64 { return math.Ldexp(1, 2*(flatZoom-z)) }

// tileRange is a rectangle of tiles of one zoom, bounds included.
type tileRange struct{ z, minX, minY, maxX, maxY uint32 }

// tilesOf is the tiles of zoom z whose buffered square meets b.
func tilesOf(b box, z int) tileRange {
	g := gridOf(ID{Z: uint32(z)})
	last := int64(1)<<z - 1
	lo := func(q int32) uint32 { // smallest t with 4096t+4096+64 >= v
		t := (g.snap(int64(q)) - Buffer - 1) >> extentBits
		return uint32(min(max(t, 0), last))
	}
	hi := func(q int32) uint32 { // largest t with 4096t-64 <= v
		t := (g.snap(int64(q)) + Buffer) >> extentBits
		return uint32(min(max(t, 0), last))
	}
	return tileRange{uint32(z), lo(b.minX), lo(b.minY), hi(b.maxX), hi(b.maxY)}
}

// count is the number of tiles in the range.
func (r tileRange) count() int64 {
	return (int64(r.maxX-r.minX) + 1) * (int64(r.maxY-r.minY) + 1)
}

// has reports whether the range holds column x and row y.
func (r tileRange) has(x, y uint32) bool {
	return x >= r.minX && x <= r.maxX && y >= r.minY && y <= r.maxY
}
