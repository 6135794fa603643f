package postgis

import (
	"testing"
	"time"

	"tengdi/geo"
)

// refusedFor are the guards that refuse a move on a day.
func refusedFor(t *testing.T, s *Store, m geo.MachineName, code, to string, on time.Time, data map[string]string) string {
	t.Helper()
	_, err := s.Transition(t.Context(), actorOf(geo.RoleAdmin), geo.Transition{Entity: m, Code: code, To: to, On: on, Reason: "登记", Data: data})
	if err == nil {
		t.Errorf("%s goes to %s on %s", code, to, on)
	}
	return guards(err)
}

// negotiated brings H04 to where it can sign.
func negotiated(t *testing.T, s *Store) {
	t.Helper()
	if _, err := connect(t, s).Exec(t.Context(), `update land.area set sign_from = '2018-01-01', sign_to = '2018-03-31' where code = 'A02'`); err != nil {
		t.Fatal(err)
	}
	h := geo.HouseholdMachine
	moved(t, s, geo.RoleAdmin, h, "H04", "valued", "legal", "legal", "valuer", "评估所", "value_wan", "50", "on", "2018-02-01")
	moved(t, s, geo.RoleAdmin, h, "H04", "negotiating", "on", "2018-03-01")
}

// enforced brings H04 from negotiation to enforcement, with its compensation
// deposited.
func enforced(t *testing.T, s *Store) {
	t.Helper()
	h := geo.HouseholdMachine
	moved(t, s, geo.RoleAdmin, h, "H04", "decision_issued", "decision_no", "补决1", "served_on", "2018-04-01", "on", "2018-04-01")
	moved(t, s, geo.RoleAdmin, h, "H04", "court_applied", "annex_file", "f", "on", "2018-10-10")
	moved(t, s, geo.RoleAdmin, h, "H04", "court_accepted", "case_no", "1", "on", "2018-10-11")
	moved(t, s, geo.RoleAdmin, h, "H04", "ruling_ok", "ruling_no", "1", "on", "2018-10-20")
	moved(t, s, geo.RoleAdmin, h, "H04", "enforced", "order_no", "1", "deposited", "true", "on", "2018-11-01")
}

// What an agreement said that was taken back does not let a household of another
// agreement move out unpaid, and the check of the whole finds one that did.
func TestPayLaterIsTakenBack(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	negotiated(t, s)
	h := geo.HouseholdMachine
	terms := []string{"agreement_no", "X1", "mode", "money", "amount_wan", "55"}
	moved(t, s, geo.RoleAdmin, h, "H04", "signed", append(terms, "pay_later", "过渡安置", "on", "2018-04-01")...)
	moved(t, s, geo.RoleSupervisor, h, "H04", "negotiating", "reason", "协议作废", "on", "2018-04-02")
	moved(t, s, geo.RoleAdmin, h, "H04", "signed", append(terms, "on", "2018-04-03")...)
	if g := refusedFor(t, s, h, "H04", "vacated", date(2018, 4, 4), map[string]string{"keys": "k"}); g != "pay_later" {
		t.Errorf("refused for %q", g)
	}
	if _, err := connect(t, s).Exec(t.Context(), `update priv.household set status = 'vacated', vacated_on = '2018-04-04' where code = 'H04'`); err != nil {
		t.Fatal(err)
	}
	if !unlawful(t, s, "H04") {
		t.Error("the check does not find that H04 moved out unpaid")
	}
}

// unlawful says that the check of the whole finds that a household moved out
// before it was compensated.
func unlawful(t *testing.T, s *Store, code string) bool {
	t.Helper()
	v, err := s.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Findings {
		if f.Check == articleCheck && f.Code == code {
			return true
		}
	}
	return false
}

// An agreement that holds keeps its reason, also when what came after it was
// taken back in several steps.
func TestPayLaterStandsAfterStepsBack(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	negotiated(t, s)
	h := geo.HouseholdMachine
	moved(t, s, geo.RoleAdmin, h, "H04", "signed", "agreement_no", "X1", "mode", "money", "amount_wan", "55", "pay_later", "过渡安置", "on", "2018-04-01")
	moved(t, s, geo.RoleAdmin, h, "H04", "paid", "voucher_no", "V", "paid_wan", "55", "on", "2018-04-02")
	moved(t, s, geo.RoleSupervisor, h, "H04", "signed", "reason", "退款", "on", "2018-04-03")
	moved(t, s, geo.RoleAdmin, h, "H04", "vacated", "keys", "k", "on", "2018-04-04")
	moved(t, s, geo.RoleSupervisor, h, "H04", "signed", "reason", "又搬回", "on", "2018-04-05")
	moved(t, s, geo.RoleAdmin, h, "H04", "vacated", "keys", "k2", "on", "2018-04-06")
	if unlawful(t, s, "H04") {
		t.Error("the check finds fault with an agreement that gives its reason")
	}
}

// A deposit of an enforcement that was taken back compensates nobody.
func TestDepositIsTakenBack(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	negotiated(t, s)
	enforced(t, s)
	h := geo.HouseholdMachine
	moved(t, s, geo.RoleSupervisor, h, "H04", "ruling_ok", "reason", "撤回", "on", "2018-11-02")
	if g := refusedFor(t, s, h, "H04", "enforced", date(2018, 11, 3), map[string]string{"order_no": "2"}); g != "compensated_first" {
		t.Errorf("enforced again: refused for %q", g)
	}
	moved(t, s, geo.RoleAdmin, h, "H04", "signed", "agreement_no", "X1", "mode", "money", "amount_wan", "55", "pay_later", "过渡安置", "on", "2018-11-03")
	moved(t, s, geo.RoleAdmin, h, "H04", "vacated", "keys", "k", "on", "2018-11-04")
	if g := refusedFor(t, s, h, "H04", "closed", date(2018, 11, 5), map[string]string{"archive_no": "1"}); g != "compensated" {
		t.Errorf("closed: refused for %q", g)
	}
	moved(t, s, geo.RoleSupervisor, h, "H04", "closed", "archive_no", "1", "deposited", "true", "on", "2018-11-06")
}

// What was paid for land and taken back does not hand it over; several steps
// back take all back that lies between, and what lies before them stands.
func TestPaymentIsTakenBack(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	p := geo.ParcelMachine
	moved(t, s, geo.RoleTrading, p, "P01", "contracted", "contract_no", "C1", "supervision_no", "D1", "on", "2019-01-01")
	moved(t, s, geo.RoleTrading, p, "P01", "paid", "voucher_no", "V", "paid_wan", "1e7", "on", "2019-01-02")
	moved(t, s, geo.RoleTrading, p, "P01", "handed_over", "handover_no", "J", "photos", "p", "on", "2019-01-03")
	moved(t, s, geo.RoleSupervisor, p, "P01", "paid", "reason", "误登", "on", "2019-01-04")
	moved(t, s, geo.RoleTrading, p, "P01", "handed_over", "handover_no", "J", "photos", "p", "on", "2019-01-05")
	moved(t, s, geo.RoleSupervisor, p, "P01", "paid", "reason", "误登", "on", "2019-01-06")
	moved(t, s, geo.RoleSupervisor, p, "P01", "contracted", "reason", "误登", "on", "2019-01-07")
	if g := refusedFor(t, s, p, "P01", "handed_over", date(2019, 1, 8), map[string]string{"handover_no": "J", "photos": "p"}); g != "payment_rule" {
		t.Errorf("refused for %q", g)
	}
}

// A household goes back only the way it came, also after a step back has led it
// to its state again, and what it leaves has not happened: neither the day of
// the stage nor a payment that the closing of the file told.
func TestTheWayBackIsTheWayItCame(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	negotiated(t, s)
	enforced(t, s)
	h := geo.HouseholdMachine
	moved(t, s, geo.RoleAdmin, h, "H04", "signed", "agreement_no", "X1", "mode", "money", "amount_wan", "55", "pay_later", "过渡安置", "on", "2018-11-02")
	moved(t, s, geo.RoleAdmin, h, "H04", "vacated", "keys", "k", "on", "2018-11-03")
	moved(t, s, geo.RoleSupervisor, h, "H04", "closed", "archive_no", "1", "paid_on", "2018-11-04", "paid_wan", "55", "on", "2018-11-05")
	moved(t, s, geo.RoleSupervisor, h, "H04", "vacated", "reason", "误办", "on", "2018-11-06")
	for _, to := range []string{"enforced", "paid"} {
		if g := refusedFor(t, s, h, "H04", to, date(2018, 11, 7), nil); g != "came_from" {
			t.Errorf("back to %s: refused for %q", to, g)
		}
	}
	moved(t, s, geo.RoleSupervisor, h, "H04", "signed", "reason", "误办", "on", "2018-11-07")
	if g := refusedFor(t, s, h, "H04", "negotiating", date(2018, 11, 8), nil); g != "came_from" {
		t.Errorf("back to negotiating: refused for %q", g)
	}
	moved(t, s, geo.RoleSupervisor, h, "H04", "enforced", "reason", "误办", "on", "2018-11-08")
	var left int
	if err := connect(t, s).QueryRow(t.Context(), `
		select num_nonnulls(signed_on, paid_on, vacated_on) from priv.household where code = 'H04'`).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 0 {
		t.Errorf("%d days of stages are left that were taken back", left)
	}
	v, err := s.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Findings {
		if f.Code == "H04" {
			t.Errorf("what disagrees: %+v", f)
		}
	}
}
