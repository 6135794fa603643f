package geo

import "github.com/paulmach/orb"

// Outlines are the outlines of named groups of things at one public revision.
type Outlines struct {
	Revision int64
	List     []GroupOutline // by name
}

// GroupOutline is a line around things that belong together, in degrees of WGS 84 or
// CGCS2000. It is drawn for the eye and is no boundary of any record.
type GroupOutline struct {
	Name     string
	Geometry orb.Geometry
}
