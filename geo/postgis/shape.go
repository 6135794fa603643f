// This file is the only one of the project that uses go-geom: orb's types are
// the vocabulary everywhere else.

package postgis

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"github.com/twpayne/go-geom/encoding/wkbcommon"

	"tengdi/geo"
)

// maxVertices is the most that one geometry may have; the tables check it too.
const maxVertices = 100_000

// limitDecoder bounds what go-geom allocates on the word of a length field.
// Its default is unlimited, and then 25 bytes can end the process. The limit is
// one variable of the whole process, therefore it is set once, not per store.
var limitDecoder = sync.OnceFunc(func() {
	for i := range wkbcommon.MaxGeometryElements {
		wkbcommon.MaxGeometryElements[i] = maxVertices
	}
})

// encodeShape gives the EWKB of a geometry, the form of PostGIS that carries
// the SRID. Coordinates are taken as they are: lon, lat or easting, northing.
func encodeShape(srid int, g orb.Geometry) ([]byte, error) {
	t, err := toGeom(srid, g)
	if err != nil {
		return nil, err
	}
	return ewkb.Marshal(t, binary.LittleEndian)
}

// decodeShape reads EWKB; no bytes are no geometry. Rings stay as stored:
// closed, exterior first.
func decodeShape(b []byte) (orb.Geometry, error) {
	limitDecoder()
	if len(b) == 0 {
		return nil, nil
	}
	t, err := ewkb.Unmarshal(b)
	if err != nil {
		return nil, fmt.Errorf("ewkb: %w", err)
	}
	return fromGeom(t)
}

func toGeom(srid int, g orb.Geometry) (geom.T, error) {
	switch g := g.(type) {
	case orb.Point:
		return geom.NewPointFlat(geom.XY, []float64{g[0], g[1]}).SetSRID(srid), nil
	case orb.LineString:
		return geom.NewLineStringFlat(geom.XY, appendPoints(nil, g)).SetSRID(srid), nil
	case orb.MultiLineString:
		var flat []float64
		var ends []int
		for _, l := range g {
			flat = appendPoints(flat, l)
			ends = append(ends, len(flat))
		}
		return geom.NewMultiLineStringFlat(geom.XY, flat, ends).SetSRID(srid), nil
	case orb.Polygon:
		flat, ends := appendRings(nil, nil, g)
		return geom.NewPolygonFlat(geom.XY, flat, ends).SetSRID(srid), nil
	case orb.MultiPolygon:
		var flat []float64
		var endss [][]int
		for _, p := range g {
			var ends []int
			flat, ends = appendRings(flat, nil, p)
			endss = append(endss, ends)
		}
		return geom.NewMultiPolygonFlat(geom.XY, flat, endss).SetSRID(srid), nil
	}
	return nil, geo.Errorf(geo.Invalid, "a geometry of type %T is not land", "不支持的图形类型 %T", g)
}

func appendPoints[T ~[]orb.Point](flat []float64, points T) []float64 {
	for _, p := range points {
		flat = append(flat, p[0], p[1])
	}
	return flat
}

func appendRings(flat []float64, ends []int, p orb.Polygon) ([]float64, []int) {
	for _, r := range p {
		flat = appendPoints(flat, r)
		ends = append(ends, len(flat))
	}
	return flat, ends
}

func fromGeom(t geom.T) (orb.Geometry, error) {
	flat, stride := t.FlatCoords(), t.Stride()
	switch t := t.(type) {
	case *geom.Point:
		if len(flat) < 2 {
			return nil, nil
		}
		return orb.Point{flat[0], flat[1]}, nil
	case *geom.LineString:
		return orb.LineString(points(flat, stride)), nil
	case *geom.MultiLineString:
		out := make(orb.MultiLineString, 0, len(t.Ends()))
		from := 0
		for _, end := range t.Ends() {
			out = append(out, points(flat[from:end], stride))
			from = end
		}
		return out, nil
	case *geom.Polygon:
		p, _ := rings(flat, stride, 0, t.Ends())
		return p, nil
	case *geom.MultiPolygon:
		out := make(orb.MultiPolygon, 0, len(t.Endss()))
		from := 0
		for _, ends := range t.Endss() {
			var p orb.Polygon
			p, from = rings(flat, stride, from, ends)
			out = append(out, p)
		}
		return out, nil
	}
	return nil, fmt.Errorf("a stored geometry of type %T", t)
}

func points(flat []float64, stride int) []orb.Point {
	out := make([]orb.Point, 0, len(flat)/stride)
	for i := 0; i+1 < len(flat); i += stride {
		out = append(out, orb.Point{flat[i], flat[i+1]})
	}
	return out
}

func rings(flat []float64, stride, from int, ends []int) (orb.Polygon, int) {
	out := make(orb.Polygon, 0, len(ends))
	for _, end := range ends {
		out = append(out, points(flat[from:end], stride))
		from = end
	}
	return out, from
}
