package postgis

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Revision tells the audience's revision.
func (s *Store) Revision(ctx context.Context, aud geo.Audience) (revision int64, err error) {
	err = s.read(ctx, aud, func(tx pgx.Tx) error {
		revision, err = revisionOf(ctx, tx, aud)
		return err
	})
	return revision, err
}

// MovesByMonth counts the moves of the items that a query's filters keep, by the
// month in the district's zone and by the state that was come into. The public's
// are those that the projection tells, so that its bars show no more than its
// histories do. Box, polygon, order and page of the query do not count. Errors:
// NotFound for a collection that the audience does not have on the map, Invalid
// for a filter that does not exist.
func (s *Store) MovesByMonth(ctx context.Context, aud geo.Audience, q geo.FeatureQuery) (geo.MovesByMonth, error) {
	out := geo.MovesByMonth{Months: []geo.MonthMoves{}}
	from := source(aud, q.Collection)
	m, ok := geo.EntityOf(q.Collection)
	if from == "" || !ok || !slices.Contains(geo.Collections(), q.Collection) {
		return out, notFound("collection", q.Collection)
	}
	where, args, err := conditions(aud, geo.FeatureQuery{Collection: q.Collection, Equal: q.Equal})
	if err != nil {
		return out, err
	}
	err = s.read(ctx, aud, func(tx pgx.Tx) error {
		if out.Revision, err = revisionOf(ctx, tx, aud); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			with kept as (select r.fid from (`+from+`) r where `+where+`)
			select to_char(`+civilDate("e.happened")+`, 'YYYY-MM') as month, e.to_state, count(*)::integer
			from `+movesOf(aud, m, q.Collection)+` e
			join kept on kept.fid = e.thing
			cross join `+zoneOnce+` z
			group by month, e.to_state
			order by month`, args...)
		if err != nil {
			return err
		}
		var month string
		var to geo.Counted
		_, err = pgx.ForEachRow(rows, []any{&month, &to.Value, &to.N}, func() error {
			if n := len(out.Months); n == 0 || out.Months[n-1].Month != month {
				out.Months = append(out.Months, geo.MonthMoves{Month: month})
			}
			last := &out.Months[len(out.Months)-1]
			last.N, last.To = last.N+to.N, append(last.To, to)
			out.Total += to.N
			return nil
		})
		for _, one := range out.Months {
			slices.SortFunc(one.To, func(a, b geo.Counted) int { return stateOrder(m, a.Value) - stateOrder(m, b.Value) })
		}
		return err
	})
	return out, err
}

// movesOf is a relation of the moves of a machine's things, as an audience may
// know of them.
func movesOf(aud geo.Audience, m geo.MachineName, collection string) string {
	if aud == geo.Staff {
		return `(select entity_id as thing, happened, to_state from land.event where entity = '` + string(m) + `' and verb = 'moved')`
	}
	return `(select public_id as thing, happened, to_state from pub.event where collection = '` + collection + `' and verb = 'moved')`
}

// stateOrder is the place of a state in its machine; what is none comes last.
func stateOrder(m geo.MachineName, code string) int {
	states := geo.Statuses(m)
	if i := slices.IndexFunc(states, func(s geo.Status) bool { return s.Code == code }); i >= 0 {
		return i
	}
	return len(states)
}
