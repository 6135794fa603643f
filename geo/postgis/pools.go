package postgis

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tengdi/geo"
	"tengdi/migrations"
)

// Connections that one server may hold.
const (
	appConns    = 8
	publicConns = 4
	feedConns   = 2 // one per audience, outside the pools
	reserve     = 5 // left for people with psql, backups and the next server
)

// patience of the roles. A write waits for the one before it; an import lifts
// its own statement limit for its transaction.
const (
	appStatement    = 30 * time.Second
	publicStatement = 5 * time.Second
	lockWait        = 10 * time.Second
	idleInTx        = 60 * time.Second
)

// settings are the run-time parameters with which a connection of a role
// begins. The role is taken at the start, so no statement of ours ever changes
// who a pooled connection is (finding: identity set per session leaks to the
// next request).
func settings(role, searchPath string) map[string]string {
	s := map[string]string{
		"role":                                role,
		"search_path":                         searchPath,
		"application_name":                    role,
		"timezone":                            "UTC",
		"plan_cache_mode":                     "force_custom_plan", // optional filters are folded away
		"lock_timeout":                        ms(lockWait),
		"statement_timeout":                   ms(appStatement),
		"idle_in_transaction_session_timeout": ms(idleInTx),
	}
	if role == migrations.PublicRole {
		s["statement_timeout"] = ms(publicStatement)
		s["default_transaction_read_only"] = "on"
	}
	return s
}

func ms(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// become makes a connection begin as the role. On a private cluster it logs in
// as the role itself, so that no statement can step back to the login behind it;
// elsewhere the login takes the role on, for which it needs no password of its
// own.
func (s *Store) become(cfg *pgx.ConnConfig, role string) {
	for k, v := range settings(role, s.searchPath) {
		cfg.RuntimeParams[k] = v
	}
	if s.private {
		cfg.User = role
		delete(cfg.RuntimeParams, "role")
	}
}

// admit lets the roles log in to a private cluster, whose socket no other
// account can reach.
func admit(ctx context.Context, conn *pgx.Conn) error {
	for _, role := range []string{migrations.AppRole, migrations.PublicRole} {
		var can bool
		err := conn.QueryRow(ctx, `select rolcanlogin from pg_roles where rolname = $1`, role).Scan(&can)
		if err != nil {
			return err
		}
		if can {
			continue
		}
		if _, err := conn.Exec(ctx, `alter role `+pgx.Identifier{role}.Sanitize()+` login`); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) openPool(ctx context.Context, role string, size int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(s.url)
	if err != nil {
		return nil, wrap(geo.Invalid, "数据库地址无效", "not a database URL", err)
	}
	s.become(cfg.ConnConfig, role)
	cfg.MaxConns = size
	cfg.MinConns = 0
	cfg.MaxConnIdleTime = 5 * time.Minute
	return pgxpool.NewWithConfig(ctx, cfg)
}

// direct opens one connection of a role outside the pools, as LISTEN needs.
func (s *Store) direct(ctx context.Context, role string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(s.url)
	if err != nil {
		return nil, err
	}
	s.become(cfg, role)
	cfg.RuntimeParams["application_name"] = role + " feed"
	cfg.RuntimeParams["statement_timeout"] = ms(feedStatement)
	cfg.RuntimeParams["lock_timeout"] = ms(feedStatement)
	return pgx.ConnectConfig(ctx, cfg)
}

// inspect looks at the server before the pools are made: where PostGIS lives,
// and whether our connections fit.
func inspect(ctx context.Context, conn *pgx.Conn) (searchPath string, err error) {
	var most int
	err = conn.QueryRow(ctx, `
		select
			current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
			(select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'postgis')`).
		Scan(&most, &searchPath)
	if err != nil {
		return "", err
	}
	if need := appConns + publicConns + feedConns + reserve; most < need {
		return "", geo.Errorf(geo.Unavailable,
			"the database server allows %d connections, this server needs %d: raise max_connections",
			"数据库服务器只允许 %d 个连接，本服务需要 %d 个：请调高 max_connections", most, need)
	}
	return searchPath, nil
}

func (s *Store) pool(aud geo.Audience) *pgxpool.Pool {
	if aud == geo.Staff {
		return s.app
	}
	return s.public
}

// read runs fn in one read-only snapshot of the audience's pool, so that
// everything it reads holds at one revision.
func (s *Store) read(ctx context.Context, aud geo.Audience, fn func(pgx.Tx) error) error {
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return asGeo(pgx.BeginTxFunc(ctx, s.pool(aud), opts, fn))
}

// revisionOf reads the audience's revision inside a snapshot.
func revisionOf(ctx context.Context, tx pgx.Tx, aud geo.Audience) (rev int64, err error) {
	err = tx.QueryRow(ctx, fmt.Sprintf(`select revision from %s.revision`, schema(aud))).Scan(&rev)
	return rev, err
}

// schema is the one that an audience reads.
func schema(aud geo.Audience) string {
	if aud == geo.Staff {
		return "land"
	}
	return "pub"
}
