package postgis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// recount counts a dataset's figures anew from its events, one by one: nothing
// of it goes through SQL.
type recount struct {
	data   geo.Dataset
	zone   *time.Location
	events map[string][]dayed // by entity and code
	rounds map[string][]geo.Round
}

// dayed is an event and the day of the district on which it happened.
type dayed struct {
	geo.Event
	day geo.Day
}

func newRecount(t *testing.T, d geo.Dataset) *recount {
	t.Helper()
	zone, err := time.LoadLocation(d.District.Zone)
	if err != nil {
		t.Fatal(err)
	}
	r := &recount{data: d, zone: zone, events: map[string][]dayed{}, rounds: map[string][]geo.Round{}}
	for _, e := range d.Events {
		k := string(e.Entity) + " " + e.Code
		r.events[k] = append(r.events[k], dayed{e, geo.DayOf(e.On, zone)})
	}
	for _, x := range d.Rounds {
		r.rounds[x.Parcel] = append(r.rounds[x.Parcel], x)
	}
	return r
}

// walk tells the state of a thing at the end of a day, "" when it was not
// there, and hands each of its events by then to see.
func (r *recount) walk(m geo.MachineName, code string, at geo.Day, see func(geo.Event)) (state string) {
	for _, e := range r.events[string(m)+" "+code] {
		if e.day > at {
			break
		}
		if e.To != "" {
			state = e.To
		}
		if see != nil {
			see(e.Event)
		}
	}
	return state
}

func (r *recount) state(m geo.MachineName, code string, at geo.Day) string {
	return r.walk(m, code, at, nil)
}

// tally counts by state, in the order of the catalogue.
type tally map[string]geo.StatusCount

func (c tally) add(state string, m2 geo.SquareMetres) {
	x := c[state]
	c[state] = geo.StatusCount{Code: state, N: x.N + 1, M2: x.M2 + m2}
}

func (c tally) list(m geo.MachineName) []geo.StatusCount {
	out := []geo.StatusCount{}
	for _, s := range geo.Statuses(m) {
		if x, ok := c[s.Code]; ok {
			out = append(out, x)
		}
	}
	return out
}

func (r *recount) figures(area string, at geo.Day) geo.Summary {
	return r.figuresOf(func(code string) bool { return area == "" || code == area }, at)
}

func (r *recount) figuresOf(mine func(area string) bool, at geo.Day) geo.Summary {
	out := geo.Summary{Audience: geo.Staff, Revision: 1, Households: &geo.HouseholdCounts{}}
	r.countAreas(&out, mine, at)
	r.countHouseholds(out.Households, mine, at)
	r.countParcels(&out, mine, at)
	projects := tally{}
	for _, p := range r.data.Projects {
		if s := r.state(geo.ProjectMachine, p.Code, at); s != "" && mine(p.Area) {
			out.Projects++
			out.ProjectMoney += p.Amount
			if p.Amount >= geo.Yi {
				out.ProjectsOverYi++
			}
			projects.add(s, 0)
		}
	}
	out.ProjectsByStatus = projects.list(geo.ProjectMachine)
	for _, p := range r.data.Problems {
		due := geo.CivilDay(p.Due)
		s := r.walk(geo.ProblemMachine, p.Code, at, func(e geo.Event) {
			if text, ok := e.Data["due"].(string); ok {
				on, _ := time.Parse(time.DateOnly, text)
				due = geo.CivilDay(on)
			}
		})
		switch {
		case s == "" || !mine(p.Area):
		case s == "closed":
			out.ProblemsClosed++
		default:
			out.ProblemsOpen++
			if due < at {
				out.ProblemsOverdue++
			}
		}
	}
	return out
}

func (r *recount) countAreas(out *geo.Summary, mine func(string) bool, at geo.Day) {
	areas := tally{}
	for _, a := range r.data.Areas {
		s := r.state(geo.AreaMachine, a.Code, at)
		if s == "" || !mine(a.Code) {
			continue
		}
		out.Areas++
		out.PlanM2 += a.PlanM2
		areas.add(s, a.PlanM2)
		if geo.CivilDay(a.Deadline) < at && !slices.Contains([]string{"cleared", "handed_over", "closed", "cancelled"}, s) {
			out.Late++
		}
	}
	out.AreasByStatus = areas.list(geo.AreaMachine)
	for _, c := range r.data.Cleared {
		if geo.CivilDay(c.ClearedOn) <= at && mine(c.Area) {
			out.ClearedM2 += c.Measures.Survey
		}
	}
}

func (r *recount) countHouseholds(c *geo.HouseholdCounts, mine func(string) bool, at geo.Day) {
	gone := map[string]bool{}
	for _, h := range r.data.Households {
		if !mine(h.Area) {
			continue
		}
		s := r.state(geo.HouseholdMachine, h.Code, at)
		if s != "" && s != "registered" {
			c.Surveyed++
		}
		if slices.Contains([]string{"signed", "paid", "vacated", "closed"}, s) {
			c.Signed++
		}
		if s == "vacated" || s == "closed" {
			c.Vacated++
			b, known := gone[h.Building]
			if !known {
				b = slices.Contains([]string{"demolished", "site_cleared", "removed", "self_removed"}, r.state(geo.BuildingMachine, h.Building, at))
				gone[h.Building] = b
			}
			if b {
				c.Demolished++
			}
		}
	}
}

func (r *recount) countParcels(out *geo.Summary, mine func(string) bool, at geo.Day) {
	parcels := tally{}
	for _, p := range r.data.Parcels {
		s := r.state(geo.ParcelMachine, p.Code, at)
		if s == "" || !mine(p.Area) {
			continue
		}
		out.Parcels++
		parcels.add(s, p.Measures.Survey)
		if !slices.Contains([]string{"sold", "contracted", "paid", "handed_over", "started", "completed"}, s) {
			continue
		}
		for _, x := range r.rounds[p.Code] {
			if x.Outcome == "sold" && geo.CivilDay(x.SoldOn) <= at {
				out.Sold++
				out.SoldM2 += p.Measures.Survey
				out.SoldMoney += x.Deal
				out.StartMoney += x.Start
			}
		}
	}
	out.ParcelsByStatus = parcels.list(geo.ParcelMachine)
}

// unlike tells where two summaries differ, "" when nowhere: counts and money
// exactly, sizes to a thousandth of a m2. AsOf is left out.
func unlike(got, want geo.Summary) string {
	near := func(a, b geo.SquareMetres) bool { return math.Abs(float64(a-b)) < 1e-3 }
	for _, m2 := range [][2]geo.SquareMetres{{got.PlanM2, want.PlanM2}, {got.ClearedM2, want.ClearedM2}, {got.SoldM2, want.SoldM2}} {
		if !near(m2[0], m2[1]) {
			return fmt.Sprintf("%v m2, want %v", m2[0], m2[1])
		}
	}
	for _, l := range [][2][]geo.StatusCount{{got.AreasByStatus, want.AreasByStatus}, {got.ParcelsByStatus, want.ParcelsByStatus}, {got.ProjectsByStatus, want.ProjectsByStatus}} {
		same := slices.EqualFunc(l[0], l[1], func(a, b geo.StatusCount) bool { return a.Code == b.Code && a.N == b.N && near(a.M2, b.M2) })
		if !same {
			return fmt.Sprintf("%+v, want %+v", l[0], l[1])
		}
	}
	for _, s := range []*geo.Summary{&got, &want} {
		s.AsOf, s.PlanM2, s.ClearedM2, s.SoldM2 = time.Time{}, 0, 0, 0
		s.AreasByStatus, s.ParcelsByStatus, s.ProjectsByStatus = nil, nil, nil
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("%+v with %+v,\nwant %+v with %+v", got, got.Households, want, want.Households)
	}
	return ""
}

// replayed is the figures of today as the events alone tell them, which the
// service takes from the rows.
func replayed(t *testing.T, s *Store, area string) (out geo.Summary) {
	t.Helper()
	err := s.read(t.Context(), geo.Staff, func(tx pgx.Tx) (err error) {
		c, err := choose(t.Context(), tx, geo.SummaryQuery{Area: area})
		if err != nil {
			return err
		}
		out, err = figures(t.Context(), tx, geo.Staff, pastScene(c))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func figuresAt(t *testing.T, s *Store, area string, at geo.Day) geo.Summary {
	t.Helper()
	out, err := s.SummaryAt(t.Context(), geo.SummaryQuery{Area: area, At: at})
	if err != nil {
		t.Fatalf("%s of %q: %v", at, area, err)
	}
	return out
}

// The figures of any past day of the demo, of an area or of the whole district,
// equal a recount of its events; today's equal the rows.
func TestPastFiguresEqualARecount(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	s, d := demoStore(t)
	if v, err := s.Verify(t.Context(), nil); err != nil || len(v.Findings) > 0 {
		t.Errorf("verify of the demo: %+v, %v", v, err)
	}
	r := newRecount(t, d)
	first, last := geo.CivilDay(date(2015, 4, 1)), geo.DayOf(begun, r.zone)-1

	june := geo.CivilDay(date(2018, 6, 30))
	got := figuresAt(t, s, "", june)
	if diff := unlike(got, r.figures("", june)); diff != "" {
		t.Errorf("the district on %s: %s", june, diff)
	}
	if got.Households.Signed < 10_000 || got.Sold == 0 || got.AsOf.In(r.zone).Format(time.DateTime) != "2018-06-30 23:59:59" {
		t.Errorf("the district on %s: %+v, %+v", june, got, got.Households)
	}

	seed := uint64(begun.UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	wrong := 0
	for range 250 { // other days at each run
		at := first + geo.Day(rng.IntN(int(last-first)+1))
		area := ""
		if rng.IntN(40) > 0 {
			area = d.Areas[rng.IntN(len(d.Areas))].Code
		}
		if diff := unlike(figuresAt(t, s, area, at), r.figures(area, at)); diff != "" && wrong < 5 {
			t.Errorf("seed %d: %q on %s: %s", seed, area, at, diff)
			wrong++
		}
	}

	now, err := s.Summary(t.Context(), geo.Staff)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("board figures = summary = SQL recount for 200 random filters and dates", func(t *testing.T) { boardAgrees(t, s, r, rng, first, last) })
	for _, at := range []geo.Day{0, last + 1} {
		if diff := unlike(figuresAt(t, s, "", at), now); diff != "" {
			t.Errorf("today, asked as %s: %s", at, diff)
		}
	}
	for _, area := range append([]geo.Area{{}}, d.Areas...) {
		if diff := unlike(replayed(t, s, area.Code), figuresAt(t, s, area.Code, 0)); diff != "" {
			t.Errorf("today's events and rows of %q differ: %s", area.Code, diff)
		}
	}
}

func TestSummaryAtRefuses(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	for name, c := range map[string]struct {
		q    geo.SummaryQuery
		kind geo.Kind
	}{
		"an unknown area":   {geo.SummaryQuery{Area: "nowhere"}, geo.NotFound},
		"tomorrow":          {geo.SummaryQuery{At: geo.DayOf(time.Now(), nil) + 1}, geo.Invalid},
		"an area, tomorrow": {geo.SummaryQuery{Area: "A01", At: geo.DayOf(time.Now(), nil) + 1}, geo.Invalid},
	} {
		if _, err := s.SummaryAt(t.Context(), c.q); geo.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	none := figuresAt(t, s, "", geo.CivilDay(date(1999, 1, 1)))
	if diff := unlike(none, geo.Summary{Audience: geo.Staff, Revision: 1, Households: &geo.HouseholdCounts{}}); diff != "" {
		t.Errorf("before there was anything: %s", diff)
	}
}
