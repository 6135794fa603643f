package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"tengdi/geo"
)

// made makes a thing that must be made.
func made(t *testing.T, s *Store, role geo.Role, collection, code string, values ...string) geo.Event {
	t.Helper()
	e, err := s.Create(t.Context(), actorOf(role), geo.Draft{Collection: collection, Code: code, Values: pairs(values)})
	if err != nil {
		t.Fatalf("%s %s: %v", collection, code, err)
	}
	return e
}

func pairs(list []string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(list); i += 2 {
		out[list[i]] = list[i+1]
	}
	return out
}

// faults are the inputs that an error names, with what is wrong about each.
func faults(err error) (out []string) {
	var e *geo.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			out = append(out, f.Field+" "+f.Code)
			if f.Zh == "" || f.En == "" {
				out = append(out, "no words")
			}
		}
	}
	slices.Sort(out)
	return out
}

// Every collection that takes things by hand takes them, numbers them in its
// series and remembers them.
func TestCreate(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	if err := s.AddUser(t.Context(), admin(), geo.User{Login: "lin", Name: "林", Role: geo.RoleField}); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		collection, given, code string
		values                  []string
	}{
		{"organisations", "JD-005", "JD-005", []string{"name", "东茅岭街道", "kind", "street", "admin_code", "430602005"}},
		{"organisations", "", "JD-006", []string{"name", "东茅岭社区", "kind", "community", "parent", "JD-005", "phone", "0730-1"}},
		{"persons", "", "RY-001", []string{"name", "林某", "post", "网格员012", "organisation", "JD-006", "login", "lin"}},
		{"persons", "", "RY-002", []string{"name", "区领导07"}},
		{"boards", "", "BK-01", []string{"name", "古城", "name_en", "Old town", "sort", "2"}},
		{"boards", "", "BK-02", []string{"name", "王家河"}},
		{"problems", "", "W03", []string{"area", "A02", "building", "B02", "kind", "title", "title", "面积有争议"}},
		{"problems", "WT-041", "WT-041", []string{"area", "A01", "kind", "funding", "title", "拨付滞后"}},
		{"problems", "", "WT-042", []string{"area", "A01", "kind", "funding", "title", "拨付又滞后"}},
		{"projects", "", "J04", []string{"name", "数据中心", "industry", "finance", "board", "BK-01", "area", "A03", "amount_wan", "12345.5", "investor", "甲"}},
		{"households", "", "B02-01", []string{"building", "B02", "persons", "4"}},
		{"households", "", "B02-02", []string{"building", "B02"}},
	} {
		e := made(t, s, geo.RoleAdmin, tc.collection, tc.given, tc.values...)
		entity, _ := geo.EntityOf(tc.collection)
		if e.Code != tc.code || e.Verb != geo.Created || e.Entity != entity || e.EntityID == 0 || e.ID == 0 || e.Version != 1 {
			t.Errorf("%s: %+v, want code %s", tc.collection, e, tc.code)
		}
		f, err := s.Feature(t.Context(), geo.Staff, tc.collection, e.Code)
		if err != nil || f.Version != 1 {
			t.Errorf("%s %s is not read back: %v", tc.collection, e.Code, err)
			continue
		}
		for i := 0; i < len(tc.values); i += 2 {
			want := tc.values[i+1]
			if want == "BK-01" {
				want = "古城" // shown by name
			}
			if got := fmt.Sprint(f.Properties[tc.values[i]]); got != want {
				t.Errorf("%s %s: %s is %s, want %s", tc.collection, e.Code, tc.values[i], got, want)
			}
			if _, ok := e.Data[tc.values[i]]; !ok {
				t.Errorf("%s %s: the event does not tell %s", tc.collection, e.Code, tc.values[i])
			}
		}
		if h, err := s.History(t.Context(), geo.Staff, tc.collection, e.Code); err != nil || len(h) != 1 || h[0].Verb != geo.Created {
			t.Errorf("history of %s: %+v, %v", e.Code, h, err)
		}
	}
	if got := scan[string](t, conn, `select status || ' ' || opened_on || ' ' || leader from land.problem where code = 'W03'`); got != "opened "+scan[string](t, conn, `select (now() at time zone 'Asia/Shanghai')::date::text`)+" 区领导02" {
		t.Errorf("the problem begins as %s", got)
	}
	if f, err := s.Feature(t.Context(), geo.Staff, "households", "B02-01"); err != nil || f.Properties["area"] != "A02" || f.Properties["status"] != "registered" {
		t.Errorf("the household: %v, %v", f.Properties, err)
	}
}

// What is wrong is told for every input at once, and nothing is made.
func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	made(t, s, geo.RoleAdmin, "organisations", "D1", "name", "已撤", "kind", "other", "ended_on", "2018-01-01")
	before := scan[int64](t, connect(t, s), `select revision from land.revision`)
	for name, tc := range map[string]struct {
		role       geo.Role
		collection string
		code       string
		on         geo.Day
		values     []string
		kind       geo.Kind
		fields     []string
	}{
		"nothing given":        {geo.RoleAdmin, "problems", "", 0, nil, geo.Invalid, []string{"area missing", "kind missing", "title missing"}},
		"all wrong":            {geo.RoleAdmin, "projects", "x\ny", 99999, []string{"name", "a", "industry", "moon", "area", "A99", "board", "?", "amount_wan", "-1", "colour", "red"}, geo.Invalid, []string{`"colour" unknown`, "amount_wan value", "area unknown_code", "board unknown_code", "code form", "industry value", "on not_future"}},
		"a code twice":         {geo.RoleAdmin, "problems", "W01", 0, []string{"area", "A01", "kind", "title", "title", "x"}, geo.Conflict, []string{"code problem_code_key"}},
		"a building elsewhere": {geo.RoleAdmin, "problems", "", 0, []string{"area", "A01", "building", "B02", "kind", "title", "title", "x"}, geo.Invalid, []string{"building other_area"}},
		"a building gone":      {geo.RoleAdmin, "households", "", 0, []string{"building", "B01"}, geo.Invalid, []string{"building gone"}},
		"a body that ended":    {geo.RoleAdmin, "persons", "", 0, []string{"name", "x", "organisation", "D1"}, geo.Invalid, []string{"organisation ended"}},
		"no such account":      {geo.RoleAdmin, "persons", "", 0, []string{"name", "x", "login", "nobody"}, geo.Invalid, []string{"login unknown_login"}},
		"an odd area code":     {geo.RoleAdmin, "organisations", "", 0, []string{"name", "x", "kind", "other", "admin_code", "43"}, geo.Invalid, []string{"admin_code form"}},
		"long before":          {geo.RoleAdmin, "problems", "", -40000, []string{"area", "A01", "kind", "title", "title", "x"}, geo.Invalid, []string{"on value"}},
		"a viewer":             {geo.RoleViewer, "problems", "", 0, []string{"area", "A01", "kind", "title", "title", "x"}, geo.Forbidden, nil},
		"trading, a household": {geo.RoleTrading, "households", "", 0, []string{"building", "B02"}, geo.Forbidden, nil},
		"an area by hand":      {geo.RoleAdmin, "areas", "A9", 0, []string{"name", "x"}, geo.NotFound, nil},
		"outside one's areas":  {geo.RoleField, "problems", "", 0, []string{"area", "A01", "kind", "title", "title", "x"}, geo.Forbidden, nil},
	} {
		_, err := s.Create(t.Context(), actorOf(tc.role), geo.Draft{Collection: tc.collection, Code: tc.code, On: tc.on, Values: pairs(tc.values)})
		if geo.KindOf(err) != tc.kind || !slices.Equal(faults(err), tc.fields) {
			t.Errorf("%s: %v, fields %q", name, err, faults(err))
		}
	}
	if after := scan[int64](t, connect(t, s), `select revision from land.revision`); after != before {
		t.Errorf("revision %d after refusals, was %d", after, before)
	}
}

// Many who ask for the next number at once each get their own.
func TestNumbersAreGivenOnce(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	seen := make([]string, 20)
	var wg sync.WaitGroup
	for i := range seen {
		wg.Go(func() {
			e, err := s.Create(context.WithoutCancel(t.Context()), actorOf(geo.RoleAdmin), geo.Draft{Collection: "problems", Values: map[string]string{"area": "A01", "kind": "title", "title": "x"}})
			if err != nil {
				t.Error(err)
			}
			seen[i] = e.Code
		})
	}
	wg.Wait()
	slices.Sort(seen)
	for i, code := range seen {
		if want := fmt.Sprintf("W%02d", i+3); code != want {
			t.Errorf("code %s, want %s", code, want)
		}
	}
}
