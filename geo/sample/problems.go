package sample

import (
	"fmt"

	"tengdi/geo"
)

// Problems: 64, of which 23 are open: 9 overdue, 8 due within seven days, 6
// later (DOMAIN 6.1).
const (
	problemsOverdue = 9
	problemsSoon    = 8
	problemsLater   = 6
	problemsClosed  = 41
)

type problemKind struct{ kind, title, measure string }

func problemKinds() []problemKind {
	return []problemKind{
		{"title", "房屋无证，面积认定有争议", "联合认定小组现场复核，一事一议"},
		{"dispute", "家庭内部对补偿分配有分歧", "司法所调解，逐户约谈"},
		{"illegal", "加建部分要求补偿", "依法认定并下达告知书"},
		{"relocation", "过渡房不足，老人搬迁困难", "调剂周转房，上门服务"},
		{"utilities", "管线未迁改，影响拆除", "协调水电气单位限期迁改"},
		{"funding", "补偿资金拨付滞后", "财政专户按周拨付"},
		{"enterprise", "改制企业职工住房归属不清", "主管部门牵头出具处理意见"},
	}
}

// problems writes the problem list: open ones in areas at work, closed ones
// anywhere, before their area was cleared.
func (m *market) problems(areas []*areaPlan) []geo.Problem {
	var working []*areaPlan
	for _, a := range areas {
		switch a.row.status {
		case "signing", "vacating", "demolishing", "decided":
			working = append(working, a)
		}
	}
	var out []geo.Problem
	for i := range problemsClosed {
		a := areas[(i*5+1)%len(areas)]
		if a.row.status == "decided" {
			a = areas[0]
		}
		d := a.dates
		end := d.cleared
		if end == 0 {
			end = d.signFrom + geo.Day(d.months) + 120
		}
		opened := d.signFrom + geo.Day(10+m.rng.IntN(max(1, int(end-d.signFrom)-60)))
		closed := min(opened+geo.Day(12+m.rng.IntN(36)), end-2)
		out = append(out, m.problem(len(out)+1, a, opened, opened+30, closed))
	}
	for i := range problemsOverdue + problemsSoon + problemsLater {
		a := working[(i*5+2)%len(working)]
		due := m.today + 9 + geo.Day(m.rng.IntN(40))
		switch {
		case i < problemsOverdue:
			due = m.today - 1 - geo.Day(m.rng.IntN(45))
		case i < problemsOverdue+problemsSoon:
			due = m.today + geo.Day(m.rng.IntN(8))
		}
		opened := min(due-30-geo.Day(m.rng.IntN(30)), m.today-4)
		if a.row.status == "decided" {
			opened = max(opened, a.dates.decided+2)
			due = max(due, opened+12)
		}
		out = append(out, m.problem(len(out)+1, a, opened, due, 0))
	}
	return out
}

// problem makes one line and its story; closed is 0 for an open one.
func (m *market) problem(no int, a *areaPlan, opened, due, closed geo.Day) geo.Problem {
	kinds := problemKinds()
	k := kinds[m.rng.IntN(len(kinds))]
	p := geo.Problem{
		Code: fmt.Sprintf("WT-%03d", no), Area: a.row.code, Kind: k.kind, Title: k.title, Measure: k.measure,
		Department: departments()[m.rng.IntN(len(departments()))], Leader: a.row.leader,
		OpenedOn: date(opened), Due: date(due), ClosedOn: date(closed), Status: "closed",
	}
	steps := []string{"assigned", "in_progress", "submitted", "verified", "closed"}
	if closed == 0 {
		steps = steps[:m.rng.IntN(4)]
		p.Status = "opened"
		if len(steps) > 0 {
			p.Status = steps[len(steps)-1]
		}
		if m.rng.IntN(3) == 0 {
			p.Extensions = 1 + m.rng.IntN(2)
		}
		var there []*home
		for _, h := range a.homes {
			if !h.done() && h.status != "kept" {
				there = append(there, h)
			}
		}
		if len(there) > 0 && m.rng.IntN(3) > 0 {
			p.Building = there[m.rng.IntN(len(there))].code
		}
	}
	first, later := extensions(p.Extensions, opened, due, m.today)
	s := m.log.begin(geo.ProblemMachine, p.Code, "opened", opened, geo.RoleSupervisor, map[string]any{"due": first.String()})
	end := closed
	if end == 0 {
		end = m.today - 1
	}
	for i, to := range steps {
		on := opened + geo.Day(float64(end-opened)*float64(i+1)/float64(len(steps)))
		role := geo.RoleField
		if to == "assigned" || to == "verified" || to == "closed" {
			role = geo.RoleSupervisor
		}
		var data map[string]any
		if to == "assigned" {
			then := first // the deadline that held on that day
			for _, x := range later {
				if x.on <= on {
					then = x.due
				}
			}
			data = map[string]any{"department": p.Department, "due": then.String(), "measure": p.Measure}
		}
		s.move(to, on, role, data)
	}
	m.office.extend(&p, later)
	return p
}
