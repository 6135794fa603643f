package web

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tengdi/geo"
)

func TestCoordinates(t *testing.T) {
	for v, want := range map[float64]string{
		113.12345678901: "113.1234568", 0: "0", -0.00000001: "0", 1: "1", -180: "-180", 29.3000001: "29.3000001",
		29.30000009: "29.3000001", 100: "100", 1e-7: "0.0000001", math.Copysign(0, -1): "0",
	} {
		if got := string(appendCoordinate(nil, v)); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestCoordinatesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-180, 180).Draw(t, "degrees")
		text := appendCoordinate(nil, v)
		var back float64
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%v is written %s: %v", v, text, err)
		}
		if math.Abs(back-v) > 0.51e-7 || strings.ContainsAny(string(text), "eE") {
			t.Fatalf("%v is written %s", v, text)
		}
	})
}

func TestNumbersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1e15, 1e15).Draw(t, "number")
		var back float64
		if err := json.Unmarshal(appendNumber(nil, v), &back); err != nil || back != v {
			t.Fatalf("%v comes back as %v, %v", v, back, err)
		}
	})
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(appendNumber(nil, v)); got != "null" {
			t.Errorf("%v is written %s", v, got)
		}
	}
}

func TestGeometries(t *testing.T) {
	ring := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	cases := []struct {
		g    orb.Geometry
		want string
	}{
		{nil, `null`},
		{orb.Point{113.1, 29.3}, `{"type":"Point","coordinates":[113.1,29.3]}`},
		{orb.MultiPoint{{1, 2}}, `{"type":"MultiPoint","coordinates":[[1,2]]}`},
		{orb.LineString{{1, 2}, {3, 4}}, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`},
		{orb.MultiLineString{{{1, 2}, {3, 4}}}, `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}`},
		{orb.Polygon{ring}, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`},
		{orb.MultiPolygon{{ring}}, `{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}`},
		{orb.MultiPolygon{}, `{"type":"MultiPolygon","coordinates":[]}`},
	}
	for _, c := range cases {
		got, err := appendGeometry(nil, c.g)
		if err != nil || string(got) != c.want {
			t.Errorf("%T: %s, %v", c.g, got, err)
		}
	}
	if _, err := appendGeometry(nil, orb.Collection{orb.Point{}}); err == nil {
		t.Error("a collection is written")
	}
}

// What is not among the fields is not written, even when the store sends it.
func TestFeatureKeepsToTheFields(t *testing.T) {
	f := geo.Feature{
		Collection: "parcels", FID: 7, Code: `P"1`, Geometry: orb.Point{1, 2},
		Properties: map[string]any{
			"code": `P"1`, "name": "机密</script>", "reserve_wan": 12345.0, "households": 3, "mu": 33.75,
			"notice_on": time.Date(2018, 8, 1, 0, 0, 0, 0, time.UTC), "years": int64(40),
		},
	}
	b, err := appendFeature(nil, f, fieldsFor(geo.Public, "parcels"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID         string
		Properties map[string]any
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	for _, name := range []string{"reserve_wan", "households", "industry"} {
		if _, there := got.Properties[name]; there {
			t.Errorf("the public reads %s: %s", name, b)
		}
	}
	if got.ID != `P"1` || got.Properties["notice_on"] != "2018-08-01" || got.Properties["mu"] != 33.75 || got.Properties["fid"] != 7.0 {
		t.Errorf("feature: %s", b)
	}
	if v, there := got.Properties["buyer"]; !there || v != nil {
		t.Errorf("a field without a value is %v, there %v; want null", v, there)
	}
	if strings.Contains(string(b), "</script>") {
		t.Errorf("markup is written raw: %s", b)
	}
	staff, err := appendFeature(nil, f, fieldsFor(geo.Staff, "parcels"))
	if err != nil || !strings.Contains(string(staff), `"reserve_wan":12345,`) {
		t.Errorf("staff do not read the reserve price: %s, %v", staff, err)
	}
	f.Properties["mu"] = struct{}{}
	if _, err := appendFeature(nil, f, fieldsFor(geo.Public, "parcels")); err == nil {
		t.Error("a property of an unknown type is written")
	}
}
