package tiles

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// gzipBlock is the bytes of a tile that are compressed by themselves, where it has
// at least two blocks: all processors work on one tile, and the bytes are the same
// however many there are. A block does not refer to the one before it, which makes
// the whole a few per cent larger.
const gzipBlock = 64 << 10

// gzipper compresses fresh tiles at level 1: higher levels cost more time than they
// save on the wire. Its memory is reused.
type gzipper struct {
	gz  *gzip.Writer
	buf bytes.Buffer
}

func newGzipper() gzipper {
	gz, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil { // only for a level that does not exist
		panic(err)
	}
	return gzipper{gz: gz}
}

// compress is raw gzipped, in a slice of its own. The bytes are a function of raw
// alone.
func (g *gzipper) compress(raw []byte) ([]byte, error) {
	if len(raw) >= 2*gzipBlock {
		return compressBlocks(raw)
	}
	g.buf.Reset()
	g.gz.Reset(&g.buf)
	if _, err := g.gz.Write(raw); err != nil {
		return nil, err
	}
	if err := g.gz.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(g.buf.Bytes()), nil
}

// deflater compresses one block.
type deflater struct {
	fl  *flate.Writer
	buf bytes.Buffer
}

var deflaters = sync.Pool{New: func() any {
	fl, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil { // only for a level that does not exist
		panic(err)
	}
	return &deflater{fl: fl}
}}

// deflate is a block as part of a stream (RFC 1951): all but the last end at a whole
// byte, so that the next can follow.
func (d *deflater) deflate(block []byte, last bool) ([]byte, error) {
	d.buf.Reset()
	d.fl.Reset(&d.buf)
	if _, err := d.fl.Write(block); err != nil {
		return nil, err
	}
	end := d.fl.Flush
	if last {
		end = d.fl.Close
	}
	if err := end(); err != nil {
		return nil, err
	}
	return bytes.Clone(d.buf.Bytes()), nil
}

// gzipHead begins a gzip file without a name and a time (RFC 1952): deflate, made
// by the fastest algorithm on an unknown system.
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"

// compressBlocks is raw as one gzip member whose blocks were compressed at once.
func compressBlocks(raw []byte) ([]byte, error) {
	n := (len(raw) + gzipBlock - 1) / gzipBlock
	blocks, faults := make([][]byte, n), make([]error, n)
	parallel(n, func(i int) {
		d := deflaters.Get().(*deflater)
		defer deflaters.Put(d)
		to := min((i+1)*gzipBlock, len(raw))
		blocks[i], faults[i] = d.deflate(raw[i*gzipBlock:to], i == n-1)
	})
	size := len(gzipHead) + 8
	for i, b := range blocks {
		if faults[i] != nil {
			return nil, faults[i]
		}
		size += len(b)
	}
	out := append(make([]byte, 0, size), gzipHead...)
	for _, b := range blocks {
		out = append(out, b...)
	}
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(raw))
	return binary.LittleEndian.AppendUint32(out, uint32(len(raw))), nil // modulo 2^32, as RFC 1952 has it
}
