package pmtiles

import (
	"encoding/binary"
	"fmt"
	"math"
)

const (
	headerSize = 127
	// rootLimit is how long header and root directory may be together.
	rootLimit = 16 << 10
	version   = 3
)

// Header is the fixed part of an archive. Offsets are from the start of the file,
// those of tiles from the start of the tile data. Positions are degrees.
type Header struct {
	RootOffset, RootLength         uint64
	MetadataOffset, MetadataLength uint64
	LeavesOffset, LeavesLength     uint64
	DataOffset, DataLength         uint64

	Addressed uint64 // tiles that a reader finds
	Entries   uint64 // of directories, runs of equal tiles counted once
	Contents  uint64 // different tiles

	Clustered        bool // tile data is in the order of ids
	Internal         Compression
	TileCompression  Compression
	TileType         uint8
	MinZoom, MaxZoom uint8

	West, South, East, North float64
	CenterZoom               uint8
	CenterLon, CenterLat     float64
}

func (h Header) bytes() []byte {
	b := append(make([]byte, 0, headerSize), "PMTiles"...)
	b = append(b, version)
	for _, v := range []uint64{
		h.RootOffset, h.RootLength, h.MetadataOffset, h.MetadataLength, h.LeavesOffset, h.LeavesLength,
		h.DataOffset, h.DataLength, h.Addressed, h.Entries, h.Contents,
	} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	clustered := byte(0)
	if h.Clustered {
		clustered = 1
	}
	b = append(b, clustered, byte(h.Internal), byte(h.TileCompression), h.TileType, h.MinZoom, h.MaxZoom)
	degrees := func(v float64) { b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(v*1e7)))) }
	degrees(h.West)
	degrees(h.South)
	degrees(h.East)
	degrees(h.North)
	b = append(b, h.CenterZoom)
	degrees(h.CenterLon)
	degrees(h.CenterLat)
	return b
}

func readHeader(b []byte) (h Header, err error) {
	if len(b) < headerSize || string(b[:7]) != "PMTiles" {
		return h, fmt.Errorf("%w: it does not begin as one", ErrCorrupt)
	}
	if b[7] != version {
		return h, fmt.Errorf("%w: version %d, not %d", ErrCorrupt, b[7], version)
	}
	b = b[8:]
	for _, v := range []*uint64{
		&h.RootOffset, &h.RootLength, &h.MetadataOffset, &h.MetadataLength, &h.LeavesOffset, &h.LeavesLength,
		&h.DataOffset, &h.DataLength, &h.Addressed, &h.Entries, &h.Contents,
	} {
		*v = binary.LittleEndian.Uint64(b)
		b = b[8:]
	}
	h.Clustered = b[0] == 1
	h.Internal, h.TileCompression, h.TileType = Compression(b[1]), Compression(b[2]), b[3]
	h.MinZoom, h.MaxZoom = b[4], b[5]
	b = b[6:]
	degrees := func(v *float64) {
		*v = float64(int32(binary.LittleEndian.Uint32(b))) / 1e7
		b = b[4:]
	}
	degrees(&h.West)
	degrees(&h.South)
	degrees(&h.East)
	degrees(&h.North)
	h.CenterZoom, b = b[0], b[1:]
	degrees(&h.CenterLon)
	degrees(&h.CenterLat)
	if h.Internal != NoCompression && h.Internal != Gzip {
		return h, fmt.Errorf("%w: directories in compression %d are not read here", ErrCorrupt, h.Internal)
	}
	if h.MinZoom > h.MaxZoom || h.MaxZoom > MaxZoom {
		return h, fmt.Errorf("%w: zooms %d to %d", ErrCorrupt, h.MinZoom, h.MaxZoom)
	}
	return h, nil
}
