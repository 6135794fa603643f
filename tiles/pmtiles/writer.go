package pmtiles

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// Scratch is where a Writer keeps tiles until it knows how many there are: a
// temporary file that it may read again.
type Scratch interface {
	io.Writer
	io.ReadSeeker
}

// Writer makes an archive of gzipped vector tiles.
type Writer struct {
	scratch Scratch
	out     *bufio.Writer
	entries []entry
	known   map[[sha256.Size]byte]place
	next    uint64 // where the next tile goes
	last    uint64 // id of the last tile, once there is one
	count   uint64
}

type place struct {
	offset uint64
	length uint32
}

// NewWriter begins an archive whose tiles are gathered in scratch, which is empty.
func NewWriter(scratch Scratch) *Writer {
	return &Writer{scratch: scratch, out: bufio.NewWriterSize(scratch, 1<<20), known: map[[sha256.Size]byte]place{}}
}

// Add appends a tile, gzipped. Tiles come in the order of ID, each once; one
// without bytes is left out: a reader finds nothing there.
func (w *Writer) Add(z, x, y uint32, gzipped []byte) error {
	if z > MaxZoom || x>>z != 0 || y>>z != 0 {
		return fmt.Errorf("pmtiles: there is no tile %d/%d/%d", z, x, y)
	}
	id := ID(z, x, y)
	if w.count > 0 && id <= w.last {
		return fmt.Errorf("pmtiles: tile %d/%d/%d comes out of order", z, x, y)
	}
	if len(gzipped) == 0 {
		return nil
	}
	if len(gzipped) > math.MaxUint32 {
		return fmt.Errorf("pmtiles: tile %d/%d/%d has %d bytes", z, x, y, len(gzipped))
	}
	w.last = id
	w.count++
	sum := sha256.Sum256(gzipped)
	at, seen := w.known[sum]
	if !seen {
		at = place{w.next, uint32(len(gzipped))}
		w.known[sum] = at
		w.next += uint64(len(gzipped))
		if _, err := w.out.Write(gzipped); err != nil {
			return fmt.Errorf("pmtiles: keep tile %d/%d/%d: %w", z, x, y, err)
		}
	}
	if n := len(w.entries); n > 0 {
		if e := &w.entries[n-1]; e.offset == at.offset && e.id+uint64(e.run) == id {
			e.run++
			return nil
		}
	}
	w.entries = append(w.entries, entry{id: id, offset: at.offset, length: at.length, run: 1})
	return nil
}

// About is what an archive says of itself. Bounds and centre are degrees.
type About struct {
	West, South, East, North float64
	CenterLon, CenterLat     float64
	CenterZoom               uint8
	MinZoom, MaxZoom         uint8
	Metadata                 any // becomes JSON: name, attribution, vector_layers …
}

// Finish writes the archive. The Writer is of no more use.
func (w *Writer) Finish(to io.Writer, about About) (Header, error) {
	var h Header
	if w.count == 0 {
		return h, errors.New("pmtiles: an archive without tiles")
	}
	if err := w.out.Flush(); err != nil {
		return h, fmt.Errorf("pmtiles: keep tiles: %w", err)
	}
	if _, err := w.scratch.Seek(0, io.SeekStart); err != nil {
		return h, fmt.Errorf("pmtiles: read tiles again: %w", err)
	}
	text, err := json.Marshal(about.Metadata)
	if err != nil {
		return h, fmt.Errorf("pmtiles: metadata: %w", err)
	}
	metadata := zip(text)
	root, leaves := directories(w.entries)
	h = Header{
		RootOffset: headerSize, RootLength: uint64(len(root)),
		MetadataLength: uint64(len(metadata)), LeavesLength: uint64(len(leaves)), DataLength: w.next,
		Addressed: w.count, Entries: uint64(len(w.entries)), Contents: uint64(len(w.known)),
		Clustered: true, Internal: Gzip, TileCompression: Gzip, TileType: VectorTile,
		MinZoom: about.MinZoom, MaxZoom: about.MaxZoom,
		West: about.West, South: about.South, East: about.East, North: about.North,
		CenterZoom: about.CenterZoom, CenterLon: about.CenterLon, CenterLat: about.CenterLat,
	}
	h.MetadataOffset = h.RootOffset + h.RootLength
	h.LeavesOffset = h.MetadataOffset + h.MetadataLength
	h.DataOffset = h.LeavesOffset + h.LeavesLength
	for _, part := range [][]byte{h.bytes(), root, metadata, leaves} {
		if _, err := to.Write(part); err != nil {
			return h, fmt.Errorf("pmtiles: write: %w", err)
		}
	}
	n, err := io.Copy(to, w.scratch)
	if err == nil && uint64(n) != w.next {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return h, fmt.Errorf("pmtiles: write tiles: %w", err)
	}
	return h, nil
}
