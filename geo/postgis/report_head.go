package postgis

import (
	"context"

	"tengdi/geo"
)

// Headline computes the top of the board: the figures of the day, those of a week
// before it for the same areas, and the lights. Errors: as of SummaryAt.
func (s *Store) Headline(ctx context.Context, q geo.SummaryQuery) (out geo.Headline, err error) {
	err = s.reckon(ctx, q, func(r *reckoning) error {
		rows, err := r.areas(ctx, 0)
		if err != nil {
			return err
		}
		out, err = r.headline(ctx, rows, 7)
		return err
	})
	return out, err
}

func (r *reckoning) headline(ctx context.Context, rows []geo.AreaRow, days int) (out geo.Headline, err error) {
	out = geo.Headline{Stamp: r.stamp, Lights: map[geo.Light]int{}, Handed: handedLand(rows)}
	if out.Now, err = figures(ctx, r.tx, geo.Staff, r.scene); err != nil {
		return out, err
	}
	before := r.before(days)
	if out.Before, err = figures(ctx, r.tx, geo.Staff, pastScene(before)); err != nil {
		return out, err
	}
	out.Now.AsOf, out.Before.AsOf = r.stamp.AsOf, before.clock()
	for _, a := range rows {
		out.Lights[a.Light]++
	}
	return out, nil
}

// BoardReport computes everything that a report of a period of so many days
// tells, at one revision. Errors: as of SummaryAt.
func (s *Store) BoardReport(ctx context.Context, q geo.SummaryQuery, days int) (out geo.BoardReport, err error) {
	err = s.reckon(ctx, q, func(r *reckoning) error {
		out.Stamp, out.Days = r.stamp, days
		var err error
		if out.Areas, err = r.areas(ctx, days); err != nil {
			return err
		}
		if out.Headline, err = r.headline(ctx, out.Areas, days); err != nil {
			return err
		}
		if out.Leaders, err = r.groups(ctx, out.Areas, geo.ByLeader); err != nil {
			return err
		}
		if out.Streets, err = r.groups(ctx, out.Areas, geo.ByStreet); err != nil {
			return err
		}
		out.Problems, err = r.problemList(ctx)
		return err
	})
	return out, err
}

// handedOver says that the cleared land of an area in this state is with the
// reserve.
func handedOver(status string) bool { return status == "handed_over" || status == "closed" }

// handedLand is the cleared land that is with the reserve.
func handedLand(rows []geo.AreaRow) (sum geo.SquareMetres) {
	for _, a := range rows {
		if handedOver(a.Status) {
			sum += a.ClearedM2
		}
	}
	return sum
}
