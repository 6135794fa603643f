package sample_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
	"tengdi/geo/sample"
)

// TestSameSeedSameDistrict builds the district again and compares everything.
func TestSameSeedSameDistrict(t *testing.T) {
	first := build(t)
	again, err := sample.Build(sample.Options{Seed: 430602, Today: today().Add(3 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]any{
		"district": {first.District, again.District}, "references": {first.References, again.References},
		"areas": {first.Areas, again.Areas}, "cleared": {first.Cleared, again.Cleared}, "buildings": {first.Buildings, again.Buildings},
		"households": {first.Households, again.Households}, "parcels": {first.Parcels, again.Parcels}, "rounds": {first.Rounds, again.Rounds},
		"projects": {first.Projects, again.Projects}, "problems": {first.Problems, again.Problems},
		"visits": {first.Visits, again.Visits}, "events": {first.Events, again.Events},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s differ between two builds of one seed and day", name)
		}
	}
}

// TestNeutralNames: on request no real area, project or firm is named, and
// another seed draws another town with the same totals.
func TestNeutralNames(t *testing.T) {
	d, err := other()
	if err != nil {
		t.Fatal(err)
	}
	var real []string
	neutral := 0
	for i, r := range readCSV(t, "areas.csv") {
		if r.text("basis") == "G" {
			continue
		}
		neutral++
		real = append(real, r.text("name"))
		if !strings.HasPrefix(d.Areas[i].Name, "示例片区") {
			t.Errorf("%s is called %s", d.Areas[i].Code, d.Areas[i].Name)
		}
	}
	equal(t, "real areas", neutral, 18)
	for _, p := range d.Parcels {
		for _, name := range real {
			if strings.Contains(p.Name+p.Address, name) {
				t.Errorf("%s is called %s", p.Code, p.Name)
			}
		}
	}
	for _, p := range d.Projects {
		if !strings.HasPrefix(p.Name, "示例项目") || !strings.HasPrefix(p.Investor, "示例") {
			t.Errorf("%s is called %s, of %s", p.Code, p.Name, p.Investor)
		}
	}
	var cleared geo.SquareMetres
	for _, c := range d.Cleared {
		cleared += c.Measures.Survey
	}
	near(t, "cleared mu", cleared.Mu(), 11000, 1e-6)
	if reflect.DeepEqual(d.Areas[0].Shape, build(t).Areas[0].Shape) {
		t.Error("two seeds draw the same area")
	}
}

func TestTodayTooEarly(t *testing.T) {
	_, err := sample.Build(sample.Options{Seed: 1, Today: earliest().Add(-time.Minute)})
	equal(t, "kind", geo.KindOf(err), geo.Invalid)
}

// TestMarkedAsDemo: every page shows where the data come from.
func TestMarkedAsDemo(t *testing.T) {
	d := build(t).District
	equal(t, "demo", d.Demo, true)
	equal(t, "code", d.Code, "430602")
	equal(t, "zone", d.Zone, "Asia/Shanghai")
	equal(t, "measuring CRS", d.MeasureSRID, 4526)
	for _, e := range build(t).Events {
		if e.Source != geo.FromDemo || e.Actor != "demo" {
			t.Fatalf("%s %s is by %s, from %s", e.Entity, e.Code, e.Actor, e.Source)
		}
	}
}
