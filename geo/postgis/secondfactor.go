package postgis

import (
	"context"
	"slices"

	"tengdi/geo"
)

// BeginTOTP keeps the secret of a second factor that is not asked for yet.
// Errors: NotFound, Conflict when one is asked for already.
func (s *Store) BeginTOTP(ctx context.Context, login, secret string) error {
	tag, err := s.app.Exec(ctx, `
		update auth.user
		set totp_secret = $2
		where login = $1 and totp_on is null`, login, secret)
	if err == nil && tag.RowsAffected() == 0 {
		return secondFactorIsOn()
	}
	return asGeo(err)
}

func secondFactorIsOn() error {
	return geo.Errorf(geo.Conflict, "A second factor is in use already.", "已启用双重验证。")
}

// ConfirmTOTP asks for the second factor from now on: its first code, of that
// time step, was right. recovery are the hashes of the recovery codes. Errors:
// Conflict when another was begun meanwhile or one is in use.
func (s *Store) ConfirmTOTP(ctx context.Context, actor geo.Actor, login, secret string, step int64, recovery []string) error {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		u, err := t.account(ctx, login, 0)
		if err != nil {
			return err
		}
		if !u.TOTPOn.IsZero() || u.TOTPSecret != secret {
			return secondFactorIsOn()
		}
		_, err = t.Exec(ctx, `
			update auth.user
			set totp_on = $2, totp_step = $3, recovery = $4, version = version + 1, updated_at = $2
			where login = $1`, login, t.now, step, recovery)
		if err != nil {
			return err
		}
		t.event(geo.Event{
			Entity: geo.AccountEntity, EntityID: u.ID, Code: login, Verb: geo.Corrected,
			Data: map[string]any{"second_factor": fromTo(false, true)},
		})
		return nil
	})
	return err
}

// EndTOTP takes the second factor and its recovery codes off an account, in use
// or only begun; seen is the version of the account that the caller saw, 0 =
// none. Errors: NotFound, *geo.StaleError.
func (s *Store) EndTOTP(ctx context.Context, actor geo.Actor, login string, seen int) error {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		u, err := t.account(ctx, login, seen)
		if err != nil {
			return err
		}
		return t.endTOTP(ctx, u)
	})
	return err
}

func (t *tx) endTOTP(ctx context.Context, u geo.User) error {
	if u.TOTPOn.IsZero() && u.TOTPSecret == "" {
		return nil
	}
	_, err := t.Exec(ctx, `
		update auth.user
		set totp_on = null, totp_secret = '', totp_step = 0, recovery = '{}', version = version + 1, updated_at = $2
		where login = $1`, u.Login, t.now)
	if err != nil {
		return err
	}
	t.event(geo.Event{
		Entity: geo.AccountEntity, EntityID: u.ID, Code: u.Login, Verb: geo.Corrected,
		Data: map[string]any{"second_factor": fromTo(!u.TOTPOn.IsZero(), false)},
	})
	return nil
}

// TakeStep uses up the code of a time step; false when that code or a later one
// was taken before. Two servers that see the same code at once take it once.
func (s *Store) TakeStep(ctx context.Context, login, secret string, step int64) (taken bool, err error) {
	tag, err := s.app.Exec(ctx, `
		update auth.user
		set totp_step = $3
		where login = $1 and totp_secret = $2 and totp_on is not null and totp_step < $3`, login, secret, step)
	return tag.RowsAffected() == 1, asGeo(err)
}

// TakeRecovery uses up a recovery code, by its hash; false when there is none.
func (s *Store) TakeRecovery(ctx context.Context, actor geo.Actor, login, hash string) (taken bool, err error) {
	_, _, err = s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		u, err := t.account(ctx, login, 0)
		if err != nil {
			return err
		}
		left := slices.DeleteFunc(slices.Clone(u.Recovery), func(h string) bool { return h == hash })
		if u.TOTPOn.IsZero() || len(left) == len(u.Recovery) {
			return nil
		}
		if _, err := t.Exec(ctx, `update auth.user set recovery = $2 where login = $1`, login, left); err != nil {
			return err
		}
		taken = true
		t.event(geo.Event{
			Entity: geo.AccountEntity, EntityID: u.ID, Code: login, Verb: geo.Corrected,
			Data: map[string]any{"recovery_codes": fromTo(len(u.Recovery), len(left))},
		})
		return nil
	})
	return taken && err == nil, err
}
