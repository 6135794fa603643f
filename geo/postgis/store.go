// Package postgis keeps a district in PostGIS: the one write path, the reads of
// the two audiences and the change feed.
//
// Every change goes through Store.write. Staff read schema land through role
// tengdi_app, the public reads schema pub through role tengdi_public, which is
// granted nothing else.
package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tengdi/geo"
	"tengdi/migrations"
)

// Options say where the database is.
type Options struct {
	URL     string // postgres:// URL or key=value words of the login that owns the tables
	Migrate bool   // bring the schema up to date first
	Private bool   // a private cluster: its socket is the lock, so the pools log in as their roles
	Logf    func(format string, args ...any)
}

// Store is a district in PostGIS. It is safe for concurrent use.
type Store struct {
	url        string
	searchPath string
	private    bool
	logf       func(string, ...any)
	app        *pgxpool.Pool // staff reads and all writes
	public     *pgxpool.Pool // reads of schema pub
	feeds      feedState
}

// Open checks the schema and opens the pools; no connection is held yet.
// Errors: Conflict when the schema is of another version, Unavailable when the
// server cannot be reached or allows too few connections.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Logf == nil {
		o.Logf = func(string, ...any) {}
	}
	if o.Migrate {
		if err := Migrate(ctx, o.URL, o.Logf); err != nil {
			return nil, err
		}
	}
	conn, err := pgx.Connect(ctx, o.URL)
	if err != nil {
		return nil, asGeo(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	behind, err := migrations.Check(ctx, conn)
	if err != nil {
		return nil, ofMigration(err)
	}
	if behind > 0 {
		return nil, geo.Errorf(geo.Conflict, "the database lacks %d migrations: run tengdi migrate", "数据库缺少 %d 个迁移：请运行 tengdi migrate", behind)
	}
	s := &Store{url: o.URL, logf: o.Logf, private: o.Private}
	if s.searchPath, err = inspect(ctx, conn); err != nil {
		return nil, asGeo(err)
	}
	if s.private {
		if err := admit(ctx, conn); err != nil {
			return nil, asGeo(err)
		}
	}
	if s.app, err = s.openPool(ctx, migrations.AppRole, appConns); err != nil {
		return nil, asGeo(err)
	}
	if s.public, err = s.openPool(ctx, migrations.PublicRole, publicConns); err != nil {
		s.app.Close()
		return nil, asGeo(err)
	}
	return s, nil
}

// Migrate brings the schema of a database up to date through one direct
// connection. It is safe to call from many servers at once.
func Migrate(ctx context.Context, url string, logf func(format string, args ...any)) error {
	if logf == nil {
		logf = func(string, ...any) {}
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return asGeo(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = migrations.Run(ctx, conn, logf)
	return ofMigration(err)
}

// Close ends the pools. Follow ends with its own context.
func (s *Store) Close() {
	s.app.Close()
	s.public.Close()
}

// Ping says whether both roles get an answer.
func (s *Store) Ping(ctx context.Context) error {
	return asGeo(errors.Join(s.app.Ping(ctx), s.public.Ping(ctx)))
}

// write is the one write path: begin, lock the revision, run fn, append its
// events, publish what it touched, bump the revision, notify, commit. The lock
// makes revisions gap-free and in the order of commit. It returns the revision
// and the answer: the events as recorded, or what fn put in their place. A write
// that changed nothing takes no revision and returns the current one. The
// actor's account is looked at under the lock, see tx.standing. A request that
// was answered before gets its answer again, if the actor may write that thing
// still, and fn is not called.
func (s *Store) write(ctx context.Context, actor geo.Actor, fn func(context.Context, *tx) error) (int64, []geo.Event, error) {
	return s.writeAfter(ctx, actor, nil, fn)
}

// writeAfter is write with work that needs the transaction but not the lock,
// such as copying an import's rows to where PostGIS can look at them.
func (s *Store) writeAfter(ctx context.Context, actor geo.Actor, prepare, fn func(context.Context, *tx) error) (int64, []geo.Event, error) {
	t := &tx{actor: actor}
	err := pgx.BeginFunc(ctx, s.app, func(ptx pgx.Tx) error {
		t.Tx = ptx
		if prepare != nil {
			if err := prepare(ctx, t); err != nil {
				return err
			}
		}
		if err := t.lock(ctx); err != nil {
			return err
		}
		if err := t.standing(ctx); err != nil {
			return err
		}
		if answered, err := t.replay(ctx); err != nil || answered {
			return err
		}
		if err := fn(ctx, t); err != nil {
			return err
		}
		if err := t.finish(ctx); err != nil {
			return err
		}
		if t.answer == nil {
			t.answer = t.events
		}
		return t.keep(ctx)
	})
	if err != nil {
		return 0, nil, asGeo(err)
	}
	return t.revision, t.answer, nil
}

// tx is one write transaction and what it has touched so far.
type tx struct {
	pgx.Tx
	actor    geo.Actor
	now      time.Time      // database clock when the lock was won
	zone     *time.Location // of the district
	district geo.District
	areas    []string // of an actor with scope, see within; nil = not read yet
	peek     bool     // only looks: rows are not locked, nothing is written

	revision  int64 // before finish: of the write before this one
	lastEvent int64
	lastHash  []byte

	events  []geo.Event
	answer  []geo.Event // what the caller is told, where that is not the events
	changes map[changeKey]geo.Change
	touched touched
}

type changeKey struct {
	layer string
	id    int64
}

// touched names the rows whose published form may have to change.
type touched struct {
	everything                        bool
	zone                              bool // the district's, with everything
	areas, parcels, projects, cleared map[int64]bool
}

func add(set *map[int64]bool, id int64) {
	if *set == nil {
		*set = map[int64]bool{}
	}
	(*set)[id] = true
}

// lock takes the single row of land.revision: from here on this write is the
// only one. The clock and the settings are asked for in the same round trip, but
// by statements of their own, which begin after the wait for the lock: times run
// with the revisions, and the settings are those of the write before.
func (t *tx) lock(ctx context.Context) error {
	var batch pgx.Batch
	batch.Queue(`
		select revision, event_id, event_hash
		from land.revision
		for update`).QueryRow(func(row pgx.Row) error {
		return row.Scan(&t.revision, &t.lastEvent, &t.lastHash)
	})
	return t.clock(ctx, &batch)
}

// clock reads the time and the settings that a write goes by, after what the
// batch holds already.
func (t *tx) clock(ctx context.Context, batch *pgx.Batch) (err error) {
	batch.Queue(`select clock_timestamp()`).QueryRow(func(row pgx.Row) error { return row.Scan(&t.now) })
	batch.Queue(selectDistrict).QueryRow(func(row pgx.Row) (err error) {
		t.district, err = scanDistrict(row)
		return err
	})
	if err := t.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	t.zone, err = time.LoadLocation(t.district.Zone)
	return err
}

// event records that something happened. What is left zero is filled in: when,
// by whom, by which way.
func (t *tx) event(e geo.Event) {
	if e.On.IsZero() {
		e.On = t.now
	}
	if e.At.IsZero() {
		e.At = t.now
	}
	if e.Actor == "" {
		e.Actor, e.Role = t.actor.Login, t.actor.Role
	}
	if e.Source == "" {
		e.Source = t.actor.Source
	}
	t.events = append(t.events, e)
}

// change tells the staff's maps to read a feature again.
func (t *tx) change(layer string, id int64, status string) {
	t.note(geo.Change{Layer: layer, ID: id, Status: status})
}

// gone tells the staff's maps to drop a feature.
func (t *tx) gone(layer string, id int64) {
	t.note(geo.Change{Layer: layer, ID: id, Gone: true})
}

// note keeps the last change of each feature.
func (t *tx) note(c geo.Change) {
	if t.changes == nil {
		t.changes = map[changeKey]geo.Change{}
	}
	t.changes[changeKey{c.Layer, c.ID}] = c
}

// day is the civil day of a time as a date column takes it: midnight UTC is a
// date already, everything else an instant whose day is that of the district's
// zone. The zero time is null.
func (t *tx) day(at time.Time) any {
	switch {
	case at.IsZero():
		return nil
	case at.Equal(at.UTC().Truncate(24 * time.Hour)):
		return geo.CivilDay(at.UTC()).Date()
	}
	return geo.DayOf(at, t.zone).Date()
}
