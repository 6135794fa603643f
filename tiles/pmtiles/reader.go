package pmtiles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// maxTile bounds the bytes of one tile that is read.
const maxTile = 64 << 20

// Reader finds tiles in an archive. It is safe for concurrent use as far as its
// io.ReaderAt is. It trusts nothing that the file says of its own sizes.
type Reader struct {
	r      io.ReaderAt
	header Header
	root   []entry
}

// Open reads the header and the root directory. Errors wrap ErrCorrupt, or are
// those of reading.
func Open(r io.ReaderAt) (*Reader, error) {
	head := make([]byte, headerSize)
	if _, err := r.ReadAt(head, 0); err != nil {
		if err == io.EOF {
			err = fmt.Errorf("%w: it ends in its header", ErrCorrupt)
		}
		return nil, err
	}
	h, err := readHeader(head)
	if err != nil {
		return nil, err
	}
	p := &Reader{r: r, header: h}
	if h.RootLength > rootLimit {
		return nil, fmt.Errorf("%w: a root directory of %d bytes", ErrCorrupt, h.RootLength)
	}
	p.root, err = p.directory(h.RootOffset, h.RootLength)
	return p, err
}

// Header is what the archive says of itself.
func (p *Reader) Header() Header { return p.header }

// Metadata reads the JSON of the archive into v.
func (p *Reader) Metadata(v any) error {
	b, err := p.read(p.header.MetadataOffset, p.header.MetadataLength, maxDirectory)
	if err != nil {
		return err
	}
	if p.header.Internal == Gzip {
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return fmt.Errorf("%w: metadata: %w", ErrCorrupt, err)
		}
		if b, err = io.ReadAll(io.LimitReader(r, maxDirectory)); err != nil {
			return fmt.Errorf("%w: metadata: %w", ErrCorrupt, err)
		}
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: metadata: %w", ErrCorrupt, err)
	}
	return nil
}

// Tile is the bytes of a tile, in Header().TileCompression; nil when the archive
// does not have it.
func (p *Reader) Tile(z, x, y uint32) ([]byte, error) {
	if z > MaxZoom || x>>z != 0 || y>>z != 0 {
		return nil, nil
	}
	id := ID(z, x, y)
	entries := p.root
	for range maxDepth {
		e, ok := find(entries, id)
		if !ok {
			return nil, nil
		}
		if e.run > 0 {
			return p.read(p.header.DataOffset+e.offset, uint64(e.length), maxTile)
		}
		var err error
		if entries, err = p.directory(p.header.LeavesOffset+e.offset, uint64(e.length)); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: more than %d directories above each other", ErrCorrupt, maxDepth)
}

func (p *Reader) directory(offset, length uint64) ([]entry, error) {
	b, err := p.read(offset, length, maxDirectory)
	if err != nil {
		return nil, err
	}
	return unpack(b, p.header.Internal)
}

func (p *Reader) read(offset, length, most uint64) ([]byte, error) {
	if length > most || offset > 1<<62 {
		return nil, fmt.Errorf("%w: %d bytes at %d", ErrCorrupt, length, offset)
	}
	b := make([]byte, length)
	if _, err := p.r.ReadAt(b, int64(offset)); err != nil {
		if err == io.EOF {
			err = fmt.Errorf("%w: it ends before its tiles do", ErrCorrupt)
		}
		return nil, err
	}
	return b, nil
}
