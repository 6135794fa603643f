package geo

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// Every key is described, used by a move, and unique; every state's keys are
// of states that the machine has.
func TestDataKeys(t *testing.T) {
	used := map[string]bool{}
	for _, st := range Catalogue() {
		fields := DataFields(st.Machine, st.Code)
		keys := DataKeys(st.Machine, st.Code)
		if len(fields) != len(keys) {
			t.Fatalf("%s %s: %d fields for %d keys", st.Machine, st.Code, len(fields), len(keys))
		}
		for i, f := range fields {
			if f.Name != keys[i] || !chinese(f.Zh) || f.En == "" || f.Type == "" {
				t.Errorf("%s %s: key %q is described as %+v", st.Machine, st.Code, keys[i], f)
			}
			used[f.Name] = true
		}
		if n := len(keys); n != len(slices.Compact(slices.Sorted(slices.Values(keys)))) {
			t.Errorf("%s %s takes a key twice", st.Machine, st.Code)
		}
	}
	for i, k := range dataKeyTable() {
		if !used[k.Name] {
			t.Errorf("no move takes %q", k.Name)
		}
		if slices.IndexFunc(dataKeyTable(), func(o DataKey) bool { return o.Name == k.Name }) != i {
			t.Errorf("%q is described twice", k.Name)
		}
		if k.Secret != (k.Name == "reserve_wan") {
			t.Errorf("%q: secret = %v; the reserve price alone is secret", k.Name, k.Secret)
		}
	}
	if DataKeys("street", "planned") != nil || DataKeys(AreaMachine, "nowhere") != nil {
		t.Error("an unknown machine or state takes data")
	}
}

// sampleValue is a value of a type as a person would send it.
func sampleValue(t FieldType) string {
	switch t {
	case DateField:
		return "2018-05-01"
	case NumField, IntField:
		return "7"
	case BoolField:
		return "是"
	}
	return "甲"
}

// Taking a value changes the facts: no key of any move is read and then lost.
func TestEveryKeyReachesTheFacts(t *testing.T) {
	for _, st := range Catalogue() {
		for _, k := range DataFields(st.Machine, st.Code) {
			d, err := ReadData(st.Machine, st.Code, map[string]string{k.Name: sampleValue(k.Type)})
			if err != nil {
				t.Errorf("%s %s: %s: %v", st.Machine, st.Code, k.Name, err)
				continue
			}
			if !takes(st.Machine, d) {
				t.Errorf("%s %s: %s changes no fact", st.Machine, st.Code, k.Name)
			}
			if got := d.Record(); len(got) != 1 {
				t.Errorf("%s is recorded as %v", k.Name, got)
			}
		}
	}
}

// takes says whether the data changes zero facts of the machine.
func takes(m MachineName, d MoveData) bool {
	var a, b any
	switch m {
	case AreaMachine:
		f := AreaFacts{}
		f.Take(d)
		a, b = f, AreaFacts{}
	case BuildingMachine:
		f := BuildingFacts{}
		f.Take(d)
		a, b = f, BuildingFacts{}
	case HouseholdMachine:
		f := HouseholdFacts{}
		f.Take(d)
		a, b = f, HouseholdFacts{}
	case ParcelMachine:
		f := ParcelFacts{}
		f.Take(d)
		a, b = f, ParcelFacts{}
	case ProblemMachine:
		f := ProblemFacts{}
		f.Take(d)
		a, b = f, ProblemFacts{}
	case ProjectMachine:
		f := ProjectFacts{}
		f.Take(d)
		a, b = f, ProjectFacts{}
	}
	return !reflect.DeepEqual(a, b)
}

func TestTakeConverts(t *testing.T) {
	d, err := ReadData(ParcelMachine, "announced", map[string]string{
		"start_wan": "10,695", "deposit_wan": "2139.5", "notice_on": " 2018-05-01 ", "mode": "auction", "notice_no": "",
	})
	if err != nil {
		t.Fatal(err)
	}
	f := ParcelFacts{NoticeNo: "岳楼示挂(2018)05号", Start: 1, Buyer: "示例置业"}
	f.Take(d)
	if f.Start != 10_695*Wan || f.Deposit != FromWan(2139.5) || !f.NoticeOn.Equal(date("2018-05-01")) || f.Mode != "auction" {
		t.Errorf("taken as %+v", f)
	}
	if f.NoticeNo == "" || f.Buyer == "" {
		t.Error("what is not given must stay as stored")
	}
	if got := d.Record(); got["notice_on"] != "2018-05-01" || got["start_wan"] != 10695.0 || d.Has("notice_no") {
		t.Errorf("recorded as %v", got)
	}
	d, err = ReadData(ParcelMachine, "planned", map[string]string{"land_use": "070102", "years": "70", "far_max": "2.5", "clean_title": "1"})
	if err != nil {
		t.Fatal(err)
	}
	f = ParcelFacts{FAR: Limit{Min: number(1), Max: number(9), MaxOpen: true}}
	f.Take(d)
	if len(f.Uses) != 1 || f.Uses[0] != (UseRow{"070102", 1, 70}) || f.FAR.String() != "1 ≤ x ≤ 2.5" || !f.Clean.Title {
		t.Errorf("taken as %+v", f)
	}
	for _, day := range []string{"1900-01-01", "2200-12-31"} {
		if d, err = ReadData(ParcelMachine, "announced", map[string]string{"notice_on": day}); err != nil || d.Record()["notice_on"] != day {
			t.Errorf("%s is read as %v, %v", day, d.Record(), err)
		}
	}
	if d, err = ReadData(ParcelMachine, "announced", map[string]string{"reserve_wan": "0"}); err != nil || !d.Has("reserve_wan") {
		t.Errorf("no reserve price is refused: %v", err)
	}
	d, err = ReadData(AreaMachine, "cleared", map[string]string{"cleared_mu": "15"})
	if err != nil {
		t.Fatal(err)
	}
	a := AreaFacts{}
	a.Take(d)
	if a.ClearedM2 != 10_000 {
		t.Errorf("15 mu are %v m2", a.ClearedM2)
	}
}

func TestReadDataRefuses(t *testing.T) {
	for _, c := range []struct{ key, value, code string }{
		{"reserve", "1", "unknown"},
		{strings.Repeat("k", 10_000), "1", "unknown"},
		{"start_wan", "many", "value"},
		{"start_wan", "NaN", "value"},
		{"start_wan", "Inf", "value"},
		{"start_wan", "-1", "value"},
		{"start_wan", "1e13", "value"},
		{"start_wan", "100000000.01", "value"},
		{"reserve_wan", "1e12", "value"},
		{"notice_on", "2018-02-30", "value"},
		{"notice_on", "01.05.2018", "value"},
		{"notice_on", "1899-12-31", "value"},
		{"notice_on", "2201-01-01", "value"},
		{"notice_no", strings.Repeat("号", 501), "value"},
		{"notice_no", "岳\x00楼", "value"},
		{"notice_no", "\xff\xfe", "value"},
	} {
		_, err := ReadData(ParcelMachine, "announced", map[string]string{c.key: c.value})
		var e *Error
		if !errors.As(err, &e) || e.Kind != Invalid || len(e.Fields) != 1 || e.Fields[0].Code != c.code {
			t.Errorf("%.20q = %.20q: %v", c.key, c.value, err)
			continue
		}
		if f := e.Fields[0]; len(f.Field) > 200 || len(f.En) > 400 || !chinese(f.Zh) {
			t.Errorf("%.20q: the field error is %+v", c.key, f)
		}
	}
	if _, err := ReadData(ParcelMachine, "planned", map[string]string{"years": "40.5"}); err == nil {
		t.Error("half a year was taken")
	}
	if _, err := ReadData(ParcelMachine, "planned", map[string]string{"clean_title": "maybe"}); err == nil {
		t.Error("maybe was taken for a boolean")
	}
	_, tooMuch := ReadData(ProjectMachine, "signed", map[string]string{"amount_wan": "1e9"})
	if tooMuch == nil || !strings.Contains(tooMuch.Error(), "100000000 万元") {
		t.Errorf("an amount without sense: %v", tooMuch)
	}
	if d, err := ReadData(ProjectMachine, "signed", map[string]string{"amount_wan": "100000000"}); err != nil || !d.Has("amount_wan") {
		t.Errorf("the highest amount is refused: %v", err)
	}
	if d, err := ReadData(AreaMachine, "cleared", map[string]string{"cleared_mu": "1e9"}); err != nil || !d.Has("cleared_mu") {
		t.Errorf("the bound of amounts holds for mu: %v", err)
	}
	_, err := ReadData(ParcelMachine, "announced", map[string]string{"start_wan": "x", "notice_on": "y", "zzz": "1"})
	var e *Error
	if !errors.As(err, &e) || len(e.Fields) != 3 {
		t.Errorf("three wrong values give %v", err)
	}
	d, err := ReadData(ParcelMachine, "planned", map[string]string{"clean_title": "false", "clean_utilities": "否", "clean_conditions": "0"})
	if err != nil {
		t.Fatal(err)
	}
	f := ParcelFacts{Clean: CleanLand{true, true, true, true, true}}
	f.Take(d)
	if f.Clean != (CleanLand{Compensation: true, NoDispute: true}) {
		t.Errorf("taking back ticks left %+v", f.Clean)
	}
	if text, err := ReadData(ParcelMachine, "announced", map[string]string{"notice_no": strings.Repeat("号", 500)}); err != nil || !text.Has("notice_no") {
		t.Errorf("500 characters are refused: %v", err)
	}
	if (MoveData{}).Has("start_wan") || len(MoveData{}.Record()) != 0 {
		t.Error("the zero value is not empty")
	}
	empty := AreaFacts{SignTo: time.Unix(0, 0)}
	empty.Take(MoveData{})
	if !empty.SignTo.Equal(time.Unix(0, 0)) {
		t.Error("empty data changes facts")
	}
}

// What the facts hold is told as ReadData takes it: given again, it changes
// nothing, so a form that shows it can be sent as it is.
func TestKnownIsTakenAgain(t *testing.T) {
	far := 2.5
	for _, tc := range []struct {
		machine MachineName
		known   map[string]string
		want    map[string]string
	}{
		{
			AreaMachine, (&AreaFacts{Team: "甲", ClearedM2: FromMu(12.34), MinRatio: 0.85, SignTo: time.Date(2018, 5, 1, 0, 0, 0, 0, time.UTC)}).Known(),
			map[string]string{"team": "甲", "cleared_mu": "12.34", "min_ratio": "0.85", "sign_to": "2018-05-01"},
		},
		{BuildingMachine, (&BuildingFacts{Legal: LegalTitle, FloorM2: 120.5}).Known(), map[string]string{"legal": "legal", "floor_m2": "120.5"}},
		{HouseholdMachine, (&HouseholdFacts{Amount: 12_345_678 * Yuan, Deposited: true}).Known(), map[string]string{"amount_wan": "1234.5678", "deposited": "true"}},
		{
			ParcelMachine, (&ParcelFacts{LandUse: "0901", Uses: []UseRow{{Code: "0901", Share: 1, Years: 40}}, FAR: Limit{Max: &far}, Clean: CleanLand{Title: true}}).Known(),
			map[string]string{"land_use": "0901", "years": "40", "far_max": "2.5", "clean_title": "true"},
		},
		{ParcelMachine, (&ParcelFacts{Uses: []UseRow{{Code: "0901", Share: 0.5, Years: 40}, {Code: "0701", Share: 0.5, Years: 70}}}).Known(), map[string]string{}},
		{ProblemMachine, (&ProblemFacts{Title: "违建"}).Known(), map[string]string{"title": "违建"}},
		{ProjectMachine, (&ProjectFacts{Parcel: "P01", Amount: Yi}).Known(), map[string]string{"parcel": "P01", "amount_wan": "10000"}},
	} {
		if !maps.Equal(tc.known, tc.want) {
			t.Errorf("%s: known %v, want %v", tc.machine, tc.known, tc.want)
		}
	}
	// Every key of every move is told once it is taken.
	for _, st := range Catalogue() {
		for _, k := range DataFields(st.Machine, st.Code) {
			given := map[string]string{k.Name: map[FieldType]string{DateField: "2018-05-01", NumField: "7", IntField: "7", BoolField: "true", TextField: "甲"}[k.Type]}
			if k.Name == "years" {
				given["land_use"] = "0901"
			}
			d, err := ReadData(st.Machine, st.Code, given)
			if err != nil {
				t.Fatal(err)
			}
			if got := knownAfter(st.Machine, d); got[k.Name] != given[k.Name] {
				t.Errorf("%s %s: %s is known as %q, was given as %q", st.Machine, st.Code, k.Name, got[k.Name], given[k.Name])
			}
		}
	}
}

// knownAfter is what empty facts know after taking the data.
func knownAfter(m MachineName, d MoveData) map[string]string {
	var f interface {
		Take(d MoveData)
		Known() map[string]string
	}
	switch m {
	case AreaMachine:
		f = &AreaFacts{}
	case BuildingMachine:
		f = &BuildingFacts{}
	case HouseholdMachine:
		f = &HouseholdFacts{}
	case ParcelMachine:
		f = &ParcelFacts{}
	case ProblemMachine:
		f = &ProblemFacts{}
	default:
		f = &ProjectFacts{}
	}
	f.Take(d)
	return f.Known()
}

// A measure of several lines is taken as it was corrected; other texts are of
// one line.
func TestMovesTakeLongTexts(t *testing.T) {
	if d, err := ReadData(ProblemMachine, "in_progress", map[string]string{"measure": "约谈\n调解"}); err != nil || d.Record()["measure"] != "约谈\n调解" {
		t.Errorf("%v, %v", d, err)
	}
	if _, err := ReadData(ProblemMachine, "submitted", map[string]string{"evidence": "一\n二"}); KindOf(err) != Invalid {
		t.Errorf("a line break in a short text: %v", err)
	}
}
