package tiles

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
)

// Tags of the MVT Value message (vector_tile.proto 2.1): one per type, which also
// tells the type of an encoded value by its first byte.
const (
	tagString = 1<<3 | 2
	tagDouble = 3<<3 | 1
	tagUint   = 5 << 3
	tagSint   = 6 << 3
	tagBool   = 7 << 3
)

// encodeValue writes v as an MVT Value message; absent values give "".
func encodeValue(v Value) (string, error) {
	var room [64]byte
	b, err := appendValue(room[:0], v)
	return string(b), err
}

// appendValue appends v as an MVT Value message, nothing for an absent value.
// Integers become uint_value or, below zero, sint_value.
func appendValue(b []byte, v Value) ([]byte, error) {
	switch v := v.(type) {
	case nil:
	case string:
		if len(v) > maxText {
			return nil, fmt.Errorf("text of %d bytes, at most %d are allowed", len(v), maxText)
		}
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("text is not UTF-8")
		}
		b = binary.AppendUvarint(append(b, tagString), uint64(len(v)))
		b = append(b, v...)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("number %v is not finite", v)
		}
		b = binary.LittleEndian.AppendUint64(append(b, tagDouble), math.Float64bits(v))
	case int64:
		if v >= 0 {
			b = binary.AppendUvarint(append(b, tagUint), uint64(v))
		} else {
			b = binary.AppendVarint(append(b, tagSint), v)
		}
	case bool:
		b = append(b, tagBool, 0)
		if v {
			b[len(b)-1] = 1
		}
	default:
		return nil, fmt.Errorf("type %T is none of string, int64, float64, bool", v)
	}
	return b, nil
}

// kindSet is the TileJSON types seen in a field, as bits.
type kindSet uint8

const (
	kindString kindSet = 1 << iota
	kindNumber
	kindBoolean
)

// kindOf is the TileJSON type of an encoded value; absent values have none.
func kindOf(encoded string) kindSet {
	if encoded == "" {
		return 0
	}
	switch encoded[0] {
	case tagString:
		return kindString
	case tagBool:
		return kindBoolean
	}
	return kindNumber
}

// String is the word TileJSON 3.0 uses; empty when nothing or a mixture was seen.
func (k kindSet) String() string {
	switch k {
	case kindString:
		return "String"
	case kindNumber:
		return "Number"
	case kindBoolean:
		return "Boolean"
	}
	return ""
}
