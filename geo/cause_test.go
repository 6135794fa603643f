package geo

import (
	"strings"
	"testing"
	"time"
)

// The light of an area follows the straight line from its decision to its
// deadline, and its problems; the cause names the number behind it.
func TestLightOfAnAreaAndItsCause(t *testing.T) {
	now := time.Date(2018, 7, 1, 15, 0, 0, 0, china)
	half := 50.0
	first, last, past := date("2018-01-01"), date("2018-12-31"), date("2018-06-30")
	late := Problem{Code: "W07", Due: date("2018-05-17"), Department: "城管局"}
	twice := Problem{Code: "W08", Due: date("2018-08-01"), Extensions: 2}
	for name, c := range map[string]struct {
		s      Standing
		want   Light
		word   string
		zh, en string
	}{
		"on the line": {
			Standing{Status: "vacating", DecidedOn: first, Deadline: last, Households: HouseholdCounts{10, 9, 4, 2}},
			Green, "on_plan",
			"进度正常（计划 49.7%，实际 50.0%：签约 90.0%、腾空 40.0%、拆除 20.0%）。", "On plan (planned 49.7%, achieved 50.0%: signed 90.0%, moved out 40.0%, demolished 20.0%).",
		},
		"20 points behind": {
			Standing{Status: "vacating", DecidedOn: first, Deadline: last, Households: HouseholdCounts{10, 9, 0, 0}},
			Amber, "behind",
			"进度落后计划 19.7 个百分点（计划 49.7%，实际 30.0%：签约 90.0%、腾空 0.0%、拆除 0.0%）。", "19.7 points behind plan",
		},
		"far behind":      {Standing{Status: "signing", DecidedOn: first, Deadline: last, Households: HouseholdCounts{10, 1, 0, 0}}, Red, "behind", "落后计划 46.4 个百分点", "46.4 points behind plan"},
		"by cleared land": {Standing{Status: "signing", DecidedOn: first, Deadline: last, ClearedRate: &half}, Green, "on_plan", "（计划 49.7%，实际 50.0%）", "(planned 49.7%, achieved 50.0%)"},
		"past its deadline": {
			Standing{Status: "demolishing", DecidedOn: date("2017-01-01"), Deadline: past, Households: HouseholdCounts{5, 4, 2, 1}},
			Red, "overdue",
			"已超过清零期限 1 天（2018/06/30），还有 1 户未签约、3 户未腾空。", "1 day past the deadline of 2018-06-30: 1 household has not signed and 3 not moved out.",
		},
		"all gone but late": {Standing{Status: "demolishing", DecidedOn: first, Deadline: past, Households: HouseholdCounts{5, 5, 5, 5}}, Red, "overdue", "尚未验收", "not accepted"},
		"to be moved":       {Standing{Status: "vacating", DecidedOn: first, Deadline: past, Households: HouseholdCounts{5, 5, 3, 3}}, Red, "overdue", "还有 2 户未腾空", "2 households have not moved out"},
		"to be demolished":  {Standing{Status: "demolishing", DecidedOn: first, Deadline: past, Households: HouseholdCounts{5, 5, 5, 3}}, Red, "overdue", "还有 2 户的房屋未拆除", "the houses of 2 households stand"},
		"done":              {Standing{Status: "cleared", DecidedOn: first, Deadline: past}, NoLight, "done", "已清零。", "Cleared."},
		"no deadline":       {Standing{Status: "signing", DecidedOn: first}, NoLight, "no_plan", "未设清零期限。", "No deadline is set."},
		"not decided":       {Standing{Status: "surveying", Deadline: last}, NoLight, "no_plan", "尚未作出征收决定", "Not decided yet"},
		"a late problem": {
			Standing{Status: "surveying", Deadline: last, Urgent: 2, Worst: &late},
			Red, "problem",
			"2 个红灯问题，最久的 W07 已逾期 45 天（城管局）。", "2 problems are red, the oldest, W07, by 45 days (城管局).",
		},
		"an extended problem": {Standing{Status: "signing", DecidedOn: first, Deadline: last, Households: HouseholdCounts{2, 2, 2, 2}, Urgent: 1, Worst: &twice}, Red, "problem", "1 个红灯问题，W08 已两次延期（未定责任单位）。", "W08 was extended twice"},
		"late, with a problem": {
			Standing{Status: "signing", DecidedOn: first, Deadline: past, Urgent: 1, Worst: &late},
			Red, "overdue",
			"尚未摸底；另有 1 个红灯问题，最久的 W07 已逾期 45 天（城管局）。", "nothing is surveyed; besides, 1 problem is red",
		},
	} {
		light, cause := c.s.Light(now, china, Thresholds{})
		if light != c.want || cause.Word != c.word || !strings.Contains(cause.Zh, c.zh) || !strings.Contains(cause.En, c.en) {
			t.Errorf("%s: %q %+v,\nwant %q %s: %s / %s", name, light, cause, c.want, c.word, c.zh, c.en)
		}
		if strings.Count(cause.Zh, "。") != 1 || !strings.HasSuffix(cause.Zh, "。") || !strings.HasSuffix(cause.En, ".") {
			t.Errorf("%s: not one sentence: %s / %s", name, cause.Zh, cause.En)
		}
	}
}
