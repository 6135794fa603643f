package geo

import "time"

// Light is how urgent something is. It is never shown by colour alone.
type Light string

// Lights, from the least urgent.
const (
	NoLight Light = "" // nothing is due
	Green   Light = "green"
	Amber   Light = "amber"
	Red     Light = "red"
)

// LightNone asks for what has no light, where "" asks for nothing.
const LightNone = "none"

// AskedLights are the lights that can be asked for, from the most urgent.
func AskedLights() []string { return []string{string(Red), string(Amber), string(Green), LightNone} }

// Worst is the most urgent of the lights: an area shows the worst of its
// schedule and its problems.
func Worst(lights ...Light) Light {
	rank := func(l Light) int {
		for i, k := range []Light{NoLight, Green, Amber, Red} {
			if k == l {
				return i
			}
		}
		return 0
	}
	worst := NoLight
	for _, l := range lights {
		if rank(l) > rank(worst) {
			worst = l
		}
	}
	return worst
}

// ProblemLight is green while more days are left than the threshold, amber
// within it, red when overdue or extended twice; none when closed.
func ProblemLight(status string, due time.Time, extensions int, now time.Time, zone *time.Location, th Thresholds) Light {
	switch {
	case status == "closed":
		return NoLight
	case extensions >= MaxExtensions, Late(due, now, zone):
		return Red
	case due.IsZero() || DaysLeft(due, now, zone) > th.OrDefault().ProblemAmberDays:
		return Green
	}
	return Amber
}

// ScheduleLight compares the planned with the achieved rate, both in percent:
// behind by fewer points than the first threshold is green, up to the second
// amber, more red.
func ScheduleLight(planned, achieved float64, th Thresholds) Light {
	th = th.OrDefault()
	switch behind := planned - achieved; {
	case behind < th.BehindAmber:
		return Green
	case behind <= th.BehindRed:
		return Amber
	}
	return Red
}

// PipelineLight watches a project that does not move on: by default two months
// in a stage are amber, three red; out says that six have passed and it leaves
// the pool. Operating and dropped projects have no light.
func PipelineLight(status string, stageOn, now time.Time, zone *time.Location, th Thresholds) (l Light, out bool) {
	th = th.OrDefault()
	if status == "operating" || status == "dead" || stageOn.IsZero() {
		return NoLight, false
	}
	today, since := DayOf(now, zone), CivilDay(stageOn)
	switch {
	case today >= since.AddMonths(th.PipelineRed):
		return Red, today >= since.AddMonths(th.PipelineOut)
	case today >= since.AddMonths(th.PipelineAmber):
		return Amber, false
	}
	return Green, false
}

// IdleLight is the clock of idle land (Urban Real Estate Law, art. 26): from the
// agreed day of starting, more than one year is amber (a fee of up to 20 % of
// the price), more than two red (the land may be taken back). Land that has
// started, or has no agreed day, has no light.
func IdleLight(agreedStart, startedOn, now time.Time, zone *time.Location) Light {
	if agreedStart.IsZero() || !startedOn.IsZero() {
		return NoLight
	}
	today, agreed := DayOf(now, zone), CivilDay(agreedStart)
	switch {
	case today > agreed.AddYears(2):
		return Red
	case today > agreed.AddYears(1):
		return Amber
	}
	return Green
}
