package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// PublicState names the state that everything published is in: the public's
// revision with its mark. It is one short query, so that a page made of what is
// published can be kept until the next state.
func (s *Store) PublicState(ctx context.Context) (string, error) {
	at, err := s.MapState(ctx, geo.Public)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d-%s", at.Revision, at.Mark), nil
}

// Plan reads the shape of a published parcel in a plane reference system, in
// metres: easting and northing, the zone in front of the easting where the system
// has it so. Errors: NotFound when the parcel is not published.
func (s *Store) Plan(ctx context.Context, parcel string, srid int) (orb.MultiPolygon, error) {
	var out orb.MultiPolygon
	err := s.read(ctx, geo.Public, func(tx pgx.Tx) error {
		var raw []byte
		err := tx.QueryRow(ctx, `
			select st_asewkb(st_transform(p.geom, $2::int))
			from pub.parcel p
			where p.code = $1`, parcel, srid).Scan(&raw)
		if err != nil {
			return nothing(err, "parcels", parcel)
		}
		shape, err := decodeShape(raw)
		if err != nil {
			return err
		}
		out, _ = shape.(orb.MultiPolygon)
		return nil
	})
	return out, err
}
