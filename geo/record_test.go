package geo

import (
	"slices"
	"strings"
	"testing"
)

// Every kind has words, a deed that somebody has, a day, and inputs that a form
// can show; no input takes the name of what the store adds.
func TestRecordKinds(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range RecordKinds() {
		id := string(k.Of) + " " + k.Code
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}
		seen[id] = true
		if !chinese(k.Zh) || k.En == "" || CollectionOf(k.Of) == "" || !slices.ContainsFunc(Roles(), func(r Role) bool { return r.May(k.Deed) }) {
			t.Errorf("%s: %+v", id, k)
		}
		names := map[string]DataKey{}
		for _, in := range k.Inputs {
			if _, twice := names[in.Name]; twice || !chinese(in.Zh) || in.En == "" || in.Name == "kind" || in.Name == "no" {
				t.Errorf("%s: input %+v", id, in)
			}
			names[in.Name] = in
			if in.Ref != "" && !slices.Contains(append(Registers(), Collections()...), in.Ref) {
				t.Errorf("%s: %s refers to %q", id, in.Name, in.Ref)
			}
		}
		if on := names[RecordOn]; on.Type != DateField || on.Required {
			t.Errorf("%s has no day, or one that does not default to today", id)
		}
		for name, ref := range map[string]string{RecordPerson: "persons", RecordOrganisation: "organisations"} {
			if in, ok := names[name]; ok && in.Ref != ref {
				t.Errorf("%s: %s refers to %q", id, name, in.Ref)
			}
		}
	}
	if _, ok := KindOfRecord(AreaMachine, VisitRecord); ok {
		t.Error("areas are visited")
	}
}

func TestCheckDates(t *testing.T) {
	visit, _ := KindOfRecord(HouseholdMachine, VisitRecord)
	flat, _ := KindOfRecord(HouseholdMachine, FlatRecord)
	assignment, _ := KindOfRecord(AreaMachine, AssignmentRecord)
	today := CivilDay(date("2018-06-30"))
	for _, c := range []struct {
		kind   RecordKind
		values map[string]string
		want   string
	}{
		{visit, map[string]string{"on": "2018-06-30", "due": "2019-01-01"}, ""},
		{visit, map[string]string{"on": "2018-07-01"}, "on:future"},
		{visit, map[string]string{"on": "2018-06-02", "due": "2018-06-01"}, "due:order"},
		{visit, nil, "on:missing"},
		{flat, map[string]string{"on": "2018-06-01", "due": "2018-06-01", "done_on": "2018-06-30"}, ""},
		{flat, map[string]string{"on": "2018-06-01", "done_on": "2018-07-01"}, "done_on:future"},
		{flat, map[string]string{"on": "2018-06-03", "due": "2018-06-01", "done_on": "2018-06-02"}, "done_on:order due:order"},
		{assignment, map[string]string{"on": "2018-07-01", "done_on": "2019-07-01"}, ""},
		{assignment, map[string]string{"on": "2018-07-01", "done_on": "2018-06-30"}, "done_on:order"},
	} {
		in, wrong := ReadInputs(c.kind.Inputs, c.values, false)
		if wrong != nil {
			t.Fatal(wrong)
		}
		var got []string
		for _, w := range c.kind.CheckDates(in, today) {
			got = append(got, w.Field+":"+w.Code)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s %v: %q, want %q", c.kind.Code, c.values, s, c.want)
		}
	}
}

func TestCheckAssignment(t *testing.T) {
	kind, _ := KindOfRecord(AreaMachine, AssignmentRecord)
	for _, c := range []struct{ duty, person, organisation, want string }{
		{"lead", "N01", "", ""},
		{"lead", "", "O01", "person"},
		{"contract", "", "O01", ""},
		{"contract", "N01", "", "organisation"},
		{"field", "N01", "", ""},
		{"field", "", "O01", ""},
		{"command", "", "", "person"},
	} {
		in, _ := ReadInputs(kind.Inputs, map[string]string{"duty": c.duty, "person": c.person, "organisation": c.organisation}, true)
		got := ""
		for _, w := range CheckAssignment(in) {
			got += w.Field
		}
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// Values of a correction lie over those on file; what is emptied is gone.
func TestInputsLieOver(t *testing.T) {
	kind, _ := KindOfRecord(HouseholdMachine, VisitRecord)
	before, _ := ReadInputs(kind.Inputs, map[string]string{"topic": "政策", "note": "一", "due": "2018-01-02"}, false)
	now, _ := ReadInputs(kind.Inputs, map[string]string{"note": "二", "due": ""}, false)
	after := now.Over(before)
	if after.Text("topic") != "政策" || after.Text("note") != "二" || !after.Date("due").IsZero() || before.Text("note") != "一" {
		t.Errorf("%+v", after)
	}
}
