package tiletest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// extent is the side of a tile in its own units, and buffer how far beyond its edge
// it carries geometry. They are tiles.Extent and tiles.Buffer, written again: the
// tests of package tiles use this package, which therefore cannot import it.
const (
	extent = 4096
	buffer = 64
)

// XY is a position in a tile: units of its grid to the east and to the south of its
// north-western corner.
type XY [2]int64

// Polygon is an exterior ring and its holes, without closing points.
type Polygon [][]XY

// Feature is one feature of a decoded layer: Polygons, Lines or Points, never two
// of them. Values are string, int64, float64 or bool; an absent one is not in the
// map. A tile of another may leave the ID out, which is then 0.
type Feature struct {
	ID       uint64
	Polygons []Polygon
	Lines    [][]XY
	Points   []XY
	Values   map[string]any
}

// Layer is one layer of a decoded tile.
type Layer struct {
	Name     string
	Keys     []string
	Features []Feature
}

type field struct {
	number int
	wire   int
	varint uint64
	data   []byte
}

var errShort = errors.New("message ends early")

func readFields(b []byte, visit func(field) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			return errShort
		}
		b = b[n:]
		f := field{number: int(key >> 3), wire: int(key & 7)}
		switch f.wire {
		case 0:
			if f.varint, n = binary.Uvarint(b); n <= 0 {
				return errShort
			}
			b = b[n:]
		case 1:
			if len(b) < 8 {
				return errShort
			}
			f.varint = binary.LittleEndian.Uint64(b)
			b = b[8:]
		case 2:
			l, n := binary.Uvarint(b)
			if n <= 0 || l > uint64(len(b)-n) {
				return errShort
			}
			f.data = b[n : n+int(l)]
			b = b[n+int(l):]
		case 5:
			if len(b) < 4 {
				return errShort
			}
			f.varint = uint64(binary.LittleEndian.Uint32(b))
			b = b[4:]
		default:
			return fmt.Errorf("wire type %d", f.wire)
		}
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// Decode reads a tile and checks it: whatever the specification says must be so,
// and what the engine adds to it (polygons and points only, ids in ascending
// order, no unused value, no empty layer, the engine's extent), is an error when
// it is not. No bytes are a tile with nothing in it.
func Decode(raw []byte) ([]Layer, error) { return decode(raw, true) }

// DecodeAny reads any tile that the specification allows (MVT 2.1; a layer may
// also say that it is of version 1), whoever made it. What the specification
// forbids is an error, and so is a geometry type or a kind of value that it does
// not have.
func DecodeAny(raw []byte) ([]Layer, error) { return decode(raw, false) }

func decode(raw []byte, strict bool) ([]Layer, error) {
	var out []Layer
	names := map[string]bool{}
	err := readFields(raw, func(f field) error {
		if f.number != 3 || f.wire != 2 {
			return fmt.Errorf("tile field %d, wire %d", f.number, f.wire)
		}
		l, err := decodeLayer(f.data, strict)
		if err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
		if names[l.Name] {
			return fmt.Errorf("layer %q comes twice", l.Name)
		}
		names[l.Name] = true
		out = append(out, l)
		return nil
	})
	return out, err
}

// layerWire is how each field of a layer is written.
func layerWire(number int) (wire int, known bool) {
	switch number {
	case 1, 2, 3, 4:
		return 2, true
	case 5, 15:
		return 0, true
	}
	return 0, false
}

func decodeLayer(b []byte, strict bool) (Layer, error) {
	var l Layer
	var features [][]byte
	var values []any
	side, version := uint64(extent), uint64(0)
	err := readFields(b, func(f field) error {
		if wire, known := layerWire(f.number); !known || wire != f.wire {
			return fmt.Errorf("layer field %d, wire %d", f.number, f.wire)
		}
		switch f.number {
		case 1:
			l.Name = string(f.data)
		case 2:
			features = append(features, f.data)
		case 3:
			l.Keys = append(l.Keys, string(f.data))
		case 4:
			v, err := decodeValue(f.data)
			values = append(values, v)
			return err
		case 5:
			side = f.varint
		case 15:
			version = f.varint
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	if l.Name == "" || version != 2 && version != 1 || side == 0 {
		return l, fmt.Errorf("name %q, extent %d, version %d", l.Name, side, version)
	}
	if strict && (side != extent || version != 2 || len(features) == 0) {
		return l, fmt.Errorf("extent %d, version %d, %d features", side, version, len(features))
	}
	used := make([]bool, len(values))
	last := uint64(0)
	for i, data := range features {
		f, err := decodeFeature(data, l.Keys, values, used, strict)
		if err != nil {
			return l, fmt.Errorf("feature %d: %w", f.ID, err)
		}
		if strict && i > 0 && f.ID <= last {
			return l, fmt.Errorf("feature %d after %d", f.ID, last)
		}
		last = f.ID
		l.Features = append(l.Features, f)
	}
	for i, u := range used {
		if strict && !u {
			return l, fmt.Errorf("value %v is not used", values[i])
		}
	}
	return l, nil
}

func decodeValue(b []byte) (any, error) {
	var v any
	err := readFields(b, func(f field) error {
		if v != nil {
			return errors.New("two values in one")
		}
		switch {
		case f.number == 1 && f.wire == 2:
			v = string(f.data)
		case f.number == 2 && f.wire == 5:
			v = float64(math.Float32frombits(uint32(f.varint)))
		case f.number == 3 && f.wire == 1:
			v = math.Float64frombits(f.varint)
		case (f.number == 4 || f.number == 5) && f.wire == 0:
			v = int64(f.varint)
		case f.number == 6 && f.wire == 0:
			v = unzigzag(f.varint)
		case f.number == 7 && f.wire == 0:
			v = f.varint == 1
		default:
			return fmt.Errorf("value field %d, wire %d", f.number, f.wire)
		}
		return nil
	})
	if err == nil && v == nil {
		err = errors.New("empty value")
	}
	return v, err
}

func decodeFeature(b []byte, keys []string, values []any, used []bool, strict bool) (Feature, error) {
	out := Feature{Values: map[string]any{}}
	var tags, geometry []uint64
	var kind uint64
	var seen [5]bool
	err := readFields(b, func(f field) error {
		if f.number < 1 || f.number > 4 || f.wire != [...]int{1: 0, 2: 2, 3: 0, 4: 2}[f.number] || seen[f.number] {
			return fmt.Errorf("feature field %d, wire %d, seen %v", f.number, f.wire, f.number < 5 && seen[f.number])
		}
		seen[f.number] = true
		var err error
		switch f.number {
		case 1:
			out.ID = f.varint
		case 2:
			tags, err = uvarints(f.data)
		case 3:
			kind = f.varint
		case 4:
			geometry, err = uvarints(f.data)
		}
		return err
	})
	if err != nil {
		return out, err
	}
	if hasID := seen[1] || !strict; !hasID || len(tags)%2 != 0 {
		return out, fmt.Errorf("id %v, %d tags", hasID, len(tags))
	}
	for i := 0; i < len(tags); i += 2 {
		if tags[i] >= uint64(len(keys)) || tags[i+1] >= uint64(len(values)) {
			return out, fmt.Errorf("tag %d=%d is out of range", tags[i], tags[i+1])
		}
		key := keys[tags[i]]
		if _, twice := out.Values[key]; twice {
			return out, fmt.Errorf("key %q twice", key)
		}
		out.Values[key] = values[tags[i+1]]
		used[tags[i+1]] = true
	}
	switch {
	case kind == 1:
		return out, out.readPoints(geometry)
	case kind == 2 && !strict:
		return out, out.readLines(geometry)
	case kind == 3:
		return out, out.readPolygons(geometry)
	case kind == 0 && seen[3] && len(geometry) > 0 && !strict:
		return out, nil // "unknown", in so many words: nobody has to know what it is
	}
	return out, fmt.Errorf("geometry type %d", kind)
}
