package sample

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// Numbers of the people of the demo.
const (
	totalLeaders = 16
	totalGrid    = 240 // grid workers: the posts that visits name
	secondments  = 12  // grid workers who work in three areas
)

// office makes the people: bodies, posts and boards, and the records of what
// they did. It has dice and a clock of its own, so that nothing else of the
// demo depends on it.
type office struct {
	rng     *rand.Rand
	today   geo.Day
	log     *chronicle
	neutral map[string]string

	bodies  []geo.Organisation
	people  []geo.Person
	boards  []geo.Board
	records []geo.Record

	body   map[string]string // name -> code
	post   map[string]string // post -> code
	number map[string]int    // of the last record, by thing and kind
}

func newOffice(o Options, today geo.Day, neutral map[string]string) *office {
	return &office{
		rng: draw(o.Seed, "office"), today: today, log: newChronicle(draw(o.Seed, "office clock")), neutral: neutral,
		body: map[string]string{}, post: map[string]string{}, number: map[string]int{},
	}
}

// founded is when the district's bodies and posts were entered.
func founded() geo.Day { return day(2015, 9, 7) }

func (o *office) organisation(g geo.Organisation) string {
	if g.Code == "" {
		g.Code = fmt.Sprintf("DW-%03d", 1+len(o.bodies))
	}
	o.bodies = append(o.bodies, g)
	o.body[g.Name] = g.Code
	data := map[string]any{"name": g.Name, "kind": g.Kind}
	if g.Parent != "" {
		data["parent"] = g.Parent
	}
	o.log.begin(geo.OrganisationEntity, g.Code, "", founded(), geo.RolePlanner, data)
	return g.Code
}

// person makes a post; its name is the post too, for the demo names nobody.
func (o *office) person(post, body string) {
	p := geo.Person{Code: fmt.Sprintf("RY-%03d", 1+len(o.people)), Name: post, Post: post, Organisation: body}
	o.people = append(o.people, p)
	o.post[post] = p.Code
	data := map[string]any{"name": p.Name, "post": p.Post}
	if body != "" {
		data["organisation"] = body
	}
	o.log.begin(geo.PersonEntity, p.Code, "", founded(), geo.RolePlanner, data)
}

// streets are the 26 streets, towns and management offices of the district with
// the last three digits of their codes (DOMAIN 2.1).
func streets() [][2]string {
	var out [][2]string
	for _, s := range strings.Fields(`001岳阳楼街道 002三眼桥街道 003吕仙亭街道 004金鹗山街道 005东茅岭街道 006五里牌街道 007望岳路街道
		008城陵矶街道 009枫桥湖街道 010奇家岭街道 012洛王街道 013南湖街道 014站前街道 015王家河街道 016求索街道 017湖滨街道 018龙山街道
		019月山街道 020梅溪街道 100西塘镇 201郭镇乡 203康王乡 402通海路管理处 406金凤桥管理处 407木里港管理处`) {
		out = append(out, [2]string{s[:3], s[3:]})
	}
	return out
}

// staff makes bodies, posts and boards.
func (o *office) staff(areas []*areaPlan) {
	here := map[string]bool{} // streets that have areas
	for _, a := range areas {
		here[a.row.street] = true
	}
	var communities []string
	for _, s := range streets() {
		code := "430602" + s[0]
		o.organisation(geo.Organisation{Code: code, Name: s[1], Kind: "street", AdminCode: code})
		for n := range 2 {
			if here[code] {
				c := fmt.Sprintf("%s%03d", code, n+1)
				communities = append(communities, o.organisation(geo.Organisation{
					Code: c, Name: fmt.Sprintf("%s示例社区%02d", strings.TrimSuffix(s[1], "街道"), n+1), Kind: "community", Parent: code, AdminCode: c,
				}))
			}
		}
	}
	for _, name := range departments() {
		o.organisation(geo.Organisation{Name: name, Kind: "department"})
	}
	trading := o.organisation(geo.Organisation{Name: "区公共资源交易中心", Kind: "trading"})
	o.organisation(geo.Organisation{Name: "区土地储备中心", Kind: "reserve"})
	supervision := o.organisation(geo.Organisation{Name: "区督查室", Kind: "supervision"})
	for _, a := range areas {
		if atWork(a) {
			o.organisation(geo.Organisation{Name: o.command(a), Kind: "command_post", Parent: a.row.street})
		}
	}
	for i := range totalLeaders {
		o.person(fmt.Sprintf("区领导%02d", i+1), "")
	}
	for i := range totalGrid {
		o.person(fmt.Sprintf("网格员%03d", i+1), communities[i%len(communities)])
	}
	o.person("规划员01", o.body["区自然资源局"])
	o.person("交易员01", trading)
	o.person("督查员01", supervision)
	o.person("查询员01", o.body["区统计局"])
	o.person("系统管理员01", o.body["区机关事务中心"])
	o.investment()
}

// atWork says that people still live in the area or houses still stand.
func atWork(a *areaPlan) bool { return a.dates.cleared == 0 }

// command is the name of an area's command post.
func (o *office) command(a *areaPlan) string {
	return rename(o.neutral, a.row.name) + "棚改指挥部"
}

// investment makes the four boards of the article (DOMAIN 1, row 36) and those
// that areas and projects are listed under.
func (o *office) investment() {
	for i, b := range []geo.Board{
		{Name: "东茅岭", NameEn: "Dongmaoling", Theme: "商业零售"},
		{Name: "四化建—王家河", NameEn: "Sihuajian and Wangjiahe", Theme: "宜居住宅"},
		{Name: "东风湖", NameEn: "Dongfeng Lake", Theme: "滨水文旅"},
		{Name: "胥家桥", NameEn: "Xujiaqiao", Theme: "商贸物流"},
		{Name: "居住", NameEn: "Residence", Theme: "宜居中心"},
		{Name: "商贸", NameEn: "Trade", Theme: "商贸中心"},
		{Name: "金融", NameEn: "Finance", Theme: "金融中心"},
		{Name: "文旅", NameEn: "Culture and tourism", Theme: "文旅休闲中心"},
		{Name: "物流", NameEn: "Logistics", Theme: "物流中心"},
		{Name: "康养", NameEn: "Health", Theme: "康养教育中心"},
	} {
		if i < 4 && len(o.neutral) > 0 {
			b.Name, b.NameEn = fmt.Sprintf("示例板块%02d", i+1), fmt.Sprintf("Sample board %02d", i+1)
		}
		b.Code, b.Sort = fmt.Sprintf("BK-%02d", i+1), i+1
		o.boards = append(o.boards, b)
		o.log.begin(geo.BoardEntity, b.Code, "", founded(), geo.RolePlanner, map[string]any{"name": b.Name, "theme": b.Theme, "sort": b.Sort})
	}
}

// note is a record about to be filed; 0 is no day.
type note struct {
	of            geo.MachineName
	code, kind    string
	on, due, done geo.Day
	person, body  string // codes
	values        map[string]string
}

// file numbers a record and keeps it.
func (o *office) file(n note) geo.Record {
	key := string(n.of) + " " + n.code + " " + n.kind
	o.number[key]++
	y, m, d := n.on.Date().Date()
	at := time.Date(y, m, d, 17, 45, 0, 0, o.log.zone)
	r := geo.Record{
		Entity: n.of, Code: n.code, Kind: n.kind, No: o.number[key], On: date(n.on), Due: date(n.due), DoneOn: date(n.done),
		Person: n.person, Organisation: n.body, Values: n.values, By: "demo", CreatedAt: at, UpdatedAt: at,
	}
	o.records = append(o.records, r)
	return r
}

// tell files a record of land and lets the thing's history tell of it. Those of
// households are many and stand for themselves.
func (o *office) tell(n note, role geo.Role) {
	r := o.file(n)
	data := map[string]any{"kind": r.Kind, "no": r.No, "on": n.on.String()}
	for name, day := range map[string]geo.Day{geo.RecordDue: n.due, geo.RecordDoneOn: n.done} {
		if day != 0 {
			data[name] = day.String()
		}
	}
	for name, code := range map[string]string{geo.RecordPerson: n.person, geo.RecordOrganisation: n.body} {
		if code != "" {
			data[name] = code
		}
	}
	kind, _ := geo.KindOfRecord(n.of, n.kind)
	for name, v := range n.values {
		data[name] = kind.Typed(name, v)
	}
	(&story{c: o.log, entity: n.of, code: n.code}).add(geo.Recorded, "", n.on, role, "", data)
}

// wan writes an amount in 万元.
func wan(m geo.Money) string { return strconv.FormatFloat(m.Wan(), 'f', -1, 64) }

// assign writes who answers for an area: the leader, in some areas after
// another one, the contracted department, the command post, and the grid
// workers of fieldwork.
func (o *office) assign(areas []*areaPlan) {
	for i, a := range areas {
		d := a.dates
		from := d.planned + 1
		duty := func(duty, person, body string, on, done geo.Day) {
			o.tell(note{geo.AreaMachine, a.row.code, geo.AssignmentRecord, on, 0, done, person, body, map[string]string{"duty": duty}}, geo.RolePlanner)
		}
		if change := d.signFrom + 90 + geo.Day(o.rng.IntN(200)); i%4 == 1 && change < o.today-30 {
			first := o.leaderOf(a) + 4 + o.rng.IntN(8)
			duty("lead", o.post[fmt.Sprintf("区领导%02d", first%totalLeaders+1)], "", from, change)
			from = change + 1
		}
		duty("lead", o.post[a.row.leader], "", from, 0)
		duty("contract", "", o.body[departments()[(i+1)%len(departments())]], d.planned+1, 0)
		if atWork(a) {
			duty("command", "", o.body[o.command(a)], d.surveying, 0)
		}
	}
	o.fieldwork(areas)
}

// leaderOf is the number of an area's leader.
func (o *office) leaderOf(a *areaPlan) int {
	n, err := strconv.Atoi(strings.TrimPrefix(a.row.leader, "区领导"))
	if err != nil {
		panic(err) // our own table
	}
	return n
}

// fieldwork sends each grid worker to an area; when that is cleared, to one
// where people still live.
func (o *office) fieldwork(areas []*areaPlan) {
	var working []*areaPlan
	for _, a := range areas {
		if atWork(a) {
			working = append(working, a)
		}
	}
	for i := range totalGrid {
		a := areas[i%len(areas)]
		worker := o.post[fmt.Sprintf("网格员%03d", i+1)]
		send := func(a *areaPlan, on, done geo.Day) {
			o.tell(note{geo.AreaMachine, a.row.code, geo.AssignmentRecord, on, 0, done, worker, "", map[string]string{"duty": "field"}}, geo.RolePlanner)
		}
		send(a, a.dates.surveying, a.dates.cleared)
		if a.dates.cleared > 0 {
			next := working[i%len(working)]
			send(next, max(a.dates.cleared+7, next.dates.surveying), 0)
		}
		for _, ahead := range []int{4, 8} {
			if next := working[(i+ahead)%len(working)]; i < secondments && a != next {
				send(next, max(next.dates.surveying+30, o.today-400), 0)
			}
		}
	}
}
