package tiles

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tengdi/tiles/tiletest"
)

func sizedTile(n int) Tile { return Tile{Raw: make([]byte, n), ETag: fmt.Sprint(n)} }

func TestCacheBuildsOnceForAll(t *testing.T) {
	var builds atomic.Int32
	gate := make(chan struct{})
	c := newCache(1<<20, func(context.Context, ID, Query) (Tile, error) {
		builds.Add(1)
		<-gate
		return sizedTile(7), nil
	})
	var wg sync.WaitGroup
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if tile, err := c.get(context.Background(), ID{3, 1, 1}, Query{}, ""); err != nil || len(tile.Raw) != 7 {
				t.Errorf("%d bytes, %v", len(tile.Raw), err)
			}
		}()
	}
	waitFor(t, func() bool { st, _, _ := c.read(); return st.misses+st.shared == 20 })
	close(gate)
	wg.Wait()
	if builds.Load() != 1 {
		t.Errorf("built %d times", builds.Load())
	}
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

// The first to ask leaves; the others still get their tile, from the same build,
// which he ends for them.
func TestCacheLeaderLeaves(t *testing.T) {
	gate := make(chan struct{})
	var builds atomic.Int32
	c := newCache(1<<20, func(ctx context.Context, _ ID, _ Query) (Tile, error) {
		builds.Add(1)
		<-gate
		return sizedTile(5), ctx.Err()
	})
	leader, leave := context.WithCancel(context.Background())
	gone := make(chan error)
	go func() { _, err := c.get(leader, ID{}, Query{}, ""); gone <- err }()
	waitFor(t, func() bool { st, _, _ := c.read(); return st.misses == 1 })
	got := make(chan error)
	go func() { _, err := c.get(context.Background(), ID{}, Query{}, ""); got <- err }()
	waitFor(t, func() bool { st, _, _ := c.read(); return st.shared == 1 })
	leave()
	close(gate)
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the leader got %v", err)
	}
	if err := <-got; err != nil {
		t.Errorf("the follower got %v", err)
	}
	if builds.Load() != 1 {
		t.Errorf("built %d times", builds.Load())
	}
}

// When all have left, the build's context ends and the next asker starts anew.
func TestCacheEveryoneLeaves(t *testing.T) {
	stopped := make(chan struct{})
	var builds atomic.Int32
	c := newCache(1<<20, func(ctx context.Context, _ ID, _ Query) (Tile, error) {
		if builds.Add(1) == 1 {
			<-ctx.Done()
			close(stopped)
			return Tile{}, ctx.Err()
		}
		return sizedTile(5), nil
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.get(ctx, ID{}, Query{}, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	<-stopped
	if tile, err := c.get(context.Background(), ID{}, Query{}, ""); err != nil || len(tile.Raw) != 5 {
		t.Errorf("then %d bytes, %v", len(tile.Raw), err)
	}
}

func TestCacheAnswersAPanic(t *testing.T) {
	c := newCache(1<<20, func(context.Context, ID, Query) (Tile, error) { panic("broken") })
	if _, err := c.get(context.Background(), ID{4, 2, 1}, Query{}, ""); err == nil || !strings.Contains(err.Error(), "4/2/1: broken") {
		t.Errorf("got %v", err)
	}
	if _, n, _ := c.read(); n != 0 {
		t.Errorf("%d entries are kept", n)
	}
}

// A crawl over many tiles leaves those that were asked for twice.
func TestCacheKeepsWhatIsAskedForAgain(t *testing.T) {
	var builds atomic.Int32
	c := newCache(100*(1000+entryCost), func(context.Context, ID, Query) (Tile, error) {
		builds.Add(1)
		return sizedTile(1000), nil
	})
	get := func(id ID) {
		if _, err := c.get(context.Background(), id, Query{}, ""); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		for x := range uint32(50) {
			get(ID{20, x, 0})
		}
	}
	for x := range uint32(5000) {
		get(ID{20, x, 1})
		if _, _, bytes := c.read(); bytes > c.limit {
			t.Fatalf("%d bytes, at most %d", bytes, c.limit)
		}
	}
	before := builds.Load()
	for x := range uint32(50) {
		get(ID{20, x, 0})
	}
	if builds.Load() != before {
		t.Errorf("%d of 50 hot tiles were evicted", builds.Load()-before)
	}
}

// A change while a tile is being built: who waited may get the old tile, who asks
// after the change gets the new one, and the old is not kept.
func TestChangeDuringABuild(t *testing.T) {
	e, err := NewCity(Options{}, City(1, 50, Yueyang(), 0.001), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := City(1, 50, Yueyang(), 0.001)[3]
	id := TilesOver(f, 14)[0]
	inside, goOn := make(chan struct{}), make(chan struct{})
	real := e.cache.build
	var first atomic.Bool
	e.cache.build = func(ctx context.Context, id ID, q Query) (Tile, error) {
		tile, err := real(ctx, id, q)
		if first.CompareAndSwap(false, true) {
			close(inside)
			<-goOn
		}
		return tile, err
	}
	old := make(chan Tile)
	go func() { old <- mustTile(t, e, id) }()
	<-inside
	f.Values = []Value{"new", "sold", nil, nil, nil}
	if _, err := e.Apply(2, []Change{{"parcels", f.ID, &f}}); err != nil {
		t.Fatal(err)
	}
	fresh := mustTile(t, e, id)
	close(goOn)
	if was := <-old; was.Revision != 1 || fresh.Revision != 2 || was.ETag == fresh.ETag {
		t.Errorf("revisions %d and %d", was.Revision, fresh.Revision)
	}
	if again := mustTile(t, e, id); again.ETag != fresh.ETag {
		t.Error("the old tile came back")
	}
}

// Readers run while writers load, apply and merge: every tile a reader sees is
// whole, and no older than what had been applied when it asked.
func TestReadersAndWriters(t *testing.T) {
	parcels := City(1, 300, Yueyang(), 0.001)
	e, err := NewCity(Options{MaxOverlay: 8, CacheBytes: 200_000}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	watched := parcels[7]
	id := TilesOver(watched, 15)[0]
	var applied atomic.Int64
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for reader := range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			rng := rand.New(rand.NewPCG(uint64(reader), 3))
			for ctx.Err() == nil {
				floor := applied.Load()
				if n := priceIn(t, e, id, watched.ID); n < floor {
					t.Errorf("price %d after %d was applied", n, floor)
					return
				}
				around := TilesOver(parcels[rng.IntN(len(parcels))], 12+rng.IntN(6))
				mustTile(t, e, around[rng.IntN(len(around))])
				e.Bounds()
				e.Stats()
				e.TileJSON("", TileJSONOptions{})
			}
		}()
	}
	rng := rand.New(rand.NewPCG(9, 9))
	for n := int64(1); n <= 150; n++ {
		f := watched
		f.Values = []Value{nil, nil, n, nil, nil}
		changes := []Change{{"parcels", f.ID, &f}}
		for range 3 {
			o := parcels[20+rng.IntN(len(parcels)-20)]
			changes = append(changes, Change{Layer: "parcels", ID: o.ID})
			if rng.IntN(2) == 0 {
				changes[len(changes)-1].Feature = &o
			}
		}
		if n%60 == 0 {
			all := append([]Feature{f}, parcels[20:]...)
			err = e.Load(n+1, Seqs(map[string][]Feature{"parcels": all}))
		} else if _, err = e.Apply(n+1, changes); errors.Is(err, ErrAllTouched) {
			err = nil
		}
		if err != nil {
			t.Fatal(err)
		}
		applied.Store(n)
	}
	// What came after the last load is more than an overlay holds: it is merged, also
	// where the writer was done before the first merge was.
	waitFor(t, func() bool { return e.Stats().Merges > 0 })
	stop()
	wg.Wait()
	e.Close()
	if st := e.Stats(); st.MergeErrors != 0 {
		t.Errorf("%+v", st)
	}
}

// priceIn is the price of a feature in a tile; the first load's price counts as 0.
func priceIn(t *testing.T, e *Engine, id ID, fid uint64) int64 {
	tile, err := e.Tile(context.Background(), id)
	if err != nil {
		t.Error(err)
		return 0
	}
	layers, err := tiletest.Decode(tile.Raw)
	if err != nil {
		t.Error(err)
		return 0
	}
	for _, l := range layers {
		for _, f := range l.Features {
			if f.ID == fid && f.Values["code"] == nil {
				return f.Values["price"].(int64)
			}
		}
	}
	return 0
}

// T-4: an edit that this audience's tiles do not show leaves tag, bytes and cache
// as they were.
func TestUnchangedFeatureTouchesNothing(t *testing.T) {
	e, parcels := mustCity(t, Options{}, 100)
	id := TilesOver(parcels[0], 14)[0]
	before := mustTile(t, e, id)
	for n := range int64(1000) {
		f := parcels[int(n)%len(parcels)]
		touched, err := e.Apply(n+2, []Change{{"parcels", f.ID, &f}, {"parcels", 1 << 40, nil}})
		if err != nil || len(touched) != 0 {
			t.Fatalf("touched %v, %v", touched, err)
		}
	}
	if st := e.Stats(); st.Builds != 1 || st.Dropped != 0 || st.Revision != 1001 {
		t.Errorf("%+v", st)
	}
	if after := mustTile(t, e, id); after.ETag != before.ETag {
		t.Error("the tag changed")
	}
	// There and back again: new bytes, then the old tag.
	f := parcels[0]
	f.Values = []Value{"x", nil, nil, nil, nil}
	for n, c := range []Change{{"parcels", f.ID, &f}, {"parcels", f.ID, &parcels[0]}} {
		if _, err := e.Apply(int64(2000+n), []Change{c}); err != nil {
			t.Fatal(err)
		}
		if same := mustTile(t, e, id).ETag == before.ETag; same != (n == 1) {
			t.Errorf("step %d: the tag is the same: %v", n, same)
		}
	}
}

func TestTouchedIsBounded(t *testing.T) {
	e, _ := mustCity(t, Options{MaxTouched: 50}, 10)
	big := Feature{
		ID: 999, Values: make([]Value, 5),
		Geometry: orb.Polygon{{{100, 20}, {120, 20}, {120, 40}, {100, 40}, {100, 20}}},
	}
	id := ID{8, 208, 106}
	before := mustTile(t, e, id)
	touched, err := e.Apply(2, []Change{{"parcels", 999, &big}})
	if !errors.Is(err, ErrAllTouched) || touched != nil {
		t.Errorf("%d touched, %v", len(touched), err)
	}
	if after := mustTile(t, e, id); after.ETag == before.ETag || e.Revision() != 2 {
		t.Error("the change did not hold")
	}
}
