package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// lit turns a condition on the light of areas, which no column has, into one on
// their codes: the light is what the board makes of them. Invalid for another
// collection, for the public and for a light that there is not.
func lit(ctx context.Context, tx pgx.Tx, aud geo.Audience, q *geo.FeatureQuery) error {
	if q.Light == "" {
		return nil
	}
	if aud != geo.Staff || q.Collection != "areas" {
		return fieldError("light", "unknown_filter", "不能按此字段筛选", "not a filter")
	}
	r, err := reckonIn(ctx, tx, geo.SummaryQuery{})
	if err != nil {
		return err
	}
	rows, err := r.areas(ctx, 0)
	if err != nil {
		return err
	}
	q.Areas = []string{}
	for _, a := range rows {
		if string(a.Light) == q.Light || a.Light == geo.NoLight && q.Light == geo.LightNone {
			q.Areas = append(q.Areas, a.Code)
		}
	}
	return nil
}
