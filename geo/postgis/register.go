package postgis

import (
	"fmt"

	"tengdi/geo"
)

// This file holds the sources of the registers, which staff alone read: see
// item.go for what a source is. What costs a look at other rows is a subquery
// of its own column, so that it is run for the rows of a page and not for those
// that are only counted.

// staffRegister is the source of a register; "" for another collection.
func staffRegister(collection string) string {
	switch collection {
	case "households":
		return staffHouseholds
	case "problems":
		return staffProblems()
	case "organisations":
		return staffOrganisations
	case "persons":
		return staffPersons
	case "boards":
		return staffBoards
	}
	return ""
}

// visitsOf is what to read visits of household h from.
const visitsOf = `
					from priv.record r
					where r.entity = 'household' and r.entity_id = h.id and r.kind = 'visit' and r.struck_at is null`

// staffHouseholds: the next visit is the one that the last visit promised; a
// later visit, with or without a promise of its own, takes its place.
const staffHouseholds = `
			select
				h.id as fid, h.version, h.updated_at, null::geometry as geom, pub.search_key(h.code) as search,
				h.code, h.status, a.code as area, a.name as area_name, b.code as building,
				h.persons, h.mode, pub.wan(nullif(h.amount_fen, 0)) as amount_wan,
				h.surveyed_on, h.valued_on, h.signed_on, h.paid_on, h.vacated_on,
				(
					select count(*)` + visitsOf + `) as visits,
				(
					select max(r.on_day)` + visitsOf + `) as visited_on,
				(
					select r.due` + visitsOf + `
					order by r.on_day desc, r.no desc
					limit 1) as next_visit
			from priv.household h
			join land.area a on a.id = h.area_id
			left join land.building b on b.id = h.building_id`

// lastOf is what to read the last thing that somebody did about problem q from; a
// reminder of a clock is none.
const lastOf = `
					from land.event e
					where e.entity = 'problem' and e.entity_id = q.id and e.verb <> 'noted'
					order by e.id desc
					limit 1`

// problemLight is geo.ProblemLight of problem q on the day d.today, with the
// district's own number of days.
func problemLight() string {
	return fmt.Sprintf(`case
					when q.status = 'closed' then null
					when q.extensions >= %d or q.due < d.today then 'red'
					when q.due is null or q.due - d.today > d.amber then 'green'
					else 'amber'
				end`, geo.MaxExtensions)
}

func staffProblems() string {
	return `
			select
				q.id as fid, q.version, q.updated_at, null::geometry as geom,
				pub.search_key(q.code) || chr(10) || pub.search_key(q.title) as search,
				q.code, q.status, q.title, q.kind, a.code as area, a.name as area_name, b.code as building,
				q.department, q.leader, q.measure, q.opened_on, q.due,
				case when q.status <> 'closed' and q.due < d.today then d.today - q.due end as late_days,
				` + problemLight() + ` as light,
				(
					select (e.happened at time zone coalesce((select zone from land.district), 'Asia/Shanghai'))::date` + lastOf + `) as acted_on,
				(
					select concat_ws('/', e.verb, coalesce(nullif(e.to_state, ''), e.data ->> 'kind'))` + lastOf + `) as action,
				q.extensions, q.escalations, q.closed_on
			from land.problem q
			join land.area a on a.id = q.area_id
			left join land.building b on b.id = q.building_id
			cross join (
				select t.today, coalesce((
					select nullif((thresholds ->> 'problem_amber_days')::integer, 0)
					from land.district), ` + fmt.Sprint(geo.DefaultThresholds().ProblemAmberDays) + `) as amber
				from ` + today + ` t) d`
}

const staffOrganisations = `
			select
				o.id as fid, o.version, o.updated_at, null::geometry as geom, o.search,
				o.code, o.name, o.kind, u.code as parent, o.admin_code, o.phone, o.ended_on
			from land.organisation o
			left join land.organisation u on u.id = o.parent_id`

const staffPersons = `
			select
				p.id as fid, p.version, p.updated_at, null::geometry as geom, p.search,
				p.code, p.name, p.post, o.code as organisation, p.login, p.phone, p.ended_on
			from land.person p
			left join land.organisation o on o.id = p.organisation_id`

// staffBoards counts what names the board: areas and projects do so by its
// name, which is what people and the public read.
const staffBoards = `
			select
				b.id as fid, b.version, b.updated_at, null::geometry as geom, b.search,
				b.code, b.name, b.name_en, b.theme, b.sort,
				(
					select count(*)
					from land.area a
					where a.board = b.name) as areas,
				(
					select count(*)
					from land.project p
					where p.board = b.name) as projects,
				b.ended_on
			from land.board b`
