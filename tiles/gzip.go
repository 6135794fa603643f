package tiles

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"sync"

	"github.com/klauspost/compress/flate"

	"tengdi/tiles/deflate"
)

// Fresh tiles are compressed as one gzip member, in blocks by which all processors work
// on a large one. The bytes are the same however many there are: a block knows nothing of
// the others. Higher levels of compression cost more time than they save on the wire.

// deflated is the memory of one block.
var deflated = sync.Pool{New: func() any { return new([]byte) }}

// gzipHead begins a gzip file without a name and a time (RFC 1952): deflate, made
// by the fastest algorithm on an unknown system.
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"

// gzipped is raw as one gzip member, in a slice of its own. The bytes are a function of
// raw alone. All blocks but the last end at a whole byte, so that the next can follow.
func gzipped(raw []byte) ([]byte, error) {
	n := max(1, (len(raw)+deflate.Block-1)/deflate.Block)
	blocks, faults := make([]*[]byte, n), make([]error, n)
	parallel(n, func(i int) {
		from, to := i*deflate.Block, min((i+1)*deflate.Block, len(raw))
		b := deflated.Get().(*[]byte)
		*b, faults[i] = deflateBlock((*b)[:0], raw[from:to], i == n-1)
		blocks[i] = b
	})
	size := len(gzipHead) + 8
	for i, b := range blocks {
		defer deflated.Put(b)
		if faults[i] != nil {
			return nil, faults[i]
		}
		size += len(*b)
	}
	out := append(make([]byte, 0, size), gzipHead...)
	for _, b := range blocks {
		out = append(out, *b...)
	}
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(raw))
	return binary.LittleEndian.AppendUint32(out, uint32(len(raw))), nil // modulo 2^32, as RFC 1952 has it
}

// deflateBlock appends a block: by what is known of tiles or, where that is of little use,
// by a compressor for anything.
func deflateBlock(dst, raw []byte, last bool) ([]byte, error) {
	if out, ok := deflate.Append(dst, raw, last); ok {
		return out, nil
	}
	b := bytes.NewBuffer(dst)
	err := flate.StatelessDeflate(b, raw, last, nil)
	return b.Bytes(), err
}
