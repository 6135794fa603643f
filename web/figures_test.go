package web

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/maptile"
	"github.com/xuri/excelize/v2"

	"tengdi/geo"
	"tengdi/geo/sample"
	"tengdi/tiles"
)

// demoDistrict is the demo as it was on a fixed day, made once, with reserve prices
// that occur nowhere else.
var demoDistrict = sync.OnceValues(func() (geo.Dataset, error) {
	d, err := sample.Build(sample.Options{Seed: 430602, Today: date(2026, 3, 1)})
	return withOddReserves(d), err
})

// thinDemo is the demo with one in forty of its houses: all that it has of areas, land
// and projects, and few enough households to be counted very often.
func thinDemo(t *testing.T) geo.Dataset {
	t.Helper()
	d, err := demoDistrict()
	if err != nil {
		t.Fatal(err)
	}
	buildings, homes := map[string]bool{}, map[string]bool{}
	for i, b := range d.Buildings {
		buildings[b.Code] = i%40 == 0
	}
	for _, p := range d.Problems {
		buildings[p.Building] = true
	}
	for _, h := range d.Households {
		homes[h.Code] = buildings[h.Building]
	}
	d.Buildings = those(d.Buildings, func(b geo.Building) bool { return buildings[b.Code] })
	d.Households = those(d.Households, func(h geo.Household) bool { return homes[h.Code] })
	d.Visits = those(d.Visits, func(v geo.Visit) bool { return homes[v.Household] })
	of := func(entity geo.MachineName, code string) bool {
		return (entity != geo.HouseholdMachine || homes[code]) && (entity != geo.BuildingMachine || buildings[code])
	}
	d.Records = those(d.Records, func(r geo.Record) bool { return of(r.Entity, r.Code) })
	d.Events = those(d.Events, func(e geo.Event) bool { return of(e.Entity, e.Code) })
	return d
}

// those are the ones to keep.
func those[T any](all []T, keep func(T) bool) (out []T) {
	for _, one := range all {
		if keep(one) {
			out = append(out, one)
		}
	}
	return out
}

// faces is one district, asked by everybody who tells figures of it.
type faces struct {
	t    *testing.T
	s    *site
	v    *visitor
	conn *pgx.Conn
	data geo.Dataset
	far  []tiles.ID // where parcels are cells
	near []tiles.ID // where each is drawn

	ids map[string][]int64 // what the map was told to keep, by what it asked

	cells, drawn int // questions that the map answered in each way
}

// The same filter and day is asked of the summary, the board, the workbook, the map
// and the database, and all five tell the same: 200 times, at random.
func TestBoardMapBookAndDatabaseTellOneFigure(t *testing.T) {
	t.Parallel()
	d := thinDemo(t)
	f := &faces{t: t, s: newSite(t, d, func(c *Config) { c.Limits = Limits{RequestBurst: 1e9} }), data: d, ids: map[string][]int64{}}
	f.v, f.conn = f.s.as(geo.RoleLeader), f.s.connect()
	t.Cleanup(func() { f.conn.Close(context.Background()) })
	b, ok := f.s.engines[geo.Staff].Bounds()
	if !ok {
		t.Fatal("the map is empty")
	}
	cover := func(z maptile.Zoom) (ids []tiles.ID) {
		lo, hi := maptile.At(b.LeftTop(), z), maptile.At(b.RightBottom(), z)
		for x := lo.X; x <= hi.X; x++ {
			for y := lo.Y; y <= hi.Y; y++ {
				ids = append(ids, tiles.ID{Z: uint32(z), X: x, Y: y})
			}
		}
		return ids
	}
	f.far, f.near = cover(10), cover(11)
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	first, last := geo.CivilDay(date(2015, 4, 1)), geo.CivilDay(date(2026, 2, 28))
	for i := range 200 {
		q := f.anyQuestion(rng, i)
		if rng.IntN(8) > 0 {
			q.Set("at", (first + geo.Day(rng.IntN(int(last-first)+1))).String())
		}
		f.agree(fmt.Sprintf("seed %d, %d: %s", seed, i, q.Encode()), q)
		if t.Failed() {
			return
		}
	}
	if f.cells < 30 || f.drawn < 100 {
		t.Errorf("the map answered %d questions in cells and %d in parcels: too few", f.cells, f.drawn)
	}
}

// anyQuestion is a filter: mostly of few areas, sometimes of all.
func (f *faces) anyQuestion(rng *rand.Rand, i int) url.Values {
	a := f.data.Areas[rng.IntN(len(f.data.Areas))]
	q := url.Values{}
	switch i % 8 {
	case 0:
	case 1:
		q.Set("board", a.Board)
	case 2:
		q.Set("status", []string{"handed_over", "cleared", "vacating", "demolishing", "signing"}[rng.IntN(5)])
	case 3:
		q.Set("leader", a.Leader)
	case 4:
		q.Set("street", a.Street)
		q.Set("board", a.Board)
	case 5:
		q.Set("leader", a.Leader)
		q.Set("status", "handed_over")
	default:
		q.Set("area", a.Code)
	}
	if rng.IntN(3) == 0 {
		uses := geo.UseClasses()
		q.Set("use_class", uses[rng.IntN(len(uses))].Code)
	}
	return q
}

func (f *faces) agree(name string, q url.Values) {
	f.t.Helper()
	var sum summaryAnswer
	var head headlineAnswer
	var areas boardAreasAnswer
	f.v.read("/api/summary?"+q.Encode(), &sum)
	f.v.read("/api/board?"+q.Encode(), &head)
	f.v.read("/api/board/areas?"+q.Encode(), &areas)
	head.Now.AsOf = sum.AsOf
	if got, want := fmt.Sprintf("%+v", told(head.Now)), fmt.Sprintf("%+v", told(sum)); got != want {
		f.t.Errorf("%s: the board tells %s,\nthe summary %s", name, got, want)
	}
	f.bookTells(name, q, sum, areas.Areas)
	f.databaseTells(name, q, sum)
	codes := []string{}
	for _, a := range areas.Areas {
		codes = append(codes, a.Code)
	}
	// A project may be known before its area is: who asks for the area by its code is told
	// of it on days, too, on which the board has no row of that area.
	if code := q.Get("area"); code != "" && !slices.Contains(codes, code) {
		codes = append(codes, code)
	}
	f.mapTells(name, q, sum, codes)
}

// told is a summary without pointers.
func told(s summaryAnswer) []any {
	return []any{s.Areas.Total, s.Areas.ByStatus, s.Areas.PlanMu, s.Areas.ClearedMu, *s.Areas.Late, *s.Households, s.Parcels, s.Projects, *s.Problems}
}

// numbers are the figures of a row of the workbook, by the words over its columns.
type numbers map[string]float64

// sheetOf reads a sheet of the workbook: what its rows are called and their numbers,
// each of which has to be a number in the file too.
func sheetOf(t *testing.T, f *excelize.File, name string, figures []string) (names []string, rows []numbers) {
	t.Helper()
	all, err := f.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for y, row := range all {
		if y < 2 || len(row) == 0 {
			continue
		}
		n := numbers{}
		for x, text := range row {
			if !slices.Contains(figures, all[1][x]) || text == "" {
				continue
			}
			at, _ := excelize.CoordinatesToCellName(x+1, y+1)
			kind, err := f.GetCellType(name, at)
			v, bad := strconv.ParseFloat(text, 64)
			if err != nil || bad != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
				t.Fatalf("%s %s holds %q, which is no number: %v, %v", name, at, text, kind, err)
			}
			n[all[1][x]] = v
		}
		names, rows = append(names, row[0]), append(rows, n)
	}
	return names, rows
}

func bookFigures() []string {
	return []string{"摸底户数", "签约户数", "腾空户数", "拆除户数", "计划腾地（亩）", "已腾地（亩）", "未销号问题", "逾期问题"}
}

// bookTells holds the workbook against the summary and its rows against the board's.
func (f *faces) bookTells(name string, q url.Values, sum summaryAnswer, areas []boardArea) {
	t := f.t
	t.Helper()
	res, body := f.v.get("/api/board/report.xlsx?period=week&" + q.Encode())
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: the workbook: %d %s", name, res.StatusCode, body)
	}
	book, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer book.Close()
	h := sum.Households
	want := numbers{
		"摸底户数": float64(h.Surveyed), "签约户数": float64(h.Signed), "腾空户数": float64(h.Moved), "拆除户数": float64(h.Demolished),
		"计划腾地（亩）": sum.Areas.PlanMu, "已腾地（亩）": sum.Areas.ClearedMu, "未销号问题": float64(sum.Problems.Open), "逾期问题": float64(sum.Problems.Overdue),
	}
	codes, rows := sheetOf(t, book, "片区", bookFigures())
	total := rows[len(rows)-1]
	if codes[len(codes)-1] != "合计" || len(rows) != len(areas)+1 || len(areas) != sum.Areas.Total {
		t.Fatalf("%s: the workbook has the areas %v, the board %d, the summary %d", name, codes, len(areas), sum.Areas.Total)
	}
	for _, figure := range bookFigures() {
		if math.Abs(total[figure]-want[figure]) > 1e-6 {
			t.Errorf("%s: %s is %v in the workbook, %v in the summary", name, figure, total[figure], want[figure])
		}
	}
	for i, a := range areas {
		row := rows[i]
		if codes[i] != a.Code || row["签约户数"] != float64(a.Households.Signed) || row["腾空户数"] != float64(a.Households.Moved) ||
			math.Abs(row["已腾地（亩）"]-a.ClearedMu) > 1e-6 || row["逾期问题"] != float64(a.ProblemsLate) {
			t.Errorf("%s: the workbook's row %s has %v, the board %+v", name, codes[i], row, a)
		}
	}
	for _, sheet := range []string{"片区", "领导", "街道"} {
		if sheet == "片区" {
			rows = rows[:len(rows)-1]
		} else {
			_, rows = sheetOf(t, book, sheet, bookFigures())
		}
		for _, figure := range bookFigures() {
			s := 0.0
			for _, r := range rows {
				s += r[figure]
			}
			if math.Abs(s-want[figure]) > 0.01 { // mu are told with four decimals, of up to 43 areas
				t.Errorf("%s: the rows of %s make %v of %s, want %v", name, sheet, s, figure, want[figure])
			}
		}
	}
	if problems, _ := sheetOf(t, book, "问题", nil); len(problems) != sum.Problems.Open {
		t.Errorf("%s: the workbook lists %d problems, %d are open", name, len(problems), sum.Problems.Open)
	}
}

// databaseTells counts with one plain query of the events and of the days in the
// rows, which shares nothing with the product's own.
func (f *faces) databaseTells(name string, q url.Values, sum summaryAnswer) {
	t := f.t
	t.Helper()
	var parcels, projects, areas, surveyed, signed int
	var parcelM2, clearedM2 float64
	at := any(nil)
	if q.Has("at") {
		at = q.Get("at")
	}
	all := q.Get("area")+q.Get("board")+q.Get("street")+q.Get("leader")+q.Get("status") == ""
	err := f.conn.QueryRow(t.Context(), `
		with d as (select coalesce($1::text::date, (now() at time zone zone)::date) as day, zone from land.district),
		s as (
			select distinct on (e.entity, e.entity_id) e.entity, e.entity_id as id, e.to_state as state
			from land.event e, d
			where e.entity in ('area', 'parcel', 'project') and e.to_state <> '' and (e.happened at time zone d.zone)::date <= d.day
			order by e.entity, e.entity_id, e.id desc),
		a as (
			select a.id
			from land.area a left join s on s.entity = 'area' and s.id = a.id
			where $2 or $3 in ('', a.code) and $4 in ('', a.board) and $5 in ('', a.street) and $6 in ('', a.leader)
				and $7 in ('', s.state) and (s.state is not null or $3 <> '')),
		p as (
			select p.official_m2 as m2 from land.parcel p join s on s.entity = 'parcel' and s.id = p.id
			where ($2 or p.area_id in (select id from a)) and $8 in ('', p.use_class))
		select
			(select count(*) from p), (select coalesce(sum(m2), 0)::float8 from p),
			(select count(*) from land.project p join s on s.entity = 'project' and s.id = p.id where $2 or p.area_id in (select id from a)),
			(select count(*) from a join s on s.entity = 'area' and s.id = a.id),
			(select coalesce(sum(c.official_m2), 0)::float8 from land.cleared_land c, d where c.cleared_on <= d.day and c.area_id in (select id from a)),
			(select count(*) from priv.household h, d where h.surveyed_on <= d.day and h.area_id in (select id from a)),
			(select count(*) from priv.household h, d where h.signed_on <= d.day and h.area_id in (select id from a))`,
		at, all, q.Get("area"), q.Get("board"), q.Get("street"), q.Get("leader"), q.Get("status"), q.Get("use_class")).
		Scan(&parcels, &parcelM2, &projects, &areas, &clearedM2, &surveyed, &signed)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	got := []any{sum.Parcels.Total, sum.Projects.Total, sum.Areas.Total, sum.Households.Surveyed, sum.Households.Signed}
	if want := []any{parcels, projects, areas, surveyed, signed}; !slices.Equal(got, want) {
		t.Errorf("%s: parcels, projects, areas, surveyed and signed are %v in the summary, %v in the database", name, got, want)
	}
	mu := 0.0
	for _, s := range sum.Parcels.ByStatus {
		mu += s.Mu
	}
	if math.Abs(mu-geo.SquareMetres(parcelM2).Mu()) > 1e-3 || math.Abs(sum.Areas.ClearedMu-geo.SquareMetres(clearedM2).Mu()) > 1e-3 {
		t.Errorf("%s: parcels of %v mu and %v mu cleared in the summary, %v and %v m2 in the database", name, mu, sum.Areas.ClearedMu, parcelM2, clearedM2)
	}
}
