package exchange

import (
	"math"

	"github.com/paulmach/orb"
)

// Datum says how the degrees of a file are shifted. The zero value is not at
// all: WGS 84, or CGCS2000, which is equal to it within centimetres.
type Datum string

// Datums that Chinese web maps use. GCJ-02 is what Amap, Tencent and DataV
// give; BD-09 is Baidu's, which shifts GCJ-02 once more.
const (
	Unshifted Datum = ""
	GCJ02     Datum = "gcj02"
	BD09      Datum = "bd09"
)

// ParseDatum reads a datum as a person writes it.
func ParseDatum(s string) (Datum, error) {
	switch plain(s) {
	case "", "wgs84", "cgcs2000", "4326", "4490":
		return Unshifted, nil
	case "gcj02", "gcj", "mars", "amap", "gaode":
		return GCJ02, nil
	case "bd09", "bd09ll", "baidu":
		return BD09, nil
	}
	return "", fileErrorf("datum-unknown", "the datum %q is not known: gcj02, bd09, or nothing",
		"不认识坐标偏移 %q：只有 gcj02、bd09 或不填", quote(s))
}

// ToWGS84 returns the point in WGS 84.
func (d Datum) ToWGS84(p orb.Point) orb.Point {
	switch d {
	case GCJ02:
		return FromGCJ02(p)
	case BD09:
		return FromGCJ02(FromBD09(p))
	}
	return p
}

// Unshift returns a copy of the shape in WGS 84.
func (d Datum) Unshift(mp orb.MultiPolygon) orb.MultiPolygon {
	mp = mp.Clone()
	if d == Unshifted {
		return mp
	}
	for _, polygon := range mp {
		for _, ring := range polygon {
			for i, p := range ring {
				ring[i] = d.ToWGS84(p)
			}
		}
	}
	return mp
}

// gcjApplies tells whether a point lies where the shift is made: a box around
// China. Outside it GCJ-02 is WGS 84.
func gcjApplies(p orb.Point) bool {
	return p[0] >= 72.004 && p[0] <= 137.8347 && p[1] >= 0.8293 && p[1] <= 55.8271
}

// ToGCJ02 shifts a WGS 84 point, longitude and latitude in degrees, as the
// publicly known formula for GCJ-02 does: polynomials and sines of the offset
// from 105E 35N, in metres on the Krasovsky 1940 ellipsoid. At Yueyang that
// is some 580 m to the east and 280 m to the south.
func ToGCJ02(p orb.Point) orb.Point {
	if !gcjApplies(p) {
		return p
	}
	d := gcjOffset(p)
	return orb.Point{p[0] + d[0], p[1] + d[1]}
}

func gcjOffset(p orb.Point) orb.Point {
	const (
		a  = 6378245.0              // Krasovsky 1940, metres
		e2 = 0.00669342162296594323 // first eccentricity squared
	)
	x, y := p[0]-105, p[1]-35
	sin := func(v float64) float64 { return math.Sin(v * math.Pi) }
	ripple := (20*sin(6*x) + 20*sin(2*x)) * 2 / 3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + ripple +
		(20*sin(y)+40*sin(y/3))*2/3 + (160*sin(y/12)+320*sin(y/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + ripple +
		(20*sin(x)+40*sin(x/3))*2/3 + (150*sin(x/12)+300*sin(x/30))*2/3
	lat := p[1] / 180 * math.Pi
	w := 1 - e2*math.Sin(lat)*math.Sin(lat)
	meridian := a * (1 - e2) / (w * math.Sqrt(w)) // radii of curvature
	parallel := a / math.Sqrt(w) * math.Cos(lat)
	return orb.Point{east / parallel * 180 / math.Pi, north / meridian * 180 / math.Pi}
}

// FromGCJ02 finds the WGS 84 point whose GCJ-02 point is p, by iteration to
// below 1e-9 degrees (0.1 mm).
func FromGCJ02(p orb.Point) orb.Point {
	if !gcjApplies(p) {
		return p
	}
	q := p
	for range 30 {
		s := ToGCJ02(q)
		dx, dy := s[0]-p[0], s[1]-p[1]
		q = orb.Point{q[0] - dx, q[1] - dy}
		if math.Abs(dx) < 1e-10 && math.Abs(dy) < 1e-10 {
			break
		}
	}
	return q
}

// bdTurn is the angular frequency in Baidu's ripple.
const bdTurn = math.Pi * 3000 / 180

// ToBD09 shifts a GCJ-02 point as Baidu does.
func ToBD09(p orb.Point) orb.Point {
	r := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*bdTurn)
	t := math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*bdTurn)
	return orb.Point{r*math.Cos(t) + 0.0065, r*math.Sin(t) + 0.006}
}

// FromBD09 finds the GCJ-02 point whose BD-09 point is p, by iteration to
// below 1e-9 degrees.
func FromBD09(p orb.Point) orb.Point {
	q := orb.Point{p[0] - 0.0065, p[1] - 0.006}
	for range 30 {
		s := ToBD09(q)
		dx, dy := s[0]-p[0], s[1]-p[1]
		q = orb.Point{q[0] - dx, q[1] - dy}
		if math.Abs(dx) < 1e-10 && math.Abs(dy) < 1e-10 {
			break
		}
	}
	return q
}

// GuessDatum tells whether degrees look shifted against a district whose frame
// is known: a box of the file leaves the frame or misses its edges as it is,
// and fits when it is shifted back. boxes are those of the rows, or of the
// file. A frame much wider than the data decides nothing; the answer is then
// Unshifted.
func GuessDatum(boxes []orb.Bound, district orb.Bound) Datum {
	if noBox(district) {
		return Unshifted
	}
	whole := emptyBound()
	for _, b := range boxes {
		whole = whole.Union(b)
	}
	if len(boxes) == 0 || contains(district.Pad(slack), whole) {
		return Unshifted
	}
	for _, d := range []Datum{GCJ02, BD09} {
		if contains(district.Pad(slack), d.box(whole)) {
			return d
		}
	}
	for _, b := range boxes {
		if sameBox(b, district) {
			return Unshifted
		}
	}
	for _, d := range []Datum{GCJ02, BD09} {
		for _, b := range boxes {
			if sameBox(d.box(b), district) {
				return d
			}
		}
	}
	return Unshifted
}

// slack is how far, in degrees, a box may miss a frame and still fit: some
// 80 m, a seventh of the shift.
const slack = 0.0008

// box is the box, shifted back by its corners.
func (d Datum) box(b orb.Bound) orb.Bound {
	return orb.Bound{Min: d.ToWGS84(b.Min), Max: d.ToWGS84(b.Max)}
}

func sameBox(a, b orb.Bound) bool {
	return near(a.Min[0], b.Min[0], slack) && near(a.Min[1], b.Min[1], slack) &&
		near(a.Max[0], b.Max[0], slack) && near(a.Max[1], b.Max[1], slack)
}

// noBox tells whether a box was left out: zero, or inside out.
func noBox(b orb.Bound) bool {
	return b == orb.Bound{} || b.Min[0] > b.Max[0] || b.Min[1] > b.Max[1]
}
