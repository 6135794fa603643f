package city

import (
	"math"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// What the benchmark says about its set is so.
func TestCityIsAsDescribed(t *testing.T) {
	c := New(40_000)
	again := New(40_000)
	vertices, least, most := 0, math.MaxInt, 0
	inTile := map[maptile.Tile]int{}
	shared := map[[2]orb.Point]int{}
	for i := range c.Len() {
		p := c.Parcel(i)
		if i%1000 == 7 && !reflect.DeepEqual(p, again.Parcel(i)) {
			t.Fatalf("parcel %d is another one the second time", i)
		}
		if p.ID != uint64(i)+1 || p.Ring[0] != p.Ring[len(p.Ring)-1] || p.Ring.Orientation() != orb.CW || p.Mu <= 0 {
			t.Fatalf("parcel %d: %+v", i, p)
		}
		if crosses(p.Ring) {
			t.Fatalf("the border of parcel %d crosses itself: %v", i, p.Ring)
		}
		vertices += len(p.Ring)
		least, most = min(least, len(p.Ring)), max(most, len(p.Ring))
		inTile[maptile.At(p.Ring[0], 12)]++
		for k := range p.Ring[:len(p.Ring)-1] {
			a, b := p.Ring[k], p.Ring[k+1]
			if shared[[2]orb.Point{b, a}] > 0 {
				shared[[2]orb.Point{b, a}]--
			} else {
				shared[[2]orb.Point{a, b}]++
			}
		}
	}
	if mean := float64(vertices) / 40_000; mean < 12.8 || mean > 13.2 || least != 5 || most < 22 || most > 30 {
		t.Errorf("%d to %d vertices, %.2f in the mean", least, most, mean)
	}
	densest := 0
	for _, n := range inTile {
		densest = max(densest, n)
	}
	if densest < 17_000 || densest > 19_000 {
		t.Errorf("the densest tile of zoom 12 has %d parcels", densest)
	}
	// Only the outline of the whole is not shared by two parcels.
	alone := 0
	for _, n := range shared {
		alone += n
	}
	if outline := 4 * 200; alone < outline || alone > 4*outline {
		t.Errorf("%d sides belong to one parcel alone", alone)
	}
}

// crosses tells whether two sides of a ring have a point inside both in common.
func crosses(r orb.Ring) bool {
	side := func(a, b, p orb.Point) float64 { return (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0]) }
	for i := range len(r) - 1 {
		for k := i + 1; k < len(r)-1; k++ {
			a, b, c, d := r[i], r[i+1], r[k], r[k+1]
			if side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0 {
				return true
			}
		}
	}
	return false
}
