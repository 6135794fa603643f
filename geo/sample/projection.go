package sample

import (
	"math"

	"github.com/paulmach/orb"
)

// CGCS2000 (GB 22021-2008) and its 3-degree Gauss–Krüger zone 38, EPSG:4526:
// central meridian 114° E, scale 1, easting with the zone number in front.
const (
	semiMajor       = 6378137.0
	flattening      = 1 / 298.257222101
	centralMeridian = 114.0
	falseEasting    = 38_500_000.0
)

// The plane of this package has its origin in the district's south-west, so
// that numbers stay small: easting 38,400,000, northing 3,235,000 of EPSG:4526.
const (
	originEast  = 38_400_000.0
	originNorth = 3_235_000.0
)

// projector converts between degrees and the plane. Its series (Krüger 1912, to
// the fourth order of the third flattening) err by less than a micrometre
// inside the zone.
type projector struct {
	ecc, radius float64    // first eccentricity; rectifying radius
	fwd, inv    [4]float64 // Krüger's alpha and beta
}

func newProjector() projector {
	n := flattening / (2 - flattening)
	n2, n3, n4 := n*n, n*n*n, n*n*n*n
	return projector{
		ecc:    math.Sqrt(flattening * (2 - flattening)),
		radius: semiMajor / (1 + n) * (1 + n2/4 + n4/64),
		fwd: [4]float64{
			n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180,
			13*n2/48 - 3*n3/5 + 557*n4/1440,
			61*n3/240 - 103*n4/140,
			49561 * n4 / 161280,
		},
		inv: [4]float64{
			n/2 - 2*n2/3 + 37*n3/96 - n4/360,
			n2/48 + n3/15 - 437*n4/1440,
			17*n3/480 - 37*n4/840,
			4397 * n4 / 161280,
		},
	}
}

// forward gives easting (zone number in front) and northing of EPSG:4526 in
// metres for longitude and latitude in degrees.
func (p projector) forward(lon, lat float64) (east, north float64) {
	phi, lam := lat*math.Pi/180, (lon-centralMeridian)*math.Pi/180
	s := math.Sin(phi)
	tau := math.Sinh(math.Atanh(s) - p.ecc*math.Atanh(p.ecc*s)) // tangent of the conformal latitude
	xi := math.Atan2(tau, math.Cos(lam))
	eta := math.Asinh(math.Sin(lam) / math.Hypot(tau, math.Cos(lam)))
	x, y := xi, eta
	for j, a := range p.fwd {
		k := float64(2 * (j + 1))
		x += a * math.Sin(k*xi) * math.Cosh(k*eta)
		y += a * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	return falseEasting + p.radius*y, p.radius * x
}

// inverse gives longitude and latitude in degrees for easting (zone number in
// front) and northing in metres.
func (p projector) inverse(east, north float64) (lon, lat float64) {
	x, y := north/p.radius, (east-falseEasting)/p.radius
	xi, eta := x, y
	for j, b := range p.inv {
		k := float64(2 * (j + 1))
		xi -= b * math.Sin(k*x) * math.Cosh(k*y)
		eta -= b * math.Cos(k*x) * math.Sinh(k*y)
	}
	conformal := math.Sin(xi) / math.Cosh(eta) // its sine
	psi := math.Atanh(conformal)
	s := conformal
	for range 12 {
		s = math.Tanh(psi + p.ecc*math.Atanh(p.ecc*s))
	}
	lam := math.Atan2(math.Sinh(eta), math.Cos(xi))
	return centralMeridian + lam*180/math.Pi, math.Asin(s) * 180 / math.Pi
}

// plane takes degrees to the package's plane.
func (p projector) plane(lon, lat float64) xy {
	e, n := p.forward(lon, lat)
	return xy{e - originEast, n - originNorth}
}

// point takes the package's plane to degrees.
func (p projector) point(v xy) orb.Point {
	lon, lat := p.inverse(v.x+originEast, v.y+originNorth)
	return orb.Point{lon, lat}
}

// scale is the projection's linear scale at v, about 1.0001 at Yueyang: the
// ellipsoidal area of something small is its plane area over the square of it.
func (p projector) scale(v xy) float64 {
	_, lat := p.inverse(v.x+originEast, v.y+originNorth)
	s := math.Sin(lat * math.Pi / 180)
	e2 := p.ecc * p.ecc
	w := 1 - e2*s*s
	r2 := semiMajor * semiMajor * (1 - e2) / (w * w) // product of the two radii of curvature
	d := v.x + originEast - falseEasting
	q := d * d / r2
	return 1 + q/2 + q*q/24
}

// polygon takes a polygon to degrees: rings closed, exterior anticlockwise,
// holes clockwise.
func (p projector) polygon(s shape) orb.Polygon {
	out := make(orb.Polygon, 0, 1+len(s.holes))
	out = append(out, p.closed(s.outer, false))
	for _, h := range s.holes {
		out = append(out, p.closed(h, true))
	}
	return out
}

func (p projector) closed(r ring, reverse bool) orb.Ring {
	out := make(orb.Ring, 0, len(r)+1)
	for i := range r {
		k := i
		if reverse {
			k = len(r) - 1 - i
		}
		out = append(out, p.point(r[k]))
	}
	return append(out, out[0])
}

// multi takes several polygons to degrees.
func (p projector) multi(shapes []shape) orb.MultiPolygon {
	out := make(orb.MultiPolygon, len(shapes))
	for i, s := range shapes {
		out[i] = p.polygon(s)
	}
	return out
}

// line takes a line to degrees.
func (p projector) line(l []xy) orb.LineString {
	out := make(orb.LineString, len(l))
	for i, v := range l {
		out[i] = p.point(v)
	}
	return out
}

// ellipsoidal is the area of the shapes on the ellipsoid in square metres.
func (p projector) ellipsoidal(shapes ...shape) float64 {
	sum := 0.0
	for _, s := range shapes {
		k := p.scale(s.outer.centroid())
		sum += s.area() / (k * k)
	}
	return sum
}
