package tiletest

import (
	"slices"
	"strings"
	"testing"
)

// The comparison must be able to refuse, and must allow what is allowed.
func TestSameFeatures(t *testing.T) {
	square := func(id uint64, side int64) Feature {
		return Feature{ID: id, Values: map[string]any{"code": "A"}, Polygons: []Polygon{{{{0, 0}, {side, 0}, {side, side}, {0, side}}}}}
	}
	bent := square(1, 100)
	bent.Polygons = []Polygon{{{{0, 0}, {50, 1}, {100, 0}, {100, 100}, {0, 100}}}}
	other := square(1, 100)
	other.Values = map[string]any{"code": "B"}
	layer := func(name string, fs ...Feature) []Layer { return []Layer{{Name: name, Features: fs}} }
	aside := Feature{ID: 4, Values: bent.Values, Polygons: []Polygon{{{{-40, 10}, {-20, 10}, {-20, 30}}}}}
	if faults := SameFeatures("1/2/3", nil, layer("parcels", aside), map[string]string{"parcels": "cells"}); faults != nil {
		t.Errorf("beside the tile: %v", faults)
	}
	if SameFeatures("1/2/3", nil, layer("parcels", aside), nil) == nil {
		t.Error("a feature in the buffer is missing, without a mosaic to excuse it")
	}
	plain := layer("parcels", bent, square(2, 200))
	note := Feature{ID: 0, Values: map[string]any{"layer": "parcels", "n": int64(1)}, Points: []XY{{2048, 2048}}}
	for name, c := range map[string]struct {
		shipped []Layer
		says    string
	}{
		"the same":              {plain, ""},
		"fewer vertices":        {layer("parcels", square(1, 100), square(2, 200)), ""},
		"cells instead":         {layer("cells", square(7, 64)), ""},
		"one left out, said":    {slices.Concat(layer("parcels", bent), layer(leftOut, note)), ""},
		"one left out, unsaid":  {layer("parcels", bent), "want 2"},
		"cells and features":    {slices.Concat(plain, layer("cells", square(7, 64))), "and 1 cells"},
		"neither":               {nil, "want 2"},
		"another feature":       {layer("parcels", bent, square(3, 200)), "3: is not in the plain tile"},
		"other attributes":      {layer("parcels", other, square(2, 200)), "has map[code:B]"},
		"a layer of no one's":   {slices.Concat(plain, layer("secret", square(9, 9))), "no such layer"},
		"a layer without shape": {layer("parcels", Feature{ID: 1, Values: bent.Values}, square(2, 200)), "has 0 polygons"},
	} {
		faults := strings.Join(SameFeatures("1/2/3", c.shipped, plain, map[string]string{"parcels": "cells"}), "\n")
		if (c.says == "") != (faults == "") || !strings.Contains(faults, c.says) {
			t.Errorf("%s: faults %q, want %q", name, faults, c.says)
		}
	}
}
