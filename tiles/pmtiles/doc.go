// Package pmtiles writes and reads archives of map tiles in one file: PMTiles,
// version 3. Tiles lie in the order of their ids (zoom by zoom, along a Hilbert
// curve), equal tiles are kept once, and equal input gives equal bytes.
//
// Layout of a file as written here: header (127 bytes), root directory, metadata,
// leaf directories, tiles. Header and root directory together take at most 16 KiB,
// so that a reader on the web has both with its first request.
package pmtiles

import "errors"

// MaxZoom is the deepest zoom whose tile ids fit 64 bits with room to spare.
const MaxZoom = 26

// Compression is how directories, metadata or tiles are compressed.
type Compression uint8

// Compressions of the format.
const (
	NoCompression Compression = 1
	Gzip          Compression = 2
	Brotli        Compression = 3
	Zstd          Compression = 4
)

// VectorTile is the tile type of Mapbox vector tiles.
const VectorTile uint8 = 1

// ErrCorrupt is wrapped by every error about bytes that are no PMTiles archive,
// or no whole one.
var ErrCorrupt = errors.New("pmtiles: not a whole archive")

// ID is the place of a tile in the order of an archive: all tiles of lower zooms
// come before it, those of its zoom follow the Hilbert curve from the north-west.
func ID(z, x, y uint32) uint64 {
	before := (uint64(1)<<(2*z) - 1) / 3
	var d uint64
	for s := uint32(1) << z >> 1; s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d += uint64(s) * uint64(s) * uint64((3*rx)^ry)
		x, y = turn(s, x, y, rx, ry)
	}
	return before + d
}

// Tile is the inverse of ID.
func Tile(id uint64) (z, x, y uint32) {
	for n := uint64(1); id >= n; n *= 4 {
		id -= n
		z++
	}
	for s := uint32(1); s < uint32(1)<<z; s *= 2 {
		rx := uint32(id/2) & 1
		ry := (uint32(id) ^ rx) & 1
		x, y = turn(s, x, y, rx, ry)
		x += s * rx
		y += s * ry
		id /= 4
	}
	return z, x, y
}

// turn rotates and mirrors a quadrant of side s so that the curve joins up.
func turn(s, x, y, rx, ry uint32) (uint32, uint32) {
	if ry != 0 {
		return x, y
	}
	if rx == 1 {
		x, y = s-1-x, s-1-y
	}
	return y, x
}
