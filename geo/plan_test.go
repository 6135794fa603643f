package geo

import (
	"math"
	"testing"
)

func TestPlanShare(t *testing.T) {
	from, to := CivilDay(date("2018-01-01")), CivilDay(date("2018-04-11")) // 100 days
	for _, c := range []struct {
		curve PlanCurve
		on    Day
		want  float64
	}{
		{LinearPlan, from - 50, 0},
		{LinearPlan, from, 0},
		{LinearPlan, from + 25, 0.25},
		{LinearPlan, to, 1},
		{LinearPlan, to + 900, 1},
		{SPlan, from, 0},
		{SPlan, from + 25, 0.15625},
		{SPlan, from + 50, 0.5},
		{SPlan, from + 75, 0.84375},
		{SPlan, to + 1, 1},
	} {
		if got, ok := PlanShare(c.curve, from, to, c.on); !ok || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s on day %d: %v, want %v", c.curve, c.on-from, got, c.want)
		}
	}
	for _, to := range []Day{from, from - 1} {
		if _, ok := PlanShare(LinearPlan, from, to, from); ok {
			t.Error("a plan that ends before it begins")
		}
	}
}

func TestPace(t *testing.T) {
	today := CivilDay(date("2018-10-15"))
	in := func(days int) *Day { d := today + Day(days); return &d }
	for name, c := range map[string]struct {
		surveyed, signed, recent int
		deadline                 *Day
		perDay                   float64
		needed                   float64 // 0 = nil
		forecast                 *Day
		short                    bool
	}{
		"in time":             {200, 100, 28, in(60), 2, 100.0 / 60, in(50), false},
		"just in time":        {200, 100, 28, in(50), 2, 2, in(50), false},
		"too slow":            {200, 100, 28, in(20), 2, 5, in(50), true},
		"part of a day":       {200, 199, 28, in(20), 2, 0.05, in(1), false},
		"nobody signs":        {200, 100, 0, in(20), 0, 5, nil, true},
		"hardly anybody":      {1_000_000, 1, 1, in(20), 1.0 / 14, 999_999.0 / 20, nil, true},
		"all signed":          {200, 200, 28, in(20), 2, 0, nil, false},
		"more than surveyed":  {200, 201, 0, in(20), 0, 0, nil, false},
		"past its deadline":   {200, 100, 28, in(-3), 2, 0, in(50), true},
		"on its deadline":     {200, 100, 28, in(0), 2, 0, in(50), true},
		"without a deadline":  {200, 100, 28, nil, 2, 0, in(50), false},
		"nobody, no deadline": {200, 100, 0, nil, 0, 0, nil, false},
	} {
		p := PaceOf(c.surveyed, c.signed, c.recent, today, c.deadline)
		needed := 0.0
		if p.Needed != nil {
			needed = *p.Needed
		}
		same := (p.Forecast == nil) == (c.forecast == nil) && (p.Forecast == nil || *p.Forecast == *c.forecast)
		if math.Abs(p.PerDay-c.perDay) > 1e-12 || math.Abs(needed-c.needed) > 1e-9 || !same || p.Short != c.short || p.Remaining != max(0, c.surveyed-c.signed) {
			t.Errorf("%s: %+v (needed %v), want %+v", name, p, needed, c)
		}
	}
}

func TestGroupsAddUp(t *testing.T) {
	rows := []AreaRow{
		{Code: "A", Leader: "区领导01", Street: "1", Status: "signing", Light: Red, PlanM2: 10, ClearedM2: 1, Households: HouseholdCounts{10, 5, 1, 0}, ProblemsOpen: 2, ProblemsLate: 1},
		{Code: "B", Leader: "区领导01", Street: "2", Status: "cleared", PlanM2: 20, ClearedM2: 20, Households: HouseholdCounts{10, 10, 10, 10}, Sold: 1, SoldMoney: Yi},
		{Code: "C", Leader: "区领导02", Street: "2", Status: "signing", Light: Green, Households: HouseholdCounts{4, 1, 0, 0}},
		{Code: "D", Status: "planned"},
	}
	got := GroupAreas(rows, ByLeader)
	if len(got) != 3 || got[0].Key != "区领导02" || got[1].Key != "区领导01" || got[2].Key != "" {
		t.Fatalf("%+v", got)
	}
	if g := got[1]; g.Areas != 2 || g.Done != 1 || g.Lights[Red] != 1 || g.PlanM2 != 30 || g.ClearedM2 != 21 || g.Households != (HouseholdCounts{20, 15, 11, 10}) ||
		g.ProblemsOpen != 2 || g.ProblemsLate != 1 || g.Sold != 1 || g.SoldMoney != Yi {
		t.Errorf("%+v", g)
	}
	if got := GroupAreas(rows, ByStreet); len(got) != 3 || got[0].Key != "1" || got[1].Areas != 2 {
		t.Errorf("by street: %+v", got)
	}
	WorstFirst(rows)
	if rows[0].Code != "A" || rows[1].Code != "C" || rows[2].Code != "B" {
		t.Errorf("%+v", rows)
	}
}
