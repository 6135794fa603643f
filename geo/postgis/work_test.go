package postgis

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// workStore is a recorded town in which something of every kind of work is due.
// grid works in A02, chief leads A01; nobody else has areas.
func workStore(t *testing.T) *Store {
	t.Helper()
	s := recordedStore(t)
	conn := connect(t, s)
	_, err := conn.Exec(t.Context(), `
		create temporary table d as select (now() at time zone 'Asia/Shanghai')::date as today;
		insert into land.organisation (code, name, kind) values ('O1', '街道', 'street');
		insert into land.person (code, name, login, organisation_id) select 'R1', '网格员', 'grid', id from land.organisation;
		insert into land.person (code, name, login) values ('R2', '领导', 'chief');
		insert into land.record (entity, entity_id, kind, no, on_day, organisation_id, data, by_login)
			select 'area', a.id, 'assignment', 1, '2020-01-01', o.id, '{"duty": "field"}', 'demo' from land.area a, land.organisation o where a.code = 'A02';
		insert into land.record (entity, entity_id, kind, no, on_day, person_id, data, by_login)
			select 'area', a.id, 'assignment', 1, '2020-01-01', p.id, '{"duty": "lead"}', 'demo' from land.area a, land.person p where a.code = 'A01' and p.code = 'R2';
		update land.area set deadline = today + 20 from d where code = 'A02';
		update land.area set status = 'consulting' where code = 'A03';
		insert into land.event select 1000, 1, 'area', id, 'A03', 'moved', 'surveying', 'consulting', now(), now(), 'x', 'planner', '', 'api', '{"display_to": "2019-01-01"}', decode(repeat('00', 32), 'hex') from land.area where code = 'A03';
		update land.problem set due = today - 1 from d where code = 'W01';
		insert into land.problem (code, area_id, title, status) select c, a.id, '题' || c, s from land.area a,
			(values ('W03', 'opened'), ('W04', 'submitted'), ('W05', 'verified')) v (c, s) where a.code = 'A01';
		insert into priv.record (entity_id, kind, no, on_day, due, data, by_login)
			select h.id, k, 1, today - 60, today + n, '{"topic": "诉求", "unit": "过渡房"}', 'demo'
			from priv.household h, d, (values ('transition', 5), ('flat', 29), ('ticket', -2), ('agreement', 3)) v (k, n) where h.code = 'H03';
		insert into priv.record (entity_id, kind, no, on_day, due, data, by_login)
			select h.id, 'ticket', 1, today - 60, today + 40, '{}', 'demo' from priv.household h, d where h.code = 'H01';
		update priv.record set due = today + 2 from d where kind = 'visit';
		insert into priv.household (code, area_id, status, surveyed_on) select 'H05', id, 'decision_issued', '2017-01-01' from land.area where code = 'A02';
		insert into land.event select 1001, 1, 'household', h.id, 'H05', 'moved', 'negotiating', 'decision_issued', now(), now(), 'x', 'planner', '', 'api',
			json_build_object('served_on', (today - interval '7 months')::date), decode(repeat('00', 32), 'hex') from priv.household h, d where code = 'H05';
		update priv.household set status = 'vacated' where code = 'H01';
		update land.building set status = 'kept' where code = 'B02';
		insert into land.area (code, name, status, geom) select 'A04', '待验收', 'demolishing', st_translate(geom, 0.05, 0) from land.area where code = 'A03';
		insert into land.record (entity, entity_id, kind, no, on_day, due, data, by_login)
			select 'area', id, 'inspection', 1, today - 9, today - 3, '{"finding": "围挡"}', 'demo' from land.area, d where code = 'A02';
		insert into land.record (entity, entity_id, kind, no, on_day, data, by_login) select 'project', id, 'ticket', 1, today, '{"topic": "用水"}', 'demo' from land.project, d where code = 'J01';
		update land.project set stage_on = today - 1 from d where code = 'J03';
		update land.round set list_to = today + 3 from d where notice_no = '岳楼示挂(2019)01号';
		update land.parcel set status = 'listed' where code = 'P02';
		update land.parcel set status = 'contracted', round_no = 1 where code = 'P04';
		insert into land.round (parcel_id, no, deal_fen, outcome, contracted_on, start_by) select p.id, 1, 5, 'sold', today - 380, today - 370 from land.parcel p, d where p.code = 'P04'`, simple)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func worker(role geo.Role, login string) geo.Viewer {
	return geo.Viewer{Audience: geo.Staff, Login: login, Role: role}
}

// Each role is told what is its own to do, and those with areas of their own what
// belongs to these.
func TestWork(t *testing.T) {
	t.Parallel()
	s := workStore(t)
	kinds := map[string]bool{}
	for name, c := range map[string]struct {
		viewer geo.Viewer
		want   string // kind and code with light, in order
	}{
		"field": {worker(geo.RoleField, "grid"), `inspection A02 red, ticket H03 red, problem W01 red, unvisited H05 red, unvisited H04 red,
			visit H04 amber, payment H03 amber, transition H03 amber, area A02 red, flat H03 green`},
		"field without areas": {worker(geo.RoleField, "nobody"), ``},
		"planner": {worker(geo.RolePlanner, "planner"), `display A03 red, project J01 red, inspection A02 red, ticket H03 red, problem W01 red,
			payment H03 amber, transition H03 amber, area A02 red, flat H03 green, court H05 green, ticket J01 `},
		"leader of A01":     {worker(geo.RoleLeader, "chief"), `project J01 red, assign W03 , ticket J01 `},
		"leader of nothing": {worker(geo.RoleLeader, "mayor"), `project J01 red, problem W01 red, area A02 red, assign W03 , ticket J01 `},
		"supervisor":        {worker(geo.RoleSupervisor, "sup"), `inspection A02 red, court H05 green, accept A04 , assign W03 , close_household H01 , close_problem W05 , verify W04 `},
		"trading":           {worker(geo.RoleTrading, "trade"), `contract P01 red, idle P04 amber, price P04 red, listing P02 amber, announce P03 `},
		"viewer":            {worker(geo.RoleViewer, "v"), ``},
	} {
		w, err := s.Work(t.Context(), c.viewer)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, i := range w.Items {
			kinds[i.Kind] = true
			got = append(got, fmt.Sprintf("%s %s %s", i.Kind, i.Code, i.Light))
			if i.Area == "" || i.Collection == "" {
				t.Errorf("%s: %+v", name, i)
			}
			if !slices.ContainsFunc(geo.WorkKinds(), func(o geo.Option) bool { return o.Code == i.Kind }) {
				t.Errorf("%s is not among the kinds", i.Kind)
			}
		}
		want := strings.Split(strings.Join(strings.Fields(strings.ReplaceAll(c.want, " ,", " none,")), " "), ", ")
		for i := range got {
			if strings.HasSuffix(got[i], " ") {
				got[i] += "none"
			}
		}
		if strings.HasSuffix(c.want, " ") {
			want[len(want)-1] += " none"
		}
		if c.want == "" {
			want = nil
		}
		slices.Sort(want)
		sorted := slices.Sorted(slices.Values(got))
		if !slices.Equal(sorted, want) {
			t.Errorf("%s has\n%s\nwant\n%s", name, strings.Join(sorted, "\n"), strings.Join(want, "\n"))
		}
		ordered(t, name, w)
		oneLight(t, s, w)
	}
	for _, k := range geo.WorkKinds() {
		if !kinds[k.Code] {
			t.Errorf("nobody was told of %s", k.Code)
		}
	}
}

// ordered demands that the worst comes first and that totals count all.
func ordered(t *testing.T, name string, w geo.Work) {
	t.Helper()
	for i := 1; i < len(w.Items); i++ {
		if a, b := w.Items[i-1], w.Items[i]; geo.CompareWork(a, b) > 0 {
			t.Errorf("%s: %+v stands before %+v", name, a, b)
		}
	}
	total := 0
	for _, n := range w.Totals {
		total += n
	}
	near := 0
	for _, n := range w.Near {
		near += n
	}
	if near != total {
		t.Errorf("%s: %d by nearness, %d by kind", name, near, total)
	}
	if len(w.Items) != min(total, geo.MaxWork) {
		t.Errorf("%s: %d items of %d", name, len(w.Items), total)
	}
}

func TestWorkAreas(t *testing.T) {
	t.Parallel()
	s := workStore(t)
	w, err := s.Work(t.Context(), worker(geo.RoleField, "grid"))
	if err != nil || len(w.Areas) != 1 {
		t.Fatalf("%+v, %v", w.Areas, err)
	}
	// H03 of three surveyed households has signed; W01 is overdue.
	a := w.Areas[0]
	if a.Code != "A02" || a.Name != "王家河" || a.Duty != "field" || a.Light != geo.Red || a.ProblemsOpen != 1 || a.DaysLeft == nil || *a.DaysLeft != 20 ||
		a.SignedRate == nil || int(*a.SignedRate) != 33 {
		t.Errorf("%+v", a)
	}
	oneLight(t, s, w)
	// An assignment that has ended gives nothing.
	if _, err := connect(t, s).Exec(t.Context(), `update land.record set done_on = '2020-02-01' where kind = 'assignment'`); err != nil {
		t.Fatal(err)
	}
	if w, err := s.Work(t.Context(), worker(geo.RoleField, "grid")); err != nil || len(w.Areas)+len(w.Items) != 0 {
		t.Errorf("%+v, %v", w, err)
	}
}

// Nothing disagrees in the demo with its quarter of a million events, before and
// after its clocks have struck; among its 27,000 households work is found, and
// cut where it is much.
func TestDemoAgreesAndHasWork(t *testing.T) {
	t.Parallel()
	s, d := demoStore(t)
	begun := time.Now()
	v := agreed(t, s, nil)
	t.Logf("%d events and %d public rows verified in %s", v.Events, v.Rows, time.Since(begun).Round(time.Millisecond))
	if v.Events < 100_000 || v.Rows < 100 {
		t.Errorf("%d events, %d rows", v.Events, v.Rows)
	}
	conn := connect(t, s)
	_, err := conn.Exec(t.Context(), `
		insert into land.person (code, name, login) values ('RX', '网格员', 'everywhere');
		insert into land.record (entity, entity_id, kind, no, on_day, person_id, data, by_login)
		select 'area', a.id, 'assignment', (select count(*) + 1 from land.record r where r.entity = 'area' and r.entity_id = a.id and r.kind = 'assignment'),
			'2020-01-01', p.id, '{"duty": "field"}', 'demo' from land.area a, land.person p where p.code = 'RX'`, simple)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range geo.Roles() {
		start := time.Now()
		w, err := s.Work(t.Context(), worker(role, "everywhere"))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %v in %s", role, w.Totals, time.Since(start).Round(time.Millisecond))
		ordered(t, string(role), w)
		if role == geo.RoleField && len(w.Areas) != len(d.Areas) {
			t.Errorf("%d areas", len(w.Areas))
		}
		oneLight(t, s, w)
	}
	start := time.Now()
	done, _, err := s.RunClocks(t.Context())
	t.Logf("%d clocks in %s, %v", done, time.Since(start).Round(time.Millisecond), err)
	start = time.Now()
	if done, _, err := s.RunClocks(t.Context()); done != 0 || err != nil {
		t.Errorf("a second run: %d, %v", done, err)
	}
	t.Logf("a look at nothing due in %s", time.Since(start).Round(time.Millisecond))
	agreed(t, s, &v.Head)
}

// oneLight demands that an area has the light that the board gives it wherever
// work tells one: as an own area and as an item.
func oneLight(t *testing.T, s *Store, w geo.Work) {
	t.Helper()
	board, err := s.BoardAreas(t.Context(), geo.SummaryQuery{})
	if err != nil {
		t.Fatal(err)
	}
	lights := map[string]geo.Light{}
	for _, a := range board.Rows {
		lights[a.Code] = a.Light
	}
	for _, a := range w.Areas {
		if light, ok := lights[a.Code]; !ok || a.Light != light || (a.Cause == "") != (light != geo.Red) {
			t.Errorf("own area %s has %q (%s), the board says %q", a.Code, a.Light, a.Cause, light)
		}
	}
	for _, i := range w.Items {
		if i.Kind == "area" && (i.Light != lights[i.Code] || (i.Cause == "") != (i.Light != geo.Red)) {
			t.Errorf("item %s has %q (%s), the board says %q", i.Code, i.Light, i.Cause, lights[i.Code])
		}
	}
}
