package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// memory returns a source over bytes, so that fuzzing needs no disk.
func memory(name string, b []byte) source {
	return source{name: name, size: int64(len(b)), open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b)), nil
	}}
}

// budget runs fn and fails when it allocates more than 20 bytes for each byte
// of input and 1 MB.
func budget(t *testing.T, input int, fn func()) {
	t.Helper()
	most := uint64(20*input + 1<<20)
	got := allocated(fn)
	if got > most { // a collection of garbage elsewhere may have been counted
		runtime.GC()
		got = allocated(fn)
	}
	if got > most {
		t.Errorf("%d bytes of input made it allocate %d, more than %d", input, got, most)
	}
}

// drain reads a reader to its end and checks what every reader promises.
func drain(t *testing.T, r Reader, err error) {
	t.Helper()
	if err != nil {
		checkFileError(t, err)
		return
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	l := DefaultLimits()
	columns := len(r.Header().Columns)
	for row, err := range r.Rows() {
		if err != nil {
			checkFileError(t, err)
			return
		}
		checkRow(t, row, columns, l)
	}
}

func checkFileError(t *testing.T, err error) {
	t.Helper()
	var fe *FileError
	if !errors.As(err, &fe) || fe.Code == "" || fe.Zh == "" || fe.En == "" || strings.Contains(fe.En+fe.Zh, "%!") {
		t.Errorf("%#v is no good refusal", err)
	}
}

func checkRow(t *testing.T, row Row, columns int, l Limits) {
	t.Helper()
	for _, p := range append(slices.Clone(row.Warnings), valueOf(row.Problem)...) {
		if p.Code == "" || p.Zh == "" || p.En == "" || strings.Contains(p.En+p.Zh, "%!") {
			t.Errorf("row %d: problem %+v", row.Number, p)
		}
	}
	if row.Number < 1 {
		t.Errorf("row number %d", row.Number)
	}
	if row.Problem != nil {
		if row.Geometry != nil {
			t.Errorf("row %d has a problem and a shape", row.Number)
		}
		return
	}
	if len(row.Attrs) != columns {
		t.Errorf("row %d has %d attributes for %d columns", row.Number, len(row.Attrs), columns)
	}
	if len(row.Geometry) == 0 {
		t.Errorf("row %d has neither shape nor problem", row.Number)
	}
	vertices := 0
	for _, polygon := range row.Geometry {
		if len(polygon) == 0 {
			t.Errorf("row %d has a polygon without rings", row.Number)
		}
		for i, ring := range polygon {
			vertices += len(ring)
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				t.Errorf("row %d: ring %v", row.Number, ring)
			}
			if a := signedArea(ring); i == 0 && a < 0 || i > 0 && a > 0 {
				t.Errorf("row %d: ring %d runs the wrong way", row.Number, i)
			}
			for _, p := range ring {
				if !finite(p[0]) || !finite(p[1]) {
					t.Errorf("row %d: point %v", row.Number, p)
				}
			}
		}
	}
	if vertices > l.MaxVertices+l.MaxRings {
		t.Errorf("row %d has %d vertices", row.Number, vertices)
	}
}

func valueOf(p *Problem) []Problem {
	if p == nil {
		return nil
	}
	return []Problem{*p}
}

func FuzzGeoJSON(f *testing.F) {
	poly := feature(`{"code":"a","n":1.5,"x":{"y":[null,true]}}`, "Polygon", unitSquare)
	for _, s := range []string{
		collection(poly, poly), poly, poly + "\n" + poly, "\x1e" + poly + "\n\x1e" + poly,
		collection(feature("{}", "MultiPolygon", "["+unitSquare+"]")),
		`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4547"}},"features":[]}`,
		`{"type":"Polygon","coordinates":[[[0,0,1],[0,9,1],[9,9,1],[0,0,1]],[[1,1],[2,1],[2,2],[1,1]]]}`,
		`{"type":"GeometryCollection","geometries":[` + strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 30),
		`{"a":"\ud83d\ude00\u12","b":-1.5e+10,"c":NaN}`, "\xef\xbb\xbf{}", "[[[[[[[[[[[[[[[[[[[",
		collection("{}", "[]", "null", `{"type":"Feature","type":"Feature"}`),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		budget(t, len(b), func() {
			r, err := openGeoJSON(context.Background(), memory("a.geojson", b), Options{Limits: DefaultLimits()})
			drain(t, r, err)
		})
		sameAsLibrary(t, b)
	})
}

// sameAsLibrary compares what is JSON with encoding/json, which is taken as
// right. Only the bounds on depth and length may differ.
func sameAsLibrary(t *testing.T, b []byte) {
	t.Helper()
	l := newLexer(bytes.NewReader(b), DefaultLimits())
	err := l.skip()
	if err == nil {
		var last token
		if last, err = l.peek(); err == nil && last != end {
			err = l.unexpected(last, "the end")
		}
	}
	var fe *FileError
	if errors.As(err, &fe) && strings.HasPrefix(fe.Code, "too-") || errors.As(err, &fe) && strings.Contains(fe.En, "digits") {
		return
	}
	if valid := json.Valid(b); valid != (err == nil) {
		t.Errorf("encoding/json says %v, we say %v", valid, err)
	}
}

func FuzzShapefile(f *testing.F) {
	shp, shx := writeShp([]testShape{oneSquare()[0], {kind: 15, rings: nested()}, {}}, 4)
	dbf := writeDBF(0x4D, []testField{{"BSM", 'C', 6}, {"MJ", 'N', 8}, {"DAY", 'D', 8}}, [][]string{{"a", "1", "20200101"}, {"\xcd\xf5", "2", ""}, {"", "", ""}}, 2)
	f.Add(shp, shx, dbf, "")
	f.Add(shp, []byte{}, dbf, "UTF-8")
	f.Add(shp, shx, []byte{}, "GBK")
	f.Add(shp[:150], shx[:104], dbf[:100], "1252")
	f.Fuzz(func(t *testing.T, shp, shx, dbf []byte, cpg string) {
		set := shapefileSet{shp: memory("land.shp", shp)}
		if len(shx) > 0 {
			set.shx = memory("land.shx", shx)
		}
		if len(dbf) > 0 {
			set.dbf = memory("land.dbf", dbf)
		}
		if cpg != "" {
			set.cpg = memory("land.cpg", []byte(cpg))
		}
		budget(t, len(shp)+len(shx)+len(dbf)+len(cpg), func() {
			r, err := openShapefile(context.Background(), set, Options{Limits: DefaultLimits()})
			drain(t, r, err)
		})
	})
}

func FuzzGeoPackageBlob(f *testing.F) {
	f.Add(blob(4526, encodeWKB(landShape(), 2)))
	f.Add(blob(4526, encodeWKB(landShape(), 3)))
	f.Add(blob(4526, encodeWKB(landShape(), 4)))
	f.Add(blob(-1, []byte{1, 3, 0, 0, 0, 0xf0, 0xff, 0xff, 0xff}))
	f.Add(append([]byte{'G', 'P', 0, 3, 0, 0, 0, 0}, make([]byte, 40)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		budget(t, len(b), func() {
			mp, _, p := geoPackageBlob(b, DefaultLimits())
			if p != nil {
				mp = nil
			}
			checkRow(t, Row{Number: 1, Geometry: mp, Problem: p}, 0, DefaultLimits())
		})
	})
}

func FuzzPRJ(f *testing.F) {
	f.Add(esriWKT("CGCS2000_3_Degree_GK_Zone_38", esriGeog("GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", "CGCS2000", 6378137, 298.257222101), 114, 38500000, 0, 1))
	f.Add(`GEOGCS["a ""b""",DATUM["x",SPHEROID["y",6378137,298.257223563]],AUTHORITY["EPSG","4326"]]`)
	f.Add(`COMPD_CS["x",PROJCRS("y",BASEGEOGCRS["z"],ID["EPSG",4547])]`)
	f.Add(strings.Repeat("A[", 40))
	f.Fuzz(func(t *testing.T, s string) {
		budget(t, len(s), func() {
			c := RecogniseCRS(s, ".prj")
			if c.EPSG != 0 && (c.EPSG < 1024 || c.WKT == "") {
				t.Errorf("%+v", c)
			}
			if len(c.WKT) > maxWKTBytes {
				t.Errorf("kept %d bytes", len(c.WKT))
			}
			epsgOfName(s)
		})
	})
}

// FuzzZip opens archives of any kind; the entries are read as what they are.
func FuzzZip(f *testing.F) {
	shp, shx := writeShp(oneSquare(), 0)
	f.Add(writeZip(f, "land.shp", string(shp), "land.shx", string(shx)))
	f.Add(writeZip(f, "land.geojson", collection(feature("{}", "Polygon", unitSquare))))
	f.Add(writeZip(f, "../a.shp", "x"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.Contains(b, []byte("gpkg")) {
			return // SQLite's own memory is not Go's to count
		}
		path := filepath.Join(dir, "a.zip")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		// What an entry unpacks to counts as input: at most maxRatio to one.
		budget(t, len(b)*maxRatio+freeBytes, func() {
			l := DefaultLimits()
			src, err := fileSource(path, l)
			if err != nil {
				checkFileError(t, err)
				return
			}
			r, err := openArchive(context.Background(), path, src, Options{Limits: l})
			drain(t, r, err)
		})
	})
}
