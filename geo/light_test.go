package geo

import (
	"testing"
	"time"
)

func TestProblemLight(t *testing.T) {
	now := time.Date(2018, 10, 15, 23, 0, 0, 0, china)
	for _, c := range []struct {
		name, status string
		due          time.Time
		extensions   int
		want         Light
	}{
		{"8 days left", "assigned", date("2018-10-23"), 0, Green},
		{"7 days left", "assigned", date("2018-10-22"), 1, Amber},
		{"due today", "submitted", date("2018-10-15"), 0, Amber},
		{"overdue", "submitted", date("2018-10-14"), 0, Red},
		{"extended twice", "in_progress", date("2018-12-31"), 2, Red},
		{"closed late", "closed", date("2018-10-01"), 2, NoLight},
		{"no deadline", "opened", time.Time{}, 0, Green},
	} {
		if got := ProblemLight(c.status, c.due, c.extensions, now, china, Thresholds{}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestScheduleLight(t *testing.T) {
	for _, c := range []struct {
		planned, achieved float64
		want              Light
	}{{50, 60, Green}, {50, 40.1, Green}, {50, 40, Amber}, {50, 20, Amber}, {50, 19.9, Red}} {
		if got := ScheduleLight(c.planned, c.achieved, Thresholds{}); got != c.want {
			t.Errorf("planned %v, achieved %v: %q, want %q", c.planned, c.achieved, got, c.want)
		}
	}
}

func TestPipelineLight(t *testing.T) {
	now := time.Date(2018, 10, 15, 9, 0, 0, 0, china)
	for _, c := range []struct {
		name, status, since string
		want                Light
		out                 bool
	}{
		{"under two months", "intent", "2018-08-16", Green, false},
		{"two months", "intent", "2018-08-15", Amber, false},
		{"under three", "intent", "2018-07-16", Amber, false},
		{"three months", "intent", "2018-07-15", Red, false},
		{"under six", "intent", "2018-04-16", Red, false},
		{"six months", "intent", "2018-04-15", Red, true},
		{"operating", "operating", "2015-01-01", NoLight, false},
		{"dropped", "dead", "2015-01-01", NoLight, false},
	} {
		if got, out := PipelineLight(c.status, date(c.since), now, china, Thresholds{}); got != c.want || out != c.out {
			t.Errorf("%s: %q, out %v; want %q, %v", c.name, got, out, c.want, c.out)
		}
	}
	if got, out := PipelineLight("lead", time.Time{}, now, china, Thresholds{}); got != NoLight || out {
		t.Errorf("since nobody knows when: %q, %v", got, out)
	}
}

func TestIdleLight(t *testing.T) {
	now := time.Date(2018, 10, 15, 9, 0, 0, 0, china)
	for _, c := range []struct {
		name            string
		agreed, started time.Time
		want            Light
	}{
		{"not yet due", date("2018-12-01"), time.Time{}, Green},
		{"a year to the day", date("2017-10-15"), time.Time{}, Green},
		{"more than a year", date("2017-10-14"), time.Time{}, Amber},
		{"two years to the day", date("2016-10-15"), time.Time{}, Amber},
		{"more than two years", date("2016-10-14"), time.Time{}, Red},
		{"started at last", date("2014-01-01"), date("2018-01-01"), NoLight},
		{"no agreed day", time.Time{}, time.Time{}, NoLight},
	} {
		if got := IdleLight(c.agreed, c.started, now, china); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWorstLight(t *testing.T) {
	for _, c := range []struct {
		lights []Light
		want   Light
	}{
		{nil, NoLight},
		{[]Light{NoLight, Green}, Green},
		{[]Light{Amber, Green, NoLight}, Amber},
		{[]Light{Green, Red, Amber}, Red},
	} {
		if got := Worst(c.lights...); got != c.want {
			t.Errorf("the worst of %v is %q, want %q", c.lights, got, c.want)
		}
	}
}
