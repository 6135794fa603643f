package postgis

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

func rowsOf(list ...geo.IngestRow) iter.Seq2[geo.IngestRow, error] {
	return func(yield func(geo.IngestRow, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func row(n int, shape orb.MultiPolygon, fields ...string) geo.IngestRow {
	r := geo.IngestRow{Number: n, Geometry: shape, Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		r.Fields[fields[i]] = fields[i+1]
	}
	return r
}

func parcelOptions() geo.IngestOptions {
	return geo.IngestOptions{Layer: geo.ParcelLayer, SRID: geo.WGS84, File: "宗地.geojson", SHA256: "00"}
}

func ingest(t *testing.T, s *Store, o geo.IngestOptions, rows ...geo.IngestRow) geo.IngestReport {
	t.Helper()
	r, err := s.Ingest(t.Context(), planner(), o, rowsOf(rows...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func problems(r geo.IngestReport) string {
	var out []string
	for _, n := range r.Notes {
		out = append(out, fmt.Sprintf("%d %s %s", n.Row, n.Severity, n.Problem))
	}
	return strings.Join(out, ", ")
}

func TestIngestCreatesCorrectsAndLeavesAlone(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	file := []geo.IngestRow{
		row(1, square(1200, 100, 50).Geometry, "code", "N1", "name", "新一", "land_use", "1001", "survey_m2", "２，５００.５"),
		row(2, square(1300, 100, 50).Geometry, "code", "N2", "area", "A01", "name", "新二"),
		row(3, square(9000, 9000, 50).Geometry, "code", "N3"),
		row(4, square(1000, 0, 90).Geometry, "code", "P04", "name", "储备地块改名"),
	}
	before := scan[int64](t, conn, `select revision from land.revision`)
	r := ingest(t, s, parcelOptions(), file...)
	if r.Created != 3 || r.Updated != 1 || r.Refused != 0 || !r.Committed || r.Revision != before+1 || r.Rows != 4 {
		t.Fatalf("first import %+v", r)
	}
	want := scan[float64](t, conn, `select sum(st_area(geom::geography)) from land.parcel where code in ('N1', 'N2', 'N3', 'P04')`)
	if math.Abs(r.AreaM2-want) > 1e-6*want || len(r.BBox) != 4 {
		t.Errorf("area %v, want %v; box %v", r.AreaM2, want, r.BBox)
	}
	for code, area := range map[string]any{"N1": "A02", "N2": "A01", "N3": nil} {
		f, err := s.Feature(t.Context(), geo.Staff, "parcels", code)
		if err != nil || f.Properties["area"] != area || f.Properties["status"] != "reserved" {
			t.Errorf("%s: %v, %v, want area %v", code, f.Properties, err, area)
		}
	}
	if f, _ := s.Feature(t.Context(), geo.Staff, "parcels", "N1"); f.Properties["survey_m2"] != 2500.5 || f.Properties["use_class"] != "industrial" {
		t.Errorf("N1 %v", f.Properties)
	}
	f, err := s.Feature(t.Context(), geo.Staff, "parcels", "P04")
	if err != nil || f.Version != 2 || f.Properties["name"] != "储备地块改名" || f.Properties["land_use"] != "1401" {
		t.Errorf("P04 %v, version %d, %v: a field that the file does not have must stay", f.Properties, f.Version, err)
	}
	if h, err := s.History(t.Context(), geo.Staff, "parcels", "P04"); err != nil || len(h) != 1 || h[0].Verb != "corrected" || h[0].Data["file"] != "宗地.geojson" {
		t.Errorf("history %+v, %v", h, err)
	}
	again := ingest(t, s, parcelOptions(), file...)
	if again.Unchanged != 4 || again.Created+again.Updated+again.Refused != 0 || !again.Committed || again.Revision != 0 {
		t.Errorf("the same file again: %+v", again)
	}
	if rev := scan[int64](t, conn, `select revision from land.revision`); rev != before+1 {
		t.Errorf("revision %d after an import that changed nothing, want %d", rev, before+1)
	}
	if n := scan[int64](t, conn, `select count(*) from land.import`); n != 1 {
		t.Errorf("%d imports recorded, want 1", n)
	}
	if v := unbroken(t, s); v.Events != 10 {
		t.Errorf("%d events", v.Events)
	}
}

func TestIngestRefusesWithReasons(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	bow := orb.MultiPolygon{{{{113.13, 29.36}, {113.131, 29.361}, {113.131, 29.36}, {113.13, 29.361}, {113.13, 29.36}}}}
	open := orb.MultiPolygon{{{{113.13, 29.36}, {113.131, 29.361}, {113.131, 29.36}}}}
	nan := square(3000, 0, 10).Geometry.Clone()
	nan[0][0][1][0] = math.NaN()
	far := orb.MultiPolygon{{{{413, 29}, {414, 29}, {414, 30}, {413, 29}}}}
	flat := orb.MultiPolygon{{{{113.13, 29.36}, {113.131, 29.36}, {113.132, 29.36}, {113.13, 29.36}}}}
	many := make(orb.Ring, maxVertices+1)
	for i := range many {
		a := 2 * math.Pi * float64(i) / maxVertices
		many[i] = orb.Point{113.2 + 0.001*math.Cos(a), 29.3 + 0.001*math.Sin(a)}
	}
	many[maxVertices] = many[0]
	before := everythingPublic(t, s)
	events := scan[int64](t, conn, `select count(*) from land.event`)
	r := ingest(t, s, parcelOptions(),
		row(1, square(3000, 0, 10).Geometry, "code", "N1"),
		row(2, square(3005, 5, 10).Geometry, "code", "N2"), // over N1
		row(3, square(10, 10, 10).Geometry, "code", "N3"),  // over P01
		row(4, bow, "code", "N4"),
		row(5, open, "code", "N5"),
		row(6, nan, "code", "N6"),
		row(7, far, "code", "N7"),
		row(8, flat, "code", "N8"),
		row(9, orb.MultiPolygon{{many}}, "code", "N9"),
		row(10, square(3100, 0, 10).Geometry, "code", "N1"),
		row(11, square(3200, 0, 10).Geometry),
		row(12, square(3300, 0, 10).Geometry, "code", "N12", "area", "A99"),
		row(13, square(60_000, 0, 10).Geometry, "code", "N13"),
		row(14, square(3400, 0, 10).Geometry, "code", "N14", "survey_m2", "很大"),
		row(15, nil, "code", "N15"),
		geo.IngestRow{Number: 16, Notes: []geo.RowNote{{Row: 16, Code: "N16", Problem: "ring-open", Severity: "refused", Zh: "读不出", En: "cannot be read"}}},
		row(17, square(3009.95, 20, 10).Geometry, "code", "N17"),
		row(18, square(3019.90, 20, 10).Geometry, "code", "N18"), // a sliver over N17
	)
	want := "2 refused overlap, 3 refused overlap, 4 refused invalid, 5 refused ring_open, 6 refused not_finite, 7 refused crs_range, " +
		"8 refused invalid, 9 refused too_many_vertices, 10 refused duplicate_code, 11 refused code_missing, 12 refused unknown_area, " +
		"13 refused out_of_frame, 14 refused value, 15 refused empty, 16 refused ring-open, 18 warning sliver"
	if got := problems(r); got != want {
		t.Errorf("notes\n%s\nwant\n%s", got, want)
	}
	if r.Refused != 15 || r.Committed || r.Created != 0 || r.Rows != 18 {
		t.Errorf("report %+v", r)
	}
	for _, n := range r.Notes {
		if n.Zh == "" || n.En == "" || strings.Contains(n.En+n.Zh, "SQL") {
			t.Errorf("note %+v", n)
		}
		if n.Row == 3 && !strings.Contains(n.En, "P01") {
			t.Errorf("the overlap does not name the other parcel: %s", n.En)
		}
	}
	if n := scan[int64](t, conn, `select count(*) from land.event`); n != events || everythingPublic(t, s) != before {
		t.Error("a refused import left something behind")
	}
}

func TestIngestDryRunWritesNothing(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	o := parcelOptions()
	o.DryRun = true
	r := ingest(t, s, o, row(1, square(3000, 0, 10).Geometry, "code", "N1"), row(2, square(1000, 0, 90).Geometry, "code", "P04", "name", "x"))
	if r.Created != 1 || r.Updated != 1 || r.Committed || r.Revision != 0 {
		t.Errorf("report %+v", r)
	}
	if _, err := s.Feature(t.Context(), geo.Staff, "parcels", "N1"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("a dry run wrote: %v", err)
	}
}

// A spike of no area can be mended within 0.1 %, a bow-tie cannot.
func TestIngestFix(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	spike := orb.MultiPolygon{{{{113.1, 29.3}, {113.11, 29.3}, {113.12, 29.3}, {113.11, 29.3}, {113.11, 29.31}, {113.1, 29.31}, {113.1, 29.3}}}}
	bow := orb.MultiPolygon{{{{113.13, 29.36}, {113.131, 29.361}, {113.131, 29.36}, {113.13, 29.361}, {113.13, 29.36}}}}
	o := parcelOptions()
	if r := ingest(t, s, o, row(1, spike, "code", "N1")); problems(r) != "1 refused invalid" {
		t.Errorf("without fix: %s", problems(r))
	}
	o.Fix = true
	if r := ingest(t, s, o, row(1, spike, "code", "N1"), row(2, bow, "code", "N2")); problems(r) != "1 fixed fixed, 2 refused invalid" || r.Committed {
		t.Errorf("with fix: %s", problems(r))
	}
	if r := ingest(t, s, o, row(1, spike, "code", "N1")); r.Fixed != 1 || r.Created != 1 || !r.Committed {
		t.Errorf("with fix: %+v", r)
	}
	if r := ingest(t, s, o, row(1, spike, "code", "N1")); r.Unchanged != 1 || r.Fixed != 1 {
		t.Errorf("again: %+v", r)
	}
}

func TestIngestAreasInAProjectedCRS(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	d := geo.DefaultDistrict()
	d.MeasureSRID = 4526
	if err := s.SetDistrict(t.Context(), admin(), d); err != nil {
		t.Fatal(err)
	}
	// 1 km2 in zone 38 beside the fixed point of the standard parallel.
	sq := orb.MultiPolygon{{{{38412000, 3250000}, {38413000, 3250000}, {38413000, 3251000}, {38412000, 3251000}, {38412000, 3250000}}}}
	o := geo.IngestOptions{Layer: geo.AreaLayer, SRID: 4526, File: "片区.zip"}
	r := ingest(t, s, o, row(1, sq, "code", "A1", "plan_mu", "1,500", "decided_on", "2018年3月1日", "deadline", "2019/6/30"))
	if r.Created != 1 {
		t.Fatalf("%+v", r)
	}
	f, err := s.Feature(t.Context(), geo.Staff, "areas", "A1")
	if err != nil {
		t.Fatal(err)
	}
	p := f.Properties
	if math.Abs(p["plane_m2"].(float64)-1e6) > 0.01 || math.Abs(p["area_m2"].(float64)-1e6) > 1e3 || p["area_m2"] == p["plane_m2"] {
		t.Errorf("plane %v, ellipsoid %v", p["plane_m2"], p["area_m2"])
	}
	if problems(r) != "0 warning field-ignored" || r.Notes[0].Field != "decided_on" {
		t.Errorf("notes %+v", r.Notes)
	}
	if p["plan_mu"] != 1500.0 || p["decided_on"] != nil || p["deadline"] != "2019-06-30" || p["status"] != "planned" || p["name"] != "A1" {
		t.Errorf("area %v", p)
	}
	if pub, err := s.Feature(t.Context(), geo.Public, "areas", "A1"); err != nil || pub.Properties["plan_mu"] != 1500.0 {
		t.Errorf("the public sees %v, %v", pub.Properties, err)
	}
	if r := ingest(t, s, o, row(1, sq, "code", "A1", "plan_mu", "1,500", "decided_on", "20180301")); r.Unchanged != 1 {
		t.Errorf("again: %+v", r)
	}
	o.SRID = 999_999
	if _, err := s.Ingest(t.Context(), planner(), o, rowsOf()); geo.KindOf(err) != geo.Invalid {
		t.Errorf("an unknown CRS: %v", err)
	}
	// Degrees taken for metres of zone 38 are not on this planet's zone.
	o.SRID = 4526
	if r := ingest(t, s, o, row(1, square(0, 0, 10).Geometry, "code", "A2")); r.Committed && r.AreaM2 > 1 {
		t.Errorf("degrees as metres: %+v", r)
	}
}

func TestIngestBuildings(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	o := geo.IngestOptions{Layer: geo.BuildingLayer, SRID: geo.CGCS2000, Area: "A02", File: "房屋.shp"}
	r := ingest(t, s, o,
		row(1, square(1100, 10, 10).Geometry, "code", "N1", "legal", "违建", "floors", "3", "floor_m2", "300.25", "households", "4"),
		row(2, square(1105, 10, 10).Geometry, "code", "N2"))
	if r.Created != 2 || r.Refused != 0 {
		t.Fatalf("buildings may overlap: %+v", r)
	}
	f, err := s.Feature(t.Context(), geo.Staff, "buildings", "N1")
	if err != nil || f.Properties["legal"] != "illegal" || f.Properties["status"] != "existing" || f.Properties["area"] != "A02" || f.Properties["floor_m2"] != 300.25 {
		t.Errorf("%v, %v", f.Properties, err)
	}
	r = ingest(t, s, o, row(1, square(1100, 10, 10).Geometry, "code", "N9"), row(2, square(1200, 10, 10).Geometry, "code", "N10"), row(3, square(1200, 10, 10).Geometry, "code", "N11"))
	if problems(r) != "1 refused duplicate_shape, 3 refused duplicate_shape" {
		t.Error(problems(r))
	}
	o.Area = "A99"
	if _, err := s.Ingest(t.Context(), planner(), o, rowsOf(row(1, square(0, 0, 1).Geometry, "code", "N1"))); geo.KindOf(err) != geo.Invalid {
		t.Errorf("an unknown area: %v", err)
	}
}

func TestIngestEndsWithItsReader(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	torn := errors.New("torn file")
	rows := func(yield func(geo.IngestRow, error) bool) {
		if yield(row(1, square(0, 0, 10).Geometry, "code", "N1"), nil) {
			yield(geo.IngestRow{}, torn)
		}
	}
	if _, err := s.Ingest(t.Context(), planner(), parcelOptions(), rows); !errors.Is(err, torn) {
		t.Errorf("error %v", err)
	}
	if empty, err := s.Empty(t.Context()); err != nil || !empty {
		t.Errorf("empty %v, %v", empty, err)
	}
	viewer := geo.Actor{Login: "v", Role: geo.RoleViewer}
	if _, err := s.Ingest(t.Context(), viewer, parcelOptions(), rowsOf()); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("a viewer: %v", err)
	}
	if r := ingest(t, s, parcelOptions()); !r.Committed || r.Rows != 0 {
		t.Errorf("an empty file: %+v", r)
	}
}

// The tables begin where the machines begin, and know the same states.
func TestTablesAgreeWithTheCatalogue(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	conn := connect(t, s)
	for table, m := range map[string]geo.MachineName{
		"land.area": geo.AreaMachine, "land.building": geo.BuildingMachine, "land.parcel": geo.ParcelMachine,
		"land.problem": geo.ProblemMachine, "land.project": geo.ProjectMachine, "priv.household": geo.HouseholdMachine,
	} {
		initial := scan[string](t, conn, `select split_part(column_default, '''', 2) from information_schema.columns where table_schema || '.' || table_name = $1 and column_name = 'status'`, table)
		if initial != geo.Statuses(m)[0].Code {
			t.Errorf("%s begins as %q, the machine as %q", table, initial, geo.Statuses(m)[0].Code)
		}
		check := scan[string](t, conn, `select pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::text::regclass and conname like '%\_status\_known'`, table)
		var known []string
		for _, part := range strings.Split(check, "'")[1:] {
			if !strings.ContainsAny(part, " :,()") && part != "" {
				known = append(known, part)
			}
		}
		for _, st := range geo.Statuses(m) {
			if !slices.Contains(known, st.Code) {
				t.Errorf("%s does not know %s", table, st.Code)
			}
		}
		if len(known) != len(geo.Statuses(m)) {
			t.Errorf("%s knows %d states, the catalogue %d: %v", table, len(known), len(geo.Statuses(m)), known)
		}
	}
}
