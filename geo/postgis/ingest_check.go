package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// judgement is what a check found about a staged row.
type judgement struct {
	Row    int
	Code   string
	Detail string
	X, Y   float64
}

// check runs a statement that marks staged rows and returns row, code, a detail
// and a place; write makes the note of each.
func (in *intake) check(ctx context.Context, severity, problem, field, sql string, args []any, write func(judgement) (zh, en string)) error {
	rows, err := in.Query(ctx, sql, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", problem, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[judgement])
	if err != nil {
		return fmt.Errorf("%s: %w", problem, err)
	}
	for _, j := range found {
		zh, en := write(j)
		in.note(geo.RowNote{Row: j.Row, Code: j.Code, Problem: problem, Field: field, Zh: zh, En: en, Severity: severity})
	}
	if severity == mended {
		in.report.Fixed += len(found)
	}
	return nil
}

// transform brings the shapes into longitude and latitude. CGCS2000 and WGS 84
// agree to centimetres: those degrees are taken as they are.
func (in *intake) transform(ctx context.Context) error {
	in.options.Progress("check", 0, int64(in.report.Rows))
	to := `land.to_degrees(raw)`
	if in.options.SRID == geo.WGS84 || in.options.SRID == geo.CGCS2000 {
		to = `st_setsrid(raw, 4326)`
	}
	if _, err := in.Exec(ctx, `update stage set geom = `+to); err != nil {
		return err
	}
	return in.check(ctx, refused, "crs_range", "geometry", `
		update stage
		set ok = false
		where geom is null
			or not (st_xmin(geom) >= -180 and st_xmax(geom) <= 180 and st_ymin(geom) >= -90 and st_ymax(geom) <= 90)
		returning n, code, '', st_xmin(raw), st_ymin(raw)`, nil,
		func(j judgement) (string, string) {
			return fmt.Sprintf("坐标（%.3f, %.3f）不在 EPSG:%d 的范围内", j.X, j.Y, in.options.SRID),
				fmt.Sprintf("the coordinates (%.3f, %.3f) do not lie in EPSG:%d", j.X, j.Y, in.options.SRID)
		})
}

// valid mends invalid shapes if that is asked and changes their area by no more
// than 0.1 %, and refuses the others.
func (in *intake) valid(ctx context.Context) error {
	if in.options.Fix {
		err := in.check(ctx, mended, "fixed", "geometry", `
			update stage s
			set geom = f.geom
			from (
				select n, st_multi(st_collectionextract(st_makevalid(geom), 3)) as geom, st_isvaliddetail(geom) as why, st_area(geom) as area
				from stage
				where ok and not st_isvalid(geom)) f
			where s.n = f.n and s.ok and not st_isempty(f.geom) and st_isvalid(f.geom) and st_npoints(f.geom) <= $1
				and abs(st_area(f.geom) - f.area) <= 0.001 * f.area
			returning s.n, s.code, (f.why).reason, coalesce(st_x((f.why).location), 0), coalesce(st_y((f.why).location), 0)`, []any{maxVertices},
			func(j judgement) (string, string) {
				return fmt.Sprintf("已修复：%s，位于 %.6f, %.6f", invalidZh(j.Detail), j.X, j.Y),
					fmt.Sprintf("mended: %s at %.6f, %.6f", strings.ToLower(j.Detail), j.X, j.Y)
			})
		if err != nil {
			return err
		}
	}
	return in.check(ctx, refused, "invalid", "geometry", `
		update stage s
		set ok = false
		from (
			select n, st_isvaliddetail(geom) as why
			from stage
			where ok and not st_isvalid(geom)) f
		where s.n = f.n and s.ok
		returning s.n, s.code, (f.why).reason, coalesce(st_x((f.why).location), 0), coalesce(st_y((f.why).location), 0)`, nil,
		func(j judgement) (string, string) {
			return fmt.Sprintf("图形无效：%s，位于 %.6f, %.6f", invalidZh(j.Detail), j.X, j.Y),
				fmt.Sprintf("the geometry is not valid: %s at %.6f, %.6f", strings.ToLower(j.Detail), j.X, j.Y)
		})
}

// invalidZh says the reason of PostGIS in Chinese.
func invalidZh(reason string) string {
	for _, w := range [][2]string{
		{"Ring Self-intersection", "环自相接"},
		{"Self-intersection", "自相交"},
		{"Hole lies outside", "洞在外环之外"},
		{"Holes are nested", "洞互相嵌套"},
		{"Nested", "多边形互相嵌套"},
		{"Duplicate Rings", "环重复"},
		{"Too few points", "点数不足"},
		{"Interior is disconnected", "内部不连通"},
		{"Invalid Coordinate", "坐标无效"},
		{"Ring not closed", "环未闭合"},
	} {
		if strings.HasPrefix(reason, w[0]) {
			return w[1]
		}
	}
	return reason
}

// measured measures the shapes on the ellipsoid.
func (in *intake) measured(ctx context.Context) error {
	if _, err := in.Exec(ctx, `update stage set area_m2 = st_area(geom::geography) where ok`); err != nil {
		return err
	}
	return in.check(ctx, refused, "no_area", "geometry", `
		update stage
		set ok = false
		where ok and not area_m2 > 0
		returning n, code, '', 0, 0`, nil,
		func(judgement) (string, string) { return "图形没有面积", "the geometry has no area" })
}

// framed refuses what lies outside the district's frame.
func (in *intake) framed(ctx context.Context) error {
	d, err := district(ctx, in.Tx)
	if err != nil || d.Frame == nil {
		return err
	}
	f := d.Frame
	return in.check(ctx, refused, "out_of_frame", "geometry", `
		update stage
		set ok = false
		where ok and not geom @ st_makeenvelope($1, $2, $3, $4, 4326)
		returning n, code, '', (st_xmin(geom) + st_xmax(geom)) / 2, (st_ymin(geom) + st_ymax(geom)) / 2`,
		[]any{f.Min[0], f.Min[1], f.Max[0], f.Max[1]},
		func(j judgement) (string, string) {
			return fmt.Sprintf("图形（中心 %.5f, %.5f）超出范围框 %.4f, %.4f 至 %.4f, %.4f", j.X, j.Y, f.Min[0], f.Min[1], f.Max[0], f.Max[1]),
				fmt.Sprintf("the geometry (centre %.5f, %.5f) leaves the frame %.4f, %.4f to %.4f, %.4f", j.X, j.Y, f.Min[0], f.Min[1], f.Max[0], f.Max[1])
		})
}

// duplicates refuses a code that an earlier row of the file has.
func (in *intake) duplicates(ctx context.Context) error {
	return in.check(ctx, refused, "duplicate_code", "code", `
		update stage s
		set ok = false
		from (select code, min(n) as first from stage group by code having count(*) > 1) d
		where s.code = d.code and s.n > d.first
		returning s.n, s.code, d.first::text, 0, 0`, nil,
		func(j judgement) (string, string) {
			return fmt.Sprintf("编号与第 %s 行重复", j.Detail), fmt.Sprintf("row %s has the same code", j.Detail)
		})
}

// overlapsInFile compares the rows of the file with each other.
func (in *intake) overlapsInFile(ctx context.Context) error {
	in.options.Progress("overlap", 0, int64(in.report.Rows))
	if _, err := in.Exec(ctx, `
		create index on stage using gist (geom);
		analyze stage`, pgx.QueryExecModeSimpleProtocol); err != nil {
		return err
	}
	if in.layer.exact {
		return in.check(ctx, refused, "duplicate_shape", "geometry", `
			update stage s
			set ok = false
			from (
				select distinct on (b.n) b.n, a.code
				from stage a
				join stage b on a.geom && b.geom and a.n < b.n
				where a.ok and b.ok and a.geom = b.geom
				order by b.n, a.n) d
			where s.n = d.n
			returning s.n, s.code, d.code, 0, 0`, nil, sameShape)
	}
	return in.overlaps(ctx, `
			from stage a
			join stage b on a.geom && b.geom and a.n < b.n
			where a.ok and b.ok and `+sharesBox()+` and `+sharesGround)
}

// overlapsWithLive compares the rows with what the layer has. A live row whose
// code is in the file is about to be replaced and was compared in the file.
func (in *intake) overlapsWithLive(ctx context.Context) error {
	if in.layer.exact {
		return in.check(ctx, refused, "duplicate_shape", "geometry", `
			update stage s
			set ok = false
			from (
				select distinct on (b.n) b.n, a.code
				from `+in.layer.table+` a
				join stage b on a.geom && b.geom
				where b.ok and a.geom = b.geom and not exists (select from stage x where x.code = a.code)
				order by b.n, a.code) d
			where s.n = d.n
			returning s.n, s.code, d.code, 0, 0`, nil, sameShape)
	}
	return in.overlaps(ctx, `
			from `+in.layer.table+` a
			join stage b on a.geom && b.geom
			where b.ok and `+sharesBox()+` and not exists (select from stage x where x.code = a.code) and `+sharesGround)
}

func sameShape(j judgement) (string, string) {
	return "图形与 " + j.Detail + " 完全相同", "the geometry equals that of " + j.Detail
}
