package geo

import (
	"strings"
	"testing"
	"time"
)

// 2,500 households of 2,501 are not all, and one of 2,501 is not none.
func TestShownRateIsNeverCompleteTooSoon(t *testing.T) {
	for _, c := range []struct {
		rate     float64
		decimals int
		want     float64
	}{
		{100 * 2500.0 / 2501, 1, 99.9},
		{100 * 2500.0 / 2501, 2, 99.96},
		{100 * 2500.0 / 2501, 0, 99},
		{100 * 99_999.0 / 100_000, 2, 99.99},
		{100 * 1.0 / 2501, 1, 0.1},
		{100 * 1.0 / 2501, 0, 1},
		{100 * 1.0 / 100_000, 2, 0.01},
		{100, 1, 100},
		{0, 1, 0},
		{100.04, 1, 100},
		{107.25, 1, 107.3},
		{12.345, 1, 12.3},
		{99.94, 1, 99.9},
		{0.06, 1, 0.1},
		{-3.14, 1, -3.1},
	} {
		if got := ShownRate(c.rate, c.decimals); got != c.want {
			t.Errorf("%v with %d decimals is %v, want %v", c.rate, c.decimals, got, c.want)
		}
	}
}

// The sentence of a light does not say 100 % either.
func TestCauseDoesNotRoundUpToComplete(t *testing.T) {
	day := func(s string) time.Time {
		on, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return on
	}
	rate := 99.98
	for name, c := range map[string]struct {
		s    Standing
		want string
	}{
		"on plan":    {Standing{Status: "signing", DecidedOn: day("2018-01-01"), Deadline: day("2018-12-31"), Households: HouseholdCounts{2501, 2500, 2500, 1}}, "签约 99.9%、腾空 99.9%、拆除 0.1%"},
		"past it":    {Standing{Status: "signing", DecidedOn: day("2017-01-01"), Deadline: day("2017-12-31"), ClearedRate: &rate}, "清零率 99.9%"},
		"just begun": {Standing{Status: "signing", DecidedOn: day("2018-01-01"), Deadline: day("2058-12-31"), Households: HouseholdCounts{2501, 1, 0, 0}}, "签约 0.1%"},
	} {
		if _, cause := c.s.Light(day("2018-06-30"), time.UTC, DefaultThresholds()); !strings.Contains(cause.Zh, c.want) || strings.Contains(cause.Zh+cause.En, "100.0%") {
			t.Errorf("%s: %s %s, want %s", name, cause.Zh, cause.En, c.want)
		}
	}
}

// A cancelled area is done with, but not cleared.
func TestGroupsCountClearedAreas(t *testing.T) {
	rows := []AreaRow{}
	for _, status := range []string{"signing", "cleared", "handed_over", "closed", "cancelled"} {
		rows = append(rows, AreaRow{Code: status, Status: status, Leader: "区领导01"})
	}
	if got := GroupAreas(rows, ByLeader); len(got) != 1 || got[0].Areas != 5 || got[0].Done != 3 {
		t.Errorf("%+v, want 3 cleared of 5", got)
	}
}
