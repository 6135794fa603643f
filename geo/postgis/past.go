package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// SummaryAt computes the figures of some areas, or of the end of a past day in
// the district's zone, for staff. Today's come from the rows, as Summary's do;
// a past day's come from the events: what had not happened by 24:00 of the day
// does not count, whatever was done since. AsOf is the last second of the day.
// Errors: NotFound for an unknown area, Invalid for a day that has not come.
func (s *Store) SummaryAt(ctx context.Context, q geo.SummaryQuery) (geo.Summary, error) {
	var out geo.Summary
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		c, err := choose(ctx, tx, q)
		if err != nil {
			return err
		}
		out, err = figures(ctx, tx, geo.Staff, c.scene())
		if c.past {
			out.AsOf = c.clock()
		}
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
func pastScene(c choice) scene {
	where := func(condition, area string) string {
		if c.all {
			return condition
		}
		return condition + ` and ` + area + ` = any(@codes)`
	}
	// What lies in another area by now was in a chosen one only if an event tells of
	// its area, which few do: the others are not asked for their past one by one.
	maybe := func(m geo.MachineName, alias string) string {
		return `(` + alias + `.area_id = any(@ids) or ` + alias + `.id in (
				select e.entity_id from land.event e where e.entity = '` + string(m) + `' and e.data -> 'area' is not null))
				and `
	}
	const ofArea = `(select l.code from land.area l where l.id = %s.area_id)`
	inArea := func(alias string) string { return fmt.Sprintf(ofArea, alias) }
	within := func(alias string) string { // for tables with many rows: by the index of area_id
		if c.all {
			return `true`
		}
		return alias + `.area_id = any(@ids)`
	}
	told := func(m geo.MachineName, id, field, row string) string { return then(m, id, field, row) + ` as ` + field }
	return scene{
		areas: `(
			select a.id, a.code, a.name, a.batch, s.status,
				` + then("area", "a.id", "plan_mu", "a.plan_m2 * 15 / 10000") + `::numeric * 10000 / 15 as plan_m2,
				` + then("area", "a.id", "deadline", "a.deadline") + `::date as deadline,
				case when a.decided_on <= @day then a.decided_on end as decided_on,
				` + told("area", "a.id", "street", "a.street") + `,
				` + told("area", "a.id", "board", "a.board") + `,
				` + told("area", "a.id", "leader", "a.leader") + `,
				` + told("area", "a.id", "department", "a.department") + `
			from land.area a` + stood("area", "a.id") + `
			where ` + where(`true`, `a.code`) + `) a`,
		cleared: `(
			select l.official_m2, l.area_id
			from land.cleared_land l
			cross join lateral (select l.ended_at as happened) e
			where l.cleared_on <= @day and (l.ended_at is null or not (` + byThen + `)) and ` + within("l") + `) c`,
		parcels: `(
			select s.status, p.area_id, p.use_class, ` + soldDay() + ` as sold_on,
				` + then("parcel", "p.id", "official_m2", "p.official_m2") + `::numeric as official_m2,
				` + then("parcel", "p.id", "deal_wan", "r.deal_fen / 1000000.0") + `::numeric * 1000000 as deal_fen,
				` + then("parcel", "p.id", "start_wan", "r.start_fen / 1000000.0") + `::numeric * 1000000 as start_fen
			from land.parcel p
			left join land.round r on r.parcel_id = p.id and r.no = p.round_no` + stood("parcel", "p.id") + `
			where ` + where(c.ofUse("p"), maybe("parcel", "p")+then("parcel", "p.id", "area", inArea("p"))) + `) p`,
		projects: `(
			select p.id, s.status, ` + stageDay() + ` as stage_on, ` + then("project", "p.id", "amount_wan", "p.amount_fen / 1000000.0") + `::numeric * 1000000 as amount_fen
			from land.project p` + stood("project", "p.id") + `
			where ` + where(takenOver(byThen), maybe("project", "p")+then("project", "p.id", "area", inArea("p"))) + `) p`,
		households: pastHouseholds(within("h"), c.all),
		problems: `(
			select q.id as problem_id, q.area_id, q.code, q.kind, q.title, q.opened_on, s.status, ` + then("problem", "q.id", "due", "q.due") + `::date as due,
				` + pastExtensions + ` as extensions,
				` + told("problem", "q.id", "measure", "q.measure") + `,
				` + told("problem", "q.id", "department", "q.department") + `,
				` + told("problem", "q.id", "leader", "q.leader") + `
			from land.problem q` + stood("problem", "q.id") + `
			where ` + within("q") + `) q`,
		day:  `(select @day::date as today) d`,
		args: c.args(),
	}
}

// dateOf is the civil day of a time, as geo.Occasion reads it: a time at midnight
// UTC is a date, everything else an instant in the district's zone.
func dateOf(at string) string {
	return `case when ` + at + ` = date_trunc('day', ` + at + `, 'UTC') then (` + at + ` at time zone 'UTC')::date else (` + at + ` at time zone @zone)::date end`
}

// stageDay is the day on which project p came into the state that it had then.
func stageDay() string {
	return `(
				select ` + dateOf("e.happened") + `
				from land.event e
				where e.entity = 'project' and e.entity_id = p.id and e.verb in ('created', 'moved') and ` + byThen + `
				order by e.id desc
				limit 1)`
}

// soldDay is the day on which parcel p was sold that was sold then: its round may be
// another one by now. A step back into the state tells no sale.
func soldDay() string {
	return `coalesce((
				select ` + dateOf("e.happened") + `
				from land.event e
				where e.entity = 'parcel' and e.entity_id = p.id and e.verb in ('created', 'moved') and e.to_state = 'sold'
					and not coalesce(e.from_state || ' ' || e.to_state in ` + sqlList(geo.Backs(geo.ParcelMachine)) + `, false) and ` + byThen + `
				order by e.id desc
				limit 1), r.sold_on)`
}

// pastExtensions is how often the deadline of problem q had been extended.
const pastExtensions = `(
				select count(*)::integer
				from land.event e
				where e.entity = 'problem' and e.entity_id = q.id and e.verb = 'recorded' and e.data ->> 'kind' = '` + geo.ExtensionRecord + `' and ` + byThen + `)`

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
// not stepped back from, and the state b that their buildings had. The events are
// read in one go and not household by household: figures of the district are
// asked for as often as those of an area.
func pastHouseholds(within string, all bool) string {
	homes, houses := `true`, `true`
	if !all { // by the index of the log; what a plan would make of a subquery is too dear where it guesses wrong
		homes = `e.entity_id = any(array(select h.id from priv.household h where ` + within + `))`
		houses = `e.entity_id = any(array(select h.building_id from priv.household h where ` + within + `))`
	}
	stages := ""
	for _, stage := range []string{"surveyed", "signed", "vacated"} {
		entered, left := stageMoves(stage)
		stages += `,
					case when max(e.id) filter (where ` + entered + `) > coalesce(max(e.id) filter (where ` + left + `), 0) then ` + dateOf(`max(e.happened) filter (where `+entered+`)`) + ` end as ` + stage + `_on`
	}
	return `(
			select h.area_id, h.building_id, s.*
			from priv.household h
			join (
				select e.entity_id` + stages + `
				from land.event e
				where e.entity = 'household' and e.verb in ('created', 'moved') and ` + byThen + ` and ` + homes + `
				group by e.entity_id) s on s.entity_id = h.id
			where ` + within + `) h
			left join (
				select distinct on (e.entity_id) e.entity_id as id, e.to_state as status
				from land.event e
				where e.entity = 'building' and e.verb in ('created', 'moved') and ` + byThen + ` and ` + houses + `
				order by e.entity_id, e.id desc) b on b.id = h.building_id`
}

// stageMoves are the conditions that event e takes a household into a stage of
// the figures, and that it is a step back out of it: a step back into a stage
// leaves the day on which it was passed.
func stageMoves(stage string) (entered, left string) {
	back := `e.from_state || ' ' || e.to_state in ` + sqlList(geo.Backs(geo.HouseholdMachine))
	return `e.to_state = '` + stage + `' and not (` + back + `)`, `e.from_state = '` + stage + `' and ` + back
}
