package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// District reads the settings of the instance; those of geo.DefaultDistrict
// when nobody has set any.
func (s *Store) District(ctx context.Context) (geo.District, error) {
	var d geo.District
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) (err error) {
		d, err = district(ctx, tx)
		return err
	})
	return d, err
}

func district(ctx context.Context, tx pgx.Tx) (geo.District, error) {
	return scanDistrict(tx.QueryRow(ctx, selectDistrict))
}

// selectDistrict reads what scanDistrict takes.
const selectDistrict = `
	select
		code, name, name_en, frame_west, frame_south, frame_east, frame_north,
		zone, measure_srid, languages, approval_no, base_map, demo, thresholds
	from land.district`

// scanDistrict reads the settings; without a row they are the default ones.
func scanDistrict(row pgx.Row) (geo.District, error) {
	var d geo.District
	var west, south, east, north *float64
	err := row.Scan(
		&d.Code, &d.Name, &d.NameEn, &west, &south, &east, &north,
		&d.Zone, &d.MeasureSRID, &d.Languages, &d.ApprovalNo, &d.BaseMap, &d.Demo, &d.Thresholds)
	d.Thresholds = d.Thresholds.OrDefault()
	if errors.Is(err, pgx.ErrNoRows) {
		d = geo.DefaultDistrict()
		d.Thresholds = geo.DefaultThresholds()
		return d, nil
	}
	if err == nil && west != nil {
		d.Frame = &orb.Bound{Min: orb.Point{*west, *south}, Max: orb.Point{*east, *north}}
	}
	return d, err
}

// SetDistrict replaces the settings but for the thresholds, which SetThresholds
// keeps. A new frame must hold all land there is,
// and a new measuring CRS measures all plane areas again. A new zone moves the
// public's revision too; another setting does so only with a published row.
func (s *Store) SetDistrict(ctx context.Context, actor geo.Actor, d geo.District) error {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		before := t.district
		if err := t.setDistrict(ctx, d); err != nil {
			return err
		}
		if err := t.insideFrame(ctx); err != nil {
			return err
		}
		if before.MeasureSRID != d.MeasureSRID {
			if err := t.measurePlane(ctx); err != nil {
				return err
			}
		}
		t.touched.everything, t.touched.zone = true, before.Zone != d.Zone
		t.event(geo.Event{Entity: "district", Code: d.Code, Verb: "corrected"})
		return nil
	})
	return err
}

func (t *tx) setDistrict(ctx context.Context, d geo.District) error {
	zone, err := time.LoadLocation(d.Zone)
	if err != nil || d.Zone == "" || d.Zone == "Local" {
		return fieldError("zone", "unknown", "没有这个时区", "there is no such time zone")
	}
	if d.Name == "" {
		return fieldError("name", "missing", "名称不能为空", "the name must be given")
	}
	if d.MeasureSRID != 0 {
		if err := t.projected(ctx, d.MeasureSRID); err != nil {
			return err
		}
	}
	if d.Languages == nil {
		d.Languages = geo.DefaultDistrict().Languages
	}
	var frame [4]any
	if d.Frame != nil {
		frame = [4]any{d.Frame.Min[0], d.Frame.Min[1], d.Frame.Max[0], d.Frame.Max[1]}
	}
	_, err = t.Exec(ctx, `
		insert into land.district (
			code, name, name_en, frame_west, frame_south, frame_east, frame_north,
			zone, measure_srid, languages, approval_no, base_map, demo, thresholds)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict (id) do update set
			(code, name, name_en, frame_west, frame_south, frame_east, frame_north,
			 zone, measure_srid, languages, approval_no, base_map, demo)
			= (excluded.code, excluded.name, excluded.name_en,
			   excluded.frame_west, excluded.frame_south, excluded.frame_east, excluded.frame_north,
			   excluded.zone, excluded.measure_srid, excluded.languages, excluded.approval_no,
			   excluded.base_map, excluded.demo)`,
		d.Code, d.Name, d.NameEn, frame[0], frame[1], frame[2], frame[3],
		d.Zone, d.MeasureSRID, d.Languages, d.ApprovalNo, d.BaseMap, d.Demo, d.Thresholds)
	d.Thresholds = t.district.Thresholds
	t.district, t.zone = d, zone
	return err
}

// projected checks that PostGIS knows the CRS and that it is in metres on a
// plane: a measuring CRS in degrees measures nothing.
func (t *tx) projected(ctx context.Context, srid int) error {
	var metres bool
	err := t.QueryRow(ctx, `
		select srtext ilike 'PROJCS%' and srid <> $2
		from spatial_ref_sys
		where srid = $1`, srid, geo.Mercator).Scan(&metres)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && !metres {
		return fieldError("measure_srid", "not_projected",
			fmt.Sprintf("EPSG:%d 不是可用于量算的投影坐标系", srid),
			fmt.Sprintf("EPSG:%d is not a projected CRS to measure in", srid))
	}
	return err
}

// landTables are the tables of land with a measured shape.
func landTables() []string {
	return []string{"land.area", "land.cleared_land", "land.building", "land.parcel"}
}

// present is the condition that a row has not ended; cleared land alone ends,
// when its acceptance is taken back.
func present(table string) string {
	if table == "land.cleared_land" {
		return ` and ended_at is null`
	}
	return ""
}

// insideFrame checks that all land lies in the district's frame.
func (t *tx) insideFrame(ctx context.Context) error {
	f := t.district.Frame
	if f == nil {
		return nil
	}
	for _, table := range landTables() {
		var code string
		err := t.QueryRow(ctx, `
			select code
			from `+table+`
			where not geom @ st_makeenvelope($1, $2, $3, $4, 4326)`+present(table)+`
			order by code
			limit 1`, f.Min[0], f.Min[1], f.Max[0], f.Max[1]).Scan(&code)
		if err == nil {
			return fieldError("frame", "out_of_frame",
				fmt.Sprintf("%s 超出范围框", code), fmt.Sprintf("%s lies outside the frame", code))
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
	}
	return nil
}

// measurePlane measures all plane areas in the district's measuring CRS.
func (t *tx) measurePlane(ctx context.Context) error {
	for _, table := range landTables() {
		_, err := t.Exec(ctx, `
			update `+table+`
			set plane_m2 = case when $1::integer <> 0 then st_area(st_transform(geom, $1)) end`, t.district.MeasureSRID)
		if err != nil {
			return err
		}
	}
	return nil
}

// Bounds is where the audience's areas, parcels and projects are, in degrees;
// nil when there is nothing. It is measured, never estimated: the planner's
// estimates tell of rows that the audience may not see.
func (s *Store) Bounds(ctx context.Context, aud geo.Audience) (*orb.Bound, error) {
	var out *orb.Bound
	err := s.read(ctx, aud, func(tx pgx.Tx) error {
		var w, so, e, n *float64
		sc := schema(aud)
		err := tx.QueryRow(ctx, `
			select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b)
			from (
				select st_extent(geom) as b
				from (
					select geom from `+sc+`.area
					union all
					select geom from `+sc+`.parcel
					union all
					select geom from `+sc+`.project) g) x`).Scan(&w, &so, &e, &n)
		if err == nil && w != nil {
			out = &orb.Bound{Min: orb.Point{*w, *so}, Max: orb.Point{*e, *n}}
		}
		return err
	})
	return out, err
}

// References reads the lines and polygons of the quiet base map.
func (s *Store) References(ctx context.Context) ([]geo.Reference, error) {
	var out []geo.Reference
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select kind, class, name, name_en, st_asewkb(geom)
			from land.reference
			order by id`)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r geo.Reference, err error) {
			var shape []byte
			if err := row.Scan(&r.Kind, &r.Class, &r.Name, &r.NameEn, &shape); err != nil {
				return r, err
			}
			r.Geometry, err = decodeShape(shape)
			return r, err
		})
		return err
	})
	return out, err
}

func fieldError(field, code, zh, en string) error {
	return &geo.Error{
		Kind: geo.Invalid, Zh: zh, En: en,
		Fields: []geo.FieldError{{Field: field, Code: code, Zh: zh, En: en}},
	}
}
