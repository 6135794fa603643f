package pmtiles

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"sort"

	"github.com/klauspost/compress/gzip"
)

// entry is a row of a directory: run tiles from id on have the same bytes at
// offset of the tile data; with run 0 it is a leaf directory that begins with id.
type entry struct {
	id, offset uint64
	length     uint32
	run        uint32
}

// Limits of what is read from a file that somebody else may have written.
const (
	maxDirectory = 64 << 20 // bytes of a directory, unpacked
	maxDepth     = 4        // directories above each other
)

// pack writes a directory: the columns of its entries one after the other.
func pack(entries []entry) []byte {
	b := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.run))
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			b = append(b, 0) // it follows the one before
			continue
		}
		b = binary.AppendUvarint(b, e.offset+1)
	}
	return zip(b)
}

// unpack reads a directory of at most maxDirectory bytes.
func unpack(b []byte, c Compression) ([]entry, error) {
	if c == Gzip {
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		if b, err = io.ReadAll(io.LimitReader(r, maxDirectory+1)); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		if len(b) > maxDirectory {
			return nil, fmt.Errorf("%w: a directory of more than %d bytes", ErrCorrupt, maxDirectory)
		}
	}
	whole := true
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			whole, b = false, nil
			return 0
		}
		b = b[n:]
		return v
	}
	n := next()
	if n > uint64(len(b))/4 { // an entry takes four bytes at least
		return nil, fmt.Errorf("%w: a directory is cut off", ErrCorrupt)
	}
	entries := make([]entry, n)
	id := uint64(0)
	for i := range entries {
		step := next()
		if i > 0 && step == 0 || id+step < id {
			return nil, fmt.Errorf("%w: a directory is out of order", ErrCorrupt)
		}
		id += step
		entries[i].id = id
	}
	for i := range entries {
		entries[i].run = uint32(next())
	}
	for i := range entries {
		entries[i].length = uint32(next())
	}
	for i := range entries {
		switch v := next(); {
		case v > 0:
			entries[i].offset = v - 1
		case i > 0:
			entries[i].offset = entries[i-1].offset + uint64(entries[i-1].length)
		default:
			whole = false
		}
	}
	if !whole {
		return nil, fmt.Errorf("%w: a directory is cut off", ErrCorrupt)
	}
	return entries, nil
}

// find is the entry that has the tile, or the leaf directory that may have it.
func find(entries []entry, id uint64) (entry, bool) {
	i := sort.Search(len(entries), func(i int) bool { return entries[i].id > id }) - 1
	if i < 0 {
		return entry{}, false
	}
	e := entries[i]
	return e, e.run == 0 || id < e.id+uint64(e.run)
}

// directories packs entries into a root that fits beside the header and, where
// they are too many, leaves below it.
func directories(entries []entry) (root, leaves []byte) {
	if root = pack(entries); len(root) <= rootLimit-headerSize {
		return root, nil
	}
	for size := 4096; ; size *= 2 {
		leaves = leaves[:0]
		var tops []entry
		for i := 0; i < len(entries); i += size {
			leaf := pack(entries[i:min(i+size, len(entries))])
			tops = append(tops, entry{id: entries[i].id, offset: uint64(len(leaves)), length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		if root = pack(tops); len(root) <= rootLimit-headerSize {
			return root, leaves
		}
	}
}

// zip compresses with gzip; equal input gives equal bytes.
func zip(b []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil { // only for a level that does not exist
		panic(err)
	}
	// Writes to a buffer do not fail.
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}
