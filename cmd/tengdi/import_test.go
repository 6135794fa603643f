package main

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/geo/exchange/fixture"
	"tengdi/geo/postgis"
	"tengdi/web"
)

var operator = geo.Actor{Login: "operator", Role: geo.RoleSystem, Source: geo.FromImport}

func doImport(t *testing.T, store *postgis.Store, in web.ImportRequest) (geo.IngestReport, error) {
	t.Helper()
	in.Name = filepath.Base(in.Path)
	return (&importer{store: store}).Import(t.Context(), operator, in, func(string, int64, int64) {})
}

func mustImport(t *testing.T, store *postgis.Store, in web.ImportRequest) geo.IngestReport {
	t.Helper()
	report, err := doImport(t, store, in)
	if err != nil {
		t.Fatalf("import %s: %v", in.Path, err)
	}
	for _, n := range report.Notes {
		if n.Severity == "refused" {
			t.Errorf("row %d (%s): %s: %s", n.Row, n.Code, n.Problem, n.En)
		}
	}
	return report
}

// realFile is a file that others made, with what is known of it.
type realFile struct {
	name, path string // below the folder of the fixtures
	in         web.ImportRequest
	srid, n    int     // EPSG code and number of rows
	m2         float64 // ellipsoidal area of all rows
}

// realFiles lists them. Count and area are what GDAL 3.6.2 and PostGIS 3.3.2 say:
// sum(ST_Area(ST_Transform(geom, 4326)::geography)).
func realFiles() []realFile {
	return []realFile{
		{"GeoPackage, Dutch grid", "formats/brpgewaspercelen_definitief_2023.gpkg", web.ImportRequest{Layer: geo.ParcelLayer, Number: "NL-"}, 28992, 100, 632335.43},
		{"zipped GeoPackage, zone in easting", "formats/Feldbloecke_2026_GPKG.zip", web.ImportRequest{Layer: geo.ParcelLayer, Map: "code=FLIK"}, 4647, 100, 5027562.67},
		{"zipped Shapefile, UTM 32", "formats/Marker_2026.zip", web.ImportRequest{Layer: geo.ParcelLayer, Number: "DK-"}, 25832, 100, 2641545.96},
		{"Shapefile, SIRGAS 2000", "favelas/favelas.shp", web.ImportRequest{Layer: geo.AreaLayer, Map: "code=cd_fcu,name=nome"}, 4674, 38, 6578695.73},
		{"GeoJSON, WGS 84", "yueyang/counties_wgs84.geojson", web.ImportRequest{Layer: geo.AreaLayer}, 4326, 9, 14864364103.89},
		{"GeoJSON, CGCS2000", "yueyang/counties_cgcs2000_1to4m.geojson", web.ImportRequest{Layer: geo.AreaLayer, CRS: "EPSG:4490"}, 4490, 9, 14858637480.45},
	}
}

// TestRealFiles imports each into an instance of its own and compares count and
// area.
func TestRealFiles(t *testing.T) {
	root := fixture.Dir(t)
	for _, c := range realFiles() {
		t.Run(c.name, func(t *testing.T) {
			store := newStore(t)
			c.in.Path = filepath.Join(root, c.path)
			report := mustImport(t, store, c.in)
			if report.Created != c.n || report.SRID != c.srid || !report.Committed {
				t.Fatalf("created %d in EPSG:%d, committed %v; want %d in EPSG:%d", report.Created, report.SRID, report.Committed, c.n, c.srid)
			}
			if off := math.Abs(report.AreaM2-c.m2) / c.m2; off > 1e-4 {
				t.Errorf("area %.2f m2, want %.2f: off by %.4f %%", report.AreaM2, c.m2, 100*off)
			}
			if sum := storedArea(t, store, string(c.in.Layer)); math.Abs(sum-c.m2)/c.m2 > 1e-4 {
				t.Errorf("stored area %.2f m2, want %.2f", sum, c.m2)
			}
			again := mustImport(t, store, c.in)
			if again.Unchanged != c.n || again.Created+again.Updated != 0 {
				t.Errorf("the same file again: created %d, updated %d, unchanged %d", again.Created, again.Updated, again.Unchanged)
			}
		})
	}
}

// storedArea adds up area_m2 over all items as staff read them.
func storedArea(t *testing.T, store *postgis.Store, collection string) float64 {
	t.Helper()
	var sum float64
	q := geo.FeatureQuery{Collection: collection, Limit: 40}
	for {
		page, err := store.Features(t.Context(), geo.Staff, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Features {
			sum += f.Properties["area_m2"].(float64)
			q.After = f.Code
		}
		if !page.More {
			return sum
		}
	}
}

// TestShiftedFile: counties in GCJ-02 are recognised when the frame is known,
// and right with the datum named.
func TestShiftedFile(t *testing.T) {
	path := filepath.Join(fixture.Dir(t), "yueyang/counties_gcj02.geojson")
	store := newStore(t)
	d, err := store.District(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.Frame = &orb.Bound{Min: orb.Point{112.31, 28.425}, Max: orb.Point{114.152, 29.852}}
	if err := store.SetDistrict(t.Context(), operator, d); err != nil {
		t.Fatal(err)
	}
	_, err = doImport(t, store, web.ImportRequest{Path: path, Layer: geo.AreaLayer})
	var e *geo.Error
	if !errors.As(err, &e) || !strings.Contains(e.En, "--datum gcj02") {
		t.Fatalf("shifted file: %v; want a refusal that names gcj02", err)
	}
	report := mustImport(t, store, web.ImportRequest{Path: path, Layer: geo.AreaLayer, Datum: "gcj02"})
	const want = 14864364103.89 // of the same counties unshifted
	if report.Created != 9 || math.Abs(report.AreaM2-want)/want > 1e-4 {
		t.Errorf("created %d, area %.0f m2; want 9, %.0f", report.Created, report.AreaM2, want)
	}
}

// TestUnknownCRS: without a CRS the refusal lists what the numbers look like.
func TestUnknownCRS(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plots.geojson")
	// Zone 38 with its number in front, as EPSG:4526 has it.
	body := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A1"},"geometry":{"type":"Polygon","coordinates":` +
		`[[[38411500,3251800],[38411600,3251800],[38411600,3251900],[38411500,3251900],[38411500,3251800]]]}}]}`
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	store := newStore(t)
	_, err := doImport(t, store, web.ImportRequest{Path: path, Layer: geo.ParcelLayer})
	var e *geo.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 || e.Fields[0].Field != "EPSG:4526" {
		t.Fatalf("unknown CRS: %v; want candidates, EPSG:4526 first", err)
	}
	report := mustImport(t, store, web.ImportRequest{Path: path, Layer: geo.ParcelLayer, CRS: "EPSG:4526"})
	if math.Abs(report.AreaM2-10000) > 10 {
		t.Errorf("a hectare measures %.2f m2", report.AreaM2)
	}
}

// TestOwnName: what is said of a file calls it as its owner does, not as the
// server's temporary place.
func TestOwnName(t *testing.T) {
	store := newStore(t)
	for name, body := range map[string]string{"parcels.txt": "nothing known", "empty.geojson": "", "map.dbf": "x", "map.shp": "x"} {
		path := filepath.Join(t.TempDir(), "upload"+filepath.Ext(name))
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		in := web.ImportRequest{Path: path, Name: name, Layer: geo.ParcelLayer}
		_, err := (&importer{store: store}).Import(t.Context(), operator, in, func(string, int64, int64) {})
		var zh string
		if e, ok := errors.AsType[*geo.Error](err); ok {
			zh = e.Zh
		} else if err != nil {
			zh = err.Error()
		}
		if !strings.Contains(zh, name) || strings.Contains(zh, "upload") {
			t.Errorf("%s: %q", name, zh)
		}
	}
}

// TestRefusedRows: one bad row refuses the file, is named, and nothing is
// written; the readable rest is still judged.
func TestRefusedRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plots.geojsonl")
	square := func(x float64) string { return feature(x, 0.001) }
	body := strings.Join([]string{
		square(113.1),
		`{"type":"Feature","properties":{"code":"LINE"},"geometry":{"type":"LineString","coordinates":[[113,29],[113.1,29]]}}`,
		`{"type":"Feature","properties":{"code":"BOW"},"geometry":{"type":"Polygon","coordinates":[[[113.2,29],[113.201,29.001],[113.201,29],[113.2,29.001],[113.2,29]]]}}`,
		square(113.1),
	}, "\n")
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	store := newStore(t)
	report, err := doImport(t, store, web.ImportRequest{Path: path, Layer: geo.ParcelLayer})
	if err != nil {
		t.Fatal(err)
	}
	got := map[int]string{}
	for _, n := range report.Notes {
		if n.Severity == "refused" {
			if n.Zh == "" || n.En == "" {
				t.Errorf("row %d: no reason", n.Row)
			}
			got[n.Row] += n.Problem + " "
		}
	}
	for row, want := range map[int]string{2: "not-a-polygon", 3: "", 4: ""} {
		if got[row] == "" || !strings.Contains(got[row], want) {
			t.Errorf("row %d: refused for %q, want %q", row, got[row], want)
		}
	}
	if report.Committed || report.Refused < 3 {
		t.Errorf("refused %d, committed %v", report.Refused, report.Committed)
	}
	page, err := store.Features(context.Background(), geo.Staff, geo.FeatureQuery{Collection: "parcels", Limit: 10})
	if err != nil || page.Matched != 0 {
		t.Errorf("%d parcels written (%v), want none", page.Matched, err)
	}
}

func feature(x, size float64) string {
	c := func(dx, dy float64) string {
		return "[" + trim(x+dx) + "," + trim(29+dy) + "]"
	}
	return `{"type":"Feature","properties":{"code":"SQ` + trim(x) + `"},"geometry":{"type":"Polygon","coordinates":[[` +
		strings.Join([]string{c(0, 0), c(size, 0), c(size, size), c(0, size), c(0, 0)}, ",") + `]]}}`
}

func trim(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }
