package exchange

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo/exchange/fixture"
)

// What is wrong with each bad file of geojsonhint. One code stands for the
// file or for each of its rows; a code with ~ is a warning on a row that was
// mended. Files of points and lines that break no rule we check are refused
// for that: only polygons are land.
func geojsonhintBad() map[string][]string {
	return map[string][]string{
		"bad-duplicate-properties":            {"duplicate-key"},
		"bad-featurelist":                     {"position-too-short"},
		"bad-json":                            {"json-broken"},
		"bad-object-type":                     {"type-not-string"},
		"bad-polygon-interiorring-rhr":        {"~winding-mended"},
		"bad-polygonloop":                     {"coordinates-nesting"},
		"bad-properties-as-array":             {"properties-not-object"},
		"badcoord":                            {"coordinate-not-number"},
		"badcoordtype":                        {"position-too-short"},
		"badfeature":                          {"not-a-feature"},
		"badfeatureid":                        {"id-invalid"},
		"bbox-4or6elements":                   {"bbox-invalid"},
		"bbox-contains-string":                {"bbox-invalid"},
		"bbox-string":                         {"bbox-invalid"},
		"different-first-last":                {"ring-not-closed"},
		"different-first-size":                {"mixed-dimensions"},
		"excessive_precision_truncated":       {"not-a-polygon"},
		"expected_object":                     {"properties-not-object"},
		"false":                               {"not-a-polygon"},
		"feature_changed_semantics":           {"member-not-allowed"},
		"featurecollection":                   {"features-missing"},
		"featurecollection-obj":               {"features-not-array"},
		"featurecollection-type-case":         {"unknown-type"},
		"featurecollection_changed_semantics": {"member-not-allowed"},
		"geometry_changed_semantics":          {"member-not-allowed"},
		"geometrycollection_nested":           {"not-a-polygon"},
		"geometrycollection_single":           {"not-a-polygon"},
		"multiple_problems":                   {"id-invalid", "not-a-polygon", "not-a-feature", "coordinates-not-array"},
		"multipoint-multidimension":           {"coordinates-nesting"},
		"multipoint-nondimension":             {"coordinates-nesting"},
		"nofeaturetype":                       {"not-a-feature"},
		"notype":                              {"type-missing"},
		"point":                               {"coordinates-missing"},
		"point-labeled-as-a-multipolygon":     {"coordinates-nesting"},
		"point-string":                        {"coordinate-not-number"},
		"point-toofew":                        {"position-too-short"},
		"point-toomany":                       {"not-a-polygon"},
		"polygon_winding_order":               {"~winding-mended"},
		"rootstring":                          {"root-not-object"},
		"short-line":                          {"not-a-polygon"},
		"short-linearring":                    {"ring-too-short"},
		"short-multilinestring":               {"not-a-polygon"},
		"stringcoord":                         {"coordinate-not-number", "not-a-polygon"},
		"unknowntype":                         {"unknown-type"},
	}
}

func TestGeojsonhintBadFiles(t *testing.T) {
	dir := filepath.Join(fixture.Dir(t), "geojsonhint", "test", "data", "bad")
	files, err := filepath.Glob(filepath.Join(dir, "*.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	want := geojsonhintBad()
	if len(files) != 44 || len(want) != 44 {
		t.Fatalf("%d files and %d expectations, want 44", len(files), len(want))
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".geojson")
		t.Run(name, func(t *testing.T) {
			_, rows, err := readFile(t, path, Options{})
			if err != nil {
				if len(want[name]) != 1 {
					t.Fatal(err)
				}
				wantCode(t, err, want[name][0])
				return
			}
			var got []string
			for _, r := range rows {
				switch {
				case r.Problem != nil:
					got = append(got, r.Problem.Code)
				case len(r.Warnings) > 0:
					got = append(got, "~"+r.Warnings[0].Code)
				default:
					got = append(got, "read without a word")
				}
			}
			if !slices.Equal(got, want[name]) {
				t.Errorf("%q, want %q", got, want[name])
			}
		})
	}
}

func TestGeojsonhintGoodFiles(t *testing.T) {
	dir := filepath.Join(fixture.Dir(t), "geojsonhint", "test", "data", "good")
	files, err := filepath.Glob(filepath.Join(dir, "*.geojson"))
	if err != nil || len(files) != 18 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	polygons := map[string]int{ // row → how many of the rows are land
		"good-featurecollection": 1, "good-featurecollection-extensions": 1, "good-polygon": 1, "issue82": 1, "multipolygon": 1,
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".geojson")
		_, rows := mustRead(t, path, Options{})
		land := 0
		for _, r := range rows {
			switch {
			case r.Problem == nil && len(r.Geometry) > 0:
				land++
			case r.Problem == nil || r.Problem.Code != "not-a-polygon" && (name != "nullgeometry" || r.Problem.Code != "geometry-null"):
				t.Errorf("%s row %d: %+v", name, r.Number, r.Problem)
			}
		}
		if land != polygons[name] || len(rows) == 0 {
			t.Errorf("%s: %d of %d rows are land, want %d", name, land, len(rows), polygons[name])
		}
	}
}

// Counts as GDAL 3.6.2 gives them, and one value of each table.
func TestRealFiles(t *testing.T) {
	dir := fixture.Dir(t)
	for _, c := range []struct {
		file                                string
		format                              string
		rows, multi, holes, vertices, epsg  int
		column, value                       string // of the first row
		encoding                            string
		west, south, east, north, tolerance float64
	}{
		{"formats/brpgewaspercelen_definitief_2023.gpkg", GeoPackage, 100, 0, 5, 4935, 28992, "gewas", "Sloot", "UTF-8", 62457.7406, 346308.542, 252276.3258, 585260.335, 1e-3},
		{"formats/Marker_2026.zip", Shapefile, 100, 0, 8, 5250, 25832, "", "", "windows-1252", 0, 0, 0, 0, 0},
		{"formats/Feldbloecke_2026_GPKG.zip", GeoPackage, 100, 0, 35, 4630, 4647, "", "", "UTF-8", 32426393.68, 6004025.66, 32459120.47, 6089808.0, 1e-2},
		{"favelas/favelas.shp", Shapefile, 38, 1, 1, 2099, 4674, "", "", "UTF-8", 0, 0, 0, 0, 0},
		{"favelas/sao_vicente_favelas_ibge2022.geojson", GeoJSON, 38, 1, 1, 2099, 4326, "", "", "UTF-8", 0, 0, 0, 0, 0},
		{"yueyang/counties_wgs84.geojson", GeoJSON, 9, 1, 0, 9682, 4326, "name", "岳阳楼区", "UTF-8", 0, 0, 0, 0, 0},
		{"yueyang/counties_gcj02.geojson", GeoJSON, 9, 1, 0, 9682, 4326, "name", "岳阳楼区", "UTF-8", 0, 0, 0, 0, 0},
		{"yueyang/counties_cgcs2000_1to4m.geojson", GeoJSON, 9, 0, 0, 375, 4326, "", "", "UTF-8", 0, 0, 0, 0, 0},
		{"yueyang/hydro_1to4m.geojson", GeoJSON, 3, 1, 15, 2727, 4326, "", "", "UTF-8", 0, 0, 0, 0, 0},
		{"shp/fiona/coutwildrnp.zip", Shapefile, 67, 0, 0, 6606, 4326, "STATE", "UT", "UTF-8", 0, 0, 0, 0, 0},
		{"shp/fiona/gre.shp", Shapefile, 1, 0, 0, 426, 4326, "name_ru", "Гренада", "UTF-8", 0, 0, 0, 0, 0},
		{"shp/fiona/issue627.geojson", GeoJSON, 3, 0, 0, 384, 4326, "", "", "UTF-8", 0, 0, 0, 0, 0},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			h, rows := mustRead(t, filepath.Join(dir, filepath.FromSlash(c.file)), Options{})
			if h.Format != c.format || h.Rows != c.rows || h.CRS.EPSG != c.epsg || !strings.HasPrefix(h.Encoding, c.encoding) {
				t.Errorf("header %+v", h)
			}
			multi, holes, vertices := 0, 0, 0
			bound := emptyBound()
			for i, r := range rows {
				if r.Problem != nil || r.Number != i+1 || len(r.Attrs) != len(h.Columns) {
					t.Fatalf("row %d: %+v", i+1, r)
				}
				if len(r.Geometry) > 1 {
					multi++
				}
				for _, p := range r.Geometry {
					holes += len(p) - 1
					for _, ring := range p {
						vertices += len(ring)
						bound = bound.Union(ring.Bound())
					}
				}
			}
			if len(rows) != c.rows || multi != c.multi || holes != c.holes || vertices != c.vertices {
				t.Errorf("%d rows, %d multi, %d holes, %d vertices", len(rows), multi, holes, vertices)
			}
			if c.column != "" {
				if i := slices.Index(h.Columns, c.column); i < 0 || rows[0].Attrs[i] != c.value {
					t.Errorf("%q in %q, want %s=%s", rows[0].Attrs, h.Columns, c.column, c.value)
				}
			}
			if c.tolerance > 0 && (!near(bound.Min[0], c.west, c.tolerance) || !near(bound.Min[1], c.south, c.tolerance) ||
				!near(bound.Max[0], c.east, c.tolerance) || !near(bound.Max[1], c.north, c.tolerance)) {
				t.Errorf("bound %v", bound)
			}
		})
	}
}

// The shifted and the true counties differ by the shift and nothing else, and
// are told apart by the district's frame.
func TestShiftedCounties(t *testing.T) {
	dir := filepath.Join(fixture.Dir(t), "yueyang")
	_, shifted := mustRead(t, filepath.Join(dir, "counties_gcj02.geojson"), Options{})
	_, straight := mustRead(t, filepath.Join(dir, "counties_wgs84.geojson"), Options{})
	var boxes, trueBoxes []orb.Bound
	for i := range shifted {
		got := GCJ02.Unshift(shifted[i].Geometry)
		want := straight[i].Geometry
		for j := range want {
			for k := range want[j] {
				for l := range want[j][k] {
					if d := math.Hypot(got[j][k][l][0]-want[j][k][l][0], got[j][k][l][1]-want[j][k][l][1]); d > 1e-6 {
						t.Fatalf("row %d is off by %g degrees", i+1, d)
					}
				}
			}
		}
		boxes = append(boxes, shifted[i].Geometry.Bound())
		trueBoxes = append(trueBoxes, want.Bound())
	}
	whole := straight[0].Geometry.Bound()
	for _, b := range trueBoxes {
		whole = whole.Union(b)
	}
	yueyanglou := orb.Bound{Min: orb.Point{113.0659, 29.2389}, Max: orb.Point{113.3455, 29.4579}}
	for name, frame := range map[string]orb.Bound{"the nine counties": whole, "one of them": yueyanglou} {
		if d := GuessDatum(boxes, frame); d != GCJ02 {
			t.Errorf("frame of %s: shifted counties are taken for %q", name, d)
		}
		if d := GuessDatum(trueBoxes, frame); d != Unshifted {
			t.Errorf("frame of %s: true counties are taken for %q", name, d)
		}
	}
}

// The JSON files of mbostock/shapefile are what its reader gives. Dates are
// written with hyphens here, and rings the other way round.
func TestMbostockExpectations(t *testing.T) {
	dir := filepath.Join(fixture.Dir(t), "shp", "mbostock")
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	polygons := 0
	for _, path := range files {
		name := strings.TrimSuffix(path, ".json")
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want struct {
				Features []struct {
					Properties map[string]any
					Geometry   *struct {
						Type        string
						Coordinates json.RawMessage
					}
				}
			}
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			h, rows := mustRead(t, name+".shp", Options{})
			if len(rows) != len(want.Features) {
				t.Fatalf("%d rows, want %d", len(rows), len(want.Features))
			}
			for i, f := range want.Features {
				switch {
				case f.Geometry == nil:
					if rows[i].Problem == nil || rows[i].Problem.Code != "null-shape" {
						t.Errorf("row %d: %+v, want a null shape", i+1, rows[i])
					}
				case strings.HasSuffix(f.Geometry.Type, "Polygon"):
					polygons++
					comparePolygons(t, rows[i], f.Geometry.Type, f.Geometry.Coordinates)
				default:
					if rows[i].Problem == nil || rows[i].Problem.Code != "not-a-polygon" {
						t.Errorf("row %d: %+v, want %s refused", i+1, rows[i], f.Geometry.Type)
					}
				}
				compareProperties(t, h.Columns, rows[i].Attrs, f.Properties)
			}
		})
	}
	if polygons != 8 {
		t.Errorf("%d polygons were compared", polygons)
	}
}

func comparePolygons(t *testing.T, row Row, kind string, coordinates json.RawMessage) {
	t.Helper()
	var want orb.MultiPolygon
	var err error
	if kind == "Polygon" {
		want = orb.MultiPolygon{nil}
		err = json.Unmarshal(coordinates, &want[0])
	} else {
		err = json.Unmarshal(coordinates, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	orient(want)
	if row.Problem != nil || !reflect.DeepEqual(row.Geometry, want) {
		t.Errorf("row %d: %v %+v, want %v", row.Number, row.Geometry, row.Problem, want)
	}
}

func compareProperties(t *testing.T, columns, attrs []string, want map[string]any) {
	t.Helper()
	for i, c := range columns {
		v, ok := want[c]
		text := ""
		switch v := v.(type) {
		case string:
			text = v
			if c == "date" {
				text = v[:4] + "-" + v[4:6] + "-" + v[6:]
			}
		case float64:
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		case bool:
			text = map[bool]string{true: "true", false: "false"}[v]
		}
		if ok && attrs[i] != text || !ok && c != "FID" && attrs[i] != "" {
			t.Errorf("%s is %q, want %q", c, attrs[i], text)
		}
	}
}

func TestOtherShapefiles(t *testing.T) {
	dir := filepath.Join(fixture.Dir(t), "shp")
	for _, name := range []string{"polygon", "polygonm", "polygonz"} {
		_, rows := mustRead(t, filepath.Join(dir, "go-shp", "test_files", name+".shp"), Options{})
		if len(rows) != 1 || rows[0].Problem != nil || !reflect.DeepEqual(rows[0].Geometry, orb.MultiPolygon{{square(0, 0, 5, false)}}) {
			t.Errorf("%s: %+v", name, rows)
		}
	}
	for _, name := range []string{"point", "pointm", "pointz", "polyline", "polylinem", "polylinez", "multipoint", "multipointm", "multipointz", "multipatch"} {
		_, rows := mustRead(t, filepath.Join(dir, "go-shp", "test_files", name+".shp"), Options{})
		for _, r := range rows {
			if r.Problem == nil || r.Problem.Code != "not-a-polygon" {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if len(rows) == 0 {
			t.Errorf("%s: no rows", name)
		}
	}
	h, rows := mustRead(t, filepath.Join(dir, "pyshp", "latin1.shp"), Options{})
	if i := slices.Index(h.Columns, "Name"); len(rows) != 1 || rows[0].Problem != nil || rows[0].Attrs[i] != "Ñandú" {
		t.Errorf("%q %q %+v", h.Encoding, h.Columns, rows)
	}
}
