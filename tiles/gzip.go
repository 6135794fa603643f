package tiles

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"sync"

	"github.com/klauspost/compress/flate"
)

const (
	// gzipWindow is how far back the fast compressor looks from the start of a block.
	gzipWindow = 8 << 10
	// gzipBlock is the bytes of a tile that are compressed by themselves: two of the
	// pieces in which the compressor works. All processors work on a tile of two blocks
	// or more, and the bytes are the same however many there are.
	gzipBlock = 2 * (math.MaxInt16 - gzipWindow)
)

// Fresh tiles are compressed as one gzip member by a compressor that keeps no state: of
// tiles it makes two to five per cent less than deflate's level 1, in the same time.
// Higher levels cost more time than they save on the wire.

// deflated is the memory of one block.
var deflated = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// gzipHead begins a gzip file without a name and a time (RFC 1952): deflate, made
// by the fastest algorithm on an unknown system.
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"

// gzipped is raw as one gzip member, in a slice of its own. The bytes are a function of
// raw alone. All blocks but the last end at a whole byte, so that the next can follow,
// and each knows the end of the one before it.
func gzipped(raw []byte) ([]byte, error) {
	n := max(1, (len(raw)+gzipBlock-1)/gzipBlock)
	blocks, faults := make([]*bytes.Buffer, n), make([]error, n)
	parallel(n, func(i int) {
		from, to := i*gzipBlock, min((i+1)*gzipBlock, len(raw))
		b := deflated.Get().(*bytes.Buffer)
		b.Reset()
		faults[i] = flate.StatelessDeflate(b, raw[from:to], i == n-1, raw[max(0, from-gzipWindow):from])
		blocks[i] = b
	})
	size := len(gzipHead) + 8
	for i, b := range blocks {
		defer deflated.Put(b)
		if faults[i] != nil {
			return nil, faults[i]
		}
		size += b.Len()
	}
	out := append(make([]byte, 0, size), gzipHead...)
	for _, b := range blocks {
		out = append(out, b.Bytes()...)
	}
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(raw))
	return binary.LittleEndian.AppendUint32(out, uint32(len(raw))), nil // modulo 2^32, as RFC 1952 has it
}
