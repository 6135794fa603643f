package postgis

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tengdi/geo"
)

// feedDrops is how often the connections of the two servers are lost in all.
const feedDrops = 10_000

var errDropped = errors.New("the connection was lost")

// shaky is one server's way to the database, on which things go wrong: the looks
// and the notifications are real, and so is that one of them is lost, late or
// out of turn. Time runs when the feed waits; nobody really does.
type shaky struct {
	t     *testing.T
	s     *Store
	real  *feedConn
	rng   *rand.Rand
	drops *atomic.Int64 // of all servers
	calm  *atomic.Bool  // nothing goes wrong any more

	now    time.Time
	waited time.Duration // since the last good look, failures' pauses apart
	late   int           // notifications that were held back
	failed int           // in a row

	mu    sync.Mutex
	calls []span
	at    int64
}

// span is a call of the follower that it took.
type span struct {
	from, to int64
	changed  map[int64]int64 // revision by id
}

func newShaky(t *testing.T, s *Store, seed uint64, drops *atomic.Int64, calm *atomic.Bool) *shaky {
	t.Helper()
	link, err := s.dialFeed(t.Context(), geo.Staff)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { link.close(context.WithoutCancel(t.Context())) })
	return &shaky{
		t: t, s: s, real: link.(*feedConn), rng: rand.New(rand.NewPCG(seed, 23)), drops: drops, calm: calm,
		now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), at: 1,
	}
}

// bad says whether something goes wrong this time.
func (f *shaky) bad(share float64) bool { return !f.calm.Load() && f.rng.Float64() < share }

func (f *shaky) drop() error {
	f.drops.Add(1)
	return errDropped
}

// follow runs the feed over the shaky way until ctx ends.
func (f *shaky) follow(ctx context.Context) error {
	feed := f.s.feedOf(geo.Staff, MapState{Revision: 1}, f.take)
	feed.logf = func(string, ...any) {}
	feed.now = func() time.Time { return f.now }
	feed.dial = func(context.Context) (feedLink, error) {
		if f.bad(0.3) {
			return nil, f.drop()
		}
		f.late = 0 // of the connection before
		return f, nil
	}
	feed.pause = func(_ context.Context, length time.Duration) {
		f.failed++
		if length > lastRetry || f.failed == 1 && length > firstRetry {
			f.t.Errorf("failure %d in a row: a pause of %s", f.failed, length)
		}
		f.now = f.now.Add(length)
	}
	feed.works = func(context.Context) {
		// The staleness of what is shown: a commit may be as old as the last look.
		if f.waited > lookAnyway+paceEvery {
			f.t.Errorf("at revision %d the feed had waited for %s", f.at, f.waited)
		}
		f.waited, f.failed = 0, 0
	}
	return feed.run(ctx)
}

func (f *shaky) take(news MapNews) error {
	if f.bad(0.05) {
		return errors.New("not now")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	call := span{f.at, news.At.Revision, map[int64]int64{}}
	for _, c := range news.Changes {
		if c.Layer == everything {
			return fmt.Errorf("told to read everything after revision %d", f.at)
		}
		call.changed[c.ID] = c.Revision
	}
	f.calls, f.at = append(f.calls, call), news.At.Revision
	return nil
}

func (f *shaky) revision() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

func (f *shaky) close(context.Context) {}

func (f *shaky) look(ctx context.Context, after MapState) (MapNews, error) {
	if f.bad(0.2) {
		return MapNews{}, f.drop()
	}
	news, err := f.real.look(ctx, after)
	if err == nil && f.bad(0.1) {
		err = f.drop() // on the way back
	}
	return news, err
}

// await waits for a real notification for a moment, and lets the feed's clock run
// on instead of waiting longer.
func (f *shaky) await(ctx context.Context, atMost time.Duration) (bool, error) {
	woken, err := f.real.await(ctx, time.Millisecond)
	if err != nil {
		return false, err
	}
	pass := atMost
	switch {
	case f.bad(0.4):
		f.wait(time.Duration(f.rng.Int64N(int64(atMost) + 1)))
		return false, f.drop()
	case woken && f.bad(0.3): // swallowed
		woken = false
	case woken && f.bad(0.3): // comes later, behind others
		f.late++
		woken = false
	case f.late > 0 && !woken:
		f.late--
		woken = true
	}
	if woken {
		pass = time.Duration(f.rng.Int64N(int64(atMost) + 1))
	}
	f.wait(pass)
	return woken, nil
}

func (f *shaky) wait(length time.Duration) {
	f.now = f.now.Add(length)
	f.waited += length
}

// F-23: two servers on one database lose their connections ten thousand times,
// and notifications are lost, late and out of turn, while writes go on. Both hear
// of every revision, in order and once, and never wait more than ten seconds
// between two looks, whatever the notifications do.
func TestFeedsConvergeOverDrops(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var drops atomic.Int64
	var calm atomic.Bool
	servers := []*shaky{newShaky(t, s, 1, &drops, &calm), newShaky(t, s, 2, &drops, &calm)}
	var ends sync.WaitGroup
	for _, f := range servers {
		ends.Go(func() {
			if err := f.follow(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("the feed ended with %v", err)
			}
		})
	}
	ids := map[string]int64{}
	codes := []string{"P01", "P02", "P03", "P04", "P05"}
	conn := connect(t, s)
	for _, code := range codes {
		ids[code] = scan[int64](t, conn, `select id from land.parcel where code = $1`, code)
	}
	written := map[int64]int64{} // id of the parcel by revision
	last := int64(1)
	for n := 0; drops.Load() < feedDrops && !t.Failed(); n++ {
		code := codes[n*n%len(codes)]
		last = touchParcel(t, s, code)
		written[last] = ids[code]
	}
	calm.Store(true)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if servers[0].revision() == last && servers[1].revision() == last || t.Failed() {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the servers are at %d and %d, want %d", servers[0].revision(), servers[1].revision(), last)
		}
	}
	cancel()
	ends.Wait()
	t.Logf("%d drops, %d writes, %d and %d calls", drops.Load(), len(written), len(servers[0].calls), len(servers[1].calls))
	if len(written) < 100 {
		t.Errorf("only %d writes went on meanwhile", len(written))
	}
	for i, f := range servers {
		checkSpans(t, fmt.Sprintf("server %d", i), f.calls, written, last)
	}
}

// checkSpans: the calls follow each other without a gap, and each tells of all
// that was written in its span.
func checkSpans(t *testing.T, name string, calls []span, written map[int64]int64, last int64) {
	t.Helper()
	at := int64(1)
	for _, c := range calls {
		if c.from != at || c.to <= c.from {
			t.Fatalf("%s: from %d to %d after %d", name, c.from, c.to, at)
		}
		for r := c.from + 1; r <= c.to; r++ {
			if c.changed[written[r]] < r {
				t.Errorf("%s: revision %d of parcel %d is missing from the call to %d: %v", name, r, written[r], c.to, c.changed)
			}
		}
		at = c.to
	}
	if at != last {
		t.Errorf("%s ends at %d, want %d", name, at, last)
	}
}
