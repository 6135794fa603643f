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

// Feature is one feature of a decoded layer: Polygons or Points, never both.
// Values are string, int64, float64 or bool; an absent one is not in the map.
type Feature struct {
	ID       uint64
	Polygons []Polygon
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
// and what the engine adds to it (ids in ascending order, no unused value, no
// empty layer), is an error when it is not. No bytes are a tile with nothing in it.
func Decode(raw []byte) ([]Layer, error) {
	var out []Layer
	names := map[string]bool{}
	err := readFields(raw, func(f field) error {
		if f.number != 3 || f.wire != 2 {
			return fmt.Errorf("tile field %d", f.number)
		}
		l, err := decodeLayer(f.data)
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

func decodeLayer(b []byte) (Layer, error) {
	var l Layer
	var features [][]byte
	var values []any
	side, version := uint64(0), uint64(0)
	err := readFields(b, func(f field) error {
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
		default:
			return fmt.Errorf("layer field %d", f.number)
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	if l.Name == "" || side != extent || version != 2 || len(features) == 0 {
		return l, fmt.Errorf("name %q, extent %d, version %d, %d features", l.Name, side, version, len(features))
	}
	used := make([]bool, len(values))
	last := uint64(0)
	for i, data := range features {
		f, err := decodeFeature(data, l.Keys, values, used)
		if err != nil {
			return l, fmt.Errorf("feature %d: %w", f.ID, err)
		}
		if i > 0 && f.ID <= last {
			return l, fmt.Errorf("feature %d after %d", f.ID, last)
		}
		last = f.ID
		l.Features = append(l.Features, f)
	}
	for i, u := range used {
		if !u {
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

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

func uvarints(b []byte) ([]uint64, error) {
	var out []uint64
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errShort
		}
		out, b = append(out, v), b[n:]
	}
	return out, nil
}

func decodeFeature(b []byte, keys []string, values []any, used []bool) (Feature, error) {
	out := Feature{Values: map[string]any{}}
	var tags, geometry []uint64
	kind, hasID := uint64(0), false
	err := readFields(b, func(f field) error {
		var err error
		switch f.number {
		case 1:
			out.ID, hasID = f.varint, true
		case 2:
			tags, err = uvarints(f.data)
		case 3:
			kind = f.varint
		case 4:
			geometry, err = uvarints(f.data)
		default:
			err = fmt.Errorf("feature field %d", f.number)
		}
		return err
	})
	if err != nil {
		return out, err
	}
	if !hasID || len(tags)%2 != 0 {
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
	switch kind {
	case 1:
		return out, out.readPoints(geometry)
	case 3:
		return out, out.readPolygons(geometry)
	}
	return out, fmt.Errorf("geometry type %d", kind)
}

func (f *Feature) readPoints(g []uint64) error {
	if len(g) < 3 || g[0]&7 != 1 || uint64(len(g)) != 1+2*(g[0]>>3) {
		return fmt.Errorf("point commands %v", g)
	}
	at := XY{}
	for i := 1; i < len(g); i += 2 {
		at = XY{at[0] + unzigzag(g[i]), at[1] + unzigzag(g[i+1])}
		f.Points = append(f.Points, at)
	}
	return nil
}

func (f *Feature) readPolygons(g []uint64) error {
	at := XY{}
	for len(g) > 0 {
		if len(g) < 4 || g[0] != 1<<3|1 || g[3]&7 != 2 {
			return fmt.Errorf("ring does not begin with MoveTo(1), LineTo")
		}
		n := g[3] >> 3
		if n < 2 || uint64(len(g)) < 4+2*n+1 || g[4+2*n] != 1<<3|7 {
			return fmt.Errorf("ring of LineTo(%d) is not closed", n)
		}
		steps := append(append([]uint64{}, g[1:3]...), g[4:4+2*n]...)
		var r []XY
		for i := 0; i < len(steps); i += 2 {
			dx, dy := unzigzag(steps[i]), unzigzag(steps[i+1])
			if i > 0 && dx == 0 && dy == 0 {
				return errors.New("a step of length zero")
			}
			at = XY{at[0] + dx, at[1] + dy}
			r = append(r, at)
		}
		if r[0] == r[len(r)-1] {
			return errors.New("the closing point is written")
		}
		switch a := ringArea(r); {
		case a > 0:
			f.Polygons = append(f.Polygons, Polygon{r})
		case a < 0 && len(f.Polygons) > 0:
			last := len(f.Polygons) - 1
			f.Polygons[last] = append(f.Polygons[last], r)
		default:
			return fmt.Errorf("ring of doubled area %d, first: %v", a, len(f.Polygons) == 0)
		}
		g = g[4+2*n+1:]
	}
	if len(f.Polygons) == 0 {
		return errors.New("no geometry")
	}
	return nil
}

// ringArea is twice the signed area by the surveyor's formula.
func ringArea(r []XY) int64 {
	var sum int64
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += p[0]*q[1] - q[0]*p[1]
	}
	return sum
}

// Area is the area of the feature's polygons in square units.
func (f Feature) Area() float64 {
	var sum int64
	for _, p := range f.Polygons {
		for _, r := range p {
			sum += ringArea(r)
		}
	}
	return float64(sum) / 2
}
