package postgis

import (
	"context"

	"tengdi/geo"
)

// Bounds of a series: how many points it has at most, and how far ahead the plan
// is drawn.
const (
	mostPoints = 260
	farAhead   = 3 * 366
)

// BoardSeries computes the burn-up of the areas chosen: what stood at the end of
// each day of a point. Households are as the events tell them, and so is in which
// state land was. What a correction changes is not told point by point: planned land is
// by the plans of the day asked for, sold land by the sizes and areas that parcels have
// now, so that after a correction earlier points differ by it from the figures of their
// own days. Without one a point equals them. The last point that is not ahead is the
// day asked for and has its figures. Errors: as of SummaryAt.
func (s *Store) BoardSeries(ctx context.Context, q geo.SummaryQuery, curve geo.PlanCurve) (out geo.BoardSeries, err error) {
	err = s.reckon(ctx, q, func(r *reckoning) error {
		out.Stamp, out.Curve = r.stamp, curve
		rows, err := r.areas(ctx, 0)
		if err != nil {
			return err
		}
		d, err := r.days(ctx)
		if err != nil {
			return err
		}
		out.Pace = paceOf(rows, r.at)
		if len(rows) == 1 && q.Area != "" {
			out.DecidedOn, out.Deadline = rows[0].DecidedOn, rows[0].Deadline
		}
		out.Step = d.step(r.at)
		out.Points = d.points(rows, curve, r.at, out.Step)
		if !out.DecidedOn.IsZero() {
			for i := range out.Points {
				since := int(out.Points[i].On - geo.CivilDay(out.DecidedOn))
				out.Points[i].SinceStart = &since
			}
		}
		last := geo.SeriesPoint{}
		var sum geo.Summary
		for _, step := range []func() error{
			func() error { return householdFigures(ctx, r.tx, r.scene, &sum) },
			func() error { return areaFigures(ctx, r.tx, r.scene, &sum) },
			func() error { return parcelFigures(ctx, r.tx, r.scene, &sum) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		last.Households, last.PlanM2, last.ClearedM2, last.SoldM2 = *sum.Households, sum.PlanM2, sum.ClearedM2, sum.SoldM2
		last.HandedM2 = handedLand(rows)
		for i := range out.Points {
			if p := &out.Points[i]; p.On == r.at {
				p.Households, p.PlanM2, p.ClearedM2, p.SoldM2, p.HandedM2 = last.Households, last.PlanM2, last.ClearedM2, last.SoldM2, last.HandedM2
			}
		}
		return nil
	})
	return out, err
}

// paceOf is the pace of areas taken together, against the last of their
// deadlines.
func paceOf(rows []geo.AreaRow, at geo.Day) geo.Pace {
	var h geo.HouseholdCounts
	recent := 0
	var deadline *geo.Day
	for _, a := range rows {
		h, recent = h.Plus(a.Households), recent+a.Recent
		if !a.Deadline.IsZero() && a.Households.Signed < a.Households.Surveyed {
			if on := geo.CivilDay(a.Deadline); deadline == nil || on > *deadline {
				deadline = &on
			}
		}
	}
	return geo.PaceOf(h.Surveyed, h.Signed, recent, at, deadline)
}
