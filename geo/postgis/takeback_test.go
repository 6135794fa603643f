package postgis

import (
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// A notice that is taken back ends its round: the next one needs a number, a
// price and dates of its own, so that its 20 days run anew.
func TestNoticeIsTakenBack(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	p := geo.ParcelMachine
	notice := map[string]string{
		"notice_no": "岳楼示挂(2020)01号", "mode": "listing", "start_wan": "800", "deposit_wan": "160", "step_wan": "5",
		"notice_on": "2020-01-02", "list_from": "2020-02-01", "list_to": "2020-02-20",
	}
	announce := func(on time.Time, data map[string]string) error {
		_, err := s.Transition(t.Context(), actorOf(geo.RoleTrading), geo.Transition{Entity: p, Code: "P05", To: "announced", On: on, Data: data})
		return err
	}
	moved(t, s, geo.RolePlanner, p, "P05", "planned", "on", "2019-12-01")
	if err := announce(date(2020, 1, 2), notice); err != nil {
		t.Fatal(err)
	}
	moved(t, s, geo.RoleTrading, p, "P05", "listed", "on", "2020-02-01")
	moved(t, s, geo.RoleSupervisor, p, "P05", "announced", "reason", "起始价有误", "on", "2020-02-02")
	moved(t, s, geo.RoleSupervisor, p, "P05", "planned", "reason", "起始价有误", "on", "2020-02-03")
	if g := guards(announce(date(2020, 2, 4), map[string]string{"start_wan": "10"})); !strings.Contains(g, "notice_no") || !strings.Contains(g, "notice_20d") || !strings.Contains(g, "deposit") {
		t.Errorf("the old notice stands in for the new: %q", g)
	}
	notice["start_wan"] = "10"
	if g := guards(announce(date(2020, 2, 4), notice)); g != "notice_own" {
		t.Errorf("the old number and day again: %q", g)
	}
	notice["notice_no"] = "岳楼示挂(2020)02号"
	if g := guards(announce(date(2020, 2, 4), notice)); g != "notice_own" {
		t.Errorf("the old day again: %q", g)
	}
	notice["notice_on"], notice["list_from"], notice["list_to"] = "2020-02-04", "2020-02-24", "2020-03-10"
	if err := announce(date(2020, 2, 4), notice); err != nil {
		t.Fatal(err)
	}
	for _, aud := range audiences() {
		rounds, err := s.Rounds(t.Context(), aud, "P05")
		if err != nil || len(rounds) != 3 || rounds[1].Outcome != "withdrawn" || rounds[1].Start != 800*geo.Wan || rounds[2].Start != 10*geo.Wan || rounds[2].Outcome != "" {
			t.Errorf("%s: %+v, %v", aud, rounds, err)
		}
	}
	_, err := s.Transition(t.Context(), actorOf(geo.RoleTrading), geo.Transition{Entity: p, Code: "P05", To: "listed", On: date(2020, 2, 20)})
	if g := guards(err); g != "notice_over listing_begun" {
		t.Errorf("listed before the 20 days are over: %q", g)
	}
}

// A decision that is taken back leaves neither number, day nor signing period.
func TestDecisionIsTakenBack(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	a := geo.AreaMachine
	if _, err := conn.Exec(t.Context(), `update land.area set status = 'surveying', decided_on = null where code = 'A02'`); err != nil {
		t.Fatal(err)
	}
	papers := []string{"risk_report", "r", "fund_proof", "f", "decision_no", "征〔2018〕1号", "notice_on", "2018-02-01", "on", "2018-02-01"}
	moved(t, s, geo.RoleAdmin, a, "A02", "consulting", "plan_file", "p", "display_from", "2017-01-01", "display_to", "2017-03-01", "on", "2017-12-01")
	moved(t, s, geo.RoleAdmin, a, "A02", "suspended", "reason", "待查", "on", "2018-01-01")
	moved(t, s, geo.RoleAdmin, a, "A02", "consulting", "reason", "查毕", "on", "2018-01-02")
	moved(t, s, geo.RolePlanner, a, "A02", "decided", papers...)
	if f, err := s.Feature(t.Context(), geo.Public, "areas", "A02"); err != nil || f.Properties["decided_on"] != "2018-02-01" {
		t.Errorf("decided: %v, %v", f.Properties, err)
	}
	moved(t, s, geo.RoleLeader, a, "A02", "signing", "sign_from", "2018-03-01", "sign_to", "2018-04-01", "min_ratio", "0.9", "on", "2018-03-01")
	moved(t, s, geo.RoleSupervisor, a, "A02", "decided", "reason", "程序有误", "on", "2018-03-02")
	moved(t, s, geo.RoleSupervisor, a, "A02", "consulting", "reason", "程序有误", "on", "2018-03-03")
	for _, aud := range audiences() {
		if f, err := s.Feature(t.Context(), aud, "areas", "A02"); err != nil || f.Properties["decided_on"] != nil {
			t.Errorf("taken back, %s: %v, %v", aud, f.Properties, err)
		}
	}
	if n := scan[int](t, conn, `select count(*) from land.area where code = 'A02' and decision_no = '' and num_nulls(decided_on, sign_from, sign_to) = 3`); n != 1 {
		t.Error("number, day or signing period of the decision are left")
	}
	_, err := s.Transition(t.Context(), actorOf(geo.RolePlanner), geo.Transition{Entity: a, Code: "A02", To: "decided"})
	if g := guards(err); g != "risk_report fund_proof decision_no notice_on" {
		t.Errorf("the old papers stand in for the new: %q", g)
	}
	moved(t, s, geo.RolePlanner, a, "A02", "decided", append(papers[:4:4], "decision_no", "征〔2018〕2号", "notice_on", "2018-05-01", "on", "2018-05-01")...)
	_, err = s.Transition(t.Context(), actorOf(geo.RoleLeader), geo.Transition{Entity: a, Code: "A02", To: "signing"})
	if g := guards(err); g != "sign_period" {
		t.Errorf("the old signing period stands in for the new: %q", g)
	}
}

// Whether an area is decided is a matter of its state, not of a day that an
// import may have written.
func TestSigningBeforeTheDecisionIsUnusual(t *testing.T) {
	t.Parallel()
	for status, unusual := range map[string]bool{"consulting": true, "suspended": true, "cancelled": true, "decided": false, "closed": false} {
		s := townStore(t)
		_, err := connect(t, s).Exec(t.Context(), `
			with a as (update land.area set status = $1, decided_on = '2017-01-10' where code = 'A02')
			update priv.household set status = 'negotiating' where code = 'H04'`, status)
		if err != nil {
			t.Fatal(err)
		}
		e := moved(t, s, geo.RoleLeader, geo.HouseholdMachine, "H04", "signed", "agreement_no", "X1", "mode", "money", "amount_wan", "55.5", "on", "2018-04-01")
		warnings, _ := e.Data["warnings"].([]string)
		if slices.Contains(warnings, "area_decided") != unusual {
			t.Errorf("%s: warned of %v", status, warnings)
		}
	}
}

// overlapping is how much cleared land lies twice, in m2.
func overlapping(t *testing.T, s *Store) float64 {
	t.Helper()
	return scan[float64](t, connect(t, s), `
		select coalesce(sum(st_area(st_intersection(x.geom, y.geom)::geography)), 0)
		from land.cleared_land x join land.cleared_land y on x.id < y.id and st_intersects(x.geom, y.geom)
		where x.ended_at is null and y.ended_at is null`)
}

// clearedShapes counts the features of the cleared layer on an audience's map.
func clearedShapes(t *testing.T, s *Store, aud geo.Audience) (n int) {
	t.Helper()
	err := s.Snapshot(t.Context(), aud, func(_ int64, layers map[string]iter.Seq2[MapFeature, error]) error {
		for _, err := range layers["cleared"] {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Stepping back from cleared takes the land of that acceptance out of all
// figures and maps; a part accepted earlier stays, and the area can be accepted
// again.
func TestAcceptanceIsTakenBack(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	if _, err := conn.Exec(t.Context(), `update land.building set status = 'site_cleared'; update land.problem set status = 'closed'`); err != nil {
		t.Fatal(err)
	}
	a := geo.AreaMachine
	figures := func() (staff, public float64) {
		t.Helper()
		var mu []float64
		for _, aud := range audiences() {
			sum, err := s.Summary(t.Context(), aud)
			if err != nil {
				t.Fatal(err)
			}
			mu = append(mu, sum.ClearedM2.Mu())
		}
		return mu[0], mu[1]
	}
	before, _ := figures()
	shapes := clearedShapes(t, s, geo.Public)
	for round := range 2 {
		moved(t, s, geo.RoleSupervisor, a, "A02", "cleared", "acceptance_no", "验9", "survey_file", "f", "cleared_mu", "374.5", "on", "2019-06-01")
		x, y := figures()
		if x != y || x < before+350 || overlapping(t, s) > 0.01 {
			t.Errorf("accepted, time %d: %v and %v mu, %v before", round, x, y, before)
		}
		for _, aud := range audiences() {
			if n := clearedShapes(t, s, aud); n != shapes+1 {
				t.Errorf("accepted, %s: %d shapes", aud, n)
			}
		}
		if _, err := conn.Exec(t.Context(), `update land.parcel set status = 'planned', geom = (select geom from land.cleared_land where final and ended_at is null) where code = 'P04'`); err != nil {
			t.Fatal(err)
		}
		_, err := s.Transition(t.Context(), actorOf(geo.RoleSupervisor), geo.Transition{Entity: a, Code: "A02", To: "demolishing", Reason: "面积有误"})
		if guards(err) != "no_parcel_on_it" {
			t.Errorf("taken back under a planned parcel: %v", err)
		}
		if _, err := conn.Exec(t.Context(), `update land.parcel set status = 'reserved' where code = 'P04'`); err != nil {
			t.Fatal(err)
		}
		moved(t, s, geo.RoleSupervisor, a, "A02", "demolishing", "reason", "面积有误", "on", "2019-06-01")
		if x, y := figures(); math.Abs(x-before) > 1e-6 || math.Abs(y-before) > 1e-6 {
			t.Errorf("taken back, time %d: %v and %v mu, %v before", round, x, y, before)
		}
		for _, aud := range audiences() {
			f, err := s.Feature(t.Context(), aud, "areas", "A02")
			if err != nil || math.Abs(f.Properties["cleared_mu"].(float64)-15) > 0.1 {
				t.Errorf("taken back, %s: %v, %v", aud, f.Properties, err)
			}
			if n := clearedShapes(t, s, aud); n != shapes {
				t.Errorf("taken back, %s: %d shapes", aud, n)
			}
		}
		if n := scan[int](t, conn, `select count(*) from land.change where layer = 'cleared' and gone`); n != round+1 {
			t.Errorf("%d changes tell that land is gone", n)
		}
	}
	if n := scan[int](t, conn, `select count(*) from land.cleared_land where ended_at is not null`); n != 2 {
		t.Errorf("%d ended rows are kept", n)
	}
}
