package tiles

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// Where the tree has no finest cells, a tile of them is added up from the features
// and is the same, before and after changes; where features are many it has them.
func TestFineCellsThatAreNotKept(t *testing.T) {
	parcels := WithAreas(3, City(3, 300, Yueyang(), 0.004))
	spec := MosaicCity()
	coarse := mosaicEngine(t, Options{}, spec, parcels)
	spec.Layers[0].Mosaic.fine = true
	fine := mosaicEngine(t, Options{}, spec, parcels)
	rng := rand.New(rand.NewPCG(5, 5))
	same := func() (missing int) {
		t.Helper()
		for z := 0; z <= mosaicZoom; z++ {
			for _, id := range tilesOver(parcels, z) {
				tree := coarse.snap.Load().cells[0]
				var sums cellSums
				if !tree.gather(id, &sums) {
					missing++
				}
				var got [2][]byte
				for i, e := range []*Engine{coarse, fine} {
					b, s := newBuilder(), e.snap.Load()
					b.enc.reset()
					if err := b.cellsOf(context.Background(), &e.spec.Layers[0], s.layers[0], s.cells[0], id, gridOf(id)); err != nil {
						t.Fatal(err)
					}
					got[i] = bytes.Clone(b.enc.tile)
				}
				if !bytes.Equal(got[0], got[1]) {
					t.Fatalf("%s: %d bytes added up, %d kept", id, len(got[0]), len(got[1]))
				}
			}
		}
		return missing
	}
	if missing := same(); missing < 10 {
		t.Errorf("%d tiles have no cells in the tree", missing)
	}
	for k := range 40 {
		f := parcels[rng.IntN(len(parcels))]
		f.Values = slices.Clone(f.Values)
		f.Values[1] = []string{"planned", "sold", "new"}[rng.IntN(3)]
		f.M2 += 7
		for _, e := range []*Engine{coarse, fine} {
			if _, err := e.Apply(int64(k+2), []Change{{"parcels", f.ID, &f}}); err != nil && !errors.Is(err, ErrAllTouched) {
				t.Fatal(err)
			}
		}
	}
	if missing := same(); missing < 10 {
		t.Errorf("after changes %d tiles have no cells in the tree", missing)
	}
}

// A tile of fineZoom with many features has its finest cells, and so have those
// below it.
func TestFineCellsOfManyFeatures(t *testing.T) {
	parcels := WithAreas(4, City(4, mostCoarse+200, Yueyang(), 0.00002))
	e := mosaicEngine(t, Options{}, MosaicCity(), parcels)
	tree := e.snap.Load().cells[0]
	var sums cellSums
	for z := range mosaicZoom + 1 {
		for _, id := range tilesOver(parcels, z) {
			if z == fineZoom && tree.features(id) <= mostCoarse {
				t.Fatalf("%s has %d features: the test needs another place", id, tree.features(id))
			}
			if sums.reset(); !tree.gather(id, &sums) {
				t.Errorf("%s has no cells in the tree", id)
			}
		}
	}
}
