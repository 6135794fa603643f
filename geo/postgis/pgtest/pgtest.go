// Package pgtest gives tests a real PostGIS. A test asks for a database and
// gets one of its own, which is dropped when the test ends.
//
// The server is the one that TENGDI_TEST_CLUSTER names (a superuser's
// postgres:// URL; `make test` starts one cluster for all packages that way).
// When the variable is unset, Main starts a private cluster for the package.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
package pgtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tengdi/geo/postgis/local"
)

// Variable names the environment variable that holds the cluster's URL.
const Variable = "TENGDI_TEST_CLUSTER"

// patience bounds each step on the server outside the tests' own code.
const patience = 2 * time.Minute

// Main runs the package's tests and ends the process with their exit code.
// Without TENGDI_TEST_CLUSTER it first starts a private cluster, whose URL it
// puts into that variable, and stops it at the end. What the tests shared is put
// away by after, before the cluster stops; a deferred call of the caller would
// never be made.
func Main(m *testing.M, after ...func()) {
	os.Exit(run(func() int {
		for _, f := range after {
			defer f()
		}
		return m.Run()
	}))
}

func run(tests func() int) (code int) {
	if os.Getenv(Variable) != "" {
		return tests()
	}
	c, remove, err := Start(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return 1
	}
	defer func() {
		if err := errors.Join(c.Stop(context.Background()), remove()); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest: stop:", err)
			code = max(code, 1)
		}
	}()
	if err := os.Setenv(Variable, c.URL("postgres")); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return 1
	}
	return tests()
}

// Start starts a cluster for tests in a temporary folder: fast, with nothing
// forced to disk. remove deletes the folder once the cluster has stopped.
func Start(ctx context.Context) (c *local.Cluster, remove func() error, err error) {
	if err := sweep(os.TempDir(), time.Now().Add(-abandoned)); err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		return nil, nil, err
	}
	// The cluster's account walks through it when we are root.
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, nil, err
	}
	remove = func() error { return os.RemoveAll(dir) }
	c, err = local.Start(ctx, local.Options{Dir: dir, Fast: true})
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return c, remove, nil
}

// folderPrefix begins the names of the folders that Start makes.
const folderPrefix = "tengdi-pgtest-"

// abandoned is the age after which a folder that nobody serves is left over
// from a run that was killed.
const abandoned = 24 * time.Hour

// sweep removes such folders, last changed before the given time, from parent.
// Folders of other users stay.
func sweep(parent string, before time.Time) error {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), folderPrefix) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // another run is sweeping too
		}
		if err != nil {
			return err
		}
		dir := filepath.Join(parent, e.Name())
		if _, served := local.Attach(dir); served || info.ModTime().After(before) {
			continue
		}
		if err := os.RemoveAll(dir); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return nil
}

// URL gives the superuser's URL of a fresh, empty database. PostGIS is
// available in it but not created: the migrations do that, as in production.
// The database is dropped when the test ends, connections and all.
func URL(t testing.TB) string {
	t.Helper()
	name := random("test_")
	exec(t, "create database "+quote(name))
	drop(t, name)
	return database(t, name)
}

// Clone gives the superuser's URL of a fresh copy of a template database. The
// first caller on the cluster has build fill the template, given its URL;
// callers in other tests, packages and processes wait for it and share it. So
// the name must change whenever what build does would change: put a hash of
// the migrations into it. build must close its connections. The copy is
// dropped when the test ends, connections and all.
//
// The files are copied as they are: that costs a checkpoint, which is cheap where
// nothing is forced to disk, and a third of what writing every page to the log does.
func Clone(t testing.TB, template string, build func(ctx context.Context, url string) error) string {
	t.Helper()
	source := templateName(template)
	if err := ensureTemplate(t, source, build); err != nil {
		t.Fatalf("pgtest: template %s: %v", template, err)
	}
	name := random("test_")
	drop(t, name)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn := connect(ctx, t)
	defer conn.Close(context.WithoutCancel(ctx))
	must(ctx, t, conn, "create database "+quote(name)+" template "+quote(source)+" strategy file_copy")
	for _, sql := range likeTemplate() {
		must(ctx, t, conn, sql, name, source)
	}
	return database(t, name)
}

// likeTemplate copies what CREATE DATABASE … TEMPLATE leaves behind: the grants
// on the database itself and its settings (ALTER DATABASE … SET). $1 is the
// copy and $2 the template.
func likeTemplate() []string {
	return []string{
		"update pg_database set datacl = (select datacl from pg_database where datname = $2) where datname = $1",
		`insert into pg_db_role_setting (setdatabase, setrole, setconfig)
			select copy.oid, s.setrole, s.setconfig
			from pg_db_role_setting s
			join pg_database template on template.oid = s.setdatabase
			cross join pg_database copy
			where template.datname = $2 and copy.datname = $1`,
	}
}

// templateName makes a valid, readable and unique database name of at most 63 bytes.
func templateName(template string) string {
	sum := sha256.Sum256([]byte(template))
	readable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(template))
	return "template_" + readable[:min(len(readable), 30)] + "_" + hex.EncodeToString(sum[:8])
}

// ensureTemplate builds the template under an advisory lock of the cluster.
// It grows under another name and is renamed when whole, so a builder that
// was killed leaves nothing that passes for a template.
func ensureTemplate(t testing.TB, name string, build func(ctx context.Context, url string) error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*patience)
	defer cancel()
	conn := connect(ctx, t)
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(hashtextextended($1, 0))", name); err != nil {
		return err
	}
	var exists bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists); err != nil || exists {
		return err
	}
	growing := name + "_new"
	if _, err := conn.Exec(ctx, "drop database if exists "+quote(growing)+" with (force)"); err != nil {
		return err
	}
	if err := execOn(ctx, conn, "create database "+quote(growing)); err != nil {
		return err
	}
	if err := build(ctx, database(t, growing)); err != nil {
		_, dropped := conn.Exec(ctx, "drop database "+quote(growing)+" with (force)")
		return errors.Join(err, dropped)
	}
	// Whoever is still connected would keep the template from being copied.
	const evict = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()"
	if _, err := conn.Exec(ctx, evict, growing); err != nil {
		return err
	}
	if err := execOn(ctx, conn, "alter database "+quote(growing)+" with allow_connections false"); err != nil {
		return err
	}
	return execOn(ctx, conn, "alter database "+quote(growing)+" rename to "+quote(name))
}

// drop drops the database when the test ends.
func drop(t testing.TB, name string) {
	t.Helper()
	t.Cleanup(func() { exec(t, "drop database if exists "+quote(name)+" with (force)") })
}

// exec runs one statement on the cluster's own database, or ends the test.
func exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn := connect(ctx, t)
	defer conn.Close(context.WithoutCancel(ctx))
	must(ctx, t, conn, sql, args...)
}

// must runs one statement, or ends the test.
func must(ctx context.Context, t testing.TB, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if err := execOn(ctx, conn, sql, args...); err != nil {
		t.Fatalf("pgtest: %s: %v", sql, err)
	}
}

// execOn runs one statement; while somebody is connected to a database that
// must be free of connections (an autovacuum worker, a backend that is just
// ending), it tries again.
func execOn(ctx context.Context, conn *pgx.Conn, sql string, args ...any) error {
	const objectInUse = "55006"
	for {
		_, err := conn.Exec(ctx, sql, args...)
		var pg *pgconn.PgError
		if err == nil || !errors.As(err, &pg) || pg.Code != objectInUse {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func connect(ctx context.Context, t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(ctx, database(t, "postgres"))
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return conn
}

// database is the cluster's URL with another database in its path.
func database(t testing.TB, name string) string {
	t.Helper()
	cluster := os.Getenv(Variable)
	if cluster == "" {
		t.Fatalf("pgtest: %s is not set and no cluster was started: give the package `func TestMain(m *testing.M) { pgtest.Main(m) }`", Variable)
	}
	u, err := url.Parse(cluster)
	if err != nil {
		t.Fatalf("pgtest: %s: %v", Variable, err)
	}
	u.Path = "/" + name
	return u.String()
}

func random(prefix string) string { return prefix + strings.ToLower(rand.Text()) }

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
