package sample

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"tengdi/geo"
)

// meetings writes what was heard in an area before its decision, what its people
// were told, and what the supervision office found.
func (o *office) meetings(areas []*areaPlan) {
	rng := o.rng
	topics := []string{"征收补偿方案征求意见座谈会", "居民代表座谈会", "改制企业职工座谈会"}
	opinions := []string{"多数赞成改造，关心安置房位置和过渡费标准。", "希望评估机构由居民投票选定，结果张榜公布。", "请求对无证面积逐户认定，并公开认定标准。"}
	for i, a := range areas {
		d := a.dates
		for n, on := range []geo.Day{d.surveying + 12, d.consulting + 9, d.consulting + 24} {
			if n == 2 && i%3 != 0 {
				continue
			}
			o.tell(note{geo.AreaMachine, a.row.code, "meeting", on, 0, 0, "", "", map[string]string{
				"topic": topics[n], "attendance": strconv.Itoa(14 + rng.IntN(60)), "opinions": opinions[rng.IntN(len(opinions))],
			}}, geo.RolePlanner)
		}
		o.tell(note{geo.AreaMachine, a.row.code, "publicity", d.decided + 1, 0, 0, "", "", map[string]string{"topic": "征收决定公告上墙，政策明白卡入户"}}, geo.RoleField)
		if !atWork(a) || a.row.status == "decided" {
			continue
		}
		on := o.today - 20 - geo.Day(rng.IntN(30))
		var mended geo.Day
		if rng.IntN(2) == 0 {
			mended = on + 4 + geo.Day(rng.IntN(12))
		}
		o.tell(note{geo.AreaMachine, a.row.code, "inspection", on, on + 14 + geo.Day(rng.IntN(30)), mended, "", "", map[string]string{
			"inspect_no": fmt.Sprintf("岳楼示督〔%d〕%02d号", on.Date().Year(), i+1), "finding": "个别未签约户超过一周未走访，走访记录不完整。",
		}}, geo.RoleSupervisor)
	}
}

// bulletins publishes each area's progress as of the end of yesterday.
func (o *office) bulletins(areas []*areaPlan) {
	on := o.today - 1
	for _, a := range areas {
		var c geo.HouseholdCounts
		for _, h := range a.homes {
			for _, u := range h.units {
				c.Surveyed += passed(u.surveyed, on)
				c.Signed += passed(u.signed, on)
				c.Vacated += passed(u.vacated, on)
			}
		}
		b := geo.BulletinOf(c, geo.Told{})
		values := map[string]string{"few": strconv.FormatBool(b.Few)}
		for name, n := range map[string]*int{"surveyed": b.Surveyed, "signed": b.Signed, "vacated": b.Vacated} {
			if n != nil {
				values[name] = strconv.Itoa(*n)
			}
		}
		o.tell(note{geo.AreaMachine, a.row.code, geo.BulletinRecord, on, 0, 0, "", "", values}, geo.RolePlanner)
	}
}

// passed is 1 when a stage was reached by the day.
func passed(stage, by geo.Day) int {
	if stage > 0 && stage <= by {
		return 1
	}
	return 0
}

// extension is a later deadline of a problem and the day it was granted.
type extension struct{ on, due geo.Day }

// extensions are those of a problem that was opened and is due at last on these
// days: it gives the first deadline, too. Each was granted the day before the
// deadline ran out, or yesterday.
func extensions(n int, opened, due, today geo.Day) (first geo.Day, out []extension) {
	step := max(1, min(14, (due-opened)/geo.Day(n+2)))
	first = due - step*geo.Day(n)
	for k := range n {
		before := first + step*geo.Day(k)
		out = append(out, extension{on: max(opened+1, min(before-1, today-1)), due: before + step})
	}
	return first, out
}

// extend files the extensions of a problem, and that one extended twice was put
// into the hands of the area's leader.
func (o *office) extend(p *geo.Problem, list []extension) {
	for _, x := range list {
		o.tell(note{geo.ProblemMachine, p.Code, geo.ExtensionRecord, x.on, x.due, 0, "", "", nil}, geo.RoleLeader)
	}
	if len(list) == geo.MaxExtensions {
		p.Escalations = 1
		o.tell(note{geo.ProblemMachine, p.Code, geo.EscalationRecord, list[len(list)-1].on, 0, 0, o.post[p.Leader], "", nil}, geo.RoleLeader)
	}
}

// progress writes what was done about the open problems that somebody works on.
func (o *office) progress(problems []geo.Problem) {
	for _, p := range problems {
		opened := geo.CivilDay(p.OpenedOn)
		if p.Status != "in_progress" && p.Status != "submitted" || opened+2 > o.today-1 {
			continue
		}
		on := opened + 2 + geo.Day(o.rng.IntN(int(o.today-opened-2)))
		o.tell(note{geo.ProblemMachine, p.Code, "progress", on, 0, 0, "", "", map[string]string{"text": "已召集责任单位与街道会商，按措施推进：" + p.Measure + "。"}}, geo.RoleField)
	}
}

// talks writes what was said with the investors: some in the past, and one of
// these weeks with those whose project does not operate yet.
func (o *office) talks(projects []geo.Project, begun map[string]geo.Day) {
	rng := o.rng
	said := []string{"介绍板块定位、用地条件与供地时序。", "投资方提出容积率与车位配建诉求，转规划研究。", "商定下一步调研与签约安排。", "通报净地进度，投资方要求明确交地时间。"}
	for i, p := range projects {
		from, to := begun[p.Code], geo.CivilDay(p.StageOn)
		for n := range 2 + rng.IntN(2) {
			on := from + 1 + geo.Day(float64(to-from)*(float64(n)+rng.Float64())/4)
			o.tell(note{geo.ProjectMachine, p.Code, "contact", min(on, o.today-50), 0, 0, "", "", map[string]string{"text": said[rng.IntN(len(said))]}}, geo.RolePlanner)
		}
		if p.Parcel != "" && i%2 == 0 {
			o.tell(note{geo.ProjectMachine, p.Code, "visit", min(max(from+1, to-30), o.today-50), 0, 0, "", "", map[string]string{"guest": p.Investor, "parcel": p.Parcel}}, geo.RolePlanner)
		}
		if p.Status != "operating" {
			on := o.today - 1 - geo.Day(rng.IntN(45))
			o.tell(note{geo.ProjectMachine, p.Code, "contact", on, on + 20 + geo.Day(rng.IntN(30)), 0, "", "", map[string]string{"text": said[3]}}, geo.RolePlanner)
		}
	}
}

// prices writes the instalments of the sold parcels: half within a month of the
// contract, all within a year.
func (o *office) prices(rounds []geo.Round) {
	for _, r := range rounds {
		if r.ContractedOn.IsZero() {
			continue
		}
		on := geo.CivilDay(r.ContractedOn)
		half := r.Deal / 2
		paid := geo.Day(0)
		if !r.PaidOn.IsZero() {
			paid = geo.CivilDay(r.PaidOn)
		}
		first := on + 8 + geo.Day(o.rng.IntN(18))
		if paid > 0 {
			first = min(first, paid)
		}
		pay := func(n int, m geo.Money, due, done geo.Day) {
			values := map[string]string{"amount_wan": wan(m)}
			if done > 0 {
				values["voucher_no"] = fmt.Sprintf("示价%d-%s-%d", done.Date().Year(), r.Parcel[len(r.Parcel)-5:], n)
			}
			o.tell(note{geo.ParcelMachine, r.Parcel, "payment", on, due, done, "", "", values}, geo.RoleTrading)
		}
		pay(1, half, on.AddMonths(1), first)
		pay(2, r.Deal-half, on.AddYears(1), paid)
	}
}

// begun tells on which day each project came to be.
func begun(events []geo.Event) map[string]geo.Day {
	out := map[string]geo.Day{}
	for _, e := range events {
		if e.Entity == geo.ProjectMachine && e.Verb == geo.Created {
			out[e.Code] = geo.DayOf(e.On, nil)
		}
	}
	return out
}

// together puts the events of two chronicles into order of time; those of one
// moment stay in the order in which they were recorded.
func together(a, b []geo.Event) []geo.Event {
	out := slices.Concat(a, b)
	slices.SortStableFunc(out, func(x, y geo.Event) int { return cmp.Compare(x.On.UnixNano(), y.On.UnixNano()) })
	return out
}
