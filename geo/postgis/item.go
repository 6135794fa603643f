package postgis

import "tengdi/geo"

// This file says what the items of each collection are made of. A source is a
// SELECT that gives fid, version, updated_at, geom, search and a column for
// each field of the collection, named as in geo.Fields; features, search and
// summary read through it, so that a figure has one definition.

// source is the SELECT of a collection for an audience; "" when the audience
// may not read it.
func source(aud geo.Audience, collection string) string {
	if aud == geo.Staff {
		switch collection {
		case "areas":
			return staffAreas()
		case "parcels":
			return staffParcels()
		case "buildings":
			return staffBuildings
		case "projects":
			return staffProjects
		}
		return staffRegister(collection)
	}
	switch collection {
	case "areas":
		return publicAreas()
	case "parcels":
		return publicParcels()
	case "projects":
		return publicProjects
	}
	return ""
}

// areaLand joins to area a: the land cleared in it and the parcels sold and on
// offer from it.
func areaLand() string {
	return `
			cross join lateral (
				select coalesce(sum(l.official_m2), 0)::numeric(16, 4) as cleared_m2
				from land.cleared_land l
				where l.area_id = a.id and l.ended_at is null) c
			cross join lateral (
				select
					(count(*) filter (where p.status in ` + sqlList(geo.SoldCodes()) + `))::integer as parcels_sold,
					(count(*) filter (where p.status in ('announced', 'listed', 'bidding')))::integer as parcels_open
				from land.parcel p
				where p.area_id = a.id) s`
}

// Expressions over parcel p.
const (
	parcelYears = `(
				select (u ->> 'years')::integer
				from jsonb_array_elements(p.uses) u
				where (u ->> 'years')::integer > 0
				order by u ->> 'code' = p.land_use desc, (u ->> 'years')::integer desc
				limit 1)`
	parcelBasis  = `case when p.survey_m2 is null then 'ellipsoid' else 'survey' end`
	parcelLimits = `land.limit_text(p.far_min, p.far_max, p.far_min_open, p.far_max_open) as far,
				land.limit_text(p.density_min, p.density_max, p.density_min_open, p.density_max_open) as density,
				land.limit_text(p.green_min, p.green_max, p.green_min_open, p.green_max_open) as green,
				land.limit_text(p.height_min, p.height_max, p.height_min_open, p.height_max_open) as height`
	parcelFailed = `(
				select count(*)::integer
				from land.round f
				where f.parcel_id = p.id and f.outcome = 'failed')`
)

// Ends of clearing: an area in one of these states is not late.
const areaDone = `('cleared', 'handed_over', 'closed', 'cancelled')`

// Buildings that are gone.
const buildingGone = `('demolished', 'self_removed', 'removed', 'site_cleared')`

// householdCounts counts households h of buildings b: each in every stage it
// has passed.
const householdCounts = `
					count(*) filter (where h.surveyed_on is not null) as surveyed,
					count(*) filter (where h.signed_on is not null) as signed,
					count(*) filter (where h.vacated_on is not null) as vacated,
					count(*) filter (where h.vacated_on is not null and b.status in ` + buildingGone + `) as demolished`

// problemCounts counts problems q up to the day d.today.
const problemCounts = `
					count(*) filter (where q.status <> 'closed') as open,
					count(*) filter (where q.status <> 'closed' and q.due < d.today) as overdue,
					count(*) filter (where q.status = 'closed') as closed`

// today is the calendar day in the district's zone by the database clock.
const today = `(
				select (now() at time zone coalesce((select zone from land.district), 'Asia/Shanghai'))::date as today)`

func staffAreas() string {
	return `
			select
				a.id as fid, a.version, a.updated_at, a.geom, a.search,
				a.code, a.name, a.status, a.street, a.board,
				pub.mu(a.plan_m2) as plan_mu,
				pub.mu(c.cleared_m2) as cleared_mu,
				` + shownRate(`100 * c.cleared_m2 / nullif(a.plan_m2, 0)`, 2) + ` as cleared_rate,
				s.parcels_sold, s.parcels_open,
				a.decided_on, to_char(a.decided_on, 'YYYY') as decided_year,
				bu.on_day as bulletin_on,
				(bu.data ->> 'surveyed')::integer as bulletin_surveyed,
				(bu.data ->> 'signed')::integer as bulletin_signed,
				(bu.data ->> 'vacated')::integer as bulletin_vacated,
				(bu.data ->> 'few')::boolean as bulletin_few,
				a.batch, a.leader, a.department, a.decision_no, a.deadline,
				case when a.deadline < d.today and a.status not in ` + areaDone + ` then d.today - a.deadline end as late_days,
				h.surveyed as households, h.signed, h.vacated, h.demolished,
				` + shownRate(`100.0 * h.signed / nullif(h.surveyed, 0)`, 2) + ` as signed_rate,
				` + shownRate(`100.0 * h.vacated / nullif(h.surveyed, 0)`, 2) + ` as vacated_rate,
				` + shownRate(`100.0 * h.demolished / nullif(h.surveyed, 0)`, 2) + ` as demolished_rate,
				q.open as problems_open, q.overdue as problems_overdue,
				pub.mu(a.official_m2) as mu,
				a.area_m2, a.plane_m2, a.survey_m2
			from land.area a
			cross join ` + today + ` d` + areaLand() + `
			cross join lateral (
				select` + householdCounts + `
				from priv.household h
				left join land.building b on b.id = h.building_id
				where h.area_id = a.id) h
			cross join lateral (
				select` + problemCounts + `
				from land.problem q
				where q.area_id = a.id) q
			left join lateral (` + lastBulletin + `) bu on true`
}

// lastBulletin is the bulletin of area a that holds: of the latest day, and of
// several of that day the last.
const lastBulletin = `
				select r.on_day, r.data
				from land.record r
				where r.entity = 'area' and r.entity_id = a.id and r.kind = 'bulletin' and r.struck_at is null
				order by r.on_day desc, r.no desc
				limit 1`

func publicAreas() string {
	return `
			select
				public_id as fid, version, updated_at, geom, search,
				code, name, status, street, board,
				pub.mu(plan_m2) as plan_mu,
				pub.mu(cleared_m2) as cleared_mu,
				` + shownRate(`100 * cleared_m2 / nullif(plan_m2, 0)`, 2) + ` as cleared_rate,
				parcels_sold, parcels_open, decided_on, to_char(decided_on, 'YYYY') as decided_year,
				bulletin_on, bulletin_surveyed, bulletin_signed, bulletin_vacated, bulletin_few
			from pub.area`
}

// parcelMoney derives the prices of row r from its amounts and from the area
// that counts.
const parcelMoney = `
				pub.wan(nullif(r.start_fen, 0)) as start_wan,
				pub.wan(nullif(r.deposit_fen, 0)) as deposit_wan,
				pub.wan(nullif(r.step_fen, 0)) as step_wan,
				pub.wan(nullif(r.deal_fen, 0)) as deal_wan,
				case when r.deal_fen > 0 then round(100.0 * (r.deal_fen - r.start_fen) / nullif(r.start_fen, 0), 2) end as premium`

func staffParcels() string {
	return `
			select
				p.id as fid, p.version, p.updated_at, p.geom, p.search || chr(10) || coalesce(r.search, '') as search,
				p.code, p.name, p.status, a.code as area, a.name as area_name, p.street, p.address,
				p.land_use, p.use_class, ` + parcelYears + ` as years,
				pub.mu(p.official_m2) as mu, ` + parcelBasis + ` as mu_basis, p.survey_m2, p.area_m2,
				` + parcelLimits + `,
				r.notice_no, r.mode,` + parcelMoney + `,
				r.notice_on, r.list_from, r.list_to,
				round(pub.wan(nullif(r.deal_fen, 0)) / nullif(p.official_m2 * 15 / 10000, 0), 2) as price_per_mu_wan,
				r.sold_on, to_char(r.sold_on, 'YYYY') as sold_year, r.buyer, ` + parcelFailed + ` as failed_rounds,
				pub.wan(nullif(r.reserve_fen, 0)) as reserve_wan,
				r.contract_no, r.contracted_on, r.handed_over_on, r.started_on, r.completed_on,
				p.industry,
				p.clean_title and p.clean_compensation and p.clean_no_dispute and p.clean_conditions and p.clean_utilities as clean_complete,
				p.plane_m2, nullif(p.source_crs, 0) as source_crs
			from land.parcel p
			left join land.area a on a.id = p.area_id
			left join land.round r on r.parcel_id = p.id and r.no = p.round_no`
}

func publicParcels() string {
	return `
			select
				r.public_id as fid, r.version, r.updated_at, r.geom, r.search,
				r.code, r.name, r.status, r.area, r.area_name, r.street, r.address,
				r.land_use, r.use_class, r.years,
				pub.mu(r.official_m2) as mu, r.mu_basis, r.survey_m2, r.area_m2,
				r.far, r.density, r.green, r.height,
				r.notice_no, r.mode,` + parcelMoney + `,
				r.notice_on, r.list_from, r.list_to,
				round(pub.wan(nullif(r.deal_fen, 0)) / nullif(r.official_m2 * 15 / 10000, 0), 2) as price_per_mu_wan,
				r.sold_on, to_char(r.sold_on, 'YYYY') as sold_year, r.buyer, r.failed_rounds
			from pub.parcel r`
}

const staffBuildings = `
			select
				b.id as fid, b.version, b.updated_at, b.geom, b.search,
				b.code, b.status, a.code as area, b.legal, b.use, b.tenure,
				nullif(b.floors, 0) as floors, nullif(b.floor_m2, 0) as floor_m2, b.households,
				b.demolished_on, b.method, b.area_m2
			from land.building b
			left join land.area a on a.id = b.area_id`

const staffProjects = `
			select
				p.id as fid, p.version, p.updated_at, p.geom, p.search,
				p.code, p.name, p.status, p.industry, p.board,
				pub.wan(p.amount_fen) as amount_wan,
				a.code as area, l.code as parcel, p.stage_on, p.investor
			from land.project p
			left join land.area a on a.id = p.area_id
			left join land.parcel l on l.id = p.parcel_id`

const publicProjects = `
			select
				public_id as fid, version, updated_at, geom, search,
				code, name, status, industry, board,
				pub.wan(amount_fen) as amount_wan,
				area, parcel, stage_on
			from pub.project`
