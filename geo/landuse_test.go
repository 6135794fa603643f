package geo

import (
	"slices"
	"testing"
)

func TestUseClassOf(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		// 2023 guide
		{"070102", "residential"},
		{"0702", "residential"},
		{"0901", "commercial"},
		{"090105", "commercial"},
		{"1001", "industrial"},
		{"100102", "industrial"},
		{"1101", "logistics"},
		{"110102", "logistics"},
		{"0803", "public"},
		{"1301", "public"},
		{"1401", "green"},
		{"1207", "transport"},
		{"16", "other"},
		{"1701", "other"},
		// GB/T 21010-2017
		{"0501", "commercial"},
		{"0601", "industrial"},
		{"0604", "logistics"},
		{"0701", "residential"},
		{"0810", "green"},
		{" 0701 ", "residential"},
		{"", "other"},
		{"7", "other"},
		{"商业", "other"},
	} {
		if got := UseClassOf(c.code); got != c.want {
			t.Errorf("UseClassOf(%q) = %s, want %s", c.code, got, c.want)
		}
	}
}

func TestUseClasses(t *testing.T) {
	var codes []string
	for i, u := range UseClasses() {
		if u.Order != i+1 || !chinese(u.Zh) || u.En == "" || slices.Contains(codes, u.Code) {
			t.Errorf("family %+v at place %d", u, i+1)
		}
		codes = append(codes, u.Code)
		if !slices.ContainsFunc(Colours(), func(c Colour) bool { return c.Token == u.Token }) {
			t.Errorf("family %s: there is no colour %q", u.Code, u.Token)
		}
	}
	for _, code := range []string{"070102", "0901", "1001", "1101", "0803", "1401", "1207", "23"} {
		if !slices.Contains(codes, UseClassOf(code)) {
			t.Errorf("%s is of no family", code)
		}
	}
}

func TestMaxYears(t *testing.T) {
	for code, want := range map[string]int{"070102": 70, "0901": 40, "0501": 40, "1001": 50, "0803": 50, "": 50} {
		if got := MaxYears(code); got != want {
			t.Errorf("the longest term of %q is %d years, want %d", code, got, want)
		}
	}
}
