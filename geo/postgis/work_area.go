package postgis

import (
	"cmp"
	"context"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// ownAreas reads the areas that the viewer answers for, and returns their codes
// in order. A duty in an area that comes by several ways is told once.
func (w *duty) ownAreas(ctx context.Context, tx pgx.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, assignees+`,
		mine as (
			select a.id, min(r.data ->> 'duty') as duty
			from land.area a, d, land.record r
			where `+assignedNow+`
			group by a.id)
		select
			a.code, a.name, a.status, m.duty, a.decided_on, a.deadline,
			h.surveyed, h.signed, h.vacated, h.demolished, c.rate
		from mine m
		join land.area a on a.id = m.id
		cross join lateral (
			select`+householdCounts+`
			from priv.household h
			left join land.building b on b.id = h.building_id
			where h.area_id = a.id) h
		cross join lateral (
			select (100 * coalesce(sum(l.official_m2), 0) / nullif(a.plan_m2, 0))::float8 as rate
			from land.cleared_land l
			where l.area_id = a.id and l.ended_at is null) c
		order by a.code`, w.viewer.Login)
	if err != nil {
		return nil, err
	}
	codes := []string{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var a geo.WorkArea
		var decided, deadline dated
		var h geo.HouseholdCounts
		var rate *float64
		err := row.Scan(&a.Code, &a.Name, &a.Status, &a.Duty, &decided, &deadline, &h.Surveyed, &h.Signed, &h.Vacated, &h.Demolished, &rate)
		if h.Surveyed > 0 {
			signed := 100 * float64(h.Signed) / float64(h.Surveyed)
			a.SignedRate = &signed
		}
		if deadline.Valid {
			left := geo.DaysLeft(deadline.Time, w.work.AsOf, w.zone)
			a.DaysLeft = &left
		}
		st := geo.Standing{Status: a.Status, DecidedOn: decided.Time, Deadline: deadline.Time, Households: h, ClearedRate: rate}
		var why geo.Cause
		if a.Light, why = st.Light(w.work.AsOf, w.zone, w.th); a.Light == geo.Red {
			a.Cause = why.Word
		}
		codes = append(codes, a.Code)
		w.work.Areas = append(w.work.Areas, a)
		return struct{}{}, err
	})
	if err != nil || len(codes) == 0 {
		return codes, err
	}
	return codes, w.problemsOf(ctx, tx, codes)
}

// problemsOf counts the open problems of own areas; a red one makes its area
// red.
func (w *duty) problemsOf(ctx context.Context, tx pgx.Tx, codes []string) error {
	rows, err := tx.Query(ctx, `
		select a.code, q.status, q.due, q.extensions
		from land.problem q
		join land.area a on a.id = q.area_id
		where a.code = any($1) and q.status <> 'closed'`, codes)
	if err != nil {
		return err
	}
	var code, status string
	var due dated
	var extensions int
	_, err = pgx.ForEachRow(rows, []any{&code, &status, &due, &extensions}, func() error {
		for i := range w.work.Areas {
			if a := &w.work.Areas[i]; a.Code == code {
				a.ProblemsOpen++
				if geo.ProblemLight(status, due.Time, extensions, w.work.AsOf, w.zone, w.th) == geo.Red {
					a.Light = geo.Red
					a.Cause = cmp.Or(a.Cause, "problem")
				}
			}
		}
		return nil
	})
	return err
}
