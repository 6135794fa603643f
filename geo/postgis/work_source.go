package postgis

import "tengdi/geo"

// workSource is one kind of work: whose it is, and the statement that finds it:
// collection, code, title, area, status, the day that counts, another day, and a
// number, see duty.judge. It takes @today, @ahead and @visits, up to which
// deadlines are due, @since, before which a visit is too long ago, and @areas,
// null for all.
type workSource struct {
	kind  string
	roles []geo.Role
	sql   string
}

// ofArea is the condition that area a is one of the viewer's.
const ofArea = `(@areas::text[] is null or a.code = any(@areas))`

func workSources() []workSource {
	out := append(problemWork(), householdWork()...)
	return append(append(out, areaWork()...), marketWork()...)
}

func problemWork() []workSource {
	of := func(kind string, states []string, roles ...geo.Role) workSource {
		return workSource{kind, roles, `
			select 'problems', q.code, q.title, a.code, q.status, q.due, null::date, q.extensions
			from land.problem q
			join land.area a on a.id = q.area_id
			where q.status in ` + sqlList(states) + ` and ` + ofArea}
	}
	return []workSource{
		of("problem", []string{"assigned", "in_progress"}, geo.RoleField, geo.RolePlanner, geo.RoleLeader, geo.RoleAdmin),
		of("assign", []string{"opened"}, geo.RoleLeader, geo.RoleSupervisor, geo.RoleAdmin),
		of("verify", []string{"submitted"}, geo.RoleSupervisor),
		of("close_problem", []string{"verified"}, geo.RoleSupervisor),
	}
}

// privRecords finds records of households that wait to be done. Their title is
// that of the house: what the records say is told by the file alone.
func privRecords(kind, record, until string, roles ...geo.Role) workSource {
	return workSource{kind, roles, `
		select 'households', h.code, coalesce(b.code, ''), a.code, '', r.due, null::date, 0
		from priv.record r
		join priv.household h on h.id = r.entity_id
		join land.area a on a.id = h.area_id
		left join land.building b on b.id = h.building_id
		where r.kind = '` + record + `' and r.done_on is null and r.struck_at is null and (` + until + `) and ` + ofArea}
}

func householdWork() []workSource {
	grid := []geo.Role{geo.RoleField}
	office := []geo.Role{geo.RoleField, geo.RolePlanner, geo.RoleAdmin}
	last := func(kind string) string { // only the last of its kind counts
		return ` and not exists (
			select from priv.record l
			where l.entity = 'household' and l.entity_id = r.entity_id and l.kind = '` + kind + `' and l.struck_at is null
				and (l.on_day, l.no) > (r.on_day, r.no))`
	}
	return []workSource{
		privRecords("visit", geo.VisitRecord, `r.due <= @visits and h.status <> 'closed'`+last(geo.VisitRecord), grid...),
		{"unvisited", grid, `
			select 'households', h.code, '', a.code, '', v.last, null::date, 0
			from priv.household h
			join land.area a on a.id = h.area_id
			cross join lateral (
				select max(r.on_day) as last
				from priv.record r
				where r.entity = 'household' and r.entity_id = h.id and r.kind = '` + geo.VisitRecord + `' and r.struck_at is null) v
			where h.signed_on is null and h.vacated_on is null and a.status in ('surveying', 'consulting', 'decided', 'signing', 'vacating', 'demolishing')
				and coalesce(v.last < @since, true) and ` + ofArea},
		privRecords("transition", "transition", `r.due <= @ahead`, office...),
		privRecords("flat", geo.FlatRecord, `r.due <= @ahead`, office...),
		privRecords("ticket", "ticket", `coalesce(r.due <= @ahead, true)`, office...),
		{"payment", office, `
			select 'households', h.code, '', a.code, '', r.due, null::date, h.amount_fen
			from priv.household h
			join land.area a on a.id = h.area_id
			left join lateral (
				select r.due
				from priv.record r
				where r.entity = 'household' and r.entity_id = h.id and r.kind = 'agreement' and r.struck_at is null
				order by r.no desc
				limit 1) r on true
			where h.status = 'signed' and h.paid_on is null and coalesce(r.due <= @ahead, true) and ` + ofArea},
		{"court", []geo.Role{geo.RolePlanner, geo.RoleSupervisor, geo.RoleAdmin}, `
			select 'households', h.code, '', a.code, '', h.served, h.final, 0
			from (select h.code, h.area_id, e.served, f.final` + courtCases("@today") + `) h
			join land.area a on a.id = h.area_id
			where ` + ofArea},
		{"close_household", []geo.Role{geo.RoleSupervisor}, `
			select 'households', h.code, '', a.code, '', null::date, null::date, 0
			from priv.household h
			join land.area a on a.id = h.area_id
			where h.status = 'vacated' and h.paid_on is not null and ` + ofArea + `
				and (h.mode <> 'swap' or exists (
					select from priv.record r
					where r.entity = 'household' and r.entity_id = h.id and r.kind = '` + geo.FlatRecord + `' and r.done_on <= @today and r.struck_at is null))`},
	}
}

func areaWork() []workSource {
	return []workSource{
		{"area", []geo.Role{geo.RoleField, geo.RolePlanner, geo.RoleLeader, geo.RoleAdmin}, `
			select 'areas', a.code, a.name, a.code, a.status, a.deadline, null::date, 0
			from land.area a
			where a.deadline <= @ahead and a.status not in ` + areaDone + ` and ` + ofArea},
		{"display", []geo.Role{geo.RolePlanner, geo.RoleAdmin}, `
			select 'areas', a.code, a.name, a.code, '', e.until, null::date, 0
			from land.area a
			cross join lateral (
				select case when x.data ->> 'display_to' ~ '^\d{4}-\d{2}-\d{2}$' then (x.data ->> 'display_to')::date end as until
				from land.event x
				where x.entity = 'area' and x.entity_id = a.id and x.verb = 'moved' and x.to_state = 'consulting'
				order by x.id desc
				limit 1) e
			where a.status = 'consulting' and e.until <= @today and ` + ofArea},
		{"accept", []geo.Role{geo.RoleSupervisor}, `
			select 'areas', a.code, a.name, a.code, a.status, a.deadline, null::date, 0
			from land.area a
			where a.status = 'demolishing' and ` + ofArea + `
				and not exists (select from land.problem q where q.area_id = a.id and q.status <> 'closed')
				and not exists (select from land.building b where b.area_id = a.id and b.status not in ` + sqlList(geo.BuildingDone()) + `)`},
		{"inspection", []geo.Role{geo.RoleField, geo.RolePlanner, geo.RoleSupervisor, geo.RoleAdmin}, `
			select 'areas', a.code, coalesce(r.data ->> 'finding', a.name), a.code, '', r.due, null::date, 0
			from land.record r
			join land.area a on a.id = r.entity_id
			where r.entity = 'area' and r.kind = 'inspection' and r.done_on is null and r.struck_at is null and ` + ofArea},
		{"ticket", []geo.Role{geo.RolePlanner, geo.RoleLeader, geo.RoleAdmin}, `
			select 'projects', p.code, coalesce(r.data ->> 'topic', p.name), coalesce(a.code, ''), '', r.due, null::date, 0
			from land.record r
			join land.project p on p.id = r.entity_id
			left join land.area a on a.id = p.area_id
			where r.entity = 'project' and r.kind = 'ticket' and r.done_on is null and r.struck_at is null and ` + ofArea},
		{"project", []geo.Role{geo.RolePlanner, geo.RoleLeader, geo.RoleAdmin}, `
			select 'projects', p.code, p.name, coalesce(a.code, ''), p.status, p.stage_on, null::date, 0
			from land.project p
			left join land.area a on a.id = p.area_id
			where p.status not in ('operating', 'dead') and p.stage_on is not null and ` + ofArea},
	}
}

// marketWork is that of parcels on their way to market and to a building.
func marketWork() []workSource {
	parcels := func(kind, day, condition string) workSource {
		return workSource{kind, []geo.Role{geo.RoleTrading, geo.RoleAdmin}, `
			select 'parcels', p.code, p.name, coalesce(a.code, ''), p.status, ` + day + `, null::date, 0
			from land.parcel p
			left join land.area a on a.id = p.area_id
			left join land.round r on r.parcel_id = p.id and r.no = p.round_no
			where ` + condition + ` and ` + ofArea}
	}
	return []workSource{
		parcels("announce", `null::date`, `p.status = 'planned'`),
		parcels("listing", `coalesce(r.list_to, r.list_from)`, `p.status in ('listed', 'bidding') and coalesce(r.list_to, r.list_from) <= @ahead`),
		parcels("contract", `r.sold_on`, `p.status = 'sold' and r.sold_on is not null`),
		parcels("price", `(r.contracted_on + interval '1 year')::date`,
			`p.status in ('contracted', 'handed_over', 'started', 'completed') and r.contracted_on is not null and r.paid_on is null`),
		parcels("idle", `r.start_by`, `p.status in ('contracted', 'paid', 'handed_over') and r.start_by is not null and r.started_on is null`),
	}
}
