package tiles

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// A saved file is a stream of frames, so that nothing of it is believed before its
// checksum: length and CRC-32C (of the frame's number and its bytes) as 32 bits
// each, little endian, then the bytes. A frame without bytes is the end; what ends
// elsewhere is torn.
const maxFrame = 256 << 10

var (
	frameTable = crc32.MakeTable(crc32.Castagnoli)

	errTorn    = errors.New("it ends too early")
	errDamaged = errors.New("a checksum is wrong")
)

func frameSum(n uint64, data []byte) uint32 {
	var number [8]byte
	binary.LittleEndian.PutUint64(number[:], n)
	return crc32.Update(crc32.Checksum(number[:], frameTable), frameTable, data)
}

// frameWriter cuts what it is given into frames. After the first error it writes
// nothing more.
type frameWriter struct {
	w   io.Writer
	buf []byte
	n   uint64
	err error
	// absent calls f with the next chunk that is not in memory.
	absent func(f func(*chunk) error) error
}

func newFrameWriter(w io.Writer) *frameWriter {
	return &frameWriter{w: w, buf: make([]byte, 0, maxFrame)}
}

func (f *frameWriter) bytes(b []byte) {
	for len(b) > 0 && f.err == nil {
		n := copy(f.buf[len(f.buf):maxFrame], b)
		f.buf, b = f.buf[:len(f.buf)+n], b[n:]
		if len(f.buf) == maxFrame {
			f.flush()
		}
	}
}

func (f *frameWriter) uvarint(v uint64) {
	var b [binary.MaxVarintLen64]byte
	f.bytes(b[:binary.PutUvarint(b[:], v)])
}

func (f *frameWriter) text(s string) {
	f.uvarint(uint64(len(s)))
	f.bytes([]byte(s))
}

func (f *frameWriter) flush() {
	var head [8]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(f.buf)))
	binary.LittleEndian.PutUint32(head[4:], frameSum(f.n, f.buf))
	f.n++
	if f.err == nil {
		_, f.err = f.w.Write(head[:])
	}
	if f.err == nil && len(f.buf) > 0 {
		_, f.err = f.w.Write(f.buf)
	}
	f.buf = f.buf[:0]
}

// close writes what is left, and the end.
func (f *frameWriter) close() error {
	if len(f.buf) > 0 {
		f.flush()
	}
	f.flush()
	return f.err
}

// frameReader reads frames. After the first error everything is zero.
type frameReader struct {
	r    io.Reader
	left int64 // bytes of the file that were not read yet
	buf  []byte
	rest []byte // of the frame
	n    uint64
	err  error
	take func(*chunk) error // takes over each chunk; nil = they stay where they are read
}

func newFrameReader(r io.Reader, size int64) *frameReader {
	return &frameReader{r: r, left: size, buf: make([]byte, maxFrame)}
}

// remaining bounds what can still come.
func (f *frameReader) remaining() int64 { return f.left + int64(len(f.rest)) }

// next reads a frame; false at the end and after an error.
func (f *frameReader) next() bool {
	if f.err != nil {
		return false
	}
	var head [8]byte
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		f.fail(errTorn)
		return false
	}
	size := binary.LittleEndian.Uint32(head[:])
	if size > maxFrame || int64(size)+8 > f.left {
		f.fail(errTorn)
		return false
	}
	f.left -= int64(size) + 8
	if _, err := io.ReadFull(f.r, f.buf[:size]); err != nil {
		f.fail(errTorn)
		return false
	}
	f.rest = f.buf[:size]
	if binary.LittleEndian.Uint32(head[4:]) != frameSum(f.n, f.rest) {
		f.fail(errDamaged)
		return false
	}
	f.n++
	return size > 0
}

func (f *frameReader) fail(err error) {
	f.rest = nil
	if f.err == nil {
		f.err = err
	}
}

func (f *frameReader) bytes(b []byte) {
	for len(b) > 0 {
		if len(f.rest) == 0 && !f.next() {
			f.fail(errTorn)
			clear(b)
			return
		}
		n := copy(b, f.rest)
		f.rest, b = f.rest[n:], b[n:]
	}
}

func (f *frameReader) uvarint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		var b [1]byte
		f.bytes(b[:])
		v |= uint64(b[0]&0x7f) << shift
		if b[0] < 0x80 {
			return v
		}
	}
	f.fail(errDamaged)
	return 0
}

// count reads a number of things that take at least so many bytes each.
func (f *frameReader) count(each int64) int {
	n := f.uvarint()
	if n > uint64(max(f.remaining(), 0)) || int64(n)*each > f.remaining() {
		f.fail(errTorn)
		return 0
	}
	return int(n)
}

func (f *frameReader) text() string {
	b := make([]byte, f.count(1))
	f.bytes(b)
	return string(b)
}

// end reports what is wrong, or that something follows where nothing may.
func (f *frameReader) end() error {
	if f.err == nil && (len(f.rest) > 0 || f.next()) {
		f.fail(errDamaged)
	}
	if f.left > 0 {
		f.fail(errDamaged)
	}
	return f.err
}
