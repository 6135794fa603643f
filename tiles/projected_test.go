package tiles

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// What is remembered of a latitude is what projecting it gives, to the last bit.
func TestProjectedIsRemembered(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	var recent projected
	lats := []float64{0, math.Copysign(0, -1), 85.0511287798066, -85.0511287798066, 85.06, math.NaN(), math.Inf(1), 1e-300}
	for len(lats) < 4000 {
		lats = append(lats, rng.Float64()*160-80)
	}
	lons := []float64{-180, 180, 180.01, math.NaN(), 113.1}
	known := 0
	for range 40_000 {
		v := orb.Point{lons[rng.IntN(len(lons))], lats[rng.IntN(len(lats))]}
		for i := range recent.lat {
			if recent.lat[i] == v[1] {
				known++
				break
			}
		}
		gotX, gotY, got := recent.projectExact(v)
		wantX, wantY, want := projectExact(v)
		if got != want || got && (gotX != wantX || gotY != wantY) {
			t.Fatalf("%v: %v %v %v, want %v %v %v", v, gotX, gotY, got, wantX, wantY, want)
		}
	}
	if known < 1000 {
		t.Errorf("only %d were remembered", known)
	}
}
