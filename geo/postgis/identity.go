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

// AddIdentity ties an account to a person at an identity provider. An identity
// that is tied to another account moves over. Errors: NotFound for an unknown
// login.
func (s *Store) AddIdentity(ctx context.Context, actor geo.Actor, i geo.Identity) error {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		u, err := t.account(ctx, i.Login, 0)
		if err != nil {
			return err
		}
		var from string
		err = t.QueryRow(ctx, `
			select login
			from auth.identity
			where issuer = $1 and subject = $2`, i.Issuer, i.Subject).Scan(&from)
		switch {
		case err == nil && from == i.Login:
			return nil
		case err == nil:
			return t.moveIdentity(ctx, u, from, i)
		case errors.Is(err, pgx.ErrNoRows):
			return t.addIdentity(ctx, u, i)
		}
		return err
	})
	return err
}

func (t *tx) addIdentity(ctx context.Context, u geo.User, i geo.Identity) error {
	_, err := t.Exec(ctx, `
		insert into auth.identity (issuer, subject, login)
		values ($1, $2, $3)`, i.Issuer, i.Subject, i.Login)
	if err != nil {
		return err
	}
	t.event(geo.Event{
		Entity: geo.AccountEntity, EntityID: u.ID, Code: u.Login, Verb: geo.Recorded,
		Data: map[string]any{"kind": "identity", "issuer": i.Issuer, "subject": i.Subject},
	})
	return nil
}

func (t *tx) moveIdentity(ctx context.Context, u geo.User, from string, i geo.Identity) error {
	_, err := t.Exec(ctx, `
		update auth.identity
		set login = $3
		where issuer = $1 and subject = $2`, i.Issuer, i.Subject, i.Login)
	if err != nil {
		return err
	}
	t.event(geo.Event{
		Entity: geo.AccountEntity, EntityID: u.ID, Code: u.Login, Verb: geo.Recorded,
		Data: map[string]any{"kind": "identity", "issuer": i.Issuer, "subject": i.Subject, "before": from},
	})
	return nil
}
