package tiles

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

// checkBooks compares the sums and lists of a cache with its entries.
func checkBooks(t *testing.T, c *cache) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	bytes, count, in := int64(0), 0, map[*room]int64{}
	look := func(e *cached) {
		count++
		if e.room == nil {
			t.Fatalf("%s stays without a room", e.id)
		}
		if c.find(e.id, e.text) != e || e.spot.Value.(*cached) != e || (e.tile.Raw != nil && e.room.tagsOnly) {
			t.Fatalf("%s %q is not where it says", e.id, e.text)
		}
		bytes += e.cost()
		in[e.room] += e.cost()
	}
	for _, zoom := range c.zooms {
		for _, p := range zoom {
			if p.plain == nil && len(p.queried) == 0 {
				t.Fatal("a place is empty")
			}
			if p.plain != nil {
				look(p.plain)
			}
			for _, e := range p.queried {
				look(e)
			}
		}
	}
	listed := 0
	for _, r := range []*room{&c.rooms.probation, &c.rooms.protected, &c.rooms.queried, &c.rooms.tags, &c.rooms.queriedTags} {
		listed += r.list.Len()
		if in[r] != r.bytes || r.limit > 0 && r.bytes > r.limit && r.list.Len() > 1 {
			t.Fatalf("a room of %d bytes has %d in its books, at most %d", in[r], r.bytes, r.limit)
		}
	}
	if bytes != c.rooms.bytes || count != c.count || count != listed || bytes > c.limit {
		t.Fatalf("%d bytes in %d entries; the books say %d in %d, %d listed, at most %d",
			bytes, count, c.rooms.bytes, c.count, listed, c.limit)
	}
}

// Bytes and lists agree with the entries after any history.
func TestCacheBooks(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	c := newCache(60_000, func(_ context.Context, id ID, _ Query) (Tile, error) {
		if id.Y == 3 {
			return Tile{}, errors.New("no")
		}
		return sizedTile(int(id.X) * 100), nil
	})
	for range 20_000 {
		id, text := ID{10, rng.Uint32N(20), rng.Uint32N(5)}, ""
		if rng.IntN(3) == 0 {
			text = fmt.Sprint("a=", rng.IntN(9))
		}
		switch rng.IntN(20) {
		case 0:
			c.drop([]tileRange{{10, id.X, id.Y, id.X + 3, id.Y + 1}})
		case 1:
			if rng.IntN(50) == 0 {
				c.dropAll()
			}
		case 2, 3, 4:
			if tag, ok := c.tag(id, text); ok && tag != fmt.Sprint(id.X*100) {
				t.Fatalf("%s has the tag %s", id, tag)
			}
		default:
			if _, err := c.get(context.Background(), id, Query{}, text); (err != nil) != (id.Y == 3) {
				t.Fatal(err)
			}
		}
		checkBooks(t, c)
	}
	if c.stats.evicted == 0 || c.stats.tags == 0 || c.rooms.tags.list.Len() == 0 || c.rooms.queriedTags.list.Len() == 0 {
		t.Errorf("not everything happened: %+v, %d and %d tags", c.stats, c.rooms.tags.list.Len(), c.rooms.queriedTags.list.Len())
	}
}

// As many queries as a caller can think of take a quarter at most, and put no hot
// tile out that was asked for without one.
func TestQueriedTilesAreBoundedApart(t *testing.T) {
	var builds atomic.Int32
	const cost = 1000 + entryCost
	c := newCache(100*cost, func(context.Context, ID, Query) (Tile, error) {
		builds.Add(1)
		return sizedTile(1000), nil
	})
	get := func(id ID, text string) {
		if _, err := c.get(context.Background(), id, Query{}, text); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		for x := range uint32(60) {
			get(ID{20, x, 0}, "")
		}
	}
	for n := range 3000 {
		get(ID{20, uint32(n % 7), 0}, fmt.Sprint("price>", n))
	}
	checkBooks(t, c)
	if c.rooms.queried.bytes > 25*cost {
		t.Errorf("%d bytes under queries", c.rooms.queried.bytes)
	}
	before := builds.Load()
	for x := range uint32(60) {
		get(ID{20, x, 0}, "")
	}
	if builds.Load() != before {
		t.Errorf("%d of 60 hot tiles were put out by queries", builds.Load()-before)
	}
	// A change takes what was asked for by a query too, of its own area only.
	get(ID{20, 3, 0}, "a")
	get(ID{20, 4, 0}, "a")
	c.drop([]tileRange{{20, 3, 0, 3, 0}})
	for text, want := range map[ID]bool{{20, 3, 0}: false, {20, 4, 0}: true} {
		if _, ok := c.peek(text, "a", Identity); ok != want {
			t.Errorf("after a change of 20/3/0, %s is there: %v", text, ok)
		}
		if _, ok := c.tag(text, "a"); ok != want {
			t.Errorf("after a change of 20/3/0, the tag of %s is known: %v", text, ok)
		}
	}
}

// A tile that is larger than its room is answered and not kept; its tag is.
func TestCacheKeepsTheTagOfAGiant(t *testing.T) {
	c := newCache(100_000, func(_ context.Context, id ID, _ Query) (Tile, error) { return sizedTile(int(id.X)), nil })
	for _, at := range []struct {
		x    uint32
		text string
		kept bool
	}{{50_000, "", true}, {100_000, "", false}, {10_000, "a", true}, {30_000, "a", false}} {
		id := ID{20, at.x, 0}
		tile, err := c.get(context.Background(), id, Query{}, at.text)
		if err != nil || len(tile.Raw) != int(at.x) {
			t.Fatalf("%d bytes, %v", len(tile.Raw), err)
		}
		if _, ok := c.peek(id, at.text, Identity); ok != at.kept {
			t.Errorf("%d bytes under %q are kept: %v", at.x, at.text, ok)
		}
		if tag, ok := c.tag(id, at.text); !ok || tag != tile.ETag {
			t.Errorf("the tag of %d bytes under %q: %q, %v", at.x, at.text, tag, ok)
		}
		checkBooks(t, c)
	}
}

// Once the bytes are evicted the tag still holds without a build, and an edit
// elsewhere changes nothing about that; an edit of the tile itself does.
func TestTagOutlivesItsTile(t *testing.T) {
	e, parcels := mustCity(t, Options{CacheBytes: 200_000}, 2000)
	f := parcels[0]
	id := TilesOver(f, 16)[0]
	was := mustTile(t, e, id)
	for _, p := range parcels {
		mustTile(t, e, TilesOver(p, 15)[0])
	}
	if _, ok := e.Cached(id, Query{}, Identity); ok {
		t.Fatal("nothing was evicted")
	}
	other := parcels[1000]
	other.Values = []Value{"elsewhere", "sold", nil, nil, nil}
	touched, err := e.Apply(2, []Change{{"parcels", other.ID, &other}})
	if err != nil || len(touched) == 0 {
		t.Fatal(touched, err)
	}
	for _, tile := range touched {
		if tile == id {
			t.Fatal("the edit is in the tile")
		}
		if tag, ok := e.Tag(tile, Query{}); ok {
			t.Errorf("the tag %s of the touched tile %s is still believed", tag, tile)
		}
	}
	builds := e.Stats().Builds
	if tag, ok := e.Tag(id, Query{}); !ok || tag != was.ETag || e.Stats().Builds != builds {
		t.Errorf("the tag is %s (%v) after %s, with %d builds", tag, ok, was.ETag, e.Stats().Builds-builds)
	}
	// Built again it is the same tile.
	if again := mustTile(t, e, id); again.ETag != was.ETag || e.Stats().Builds != builds+1 {
		t.Errorf("built again, the tag is %s", again.ETag)
	}
	f.Values = []Value{"here", "sold", nil, nil, nil}
	if _, err := e.Apply(3, []Change{{"parcels", f.ID, &f}}); err != nil {
		t.Fatal(err)
	}
	if tag, ok := e.Tag(id, Query{}); ok {
		t.Errorf("after an edit of the tile the tag is still %s", tag)
	}
}

// While a tile is built again its old tag holds.
func TestTagDuringABuild(t *testing.T) {
	goOn := make(chan struct{}, 1)
	c := newCache(1<<20, func(context.Context, ID, Query) (Tile, error) {
		<-goOn
		return sizedTile(9), nil
	})
	id := ID{7, 1, 1}
	goOn <- struct{}{}
	if _, err := c.get(context.Background(), id, Query{}, ""); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.rooms.strip(c.find(id, ""))
	c.mu.Unlock()
	done := make(chan error)
	go func() { _, err := c.get(context.Background(), id, Query{}, ""); done <- err }()
	waitFor(t, func() bool { st, _, _ := c.read(); return st.misses == 2 })
	if tag, ok := c.tag(id, ""); !ok || tag != "9" {
		t.Errorf("the tag is %q, %v", tag, ok)
	}
	c.drop([]tileRange{{7, 1, 1, 1, 1}})
	if tag, ok := c.tag(id, ""); ok {
		t.Errorf("after a change the tag is still %q", tag)
	}
	goOn <- struct{}{}
	if err := <-done; err != nil {
		t.Error(err)
	}
	checkBooks(t, c)
}
