package postgis

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Sessions for scs (scs.CtxStore). Tokens are kept as their SHA-256: who reads
// the table cannot take a session over.

// FindCtx reads the data of a session that has not expired.
func (s *Store) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	hash := sha256.Sum256([]byte(token))
	err = s.app.QueryRow(ctx, `
		select data
		from auth.session
		where token_hash = $1 and expiry > now()`, hash[:]).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, asGeo(err)
}

// CommitCtx makes or replaces a session, and drops those that have expired.
func (s *Store) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	hash := sha256.Sum256([]byte(token))
	_, err := s.app.Exec(ctx, `
		with old as (
			delete from auth.session
			where expiry < now() and token_hash <> $1)
		insert into auth.session (token_hash, data, expiry)
		values ($1, $2, $3)
		on conflict (token_hash) do update set (data, expiry) = (excluded.data, excluded.expiry)`, hash[:], data, expiry)
	return asGeo(err)
}

// DeleteCtx ends a session; an unknown one is no error.
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	hash := sha256.Sum256([]byte(token))
	_, err := s.app.Exec(ctx, `delete from auth.session where token_hash = $1`, hash[:])
	return asGeo(err)
}

// Find is FindCtx without a context, as scs.Store asks.
func (s *Store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context, as scs.Store asks.
func (s *Store) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context, as scs.Store asks.
func (s *Store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
