package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Outlines are drawn so many metres around their areas, and join areas that are
// up to twice as far as outlineReach apart. Where the district has no CRS to measure
// in they are metres of the web's Mercator, which are shorter on the ground.
const (
	webMercator   = 3857
	outlineReach  = 180
	outlineMargin = 25
)

// BoardOutlines draws the boards around the areas that are published as theirs:
// a board is a name of areas and has no outline in the records. Areas of a board
// that lie near each other are drawn as one.
func (s *Store) BoardOutlines(ctx context.Context) (geo.Outlines, error) {
	var out geo.Outlines
	d, err := s.District(ctx)
	if err != nil {
		return out, err
	}
	srid := d.MeasureSRID
	if srid == 0 {
		srid = webMercator
	}
	near := fmt.Sprintf("st_union(st_buffer(st_transform(a.geom, %d), %d, 'quad_segs=4'))", srid, outlineReach)
	joined := fmt.Sprintf("st_buffer(%s, %d, 'quad_segs=4')", near, outlineMargin-outlineReach)
	err = s.read(ctx, geo.Public, func(tx pgx.Tx) error {
		if out.Revision, err = revisionOf(ctx, tx, geo.Public); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select o.board, st_asewkb(st_transform(st_multi(st_simplifypreservetopology(o.shape, 2)), 4326))
			from (select a.board, `+joined+` as shape from pub.area a where a.board <> '' group by a.board) o
			where not st_isempty(o.shape)
			order by o.board collate "C"`)
		if err != nil {
			return err
		}
		out.List, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (o geo.GroupOutline, err error) {
			var shape []byte
			if err = row.Scan(&o.Name, &shape); err != nil {
				return o, err
			}
			o.Geometry, err = decodeShape(shape)
			return o, err
		})
		return err
	})
	return out, err
}
