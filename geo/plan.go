package geo

import "math"

// PlanCurve is the shape of the plan between an area's decision and its
// deadline.
type PlanCurve string

// Plan curves. The light of an area is held against the straight line.
const (
	LinearPlan PlanCurve = "linear"
	SPlan      PlanCurve = "s" // slow at both ends, as signing goes
)

// PlanCurves lists the curves that may be asked for.
func PlanCurves() []PlanCurve { return []PlanCurve{LinearPlan, SPlan} }

// PlanShare is how much of an area should be done by the end of a day, 0 to 1:
// nothing until the day of the decision, everything from the deadline on. ok is
// false when the two days make no plan, the deadline not being after the
// decision.
func PlanShare(curve PlanCurve, decided, deadline, on Day) (share float64, ok bool) {
	if deadline <= decided {
		return 0, false
	}
	x := min(1, max(0, float64(on-decided)/float64(deadline-decided)))
	if curve == SPlan {
		x = x * x * (3 - 2*x)
	}
	return x, true
}

// PaceDays is over how many days the pace is taken, the last one included.
const PaceDays = 14

// Pace is how fast an area signs and how fast it would have to.
type Pace struct {
	PerDay    float64  // households signed per day over the last PaceDays
	Needed    *float64 // per day, to have the rest signed by the deadline; nil = no deadline ahead, or nothing left
	Remaining int      // households surveyed and not signed
	Forecast  *Day     // when the last signs at this pace; nil = nothing left, or nobody signs
	Short     bool     // the pace does not reach what is needed
}

// farthest is how many days ahead a forecast is told: a pace that needs longer
// is no forecast, as none at all is not.
const farthest = 100 * 366

// PaceOf tells the pace on a day. signed is what is signed by then, recent how
// much of it came in the last PaceDays; both are households. deadline nil is
// none.
func PaceOf(surveyed, signed, recent int, today Day, deadline *Day) Pace {
	p := Pace{PerDay: float64(max(0, recent)) / PaceDays, Remaining: max(0, surveyed-signed)}
	if p.Remaining == 0 {
		return p
	}
	if days := math.Ceil(float64(p.Remaining) * PaceDays / float64(max(0, recent))); days <= farthest { // +Inf when nobody signs
		on := today + Day(days)
		p.Forecast = &on
	}
	if deadline == nil {
		return p
	}
	if left := int(*deadline - today); left > 0 {
		needed := float64(p.Remaining) / float64(left)
		p.Needed = &needed
	}
	p.Short = p.Forecast == nil || *p.Forecast > *deadline
	return p
}
