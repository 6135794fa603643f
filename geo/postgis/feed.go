package postgis

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
	"tengdi/migrations"
)

// How the feed waits.
const (
	lookAnyway  = 10 * time.Second       // NOTIFY may be lost; looking is not
	firstRetry  = 100 * time.Millisecond // after a failure
	lastRetry   = 5 * time.Second
	coalesceFor = 20 * time.Millisecond // a burst of writes is one call

	// feedStatement is how long one read for the feed may take. Nobody waits for
	// it as for a page, and a lock that is held for a while is not an error.
	feedStatement = 2 * time.Minute

	// keepRevisions is how far back the feeds reach; a follower that is further
	// behind reads everything again.
	keepRevisions = 100_000
	pruneEvery    = time.Hour
)

// Follow is FollowFrom for a caller that knows a revision and not its mark.
func (s *Store) Follow(ctx context.Context, aud geo.Audience, after int64, fn func(revision int64, changes []geo.Change) error) error {
	return s.FollowFrom(ctx, aud, MapState{Revision: after}, func(at MapState, changes []geo.Change) error {
		return fn(at.Revision, changes)
	})
}

// FollowFrom calls fn with what changed for the audience after the given state,
// in the order of commit and without a gap, until ctx ends, whose error it
// returns. Each call covers all revisions since the last call that fn took, a
// feature once, with the state after the last of them; changes may be empty when
// only figures changed. A change with Layer "*" means: read everything again; it
// comes alone.
//
// A lost connection is made anew, and an error of fn counts as one: after a
// wait, fn is called again with the same changes and what came after them. What
// fn can never take it must put aside itself. NOTIFY only wakes the feed; it
// looks every 10 s and after each connect in any case.
func (s *Store) FollowFrom(ctx context.Context, aud geo.Audience, after MapState, fn func(at MapState, changes []geo.Change) error) error {
	wait := firstRetry
	for {
		progress, err := s.follow(ctx, aud, &after, fn)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if progress {
			wait = firstRetry
		}
		s.feedFailed(aud)
		pause := wait/2 + rand.N(wait/2) // so that the feeds do not come back together
		s.logf("feed of %s failed at revision %d, trying again in %s: %v", aud, after.Revision, pause.Round(time.Millisecond), err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		wait = min(2*wait, lastRetry)
	}
}

// feedState is since when the feed of an audience has failed, in nanoseconds of
// Unix time; 0 = it works.
type feedState struct{ public, staff atomic.Int64 }

func (f *feedState) of(aud geo.Audience) *atomic.Int64 {
	if aud == geo.Staff {
		return &f.staff
	}
	return &f.public
}

// FeedFailing says for how long the feed of an audience has not got on: its
// connection or its follower fails again and again. 0 = it works.
func (s *Store) FeedFailing(aud geo.Audience) time.Duration {
	since := s.feeds.of(aud).Load()
	if since == 0 {
		return 0
	}
	return max(time.Since(time.Unix(0, since)), 1)
}

func (s *Store) feedFailed(aud geo.Audience) {
	s.feeds.of(aud).CompareAndSwap(0, time.Now().UnixNano())
}

// follow listens on one connection until it breaks or fn fails; progress says
// that the feed got on: it looked, and fn took what there was.
func (s *Store) follow(ctx context.Context, aud geo.Audience, after *MapState, fn func(MapState, []geo.Change) error) (progress bool, err error) {
	role := migrations.PublicRole
	if aud == geo.Staff {
		role = migrations.AppRole
	}
	conn, err := s.direct(ctx, role)
	if err != nil {
		return false, err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(end)
	}()
	// Listen first, then look: what commits between the two wakes us.
	if _, err := conn.Exec(ctx, `listen tengdi`); err != nil {
		return false, err
	}
	var pruned time.Time
	for {
		// A peer that is gone without a word does not even time out.
		look, cancel := context.WithTimeout(ctx, feedStatement+lookAnyway)
		now, list, err := changesAfter(look, conn, aud, *after)
		cancel()
		if err != nil {
			return progress, err
		}
		if now.Revision != after.Revision || len(list) > 0 {
			if err := fn(now, list); err != nil {
				return progress, err
			}
		}
		*after = now
		progress = true
		s.feeds.of(aud).Store(0)
		if aud == geo.Staff && time.Since(pruned) >= pruneEvery && s.prune(ctx) == 0 {
			pruned = time.Now()
		}
		if err := awaken(ctx, conn); err != nil {
			return progress, err
		}
	}
}

// prune deletes some of what the feeds need not keep; it tells how many rows, so
// that one who got some comes back for more. A failure costs nothing but space.
func (s *Store) prune(ctx context.Context) (n int64) {
	err := s.app.QueryRow(ctx, `select land.prune_changes($1)`, int64(keepRevisions)).Scan(&n)
	if err != nil && ctx.Err() == nil {
		s.logf("old changes could not be deleted: %v", err)
	}
	return n
}

// awaken returns after a notification and the burst that follows it, or when
// it is time to look anyway.
func awaken(ctx context.Context, conn *pgx.Conn) error {
	wait, cancel := context.WithTimeout(ctx, lookAnyway)
	_, err := conn.WaitForNotification(wait)
	cancel()
	if err != nil {
		return waited(ctx, conn, err)
	}
	burst, cancel := context.WithTimeout(ctx, coalesceFor)
	defer cancel()
	for {
		if _, err := conn.WaitForNotification(burst); err != nil {
			return waited(ctx, conn, err)
		}
	}
}

// waited tells the end of a wait from a broken connection.
func waited(ctx context.Context, conn *pgx.Conn, err error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && !conn.IsClosed() {
		return nil
	}
	return err
}

// changesAfter reads the audience's state and what changed since the given one, a
// feature once. A state that this database has not behind it means that it is
// another than before (restored, made anew), and of a revision too long ago not
// all changes are kept: then everything has to be read again.
func changesAfter(ctx context.Context, conn *pgx.Conn, aud geo.Audience, after MapState) (MapState, []geo.Change, error) {
	var now MapState
	var list []geo.Change
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, conn, opts, func(tx pgx.Tx) (err error) {
		known := false
		if now, known, err = since(ctx, tx, aud, after); err != nil {
			return err
		}
		if !known || now.Revision-after.Revision > keepRevisions {
			list = []geo.Change{{Revision: now.Revision, Layer: everything}}
			return nil
		}
		if now.Revision == after.Revision {
			return nil
		}
		rows, err := tx.Query(ctx, `
			select distinct on (layer, id) revision, layer, id, status, gone
			from `+schema(aud)+`.change
			where revision > $1
			order by layer, id, revision desc
			limit $2`, after.Revision, 2*manyChanges)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[geo.Change])
		return err
	})
	return now, whole(now.Revision, list), err
}

// whole replaces a list that holds "read everything", or is too long to be
// worth reading one by one, by that one word.
func whole(revision int64, list []geo.Change) []geo.Change {
	all := len(list) > manyChanges
	for _, c := range list {
		all = all || c.Layer == everything
	}
	if all {
		return []geo.Change{{Revision: revision, Layer: everything}}
	}
	return list
}
