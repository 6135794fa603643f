package sample

import (
	"fmt"
	"math/rand/v2"

	"tengdi/geo"
)

// projectSeed is a project that the town talks about.
type projectSeed struct {
	name, area, stage, industry string
	yi                          float64 // investment in 亿元
}

// knownProjects are the projects of the newspaper article (DOMAIN 1, row 33)
// with the stage they had; their investments are made up.
func knownProjects() []projectSeed {
	return []projectSeed{
		{"友阿国际商业中心", "东茅岭片区", "operating", "trade", 22},
		{"步步高新天地", "南辅道片区", "landed", "trade", 18},
		{"杨树塘金融中心", "杨树塘片区", "landed", "finance", 26},
		{"胥家桥物流园", "胥家桥片区", "started", "logistics", 42},
		{"金茂洞庭明珠塔", "东风湖片区", "started", "tourism", 15},
		{"岳州古城", "岳州古城片区", "strategic", "tourism", 35},
		{"洞庭南路历史文化街区", "洞庭南路历史文化街区片区", "strategic", "tourism", 12},
		{"环球中心", "九华山片区(楼办)", "strategic", "tourism", 30},
	}
}

// Counts of projects by stage (91 in all), and how many are of at least 1 亿.
const (
	totalProjects = 91
	largeProjects = 50
)

func projectStages() []struct {
	code string
	n    int
} {
	return []struct {
		code string
		n    int
	}{{"strategic", 21}, {"signed", 19}, {"landed", 17}, {"started", 18}, {"operating", 16}}
}

// projectLine is the order of the stages.
func projectLine() []string {
	return []string{"lead", "contact", "intent", "strategic", "signed", "landed", "started", "operating"}
}

type projectMaker struct {
	rng     *rand.Rand
	proj    projector
	today   geo.Day
	log     *chronicle
	neutral bool
	areas   []*areaPlan
	lots    map[string][]lotCode // sold parcels by area name
	out     []geo.Project
}

type lotCode struct {
	code string
	at   xy
	from geo.Day // when it was handed over or contracted
}

func (p *projectMaker) fill() error {
	left := map[string]int{}
	for _, s := range projectStages() {
		left[s.code] = s.n
	}
	large := largeProjects
	for _, s := range knownProjects() {
		if err := p.add(s); err != nil {
			return err
		}
		left[s.stage]--
		large--
	}
	kinds := map[string][]string{
		"居住": {"居住社区", "安居家园", "邻里中心", "社区服务综合体"},
		"商贸": {"商业广场", "农贸市场改造", "便民商业街", "酒店"},
		"金融": {"金融大厦", "总部楼宇", "商务中心"},
		"文旅": {"滨水公园", "文化客厅", "民宿集群", "游客中心"},
		"物流": {"冷链物流中心", "仓储配送基地", "电商产业园", "汽配物流"},
		"康养": {"康养中心", "社区医院", "养老公寓"},
	}
	rest := totalProjects - len(knownProjects())
	i := 0
	for _, s := range projectStages() {
		for range left[s.code] {
			a := p.areas[(i*7+3)%len(p.areas)]
			if a.row.status == "decided" && s.code != "strategic" {
				a = p.areas[(i*7+4)%len(p.areas)]
			}
			names := kinds[a.row.board]
			seed := projectSeed{
				name: fmt.Sprintf("%s%s", shortName(rename(neutralNames(p.areas, p.neutral), a.row.name)), names[p.rng.IntN(len(names))]),
				area: a.row.name, stage: s.code, industry: industryOf(a.row.board),
			}
			// Every other of the rest is large, exactly as many as are missing.
			if (i+1)*large/rest > i*large/rest {
				seed.yi = float64(10+p.rng.IntN(240)) / 10
			} else {
				seed.yi = float64(8+p.rng.IntN(88)) / 100
			}
			if err := p.add(seed); err != nil {
				return err
			}
			i++
		}
	}
	return nil
}

// shortName is an area's name without 片区 and brackets.
func shortName(name string) string {
	out := ""
	for _, r := range name {
		if r == '片' || r == '(' {
			break
		}
		out += string(r)
	}
	return out
}

func (p *projectMaker) add(s projectSeed) error {
	no := len(p.out) + 1
	var area *areaPlan
	for _, a := range p.areas {
		if a.row.name == s.area {
			area = a
		}
	}
	if area == nil {
		return fmt.Errorf("project %s: no area named %s", s.name, s.area)
	}
	name := s.name
	if p.neutral {
		name = fmt.Sprintf("示例项目%02d", no)
	} else if no > len(knownProjects()) {
		name = fmt.Sprintf("%s%02d号", s.name, no)
	}
	part := area.parts[no%len(area.parts)]
	g := geo.Project{
		Code: fmt.Sprintf("YYL-P%03d", no), Name: name, Status: s.stage, Industry: s.industry,
		Investor: fmt.Sprintf("示例投资%02d", no), Amount: geo.FromWan(s.yi * 10_000),
		Board: area.row.board, Area: area.row.code, Point: p.proj.point(part.spot(p.rng)),
	}
	stage := 0
	for i, c := range projectLine() {
		if c == s.stage {
			stage = i
		}
	}
	begin := day(2016, 3, 1) + geo.Day(p.rng.IntN(700))
	gap := func() geo.Day { return 40 + geo.Day(p.rng.IntN(170)) }
	if lots := p.lots[s.area]; stage >= 5 && len(lots) > 0 { // has landed
		l := lots[0]
		p.lots[s.area] = append(lots[1:], l)
		g.Parcel, g.Point = l.code, p.proj.point(l.at.add(xy{p.rng.Float64()*30 - 15, p.rng.Float64()*30 - 15}))
		begin = l.from - geo.Day(500+p.rng.IntN(200))
	}
	fresh := p.today - sinceMoved(no)
	if stage == 0 {
		begin = max(begin, fresh)
	}
	st := p.log.begin(geo.ProjectMachine, g.Code, "lead", begin, geo.RolePlanner, nil)
	at := begin
	for i := 1; i <= stage; i++ {
		at = min(at+gap(), p.today-geo.Day(5+(stage-i)*4))
		to := projectLine()[i]
		var data map[string]any
		switch to {
		case "landed":
			if g.Parcel != "" {
				at = max(at, p.landed(g.Parcel))
				data = map[string]any{"parcel": g.Parcel}
			}
		case "intent", "strategic", "signed":
			data = map[string]any{"amount_wan": g.Amount.Wan()}
		}
		if i == stage && to != "operating" {
			at = max(at, fresh)
		}
		st.move(to, at, geo.RolePlanner, data)
	}
	g.StageOn = date(at)
	p.out = append(p.out, g)
	return nil
}

// sinceMoved is how many days ago a project that goes on came to its stage: a demo is
// looked at today, and there most projects are in hand, some have stood still for two
// or three months, and few are about to leave the pool.
func sinceMoved(no int) geo.Day {
	return [...]geo.Day{12, 33, 5, 47, 70, 21, 9, 110, 40, 54, 28, 17, 84, 36, 3, 51, 24, 66, 44, 205, 15, 58, 30, 132}[no%24]
}

// landed is the day from which the parcel's buyer has it.
func (p *projectMaker) landed(code string) geo.Day {
	for _, ls := range p.lots {
		for _, l := range ls {
			if l.code == code {
				return l.from
			}
		}
	}
	return 0
}

// spot is a place inside the part.
func (p *areaPart) spot(rng *rand.Rand) xy {
	r := p.portion.ring
	lo, hi := r.box()
	for range 60 {
		q := xy{lo.x + (hi.x-lo.x)*rng.Float64(), lo.y + (hi.y-lo.y)*rng.Float64()}
		if r.contains(q) && r.distance(q) > 8 {
			return q
		}
	}
	return r.inside()
}
