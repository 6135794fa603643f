package geo

import (
	"regexp"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"
)

func machines() []MachineName {
	return []MachineName{AreaMachine, BuildingMachine, HouseholdMachine, ParcelMachine, ProblemMachine, ProjectMachine}
}

// A status is told apart in its machine by code, by badge, by both names, and
// on the map by the whole of colour, hatch and outline.
func TestCatalogueIsUnique(t *testing.T) {
	for _, m := range machines() {
		seen := map[string]string{}
		once := func(what, value, code string) {
			if other, ok := seen[what+value]; ok {
				t.Errorf("%s: %s and %s share the %s %q", m, other, code, what, value)
			}
			seen[what+value] = code
		}
		for _, s := range Statuses(m) {
			once("code", s.Code, s.Code)
			once("badge", s.Badge, s.Code)
			once("name", s.Zh, s.Code)
			once("English name", s.En, s.Code)
			once("look", s.Token+" "+string(s.Hatch)+" "+string(s.Outline), s.Code)
		}
	}
}

func TestCatalogueIsWellFormed(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	var tokens []string
	for _, c := range Colours() {
		tokens = append(tokens, c.Token)
	}
	for i, s := range Catalogue() {
		if !form.MatchString(s.Code) || !chinese(s.Zh) || s.En == "" {
			t.Errorf("%s %s: code or names are not well formed", s.Machine, s.Code)
		}
		r, n := utf8.DecodeRuneInString(s.Badge)
		if n != len(s.Badge) || !unicode.Is(unicode.Han, r) {
			t.Errorf("%s %s: badge %q is not one Chinese character", s.Machine, s.Code, s.Badge)
		}
		if !slices.Contains(tokens, s.Token) {
			t.Errorf("%s %s: there is no colour %q", s.Machine, s.Code, s.Token)
		}
		if !slices.Contains([]Hatch{HatchNone, HatchSingle, HatchCross}, s.Hatch) || !slices.Contains([]Outline{OutlineThin, OutlineThick, OutlineDashed}, s.Outline) {
			t.Errorf("%s %s: hatch %q, outline %q", s.Machine, s.Code, s.Hatch, s.Outline)
		}
		if got, ok := StatusOf(s.Machine, s.Code); !ok || got != s || Catalogue()[i] != s {
			t.Errorf("%s %s is found as %+v", s.Machine, s.Code, got)
		}
		if s.Public && (s.Machine == BuildingMachine || s.Machine == HouseholdMachine || s.Machine == ProblemMachine) {
			t.Errorf("%s %s must not be published", s.Machine, s.Code)
		}
	}
	if _, ok := StatusOf(AreaMachine, "sold"); ok {
		t.Error("an area can be sold")
	}
	if Statuses("street") != nil {
		t.Error("an unknown machine has states")
	}
}

func TestCatalogueOrder(t *testing.T) {
	total := 0
	for _, m := range machines() {
		for i, s := range Statuses(m) {
			if s.Order != i+1 || s.Machine != m {
				t.Errorf("%s %s has order %d at place %d", s.Machine, s.Code, s.Order, i+1)
			}
			total++
		}
	}
	if total != len(Catalogue()) {
		t.Errorf("the machines have %d states, the catalogue %d", total, len(Catalogue()))
	}
}

// What the public may see of parcels and projects is decided, not chanced upon
// (docs/decisions/0002-published-states.md).
func TestPublishedStates(t *testing.T) {
	want := map[MachineName][]string{
		ParcelMachine: {
			"announced", "listed", "bidding", "sold", "contracted", "paid", "handed_over",
			"started", "completed", "failed", "suspended", "withdrawn",
		},
		ProjectMachine: {"strategic", "signed", "landed", "started", "operating"},
	}
	for m, codes := range want {
		var got []string
		for _, s := range Statuses(m) {
			if s.Public {
				got = append(got, s.Code)
			}
		}
		if !slices.Equal(got, codes) {
			t.Errorf("published of %s: %v, want %v", m, got, codes)
		}
	}
	for _, s := range Statuses(AreaMachine) {
		if !s.Public {
			t.Errorf("areas are public, but not when %s", s.Code)
		}
	}
}

func TestSoldCodes(t *testing.T) {
	var later []string
	sold := false
	for _, s := range Statuses(ParcelMachine) {
		sold = sold || s.Code == "sold"
		if s.Code == "failed" {
			break
		}
		if sold {
			later = append(later, s.Code)
		}
	}
	if !slices.Equal(SoldCodes(), later) {
		t.Errorf("sold are %v, want sold and every later state %v", SoldCodes(), later)
	}
}

func TestColours(t *testing.T) {
	hex := regexp.MustCompile(`^#[0-9A-F]{6}$`)
	used, seen := map[string]bool{}, map[string]bool{}
	for _, s := range Catalogue() {
		used[s.Token] = true
	}
	for _, u := range UseClasses() {
		used[u.Token] = true
	}
	for _, c := range Colours() {
		if seen[c.Token] || !hex.MatchString(c.Light) || !hex.MatchString(c.Dark) {
			t.Errorf("colour %+v is there twice or not well formed", c)
		}
		if !used[c.Token] {
			t.Errorf("nothing is painted %s", c.Token)
		}
		seen[c.Token] = true
	}
}
