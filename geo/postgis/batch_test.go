package postgis

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"tengdi/geo"
)

// signing brings area A02 to where households sign, with so many who want to.
func signing(t *testing.T, s *Store, n int) []string {
	t.Helper()
	conn := connect(t, s)
	var codes []string
	for i := range n {
		e := made(t, s, geo.RoleAdmin, "households", "", "building", "B02")
		codes = append(codes, e.Code)
		if _, err := conn.Exec(t.Context(), `update priv.household set status = 'negotiating' where code = $1`, codes[i]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(t.Context(), `update land.area set status = 'signing', sign_from = current_date - 10, sign_to = current_date + 30 where code = 'A02'`); err != nil {
		t.Fatal(err)
	}
	return codes
}

func sign(code string, no int) geo.Transition {
	return geo.Transition{Entity: geo.HouseholdMachine, Code: code, To: "signed", Data: map[string]string{
		"agreement_no": fmt.Sprintf("协%03d", no), "mode": "money", "amount_wan": "50",
	}}
}

// Households signed today are one transaction: one revision, an event each, in
// the order of the list.
func TestTransitionAll(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	codes := signing(t, s, 5)
	slices.Reverse(codes)
	var list []geo.Transition
	for i, code := range codes {
		tr := sign(code, i)
		tr.Version = 1
		list = append(list, tr)
	}
	events, err := s.TransitionAll(t.Context(), actorOf(geo.RolePlanner), list)
	if err != nil || len(events) != len(list) {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for i, e := range events {
		if e.Code != codes[i] || e.To != "signed" || e.Revision != events[0].Revision || e.ID != events[0].ID+int64(i) || e.Version != 2 {
			t.Errorf("event %d: %+v", i, e)
		}
	}
	if n := scan[int64](t, connect(t, s), `select count(*) from priv.household where code = any($1) and status = 'signed' and version = 2 and amount_fen = 50000000 and signed_on is not null`, codes); n != 5 {
		t.Errorf("%d households are signed", n)
	}
}

// One bad row and nothing is done; every row that is bad says why.
func TestTransitionAllIsAllOrNone(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	codes := signing(t, s, 4)
	conn := connect(t, s)
	before := scan[int64](t, conn, `select revision from land.revision`)
	stale := sign(codes[1], 1)
	stale.Version = 7
	wrongData := sign(codes[3], 3)
	wrongData.Data["amount_wan"] = "much"
	tooMuch := sign(codes[2], 2)
	tooMuch.Data = map[string]string{"agreement_no": "x"}
	list := []geo.Transition{sign(codes[0], 0), stale, tooMuch, wrongData, sign("H99", 4), sign("H01", 5), sign(codes[0], 6)}
	_, err := s.TransitionAll(t.Context(), actorOf(geo.RolePlanner), list)
	var b *geo.BatchError
	if !errors.As(err, &b) || geo.KindOf(err) != geo.Conflict {
		t.Fatal(err)
	}
	for i, want := range map[int]geo.Kind{1: geo.Conflict, 2: geo.Refused, 3: geo.Invalid, 4: geo.NotFound, 5: geo.Refused, 6: geo.Invalid} {
		if got := b.Rows[i]; got == nil || geo.KindOf(got) != want {
			t.Errorf("row %d: %v", i, got)
		}
	}
	if len(b.Rows) != 6 {
		t.Errorf("rows %v", b.Rows)
	}
	if g := guards(b.Rows[2]); g != "mode amount_or_flat" {
		t.Errorf("refused for %q", g)
	}
	if !slices.Equal(faults(b.Rows[6]), []string{"code twice"}) || !slices.Equal(faults(b.Rows[3]), []string{"amount_wan value"}) {
		t.Errorf("%v, %v", b.Rows[6], b.Rows[3])
	}
	after := scan[string](t, conn, `select (select revision from land.revision) || ' ' || count(*) from priv.household where status = 'signed' and code = any($1)`, codes)
	if after != fmt.Sprintf("%d 0", before) {
		t.Errorf("a batch with bad rows left revision and households %s, was %d", after, before)
	}
	if n := scan[int64](t, conn, `select count(*) from land.event where code = any($1) and verb = 'moved'`, codes); n != 0 {
		t.Errorf("%d events", n)
	}
}

// A row that only the database can refuse does not hide the rows after it; a
// list that is none is told as a whole.
func TestTransitionAllAfterAConstraint(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	codes := signing(t, s, 2)
	if _, err := connect(t, s).Exec(t.Context(), `alter table priv.household add constraint household_money_positive check (amount_fen < 60000000 or code <> '`+codes[0]+`')`); err != nil {
		t.Fatal(err)
	}
	dear := sign(codes[0], 0)
	dear.Data["amount_wan"] = "61"
	_, err := s.TransitionAll(t.Context(), actorOf(geo.RolePlanner), []geo.Transition{dear, sign("H99", 1)})
	var b *geo.BatchError
	if !errors.As(err, &b) || geo.KindOf(b.Rows[0]) != geo.Invalid || geo.KindOf(b.Rows[1]) != geo.NotFound {
		t.Errorf("%v", err)
	}
	move := geo.Transition{Entity: geo.ParcelMachine, Code: "P05", To: "planned", On: date(2019, 1, 1)}
	_, err = s.TransitionAll(t.Context(), actorOf(geo.RolePlanner), []geo.Transition{move, {Entity: geo.AreaMachine, Code: "A01", To: "closed"}})
	if !slices.Equal(faults(err), []string{"items entity"}) {
		t.Errorf("two kinds of things: %v", err)
	}
	_, err = s.TransitionAll(t.Context(), actorOf(geo.RolePlanner), nil)
	if !slices.Equal(faults(err), []string{"items count"}) {
		t.Errorf("nothing: %v", err)
	}
	_, err = s.TransitionAll(t.Context(), actorOf(geo.RolePlanner), make([]geo.Transition, geo.MaxMoves+1))
	if !slices.Equal(faults(err), []string{"items count"}) {
		t.Errorf("too many: %v", err)
	}
}
