package sample_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// The checks of this file measure in degrees, as the database compares shapes,
// scaled to metres at the district's latitude.
const (
	metresPerLon = 97030.0
	metresPerLat = 110857.0
	tolerance    = 0.01 // m2
)

func metres(p orb.Point) [2]float64 {
	return [2]float64{(p[0] - 113.15) * metresPerLon, (p[1] - 29.37) * metresPerLat}
}

// land is a polygon for the checks, with its box in metres.
type land struct {
	name   string
	rings  [][][2]float64 // closed; holes clockwise
	lo, hi [2]float64
}

func lands(name string, mp orb.MultiPolygon) []land {
	var out []land
	for _, p := range mp {
		l := land{name: name, lo: [2]float64{math.Inf(1), math.Inf(1)}, hi: [2]float64{math.Inf(-1), math.Inf(-1)}}
		for _, r := range p {
			var ring [][2]float64
			for _, q := range r {
				m := metres(q)
				ring = append(ring, m)
				for k := range 2 {
					l.lo[k], l.hi[k] = min(l.lo[k], m[k]), max(l.hi[k], m[k])
				}
			}
			l.rings = append(l.rings, ring)
		}
		out = append(out, l)
	}
	return out
}

func (l land) area() float64 { return overlap(l, l) }

func (l land) near(o land) bool {
	return l.lo[0] <= o.hi[0] && o.lo[0] <= l.hi[0] && l.lo[1] <= o.hi[1] && o.lo[1] <= l.hi[1]
}

// overlap is the area that two polygons have in common: both are taken apart
// into signed triangles with one corner in common, and the triangles are
// clipped against each other.
func overlap(a, b land) float64 {
	if !a.near(b) {
		return 0
	}
	o := [2]float64{(max(a.lo[0], b.lo[0]) + min(a.hi[0], b.hi[0])) / 2, (max(a.lo[1], b.lo[1]) + min(a.hi[1], b.hi[1])) / 2}
	sum := 0.0
	for _, ra := range a.rings {
		for i := 0; i+1 < len(ra); i++ {
			ta, sa := triangle(o, ra[i], ra[i+1])
			if sa == 0 {
				continue
			}
			for _, rb := range b.rings {
				for j := 0; j+1 < len(rb); j++ {
					if tb, sb := triangle(o, rb[j], rb[j+1]); sb != 0 {
						sum += sa * sb * clipArea(ta, tb)
					}
				}
			}
		}
	}
	return sum
}

func cross(o, a, b [2]float64) float64 {
	return (a[0]-o[0])*(b[1]-o[1]) - (a[1]-o[1])*(b[0]-o[0])
}

// triangle is o, a, b in anticlockwise order and the sign of its turn.
func triangle(o, a, b [2]float64) (t [3][2]float64, sign float64) {
	switch c := cross(o, a, b); {
	case c > 0:
		return [3][2]float64{o, a, b}, 1
	case c < 0:
		return [3][2]float64{o, b, a}, -1
	}
	return t, 0
}

func clipArea(a, b [3][2]float64) float64 {
	for k := range 2 {
		if max(a[0][k], a[1][k], a[2][k]) <= min(b[0][k], b[1][k], b[2][k]) || max(b[0][k], b[1][k], b[2][k]) <= min(a[0][k], a[1][k], a[2][k]) {
			return 0
		}
	}
	poly := append(make([][2]float64, 0, 8), a[:]...)
	var next [8][2]float64
	for i := range 3 {
		p, q := b[i], b[(i+1)%3]
		out := next[:0]
		for j, c := range poly {
			d := poly[(j+1)%len(poly)]
			sc, sd := cross(p, q, c), cross(p, q, d)
			if sc >= 0 {
				out = append(out, c)
			}
			if (sc > 0 && sd < 0) || (sc < 0 && sd > 0) {
				t := sc / (sc - sd)
				out = append(out, [2]float64{c[0] + (d[0]-c[0])*t, c[1] + (d[1]-c[1])*t})
			}
		}
		if len(out) < 3 {
			return 0
		}
		poly = append(poly[:0], out...)
	}
	sum := 0.0
	for i := 1; i+1 < len(poly); i++ {
		sum += cross(poly[0], poly[i], poly[i+1])
	}
	return sum / 2
}

// TestOverlapMeasure tries the measure itself.
func TestOverlapMeasure(t *testing.T) {
	box := func(x, y, w, h float64) land {
		return land{rings: [][][2]float64{{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}}}, lo: [2]float64{x, y}, hi: [2]float64{x + w, y + h}}
	}
	near(t, "boxes that overlap", overlap(box(0, 0, 10, 10), box(7, 4, 10, 3)), 9, 1e-9)
	near(t, "neighbours", overlap(box(0, 0, 10, 10), box(10, 0, 10, 10)), 0, 1e-9)
	near(t, "one inside the other", overlap(box(0, 0, 10, 10), box(2, 2, 3, 3)), 9, 1e-9)
	l := land{rings: [][][2]float64{{{0, 0}, {10, 0}, {10, 4}, {4, 4}, {4, 10}, {0, 10}, {0, 0}}}, hi: [2]float64{10, 10}}
	near(t, "in the notch", overlap(l, box(5, 5, 4, 4)), 0, 1e-9)
	near(t, "across the notch", overlap(l, box(0, 3, 10, 2)), 14, 1e-9)
	h := box(0, 0, 10, 10)
	h.rings = append(h.rings, [][2]float64{{2, 2}, {2, 8}, {8, 8}, {8, 2}, {2, 2}})
	near(t, "in a hole", overlap(h, box(3, 3, 4, 4)), 0, 1e-9)
	near(t, "with a hole", h.area(), 64, 1e-9)
}

func layers(d geo.Dataset) map[string][]land {
	out := map[string][]land{}
	for _, a := range d.Areas {
		out["areas"] = append(out["areas"], lands(a.Code, a.Shape.Geometry)...)
	}
	for _, c := range d.Cleared {
		out["cleared"] = append(out["cleared"], lands(c.Code, c.Shape.Geometry)...)
	}
	for _, p := range d.Parcels {
		out["parcels"] = append(out["parcels"], lands(p.Code, p.Shape.Geometry)...)
	}
	for _, b := range d.Buildings {
		out["buildings"] = append(out["buildings"], lands(b.Code, b.Shape.Geometry)...)
	}
	return out
}

func TestNothingOverlaps(t *testing.T) {
	for layer, ls := range layers(build(t)) {
		for i, a := range ls {
			for _, b := range ls[i+1:] {
				if o := overlap(a, b); o > tolerance {
					t.Errorf("%s: %s and %s overlap by %.4f m2", layer, a.name, b.name, o)
				}
			}
		}
	}
}

// covered is how much of l the others cover.
func covered(l land, others []land) float64 {
	sum := 0.0
	for _, o := range others {
		sum += overlap(l, o)
	}
	return sum
}

// TestLandLiesInLand: cleared land and buildings in areas, parcels on cleared
// land.
func TestLandLiesInLand(t *testing.T) {
	ls := layers(build(t))
	for _, c := range []struct{ inner, outer string }{{"cleared", "areas"}, {"parcels", "cleared"}, {"buildings", "areas"}} {
		for _, l := range ls[c.inner] {
			if out := l.area() - covered(l, ls[c.outer]); math.Abs(out) > tolerance {
				t.Errorf("%s: %s lies with %.4f m2 outside the %s", c.inner, l.name, out, c.outer)
			}
		}
	}
}

// TestOffTheWater: everything lies in the district, off the lakes, the river,
// the hill and the railway, and no house stands in a road.
func TestOffTheWater(t *testing.T) {
	d := build(t)
	var outline, wet []land
	var roads, rails []orb.LineString
	kinds := map[string]int{}
	for _, r := range d.References {
		kinds[r.Kind]++
		switch g := r.Geometry.(type) {
		case orb.Polygon:
			if r.Kind == "outline" {
				outline = append(outline, lands(r.Name, orb.MultiPolygon{g})...)
			} else {
				wet = append(wet, lands(r.Name, orb.MultiPolygon{g})...)
			}
		case orb.LineString:
			if r.Kind == "rail" {
				rails = append(rails, g)
			} else {
				roads = append(roads, g)
			}
		case orb.Point:
			if r.Kind != "station" {
				t.Errorf("%s is a point", r.Name)
			}
		default:
			t.Errorf("%s is a %s", r.Name, g.GeoJSONType())
		}
		frame := *d.District.Frame
		if r.Name == "洞庭湖" { // its far shore is another district's
			frame.Min[0], frame.Max[1] = 112.96, 29.50
		}
		if !frame.Contains(r.Geometry.Bound().Min) || !frame.Contains(r.Geometry.Bound().Max) {
			t.Errorf("%s %s lies outside the frame", r.Kind, r.Name)
		}
	}
	for kind, least := range map[string]int{"water": 4, "green": 1, "rail": 2, "road": 40, "outline": 1, "station": 1} {
		if kinds[kind] < least {
			t.Errorf("%d references of kind %s", kinds[kind], kind)
		}
	}
	ls := layers(d)
	for layer, list := range ls {
		for _, l := range list {
			if out := l.area() - covered(l, outline); math.Abs(out) > tolerance {
				t.Errorf("%s %s: %.2f m2 lie outside the district", layer, l.name, out)
			}
			if in := covered(l, wet); in > tolerance {
				t.Errorf("%s %s: %.2f m2 lie in water or on the hill", layer, l.name, in)
			}
		}
	}
	for _, layer := range []string{"areas", "buildings"} {
		for _, l := range ls[layer] {
			if name := crossedBy(l, append(roads, rails...)); name != "" {
				t.Errorf("%s %s: %s runs through it", layer, l.name, name)
			}
		}
	}
}

// crossedBy tells which line passes an edge of the land.
func crossedBy(l land, lines []orb.LineString) string {
	for n, line := range lines {
		for i := 0; i+1 < len(line); i++ {
			a, b := metres(line[i]), metres(line[i+1])
			if max(a[0], b[0]) < l.lo[0] || min(a[0], b[0]) > l.hi[0] || max(a[1], b[1]) < l.lo[1] || min(a[1], b[1]) > l.hi[1] {
				continue
			}
			for _, r := range l.rings {
				for j := 0; j+1 < len(r); j++ {
					if cross(a, b, r[j])*cross(a, b, r[j+1]) < 0 && cross(r[j], r[j+1], a)*cross(r[j], r[j+1], b) < 0 {
						return fmt.Sprintf("line %d", n)
					}
				}
			}
		}
	}
	return ""
}

// TestRingsAreValid: closed, exterior anticlockwise and holes clockwise (RFC
// 7946), no edge touches another but its neighbours, holes inside.
func TestRingsAreValid(t *testing.T) {
	d := build(t)
	holes, multi := map[string]int{}, map[string]int{}
	check := func(layer, name string, s geo.Shape) {
		equal(t, name+" SRID", s.SRID, geo.WGS84)
		if len(s.Geometry) > 1 {
			multi[layer]++
		}
		for _, p := range s.Geometry {
			holes[layer] += len(p) - 1
			for i, r := range p {
				if !r.Closed() || len(r) < 4 {
					t.Errorf("%s %s ring %d is not closed", layer, name, i)
				}
				if want := map[bool]orb.Orientation{true: orb.CCW, false: orb.CW}[i == 0]; r.Orientation() != want {
					t.Errorf("%s %s ring %d runs the wrong way", layer, name, i)
				}
				for j := range r[1:] {
					for k := j + 2; k < len(r)-1; k++ {
						if j == 0 && k == len(r)-2 {
							continue
						}
						a, b, c, e := metres(r[j]), metres(r[j+1]), metres(r[k]), metres(r[k+1])
						if cross(a, b, c)*cross(a, b, e) <= 0 && cross(c, e, a)*cross(c, e, b) <= 0 {
							t.Errorf("%s %s ring %d crosses itself at %v", layer, name, i, r[j])
						}
					}
				}
			}
		}
	}
	for _, x := range d.Areas {
		check("areas", x.Code, x.Shape)
	}
	for _, x := range d.Cleared {
		check("cleared", x.Code, x.Shape)
	}
	for _, x := range d.Parcels {
		check("parcels", x.Code, x.Shape)
	}
	for _, x := range d.Buildings {
		check("buildings", x.Code, x.Shape)
	}
	if holes["cleared"] < 30 || holes["parcels"] == 0 || multi["cleared"] < 15 || multi["parcels"] < 2 || multi["areas"] < 5 {
		t.Errorf("too few rings to try the map with: holes %v, parts %v", holes, multi)
	}
}

// TestParcelsAreWide measures across each parcel from the middle of every longer edge:
// at least 12 m.
func TestParcelsAreWide(t *testing.T) {
	for _, l := range layers(build(t))["parcels"] {
		r := l.rings[0]
		for i := 0; i+1 < len(r); i++ {
			a, b := r[i], r[i+1]
			w := math.Hypot(b[0]-a[0], b[1]-a[1])
			if w < 16 {
				continue
			}
			m := [2]float64{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
			far := [2]float64{m[0] - (b[1]-a[1])/w*12, m[1] + (b[0]-a[0])/w*12}
			for j := 0; j+1 < len(r); j++ {
				if j != i && cross(m, far, r[j])*cross(m, far, r[j+1]) < 0 && cross(r[j], r[j+1], m)*cross(r[j], r[j+1], far) < 0 {
					t.Errorf("%s is narrower than 12 m at %v", l.name, m)
				}
			}
		}
	}
}
