package geo

import (
	"regexp"
	"slices"
	"testing"
)

func TestFields(t *testing.T) {
	form := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	types := []FieldType{TextField, IntField, NumField, BoolField, DateField}
	units := []string{"", "mu", "m2", "m", "万元", "万元/亩", "%", "days", "years"}
	for _, c := range Collections() {
		fields := Fields(c)
		var names []string
		for _, f := range fields {
			if !form.MatchString(f.Name) || !chinese(f.Zh) || f.En == "" || !slices.Contains(types, f.Type) || !slices.Contains(units, f.Unit) {
				t.Errorf("%s: field %+v is not well formed", c, f)
			}
			if slices.Contains(names, f.Name) {
				t.Errorf("%s: field %s is there twice", c, f.Name)
			}
			if f.Public && !PublicCollection(c) {
				t.Errorf("%s: field %s is public in a collection that is not", c, f.Name)
			}
			names = append(names, f.Name)
		}
		if len(names) < 2 || names[0] != "code" || !slices.Contains(names, "status") {
			t.Errorf("%s: fields %v must begin with code and have a status", c, names)
		}
		if slices.Contains(names, "fid") {
			t.Errorf("%s: fid is added by the API and no field", c)
		}
	}
	for _, c := range append(Registers(), "buildings") {
		if PublicCollection(c) {
			t.Errorf("%s are for staff", c)
		}
		for _, f := range Fields(c) {
			if f.Public {
				t.Errorf("%s: %s is public in a collection that is not", c, f.Name)
			}
		}
	}
}

// What concerns households, problems, persons and secret prices is never
// public.
func TestSecretFieldsAreNotPublic(t *testing.T) {
	secret := []string{
		"reserve_wan", "households", "signed", "vacated", "demolished", "signed_rate", "vacated_rate", "demolished_rate",
		"problems_open", "problems_overdue", "late_days", "deadline", "leader", "department", "decision_no",
		"contract_no", "investor",
	}
	for _, c := range Collections() {
		for _, f := range Fields(c) {
			if f.Public && slices.Contains(secret, f.Name) {
				t.Errorf("%s.%s is public", c, f.Name)
			}
		}
	}
}

func TestMapLayers(t *testing.T) {
	var staff, public []string
	for _, l := range MapLayers(Staff) {
		staff = append(staff, l.Name)
		if l.MinZoom < MapMinZoom || l.MaxZoom > MapMaxZoom || l.MinZoom > l.MaxZoom || len(l.Fields) == 0 {
			t.Errorf("layer %+v is not well formed", l)
		}
		if l.Kind != PolygonLayer && l.Kind != PointLayer {
			t.Errorf("layer %s draws %q", l.Name, l.Kind)
		}
		if slices.Contains(Collections(), l.Name) && l.Public != PublicCollection(l.Name) {
			t.Errorf("layer %s and its collection have different audiences", l.Name)
		}
	}
	for _, l := range MapLayers(Staff) {
		m := l.Mosaic
		if (m.Name != "") != (l.Name == "parcels") || m.Name != "" && (slices.Contains(staff, m.Name) ||
			l.Kind != PolygonLayer || !slices.Contains(l.Fields, m.Field) || m.MaxZoom < l.MinZoom || m.MaxZoom >= l.MaxZoom) {
			t.Errorf("layer %s has the mosaic %+v", l.Name, m)
		}
	}
	for _, l := range MapLayers(Public) {
		public = append(public, l.Name)
	}
	if want := []string{"areas", "cleared", "parcels", "buildings", "projects", "arealabels", "parcellabels"}; !slices.Equal(staff, want) {
		t.Errorf("staff layers are %v", staff)
	}
	if want := []string{"areas", "cleared", "parcels", "projects", "arealabels", "parcellabels"}; !slices.Equal(public, want) {
		t.Errorf("public layers are %v", public)
	}
}
