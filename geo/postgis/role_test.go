package postgis

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tengdi/geo"
)

const simple = pgx.QueryExecModeSimpleProtocol

// denied says that the server refused for lack of privilege.
func denied(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "42501" || pg.Code == readOnlyTransaction)
}

// The public role gets nothing but the published tables, whatever SQL it can be
// made to send.
func TestPublicRoleReadsPubOnly(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	ctx := t.Context()
	for _, sql := range []string{
		`select * from land.parcel`, `select count(*) from land.area`, `select revision from land.revision`, `select 1 from land.event`,
		`select * from land.district`, `select * from land.reference`, `select * from priv.household`, `select * from priv.record`,
		`select * from auth.user`, `select * from auth.session`, `select * from tengdi.migration`,
		`insert into pub.revision values (2, 0)`, `update pub.area set name = 'x'`, `delete from pub.area`, `truncate pub.area`,
		`create table pub.x (i int)`, `create table public.x (i int)`, `create temporary table x (i int)`, `create schema x`,
		`create function pub.f() returns int language sql return 1`,
		`select st_estimatedextent('land', 'parcel', 'geom')`, `select land.limit_text(1, 2, false, false)`, `select land.random_id()`,
		`copy pub.area to program 'true'`,
	} {
		if _, err := s.public.Exec(ctx, sql, simple); !denied(err) {
			t.Errorf("%s: %v", sql, err)
		}
		// Nor when the transaction may write.
		if _, err := s.public.Exec(ctx, `begin read write; `+sql+`; rollback`, simple); !denied(err) {
			t.Errorf("read write, %s: %v", sql, err)
		}
		s.public.Reset()
	}
	var n int
	if err := s.public.QueryRow(ctx, `select count(*) from pub.parcel`).Scan(&n); err != nil || n != 3 {
		t.Errorf("%d published parcels, %v", n, err)
	}
}

func TestAppRoleCannotChangeTheMemory(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	for _, sql := range []string{
		`update land.event set reason = 'x'`, `delete from land.event`, `truncate land.event`, `delete from land.parcel`, `truncate land.parcel`,
		`delete from land.change`, `update land.change set id = 1`, `delete from land.revision`, `delete from priv.household`,
		`delete from auth.user`, `update land.import set rows = 1`, `drop table land.event`, `alter table land.event disable trigger all`,
		`create table land.x (i int)`, `create schema x`, `create role x`,
	} {
		if _, err := s.app.Exec(t.Context(), sql, simple); !denied(err) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// The roles have no powers of their own, and nobody is granted more than is
// written here.
func TestGrants(t *testing.T) { // before the parallel tests: one of them lets the roles log in
	s := emptyStore(t)
	conn := connect(t, s)
	if n := scan[int64](t, conn, `
		select count(*) from pg_roles
		where rolname in ('tengdi_app', 'tengdi_public')
			and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin or rolreplication)`); n != 2 {
		t.Errorf("%d of 2 roles are without powers", n)
	}
	if n := scan[int64](t, conn, `
		select count(*) from pg_class c join pg_roles r on r.oid = c.relowner
		where r.rolname in ('tengdi_app', 'tengdi_public')`); n != 0 {
		t.Errorf("the roles own %d relations", n)
	}
	grants := func(role string) string {
		return scan[string](t, conn, `
			select coalesce(string_agg(g, E'\n' order by g), '')
			from (
				select n.nspname || '.' || c.relname || ' ' || string_agg(lower(a.privilege_type), ',' order by a.privilege_type) as g
				from pg_class c
				join pg_namespace n on n.oid = c.relnamespace
				cross join aclexplode(c.relacl) a
				where n.nspname in ('land', 'priv', 'pub', 'auth', 'tengdi')
					and a.grantee = coalesce((select oid from pg_roles where rolname = $1), 0)
				group by n.nspname, c.relname) x`, role)
	}
	if g := grants("nobody: PUBLIC"); g != "" {
		t.Errorf("PUBLIC has\n%s", g)
	}
	wantPublic := "area change cleared_land event lineage parcel project revision round"
	var want []string
	for _, table := range strings.Fields(wantPublic) {
		want = append(want, "pub."+table+" select")
	}
	if g := grants("tengdi_public"); g != strings.Join(want, "\n") {
		t.Errorf("tengdi_public has\n%s", g)
	}
	for _, line := range strings.Split(grants("tengdi_app"), "\n") {
		table, rights, _ := strings.Cut(line, " ")
		if strings.Contains(rights, "truncate") || strings.Contains(rights, "trigger") || strings.Contains(rights, "references") {
			t.Errorf("tengdi_app has %s", line)
		}
		if strings.HasPrefix(table, "land.") && strings.Contains(rights, "delete") && table != "land.reference" && table != "land.calendar" {
			t.Errorf("tengdi_app may delete: %s", line)
		}
		if (table == "land.event" || table == "land.change" || table == "pub.change" || table == "priv.access" || table == "land.notice") && rights != "insert,select" {
			t.Errorf("tengdi_app has %s", line)
		}
	}
	for _, sc := range []string{"land", "priv", "auth", "tengdi"} {
		if scan[bool](t, conn, `select has_schema_privilege('tengdi_public', $1, 'USAGE')`, sc) {
			t.Errorf("tengdi_public may look into %s", sc)
		}
	}
}

// Identity does not survive on a pooled connection: each begins as its role,
// and what a request sets inside its transaction ends with it.
func TestPooledConnectionsAreTheirRole(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	for _, aud := range audiences() {
		for range 3 {
			var role, readOnly, timeout string
			err := s.pool(aud).QueryRow(t.Context(), `select current_user, current_setting('default_transaction_read_only'), current_setting('statement_timeout')`).Scan(&role, &readOnly, &timeout)
			want := map[geo.Audience]string{geo.Staff: "tengdi_app off 30s", geo.Public: "tengdi_public on 5s"}[aud]
			if got := role + " " + readOnly + " " + timeout; err != nil || got != want {
				t.Errorf("%s: %s, %v, want %s", aud, got, err, want)
			}
		}
	}
}

func TestAccountsAndSessions(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	ctx := t.Context()
	u := geo.User{Login: "planner", Name: "规划员", Role: geo.RolePlanner, Hash: "$argon2id$x"}
	if err := s.AddUser(ctx, keeper, u); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		u    geo.User
		kind geo.Kind
	}{
		"twice":     {u, geo.Conflict},
		"no login":  {geo.User{Role: geo.RoleAdmin, Hash: "x"}, geo.Invalid},
		"capitals":  {geo.User{Login: "Admin", Role: geo.RoleAdmin, Hash: "x"}, geo.Invalid},
		"no role":   {geo.User{Login: "a", Role: "king", Hash: "x"}, geo.Invalid},
		"as system": {geo.User{Login: "a", Role: geo.RoleSystem, Hash: "x"}, geo.Invalid},
	} {
		if err := s.AddUser(ctx, keeper, tc.u); geo.KindOf(err) != tc.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	u.Name, u.Role, u.Hash, u.Disabled = "领导", geo.RoleLeader, "", true
	if err := s.SetUser(ctx, keeper, u); err != nil {
		t.Fatal(err)
	}
	got, err := s.User(ctx, "planner")
	if err != nil || got.Role != geo.RoleLeader || got.Hash != "$argon2id$x" || !got.Disabled || got.ID == 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.User(ctx, "nobody"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("an unknown login: %v", err)
	}
	if err := s.SetUser(ctx, keeper, geo.User{Login: "nobody", Role: geo.RoleAdmin}); geo.KindOf(err) != geo.NotFound {
		t.Errorf("an unknown login: %v", err)
	}
	if list, err := s.Users(ctx); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	now := scan[time.Time](t, connect(t, s), `select now()`)
	if err := s.CommitCtx(ctx, "token", []byte("a"), now.Add(3600e9)); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit("token", []byte("b"), now.Add(3600e9)); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitCtx(ctx, "old", []byte("c"), now.Add(-1e9)); err != nil {
		t.Fatal(err)
	}
	if data, found, err := s.FindCtx(ctx, "token"); string(data) != "b" || !found || err != nil {
		t.Errorf("%s, %v, %v", data, found, err)
	}
	if _, found, err := s.Find("old"); found || err != nil {
		t.Errorf("an expired session: %v, %v", found, err)
	}
	if n := scan[int64](t, connect(t, s), `select count(*) from auth.session where token_hash = 'token' or data = 'token'`); n != 0 {
		t.Error("the token is in the table")
	}
	if err := s.Delete("token"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Find("token"); found || err != nil {
		t.Errorf("after delete: %v, %v", found, err)
	}
}
