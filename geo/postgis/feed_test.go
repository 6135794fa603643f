package postgis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"tengdi/geo"
)

// call is one call of a follower.
type call struct {
	revision int64
	changes  []geo.Change
}

// follower follows a feed until the test ends.
func follower(t *testing.T, s *Store, aud geo.Audience, after int64) <-chan call {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	calls := make(chan call, 1000)
	ended := make(chan error, 1)
	go func() {
		ended <- s.Follow(ctx, aud, after, func(revision int64, changes []geo.Change) error {
			calls <- call{revision, changes}
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("follow ended with %v", err)
		}
	})
	return calls
}

// await reads calls until the feed is at the revision; it checks that
// revisions only grow.
func await(t *testing.T, calls <-chan call, revision int64) []geo.Change {
	t.Helper()
	var all []geo.Change
	var last int64
	for {
		select {
		case c := <-calls:
			if c.revision <= last {
				t.Fatalf("revision %d after %d", c.revision, last)
			}
			last = c.revision
			all = append(all, c.changes...)
			if last >= revision {
				return all
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("the feed stayed at %d, want %d", last, revision)
		}
	}
}

// backends are the feed's connections of a database.
const killFeeds = `
	select count(pg_terminate_backend(pid))
	from pg_stat_activity
	where datname = current_database() and application_name like '% feed'`

func TestFollow(t *testing.T) { // alone: it measures how soon the feed tells
	s := townStore(t)
	staff := follower(t, s, geo.Staff, 0)
	public := follower(t, s, geo.Public, 0)
	for aud, calls := range map[string]<-chan call{"staff": staff, "public": public} {
		if got := await(t, calls, 1); len(got) != 1 || got[0].Layer != "*" {
			t.Errorf("%s after a load: %+v", aud, got)
		}
	}
	start := time.Now()
	rev := touchParcel(t, s, "P04") // hidden: the public hears nothing
	got := await(t, staff, rev)
	if late := time.Since(start); late > lookAnyway*9/10 { // unwoken it would look only then
		t.Errorf("the feed was not woken: it took %s", late)
	}
	if len(got) != 1 || got[0].Layer != "parcels" || got[0].Status != "reserved" || got[0].Revision != rev {
		t.Errorf("staff: %+v", got)
	}
	select {
	case c := <-public:
		t.Errorf("the public hears of a hidden parcel: %+v", c)
	case <-time.After(300 * time.Millisecond):
	}
	// A follower of a database that was made anew is told to read all again.
	if got := await(t, follower(t, s, geo.Staff, 1_000_000), rev); len(got) != 1 || got[0].Layer != "*" {
		t.Errorf("from the future: %+v", got)
	}
}

// F-23: the listener's connection is cut, a write follows at once; nothing is
// missed, again and again.
func TestFollowSurvivesLostConnections(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	calls := follower(t, s, geo.Staff, 1)
	for i := range 12 {
		if i%3 == 0 {
			// Wait for a listener, so that there is one to lose.
			for scan[int64](t, conn, killFeeds) == 0 {
				time.Sleep(20 * time.Millisecond)
			}
		}
		rev := touchParcel(t, s, "P01")
		if i%3 == 1 {
			scan[int64](t, conn, killFeeds)
		}
		if got := await(t, calls, rev); len(got) != 1 || got[0].Revision != rev {
			t.Fatalf("write %d: %+v", i, got)
		}
	}
}

// An error of the follower ends nothing: what it did not take comes again, and
// everything that it takes comes once and in order.
func TestFollowTriesAgain(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	taken := make(chan call, 100)
	ended := make(chan error, 1)
	refusals := 0
	go func() {
		ended <- s.Follow(ctx, geo.Staff, 1, func(revision int64, changes []geo.Change) error {
			if refusals < 2 {
				refusals++
				if refusals == 2 && s.FeedFailing(geo.Staff) == 0 {
					t.Error("the feed does not say that it fails")
				}
				return geo.Errorf(geo.Unavailable, "not now", "暂不可用")
			}
			taken <- call{revision, changes}
			return nil
		})
	}()
	want := map[int64]bool{}
	var last int64
	for i := range 5 {
		last = touchParcel(t, s, fmt.Sprintf("P%02d", 1+i))
		want[last] = true
		time.Sleep(60 * time.Millisecond)
	}
	for _, c := range await(t, taken, last) {
		if !want[c.Revision] {
			t.Errorf("revision %d comes twice or was never written", c.Revision)
		}
		delete(want, c.Revision)
	}
	if len(want) > 0 {
		t.Errorf("%v did not come", want)
	}
	if refusals != 2 {
		t.Errorf("the follower failed %d times, want 2", refusals)
	}
	for deadline := time.Now().Add(5 * time.Second); s.FeedFailing(geo.Staff) != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the feed works and says that it fails")
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("follow ended with %v", err)
	}
}

// A read of the feed waits for a lock that outlasts the patience of a page.
func TestFeedReadsArePatient(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	locked, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := locked.Exec(t.Context(), `lock table pub.parcel in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() {
		_, err := s.MapFeatures(t.Context(), geo.Public, "parcels", []int64{1})
		read <- err
	}()
	select {
	case err := <-read:
		t.Fatalf("the read did not wait: %v", err)
	case <-time.After(publicStatement + time.Second):
	}
	if err := locked.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err != nil {
		t.Errorf("a read that had to wait: %v", err)
	}
}

// Old changes are deleted by the staff's feed, in pieces; a follower that is
// further behind than what is kept is told to read everything.
func TestOldChangesAreDeleted(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	old := touchParcel(t, s, "P01")
	// Time passes: many more rows than one piece, and as many revisions as are kept.
	const rows = 50_000
	if _, err := conn.Exec(t.Context(), `
		insert into land.change (revision, layer, id, status, gone) select $1, 'parcels', 1000 + n, '', false from generate_series(1, $2) n`, old, rows); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"land", "pub"} {
		if _, err := conn.Exec(t.Context(), `update `+table+`.revision set revision = revision + $1`, keepRevisions-1); err != nil {
			t.Fatal(err)
		}
	}
	kept := touchParcel(t, s, "P02") // now the revision of old is one too many
	last := touchParcel(t, s, "P03")
	count := func(schema string, revision int64) int64 {
		return scan[int64](t, conn, `select count(*) from `+schema+`.change where revision = $1`, revision)
	}
	if n := count("land", old); n != rows+1 {
		t.Fatalf("%d old rows before, want %d", n, rows+1)
	}
	if got := await(t, follower(t, s, geo.Staff, 1), last); len(got) != 1 || got[0].Layer != everything || got[0].Revision != last {
		t.Errorf("from the beginning: %+v", got)
	}
	deadline := time.Now().Add(20 * time.Second)
	for count("land", old) > rows/2 {
		if time.Now().After(deadline) {
			t.Fatal("the feed deletes nothing")
		}
		time.Sleep(20 * time.Millisecond)
	}
	for range 5 {
		s.prune(t.Context())
	}
	if n := s.prune(t.Context()); n != 0 {
		t.Errorf("%d more rows", n)
	}
	if a, b, c, d := count("land", 1), count("land", old), count("land", kept), count("land", last); a != 0 || b != 0 || c != 1 || d != 1 {
		t.Errorf("rows of the load %d, old %d, kept %d, last %d; want 0 0 1 1", a, b, c, d)
	}
	if got := await(t, follower(t, s, geo.Staff, last-keepRevisions), last); len(got) != 2 {
		t.Errorf("from the oldest revision that is kept: %+v", got)
	}
	// The few rows that are left would pass for all that has changed.
	if got := await(t, follower(t, s, geo.Staff, last-keepRevisions-1), last); len(got) != 1 || got[0].Layer != everything {
		t.Errorf("from a revision that is kept no more: %+v", got)
	}
	if n := scan[int64](t, conn, `select count(*) from pub.change`); n > 2 {
		t.Errorf("the public's feed keeps %d rows", n)
	}
	if _, err := s.app.Exec(t.Context(), `select land.prune_changes(0)`); geo.KindOf(asGeo(err)) != geo.Invalid {
		t.Errorf("deleting everything: %v", err)
	}
}

// A burst of writes comes as few calls, each feature once, and ends at the last
// revision.
func TestFollowCoalesces(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	first := touchParcel(t, s, "P01")
	for range 9 {
		touchParcel(t, s, "P01")
	}
	calls := follower(t, s, geo.Staff, first-1)
	c := <-calls
	if c.revision != first+9 || len(c.changes) != 1 || c.changes[0].Revision != first+9 {
		t.Errorf("%+v", c)
	}
	if got := whole(7, make([]geo.Change, manyChanges+1)); len(got) != 1 || got[0].Layer != everything || got[0].Revision != 7 {
		t.Errorf("a long list: %+v", got)
	}
}

// A snapshot holds at its revision, whatever is written meanwhile; what the
// feed brings after that revision completes it.
func TestSnapshotIsOneMoment(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	err := s.Snapshot(t.Context(), geo.Staff, func(rev int64, layers map[string]iter.Seq2[MapFeature, error]) error {
		if rev != 1 {
			t.Errorf("revision %d", rev)
		}
		if _, err := connect(t, s).Exec(t.Context(), `update land.parcel set status = 'withdrawn'`); err != nil {
			return err
		}
		n := 0
		for f, err := range layers["parcels"] {
			if err != nil {
				return err
			}
			if n++; f.Values[1] == "withdrawn" {
				t.Error("the snapshot moved")
			}
		}
		if n != 5 {
			t.Errorf("%d parcels", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	some, err := s.MapFeatures(t.Context(), geo.Staff, "parcels", []int64{1, 2, 999})
	if err != nil || len(some) != 2 || some[1].Values[1] != "withdrawn" {
		t.Errorf("%+v, %v", some, err)
	}
	if none, err := s.MapFeatures(t.Context(), geo.Staff, "parcels", nil); err != nil || len(none) != 0 {
		t.Errorf("no ids: %d features, %v", len(none), err)
	}
	if _, err := s.MapFeatures(t.Context(), geo.Public, "buildings", []int64{1}); geo.KindOf(err) != geo.NotFound {
		t.Errorf("buildings for the public: %v", err)
	}
}
