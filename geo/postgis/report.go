package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Summary computes the district's figures for an audience at one revision. It
// is the only place that computes them: board, API and exports read it. The
// public's figures come from published rows alone.
func (s *Store) Summary(ctx context.Context, aud geo.Audience) (geo.Summary, error) {
	out := geo.Summary{Audience: aud}
	err := s.read(ctx, aud, func(tx pgx.Tx) (err error) {
		if out.Revision, err = revisionOf(ctx, tx, aud); err != nil {
			return err
		}
		if err = tx.QueryRow(ctx, `select now()`).Scan(&out.AsOf); err != nil {
			return err
		}
		sc := schema(aud)
		if err = areaFigures(ctx, tx, sc, &out); err != nil {
			return err
		}
		if err = parcelFigures(ctx, tx, sc, &out); err != nil {
			return err
		}
		if err = projectFigures(ctx, tx, sc, &out); err != nil {
			return err
		}
		if aud == geo.Staff {
			return staffFigures(ctx, tx, &out)
		}
		return nil
	})
	return out, err
}

// areaFigures counts areas by status with their planned land, and sums the land
// that is cleared.
func areaFigures(ctx context.Context, tx pgx.Tx, schema string, out *geo.Summary) (err error) {
	cleared := schema + `.cleared_land`
	if schema == "land" {
		cleared += ` where ended_at is null` // what ended is not published
	}
	err = tx.QueryRow(ctx, `
		select count(*), coalesce(sum(plan_m2), 0)::float8,
			(select coalesce(sum(official_m2), 0)::float8 from `+cleared+`)
		from `+schema+`.area`).Scan(&out.Areas, &out.PlanM2, &out.ClearedM2)
	if err != nil {
		return err
	}
	out.AreasByStatus, err = byStatus(ctx, tx, geo.AreaMachine, `
		select status, count(*), coalesce(sum(plan_m2), 0)::float8
		from `+schema+`.area
		group by status`)
	return err
}

// parcelFigures counts parcels by status with their official land, and sums
// what is sold and not voided.
func parcelFigures(ctx context.Context, tx pgx.Tx, schema string, out *geo.Summary) (err error) {
	rounds := `land.parcel p left join land.round r on r.parcel_id = p.id and r.no = p.round_no`
	if schema == "pub" {
		rounds = `pub.parcel p cross join lateral (select p.start_fen, p.deal_fen) r`
	}
	err = tx.QueryRow(ctx, `
		select
			count(*),
			count(*) filter (where p.status in `+sqlList(geo.SoldCodes())+`),
			coalesce(sum(p.official_m2) filter (where p.status in `+sqlList(geo.SoldCodes())+`), 0)::float8,
			`+sumFen("r.deal_fen", `filter (where p.status in `+sqlList(geo.SoldCodes())+`)`)+`,
			`+sumFen("r.start_fen", `filter (where p.status in `+sqlList(geo.SoldCodes())+`)`)+`
		from `+rounds).Scan(&out.Parcels, &out.Sold, &out.SoldM2, &out.SoldMoney, &out.StartMoney)
	if err != nil {
		return err
	}
	out.ParcelsByStatus, err = byStatus(ctx, tx, geo.ParcelMachine, `
		select status, count(*), coalesce(sum(official_m2), 0)::float8
		from `+schema+`.parcel
		group by status`)
	return err
}

// sumFen sums amounts without overflow: what geo.Money cannot hold counts as the
// most that it can. Amounts of moves are bounded, so that only rows that came
// another way could reach it; they must not take all figures down.
func sumFen(column, filter string) string {
	return `least(coalesce(sum(` + column + `) ` + filter + `, 0), 9223372036854775807)::bigint`
}

func projectFigures(ctx context.Context, tx pgx.Tx, schema string, out *geo.Summary) (err error) {
	err = tx.QueryRow(ctx, `
		select count(*), count(*) filter (where amount_fen >= $1), `+sumFen("amount_fen", "")+`
		from `+schema+`.project`, int64(geo.Yi)).Scan(&out.Projects, &out.ProjectsOverYi, &out.ProjectMoney)
	if err != nil {
		return err
	}
	out.ProjectsByStatus, err = byStatus(ctx, tx, geo.ProjectMachine, `
		select status, count(*), 0::float8
		from `+schema+`.project
		group by status`)
	return err
}

// staffFigures are those of households, problems and late areas.
func staffFigures(ctx context.Context, tx pgx.Tx, out *geo.Summary) error {
	h := geo.HouseholdCounts{}
	err := tx.QueryRow(ctx, `
		select`+householdCounts+`
		from priv.household h
		left join land.building b on b.id = h.building_id`).Scan(&h.Surveyed, &h.Signed, &h.Vacated, &h.Demolished)
	if err != nil {
		return err
	}
	out.Households = &h
	err = tx.QueryRow(ctx, `
		select`+problemCounts+`
		from land.problem q
		cross join `+today+` d`).Scan(&out.ProblemsOpen, &out.ProblemsOverdue, &out.ProblemsClosed)
	if err != nil {
		return err
	}
	return tx.QueryRow(ctx, `
		select count(*)
		from land.area a
		cross join `+today+` d
		where a.deadline < d.today and a.status not in `+areaDone).Scan(&out.Late)
}

// byStatus puts the counts into the order of the catalogue; states that nothing
// is in are left out.
func byStatus(ctx context.Context, tx pgx.Tx, m geo.MachineName, sql string) ([]geo.StatusCount, error) {
	rows, err := tx.Query(ctx, sql)
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
