package postgis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// fieldStaff is a town with bodies and people: lin of a community under a
// street, wang of the street, and nobody assigned yet.
func fieldStaff(t *testing.T) *Store {
	t.Helper()
	s := townStore(t)
	for _, login := range []string{"lin", "wang", "gone"} {
		if err := s.AddUser(t.Context(), admin(), geo.User{Login: login, Name: login, Role: geo.RoleField}); err != nil {
			t.Fatal(err)
		}
	}
	made(t, s, geo.RoleAdmin, "organisations", "district", "name", "区", "kind", "other")
	made(t, s, geo.RoleAdmin, "organisations", "street", "name", "街道", "kind", "street", "parent", "district")
	made(t, s, geo.RoleAdmin, "organisations", "community", "name", "社区", "kind", "community", "parent", "street")
	made(t, s, geo.RoleAdmin, "organisations", "other", "name", "另一社区", "kind", "community", "parent", "street")
	made(t, s, geo.RoleAdmin, "persons", "R1", "name", "林", "login", "lin", "organisation", "community")
	made(t, s, geo.RoleAdmin, "persons", "R2", "name", "王", "login", "wang", "organisation", "street")
	made(t, s, geo.RoleAdmin, "persons", "R3", "name", "离", "login", "gone", "organisation", "community", "ended_on", "2019-01-01")
	return s
}

// assign writes an assignment of an area to a person or a body, with its days
// as SQL.
func assign(t *testing.T, s *Store, area, person, body, from, to string) {
	t.Helper()
	_, err := connect(t, s).Exec(t.Context(), `
		insert into land.record (entity, entity_id, kind, no, on_day, done_on, person_id, organisation_id, by_login, data)
		select 'area', a.id, 'assignment', 1 + (select count(*) from land.record r where r.entity_id = a.id), `+from+`, `+to+`,
			(select id from land.person where code = $2), (select id from land.organisation where code = $3), 'x', '{"duty": "field"}'
		from land.area a
		where a.code = $1`, area, person, body)
	if err != nil {
		t.Fatal(err)
	}
}

// today in the district's zone
const sqlToday = `(now() at time zone 'Asia/Shanghai')::date`

func areasFor(t *testing.T, s *Store, login string) string {
	t.Helper()
	var out []string
	err := s.read(t.Context(), geo.Staff, func(tx pgx.Tx) (err error) {
		out, err = areasOf(t.Context(), tx, login)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

// Whose areas are whose: by person, by body and those above it, between the days
// of the assignment, and never of one that was struck out or of who has left.
func TestAreasOf(t *testing.T) {
	t.Parallel()
	s := fieldStaff(t) // each case strikes its assignment out again
	for name, tc := range map[string]struct {
		area, person, body, from, to string
		lin, wang                    string
	}{
		"a person":              {"A01", "R1", "", sqlToday, "null", "A01", ""},
		"until today":           {"A01", "R1", "", sqlToday + " - 9", sqlToday, "A01", ""},
		"until yesterday":       {"A01", "R1", "", sqlToday + " - 9", sqlToday + " - 1", "", ""},
		"from tomorrow":         {"A01", "R1", "", sqlToday + " + 1", "null", "", ""},
		"one's own body":        {"A02", "", "community", sqlToday, "null", "A02", ""},
		"the body above":        {"A02", "", "street", sqlToday, "null", "A02", "A02"},
		"the body above that":   {"A02", "", "district", sqlToday, "null", "A02", "A02"},
		"a body beside":         {"A02", "", "other", sqlToday, "null", "", ""},
		"somebody who has left": {"A02", "R3", "", sqlToday, "null", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			assign(t, s, tc.area, tc.person, tc.body, tc.from, tc.to)
			if got := areasFor(t, s, "lin"); got != tc.lin {
				t.Errorf("lin has %q, want %q", got, tc.lin)
			}
			if got := areasFor(t, s, "wang"); got != tc.wang {
				t.Errorf("wang has %q, want %q", got, tc.wang)
			}
			if got := areasFor(t, s, "gone") + areasFor(t, s, "") + areasFor(t, s, "nobody"); got != "" {
				t.Errorf("who has left, or has no account, has %q", got)
			}
			if _, err := connect(t, s).Exec(t.Context(), `update land.record set struck_at = now()`); err != nil {
				t.Fatal(err)
			}
			if got := areasFor(t, s, "lin") + areasFor(t, s, "wang"); got != "" {
				t.Errorf("struck out, and still %q", got)
			}
		})
	}
}

// A role with scope writes in its own areas only, whichever way it asks.
func TestScopeIsKeptInEveryWrite(t *testing.T) {
	t.Parallel()
	s := fieldStaff(t)
	assign(t, s, "A02", "R1", "", sqlToday, "null")
	lin := geo.Actor{Login: "lin", Role: geo.RoleField, Source: geo.FromUI}
	move := func(m geo.MachineName, code, to string) error {
		_, err := s.Transition(t.Context(), lin, geo.Transition{Entity: m, Code: code, To: to})
		return err
	}
	correct := func(collection, code string, values ...string) error {
		_, err := s.Correct(t.Context(), lin, geo.Edit{Collection: collection, Code: code, Reason: "核对", Values: pairs(values)})
		return err
	}
	create := func(collection string, values ...string) error {
		_, err := s.Create(t.Context(), lin, geo.Draft{Collection: collection, Values: pairs(values)})
		return err
	}
	batch := func(codes ...string) error {
		var list []geo.Transition
		for _, c := range codes {
			list = append(list, geo.Transition{Entity: geo.HouseholdMachine, Code: c, To: "valued"})
		}
		_, err := s.TransitionAll(t.Context(), lin, list)
		return err
	}
	const fine = geo.Kind(255)
	for name, tc := range map[string]struct {
		err  error
		want geo.Kind
	}{
		"own household, moved":       {move(geo.HouseholdMachine, "H03", "paid"), geo.Refused},
		"other household, moved":     {move(geo.HouseholdMachine, "H01", "paid"), geo.NotFound},
		"no household, moved":        {move(geo.HouseholdMachine, "H99", "paid"), geo.NotFound},
		"own household, corrected":   {correct("households", "H03", "persons", "9"), fine},
		"other household, corrected": {correct("households", "H01", "persons", "9"), geo.NotFound},
		"own building, corrected":    {correct("buildings", "B02", "floors", "9"), fine},
		"other building, corrected":  {correct("buildings", "B01", "floors", "9"), geo.Forbidden},
		"own area, corrected":        {correct("areas", "A02", "street", "430602016"), fine},
		"other area, corrected":      {correct("areas", "A01", "street", "430602016"), geo.Forbidden},
		"other problem, moved":       {move(geo.ProblemMachine, "W02", "opened"), geo.Forbidden},
		"own problem, corrected":     {correct("problems", "W01", "title", "违建"), fine},
		"a parcel of the own area":   {correct("parcels", "P04", "name", "x"), geo.Forbidden},
		"own household, made":        {create("households", "building", "B02"), fine},
		"own problem, made":          {create("problems", "area", "A02", "kind", "title", "title", "x"), fine},
		"other problem, made":        {create("problems", "area", "A01", "kind", "title", "title", "x"), geo.Forbidden},
		"a board":                    {create("boards", "name", "x"), geo.Forbidden},
		"a list of both":             {batch("H04", "H01"), geo.Conflict},
	} {
		if tc.want == fine && tc.err != nil || tc.want != fine && geo.KindOf(tc.err) != tc.want {
			t.Errorf("%s: %v", name, tc.err)
		}
	}
	// One outside is told as one that is not there, to the letter.
	absent := strings.ReplaceAll(move(geo.HouseholdMachine, "H99", "paid").Error(), "H99", "H01")
	if hidden := move(geo.HouseholdMachine, "H01", "paid").Error(); hidden != absent {
		t.Errorf("%q differs from %q", hidden, absent)
	}
	if m, err := s.Moves(t.Context(), lin, geo.ProblemMachine, "W02"); err != nil || len(m.Moves) != 0 || m.Status != "closed" {
		t.Errorf("moves outside: %+v, %v", m, err)
	}
	if _, err := s.Moves(t.Context(), lin, geo.HouseholdMachine, "H01"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("moves of a household outside: %v", err)
	}
	if m, err := s.Moves(t.Context(), lin, geo.HouseholdMachine, "B02-01"); err != nil || !slices.ContainsFunc(m.Moves, func(p geo.PossibleMove) bool { return p.To == "surveyed" }) {
		t.Errorf("moves of an own household: %+v, %v", m, err)
	}
}

// Who has lost the thing, by scope or by role, does not get the kept answer of
// what they wrote to it.
func TestAnAnswerIsNotGivenToWhoLostTheThing(t *testing.T) {
	t.Parallel()
	s := fieldStaff(t)
	register(t, s)
	conn := connect(t, s)
	assign(t, s, "A02", "R1", "", sqlToday, "null")
	lin := geo.Actor{Login: "lin", Role: geo.RoleField, Source: geo.FromUI, Key: "k", Digest: strings.Repeat("a1", 32)}
	visit := func(a geo.Actor) (geo.Event, error) {
		return s.AddRecord(t.Context(), a, draft("households", "H03", "visit", "topic", "政策", "outcome", "有顾虑", "note", "隐情"))
	}
	area := lin
	area.Key = "k2"
	meeting := func(a geo.Actor) (geo.Event, error) {
		return s.AddRecord(t.Context(), a, draft("areas", "A02", "meeting", "topic", "座谈"))
	}
	if _, err := visit(lin); err != nil {
		t.Fatal(err)
	}
	if _, err := meeting(area); err != nil {
		t.Fatal(err)
	}
	if e, err := visit(lin); err != nil || !e.Replayed {
		t.Fatalf("while it is theirs: %+v, %v", e, err)
	}
	set := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	set(`update land.record set done_on = ` + sqlToday + ` - 1, on_day = ` + sqlToday + ` - 9 where kind = 'assignment'`)
	if e, err := visit(lin); geo.KindOf(err) != geo.NotFound || len(e.Data) > 0 {
		t.Errorf("after the assignment ended: %+v, %v", e, err)
	}
	if e, err := meeting(area); geo.KindOf(err) != geo.Forbidden || len(e.Data) > 0 {
		t.Errorf("of the area: %+v, %v", e, err)
	}
	set(`update land.record set done_on = null where kind = 'assignment'`)
	if e, err := visit(lin); err != nil || !e.Replayed {
		t.Errorf("assigned again: %+v, %v", e, err)
	}
	// With another role: without the right to read households at all.
	set(`update auth.user set role = 'trading' where login = 'lin'`)
	lin.Role = geo.RoleTrading
	if e, err := visit(lin); geo.KindOf(err) != geo.NotFound || len(e.Data) > 0 {
		t.Errorf("with another role: %+v, %v", e, err)
	}
}

// A write that waits for the lock behind the one that closes its account, or
// takes its role, is not done: the session was read before.
func TestAWriteWaitingBehindTheEndOfItsAccountIsNotDone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*geo.User){
		"closed":       func(u *geo.User) { u.Disabled = true },
		"another role": func(u *geo.User) { u.Role = geo.RoleViewer },
	} {
		t.Run(name, func(t *testing.T) {
			s := townStore(t)
			ctx := t.Context()
			anna := geo.User{Login: "anna", Name: "安娜", Role: geo.RolePlanner}
			if err := s.AddUser(ctx, admin(), anna); err != nil {
				t.Fatal(err)
			}
			post := func() error {
				_, err := s.Create(ctx, geo.Actor{Login: "anna", Role: geo.RolePlanner, Source: geo.FromUI}, geo.Draft{
					Collection: "problems", Values: map[string]string{"area": "A01", "kind": "title", "title": "面积有争议"},
				})
				return err
			}
			if err := post(); err != nil {
				t.Fatal(err)
			}
			conn := connect(t, s)
			hold, err := conn.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer hold.Rollback(ctx)
			if _, err := hold.Exec(ctx, `select from land.revision for update`); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- post() }()
			watch := connect(t, s)
			for scan[int](t, watch, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) == 0 {
				time.Sleep(10 * time.Millisecond)
			}
			change(&anna)
			if _, err := hold.Exec(ctx, `update auth.user set role = $2, disabled = $3 where login = $1`, anna.Login, string(anna.Role), anna.Disabled); err != nil {
				t.Fatal(err)
			}
			if err := hold.Commit(ctx); err != nil {
				t.Fatal(err)
			}
			if err := <-done; geo.KindOf(err) != geo.Forbidden {
				t.Errorf("the write that waited: %v", err)
			}
			if n := scan[int](t, watch, `select count(*) from land.event where actor = 'anna'`); n != 1 {
				t.Errorf("%d events of anna", n)
			}
		})
	}
}
