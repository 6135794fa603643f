package postgis

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// What an import corrects is told from and to, like any correction, and the row
// has its next version.
func TestIngestTellsWhatItCorrects(t *testing.T) {
	t.Parallel()
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

// What is entered from old papers began when it began: its moves can be dated
// back as far as the import says, and no farther.
func TestIngestOfThePast(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	since := geo.CivilDay(time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC))
	o := parcelOptions()
	o.On = since
	ingest(t, s, o, row(1, square(1200, 100, 50).Geometry, "code", "N1", "area", "A01"))
	h, err := s.History(t.Context(), geo.Staff, "parcels", "N1")
	if err != nil || len(h) != 1 || geo.CivilDay(h[0].On) != since {
		t.Fatalf("history %+v, %v", h, err)
	}
	move := geo.Transition{Entity: geo.ParcelMachine, Code: "N1", To: "planned"}
	for on, late := range map[geo.Day]bool{since - 1: true, since: false} {
		move.On = on.Date()
		_, err := s.Transition(t.Context(), planner(), move)
		if got := strings.Contains(guards(err), "not_before_last"); got != late {
			t.Errorf("on %s: refused for %s", on, guards(err))
		}
	}
	// What was known before keeps its beginning.
	o.On = since - 100
	if r := ingest(t, s, o, row(1, square(1200, 100, 50).Geometry, "code", "N1", "name", "新名")); r.Updated != 1 {
		t.Fatalf("%+v", r)
	}
	if h, err = s.History(t.Context(), geo.Staff, "parcels", "N1"); err != nil || geo.CivilDay(h[0].On) != since {
		t.Errorf("history %+v, %v", h, err)
	}
	o.On = geo.DayOf(time.Now(), nil) + 2
	if _, err := s.Ingest(t.Context(), planner(), o, rowsOf()); geo.KindOf(err) != geo.Invalid {
		t.Errorf("an import of tomorrow: %v", err)
	}
}
