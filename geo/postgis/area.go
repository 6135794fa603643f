package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// area moves a redevelopment area.
func (m *move) area(ctx context.Context) error {
	f, err := m.ofArea(ctx)
	if err != nil {
		return err
	}
	if err := judge(m, geo.AreaMoves(), &f); err != nil {
		return err
	}
	sets := []any{
		"decision_no", f.DecisionNo, "sign_from", m.day(f.SignFrom), "sign_to", m.day(f.SignTo), "min_ratio", f.MinRatio,
	}
	if m.To == "decided" && !m.back {
		sets = append(sets, "decided_on", m.day(f.NoticeOn))
	}
	if m.from == "decided" && m.back { // the next decision needs papers of its own
		sets = []any{"decision_no", "", "decided_on", nil, "sign_from", nil, "sign_to", nil}
	}
	if err := m.update(ctx, "land.area", sets...); err != nil {
		return err
	}
	switch {
	case m.To == "cleared" && !m.back && f.ClearedM2 > f.AcceptedM2:
		err = m.acceptLand(ctx, f.ClearedM2-f.AcceptedM2, f.AcceptanceNo)
	case m.from == "cleared" && m.back:
		err = m.takeBackLand(ctx)
	}
	if err != nil {
		return err
	}
	m.change("areas", m.id, m.To)
	add(&m.touched.areas, m.id)
	return nil
}

// ofArea gathers the facts of a move of an area.
func (m *move) ofArea(ctx context.Context) (f geo.AreaFacts, err error) {
	occasion, err := m.begin(ctx)
	if err != nil {
		return f, err
	}
	recall(m, &f)
	if err := m.areaFacts(ctx, &f); err != nil {
		return f, err
	}
	f.Occasion = occasion
	return f, m.groundFacts(ctx, &f)
}

// areaFacts reads what is stored of the area, its households, buildings,
// problems and parcels. States are given as the lists of package geo. Who has
// signed, what is done and closed is so by the day of the move; what has no day
// on file counts as it stands now, and so do the households that were surveyed
// and that moved out: a share is of all of them, and nobody moves back in by a
// date.
func (m *move) areaFacts(ctx context.Context, f *geo.AreaFacts) error {
	var decided, from, to dated
	err := m.QueryRow(ctx, `
		select
			a.name, a.plan_m2::float8, a.decision_no, a.decided_on, a.sign_from, a.sign_to, a.min_ratio,
			(select coalesce(sum(official_m2), 0)::float8 from land.cleared_land where area_id = a.id and ended_at is null)
		from land.area a
		where a.id = $1`, m.id).Scan(
		&f.Name, &f.PlanM2, &f.DecisionNo, &decided, &from, &to, &f.MinRatio, &f.ClearedM2)
	if err != nil {
		return err
	}
	f.AcceptedM2 = f.ClearedM2
	f.HasShape = true // the column is not null and checked
	f.NoticeOn, f.SignFrom, f.SignTo = decided.Time, from.Time, to.Time
	err = m.QueryRow(ctx, `
		select
			count(*) filter (where surveyed_on is not null),
			count(*) filter (where signed_on <= $2),
			count(*) filter (where vacated_on is not null),
			count(*) filter (where signed_on is null and status in ('decision_issued', 'court_applied', 'court_accepted', 'ruling_ok', 'ruling_refused', 'enforced')
				and not `+enteredAfter(geo.HouseholdMachine, "h.id", "decision_issued", "$2", "$3")+`)
		from priv.household h
		where area_id = $1`, m.id, m.onDay(), m.zone.String()).Scan(&f.Surveyed, &f.Signed, &f.Vacated, &f.CourtPath)
	if err != nil {
		return err
	}
	marketed := append(geo.SoldCodes(), "announced", "listed", "bidding", "failed", "suspended", "voided")
	return m.QueryRow(ctx, `
		select
			(select count(*) from land.building where area_id = $1 and legal = 'undetermined'),
			(select count(*) from land.building b where area_id = $1 and (status <> all($2) or demolished_on > $5
				or status = 'kept' and `+enteredAfter(geo.BuildingMachine, "b.id", "kept", "$5", "$6")+`)),
			(select count(*) from land.problem where area_id = $1 and (status = any($3) or closed_on > $5)),
			count(*),
			coalesce(sum(official_m2), 0)::float8,
			count(*) filter (where status = any($4))
		from land.parcel
		where area_id = $1`, m.id, geo.BuildingDone(), geo.ProblemOpen(), marketed, m.onDay(), m.zone.String()).Scan(
		&f.Undetermined, &f.BuildingsOpen, &f.ProblemsOpen, &f.Parcels, &f.ParcelsM2, &f.ParcelsMarketed)
}

// enteredAfter is the SQL that a thing came to a state after a day, by its last
// move there that led on; never so without such a move.
func enteredAfter(m geo.MachineName, id, state, day, zone string) string {
	return `coalesce((
		select case when e.happened = date_trunc('day', e.happened, 'UTC') then (e.happened at time zone 'UTC')::date
			else (e.happened at time zone ` + zone + `)::date end
		from land.event e
		where e.entity = '` + string(m) + `' and e.entity_id = ` + id + ` and e.verb = 'moved' and e.to_state = '` + state + `'
			and e.from_state || ' ' || e.to_state not in ` + sqlList(geo.Backs(m)) + `
		order by e.id desc
		limit 1) > ` + day + `, false)`
}

// groundFacts measures what the acceptance of the whole area has to agree with,
// and counts the parcels on land that the last one cleared.
func (m *move) groundFacts(ctx context.Context, f *geo.AreaFacts) error {
	switch {
	case m.To == "cleared":
		return m.QueryRow(ctx, `
			select a.area_m2, coalesce(st_area(st_difference(a.geom, c.geom)::geography), a.area_m2)
			from land.area a
			cross join lateral (
				select st_union(l.geom) as geom
				from land.cleared_land l
				where l.area_id = a.id and l.ended_at is null) c
			where a.id = $1`, m.id).Scan(&f.ShapeM2, &f.RestM2)
	case m.from == "cleared":
		return m.QueryRow(ctx, `
			select count(distinct p.id)
			from land.cleared_land l
			join land.parcel p on p.geom && l.geom
			where l.area_id = $1 and l.final and l.ended_at is null
				and p.status <> 'reserved'
				and st_area(st_intersection(p.geom, l.geom)::geography) > 1`, m.id).Scan(&f.ParcelsOnFinal)
	}
	return nil
}

// takeBackLand ends what the acceptance of the whole area had cleared, when the
// step back happened; parts accepted before it stay.
func (m *move) takeBackLand(ctx context.Context) error {
	at := m.On
	if at.IsZero() {
		at = m.now
	}
	rows, err := m.Query(ctx, `
		update land.cleared_land
		set ended_at = $2
		where area_id = $1 and final and ended_at is null
		returning id`, m.id, at)
	if err != nil {
		return err
	}
	ended, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	for _, id := range ended {
		m.gone("cleared", id)
		add(&m.touched.cleared, id)
	}
	return err
}

// acceptLand adds what the acceptance clears to the cleared land: the part of
// the area that was not cleared before, with the size that the acceptance
// states.
func (m *move) acceptLand(ctx context.Context, size geo.SquareMetres, acceptanceNo string) error {
	var id *int64
	err := m.QueryRow(ctx, `
		with rest as (
			select a.id, a.code, st_multi(st_collectionextract(coalesce(st_difference(a.geom, st_union(c.geom) filter (where c.ended_at is null)), a.geom), 3)) as geom, count(c.id) as n
			from land.area a
			left join land.cleared_land c on c.area_id = a.id
			where a.id = $1
			group by a.id),
		put as (
			insert into land.cleared_land (code, area_id, cleared_on, acceptance_no, geom, area_m2, survey_m2, final)
			select code || '-C' || (n + 1), id, $2, $3, geom, 0, $4::float8::numeric(16, 4), true
			from rest
			where not st_isempty(geom)
			returning id)
		select (select id from put)`, m.id, m.onDay(), acceptanceNo, float64(size)).Scan(&id)
	if err != nil {
		return err
	}
	if id == nil {
		return fieldError("cleared_mu", "no_land_left",
			fmt.Sprintf("片区内已无未腾之地，不能再增加 %.2f 亩", size.Mu()),
			fmt.Sprintf("no land of the area is left to clear; %.2f mu cannot be added", size.Mu()))
	}
	m.change("cleared", *id, "")
	add(&m.touched.cleared, *id)
	return nil
}
