package tiles

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/paulmach/orb"
)

// batchesOf cuts features into batches of n.
func batchesOf(n int, list []Feature) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		for part := range slices.Chunk(list, n) {
			if !yield(func() ([]Feature, error) { return part, nil }, nil) {
				return
			}
		}
	}
}

// tilesOver are the tiles of a few zooms in which the features are.
func tilesUnder(list []Feature, zooms ...int) []ID {
	seen := map[ID]bool{}
	for _, f := range list {
		for _, z := range zooms {
			for _, id := range TilesOver(f, z) {
				seen[id] = true
			}
		}
	}
	out := make([]ID, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	return out
}

// sameTiles fails where two engines differ in bytes, tags or revisions.
func sameTiles(t *testing.T, got, want *Engine, ids []ID) {
	t.Helper()
	full := 0
	for _, id := range ids {
		a, errA := got.Tile(context.Background(), id)
		b, errB := want.Tile(context.Background(), id)
		if errA != nil || errB != nil {
			t.Fatalf("%s: %v, %v", id, errA, errB)
		}
		if !bytes.Equal(a.Raw, b.Raw) || a.ETag != b.ETag || a.Revision != b.Revision || a.Partial != b.Partial {
			t.Fatalf("%s: %d bytes %s at %d, want %d bytes %s at %d", id, len(a.Raw), a.ETag, a.Revision, len(b.Raw), b.ETag, b.Revision)
		}
		if len(b.Raw) > 0 {
			full++
		}
	}
	if full < len(ids)/2 {
		t.Fatalf("only %d of %d tiles have something in them", full, len(ids))
	}
}

// A load in batches, packed by many goroutines, makes the tiles of a load of
// everything; what is refused or comes twice is told, and nothing else is missing.
func TestLoadInBatches(t *testing.T) {
	parcels := City(5, 2500, Yueyang(), 0.001)
	problems := []Feature{{ID: 1, Geometry: Yueyang(), Values: []Value{int64(1)}}, {ID: 2, Geometry: orb.Point{113.2, 29.4}, Values: []Value{int64(2)}}}
	want, err := NewCity(Options{}, parcels, problems)
	if err != nil {
		t.Fatal(err)
	}
	mixed := slices.Clone(parcels)
	bad := Feature{ID: 70_000, Geometry: orb.LineString{{113, 29}, {114, 29}}, Values: parcels[0].Values}
	mixed = slices.Insert(mixed, 1000, bad, parcels[3])
	for _, size := range []int{1, 7, 512, 100_000} {
		got, err := New(CitySpec(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var told []FeatureError
		refused := func(why *FeatureError) { told = append(told, *why) }
		loading := got.Begin(want.Revision())
		if err := loading.Layer(t.Context(), "parcels", batchesOf(size, mixed), refused); err != nil {
			t.Fatal(err)
		}
		if err := loading.Layer(t.Context(), "problems", batchesOf(size, problems), refused); err != nil {
			t.Fatal(err)
		}
		if err := loading.End(); err != nil {
			t.Fatal(err)
		}
		if len(told) != 2 || told[0].ID != 70_000 || told[1].ID != parcels[3].ID || !strings.Contains(told[1].Reason, "twice") {
			t.Errorf("batches of %d: told %+v", size, told)
		}
		sameTiles(t, got, want, tilesUnder(parcels[:200], 8, 12, 14, 16))
	}
}

// An empty engine shows each layer as it comes, in tiles that nobody may keep; one
// that has everything shows that until the new load ends.
func TestLayersAppearWhileLoading(t *testing.T) {
	parcels := City(5, 300, Yueyang(), 0.001)
	problems := []Feature{{ID: 1, Geometry: Yueyang(), Values: []Value{int64(1)}}}
	e, err := New(CitySpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	id := TilesOver(problems[0], 12)[0]
	refused := func(why *FeatureError) { t.Error(why) }
	read := func() Tile {
		t.Helper()
		tile, err := e.Tile(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return tile
	}
	if got := e.Missing(); !slices.Equal(got, []string{"parcels", "problems"}) {
		t.Errorf("missing before: %v", got)
	}
	loading := e.Begin(4)
	if err := loading.Layer(t.Context(), "problems", batchesOf(10, problems), refused); err != nil {
		t.Fatal(err)
	}
	if got := e.Missing(); !slices.Equal(got, []string{"parcels"}) || e.Ready() || e.Revision() != 4 {
		t.Errorf("with a layer: missing %v, ready %v, revision %d", got, e.Ready(), e.Revision())
	}
	half := read()
	again, _ := e.Cached(id, Query{}, Identity)
	for _, tile := range []Tile{half, again} {
		if !tile.Partial || tile.ETag != "" || len(tile.Raw) == 0 {
			t.Errorf("half a tile: partial %v, tag %q, %d bytes", tile.Partial, tile.ETag, len(tile.Raw))
		}
	}
	if far, err := e.Tile(t.Context(), ID{12, 1, 1}); err != nil || !far.Partial || far.ETag != "" {
		t.Errorf("a tile elsewhere: %+v, %v", far, err)
	}
	for _, id := range []ID{id, {12, 1, 1}} {
		if tag, ok := e.Tag(id, Query{}); ok {
			t.Errorf("%s has the tag %q", id, tag)
		}
	}
	if _, err := e.Apply(5, nil); !errors.Is(err, ErrNotReady) {
		t.Errorf("a change while loading: %v", err)
	}
	if doc := e.TileJSON("", TileJSONOptions{}); len(doc.VectorLayers) != 3 || doc.Bounds == nil {
		t.Errorf("described as %+v", doc)
	}
	if err := loading.Layer(t.Context(), "parcels", batchesOf(10, parcels), refused); err != nil {
		t.Fatal(err)
	}
	if e.Ready() {
		t.Error("ready before the end")
	}
	if err := loading.End(); err != nil {
		t.Fatal(err)
	}
	whole := read()
	if whole.Partial || whole.ETag == "" || len(whole.Raw) <= len(half.Raw) || !e.Ready() || e.Missing() != nil {
		t.Errorf("whole: partial %v, tag %q, %d bytes; missing %v", whole.Partial, whole.ETag, len(whole.Raw), e.Missing())
	}

	loading = e.Begin(9)
	if err := loading.Layer(t.Context(), "problems", batchesOf(10, problems), refused); err != nil {
		t.Fatal(err)
	}
	if now := read(); now.ETag != whole.ETag || now.Revision != 4 || !e.Ready() {
		t.Errorf("while loading anew: %s at %d, want %s at 4", now.ETag, now.Revision, whole.ETag)
	}
	if err := loading.End(); err != nil {
		t.Fatal(err)
	}
	if now := read(); now.ETag != etag(half.Raw) || now.Revision != 9 || e.Stats().Features["parcels"] != 0 {
		t.Errorf("loaded anew without parcels: %s at %d, want %s at 9", now.ETag, now.Revision, etag(half.Raw))
	}
}

// A load that fails changes nothing, says why, and leaves nothing running.
func TestLoadFails(t *testing.T) {
	parcels := City(5, 2000, Yueyang(), 0.001)
	want, err := NewCity(Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewCity(Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	fault := errors.New("the wire is cut")
	after := func(n int, last Batch, err error) iter.Seq2[Batch, error] {
		return func(yield func(Batch, error) bool) {
			for batch := range batchesOf(50, parcels) {
				if n--; n < 0 {
					break
				}
				if !yield(batch, nil) {
					return
				}
			}
			if yield(last, err) && err == nil {
				for yield(func() ([]Feature, error) { return nil, nil }, nil) { // without an end
				}
			}
		}
	}
	canceled, cancel := context.WithCancelCause(t.Context())
	cancel(fault)
	before := runtime.NumGoroutine()
	for name, c := range map[string]struct {
		ctx     context.Context
		batches iter.Seq2[Batch, error]
		says    string
	}{
		"the source":   {t.Context(), after(9, nil, fault), "wire"},
		"a batch":      {t.Context(), after(9, func() ([]Feature, error) { return nil, fault }, nil), "wire"},
		"a panic":      {t.Context(), after(9, func() ([]Feature, error) { panic("bytes of nonsense") }, nil), "nonsense"},
		"the caller":   {canceled, after(9, func() ([]Feature, error) { return nil, nil }, nil), "wire"},
		"at the start": {t.Context(), after(0, nil, fault), "wire"},
	} {
		err := e.Begin(9).Layer(c.ctx, "parcels", c.batches, func(why *FeatureError) { t.Error(why) })
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := e.Begin(9).Layer(t.Context(), "none", batchesOf(1, nil), nil); err == nil {
		t.Error("a layer that does not exist was taken")
	}
	for n := 0; runtime.NumGoroutine() > before && n < 1000; n++ {
		runtime.Gosched()
	}
	sameTiles(t, e, want, tilesUnder(parcels[:50], 10, 14))
}

// However slow packing is, few batches are held.
func TestLoadHoldsFewBatches(t *testing.T) {
	parcels := City(5, 1000, Yueyang(), 0.001)
	e, err := New(CitySpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var made, packed, most atomic.Int64
	source := func(yield func(Batch, error) bool) {
		for batch := range batchesOf(5, parcels) {
			most.Store(max(most.Load(), made.Add(1)-packed.Load()))
			slow := func() ([]Feature, error) {
				defer packed.Add(1)
				for range 50 {
					runtime.Gosched()
				}
				return batch()
			}
			if !yield(slow, nil) {
				return
			}
		}
	}
	if err := e.Begin(1).Layer(t.Context(), "parcels", source, nil); err != nil {
		t.Fatal(err)
	}
	if bound := int64(2*runtime.GOMAXPROCS(0) + 2); most.Load() > bound || made.Load() != 200 {
		t.Errorf("%d of %d batches at a time, want at most %d", most.Load(), made.Load(), bound)
	}
}
