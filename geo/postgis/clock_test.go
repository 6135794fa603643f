package postgis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// clockStore is a recorded town in which a clock of every kind is due, and one
// of each that is not, all relative to today.
func clockStore(t *testing.T) (*Store, *pgx.Conn) {
	t.Helper()
	s := recordedStore(t)
	conn := connect(t, s)
	_, err := conn.Exec(t.Context(), `
		create temporary table d as select (now() at time zone 'Asia/Shanghai')::date as today;
		update land.area set deadline = null, status = 'demolishing' where code in ('A02', 'A03');
		update land.area set deadline = today - 1 from d where code = 'A02';
		update land.area set deadline = today from d where code = 'A03';
		update land.problem set due = today - 1 from d where code = 'W01';
		update land.problem set status = 'assigned', due = today + 7 from d where code = 'W02';
		insert into land.problem (code, area_id, title, due) select 'W03', area_id, 'x', today + 8 from land.problem, d where code = 'W01';
		update land.round set notice_on = today - 25, list_from = today, list_to = today + 10 from d where notice_no = '岳楼示挂(2019)01号';
		update land.round set sold_on = today - 40 from d where notice_no = '岳楼示挂(2018)05号';
		update land.parcel set status = 'listed' where code = 'P05';
		update land.round set list_to = today - 40, outcome = '' from d where notice_no = '岳楼示挂(2018)09号';
		update land.parcel set status = 'handed_over', round_no = 1 where code in ('P03', 'P04');
		insert into land.round (parcel_id, no, deal_fen, outcome, contracted_on, start_by, paid_on)
			select p.id, 1, 5, 'sold', today - interval '1 year 1 day', today - interval '1 year 1 day', null from land.parcel p, d where p.code = 'P03';
		insert into land.round (parcel_id, no, deal_fen, outcome, contracted_on, start_by, paid_on)
			select p.id, 1, 5, 'sold', today - interval '3 years', today - interval '2 years 1 day', today from land.parcel p, d where p.code = 'P04';
		update land.project set stage_on = today - interval '2 months' from d where code = 'J01';
		update land.project set stage_on = today - interval '3 months' from d where code = 'J02';
		update land.project set stage_on = today - interval '6 months' from d where code = 'J03';
		insert into priv.record (entity_id, kind, no, on_day, due, by_login)
			select h.id, 'transition', n, today - 100, today - 2 + n, 'demo' from priv.household h, d, generate_series(1, 2) n where h.code = 'H02'`, simple)
	if err != nil {
		t.Fatal(err)
	}
	return s, conn
}

// raised lists the notices of the log by kind and code.
func raised(t *testing.T, conn *pgx.Conn) map[string]int {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select case verb when 'noted' then data ->> 'notice' else verb || ' ' || to_state end || ' ' || code, count(*)
		from land.event
		where source = 'system'
		group by 1`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	var what string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&what, &n}, func() error { out[what] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// chained demands a sound log; the rows here were set past the program.
func chained(t *testing.T, s *Store) {
	t.Helper()
	v, err := s.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Findings {
		if f.Check == chainCheck || f.Check == headCheck {
			t.Errorf("%s: event %d: %s", f.Check, f.Event, f.En)
		}
	}
}

func dueClocks() []string {
	return []string{
		"moved listed P02", "contract_late P01", "result_late P05", "price_late P03", "idle_1y P03", "idle_2y P04",
		"area_late A02", "problem_late W01", "problem_soon W02", "project_amber J01", "project_red J02", "project_out J03",
		"transition_late H02",
	}
}

// Every clock that is due strikes, those that are not are silent, and a second
// run finds nothing to do and takes no revision.
func TestClocks(t *testing.T) {
	t.Parallel()
	s, conn := clockStore(t)
	done, next, err := s.RunClocks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := raised(t, conn)
	for _, want := range dueClocks() {
		if got[want] != 1 {
			t.Errorf("%s struck %d times", want, got[want])
		}
	}
	if len(got) != len(dueClocks()) || done != len(got) {
		t.Errorf("%d clocks are done: %v", done, got)
	}
	if n := scan[int64](t, conn, `select count(*) from land.notice`); n != int64(len(got)-1) {
		t.Errorf("%d notices", n)
	}
	midnight := geo.DayOf(time.Now(), time.FixedZone("CST", 8*3600)).End(time.FixedZone("CST", 8*3600))
	if !next.Equal(midnight) {
		t.Errorf("the next look is at %s, want %s", next, midnight)
	}
	if p, err := s.Feature(t.Context(), geo.Public, "parcels", "P02"); err != nil || p.Properties["status"] != "listed" {
		t.Errorf("the public reads %v, %v", p.Properties["status"], err)
	}
	h, err := s.History(t.Context(), geo.Staff, "parcels", "P02")
	if err != nil {
		t.Fatal(err)
	}
	if e := h[len(h)-1]; e.Actor != "system" || e.Role != geo.RoleSystem || e.Source != geo.FromSystem || !e.On.Equal(scan[time.Time](t, conn, `select list_from::timestamptz at time zone 'UTC' at time zone 'UTC' from land.round where notice_no = '岳楼示挂(2019)01号'`)) {
		t.Errorf("listed by %+v", e)
	}
	rev := scan[int64](t, conn, `select revision from land.revision`)
	if done, _, err := s.RunClocks(t.Context()); done != 0 || err != nil {
		t.Errorf("a second run did %d, %v", done, err)
	}
	if again := scan[int64](t, conn, `select revision from land.revision`); again != rev || rev != 2 {
		t.Errorf("revision %d, then %d", rev, again)
	}
	chained(t, s)
	// A later deadline is a clock of its own.
	if _, err := conn.Exec(t.Context(), `update land.problem set due = today + 3 from d where code = 'W01'`); err != nil {
		t.Fatal(err)
	}
	if done, _, err := s.RunClocks(t.Context()); done != 1 || err != nil {
		t.Errorf("after an extension: %d, %v", done, err)
	}
}

// What the guards refuse is left to people: it neither moves nor is tried under
// the lock of writes again and again.
func TestClocksWaitForTheNotice(t *testing.T) {
	t.Parallel()
	s, conn := clockStore(t)
	if _, err := conn.Exec(t.Context(), `update land.round set notice_on = today - 19 from d where notice_no = '岳楼示挂(2019)01号'`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.RunClocks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := raised(t, conn); got["moved listed P02"] != 0 {
		t.Errorf("listed before the notice was out for 20 days: %v", got)
	}
	lock, err := connect(t, s).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Exec(t.Context(), `select from land.revision for update`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if done, _, err := s.RunClocks(ctx); done != 0 || err != nil {
		t.Errorf("with nothing due the clocks waited for a writer: %d, %v", done, err)
	}
	if err := lock.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Four servers run the clocks at once and again, some are cut off in the middle:
// each clock strikes once.
func TestClocksStrikeOnce(t *testing.T) {
	t.Parallel()
	first, conn := clockStore(t)
	var wg sync.WaitGroup
	for n := range 4 {
		s := first
		if n > 0 {
			s = open(t, first.url)
		}
		wg.Go(func() {
			for run := range 6 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				if (n+run)%3 == 0 { // gives up somewhere on the way
					ctx, cancel = context.WithTimeout(t.Context(), time.Duration(5*(run+1)+3*n)*time.Millisecond)
				}
				_, _, err := s.RunClocks(ctx)
				if err != nil && geo.KindOf(err) != geo.Unavailable && !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	got := raised(t, conn)
	for _, want := range dueClocks() {
		if got[want] != 1 {
			t.Errorf("%s struck %d times", want, got[want])
		}
	}
	if len(got) != len(dueClocks()) {
		t.Error(fmt.Sprint(got))
	}
	chained(t, first)
}

// The court's clock runs from the day a decision was served, or from the final
// judgment on file.
func TestCourtClocks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ served, final, want string }{
		"the suit period runs": {"5 months", "", ""},
		"open":                 {"6 months 5 days", "", "court_open H04"},
		"near its end":         {"9 months", "", "court_soon H04"},
		"over":                 {"9 months 10 days", "", "court_over H04"},
		"judged lately":        {"11 months", "1 month", "court_open H04"},
		"judged long ago":      {"14 months", "4 months", "court_over H04"},
	} {
		t.Run(name, func(t *testing.T) {
			s := recordedStore(t)
			conn := connect(t, s)
			var served string
			err := conn.QueryRow(t.Context(), `select ((now() at time zone 'Asia/Shanghai')::date - $1::text::interval)::date::text`, c.served).Scan(&served)
			if err != nil {
				t.Fatal(err)
			}
			_, err = conn.Exec(t.Context(), `
				update land.project set stage_on = null;
				update land.problem set due = null;
				update land.round set sold_on = null, list_from = null;
				update land.area set deadline = null;
				update priv.household set status = 'negotiating' where code = 'H04';
				update land.area set sign_to = '2018-01-01'`, simple)
			if err != nil {
				t.Fatal(err)
			}
			moved(t, s, geo.RolePlanner, geo.HouseholdMachine, "H04", "decision_issued", "on", served, "decision_no", "决1", "served_on", served)
			if c.final != "" {
				_, err := conn.Exec(t.Context(), `
					insert into priv.record (entity_id, kind, no, on_day, done_on, data, by_login)
					select id, 'court', 1, x.day, x.day, '{"step": "final"}', 'demo'
					from priv.household, (select ((now() at time zone 'Asia/Shanghai')::date - $1::text::interval)::date as day) x
					where code = 'H04'`, c.final)
				if err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := s.RunClocks(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := raised(t, conn)
			if c.want == "" && len(got) != 0 || c.want != "" && (len(got) != 1 || got[c.want] != 1) {
				t.Errorf("struck %v, want %q", got, c.want)
			}
		})
	}
}

// A duty that was assigned from today on is in the area's name by itself.
func TestClocksHandOverDuties(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	conn := connect(t, s)
	_, err := conn.Exec(t.Context(), `
		insert into land.person (code, name, post) values ('R1', '甲', '区领导09');
		insert into land.record (entity, entity_id, kind, no, on_day, person_id, data, by_login)
		select 'area', a.id, 'assignment', 1, (now() at time zone 'Asia/Shanghai')::date + 1, p.id, '{"duty": "lead"}', 'demo'
		from land.area a, land.person p where a.code = 'A03'`, simple)
	if err != nil {
		t.Fatal(err)
	}
	leader := func() string {
		if _, _, err := s.RunClocks(t.Context()); err != nil {
			t.Fatal(err)
		}
		return scan[string](t, conn, `select leader from land.area where code = 'A03'`)
	}
	if l := leader(); l != "" {
		t.Errorf("a day before it is %q", l)
	}
	if _, err := conn.Exec(t.Context(), `update land.record set on_day = on_day - 1`); err != nil {
		t.Fatal(err)
	}
	if l := leader(); l == "" {
		t.Error("nobody leads the area")
	}
	rev := scan[int64](t, conn, `select revision from land.revision`)
	leader()
	if again := scan[int64](t, conn, `select revision from land.revision`); again != rev {
		t.Errorf("handed over twice: revision %d, then %d", rev, again)
	}
}

// What is wrong with one parcel stops no clock of another thing.
func TestClocksGoOnPastOneThatFails(t *testing.T) {
	t.Parallel()
	s, conn := clockStore(t)
	if _, err := conn.Exec(t.Context(), `alter table land.parcel add constraint never_listed check (code <> 'P02' or status <> 'listed')`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.RunClocks(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := raised(t, conn)
	for _, want := range dueClocks() {
		n := 1
		if want == "moved listed P02" {
			n = 0
		}
		if got[want] != n {
			t.Errorf("%s struck %d times", want, got[want])
		}
	}
	chained(t, s)
}
