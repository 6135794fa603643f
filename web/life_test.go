package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tengdi/geo"
)

// hamlet is a small district in which every machine has things to move: one area
// that is done, with its land cleared, and one that begins.
func hamlet(begun geo.Day) geo.Dataset {
	square := func(x, y, side float64) geo.Shape {
		lon, lat := 113.1+x/97_000, 29.37+y/110_900
		dx, dy := side/97_000, side/110_900
		return geo.Shape{SRID: geo.WGS84, Geometry: orb.MultiPolygon{{{{lon, lat}, {lon + dx, lat}, {lon + dx, lat + dy}, {lon, lat + dy}, {lon, lat}}}}}
	}
	d := geo.Dataset{
		District: geo.District{Code: "430602", Name: "示范区", NameEn: "Model", Zone: "Asia/Shanghai", Languages: []string{"zh-CN", "en"}},
		Cleared:  []geo.ClearedLand{{Code: "K1", Area: "M1", ClearedOn: begun.Date(), Shape: square(0, 0, 300)}},
	}
	created := func(m geo.MachineName, code string) {
		d.Events = append(d.Events, geo.Event{Entity: m, Code: code, Verb: geo.Created, On: begun.Date()})
	}
	for i, status := range []string{"handed_over", "planned"} {
		code, x := fmt.Sprintf("M%d", i+1), float64(i)*1000
		d.Areas = append(d.Areas, geo.Area{Code: code, Name: "片区" + code, Status: status, PlanM2: 60_000, Shape: square(x, 0, 300)})
		created(geo.AreaMachine, code)
		d.Events[len(d.Events)-1].To = status // a walk may leave the area as it is
		for n := range 2 {
			p := fmt.Sprintf("%sP%d", code, n+1)
			d.Parcels = append(d.Parcels, geo.Parcel{Code: p, Area: code, Status: "reserved", Shape: square(x+10+float64(n)*120, 10, 100)})
			created(geo.ParcelMachine, p)
			q := fmt.Sprintf("%sQ%d", code, n+1)
			d.Problems = append(d.Problems, geo.Problem{Code: q, Area: code, Kind: "title", Title: "问题" + q, Status: "opened", OpenedOn: begun.Date()})
			created(geo.ProblemMachine, q)
			j := fmt.Sprintf("%sJ%d", code, n+1)
			d.Projects = append(d.Projects, geo.Project{Code: j, Name: "项目" + j, Area: code, Status: "lead", StageOn: begun.Date()})
			created(geo.ProjectMachine, j)
			b := fmt.Sprintf("%sB%d", code, n+1)
			d.Buildings = append(d.Buildings, geo.Building{Code: b, Area: code, Status: "existing", Legal: geo.LegalUndetermined, Shape: square(x+10+float64(n)*50, 200, 20)})
			created(geo.BuildingMachine, b)
			h := fmt.Sprintf("%sH%d", code, n+1)
			d.Households = append(d.Households, geo.Household{Code: h, Area: code, Building: b, Status: "registered", Persons: 3})
			created(geo.HouseholdMachine, h)
		}
	}
	return d
}

// worldOf is the model of a dataset; sizes are as the database measured them.
func worldOf(d geo.Dataset, begun, today geo.Day, zone *time.Location, size func(table, code string) geo.SquareMetres) *world {
	w := &world{
		today: today, zone: zone,
		areas: map[string]*lifeArea{}, buildings: map[string]*lifeBuilding{}, households: map[string]*lifeHousehold{},
		parcels: map[string]*lifeParcel{}, problems: map[string]*lifeProblem{}, projects: map[string]*lifeProject{},
	}
	for _, a := range d.Areas {
		w.areas[a.Code] = &lifeArea{lived: lived{a.Code, a.Status, a.Code, nil, begun}, name: a.Name, planM2: a.PlanM2, shapeM2: size("area", a.Code)}
	}
	for _, c := range d.Cleared {
		w.areas[c.Area].earlyM2, w.areas[c.Area].earlyOn = size("cleared_land", c.Code), geo.CivilDay(c.ClearedOn)
	}
	for _, b := range d.Buildings {
		w.buildings[b.Code] = &lifeBuilding{lived: lived{b.Code, b.Status, b.Area, nil, begun}, legal: b.Legal}
	}
	for _, h := range d.Households {
		w.households[h.Code] = &lifeHousehold{lived: lived{h.Code, h.Status, h.Area, nil, begun}, building: h.Building}
	}
	for _, p := range d.Parcels {
		w.parcels[p.Code] = &lifeParcel{lived: lived{p.Code, p.Status, p.Area, nil, begun}, m2: size("parcel", p.Code)}
	}
	for _, q := range d.Problems {
		w.problems[q.Code] = &lifeProblem{lived: lived{q.Code, q.Status, q.Area, nil, begun}, title: q.Title}
	}
	for _, j := range d.Projects {
		w.projects[j.Code] = &lifeProject{lived: lived{j.Code, j.Status, j.Area, nil, begun}, name: j.Name}
	}
	return w
}

// thing finds what a command is about.
func (w *world) thing(m geo.MachineName, code string) *lived {
	switch m {
	case geo.AreaMachine:
		return &w.areas[code].lived
	case geo.BuildingMachine:
		return &w.buildings[code].lived
	case geo.HouseholdMachine:
		return &w.households[code].lived
	case geo.ParcelMachine:
		return &w.parcels[code].lived
	case geo.ProblemMachine:
		return &w.problems[code].lived
	}
	return &w.projects[code].lived
}

// moves answers what the machine of that name allows, whatever its facts.
type arrows interface {
	Allowed(from string, role geo.Role) []string
}

func arrowsOf(m geo.MachineName) arrows {
	switch m {
	case geo.AreaMachine:
		return geo.AreaMoves()
	case geo.BuildingMachine:
		return geo.BuildingMoves()
	case geo.HouseholdMachine:
		return geo.HouseholdMoves()
	case geo.ParcelMachine:
		return geo.ParcelMoves()
	case geo.ProblemMachine:
		return geo.ProblemMoves()
	}
	return geo.ProjectMoves()
}

// draw makes a command: mostly a move that the thing has, with what it needs, on
// a day after its last event; at times any of that is wrong.
func (w *world) draw(t *rapid.T) command {
	line := strings.Fields(rapid.SampledFrom(w.statuses()).Draw(t, "thing"))
	c := command{machine: geo.MachineName(line[0]), code: line[1], given: map[string]string{}}
	l := w.thing(c.machine, c.code)
	allowed := arrowsOf(c.machine).Allowed(l.status, geo.RoleAdmin)
	onward := slices.DeleteFunc(slices.Clone(allowed), func(to string) bool {
		return isBack(c.machine, l.status, to) || to == "dead" || to == "cancelled" || to == "withdrawn" || to == "suspended" || to == "kept"
	})
	dice := func(n int, label string) bool { return rapid.IntRange(0, n-1).Draw(t, label) == 0 }
	switch {
	case len(allowed) == 0 || dice(20, "anywhere"):
		var all []string
		for _, s := range geo.Statuses(c.machine) {
			all = append(all, s.Code)
		}
		c.to = rapid.SampledFrom(all).Draw(t, "to")
	case len(onward) > 0 && !dice(6, "aside"):
		c.to = rapid.SampledFrom(onward).Draw(t, "to")
	default:
		c.to = rapid.SampledFrom(allowed).Draw(t, "to")
	}
	c.role = geo.RoleAdmin
	if dice(4, "other role") {
		c.role = rapid.SampledFrom([]geo.Role{geo.RoleViewer, geo.RolePlanner, geo.RoleTrading, geo.RoleLeader, geo.RoleSupervisor}).Draw(t, "role")
	}
	c.on = min(w.today, l.last+geo.Day(rapid.SampledFrom([]int{0, 1, 1, 10, 25, 31, 70, 190}).Draw(t, "days")))
	if dice(25, "odd day") {
		c.on = rapid.SampledFrom([]geo.Day{l.last - 1, w.today + 1}).Draw(t, "odd")
	}
	if !dice(5, "no reason") {
		c.reason = "登记在案"
	}
	if (isBack(c.machine, l.status, c.to) || l.status == "suspended") && !dice(8, "data back") {
		return c
	}
	for _, k := range geo.DataFields(c.machine, c.to) {
		if v := w.value(t, c, k); v != "" && !dice(14, "without "+k.Name) {
			c.given[k.Name] = v
		}
	}
	return c
}

func isBack(m geo.MachineName, from, to string) bool {
	return slices.Contains(arrowsOf(m).Allowed(from, geo.RoleSupervisor), to) && !slices.Contains(arrowsOf(m).Allowed(from, geo.RoleSystem), to)
}

// value draws what a key is given: right most of the time.
func (w *world) value(t *rapid.T, c command, k geo.DataKey) string {
	pick := func(values ...string) string { return rapid.SampledFrom(values).Draw(t, k.Name) }
	in := func(days ...int) string { return (c.on + geo.Day(rapid.SampledFrom(days).Draw(t, k.Name))).String() }
	switch k.Name {
	case "list_from":
		return in(20, 20, 21, 25, 19)
	case "list_to":
		if c.to == "listed" {
			return ""
		}
		return in(32, 35, 40, 28)
	case "display_to":
		return in(30, 30, 35, 29)
	case "sign_to", "notice_until", "due":
		return in(5, 20, 20, -1)
	case "start_by":
		return in(180)
	case "apply_from", "files_from", "deposit_by":
		return pick("", "", (c.on + 22).String(), (c.on + 60).String())
	case "paid_on":
		return ""
	case "deal_wan":
		return pick("1000", "1100", "1200", "1200", "900")
	case "start_wan":
		return "1000"
	case "reserve_wan":
		return pick("", "0", "1100")
	case "deposit_wan":
		return pick("200", "200", "100", "0")
	case "paid_wan":
		return pick("600", "1200", "1200", "50")
	case "amount_wan":
		return pick("50", "50", "0")
	case "min_ratio":
		return pick("0.5", "0.9", "1", "0", "1.5")
	case "cleared_mu":
		m2 := w.areas[c.code].shapeM2
		return pick(fmtMu(m2), fmtMu(m2), fmtMu(m2*1.01), "120", "9000")
	case "years":
		return pick("40", "40", "50", "99")
	case "mode":
		if c.machine == geo.HouseholdMachine {
			return pick("money", "money", "swap", "barter")
		}
		return pick("listing", "", "auction", "agreement", "barter")
	case "legal":
		return pick("legal", "legal", "illegal", "expired", "temporary", "undetermined")
	case "land_use":
		return pick("0901", "0901", "1401", "070102")
	case "parcel":
		return pick("M1P1", "M1P2", "M2P1")
	case "notice_no":
		return pick(fmt.Sprintf("示挂%s-%d", c.code, c.on), "示挂同号")
	}
	switch k.Type {
	case geo.DateField:
		return in(0, 0, -1)
	case geo.BoolField:
		return pick("true", "true", "true", "false")
	case geo.NumField, geo.IntField:
		return pick("1", "2.5", "80")[:1]
	}
	return "甲" + k.Name
}

func fmtMu(m2 geo.SquareMetres) string { return strconv.FormatFloat(m2.Mu(), 'f', 2, 64) }

// TestLifeFollowsTheModel: whatever people try, in whatever order, the service
// and the model of it agree on every refusal and on the state of everything.
func TestLifeFollowsTheModel(t *testing.T) {
	checks(t, 6)
	made, refused := map[string]int{}, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		zone := time.FixedZone("UTC+8", 8*60*60)
		today := geo.DayOf(time.Now(), zone)
		begun := today - 2000
		d := hamlet(begun)
		s := newSite(t, d, func(c *Config) { c.Limits = Limits{RequestsPerSecond: 1e9, RequestBurst: 1e9} })
		defer s.http.Close()
		defer s.store.Close()
		w, who := worldOf(d, begun, today, zone, s.size), s.people()
		for range 300 {
			c := w.draw(rt)
			got := who.attempt(c)
			from := w.thing(c.machine, c.code).status
			want := w.try(c)
			if !slices.Equal(got, want) {
				rt.Fatalf("%s %s from %s to %s as %s on %s with %v: refused for %v, the model says %v",
					c.machine, c.code, from, c.to, c.role, c.on, c.given, got, want)
			}
			if want == nil {
				made[string(c.machine)+" "+from+" "+c.to]++
			}
			for _, g := range want {
				refused[string(c.machine)+" "+g]++
			}
		}
		if got, want := s.statuses(), w.statuses(); !slices.Equal(got, want) {
			rt.Fatalf("in the end the database has\n%v\nthe model\n%v", got, want)
		}
		if v, err := s.store.Verify(t.Context(), nil); err != nil || !v.Sound() {
			rt.Fatalf("what disagrees: %+v, %v", v.Findings, err)
		}
	})
	total := 0
	for _, n := range made {
		total += n
	}
	t.Logf("%d moves along %d arrows; refusals by %d guards", total, len(made), len(refused))
	// Six walks meet about sixty kinds of moves and a hundred guards, by their seeds.
	if len(made) < 40 || len(refused) < 40 {
		t.Errorf("the walks made %d kinds of moves and met %d guards: too few to show anything", len(made), len(refused))
	}
}

// people are the signed-in visitors of a site, one for each role.
type people map[geo.Role]*visitor

func (s *site) people() people {
	p := people{}
	for _, role := range []geo.Role{geo.RoleViewer, geo.RolePlanner, geo.RoleTrading, geo.RoleLeader, geo.RoleSupervisor, geo.RoleAdmin} {
		p[role] = s.as(role)
	}
	return p
}

// attempt makes a command through the API, as a page does: it looks at the moves
// that there are, and sends one with the version it saw. It answers the guards
// that refused it.
func (p people) attempt(c command) []string {
	v := p[c.role]
	at := "/api/" + geo.CollectionOf(c.machine) + "/" + c.code
	res, body := v.get(at + "/moves")
	if res.StatusCode == http.StatusNotFound {
		res, body = p[geo.RoleAdmin].get(at + "/moves")
	}
	var seen struct {
		Status  string
		Version int
		Moves   []struct{ To string }
	}
	if err := json.Unmarshal(body, &seen); err != nil || res.StatusCode != http.StatusOK {
		v.site.t.Fatalf("%s/moves: %d %.200s", at, res.StatusCode, body)
	}
	sent, err := json.Marshal(map[string]any{"to": c.to, "on": c.on.String(), "reason": c.reason, "data": c.given})
	if err != nil {
		v.site.t.Fatal(err)
	}
	res, body = v.do("POST", at+"/transitions", bytes.NewReader(sent), "Content-Type", "application/json", "If-Match", fmt.Sprintf(`"v%d"`, seen.Version))
	var said struct {
		Reasons []geo.Reason
		Allowed []string
		Fields  []geo.FieldError
	}
	if res.StatusCode == http.StatusOK {
		return nil
	}
	if err := json.Unmarshal(body, &said); err != nil {
		v.site.t.Fatalf("%s to %s: %d %.200s", at, c.to, res.StatusCode, body)
	}
	switch {
	case res.StatusCode == http.StatusConflict && len(said.Reasons) > 0:
		var out []string
		for _, r := range said.Reasons {
			out = append(out, r.Guard)
		}
		if want := arrowsOf(c.machine).Allowed(seen.Status, c.role); !slices.Equal(said.Allowed, want) {
			return append(out, fmt.Sprintf("and the moves %v are named, not %v", said.Allowed, want))
		}
		return out
	case len(said.Fields) > 0 && !slices.ContainsFunc(said.Fields, func(f geo.FieldError) bool { return f.Code != said.Fields[0].Code }):
		return []string{said.Fields[0].Code}
	}
	return []string{strconv.Itoa(res.StatusCode)}
}

// size reads how large the database finds a thing.
func (s *site) size(table, code string) (m2 geo.SquareMetres) {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	row := conn.QueryRow(s.t.Context(), `select official_m2::float8 from land.`+table+` where code = $1`, code)
	if err := row.Scan(&m2); err != nil {
		s.t.Fatal(err)
	}
	return m2
}

// statuses reads the state of everything, as world.statuses writes it.
func (s *site) statuses() (out []string) {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	rows, err := conn.Query(s.t.Context(), `
		select 'area ' || code || ' ' || status from land.area
		union all select 'building ' || code || ' ' || status from land.building
		union all select 'household ' || code || ' ' || status from priv.household
		union all select 'parcel ' || code || ' ' || status from land.parcel
		union all select 'problem ' || code || ' ' || status from land.problem
		union all select 'project ' || code || ' ' || status from land.project`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			s.t.Fatal(err)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}
