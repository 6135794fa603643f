package geo

import (
	"math"
	"testing"
)

// A condition sheet prints the limits with the right signs.
func TestLimitString(t *testing.T) {
	for _, c := range []struct {
		l    Limit
		want string
	}{
		{Limit{Min: number(1), Max: number(2.5)}, "1 ≤ x ≤ 2.5"},
		{Limit{Min: number(1), Max: number(2.5), MinOpen: true}, "1 < x ≤ 2.5"},
		{Limit{Min: number(1), Max: number(2.5), MaxOpen: true}, "1 ≤ x < 2.5"},
		{Limit{Min: number(35)}, "x ≥ 35"},
		{Limit{Min: number(35), MinOpen: true}, "x > 35"},
		{Limit{Max: number(30)}, "x ≤ 30"},
		{Limit{Max: number(30), MaxOpen: true}, "x < 30"},
		{Limit{}, ""},
	} {
		if got := c.l.String(); got != c.want {
			t.Errorf("%+v is written %q, want %q", c.l, got, c.want)
		}
	}
}

func TestCleanLandComplete(t *testing.T) {
	all := CleanLand{true, true, true, true, true}
	if !all.Complete() || (CleanLand{}).Complete() {
		t.Error("complete means all five points")
	}
	for i := range all.points() {
		c := all
		*[]*bool{&c.Title, &c.Compensation, &c.NoDispute, &c.Conditions, &c.Utilities}[i] = false
		if c.Complete() || c.points()[i].ok {
			t.Errorf("complete without point %d", i+1)
		}
	}
}

func TestPremium(t *testing.T) {
	if got := (Round{Start: 10_000 * Wan, Deal: 10_875 * Wan}).Premium(); math.Abs(got-0.0875) > 1e-12 {
		t.Errorf("the premium is %v", got)
	}
	if (Round{Start: Wan}).Premium() != 0 || (Round{Deal: Wan}).Premium() != 0 {
		t.Error("no premium without a deal or a start price")
	}
}

func TestOfficialArea(t *testing.T) {
	m := Measures{Ellipsoid: 100, Plane: 101, Survey: 99}
	if a, basis := m.Official(); a != 99 || basis != "survey" {
		t.Errorf("surveyed: %v by %s", a, basis)
	}
	m.Survey = 0
	if a, basis := m.Official(); a != 100 || basis != "ellipsoid" {
		t.Errorf("not surveyed: %v by %s", a, basis)
	}
	if !(Shape{SRID: WGS84}).Zero() {
		t.Error("no rings is no shape")
	}
}
