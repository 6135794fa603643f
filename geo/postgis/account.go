package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Viewer is what the account may read now: its role, and its areas where that
// has scope.
func (s *Store) Viewer(ctx context.Context, u geo.User) (geo.Viewer, error) {
	v := geo.Viewer{Audience: geo.Staff, Login: u.Login, Role: u.Role}
	if !u.Role.Scoped() {
		return v, nil
	}
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) (err error) {
		v.Areas, err = areasOf(ctx, tx, u.Login)
		return err
	})
	return v, err
}
