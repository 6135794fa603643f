package geo

import (
	"slices"
	"testing"
	"time"
)

// Each clock holds its tongue up to the day, and strikes from it on.
func TestNotices(t *testing.T) {
	today := CivilDay(date("2018-10-15"))
	now := today.Date().Add(4 * time.Hour)
	day := func(s string) Day { return CivilDay(date(s)) }
	pipeline := func(since string) func() (Notice, bool) {
		return func() (Notice, bool) {
			return PipelineNotice("intent", date(since), now, china, Thresholds{})
		}
	}
	court := func(served string) func() (Notice, bool) {
		return func() (Notice, bool) { return CourtNotice(CourtClockOf(day(served)), today) }
	}
	problem := func(due string) func() (Notice, bool) {
		return func() (Notice, bool) { return ProblemNotice(day(due), today, Thresholds{}) }
	}
	idle := func(agreed string) func() (Notice, bool) {
		return func() (Notice, bool) { return IdleNotice(day(agreed), today) }
	}
	deadline := func(due string) func() (Notice, bool) {
		return func() (Notice, bool) { return DeadlineNotice("area_late", day(due), today) }
	}
	for _, c := range []struct {
		ask  func() (Notice, bool)
		kind string // "" = silent
		due  string
	}{
		{deadline("2018-10-15"), "", ""},
		{deadline("2018-10-14"), "area_late", "2018-10-14"},
		{problem("2018-10-23"), "", ""},
		{problem("2018-10-22"), "problem_soon", "2018-10-22"},
		{problem("2018-10-15"), "problem_soon", "2018-10-15"},
		{problem("2018-10-14"), "problem_late", "2018-10-14"},
		{idle("2017-10-15"), "", ""},
		{idle("2017-10-14"), "idle_1y", "2018-10-14"},
		{idle("2016-10-15"), "idle_1y", "2017-10-15"},
		{idle("2016-10-14"), "idle_2y", "2018-10-14"},
		{court("2018-04-15"), "", ""}, // the last day to sue
		{court("2018-04-14"), "court_open", "2018-10-15"},
		{court("2018-01-29"), "court_soon", "2018-10-29"},
		{court("2018-01-15"), "court_soon", "2018-10-15"},
		{court("2018-01-14"), "court_over", "2018-10-14"},
		{pipeline("2018-08-16"), "", ""},
		{pipeline("2018-08-15"), "project_amber", "2018-10-15"},
		{pipeline("2018-07-15"), "project_red", "2018-10-15"},
		{pipeline("2018-04-15"), "project_out", "2018-10-15"},
	} {
		n, ok := c.ask()
		if !ok {
			n = Notice{}
		}
		if ok != (c.kind != "") || ok && (n.Kind != c.kind || n.Due.String() != c.due) {
			t.Errorf("%v, %v; want %q for %s", n, ok, c.kind, c.due)
		}
		if ok && !slices.ContainsFunc(NoticeKinds(), func(o Option) bool { return o.Code == n.Kind }) {
			t.Errorf("%s is not among the kinds", n.Kind)
		}
	}
}
