package sample_test

import (
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"tengdi/geo"
	"tengdi/geo/sample"
)

func today() time.Time { return time.Date(2026, 3, 17, 9, 30, 0, 0, time.FixedZone("UTC+8", 8*60*60)) }

// demo is the district that the product shows, built once for all tests.
var demo = sync.OnceValues(func() (geo.Dataset, error) {
	return sample.Build(sample.Options{Seed: 430602, Today: today()})
})

// other is another town without real names, seen from the earliest day.
var other = sync.OnceValues(func() (geo.Dataset, error) {
	return sample.Build(sample.Options{Seed: 7, Today: earliest(), NeutralNames: true})
})

func earliest() time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60)) }

// eachTown runs a test on both towns, each with its day.
func eachTown(t *testing.T, test func(t *testing.T, d geo.Dataset, today time.Time)) {
	t.Helper()
	d, err := other()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("demo", func(t *testing.T) { test(t, build(t), today()) })
	t.Run("other", func(t *testing.T) { test(t, d, earliest()) })
}

func build(t *testing.T) geo.Dataset {
	t.Helper()
	d, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %v, want %v within %v", what, got, want, tolerance)
	}
}

// counts are an area's household figures as the store counts them.
type counts struct{ total, signed, vacated, razed int }

func householdCounts(d geo.Dataset) map[string]counts {
	gone := map[string]bool{}
	for _, b := range d.Buildings {
		gone[b.Code] = slices.Contains([]string{"demolished", "site_cleared", "removed", "self_removed"}, b.Status)
	}
	out := map[string]counts{}
	for _, h := range d.Households {
		c := out[h.Area]
		if !h.SurveyedOn.IsZero() {
			c.total++
		}
		if !h.SignedOn.IsZero() {
			c.signed++
		}
		if !h.VacatedOn.IsZero() {
			c.vacated++
			if gone[h.Building] {
				c.razed++
			}
		}
		out[h.Area] = c
	}
	return out
}

// TestTotals holds the table of the district's figures: each is exact.
func TestTotals(t *testing.T) { eachTown(t, totals) }

func totals(t *testing.T, d geo.Dataset, _ time.Time) {
	equal(t, "areas", len(d.Areas), 43)
	equal(t, "households", len(d.Households), 27287)
	equal(t, "buildings", len(d.Buildings), 4600)
	equal(t, "parcels", len(d.Parcels), 118)
	equal(t, "projects", len(d.Projects), 91)
	equal(t, "problems", len(d.Problems), 64)
	if n := len(d.Visits); n < 70_000 || n >= 80_000 {
		t.Errorf("%d visits", n)
	}
	var sum counts
	for _, c := range householdCounts(d) {
		sum.total += c.total
		sum.signed += c.signed
		sum.vacated += c.vacated
		sum.razed += c.razed
	}
	equal(t, "households surveyed, signed, vacated, demolished", sum, counts{27287, 26410, 26000, 24986})
	var plan, cleared geo.SquareMetres
	for _, a := range d.Areas {
		plan += a.PlanM2
	}
	for _, c := range d.Cleared {
		cleared += c.Measures.Survey
	}
	near(t, "plan mu", plan.Mu(), 12407, 1e-6)
	near(t, "cleared mu", cleared.Mu(), 11000, 1e-6)
	large := 0
	for _, p := range d.Projects {
		if p.Amount >= geo.Yi {
			large++
		}
	}
	equal(t, "projects of at least 1 亿", large, 50)
}

func TestSales(t *testing.T) {
	d := build(t)
	parcels := map[string]geo.Parcel{}
	byStatus := map[string]int{}
	for _, p := range d.Parcels {
		parcels[p.Code] = p
		byStatus[p.Status]++
	}
	equal(t, "parcel codes", len(parcels), 118)
	for status, n := range map[string]int{
		"completed": 2, "started": 9, "handed_over": 11, "contracted": 8, "sold": 5,
		"listed": 6, "announced": 5, "planned": 41, "failed": 4, "withdrawn": 2, "allocated": 25,
	} {
		equal(t, "parcels "+status, byStatus[status], n)
	}
	var m2 geo.SquareMetres
	var start, deal geo.Money
	sold, river, atStart := 0, 0, 0
	var riverM2 geo.SquareMetres
	for _, r := range d.Rounds {
		if r.Outcome != "sold" {
			continue
		}
		p := parcels[r.Parcel]
		sold++
		m2 += p.Measures.Survey
		start += r.Start
		deal += r.Deal
		if r.Deal == r.Start {
			atStart++
		}
		if p.Area == "YYL-13" {
			river++
			riverM2 += p.Measures.Survey
		}
		if r.SoldOn.Before(time.Date(2017, 10, 1, 0, 0, 0, 0, time.UTC)) || r.SoldOn.After(time.Date(2019, 9, 30, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s sold on %s", r.NoticeNo, r.SoldOn)
		}
	}
	equal(t, "sold", sold, 35)
	equal(t, "sold at the start price", atStart, 15)
	near(t, "sold mu", m2.Mu(), 2060, 1e-6)
	equal(t, "deals", deal, 1_030_000*geo.Wan)
	equal(t, "start prices", start, 947_140*geo.Wan)
	near(t, "premium", float64(deal-start)/float64(start), 0.0875, 5e-5)
	equal(t, "sold at 王家河", river, 12)
	near(t, "sold mu at 王家河", riverM2.Mu(), 1080, 1e-6)
}

func TestStates(t *testing.T) { eachTown(t, areaStates) }

func areaStates(t *testing.T, d geo.Dataset, today time.Time) {
	areas := map[string]int{}
	leaders := map[string]int{}
	late := 0
	for _, a := range d.Areas {
		areas[a.Status]++
		leaders[a.Leader]++
		if a.Deadline.IsZero() {
			t.Errorf("%s has no deadline", a.Code)
		}
		done := a.Status == "cleared" || a.Status == "handed_over"
		if !done && geo.Late(a.Deadline, today, nil) {
			late++
		}
	}
	for status, n := range map[string]int{"handed_over": 22, "cleared": 9, "demolishing": 5, "vacating": 4, "signing": 2, "decided": 1} {
		equal(t, "areas "+status, areas[status], n)
	}
	if late == 0 || late > 8 {
		t.Errorf("%d areas are late", late)
	}
	per := map[int]int{}
	for _, n := range leaders {
		per[n]++
	}
	equal(t, "leaders with three areas", per[3], 11)
	equal(t, "leaders with two areas", per[2], 5)
	lights := map[string]int{}
	for _, p := range d.Problems {
		left := geo.DaysLeft(p.Due, today, nil)
		switch {
		case p.Status == "closed":
			lights["closed"]++
		case left < 0:
			lights["red"]++
		case left <= 7:
			lights["amber"]++
		default:
			lights["green"]++
		}
	}
	for light, n := range map[string]int{"closed": 41, "red": 9, "amber": 8, "green": 6} {
		equal(t, "problems "+light, lights[light], n)
	}
}

// TestAreasKept compares every area with the csv file.
func TestAreasKept(t *testing.T) {
	d := build(t)
	got := householdCounts(d)
	cleared := map[string]geo.SquareMetres{}
	for _, c := range d.Cleared {
		cleared[c.Area] += c.Measures.Survey
	}
	households := map[string]int{}
	for _, b := range d.Buildings {
		households[b.Area] += b.Households
	}
	rows := readCSV(t, "areas.csv")
	equal(t, "rows", len(rows), len(d.Areas))
	for i, r := range rows {
		a := d.Areas[i]
		code := r.text("code")
		equal(t, "code", a.Code, code)
		equal(t, code+" name", a.Name, r.text("name"))
		equal(t, code+" status", a.Status, r.text("status"))
		equal(t, code+" street", a.Street, r.text("street_code"))
		equal(t, code+" board", a.Board, r.text("board"))
		equal(t, code+" leader", a.Leader, r.text("leader"))
		equal(t, code+" households", got[code], counts{r.count("hh_total"), r.count("hh_signed"), r.count("hh_vacated"), r.count("hh_demolished")})
		equal(t, code+" households of its buildings", households[code], r.count("hh_total"))
		near(t, code+" plan", a.PlanM2.Mu(), r.number("mu_total"), 1e-9)
		near(t, code+" cleared", cleared[code].Mu(), r.number("mu_cleared"), 1e-9)
		if size := a.Measures.Ellipsoid.Mu() / a.PlanM2.Mu(); size < 1 || size > 1.01 {
			t.Errorf("%s is drawn %.4f times its plan", code, size)
		}
	}
}

// TestSalesKept compares every sale with the csv file.
func TestSalesKept(t *testing.T) {
	d := build(t)
	rounds := map[string]geo.Round{}
	for _, r := range d.Rounds {
		if r.Outcome == "sold" {
			rounds[r.NoticeNo] = r
		}
	}
	parcels := map[string]geo.Parcel{}
	for _, p := range d.Parcels {
		parcels[p.Code] = p
	}
	names := map[string]string{}
	for _, a := range d.Areas {
		names[a.Code] = a.Name
	}
	for _, r := range readCSV(t, "sold_parcels.csv") {
		no := r.text("parcel_no")
		round, ok := rounds[no]
		if !ok {
			t.Errorf("%s was not sold", no)
			continue
		}
		p := parcels[round.Parcel]
		equal(t, no+" area", names[p.Area], r.text("area"))
		equal(t, no+" use", p.LandUse, r.text("land_use"))
		near(t, no+" mu", p.Measures.Survey.Mu(), r.number("mu"), 1e-9)
		near(t, no+" m2", float64(p.Measures.Survey), r.number("sqm"), 0.005)
		near(t, no+" drawn mu", p.Measures.Ellipsoid.Mu(), r.number("mu"), 0.01)
		equal(t, no+" start", round.Start, geo.FromWan(r.number("start_wan")))
		equal(t, no+" deposit", round.Deposit, geo.FromWan(r.number("deposit_wan")))
		equal(t, no+" deal", round.Deal, geo.FromWan(r.number("deal_wan")))
		near(t, no+" premium", round.Premium(), r.number("premium"), 5e-5)
		equal(t, no+" date", round.SoldOn.Format(time.DateOnly), r.text("sold_on"))
	}
}
