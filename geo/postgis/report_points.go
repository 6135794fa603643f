package postgis

import (
	"cmp"
	"slices"

	"tengdi/geo"
)

// dayDelta is what a figure changed by on a day.
type dayDelta struct {
	what string // surveyed, signed, vacated, demolished, cleared, sold, there, handed
	area int64  // of cleared, there and handed
	day  geo.Day
	n    float64
}

// seriesDays are changes in order of their days.
type seriesDays []dayDelta

func (d seriesDays) sort() {
	slices.SortStableFunc(d, func(a, b dayDelta) int { return cmp.Compare(a.day, b.day) })
}

// first is the day of the first change, at when there is none.
func (d seriesDays) first(at geo.Day) geo.Day {
	if len(d) == 0 {
		return at
	}
	return min(at, d[0].day)
}

// step is the days between points, whole weeks.
func (d seriesDays) step(at geo.Day) int {
	weeks := int(at-d.first(at))/7 + 1
	return 7 * ((weeks + mostPoints - 1) / mostPoints)
}

// points adds the changes up. Points ahead of the day asked for reach to the last
// deadline and tell the plan only.
func (d seriesDays) points(rows []geo.AreaRow, curve geo.PlanCurve, at geo.Day, step int) []geo.SeriesPoint {
	last := at
	for _, a := range rows {
		if !a.Deadline.IsZero() && !geo.AreaDone(a.Status) {
			last = max(last, min(geo.CivilDay(a.Deadline), at+farAhead))
		}
	}
	begin := at - geo.Day((int(at-d.first(at))/step+1)*step)
	out := []geo.SeriesPoint{}
	sums := running{cleared: map[int64]float64{}, handed: map[int64]float64{}, there: map[int64]float64{}, totals: map[string]float64{}}
	next := 0
	for on := begin; on <= at; on += geo.Day(step) {
		for ; next < len(d) && d[next].day <= on; next++ {
			sums.add(d[next])
		}
		p := geo.SeriesPoint{On: on, Plan: planned(rows, curve, on)}
		sums.tell(&p, rows)
		out = append(out, p)
	}
	for on := at; on < last; {
		on = min(on+geo.Day(step), last)
		out = append(out, geo.SeriesPoint{On: on, Ahead: true, Plan: planned(rows, curve, on)})
	}
	return out
}

// planned is how many households the plans of the areas want signed by a day.
func planned(rows []geo.AreaRow, curve geo.PlanCurve, on geo.Day) (sum float64) {
	for _, a := range rows {
		if a.DecidedOn.IsZero() || a.Deadline.IsZero() {
			continue
		}
		share, _ := geo.PlanShare(curve, geo.CivilDay(a.DecidedOn), geo.CivilDay(a.Deadline), on)
		sum += share * float64(a.Households.Surveyed)
	}
	return sum
}

// running is what the changes up to a day make.
type running struct {
	totals                 map[string]float64
	cleared, handed, there map[int64]float64
}

func (s running) add(x dayDelta) {
	switch x.what {
	case "cleared":
		s.cleared[x.area] += x.n
	case "handed":
		s.handed[x.area] += x.n
	case "there":
		s.there[x.area] += x.n
	default:
		s.totals[x.what] += x.n
	}
}

func (s running) tell(p *geo.SeriesPoint, rows []geo.AreaRow) {
	n := func(what string) int { return int(s.totals[what]) }
	p.Households = geo.HouseholdCounts{Surveyed: n("surveyed"), Signed: n("signed"), Vacated: n("vacated"), Demolished: n("demolished")}
	p.SoldM2 = geo.SquareMetres(s.totals["sold"])
	for area, m2 := range s.cleared {
		p.ClearedM2 += geo.SquareMetres(m2)
		if s.handed[area] > 0 {
			p.HandedM2 += geo.SquareMetres(m2)
		}
	}
	for _, a := range rows {
		if s.there[a.ID] > 0 {
			p.PlanM2 += a.PlanM2
		}
	}
}
