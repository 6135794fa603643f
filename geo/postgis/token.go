package postgis

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// tokensPerLogin is how many tokens that hold one account may have.
const tokensPerLogin = 50

const tokenColumns = `t.id, t.login, t.name, t.scope, t.hash, t.created_at, t.expires_at, t.used_at, t.ended_at`

// tokenRow reads a token with the columns of tokenColumns.
type tokenRow struct {
	geo.Token
	used, ended *time.Time
}

func (r *tokenRow) into() []any {
	return []any{&r.ID, &r.Login, &r.Name, &r.Scope, &r.Hash, &r.CreatedAt, &r.ExpiresAt, &r.used, &r.ended}
}

func (r *tokenRow) token() geo.Token {
	if r.used != nil {
		r.UsedAt = *r.used
	}
	if r.ended != nil {
		r.EndedAt = *r.ended
	}
	return r.Token
}

func scanToken(row pgx.CollectableRow) (geo.Token, error) {
	var r tokenRow
	err := row.Scan(r.into()...)
	return r.token(), err
}

// Tokens lists an account's tokens that have not ended, those that expired
// among them, newest first; "" = of all accounts.
func (s *Store) Tokens(ctx context.Context, login string) ([]geo.Token, error) {
	rows, err := s.app.Query(ctx, `
		select `+tokenColumns+`
		from auth.token t
		where ended_at is null and ($1 = '' or login = $1)
		order by id desc`, login)
	if err != nil {
		return nil, asGeo(err)
	}
	list, err := pgx.CollectRows(rows, scanToken)
	return list, asGeo(err)
}

// AddToken keeps a new token: its Login, Name, Scope, Hash and ExpiresAt. Errors:
// Invalid with the fields name, scope and expires; Conflict when the account has
// fifty; NotFound for an unknown login.
func (s *Store) AddToken(ctx context.Context, actor geo.Actor, t geo.Token) (geo.Token, error) {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, w *tx) error {
		u, err := w.account(ctx, t.Login, 0)
		if err != nil {
			return err
		}
		if err := checkToken(t, w.now); err != nil {
			return err
		}
		var held int
		if err := w.QueryRow(ctx, `
			select count(*)
			from auth.token
			where login = $1 and ended_at is null and expires_at > $2`, t.Login, w.now).Scan(&held); err != nil {
			return err
		}
		if held >= tokensPerLogin {
			return geo.Errorf(geo.Conflict, "This account has %d tokens: end one first.", "此账号已有 %d 个令牌：请先停用一个。", tokensPerLogin)
		}
		t.CreatedAt = w.now
		err = w.QueryRow(ctx, `
			insert into auth.token (login, name, hash, scope, created_at, expires_at)
			values ($1, $2, $3, $4, $5, $6)
			returning id`, t.Login, t.Name, t.Hash, t.Scope, t.CreatedAt, t.ExpiresAt).Scan(&t.ID)
		if err != nil {
			return err
		}
		w.event(geo.Event{
			Entity: geo.AccountEntity, EntityID: u.ID, Code: u.Login, Verb: geo.Recorded,
			Data: map[string]any{"kind": "token", "no": t.ID, "name": t.Name, "scope": t.Scope, "expires": t.ExpiresAt.UTC().Format(time.RFC3339)},
		})
		return nil
	})
	return t, err
}

// checkToken refuses a token that holds too long, for nothing, or for something
// that is no scope.
func checkToken(t geo.Token, now time.Time) error {
	e := &geo.Error{Kind: geo.Invalid, En: "The token cannot be made like this.", Zh: "无法按此创建令牌。"}
	if latest := now.Add(geo.MaxTokenDays * 24 * time.Hour); !t.ExpiresAt.After(now) || t.ExpiresAt.After(latest) {
		days := strconv.Itoa(geo.MaxTokenDays)
		e.Fields = append(e.Fields, geo.FieldError{Field: "expires", Code: "out_of_range", Zh: "有效期须晚于现在且不超过 " + days + " 天", En: "must be later than now and at most " + days + " days away"})
	}
	known := func(s geo.TokenScope) bool { return slices.Contains(geo.TokenScopes(), s) }
	sorted := slices.Compact(slices.Sorted(slices.Values(t.Scope)))
	if len(t.Scope) == 0 || len(sorted) != len(t.Scope) || slices.ContainsFunc(t.Scope, func(s geo.TokenScope) bool { return !known(s) }) {
		e.Fields = append(e.Fields, geo.FieldError{Field: "scope", Code: "invalid", Zh: "范围须为 read、write、import 中的一项或几项", En: "must be one or more of read, write and import"})
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// EndToken ends a token of an account. Errors: NotFound when the account has no
// such token that holds.
func (s *Store) EndToken(ctx context.Context, actor geo.Actor, login string, id int64) error {
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		u, err := t.account(ctx, login, 0)
		if err != nil {
			return err
		}
		tag, err := t.Exec(ctx, `
			update auth.token
			set ended_at = $3
			where login = $1 and id = $2 and ended_at is null`, login, id, t.now)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return notFound("token", strconv.FormatInt(id, 10))
		}
		t.event(geo.Event{
			Entity: geo.AccountEntity, EntityID: u.ID, Code: login, Verb: geo.Struck,
			Data: map[string]any{"kind": "token", "no": id},
		})
		return nil
	})
	return err
}

// endTokens ends all tokens of an account inside a change of it, and says in the
// data of that change how many.
func (t *tx) endTokens(ctx context.Context, login string, data map[string]any) error {
	tag, err := t.Exec(ctx, `
		update auth.token
		set ended_at = $2
		where login = $1 and ended_at is null`, login, t.now)
	if n := tag.RowsAffected(); n > 0 {
		data["tokens"] = fromTo(n, 0)
	}
	return err
}

// TokenOf finds a token that holds, and its account, by the hash of its secret;
// that it was used is noted, once a minute. Errors: NotFound when there is none,
// when it ended or expired, or when its account is closed.
func (s *Store) TokenOf(ctx context.Context, hash []byte) (geo.Token, geo.User, error) {
	var row tokenRow
	var login string
	err := s.app.QueryRow(ctx, `
		select `+tokenColumns+`, u.login
		from auth.token t
		join auth.user u on u.login = t.login
		where t.hash = $1 and t.ended_at is null and t.expires_at > now() and not u.disabled`, hash).
		Scan(append(row.into(), &login)...)
	if err != nil {
		return geo.Token{}, geo.User{}, asGeo(nothing(err, "token", ""))
	}
	u, err := s.User(ctx, login)
	if err != nil {
		return geo.Token{}, geo.User{}, err
	}
	_, err = s.app.Exec(ctx, `
		update auth.token
		set used_at = now()
		where id = $1 and (used_at is null or used_at < now() - interval '1 minute')`, row.ID)
	return row.token(), u, asGeo(err)
}
