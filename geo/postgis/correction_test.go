package postgis

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"tengdi/geo"
)

// corrected makes a correction that must be made.
func corrected(t *testing.T, s *Store, role geo.Role, collection, code, reason string, values ...string) geo.Event {
	t.Helper()
	e, err := s.Correct(t.Context(), actorOf(role), geo.Edit{Collection: collection, Code: code, Reason: reason, Values: pairs(values)})
	if err != nil {
		t.Fatalf("%s %s: %v", collection, code, err)
	}
	return e
}

// Every input of every collection is written, told from and to, and read back.
func TestCorrectEveryInput(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	if err := s.AddUser(t.Context(), admin(), geo.User{Login: "lin", Name: "林", Role: geo.RoleField}); err != nil {
		t.Fatal(err)
	}
	made(t, s, geo.RoleAdmin, "organisations", "O1", "name", "街道", "kind", "street")
	made(t, s, geo.RoleAdmin, "organisations", "O2", "name", "社区", "kind", "community")
	made(t, s, geo.RoleAdmin, "persons", "R1", "name", "林某")
	made(t, s, geo.RoleAdmin, "boards", "K1", "name", "古城")
	made(t, s, geo.RoleAdmin, "boards", "K2", "name", "新板块")
	made(t, s, geo.RoleAdmin, "boards", "K3", "name", "文旅")
	for collection, tc := range map[string]struct {
		code   string
		values []string
	}{
		"areas":         {"A03", []string{"name", "岳州", "street", "430602002", "board", "K2", "batch", "first", "plan_mu", "61.25", "deadline", "2021-12-31"}},
		"parcels":       {"P04", []string{"name", "储备一号", "street", "430602016", "address", "王家河路", "industry", "logistics"}},
		"buildings":     {"B02", []string{"use", "residence", "tenure", "private", "floors", "3", "floor_m2", "321.5"}},
		"households":    {"H03", []string{"persons", "6"}},
		"problems":      {"W01", []string{"kind", "dispute", "title", "分户纠纷", "building", "", "department", "司法所", "measure", "约谈\n调解"}},
		"projects":      {"J02", []string{"name", "线索二", "industry", "trade", "board", "K1", "area", "A01", "investor", "乙", "amount_wan", "123.4567"}},
		"organisations": {"O2", []string{"name", "东社区", "kind", "other", "parent", "O1", "admin_code", "430602005001", "phone", "1", "ended_on", "2030-01-01"}},
		"persons":       {"R1", []string{"name", "林", "post", "网格员", "organisation", "O1", "login", "lin", "phone", "2", "ended_on", "2030-01-01"}},
		"boards":        {"K3", []string{"name", "古城文旅", "name_en", "Old town", "theme", "文旅", "sort", "3", "ended_on", "2030-01-01"}},
	} {
		if len(tc.values) != 2*len(geo.EditInputs(collection)) {
			t.Errorf("%s: the test has %d inputs, the form %d", collection, len(tc.values)/2, len(geo.EditInputs(collection)))
		}
		was, err := s.Feature(t.Context(), geo.Staff, collection, tc.code)
		if err != nil {
			t.Fatal(err)
		}
		e := corrected(t, s, geo.RoleAdmin, collection, tc.code, "核对", tc.values...)
		now, err := s.Feature(t.Context(), geo.Staff, collection, tc.code)
		if err != nil || now.Version != was.Version+1 || e.Version != now.Version || e.Verb != geo.Corrected || e.Reason != "核对" {
			t.Errorf("%s: version %d, event %+v, %v", collection, now.Version, e, err)
		}
		for i := 0; i < len(tc.values); i += 2 {
			name, want := tc.values[i], tc.values[i+1]
			d, ok := e.Data[name].(map[string]any)
			if !ok {
				t.Errorf("%s: the event does not tell of %s", collection, name)
				continue
			}
			if name == "board" {
				want = map[string]string{"K1": "古城", "K2": "新板块"}[want]
			}
			if want == "" {
				want = "<nil>"
			}
			if got := fmt.Sprint(d["to"]); got != want {
				t.Errorf("%s: %s is told as %s, want %s", collection, name, got, want)
			}
			if got := fmt.Sprint(now.Properties[name]); got != want {
				t.Errorf("%s: %s reads %s, want %s", collection, name, got, want)
			}
			if got, want := fmt.Sprint(d["from"]), fmt.Sprint(was.Properties[name]); got != want && (was.Properties[name] != nil || got != "" && got != "0") {
				t.Errorf("%s: %s was told as %s, but read %s", collection, name, got, want)
			}
		}
		again := corrected(t, s, geo.RoleAdmin, collection, tc.code, "核对", tc.values...)
		if again.ID != 0 || again.Version != now.Version || again.Code != tc.code {
			t.Errorf("%s: the same again: %+v", collection, again)
		}
	}
	unbroken(t, s)
}

// A correction reaches what the public sees, at once and only there where it is
// published.
func TestCorrectionIsPublished(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	public := func(collection, code, name string) any {
		f, err := s.Feature(t.Context(), geo.Public, collection, code)
		if err != nil {
			t.Fatal(err)
		}
		return f.Properties[name]
	}
	revision := func() int64 { return scan[int64](t, connect(t, s), `select revision from pub.revision`) }
	corrected(t, s, geo.RolePlanner, "areas", "A01", "改名", "name", "东茅岭片区")
	if public("areas", "A01", "name") != "东茅岭片区" || public("parcels", "P02", "area_name") != "东茅岭片区" {
		t.Error("the area's new name is not published everywhere")
	}
	corrected(t, s, geo.RoleAdmin, "parcels", "P02", "笔误", "address", "学院路")
	corrected(t, s, geo.RolePlanner, "projects", "J01", "笔误", "name", "友阿")
	if public("parcels", "P02", "address") != "学院路" || public("projects", "J01", "name") != "友阿" {
		t.Error("a correction is not published")
	}
	quiet := revision()
	corrected(t, s, geo.RolePlanner, "parcels", "P03", "", "name", "另一机密", "industry", "health")
	corrected(t, s, geo.RolePlanner, "projects", "J01", "补录", "investor", "丙")
	corrected(t, s, geo.RolePlanner, "projects", "J02", "", "name", "另一线索")
	corrected(t, s, geo.RolePlanner, "households", "H03", "", "persons", "7")
	if revision() != quiet {
		t.Error("a correction of what is hidden moved the public's revision")
	}
}

// A board's new name goes to what names it: each thing corrected, with a version
// and an event of its own.
func TestBoardIsRenamed(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	made(t, s, geo.RoleLeader, "boards", "K1", "name", "东茅岭")
	e := corrected(t, s, geo.RoleLeader, "boards", "K1", "定名", "name", "东茅岭中央商务区")
	for collection, code := range map[string]string{"areas": "A01", "projects": "J01"} {
		f, err := s.Feature(t.Context(), geo.Public, collection, code)
		if err != nil || f.Properties["board"] != "东茅岭中央商务区" {
			t.Errorf("%s %s: %v, %v", collection, code, f.Properties, err)
		}
		staff, err := s.Feature(t.Context(), geo.Staff, collection, code)
		if err != nil || staff.Version != 2 {
			t.Errorf("%s %s: version %d, %v", collection, code, staff.Version, err)
		}
		h, err := s.History(t.Context(), geo.Staff, collection, code)
		last := h[len(h)-1]
		want := map[string]any{"board": map[string]any{"from": "东茅岭", "to": "东茅岭中央商务区"}}
		if err != nil || last.Verb != geo.Corrected || last.Revision != e.Revision || last.Reason != "定名" || !reflect.DeepEqual(last.Data, want) {
			t.Errorf("%s %s: %+v, %v", collection, code, last, err)
		}
	}
	other, err := s.Feature(t.Context(), geo.Staff, "areas", "A02")
	if err != nil || other.Version != 1 {
		t.Errorf("another board's area: version %d, %v", other.Version, err)
	}
}

// Who may not, what is wrong, and what a notice has told.
func TestCorrectRefuses(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	made(t, s, geo.RoleAdmin, "organisations", "O1", "name", "上", "kind", "other")
	made(t, s, geo.RoleAdmin, "organisations", "O2", "name", "下", "kind", "other", "parent", "O1")
	made(t, s, geo.RoleAdmin, "boards", "K1", "name", "甲")
	made(t, s, geo.RoleAdmin, "boards", "K2", "name", "乙")
	for name, tc := range map[string]struct {
		role             geo.Role
		collection, code string
		reason           string
		values           []string
		kind             geo.Kind
		fields           []string // or guards
	}{
		"unknown":                    {geo.RoleAdmin, "areas", "A9", "x", []string{"name", "x"}, geo.NotFound, nil},
		"no such collection":         {geo.RoleAdmin, "moons", "A1", "x", nil, geo.NotFound, nil},
		"a viewer":                   {geo.RoleViewer, "areas", "A03", "x", []string{"name", "x"}, geo.Forbidden, nil},
		"a seller, a household":      {geo.RoleTrading, "households", "H01", "x", []string{"persons", "1"}, geo.NotFound, nil},
		"emptied and wrong":          {geo.RoleAdmin, "areas", "A03", "x", []string{"name", " ", "plan_mu", "much", "status", "closed", "batch", "z"}, geo.Invalid, []string{`"status" unknown`, "batch value", "name missing", "plan_mu value"}},
		"a leader by hand":           {geo.RoleAdmin, "areas", "A03", "x", []string{"leader", "x"}, geo.Invalid, []string{`"leader" unknown`}},
		"published, no reason":       {geo.RolePlanner, "areas", "A01", " ", []string{"name", "x"}, geo.Refused, []string{"reason"}},
		"announced, by a seller":     {geo.RoleTrading, "parcels", "P02", "x", []string{"address", "x"}, geo.Refused, []string{"offered"}},
		"sold, by a planner":         {geo.RolePlanner, "parcels", "P01", "", []string{"name", "x", "industry", "finance"}, geo.Refused, []string{"reason", "offered"}},
		"reserved, by a supervisor":  {geo.RoleSupervisor, "parcels", "P04", "x", []string{"name", "x"}, geo.Forbidden, nil},
		"a body above itself":        {geo.RoleAdmin, "organisations", "O1", "", []string{"parent", "O2"}, geo.Invalid, []string{"parent circle"}},
		"a body above itself, close": {geo.RoleAdmin, "organisations", "O1", "", []string{"parent", "O1"}, geo.Invalid, []string{"parent circle"}},
		"a name twice":               {geo.RoleAdmin, "boards", "K1", "", []string{"name", "乙"}, geo.Conflict, []string{"name board_name_key"}},
		"too many floors":            {geo.RoleAdmin, "buildings", "B02", "x", []string{"floors", "301"}, geo.Invalid, []string{"floors building_floors_range"}},
		"a building elsewhere":       {geo.RoleAdmin, "problems", "W01", "", []string{"building", "B01"}, geo.Invalid, []string{"building other_area"}},
	} {
		_, err := s.Correct(t.Context(), actorOf(tc.role), geo.Edit{Collection: tc.collection, Code: tc.code, Reason: tc.reason, Values: pairs(tc.values)})
		got := faults(err)
		var refused *geo.RefusedError
		if errors.As(err, &refused) {
			for _, r := range refused.Reasons {
				got = append(got, r.Guard)
			}
		}
		if geo.KindOf(err) != tc.kind || !slices.Equal(got, tc.fields) {
			t.Errorf("%s: %v, %q", name, err, got)
		}
	}
	if n := scan[int64](t, connect(t, s), `select count(*) from land.event where verb = 'corrected'`); n != 0 {
		t.Errorf("%d corrections were recorded", n)
	}
	// What the notice told is mended by who may, with a reason; the rest by who writes.
	corrected(t, s, geo.RoleSupervisor, "parcels", "P01", "公告更正〔2018〕1号", "address", "巴陵中路南侧")
	corrected(t, s, geo.RoleTrading, "parcels", "P02", "补录", "industry", "trade")
}

// A correction of a version that is no more is refused with the one that holds.
func TestCorrectStale(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	corrected(t, s, geo.RolePlanner, "parcels", "P04", "", "name", "一")
	_, err := s.Correct(t.Context(), actorOf(geo.RolePlanner), geo.Edit{Collection: "parcels", Code: "P04", Version: 1, Values: map[string]string{"name": "二"}})
	var stale *geo.StaleError
	if !errors.As(err, &stale) || *stale != (geo.StaleError{Entity: geo.ParcelMachine, Code: "P04", Seen: 1, Version: 2}) || geo.KindOf(err) != geo.Conflict {
		t.Fatalf("%v", err)
	}
	e, err := s.Correct(t.Context(), actorOf(geo.RolePlanner), geo.Edit{Collection: "parcels", Code: "P04", Version: 2, Values: map[string]string{"name": "二"}})
	if err != nil || e.Version != 3 {
		t.Errorf("%+v, %v", e, err)
	}
}
