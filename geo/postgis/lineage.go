package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
	"tengdi/migrations"
)

// MapState names one state of an audience's map. The mark is random and made
// with the revision: two databases that have a revision with the same mark have
// the same history up to it, whatever became of them later. An empty mark is not
// known.
type MapState struct {
	Revision int64
	Mark     string
}

// stateOf reads the audience's state inside a snapshot.
func stateOf(ctx context.Context, tx pgx.Tx, aud geo.Audience) (at MapState, err error) {
	err = tx.QueryRow(ctx, fmt.Sprintf(`
		select r.revision, coalesce(l.mark::text, '')
		from %s.revision r
		left join %[1]s.lineage l on l.revision = r.revision`, schema(aud))).Scan(&at.Revision, &at.Mark)
	return at, err
}

// MapState reads the state that the audience's map has now.
func (s *Store) MapState(ctx context.Context, aud geo.Audience) (at MapState, err error) {
	err = s.read(ctx, aud, func(tx pgx.Tx) error {
		at, err = stateOf(ctx, tx, aud)
		return err
	})
	return at, err
}

// since reads the audience's state and whether it has the given one behind it,
// or is in it. A state without a mark is taken at its word.
func since(ctx context.Context, tx pgx.Tx, aud geo.Audience, from MapState) (now MapState, known bool, err error) {
	var mark string
	err = tx.QueryRow(ctx, fmt.Sprintf(`
		select
			r.revision,
			coalesce(l.mark::text, ''),
			coalesce((select f.mark::text from %[1]s.lineage f where f.revision = $1), '')
		from %[1]s.revision r
		left join %[1]s.lineage l on l.revision = r.revision`, schema(aud)), from.Revision).
		Scan(&now.Revision, &now.Mark, &mark)
	known = now.Revision >= from.Revision && (from.Mark == "" || from.Mark == mark)
	return now, known, err
}

// Descends says whether the database has been in this state, and not so long ago
// that the feed would begin anew.
func (s *Store) Descends(ctx context.Context, aud geo.Audience, from MapState) (bool, error) {
	known := false
	err := s.read(ctx, aud, func(tx pgx.Tx) error {
		now, behind, err := since(ctx, tx, aud, from)
		known = behind && from.Mark != "" && now.Revision-from.Revision <= keepRevisions
		return err
	})
	return known, err
}

// MapForm is a fingerprint of how the audience's map is made out of the tables:
// the statements that read it, the migrations, PostGIS, which places labels, and
// the district's zone, in which its days are counted. A map that was read in another form is read again.
func (s *Store) MapForm(ctx context.Context, aud geo.Audience) (string, error) {
	h := sha256.New()
	schema, err := migrations.Fingerprint()
	if err != nil {
		return "", err
	}
	fmt.Fprintln(h, schema)
	for _, l := range geo.MapLayers(aud) {
		fmt.Fprintln(h, l.Name, mapSource(aud, l.Name), mapLivesSource(aud, l.Name), historySource(aud, l.Machine))
	}
	err = s.read(ctx, aud, func(tx pgx.Tx) error {
		var lib, zone string
		err := tx.QueryRow(ctx, `select postgis_lib_version() || ' ' || postgis_geos_version(), pub.zone()`).Scan(&lib, &zone)
		if err != nil {
			return err
		}
		fmt.Fprintln(h, lib)
		fmt.Fprintln(h, zone)
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)[:16]), err
}
