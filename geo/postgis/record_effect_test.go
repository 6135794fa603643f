package postgis

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// corrections are the corrected events of a thing, as "field: from > to".
func corrections(t testing.TB, s *Store, collection, code string) string {
	t.Helper()
	events, err := s.History(t.Context(), geo.Staff, collection, code)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range events {
		if e.Verb != geo.Corrected {
			continue
		}
		for _, field := range []string{"leader", "department", "due", "extensions", "escalations"} {
			if d, ok := e.Data[field].(map[string]any); ok {
				out = append(out, fmt.Sprintf("%s: %v > %v", field, d["from"], d["to"]))
			}
		}
	}
	return strings.Join(out, "; ")
}

// The area names who leads it and which body is contracted today: by what is
// added, amended, ended, struck out, and by the days that pass.
func TestAssignmentsNameWhoAnswers(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	answers := func(leader, department any) {
		t.Helper()
		properties(t, s, "areas", "A02", map[string]any{"leader": leader, "department": department})
	}
	edit := func(no int, strike bool, values ...string) {
		t.Helper()
		e := geo.RecordEdit{Collection: "areas", Code: "A02", Kind: "assignment", No: no, Strike: strike, Reason: "换人"}
		if !strike {
			e.Values = draft("", "", "", values...).Values
		}
		if _, err := s.EditRecord(t.Context(), actorOf(geo.RoleAdmin), e); err != nil {
			t.Fatal(err)
		}
	}
	answers("区领导02", "指挥部") // field work, number 1, names nobody
	noted(t, s, geo.RoleLeader, "areas", "A02", "assignment", "duty", "lead", "person", "N02", "on", "2018-01-01")
	answers("区领导07", "指挥部")
	noted(t, s, geo.RolePlanner, "areas", "A02", "assignment", "duty", "contract", "organisation", "O03")
	answers("区领导07", "住建局")
	noted(t, s, geo.RolePlanner, "areas", "A02", "assignment", "duty", "lead", "person", "N01", "on", "2019-01-01")
	answers("网格员012", "住建局")
	noted(t, s, geo.RolePlanner, "areas", "A02", "assignment", "duty", "lead", "person", "N02", "on", day(1))
	answers("网格员012", "住建局") // begins tomorrow
	edit(4, false, "done_on", day(-1))
	answers("区领导07", "住建局") // ended yesterday: the one before still holds
	edit(4, false, "done_on", day(0))
	answers("网格员012", "住建局") // the last day counts
	edit(4, true)
	answers("区领导07", "住建局")
	edit(2, false, "duty", "command")
	answers(nil, "住建局")
	edit(3, true)
	answers(nil, nil)
	if got, want := corrections(t, s, "areas", "A02"), "leader: 区领导02 > 区领导07; department: 指挥部 > 住建局; leader: 区领导07 > 网格员012; "+
		"leader: 网格员012 > 区领导07; leader: 区领导07 > 网格员012; leader: 网格员012 > 区领导07; leader: 区领导07 > ; department: 住建局 > "; got != want {
		t.Errorf("corrections\n%s, want\n%s", got, want)
	}
	settle := func() (n int) {
		t.Helper()
		_, _, err := s.write(t.Context(), actorOf(geo.RoleSystem), func(ctx context.Context, tx *tx) (err error) {
			n, err = tx.settleAssignments(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := settle(); n != 0 {
		t.Errorf("%d areas settled", n)
	}
	_, err := connect(t, s).Exec(t.Context(), `update land.record set on_day = on_day - 1 where entity = 'area' and kind = 'assignment' and no = 5`)
	if err != nil { // a day passes
		t.Fatal(err)
	}
	if n := settle(); n != 1 {
		t.Errorf("%d areas settled", n)
	}
	answers("区领导07", nil)
	if n := settle(); n != 0 {
		t.Errorf("%d areas settled again", n)
	}
	properties(t, s, "areas", "A01", map[string]any{"leader": "区领导01"})
	if _, err := connect(t, s).Exec(t.Context(), `update land.record set on_day = on_day + 1 where entity = 'area' and kind = 'assignment' and no = 5`); err != nil {
		t.Fatal(err) // as the log has it
	}
	sound(t, s)
}

func TestExtensions(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	extend := func(role geo.Role, due, reason string) error {
		_, err := s.AddRecord(t.Context(), actorOf(role), draft("problems", "W01", "extension", "due", due, "reason", reason))
		return err
	}
	if err := extend(geo.RoleSupervisor, day(10), "汛期"); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("a supervisor extends: %v", err)
	}
	_, err := s.AddRecord(t.Context(), actorOf(geo.RoleLeader), draft("problems", "W01", "extension", "on", day(-5), "due", day(-2)))
	if g := guards(err); g != "not_past reason" {
		t.Errorf("a past deadline without a reason: %q", g)
	}
	if err := extend(geo.RoleLeader, day(10), "汛期"); err != nil {
		t.Fatal(err)
	}
	if g := guards(extend(geo.RoleLeader, day(10), "汛期")); g != "later" {
		t.Errorf("the same deadline: %q", g)
	}
	if err := extend(geo.RoleAdmin, day(20), "汛期"); err != nil {
		t.Fatal(err)
	}
	if g := guards(extend(geo.RoleLeader, day(30), "汛期")); g != "max_extensions" {
		t.Errorf("a third extension: %q", g)
	}
	properties(t, s, "problems", "W01", map[string]any{"due": day(20), "extensions": int64(2), "light": "red", "late_days": nil})
	for _, e := range []geo.RecordEdit{
		{Values: map[string]string{"due": day(40)}, Reason: "改"},
		{Strike: true, Reason: "改"},
	} {
		e.Collection, e.Code, e.Kind, e.No = "problems", "W01", "extension", 1
		if _, err := s.EditRecord(t.Context(), actorOf(geo.RoleAdmin), e); guards(err) != "final" {
			t.Errorf("an extension is changed: %v", err)
		}
	}
	if g := guards(func() error {
		_, err := s.AddRecord(t.Context(), actorOf(geo.RoleLeader), draft("problems", "W02", "extension", "due", day(9), "reason", "x"))
		return err
	}()); g != "open" {
		t.Errorf("a closed problem is extended: %q", g)
	}
	want := fmt.Sprintf("due: 2019-02-01 > %s; extensions: 0 > 1; due: %s > %s; extensions: 1 > 2", day(10), day(10), day(20))
	if got := corrections(t, s, "problems", "W01"); got != want {
		t.Errorf("corrections %s, want %s", got, want)
	}
	if n := len(recordsOf(t, s, "problems", "W01", "")); n != 2 {
		t.Errorf("%d records", n)
	}
	sound(t, s)
}

func TestEscalations(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	noted(t, s, geo.RoleLeader, "problems", "W01", "escalation", "person", "N02")
	noted(t, s, geo.RoleLeader, "problems", "W01", "escalation", "person", "N02")
	properties(t, s, "problems", "W01", map[string]any{"leader": "区领导07", "escalations": int64(2)})
	if got, want := corrections(t, s, "problems", "W01"), "leader:  > 区领导07; escalations: 0 > 1; escalations: 1 > 2"; got != want {
		t.Errorf("corrections %s", got)
	}
	if _, err := s.AddRecord(t.Context(), actorOf(geo.RoleLeader), draft("problems", "W02", "escalation", "person", "N02")); guards(err) != "open" {
		t.Errorf("a closed problem is escalated: %v", err)
	}
	if _, err := connect(t, s).Exec(t.Context(), `update land.person set ended_on = '2018-01-01' where code = 'N01'`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddRecord(t.Context(), actorOf(geo.RoleLeader), draft("problems", "W01", "escalation", "person", "N01")); badFields(err) != "person:ended" {
		t.Errorf("escalated to somebody who has left: %v", err)
	}
	if _, err := s.AddRecord(t.Context(), actorOf(geo.RoleLeader), draft("problems", "W01", "escalation", "person", "N77")); badFields(err) != "person:unknown_code" {
		t.Errorf("escalated to nobody: %v", err)
	}
}

// A bulletin tells what was so at the end of its day, withholds what would point
// at people, and is what the public sees until the next one.
func TestBulletins(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	households := func(surveyed, signed, vacated int) {
		t.Helper()
		_, err := connect(t, s).Exec(t.Context(), fmt.Sprintf(`
			delete from priv.record; delete from priv.household;
			insert into priv.household (code, area_id, surveyed_on, signed_on, vacated_on)
			select 'G' || i, (select id from land.area where code = 'A02'), '2017-05-01',
				case when i <= %d then date '2018-01-01' when i = %[1]d + 1 then date '2030-01-01' end,
				case when i <= %d then date '2018-02-01' end
			from generate_series(1, %d) i`, signed, vacated, surveyed))
		if err != nil {
			t.Fatal(err)
		}
	}
	public := func(want string) {
		t.Helper()
		f, err := s.Feature(t.Context(), geo.Public, "areas", "A02")
		if err != nil {
			t.Fatal(err)
		}
		p := f.Properties
		got := strings.TrimSpace(fmt.Sprintln(p["bulletin_on"], p["bulletin_surveyed"], p["bulletin_signed"], p["bulletin_vacated"], p["bulletin_few"]))
		if got != want {
			t.Errorf("the public sees %s, want %s", got, want)
		}
	}
	for i, tc := range []struct {
		surveyed, signed, vacated int
		want                      string
	}{
		{20, 10, 5, "20 10 5 false"},
		{20, 4, 0, "20 <nil> 0 true"},
		{20, 15, 11, "20 15 <nil> true"},
		{20, 17, 12, "20 <nil> 12 true"}, // two signed since it was 15
		{30, 20, 12, "30 20 12 false"},
	} {
		households(tc.surveyed, tc.signed, tc.vacated)
		e := noted(t, s, geo.RoleLeader, "areas", "A02", "bulletin", "on", "2018-03-01")
		public("2018-03-01 " + tc.want)
		r := recordsOf(t, s, "areas", "A02", "bulletin")[0]
		told := []any{}
		for _, name := range []string{"surveyed", "signed", "vacated", "few"} {
			v, ok := r.Values[name]
			if !ok {
				v = "<nil>"
			}
			told = append(told, v)
			if has := e.Data[name] != nil; has != ok {
				t.Errorf("the event has %s: %v, the record %v", name, has, ok)
			}
		}
		if got := strings.TrimSpace(fmt.Sprintln(told...)); got != tc.want || r.No != i+1 {
			t.Errorf("the record tells %s, want %s", got, tc.want)
		}
		properties(t, s, "areas", "A02", map[string]any{"bulletin_on": "2018-03-01", "bulletin_few": r.Values["few"] == "true"})
	}
	unbroken(t, s)
}

func TestBulletinsFollowEachOther(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	publicDay := func(want any) {
		t.Helper()
		f, err := s.Feature(t.Context(), geo.Public, "areas", "A02")
		if err != nil || f.Properties["bulletin_on"] != want {
			t.Errorf("the public sees a bulletin of %v, want %v, %v", f.Properties["bulletin_on"], want, err)
		}
	}
	revision := func() int64 { return scan[int64](t, connect(t, s), `select revision from pub.revision`) }
	publicDay(nil)
	noted(t, s, geo.RolePlanner, "areas", "A02", "bulletin", "on", "2018-03-01")
	publicDay("2018-03-01")
	was := revision()
	noted(t, s, geo.RolePlanner, "areas", "A02", "meeting", "topic", "座谈")
	if revision() != was {
		t.Error("a meeting shows in the public's revision")
	}
	noted(t, s, geo.RolePlanner, "areas", "A02", "bulletin")
	publicDay(day(-1))
	if revision() != was+1 {
		t.Errorf("public revision %d, was %d", revision(), was)
	}
	for on, want := range map[string]string{"2018-02-28": "on:order", day(1): "on:future", day(0): "on:not_over", day(-2): "on:order"} {
		if _, err := s.AddRecord(t.Context(), actorOf(geo.RoleAdmin), draft("areas", "A02", "bulletin", "on", on)); badFields(err) != want {
			t.Errorf("a bulletin of %s: %v", on, err)
		}
	}
	e := geo.RecordEdit{Collection: "areas", Code: "A02", Kind: "bulletin", No: 2, Values: map[string]string{"on": "2018-04-01"}, Reason: "改"}
	if _, err := s.EditRecord(t.Context(), actorOf(geo.RoleAdmin), e); guards(err) != "final" {
		t.Errorf("a bulletin is amended: %v", err)
	}
	e.Values, e.Strike = nil, true
	if _, err := s.EditRecord(t.Context(), actorOf(geo.RolePlanner), e); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("who published it strikes it out: %v", err)
	}
	if _, err := s.EditRecord(t.Context(), actorOf(geo.RoleSupervisor), e); err != nil {
		t.Fatal(err)
	}
	publicDay("2018-03-01")
	noted(t, s, geo.RolePlanner, "areas", "A02", "bulletin", "on", "2018-03-02")
	publicDay("2018-03-02")
	if _, err := s.AddRecord(t.Context(), actorOf(geo.RoleTrading), draft("areas", "A02", "bulletin")); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("a trader publishes: %v", err)
	}
	sound(t, s)
}

// Visits of a household hold no move up, whatever their day.
func TestRecordsHoldNoMoveUp(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	noted(t, s, geo.RoleField, "households", "H04", "visit", "topic", "政策", "outcome", "同意")
	moved(t, s, geo.RolePlanner, geo.HouseholdMachine, "H04", "valued", "on", day(-3), "legal", string(geo.LegalTitle), "valuer", "估", "value_wan", "50")
	noted(t, s, geo.RoleField, "households", "H04", "visit", "topic", "政策", "outcome", "同意", "on", "2016-01-01")
	_, err := s.Transition(t.Context(), actorOf(geo.RolePlanner), geo.Transition{
		Entity: geo.HouseholdMachine, Code: "H04", To: "negotiating", On: time.Now().AddDate(0, 0, -5),
	})
	if guards(err) != "not_before_last" {
		t.Errorf("a move before the last: %v", err)
	}
}

// The way to the court is shut while a review or a suit is on file, and opens
// with the final judgment.
func TestCourtStepsAreAsked(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	h := geo.HouseholdMachine
	_, err := connect(t, s).Exec(t.Context(), `
		update priv.household set status = 'negotiating' where code = 'H04';
		update land.area set sign_to = '2018-01-01' where code = 'A02'`)
	if err != nil {
		t.Fatal(err)
	}
	moved(t, s, geo.RolePlanner, h, "H04", "decision_issued", "on", "2018-02-01", "decision_no", "决1", "served_on", "2018-02-01")
	apply := func(on string) string {
		t.Helper()
		at, _ := time.Parse(time.DateOnly, on)
		_, err := s.Transition(t.Context(), actorOf(geo.RolePlanner), geo.Transition{
			Entity: h, Code: "H04", To: "court_applied", On: at, Data: map[string]string{"annex_file": "附件", "remedy_open": "false"},
		})
		if err == nil {
			return "applied"
		}
		return guards(err)
	}
	end := func(no int, on string) {
		t.Helper()
		_, err := s.EditRecord(t.Context(), actorOf(geo.RolePlanner), geo.RecordEdit{
			Collection: "households", Code: "H04", Kind: "court", No: no, Values: map[string]string{"done_on": on}, Reason: "办结",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	noted(t, s, geo.RolePlanner, "households", "H04", "court", "step", "suit", "on", "2018-05-01")
	if g := apply("2018-09-01"); g != "no_remedy_open" {
		t.Errorf("with a suit pending: %q", g)
	}
	end(1, "2018-12-01")
	if g := apply("2018-09-01"); g != "no_remedy_open" {
		t.Errorf("on a day on which the suit was pending: %q", g)
	}
	if g := apply("2018-12-20"); g != "apply_in_time" {
		t.Errorf("long after the suit period, without a judgment: %q", g)
	}
	noted(t, s, geo.RolePlanner, "households", "H04", "court", "step", "final", "on", "2018-12-01", "done_on", "2018-12-10")
	for on, want := range map[string]string{"2018-12-10": "apply_in_time", "2019-03-11": "apply_in_time"} {
		if g := apply(on); g != want {
			t.Errorf("on %s: %q, want %q", on, g, want)
		}
	}
	noted(t, s, geo.RolePlanner, "households", "H04", "court", "step", "review", "on", "2018-12-15")
	if g := apply("2018-12-20"); g != "no_remedy_open" {
		t.Errorf("with a review pending: %q", g)
	}
	if _, err := s.EditRecord(t.Context(), actorOf(geo.RolePlanner), geo.RecordEdit{Collection: "households", Code: "H04", Kind: "court", No: 3, Strike: true, Reason: "误记"}); err != nil {
		t.Fatal(err)
	}
	if g := apply("2019-03-10"); g != "applied" {
		t.Errorf("on the last day: %q", g)
	}
	unbroken(t, s)
}

// A flat on file that was delivered lets a swap be closed.
func TestDeliveredFlatsCloseSwaps(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	closing := geo.Transition{Entity: geo.HouseholdMachine, Code: "H02", To: "closed", Data: map[string]string{"archive_no": "档1"}}
	noted(t, s, geo.RolePlanner, "households", "H02", "flat", "estate", "新村", "flat", "3-501", "on", "2018-01-01")
	if _, err := s.Transition(t.Context(), actorOf(geo.RoleSupervisor), closing); guards(err) != "flat_delivered" {
		t.Errorf("closed without a flat: %v", err)
	}
	_, err := s.EditRecord(t.Context(), actorOf(geo.RolePlanner), geo.RecordEdit{
		Collection: "households", Code: "H02", Kind: "flat", No: 1, Values: map[string]string{"done_on": day(-1)}, Reason: "交付",
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Transition(t.Context(), actorOf(geo.RoleSupervisor), closing); err != nil {
		t.Errorf("closed with its flat: %v", err)
	}
}
