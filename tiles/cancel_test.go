package tiles

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"
)

// patience is a context that is given up once it was looked at so many times.
type patience struct {
	context.Context
	most  int64
	looks atomic.Int64
}

func patienceOf(most int64) *patience { return &patience{Context: context.Background(), most: most} }

func (p *patience) Err() error {
	if p.looks.Add(1) > p.most {
		return context.Canceled
	}
	return nil
}

// A build looks at its context every 256 hits in each of its passes over them, and
// ends at whichever look tells it that nobody waits any more.
func TestBuildsEndWhenAbandoned(t *testing.T) {
	parcels := crowd(6, 3000)
	spec := MosaicCity()
	changes := func(e *Engine) {
		var list []Change
		for _, f := range parcels {
			f.Values = slices.Clone(f.Values)
			f.Values[0] = fmt.Sprint("changed ", f.ID)
			list = append(list, Change{"parcels", f.ID, &f})
		}
		if _, err := e.Apply(2, list); err != nil && !errors.Is(err, ErrAllTouched) {
			t.Fatal(err)
		}
	}
	loose := CitySpec()
	// passes are those over the hits: one for a mosaic under a query; find, draw and write for parcels. What has changed is gone
	// over in the base and in the overlay, and its values are looked up.
	for name, c := range map[string]struct {
		spec   Spec
		change bool
		query  Query
		z      int
		passes int
	}{
		"mosaic under a filter":          {spec: spec, query: Query{Filter: mustFilter(t, spec, "parcels.status=planned|listed|sold")}, z: 8, passes: 1},
		"mosaic on a day":                {spec: spec, query: Query{At: 19000}, z: 8, passes: 1},
		"mosaic of changes on a day":     {spec: spec, change: true, query: Query{At: 19000}, z: 8, passes: 2},
		"parcels beyond the mosaic":      {spec: spec, z: 11, passes: 3},
		"parcels without a mosaic":       {spec: loose, z: 11, passes: 3},
		"changed parcels, no mosaic":     {spec: loose, change: true, z: 11, passes: 5},
		"filtered parcels, no mosaic":    {spec: loose, query: Query{Filter: mustFilter(t, loose, "parcels.status=planned|listed|sold")}, z: 11, passes: 3},
		"filtered and beyond the mosaic": {spec: spec, query: Query{Filter: mustFilter(t, spec, "parcels.status=planned|listed|sold")}, z: 11, passes: 3},
	} {
		t.Run(name, func(t *testing.T) {
			e := mosaicEngine(t, Options{MaxOverlay: 1 << 20, Builders: 1, CacheBytes: -1}, c.spec, parcels)
			if c.change {
				changes(e)
			}
			id := TilesOver(parcels[1500], c.z)[0]
			b := newBuilder()
			b.query = c.query
			hits, err := b.find(context.Background(), &e.spec.Layers[0], e.snap.Load().layers[0], gridOf(id))
			if err != nil {
				t.Fatal(err)
			}
			whole := patienceOf(math.MaxInt64)
			if _, err := e.build(whole, id, c.query); err != nil {
				t.Fatal(err)
			}
			looks := whole.looks.Load()
			if least := int64(c.passes * (len(hits) / lookEvery)); looks < least || len(hits) < 1500 {
				t.Errorf("%s: %d looks in %d passes over %d hits, want at least %d", id, looks, c.passes, len(hits), least)
			}
			for most := range looks {
				if _, err := e.build(patienceOf(most), id, c.query); !errors.Is(err, context.Canceled) {
					t.Fatalf("%s goes on after look %d of %d: %v", id, most+1, looks, err)
				}
				if len(e.slots) != 0 {
					t.Fatalf("%s keeps its slot", id)
				}
			}
		})
	}
}

// Between two looks a search goes over 256 features and no more, of the base and of
// the overlay.
func TestSearchLooksOften(t *testing.T) {
	parcels := crowd(6, 3000)
	e := mosaicEngine(t, Options{MaxOverlay: 1 << 20}, CitySpec(), parcels)
	var f finder
	for _, changed := range []bool{false, true} {
		l, full := e.snap.Load().layers[0], int64(len(parcels))
		if changed {
			full *= 2
			recs := map[uint64]*record{}
			for _, f := range parcels {
				r := *featureOf(t, l, f.ID)
				recs[f.ID] = &r
			}
			l = l.with(recs)
		}
		for most := range int64(100) {
			seen := int64(0)
			_, err := f.find(patienceOf(most), l, gridOf(ID{}).window(), func(uint32, *record) bool {
				seen++
				return true
			})
			if err == nil {
				if seen != full || most < full/lookEvery {
					t.Errorf("%d features with %d looks", seen, most)
				}
				break
			}
			if seen > most*lookEvery {
				t.Errorf("%d features with %d looks", seen, most)
			}
		}
	}
}
