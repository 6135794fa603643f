package exchange

import (
	"slices"
	"strconv"

	"github.com/paulmach/orb"
)

// coordinates is a coordinates member as read, whatever its geometry's type
// turns out to be: positions in one run, with the ends of the arrays around
// them.
type coordinates struct {
	points []orb.Point
	rings  []int // end in points of each array of positions
	polys  []int // end in rings of each array of those
	nest   int   // arrays around a position: 0 a Point … 3 a MultiPolygon; unknown if there is none
	count  int   // positions met, kept or not
	mixed  int   // number of a ring whose positions differ in length; 0 = none
	dims   int   // ordinates of the ring's first position; 0 = none yet
	extra  bool  // a position had more than three
}

const (
	unknown = -1 // an empty array: it could be anything
	wrong   = -2 // a problem was noted
)

func (c *coordinates) reset() {
	c.points, c.rings, c.polys = c.points[:0], c.rings[:0], c.polys[:0]
	c.nest, c.count, c.mixed, c.dims, c.extra = unknown, 0, 0, 0, false
}

// coordinates reads a coordinates member.
func (p *geoParser) coordinates(t token) error {
	p.coords.reset()
	if t != '[' {
		if t != 'n' {
			p.fail(problemf("coordinates-not-array", "coordinates", "the coordinates are not an array", "coordinates 不是数组"))
		}
		return p.skip()
	}
	nest, err := p.level(0)
	p.coords.nest = nest
	return err
}

// level reads one array of the coordinates and tells how many arrays it has
// around its positions. A wrong element is noted and the rest passed over.
func (p *geoParser) level(depth int) (int, error) {
	nest, n := unknown, 0
	var position [2]float64
	err := p.array(func() error {
		t, err := p.peek()
		if err != nil {
			return err
		}
		inner := wrong
		switch {
		case p.problem != nil: // the row is lost: only look for its end
			nest = wrong
			return p.skip()
		case t == number:
			if _, err := p.next(); err != nil {
				return err
			}
			inner = unknown // a number makes this array a position
			if n < 2 {
				position[n] = p.ordinate()
			}
		case t == '[' && depth < 3:
			if inner, err = p.level(depth + 1); err != nil {
				return err
			}
		default:
			p.fail(p.badElement(t))
			return p.skip()
		}
		kind := inner + 1
		if t == '[' && inner == unknown {
			p.fail(problemf("empty-part", "coordinates", "the coordinates have an empty array inside", "coordinates 中有空数组"))
			kind = wrong
		}
		if inner == wrong {
			kind = wrong
		}
		if n > 0 && nest != kind && kind != wrong && nest != wrong {
			p.fail(wrongNesting())
			kind = wrong
		}
		nest = kind
		n++
		return nil
	})
	if err != nil {
		return wrong, err
	}
	p.endOfArray(nest, n, position)
	return nest, nil
}

func wrongNesting() *Problem {
	return problemf("coordinates-nesting", "coordinates",
		"the coordinates are nested too little or too much for their geometry type",
		"coordinates 的数组层数与几何类型不符")
}

func (p *geoParser) badElement(t token) *Problem {
	if t == '[' {
		return wrongNesting()
	}
	return problemf("coordinate-not-number", "coordinates",
		"a coordinate on line %d is not a number", "第 %d 行有坐标不是数字", p.line)
}

// ordinate is the number just taken.
func (p *geoParser) ordinate() float64 {
	v, err := strconv.ParseFloat(string(p.lexer.text), 64)
	if err != nil || !finite(v) {
		p.fail(notFinite(string(p.lexer.text)))
	}
	return v
}

// endOfArray files what an array was: a position of n ordinates, or an array
// of n things that have nest arrays around their positions.
func (p *geoParser) endOfArray(nest, n int, position orb.Point) {
	c := &p.coords
	switch nest {
	case 0:
		p.position(n, position)
	case 1:
		c.dims = 0
		if len(c.rings) >= p.limits.MaxRings {
			p.fail(tooManyRings(p.limits.MaxRings))
			return
		}
		c.rings = append(c.rings, len(c.points))
	case 2:
		if len(c.polys) < p.limits.MaxRings {
			c.polys = append(c.polys, len(c.rings))
		}
	}
}

func (p *geoParser) position(n int, at orb.Point) {
	c := &p.coords
	c.count++
	if n < 2 {
		p.fail(problemf("position-too-short", "coordinates",
			"a position on line %d has fewer than two numbers", "第 %d 行有坐标少于两个数", p.line))
		return
	}
	c.extra = c.extra || n > 3
	if c.dims != 0 && c.dims != n && c.mixed == 0 {
		c.mixed = len(c.rings) + 1
	}
	c.dims = n
	if p.scan {
		p.bound = p.bound.Extend(at)
		return
	}
	if c.count > p.limits.MaxVertices {
		p.fail(tooManyVertices(p.limits.MaxVertices))
	}
	if p.problem != nil {
		return
	}
	if len(c.points) == cap(c.points) { // doubling wastes less than append
		c.points = slices.Grow(c.points, max(64, len(c.points)))
	}
	c.points = append(c.points, at)
}

// finish judges the row at hand and emits it: o is the feature or the bare
// geometry, g the geometry of a feature.
func (p *geoParser) finish(o, g object) error {
	if p.scan {
		return p.emit(Row{})
	}
	row := Row{Number: p.rows, Attrs: p.attrs}
	if p.cols.id >= 0 && p.id != "" {
		if row.Attrs == nil {
			row.Attrs = make([]string, len(p.cols.names))
		}
		row.Attrs[p.cols.id] = p.id
	}
	p.judge(o, g)
	if p.problem == nil {
		row.Geometry = p.polygons(g.kind == "MultiPolygon" || o.kind == "MultiPolygon")
	}
	if p.problem == nil && row.Attrs == nil && len(p.cols.names) > 0 {
		row.Attrs = make([]string, len(p.cols.names))
	}
	row.Problem, row.Warnings = p.problem, p.warnings
	if row.Problem != nil {
		row.Geometry = nil
	}
	return p.emit(row)
}

// judge checks the members of a row against RFC 7946.
func (p *geoParser) judge(o, g object) {
	forbidden := mCoordinates | mGeometries | mFeatures
	shape := g
	if o.kind != "Feature" {
		forbidden = mGeometry | mProperties | mFeatures
		shape = o
	} else {
		p.checkAllowed("geometry", g.has&(mGeometry|mProperties|mFeatures))
	}
	p.checkAllowed(o.kind, o.has&forbidden)
	if o.kind == "Feature" {
		switch {
		case o.has&mGeometry == 0:
			p.fail(problemf("geometry-missing", "geometry", "the Feature has no geometry member", "Feature 缺少 geometry 成员"))
		case o.null&mGeometry != 0:
			p.fail(problemf("geometry-null", "geometry", "the geometry is null: there is no shape", "geometry 为 null，没有图形"))
		}
		if o.has&mProperties == 0 {
			p.warn(*problemf("properties-missing", "properties", "the Feature has no properties member", "Feature 缺少 properties 成员"))
		}
	}
	p.judgeShape(shape)
}

func (p *geoParser) warn(w Problem) { p.warnings = append(p.warnings, w) }

func (p *geoParser) checkAllowed(kind string, bad memberSet) {
	if bad != 0 {
		p.fail(problemf("member-not-allowed", bad.String(), "a %s object must not have a %q member (RFC 7946 7.1)",
			"%s 对象不得含有 %q 成员（RFC 7946 7.1）", kind, bad.String()))
	}
}

func (p *geoParser) judgeShape(shape object) {
	if p.problem != nil {
		return
	}
	c := &p.coords
	switch {
	case shape.has&mType == 0:
		p.fail(problemf("type-missing", "geometry", "the geometry has no type", "geometry 缺少 type"))
	case !isGeometry(shape.kind):
		p.fail(problemf("unknown-type", "geometry", "the geometry type %q is unknown (case matters)",
			"未知的几何类型 %q（区分大小写）", quote(shape.kind)))
	case shape.kind == "GeometryCollection":
		p.fail(notAPolygon(shape.kind))
	case shape.has&mCoordinates == 0 || shape.null&mCoordinates != 0:
		p.fail(problemf("coordinates-missing", "coordinates", "the geometry has no coordinates", "几何缺少 coordinates"))
	case c.nest == unknown:
		p.fail(emptyGeometry())
	case c.nest != nestOf(shape.kind):
		p.fail(wrongNesting())
	case shape.kind != "Polygon" && shape.kind != "MultiPolygon":
		p.fail(notAPolygon(shape.kind))
	case c.mixed != 0:
		p.fail(problemf("mixed-dimensions", "coordinates", "the positions of ring %d differ in how many numbers they have",
			"第 %d 环各点的坐标个数不一致", c.mixed))
	}
}

// nestOf is how many arrays stand around a position (RFC 7946 3.1).
func nestOf(kind string) int {
	switch kind {
	case "Point":
		return 0
	case "MultiPoint", "LineString":
		return 1
	case "MultiPolygon":
		return 3
	}
	return 2
}

// polygons builds the shape of the row at hand, checking its rings.
func (p *geoParser) polygons(multi bool) orb.MultiPolygon {
	c := &p.coords
	points := slices.Clone(c.points)
	rings := make([]orb.Ring, len(c.rings))
	start := 0
	for i, stop := range c.rings {
		r := points[start:stop:stop]
		if len(r) < 4 {
			p.fail(ringTooShort(i+1, len(r)))
			return nil
		}
		if r[0] != r[len(r)-1] {
			p.fail(ringNotClosed(i + 1))
			return nil
		}
		rings[i], start = r, stop
	}
	var mp orb.MultiPolygon
	if multi {
		mp = make(orb.MultiPolygon, len(c.polys))
		start = 0
		for i, stop := range c.polys {
			mp[i], start = rings[start:stop:stop], stop
		}
	} else {
		mp = orb.MultiPolygon{rings}
	}
	if orient(mp) {
		p.warn(windingMended())
	}
	if c.extra {
		p.warn(*problemf("extra-ordinates", "coordinates", "positions have more than three numbers; the rest was dropped",
			"坐标超过三个数，多余部分已舍去"))
	}
	return mp
}
