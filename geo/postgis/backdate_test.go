package postgis

import (
	"testing"

	"tengdi/geo"
)

// A move that is entered for an earlier day is judged by what was so on that
// day: who had moved out, what was done and closed, which land was cleared.
func TestPastMovesSeeTheirDay(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	_, err := conn.Exec(t.Context(), `
		update land.building set status = 'identified', legal = 'legal' where code = 'B02';
		update priv.household set vacated_on = '2019-04-10' where building_id = (select id from land.building where code = 'B02');`)
	if err != nil {
		t.Fatal(err)
	}
	b, a := geo.BuildingMachine, geo.AreaMachine
	if g := refusedFor(t, s, b, "B02", "empty", date(2019, 4, 9), nil); g != "everybody_out" {
		t.Errorf("empty before they left: refused for %q", g)
	}
	moved(t, s, geo.RolePlanner, b, "B02", "empty", "on", "2019-04-10")
	moved(t, s, geo.RoleLeader, b, "B02", "kept", "keep_no", "文保1", "reason", "文保", "on", "2019-05-10")
	if _, err := conn.Exec(t.Context(), `update land.problem set status = 'closed', closed_on = '2019-05-20' where area_id = (select id from land.area where code = 'A02')`); err != nil {
		t.Fatal(err)
	}
	papers := map[string]string{"acceptance_no": "验9", "survey_file": "f", "cleared_mu": "375"}
	if g := refusedFor(t, s, a, "A02", "cleared", date(2019, 5, 9), papers); g != "buildings_done problems_closed" {
		t.Errorf("cleared before it was kept: refused for %q", g)
	}
	if g := refusedFor(t, s, a, "A02", "cleared", date(2019, 5, 19), papers); g != "problems_closed" {
		t.Errorf("cleared before its problems were closed: refused for %q", g)
	}
	if _, err := conn.Exec(t.Context(), `update land.building set status = 'site_cleared', demolished_on = '2019-05-25' where code = 'B02'`); err != nil {
		t.Fatal(err)
	}
	if g := refusedFor(t, s, a, "A02", "cleared", date(2019, 5, 24), papers); g != "buildings_done" {
		t.Errorf("cleared before it was demolished: refused for %q", g)
	}
	moved(t, s, geo.RoleSupervisor, a, "A02", "cleared", "acceptance_no", "验9", "survey_file", "f", "cleared_mu", "375", "on", "2019-05-25")
}

// Signatures, decisions and cleared land of later days do not count either.
func TestPastMovesSeeNoLaterSignatureNorLand(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	negotiated(t, s)
	_, err := conn.Exec(t.Context(), `
		update priv.household set area_id = (select id from land.area where code = 'A01'), building_id = null where code <> 'H04';
		update land.area set status = 'signing', min_ratio = 1 where code = 'A02';
		update land.cleared_land set cleared_on = '2019-03-10';`)
	if err != nil {
		t.Fatal(err)
	}
	h, a, p := geo.HouseholdMachine, geo.AreaMachine, geo.ParcelMachine
	moved(t, s, geo.RoleAdmin, h, "H04", "decision_issued", "decision_no", "补决1", "served_on", "2018-04-10", "on", "2018-04-10")
	if g := refusedFor(t, s, a, "A02", "vacating", date(2018, 4, 9), nil); g != "enough_signed" {
		t.Errorf("vacating before the decision: refused for %q", g)
	}
	moved(t, s, geo.RoleAdmin, h, "H04", "signed", "agreement_no", "X1", "mode", "money", "amount_wan", "55", "on", "2018-05-10")
	if g := refusedFor(t, s, a, "A02", "vacating", date(2018, 5, 9), nil); g != "enough_signed" {
		t.Errorf("vacating before the signature: refused for %q", g)
	}
	moved(t, s, geo.RoleLeader, a, "A02", "vacating", "on", "2018-05-10")
	plan := []string{
		"clean_title", "true", "clean_compensation", "true", "clean_no_dispute", "true", "clean_conditions", "true", "clean_utilities", "true",
		"land_use", "0901", "years", "40", "far_min", "1", "far_max", "2.5", "density_max", "30", "green_min", "35", "height_max", "80",
	}
	data := map[string]string{}
	for i := 0; i < len(plan); i += 2 {
		data[plan[i]] = plan[i+1]
	}
	if g := refusedFor(t, s, p, "P04", "planned", date(2019, 3, 9), data); g != "inside_cleared" {
		t.Errorf("planned before its land was cleared: refused for %q", g)
	}
	moved(t, s, geo.RolePlanner, p, "P04", "planned", append(plan, "on", "2019-03-10")...)
}
