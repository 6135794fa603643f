package postgis

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// hamlet is two areas whose things all begin in the first state of their
// machine, each with the event that says so.
func hamlet() geo.Dataset {
	d := geo.Dataset{District: town().District}
	born := date(2016, 1, 4)
	begin := func(m geo.MachineName, code, state string, data map[string]any) {
		d.Events = append(d.Events, geo.Event{Entity: m, Code: code, Verb: geo.Created, To: state, On: born, Data: data})
	}
	for a, area := range []string{"A01", "A02"} {
		x := float64(a) * 1000
		d.Areas = append(d.Areas, geo.Area{Code: area, Name: area, Status: "planned", PlanM2: geo.FromMu(200), MinRatio: 0.5, Deadline: date(2017, 6, 30), Shape: square(x, 0, 400)})
		begin(geo.AreaMachine, area, "planned", nil)
		d.Cleared = append(d.Cleared, geo.ClearedLand{Code: area + "-T1", Area: area, ClearedOn: date(2016, 3, 1), Shape: square(x, 0, 200), Measures: mu(60)})
		for b := range 2 {
			building := fmt.Sprintf("%s-%d", area, b)
			d.Buildings = append(d.Buildings, geo.Building{Code: building, Area: area, Status: "existing", Use: "residence", Floors: 2, FloorM2: 300, Shape: square(x+250+50*float64(b), 250, 20)})
			begin(geo.BuildingMachine, building, "existing", nil)
			for h := range 3 {
				code := fmt.Sprintf("%s-%d", building, h)
				d.Households = append(d.Households, geo.Household{Code: code, Area: area, Building: building, Status: "registered"})
				begin(geo.HouseholdMachine, code, "registered", nil)
			}
		}
		for n := range 3 {
			code := fmt.Sprintf("%s-P%d", area, n)
			d.Parcels = append(d.Parcels, geo.Parcel{Code: code, Area: area, Status: "reserved", Shape: square(x+60*float64(n), 0, 50), Measures: mu(3.7 + float64(n))})
			begin(geo.ParcelMachine, code, "reserved", nil)
			code = fmt.Sprintf("%s-J%d", area, n)
			d.Projects = append(d.Projects, geo.Project{Code: code, Name: code, Area: area, Status: "lead", Amount: geo.Money(n) * geo.Yi, Point: orb.Point{113.1, 29.36}})
			begin(geo.ProjectMachine, code, "lead", map[string]any{"amount_wan": 10_000 * float64(n)})
		}
		code := area + "-W"
		d.Problems = append(d.Problems, geo.Problem{Code: code, Area: area, Kind: "title", Title: "权属不清", Status: "opened", OpenedOn: born})
		begin(geo.ProblemMachine, code, "opened", nil)
	}
	return d
}

// years is a walk through the hamlet's years: moves wherever the machines let
// them, forward and back, and corrections, each on its day.
type years struct {
	t     *testing.T
	s     *Store
	rng   *rand.Rand
	today geo.Day
	last  map[string]string // state of each thing

	moves, backs, corrections int
}

// when is an instant of the present day of the walk, or the day itself.
func (y *years) when() time.Time {
	if y.rng.IntN(2) == 0 {
		return y.today.Date()
	}
	d := y.today.Date()
	return time.Date(d.Year(), d.Month(), d.Day(), y.rng.IntN(24), y.rng.IntN(60), 0, 0, time.FixedZone("UTC+8", 8*60*60))
}

// values fills in whatever a move takes.
func (y *years) values(m geo.MachineName, to, code string) map[string]string {
	out := map[string]string{}
	day := func(n int) string { return (y.today + geo.Day(n)).String() }
	for _, k := range geo.DataFields(m, to) {
		switch k.Type {
		case geo.TextField:
			out[k.Name] = fmt.Sprintf("%s %d", code, y.today)
		case geo.BoolField:
			out[k.Name] = "true"
		case geo.DateField:
			out[k.Name] = day(0)
		default:
			out[k.Name] = fmt.Sprint(1 + y.rng.IntN(40))
		}
	}
	for k, v := range map[string]string{
		"display_to": day(30), "due": day(y.rng.IntN(200)), "list_from": day(20), "list_to": day(31), "deposit_by": day(31),
		"apply_from": day(1), "files_from": day(1), "sign_to": day(60), "min_ratio": "0.5", "mode": "listing", "legal": "legal",
		"start_wan": fmt.Sprint(1000 + y.rng.IntN(900)), "reserve_wan": "1950", "deposit_wan": "500", "deal_wan": fmt.Sprint(2000 + y.rng.IntN(900)),
		"amount_wan": fmt.Sprint(y.rng.IntN(30_000)), "paid_wan": "100000", "land_use": "070102", "years": "70",
		"far_min": "1", "far_max": "2.5", "density_max": "30", "green_min": "35", "height_max": "60", "cleared_mu": "239.5", "parcel": code[:3] + "-P0",
	} {
		if _, ok := out[k]; ok {
			out[k] = v
		}
	}
	if m == geo.HouseholdMachine && out["mode"] != "" {
		out["mode"] = "money"
	}
	delete(out, "remedy_open")
	delete(out, "pay_later")
	return out
}

// move tries one move of a thing; what the rules refuse is left undone.
func (y *years) move(m geo.MachineName, code string, arrows []arrow) {
	var open []arrow
	for _, a := range arrows {
		if a.from != y.last[string(m)+code] || a.to == "suspended" || a.to == "cancelled" || a.to == "dead" {
			continue
		}
		open = append(open, a)
		if !a.back { // mostly onward
			open = append(open, a, a, a)
		}
	}
	if len(open) == 0 {
		return
	}
	a := open[y.rng.IntN(len(open))]
	var data map[string]string
	if !a.back {
		data = y.values(m, a.to, code)
	}
	_, err := y.s.Transition(y.t.Context(), actorOf(geo.RoleAdmin), geo.Transition{
		Entity: m, Code: code, To: a.to, On: y.when(), Reason: "演练", Data: data,
	})
	if refused := (*geo.RefusedError)(nil); errors.As(err, &refused) {
		return
	}
	if err != nil {
		y.t.Fatalf("%s %s to %s: %v", m, code, a.to, err)
	}
	y.last[string(m)+code] = a.to
	y.moves++
	if a.back {
		y.backs++
	}
}

type arrow struct {
	from, to string
	back     bool
}

func arrowsOf[F any](m geo.Machine[F]) (out []arrow) {
	for _, mv := range m.Moves {
		out = append(out, arrow{mv.From, mv.To, mv.Back})
	}
	return out
}

// correct gives an area another value, as a correction on the walk's day.
func (y *years) correct(area, field, column string, from, to, stored any) {
	_, _, err := y.s.write(y.t.Context(), admin(), func(ctx context.Context, x *tx) error {
		var id int64
		if err := x.QueryRow(ctx, `update land.area set `+column+` = $2 where code = $1 returning id`, area, stored).Scan(&id); err != nil {
			return err
		}
		x.event(geo.Event{
			Entity: geo.AreaMachine, EntityID: id, Code: area, Verb: geo.Corrected, On: y.when(),
			Data: map[string]any{field: map[string]any{"from": from, "to": to}},
		})
		return nil
	})
	if err != nil {
		y.t.Fatal(err)
	}
	y.corrections++
}

// rowsOn is the figures by the rows as they are now, held against a day.
func rowsOn(t *testing.T, s *Store, area string, at geo.Day) (out geo.Summary) {
	t.Helper()
	err := s.read(t.Context(), geo.Staff, func(tx pgx.Tx) error {
		c, err := choose(t.Context(), tx, geo.SummaryQuery{Area: area})
		if err != nil {
			return err
		}
		sc := staffScene(c)
		sc.day, sc.args["day"] = `(select @day::date as today) d`, at.Date()
		out, err = figures(t.Context(), tx, geo.Staff, sc)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// mend corrects things today, by the ways that there are for it: none of it
// changes what was so before.
func (y *years) mend() {
	y.t.Helper()
	done := func(_ any, err error) {
		y.t.Helper()
		if err != nil {
			y.t.Fatal(err)
		}
	}
	edit := func(collection, code string, values map[string]string) {
		y.t.Helper()
		e, err := y.s.Correct(y.t.Context(), admin(), geo.Edit{Collection: collection, Code: code, Values: values, Reason: "勘误"})
		if err == nil && e.ID == 0 {
			y.t.Fatalf("%s %s is as it was", collection, code)
		}
		done(e, err)
	}
	edit("projects", "A01-J0", map[string]string{"amount_wan": "77777.5"})
	edit("projects", "A01-J1", map[string]string{"area": "A02"})
	edit("areas", "A02", map[string]string{"plan_mu": "222.25", "deadline": "2019-01-31"})
	done(y.s.Ingest(y.t.Context(), planner(), parcelOptions(), rowsOf(
		row(1, square(0, 0, 50).Geometry, "code", "A01-P0", "survey_m2", "3000.5"),
		row(2, square(60, 0, 50).Geometry, "code", "A01-P1", "area", "A02"),
	)))
	for _, code := range []string{"A01-W", "A02-W"} {
		if y.last[string(geo.ProblemMachine)+code] == "closed" {
			continue
		}
		done(y.s.AddRecord(y.t.Context(), admin(), geo.RecordDraft{
			Collection: "problems", Code: code, Kind: geo.ExtensionRecord, Reason: "资料未齐",
			Values: map[string]string{"due": (geo.DayOf(time.Now(), nil) + 30).String()},
		}))
	}
}

// live walks some days through the hamlet and keeps the figures as they were at
// the end of each.
func (y *years) live(d geo.Dataset, days int) map[geo.SummaryQuery]geo.Summary {
	things := map[geo.MachineName][]string{}
	for _, e := range d.Events {
		y.last[string(e.Entity)+e.Code] = e.To
		things[e.Entity] = append(things[e.Entity], e.Code)
	}
	machines := []geo.MachineName{geo.AreaMachine, geo.BuildingMachine, geo.HouseholdMachine, geo.ParcelMachine, geo.ProblemMachine, geo.ProjectMachine}
	arrows := map[geo.MachineName][]arrow{
		geo.AreaMachine: arrowsOf(geo.AreaMoves()), geo.BuildingMachine: arrowsOf(geo.BuildingMoves()), geo.HouseholdMachine: arrowsOf(geo.HouseholdMoves()),
		geo.ParcelMachine: arrowsOf(geo.ParcelMoves()), geo.ProblemMachine: arrowsOf(geo.ProblemMoves()), geo.ProjectMachine: arrowsOf(geo.ProjectMoves()),
	}
	kept := map[geo.SummaryQuery]geo.Summary{}
	plan, deadline := 200.0, "2017-06-30"
	for range days {
		y.today += 1 + geo.Day(y.rng.IntN(24))
		for range 14 {
			m := machines[y.rng.IntN(len(machines))]
			y.move(m, things[m][y.rng.IntN(len(things[m]))], arrows[m])
		}
		switch y.rng.IntN(6) {
		case 0:
			next := 100 + float64(y.rng.IntN(200))
			y.correct("A01", "plan_mu", "plan_m2", plan, next, next*10000/15)
			plan = next
		case 1:
			next := (y.today + geo.Day(y.rng.IntN(100)) - 50)
			y.correct("A01", "deadline", "deadline", deadline, next.String(), next.Date())
			deadline = next.String()
		}
		for _, area := range []string{"", "A01", "A02"} {
			kept[geo.SummaryQuery{Area: area, At: y.today}] = rowsOn(y.t, y.s, area, y.today)
		}
	}
	return kept
}

// What the figures of a day were when the day was over, they are for ever:
// whatever is moved on, stepped back from or corrected later.
func TestPastFiguresStay(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	d := hamlet()
	s := emptyStore(t)
	if err := s.LoadDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	y := &years{t: t, s: s, rng: rand.New(rand.NewPCG(seed, 0)), today: geo.CivilDay(date(2016, 4, 1)), last: map[string]string{}}
	kept := y.live(d, 60)
	t.Logf("%d moves, of them %d back; %d corrections", y.moves, y.backs, y.corrections)
	if y.moves < 150 || y.backs < 15 || y.corrections < 3 {
		t.Errorf("seed %d: too little happened: %d moves, %d back, %d corrections", seed, y.moves, y.backs, y.corrections)
	}
	y.mend()
	for q, want := range kept {
		got := figuresAt(t, s, q.Area, q.At)
		want.Revision = got.Revision
		if diff := unlike(got, want); diff != "" {
			t.Fatalf("seed %d: %q on %s: %s", seed, q.Area, q.At, diff)
		}
	}
	for _, area := range []string{"", "A01", "A02"} {
		if diff := unlike(replayed(t, s, area), figuresAt(t, s, area, 0)); diff != "" {
			t.Errorf("seed %d: today's events and rows of %q differ: %s", seed, area, diff)
		}
	}
}

// Land that an acceptance cleared counts from its day until the day on which
// the acceptance is taken back.
func TestLandTakenBackCountedMeanwhile(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	if _, err := connect(t, s).Exec(t.Context(), `update land.building set status = 'site_cleared'; update land.problem set status = 'closed'`, simple); err != nil {
		t.Fatal(err)
	}
	before := figuresAt(t, s, "A02", geo.CivilDay(date(2019, 5, 31))).ClearedM2.Mu()
	accept := func(on string) {
		moved(t, s, geo.RoleSupervisor, geo.AreaMachine, "A02", "cleared", "acceptance_no", "验9", "survey_file", "f", "cleared_mu", "374.5", "on", on)
	}
	accept("2019-06-01")
	moved(t, s, geo.RoleSupervisor, geo.AreaMachine, "A02", "demolishing", "reason", "面积有误", "on", "2019-07-01")
	accept("2019-08-01")
	for _, c := range []struct {
		day  time.Time
		want float64
	}{
		{date(2019, 5, 31), before},
		{date(2019, 6, 1), 374.5},
		{date(2019, 6, 30), 374.5},
		{date(2019, 7, 1), before},
		{date(2019, 7, 31), before},
		{date(2019, 8, 1), 374.5},
	} {
		if got := figuresAt(t, s, "A02", geo.CivilDay(c.day)).ClearedM2.Mu(); got < c.want-1e-3 || got > c.want+1e-3 {
			t.Errorf("%s: %v mu cleared, want %v", c.day.Format(time.DateOnly), got, c.want)
		}
	}
}
