package postgis

import (
	"slices"
	"testing"
	"time"

	"tengdi/geo"
)

func TestAudit(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	moved(t, s, geo.RoleTrading, geo.ParcelMachine, "P02", "listed")
	if _, err := s.SetThresholds(t.Context(), admin(), geo.Thresholds{UnvisitedDays: 9}, nil); err != nil {
		t.Fatal(err)
	}
	today := geo.DayOf(time.Now(), time.FixedZone("CST", 8*3600))
	loaded := geo.CivilDay(date(2015, 1, 1))
	for name, c := range map[string]struct {
		q    geo.AuditQuery
		want []int64
		more bool
	}{
		"newest":      {geo.AuditQuery{Limit: 3}, []int64{21, 20, 19}, true},
		"before":      {geo.AuditQuery{Limit: 2, Before: 3}, []int64{2, 1}, false},
		"exactly all": {geo.AuditQuery{Limit: 2, Before: 3, Entity: geo.AreaMachine}, []int64{2, 1}, false},
		"entity":      {geo.AuditQuery{Entity: "district"}, []int64{21}, false},
		"code":        {geo.AuditQuery{Code: "P02"}, []int64{20, 11}, false},
		"actor":       {geo.AuditQuery{Actor: "admin"}, []int64{21}, false},
		"verb":        {geo.AuditQuery{Verb: geo.Moved}, []int64{20}, false},
		"nobody":      {geo.AuditQuery{Actor: "nobody"}, nil, false},
		"today":       {geo.AuditQuery{From: today, To: today, Limit: 2}, []int64{21, 20}, true},
		"long ago":    {geo.AuditQuery{To: loaded}, nil, false},
		"tomorrow":    {geo.AuditQuery{From: today + 1}, nil, false},
	} {
		page, err := s.Audit(t.Context(), c.q)
		var got []int64
		for _, e := range page.Events {
			got = append(got, e.ID)
		}
		if err != nil || !slices.Equal(got, c.want) || page.More != c.more {
			t.Errorf("%s: events %v, more %v, %v; want %v, %v", name, got, page.More, err, c.want, c.more)
		}
	}
	page, err := s.Audit(t.Context(), geo.AuditQuery{Verb: geo.Moved})
	if e := page.Events[0]; err != nil || e.From != "announced" || e.To != "listed" || e.Actor != "trading" || e.Role != geo.RoleTrading || e.Source != geo.FromAPI || e.Revision != 2 {
		t.Errorf("%+v, %v", e, err)
	}
	for _, q := range []geo.AuditQuery{{Limit: geo.MaxPage + 1}, {Limit: -1}, {From: today, To: today - 1}} {
		if _, err := s.Audit(t.Context(), q); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestAccesses(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	field := geo.Viewer{Audience: geo.Staff, Login: "grid", Role: geo.RoleField}
	note := func(v geo.Viewer, what string, codes ...string) {
		t.Helper()
		if err := s.NoteAccess(t.Context(), v, what, codes...); err != nil {
			t.Fatal(err)
		}
	}
	note(field, "file", "H01")
	first, err := s.Accesses(t.Context(), "H01", 0)
	if err != nil || len(first) != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	note(field, "file", "H02", "H01", "H02") // again on the same day
	if again, err := s.Accesses(t.Context(), "", 0); err != nil || len(again) != 2 || again[1] != first[0] {
		t.Errorf("noted more than once a day, or not the first time: %+v, %v", again, err)
	}
	note(field, "list", "H01") // in another way
	note(geo.Viewer{Audience: geo.Staff, Login: "other", Role: geo.RoleField}, "file", "H01")
	conn := connect(t, s)
	if _, err := conn.Exec(t.Context(), `delete from priv.access where login = 'other' or what = 'list'; update priv.access set day = day - 1 where code = 'H01'`, simple); err != nil {
		t.Fatal(err)
	}
	note(field, "file", "H01") // the next day
	got, err := s.Accesses(t.Context(), "H01", 0)
	if err != nil || len(got) != 2 || got[0].Login != "grid" || got[0].Role != geo.RoleField || got[0].What != "file" || got[0].At.Before(got[1].At) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = s.Accesses(t.Context(), "", 2); err != nil || len(got) != 2 || got[1].Code != "H02" {
		t.Errorf("%+v, %v", got, err)
	}
	if head, err := s.ChainHead(t.Context()); err != nil || head.Revision != 1 {
		t.Errorf("reading took a revision: %+v, %v", head, err)
	}
	// What was noted stays: the program can neither change nor delete it.
	for _, sql := range []string{`update priv.access set login = 'x'`, `delete from priv.access`} {
		if _, err := s.app.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is allowed", sql)
		}
	}
}
