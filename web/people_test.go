package web

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"tengdi/geo"
)

// Staff are told who did something by name, as the register of persons has it, else as
// the account has it, with the login beside it; the public is told neither.
func TestStaffAreToldByNameAndNobodyElse(t *testing.T) {
	s := newSite(t, village(), nil)
	planner, auditor := s.as(geo.RolePlanner), s.as(geo.RoleSupervisor)
	const item, history = "/api/collections/projects/items/J01", "/api/projects/J01/history"
	if res, m := planner.write("PATCH", item, `{"values":{"name":"友阿国际商业中心"},"reason":"更名"}`, "If-Match", planner.tag(item)); res.StatusCode != 200 {
		t.Fatalf("a correction: %d %v", res.StatusCode, m)
	}
	if res, m := planner.write("POST", "/api/households/XH1/records", `{"kind":"visit","values":{"on":"2019-01-02","topic":"走访","outcome":"同意"}}`); res.StatusCode != 201 {
		t.Fatalf("a record: %d %v", res.StatusCode, m)
	}
	last := func() (e eventAnswer) {
		t.Helper()
		var told historyAnswer
		auditor.read(history, &told)
		for _, e = range told.Events {
			if e.Verb == geo.Corrected {
				return e
			}
		}
		t.Fatalf("no correction in %+v", told.Events)
		return e
	}
	if e := last(); e.Actor != "planner" || e.Name != "测试 planner" {
		t.Errorf("by the account: %+v", e)
	}
	// What the register of persons says goes first.
	s.exec(`insert into land.person (code, name, login) values ('R1', '规划员甲', 'planner')`)
	if e := last(); e.Actor != "planner" || e.Name != "规划员甲" {
		t.Errorf("by the register: %+v", e)
	}
	var records recordsAnswer
	auditor.read("/api/households/XH1/records?kind=visit", &records)
	if len(records.Records) == 0 || records.Records[len(records.Records)-1].ByName != "规划员甲" || records.Records[len(records.Records)-1].By != "planner" {
		t.Errorf("records: %+v", records.Records)
	}
	var byLogin, byName, byNobody auditPageAnswer
	auditor.read("/api/audit?actor=planner", &byLogin)
	auditor.read("/api/audit?actor=%E8%A7%84%E5%88%92%E5%91%98%E7%94%B2", &byName)
	auditor.read("/api/audit?actor=%E8%A7%84", &byNobody)
	if len(byName.Events) < 2 || !slices.EqualFunc(byName.Events, byLogin.Events, func(a, b auditAnswer) bool { return a.ID == b.ID }) || byName.Events[0].Name != "规划员甲" || len(byNobody.Events) > 0 {
		t.Errorf("the log by name has %d events, by login %d, by half a name %d", len(byName.Events), len(byLogin.Events), len(byNobody.Events))
	}
	planner.read("/api/households/XH1/records", &records) // which the log of readings tells
	var readings accessesAnswer
	auditor.read("/api/audit/access?code=XH1", &readings)
	named := 0
	for _, a := range readings.Accesses {
		if a.Login == "planner" && a.Name == "规划员甲" || a.Login == "supervisor" && a.Name == "测试 supervisor" {
			named++
		}
	}
	if named == 0 || named != len(readings.Accesses) {
		t.Errorf("readings: %+v", readings.Accesses)
	}
	// An account that is called by its login has no name to tell.
	s.exec(`delete from land.person`)
	s.exec(`update auth."user" set name = login where login = 'planner'`)
	if e := last(); e.Actor != "planner" || e.Name != "" {
		t.Errorf("without a name: %+v", e)
	}
	s.exec(`update auth."user" set name = '规划员甲' where login = 'planner'`)
	for _, path := range []string{history, item, "/api/collections/projects/items", "/listings/P01", "/api/parcels/P01/history"} {
		res, body := s.visitor().get(path)
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		for _, secret := range []string{"规划员甲", "actor", `"planner"`, "by_name"} {
			if bytes.Contains(body, []byte(secret)) {
				t.Errorf("%s tells the public of %s: %s", path, secret, body)
			}
		}
	}
}

// Areas can be asked for by light, which the board makes; every light has as many as
// the board counts, in lists and in counts, and the public has no lights.
func TestAreasAreListedByTheBoardsLights(t *testing.T) {
	s := newSite(t, village(), nil)
	s.exec(`update land.problem set status = 'closed', closed_on = '2019-01-01'`) // one area has no light then
	v := s.as(geo.RoleViewer)
	var head headlineAnswer
	var board boardAreasAnswer
	v.read("/api/board", &head)
	v.read("/api/board/areas", &board)
	total := 0
	for _, light := range geo.AskedLights() {
		want := map[string]bool{}
		for _, a := range board.Areas {
			if string(a.Light) == light || a.Light == geo.NoLight && light == geo.LightNone {
				want[a.Code] = true
			}
		}
		var page struct {
			Matched  int `json:"numberMatched"`
			Features []struct {
				ID string `json:"id"`
			} `json:"features"`
		}
		v.read("/api/collections/areas/items?light="+light, &page)
		var counts facetsAnswer
		v.read("/api/collections/areas/counts?ids=1&light="+light, &counts)
		n := head.Lights[geo.Light(strings.TrimSuffix(light, geo.LightNone))]
		if page.Matched != n || len(page.Features) != len(want) || counts.Matched != n || len(counts.IDs) != n {
			t.Errorf("%s: %d areas in the list, %d in the counts, %d on the board, %v", light, page.Matched, counts.Matched, n, want)
		}
		for _, f := range page.Features {
			if !want[f.ID] {
				t.Errorf("%s is listed as %s", f.ID, light)
			}
		}
		total += page.Matched
		v.read("/api/collections/areas/items?status=handed_over&light="+light, &page)
		if page.Matched > 1 {
			t.Errorf("%s and handed over: %d", light, page.Matched)
		}
	}
	if total != 2 || head.Lights[geo.Red] != 1 {
		t.Errorf("%d areas by light, %v on the board", total, head.Lights)
	}
	for path, want := range map[string]int{
		"/api/collections/areas/items?light=blue": 400, "/api/collections/areas/items?light=": 400, "/api/collections/parcels/items?light=red": 400,
		"/api/collections/areas/histogram?light=red": 400, "/api/collections/areas/counts?light=x": 400,
	} {
		if res, body := v.get(path); res.StatusCode != want || !bytes.Contains(body, []byte(`"field":"light"`)) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	for _, path := range []string{"/api/collections/areas/items?light=red", "/api/collections/areas/counts?light=red"} {
		if res, body := s.visitor().get(path); res.StatusCode != 400 {
			t.Errorf("the public asks %s: %d %s", path, res.StatusCode, body)
		}
	}
}
