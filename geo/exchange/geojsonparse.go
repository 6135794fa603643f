package exchange

import "github.com/paulmach/orb"

// memberSet holds members of GeoJSON that have a meaning (RFC 7946 3).
type memberSet uint16

const (
	mType memberSet = 1 << iota
	mID
	mBBox
	mGeometry
	mProperties
	mCoordinates
	mGeometries
	mFeatures
	mCRS
)

func memberOf(key []byte) memberSet {
	switch string(key) {
	case "type":
		return mType
	case "id":
		return mID
	case "bbox":
		return mBBox
	case "geometry":
		return mGeometry
	case "properties":
		return mProperties
	case "coordinates":
		return mCoordinates
	case "geometries":
		return mGeometries
	case "features":
		return mFeatures
	case "crs":
		return mCRS
	}
	return 0
}

func (m memberSet) String() string {
	for i, name := range []string{"type", "id", "bbox", "geometry", "properties", "coordinates", "geometries", "features", "crs"} {
		if m&(1<<i) != 0 {
			return name
		}
	}
	return ""
}

// geoParser takes one GeoJSON text apart.
type geoParser struct {
	*lexer
	limits Limits
	cols   *columnSet
	scan   bool // first pass: learn, keep nothing
	emit   func(Row) error

	rows       int
	sequence   bool
	collection bool // the value just read was a FeatureCollection
	broken     int  // records of a sequence that were
	typeless   *Problem

	// learnt in the first pass
	crs          CRS
	crsSeen      bool
	bound        orb.Bound
	featureID    bool // a feature has an id member
	idProperty   bool // a property is called id
	fileWarnings []Problem

	// of the row at hand
	problem  *Problem
	warnings []Problem
	attrs    []string
	stamp    int   // the row for which seen holds
	seen     []int // per column: the stamp of the row that last had it
	id       string
	coords   coordinates
}

// object is what was met in one JSON object.
type object struct {
	kind string // its type member
	has  memberSet
	null memberSet // members whose value was null
}

// fail keeps the first problem of the row.
func (p *geoParser) fail(pr *Problem) {
	if p.problem == nil {
		p.problem = pr
	}
}

func (p *geoParser) startRow() {
	p.rows++
	p.stamp++
	p.problem, p.warnings, p.attrs, p.id = nil, nil, nil, ""
	p.coords.reset()
}

// root reads one value at the top: a FeatureCollection, a Feature or a bare
// geometry, which counts as a feature without properties.
func (p *geoParser) root() error {
	p.collection = false
	t, err := p.peek()
	if err != nil {
		return err
	}
	if t != '{' {
		if err := p.skip(); err != nil {
			return err
		}
		return fileErrorf("root-not-object", "a GeoJSON text is an object in braces",
			"GeoJSON 最外层必须是花括号对象")
	}
	p.startRow()
	p.rows-- // counted when it turns out to be a row
	before := p.rows
	var o, g object
	if err := p.members(&o, &g, true); err != nil {
		return err
	}
	switch {
	case o.kind == "FeatureCollection":
		p.collection = true
		return p.checkCollection(o)
	case o.has&mFeatures != 0 && p.rows > before:
		return fileErrorf("unknown-type", "the type is %q but there are features: FeatureCollection is meant (case matters)",
			"type 是 %q，却带有 features：应为 FeatureCollection（区分大小写）", quote(o.kind))
	case o.has&mType == 0:
		return fileErrorf("type-missing", "the type member is missing", "缺少 type 成员")
	case o.kind != "Feature" && !isGeometry(o.kind):
		if p.problem != nil && p.problem.Field == "type" {
			return &FileError{Code: p.problem.Code, Zh: p.problem.Zh, En: p.problem.En}
		}
		return unknownType(o.kind)
	}
	p.rows++
	return p.finish(o, g)
}

func unknownType(kind string) *FileError {
	return fileErrorf("unknown-type", "the type %q is unknown (case matters)", "未知的 type：%q（区分大小写）", quote(kind))
}

func isGeometry(kind string) bool {
	switch kind {
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection":
		return true
	}
	return false
}

func (p *geoParser) checkCollection(o object) error {
	if p.problem != nil { // of a member of the collection itself
		return &FileError{Code: p.problem.Code, Zh: p.problem.Zh, En: p.problem.En}
	}
	for _, m := range []memberSet{mCoordinates, mGeometries, mGeometry, mProperties} {
		if o.has&m != 0 {
			return fileErrorf("member-not-allowed", "a FeatureCollection must not have a %q member (RFC 7946 7.1)",
				"FeatureCollection 不得含有 %q 成员（RFC 7946 7.1）", m.String())
		}
	}
	if o.has&mFeatures == 0 {
		return fileErrorf("features-missing", "the FeatureCollection has no features member",
			"FeatureCollection 缺少 features 成员")
	}
	return nil
}

// members reads an object into o; the object of a geometry member goes to g.
func (p *geoParser) members(o, g *object, top bool) error {
	return p.object(func(key []byte) error {
		m := memberOf(key)
		if m != 0 && o.has&m != 0 {
			if p.problem == nil {
				p.fail(problemf("duplicate-key", m.String(), "the member %q comes twice", "成员 %q 重复出现", m.String()))
			}
			return p.skip()
		}
		o.has |= m
		t, err := p.peek()
		if err != nil {
			return err
		}
		if t == 'n' {
			o.null |= m
		}
		switch m {
		case mType:
			return p.kind(o, t)
		case mID:
			return p.featureIdent(t)
		case mBBox:
			return p.bbox(t)
		case mGeometry:
			return p.geometry(g, t)
		case mProperties:
			return p.properties(t)
		case mCoordinates:
			return p.coordinates(t)
		case mFeatures:
			if top {
				return p.features(t)
			}
		case mCRS:
			if top {
				return p.crsMember(t)
			}
		}
		return p.skip()
	})
}

func (p *geoParser) kind(o *object, t token) error {
	if t != '"' {
		p.fail(problemf("type-not-string", "type", "the type member is not a string", "type 成员不是字符串"))
		return p.skip()
	}
	_, err := p.next()
	if len(p.lexer.text) > 64 {
		p.lexer.text = p.lexer.text[:64]
	}
	o.kind = kindName(p.lexer.text)
	return err
}

// kindName saves an allocation for the names that are expected.
func kindName(b []byte) string {
	for _, k := range []string{
		"Feature", "Polygon", "MultiPolygon", "Point", "LineString", "MultiPoint",
		"MultiLineString", "GeometryCollection", "FeatureCollection",
	} {
		if string(b) == k {
			return k
		}
	}
	return string(b)
}

func (p *geoParser) featureIdent(t token) error {
	switch t {
	case '"', number:
		if _, err := p.next(); err != nil {
			return err
		}
		p.featureID = true
		if !p.scan {
			p.id = string(p.lexer.text)
		}
		return nil
	case 'n':
	default:
		p.fail(problemf("id-invalid", "id", "the id is neither a string nor a number", "id 既不是字符串也不是数字"))
	}
	return p.skip()
}

func (p *geoParser) bbox(t token) error {
	if t == 'n' {
		return p.skip()
	}
	bad := t != '['
	n := 0
	if bad {
		if err := p.skip(); err != nil {
			return err
		}
	} else if err := p.array(func() error {
		n++
		e, err := p.peek()
		bad = bad || e != number
		if err != nil {
			return err
		}
		return p.skip()
	}); err != nil {
		return err
	}
	if bad || n != 4 && n != 6 {
		p.fail(problemf("bbox-invalid", "bbox", "the bbox is not an array of 4 or 6 numbers", "bbox 不是 4 个或 6 个数字的数组"))
	}
	return nil
}

// features reads the array of a FeatureCollection, a row for each element.
func (p *geoParser) features(t token) error {
	if t != '[' {
		p.fail(problemf("features-not-array", "features", "the features member is not an array", "features 成员不是数组"))
		return p.skip()
	}
	outer := p.problem
	err := p.array(func() error {
		p.startRow()
		t, err := p.peek()
		if err != nil {
			return err
		}
		var o, g object
		if t != '{' {
			err = p.skip()
		} else {
			err = p.members(&o, &g, false)
		}
		if err != nil {
			return err
		}
		if o.kind != "Feature" && p.problem == nil {
			p.fail(p.notAFeature(o.kind))
		}
		return p.finish(o, g)
	})
	p.problem = outer
	return err
}

// notAFeature makes the problem of an object of another type. Where there is
// no type it is always the same one, because three bytes suffice to ask for it.
func (p *geoParser) notAFeature(kind string) *Problem {
	if kind != "" {
		return problemf("not-a-feature", "type", "the type is %q, not Feature (case matters)",
			"type 是 %q，应为 Feature（区分大小写）", quote(kind))
	}
	if p.typeless == nil {
		p.typeless = problemf("not-a-feature", "type", "this is not a Feature object", "这里不是 Feature 对象")
	}
	return p.typeless
}

// geometry reads the geometry member of a feature.
func (p *geoParser) geometry(g *object, t token) error {
	if t == '{' {
		return p.members(g, &object{}, false)
	}
	if t != 'n' {
		p.fail(problemf("geometry-not-object", "geometry", "the geometry is not an object", "geometry 不是对象"))
	}
	return p.skip()
}
