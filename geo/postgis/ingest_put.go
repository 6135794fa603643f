package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// place finds the area of each row: by the option, else by the column, else by
// where a point of the shape lies, else none.
func (in *intake) place(ctx context.Context) error {
	if in.options.Area != "" {
		var id int64
		err := in.QueryRow(ctx, `select id from land.area where code = $1`, in.options.Area).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fieldError("area", "unknown_code", "没有编号为 "+clip(in.options.Area)+" 的片区", "there is no area with code "+clip(in.options.Area))
		}
		if err == nil {
			_, err = in.Exec(ctx, `update stage set area_id = $1`, id)
		}
		return err
	}
	if _, err := in.Exec(ctx, `
		update stage s
		set area_id = a.id
		from land.area a
		where a.code = s.fields ->> 'area'`); err != nil {
		return err
	}
	err := in.check(ctx, refused, "unknown_area", "area", `
		update stage
		set ok = false
		where area_id is null and fields ? 'area'
		returning n, code, fields ->> 'area', 0, 0`, nil,
		func(j judgement) (string, string) {
			return "没有编号为 " + clip(j.Detail) + " 的片区", "there is no area with code " + clip(j.Detail)
		})
	if err != nil {
		return err
	}
	_, err = in.Exec(ctx, `
		update stage s
		set area_id = (
			select a.id
			from land.area a
			where st_covers(a.geom, st_pointonsurface(s.geom))
			order by a.id
			limit 1)
		where ok and area_id is null and not exists (
			select
			from `+in.layer.table+` t
			where t.code = s.code and (t.area_id is not null or t.status <> all($1)))`, in.layer.placeable())
	return err
}

// placeable lists the states in which a known row may be given an area by where
// it lies; published land is left where it is.
func (l layer) placeable() []string {
	if l.machine == geo.ParcelMachine {
		return []string{"reserved", "planned"}
	}
	var out []string
	for _, s := range geo.Statuses(l.machine) {
		out = append(out, s.Code)
	}
	return out
}

// total sums what is accepted, and where it lies.
func (in *intake) total(ctx context.Context) error {
	var w, s, e, n *float64
	err := in.QueryRow(ctx, `
		select coalesce(sum(area_m2), 0), st_xmin(st_extent(geom)), st_ymin(st_extent(geom)), st_xmax(st_extent(geom)), st_ymax(st_extent(geom))
		from stage
		where ok`).Scan(&in.report.AreaM2, &w, &s, &e, &n)
	if err == nil && w != nil {
		in.report.BBox = []float64{*w, *s, *e, *n}
	}
	return err
}

// given is a field of a staged row in its column's type; null when the file
// does not have it.
func (c ingestColumn) given() string { return "(s.fields ->> '" + c.column + "')::" + c.kind }

// correct updates the rows whose code is known and whose shape or fields
// differ; a field that the file does not have stays. o is the row as it was.
func (in *intake) correct(ctx context.Context) ([]written, error) {
	columns, mine, theirs := []string{"geom"}, []string{"t.geom"}, []string{"s.geom"}
	left := "0"
	for _, c := range in.layer.columns {
		columns = append(columns, c.column)
		mine = append(mine, "t."+c.column)
		value := "coalesce(" + c.given() + ", t." + c.column + ")"
		if c.kind == "numeric" {
			value += "::numeric(16, 4)"
		}
		theirs = append(theirs, value)
	}
	if in.layer.placed {
		columns, mine, theirs = append(columns, "area_id"), append(mine, "t.area_id"), append(theirs, "coalesce(s.area_id, t.area_id)")
		left = "coalesce(o.area_id, 0)"
	}
	rows, err := in.Query(ctx, fmt.Sprintf(`
		update %[1]s t
		set (%[2]s, source_crs, version, updated_at) = (%[3]s, $1, t.version + 1, now())
		from stage s
		join %[1]s o on o.code = s.code
		where s.ok and t.id = o.id and (%[4]s) is distinct from (%[3]s)
		returning s.n, t.id, t.code, t.status, t.version, %[5]s, %[6]s`,
		in.layer.table, strings.Join(columns, ", "), strings.Join(theirs, ", "), strings.Join(mine, ", "), left, in.layer.differences()), in.options.SRID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[written])
}

// differences is the SQL of what changes between row o and row t, as a
// corrected event tells it: sizes in m2, the plan in mu, codes for areas.
func (l layer) differences() string {
	value := func(field, of string) string {
		return "('" + field + "', to_jsonb(o." + of + "), to_jsonb(t." + of + "))"
	}
	list := []string{value("area_m2", "area_m2")} // tells that the shape is another
	for _, c := range l.columns {
		switch c.field {
		case "plan_mu":
			list = append(list, `('plan_mu', to_jsonb(trim_scale(round(o.plan_m2 * 15 / 10000, 4))), to_jsonb(trim_scale(round(t.plan_m2 * 15 / 10000, 4))))`)
		case "use_class": // follows land_use
		default:
			list = append(list, value(c.field, c.column))
		}
	}
	if l.machine != geo.BuildingMachine {
		list = append(list, value("official_m2", "official_m2"))
	}
	if l.placed {
		const code = `to_jsonb((select a.code from land.area a where a.id = %s.area_id))`
		list = append(list, fmt.Sprintf(`('area', `+code+`, `+code+`)`, "o", "t"))
	}
	return `(
			select jsonb_object_agg(d.field, jsonb_build_object('from', d.was, 'to', d.now))
			from (values ` + strings.Join(list, ", ") + `) d (field, was, now)
			where d.was is distinct from d.now)`
}

// create inserts the rows whose code is new; their state is the first of the
// machine, as the table has it.
func (in *intake) create(ctx context.Context) ([]written, error) {
	columns, values := []string{"code", "geom", "area_m2", "source_crs"}, []string{"s.code", "s.geom", "s.area_m2", "$1::integer"}
	for _, c := range in.layer.columns {
		columns = append(columns, c.column)
		values = append(values, "coalesce("+c.given()+", "+c.empty+")")
	}
	if in.layer.placed {
		columns, values = append(columns, "area_id"), append(values, "s.area_id")
	}
	rows, err := in.Query(ctx, fmt.Sprintf(`
		with put as (
			insert into %[1]s (%[2]s)
			select %[3]s
			from stage s
			where s.ok and not exists (select from %[1]s t where t.code = s.code)
			order by s.n
			returning id, code, status, version)
		select s.n, put.id, put.code, put.status, put.version, 0, null::jsonb
		from put
		join stage s on s.code = put.code
		order by put.id`, in.layer.table, strings.Join(columns, ", "), strings.Join(values, ", ")), in.options.SRID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[written])
}
