package exchange

import (
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func (g *geoPackageReader) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		most := g.o.Limits.blobBytes()
		shape := ident(g.geometry)
		// A geometry of another type than BLOB, or over the limit, is not fetched.
		query := fmt.Sprintf("select case when typeof(%[1]s) = 'blob' and length(%[1]s) <= %[2]d then %[1]s end, "+
			"coalesce(length(%[1]s), -1), typeof(%[1]s)", shape, most)
		for _, c := range g.header.Columns {
			query += ", " + ident(c)
		}
		rows, err := g.conn.QueryContext(g.ctx, query+" from "+ident(g.table)+g.order)
		if err != nil {
			yield(Row{}, g.broken(err))
			return
		}
		defer rows.Close()
		number := 0
		told := make([]bool, len(g.header.Columns))
		for rows.Next() {
			number++
			row, err := g.row(rows, number, told)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if !yield(row, nil) {
				return
			}
			if g.o.Progress != nil && number%100 == 0 {
				g.o.Progress(int64(number), int64(g.header.Rows))
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, fileErrorf("gpkg-broken", "the GeoPackage cannot be read after row %d",
				"GeoPackage 第 %d 行之后无法读取", number).because(g.broken(err)))
		}
	}
}

// row reads the row that rows stands on. told marks the columns whose texts
// were warned of: one warning for each column is enough.
func (g *geoPackageReader) row(rows *sql.Rows, number int, told []bool) (Row, error) {
	var blob sql.RawBytes
	var length int64
	var kind string
	values := make([]any, len(g.header.Columns))
	into := []any{&blob, &length, &kind}
	for i := range values {
		into = append(into, &values[i])
	}
	if err := rows.Scan(into...); err != nil {
		return Row{}, g.broken(err)
	}
	row := Row{Number: number, Attrs: make([]string, len(values))}
	for i, v := range values {
		s, ok := attributeText(v)
		switch {
		case len(s) > g.o.Limits.MaxTextBytes:
			row.Problem = textTooLong(g.header.Columns[i], g.o.Limits.MaxTextBytes)
			continue
		case !ok && !told[i]:
			told[i] = true
			row.Warnings = append(row.Warnings, *problemf("not-text", g.header.Columns[i],
				"the value is binary and was left out; later rows are not told of", "该值是二进制，已略去；以后各行不再提示"))
		case !utf8.ValidString(s):
			s = strings.ToValidUTF8(s, "\ufffd")
			if !told[i] {
				told[i] = true
				row.Warnings = append(row.Warnings, undecodable(g.header.Columns[i]))
			}
		}
		row.Attrs[i] = s
	}
	switch {
	case row.Problem != nil:
	case kind == "null":
		row.Problem = problemf("geometry-null", "geometry", "the geometry is null: there is no shape", "几何为空值，没有图形")
	case kind != "blob":
		row.Problem = blobBroken("it is not binary", "不是二进制")
	case length > int64(g.o.Limits.blobBytes()):
		row.Problem = tooManyVertices(g.o.Limits.MaxVertices)
	default:
		mp, srs, p := geoPackageBlob(blob, g.o.Limits)
		if p == nil && srs != g.srs {
			p = problemf("srid-mismatch", "geometry", "the shape says reference system %d, its table %d",
				"图形的坐标系编号是 %d，而表是 %d", srs, g.srs)
		}
		row.Geometry, row.Problem = mp, p
	}
	if row.Problem != nil {
		row.Geometry = nil
	}
	return row, nil
}

// attributeText writes a value of SQLite as text; false for binary.
func attributeText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly), true
		}
		return v.Format(time.RFC3339), true
	}
	return "", false
}

// undecodable is told once of a column.
func undecodable(column string) Problem {
	return *problemf("text-undecodable", column,
		"some bytes have no meaning in the file's encoding; name the right one with --encoding; later rows are not told of",
		"有字节在该编码中无意义；请用 --encoding 指明正确编码；以后各行不再提示")
}
