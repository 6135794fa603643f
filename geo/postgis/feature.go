package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// maxPageBytes ends a page of items early: the EWKB of its geometries, 16 bytes
// a vertex, stays below this unless the first item alone is larger. That is some
// 250,000 vertices, or 6 MB of GeoJSON.
const maxPageBytes = 4 << 20

// fetchRows is how many rows of a page the server sends at a time; what it sends
// past the end of the page is not kept.
const fetchRows = 32

// Features reads one page of a collection in order of code or of a field, how
// many items match in all, and the revision at which both hold. A page may have
// fewer items than the limit although there are more. Errors: NotFound for a
// collection that the audience does not have, Invalid for a filter, an order or a
// limit that does not exist, and for a polygon that crosses itself.
func (s *Store) Features(ctx context.Context, aud geo.Audience, q geo.FeatureQuery) (geo.FeaturePage, error) {
	var page geo.FeaturePage
	from := source(aud, q.Collection)
	if from == "" {
		return page, notFound("collection", q.Collection)
	}
	if q.Limit == 0 {
		q.Limit = geo.DefaultPage
	}
	if q.Limit < 1 || q.Limit > geo.MaxPage {
		return page, fieldError("limit", "out_of_range",
			fmt.Sprintf("limit 须在 1 至 %d 之间", geo.MaxPage), fmt.Sprintf("limit must be 1 to %d", geo.MaxPage))
	}
	err := s.read(ctx, aud, func(tx pgx.Tx) (err error) {
		if err := lit(ctx, tx, aud, &q); err != nil {
			return err
		}
		where, args, err := conditions(aud, q)
		if err != nil {
			return err
		}
		order, err := orderOf(aud, q, len(args))
		if err != nil {
			return err
		}
		if page.Revision, err = revisionOf(ctx, tx, aud); err != nil {
			return err
		}
		if err := refuseCrossing(ctx, tx, q.Within); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `select count(*) from (`+from+`) r where `+where, args...).Scan(&page.Matched); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			declare page no scroll cursor for
			select `+columns(aud, q.Collection)+`
			from (`+from+`) r
			where `+where+` and `+order.after+`
			order by `+order.by+fmt.Sprintf(` limit $%d`, len(args)+len(order.args)+1),
			slices.Concat(args, order.args, []any{q.Limit + 1})...)
		if err != nil {
			return err
		}
		return fetchPage(ctx, tx, &page, q)
	})
	return page, err
}

// fetchPage reads from the cursor page until the page is full, in items or in
// bytes, or nothing is left.
func fetchPage(ctx context.Context, tx pgx.Tx, page *geo.FeaturePage, q geo.FeatureQuery) error {
	size := 0
	read := featureOf(q.Collection)
	for done := false; !done; {
		// Described anew each time: pgx would keep the FETCH prepared, with the columns of
		// the collection that this connection read first.
		rows, err := tx.Query(ctx, fmt.Sprintf(`fetch %d from page`, fetchRows), pgx.QueryExecModeDescribeExec)
		if err != nil {
			return err
		}
		n := 0
		for rows.Next() {
			n++
			size += len(rows.RawValues()[3])
			if had := len(page.Features); had == q.Limit || had > 0 && size > maxPageBytes {
				page.More, done = true, true
				break
			}
			f, err := read(rows)
			if err != nil {
				rows.Close()
				return err
			}
			page.Features = append(page.Features, f)
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return err
		}
		done = done || n < fetchRows
	}
	return nil
}

// Feature reads one item by its code.
func (s *Store) Feature(ctx context.Context, aud geo.Audience, collection, code string) (geo.Feature, error) {
	from := source(aud, collection)
	if from == "" {
		return geo.Feature{}, notFound("collection", collection)
	}
	var f geo.Feature
	err := s.read(ctx, aud, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select `+columns(aud, collection)+`
			from (`+from+`) r
			where r.code = $1`, code)
		if err != nil {
			return err
		}
		f, err = pgx.CollectExactlyOneRow(rows, featureOf(collection))
		return nothing(err, collection, code)
	})
	return f, err
}

// nothing reads "no rows" as NotFound.
func nothing(err error, what, code string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return notFound(what, code)
	}
	return err
}

// optional makes "" null.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// fields lists the fields of a collection that an audience has.
func fields(aud geo.Audience, collection string) []geo.Field {
	return slices.DeleteFunc(slices.Clone(geo.Fields(collection)), func(f geo.Field) bool {
		return aud != geo.Staff && !f.Public
	})
}

// columns writes what is selected of a source: four columns about the row, then
// the audience's fields in order, each cast to what its type is in Go.
func columns(aud geo.Audience, collection string) string {
	list := []string{"r.fid", "r.version", "r.updated_at", "st_asewkb(r.geom)"}
	for _, f := range fields(aud, collection) {
		list = append(list, column(f))
	}
	return strings.Join(list, ",\n\t\t\t\t")
}

func column(f geo.Field) string {
	name := "r." + f.Name
	switch f.Type {
	case geo.IntField:
		return name + "::bigint as " + f.Name
	case geo.NumField:
		return name + "::double precision as " + f.Name
	case geo.DateField:
		return "to_char(" + name + ", 'YYYY-MM-DD') as " + f.Name
	case geo.BoolField:
		return name + " as " + f.Name
	default:
		return "nullif(" + name + "::text, '') as " + f.Name
	}
}

// featureOf reads a row of columns(). Null properties are left out.
func featureOf(collection string) pgx.RowToFunc[geo.Feature] {
	return func(row pgx.CollectableRow) (geo.Feature, error) {
		f := geo.Feature{Collection: collection}
		values, err := row.Values()
		if err != nil {
			return f, err
		}
		f.FID = values[0].(int64)
		f.Version = int(values[1].(int32))
		f.UpdatedAt = values[2].(time.Time)
		if shape, ok := values[3].([]byte); ok {
			if f.Geometry, err = decodeShape(shape); err != nil {
				return f, err
			}
		}
		f.Properties = make(map[string]any, len(values)-4)
		for i, d := range row.FieldDescriptions()[4:] {
			if v := values[i+4]; v != nil {
				f.Properties[d.Name] = v
			}
		}
		f.Code, _ = f.Properties["code"].(string)
		return f, nil
	}
}

// conditions writes the filters of a query: each filterable field of the
// audience once, in the order of geo.Fields, then the areas of households, then
// the box and the polygon. Values are bound, names come from the closed list.
func conditions(aud geo.Audience, q geo.FeatureQuery) (string, []any, error) {
	list := []string{"true"}
	var args []any
	known := 0
	for _, f := range fields(aud, q.Collection) {
		if !f.Filter {
			continue
		}
		var value any
		if v, ok := q.Equal[f.Name]; ok {
			value = v
			known++
		}
		args = append(args, value)
		list = append(list, fmt.Sprintf("($%d::text is null or r.%s = $%d)", len(args), f.Name, len(args)))
	}
	if known != len(q.Equal) {
		return "", nil, unknownFilter(aud, q)
	}
	if area := map[string]string{"households": "r.area", "areas": "r.code"}[q.Collection]; area != "" {
		args = append(args, q.Areas) // nil is null
		list = append(list, fmt.Sprintf("($%d::text[] is null or %s = any($%d))", len(args), area, len(args)))
	}
	var box [4]any
	if b := q.BBox; b != nil {
		box = [4]any{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	}
	n := len(args)
	list = append(list, fmt.Sprintf(
		"($%d::float8 is null or r.geom && st_makeenvelope($%d, $%d::float8, $%d::float8, $%d::float8, 4326))",
		n+1, n+1, n+2, n+3, n+4))
	list = append(list, inPolygon(n+5))
	return strings.Join(list, "\n\t\t\t\tand "), append(append(args, box[:]...), polygonText(q.Within)), nil
}

func unknownFilter(aud geo.Audience, q geo.FeatureQuery) error {
	var allowed []string
	for _, f := range fields(aud, q.Collection) {
		if f.Filter {
			allowed = append(allowed, f.Name)
		}
	}
	e := geo.Errorf(geo.Invalid, "a filter does not exist", "存在未知的筛选字段")
	for name := range q.Equal {
		if !slices.Contains(allowed, name) {
			e.Fields = append(e.Fields, geo.FieldError{
				Field: name, Code: "unknown_filter",
				Zh: "不能按此字段筛选；可用：" + strings.Join(allowed, "、"),
				En: "not a filter; there are: " + strings.Join(allowed, ", "),
			})
		}
	}
	slices.SortFunc(e.Fields, func(a, b geo.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return e
}
