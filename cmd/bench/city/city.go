// Package city makes parcels like those of a large city, as many as one likes,
// the same ones every time, without keeping more than one in memory: a bent
// lattice that is dense in the middle and, when it is large, loose at the edge;
// neighbours share every vertex of their borders. In the middle a tile of zoom 12
// holds 17,000 to 19,000 parcels; a ring has 5 to 29 vertices, its closing one included, 13 in the mean.
package city

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tengdi/tiles"
)

// The place and the spacing of the lattice in its middle, in degrees.
const (
	midLon, midLat = 113.071289, 29.343875 // the middle of tile 12/3334/1698
	flat           = 500.0                 // lines from the middle to the edge of a set of a million
	spacing        = 0.00064
	squeeze        = 0.8718 // degrees of latitude for one of longitude: squares on the map
	earth          = 6378137.0
)

// City is a set of N parcels with ids from 1 to N.
type City struct {
	n, across int
	half      float64
}

// New is a city of n parcels.
func New(n int) *City {
	across := int(math.Ceil(math.Sqrt(float64(n))))
	return &City{n: n, across: across, half: float64(across) / 2}
}

// Len is the number of parcels.
func (c *City) Len() int { return c.n }

// Bounds are degrees between which every parcel lies.
func (c *City) Bounds() (west, south, east, north float64) {
	reach := c.bent(float64(c.across) + 1)
	return midLon - reach, midLat - reach*squeeze, midLon + reach, midLat + reach*squeeze
}

// Fields are the attributes, in the order of Parcel.Values.
func Fields() []string { return []string{"code", "status", "use", "mu"} }

// Parcel is one parcel: its ring in degrees of WGS 84, closed, clockwise on the
// map, and what is known about it.
type Parcel struct {
	ID     uint64
	Ring   orb.Ring
	Code   string
	Status string
	Use    string
	Mu     float64 // area in mu, of 2000/3 square metres, to 0.01
	M2     float64 // true ground area
}

// Values are the attributes in the order of Fields.
func (p Parcel) Values() []tiles.Value { return []tiles.Value{p.Code, p.Status, p.Use, p.Mu} }

// Feature is the parcel as the engine takes it.
func (p Parcel) Feature() tiles.Feature {
	return tiles.Feature{ID: p.ID, Geometry: orb.MultiPolygon{{p.Ring}}, Values: p.Values(), M2: p.M2}
}

func statuses() []string {
	return []string{
		"reserved", "reserved", "reserved", "planned", "planned", "announced", "listed", "sold", "sold",
		"contracted", "paid", "handed_over", "started", "started", "completed", "completed", "completed",
	}
}

func uses() []string {
	return []string{"residential", "residential", "industrial", "commercial", "other"}
}

// Parcel makes the parcel at place i, from 0 to Len()-1.
func (c *City) Parcel(i int) Parcel {
	x, y := i%c.across, i/c.across
	var r orb.Ring
	r = c.side(r, x, y+1, x+1, y+1, false)
	r = c.side(r, x+1, y, x+1, y+1, true)
	r = c.side(r, x, y, x+1, y, true)
	r = c.side(r, x, y, x, y+1, false)
	r = append(r, r[0])
	h := hash(uint64(i), 5)
	m2 := groundArea(r)
	return Parcel{
		ID: uint64(i) + 1, Ring: r,
		Code:   fmt.Sprintf("BC-%03d-%05d", i/100_000, i%100_000),
		Status: statuses()[h%17],
		Use:    uses()[h>>8%5],
		Mu:     math.Round(m2*3/2000*100) / 100,
		M2:     m2,
	}
}

// side adds the border between two corners, without its last point. A border is
// made from its western or southern corner; back takes it the other way.
func (c *City) side(r orb.Ring, x1, y1, x2, y2 int, back bool) orb.Ring {
	a, b := c.corner(x1, y1), c.corner(x2, y2)
	direction := uint64(0)
	if y1 != y2 {
		direction = 1
	}
	h := hash(uint64(y1)*uint64(c.across+1)+uint64(x1), 10+direction)
	bends := [10]int{0, 0, 0, 1, 1, 2, 2, 3, 5, 6}[h%10]
	at := func(k int) orb.Point {
		u := hash(h, 20+uint64(k))
		t := (float64(k) + 0.5 + 0.5*part(u)) / float64(bends+1)
		off := 0.1 * part(u>>20) * min(1, 4*t, 4*(1-t)) // near a corner a border never crosses the next one
		dx, dy := b[0]-a[0], b[1]-a[1]
		return orb.Point{a[0] + t*dx - off*dy/squeeze, a[1] + t*dy + off*dx*squeeze}
	}
	if back {
		r = append(r, b)
		for k := bends - 1; k >= 0; k-- {
			r = append(r, at(k))
		}
		return r
	}
	r = append(r, a)
	for k := range bends {
		r = append(r, at(k))
	}
	return r
}

// corner is a corner of the lattice, moved by up to a fifth of the spacing.
func (c *City) corner(x, y int) orb.Point {
	h := hash(uint64(y)*uint64(c.across+1)+uint64(x), 1)
	return orb.Point{
		midLon + c.bent(float64(x)+0.4*part(h)),
		midLat + squeeze*c.bent(float64(y)+0.4*part(h>>24)),
	}
}

// bent places a line of the lattice: of a large set four times as far apart at the
// edge as in the middle.
func (c *City) bent(at float64) float64 {
	k := at - c.half
	u := k / max(c.half, flat)
	return spacing * k * (1 + u*u)
}

// hash mixes a number (splitmix64).
func hash(v, salt uint64) uint64 {
	v += (salt + 1) * 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}

// part is a number from -0.5 to 0.5 of the lowest 20 bits.
func part(h uint64) float64 { return float64(h&0xfffff)/0xfffff - 0.5 }

// groundArea is the area of a small ring on the sphere, in square metres.
func groundArea(r orb.Ring) float64 {
	cos := math.Cos(r[0][1] * math.Pi / 180)
	var doubled float64
	for i := range r[:len(r)-1] {
		a, b := r[i], r[i+1]
		doubled += (a[0]-r[0][0])*(b[1]-r[0][1]) - (b[0]-r[0][0])*(a[1]-r[0][1])
	}
	const metres = earth * math.Pi / 180 // of a degree of latitude
	return math.Abs(doubled) / 2 * metres * metres * cos
}
