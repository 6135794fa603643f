package pgtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { Main(m) }

func query[T any](t testing.TB, url, sql string, args ...any) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func execute(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, sql)
	return err
}

func TestURL(t *testing.T) {
	var url, name string
	t.Run("lives", func(t *testing.T) {
		url = URL(t)
		name = query[string](t, url, "select current_database()")
		if err := execute(t.Context(), url, "create extension postgis"); err != nil {
			t.Fatal(err)
		}
		if got := query[string](t, url, "select st_astext(st_point(113, 29))"); got != "POINT(113 29)" {
			t.Errorf("PostGIS says %q", got)
		}
		if other := URL(t); other == url {
			t.Error("two calls gave the same database")
		}
		if got := query[string](t, url, "select datcollate || ' ' || datlocprovider::text from pg_database where datname = current_database()"); !strings.HasSuffix(got, " i") {
			t.Errorf("collation %q is not ICU's", got)
		}
	})
	if query[bool](t, database(t, "postgres"), "select exists (select from pg_database where datname = $1)", name) {
		t.Errorf("database %s outlived its test", name)
	}
}

func TestCloneBuildsOnce(t *testing.T) {
	template := "t/" + random("")
	var built atomic.Int32
	build := func(ctx context.Context, url string) error {
		built.Add(1)
		return execute(ctx, url, "create table n (i int); insert into n values (7)")
	}
	var group sync.WaitGroup
	urls := make([]string, 4)
	for i := range urls {
		group.Go(func() { urls[i] = Clone(t, template, build) })
	}
	group.Wait()
	if built.Load() != 1 {
		t.Fatalf("built %d times", built.Load())
	}
	if err := execute(t.Context(), urls[0], "update n set i = 8"); err != nil {
		t.Fatal(err)
	}
	if got := query[int](t, urls[1], "select i from n"); got != 7 {
		t.Errorf("a sibling sees %d, want the template's 7", got)
	}
	Clone(t, template+"2", build)
	if built.Load() != 2 {
		t.Error("another name did not build another template")
	}
}

// What is granted on the database itself, and set for it, is part of it.
func TestCloneHasGrantsAndSettings(t *testing.T) {
	url := Clone(t, "grants/"+random(""), func(ctx context.Context, url string) error {
		return execute(ctx, url, `do $$ begin
			execute format('revoke all on database %I from public', current_database());
			execute format('alter database %I set lock_timeout = 1234', current_database());
		end $$`)
	})
	if got := query[string](t, url, "select current_setting('lock_timeout')"); got != "1234ms" {
		t.Errorf("lock_timeout %s", got)
	}
	if query[bool](t, url, "select has_database_privilege('pg_monitor', current_database(), 'connect')") {
		t.Error("a grant that was revoked on the template is back")
	}
}

func TestCloneAfterFailedBuild(t *testing.T) {
	name := templateName("broken/" + random(""))
	broken := errors.New("broken")
	err := ensureTemplate(t, name, func(ctx context.Context, url string) error {
		return errors.Join(execute(ctx, url, "create table half ()"), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatalf("the builder's error is lost: %v", err)
	}
	if err := ensureTemplate(t, name, func(ctx context.Context, url string) error {
		return execute(ctx, url, "create table half ()")
	}); err != nil {
		t.Fatalf("the second builder met remains of the first: %v", err)
	}
}

func TestTemplateName(t *testing.T) {
	a, b := templateName("模板 "+strings.Repeat("x", 100)), templateName("模板 "+strings.Repeat("x", 101))
	if a == b || len(a) > 59 { // leaves room for _new in PostgreSQL's 63 bytes
		t.Errorf("names %q and %q", a, b)
	}
}

func TestSweep(t *testing.T) {
	parent := t.TempDir()
	for name, age := range map[string]time.Duration{
		folderPrefix + "old": 2 * time.Hour, folderPrefix + "new": 0, "other": 2 * time.Hour,
	} {
		dir := filepath.Join(parent, name)
		if err := os.MkdirAll(filepath.Join(dir, "postgres"), 0o755); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(dir, when, when); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweep(parent, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(parent, "*"))
	if err != nil || len(left) != 2 || filepath.Base(left[0]) != "other" || filepath.Base(left[1]) != folderPrefix+"new" {
		t.Errorf("left: %v, %v", left, err)
	}
}
