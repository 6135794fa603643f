package sample_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"tengdi/geo"
)

// TestPeople: bodies, posts and boards link to each other, and nobody has a
// name.
func TestPeople(t *testing.T) { eachTown(t, people) }

func people(t *testing.T, d geo.Dataset, _ time.Time) {
	bodies, kinds := map[string]geo.Organisation{}, map[string]int{}
	for _, o := range d.Organisations {
		if _, above := bodies[o.Parent]; o.Parent != "" && !above {
			t.Errorf("%s is below %s, which does not come before it", o.Code, o.Parent)
		}
		if !slices.ContainsFunc(geo.OrganisationKinds(), func(k geo.Option) bool { return k.Code == o.Kind }) {
			t.Errorf("%s is a %q", o.Code, o.Kind)
		}
		if _, twice := bodies[o.Code]; twice {
			t.Errorf("%s twice", o.Code)
		}
		bodies[o.Code] = o
		kinds[o.Kind]++
	}
	for kind, n := range map[string]int{"street": 25, "community": 32, "department": 24, "command_post": 12, "trading": 1, "reserve": 1, "supervision": 1} {
		equal(t, kind, kinds[kind], n)
	}
	post := regexp.MustCompile(`^(区领导|网格员|规划员|交易员|督查员|查询员|系统管理员)[0-9]+$`)
	leaders, grid := 0, map[string]bool{}
	for _, p := range d.Persons {
		if !post.MatchString(p.Post) || p.Name != p.Post || p.Phone != "" {
			t.Errorf("%s is called %q", p.Post, p.Name)
		}
		if _, ok := bodies[p.Organisation]; p.Organisation != "" && !ok {
			t.Errorf("%s belongs to %s", p.Post, p.Organisation)
		}
		if p.Post[:len("区领导")] == "区领导" {
			leaders++
		}
		grid[p.Post] = true
	}
	equal(t, "leaders", leaders, 16)
	for _, v := range d.Visits {
		if !grid[v.By] {
			t.Fatalf("a visit by %s", v.By)
		}
	}
	boards := map[string]bool{}
	for _, b := range d.Boards {
		boards[b.Name] = true
	}
	for _, a := range d.Areas {
		if !boards[a.Board] || bodies[a.Street].Kind != "street" {
			t.Errorf("%s: board %q, street %q", a.Code, a.Board, a.Street)
		}
	}
	for _, p := range d.Projects {
		if !boards[p.Board] {
			t.Errorf("%s: board %q", p.Code, p.Board)
		}
	}
}

// TestAssignments: who holds an area's duties today is who its row names; a
// duty that ended was taken over without a gap.
func TestAssignments(t *testing.T) { eachTown(t, assignments) }

func assignments(t *testing.T, d geo.Dataset, today time.Time) {
	now := geo.DayOf(today, nil)
	posts, bodies := map[string]string{}, map[string]string{}
	for _, p := range d.Persons {
		posts[p.Code] = p.Post
	}
	for _, o := range d.Organisations {
		bodies[o.Code] = o.Name
	}
	leaders, departments, field := map[string][]string{}, map[string][]string{}, map[string]int{}
	ends := map[string]geo.Day{}
	ended := 0
	for _, r := range d.Records {
		if r.Kind != geo.AssignmentRecord {
			continue
		}
		if !r.DoneOn.IsZero() && geo.CivilDay(r.DoneOn) < now {
			if r.Values["duty"] == "lead" {
				ended++
				ends[r.Code] = geo.CivilDay(r.DoneOn)
			}
			continue
		}
		switch r.Values["duty"] {
		case "lead":
			leaders[r.Code] = append(leaders[r.Code], posts[r.Person])
			if end, ok := ends[r.Code]; ok && geo.CivilDay(r.On) != end+1 {
				t.Errorf("%s was led until %s and again from %s", r.Code, end, r.On)
			}
		case "contract":
			departments[r.Code] = append(departments[r.Code], bodies[r.Organisation])
		case "field":
			field[r.Code]++
		}
	}
	per := map[string]int{}
	for _, a := range d.Areas {
		if !slices.Equal(leaders[a.Code], []string{a.Leader}) || !slices.Equal(departments[a.Code], []string{a.Department}) {
			t.Errorf("%s is led by %s with %s, assigned are %v and %v", a.Code, a.Leader, a.Department, leaders[a.Code], departments[a.Code])
		}
		per[a.Leader]++
		open := a.Status != "cleared" && a.Status != "handed_over"
		if open != (field[a.Code] > 0) {
			t.Errorf("%s is %s and has %d grid workers", a.Code, a.Status, field[a.Code])
		}
	}
	three := 0
	for _, n := range per {
		if n == 3 {
			three++
		}
	}
	equal(t, "leaders with three areas", three, 11)
	equal(t, "leaders", len(per), 16)
	if ended < 8 {
		t.Errorf("%d leaders were followed by another", ended)
	}
}

// TestRecords: every record is one that its form would take, on days that fit,
// numbered without gaps; those of land have their event, and only those.
func TestRecords(t *testing.T) { eachTown(t, records) }

func records(t *testing.T, d geo.Dataset, today time.Time) {
	rows := states(d)
	type key struct {
		entity geo.MachineName
		code   string
		kind   string
		no     int
	}
	told := map[key]bool{}
	for _, e := range d.Events {
		if e.Verb == geo.Recorded {
			told[key{e.Entity, e.Code, e.Data["kind"].(string), e.Data["no"].(int)}] = true
		}
	}
	last, kinds := map[key]int{}, map[string]int{}
	wrong := 0
	fail := func(format string, args ...any) {
		if wrong++; wrong < 20 {
			t.Errorf(format, args...)
		}
	}
	for _, r := range d.Records {
		kind, ok := geo.KindOfRecord(r.Entity, r.Kind)
		if _, there := rows[thing{r.Entity, r.Code}]; !ok || !there {
			fail("a %q of %s %s", r.Kind, r.Entity, r.Code)
			continue
		}
		values := map[string]string{}
		for k, v := range r.Values {
			if r.Kind != geo.BulletinRecord { // whose counts no form asks for
				values[k] = v
			}
		}
		for name, at := range map[string]time.Time{geo.RecordOn: r.On, geo.RecordDue: r.Due, geo.RecordDoneOn: r.DoneOn} {
			if !at.IsZero() {
				values[name] = at.Format(time.DateOnly)
			}
		}
		if r.Person != "" {
			values[geo.RecordPerson] = r.Person
		}
		if r.Organisation != "" {
			values[geo.RecordOrganisation] = r.Organisation
		}
		in, bad := geo.ReadInputs(kind.Inputs, values, true)
		bad = append(bad, kind.CheckDates(in, geo.DayOf(today, nil))...)
		if r.Kind == geo.AssignmentRecord {
			bad = append(bad, geo.CheckAssignment(in)...)
		}
		if len(bad) > 0 {
			fail("%s %s %s %d: %+v", r.Entity, r.Code, r.Kind, r.No, bad)
		}
		k := key{r.Entity, r.Code, r.Kind, 0}
		last[k]++
		if r.No != last[k] {
			fail("%s %s: %s %d is number %d", r.Entity, r.Code, r.Kind, r.No, last[k])
		}
		k.no = r.No
		if told[k] == (r.Entity == geo.HouseholdMachine) {
			fail("%s %s %s %d: told of in its history %v", r.Entity, r.Code, r.Kind, r.No, told[k])
		}
		delete(told, k)
		kinds[string(r.Entity)+" "+r.Kind]++
	}
	if len(told) > 0 {
		t.Errorf("%d events of records that there are not", len(told))
	}
	for _, kind := range []string{
		"area assignment", "area meeting", "area bulletin", "area inspection", "household agreement", "household payment", "household transition",
		"household flat", "household decision", "household court", "problem extension", "problem escalation", "project contact", "parcel payment",
	} {
		if kinds[kind] == 0 {
			t.Errorf("no %s", kind)
		}
	}
	equal(t, "bulletins", kinds["area bulletin"], 43)
}

// TestPapersAgree: agreements, payments and flats say what the household's row
// says.
func TestPapersAgree(t *testing.T) { eachTown(t, papersAgree) }

func papersAgree(t *testing.T, d geo.Dataset, _ time.Time) {
	of := map[string]map[string][]geo.Record{}
	for _, r := range d.Records {
		if r.Entity == geo.HouseholdMachine {
			if of[r.Code] == nil {
				of[r.Code] = map[string][]geo.Record{}
			}
			of[r.Code][r.Kind] = append(of[r.Code][r.Kind], r)
		}
	}
	wrong := 0
	for _, h := range d.Households {
		has := of[h.Code]
		agreement, payment, flat := has["agreement"], has["payment"], has["flat"]
		amount := func(r geo.Record) string { return r.Values["amount_wan"] }
		switch {
		case len(agreement) == 0 != h.SignedOn.IsZero(), len(payment) == 0 != h.PaidOn.IsZero(), (len(flat) == 0) != (h.Mode != "swap"):
		case len(agreement) == 1 && (!agreement[0].On.Equal(h.SignedOn) || agreement[0].Values["mode"] != h.Mode || amount(agreement[0]) != plain(h.Amount.Wan())):
		case len(payment) == 1 && (!payment[0].On.Equal(h.PaidOn) || amount(payment[0]) != plain(h.Amount.Wan())):
		case h.Status == "closed" && h.Mode == "swap" && flat[0].DoneOn.IsZero():
		case len(agreement) > 1 || len(payment) > 1 || len(flat) > 1:
		case h.SignedOn.IsZero() && slices.Contains([]string{"decision_issued", "court_applied", "court_accepted", "ruling_ok"}, h.Status) && len(has["court"]) == 0:
		default:
			continue
		}
		if wrong++; wrong < 10 {
			t.Errorf("%s (%+v) has the papers %+v", h.Code, h, has)
		}
	}
}

// TestDeadlinesMove: a problem's extensions lead from its first deadline to the
// one it has, as a leader may grant them.
func TestDeadlinesMove(t *testing.T) { eachTown(t, deadlinesMove) }

func deadlinesMove(t *testing.T, d geo.Dataset, today time.Time) {
	first := map[string]time.Time{}
	for _, e := range d.Events {
		if e.Entity == geo.ProblemMachine && e.Verb == geo.Created {
			first[e.Code], _ = time.Parse(time.DateOnly, e.Data["due"].(string))
		}
	}
	granted, escalated := map[string][]geo.Record{}, map[string]int{}
	for _, r := range d.Records {
		switch r.Kind {
		case geo.ExtensionRecord:
			granted[r.Code] = append(granted[r.Code], r)
		case geo.EscalationRecord:
			escalated[r.Code]++
		}
	}
	for _, p := range d.Problems {
		due := first[p.Code]
		for i, r := range granted[p.Code] {
			f := geo.ExtensionFacts{Occasion: geo.Occasion{On: r.On, Now: r.On, Reason: "示例"}, Status: "in_progress", Extensions: i, Due: due, NewDue: r.Due}
			if err := geo.CheckExtension(geo.RoleLeader, f); err != nil || !r.On.After(p.OpenedOn) || !r.On.Before(today) {
				t.Errorf("%s extended on %s from %s to %s: %v", p.Code, r.On, due, r.Due, err)
			}
			due = r.Due
		}
		equal(t, p.Code+" deadline", due, p.Due)
		equal(t, p.Code+" extensions", len(granted[p.Code]), p.Extensions)
		equal(t, p.Code+" escalations", escalated[p.Code], p.Escalations)
	}
}

// TestIdleLand: of the land that was handed over and not built on, some is idle
// for over a year, some for over two, some is not.
func TestIdleLand(t *testing.T) { eachTown(t, idleLand) }

func idleLand(t *testing.T, d geo.Dataset, today time.Time) {
	lights := map[geo.Light]int{}
	for _, r := range d.Rounds {
		if r.StartBy.IsZero() != r.ContractedOn.IsZero() || !inOrder(r.ContractedOn, r.StartBy) {
			t.Errorf("%s: contract of %s, to be started by %s", r.NoticeNo, r.ContractedOn, r.StartBy)
		}
		if !r.HandedOverOn.IsZero() && r.StartedOn.IsZero() {
			lights[geo.IdleLight(r.StartBy, r.StartedOn, today, nil)]++
		}
	}
	if lights[geo.Green] < 3 || lights[geo.Amber] < 2 || lights[geo.Red] < 2 || lights[geo.NoLight] > 0 {
		t.Errorf("idle land %v", lights)
	}
}

// TestHolidays: weekdays are off and weekend days are worked, and every year has
// the statutory days.
func TestHolidays(t *testing.T) {
	d := build(t)
	off, worked := map[int]int{}, map[int]int{}
	last := geo.Day(0)
	for _, c := range d.Calendar {
		if c.Day <= last || c.Name == "" || geo.WorkCalendar(nil).Works(c.Day) == c.Works {
			t.Errorf("%s %q, worked %v", c.Day, c.Name, c.Works)
		}
		last = c.Day
		if year := c.Day.Date().Year(); c.Works {
			worked[year]++
		} else {
			off[year]++
		}
	}
	for year := 2015; year <= 2026; year++ {
		// 11 statutory days, 13 from 2025 on, less those on weekends that were
		// not made up for.
		if n := off[year] - worked[year]; n < 9 || n > 13 || year >= 2025 && n < 12 {
			t.Errorf("%d: %d weekdays off, %d weekend days worked", year, off[year], worked[year])
		}
	}
	c := geo.WorkCalendarOf(d.Calendar)
	for _, w := range []struct {
		day  string
		want bool
	}{{"2018-02-16", false}, {"2018-02-24", true}, {"2019-10-01", false}, {"2019-10-12", true}, {"2020-01-31", false}, {"2023-10-07", true}, {"2024-06-10", false}, {"2024-06-11", true}} {
		at, err := time.Parse(time.DateOnly, w.day)
		if err != nil || c.Works(geo.CivilDay(at)) != w.want {
			t.Errorf("%s worked: %v, %v", w.day, !w.want, err)
		}
	}
}
