package postgis

import (
	"context"
	"sync/atomic"
	"time"

	"tengdi/geo"
)

// How the feed waits.
const (
	lookAnyway = 10 * time.Second       // NOTIFY may be lost; looking is not
	firstRetry = 100 * time.Millisecond // after a failure
	lastRetry  = 5 * time.Second

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
	return s.FollowFrom(ctx, aud, MapState{Revision: after}, func(news MapNews) error {
		return fn(news.At.Revision, news.Changes)
	})
}

// FollowFrom calls fn with what changed of the audience's map after the given state,
// in the order of commit and without a gap, until ctx ends, whose error it
// returns. Each call covers all revisions since the last call that fn took, and has
// the changed features as they are at the last of them, whatever is committed
// meanwhile; there may be no changes when only figures changed.
//
// A lost connection is made anew, and an error of fn counts as one: after a
// wait, fn is called again with the same changes and what came after them, read
// anew. What
// fn can never take it must put aside itself. NOTIFY only wakes the feed; it
// looks every 10 s and after each connect in any case.
func (s *Store) FollowFrom(ctx context.Context, aud geo.Audience, after MapState, fn func(MapNews) error) error {
	return s.feedOf(aud, after, fn).run(ctx)
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

// feedOf is the feed of an audience over connections to the database.
func (s *Store) feedOf(aud geo.Audience, after MapState, fn func(MapNews) error) *feed {
	var pruned time.Time
	return &feed{
		aud: aud, after: after, fn: fn, logf: s.logf, now: time.Now, pause: pause,
		dial:   func(ctx context.Context) (feedLink, error) { return s.dialFeed(ctx, aud) },
		failed: func() { s.feeds.of(aud).CompareAndSwap(0, time.Now().UnixNano()) },
		works: func(ctx context.Context) {
			s.feeds.of(aud).Store(0)
			if aud == geo.Staff && time.Since(pruned) >= pruneEvery && s.prune(ctx) == 0 {
				pruned = time.Now()
			}
		},
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
