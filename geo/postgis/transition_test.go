package postgis

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"tengdi/geo"
)

func actorOf(role geo.Role) geo.Actor {
	return geo.Actor{Login: string(role), Role: role, Source: geo.FromAPI}
}

// moved makes a move that must succeed.
func moved(t *testing.T, s *Store, role geo.Role, m geo.MachineName, code, to string, data ...string) geo.Event {
	t.Helper()
	tr := geo.Transition{Entity: m, Code: code, To: to, Data: map[string]string{}}
	for i := 0; i < len(data); i += 2 {
		switch data[i] {
		case "reason":
			tr.Reason = data[i+1]
		case "on":
			on, err := time.Parse(time.DateOnly, data[i+1])
			if err != nil {
				t.Fatal(err)
			}
			tr.On = on
		default:
			tr.Data[data[i]] = data[i+1]
		}
	}
	e, err := s.Transition(t.Context(), actorOf(role), tr)
	if err != nil {
		t.Fatalf("%s %s to %s: %v", m, code, to, err)
	}
	if e.To != to || e.Verb != "moved" || e.Code != code || e.Revision == 0 || e.ID == 0 || e.Actor != string(role) {
		t.Fatalf("event %+v", e)
	}
	return e
}

// guards are the guards for which a move was refused.
func guards(err error) string {
	var r *geo.RefusedError
	if !errors.As(err, &r) {
		return ""
	}
	var out []string
	for _, x := range r.Reasons {
		out = append(out, x.Guard)
	}
	return strings.Join(out, " ")
}

// A parcel goes from the reserve to completion and each step lands in the
// columns, the history and the projection.
func TestParcelFromReserveToCompletion(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	p := geo.ParcelMachine
	_, err := s.Transition(t.Context(), actorOf(geo.RolePlanner), geo.Transition{Entity: p, Code: "P04", To: "planned"})
	if g := guards(err); !strings.Contains(g, "clean_land") || !strings.Contains(g, "use_rows") || !strings.Contains(g, "far") {
		t.Fatalf("refused for %q, %v", g, err)
	}
	moved(t, s, geo.RolePlanner, p, "P04", "planned", "on", "2019-05-01",
		"clean_title", "true", "clean_compensation", "true", "clean_no_dispute", "true", "clean_conditions", "true", "clean_utilities", "true",
		"land_use", "0901", "years", "40", "far_min", "1", "far_max", "2.5", "density_max", "30", "green_min", "35", "height_max", "80")
	f, err := s.Feature(t.Context(), geo.Staff, "parcels", "P04")
	if err != nil || f.Properties["clean_complete"] != true || f.Properties["far"] != "1 ≤ x ≤ 2.5" || f.Properties["use_class"] != "commercial" || f.Properties["years"] != int64(40) {
		t.Fatalf("planned: %v, %v", f.Properties, err)
	}
	moved(t, s, geo.RoleTrading, p, "P04", "announced", "on", "2019-06-01", "notice_no", "岳楼示挂（2019）08号", "mode", "listing",
		"start_wan", "1000", "reserve_wan", "1234.5678", "deposit_wan", "100", "step_wan", "10", "notice_on", "2019-06-01", "list_from", "2019-06-25", "list_to", "2019-07-10")
	pub, err := s.Feature(t.Context(), geo.Public, "parcels", "P04")
	if err != nil || pub.Properties["start_wan"] != 1000.0 || pub.Properties["notice_on"] != "2019-06-01" || pub.Properties["list_to"] != "2019-07-10" || pub.Properties["mode"] != "listing" {
		t.Fatalf("announced: %v, %v", pub.Properties, err)
	}
	if h, err := s.History(t.Context(), geo.Staff, "parcels", "P04"); err != nil || h[1].Data["warnings"] == nil {
		t.Errorf("a deposit under 20 %% is unusual and recorded: %+v, %v", h, err)
	}
	moved(t, s, geo.RoleTrading, p, "P04", "listed", "on", "2019-06-25")
	_, err = s.Transition(t.Context(), actorOf(geo.RoleTrading), geo.Transition{Entity: p, Code: "P04", To: "sold", Data: map[string]string{"deal_wan": "1100", "buyer": "甲公司"}})
	if g := guards(err); g != "deal_over_reserve" || strings.Contains(err.Error(), "1234") {
		t.Errorf("refused for %q: %v", g, err)
	}
	moved(t, s, geo.RoleTrading, p, "P04", "sold", "on", "2019-07-11", "deal_wan", "1300", "buyer", "甲公司")
	moved(t, s, geo.RoleTrading, p, "P04", "contracted", "on", "2019-07-20", "contract_no", "HT1", "supervision_no", "DZ1")
	_, err = s.Transition(t.Context(), actorOf(geo.RoleTrading), geo.Transition{Entity: p, Code: "P04", To: "handed_over", Data: map[string]string{"handover_no": "J1", "photos": "p"}})
	if g := guards(err); g != "payment_rule" {
		t.Errorf("handed over unpaid: %q, %v", g, err)
	}
	moved(t, s, geo.RoleTrading, p, "P04", "paid", "on", "2019-08-20", "paid_wan", "1300", "voucher_no", "V1")
	moved(t, s, geo.RoleTrading, p, "P04", "handed_over", "on", "2019-09-01", "handover_no", "J1", "photos", "p.jpg")
	moved(t, s, geo.RolePlanner, p, "P04", "started", "on", "2020-03-01", "permit_no", "S1")
	moved(t, s, geo.RolePlanner, p, "P04", "completed", "on", "2022-03-01", "acceptance_no", "Y1")
	rounds, err := s.Rounds(t.Context(), geo.Staff, "P04")
	if err != nil || len(rounds) != 1 {
		t.Fatalf("%+v, %v", rounds, err)
	}
	r := rounds[0]
	if r.Deal != 1300*geo.Wan || r.Reserve != 12_345_678*geo.Yuan || r.Outcome != "sold" || r.SoldOn.Format(time.DateOnly) != "2019-07-11" ||
		r.PaidOn.Format(time.DateOnly) != "2019-08-20" || r.CompletedOn.Format(time.DateOnly) != "2022-03-01" || r.ContractNo != "HT1" {
		t.Errorf("round %+v", r)
	}
	if shown, err := s.Rounds(t.Context(), geo.Public, "P04"); err != nil || len(shown) != 1 || shown[0].Reserve != 0 || shown[0].ContractNo != "" || shown[0].Deal != r.Deal {
		t.Errorf("public rounds %+v, %v", shown, err)
	}
	h, err := s.History(t.Context(), geo.Public, "parcels", "P04")
	var seen []string
	for _, e := range h {
		seen = append(seen, e.From+">"+e.To)
		if e.Actor != "" || e.Reason != "" || e.Data != nil {
			t.Errorf("the public reads who and why: %+v", e)
		}
	}
	if got := strings.Join(seen, " "); err != nil || got != ">announced announced>listed listed>sold sold>contracted contracted>paid paid>handed_over handed_over>started started>completed" {
		t.Errorf("public history %s, %v", got, err)
	}
	unbroken(t, s)
	if sum, err := s.Summary(t.Context(), geo.Public); err != nil || sum.Sold != 2 || sum.SoldMoney != 13_800*geo.Wan {
		t.Errorf("summary %+v, %v", sum, err)
	}
	if v := scan[int64](t, conn, `select version from land.parcel where code = 'P04'`); v != 10 {
		t.Errorf("version %d", v)
	}
}

// A parcel that failed comes back with a round of its own; what was said in the
// round before does not count in it. Steps back take back what they wrote.
func TestParcelRounds(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	p := geo.ParcelMachine
	notice := []string{"notice_no", "岳楼示挂(2020)01号", "mode", "listing", "start_wan", "800", "deposit_wan", "160", "step_wan", "5", "notice_on", "2020-01-02", "list_from", "2020-02-01", "list_to", "2020-02-20", "on", "2020-01-02"}
	moved(t, s, geo.RolePlanner, p, "P05", "planned", "on", "2019-12-01")
	if _, err := s.Feature(t.Context(), geo.Public, "parcels", "P05"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("planned again, but public: %v", err)
	}
	_, err := s.Transition(t.Context(), actorOf(geo.RoleTrading), geo.Transition{Entity: p, Code: "P05", To: "announced"})
	if g := guards(err); !strings.Contains(g, "notice_no") || !strings.Contains(g, "start_price") {
		t.Errorf("the old round's notice stands in for the new: %q, %v", g, err)
	}
	moved(t, s, geo.RoleTrading, p, "P05", "announced", notice...)
	moved(t, s, geo.RoleTrading, p, "P05", "listed", "on", "2020-02-01")
	moved(t, s, geo.RoleTrading, p, "P05", "sold", "on", "2020-02-21", "deal_wan", "900", "buyer", "乙公司")
	moved(t, s, geo.RoleLeader, p, "P05", "voided", "on", "2020-03-01", "reason", "竞得人违约")
	if _, err := s.Feature(t.Context(), geo.Public, "parcels", "P05"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("a voided deal is public: %v", err)
	}
	if sum, err := s.Summary(t.Context(), geo.Staff); err != nil || sum.Sold != 1 {
		t.Errorf("a voided deal counts: %+v, %v", sum, err)
	}
	moved(t, s, geo.RolePlanner, p, "P05", "planned", "on", "2020-04-01")
	moved(t, s, geo.RoleTrading, p, "P05", "announced", append(notice[2:16], "notice_no", "岳楼示挂(2020)09号", "on", "2020-05-01", "notice_on", "2020-04-02", "list_from", "2020-05-01", "list_to", "2020-05-20")...)
	rounds, err := s.Rounds(t.Context(), geo.Public, "P05")
	if err != nil || len(rounds) != 3 || rounds[1].Outcome != "voided" || rounds[1].Deal != 0 || rounds[1].Buyer != "" || rounds[2].NoticeNo != "岳楼示挂(2020)09号" {
		t.Errorf("public rounds %+v, %v", rounds, err)
	}
	moved(t, s, geo.RoleTrading, p, "P05", "listed", "on", "2020-05-02")
	moved(t, s, geo.RoleTrading, p, "P05", "sold", "on", "2020-06-01", "deal_wan", "850", "buyer", "丙公司")
	moved(t, s, geo.RoleSupervisor, p, "P05", "listed", "on", "2020-06-02", "reason", "登记有误")
	rounds, err = s.Rounds(t.Context(), geo.Staff, "P05")
	if err != nil || len(rounds) != 3 || rounds[2].Deal != 0 || rounds[2].Buyer != "" || !rounds[2].SoldOn.IsZero() || rounds[2].Outcome != "" {
		t.Errorf("after the step back: %+v, %v", rounds, err)
	}
}

func TestTransitionRefuses(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	p := geo.ParcelMachine
	for name, tc := range map[string]struct {
		role geo.Role
		tr   geo.Transition
		kind geo.Kind
		want string // among the guards
	}{
		"no such parcel":   {geo.RoleAdmin, geo.Transition{Entity: p, Code: "P99", To: "planned"}, geo.NotFound, ""},
		"no such machine":  {geo.RoleAdmin, geo.Transition{Entity: "tree", Code: "P01", To: "planned"}, geo.NotFound, ""},
		"no such state":    {geo.RoleAdmin, geo.Transition{Entity: p, Code: "P01", To: "gone"}, geo.Invalid, ""},
		"no such move":     {geo.RoleAdmin, geo.Transition{Entity: p, Code: "P01", To: "reserved"}, geo.Refused, "no_such_move"},
		"the wrong role":   {geo.RoleViewer, geo.Transition{Entity: p, Code: "P01", To: "contracted"}, geo.Refused, "role"},
		"in the future":    {geo.RoleTrading, geo.Transition{Entity: p, Code: "P01", To: "contracted", On: time.Now().AddDate(0, 0, 3)}, geo.Refused, "not_future"},
		"before the last":  {geo.RoleTrading, geo.Transition{Entity: p, Code: "P01", To: "contracted", On: date(2016, 1, 1)}, geo.Refused, "not_before_last"},
		"back for nothing": {geo.RoleSupervisor, geo.Transition{Entity: p, Code: "P01", To: "listed"}, geo.Refused, "reason"},
		"data not taken":   {geo.RoleTrading, geo.Transition{Entity: p, Code: "P01", To: "contracted", Data: map[string]string{"status": "x"}}, geo.Invalid, ""},
		"a wrong number":   {geo.RoleTrading, geo.Transition{Entity: p, Code: "P01", To: "paid", Data: map[string]string{"paid_wan": "NaN"}}, geo.Invalid, ""},
	} {
		_, err := s.Transition(t.Context(), actorOf(tc.role), tc.tr)
		if geo.KindOf(err) != tc.kind || !strings.Contains(guards(err), tc.want) {
			t.Errorf("%s: %v (%s)", name, err, guards(err))
		}
	}
	if rev := scan[int64](t, conn, `select revision from land.revision`); rev != 1 {
		t.Errorf("refused moves took revisions: %d", rev)
	}
}

// Two people make the same move at once: one makes it, the other learns that it
// is no longer there.
func TestTransitionRace(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	var wg sync.WaitGroup
	results := make([]error, 6)
	for i := range results {
		wg.Go(func() {
			_, results[i] = s.Transition(context.Background(), actorOf(geo.RoleLeader),
				geo.Transition{Entity: geo.ParcelMachine, Code: "P02", To: "suspended", Reason: "查询"})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if geo.KindOf(err) != geo.Refused {
			t.Errorf("%v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of them made the move", won)
	}
}

// An area is cleared when its buildings and problems are done; what it adds to
// the cleared land shows in the figures of both audiences.
func TestAreaIsCleared(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	a := geo.AreaMachine
	cleared := map[string]string{"acceptance_no": "验9", "survey_file": "f", "cleared_mu": "375"}
	_, err := s.Transition(t.Context(), actorOf(geo.RoleSupervisor), geo.Transition{Entity: a, Code: "A02", To: "cleared", Data: cleared})
	if g := guards(err); g != "buildings_done problems_closed" {
		t.Fatalf("refused for %q, %v", g, err)
	}
	b := geo.BuildingMachine
	moved(t, s, geo.RolePlanner, b, "B02", "identified", "legal", "illegal", "use", "shop", "floor_m2", "300", "on", "2019-03-01")
	moved(t, s, geo.RolePlanner, b, "B02", "notice", "notice_no", "告1", "notice_until", "2019-04-01", "on", "2019-03-02")
	_, err = s.Transition(t.Context(), actorOf(geo.RolePlanner), geo.Transition{Entity: b, Code: "B02", To: "removed", Data: map[string]string{"order_no": "决1", "photo": "p"}})
	if g := guards(err); g == "" {
		t.Errorf("people live there: %v", err)
	}
	if _, err := connect(t, s).Exec(t.Context(), `update priv.household set vacated_on = '2019-04-01' where building_id = (select id from land.building where code = 'B02')`); err != nil {
		t.Fatal(err)
	}
	moved(t, s, geo.RolePlanner, b, "B02", "removed", "order_no", "决1", "photo", "p", "on", "2019-05-01")
	w := geo.ProblemMachine
	moved(t, s, geo.RolePlanner, w, "W01", "in_progress", "measure", "约谈", "on", "2019-05-02")
	moved(t, s, geo.RolePlanner, w, "W01", "submitted", "evidence", "照片", "on", "2019-05-03")
	moved(t, s, geo.RoleSupervisor, w, "W01", "verified", "inspect_no", "督1", "on", "2019-05-04")
	moved(t, s, geo.RoleSupervisor, w, "W01", "closed", "on", "2019-05-05")
	before, err := s.Summary(t.Context(), geo.Public)
	if err != nil {
		t.Fatal(err)
	}
	for stated, want := range map[string]string{"900000": "900000.00 mu", "120": "120.00 mu", "10": "accepted before", "": "lie on the ground"} {
		cleared["cleared_mu"] = stated
		_, err := s.Transition(t.Context(), actorOf(geo.RoleSupervisor), geo.Transition{Entity: a, Code: "A02", To: "cleared", Data: cleared})
		if guards(err) != "cleared_mu" || !strings.Contains(err.Error(), want) {
			t.Errorf("%q mu of 375: %v", stated, err)
		}
	}
	moved(t, s, geo.RoleSupervisor, a, "A02", "cleared", "acceptance_no", "验9", "survey_file", "f", "cleared_mu", "375", "on", "2019-06-01")
	for _, aud := range audiences() {
		f, err := s.Feature(t.Context(), aud, "areas", "A02")
		if err != nil || math.Abs(f.Properties["cleared_mu"].(float64)-375) > 0.005 || f.Properties["status"] != "cleared" || f.Properties["late_days"] != nil {
			t.Errorf("%s: %v, %v", aud, f.Properties, err)
		}
	}
	after, err := s.Summary(t.Context(), geo.Public)
	if err != nil || after.Revision != before.Revision+1 || after.ClearedM2 <= before.ClearedM2 {
		t.Errorf("summary %+v, %v", after, err)
	}
	if overlap := overlapping(t, s); overlap > 0.01 {
		t.Errorf("cleared land lies twice: %v m2", overlap)
	}
	if building, err := s.Feature(t.Context(), geo.Staff, "buildings", "B02"); err != nil || building.Properties["demolished_on"] != "2019-05-01" {
		t.Errorf("%v, %v", building.Properties, err)
	}
	if sum, err := s.Summary(t.Context(), geo.Staff); err != nil || sum.ProblemsOpen != 0 || sum.ProblemsClosed != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestHouseholdSigns(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	h := geo.HouseholdMachine
	before := everythingPublic(t, s)
	if _, err := connect(t, s).Exec(t.Context(), `update land.area set sign_from = '2018-01-01', sign_to = '2018-12-31' where code = 'A02'`); err != nil {
		t.Fatal(err)
	}
	moved(t, s, geo.RoleSystem, h, "H04", "valued", "legal", "legal", "valuer", "评估所", "value_wan", "50", "on", "2018-02-01")
	moved(t, s, geo.RoleSystem, h, "H04", "negotiating", "on", "2018-03-01")
	moved(t, s, geo.RoleSystem, h, "H04", "signed", "agreement_no", "X1", "mode", "money", "amount_wan", "55.5", "on", "2018-04-01")
	conn := connect(t, s)
	if got := scan[string](t, conn, `select concat_ws(' ', status, valued_on, signed_on, mode, amount_fen) from priv.household where code = 'H04'`); got != "signed 2018-02-01 2018-04-01 money 55500000" {
		t.Error(got)
	}
	sum, err := s.Summary(t.Context(), geo.Staff)
	if err != nil || sum.Households.Signed != 4 {
		t.Errorf("%+v, %v", sum.Households, err)
	}
	moved(t, s, geo.RoleSupervisor, h, "H04", "negotiating", "reason", "协议作废", "on", "2018-05-01")
	if sum, err := s.Summary(t.Context(), geo.Staff); err != nil || sum.Households.Signed != 3 {
		t.Errorf("after the step back: %+v, %v", sum.Households, err)
	}
	if everythingPublic(t, s) != before {
		t.Error("the public sees that a household signed")
	}
}

func TestProjectLands(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	j := geo.ProjectMachine
	_, err := s.Transition(t.Context(), actorOf(geo.RolePlanner), geo.Transition{Entity: j, Code: "J03", To: "landed", Data: map[string]string{"parcel": "P99"}})
	if geo.KindOf(err) != geo.Invalid {
		t.Errorf("an unknown parcel: %v", err)
	}
	moved(t, s, geo.RolePlanner, j, "J03", "landed", "parcel", "P02", "on", "2019-05-01")
	f, err := s.Feature(t.Context(), geo.Public, "projects", "J03")
	if err != nil || f.Properties["parcel"] != "P02" || f.Properties["stage_on"] != "2019-05-01" || f.Properties["status"] != "landed" {
		t.Errorf("%v, %v", f.Properties, err)
	}
	moved(t, s, geo.RolePlanner, j, "J02", "contact", "on", "2019-05-01")
	if _, err := s.Feature(t.Context(), geo.Public, "projects", "J02"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("a contact is public: %v", err)
	}
}
