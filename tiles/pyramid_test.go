package tiles

import (
	"math/rand/v2"
	"testing"

	"tengdi/tiles/tiletest"
)

// P-13: a tile has the features of the four below it, put together. The four
// reach as far beyond the edge as half of its own buffer, so what it has alone
// lies in the outer half; what they have alone is too small for its zoom.
func TestTileIsItsFour(t *testing.T) {
	parcels := City(12, 2500, Yueyang(), 0.001)
	rng := rand.New(rand.NewPCG(13, 13))
	areas := map[uint64]float64{}
	for _, f := range parcels {
		rec, err := (&packer{maxVertices: 1 << 20}).pack(&CitySpec().Layers[0], f)
		if err != nil {
			t.Fatal(err)
		}
		areas[f.ID] = rec.area
	}
	for _, o := range []Options{{Plain: true}, {}} {
		e, err := NewCity(o, parcels, nil)
		if err != nil {
			t.Fatal(err)
		}
		both, above, below := 0, 0, 0
		for range 120 {
			z := 6 + rng.IntN(11)
			over := TilesOver(parcels[rng.IntN(len(parcels))], z)
			id := over[rng.IntN(len(over))]
			parent := byFeature(t, e, id)
			four := map[uint64]bool{}
			for k := range uint32(4) {
				for fid := range byFeature(t, e, ID{id.Z + 1, 2*id.X + k&1, 2*id.Y + k>>1}) {
					four[fid] = true
				}
			}
			for fid := range four {
				if _, ok := parent[fid]; ok {
					both++
					continue
				}
				below++
				if areas[fid] >= unit2(z) {
					t.Errorf("plain %v: %s has not feature %d, one of the four below has", o.Plain, id, fid)
				}
			}
			for fid, f := range parent {
				if four[fid] {
					continue
				}
				above++
				if reaches(f, Buffer/2-1) {
					t.Errorf("plain %v: %s has feature %d, none of the four below has: %v", o.Plain, id, fid, f.Polygons)
				}
			}
		}
		t.Logf("plain %v: %d features in both, %d above only, %d below only", o.Plain, both, above, below)
		if both < 10_000 || above == 0 || below == 0 {
			t.Errorf("plain %v: %d features in both, %d above only, %d below only", o.Plain, both, above, below)
		}
	}
}

func byFeature(t *testing.T, e *Engine, id ID) map[uint64]tiletest.Feature {
	t.Helper()
	out := map[uint64]tiletest.Feature{}
	for _, f := range mustDecode(t, e, id)["parcels"].Features {
		out[f.ID] = f
	}
	return out
}

// reaches tells whether a feature has a vertex in the tile with so many units
// around it.
func reaches(f tiletest.Feature, margin int64) bool {
	for _, p := range f.Polygons {
		for _, r := range p {
			for _, v := range r {
				if max(v[0], v[1]) < Extent+margin && min(v[0], v[1]) > -margin {
					return true
				}
			}
		}
	}
	return false
}
