package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"tengdi/tiles"
)

// villageID is villageTile.
var villageID = tiles.ID{Z: 14, X: 13339, Y: 6793}

// ask sends one request of the client with that address past the network.
func ask(s *Server, addr, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(addr), 40000).String()
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// T-1: random and out-of-range tiles and parameters that bust caches make no call
// of the store at all, which here would be a panic, are built only where there is
// data, and leave bounded traces.
func TestTileFloodCostsNothing(t *testing.T) {
	e := gridTileset(t, 10)
	s := tileServer(t, e, Limits{RequestsPerSecond: 1e9, RequestBurst: 1e9, Clients: 50})
	rng := rand.New(rand.NewPCG(7, 7))
	counts := map[int]int{}
	for n := range 20_000 {
		z := rng.Uint32N(20)
		x, y := rng.Uint64N(3<<z), rng.Uint64N(3<<z)
		if n%7 == 0 { // where there is data
			z %= villageID.Z + 1
			x, y = uint64(villageID.X>>(villageID.Z-z)), uint64(villageID.Y>>(villageID.Z-z))
		}
		path := fmt.Sprintf("/tiles/public/%d/%d/%d.mvt", z, x, y)
		want := []int{204, 200}
		if z > 16 || x>>z != 0 || y>>z != 0 {
			want = []int{404}
		}
		switch n % 5 {
		case 1:
			path += fmt.Sprintf("?a=%d", rng.Uint64())
			want = []int{400}
		case 2:
			path += fmt.Sprintf("?v=%d", rng.Int64())
		case 3:
			path, want = fmt.Sprintf("%s?%x=%d", villageTile, rng.Uint64(), n), []int{400}
		}
		w := ask(s, fmt.Sprintf("10.0.%d.%d", n/200%200, n%200), path)
		if !slices.Contains(want, w.Code) {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		counts[w.Code]++
	}
	for _, code := range []int{200, 204, 400, 404} {
		if counts[code] == 0 {
			t.Errorf("no answer was %d: %v", code, counts)
		}
	}
	st := e.Stats()
	if st.Builds > 17 || st.CacheTiles > 17 { // the ancestors of one tile, and itself
		t.Errorf("%d builds, %d tiles kept", st.Builds, st.CacheTiles)
	}
	if n := len(s.clients.byKey); n > 50 {
		t.Errorf("%d clients are remembered", n)
	}
	if g := s.gate; g.waiting != 0 || len(g.queues) != 0 || len(g.turns) != 0 {
		t.Errorf("the gate is left with %+v", g)
	}
}

// heldTiles builds when the test says so: each build waits for a word of its own.
// Only the tile of the village is there already.
type heldTiles struct {
	Tileset
	mu    sync.Mutex
	began map[tiles.ID]chan struct{}
	order []tiles.ID // of the builds that were begun
}

func (h *heldTiles) Cached(id tiles.ID, q tiles.Query, want tiles.Coding) (tiles.Tile, bool) {
	if id != villageID {
		return tiles.Tile{}, false
	}
	return h.Tileset.Cached(id, q, want)
}

func (h *heldTiles) Tag(id tiles.ID, q tiles.Query) (string, bool) {
	if id != villageID {
		return "", false
	}
	return h.Tileset.Tag(id, q)
}

func (h *heldTiles) Heavy(id tiles.ID, _ tiles.Query) bool { return id.Z < 14 }

func (h *heldTiles) TileOf(ctx context.Context, id tiles.ID, _ tiles.Query) (tiles.Tile, error) {
	let := make(chan struct{})
	h.mu.Lock()
	h.began[id] = let
	h.order = append(h.order, id)
	h.mu.Unlock()
	select {
	case <-let:
		return tiles.Tile{Raw: []byte("x"), ETag: `"x"`}, nil
	case <-ctx.Done():
		return tiles.Tile{}, ctx.Err()
	}
}

// under reports whether the tile is being built; finish ends that.
func (h *heldTiles) under(id tiles.ID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.began[id] != nil
}

func (h *heldTiles) finish(id tiles.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	close(h.began[id])
	delete(h.began, id)
}

func (h *heldTiles) begunUntilNow() []tiles.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.order)
}

// all lists what is being built.
func (h *heldTiles) all() []tiles.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ids []tiles.ID
	for id := range h.began {
		ids = append(ids, id)
	}
	return ids
}

// waitUntil waits for something that other goroutines are about to do.
func waitUntil(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

// One client floods with expensive tiles, or with any: what is cached comes
// without a turn, and another client's first tile is built when two others have ended at most.
func TestAFloodDoesNotStarveOthers(t *testing.T) {
	for _, flood := range []uint32{3, 15} { // heavy and light
		t.Run(fmt.Sprint("z", flood), func(t *testing.T) {
			real := gridTileset(t, 10)
			if _, err := real.Tile(t.Context(), villageID); err != nil {
				t.Fatal(err)
			}
			held := &heldTiles{Tileset: real, began: map[tiles.ID]chan struct{}{}}
			s := tileServer(t, held, Limits{RequestsPerSecond: 1e9, RequestBurst: 1e9, WaitingTiles: 100, WaitingTilesPerClient: 40})
			var wg sync.WaitGroup
			get := func(addr string, id tiles.ID, want ...int) {
				wg.Go(func() {
					if w := ask(s, addr, fmt.Sprintf("/tiles/public/%s.mvt", id)); !slices.Contains(want, w.Code) {
						t.Errorf("%s for %s: %d %s", id, addr, w.Code, w.Body)
					}
				})
			}
			slots := 2 * runtime.GOMAXPROCS(0)
			if flood < 14 {
				slots = max(1, runtime.GOMAXPROCS(0)-1)
			}
			for x := range uint32(60) {
				get("10.0.0.1", tiles.ID{Z: flood, X: x % 8, Y: x / 8}, 200, 429)
			}
			// 60 come, so many are built, 40 wait, and the rest is refused.
			waitUntil(t, func() bool { s.gate.mu.Lock(); defer s.gate.mu.Unlock(); return s.gate.waiting == 40 })
			waitUntil(t, func() bool { return len(held.all()) == slots })
			one := ask(s, "10.0.0.1", fmt.Sprintf("/tiles/public/%d/7/7.mvt", flood))
			if one.Code != 429 || one.Header().Get("Retry-After") == "" {
				t.Errorf("one more: %d %v", one.Code, one.Header())
			}
			// A tile of somebody else, who has asked for nothing before.
			mine := tiles.ID{Z: 16, X: 1, Y: 1}
			get("10.0.0.2", mine, 200)
			if flood > 14 {
				waitUntil(t, func() bool { s.gate.mu.Lock(); defer s.gate.mu.Unlock(); return s.gate.waiting == 41 })
				held.finish(held.all()[0]) // whose slot the flooder's next may still get
				waitUntil(t, func() bool { return len(held.all()) == slots })
				if !held.under(mine) {
					held.finish(held.all()[0])
				}
			}
			waitUntil(t, func() bool { return held.under(mine) })
			held.finish(mine)
			if n := slices.Index(held.begunUntilNow(), mine); n < slots || n > slots+1 {
				t.Errorf("%d builds were begun before it, with %d slots", n, slots)
			}
			// What is there already waits for nothing, the flooder's own too.
			for _, addr := range []string{"10.0.0.1", "10.0.0.3"} {
				w := ask(s, addr, villageTile)
				if again := ask(s, addr, villageTile, "If-None-Match", w.Header().Get("ETag")); w.Code != 200 || again.Code != 304 {
					t.Errorf("a tile that is there: %d, then %d", w.Code, again.Code)
				}
			}
			done := make(chan struct{})
			go func() { wg.Wait(); close(done) }()
			for open := true; open; {
				for _, id := range held.all() {
					held.finish(id)
				}
				select {
				case <-done:
					open = false
				default:
					runtime.Gosched()
				}
			}
			if g := s.gate; g.waiting != 0 || len(g.queues) != 0 || g.free != 2*runtime.GOMAXPROCS(0) {
				t.Errorf("the gate is left with %+v", g)
			}
		})
	}
}
