package postgis

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Summary computes the district's figures for an audience at one revision. The
// public's figures come from published rows alone.
func (s *Store) Summary(ctx context.Context, aud geo.Audience) (geo.Summary, error) {
	var out geo.Summary
	err := s.read(ctx, aud, func(tx pgx.Tx) (err error) {
		sc := publicScene()
		if aud == geo.Staff {
			sc = staffScene(choice{all: true})
		}
		out, err = figures(ctx, tx, aud, sc)
		return err
	})
	return out, err
}

// figures counts a scene. It is the only place where figures are computed:
// board, API, exports and past days read it.
func figures(ctx context.Context, tx pgx.Tx, aud geo.Audience, sc scene) (out geo.Summary, err error) {
	out.Audience = aud
	if out.Revision, err = revisionOf(ctx, tx, aud); err != nil {
		return out, err
	}
	if err = tx.QueryRow(ctx, `select now()`).Scan(&out.AsOf); err != nil {
		return out, err
	}
	steps := []func(context.Context, pgx.Tx, scene, *geo.Summary) error{areaFigures, parcelFigures, projectFigures}
	if aud == geo.Staff {
		steps = append(steps, householdFigures, problemFigures, lateFigures)
	}
	for _, step := range steps {
		if err = step(ctx, tx, sc, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// areaFigures counts areas by status with their planned land, and sums the land
// that is cleared.
func areaFigures(ctx context.Context, tx pgx.Tx, sc scene, out *geo.Summary) (err error) {
	err = tx.QueryRow(ctx, `
		select count(*), coalesce(sum(a.plan_m2), 0)::float8,
			(select coalesce(sum(c.official_m2), 0)::float8 from `+sc.cleared+`)
		from `+sc.areas, sc.args).Scan(&out.Areas, &out.PlanM2, &out.ClearedM2)
	if err != nil {
		return err
	}
	out.AreasByStatus, err = byStatus(ctx, tx, geo.AreaMachine, sc, `
		select a.status, count(*), coalesce(sum(a.plan_m2), 0)::float8
		from `+sc.areas+`
		group by a.status`)
	return err
}

// parcelFigures counts parcels by status with their official land, and sums
// what is sold and not voided.
func parcelFigures(ctx context.Context, tx pgx.Tx, sc scene, out *geo.Summary) (err error) {
	sold := `filter (where p.status in ` + sqlList(geo.SoldCodes()) + `)`
	err = tx.QueryRow(ctx, `
		select
			count(*),
			count(*) `+sold+`,
			coalesce(sum(p.official_m2) `+sold+`, 0)::float8,
			`+sumFen("p.deal_fen", sold)+`,
			`+sumFen("p.start_fen", sold)+`
		from `+sc.parcels, sc.args).Scan(&out.Parcels, &out.Sold, &out.SoldM2, &out.SoldMoney, &out.StartMoney)
	if err != nil {
		return err
	}
	out.ParcelsByStatus, err = byStatus(ctx, tx, geo.ParcelMachine, sc, `
		select p.status, count(*), coalesce(sum(p.official_m2), 0)::float8
		from `+sc.parcels+`
		group by p.status`)
	return err
}

// sumFen sums amounts without overflow: what geo.Money cannot hold counts as the
// most that it can. Amounts of moves are bounded, so that only rows that came
// another way could reach it; they must not take all figures down.
func sumFen(column, filter string) string {
	return `least(coalesce(sum(` + column + `) ` + filter + `, 0), 9223372036854775807)::bigint`
}

func projectFigures(ctx context.Context, tx pgx.Tx, sc scene, out *geo.Summary) (err error) {
	err = tx.QueryRow(ctx, `
		select count(*), count(*) filter (where p.amount_fen >= `+strconv.FormatInt(int64(geo.Yi), 10)+`), `+sumFen("p.amount_fen", "")+`
		from `+sc.projects, sc.args).Scan(&out.Projects, &out.ProjectsOverYi, &out.ProjectMoney)
	if err != nil {
		return err
	}
	out.ProjectsByStatus, err = byStatus(ctx, tx, geo.ProjectMachine, sc, `
		select p.status, count(*), 0::float8
		from `+sc.projects+`
		group by p.status`)
	return err
}

func householdFigures(ctx context.Context, tx pgx.Tx, sc scene, out *geo.Summary) error {
	h := geo.HouseholdCounts{}
	out.Households = &h
	return tx.QueryRow(ctx, `
		select`+householdCounts+`
		from `+sc.households, sc.args).Scan(&h.Surveyed, &h.Signed, &h.Vacated, &h.Demolished)
}

func problemFigures(ctx context.Context, tx pgx.Tx, sc scene, out *geo.Summary) error {
	return tx.QueryRow(ctx, `
		select`+problemCounts+`
		from `+sc.problems+`
		cross join `+sc.day, sc.args).Scan(&out.ProblemsOpen, &out.ProblemsOverdue, &out.ProblemsClosed)
}

// lateFigures counts the areas past their deadline and not cleared.
func lateFigures(ctx context.Context, tx pgx.Tx, sc scene, out *geo.Summary) error {
	return tx.QueryRow(ctx, `
		select count(*)
		from `+sc.areas+`
		cross join `+sc.day+`
		where a.deadline < d.today and a.status not in `+areaDone, sc.args).Scan(&out.Late)
}

// byStatus puts the counts into the order of the catalogue; states that nothing
// is in are left out.
func byStatus(ctx context.Context, tx pgx.Tx, m geo.MachineName, sc scene, sql string) ([]geo.StatusCount, error) {
	rows, err := tx.Query(ctx, sql, sc.args)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[geo.StatusCount])
	if err != nil {
		return nil, err
	}
	out := make([]geo.StatusCount, 0, len(found))
	for _, st := range geo.Statuses(m) {
		for _, c := range found {
			if c.Code == st.Code {
				out = append(out, c)
			}
		}
	}
	return out, nil
}
