package exchange

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// geoPackageBlob reads the binary of a GeoPackage geometry column (OGC 12-128,
// 2.1.3): a header, an envelope that is passed over, and ISO well-known
// binary. srs is the reference system id of the header.
//
// Every count is checked against the bytes that are left before anything is
// allocated: the usual decoders believe the count, and 25 bytes can then take
// all memory.
func geoPackageBlob(b []byte, l Limits) (mp orb.MultiPolygon, srs int32, p *Problem) {
	const fixed = 8
	if len(b) < fixed || b[0] != 'G' || b[1] != 'P' {
		return nil, 0, blobBroken("no GeoPackage header", "没有 GeoPackage 几何头")
	}
	flags := b[3]
	var order binary.ByteOrder = binary.BigEndian
	if flags&1 != 0 {
		order = binary.LittleEndian
	}
	srs = int32(order.Uint32(b[4:]))
	if b[2] != 0 || flags&0x20 != 0 {
		return nil, srs, problemf("gpkg-extended", "geometry",
			"the geometry is of a newer version or an extension that is not known here",
			"几何使用了此处不支持的版本或扩展")
	}
	envelope, ok := envelopeBytes(flags >> 1 & 7)
	if !ok || len(b) < fixed+envelope {
		return nil, srs, blobBroken("a wrong envelope", "外包框不对")
	}
	mp, p = parseWKB(b[fixed+envelope:], l)
	if p == nil && flags&0x10 != 0 {
		p = emptyGeometry()
	}
	return mp, srs, p
}

func envelopeBytes(code byte) (int, bool) {
	switch code {
	case 0:
		return 0, true
	case 1:
		return 32, true
	case 2, 3:
		return 48, true
	case 4:
		return 64, true
	}
	return 0, false
}

func blobBroken(en, zh string) *Problem {
	return problemf("wkb-broken", "geometry", "the geometry's bytes are broken: %[1]s", "几何数据损坏：%[2]s", en, zh)
}

// parseWKB reads a Polygon or MultiPolygon in well-known binary, in two to
// four dimensions, of which two are kept. It takes the ISO codes (1003 is a
// polygon with Z) and the flags of PostGIS's dialect.
func parseWKB(b []byte, l Limits) (orb.MultiPolygon, *Problem) {
	r := wkbReader{b: b, limits: l}
	kind, ok := r.head()
	if !ok {
		return nil, r.cutShort()
	}
	switch kind {
	case wkbPolygon:
		polygon, p := r.polygon()
		if p != nil {
			return nil, p
		}
		if len(polygon) == 0 {
			return nil, emptyGeometry()
		}
		mp := orb.MultiPolygon{polygon}
		orient(mp)
		return mp, nil
	case wkbMultiPolygon:
		return r.multiPolygon()
	}
	return nil, notAPolygon(wkbName(kind))
}

// Geometry types of well-known binary (OGC 06-103r4, 8.2.3).
const (
	wkbPolygon      = 3
	wkbMultiPolygon = 6
)

func wkbName(kind uint32) string {
	switch kind {
	case 1:
		return "Point"
	case 2:
		return "LineString"
	case 3:
		return "Polygon"
	case 4:
		return "MultiPoint"
	case 5:
		return "MultiLineString"
	case 6:
		return "MultiPolygon"
	case 7:
		return "GeometryCollection"
	case 10:
		return "CurvePolygon"
	case 12:
		return "MultiSurface"
	case 15:
		return "PolyhedralSurface"
	case 16:
		return "TIN"
	}
	return "geometry " + strconv.FormatUint(uint64(kind), 10)
}

type wkbReader struct {
	b        []byte
	limits   Limits
	order    binary.ByteOrder
	dims     int
	vertices int
	rings    int
}

func (r *wkbReader) cutShort() *Problem {
	return blobBroken("they end too early", "数据提前结束")
}

// head takes byte order and type; it sets the number of ordinates.
func (r *wkbReader) head() (kind uint32, ok bool) {
	if len(r.b) < 5 || r.b[0] > 1 {
		return 0, false
	}
	r.order = binary.BigEndian
	if r.b[0] == 1 {
		r.order = binary.LittleEndian
	}
	code := r.order.Uint32(r.b[1:])
	r.b = r.b[5:]
	const flagZ, flagM, flagSRID = 1 << 31, 1 << 30, 1 << 29
	r.dims = 2
	if code&flagZ != 0 {
		r.dims++
	}
	if code&flagM != 0 {
		r.dims++
	}
	if code&flagSRID != 0 {
		if len(r.b) < 4 {
			return 0, false
		}
		r.b = r.b[4:]
	}
	code &^= flagZ | flagM | flagSRID
	switch code / 1000 {
	case 1, 2:
		r.dims = 3
	case 3:
		r.dims = 4
	}
	return code % 1000, code < 4000
}

// count takes the number of the things that follow, of which each takes at
// least size bytes; more than there can be is a break.
func (r *wkbReader) count(size int) (int, bool) {
	if len(r.b) < 4 {
		return 0, false
	}
	n := uint64(r.order.Uint32(r.b))
	r.b = r.b[4:]
	return int(n), n*uint64(size) <= uint64(len(r.b))
}

func (r *wkbReader) multiPolygon() (orb.MultiPolygon, *Problem) {
	const leastPolygon = 9 // order, type, count
	n, ok := r.count(leastPolygon)
	if !ok {
		return nil, r.cutShort()
	}
	if n > r.limits.MaxRings {
		return nil, tooManyRings(r.limits.MaxRings)
	}
	mp := make(orb.MultiPolygon, 0, n)
	for range n {
		kind, ok := r.head()
		if !ok {
			return nil, r.cutShort()
		}
		if kind != wkbPolygon {
			return nil, blobBroken("a MultiPolygon holds a "+wkbName(kind), "MultiPolygon 中有 "+wkbName(kind))
		}
		polygon, p := r.polygon()
		if p != nil {
			return nil, p
		}
		if len(polygon) > 0 { // POLYGON EMPTY adds no land
			mp = append(mp, polygon)
		}
	}
	if len(mp) == 0 {
		return nil, emptyGeometry()
	}
	orient(mp)
	return mp, nil
}

func (r *wkbReader) polygon() (orb.Polygon, *Problem) {
	const leastRing = 4 // its count
	n, ok := r.count(leastRing)
	if !ok {
		return nil, r.cutShort()
	}
	if r.rings += n; r.rings > r.limits.MaxRings {
		return nil, tooManyRings(r.limits.MaxRings)
	}
	polygon := make(orb.Polygon, n)
	for i := range n {
		ring, p := r.ring(i + 1)
		if p != nil {
			return nil, p
		}
		polygon[i] = ring
	}
	return polygon, nil
}

func (r *wkbReader) ring(number int) (orb.Ring, *Problem) {
	n, ok := r.count(8 * r.dims)
	if !ok {
		return nil, r.cutShort()
	}
	if r.vertices += n; r.vertices > r.limits.MaxVertices {
		return nil, tooManyVertices(r.limits.MaxVertices)
	}
	if n < 4 {
		return nil, ringTooShort(number, n)
	}
	ring := make(orb.Ring, n)
	for i := range ring {
		x := math.Float64frombits(r.order.Uint64(r.b))
		y := math.Float64frombits(r.order.Uint64(r.b[8:]))
		if !finite(x) || !finite(y) {
			return nil, notFinite(strconv.FormatFloat(x, 'g', -1, 64) + " " + strconv.FormatFloat(y, 'g', -1, 64))
		}
		ring[i] = orb.Point{x, y}
		r.b = r.b[8*r.dims:]
	}
	if ring[0] != ring[n-1] {
		return nil, ringNotClosed(number)
	}
	return ring, nil
}
