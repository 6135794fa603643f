package geo

import (
	"fmt"
	"math"
)

// CalendarDay is a day that differs from the five-day week.
type CalendarDay struct {
	Day   Day
	Works bool
	Name  string
}

// WorkCalendarOf puts the days together.
func WorkCalendarOf(days []CalendarDay) WorkCalendar {
	c := WorkCalendar{}
	for _, d := range days {
		c[d.Day] = d.Works
	}
	return c
}

// Thresholds are the district's own numbers; zero fields take the defaults of
// DefaultThresholds.
type Thresholds struct {
	ProblemAmberDays int     `json:"problem_amber_days,omitempty"` // a problem is amber from so many days before its deadline
	BehindAmber      float64 `json:"behind_amber,omitempty"`       // points behind plan
	BehindRed        float64 `json:"behind_red,omitempty"`
	PipelineAmber    int     `json:"pipeline_amber,omitempty"` // months without progress
	PipelineRed      int     `json:"pipeline_red,omitempty"`
	PipelineOut      int     `json:"pipeline_out,omitempty"`
	UnvisitedDays    int     `json:"unvisited_days,omitempty"`
}

// DefaultThresholds are those of DOMAIN 4.4.
func DefaultThresholds() Thresholds {
	return Thresholds{ProblemAmberDays: 7, BehindAmber: 10, BehindRed: 30, PipelineAmber: 2, PipelineRed: 3, PipelineOut: 6, UnvisitedDays: 7}
}

// OrDefault fills the fields that are zero with the defaults.
func (t Thresholds) OrDefault() Thresholds {
	d := DefaultThresholds()
	whole := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	points := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	whole(&t.ProblemAmberDays, d.ProblemAmberDays)
	points(&t.BehindAmber, d.BehindAmber)
	points(&t.BehindRed, d.BehindRed)
	whole(&t.PipelineAmber, d.PipelineAmber)
	whole(&t.PipelineRed, d.PipelineRed)
	whole(&t.PipelineOut, d.PipelineOut)
	whole(&t.UnvisitedDays, d.UnvisitedDays)
	return t
}

// Check says which of the numbers make no sense: each has a range, and what is
// amber comes before what is red. The error is Invalid with the fields by their
// JSON names, or nil.
func (t Thresholds) Check() error {
	t = t.OrDefault()
	var bad []FieldError
	inRange := func(field string, v, least, most float64) {
		if !(v >= least && v <= most) { // also refuses NaN
			bad = append(bad, FieldError{
				Field: field, Code: "range",
				Zh: fmt.Sprintf("须在 %g 与 %g 之间", least, most), En: fmt.Sprintf("must be %g to %g", least, most),
			})
		}
	}
	before := func(field string, amber, red float64) {
		if !math.IsNaN(amber) && amber >= red {
			bad = append(bad, FieldError{
				Field: field, Code: "order",
				Zh: fmt.Sprintf("须大于前一级的 %g", amber), En: fmt.Sprintf("must be above the level before it, %g", amber),
			})
		}
	}
	inRange("problem_amber_days", float64(t.ProblemAmberDays), 1, 90)
	inRange("behind_amber", t.BehindAmber, 1, 100)
	inRange("behind_red", t.BehindRed, 1, 100)
	inRange("pipeline_amber", float64(t.PipelineAmber), 1, 60)
	inRange("pipeline_red", float64(t.PipelineRed), 1, 60)
	inRange("pipeline_out", float64(t.PipelineOut), 1, 60)
	inRange("unvisited_days", float64(t.UnvisitedDays), 1, 365)
	before("behind_red", t.BehindAmber, t.BehindRed)
	before("pipeline_red", float64(t.PipelineAmber), float64(t.PipelineRed))
	before("pipeline_out", float64(t.PipelineRed), float64(t.PipelineOut))
	if bad == nil {
		return nil
	}
	return &Error{Kind: Invalid, Zh: "阈值不合理", En: "the thresholds make no sense", Fields: bad}
}
