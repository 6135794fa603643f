package tiles

import (
	"iter"
	"slices"
	"testing"
)

func TestHeavy(t *testing.T) {
	mosaic := &MosaicSpec{Name: "cells", Field: "status", MaxZoom: 13}
	few := City(1, 100, Yueyang(), 0.001)
	many := City(1, heavyFeatures, Yueyang(), 0.001)
	day := Query{At: 18_000}
	for name, c := range map[string]struct {
		mosaic   *MosaicSpec
		features []Feature
		z        uint32
		query    Query
		want     bool
	}{
		"few":                         {nil, few, 3, Query{}, false},
		"few, queried":                {mosaic, few, 3, day, false},
		"many":                        {nil, many, 3, Query{}, true},
		"many, at the last such zoom": {nil, many, heavyZoom, Query{}, true},
		"many, beyond it":             {nil, many, heavyZoom + 1, Query{}, false},
		"a mosaic":                    {mosaic, many, 3, Query{}, false},
		"a mosaic, queried":           {mosaic, many, 13, day, true},
		"beyond the mosaic":           {mosaic, many, 14, day, false},
		"no such zoom":                {nil, many, 23, Query{}, false},
	} {
		spec := CitySpec()
		spec.Layers[0].Mosaic = c.mosaic
		e, err := New(spec, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if e.Heavy(ID{Z: c.z}, c.query) {
			t.Errorf("%s: heavy before anything is loaded", name)
		}
		if err := e.Load(1, map[string]iter.Seq[Feature]{spec.Layers[0].Name: slices.Values(c.features)}); err != nil {
			t.Fatal(err)
		}
		if got := e.Heavy(ID{Z: c.z}, c.query); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
