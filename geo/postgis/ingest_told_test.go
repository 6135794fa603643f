package postgis

import (
	"fmt"
	"reflect"
	"testing"

	"tengdi/geo"
)

// What an import corrects is told from and to, like any correction, and the row
// has its next version.
func TestIngestTellsWhatItCorrects(t *testing.T) {
	s := townStore(t)
	ingest(t, s, geo.IngestOptions{Layer: geo.AreaLayer, SRID: geo.WGS84, File: "片区.shp"},
		row(1, square(2000, 0, 300).Geometry, "code", "A03", "plan_mu", "51.5", "deadline", "2020-01-01", "name", "岳州古城"))
	ingest(t, s, parcelOptions(), row(1, square(1000, 0, 90).Geometry, "code", "P04", "survey_m2", "8000.5", "area", "A01"))
	ingest(t, s, parcelOptions(), row(1, square(0, 200, 99).Geometry, "code", "P03"))
	last := func(collection, code string) geo.Event {
		h, err := s.History(t.Context(), geo.Staff, collection, code)
		f, err2 := s.Feature(t.Context(), geo.Staff, collection, code)
		if err != nil || err2 != nil || f.Version != 2 {
			t.Fatalf("%s: version %d, %v, %v", code, f.Version, err, err2)
		}
		return h[len(h)-1]
	}
	want := map[string]any{
		"file": "片区.shp", "row": 1.0,
		"plan_mu":  map[string]any{"from": 50.0, "to": 51.5},
		"deadline": map[string]any{"from": nil, "to": "2020-01-01"},
	}
	if e := last("areas", "A03"); e.Verb != geo.Corrected || !reflect.DeepEqual(e.Data, want) {
		t.Errorf("the area: %v", e.Data)
	}
	e := last("parcels", "P04")
	size, _ := e.Data["official_m2"].(map[string]any)
	if fmt.Sprint(e.Data["survey_m2"], e.Data["area"], size["to"]) != "map[from:<nil> to:8000.5] map[from:A02 to:A01] 8000.5" || e.Data["area_m2"] != nil {
		t.Errorf("the parcel: %v", e.Data)
	}
	e = last("parcels", "P03") // surveyed: another shape, the same size
	if shape, _ := e.Data["area_m2"].(map[string]any); shape["from"] == shape["to"] || shape["to"] == nil || e.Data["official_m2"] != nil {
		t.Errorf("the shape: %v", e.Data)
	}
}
