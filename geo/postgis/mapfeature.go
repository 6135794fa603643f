package postgis

import (
	"context"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// MapFeature is one feature of a map layer, as the tile engine takes it in.
// Values are in the order of the layer's Fields (geo.MapLayers): string, int64
// or float64, nil for none.
type MapFeature struct {
	ID       int64
	Geometry orb.Geometry
	Values   []any
	From     geo.Day      // first day on which it is as it is now; 0 = as long as its history says
	Past     []MapVersion // what it was before, oldest first; all that there is of one that has ended
	M2       float64      // official area, of a layer with a mosaic: the map then adds up to the summary
}

// mapSource selects id, geometry and the layer's values, without their history, for
// the features of $1 (null = all). Their order says nothing: the public's parcels are
// as they lie in the table, since to sort a million of them takes long and whoever
// needs them in an order sorts them anyway.
func mapSource(aud geo.Audience, layer string) string {
	if aud == geo.Staff {
		return staffMap(layer)
	}
	return publicMap(layer)
}

// labelPoint is a point inside the largest part of a table's geom: a name on the
// polygons themselves would stand once in each tile that they reach into. Sorting
// the parts costs more than the point itself and is left to where there are many.
func labelPoint(table string) string {
	return `(case when st_numgeometries(` + table + `.geom) = 1 then st_pointonsurface(` + table + `.geom) else (
				select st_pointonsurface(d.geom)
				from st_dump(` + table + `.geom) d
				order by st_area(d.geom) desc, d.path
				limit 1) end)`
}

// areaColumn follows the geometry of a layer with a mosaic and is none of its
// values. muColumn is a ground area too, which is told in mu (maparea.go).
const (
	areaColumn = "m2"
	muColumn   = "mu"
)

const dayNumber = ` - date '1970-01-01')::bigint`

func staffMap(layer string) string {
	switch layer {
	case "areas":
		return `
			select a.id, st_asewkb(a.geom), a.code, a.name, a.status,
				(` + shownRate(`100 * c.cleared_m2 / nullif(a.plan_m2, 0)`, 0) + `)::bigint as rate
			from land.area a
			cross join lateral (
				select coalesce(sum(l.official_m2), 0) as cleared_m2
				from land.cleared_land l
				where l.area_id = a.id and l.ended_at is null) c
			where ($1::bigint[] is null or a.id = any($1))
			order by a.id`
	case "cleared":
		return `
			select c.id, st_asewkb(c.geom), a.code, (c.cleared_on` + dayNumber + `
			from land.cleared_land c
			join land.area a on a.id = c.area_id
			where c.ended_at is null and ($1::bigint[] is null or c.id = any($1))
			order by c.id`
	case "parcels":
		return `
			select p.id, st_asewkb(p.geom), p.official_m2 as m2,
				p.code, p.status, p.use_class, p.official_m2 as mu, nullif(r.notice_no, '') as notice
			from land.parcel p
			left join land.round r on r.parcel_id = p.id and r.no = p.round_no
			where ($1::bigint[] is null or p.id = any($1))
			order by p.id`
	case "buildings":
		return `
			select b.id, st_asewkb(b.geom), b.code, b.status, b.legal
			from land.building b
			where ($1::bigint[] is null or b.id = any($1))
			order by b.id`
	case "projects":
		return `
			select p.id, st_asewkb(p.geom), p.code, p.name, p.status, (p.amount_fen >= 10000000000)::integer::bigint
			from land.project p
			where p.geom is not null and ($1::bigint[] is null or p.id = any($1))
			order by p.id`
	case "arealabels":
		return `
			select a.id, st_asewkb(` + labelPoint("a") + `), a.code, a.name, a.status
			from land.area a
			where ($1::bigint[] is null or a.id = any($1))
			order by a.id`
	}
	return ""
}

func publicMap(layer string) string {
	switch layer {
	case "areas":
		return `
			select public_id, st_asewkb(geom), code, name, status,
				(` + shownRate(`100 * cleared_m2 / nullif(plan_m2, 0)`, 0) + `)::bigint as rate
			from pub.area
			where ($1::bigint[] is null or public_id = any($1))
			order by public_id`
	case "cleared":
		return `
			select public_id, st_asewkb(geom), area, (cleared_on` + dayNumber + `
			from pub.cleared_land
			where ($1::bigint[] is null or public_id = any($1))
			order by public_id`
	case "parcels":
		return `
			select public_id, st_asewkb(geom), official_m2 as m2,
				code, status, use_class, official_m2 as mu, nullif(notice_no, '') as notice
			from pub.parcel
			where ($1::bigint[] is null or public_id = any($1))`
	case "projects":
		return `
			select public_id, st_asewkb(geom), code, name, status, (amount_fen >= 10000000000)::integer::bigint
			from pub.project
			where geom is not null and ($1::bigint[] is null or public_id = any($1))
			order by public_id`
	case "arealabels":
		return `
			select a.public_id, st_asewkb(` + labelPoint("a") + `), a.code, a.name, a.status
			from pub.area a
			where ($1::bigint[] is null or a.public_id = any($1))
			order by a.public_id`
	}
	return ""
}

// Snapshot hands fn all layers of the audience's map as they are at one
// revision. Each sequence reads its rows as it is ranged over; one at a time,
// and only until fn returns.
func (s *Store) Snapshot(ctx context.Context, aud geo.Audience, fn func(revision int64, layers map[string]iter.Seq2[MapFeature, error]) error) error {
	return s.ReadMap(ctx, aud, func(at MapState, rows []MapRowsOf) error {
		layers := map[string]iter.Seq2[MapFeature, error]{}
		for _, l := range rows {
			layers[l.Layer] = features(l.Rows)
		}
		return fn(at.Revision, layers)
	})
}

// patient gives the transaction's statements and their waits for locks more time
// than a page of the API gets; 0 = without limit.
func patient(ctx context.Context, tx pgx.Tx, limit time.Duration) error {
	_, err := tx.Exec(ctx, `
		select
			set_config('statement_timeout', $1, true),
			set_config('lock_timeout', $1, true),
			set_config('idle_in_transaction_session_timeout', '0', true)`, ms(limit))
	return err
}

// MapFeatures reads some features of one layer as they are now; an id that is
// not there for the audience, and never was, is not in the map.
func (s *Store) MapFeatures(ctx context.Context, aud geo.Audience, layer string, ids []int64) (map[int64]MapFeature, error) {
	if mapSource(aud, layer) == "" {
		return nil, notFound("layer", layer)
	}
	if ids == nil {
		ids = []int64{}
	}
	out := make(map[int64]MapFeature, len(ids))
	err := s.read(ctx, aud, func(tx pgx.Tx) error {
		if err := patient(ctx, tx, feedStatement); err != nil {
			return err
		}
		read, err := featuresOf(ctx, tx, aud, layer, ids)
		for id, f := range read {
			if f != nil {
				out[id] = *f
			}
		}
		return err
	})
	return out, err
}

// features decodes rows one after another.
func features(rows iter.Seq2[*MapRows, error]) iter.Seq2[MapFeature, error] {
	return func(yield func(MapFeature, error) bool) {
		for batch, err := range rows {
			var list []MapFeature
			if err == nil {
				list, err = batch.Features()
			}
			if err != nil {
				yield(MapFeature{}, asGeo(err))
				return
			}
			for _, f := range list {
				if !yield(f, nil) {
					return
				}
			}
		}
	}
}
