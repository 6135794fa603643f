package exchange

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

func box(x, y, size float64) orb.Bound {
	return orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + size, y + size}}
}

func TestGuessCRS(t *testing.T) {
	yueyang := orb.Bound{Min: orb.Point{113.0659, 29.2389}, Max: orb.Point{113.3455, 29.4579}}
	// 113.0884, 29.3807 in the systems of the zone, as PROJ has it.
	const east, north = 411500.172, 3251811.124
	gcj := orb.Bound{Min: ToGCJ02(yueyang.Min), Max: ToGCJ02(yueyang.Max)}
	all := make([]int, 0, 21)
	for c := 4534; c <= 4554; c++ {
		all = append(all, c)
	}
	for name, c := range map[string]struct {
		box, district orb.Bound
		want          []int
		swapped       bool
		datum         Datum
	}{
		"degrees in China":        {box(113.1, 29.3, 0.1), orb.Bound{}, []int{4326, 4490}, false, ""},
		"degrees abroad":          {box(9, 54, 0.1), orb.Bound{}, []int{4326}, false, ""},
		"degrees, lat first":      {box(29.3, 113.1, 0.1), orb.Bound{}, []int{4326}, true, ""},
		"GCJ-02":                  {gcj, yueyang, []int{4326, 4326, 4490}, false, GCJ02},
		"3-degree zone":           {box(38e6+east, north, 100), orb.Bound{}, []int{4526, 2362, 2414}, false, ""},
		"3-degree zone, frame":    {box(38e6+east, north, 100), yueyang, []int{4526, 2362, 2414}, false, ""},
		"3-degree zone, swapped":  {box(north, 38e6+east, 100), yueyang, []int{4526, 2362, 2414}, true, ""},
		"6-degree zone":           {box(19703912.6, 3250616, 100), orb.Bound{}, []int{4497, 2333, 21419}, false, ""},
		"no zone, frame":          {box(east, north, 100), yueyang, []int{4547}, false, ""},
		"no zone, frame, swapped": {box(north, east, 100), yueyang, []int{4547}, true, ""},
		"no zone, no frame":       {box(east, north, 100), orb.Bound{}, all, false, ""},
		"6-degree meridian":       {box(703912.6, 3250616, 100), yueyang, []int{4508, 32649}, false, ""},
		"Schleswig-Holstein":      {box(32426393, 6004025, 1000), orb.Bound{}, []int{4647}, false, ""},
		"zone 32 in China":        {box(32426393, 4004025, 1000), orb.Bound{}, []int{4520, 2356, 2408}, false, ""},
		"Web Mercator":            {box(12588000, 3422000, 1000), yueyang, []int{3857}, false, ""},
		"Web Mercator, no frame":  {box(12588000, 3422000, 1000), orb.Bound{}, []int{3857}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int
			found := GuessCRS(c.box, c.district)
			for _, f := range found {
				got = append(got, f.EPSG)
				if f.Zh == "" || f.En == "" || f.Swapped != c.swapped {
					t.Errorf("%+v", f)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("%v, want %v", got, c.want)
			}
			if found[0].Datum != c.datum {
				t.Errorf("datum %q", found[0].Datum)
			}
		})
	}
	netherlands := GuessCRS(orb.Bound{Min: orb.Point{62457, 346308}, Max: orb.Point{252276, 585260}}, orb.Bound{})
	if len(netherlands) == 0 || netherlands[0].EPSG != 28992 {
		t.Errorf("Netherlands: %+v", netherlands)
	}
	denmark := GuessCRS(box(560000, 6200000, 1000), orb.Bound{})
	if len(denmark) == 0 || denmark[0].EPSG != 25832 {
		t.Errorf("Denmark: %+v", denmark)
	}
	if got := GuessCRS(orb.Bound{}, yueyang); got != nil {
		t.Errorf("no coordinates: %v", got)
	}
}

func TestSwapAxes(t *testing.T) {
	mp := orb.MultiPolygon{{square(3251811, 411500, 10, true)}}
	SwapAxes(mp)
	if mp[0][0].Bound() != box(411500, 3251811, 10) || signedArea(mp[0][0]) <= 0 {
		t.Errorf("%v", mp)
	}
}
