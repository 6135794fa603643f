package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// personNames are what people are called, by login: as the register of persons has
// it, else as the account has it. Who is in neither, or is called by the login
// itself, has no row.
const personNames = `
	select u.login, coalesce(nullif(p.name, ''), nullif(u.name, u.login)) as name
	from auth.user u
	left join land.person p on p.login = u.login`

// Names tells what people are called by their logins, for staff. A login whose name
// nobody gave is left out.
func (s *Store) Names(ctx context.Context, logins []string) (map[string]string, error) {
	out := map[string]string{}
	if len(logins) == 0 {
		return out, nil
	}
	rows, err := s.app.Query(ctx, `select n.login, n.name from (`+personNames+`) n where n.name <> '' and n.login = any($1)`, logins)
	if err != nil {
		return nil, asGeo(err)
	}
	var login, name string
	_, err = pgx.ForEachRow(rows, []any{&login, &name}, func() error {
		out[login] = name
		return nil
	})
	return out, asGeo(err)
}

// loginsOf are the logins of those who are called so; of nobody for "".
func (s *Store) loginsOf(ctx context.Context, name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	rows, err := s.app.Query(ctx, `select n.login from (`+personNames+`) n where n.name = $1`, name)
	if err != nil {
		return nil, asGeo(err)
	}
	logins, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return logins, asGeo(err)
}
