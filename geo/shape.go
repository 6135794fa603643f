package geo

import "github.com/paulmach/orb"

// SRIDs that the product names.
const (
	WGS84    = 4326 // longitude, latitude; the canonical storage
	CGCS2000 = 4490 // longitude, latitude; equal to WGS 84 within centimetres
	Mercator = 3857 // display only: never measure in it
)

// Shape is land: a multipolygon and the reference system of its coordinates.
// Rings are closed; the exterior comes first in each polygon.
type Shape struct {
	SRID     int
	Geometry orb.MultiPolygon
}

// Zero says that there is no shape.
func (s Shape) Zero() bool { return len(s.Geometry) == 0 }

// Measures are the three areas that a piece of land has. Each shown figure
// says which it is.
type Measures struct {
	Ellipsoid SquareMetres // geodesic, on the ellipsoid; always there
	Plane     SquareMetres // in the district's measuring CRS; 0 = none is set
	Survey    SquareMetres // as surveyed; 0 = not surveyed
}

// Official is the area that counts: surveyed where there is one, else
// ellipsoidal.
func (m Measures) Official() (a SquareMetres, basis string) {
	if m.Survey > 0 {
		return m.Survey, "survey"
	}
	return m.Ellipsoid, "ellipsoid"
}
