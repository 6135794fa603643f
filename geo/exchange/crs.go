package exchange

import (
	"math"
	"strconv"
	"strings"
)

// RecogniseCRS reads the well-known text of a CRS, as a .prj or a GeoPackage
// has it. The EPSG code comes from its authority, else from its datum,
// projection and parameters; 0 when neither is known here, and then the text
// is what remains to go by.
func RecogniseCRS(wkt, from string) CRS {
	wkt = strings.Trim(wkt, " \t\r\n\x00")
	if wkt == "" {
		return CRS{}
	}
	c := CRS{From: from}
	if len(wkt) <= maxWKTBytes {
		c.WKT = strings.ToValidUTF8(wkt, "?")
	}
	root := parseWKT(wkt)
	if root == nil {
		return c
	}
	if c.Name = root.text(0); root.word == "COMPD_CS" || root.word == "COMPOUNDCRS" {
		root = root.child("PROJCS", "PROJCRS", "PROJECTEDCRS", "GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS")
	}
	if root == nil {
		return c
	}
	if c.EPSG = root.authority(); c.EPSG != 0 {
		return c
	}
	switch root.word {
	case "GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS":
		c.EPSG = datumOf(root).geographic()
	case "PROJCS", "PROJCRS", "PROJECTEDCRS":
		c.EPSG = projected(root)
	}
	return c
}

// epsgOfName reads the names that an old GeoJSON crs member has:
// urn:ogc:def:crs:EPSG::4490, EPSG:4547, urn:ogc:def:crs:OGC:1.3:CRS84.
func epsgOfName(name string) int {
	upper := strings.ToUpper(strings.TrimSpace(name))
	if strings.HasSuffix(upper, "CRS84") {
		return 4326
	}
	if !strings.Contains(upper, "EPSG") {
		return 0
	}
	i := strings.LastIndexAny(upper, ":/#")
	v, err := strconv.ParseFloat(upper[i+1:], 64)
	if i < 0 || err != nil {
		return 0
	}
	return epsgCode(v)
}

// datum is a family of reference systems that is known by its parameters.
type datum int

const (
	unknownDatum datum = iota
	cgcs2000
	wgs84
	sirgas2000
	etrs89
	amersfoort
	xian1980
	beijing1954
)

// geographic is the EPSG code of longitude and latitude on the datum.
func (d datum) geographic() int {
	switch d {
	case cgcs2000:
		return 4490
	case wgs84:
		return 4326
	case sirgas2000:
		return 4674
	case etrs89:
		return 4258
	case amersfoort:
		return 4289
	case xian1980:
		return 4610
	case beijing1954:
		return 4214
	}
	return 0
}

// datumOf recognises a geographic CRS by the name of its datum, and checks
// the ellipsoid, Greenwich and degrees.
func datumOf(geog *wktNode) datum {
	d := geog.child("DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF")
	name := plain(geog.text(0)) + " " + plain(d.text(0))
	known := unknownDatum
	var a, f float64
	for _, k := range []struct {
		datum datum
		a, f  float64
		words []string
	}{
		{cgcs2000, 6378137, 298.257222101, []string{"cgcs2000", "china2000", "chinageodeticcoordinatesystem2000"}},
		{wgs84, 6378137, 298.257223563, []string{"wgs1984", "wgs84", "worldgeodeticsystem1984"}},
		{sirgas2000, 6378137, 298.257222101, []string{"sirgas2000", "sistemadereferenciageocentricoparalasamericas2000"}},
		{etrs89, 6378137, 298.257222101, []string{"etrs1989", "etrs89", "europeanterrestrialreferencesystem1989"}},
		{amersfoort, 6377397.155, 299.1528128, []string{"amersfoort"}},
		{xian1980, 6378140, 298.257, []string{"xian1980", "xian80"}},
		{beijing1954, 6378245, 298.3, []string{"beijing1954", "beijing54"}},
	} {
		for _, w := range k.words {
			if known == unknownDatum && strings.Contains(name, w) {
				known, a, f = k.datum, k.a, k.f
			}
		}
	}
	ball := d.child("SPHEROID", "ELLIPSOID")
	if known == unknownDatum || !near(ball.number(0), a, 0.01) || !near(ball.number(1), f, 1e-5) {
		return unknownDatum
	}
	if pm := geog.child("PRIMEM", "PRIMEMERIDIAN"); pm != nil && pm.number(0) != 0 {
		return unknownDatum
	}
	if u := angleUnit(geog); u != nil && !near(u.number(0), math.Pi/180, 1e-9) {
		return unknownDatum
	}
	return known
}

func angleUnit(geog *wktNode) *wktNode {
	if u := geog.child("UNIT", "ANGLEUNIT"); u != nil {
		return u
	}
	return geog.child("CS").child("UNIT", "ANGLEUNIT")
}

// plain keeps letters and digits in lower case, so that spelling with blanks,
// underlines or hyphens makes no difference.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// projection is a projected CRS reduced to its numbers: degrees and metres.
type projection struct {
	method         string // plain
	lon0, lat0     float64
	scale          float64
	x0, y0         float64
	threeDegree    bool // the name says 3-degree zones
	datum          datum
	auxiliaryEarth bool // a sphere stands in for the ellipsoid
}

// projected recognises a projected CRS by its parameters.
func projected(root *wktNode) int {
	geog := root.child("GEOGCS", "GEOGCRS", "BASEGEOGCRS", "BASEGEODCRS", "GEODCRS")
	if geog == nil {
		return 0
	}
	p := projection{scale: 1, datum: datumOf(geog)}
	name := plain(root.text(0))
	p.threeDegree = strings.Contains(name, "3degree")
	conversion := root
	if c := root.child("CONVERSION"); c != nil {
		conversion = c
	}
	p.method = plain(conversion.child("PROJECTION", "METHOD").text(0))
	p.parameters(conversion)
	if u := root.child("UNIT", "LENGTHUNIT"); u != nil && !near(u.number(0), 1, 1e-9) {
		return 0
	}
	if e := root.child("EXTENSION"); e != nil && strings.Contains(e.text(1), "+a=6378137 +b=6378137") {
		p.auxiliaryEarth = true
	}
	switch p.method {
	case "mercatorauxiliarysphere", "popularvisualisationpseudomercator":
		p.auxiliaryEarth = true
	}
	switch {
	case p.auxiliaryEarth && strings.Contains(p.method, "mercator"):
		if p.datum == wgs84 && p.lon0 == 0 && p.x0 == 0 && p.y0 == 0 {
			return 3857
		}
	case p.method == "transversemercator" || p.method == "gausskruger":
		return p.transverseMercator()
	case p.method == "obliquestereographic" || p.method == "doublestereographic":
		if p.datum == amersfoort && near(p.lat0, 52.1561605555556, 1e-6) && near(p.lon0, 5.38763888888889, 1e-6) &&
			near(p.scale, 0.9999079, 1e-9) && p.x0 == 155000 && p.y0 == 463000 {
			return 28992
		}
	}
	return 0
}

func (p *projection) parameters(conversion *wktNode) {
	for _, c := range conversion.children {
		if c.word != "PARAMETER" {
			continue
		}
		v := c.number(0)
		switch plain(c.text(0)) {
		case "centralmeridian", "longitudeoforigin", "longitudeofcenter", "longitudeofnaturalorigin":
			p.lon0 = v
		case "latitudeoforigin", "latitudeofcenter", "latitudeofnaturalorigin":
			p.lat0 = v
		case "scalefactor", "scalefactoratnaturalorigin":
			p.scale = v
		case "falseeasting":
			p.x0 = v
		case "falsenorthing":
			p.y0 = v
		}
	}
}

// transverseMercator finds the EPSG code of a Gauss-Krüger or UTM zone.
func (p *projection) transverseMercator() int {
	if p.lat0 != 0 {
		return 0
	}
	switch p.datum {
	case cgcs2000, xian1980, beijing1954:
		if p.scale == 1 && p.y0 == 0 {
			return chineseZone(p.datum, p.lon0, p.x0, p.threeDegree)
		}
	case wgs84, etrs89, sirgas2000:
		if near(p.scale, 0.9996, 1e-9) {
			return p.utm()
		}
	}
	return 0
}

// chineseZone is the EPSG code of a Gauss-Krüger zone with central meridian
// lon0 and false easting x0, which may carry the zone number in front of
// 500,000 (zone 38: 38,500,000). Without a number the 3- and 6-degree systems
// of one meridian are the same projection, and the name decides. DOMAIN: EPSG
// dataset, "Gauss-Kruger" of CGCS2000, Xian 1980 and Beijing 1954.
func chineseZone(d datum, lon0, x0 float64, threeDegree bool) int {
	var three, threeCM, six, sixCM int // codes of the first zone: 25, 75E, 13, 75E
	switch d {
	case cgcs2000:
		three, threeCM, six, sixCM = 4513, 4534, 4491, 4502
	case xian1980:
		three, threeCM, six, sixCM = 2349, 2370, 2327, 2338
	case beijing1954:
		three, threeCM, six, sixCM = 2401, 2422, 21413, 21453
	}
	const firstMeridian, lastMeridian = 75, 135
	if lon0 != math.Trunc(lon0) || lon0 < firstMeridian || lon0 > lastMeridian {
		return 0
	}
	step := int(lon0) - firstMeridian
	zone := (x0 - 500_000) / 1_000_000
	switch {
	case x0 == 500_000 && step%6 == 0 && !threeDegree:
		return sixCM + step/6
	case x0 == 500_000 && step%3 == 0:
		return threeCM + step/3
	case step%3 == 0 && zone == lon0/3:
		return three + step/3
	case step%6 == 0 && zone == (lon0+3)/6:
		return six + step/6
	}
	return 0
}

// utm is the EPSG code of a UTM zone of WGS 84, ETRS89 or SIRGAS 2000.
func (p *projection) utm() int {
	z := (p.lon0 + 183) / 6
	if z != math.Trunc(z) || z < 1 || z > 60 {
		return 0
	}
	zone, north := int(z), p.y0 == 0
	if !north && p.y0 != 10_000_000 {
		return 0
	}
	if p.datum == etrs89 && north && p.x0 == 500_000+1_000_000*z {
		switch zone { // (zE-N): the zone number stands before the easting
		case 31:
			return 5649
		case 32:
			return 4647
		case 33:
			return 5650
		}
		return 0
	}
	if p.x0 != 500_000 {
		return 0
	}
	switch {
	case p.datum == wgs84 && north:
		return 32600 + zone
	case p.datum == wgs84:
		return 32700 + zone
	case p.datum == etrs89 && north && zone >= 28 && zone <= 38:
		return 25800 + zone
	case p.datum == sirgas2000 && north && zone >= 11 && zone <= 22:
		return 31965 + zone - 11
	case p.datum == sirgas2000 && !north && zone >= 17 && zone <= 25:
		return 31977 + zone - 17
	}
	return 0
}
