package exchange

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"tengdi/geo"
)

func readText(t testing.TB, name, text string, o Options) (Header, []Row, error) {
	t.Helper()
	return readFile(t, save(t, name, []byte(text)), o)
}

func TestGeoJSONAttributes(t *testing.T) {
	h, rows, err := readText(t, "a.geojson", collection(
		feature(`{"code":"一","n":1.50,"ok":true,"none":null,"list":[1,{"a":"\"x\""}],"esc":"a\u4e2d\ud83d\ude00\n"}`, "Polygon", unitSquare),
		feature(`{"late":false,"code":"二"}`, "MultiPolygon", "["+unitSquare+"]"),
	), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"code", "n", "ok", "none", "list", "esc", "late"}; !slices.Equal(h.Columns, want) {
		t.Fatalf("columns %q, want %q", h.Columns, want)
	}
	if want := []string{"一", "1.50", "true", "", `[1,{"a":"\"x\""}]`, "a中😀\n", ""}; !slices.Equal(rows[0].Attrs, want) {
		t.Errorf("attributes %q, want %q", rows[0].Attrs, want)
	}
	if want := []string{"二", "", "", "", "", "", "false"}; !slices.Equal(rows[1].Attrs, want) {
		t.Errorf("attributes %q, want %q", rows[1].Attrs, want)
	}
	if h.Rows != 2 || h.Format != GeoJSON || h.CRS.EPSG != 4326 || h.CRS.From != "RFC 7946" || h.Layer != "a" {
		t.Errorf("header %+v", h)
	}
	want := orb.MultiPolygon{{square(0, 0, 1, false)}}
	for _, r := range rows {
		if !reflect.DeepEqual(r.Geometry, want) || r.Problem != nil || len(r.Warnings) != 0 {
			t.Errorf("row %+v", r)
		}
	}
	if rows[0].Number != 1 || rows[1].Number != 2 {
		t.Errorf("numbers %d %d", rows[0].Number, rows[1].Number)
	}
}

func TestGeoJSONMemberOrder(t *testing.T) {
	_, rows, err := readText(t, "a.json",
		`{"features":[{"geometry":{"coordinates":`+unitSquare+`,"type":"Polygon"},"id":7,"properties":null,"type":"Feature"}],"type":"FeatureCollection"}`, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Problem != nil || len(rows[0].Geometry) != 1 || !slices.Equal(rows[0].Attrs, []string{"7"}) {
		t.Errorf("rows %+v", rows)
	}
}

func TestGeoJSONRowProblems(t *testing.T) {
	for _, c := range []struct{ feature, code string }{
		{feature("{}", "Polygon", `[[[0,0],[1,0],[1,1],[0,0]],[]]`), "empty-part"},
		{feature("{}", "Polygon", `[]`), "empty-geometry"},
		{feature("{}", "Polygon", `null`), "coordinates-missing"},
		{feature("{}", "Polygon", `"x"`), "coordinates-not-array"},
		{feature("{}", "Polygon", `[[[0,0],[1,0],[0,0]]]`), "ring-too-short"},
		{feature("{}", "Polygon", `[[[0,0],[1,0],[1,1],[0,1]]]`), "ring-not-closed"},
		{feature("{}", "Polygon", `[[[0,0],[1,0],[1,"1"],[0,0]]]`), "coordinate-not-number"},
		{feature("{}", "Polygon", `[[[0,0],[1,0],[1,null],[0,0]]]`), "coordinate-not-number"},
		{feature("{}", "Polygon", `[[[0,0],[1,0],[1e400,1],[0,0]]]`), "not-finite"},
		{feature("{}", "Polygon", `[[[0,0],[1],[1,1],[0,0]]]`), "position-too-short"},
		{feature("{}", "Polygon", `[[[0,0],[1,0,5],[1,1],[0,0]]]`), "mixed-dimensions"},
		{feature("{}", "Polygon", "["+unitSquare+"]"), "coordinates-nesting"},
		{feature("{}", "MultiPolygon", unitSquare), "coordinates-nesting"},
		{feature("{}", "Polygon", `[[[[[[0,0]]]]]]`), "coordinates-nesting"},
		{feature("{}", "Polygon", `[[0,0],[[1,1]]]`), "coordinates-nesting"},
		{feature("{}", "polygon", unitSquare), "unknown-type"},
		{feature("{}", "Point", `[1,2]`), "not-a-polygon"},
		{feature(`{"a":1,"a":2}`, "Polygon", unitSquare), "duplicate-key"},
		{feature(`[]`, "Polygon", unitSquare), "properties-not-object"},
		{`{"type":"Feature","properties":{},"geometry":{"type":"Polygon","type":"Polygon","coordinates":` + unitSquare + `}}`, "duplicate-key"},
		{`{"type":"Feature","properties":{},"geometry":null}`, "geometry-null"},
		{`{"type":"Feature","properties":{}}`, "geometry-missing"},
		{`{"type":"Feature","properties":{},"geometry":[1]}`, "geometry-not-object"},
		{`{"type":"Feature","properties":{},"geometry":{"coordinates":` + unitSquare + `}}`, "type-missing"},
		{`{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[]}}`, "not-a-polygon"},
		{`{"type":"Feature","id":{},"properties":{},"geometry":{"type":"Polygon","coordinates":` + unitSquare + `}}`, "id-invalid"},
		{`{"type":"Feature","bbox":[1,2],"properties":{},"geometry":{"type":"Polygon","coordinates":` + unitSquare + `}}`, "bbox-invalid"},
		{`7`, "not-a-feature"},
	} {
		// A good row on either side is read all the same.
		good := feature(`{"code":"g"}`, "Polygon", unitSquare)
		_, rows, err := readText(t, "a.geojson", collection(good, c.feature, good), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.feature, err)
			continue
		}
		if len(rows) != 3 || rows[0].Problem != nil || rows[2].Problem != nil || rows[2].Number != 3 {
			t.Errorf("%s: neighbours are hurt: %+v", c.feature, rows)
			continue
		}
		p := rows[1].Problem
		if p == nil || p.Code != c.code || p.Zh == "" || p.En == "" || rows[1].Geometry != nil {
			t.Errorf("%s: problem %+v, want %s", c.feature, p, c.code)
		}
	}
}

func TestGeoJSONFileErrors(t *testing.T) {
	for _, c := range []struct{ text, code string }{
		{"", "empty-file"},
		{"  \n ", "json-cut-short"},
		{"[1]", "root-not-object"},
		{`{"type":"FeatureCollection","features":[`, "json-cut-short"},
		{collection(feature("{}", "Polygon", `[[[0,0],[1,0],[NaN,1],[0,0]]]`)), "json-nan"},
		{collection(feature("{}", "Polygon", `[[[0,0],[1,0],[-Infinity,1],[0,0]]]`)), "json-nan"},
		{collection(feature("{}", "Polygon", `[[[0,0],[1,0],[01,1],[0,0]]]`)), "json-broken"},
		{collection(feature(`{"a":1,}`, "Polygon", unitSquare)), "json-broken"},
		{collection(feature(`{"a" 1}`, "Polygon", unitSquare)), "json-broken"},
		{collection(feature(`{"a":tru}`, "Polygon", unitSquare)), "json-broken"},
		{collection(feature(`{"a":"\x"}`, "Polygon", unitSquare)), "json-broken"},
		{collection() + "x", "trailing-data"},
		{collection() + "\n" + collection(), "trailing-data"},
		{`{"type":"Feature"`, "json-cut-short"},
		{`{"type":"Topology","arcs":[]}`, "unknown-type"},
		{`{"type":"Feature","features":[{}]}`, "unknown-type"},
		{"\xff\xfe{\x00", "not-utf8"},
	} {
		_, _, err := readText(t, "a.geojson", c.text, Options{})
		t.Run(c.code, func(t *testing.T) { wantCode(t, err, c.code) })
	}
}

func TestGeoJSONWarnings(t *testing.T) {
	text := collection(
		feature("{}", "Polygon", `[[[0,0],[0,9],[9,9],[9,0],[0,0]],[[1,1],[2,1],[2,2],[1,2],[1,1]]]`),
		feature("{}", "Polygon", `[[[0,0,1,2],[1,0,1,2],[1,1,1,2],[0,0,1,2]]]`),
		`{"type":"Feature","geometry":{"type":"Polygon","coordinates":`+unitSquare+`}}`,
	)
	_, rows, err := readText(t, "a.geojson", text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, code := range []string{"winding-mended", "extra-ordinates", "properties-missing"} {
		if len(rows[i].Warnings) != 1 || rows[i].Warnings[0].Code != code || rows[i].Problem != nil {
			t.Errorf("row %d: %+v, want %s", i+1, rows[i], code)
		}
	}
	if g := rows[0].Geometry; signedArea(g[0][0]) <= 0 || signedArea(g[0][1]) >= 0 {
		t.Errorf("rings were not turned: %v", g)
	}
}

func TestGeoJSONCRSMember(t *testing.T) {
	features := `"features":[` + feature("{}", "Polygon", `[[[411500,3251811],[411600,3251811],[411600,3251911],[411500,3251811]]]`) + `]`
	for _, c := range []struct {
		crs  string
		epsg int
	}{
		{`{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}}`, 4547},
		{`{"type":"name","properties":{"name":"EPSG:4526"}}`, 4526},
		{`{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG:8.8:4490"}}`, 4490},
		{`{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}`, 4326},
		{`{"type":"name","properties":{"name":"http://www.opengis.net/def/crs/EPSG/0/4326"}}`, 4326},
		{`{"type":"name","properties":{"name":"somewhere"}}`, 0},
		{`{"type":"link","properties":{"href":"x"}}`, 0},
		{`null`, 0},
	} {
		// The member may stand before the features and behind them.
		for _, text := range []string{
			`{"type":"FeatureCollection","crs":` + c.crs + `,` + features + `}`,
			`{"type":"FeatureCollection",` + features + `,"crs":` + c.crs + `}`,
		} {
			h, rows, err := readText(t, "a.geojson", text, Options{})
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if h.CRS.EPSG != c.epsg || h.CRS.From != "crs member" || len(rows) != 1 || rows[0].Problem != nil {
				t.Errorf("%s: %+v", c.crs, h.CRS)
			}
			if len(h.Warnings) != 1 || h.Warnings[0].Code != "crs-member" {
				t.Errorf("%s: warnings %+v", c.crs, h.Warnings)
			}
		}
	}
	h, _, err := readText(t, "a.geojson", `{"type":"FeatureCollection",`+features+`}`, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if h.CRS != (CRS{}) {
		t.Errorf("metres without a crs member gave %+v", h.CRS)
	}
}

func TestGeoJSONSequence(t *testing.T) {
	a := feature(`{"code":"a"}`, "Polygon", unitSquare)
	b := feature(`{"code":"b"}`, "Polygon", unitSquare)
	pretty := strings.ReplaceAll(a, ",", ",\n ")
	for _, c := range []struct {
		name, file, text string
		codes            []string // "" = a good row
	}{
		{"lines", "a.geojson", a + "\n" + b + "\n", []string{"", ""}},
		{"crlf and blank lines", "a.geojson", a + "\r\n\r\n" + b, []string{"", ""}},
		{"separators", "a.geojsons", "\x1e" + pretty + "\n\x1e" + b + "\n", []string{"", ""}},
		{"long values", "a.json", pretty + "\n" + pretty, []string{"", ""}},
		{"a broken line", "a.ndjson", a + "\n{\"type\":\n" + b, []string{"", "json-cut-short", ""}},
		{"a broken first line", "a.ndjson", "{]\n" + b, []string{"json-broken", ""}},
		{"a broken record", "a.json", "\x1e" + a + "\n\x1e{\"type\":tru\n}\n\x1e" + b, []string{"", "json-broken", ""}},
		{"text behind a value", "a.ndjson", a + " x\n" + b, []string{"", "trailing-data", ""}},
		{"no object", "a.ndjson", a + "\n7\n" + b, []string{"", "root-not-object", ""}},
		{"too deep", "a.ndjson", a + "\n" + strings.Repeat("[", 99) + "\n" + b, []string{"", "too-deep", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, rows, err := readText(t, c.file, c.text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if h.Format != GeoJSONSeq || h.Rows != len(c.codes) || len(rows) != len(c.codes) {
				t.Fatalf("header %+v, %d rows", h, len(rows))
			}
			for i, code := range c.codes {
				got := ""
				if rows[i].Problem != nil {
					got = rows[i].Problem.Code
				}
				if got != code {
					t.Errorf("row %d: %q, want %q", i, got, code)
				}
			}
			if last := rows[len(rows)-1]; last.Attrs[0] == "" || last.Geometry == nil {
				t.Errorf("the last row was lost: %+v", last)
			}
		})
	}
	_, _, err := readText(t, "a.ndjson", collection(a)+"\n"+b, Options{})
	wantCode(t, err, "collection-in-sequence")
}

func TestGeoJSONEncoding(t *testing.T) {
	text := collection(feature(`{"名称":"王家河1号"}`, "Polygon", unitSquare))
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	h, rows, err := readText(t, "a.geojson", gbk, Options{Encoding: "gbk"})
	if err != nil {
		t.Fatal(err)
	}
	if h.Columns[0] != "名称" || rows[0].Attrs[0] != "王家河1号" {
		t.Errorf("GBK: %q %q", h.Columns, rows[0].Attrs)
	}
	if _, rows, err = readText(t, "a.geojson", gbk, Options{}); err != nil {
		t.Fatal(err)
	}
	if rows[0].Problem == nil || rows[0].Problem.Code != "text-not-utf8" {
		t.Errorf("GBK taken for UTF-8: %+v", rows[0])
	}
	if h, _, err = readText(t, "a.geojson", "\xef\xbb\xbf"+text, Options{}); err != nil || h.Columns[0] != "名称" {
		t.Errorf("byte order mark: %+v %v", h, err)
	}
	_, _, err = readText(t, "a.geojson", text, Options{Encoding: "klingon"})
	wantCode(t, err, "encoding-unknown")
}

// A collection nested 4,000 deep costs the usual libraries seconds and
// hundreds of megabytes. Here it must end after the first few levels: the
// bytes read and allocated tell, not the clock.
func TestGeoJSONDeepNesting(t *testing.T) {
	const levels = 4000
	nested := strings.Repeat(`{"type":"GeometryCollection","geometries":[`, levels) + strings.Repeat("]}", levels)
	inFeature := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":` + nested + `}]}`
	inProperties := collection(feature(strings.Repeat(`{"a":`, levels)+"1"+strings.Repeat("}", levels), "Polygon", unitSquare))
	inArrays := collection(feature("{}", "Polygon", strings.Repeat("[", levels)+strings.Repeat("]", levels)))
	for name, text := range map[string]string{
		"bare": nested, "in a feature": inFeature, "in properties": inProperties, "in coordinates": inArrays,
	} {
		t.Run(name, func(t *testing.T) {
			path := save(t, "deep.geojson", []byte(text+strings.Repeat(" ", 2<<20)))
			var err error
			var read int64
			bytes := allocated(func() {
				_, _, err = readFile(t, path, Options{Progress: func(done, _ int64) { read = done }})
			})
			wantCode(t, err, "too-deep")
			if bytes > 512<<10 {
				t.Errorf("allocated %d bytes", bytes)
			}
			if read > 128<<10 {
				t.Errorf("read %d bytes before refusing", read)
			}
		})
	}
}

func TestGeoJSONLimits(t *testing.T) {
	good := feature(`{"a":"text","b":2}`, "Polygon", unitSquare)
	rings := feature("{}", "Polygon", `[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,2],[2,1],[1,1]],[[3,3],[4,4],[4,3],[3,3]]]`)
	for _, c := range []struct {
		text   string
		limits Limits
		file   string
		row    string
	}{
		{collection(good, good, good), Limits{MaxRows: 2}, "too-many-rows", ""},
		{collection(good), Limits{MaxColumns: 1}, "too-many-columns", ""},
		{collection(good), Limits{MaxBytes: 50}, "too-many-bytes", ""},
		{collection(good), Limits{MaxTextBytes: 16}, "too-long-text", ""},
		{collection(good), Limits{MaxDepth: 6}, "too-deep", ""},
		{collection(good), Limits{MaxDepth: 7}, "", ""},
		{collection(good), Limits{MaxVertices: 4}, "", "too-many-vertices"},
		{collection(good), Limits{MaxVertices: 5}, "", ""},
		{collection(rings), Limits{MaxRings: 2}, "", "too-many-rings"},
		{collection(rings), Limits{MaxRings: 3}, "", ""},
	} {
		if c.limits.MaxTextBytes != 0 {
			c.text = strings.Replace(c.text, "text", strings.Repeat("x", 17), 1)
		}
		_, rows, err := readText(t, "a.geojson", c.text, Options{Limits: c.limits})
		if c.file != "" {
			wantCode(t, err, c.file)
			var ge *geo.Error
			if !errors.As(err, &ge) || ge.Kind != geo.TooLarge {
				t.Errorf("%s is not geo.TooLarge: %v", c.file, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%+v: %v", c.limits, err)
		}
		got := ""
		if rows[0].Problem != nil {
			got = rows[0].Problem.Code
		}
		if got != c.row {
			t.Errorf("%+v: %q, want %q", c.limits, got, c.row)
		}
	}
}

// A shape of a million vertices over the limit is passed over, not kept.
func TestGeoJSONManyVertices(t *testing.T) {
	path := save(t, "a.geojson", []byte(collection(feature("{}", "Polygon", "[["+strings.Repeat("[1,2],", 1_000_000)+"[1,2]]]"))))
	var rows []Row
	bytes := allocated(func() { _, rows = mustRead(t, path, Options{}) })
	if rows[0].Problem == nil || rows[0].Problem.Code != "too-many-vertices" {
		t.Errorf("%+v", rows[0].Problem)
	}
	if bytes > 8<<20 {
		t.Errorf("allocated %d bytes for a limit of 100,000 vertices", bytes)
	}
}

func TestGeoJSONStopsWithContext(t *testing.T) {
	path := save(t, "a.geojson", []byte(collection(strings.Repeat(feature("{}", "Polygon", unitSquare)+",", 5000)+feature("{}", "Polygon", unitSquare))))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n, last := 0, error(nil)
	for _, err := range r.Rows() {
		cancel()
		n, last = n+1, err
	}
	if !errors.Is(last, context.Canceled) || n > 4000 {
		t.Errorf("%d rows, then %v", n, last)
	}
}

func TestRowsCanBeReadAgainAndLeft(t *testing.T) {
	path := save(t, "a.geojson", []byte(collection(feature("{}", "Polygon", unitSquare), feature("{}", "Polygon", unitSquare))))
	r, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 2 {
		n := 0
		for _, err := range r.Rows() {
			if n++; err != nil {
				t.Fatal(err)
			}
			break
		}
		if n != 1 {
			t.Fatalf("%d rows", n)
		}
	}
	b, err := Extent(r)
	if err != nil || b != (orb.Bound{Max: orb.Point{1, 1}}) {
		t.Errorf("extent %v %v", b, err)
	}
}
