package sample

import (
	"fmt"
	"math"

	"tengdi/geo"
)

// areaHistory writes the area's way to its present state.
func (c *chronicle) areaHistory(a *areaPlan, no int) {
	d := a.dates
	s := c.begin(geo.AreaMachine, a.row.code, "planned", d.planned, geo.RolePlanner, nil)
	steps := []struct {
		to   string
		on   geo.Day
		role geo.Role
		data map[string]any
	}{
		{"surveying", d.surveying, geo.RolePlanner, map[string]any{"team": "棚改指挥部摸底组"}},
		{"consulting", d.consulting, geo.RolePlanner, map[string]any{
			"plan_file":    fmt.Sprintf("征收补偿方案-%s.pdf", a.row.code),
			"display_from": d.consulting.String(), "display_to": (d.consulting + geo.DisplayDays).String(),
		}},
		{"decided", d.decided, geo.RolePlanner, map[string]any{
			"decision_no": a.decisionNo(no), "notice_on": d.decided.String(),
			"risk_report": fmt.Sprintf("风险评估-%s.pdf", a.row.code), "fund_proof": fmt.Sprintf("专户存款证明-%s.pdf", a.row.code),
		}},
		{"signing", d.signFrom, geo.RolePlanner, map[string]any{
			"sign_from": d.signFrom.String(), "sign_to": d.signTo.String(), "min_ratio": minRatio,
		}},
		{"vacating", d.vacating, geo.RolePlanner, nil},
		{"demolishing", d.demolishing, geo.RolePlanner, map[string]any{"contractor": "示例拆除公司", "safety_file": fmt.Sprintf("安全方案-%s.pdf", a.row.code)}},
		{"cleared", d.cleared, geo.RoleSupervisor, map[string]any{
			"acceptance_no": acceptanceNo(d.cleared, no), "survey_file": fmt.Sprintf("勘测定界-%s.txt", a.row.code), "cleared_mu": a.row.cleared,
		}},
		{"handed_over", d.handed, geo.RoleTrading, map[string]any{"receipt": fmt.Sprintf("储备接收单-%s", a.row.code)}},
	}
	for _, m := range steps {
		if s.state == a.row.status {
			return
		}
		s.move(m.to, m.on, m.role, m.data)
	}
}

func (a *areaPlan) decisionNo(no int) string {
	return fmt.Sprintf("岳楼示征决〔%d〕%d号", a.dates.decided.Date().Year(), no)
}

func acceptanceNo(on geo.Day, no int) string {
	return fmt.Sprintf("岳楼示净验〔%d〕%03d号", on.Date().Year(), no)
}

// homeHistory writes the way of one building.
func (c *chronicle) homeHistory(a *areaPlan, h *home) {
	s := c.begin(geo.BuildingMachine, h.code, "existing", a.dates.surveying, geo.RoleField, nil)
	if h.status == "existing" {
		return
	}
	s.move("identified", h.identified, geo.RoleField, map[string]any{"legal": string(h.legal), "use": h.use})
	switch h.status {
	case "kept":
		s.because("kept", h.identified+30, geo.RolePlanner, "列入规划保留清单（示例）")
	case "notice", "removed", "self_removed":
		s.move("notice", h.empty, geo.RolePlanner, nil)
		if h.status == "removed" {
			s.move("removed", h.razed, geo.RolePlanner, nil)
		} else if h.status == "self_removed" {
			s.move("self_removed", h.razed, geo.RoleField, nil)
		}
	}
	if h.status == s.state || h.empty == 0 {
		return
	}
	s.move("empty", h.empty, geo.RoleField, nil)
	if h.permit > 0 {
		s.move("demolition_permit", h.permit, geo.RolePlanner, nil)
	}
	if h.razed > 0 {
		s.move("demolished", h.razed, geo.RolePlanner, map[string]any{"method": h.method})
	}
	if h.tidied > 0 {
		s.move("site_cleared", h.tidied, geo.RoleField, nil)
	}
}

// unitHistory writes the way of one household.
func (c *chronicle) unitHistory(u *unit) {
	s := c.begin(geo.HouseholdMachine, u.code, "registered", u.registered, geo.RoleField, nil)
	s.move("surveyed", u.surveyed, geo.RoleField, nil)
	if u.valued == 0 {
		return
	}
	s.move("valued", u.valued, geo.RolePlanner, nil)
	if u.negotiating == 0 {
		return
	}
	s.move("negotiating", u.negotiating, geo.RoleField, nil)
	for i, on := range u.court {
		s.move(courtSteps()[i], on, geo.RolePlanner, nil)
	}
	if u.signed == 0 {
		return
	}
	s.move("signed", u.signed, geo.RolePlanner, map[string]any{"mode": u.mode, "amount_wan": u.amount.Wan()})
	if u.paid > 0 {
		s.move("paid", u.paid, geo.RolePlanner, nil)
	}
	if u.vacated > 0 {
		s.move("vacated", u.vacated, geo.RoleField, nil)
	}
	if u.closed > 0 {
		s.move("closed", u.closed, geo.RoleSupervisor, nil)
	}
}

// area makes the row of an area.
func (a *areaPlan) areaRow(proj projector, no int, neutral map[string]string) geo.Area {
	d := a.dates
	var shapes []shape
	for _, p := range a.parts {
		shapes = append(shapes, shape{outer: p.portion.ring})
	}
	decidedOn, number := date(d.decided), a.decisionNo(no)
	out := geo.Area{
		Code: a.row.code, Name: rename(neutral, a.row.name), Street: a.row.street, Board: a.row.board, Batch: a.batch(),
		Status: a.row.status, Leader: a.row.leader, Department: departments()[no%len(departments())],
		PlanM2: geo.FromMu(a.row.mu), MinRatio: minRatio, DecisionNo: number, DecidedOn: decidedOn,
		SignFrom: date(d.signFrom), SignTo: date(d.signTo), Deadline: date(d.deadline),
		Shape:    geo.Shape{SRID: geo.WGS84, Geometry: proj.multi(shapes)},
		Measures: proj.measures(shapes, 0),
	}
	return out
}

// batch: the areas of the 2016 notice came first, 38 in all belong to the big
// campaign (DOMAIN 1, row 2).
func (a *areaPlan) batch() string {
	switch {
	case a.row.basis == "N":
		return "first"
	case a.row.code >= "YYL-39":
		return "later"
	}
	return "campaign"
}

func departments() []string {
	return []string{
		"区住建局", "区自然资源局", "区发改局", "区财政局", "区民政局", "区教育局", "区商务局", "区文旅局", "区卫健局",
		"区城管局", "区司法局", "区人社局", "区审计局", "区统计局", "区农业农村局", "区市场监管局", "区应急局", "区信访局",
		"区工信局", "区水利局", "区退役军人局", "区医保局", "区机关事务中心", "区征地拆迁中心",
	}
}

// cleared makes the rows of cleared land of one area. Survey areas add up to
// the area's cleared mu exactly: the largest plot takes the rounding. One row in
// twenty has two plots that were accepted together.
func (a *areaPlan) clearedLand(proj projector, no *int) []geo.ClearedLand {
	type group struct {
		shapes []shape
		ready  geo.Day
	}
	var groups []group
	var waiting *cell
	for i, c := range a.cells {
		if !c.cleared {
			continue
		}
		if c.lot == nil && i%10 == 3 && waiting == nil {
			waiting = c
			continue
		}
		g := group{[]shape{c.shape()}, c.ready}
		if waiting != nil && c.lot == nil && waiting.apart(c) {
			g.shapes = append(g.shapes, waiting.shape())
			g.ready = max(g.ready, waiting.ready)
			waiting = nil
		}
		groups = append(groups, g)
	}
	if waiting != nil {
		groups = append(groups, group{[]shape{waiting.shape()}, waiting.ready})
	}
	if len(groups) == 0 {
		return nil
	}
	out := make([]geo.ClearedLand, len(groups))
	sizes := make([]geo.SquareMetres, len(groups)) // surveyed to a hundredth of a m2
	exact, largest := geo.FromMu(a.row.cleared), 0
	for i, g := range groups {
		sizes[i] = geo.SquareMetres(math.Round(proj.ellipsoidal(g.shapes...)*100) / 100)
		exact -= sizes[i]
		if sizes[i] > sizes[largest] {
			largest = i
		}
	}
	sizes[largest] += exact
	for i, g := range groups {
		*no++
		out[i] = geo.ClearedLand{
			Code: fmt.Sprintf("%s-T%03d", a.row.code, i+1), Area: a.row.code, ClearedOn: date(g.ready), AcceptanceNo: acceptanceNo(g.ready, *no),
			Shape: geo.Shape{SRID: geo.WGS84, Geometry: proj.multi(g.shapes)}, Measures: proj.measures(g.shapes, sizes[i]),
		}
	}
	return out
}

// apart says that two plots do not touch.
func (c *cell) apart(o *cell) bool {
	for _, p := range c.ring {
		if o.ring.distance(p) < 3 || o.ring.contains(p) {
			return false
		}
	}
	for _, p := range o.ring {
		if c.ring.distance(p) < 3 {
			return false
		}
	}
	return true
}

func (h *home) row(a *areaPlan, proj projector) geo.Building {
	s := []shape{{outer: h.ring}}
	b := geo.Building{
		Code: h.code, Area: a.row.code, Status: h.status, Legal: h.legal, Use: h.use, Tenure: h.tenure, Floors: h.floors,
		FloorM2: geo.SquareMetres(math.Round(h.floorM2()*10) / 10), Households: h.hh, Method: h.method,
		Shape: geo.Shape{SRID: geo.WGS84, Geometry: proj.multi(s)}, Measures: proj.measures(s, 0),
	}
	if h.done() {
		b.DemolishedOn = date(h.razed)
	}
	return b
}

func (u *unit) row(a *areaPlan) geo.Household {
	return geo.Household{
		Code: u.code, Area: a.row.code, Building: u.home.code, Status: u.status, Persons: u.persons,
		SurveyedOn: date(u.surveyed), ValuedOn: date(u.valued), SignedOn: date(u.signed), PaidOn: date(u.paid), VacatedOn: date(u.vacated),
		Mode: u.mode, Amount: u.amount,
	}
}

// visits of one household: two or three, of late ones eight to twelve.
func (u *unit) visits(m *market) []geo.Visit {
	rng := m.rng
	n := 2 + rng.IntN(2)
	from, to := u.surveyed-6, u.signed
	if u.late {
		n = 8 + rng.IntN(5)
		if u.signed == 0 {
			to = m.today - geo.Day(1+rng.IntN(20))
		}
	}
	topics := []string{"政策宣讲", "入户摸底", "征求意见", "评估复核", "协商补偿", "搬迁安排"}
	outcomes := []string{"已了解", "有顾虑", "同意", "待复核", "约定再谈"}
	out := make([]geo.Visit, n)
	for i := range out {
		at := from + geo.Day(float64(to-from)*(float64(i)+0.8*rng.Float64())/float64(n))
		if i == n-1 {
			at = to
		}
		topic := topics[min(len(topics)-2, i)]
		v := geo.Visit{Household: u.code, On: date(at), By: fmt.Sprintf("网格员%03d", 1+rng.IntN(240)), Topic: topic, Outcome: outcomes[rng.IntN(len(outcomes))]}
		if i == n-1 && u.signed > 0 {
			v.Topic, v.Outcome = "搬迁安排", "同意"
		} else if i < n-1 || u.signed == 0 {
			v.NextOn = date(at + geo.Day(7+rng.IntN(25)))
		}
		out[i] = v
	}
	return out
}

// rename gives the neutral name where one is wanted.
func rename(neutral map[string]string, name string) string {
	if n, ok := neutral[name]; ok {
		return n
	}
	return name
}
