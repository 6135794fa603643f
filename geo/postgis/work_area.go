package postgis

import (
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
		select a.code, a.name, m.duty
		from mine m
		join land.area a on a.id = m.id
		order by a.code`, w.viewer.Login)
	if err != nil {
		return nil, err
	}
	codes := []string{}
	var a geo.WorkArea
	_, err = pgx.ForEachRow(rows, []any{&a.Code, &a.Name, &a.Duty}, func() error {
		codes = append(codes, a.Code)
		w.work.Areas = append(w.work.Areas, a)
		return nil
	})
	if err != nil || len(codes) == 0 {
		return codes, err
	}
	standing, err := w.standings(ctx, tx, codes)
	for i := range w.work.Areas {
		a := &w.work.Areas[i]
		st := standing[a.Code]
		a.Status, a.ProblemsOpen = st.Status, st.open
		if h := st.Households; h.Surveyed > 0 {
			signed := 100 * float64(h.Signed) / float64(h.Surveyed)
			a.SignedRate = &signed
		}
		if !st.Deadline.IsZero() {
			left := geo.DaysLeft(st.Deadline, w.work.AsOf, w.zone)
			a.DaysLeft = &left
		}
		a.Light, a.Cause = w.lightOf(st)
	}
	return codes, err
}

// lightAreas gives the items that stand for an area's own deadline the light of
// the area, which is one wherever it is shown.
func (w *duty) lightAreas(ctx context.Context, tx pgx.Tx) error {
	var codes []string
	for _, i := range w.work.Items {
		if i.Kind == "area" {
			codes = append(codes, i.Code)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	standing, err := w.standings(ctx, tx, codes)
	if err != nil {
		return err
	}
	for i := range w.work.Items {
		if item := &w.work.Items[i]; item.Kind == "area" {
			item.Light, item.Cause = w.lightOf(standing[item.Code])
		}
	}
	return nil
}

// lightOf tells an area's light, and of a red one why.
func (w *duty) lightOf(st areaStanding) (geo.Light, string) {
	light, why := st.Light(w.work.AsOf, w.zone, w.th)
	if light != geo.Red {
		return light, ""
	}
	return light, why.Word
}

// areaStanding is what an area's light is told from, with its open problems.
type areaStanding struct {
	geo.Standing
	open int
}

// standings reads how areas stand now, by their codes.
func (w *duty) standings(ctx context.Context, tx pgx.Tx, codes []string) (map[string]areaStanding, error) {
	rows, err := tx.Query(ctx, `
		select a.code, a.status, a.decided_on, a.deadline, h.surveyed, h.signed, h.vacated, h.demolished, c.rate
		from land.area a
		cross join lateral (
			select`+householdCounts+`
			from priv.household h
			left join land.building b on b.id = h.building_id
			where h.area_id = a.id) h
		cross join lateral (
			select (100 * coalesce(sum(l.official_m2), 0) / nullif(a.plan_m2, 0))::float8 as rate
			from land.cleared_land l
			where l.area_id = a.id and l.ended_at is null) c
		where a.code = any($1)`, codes)
	if err != nil {
		return nil, err
	}
	out := make(map[string]areaStanding, len(codes))
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var code string
		var st areaStanding
		var decided, deadline dated
		h := &st.Households
		err := row.Scan(&code, &st.Status, &decided, &deadline, &h.Surveyed, &h.Signed, &h.Vacated, &h.Demolished, &st.ClearedRate)
		st.DecidedOn, st.Deadline = decided.Time, deadline.Time
		out[code] = st
		return struct{}{}, err
	})
	if err != nil {
		return nil, err
	}
	return out, w.problemsOf(ctx, tx, out)
}

// problemsOf counts the open problems of areas, and those of them that are red.
func (w *duty) problemsOf(ctx context.Context, tx pgx.Tx, areas map[string]areaStanding) error {
	codes := make([]string, 0, len(areas))
	for code := range areas {
		codes = append(codes, code)
	}
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
		st := areas[code]
		st.open++
		if geo.ProblemLight(status, due.Time, extensions, w.work.AsOf, w.zone, w.th) == geo.Red {
			st.Urgent++
		}
		areas[code] = st
		return nil
	})
	return err
}
