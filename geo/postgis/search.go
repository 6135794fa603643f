package postgis

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Bounds of a search.
const (
	maxQuery = 100 // characters
	maxHits  = 50
)

// Search finds items by code, name, notice number or address, forgiving
// full-width digits, brackets, spaces and case. A code or name that equals the
// query comes first, then those that begin with it, then those that contain it.
// A place in the query that is no text finds nothing.
func (s *Store) Search(ctx context.Context, aud geo.Audience, q string, limit int) ([]geo.Hit, error) {
	if utf8.RuneCountInString(q) > maxQuery || !utf8.ValidString(q) || strings.ContainsRune(q, 0) {
		return nil, fieldError("q", "too_long", fmt.Sprintf("查询词最多 %d 个字", maxQuery), fmt.Sprintf("a query has at most %d characters", maxQuery))
	}
	if limit < 1 || limit > maxHits {
		limit = maxHits
	}
	var parts []string
	for i, c := range geo.Collections() {
		from := source(aud, c)
		if from == "" {
			continue
		}
		name := "r.name"
		if c == "buildings" {
			name = "''"
		}
		parts = append(parts, fmt.Sprintf(`
			select
				%d as place, '%s' as collection, r.code, %s as name, r.status, r.fid, r.geom,
				case
					when pub.search_key(r.code) = k.key or pub.search_key(%s) = k.key then 0
					when starts_with(pub.search_key(r.code), k.key) or starts_with(pub.search_key(%s), k.key) then 1
					else 2
				end as rank
			from (%s) r
			cross join (select pub.search_key($1) as key) k
			where k.key <> '' and position(k.key in r.search) > 0`, i, c, name, name, name, from))
	}
	var out []geo.Hit
	err := s.read(ctx, aud, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select
				collection, code, name, status, fid,
				coalesce(st_xmin(geom), 0), coalesce(st_ymin(geom), 0), coalesce(st_xmax(geom), 0), coalesce(st_ymax(geom), 0)
			from (`+strings.Join(parts, "\n\t\t\tunion all")+`) h
			order by rank, place, code
			limit $2`, q, limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (h geo.Hit, err error) {
			var b orb.Bound
			err = row.Scan(&h.Collection, &h.Code, &h.Name, &h.Status, &h.FID, &b.Min[0], &b.Min[1], &b.Max[0], &b.Max[1])
			h.BBox = b
			return h, err
		})
		return err
	})
	return out, err
}
