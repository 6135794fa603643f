package tiles

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"
)

func TestTileJSON(t *testing.T) {
	spec := CitySpec()
	spec.MinZoom, spec.MaxZoom = 5, 16
	spec.Layers = append(spec.Layers, LayerSpec{Name: "deep", MinZoom: 18, MaxZoom: 19})
	e, err := New(spec, Options{})
	if err != nil {
		t.Fatal(err)
	}
	square := orb.Polygon{{{113, 29}, {113.5, 29}, {113.5, 29.25}, {113, 29.25}, {113, 29}}}
	err = e.Load(4, Seqs(map[string][]Feature{
		"parcels": {
			{ID: 1, Geometry: square, Values: []Value{"a", nil, int64(1), 2.5, true}},
			{ID: 2, Geometry: square, Values: []Value{"a", nil, -2.5, int64(-1), "mixed"}},
		},
		"problems": {{ID: 1, Geometry: orb.Point{112.5, 29.1}, Values: []Value{nil}}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	doc := e.TileJSON("https://x/{z}/{x}/{y}.mvt", TileJSONOptions{
		Attribution: "示例数据", Descriptions: map[string]string{"parcels": "Parcels"},
	})
	if doc.TileJSON != "3.0.0" || doc.Name != "test" || doc.MinZoom != 5 || doc.MaxZoom != 16 || doc.Tiles[0] != "https://x/{z}/{x}/{y}.mvt" {
		t.Errorf("%+v", doc)
	}
	for i, want := range []float64{112.5, 29, 113.5, 29.25} {
		if math.Abs(doc.Bounds[i]-want) > 1e-6 {
			t.Errorf("bounds %v", doc.Bounds)
		}
	}
	if len(doc.VectorLayers) != 3 || doc.VectorLayers[2].ID != leftOutLayer || doc.VectorLayers[2].Fields["n"] != "Number" {
		t.Fatalf("layers %+v", doc.VectorLayers)
	}
	want := map[string]string{"code": "String", "status": "", "price": "Number", "mu": "Number", "flag": ""}
	for k, v := range want {
		if got, ok := doc.VectorLayers[0].Fields[k]; !ok || got != v {
			t.Errorf("field %s is %q, want %q", k, got, v)
		}
	}
	if l := doc.VectorLayers[1]; l.MinZoom != 10 || l.MaxZoom != 16 || l.ID != "problems" {
		t.Errorf("%+v", l)
	}
	if z := doc.Center[2]; z != 9 {
		t.Errorf("a degree fits two tiles at zoom %v", z)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(b, &back); err != nil || back["tilejson"] != "3.0.0" || back["vector_layers"] == nil {
		t.Errorf("%s", b)
	}
	// What is taken away leaves no trace in the bounds or the types.
	if _, err := e.Apply(5, []Change{{"problems", 1, nil}, {"parcels", 2, nil}}); err != nil && !errors.Is(err, ErrAllTouched) {
		t.Fatal(err)
	}
	doc = e.TileJSON("", TileJSONOptions{})
	if math.Abs(doc.Bounds[0]-113) > 1e-6 || doc.VectorLayers[0].Fields["flag"] != "Boolean" {
		t.Errorf("%+v", doc)
	}
}
