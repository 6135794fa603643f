package postgis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// boardAgrees asks for the board under random filters on random days of the demo
// and holds it against the summary, against a recount of the events, and against
// a recount in SQL by the days in the rows, which shares nothing with either.
func boardAgrees(t *testing.T, s *Store, r *recount, rng *rand.Rand, first, last geo.Day) {
	conn := connect(t, s)
	today := last + 1
	for i := range 200 {
		at := first + geo.Day(rng.IntN(int(last-first)+1))
		if rng.IntN(8) == 0 {
			at = today
		}
		q := r.anyFilter(rng, i, at)
		name := fmt.Sprintf("%d: %+v on %s", i, q, at)
		chosen := r.chosen(q, at)
		mine := func(code string) bool { return q.OfAll() || slices.Contains(chosen, code) }
		sum, err := s.SummaryAt(t.Context(), q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := unlike(sum, r.figuresOf(mine, at)); diff != "" {
			t.Fatalf("%s: the summary: %s", name, diff)
		}
		areas := bySQL(t, conn, chosen, q.OfAll(), at)
		if diff := apart(areas, sum); diff != "" {
			t.Fatalf("%s: SQL by the days in the rows: %s", name, diff)
		}
		boardEquals(t, s, q, sum, name)
		if i%10 == 0 && len(chosen) > 0 {
			seriesEquals(t, s, geo.SummaryQuery{Area: chosen[rng.IntN(len(chosen))], At: at}, rng)
		}
	}
	seriesEquals(t, s, geo.SummaryQuery{}, rng)
}

// anyFilter is a filter: mostly of few areas, sometimes of all.
func (r *recount) anyFilter(rng *rand.Rand, i int, at geo.Day) geo.SummaryQuery {
	a := r.data.Areas[rng.IntN(len(r.data.Areas))]
	q := geo.SummaryQuery{At: at}
	switch i % 40 {
	case 0:
		return q
	case 1, 2:
		q.Board = a.Board
	case 3, 4, 5:
		q.Status = "signing"
	default:
		switch rng.IntN(4) {
		case 0:
			q.Area = a.Code
		case 1:
			q.Leader = a.Leader
		case 2:
			q.Street, q.Board = a.Street, a.Board
		case 3:
			q.Leader, q.Status = a.Leader, []string{"handed_over", "vacating", "demolishing", "signing"}[rng.IntN(4)]
		}
	}
	return q
}

// chosen are the codes of the areas that a filter means on a day.
func (r *recount) chosen(q geo.SummaryQuery, at geo.Day) []string {
	out := []string{}
	for _, a := range r.data.Areas {
		state := r.state(geo.AreaMachine, a.Code, at)
		is := func(want, got string) bool { return want == "" || want == got }
		if (state != "" || q.Area != "" || q.OfAll()) && is(q.Area, a.Code) && is(q.Board, a.Board) && is(q.Street, a.Street) && is(q.Leader, a.Leader) && is(q.Status, state) {
			out = append(out, a.Code)
		}
	}
	return out
}

// dated figures are those that the days in the rows can tell.
type datedFigures struct {
	surveyed, signed, vacated, demolished, sold, problems, closed int
	cleared, soldM2                                               float64
	money                                                         int64
}

// bySQL counts by the days in the rows of the areas, without a word of the
// product's own SQL.
func bySQL(t *testing.T, conn *pgx.Conn, areas []string, all bool, at geo.Day) (f datedFigures) {
	t.Helper()
	err := conn.QueryRow(t.Context(), `
		with a as (select id from land.area where $2 or code = any($1))
		select h.*, c.*, p.*, q.*
		from
			(select count(*) filter (where surveyed_on <= $3), count(*) filter (where signed_on <= $3), count(*) filter (where vacated_on <= $3),
				count(*) filter (where vacated_on <= $3 and demolished_on <= $3 and b.status <> 'kept')
			from priv.household h left join land.building b on b.id = h.building_id where h.area_id in (select id from a)) h,
			(select coalesce(sum(official_m2), 0)::float8 from land.cleared_land where cleared_on <= $3 and area_id in (select id from a)) c,
			(select count(*), coalesce(sum(p.official_m2), 0)::float8, coalesce(sum(r.deal_fen), 0)::bigint
			from land.round r join land.parcel p on p.id = r.parcel_id
			where r.outcome = 'sold' and r.sold_on <= $3 and ($2 or p.area_id in (select id from a))) p,
			(select count(*) filter (where closed_on is null or closed_on > $3), count(*) filter (where closed_on <= $3)
			from land.problem where opened_on <= $3 and area_id in (select id from a)) q`, areas, all, at.Date()).
		Scan(&f.surveyed, &f.signed, &f.vacated, &f.demolished, &f.cleared, &f.sold, &f.soldM2, &f.money, &f.problems, &f.closed)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// apart tells where the rows' days and a summary differ, "" when nowhere.
func apart(f datedFigures, sum geo.Summary) string {
	h := sum.Households
	got := datedFigures{h.Surveyed, h.Signed, h.Vacated, h.Demolished, sum.Sold, sum.ProblemsOpen, sum.ProblemsClosed, f.cleared, f.soldM2, int64(sum.SoldMoney)}
	if got != f || math.Abs(float64(sum.ClearedM2)-f.cleared) > 1e-3 || math.Abs(float64(sum.SoldM2)-f.soldM2) > 1e-3 {
		return fmt.Sprintf("%+v of %v and %v m2, want %+v", got, sum.ClearedM2, sum.SoldM2, f)
	}
	return ""
}

// boardEquals holds every part of the board against the summary of the same
// filter and day.
func boardEquals(t *testing.T, s *Store, q geo.SummaryQuery, sum geo.Summary, name string) {
	t.Helper()
	rep, err := s.BoardReport(t.Context(), q, 7)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if diff := unlike(rep.Headline.Now, sum); diff != "" {
		t.Errorf("%s: the headline: %s", name, diff)
	}
	var g geo.GroupRow
	rows := rep.Areas
	for _, by := range geo.Groupings() {
		g = geo.GroupRow{}
		for _, x := range geo.GroupAreas(rows, by) {
			g.Areas, g.PlanM2, g.ClearedM2, g.Households = g.Areas+x.Areas, g.PlanM2+x.PlanM2, g.ClearedM2+x.ClearedM2, g.Households.Plus(x.Households)
			g.Before = g.Before.Plus(x.Before)
			g.ProblemsOpen, g.ProblemsLate, g.Sold, g.SoldM2, g.SoldMoney = g.ProblemsOpen+x.ProblemsOpen, g.ProblemsLate+x.ProblemsLate, g.Sold+x.Sold, g.SoldM2+x.SoldM2, g.SoldMoney+x.SoldMoney
		}
		near := func(a, b geo.SquareMetres) bool { return math.Abs(float64(a-b)) < 1e-2 }
		if g.Areas != sum.Areas || !near(g.PlanM2, sum.PlanM2) || !near(g.ClearedM2, sum.ClearedM2) || g.Households != *sum.Households || g.Before != *rep.Headline.Before.Households ||
			g.ProblemsOpen != sum.ProblemsOpen || g.ProblemsLate != sum.ProblemsOverdue || g.Sold != sum.Sold || !near(g.SoldM2, sum.SoldM2) || g.SoldMoney != sum.SoldMoney {
			t.Errorf("%s: the areas by %s make %+v,\nwant %+v with %+v", name, by, g, sum, sum.Households)
		}
	}
	problems, err := s.BoardProblems(t.Context(), q)
	if err != nil || len(problems.Rows) != sum.ProblemsOpen || !slices.IsSortedFunc(problems.Rows, func(a, b geo.BoardProblem) int { return b.DaysLate - a.DaysLate }) {
		t.Errorf("%s: %d problems, want %d, worst first, %v", name, len(problems.Rows), sum.ProblemsOpen, err)
	}
	auctions, err := s.BoardAuctions(t.Context(), q)
	total := geo.AuctionRow{}
	for _, a := range auctions.Rows {
		total.Sold, total.M2, total.Money, total.Start = total.Sold+a.Sold, total.M2+a.M2, total.Money+a.Money, total.Start+a.Start
	}
	if err != nil || total.Sold != sum.Sold || total.Money != sum.SoldMoney || total.Start != sum.StartMoney {
		t.Errorf("%s: auctions make %+v, want %+v, %v", name, total, sum, err)
	}
	funnelEquals(t, s, q, sum, name)
}

// funnelEquals holds the funnel against the summary of the same filter and day.
func funnelEquals(t *testing.T, s *Store, q geo.SummaryQuery, sum geo.Summary, name string) {
	t.Helper()
	funnel, err := s.BoardPipeline(t.Context(), q)
	projects, over, money := 0, 0, geo.Money(0)
	for _, st := range funnel.Stages {
		projects, over, money = projects+st.Projects, over+st.OverYi, money+st.Money
	}
	if err != nil || projects != sum.Projects || over != sum.ProjectsOverYi || money != sum.ProjectMoney {
		t.Errorf("%s: the funnel has %d projects, %d, %v, want %+v, %v", name, projects, over, money, sum, err)
	}
}

// seriesEquals holds points of a burn-up against the figures of their days.
func seriesEquals(t *testing.T, s *Store, q geo.SummaryQuery, rng *rand.Rand) {
	t.Helper()
	got, err := s.BoardSeries(t.Context(), q, geo.LinearPlan)
	if err != nil {
		t.Fatal(err)
	}
	past := slices.DeleteFunc(slices.Clone(got.Points), func(p geo.SeriesPoint) bool { return p.Ahead })
	if len(past) < 2 || len(past) > mostPoints+2 || past[len(past)-1].On != got.Day {
		t.Fatalf("%+v: %d points to %s", q, len(past), past[len(past)-1].On)
	}
	for _, p := range []geo.SeriesPoint{past[0], past[rng.IntN(len(past))], past[len(past)/2], past[len(past)-1]} {
		sum, err := s.SummaryAt(t.Context(), geo.SummaryQuery{Area: q.Area, At: p.On})
		if err != nil {
			t.Fatal(err)
		}
		near := func(a, b geo.SquareMetres) bool { return math.Abs(float64(a-b)) < 1e-2 }
		if p.Households != *sum.Households || !near(p.PlanM2, sum.PlanM2) || !near(p.ClearedM2, sum.ClearedM2) || !near(p.SoldM2, sum.SoldM2) {
			t.Errorf("%+v: the point %+v, the day's figures %+v with %+v", q, p, sum, sum.Households)
		}
	}
}

// What two states make together is told by the end of each day, whichever comes
// first.
func TestBothHold(t *testing.T) {
	for name, c := range map[string]struct{ a, b, want []spell }{
		"one after the other":    {[]spell{{1, true}}, []spell{{5, true}}, []spell{{5, true}}},
		"on one day":             {[]spell{{5, true}}, []spell{{5, true}}, []spell{{5, true}}},
		"back and again":         {[]spell{{1, true}, {7, false}, {9, true}}, []spell{{5, true}}, []spell{{5, true}, {7, false}, {9, true}}},
		"there and back at once": {[]spell{{1, true}, {3, false}, {3, true}}, []spell{{2, true}}, []spell{{2, true}}},
		"one never":              {[]spell{{1, true}}, nil, nil},
	} {
		if got := bothHold(c.a, c.b); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestBoardRefuses(t *testing.T) {
	s := townStore(t)
	tomorrow := geo.DayOf(time.Now(), nil) + 1
	for name, c := range map[string]struct {
		q    geo.SummaryQuery
		kind geo.Kind
	}{
		"an unknown area": {geo.SummaryQuery{Area: "nowhere"}, geo.NotFound},
		"tomorrow":        {geo.SummaryQuery{At: tomorrow}, geo.Invalid},
	} {
		for what, err := range map[string]error{
			"headline": second(s.Headline(t.Context(), c.q)),
			"areas":    second(s.BoardAreas(t.Context(), c.q)),
			"groups":   second(s.BoardGroups(t.Context(), c.q, geo.ByLeader)),
			"series":   second(s.BoardSeries(t.Context(), c.q, geo.SPlan)),
			"problems": second(s.BoardProblems(t.Context(), c.q)),
			"auctions": second(s.BoardAuctions(t.Context(), c.q)),
			"pipeline": second(s.BoardPipeline(t.Context(), c.q)),
			"report":   second(s.BoardReport(t.Context(), c.q, 7)),
			"of a day": second(s.Stamp(t.Context(), tomorrow)),
		} {
			if geo.KindOf(err) != c.kind && (what != "of a day" || geo.KindOf(err) != geo.Invalid) {
				t.Errorf("%s of %s: %v", what, name, err)
			}
		}
	}
	for _, q := range []geo.SummaryQuery{{Board: "没有"}, {Leader: "nobody"}, {Status: "closed"}, {At: geo.CivilDay(date(1999, 1, 1))}} {
		h, err := s.Headline(t.Context(), q)
		if err != nil || h.Now.Areas+h.Now.Households.Surveyed+h.Now.Parcels+h.Now.ProblemsOpen != 0 {
			t.Errorf("%+v: %+v, %v", q, h.Now, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
