package postgis

import (
	"testing"
	"time"

	"tengdi/geo"
)

// Anybody may send an enquiry: it changes no figure until staff take it over, today
// and on past days, in the headline as in the funnel; one that they drop never does.
func TestEnquiriesCountOnceTakenOver(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	ctx := t.Context()
	enquire := func(amount geo.Money) (code string) {
		t.Helper()
		var parcel string
		if err := connect(t, s).QueryRow(ctx, `select code from pub.parcel order by code limit 1`).Scan(&parcel); err != nil {
			t.Fatal(err)
		}
		if err := s.Enquire(ctx, geo.Enquiry{Parcel: parcel, Company: "某公司", Person: "张三", Phone: "0730-8880000", Amount: amount}); err != nil {
			t.Fatal(err)
		}
		if err := connect(t, s).QueryRow(ctx, `select code from land.project order by id desc limit 1`).Scan(&code); err != nil {
			t.Fatal(err)
		}
		return code
	}
	move := func(code, to string) {
		t.Helper()
		if _, err := s.Transition(ctx, actorOf(geo.RolePlanner), geo.Transition{Entity: geo.ProjectMachine, Code: code, To: to, Reason: "核实"}); err != nil {
			t.Fatalf("%s to %s: %v", code, to, err)
		}
	}
	rows, events := figuresAt(t, s, "", 0), replayed(t, s, "")
	counts := func(what string, projects, overYi int, money geo.Money) {
		t.Helper()
		more(t, what+", by the rows", figuresAt(t, s, "", 0), rows, projects, overYi, money)
		more(t, what+", by the events", replayed(t, s, ""), events, projects, overYi, money)
		funnelEquals(t, s, geo.SummaryQuery{}, figuresAt(t, s, "", 0), what)
	}
	first, second := enquire(geo.Yi), enquire(2*geo.Yi)
	counts("two enquiries", 0, 0, 0)
	move(second, "dead")
	counts("one dropped at once", 0, 0, 0)
	move(first, "contact")
	counts("one taken over", 1, 1, geo.Yi)
	move(first, "dead")
	counts("dropped after it was taken over", 1, 1, geo.Yi)

	// Since that was a year ago, past days tell it as it went.
	conn := connect(t, s)
	if _, err := conn.Exec(ctx, `alter table land.event disable trigger all`); err != nil {
		t.Fatal(err)
	}
	day := geo.CivilDay(date(2020, 5, 4))
	for state, on := range map[string]time.Time{"lead": day.Date(), "contact": (day + 10).Date(), "dead": (day + 20).Date()} {
		tag, err := conn.Exec(ctx, `update land.event set happened = $1 where entity = 'project' and code = $2 and to_state = $3`, on, first, state)
		if err != nil || tag.RowsAffected() != 1 {
			t.Fatalf("%s: %v, %v", state, tag, err)
		}
	}
	none := figuresAt(t, s, "", day-1)
	for on, projects := range map[geo.Day]int{day: 0, day + 9: 0, day + 10: 1, day + 20: 1} {
		got := figuresAt(t, s, "", on)
		more(t, on.String(), got, none, projects, projects, geo.Money(projects)*geo.Yi)
		funnelEquals(t, s, geo.SummaryQuery{At: on}, got, on.String())
	}
}

// more says that figures have so many more projects than others.
func more(t *testing.T, what string, got, than geo.Summary, projects, overYi int, money geo.Money) {
	t.Helper()
	if got.Projects != than.Projects+projects || got.ProjectsOverYi != than.ProjectsOverYi+overYi || got.ProjectMoney != than.ProjectMoney+money {
		t.Errorf("%s: %d projects, %d over 1 yi, %v; want %d, %d, %v more than %d, %d, %v", what, got.Projects, got.ProjectsOverYi, got.ProjectMoney,
			projects, overYi, money, than.Projects, than.ProjectsOverYi, than.ProjectMoney)
	}
}
