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
	return at.name(), nil
}

func (at MapState) name() string { return fmt.Sprintf("%d-%s", at.Revision, at.Mark) }

// Published hands fn every published area, then every published parcel, in order of
// code and of one state, whatever is written meanwhile; it returns that state's name,
// which PublicState has for it, and its revision. An error means that not all was
// handed over.
func (s *Store) Published(ctx context.Context, fn func(collection string, f geo.Feature)) (state string, revision int64, err error) {
	err = s.read(ctx, geo.Public, func(tx pgx.Tx) error {
		// All of it may take longer than a page of the API.
		if err := patient(ctx, tx, feedStatement); err != nil {
			return err
		}
		at, err := stateOf(ctx, tx, geo.Public)
		if err != nil {
			return err
		}
		state, revision = at.name(), at.Revision
		for _, collection := range []string{"areas", "parcels"} {
			rows, err := tx.Query(ctx, `
				select `+columns(geo.Public, collection)+`
				from (`+source(geo.Public, collection)+`) r
				order by r.code`)
			if err != nil {
				return err
			}
			read := featureOf(collection)
			for rows.Next() {
				f, err := read(rows)
				if err != nil {
					rows.Close()
					return err
				}
				fn(collection, f)
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return state, revision, err
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
