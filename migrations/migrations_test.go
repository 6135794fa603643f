package migrations

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo/postgis/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func all(t *testing.T) []Migration {
	t.Helper()
	list, err := All()
	if err != nil || len(list) < 6 {
		t.Fatalf("%d migrations, %v", len(list), err)
	}
	return list
}

func count(t *testing.T, conn *pgx.Conn, sql string) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEachMigrationSaysWhy(t *testing.T) {
	for _, m := range all(t) {
		if !strings.HasPrefix(m.SQL, "-- Why: ") {
			t.Errorf("%s does not open with a sentence on why", m.Name)
		}
	}
}

func TestNumbersHaveNoGap(t *testing.T) {
	for _, names := range [][]string{{"0002_b.sql"}, {"0001_a.sql", "0003_c.sql"}, {"0001_a.sql", "0001_b.sql"}, {"first.sql"}} {
		dir := fstest.MapFS{}
		for _, n := range names {
			dir[n] = &fstest.MapFile{Data: []byte("-- Why: test")}
		}
		if _, err := read(dir); err == nil {
			t.Errorf("%v is taken", names)
		}
	}
}

// Ten servers start at once on an empty database: each migration runs once, and
// all ten serve.
func TestManyAtOnce(t *testing.T) {
	url := pgtest.URL(t)
	var ran atomic.Int64
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			conn, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close(context.Background())
			n, err := Run(t.Context(), conn, func(string, ...any) {})
			if err != nil {
				t.Error(err)
			}
			ran.Add(int64(n))
			if behind, err := Check(t.Context(), conn); behind != 0 || err != nil {
				t.Errorf("behind by %d, %v", behind, err)
			}
		})
	}
	wg.Wait()
	conn := connect(t, url)
	if n := count(t, conn, `select count(*) from tengdi.migration`); n != len(all(t)) || int(ran.Load()) != n {
		t.Errorf("%d migrations recorded, %d run, %d there are", n, ran.Load(), len(all(t)))
	}
}

// Several databases of one cluster are migrated at once: the roles belong to
// all of them and are made once.
func TestManyDatabasesAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 4 {
		url := pgtest.URL(t)
		wg.Go(func() {
			conn, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close(context.Background())
			if _, err := Run(t.Context(), conn, func(string, ...any) {}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// The server is killed in the middle of a migration: nothing of it is left, the
// one that waited goes on, and the next start finishes.
func TestKilledHalfWay(t *testing.T) {
	url := pgtest.URL(t)
	list := all(t)
	half := Migration{
		Number: len(list) + 1, Name: "half.sql", SHA256: "00",
		SQL: `create table land.half (i integer); insert into land.half values (1); select pg_sleep(60)`,
	}
	first := connect(t, url)
	failed := make(chan error, 1)
	go func() {
		_, err := run(t.Context(), first, append(list[:len(list):len(list)], half), func(string, ...any) {})
		failed <- err
	}()
	watcher := connect(t, url)
	for count(t, watcher, `select count(*) from pg_stat_activity where datname = current_database() and query like '%land.half%pg_sleep%' and pid <> pg_backend_pid() and state = 'active'`) == 0 {
		select {
		case err := <-failed:
			t.Fatalf("ended before it was killed: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	waiting := make(chan error, 1)
	second := connect(t, url)
	go func() {
		_, err := Run(t.Context(), second, func(string, ...any) {})
		waiting <- err
	}()
	for count(t, watcher, `select count(*) from pg_locks where locktype = 'advisory' and not granted`) == 0 {
		time.Sleep(20 * time.Millisecond)
	}
	count(t, watcher, `select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query like '%land.half%pg_sleep%' and pid <> pg_backend_pid()`)
	if err := <-failed; err == nil {
		t.Error("the killed one saw no error")
	}
	if err := <-waiting; err != nil {
		t.Errorf("the one that waited: %v", err)
	}
	if n := count(t, watcher, `select count(*) from pg_class where relname = 'half'`); n != 0 {
		t.Error("half a migration is left")
	}
	half.SQL = `create table land.half (i integer)`
	if n, err := run(t.Context(), second, append(list[:len(list):len(list)], half), func(string, ...any) {}); n != 1 || err != nil {
		t.Errorf("the next start: %d, %v", n, err)
	}
}

// Killed before each migration in turn, a database still ends at the same
// schema as one that was made in one go.
func TestStepByStepEqualsInOneGo(t *testing.T) {
	const schema = `
		select count(*) * 1000003 + coalesce(sum(hashtext(n.nspname || c.relname || a.attname || format_type(a.atttypid, a.atttypmod))::bigint % 1000003), 0)
		from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
		where n.nspname in ('land', 'priv', 'pub', 'auth') and a.attnum > 0`
	whole, steps := connect(t, pgtest.URL(t)), connect(t, pgtest.URL(t))
	if _, err := Run(t.Context(), whole, func(string, ...any) {}); err != nil {
		t.Fatal(err)
	}
	list := all(t)
	for i := range list {
		if n, err := run(t.Context(), steps, list[:i+1], func(string, ...any) {}); n != 1 || err != nil {
			t.Fatalf("step %d: %d, %v", i, n, err)
		}
	}
	if a, b := count(t, whole, schema), count(t, steps, schema); a != b || a == 0 {
		t.Error("the schemas differ")
	}
}

func TestChangedAndNewer(t *testing.T) {
	conn := connect(t, pgtest.URL(t))
	list := all(t)
	if behind, err := Check(t.Context(), conn); behind != len(list) || err != nil {
		t.Errorf("an empty database is behind by %d, %v", behind, err)
	}
	if _, err := Run(t.Context(), conn, func(string, ...any) {}); err != nil {
		t.Fatal(err)
	}
	var newer *NewerError
	if _, err := run(t.Context(), conn, list[:len(list)-1], func(string, ...any) {}); !errors.As(err, &newer) || newer.Name != list[len(list)-1].Name {
		t.Errorf("an older program: %v", err)
	}
	touched := append([]Migration{}, list...)
	touched[1].SHA256 = "0000"
	var changed *ChangedError
	if _, err := run(t.Context(), conn, touched, func(string, ...any) {}); !errors.As(err, &changed) || changed.Name != list[1].Name {
		t.Errorf("a changed migration: %v", err)
	}
	// The lock is free again after a refusal.
	if n, err := Run(t.Context(), conn, func(string, ...any) {}); n != 0 || err != nil {
		t.Errorf("afterwards: %d, %v", n, err)
	}
}

// A login that is no superuser migrates when PostGIS is there, and is told what
// is missing when it is not.
func TestAsAPlainLogin(t *testing.T) {
	for _, prepared := range []bool{false, true} {
		url := pgtest.URL(t)
		super := connect(t, url)
		exec := func(sql string) {
			t.Helper()
			if _, err := super.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
		}
		exec(`do $$ begin create role plain_owner createrole nologin; exception when duplicate_object or unique_violation then null; end $$`)
		exec(`do $$ begin execute format('grant create, connect, temporary on database %I to plain_owner', current_database()); end $$`)
		if prepared {
			exec(`create extension postgis`)
		}
		exec(`set role plain_owner`)
		_, err := Run(t.Context(), super, func(string, ...any) {})
		var setup *SetupError
		switch {
		case !prepared && !errors.As(err, &setup):
			t.Errorf("without PostGIS: %v", err)
		case !prepared && (setup.Zh == "" || !strings.Contains(setup.En, "CREATE EXTENSION")):
			t.Errorf("words %+v", setup)
		case prepared && err != nil:
			t.Errorf("with PostGIS: %v", err)
		}
		if prepared {
			if n := count(t, super, `select count(*) from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member where u.rolname = 'plain_owner' and r.rolname in ('tengdi_app', 'tengdi_public')`); n != 2 {
				t.Errorf("the login is a member of %d roles", n)
			}
		}
	}
}
