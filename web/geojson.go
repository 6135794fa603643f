package web

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// coordinateDecimals is the number of decimals of a degree that are written:
// 1e-7 degrees are 11 mm, finer than any survey of land here (RFC 7946, 11.2).
const coordinateDecimals = 7

// appendCoordinate writes one number of degrees, at most seven decimals, no
// exponent, no trailing zeros, no minus zero.
func appendCoordinate(b []byte, v float64) []byte {
	at := len(b)
	b = strconv.AppendFloat(b, v, 'f', coordinateDecimals, 64)
	end := len(b)
	for b[end-1] == '0' {
		end--
	}
	if b[end-1] == '.' {
		end--
	}
	b = b[:end]
	if string(b[at:]) == "-0" {
		return append(b[:at], '0')
	}
	return b
}

func appendPoint(b []byte, p orb.Point) []byte {
	b = append(b, '[')
	b = appendCoordinate(b, p[0])
	b = append(b, ',')
	b = appendCoordinate(b, p[1])
	return append(b, ']')
}

// appendList writes the members of a list between brackets.
func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

func appendLine(b []byte, l orb.LineString) []byte { return appendList(b, l, appendPoint) }
func appendRing(b []byte, r orb.Ring) []byte       { return appendList(b, r, appendPoint) }
func appendPolygon(b []byte, p orb.Polygon) []byte { return appendList(b, p, appendRing) }

// appendGeometry writes a geometry of RFC 7946, null for none. Rings keep the
// order and winding that they have.
func appendGeometry(b []byte, g orb.Geometry) ([]byte, error) {
	open := func(kind string) { b = append(b, `{"type":"`+kind+`","coordinates":`...) }
	switch g := g.(type) {
	case nil:
		return append(b, "null"...), nil
	case orb.Point:
		open("Point")
		b = appendPoint(b, g)
	case orb.MultiPoint:
		open("MultiPoint")
		b = appendList(b, g, appendPoint)
	case orb.LineString:
		open("LineString")
		b = appendLine(b, g)
	case orb.MultiLineString:
		open("MultiLineString")
		b = appendList(b, g, appendLine)
	case orb.Polygon:
		open("Polygon")
		b = appendPolygon(b, g)
	case orb.MultiPolygon:
		open("MultiPolygon")
		b = appendList(b, g, appendPolygon)
	default:
		return nil, fmt.Errorf("geojson: %T is not written", g)
	}
	return append(b, '}'), nil
}

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil { // a string always marshals
		return append(b, `""`...)
	}
	return append(b, quoted...)
}

// appendNumber writes a number with the fewest digits that read back as the
// same one, without an exponent. What is no number is null.
func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// appendValue writes one property. A time is written as its day, in the zone it
// comes in.
func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int32:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return appendNumber(b, v), nil
	case geo.SquareMetres:
		return appendNumber(b, float64(v)), nil
	case json.Number:
		return append(b, v...), nil
	case time.Time:
		if v.IsZero() {
			return append(b, "null"...), nil
		}
		return appendText(b, v.Format(time.DateOnly)), nil
	}
	return nil, fmt.Errorf("geojson: a property of type %T is not written", v)
}

// appendFeature writes one item with the fields that the audience may read, all
// of them and in their order; what has no value is null. A property that is not
// among the fields is not written, whatever the store sent.
func appendFeature(b []byte, f geo.Feature, fields []geo.Field) ([]byte, error) {
	b = append(b, `{"type":"Feature","id":`...)
	b = appendText(b, f.Code)
	b = append(b, `,"geometry":`...)
	b, err := appendGeometry(b, f.Geometry)
	if err != nil {
		return nil, err
	}
	b = append(b, `,"properties":{`...)
	for _, field := range fields {
		b = appendText(b, field.Name)
		b = append(b, ':')
		if b, err = appendValue(b, f.Properties[field.Name]); err != nil {
			return nil, fmt.Errorf("%s %s, field %s: %w", f.Collection, f.Code, field.Name, err)
		}
		b = append(b, ',')
	}
	b = append(b, `"fid":`...)
	b = strconv.AppendInt(b, f.FID, 10)
	return append(b, '}', '}'), nil
}
