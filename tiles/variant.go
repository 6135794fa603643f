package tiles

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Coding is a content coding in which a tile may be sent (RFC 9110, 8.4.1).
type Coding uint8

// The codings.
const (
	Identity Coding = iota
	Gzip
	Brotli
	Zstd
)

// String is the name that HTTP has for the coding.
func (c Coding) String() string {
	switch c {
	case Identity:
		return "identity"
	case Gzip:
		return "gzip"
	case Brotli:
		return "br"
	case Zstd:
		return "zstd"
	}
	return fmt.Sprintf("coding %d", uint8(c))
}

// What a strong tag ends with, before its closing quote, in each form that a tile
// can have: other bytes want another tag (RFC 9110, 8.8.3).
const (
	gzipMark   = "-gz"
	denseMark  = "-gz9" // gzipped again at the best level
	brotliMark = "-br"
	zstdMark   = "-zst"
)

// In is the tile in a coding, with the strong tag of just these bytes. It is
// false when the tile is not at hand in that coding; Identity always is.
func (t Tile) In(c Coding) (body []byte, etag string, ok bool) {
	mark := ""
	switch c {
	case Identity:
		return t.Raw, t.ETag, true
	case Gzip:
		body, mark = t.Gzip, gzipMark
		if t.dense {
			mark = denseMark
		}
	case Brotli:
		body, mark = t.brotli, brotliMark
	case Zstd:
		body, mark = t.zstd, zstdMark
	}
	if body == nil {
		return nil, "", false
	}
	return body, marked(t.ETag, mark), true
}

func marked(etag, mark string) string { return strings.TrimSuffix(etag, `"`) + mark + `"` }

// Tags reports whether a tag, weak or strong, is that of the tile with the given
// ETag in any coding: whoever has it has the tile.
func Tags(tag, etag string) bool {
	bare := strings.TrimSuffix(etag, `"`)
	rest, ok := strings.CutPrefix(strings.TrimPrefix(tag, "W/"), bare)
	if !ok || bare == etag {
		return false
	}
	switch strings.TrimSuffix(rest, `"`) {
	case "", gzipMark, denseMark, brotliMark, zstdMark:
		return strings.HasSuffix(rest, `"`)
	}
	return false
}

// Packed is a body that is no tile and is sent like one: in every coding, each made
// here once, at the level of what is hot.
func Packed(raw []byte, etag string) (Tile, error) {
	t := Tile{Raw: raw, ETag: etag, dense: true}
	var s squeezer
	var err error
	if t.Gzip, err = s.squeeze(raw, Gzip); err != nil {
		return t, err
	}
	for _, c := range []Coding{Brotli, Zstd} {
		body, err := s.squeeze(raw, c)
		if err != nil {
			return t, err
		}
		t, _ = t.with(c, body)
	}
	return t, nil
}

// size is the bytes that the tile takes in all its forms.
func (t Tile) size() int64 { return int64(len(t.Raw) + len(t.Gzip) + len(t.brotli) + len(t.zstd)) }

// with is the tile with a body in a coding, and whether that is worth keeping: a
// coding that is no smaller than what there is would only take memory.
func (t Tile) with(c Coding, body []byte) (Tile, bool) {
	if len(body) >= len(t.Gzip) {
		return t, false
	}
	switch c {
	case Gzip:
		t.Gzip, t.dense = body, true
	case Brotli:
		t.brotli = body
	case Zstd:
		t.zstd = body
	default:
		return t, false
	}
	return t, true
}

// Levels for tiles that are asked for again and again. Higher ones take many
// times longer for the last percent.
const (
	denseLevel  = gzip.BestCompression
	brotliLevel = 6
	zstdLevel   = zstd.SpeedBestCompression
)

// squeezer compresses what is hot. Its coders are made when they are first needed
// and go with it.
type squeezer struct {
	buf    bytes.Buffer
	gzip   *gzip.Writer
	brotli *brotli.Writer
	zstd   *zstd.Encoder
}

// squeeze is raw in a coding, in a slice of its own. The bytes are a function of
// raw and the coding alone.
func (s *squeezer) squeeze(raw []byte, c Coding) ([]byte, error) {
	s.buf.Reset()
	switch c {
	case Gzip:
		if s.gzip == nil {
			var err error
			if s.gzip, err = gzip.NewWriterLevel(nil, denseLevel); err != nil {
				return nil, err
			}
		}
		s.gzip.Reset(&s.buf)
		if _, err := s.gzip.Write(raw); err != nil {
			return nil, err
		}
		if err := s.gzip.Close(); err != nil {
			return nil, err
		}
	case Brotli:
		if s.brotli == nil {
			s.brotli = brotli.NewWriterLevel(nil, brotliLevel)
		}
		s.brotli.Reset(&s.buf)
		if _, err := s.brotli.Write(raw); err != nil {
			return nil, err
		}
		if err := s.brotli.Close(); err != nil {
			return nil, err
		}
	case Zstd:
		if s.zstd == nil {
			var err error
			if s.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstdLevel),
				zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true)); err != nil {
				return nil, err
			}
		}
		return bytes.Clone(s.zstd.EncodeAll(raw, s.buf.AvailableBuffer())), nil
	default:
		return nil, fmt.Errorf("tiles: nothing can be written as %s", c)
	}
	return bytes.Clone(s.buf.Bytes()), nil
}
