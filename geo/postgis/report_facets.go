package postgis

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Facets counts the items of a collection on the map, sums them up and counts
// them by the values of fields, at one revision. Errors: NotFound for a collection
// that the audience does not have on the map, Invalid for a field that is no
// filter and for a polygon that crosses itself.
func (s *Store) Facets(ctx context.Context, aud geo.Audience, q geo.FacetQuery) (geo.Facets, error) {
	out := geo.Facets{By: map[string][]geo.Counted{}}
	from := source(aud, q.Collection)
	if from == "" || !slices.Contains(geo.Collections(), q.Collection) {
		return out, notFound("collection", q.Collection)
	}
	for _, name := range q.By {
		if !slices.ContainsFunc(fields(aud, q.Collection), func(f geo.Field) bool { return f.Name == name && f.Filter }) {
			return out, fieldError("by", "unknown_field", "不能按此字段计数", "items cannot be counted by this field")
		}
	}
	err := s.read(ctx, aud, func(tx pgx.Tx) error {
		if err := lit(ctx, tx, aud, &q.FeatureQuery); err != nil {
			return err
		}
		where, args, err := conditions(aud, q.FeatureQuery)
		if err != nil {
			return err
		}
		if out.Revision, err = revisionOf(ctx, tx, aud); err != nil {
			return err
		}
		if err := refuseCrossing(ctx, tx, q.Within); err != nil {
			return err
		}
		if err := sumUp(ctx, tx, aud, q.Collection, from, where, args, &out); err != nil {
			return err
		}
		for _, name := range q.By {
			if out.By[name], err = countBy(ctx, tx, aud, q.FeatureQuery, from, name); err != nil {
				return err
			}
		}
		if q.IDs && out.Matched <= geo.MaxFacetIDs {
			rows, err := tx.Query(ctx, `select r.fid from (`+from+`) r where `+where+` order by r.fid`, args...)
			if err != nil {
				return err
			}
			out.IDs, err = pgx.CollectRows(rows, pgx.RowTo[int64])
			return err
		}
		return nil
	})
	return out, err
}

// sumUp counts what matches, and sums the fields of the audience that can be.
func sumUp(ctx context.Context, tx pgx.Tx, aud geo.Audience, collection, from, where string, args []any, out *geo.Facets) error {
	list := `select count(*)`
	targets := []any{&out.Matched}
	for _, f := range geo.SumFields(collection) {
		if aud != geo.Staff && !f.Public {
			continue
		}
		out.Sums = append(out.Sums, geo.FieldSum{Field: f.Name})
		list += `, coalesce(sum(r.` + f.Name + `), 0)::double precision`
	}
	for i := range out.Sums {
		targets = append(targets, &out.Sums[i].Sum)
	}
	return tx.QueryRow(ctx, list+` from (`+from+`) r where `+where, args...).Scan(targets...)
}

// countBy counts by the values of a field what matches the query without its own
// condition on that field.
func countBy(ctx context.Context, tx pgx.Tx, aud geo.Audience, q geo.FeatureQuery, from, name string) ([]geo.Counted, error) {
	q.Equal = maps.Clone(q.Equal)
	delete(q.Equal, name)
	where, args, err := conditions(aud, q)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `
		select coalesce(r.`+name+`::text, '') as value, count(*)::integer as n
		from (`+from+`) r
		where `+where+fmt.Sprintf(`
		group by 1
		order by n desc, value
		limit %d`, geo.MaxFacetValues), args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[geo.Counted])
}
