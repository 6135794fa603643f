package tiles

import (
	"fmt"
	"testing"
)

// Tiles under queries are kept and dropped like others: the same query in other
// words is one tile, an edit elsewhere leaves it, an edit of its area drops it
// whatever the query shows, and as many queries as somebody can think of take no
// more than their share.
func TestQueriesShareTheCache(t *testing.T) {
	e, parcels := mustCity(t, Options{CacheBytes: 1 << 20}, 2000)
	id, far := TilesOver(parcels[0], 16)[0], parcels[1000]
	ask := func(text string) Query {
		f, err := ParseFilter(CitySpec(), text)
		if err != nil {
			t.Fatal(err)
		}
		return Query{Filter: f}
	}
	get := func(q Query) Tile {
		tile, err := e.TileOf(t.Context(), id, q)
		if err != nil {
			t.Fatal(err)
		}
		return tile
	}
	past := Query{At: 10_000}
	one, other := ask("parcels.status=sold|failed"), ask("parcels.status=failed|sold")
	mustTile(t, e, id)
	before := map[string]string{past.String(): get(past).ETag, one.String(): get(one).ETag}
	builds := e.Stats().Builds
	get(other)
	if e.Stats().Builds != builds {
		t.Error("the same query in other words is built again")
	}
	far.Values = []Value{"elsewhere", "sold", nil, nil, nil}
	if _, err := e.Apply(2, []Change{{"parcels", far.ID, &far}}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []Query{past, one} {
		if tag, ok := e.Tag(id, q); !ok || tag != before[q.String()] {
			t.Errorf("after an edit elsewhere the tag under %s is %q, %v", q, tag, ok)
		}
	}
	near := parcels[0]
	near.Values = []Value{"here", "sold", nil, nil, nil}
	if _, err := e.Apply(3, []Change{{"parcels", near.ID, &near}}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []Query{{}, past, one} {
		if tag, ok := e.Tag(id, q); ok {
			t.Errorf("after an edit the tag under %q is still %s", q, tag)
		}
	}
	mustTile(t, e, id)
	mustTile(t, e, id)
	for n := range 3000 {
		get(ask(fmt.Sprintf("parcels.code=c%d", n)))
	}
	st := e.Stats()
	if st.CacheBytes > 1<<20 || e.cache.rooms.queried.bytes > 1<<18 || st.Evicted == 0 {
		t.Errorf("%d bytes, %d under queries, %d evicted", st.CacheBytes, e.cache.rooms.queried.bytes, st.Evicted)
	}
	if _, ok := e.Cached(id, Query{}, Identity); !ok {
		t.Error("the queries put out the tile without one")
	}
	checkBooks(t, e.cache)
}
