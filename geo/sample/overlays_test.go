package sample

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// The overlays of the demo are of three kinds with named shapes inside the
// district's frame; the streets share the district without gap or overlap.
func TestOverlays(t *testing.T) {
	list, err := Overlays()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Overlays()
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for i, o := range list {
		kinds = append(kinds, o.Kind)
		names := map[string]bool{}
		for j, f := range o.Features {
			if f.Name == "" || f.NameEn == "" || names[f.Name] {
				t.Errorf("%s: %q, %q in English, is no name of its own", o.Name, f.Name, f.NameEn)
			}
			names[f.Name] = true
			b := f.Geometry.Bound()
			if box := frame().Pad(0.01); !box.Contains(b.Min) || !box.Contains(b.Max) {
				t.Errorf("%s: %s lies outside: %v", o.Name, f.Name, b)
			}
			if !orb.Equal(f.Geometry, again[i].Features[j].Geometry) {
				t.Errorf("%s: %s is drawn another way each time", o.Name, f.Name)
			}
			for _, p := range f.Geometry {
				if len(p) == 0 || p[0].Orientation() != orb.CCW || !p[0].Closed() {
					t.Errorf("%s: %s has a ring that does not turn left", o.Name, f.Name)
				}
			}
		}
	}
	if !slices.Equal(kinds, []string{"exclusion", "street", "blueprint"}) {
		t.Errorf("kinds: %v", kinds)
	}
	proj := newProjector()
	whole, parts := ring{}, 0.0
	for _, p := range outlinePoints() {
		whole = append(whole, proj.plane(p[0], p[1]))
	}
	for _, f := range list[1].Features {
		for _, p := range f.Geometry {
			for i, r := range p {
				plane := ring{}
				for _, at := range r[1:] {
					plane = append(plane, proj.plane(at[0], at[1]))
				}
				if a := math.Abs(plane.area()); i == 0 {
					parts += a
				} else {
					parts -= a
				}
			}
		}
	}
	if want := math.Abs(whole.area()); math.Abs(parts-want) > want*1e-4 {
		t.Errorf("the streets have %.0f m2, the district %.0f", parts, want)
	}
	rows, err := readAreas()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, s := range streets() {
		names[s[0]] = s[1]
	}
	for _, r := range rows {
		at := orb.Point{r.lon, r.lat}
		for _, f := range list[1].Features {
			in := slices.ContainsFunc(f.Geometry, func(p orb.Polygon) bool { return within(p, at) })
			if want := f.Name == names[r.street[6:]]; in != want {
				t.Errorf("%s in %s: %t", r.code, f.Name, in)
			}
		}
	}
}

// within says whether a point lies inside a polygon, by its exterior and holes.
func within(p orb.Polygon, at orb.Point) bool {
	in := false
	for _, r := range p {
		plane := ring{}
		for _, c := range r {
			plane = append(plane, xy{c[0], c[1]})
		}
		in = in != plane.contains(xy{at[0], at[1]})
	}
	return in
}
