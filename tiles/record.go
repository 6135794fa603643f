package tiles

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// record is one feature as the engine keeps it: projected, packed, attributes
// encoded. Records are immutable.
//
// geom is empty for a point (the box is the point); for polygons it is
// uvarint(polygons), then per polygon uvarint(rings), per ring uvarint(points)
// without the closing one, each point as two zigzag varints relative to the point
// before it; the first is relative to the box's lower corner.
type record struct {
	id   uint64
	box  box
	area float64 // square quantised units, truncated, holes taken off; 0 for points
	geom []byte
	// levels is the zoom from which on each vertex of geom is drawn (chain.go); nil
	// where all are drawn always. It follows from the layer as a whole and is no part
	// of what the feature is.
	levels []byte
	vals   []string // encoded; "" is absent, and so is what a load leaves away at the end
	units  int64    // true ground area; 0 in a layer without a mosaic
	// share is how the area is shared out over cells (sharer.pack); in a layer with a mosaic.
	share []byte
	from  Day
	size  uint32 // of geom, where it is with a lender (lend.go)
	past  []version
	point point // that stands for it in a layer of points, where there is one

	chunk *chunk // that the record was read from, if any, and its place there
	place int    // or where a lender has its geometry
}

// version is a packed Version; its box is empty where its geometry is the record's.
type version struct {
	from, until Day
	box         box
	area        float64
	geom        []byte
	vals        []string
	units       int64
	share       []byte
	levels      []byte
	point       point // as a record's
}

func (r *record) equal(o *record) bool {
	return r == o || r != nil && o != nil && r.id == o.id && r.box == o.box &&
		string(r.geom) == string(o.geom) && slices.Equal(r.vals, o.vals) &&
		r.units == o.units && string(r.share) == string(o.share) && r.from == o.from && slices.EqualFunc(r.past, o.past, version.equal)
}

func (v version) equal(o version) bool {
	return v.from == o.from && v.until == o.until && v.box == o.box && v.area == o.area &&
		string(v.geom) == string(o.geom) && slices.Equal(v.vals, o.vals) &&
		v.units == o.units && string(v.share) == string(o.share)
}

// bytes is about what a version takes.
func (v *version) bytes() int64 {
	n := int64(152 + cap(v.geom) + len(v.levels) + cap(v.share))
	for _, s := range v.vals {
		n += int64(16 + len(s))
	}
	return n
}

// drawnAt reports whether the feature is large enough for zoom z: at least one
// square unit of its grid. Points always are.
func (r *record) drawnAt(kind Kind, z int) bool {
	return kind == Points || r.area >= unit2(z)
}

var errEmpty = errors.New("empty geometry")

// packer turns features into records; its buffers are reused.
type packer struct {
	maxVertices int
	pts         []pt
	rings       []ring
	buf         []byte
	sharer      sharer
	inner       within
	recent      projected
	slab        *slab // nil outside a load
}

// pack checks and packs one feature. Errors are *FeatureError.
func (p *packer) pack(spec *LayerSpec, f Feature) (*record, error) {
	refuse := func(err error) error {
		return &FeatureError{Layer: spec.Name, ID: f.ID, Reason: err.Error()}
	}
	if f.ID >= MaxFeatureID {
		return nil, refuse(errors.New("the id is not below 2^53"))
	}
	if f.Geometry == nil && len(f.Past) > 0 {
		rec, err := p.packEnded(spec, f)
		if err != nil {
			return nil, refuse(err)
		}
		return rec, nil
	}
	vals, err := p.slab.encodeValues(spec, f.Values)
	if err != nil {
		return nil, refuse(err)
	}
	rec := p.slab.record()
	rec.id, rec.vals, rec.from = f.ID, vals, f.From
	if rec.units, err = spec.unitsOf(f.M2); err != nil {
		return nil, refuse(err)
	}
	if err := p.packGeometry(spec, rec, f.Geometry); err != nil {
		return nil, refuse(err)
	}
	if err := p.packPast(spec, rec, withAreas(f)); err != nil {
		return nil, refuse(err)
	}
	return rec, nil
}

// packGeometry sets the box, the area and the rings of a record.
func (p *packer) packGeometry(spec *LayerSpec, rec *record, g orb.Geometry) error {
	switch {
	case g == nil:
		return errEmpty
	case spec.Kind == Points:
		return p.packPoint(rec, g)
	}
	if err := p.packPolygons(rec, g); err != nil {
		return err
	}
	if spec.pointed {
		rec.point = p.inner.point(g)
	}
	if spec.Mosaic == nil {
		return nil
	}
	rec.share = p.slab.copied(p.sharer.pack(rec.box, p.rings, rec.units))
	return nil
}

func (p *packer) packPoint(rec *record, g orb.Geometry) error {
	point, ok := g.(orb.Point)
	if !ok {
		return fmt.Errorf("a %s in a layer of points", g.GeoJSONType())
	}
	q, ok := project(point)
	if !ok {
		return outside(point)
	}
	rec.box = box{int32(q.x), int32(q.y), int32(q.x), int32(q.y)}
	return nil
}

func (p *packer) packPolygons(rec *record, g orb.Geometry) error {
	var multi orb.MultiPolygon
	switch g := g.(type) {
	case orb.Polygon:
		multi = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		multi = g
	default:
		return fmt.Errorf("a %s in a layer of polygons", g.GeoJSONType())
	}
	if err := p.projectRings(multi); err != nil {
		return err
	}
	b := emptyBox()
	var doubled float64
	for _, r := range p.rings {
		pts := p.pts[r.from:r.to]
		for _, q := range pts {
			b = b.join(box{int32(q.x), int32(q.y), int32(q.x), int32(q.y)})
		}
		if a := float64(abs(doubleArea(pts))); r.hole {
			doubled -= a
		} else {
			doubled += a
		}
	}
	rec.box = b
	rec.area = truncated(max(doubled, 0) / 2)
	rec.geom = p.encodeRings(len(multi), pt{int64(b.minX), int64(b.minY)})
	return nil
}

// truncated is a number from 0 up with the bits that a float32 has. Powers of two,
// with which areas are compared, keep their place.
func truncated(v float64) float64 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, 0)
	}
	return float64(f)
}

// projectRings fills p.pts and p.rings. It counts before it allocates.
func (p *packer) projectRings(multi orb.MultiPolygon) error {
	if len(multi) == 0 {
		return errEmpty
	}
	total := 0
	for i, poly := range multi {
		if len(poly) == 0 {
			return fmt.Errorf("polygon %d is empty", i+1)
		}
		for j, r := range poly {
			if len(r) < 4 || r[0] != r[len(r)-1] {
				return fmt.Errorf("polygon %d, ring %d: %d points that do not make a closed ring", i+1, j+1, len(r))
			}
			if total += len(r); total > p.maxVertices {
				return fmt.Errorf("more than %d vertices", p.maxVertices)
			}
		}
	}
	p.pts, p.rings, p.sharer.exact = p.pts[:0], p.rings[:0], p.sharer.exact[:0]
	for _, poly := range multi {
		for j, r := range poly {
			from := len(p.pts)
			for _, v := range r[:len(r)-1] {
				x, y, ok := p.recent.projectExact(v)
				if !ok {
					return outside(v)
				}
				p.pts = append(p.pts, quantised(x, y))
				p.sharer.exact = append(p.sharer.exact, orb.Point{x, y})
			}
			p.rings = append(p.rings, ring{from, len(p.pts), j > 0})
		}
	}
	return nil
}

func (p *packer) encodeRings(polygons int, at pt) []byte {
	b := binary.AppendUvarint(p.buf[:0], uint64(polygons))
	for i := 0; i < len(p.rings); {
		n := 1
		for i+n < len(p.rings) && p.rings[i+n].hole {
			n++
		}
		b = binary.AppendUvarint(b, uint64(n))
		for _, r := range p.rings[i : i+n] {
			b = binary.AppendUvarint(b, uint64(r.to-r.from))
			for _, q := range p.pts[r.from:r.to] {
				b = binary.AppendVarint(b, q.x-at.x)
				b = binary.AppendVarint(b, q.y-at.y)
				at = q
			}
		}
		i += n
	}
	p.buf = b
	return p.slab.copied(b)
}

// outside is the error for a position that Web Mercator cannot hold; NaN != NaN.
func outside(v orb.Point) error {
	if v[0] != v[0] || v[1] != v[1] {
		return errors.New("a coordinate is not a number")
	}
	return fmt.Errorf("position %g, %g is outside longitude ±180, latitude ±%g", v[0], v[1], maxLatitude)
}
