package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// SummaryAt computes the figures of one area, or of the end of a past day in
// the district's zone, for staff. Today's come from the rows, as Summary's do;
// a past day's come from the events: what had not happened by 24:00 of the day
// does not count, whatever was done since. AsOf is the last second of the day.
// Errors: NotFound for an unknown area, Invalid for a day that has not come.
func (s *Store) SummaryAt(ctx context.Context, q geo.SummaryQuery) (geo.Summary, error) {
	var out geo.Summary
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		var now time.Time
		var zoneName string
		var known bool
		err := tx.QueryRow(ctx, `
			select now(), coalesce((select zone from land.district), 'Asia/Shanghai'),
				$1 = '' or exists (select from land.area where code = $1)`, q.Area).Scan(&now, &zoneName, &known)
		if err != nil {
			return err
		}
		if !known {
			return notFound("area", q.Area)
		}
		zone, err := time.LoadLocation(zoneName)
		if err != nil {
			return err
		}
		today := geo.DayOf(now, zone)
		switch {
		case q.At > today:
			return fieldError("at", "not_future",
				fmt.Sprintf("日期 %s 晚于今天 %s", q.At, today), fmt.Sprintf("the day %s is after today, %s", q.At, today))
		case q.At == today || q.At == 0:
			out, err = figures(ctx, tx, geo.Staff, staffScene(q.Area))
			return err
		}
		out, err = figures(ctx, tx, geo.Staff, pastScene(q, zone))
		out.AsOf = q.At.End(zone).Add(-time.Second)
		return err
	})
	return out, err
}

// byThen is the condition that event e had happened by the end of @day, which
// is @end. As in geo.Occasion a time at midnight UTC is a date, everything else
// an instant: west of Greenwich the date after @day begins before @end.
const byThen = `e.happened < @end and e.happened <> @next`

// pastScene is the rows as the events tell them at the end of a day. The
// events of a thing run in order of id, and their days never go back, so that
// its last one by then tells how it stood. What no event tells, such as the
// size of a plot, is as the row has it now; a thing without any event by then
// was not there yet.
func pastScene(q geo.SummaryQuery, zone *time.Location) scene {
	where := func(condition, area string) string {
		if q.Area == "" {
			return condition
		}
		return condition + ` and ` + area + ` = @area`
	}
	const ofArea = `(select l.code from land.area l where l.id = %s.area_id)`
	inArea := func(alias string) string { return fmt.Sprintf(ofArea, alias) }
	within := func(alias string) string { // for tables with many rows: by the index of area_id
		if q.Area == "" {
			return `true`
		}
		return alias + `.area_id = (select id from land.area where code = @area)`
	}
	return scene{
		areas: `(
			select s.status,
				` + then("area", "a.id", "plan_mu", "a.plan_m2 * 15 / 10000") + `::numeric * 10000 / 15 as plan_m2,
				` + then("area", "a.id", "deadline", "a.deadline") + `::date as deadline
			from land.area a` + stood("area", "a.id") + `
			where ` + where(`true`, `a.code`) + `) a`,
		cleared: `(
			select l.official_m2
			from land.cleared_land l
			cross join lateral (select l.ended_at as happened) e
			where l.cleared_on <= @day and (l.ended_at is null or not (` + byThen + `)) and ` + within("l") + `) c`,
		parcels: `(
			select s.status,
				` + then("parcel", "p.id", "official_m2", "p.official_m2") + `::numeric as official_m2,
				` + then("parcel", "p.id", "deal_wan", "r.deal_fen / 1000000.0") + `::numeric * 1000000 as deal_fen,
				` + then("parcel", "p.id", "start_wan", "r.start_fen / 1000000.0") + `::numeric * 1000000 as start_fen
			from land.parcel p
			left join land.round r on r.parcel_id = p.id and r.no = p.round_no` + stood("parcel", "p.id") + `
			where ` + where(`true`, then("parcel", "p.id", "area", inArea("p"))) + `) p`,
		projects: `(
			select s.status, ` + then("project", "p.id", "amount_wan", "p.amount_fen / 1000000.0") + `::numeric * 1000000 as amount_fen
			from land.project p` + stood("project", "p.id") + `
			where ` + where(`true`, then("project", "p.id", "area", inArea("p"))) + `) p`,
		households: pastHouseholds(within("h")),
		problems: `(
			select s.status, ` + then("problem", "q.id", "due", "q.due") + `::date as due
			from land.problem q` + stood("problem", "q.id") + `
			where ` + within("q") + `) q`,
		day: `(select @day::date as today) d`,
		args: pgx.NamedArgs{
			"area": q.Area, "day": q.At.Date(), "end": q.At.End(zone), "next": (q.At + 1).Date(),
		},
	}
}

// stood joins to a row how it stood then, as s.status.
func stood(m geo.MachineName, id string) string {
	return `
			cross join lateral (
				select e.to_state as status
				from land.event e
				where e.entity = '` + string(m) + `' and e.entity_id = ` + id + ` and e.verb in ('created', 'moved') and ` + byThen + `
				order by e.id desc
				limit 1) s`
}

// then is the value of a field of a row at that time, as text: what the last
// event by then told of it; else what the first correction after it replaced;
// else the row's. A deadline is also told by its extensions. Steps back of a
// parcel tell nothing: they leave its round's amounts as they are.
func then(m geo.MachineName, id, field, row string) string {
	of := `
					from land.event e
					where e.entity = '` + string(m) + `' and e.entity_id = ` + id + ` and e.data -> '` + field + `' is not null`
	if m == geo.ParcelMachine {
		of += ` and e.from_state || ' ' || e.to_state not in ` + sqlList(geo.Backs(geo.ParcelMachine))
	}
	return `(
				select v.told
				from (
					(select 1 as rank, case when e.verb in ('corrected', 'amended') then e.data -> '` + field + `' ->> 'to' else e.data ->> '` + field + `' end as told` + of + `
						and (e.verb in ('created', 'moved', 'corrected') or e.verb in ('recorded', 'amended') and e.data ->> 'kind' = '` + geo.ExtensionRecord + `')
						and ` + byThen + `
					order by e.id desc
					limit 1)
					union all
					(select 2, e.data -> '` + field + `' ->> 'from'` + of + `
						and e.verb = 'corrected' and not (` + byThen + `)
					order by e.id
					limit 1)
					union all
					select 3, (` + row + `)::text) v
				order by v.rank
				limit 1)`
}

// pastHouseholds is households h with the stages that they had passed and were
// not stepped back from, and the state b that their buildings had.
func pastHouseholds(within string) string {
	stages := ""
	for _, stage := range []string{"surveyed", "signed", "vacated"} {
		entered, left := stageMoves(stage)
		stages += `
					case when max(e.id) filter (where ` + entered + `) > coalesce(max(e.id) filter (where ` + left + `), 0) then max(e.happened) filter (where ` + entered + `) end as ` + stage + `_on,`
	}
	return `(
			select h.building_id, s.*
			from priv.household h
			cross join lateral (
				select` + stages + `
					count(*) as events
				from land.event e
				where e.entity = 'household' and e.entity_id = h.id and e.verb in ('created', 'moved') and ` + byThen + `) s
			where s.events > 0 and ` + within + `) h
			left join (
				select w.id, s.status
				from land.building w` + stood("building", "w.id") + `
				where w.id in (select h.building_id from priv.household h where ` + within + `)) b on b.id = h.building_id`
}

// stageMoves are the conditions that event e takes a household into a stage of
// the figures, and that it is a step back out of it: a step back into a stage
// leaves the day on which it was passed.
func stageMoves(stage string) (entered, left string) {
	back := `e.from_state || ' ' || e.to_state in ` + sqlList(geo.Backs(geo.HouseholdMachine))
	return `e.to_state = '` + stage + `' and not (` + back + `)`, `e.from_state = '` + stage + `' and ` + back
}
