package tiles_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/tiles"
	"tengdi/tiles/tiletest"
)

// Shapes made to go wrong when they are snapped: stars, slivers, and one of so many
// crossings that it is rebuilt on a coarser grid. PostGIS finds every result valid.
func TestWildShapesAreValid(t *testing.T) {
	conn := connect(t)
	spec := tiles.Spec{Name: "wild", MaxZoom: 19, Layers: []tiles.LayerSpec{{Name: "wild", MaxZoom: 19}}}
	e, err := tiles.New(spec, tiles.Options{CacheBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(8, 8))
	shapes := []orb.MultiPolygon{{{tiles.Star(rng, orb.Point{105, 25}, 12_000, 1, 2)}}}
	zooms := []int{6}
	for range 1500 {
		zooms = append(zooms, 3+rng.IntN(15))
		shapes = append(shapes, tiles.WildShape(rng, zooms[len(zooms)-1]))
	}
	drawn := 0
	for i, m := range shapes {
		f := tiles.Feature{ID: uint64(i), Geometry: m}
		if err := e.Load(int64(i), tiles.Seqs(map[string][]tiles.Feature{"wild": {f}})); err != nil {
			t.Fatal(err)
		}
		over := tiles.TilesOver(f, max(zooms[i]-rng.IntN(4), 0))
		for _, id := range over[:min(len(over), 6)] {
			got := features(t, e, id)
			drawn += len(got)
			bad, why, err := tiletest.Invalid(context.Background(), conn, got)
			if err != nil || bad > 0 {
				t.Errorf("shape %d in %s: %s %v", i, id, why, err)
			}
		}
	}
	st := e.Stats()
	t.Logf("%d drawn, %d repaired, %d of them coarse, %d stand-ins", drawn, st.Repaired, st.Coarse, st.StandIns)
	if drawn < 1500 || st.Repaired < 100 || st.StandIns < 20 || st.Coarse == 0 || st.Unrepaired != 0 {
		t.Errorf("%+v", st)
	}
}

// Simplified parcels are valid too, those encoded ahead and those that are not, and
// each is drawn.
func TestSimplifiedParcelsAreValid(t *testing.T) {
	conn := connect(t)
	parcels := tiles.City(21, 4000, tiles.Yueyang(), 0.0007) // few enough for the budget of a tile
	e, err := tiles.NewCity(tiles.Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := tiles.NewCity(tiles.Options{Plain: true}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(21, 21))
	drawn, all, bytes, plainBytes := 0, 0, 0, 0
	for n := range 160 {
		over := tiles.TilesOver(parcels[rng.IntN(len(parcels))], 8+n%10)
		id := over[rng.IntN(len(over))]
		got := features(t, e, id)
		bad, why, err := tiletest.Invalid(context.Background(), conn, got)
		if err != nil || bad > 0 {
			t.Errorf("%s: %d invalid, %s %v", id, bad, why, err)
		}
		drawn, all = drawn+len(got), all+len(features(t, plain, id))
		bytes, plainBytes = bytes+size(t, e, id), plainBytes+size(t, plain, id)
	}
	t.Logf("%d features in %d bytes, plain %d in %d", drawn, bytes, all, plainBytes)
	if drawn != all || drawn < 20_000 {
		t.Errorf("%d features are drawn, %d without simplification", drawn, all)
	}
	if 10*bytes > 9*plainBytes {
		t.Errorf("simplified %d bytes, plain %d", bytes, plainBytes)
	}
}

func size(t *testing.T, e *tiles.Engine, id tiles.ID) int {
	t.Helper()
	tile, err := e.Tile(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return len(tile.Raw)
}
