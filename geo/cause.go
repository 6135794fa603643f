package geo

import (
	"cmp"
	"fmt"
	"time"
)

// Standing is what an area's light is told from, all at one moment.
type Standing struct {
	Status      string
	DecidedOn   time.Time // zero = not yet
	Deadline    time.Time // zero = none
	Households  HouseholdCounts
	ClearedRate *float64 // percent of the planned land; nil = none is planned
	Urgent      int      // open problems whose light is red
	Worst       *Problem // the most urgent of them by its deadline; nil = not known, or none
}

// Cause says why an area has its light, in one sentence with the number behind
// it, and as a word for programs: overdue, behind, problem, on_plan, done or
// no_plan.
type Cause struct {
	Word   string
	Zh, En string
}

// AreaDone says that nothing is left to clear in a state of an area.
func AreaDone(status string) bool {
	switch status {
	case "cleared", "handed_over", "closed", "cancelled":
		return true
	}
	return false
}

// AreaCleared says that the land of an area is cleared: of those with nothing left to
// clear all but the cancelled ones.
func AreaCleared(status string) bool { return AreaDone(status) && status != "cancelled" }

// Light is the worst of an area's schedule and its problems, with the cause. The
// schedule is the straight line from the decision to the deadline; how far the
// area is, the mean of the signed, vacated and demolished rates, or the cleared
// rate where no household is known. Past its deadline an area is red; done, or
// without such days, it has no light of its own. One red problem makes it red.
func (s Standing) Light(now time.Time, zone *time.Location, th Thresholds) (Light, Cause) {
	light, cause := s.schedule(now, zone, th)
	if s.Urgent == 0 {
		return light, cause
	}
	zh, en := s.problems(now, zone)
	if light != Red {
		return Red, Cause{"problem", zh + "。", en + "."}
	}
	return Red, Cause{cause.Word, cut(cause.Zh, "。") + "；另有 " + zh + "。", cut(cause.En, ".") + "; besides, " + en + "."}
}

func cut(s, end string) string { return s[:len(s)-len(end)] }

func (s Standing) schedule(now time.Time, zone *time.Location, th Thresholds) (Light, Cause) {
	switch {
	case s.Status == "cancelled":
		return NoLight, Cause{"done", "已撤销。", "Cancelled."}
	case AreaDone(s.Status):
		return NoLight, Cause{"done", "已清零。", "Cleared."}
	case s.Deadline.IsZero():
		return NoLight, Cause{"no_plan", "未设清零期限。", "No deadline is set."}
	}
	today, last := DayOf(now, zone), CivilDay(s.Deadline)
	if today > last {
		zh, en := s.left()
		return Red, Cause{
			"overdue",
			fmt.Sprintf("已超过清零期限 %d 天（%s），%s。", today-last, last.Date().Format("2006/01/02"), zh),
			fmt.Sprintf("%s past the deadline of %s: %s.", manyEn(int(today-last), "day"), last, en),
		}
	}
	share, ok := PlanShare(LinearPlan, CivilDay(s.DecidedOn), last, today)
	if s.DecidedOn.IsZero() || !ok {
		return NoLight, Cause{"no_plan", "尚未作出征收决定，无计划进度。", "Not decided yet, so that there is no plan to hold it against."}
	}
	planned, achieved := 100*share, s.achieved()
	light := ScheduleLight(planned, achieved, th)
	ofZh, ofEn := s.parts()
	if light == Green {
		return light, Cause{
			"on_plan",
			fmt.Sprintf("进度正常（计划 %s，实际 %s%s）。", tenths(planned), tenths(achieved), ofZh),
			fmt.Sprintf("On plan (planned %s, achieved %s%s).", tenths(planned), tenths(achieved), ofEn),
		}
	}
	return light, Cause{
		"behind",
		fmt.Sprintf("进度落后计划 %.1f 个百分点（计划 %s，实际 %s%s）。", planned-achieved, tenths(planned), tenths(achieved), ofZh),
		fmt.Sprintf("%.1f points behind plan (planned %s, achieved %s%s).", planned-achieved, tenths(planned), tenths(achieved), ofEn),
	}
}

// achieved is how far the area is, in percent.
func (s Standing) achieved() float64 {
	switch h := s.Households; {
	case h.Surveyed > 0:
		return 100 * float64(h.Signed+h.Vacated+h.Demolished) / float64(3*h.Surveyed)
	case s.ClearedRate != nil:
		return *s.ClearedRate
	}
	return 0
}

// tenths writes a rate with one decimal.
func tenths(rate float64) string { return fmt.Sprintf("%.1f%%", ShownRate(rate, 1)) }

// parts tells what the mean is taken of.
func (s Standing) parts() (zh, en string) {
	h := s.Households
	if h.Surveyed == 0 {
		return "", ""
	}
	rate := func(n int) string { return tenths(100 * float64(n) / float64(h.Surveyed)) }
	signed, vacated, gone := rate(h.Signed), rate(h.Vacated), rate(h.Demolished)
	return fmt.Sprintf("：签约 %s、腾空 %s、拆除 %s", signed, vacated, gone),
		fmt.Sprintf(": signed %s, moved out %s, demolished %s", signed, vacated, gone)
}

// left tells what remains to be done.
func (s Standing) left() (zh, en string) {
	h := s.Households
	switch {
	case h.Surveyed == 0 && s.ClearedRate != nil:
		return "清零率 " + tenths(*s.ClearedRate), tenths(*s.ClearedRate) + " of the land is cleared"
	case h.Surveyed == 0:
		return "尚未摸底", "nothing is surveyed"
	case h.Signed < h.Surveyed:
		return fmt.Sprintf("还有 %d 户未签约、%d 户未腾空", h.Surveyed-h.Signed, h.Surveyed-h.Vacated),
			fmt.Sprintf("%s not signed and %d not moved out", haveEn(h.Surveyed-h.Signed), h.Surveyed-h.Vacated)
	case h.Vacated < h.Surveyed:
		return fmt.Sprintf("还有 %d 户未腾空", h.Surveyed-h.Vacated), haveEn(h.Surveyed-h.Vacated) + " not moved out"
	case h.Demolished < h.Surveyed:
		return fmt.Sprintf("还有 %d 户的房屋未拆除", h.Surveyed-h.Demolished), fmt.Sprintf("the houses of %s stand", manyEn(h.Surveyed-h.Demolished, "household"))
	}
	return "住户已全部腾空拆除，尚未验收", "all households are out and their houses gone, but the land is not accepted"
}

// manyEn is so many of a thing in English.
func manyEn(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// haveEn says what so many households have, in English.
func haveEn(n int) string {
	if n == 1 {
		return "1 household has"
	}
	return fmt.Sprintf("%d households have", n)
}

// reds is so many red problems in English.
func reds(n int) string {
	if n == 1 {
		return "1 problem is red"
	}
	return fmt.Sprintf("%d problems are red", n)
}

// problems tells of the problems that are red.
func (s Standing) problems(now time.Time, zone *time.Location) (zh, en string) {
	w := s.Worst
	if w == nil || w.Due.IsZero() {
		return fmt.Sprintf("%d 个红灯问题", s.Urgent), reds(s.Urgent)
	}
	bodyZh, bodyEn := cmp.Or(w.Department, "未定责任单位"), cmp.Or(w.Department, "no responsible body")
	if late := -DaysLeft(w.Due, now, zone); late > 0 {
		return fmt.Sprintf("%d 个红灯问题，最久的 %s 已逾期 %d 天（%s）", s.Urgent, w.Code, late, bodyZh),
			fmt.Sprintf("%s, the oldest, %s, by %s (%s)", reds(s.Urgent), w.Code, manyEn(late, "day"), bodyEn)
	}
	return fmt.Sprintf("%d 个红灯问题，%s 已两次延期（%s）", s.Urgent, w.Code, bodyZh),
		fmt.Sprintf("%s: %s was extended twice (%s)", reds(s.Urgent), w.Code, bodyEn)
}
