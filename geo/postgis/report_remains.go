package postgis

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Buildings that still have to go: those that are gone and those that stay by
// plan are done.
const buildingStands = `b.status not in ('demolished', 'self_removed', 'removed', 'site_cleared', 'kept')`

// Buildings that must go without an agreement (art. 24 of the 2011 regulation):
// illegal, and temporary ones past their term.
const buildingIllegal = `b.legal in ('illegal', 'expired')`

// standingBuildings is buildings b of area $1 that stand, with how many of their
// households have been surveyed and have no agreement.
const standingBuildings = `
			select b.*, ` + buildingIllegal + ` as is_illegal, (
				select count(*)::integer
				from priv.household h
				where h.building_id = b.id and h.surveyed_on is not null and h.signed_on is null) as unsigned
			from land.building b
			where b.area_id = (select id from land.area where code = $1) and ` + buildingStands

// Remains computes what is left to be done in an area. homes says that the reader
// may know which building has unsigned households; without it neither the numbers
// of the buildings nor their order tell. Errors: NotFound.
func (s *Store) Remains(ctx context.Context, area string, homes bool) (geo.Remains, error) {
	var out geo.Remains
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) (err error) {
		if out.Revision, err = revisionOf(ctx, tx, geo.Staff); err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `
			select a.code, a.name, now(), coalesce(a.plan_m2, 0)::float8, (
				select coalesce(sum(c.official_m2), 0)::float8
				from land.cleared_land c
				where c.area_id = a.id and c.ended_at is null)
			from land.area a
			where a.code = $1`, area).Scan(&out.Area, &out.Name, &out.AsOf, &out.PlanM2, &out.ClearedM2)
		if err != nil {
			return nothing(err, "area", area)
		}
		if err = remainingCounts(ctx, tx, &out); err != nil {
			return err
		}
		if err = unplanned(ctx, tx, &out); err != nil {
			return err
		}
		if err = remainingBuildings(ctx, tx, homes, &out); err != nil {
			return err
		}
		return remainingProblems(ctx, tx, &out)
	})
	return out, err
}

func remainingCounts(ctx context.Context, tx pgx.Tx, out *geo.Remains) error {
	err := tx.QueryRow(ctx, `
		select
			count(*), coalesce(sum(b.floor_m2), 0)::float8,
			count(*) filter (where b.is_illegal), coalesce(sum(b.floor_m2) filter (where b.is_illegal), 0)::float8
		from (`+standingBuildings+`) b`, out.Area).Scan(&out.Standing, &out.StandingM2, &out.Illegal, &out.IllegalM2)
	if err != nil {
		return err
	}
	err = tx.QueryRow(ctx, `
		select
			count(*),
			count(*) filter (where h.signed_on is null),
			count(distinct h.building_id) filter (where h.signed_on is null),
			count(*) filter (where h.signed_on is not null and h.vacated_on is null)
		from priv.household h
		where h.surveyed_on is not null and h.area_id = (select id from land.area where code = $1)`, out.Area).
		Scan(&out.Households, &out.UnsignedHouseholds, &out.UnsignedBuildings, &out.UnvacatedSigned)
	if err != nil {
		return err
	}
	var closed int
	return tx.QueryRow(ctx, `
		select`+problemCounts+`
		from land.problem q
		cross join `+today+` d
		where q.area_id = (select id from land.area where code = $1)`, out.Area).Scan(&out.ProblemsOpen, &out.ProblemsOverdue, &closed)
}

// unplanned measures the cleared land that no parcel has made anything of. Land
// that two survey files tell apart by less than a hundredth of a mu is none.
func unplanned(ctx context.Context, tx pgx.Tx, out *geo.Remains) error {
	err := tx.QueryRow(ctx, `
		select coalesce(st_area(coalesce(st_difference(c.geom, p.geom), c.geom)::geography), 0)
		from (
			select st_union(l.geom) as geom
			from land.cleared_land l
			where l.ended_at is null and l.area_id = (select id from land.area where code = $1)) c
		cross join lateral (
			select st_union(q.geom) as geom
			from land.parcel q
			where q.geom && c.geom and q.status <> 'reserved') p`, out.Area).Scan(&out.UnplannedM2)
	if err != nil {
		return err
	}
	if out.UnplannedM2 < geo.SquareMetresPerMu/100 {
		out.UnplannedM2 = 0
	}
	rows, err := tx.Query(ctx, `
		select q.code, coalesce(q.official_m2, 0)::float8
		from land.parcel q
		where q.status = 'reserved' and q.area_id = (select id from land.area where code = $1)
		order by q.code
		limit `+strconv.Itoa(geo.MaxRemaining), out.Area)
	if err != nil {
		return err
	}
	out.Reserved, err = pgx.CollectRows(rows, pgx.RowToStructByPos[geo.ReservedParcel])
	return err
}

func remainingBuildings(ctx context.Context, tx pgx.Tx, homes bool, out *geo.Remains) error {
	rows, err := tx.Query(ctx, `
		select b.code, b.id, b.status, b.legal, coalesce(b.floor_m2, 0)::float8, case when $2 then b.unsigned else 0 end
		from (`+standingBuildings+`) b
		order by $2 and b.unsigned > 0 desc, b.is_illegal desc, b.code
		limit `+strconv.Itoa(geo.MaxRemaining), out.Area, homes)
	if err != nil {
		return err
	}
	out.Buildings, err = pgx.CollectRows(rows, pgx.RowToStructByPos[geo.RemainingBuilding])
	return err
}

func remainingProblems(ctx context.Context, tx pgx.Tx, out *geo.Remains) error {
	rows, err := tx.Query(ctx, `
		select q.code, q.title, q.kind, q.status, q.department, q.due, greatest(0, coalesce(d.today - q.due, 0))
		from land.problem q
		cross join `+today+` d
		where q.status <> 'closed' and q.area_id = (select id from land.area where code = $1)
		order by q.due nulls last, q.code
		limit `+strconv.Itoa(geo.MaxRemaining), out.Area)
	if err != nil {
		return err
	}
	out.Problems, err = pgx.CollectRows(rows, pgx.RowToStructByPos[geo.RemainingProblem])
	return err
}
