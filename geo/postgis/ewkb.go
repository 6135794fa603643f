package postgis

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/paulmach/orb"
)

// EWKB type words, as far as the map has them: PostGIS sets one bit for the SRID.
const (
	ewkbPoint        = 1
	ewkbPolygon      = 3
	ewkbMultiPolygon = 6
	ewkbHasSRID      = 0x20000000
)

var errEWKB = errors.New("ewkb: the bytes end too early or go on too long")

// shapeReader decodes many geometries into shared memory: reading a whole layer
// through go-geom takes an allocation per ring. What it returns stays valid and
// is shared with nothing that is written again.
type shapeReader struct {
	points []orb.Point
	rings  []orb.Ring
	polys  []orb.Polygon
}

// expect makes room for the geometries of size bytes of EWKB.
func (r *shapeReader) expect(size int) {
	r.points = make([]orb.Point, 0, size/16)
}

// decode is decodeShape for points, polygons and multipolygons in little endian,
// which is what PostGIS writes on the machines it runs on; everything else goes
// through decodeShape.
func (r *shapeReader) decode(b []byte) (orb.Geometry, error) {
	in := ewkbBytes{b: b}
	kind, ok := in.header()
	if !ok {
		return decodeShape(b)
	}
	var g orb.Geometry
	switch kind {
	case ewkbPoint:
		p := in.point()
		if math.IsNaN(p[0]) && math.IsNaN(p[1]) { // how EWKB says that there is no point
			return decodeShape(b)
		}
		g = p
	case ewkbPolygon:
		g = r.polygon(&in)
	case ewkbMultiPolygon:
		g = r.multi(&in)
	default:
		return decodeShape(b)
	}
	if in.bad || len(in.b) > 0 {
		return nil, errEWKB
	}
	return g, nil
}

func (r *shapeReader) multi(in *ewkbBytes) orb.MultiPolygon {
	n := in.count(9) // a polygon has at least its header and a count
	from := len(r.polys)
	for range n {
		kind, ok := in.header()
		if !ok || kind != ewkbPolygon {
			in.bad = true
			return nil
		}
		// The polygons of one multipolygon follow each other; nothing else is
		// appended to polys meanwhile.
		r.polys = append(r.polys, r.polygon(in))
	}
	return orb.MultiPolygon(r.polys[from:len(r.polys):len(r.polys)])
}

func (r *shapeReader) polygon(in *ewkbBytes) orb.Polygon {
	n := in.count(4) // a ring has at least its count
	from := len(r.rings)
	for range n {
		points := in.count(16)
		first := len(r.points)
		for range points {
			r.points = append(r.points, in.point())
		}
		r.rings = append(r.rings, orb.Ring(r.points[first:len(r.points):len(r.points)]))
	}
	return orb.Polygon(r.rings[from:len(r.rings):len(r.rings)])
}

// ewkbBytes reads what is left of a geometry; after bad everything is zero.
type ewkbBytes struct {
	b   []byte
	bad bool
}

// header reads the byte order and the type word, and skips the SRID. The second
// result is false for another byte order, further dimensions or too few bytes.
func (in *ewkbBytes) header() (uint32, bool) {
	if len(in.b) < 5 || in.b[0] != 1 {
		return 0, false
	}
	kind := binary.LittleEndian.Uint32(in.b[1:])
	in.b = in.b[5:]
	if kind&ewkbHasSRID != 0 {
		if len(in.b) < 4 {
			return 0, false
		}
		in.b = in.b[4:]
		kind &^= ewkbHasSRID
	}
	return kind, true
}

// count reads how many parts follow, of at least so many bytes each.
func (in *ewkbBytes) count(each int) int {
	if len(in.b) < 4 || in.bad {
		in.bad = true
		return 0
	}
	n := int64(binary.LittleEndian.Uint32(in.b))
	in.b = in.b[4:]
	if n > maxVertices || n*int64(each) > int64(len(in.b)) {
		in.bad = true
		return 0
	}
	return int(n)
}

func (in *ewkbBytes) point() orb.Point {
	if len(in.b) < 16 || in.bad {
		in.bad = true
		return orb.Point{}
	}
	x := math.Float64frombits(binary.LittleEndian.Uint64(in.b))
	y := math.Float64frombits(binary.LittleEndian.Uint64(in.b[8:]))
	in.b = in.b[16:]
	return orb.Point{x, y}
}
