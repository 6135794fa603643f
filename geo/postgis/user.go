package postgis

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// AddUser makes an account. Errors: Conflict when the login exists, Invalid for
// a login or a role that cannot be.
func (s *Store) AddUser(ctx context.Context, u geo.User) error {
	_, err := s.app.Exec(ctx, `
		insert into auth.user (login, name, role, hash, disabled)
		values ($1, $2, $3, $4, $5)`, u.Login, u.Name, string(u.Role), u.Hash, u.Disabled)
	return asGeo(err)
}

const userColumns = `id, login, name, role, hash, disabled, totp_secret, totp_on, totp_step, recovery, version`

func scanUser(row pgx.CollectableRow) (u geo.User, err error) {
	var totpOn *time.Time
	err = row.Scan(&u.ID, &u.Login, &u.Name, &u.Role, &u.Hash, &u.Disabled, &u.TOTPSecret, &totpOn, &u.TOTPStep, &u.Recovery, &u.Version)
	if totpOn != nil {
		u.TOTPOn = *totpOn
	}
	return u, err
}

// User reads an account by its login.
func (s *Store) User(ctx context.Context, login string) (geo.User, error) {
	rows, err := s.app.Query(ctx, `
		select `+userColumns+`
		from auth.user
		where login = $1`, login)
	if err != nil {
		return geo.User{}, asGeo(err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, scanUser)
	return u, asGeo(nothing(err, "user", login))
}

// Users lists the accounts by login.
func (s *Store) Users(ctx context.Context) ([]geo.User, error) {
	rows, err := s.app.Query(ctx, `
		select `+userColumns+`
		from auth.user
		order by login`)
	if err != nil {
		return nil, asGeo(err)
	}
	list, err := pgx.CollectRows(rows, scanUser)
	return list, asGeo(err)
}

// SetUser changes the name, role and state of an account, and its password when
// Hash is given.
func (s *Store) SetUser(ctx context.Context, u geo.User) error {
	tag, err := s.app.Exec(ctx, `
		update auth.user
		set name = $2, role = $3, disabled = $4, hash = coalesce($5, hash), updated_at = now()
		where login = $1`, u.Login, u.Name, string(u.Role), u.Disabled, optional(u.Hash))
	if err == nil && tag.RowsAffected() == 0 {
		return notFound("user", u.Login)
	}
	return asGeo(err)
}

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
