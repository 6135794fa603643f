package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// days reads by how much each figure changed on which day, up to the day asked
// for and in order of days: the turns of each thing into and out of a state, in
// the order of its events.
func (r *reckoning) days(ctx context.Context) (seriesDays, error) {
	out, err := r.householdTurns(ctx)
	if err != nil {
		return nil, err
	}
	land, err := r.landTurns(ctx)
	if err != nil {
		return nil, err
	}
	out = append(out, land...)
	out.sort()
	return out, nil
}

// of is the condition that a row belongs to the areas chosen.
func (c choice) of(column string) string {
	if c.all {
		return `true`
	}
	return column + ` = any(@ids)`
}

// ofAny is the condition that a column is a value that the households of the areas
// chosen have in another. The list is made first, so that the log is read by its
// index.
func (c choice) ofAny(column, value string) string {
	if c.all {
		return `true`
	}
	return column + ` = any(array(select h.` + value + ` from priv.household h where h.area_id = any(@ids)))`
}

// turns collects changes of a figure that is on or off for a thing. One day may
// have several; they add up.
type turns map[geo.Day]map[string]float64

func (t turns) add(what string, day geo.Day, n float64) {
	if t[day] == nil {
		t[day] = map[string]float64{}
	}
	t[day][what] += n
}

func (t turns) list() (out seriesDays) {
	for day, by := range t {
		for what, n := range by {
			if n != 0 {
				out = append(out, dayDelta{what: what, day: day, n: n})
			}
		}
	}
	return out
}

// spell is a day from which a state holds, or does no longer.
type spell struct {
	day geo.Day
	on  bool
}

// householdTurns follows households into the stages of the figures and out again.
// A household is demolished while it has moved out and its building is gone.
func (r *reckoning) householdTurns(ctx context.Context) (seriesDays, error) {
	stages := []string{"surveyed", "signed", "vacated"}
	conditions := ""
	for _, stage := range stages {
		entered, left := stageMoves(stage)
		conditions += `, case when ` + entered + ` then true when ` + left + ` then false end`
	}
	rows, err := r.tx.Query(ctx, `
		select h.id, coalesce(h.building_id, 0), `+dateOf("e.happened")+conditions+`
		from land.event e
		join priv.household h on h.id = e.entity_id
		where e.entity = 'household' and e.verb in ('created', 'moved') and `+byThen+` and `+r.ofAny("e.entity_id", "id")+`
		order by h.id, e.id`, r.scene.args)
	if err != nil {
		return nil, err
	}
	found := turns{}
	homes := map[int64][][]spell{} // by building: when its households were out
	var household, building, before int64
	var on dated
	var now [3]*bool
	var held [3]bool
	_, err = pgx.ForEachRow(rows, []any{&household, &building, &on, &now[0], &now[1], &now[2]}, func() error {
		if household != before {
			before, held = household, [3]bool{}
			homes[building] = append(homes[building], nil)
		}
		day := geo.CivilDay(on.Time)
		for i, stage := range stages {
			if now[i] == nil || *now[i] == held[i] {
				continue
			}
			held[i] = *now[i]
			found.add(stage, day, plusMinus(held[i]))
			if stage == "vacated" {
				list := homes[building]
				list[len(list)-1] = append(list[len(list)-1], spell{day, held[i]})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := r.goneTurns(ctx, homes, found); err != nil {
		return nil, err
	}
	return found.list(), nil
}

func plusMinus(on bool) float64 {
	if on {
		return 1
	}
	return -1
}

// goneTurns adds when households counted as demolished.
func (r *reckoning) goneTurns(ctx context.Context, homes map[int64][][]spell, found turns) error {
	rows, err := r.tx.Query(ctx, `
		select e.entity_id, `+dateOf("e.happened")+`, e.to_state in `+buildingGone+`
		from land.event e
		where e.entity = 'building' and e.verb in ('created', 'moved') and `+byThen+` and `+r.ofAny("e.entity_id", "building_id")+`
		order by e.entity_id, e.id`, r.scene.args)
	if err != nil {
		return err
	}
	gone := map[int64][]spell{}
	var building int64
	var on dated
	var is bool
	_, err = pgx.ForEachRow(rows, []any{&building, &on, &is}, func() error {
		gone[building] = append(gone[building], spell{geo.CivilDay(on.Time), is})
		return nil
	})
	for building, list := range homes {
		for _, out := range list {
			for _, s := range bothHold(out, gone[building]) {
				found.add("demolished", s.day, plusMinus(s.on))
			}
		}
	}
	return err
}

// bothHold tells from when to when two states hold together, by the end of each
// day. Each list is in order of days.
func bothHold(a, b []spell) (out []spell) {
	var holdsA, holdsB, both bool
	for len(a) > 0 || len(b) > 0 {
		var day geo.Day
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].day <= b[0].day:
			day = a[0].day
		default:
			day = b[0].day
		}
		for ; len(a) > 0 && a[0].day <= day; a = a[1:] {
			holdsA = a[0].on
		}
		for ; len(b) > 0 && b[0].day <= day; b = b[1:] {
			holdsB = b[0].on
		}
		if now := holdsA && holdsB; now != both {
			both = now
			out = append(out, spell{day, both})
		}
	}
	return out
}

// landTurns are the changes of land: cleared, handed over, sold, and the areas
// themselves.
func (r *reckoning) landTurns(ctx context.Context) (seriesDays, error) {
	// A figure that is on or off: the sum of what its turns change by.
	turn := func(machine geo.MachineName, what, id, states, m2, area string) string {
		in := `(e.to_state in ` + states + `)::integer`
		return `
		select '` + what + `', x.area, x.day, sum(x.n * x.m2)
		from (
			select ` + id + ` as area, ` + m2 + ` as m2, ` + dateOf("e.happened") + ` as day,
				` + in + ` - lag(` + in + `, 1, 0) over (partition by e.entity_id order by e.id) as n
			from land.` + string(machine) + ` t
			join land.event e on e.entity = '` + string(machine) + `' and e.entity_id = t.id and e.verb in ('created', 'moved') and ` + byThen + `
			where ` + area + `) x
		where x.n <> 0
		group by 1, 2, 3`
	}
	rows, err := r.tx.Query(ctx, `
		select 'cleared', l.area_id, l.cleared_on, sum(l.official_m2)::float8
		from land.cleared_land l
		where l.cleared_on <= @day and `+r.of("l.area_id")+`
		group by 2, 3
		union all
		select 'cleared', l.area_id, `+dateOf("e.happened")+`, -l.official_m2
		from land.cleared_land l
		cross join lateral (select l.ended_at as happened) e
		where l.cleared_on <= @day and l.ended_at is not null and `+byThen+` and `+r.of("l.area_id")+`
		union all`+turn(geo.AreaMachine, "handed", "t.id", `('handed_over', 'closed')`, "1", r.of("t.id"))+`
		union all
		select 'there', t.id, min(`+dateOf("e.happened")+`), 1
		from land.area t
		join land.event e on e.entity = 'area' and e.entity_id = t.id and e.verb in ('created', 'moved') and `+byThen+`
		where `+r.of("t.id")+`
		group by t.id
		union all`+turn(geo.ParcelMachine, "sold", "0", sqlList(geo.SoldCodes()), "t.official_m2", r.of("t.area_id")+` and `+r.ofUse("t")), r.scene.args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (d dayDelta, err error) {
		var on dated
		err = row.Scan(&d.what, &d.area, &on, &d.n)
		d.day = geo.CivilDay(on.Time)
		return d, err
	})
}
