package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tengdi/geo"
)

// scopeRow is a change that is right but for the version it names, and what each
// caller gets, in the order of callers(): 412 says that it would have been done.
type scopeRow struct {
	method, path, body string
	want               string
}

// scopeTable is the part of the access matrix behind the checks of form: who may
// change what is in area A01, which is the field worker's, and in A02, which is
// not. What a role may see is forbidden, what it may not know of is not there;
// moves that a role may not make are refused by their rules (409) once the
// version is right, so they read 412 here.
func scopeTable() []scopeRow {
	const edit = `{"values":{%s},"reason":"理由"}`
	patch := func(item, values, want string) scopeRow {
		return scopeRow{"PATCH", "/api/collections/" + item, fmt.Sprintf(edit, values), want}
	}
	move := func(thing, to, want string) scopeRow {
		return scopeRow{"POST", "/api/" + thing + "/transitions", `{"to":"` + to + `"}`, want}
	}
	return []scopeRow{
		//                                                     public viewer field planner trading leader supervisor admin
		patch("areas/items/A01", `"batch":"first"`, "401 403 412 412 403 403 403 412"),
		patch("areas/items/A02", `"batch":"first"`, "401 403 403 412 403 403 403 412"),
		patch("buildings/items/XB1", `"floors":3`, "401 403 412 412 403 403 403 412"),
		patch("buildings/items/XB2", `"floors":3`, "401 403 403 412 403 403 403 412"),
		patch("households/items/XH1", `"persons":3`, "401 404 412 412 404 403 403 412"),
		patch("households/items/XH2", `"persons":3`, "401 404 404 412 404 403 403 412"),
		patch("problems/items/XQ1", `"measure":"x"`, "401 403 412 412 412 412 412 412"),
		patch("parcels/items/XP4", `"address":"x"`, "401 403 403 412 412 403 412 412"), // a supervisor: what a notice told
		patch("projects/items/XJ2", `"investor":"x"`, "401 403 403 412 403 412 403 412"),
		patch("households/items/NONE", `"persons":3`, "401 404 404 404 404 403 403 404"),
		move("areas/A01", "closed", "401 412 412 412 412 412 412 412"),
		move("areas/A02", "cleared", "401 412 403 412 412 412 412 412"),
		move("households/XH1", "signed", "401 404 412 412 404 412 412 412"),
		move("households/XH2", "valued", "401 404 404 412 404 412 412 412"),
		move("problems/XQ1", "assigned", "401 412 412 412 412 412 412 412"),
		move("households/NONE", "valued", "401 404 404 404 404 404 404 404"),
	}
}

func TestWritesKeepToTheirAreas(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{RequestBurst: 1e9} })
	s.assignField()
	before := s.count(`select count(*) from land.event`)
	for _, role := range callers() {
		v := s.as(role)
		for _, row := range scopeTable() {
			res, body := v.do(row.method, row.path, strings.NewReader(row.body), "Content-Type", "application/json", "If-Match", `"v999999"`)
			want := strings.Fields(row.want)[slices.Index(callers(), role)]
			if got := fmt.Sprint(res.StatusCode); got != want {
				t.Errorf("%s %s as %s is %s, want %s: %s", row.method, row.path, role, got, want, body)
			}
			if secret := strings.Contains(string(body), "persons"); secret && role.Scoped() && strings.Contains(row.path, "XH2") {
				t.Errorf("%s as %s tells of it: %s", row.path, role, body)
			}
		}
	}
	if after := s.count(`select count(*) from land.event`); after != before {
		t.Errorf("%d events were written", after-before)
	}
}

// A role with scope that is assigned to nothing reads no household: none is not
// all.
func TestScopeOfNothingIsNothing(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleField)
	var page struct {
		NumberMatched int `json:"numberMatched"`
	}
	v.read("/api/collections/households/items", &page)
	if page.NumberMatched != 0 {
		t.Errorf("%d households", page.NumberMatched)
	}
	if res, _ := v.get("/api/collections/households/items/XH1"); res.StatusCode != 404 {
		t.Errorf("a household: %d", res.StatusCode)
	}
	s.assignField()
	v.read("/api/collections/households/items", &page)
	if page.NumberMatched != 1 {
		t.Errorf("once assigned: %d households", page.NumberMatched)
	}
}
