package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Every change of an account is an event of entity account, so that the log says
// who gave whom which role. No secret is in it, hashed or not.

// AddUser makes an account, tied to the identities that are given. Errors:
// Conflict when the login or an identity exists, Invalid for a login or a role
// that cannot be.
func (s *Store) AddUser(ctx context.Context, actor geo.Actor, u geo.User, ids ...geo.Identity) error {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		err := t.QueryRow(ctx, `
			insert into auth.user (login, name, role, hash, disabled, password_on)
			values ($1, $2, $3, $4, $5, $6)
			returning id`, u.Login, u.Name, string(u.Role), u.Hash, u.Disabled, t.now).Scan(&u.ID)
		if err != nil {
			return err
		}
		data := map[string]any{"name": u.Name, "role": u.Role}
		if u.Disabled {
			data["disabled"] = true
		}
		t.event(geo.Event{Entity: geo.AccountEntity, EntityID: u.ID, Code: u.Login, Verb: geo.Created, Data: data})
		for _, i := range ids {
			i.Login = u.Login
			if err := t.addIdentity(ctx, u, i); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

const userColumns = `id, login, name, role, hash, disabled, password_on, totp_secret, totp_on, totp_step, recovery, sign_ons, version`

func scanUser(row pgx.CollectableRow) (u geo.User, err error) {
	var totpOn *time.Time
	err = row.Scan(&u.ID, &u.Login, &u.Name, &u.Role, &u.Hash, &u.Disabled, &u.PasswordOn, &u.TOTPSecret, &totpOn, &u.TOTPStep, &u.Recovery, &u.SignOns, &u.Version)
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

// account locks an account inside a write, and compares the version that the
// caller saw with the one that holds; 0 = the caller saw none.
func (t *tx) account(ctx context.Context, login string, seen int) (geo.User, error) {
	rows, err := t.Query(ctx, `
		select `+userColumns+`
		from auth.user
		where login = $1
		for update`, login)
	if err != nil {
		return geo.User{}, err
	}
	u, err := pgx.CollectExactlyOneRow(rows, scanUser)
	if err != nil {
		return geo.User{}, nothing(err, "user", login)
	}
	if seen != 0 && seen != u.Version {
		return geo.User{}, &geo.StaleError{Entity: geo.AccountEntity, Code: login, Seen: seen, Version: u.Version}
	}
	return u, nil
}

// SetUser is ChangeUser for the account alone.
func (s *Store) SetUser(ctx context.Context, actor geo.Actor, u geo.User) error {
	return s.ChangeUser(ctx, actor, geo.AccountChange{User: u})
}

// ChangeUser changes the name, role and state of an account, its password when
// Hash is given, its second factor and its identities, in one write. Its tokens
// end with the role, with the password, or when it is closed. Errors: NotFound,
// *geo.StaleError when Version is given and another holds, Conflict when no
// administrator would be left or an identity is another account's.
func (s *Store) ChangeUser(ctx context.Context, actor geo.Actor, c geo.AccountChange) error {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		was, err := t.account(ctx, c.Login, c.Version)
		if err != nil {
			return err
		}
		if err := t.setUser(ctx, was, c.User); err != nil {
			return err
		}
		if c.EndSecondFactor {
			if err := t.endTOTP(ctx, was); err != nil {
				return err
			}
		}
		for _, i := range c.Ties {
			if err := t.tieIdentity(ctx, was, i, c.Move); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func (t *tx) setUser(ctx context.Context, was, u geo.User) error {
	data := accountDiff(was, u)
	if len(data) == 0 {
		return nil
	}
	if err := t.keepAnAdmin(ctx, was, u); err != nil {
		return err
	}
	newPassword := u.Hash != "" && u.Hash != was.Hash
	_, err := t.Exec(ctx, `
		update auth.user
		set name = $2, role = $3, disabled = $4, version = version + 1, updated_at = $6,
			hash = coalesce($5, hash), password_on = case when $7 then $6 else password_on end
		where login = $1`, u.Login, u.Name, string(u.Role), u.Disabled, optional(u.Hash), t.now, newPassword)
	if err != nil {
		return err
	}
	if newPassword || was.Role != u.Role || u.Disabled {
		if err := t.endTokens(ctx, u.Login, data); err != nil {
			return err
		}
	}
	t.event(geo.Event{Entity: geo.AccountEntity, EntityID: was.ID, Code: u.Login, Verb: geo.Corrected, Data: data})
	return nil
}

// accountDiff tells what a change of an account changes. Of a password only that
// it is another one.
func accountDiff(was, u geo.User) map[string]any {
	data := map[string]any{}
	if was.Name != u.Name {
		data["name"] = fromTo(was.Name, u.Name)
	}
	if was.Role != u.Role {
		data["role"] = fromTo(was.Role, u.Role)
	}
	if was.Disabled != u.Disabled {
		data["disabled"] = fromTo(was.Disabled, u.Disabled)
	}
	if u.Hash != "" && u.Hash != was.Hash {
		data["password"] = fromTo(nil, "new")
	}
	return data
}

func fromTo(from, to any) map[string]any { return map[string]any{"from": from, "to": to} }

// keepAnAdmin refuses to close or demote the last account that may keep accounts.
func (t *tx) keepAnAdmin(ctx context.Context, was, u geo.User) error {
	if was.Role != geo.RoleAdmin || was.Disabled || u.Role == geo.RoleAdmin && !u.Disabled {
		return nil
	}
	var left int
	err := t.QueryRow(ctx, `
		select count(*)
		from auth.user
		where role = 'admin' and not disabled and login <> $1`, u.Login).Scan(&left)
	if err != nil || left > 0 {
		return err
	}
	e := geo.Errorf(geo.Conflict, "%s is the last administrator: give another account that role first", "%s 是最后一个管理员账号：请先指定另一位管理员", u.Login)
	field := "role"
	if u.Disabled {
		field = "disabled"
	}
	e.Fields = []geo.FieldError{{Field: field, Code: "last_admin", Zh: "至少须保留一个可用的管理员账号", En: "one administrator at least has to stay"}}
	return e
}

// Rehash keeps a hash of the same password at other costs, unless the password
// was changed meanwhile. It is no change of the account, so no event tells it.
func (s *Store) Rehash(ctx context.Context, login, old, hash string) (done bool, err error) {
	tag, err := s.app.Exec(ctx, `
		update auth.user
		set hash = $3
		where login = $1 and hash = $2`, login, old, hash)
	return tag.RowsAffected() == 1, asGeo(err)
}
