package postgis

import (
	"context"
	"fmt"
	"strings"

	"tengdi/geo"
)

// stated is a table of things that have a state.
type stated struct {
	machine geo.MachineName
	table   string
	initial string
}

func thingTables() []stated {
	return []stated{
		{geo.AreaMachine, "land.area", geo.AreaMoves().Initial},
		{geo.BuildingMachine, "land.building", geo.BuildingMoves().Initial},
		{geo.HouseholdMachine, "priv.household", geo.HouseholdMoves().Initial},
		{geo.ParcelMachine, "land.parcel", geo.ParcelMoves().Initial},
		{geo.ProblemMachine, "land.problem", geo.ProblemMoves().Initial},
		{geo.ProjectMachine, "land.project", geo.ProjectMoves().Initial},
	}
}

// things is the SQL of all things with their state and the first of their
// machine.
func things() string {
	var parts []string
	for _, t := range thingTables() {
		parts = append(parts, `select '`+string(t.machine)+`' as entity, '`+t.initial+`' as initial, id, code, status from `+t.table)
	}
	return `(` + strings.Join(parts, " union all ") + `)`
}

// machines is the SQL list of the kinds of things with a state.
func machines() string {
	var names []string
	for _, t := range thingTables() {
		names = append(names, string(t.machine))
	}
	return sqlList(names)
}

// stateEvents are the events that leave a thing in a state; a creation that
// names none leaves it in the first.
const stateEvents = `('created', 'moved')`

// states compares the rows with what the events say of them.
func (p *proof) states(ctx context.Context) error {
	for _, l := range []law{
		{
			check: stateCheck,
			zh:    "%[1]s 的状态为 %[2]s，而最后的事件为 %[3]s", en: "%[1]s is %[2]s, but its last event leaves it %[3]s",
			sql: `
				select l.id, t.entity, t.code, t.status, coalesce(nullif(l.to_state, ''), t.initial)
				from ` + things() + ` t
				join (
					select distinct on (entity, entity_id) entity, entity_id, id, to_state
					from land.event
					where verb in ` + stateEvents + `
					order by entity, entity_id, id desc) l on l.entity = t.entity and l.entity_id = t.id
				where coalesce(nullif(l.to_state, ''), t.initial) <> t.status
				order by l.id`,
		},
		{
			check: stateCheck,
			zh:    "%[1]s 的状态为 %[2]s，却没有事件", en: "%[1]s is %[2]s, but no event tells how it came there",
			sql: `
				select 0::bigint, t.entity, t.code, t.status, ''
				from ` + things() + ` t
				where t.status <> t.initial and not exists (
					select from land.event e
					where e.entity = t.entity and e.entity_id = t.id and e.verb in ` + stateEvents + `)
				order by t.entity, t.code`,
		},
		{
			check: stateCheck,
			zh:    "事件所记的 %[1]s 已不存在，或编号改为 %[2]s", en: "%[1]s, of which an event tells, is no more, or has another code: %[2]s",
			sql: `
				select min(e.id), e.entity, e.code, coalesce(t.code, ''), ''
				from land.event e
				left join ` + things() + ` t on t.entity = e.entity and t.id = e.entity_id
				where e.entity in ` + machines() + ` and t.code is distinct from e.code
				group by e.entity, e.code, t.code
				order by 1`,
		},
		{
			check: stateCheck,
			zh:    "%[1]s 的事件不相接：从 %[2]s 变出，此前却为 %[3]s", en: "the events of %[1]s do not follow each other: it left %[2]s, but was %[3]s",
			sql: `
				select id, entity, code, from_state, was
				from (
					select id, entity, code, verb, from_state,
						lag(to_state) over (partition by entity, entity_id order by id) as was
					from land.event
					where entity in ` + machines() + ` and verb in ` + stateEvents + `) e
				where was <> '' and (verb = 'created' or from_state <> was)
				order by id`,
		},
	} {
		if err := p.holds(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// feeds looks at the last change that each audience was told of a feature: it
// must be what the row is.
func (p *proof) feeds(ctx context.Context) error {
	for _, f := range []struct{ schema, id, layers string }{
		{"land", "id", "areas parcels buildings projects cleared"},
		{"pub", "public_id", "areas parcels projects cleared"},
	} {
		var rows []string
		for _, layer := range strings.Fields(f.layers) {
			table, status, where := strings.TrimSuffix(layer, "s"), "status", ""
			if layer == "cleared" {
				table, status = "cleared_land", "''"
				if f.schema == "land" {
					where = " where ended_at is null"
				}
			}
			rows = append(rows, fmt.Sprintf(`select '%s' as layer, %s as id, %s as status from %s.%s%s`, layer, f.id, status, f.schema, table, where))
		}
		err := p.holds(ctx, law{
			check: feedCheck,
			zh:    "变更通知（" + f.schema + "）与现状不符：%[1]s，通知为 %[2]s，现状为 %[3]s", en: "the feed of " + f.schema + " does not agree with the row: %[1]s, told %[2]s, is %[3]s",
			sql: `
				with told as (
					select distinct on (layer, id) revision, layer, id, status, gone
					from ` + f.schema + `.change
					where layer <> '*' and revision > coalesce((select max(revision) from ` + f.schema + `.change where layer = '*'), 0)
					order by layer, id, revision desc)
				select 0::bigint, '', t.layer || ' ' || t.id,
					case when t.gone then 'gone' else t.status end, coalesce(r.status, 'gone')
				from told t
				left join (` + strings.Join(rows, " union all ") + `) r using (layer, id)
				where t.gone <> (r.id is null) or not t.gone and t.status <> r.status
				order by t.revision, t.layer, t.id`,
		})
		if err != nil {
			return err
		}
		err = p.holds(ctx, law{
			check: feedCheck,
			zh:    "%[1]s 的版本号为 %[2]s，变更通知却到了 %[3]s", en: "%[1]s is at revision %[2]s, but its feed is at %[3]s",
			sql: `
				select 0::bigint, '', '` + f.schema + `', r.revision::text, c.revision::text
				from ` + f.schema + `.revision r
				cross join (select max(revision) as revision from ` + f.schema + `.change) c
				where c.revision > r.revision`,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
