package sample

import (
	"math"
	"testing"
)

// TestProjection compares with a point that PROJ computed for EPSG:4526, and
// goes there and back over the whole frame.
func TestProjection(t *testing.T) {
	p := newProjector()
	e, n := p.forward(113.0884, 29.3807)
	if math.Abs(e-38411500.172) > 0.001 || math.Abs(n-3251811.124) > 0.001 {
		t.Errorf("113.0884, 29.3807 lies at %.4f, %.4f", e, n)
	}
	e, n = p.forward(113.1, 29.37)
	if math.Abs(e-38412617.230) > 0.001 || math.Abs(n-3250616.302) > 0.001 {
		t.Errorf("113.1, 29.37 lies at %.4f, %.4f", e, n)
	}
	b := frame()
	for x := b.Min.X(); x < b.Max.X(); x += 0.02 {
		for y := b.Min.Y(); y < b.Max.Y(); y += 0.02 {
			lon, lat := p.inverse(p.forward(x, y))
			if math.Abs(lon-x) > 1e-11 || math.Abs(lat-y) > 1e-11 {
				t.Errorf("%v, %v comes back as %v, %v", x, y, lon, lat)
			}
		}
	}
}

// TestEllipsoidalArea compares a box of a hundredth of a degree with the exact
// area between two parallels on the ellipsoid (Snyder 1987, 3-12).
func TestEllipsoidalArea(t *testing.T) {
	p := newProjector()
	const lon, lat, size, parts = 113.14, 29.36, 0.01, 200
	var r ring
	for side := range 4 {
		for i := range parts {
			f := float64(i) / parts * size
			v := [4][2]float64{{f, 0}, {size, f}, {size - f, size}, {0, size - f}}[side]
			r = append(r, p.plane(lon+v[0], lat+v[1]))
		}
	}
	q := func(deg float64) float64 {
		s := math.Sin(deg * math.Pi / 180)
		e := p.ecc
		return (1 - e*e) * (s/(1-e*e*s*s) + math.Atanh(e*s)/e)
	}
	want := semiMajor * semiMajor / 2 * (q(lat+size) - q(lat)) * size * math.Pi / 180
	if got := p.ellipsoidal(shape{outer: r}); math.Abs(got/want-1) > 1e-8 {
		t.Errorf("%.4f m2, want %.4f", got, want)
	}
}
