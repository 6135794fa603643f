package postgis

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// MapVersion is what a feature was from one day until another, where its history
// does not tell it.
type MapVersion struct {
	From, Until geo.Day      // Until is the first day on which it was no longer so
	Geometry    orb.Geometry // nil = the same as now
	Values      []any
}

// mapLives are the versions of some features of a layer, by id.
type mapLives struct {
	places []int // of the values in the layer's fields
	fields int
	of     map[int64][]mapLife
	ended  []int64 // ids of those that are no more
}

// mapLife is a row of a mapLivesSource.
type mapLife struct {
	since, until geo.Day // until 0 = still so
	shape        []byte
	values       []any
}

// mapLivesSource selects, in order of id and day, how features of $1 (null = all)
// were: id, first day, first day of the next version (null = it is so now),
// whether the feature has ended, its geometry where it is not that of now, and the
// fields that were different. "" for a layer whose history tells all that is known:
// geometry, names and amounts of the past are not kept, those of now stand for
// them.
func mapLivesSource(aud geo.Audience, layer string) string {
	switch layer {
	case "cleared":
		return clearedLives(aud)
	case "areas":
		return rateLives(aud)
	case "parcels":
		return noticeLives(aud)
	}
	return ""
}

// clearedLives: land is there from its acceptance until that is taken back. What
// has ended is not published.
func clearedLives(aud geo.Audience) string {
	if aud != geo.Staff {
		return `
			select c.public_id, (c.cleared_on` + dayNumber + `, null::bigint, false, null::bytea
			from pub.cleared_land c
			where ($1::bigint[] is null or c.public_id = any($1))`
	}
	return `
			select
				c.id, (c.cleared_on` + dayNumber + ` as since, e.day, e.day is not null,
				case when e.day is not null then st_asewkb(c.geom) end,
				a.code as area, (c.cleared_on` + dayNumber + ` as "on"
			from land.cleared_land c
			join land.area a on a.id = c.area_id
			cross join ` + zoneOnce + ` z
			cross join lateral (select case when c.ended_at is not null then ` + civilDay("c.ended_at") + ` end as day) e
			where (e.day is null or e.day > (c.cleared_on` + dayNumber + `) and ($1::bigint[] is null or c.id = any($1))
			order by c.id`
}

// rateLives: an area's cleared rate by its cleared land, of its plan of now.
func rateLives(aud geo.Audience) string {
	id, from, land := "a.id", "land.area a", `
						select l.area_id as id, (l.cleared_on`+dayNumber+` as day, l.official_m2 as m2
						from land.cleared_land l
						union all
						select l.area_id, `+civilDay("l.ended_at")+`, -l.official_m2
						from land.cleared_land l
						cross join `+zoneOnce+` z
						where l.ended_at is not null`
	if aud != geo.Staff {
		id, from, land = "a.public_id", "pub.area a", `
						select a.public_id as id, (l.cleared_on`+dayNumber+` as day, l.official_m2 as m2
						from pub.cleared_land l
						join pub.area a on a.code = l.area`
	}
	return `
			select r.id, r.day, r.next_day, false, null::bytea, r.rate
			from (
				select
					d.id, d.day, lead(d.day) over w as next_day,
					(` + shownRate(`100 * sum(d.m2) over w / nullif(a.plan_m2, 0)`, 0) + `)::bigint as rate
				from (
					select id, day, sum(m2) as m2
					from (` + land + `
						union all
						select ` + id + `, 1, 0
						from ` + from + `) m
					where $1::bigint[] is null or id = any($1)
					group by id, day) d
				join ` + from + ` on ` + id + ` = d.id
				window w as (partition by d.id order by d.day)) r
			order by r.id, r.day`
}

// noticeLives: a parcel of more than one round had the notice of the round of that
// day, and none before the first. The present round counts without a notice too:
// it ends the one before on the day on which it was opened, if an event tells it.
func noticeLives(aud geo.Audience) string {
	id, table := "parcel_id", "land.round"
	if aud != geo.Staff {
		id, table = "parcel", "pub.round"
	}
	const announced = `r.notice_no <> '' and r.notice_on is not null`
	from := `
						from ` + table + ` r
						where ($1::bigint[] is null or r.` + id + ` = any($1)) and r.` + id + ` in (select again.` + id + ` from ` + table + ` again where again.no > 1)
							and (` + announced + `
							or not exists (select from ` + table + ` later where later.` + id + ` = r.` + id + ` and later.no > r.no))`
	return `
			select x.id, x.day, x.next_day, false, null::bytea, x.notice
			from (
				select b.id, b.day, b.notice, lead(b.day) over (partition by b.id order by b.no) as next_day
				from (
					select n.id, n.no, max(n.day) over (partition by n.id order by n.no) as day, n.notice
					from (
						select r.` + id + ` as id, r.no,
							coalesce((r.notice_on` + dayNumber + `, ` + roundOpened(aud, "r."+id) + `) as day,
							nullif(r.notice_no, '') as notice,
							count(*) over (partition by r.` + id + `) as rounds` + from + `
						union all
						select r.` + id + `, -1, 1, null, count(*)` + from + `
						group by r.` + id + `) n
					where n.rounds > 1) b) x
			where x.next_day is null or x.next_day > x.day
			order by x.id, x.day`
}

// roundOpened is the day of a parcel's last move to where a round begins, as an
// audience may know of it; null when no event tells. To the public such a move is
// one into hiding.
func roundOpened(aud geo.Audience, id string) string {
	from := `land.event e
								cross join ` + zoneOnce + ` z
								where e.entity = '` + string(geo.ParcelMachine) + `' and e.entity_id = ` + id + ` and e.verb = 'moved' and e.to_state in ('planned', 'announced')
								order by e.id desc`
	if aud != geo.Staff {
		from = `pub.event e
								cross join ` + zoneOnce + ` z
								where e.collection = '` + collectionOf(geo.ParcelMachine) + `' and e.public_id = ` + id + ` and (e.verb = 'hidden' or e.to_state = 'announced')
								order by e.no desc`
	}
	return `(
								select ` + civilDay("e.happened") + `
								from ` + from + `
								limit 1)`
}

// livesOf reads the versions of a layer's features; ids nil = all.
func livesOf(ctx context.Context, tx pgx.Tx, aud geo.Audience, layer string, ids []int64) (*mapLives, error) {
	sql := mapLivesSource(aud, layer)
	if sql == "" {
		return nil, nil
	}
	rows, err := tx.Query(ctx, sql, ids)
	if err != nil {
		return nil, asGeo(err)
	}
	defer rows.Close()
	var fields []string
	for _, l := range geo.MapLayers(aud) {
		if l.Name == layer {
			fields = l.Fields
		}
	}
	out := &mapLives{fields: len(fields), of: map[int64][]mapLife{}}
	for rows.Next() {
		if out.places == nil { // a query that failed has no columns
			for _, column := range rows.FieldDescriptions()[5:] {
				out.places = append(out.places, slices.Index(fields, column.Name))
			}
		}
		v, err := rows.Values()
		if err != nil {
			return nil, asGeo(err)
		}
		id, since := v[0].(int64), v[1].(int64)
		life := mapLife{since: geo.Day(since), values: v[5:]}
		if until, ok := v[2].(int64); ok {
			life.until = geo.Day(until)
		}
		life.shape, _ = v[4].([]byte)
		if ended, _ := v[3].(bool); ended && len(out.of[id]) == 0 {
			out.ended = append(out.ended, id)
		}
		out.of[id] = append(out.of[id], life)
	}
	return out, asGeo(rows.Err())
}

// tell gives a feature what is known of its past.
func (l *mapLives) tell(f *MapFeature) error {
	if l == nil {
		return nil
	}
	for _, life := range l.of[f.ID] {
		if life.until == 0 {
			f.From = life.since
			continue
		}
		v := MapVersion{From: life.since, Until: life.until, Values: slices.Clone(f.Values)}
		if v.Values == nil {
			v.Values = make([]any, l.fields)
		}
		for i, at := range l.places {
			v.Values[at] = life.values[i]
		}
		if len(life.shape) > 0 {
			var err error
			if v.Geometry, err = decodeShape(life.shape); err != nil {
				return fmt.Errorf("feature %d as it was: %w", f.ID, err)
			}
		}
		f.Past = append(f.Past, v)
	}
	return nil
}

// gone are the features that have ended: without geometry and values.
func (l *mapLives) gone() ([]MapFeature, error) {
	if l == nil {
		return nil, nil
	}
	var out []MapFeature
	for _, id := range l.ended {
		f := MapFeature{ID: id}
		if err := l.tell(&f); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// zoneOnce is a relation with the district's zone as name. offset keeps the planner
// from asking for the zone anew in each row, which takes longer than all the rest.
const zoneOnce = `(select pub.zone() as name offset 0)`

// civilDay is the number of the civil day of a time in the zone z.name.
func civilDay(at string) string { return `(` + civilDate(at) + dayNumber }

// civilDate is the civil day of a time in the zone z.name: midnight UTC is a date,
// everything else an instant, as in geo.Occasion.
func civilDate(at string) string {
	return `(case when ` + at + ` = date_trunc('day', ` + at + `, 'UTC') then (` + at + ` at time zone 'UTC')::date
							else (` + at + ` at time zone z.name)::date end)`
}
