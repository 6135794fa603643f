package postgis

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// reckoning is one computation of figures for the board, at one revision.
type reckoning struct {
	tx pgx.Tx
	choice
	scene scene
	th    geo.Thresholds
	stamp geo.Stamp
}

// reckon reads what a query asks for and hands it to fn.
func (s *Store) reckon(ctx context.Context, q geo.SummaryQuery, fn func(*reckoning) error) error {
	return s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		r, err := reckonIn(ctx, tx, q)
		if err != nil {
			return err
		}
		return fn(r)
	})
}

// reckonIn is reckon within what is being read already.
func reckonIn(ctx context.Context, tx pgx.Tx, q geo.SummaryQuery) (*reckoning, error) {
	c, err := choose(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	d, err := district(ctx, tx)
	if err != nil {
		return nil, err
	}
	revision, err := revisionOf(ctx, tx, geo.Staff)
	return &reckoning{tx: tx, choice: c, scene: c.scene(), th: d.Thresholds, stamp: c.stamp(revision)}, err
}

// Stamp says at which revision figures of a day would be, so that an answer that
// is kept can be used; day 0 is today. Errors: Invalid for a day that has not come.
func (s *Store) Stamp(ctx context.Context, day geo.Day) (stamp geo.Stamp, err error) {
	err = s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		c, err := choose(ctx, tx, geo.SummaryQuery{At: day})
		if err != nil {
			return err
		}
		revision, err := revisionOf(ctx, tx, geo.Staff)
		stamp = c.stamp(revision)
		return err
	})
	return stamp, err
}

// BoardAreas computes the areas of the board, worst first. Lights are held
// against the district's thresholds as they are now. Errors: as of SummaryAt.
func (s *Store) BoardAreas(ctx context.Context, q geo.SummaryQuery) (out geo.BoardAreas, err error) {
	err = s.reckon(ctx, q, func(r *reckoning) error {
		out.Stamp = r.stamp
		out.Rows, err = r.areas(ctx, 7)
		return err
	})
	return out, err
}

// areas computes the rows of the areas chosen, and how they stood so many days
// before; 0 leaves that out, since it takes as long as all the rest.
func (r *reckoning) areas(ctx context.Context, before int) ([]geo.AreaRow, error) {
	rows, err := r.areaRows(ctx)
	if err != nil {
		return nil, err
	}
	by := make(map[int64]*geo.AreaRow, len(rows))
	for i := range rows {
		by[rows[i].ID] = &rows[i]
	}
	steps := []func(context.Context, map[int64]*geo.AreaRow) error{r.countHouseholds, r.countLand, r.judge}
	if before > 0 {
		steps = append(steps, func(ctx context.Context, by map[int64]*geo.AreaRow) error { return r.countBefore(ctx, by, before) })
	}
	for _, step := range steps {
		if err := step(ctx, by); err != nil {
			return nil, err
		}
	}
	geo.WorstFirst(rows)
	return rows, nil
}

func (r *reckoning) countHouseholds(ctx context.Context, by map[int64]*geo.AreaRow) error {
	return r.each(ctx, r.scene, r.scene.households, householdCounts+`,
				count(*) filter (where h.signed_on > @recent::date) as recent`, "h.area_id", by, func(a *geo.AreaRow) []any {
		h := &a.Households
		return []any{&h.Surveyed, &h.Signed, &h.Vacated, &h.Demolished, &a.Recent}
	})
}

func (r *reckoning) countLand(ctx context.Context, by map[int64]*geo.AreaRow) error {
	err := r.each(ctx, r.scene, r.scene.cleared, `sum(c.official_m2)::float8`, "c.area_id", by, func(a *geo.AreaRow) []any { return []any{&a.ClearedM2} })
	if err != nil {
		return err
	}
	sold := r.scene.parcels + `
		where p.status in ` + sqlList(geo.SoldCodes())
	return r.each(ctx, r.scene, sold, `count(*), coalesce(sum(p.official_m2), 0)::float8, `+sumFen("p.deal_fen", ""), "p.area_id", by, func(a *geo.AreaRow) []any {
		return []any{&a.Sold, &a.SoldM2, &a.SoldMoney}
	})
}

func (r *reckoning) countBefore(ctx context.Context, by map[int64]*geo.AreaRow, days int) error {
	sc := pastScene(r.before(days))
	err := r.each(ctx, sc, sc.households, householdCounts, "h.area_id", by, func(a *geo.AreaRow) []any {
		h := &a.Before
		return []any{&h.Surveyed, &h.Signed, &h.Vacated, &h.Demolished}
	})
	if err != nil {
		return err
	}
	return r.each(ctx, sc, sc.cleared, `sum(c.official_m2)::float8`, "c.area_id", by, func(a *geo.AreaRow) []any { return []any{&a.ClearedBefore} })
}

// areaRows reads the areas themselves.
func (r *reckoning) areaRows(ctx context.Context) ([]geo.AreaRow, error) {
	rows, err := r.tx.Query(ctx, `
		select a.id, a.code, a.name, a.status, a.street, a.board, a.batch, a.leader, a.department, a.plan_m2::float8, a.decided_on, a.deadline
		from `+r.scene.areas+`
		order by a.code`, r.scene.args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a geo.AreaRow, err error) {
		var decided, deadline dated
		err = row.Scan(&a.ID, &a.Code, &a.Name, &a.Status, &a.Street, &a.Board, &a.Batch, &a.Leader, &a.Department, &a.PlanM2, &decided, &deadline)
		a.DecidedOn, a.Deadline = decided.Time, deadline.Time
		return a, err
	})
}

// each counts things of a scene by their area and puts the counts into the rows.
// What belongs to no area, or to one that is not there, is of no row.
func (r *reckoning) each(ctx context.Context, sc scene, from, counts, area string, by map[int64]*geo.AreaRow, into func(*geo.AreaRow) []any) error {
	rows, err := r.tx.Query(ctx, `
		select coalesce(`+area+`, 0), `+counts+`
		from `+from+`
		group by 1`, sc.args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, skipped int64
		if err := rows.Scan(append([]any{&id}, into(new(geo.AreaRow))...)...); err != nil {
			return err
		}
		if a := by[id]; a != nil {
			if err := rows.Scan(append([]any{&skipped}, into(a)...)...); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}

// judge counts problems, and gives every row its pace, its light and the cause.
func (r *reckoning) judge(ctx context.Context, by map[int64]*geo.AreaRow) error {
	problems, err := r.problems(ctx)
	if err != nil {
		return err
	}
	now := r.clock()
	worst := map[int64]*geo.Problem{}
	for i := range problems {
		p := &problems[i]
		a := by[p.areaID]
		if a == nil {
			continue
		}
		a.ProblemsOpen++
		if p.DaysLate > 0 {
			a.ProblemsLate++
		}
		if p.Light == geo.Red {
			a.ProblemsUrgent++
			if w := worst[p.areaID]; w == nil || earlier(p.Due, w.Due) {
				worst[p.areaID] = &p.Problem
			}
		}
	}
	for id, a := range by {
		st := geo.Standing{
			Status: a.Status, DecidedOn: a.DecidedOn, Deadline: a.Deadline, Households: a.Households,
			ClearedRate: geo.Rate(a.ClearedM2, a.PlanM2), Urgent: a.ProblemsUrgent, Worst: worst[id],
		}
		a.Light, a.Cause = st.Light(now, r.zone, r.th)
		var deadline *geo.Day
		if !a.Deadline.IsZero() {
			on := geo.CivilDay(a.Deadline)
			deadline = &on
			if !geo.AreaDone(a.Status) {
				left := int(on - r.at)
				a.DaysLeft = &left
			}
		}
		a.Pace = geo.PaceOf(a.Households.Surveyed, a.Households.Signed, a.Recent, r.at, deadline)
	}
	return nil
}

// earlier says whether a deadline comes before another; none comes last.
func earlier(a, b time.Time) bool {
	return !a.IsZero() && (b.IsZero() || a.Before(b))
}

// BoardGroups adds areas up by leader, street or board. Errors: as of SummaryAt.
func (s *Store) BoardGroups(ctx context.Context, q geo.SummaryQuery, by geo.Grouping) (out geo.BoardGroups, err error) {
	err = s.reckon(ctx, q, func(r *reckoning) error {
		out.Stamp, out.By = r.stamp, by
		rows, err := r.areas(ctx, 7)
		if err != nil {
			return err
		}
		out.Rows, err = r.groups(ctx, rows, by)
		return err
	})
	return out, err
}

// groups adds areas up and names the streets.
func (r *reckoning) groups(ctx context.Context, areas []geo.AreaRow, by geo.Grouping) ([]geo.GroupRow, error) {
	out := geo.GroupAreas(areas, by)
	if by != geo.ByStreet {
		return out, nil
	}
	rows, err := r.tx.Query(ctx, `
		select admin_code, name
		from land.organisation
		where kind = 'street' and admin_code <> ''
		order by ended_on nulls last, code desc`)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	var code, name string
	_, err = pgx.ForEachRow(rows, []any{&code, &name}, func() error {
		if _, known := names[code]; !known {
			names[code] = name
		}
		return nil
	})
	for i, g := range out {
		out[i].Name = cmp.Or(names[g.Key], g.Key)
	}
	return out, err
}
