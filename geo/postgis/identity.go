package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// IdentityOf finds the account of a person at an identity provider, and notes
// that the identity was used. Errors: NotFound.
func (s *Store) IdentityOf(ctx context.Context, issuer, subject string) (geo.User, error) {
	var login string
	err := s.app.QueryRow(ctx, `
		update auth.identity
		set used_at = now()
		where issuer = $1 and subject = $2
		returning login`, issuer, subject).Scan(&login)
	if err != nil {
		return geo.User{}, asGeo(nothing(err, "identity", subject))
	}
	return s.User(ctx, login)
}

// Identities lists who at which provider signs on to which account.
func (s *Store) Identities(ctx context.Context) ([]geo.Identity, error) {
	rows, err := s.app.Query(ctx, `
		select issuer, subject, login
		from auth.identity
		order by login, issuer, subject`)
	if err != nil {
		return nil, asGeo(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[geo.Identity])
	return list, asGeo(err)
}

// AddIdentity ties an account to a person at an identity provider. With move, an
// identity that is tied to another account moves over. Errors: NotFound for an
// unknown login, Conflict when it is tied to another account and move is not set.
func (s *Store) AddIdentity(ctx context.Context, actor geo.Actor, i geo.Identity, move bool) error {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		u, err := t.account(ctx, i.Login, 0)
		if err != nil {
			return err
		}
		return t.tieIdentity(ctx, u, i, move)
	})
	return err
}

// tieIdentity ties an identity to the account u.
func (t *tx) tieIdentity(ctx context.Context, u geo.User, i geo.Identity, move bool) error {
	var from string
	err := t.QueryRow(ctx, `
		select login
		from auth.identity
		where issuer = $1 and subject = $2`, i.Issuer, i.Subject).Scan(&from)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return t.addIdentity(ctx, u, i)
	case err != nil || from == u.Login:
		return err
	case !move:
		e := geo.Errorf(geo.Conflict, "This identity signs on to %s: confirm that it moves from there.", "该身份目前登录账号 %s：须确认由该账号移出。", from)
		e.Fields = []geo.FieldError{{Field: "move", Code: "tied", Zh: "须确认由账号 " + from + " 移出", En: "must be true: it is taken from " + from}}
		return e
	}
	return t.moveIdentity(ctx, u, from, i)
}

func (t *tx) addIdentity(ctx context.Context, u geo.User, i geo.Identity) error {
	_, err := t.Exec(ctx, `
		insert into auth.identity (issuer, subject, login)
		values ($1, $2, $3)`, i.Issuer, i.Subject, u.Login)
	if err != nil {
		return err
	}
	t.event(geo.Event{
		Entity: geo.AccountEntity, EntityID: u.ID, Code: u.Login, Verb: geo.Recorded,
		Data: map[string]any{"kind": "identity", "issuer": i.Issuer, "subject": i.Subject},
	})
	return nil
}

// moveIdentity takes an identity from the account from, whose sessions of the
// provider and tokens end with it: they are those of the person who leaves.
func (t *tx) moveIdentity(ctx context.Context, u geo.User, from string, i geo.Identity) error {
	left, err := t.account(ctx, from, 0)
	if err != nil {
		return err
	}
	_, err = t.Exec(ctx, `
		update auth.identity
		set login = $3
		where issuer = $1 and subject = $2`, i.Issuer, i.Subject, u.Login)
	if err != nil {
		return err
	}
	_, err = t.Exec(ctx, `
		update auth.user
		set sign_ons = sign_ons + 1, version = version + 1, updated_at = $2
		where login = $1`, from, t.now)
	if err != nil {
		return err
	}
	gone := map[string]any{"kind": "identity", "issuer": i.Issuer, "subject": i.Subject, "after": u.Login}
	if err := t.endTokens(ctx, from, gone); err != nil {
		return err
	}
	t.event(geo.Event{Entity: geo.AccountEntity, EntityID: left.ID, Code: from, Verb: geo.Struck, Data: gone})
	t.event(geo.Event{
		Entity: geo.AccountEntity, EntityID: u.ID, Code: u.Login, Verb: geo.Recorded,
		Data: map[string]any{"kind": "identity", "issuer": i.Issuer, "subject": i.Subject, "before": from},
	})
	return nil
}
