package postgis

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tengdi/geo"
)

// fileStore is the small district with people, where login field is person N01
// and has area A02.
func fileStore(t testing.TB) *Store {
	t.Helper()
	s := recordedStore(t)
	register(t, s)
	_, err := connect(t, s).Exec(t.Context(), `
		update land.person set login = 'field' where code = 'N01';
		delete from priv.record where struck_at is not null -- no event tells who struck it out`)
	if err != nil {
		t.Fatal(err)
	}
	noted(t, s, geo.RolePlanner, "areas", "A02", geo.AssignmentRecord, "duty", "field", "person", "N01", "on", "2018-01-01")
	return s
}

func draft(collection, code, kind string, values ...string) geo.RecordDraft {
	d := geo.RecordDraft{Collection: collection, Code: code, Kind: kind, Values: map[string]string{}}
	for i := 0; i < len(values); i += 2 {
		if values[i] == "reason" {
			d.Reason = values[i+1]
			continue
		}
		d.Values[values[i]] = values[i+1]
	}
	return d
}

// noted adds a record, which must succeed.
func noted(t testing.TB, s *Store, role geo.Role, collection, code, kind string, values ...string) geo.Event {
	t.Helper()
	e, err := s.AddRecord(t.Context(), actorOf(role), draft(collection, code, kind, values...))
	if err != nil {
		t.Fatalf("%s of %s: %v", kind, code, err)
	}
	if e.Verb != geo.Recorded || e.Code != code || e.Data["kind"] != kind || e.ID == 0 || e.Version == 0 {
		t.Fatalf("event %+v", e)
	}
	return e
}

func staff(role geo.Role) geo.Viewer {
	return geo.Viewer{Audience: geo.Staff, Login: string(role), Role: role}
}

func recordsOf(t testing.TB, s *Store, collection, code, kind string) []geo.Record {
	t.Helper()
	list, err := s.Records(t.Context(), staff(geo.RoleAdmin), collection, code, kind)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// badFields are the fields that an error names, with why.
func badFields(err error) string {
	var e *geo.Error
	if !errors.As(err, &e) {
		return ""
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field+":"+f.Code)
	}
	return strings.Join(out, " ")
}

func day(offset int) string {
	return (geo.DayOf(time.Now(), time.FixedZone("CST", 8*3600)) + geo.Day(offset)).String()
}

// sound demands that nothing disagrees: the log, the rows, the projection, the
// records and what they bring about.
func sound(t testing.TB, s *Store) {
	t.Helper()
	agreed(t, s, nil)
}

func TestRecordsAreKept(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	before, _ := s.Feature(t.Context(), geo.Staff, "households", "H03")
	first := noted(t, s, geo.RoleField, "households", "H03", "visit", "topic", " 政策 ", "outcome", "有顾虑", "due", day(3), "note", "一\n二")
	second := noted(t, s, geo.RolePlanner, "households", "H03", "visit", "topic", "补偿", "outcome", "同意", "on", "2018-05-01")
	noted(t, s, geo.RolePlanner, "households", "H03", "survey", "area_m2", "80.50", "tenant", "是", "title", "yes")
	if first.Data["no"] != 1 || second.Data["no"] != 2 || second.Version != before.Version+2 {
		t.Errorf("events %+v, %+v", first, second)
	}
	if on := second.On.In(time.FixedZone("CST", 8*3600)).Format(time.DateTime); on != "2018-05-01 00:00:00" {
		t.Errorf("the second visit happened %s", on)
	}
	list := recordsOf(t, s, "households", "H03", "")
	if len(list) != 3 {
		t.Fatalf("records %+v", list)
	}
	visits := recordsOf(t, s, "households", "H03", "visit")
	if len(visits) != 2 || visits[0].No != 1 || visits[1].No != 2 {
		t.Fatalf("visits %+v", visits)
	}
	v := visits[0]
	if v.On.Format(time.DateOnly) != day(0) || v.Due.Format(time.DateOnly) != day(3) || v.By != "field" || v.Version != 1 || !v.StruckAt.IsZero() ||
		!maps.Equal(v.Values, map[string]string{"topic": "政策", "outcome": "有顾虑", "note": "一\n二"}) {
		t.Errorf("visit %+v", v)
	}
	survey := recordsOf(t, s, "households", "H03", "survey")[0]
	if !maps.Equal(survey.Values, map[string]string{"area_m2": "80.5", "tenant": "true", "title": "yes"}) {
		t.Errorf("survey %v", survey.Values)
	}
	properties(t, s, "households", "H03", map[string]any{"visits": int64(2), "visited_on": day(0), "next_visit": day(3)})
	history, err := s.History(t.Context(), geo.Staff, "households", "H03")
	if err != nil || len(history) != 4 || history[1].Data["topic"] != "补偿" || history[1].Actor != "planner" {
		t.Errorf("history %+v, %v", history, err)
	}
	sound(t, s)
}

func TestRecordsNameEveryWrongField(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	for _, tc := range []struct {
		d    geo.RecordDraft
		want string
	}{
		{draft("households", "H03", "visit", "on", day(1), "outcome", "?", "due", "tomorrow", "zzz", "1"), `"zzz":unknown due:value on:future outcome:value topic:missing`},
		{draft("households", "H03", "flat", "estate", "新村", "flat", "1", "on", "2018-05-02", "due", "2018-05-01", "done_on", day(2), "area_m2", "-1"), "area_m2:value done_on:future due:order"},
		{draft("households", "H03", "ticket", "topic", "x", "organisation", "O77"), "organisation:unknown_code"},
		{draft("areas", "A01", "assignment", "duty", "lead", "organisation", "O01"), "person:missing"},
		{draft("areas", "A01", "assignment", "duty", "command", "on", day(9), "done_on", day(8)), "done_on:order person:missing"},
		{draft("areas", "A01", "assignment", "duty", "lead", "person", "N99"), "person:unknown_code"},
		{draft("projects", "J01", "visit", "guest", "客", "parcel", "P99"), "parcel:unknown_code"},
		{draft("projects", "J01", "progress", "text", "x"), "kind:unknown"},
		{draft("problems", "W01", "progress", "text", "x", "reason", "a\x00"), "reason:value"},
	} {
		if _, err := s.AddRecord(t.Context(), actorOf(geo.RoleAdmin), tc.d); geo.KindOf(err) != geo.Invalid || badFields(err) != tc.want {
			t.Errorf("%s %v: %s, %v; want %s", tc.d.Kind, tc.d.Values, badFields(err), err, tc.want)
		}
	}
	for _, c := range geo.Registers()[2:] {
		if _, err := s.AddRecord(t.Context(), actorOf(geo.RoleAdmin), draft(c, "O01", "note", "text", "x")); geo.KindOf(err) != geo.NotFound {
			t.Errorf("a record of %s: %v", c, err)
		}
	}
	if n := scan[int](t, connect(t, s), `select count(*) from land.event where verb = 'recorded'`); n != 1 {
		t.Errorf("%d events of records", n)
	}
}

func TestRecordsAreCorrected(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	noted(t, s, geo.RoleField, "households", "H03", "visit", "topic", "政策", "outcome", "有顾虑", "on", "2018-05-01", "due", "2018-05-09")
	edit := func(role geo.Role, version int, reason string, values ...string) (geo.Event, error) {
		e := geo.RecordEdit{Collection: "households", Code: "H03", Kind: "visit", No: 1, Version: version, Reason: reason}
		if values != nil {
			e.Values = draft("", "", "", values...).Values
		}
		return s.EditRecord(t.Context(), actorOf(role), e)
	}
	e, err := edit(geo.RoleSupervisor, 1, "记错了", "topic", "补偿", "due", "", "outcome", "有顾虑", "note", "新")
	want := map[string]any{
		"kind": "visit", "no": 1,
		"topic": map[string]any{"from": "政策", "to": "补偿"}, "due": map[string]any{"from": "2018-05-09", "to": nil}, "note": map[string]any{"from": nil, "to": "新"},
	}
	if err != nil || e.Verb != geo.Amended || e.Reason != "记错了" || fmt.Sprint(e.Data) != fmt.Sprint(want) {
		t.Errorf("event %+v, %v", e, err)
	}
	r := recordsOf(t, s, "households", "H03", "visit")[0]
	if r.Version != 2 || !r.Due.IsZero() || r.By != "field" || !maps.Equal(r.Values, map[string]string{"topic": "补偿", "outcome": "有顾虑", "note": "新"}) {
		t.Errorf("record %+v", r)
	}
	var stale *geo.StaleError
	if _, err := edit(geo.RoleSupervisor, 1, "再改", "topic", "x"); !errors.As(err, &stale) || stale.Version != 2 || stale.Seen != 1 {
		t.Errorf("an old version: %v", err)
	}
	if e, err := edit(geo.RoleSupervisor, 2, "一样", "topic", "补偿", "note", "新"); err != nil || e.ID != 0 || e.Version == 0 {
		t.Errorf("nothing differs: %+v, %v", e, err)
	}
	for what, tc := range map[string]struct {
		reason string
		values []string
		fields string
	}{
		"no reason":      {" ", []string{"topic", "x"}, "reason:missing"},
		"required":       {"空", []string{"topic", "", "on", ""}, "on:missing topic:missing"},
		"dates":          {"空", []string{"due", "2018-04-30", "nothing", "1"}, `"nothing":unknown due:order`},
		"unknown record": {"无", nil, ""},
	} {
		no := 1
		kind := geo.Invalid
		if tc.values == nil {
			no, kind = 7, geo.NotFound
		}
		_, err := s.EditRecord(t.Context(), actorOf(geo.RoleSupervisor), geo.RecordEdit{
			Collection: "households", Code: "H03", Kind: "visit", No: no, Values: draft("", "", "", tc.values...).Values, Reason: tc.reason,
		})
		if geo.KindOf(err) != kind || badFields(err) != tc.fields {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := scan[int](t, connect(t, s), `select count(*) from land.event where verb = 'amended'`); n != 1 {
		t.Errorf("%d events of amendments", n)
	}
	sound(t, s)
}

func TestRecordsAreStruckOut(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	for range 3 {
		noted(t, s, geo.RoleField, "households", "H03", "visit", "topic", "政策", "outcome", "有顾虑")
	}
	strike := func(role geo.Role, no int) (geo.Event, error) {
		return s.EditRecord(t.Context(), actorOf(role), geo.RecordEdit{Collection: "households", Code: "H03", Kind: "visit", No: no, Strike: true, Reason: "重复"})
	}
	for _, role := range []geo.Role{geo.RolePlanner, geo.RoleLeader, geo.RoleViewer, geo.RoleTrading} {
		if _, err := strike(role, 1); err == nil {
			t.Errorf("%s strikes out what another made", role)
		}
	}
	for no, role := range map[int]geo.Role{1: geo.RoleField, 2: geo.RoleSupervisor} {
		if e, err := strike(role, no); err != nil || e.Verb != geo.Struck || e.Data["no"] != no || e.Reason != "重复" {
			t.Errorf("%s: %+v, %v", role, e, err)
		}
	}
	if _, err := strike(geo.RoleSupervisor, 2); geo.KindOf(err) != geo.Conflict {
		t.Errorf("struck out twice: %v", err)
	}
	if _, err := s.EditRecord(t.Context(), actorOf(geo.RoleField), geo.RecordEdit{Collection: "households", Code: "H03", Kind: "visit", No: 1, Values: map[string]string{"topic": "x"}, Reason: "改"}); geo.KindOf(err) != geo.Conflict {
		t.Errorf("a struck record was amended: %v", err)
	}
	_, err := s.EditRecord(t.Context(), actorOf(geo.RoleAdmin), geo.RecordEdit{Collection: "households", Code: "H03", Kind: "visit", No: 3, Strike: true, Values: map[string]string{"topic": "x"}, Reason: "改"})
	if badFields(err) != "strike:with_values" {
		t.Errorf("struck and amended at once: %v", err)
	}
	list := recordsOf(t, s, "households", "H03", "visit")
	struck := 0
	for _, r := range list {
		if !r.StruckAt.IsZero() && r.StruckWhy == "重复" && r.Version == 2 {
			struck++
		}
	}
	if len(list) != 3 || struck != 2 {
		t.Errorf("%d records, %d struck", len(list), struck)
	}
	properties(t, s, "households", "H03", map[string]any{"visits": int64(1)})
	if e := noted(t, s, geo.RoleField, "households", "H03", "visit", "topic", "政策", "outcome", "有顾虑"); e.Data["no"] != 4 {
		t.Errorf("a number was given twice: %v", e.Data)
	}
	sound(t, s)
}

// Records that are added at the same time are numbered without a gap.
func TestRecordsAreNumberedWithoutGap(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	var wait sync.WaitGroup
	numbers := make(chan int, 20)
	for range cap(numbers) {
		wait.Go(func() {
			e, err := s.AddRecord(t.Context(), actorOf(geo.RolePlanner), draft("parcels", "P01", "note", "text", "x"))
			if err != nil {
				t.Error(err)
				return
			}
			numbers <- e.Data["no"].(int)
		})
	}
	wait.Wait()
	close(numbers)
	var got []int
	for n := range numbers {
		got = append(got, n)
	}
	slices.Sort(got)
	for i, n := range got {
		if n != i+1 {
			t.Fatalf("numbers %v", got)
		}
	}
	properties(t, s, "parcels", "P01", nil)
	if v := scan[int](t, connect(t, s), `select version from land.parcel where code = 'P01'`); v != 21 {
		t.Errorf("version %d after 20 records", v)
	}
	sound(t, s)
}

// A request that is sent again has been done once: the second answer is the
// first, also for papers.
func TestRecordsAreMadeOncePerKey(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	folder, _ := papers(t)
	actor := actorOf(geo.RolePlanner)
	actor.Key, actor.Digest = "k1", strings.Repeat("ab", 32)
	var first geo.Event
	for i := range 3 {
		e, err := s.AddRecord(t.Context(), actor, draft("parcels", "P01", "note", "text", "x"))
		if err != nil || e.Replayed != (i > 0) {
			t.Fatalf("%+v, %v", e, err)
		}
		if i == 0 {
			first = e
		}
		if e.ID != first.ID || e.Version != first.Version {
			t.Errorf("another answer: %+v, first %+v", e, first)
		}
	}
	actor.Key = "k2"
	f := put(t, folder, "photo", "a.png", "\x89PNG\r\n\x1a\n")
	for range 3 {
		if _, err := s.Attach(t.Context(), actor, "parcels", "P01", f); err != nil {
			t.Fatal(err)
		}
	}
	if n, m := len(recordsOf(t, s, "parcels", "P01", "")), len(filesOf(t, s, "parcels", "P01")); n != 1 || m != 1 {
		t.Errorf("%d records, %d files", n, m)
	}
	actor.Digest = strings.Repeat("cd", 32)
	if _, err := s.AddRecord(t.Context(), actor, draft("parcels", "P01", "note", "text", "y")); badFields(err) != "Idempotency-Key:other_request" {
		t.Errorf("another request with the key: %v", err)
	}
	sound(t, s)
}

// What somebody noted is amended by them, or by who may strike it out; what an
// office keeps by whoever writes it, and when something was done, too.
func TestOthersRecordsAreAmendedByWhoMayStrikeThem(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	noted(t, s, geo.RoleField, "households", "H03", "visit", "topic", "政策", "outcome", "有顾虑", "on", "2018-05-01")
	noted(t, s, geo.RoleField, "households", "H03", "ticket", "topic", "道路", "on", "2018-05-01")
	amend := func(role geo.Role, collection, code, kind string, no int, values ...string) error {
		_, err := s.EditRecord(t.Context(), actorOf(role), geo.RecordEdit{
			Collection: collection, Code: code, Kind: kind, No: no, Values: draft("", "", "", values...).Values, Reason: "更正",
		})
		return err
	}
	for _, tc := range []struct {
		role   geo.Role
		kind   string
		values []string
		want   geo.Kind
	}{
		{geo.RolePlanner, "visit", []string{"topic", "改口"}, geo.Forbidden},
		{geo.RoleLeader, "visit", []string{"topic", "改口"}, geo.Forbidden},
		{geo.RolePlanner, "ticket", []string{"done_on", "2018-06-01", "topic", "改口"}, geo.Forbidden},
	} {
		if err := amend(tc.role, "households", "H03", tc.kind, 1, tc.values...); geo.KindOf(err) != tc.want {
			t.Errorf("%s amends %s of another: %v", tc.role, tc.kind, err)
		}
	}
	if r := recordsOf(t, s, "households", "H03", "visit")[0]; r.Values["topic"] != "政策" || r.Version != 1 {
		t.Errorf("the visit became %+v", r)
	}
	for _, tc := range []struct {
		role         geo.Role
		kind, values string
	}{
		{geo.RoleField, "visit", "补偿"}, {geo.RoleSupervisor, "visit", "腾空"}, {geo.RoleAdmin, "visit", "签约"},
	} {
		if err := amend(tc.role, "households", "H03", tc.kind, 1, "topic", tc.values); err != nil {
			t.Errorf("%s: %v", tc.role, err)
		}
	}
	if err := amend(geo.RolePlanner, "households", "H03", "ticket", 1, "done_on", "2018-06-01"); err != nil {
		t.Errorf("what was done: %v", err)
	}
	if err := amend(geo.RoleLeader, "areas", "A02", geo.AssignmentRecord, 1, "done_on", "2099-01-01"); err != nil {
		t.Errorf("the end of a duty: %v", err)
	}
	sound(t, s)
}
