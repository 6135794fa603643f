package sheet

import (
	"fmt"
	"math"

	"tengdi/geo"
)

// mu are told with the four decimals that the API tells.
func mu(m2 geo.SquareMetres) float64 { return math.Round(m2.Mu()*1e4) / 1e4 }

// since names the days to the end of which a change is told of.
func since(days int) (zh, en string) {
	if days == 1 {
		return "当日", "that day"
	}
	return fmt.Sprintf("近 %d 天", days), fmt.Sprintf("in %d days", days)
}

func areaColumns(days int) []column {
	zh, en := since(days)
	return []column{
		{"编号", "Code", 10, "", ""},
		{"片区", "Area", 24, "", ""},
		{"状态", "Status", 11, "", ""},
		{"预警灯", "Light", 8, "", "light"},
		{"原因", "Cause", 46, "", ""},
		{"联系领导", "Leader", 11, "", ""},
		{"责任单位", "Responsible body", 18, "", ""},
		{"清零期限", "Deadline", 12, date, ""},
		{"距期限天数", "Days left", 10, whole, "days_left"},
		{"摸底户数", "Surveyed", 9, whole, "surveyed"},
		{"签约户数", "Signed", 9, whole, "signed"},
		{zh + "签约", "Signed " + en, 9, signed, ""},
		{"签约率", "Signed rate", 9, percent, "signed_rate"},
		{"腾空户数", "Moved out", 9, whole, "vacated"},
		{zh + "腾空", "Moved out " + en, 9, signed, ""},
		{"腾空率", "Moved-out rate", 9, percent, "vacated_rate"},
		{"拆除户数", "Demolished", 9, whole, "demolished"},
		{"拆除率", "Demolished rate", 9, percent, "demolished_rate"},
		{"计划腾地（亩）", "Planned (mu)", 11, land, "plan_mu"},
		{"已腾地（亩）", "Cleared (mu)", 11, land, "cleared_mu"},
		{"清零率", "Cleared rate", 9, percent, "cleared_rate"},
		{"签约速度（户/日）", "Pace (per day)", 10, daily, "pace"},
		{"所需速度（户/日）", "Needed (per day)", 10, daily, "needed_pace"},
		{"预计完成日", "Forecast", 12, date, "forecast"},
		{"未销号问题", "Open problems", 9, whole, "problems_open"},
		{"逾期问题", "Overdue problems", 9, whole, "problems_overdue"},
		{"签约率排名", "Rank by signed rate", 9, whole, ""},
	}
}

func (b *book) areaRows(rep geo.BoardReport) [][]any {
	out := [][]any{}
	rate := func(n, of int) *float64 { return geo.Rate(n, of) }
	for _, a := range rep.Areas {
		h := a.Households
		out = append(out, []any{
			a.Code, a.Name, b.status(geo.AreaMachine, a.Status), b.light(a.Light), b.pick(a.Cause.Zh, a.Cause.En), a.Leader, a.Department,
			a.Deadline, a.DaysLeft,
			h.Surveyed, h.Signed, h.Signed - a.Before.Signed, rate(h.Signed, h.Surveyed), h.Vacated, h.Vacated - a.Before.Vacated, rate(h.Vacated, h.Surveyed),
			h.Demolished, rate(h.Demolished, h.Surveyed),
			mu(a.PlanM2), mu(a.ClearedM2), geo.Rate(a.ClearedM2, a.PlanM2), a.Pace.PerDay, a.Pace.Needed, a.Pace.Forecast,
			a.ProblemsOpen, a.ProblemsLate, rank(rep.Areas, a),
		})
	}
	now, before := rep.Headline.Now, rep.Headline.Before
	h, was := now.Households, before.Households
	out = append(out, []any{
		b.pick("合计", "Total"), nil, nil, nil, nil, nil, nil, nil, nil,
		h.Surveyed, h.Signed, h.Signed - was.Signed, rate(h.Signed, h.Surveyed), h.Vacated, h.Vacated - was.Vacated, rate(h.Vacated, h.Surveyed),
		h.Demolished, rate(h.Demolished, h.Surveyed),
		mu(now.PlanM2), mu(now.ClearedM2), geo.Rate(now.ClearedM2, now.PlanM2), nil, nil, nil,
		now.ProblemsOpen, now.ProblemsOverdue, nil,
	})
	return out
}

// rank is the place of an area by its signed rate; nil where nothing is surveyed.
func rank(all []geo.AreaRow, a geo.AreaRow) any {
	own := geo.Rate(a.Households.Signed, a.Households.Surveyed)
	if own == nil {
		return nil
	}
	place := 1
	for _, o := range all {
		if r := geo.Rate(o.Households.Signed, o.Households.Surveyed); r != nil && *r > *own {
			place++
		}
	}
	return place
}

func groupColumns(zh, en string, days int) []column {
	when, whenEn := since(days)
	return []column{
		{zh, en, 18, "", ""},
		{"片区数", "Areas", 9, whole, "areas"},
		{"已清零片区", "Cleared areas", 9, whole, ""},
		{"红灯", "Red", 8, whole, "light"},
		{"黄灯", "Amber", 8, whole, "light"},
		{"绿灯", "Green", 8, whole, "light"},
		{"摸底户数", "Surveyed", 9, whole, "surveyed"},
		{"签约户数", "Signed", 9, whole, "signed"},
		{when + "签约", "Signed " + whenEn, 9, signed, ""},
		{"签约率", "Signed rate", 9, percent, "signed_rate"},
		{"腾空户数", "Moved out", 9, whole, "vacated"},
		{"腾空率", "Moved-out rate", 9, percent, "vacated_rate"},
		{"拆除户数", "Demolished", 9, whole, "demolished"},
		{"拆除率", "Demolished rate", 9, percent, "demolished_rate"},
		{"计划腾地（亩）", "Planned (mu)", 11, land, "plan_mu"},
		{"已腾地（亩）", "Cleared (mu)", 11, land, "cleared_mu"},
		{"清零率", "Cleared rate", 9, percent, "cleared_rate"},
		{"未销号问题", "Open problems", 9, whole, "problems_open"},
		{"逾期问题", "Overdue problems", 9, whole, "problems_overdue"},
	}
}

func (b *book) groupRows(groups []geo.GroupRow) [][]any {
	out := [][]any{}
	for _, g := range groups {
		h, name := g.Households, g.Name
		if g.Key == "" {
			name = b.pick("未定", "none")
		}
		out = append(out, []any{
			name, g.Areas, g.Done, g.Lights[geo.Red], g.Lights[geo.Amber], g.Lights[geo.Green],
			h.Surveyed, h.Signed, h.Signed - g.Before.Signed, geo.Rate(h.Signed, h.Surveyed), h.Vacated, geo.Rate(h.Vacated, h.Surveyed),
			h.Demolished, geo.Rate(h.Demolished, h.Surveyed), mu(g.PlanM2), mu(g.ClearedM2), geo.Rate(g.ClearedM2, g.PlanM2), g.ProblemsOpen, g.ProblemsLate,
		})
	}
	return out
}

func problemColumns() []column {
	return []column{
		{"编号", "Code", 10, "", ""},
		{"片区", "Area", 22, "", ""},
		{"问题", "Problem", 34, "", ""},
		{"攻坚措施", "Measure", 34, "", ""},
		{"责任单位", "Responsible body", 18, "", ""},
		{"联系领导", "Leader", 11, "", ""},
		{"状态", "Status", 10, "", ""},
		{"预警灯", "Light", 8, "", ""},
		{"清零时限", "Deadline", 12, date, ""},
		{"逾期天数", "Days overdue", 9, whole, "problems_overdue"},
		{"延期次数", "Extensions", 9, whole, ""},
		{"最近办理日", "Last action", 12, date, ""},
	}
}

func (b *book) problemRows(problems []geo.BoardProblem) [][]any {
	out := [][]any{}
	for _, p := range problems {
		var late any
		if !p.Due.IsZero() {
			late = p.DaysLate
		}
		out = append(out, []any{
			p.Code, p.AreaName, p.Title, p.Measure, p.Department, p.Leader, b.status(geo.ProblemMachine, p.Status), b.light(p.Light),
			p.Due, late, p.Extensions, p.LastOn,
		})
	}
	return out
}

func definitionColumns() []column {
	return []column{{"指标", "Figure", 18, "", ""}, {"单位", "Unit", 12, "", ""}, {"定义", "Definition", 96, "", ""}}
}

func (b *book) definitionRows() [][]any {
	out := [][]any{}
	for _, f := range geo.Figures() {
		out = append(out, []any{b.pick(f.Zh, f.En), b.unit(f.Unit), b.pick(f.DefZh, f.DefEn)})
	}
	return out
}

// unit names a unit in the language of the book.
func (b *book) unit(unit string) string {
	if zh, ok := map[string]string{"mu": "亩", "households": "户", "days": "天", "per day": "户/日"}[unit]; ok {
		return b.pick(zh, unit)
	}
	if en, ok := map[string]string{"万元": "10,000 yuan", "万元/亩": "10,000 yuan/mu"}[unit]; ok {
		return b.pick(unit, en)
	}
	return unit
}

func (b *book) light(l geo.Light) string {
	switch l {
	case geo.Red:
		return b.pick("红", "red")
	case geo.Amber:
		return b.pick("黄", "amber")
	case geo.Green:
		return b.pick("绿", "green")
	}
	return ""
}

func (b *book) status(m geo.MachineName, code string) string {
	for _, s := range geo.Statuses(m) {
		if s.Code == code {
			return b.pick(s.Zh, s.En)
		}
	}
	return code
}
