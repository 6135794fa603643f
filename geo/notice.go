package geo

import "time"

// Notice is a clock that has struck: what, and the day that it struck for. A
// clock strikes once for each day; a later deadline is another clock. Of several
// that are over, who looks late hears the last only.
type Notice struct {
	Kind string // see NoticeKinds
	Due  Day
}

// NoticeKinds lists the clocks.
func NoticeKinds() []Option {
	return []Option{
		{"problem_soon", "问题临近时限", "a problem's deadline is near"},
		{"problem_late", "问题逾期", "a problem is overdue"},
		{"area_late", "片区超过清零期限", "an area is past its deadline"},
		{"result_late", "挂牌结果未登记", "a listing ended without a result"},
		{"contract_late", "出让合同逾期未签", "the contract is late"},
		{"price_late", "价款逾期未缴清", "the price is not paid in time"},
		{"idle_1y", "超过约定开工日一年", "idle for a year"},
		{"idle_2y", "超过约定开工日两年", "idle for two years"},
		{"transition_late", "过渡期满未安置", "transitional housing is over"},
		{"court_open", "可申请强制执行", "the court can be asked"},
		{"court_soon", "申请强制执行期限将满", "the time to ask the court ends soon"},
		{"court_over", "申请强制执行期限已过", "the time to ask the court is over"},
		{"project_amber", "项目停滞（黄灯）", "a project does not move on"},
		{"project_red", "项目停滞（红灯）", "a project has stood still for long"},
		{"project_out", "项目停滞出库", "a project leaves the pool"},
	}
}

// DeadlineNotice strikes on the day after a deadline.
func DeadlineNotice(kind string, due, today Day) (Notice, bool) {
	return Notice{kind, due}, today > due
}

// ProblemNotice strikes when a problem enters its last days, and when it is
// overdue.
func ProblemNotice(due, today Day, th Thresholds) (Notice, bool) {
	if today > due {
		return Notice{"problem_late", due}, true
	}
	return Notice{"problem_soon", due}, today >= due-Day(th.OrDefault().ProblemAmberDays)
}

// IdleNotice strikes when land has lain idle for more than a year, and more
// than two, from the agreed day of starting; see IdleLight.
func IdleNotice(agreed, today Day) (Notice, bool) {
	if two := agreed.AddYears(2); today > two {
		return Notice{"idle_2y", two}, true
	}
	one := agreed.AddYears(1)
	return Notice{"idle_1y", one}, today > one
}

// courtSoon is how many days before its end the period to ask the court is near
// it.
const courtSoon = 14

// CourtNotice strikes when the period to apply to the court opens, when its end
// is near, and when it is over.
func CourtNotice(c CourtClock, today Day) (Notice, bool) {
	switch {
	case today > c.ApplyUntil:
		return Notice{"court_over", c.ApplyUntil}, true
	case today >= c.ApplyUntil-courtSoon:
		return Notice{"court_soon", c.ApplyUntil}, true
	}
	return Notice{"court_open", c.ApplyFrom}, today >= c.ApplyFrom
}

// PipelineNotice strikes when the light of a project that stands still changes;
// see PipelineLight.
func PipelineNotice(status string, stageOn, now time.Time, zone *time.Location, th Thresholds) (Notice, bool) {
	th = th.OrDefault()
	since := CivilDay(stageOn)
	switch light, out := PipelineLight(status, stageOn, now, zone, th); {
	case out:
		return Notice{"project_out", since.AddMonths(th.PipelineOut)}, true
	case light == Red:
		return Notice{"project_red", since.AddMonths(th.PipelineRed)}, true
	case light == Amber:
		return Notice{"project_amber", since.AddMonths(th.PipelineAmber)}, true
	}
	return Notice{}, false
}
