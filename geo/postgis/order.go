package postgis

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"tengdi/geo"
)

// order is how the items of a page follow each other, and where the page begins.
type order struct {
	by    string // of ORDER BY
	after string // the condition that holds for what comes after the page before
	args  []any  // what it is bound to, behind the arguments that there are
}

// orderOf writes the order of a query whose arguments are bound so far. The name
// of a field comes from the closed list of the audience, a value is bound. Items
// without a value come last, and items of one value in order of code, so that
// every item has one place. Errors: Invalid for a field that the audience does
// not have.
func orderOf(aud geo.Audience, q geo.FeatureQuery, bound int) (order, error) {
	code := fmt.Sprintf("$%d", bound+1)
	if q.Sort == "" {
		return order{
			by:    "r.code",
			after: fmt.Sprintf("(%s::text is null or r.code > %s)", code, code),
			args:  []any{optional(q.After)},
		}, nil
	}
	i := slices.IndexFunc(fields(aud, q.Collection), func(f geo.Field) bool { return f.Name == q.Sort })
	if i < 0 {
		return order{}, fieldError("sort", "unknown_field", "不能按此字段排序", "items cannot be sorted by this field")
	}
	key, kind := sortKey(fields(aud, q.Collection)[i])
	way, beyond := "asc", ">"
	if q.Descending {
		way, beyond = "desc", "<"
	}
	value := fmt.Sprintf("$%d::%s", bound+2, kind)
	return order{
		by: key + " " + way + " nulls last, r.code",
		after: fmt.Sprintf(`(%[1]s::text is null
					or %[2]s is not null and (%[3]s %[4]s %[2]s or %[3]s is null or %[3]s = %[2]s and r.code > %[1]s)
					or %[2]s is null and %[3]s is null and r.code > %[1]s)`, code, value, key, beyond),
		args: []any{optional(q.After), q.AfterValue},
	}, nil
}

// sortKey is what items are compared by, which is the value that the page tells
// of them, and its type in the database.
func sortKey(f geo.Field) (key, kind string) {
	name := "r." + f.Name
	switch f.Type {
	case geo.IntField, geo.NumField:
		return name + "::double precision", "double precision"
	case geo.BoolField:
		return name, "boolean"
	case geo.DateField:
		return "to_char(" + name + ", 'YYYY-MM-DD')", "text"
	default:
		return "nullif(" + name + "::text, '')", "text"
	}
}

// inPolygon is the condition that an item lies in the polygon of argument n,
// which is text or null: a point on its surface does. So of areas that share
// borders each item lies in one.
func inPolygon(n int) string {
	polygon := fmt.Sprintf("st_geomfromtext($%d, 4326)", n)
	return fmt.Sprintf("($%d::text is null or r.geom && %s and st_intersects(%s, st_pointonsurface(r.geom)))", n, polygon, polygon)
}

// polygonText is a ring as inPolygon takes it.
func polygonText(ring orb.Ring) any {
	if ring == nil {
		return nil
	}
	return wkt.MarshalString(orb.Polygon{ring})
}

// refuseCrossing refuses a polygon that crosses itself: what lies in it is anybody's guess.
func refuseCrossing(ctx context.Context, tx pgx.Tx, ring orb.Ring) error {
	if ring == nil {
		return nil
	}
	valid := false
	if err := tx.QueryRow(ctx, `select st_isvalid(st_geomfromtext($1::text, 4326))`, polygonText(ring)).Scan(&valid); err != nil {
		return err
	}
	if !valid {
		return fieldError("within", "not_simple", "多边形的边不能自相交", "the polygon's edges must not cross")
	}
	return nil
}
