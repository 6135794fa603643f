package tiles

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"unsafe"
)

// crowdOfPast is parcels with a past close together, some of them changed, and the
// engine of them with a mosaic.
func crowdOfPast(t *testing.T, o Options) (*Engine, []Feature) {
	t.Helper()
	parcels := crowd(6, 12_000)
	for i := range parcels {
		parcels[i].From = 16_000
		parcels[i].Past = []Version{{From: 14_000, Until: 16_000, Values: parcels[(i+1)%len(parcels)].Values}}
	}
	e := mosaicEngine(t, o, MosaicCity(), parcels)
	var list []Change
	for _, f := range parcels[:500] {
		f.Values = slices.Clone(f.Values)
		f.Values[0] = fmt.Sprint("changed ", f.ID)
		list = append(list, Change{"parcels", f.ID, &f})
	}
	if _, err := e.Apply(2, list); err != nil && !errors.Is(err, ErrAllTouched) {
		t.Fatal(err)
	}
	return e, parcels
}

// Cells under a query are added up feature by feature: a builder keeps nothing for each
// that it goes over, neither where the tile always shows cells nor where it first tries
// to show parcels.
func TestQueriesTakeNoMemoryByFeature(t *testing.T) {
	e, parcels := crowdOfPast(t, Options{MaxOverlay: 1 << 20})
	filter := mustFilter(t, e.spec, "parcels.status=planned|listed|sold")
	for _, z := range []int{6, 11} {
		for _, q := range []Query{{At: 15_000}, {At: 17_000}, {Filter: filter}} {
			b := newBuilder()
			id := TilesOver(parcels[6000], z)[0]
			raw, err := b.build(t.Context(), &e.spec, e.snap.Load(), id, q)
			if err != nil || len(raw) == 0 {
				t.Fatal(err)
			}
			if !b.drawn[0].cells {
				t.Fatalf("%s shows parcels", id)
			}
			most := 0
			if z > 10 {
				most = 2 * budgetPolygons // of which it has to see whether there are more
			}
			if n := cap(b.vals.resolved) / len(CityFields()); n > most+100 {
				t.Errorf("%s under %q: values of %d features are kept", id, q.String(), n)
			}
			if n := cap(b.finder.hits) + cap(b.finder.spare) + cap(b.finder.slots); n > 2*most+1000 {
				t.Errorf("%s under %q: %d finds are kept", id, q.String(), n)
			}
		}
	}
}

// What a builder says it keeps is what it keeps, as far as that grows with the tile.
func TestBuilderKnowsItsRoom(t *testing.T) {
	e, parcels := crowdOfPast(t, Options{Plain: true})
	for name, e := range map[string]*Engine{"in memory": e, "in regions": memoryEngine(t, Options{Plain: true, MemoryBytes: oneChunk}, parcels)} {
		for _, q := range []Query{{}, {At: 15_000}} {
			b := newBuilder()
			id := TilesOver(parcels[6000], 10)[0]
			if _, err := b.build(t.Context(), &e.spec, e.snap.Load(), id, q); err != nil {
				t.Fatal(err)
			}
			all := keptIn(reflect.ValueOf(b).Elem(), map[unsafe.Pointer]bool{})
			if told := b.bytes(); told < all*8/10 || told > all*12/10 || all < 1<<20 {
				t.Errorf("%s, %q: tells %d bytes, keeps %d", name, q.String(), told, all)
			}
		}
	}
}

// keptIn is the bytes of all slices that are reached without leaving the builder and
// its parts.
func keptIn(v reflect.Value, seen map[unsafe.Pointer]bool) (n int64) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			n += keptIn(v.Field(i), seen)
		}
	case reflect.Array:
		for i := range v.Len() {
			n += keptIn(v.Index(i), seen)
		}
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*part]() && !v.IsNil() {
			n += keptIn(v.Elem(), seen)
		}
	case reflect.Slice:
		if v.Cap() == 0 || seen[v.UnsafePointer()] {
			return 0
		}
		seen[v.UnsafePointer()] = true
		n += int64(v.Cap()) * int64(v.Type().Elem().Size())
		if k := v.Type().Elem().Kind(); k == reflect.Pointer || k == reflect.Slice {
			for i := range v.Len() {
				n += keptIn(v.Index(i), seen)
			}
		}
	}
	return n
}

// A builder that has grown too large is not kept for the next tile.
func TestLargeBuildersAreNotKept(t *testing.T) {
	e, parcels := crowdOfPast(t, Options{CacheBytes: -1})
	e.mostRoom = 1000
	mustTile(t, e, TilesOver(parcels[6000], 12)[0])
	if b := e.pool.Get().(*builder); b.bytes() > 0 {
		t.Errorf("a builder of %d bytes is kept", b.bytes())
	}
}
