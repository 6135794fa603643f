package geo

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestThresholdsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		th   Thresholds
		want string // fields that are wrong
	}{
		"none given":          {Thresholds{}, ""},
		"red at amber":        {Thresholds{BehindAmber: 20, BehindRed: 20}, "behind_red"},
		"red before amber":    {Thresholds{PipelineAmber: 4, PipelineRed: 3}, "pipeline_red"},
		"amber above default": {Thresholds{BehindAmber: 31}, "behind_red"},
		"out with red":        {Thresholds{PipelineRed: 6}, "pipeline_out"},
		"below zero":          {Thresholds{ProblemAmberDays: -1}, "problem_amber_days"},
		"over a year":         {Thresholds{UnvisitedDays: 366}, "unvisited_days"},
		"no number":           {Thresholds{BehindAmber: math.NaN()}, "behind_amber"},
		"over all":            {Thresholds{BehindRed: 101}, "behind_red"},
	} {
		var got []string
		var e *Error
		if err := c.th.Check(); errors.As(err, &e) {
			if e.Kind != Invalid {
				t.Errorf("%s: kind %v", name, e.Kind)
			}
			for _, f := range e.Fields {
				got = append(got, f.Field)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q is wrong, want %q", name, s, c.want)
		}
	}
}

// The district's own numbers move the lights.
func TestLightsTakeTheThresholds(t *testing.T) {
	now := time.Date(2018, 10, 15, 23, 0, 0, 0, china)
	th := Thresholds{ProblemAmberDays: 3, BehindAmber: 5, BehindRed: 15, PipelineAmber: 1, PipelineRed: 4, PipelineOut: 5}
	if l := ProblemLight("assigned", date("2018-10-19"), 0, now, china, th); l != Green {
		t.Errorf("4 days left: %s", l)
	}
	if l := ProblemLight("assigned", date("2018-10-18"), 0, now, china, th); l != Amber {
		t.Errorf("3 days left: %s", l)
	}
	if l := ScheduleLight(50, 45, th); l != Amber {
		t.Errorf("5 points behind: %s", l)
	}
	if l := ScheduleLight(50, 34, th); l != Red {
		t.Errorf("16 points behind: %s", l)
	}
	if l, _ := PipelineLight("intent", date("2018-09-15"), now, china, th); l != Amber {
		t.Errorf("a month: %s", l)
	}
	if l, out := PipelineLight("intent", date("2018-05-15"), now, china, th); l != Red || !out {
		t.Errorf("five months: %s, out %v", l, out)
	}
}
