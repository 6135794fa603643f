// Package migrations brings a database to the schema this program needs.
//
// Migrations are numbered SQL files, embedded, forward only. Each runs in a
// transaction of its own together with the row that records it, so that a
// server killed half way leaves either all of a migration or nothing. A
// session-level advisory lock on one direct connection (not through a
// transaction pooler, which would lose it) lets one server migrate while the
// others wait. The SHA-256 of each applied file is kept: a changed file is an
// error, not a surprise.
package migrations

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed *.sql
var files embed.FS

// lockKey is the advisory lock of all Tengdi migrations: "tengdi" as bytes.
const lockKey int64 = 0x74656e676469

// Migration is one numbered SQL file.
type Migration struct {
	Number int
	Name   string // 0001_schemas.sql
	SQL    string
	SHA256 string // of SQL, in hex
}

// ChangedError says that a migration which was applied has other content now.
type ChangedError struct{ Name string }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("migration %s was changed after it had been applied to this database", e.Name)
}

// NewerError says that the database knows a migration that this program does
// not.
type NewerError struct{ Name string }

func (e *NewerError) Error() string {
	return fmt.Sprintf("this database was made by a newer Tengdi: it has migration %s", e.Name)
}

// All lists the migrations in order.
func All() ([]Migration, error) { return read(files) }

func read(dir fs.FS) ([]Migration, error) {
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, err
	}
	var out []Migration
	for i, name := range names {
		number, err := strconv.Atoi(strings.SplitN(path.Base(name), "_", 2)[0])
		if err != nil || number != i+1 {
			return nil, fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
		body, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		out = append(out, Migration{number, name, string(body), hex.EncodeToString(sum[:])})
	}
	return out, nil
}

// Fingerprint is a short hash over all migrations; it names the schema, as for
// template databases of tests.
func Fingerprint() (string, error) {
	all, err := All()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, m := range all {
		fmt.Fprintln(h, m.Name, m.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

// Run applies what is missing and returns how many migrations it applied.
// conn must be a direct connection; the caller closes it. logf gets one line
// per step. Errors are *ChangedError, *NewerError, *SetupError or of pgx.
func Run(ctx context.Context, conn *pgx.Conn, logf func(string, ...any)) (int, error) {
	all, err := All()
	if err != nil {
		return 0, err
	}
	return run(ctx, conn, all, logf)
}

func run(ctx context.Context, conn *pgx.Conn, all []Migration, logf func(string, ...any)) (int, error) {
	if err := lock(ctx, conn, logf); err != nil {
		return 0, err
	}
	defer unlock(conn)
	if err := prepare(ctx, conn); err != nil {
		return 0, err
	}
	applied, err := applied(ctx, conn)
	if err != nil {
		return 0, err
	}
	if err := compare(all, applied); err != nil {
		return 0, err
	}
	n := 0
	for _, m := range all[len(applied):] {
		if err := apply(ctx, conn, m); err != nil {
			return n, fmt.Errorf("migration %s: %w", m.Name, err)
		}
		n++
		logf("migration %s applied", m.Name)
	}
	return n, closePublic(ctx, conn)
}

func lock(ctx context.Context, conn *pgx.Conn, logf func(string, ...any)) error {
	var got bool
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, lockKey).Scan(&got); err != nil {
		return err
	}
	if got {
		return nil
	}
	logf("another server is migrating this database; waiting")
	_, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, lockKey)
	return err
}

// unlock must work when the caller's context has ended; if the connection is
// gone, the server has released the lock with it.
func unlock(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, _ = conn.Exec(ctx, `select pg_advisory_unlock($1)`, lockKey)
}

type record struct {
	Number int
	Name   string
	SHA256 string
}

func applied(ctx context.Context, conn *pgx.Conn) ([]record, error) {
	rows, err := conn.Query(ctx, `select number, name, sha256 from tengdi.migration order by number`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[record])
}

func compare(all []Migration, applied []record) error {
	for i, r := range applied {
		if i >= len(all) {
			return &NewerError{r.Name}
		}
		if r.Number != all[i].Number || r.SHA256 != all[i].SHA256 {
			return &ChangedError{r.Name}
		}
	}
	return nil
}

func apply(ctx context.Context, conn *pgx.Conn, m Migration) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		// The simple protocol runs the whole file as one message.
		if _, err := tx.Exec(ctx, m.SQL, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into tengdi.migration (number, name, sha256) values ($1, $2, $3)`, m.Number, m.Name, m.SHA256)
		return err
	})
}

// Check says whether the database has exactly the migrations of this program;
// it writes nothing. A database without any is behind, too.
func Check(ctx context.Context, conn *pgx.Conn) (behind int, err error) {
	all, err := All()
	if err != nil {
		return 0, err
	}
	var exists bool
	if err := conn.QueryRow(ctx, `select to_regclass('tengdi.migration') is not null`).Scan(&exists); err != nil {
		return 0, err
	}
	if !exists {
		return len(all), nil
	}
	have, err := applied(ctx, conn)
	if err != nil {
		return 0, err
	}
	return len(all) - len(have), errors.Join(compare(all, have))
}
