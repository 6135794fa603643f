package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/paulmach/orb"
)

// readFile reads a file to its end.
func readFile(t testing.TB, path string, o Options) (Header, []Row, error) {
	t.Helper()
	r, err := Open(context.Background(), path, o)
	if err != nil {
		return Header{}, nil, err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var rows []Row
	for row, err := range r.Rows() {
		if err != nil {
			return r.Header(), rows, err
		}
		rows = append(rows, row)
	}
	return r.Header(), rows, nil
}

// mustRead is readFile for a file that has to be readable.
func mustRead(t testing.TB, path string, o Options) (Header, []Row) {
	t.Helper()
	h, rows, err := readFile(t, path, o)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return h, rows
}

// wantCode checks that err is a file's refusal with the code, in two languages.
func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	var fe *FileError
	if !errors.As(err, &fe) {
		t.Fatalf("got %v, want a FileError %s", err, code)
	}
	if fe.Code != code {
		t.Fatalf("got %s (%s), want %s", fe.Code, fe.En, code)
	}
	if fe.Zh == "" || fe.En == "" {
		t.Fatalf("%s lacks a text: %q %q", code, fe.Zh, fe.En)
	}
}

// save writes a file into a folder of the test.
func save(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// allocated tells how many bytes fn allocates.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func square(x, y, size float64, clockwise bool) orb.Ring {
	r := orb.Ring{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}}
	if clockwise {
		r.Reverse()
	}
	return r
}

// shape of a Shapefile that the tests write: rings as given, or a raw content.
type testShape struct {
	kind  uint32 // 5, 15, 25; 0 = null
	rings []orb.Ring
	raw   []byte // content in place of the above
}

func (s testShape) content() []byte {
	if s.raw != nil {
		return s.raw
	}
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	put(s.kind)
	if s.kind == 0 {
		return b.Bytes()
	}
	points := 0
	for _, r := range s.rings {
		points += len(r)
	}
	put([4]float64{})
	put(int32(len(s.rings)))
	put(int32(points))
	start := 0
	for _, r := range s.rings {
		put(int32(start))
		start += len(r)
	}
	for _, r := range s.rings {
		for _, p := range r {
			put([2]float64(p))
		}
	}
	if s.kind == 15 || s.kind == 25 {
		put([2]float64{})
		put(make([]float64, points))
	}
	if s.kind == 15 {
		put([2]float64{})
		put(make([]float64, points))
	}
	return b.Bytes()
}

// writeShp makes the bytes of a .shp and its .shx; gap bytes lie before each
// record but the first.
func writeShp(shapes []testShape, gap int) (shp, shx []byte) {
	header := make([]byte, 100)
	binary.BigEndian.PutUint32(header, 9994)
	binary.LittleEndian.PutUint32(header[28:], 1000)
	binary.LittleEndian.PutUint32(header[32:], 5)
	shp, shx = append(shp, header...), append(shx, header...)
	for i, s := range shapes {
		if i > 0 {
			shp = append(shp, make([]byte, gap)...)
		}
		c := s.content()
		shx = binary.BigEndian.AppendUint32(shx, uint32(len(shp)/2))
		shx = binary.BigEndian.AppendUint32(shx, uint32(len(c)/2))
		shp = binary.BigEndian.AppendUint32(shp, uint32(i+1))
		shp = binary.BigEndian.AppendUint32(shp, uint32(len(c)/2))
		shp = append(shp, c...)
	}
	binary.BigEndian.PutUint32(shp[24:], uint32(len(shp)/2))
	binary.BigEndian.PutUint32(shx[24:], uint32(len(shx)/2))
	return shp, shx
}

type testField struct {
	name string // raw bytes, at most 10
	kind byte
	size int
}

// writeDBF makes the bytes of a .dbf; a value that begins a row with "*" as
// its only extra element marks the record deleted.
func writeDBF(language byte, fields []testField, rows [][]string, deleted ...int) []byte {
	width := 1
	for _, f := range fields {
		width += f.size
	}
	b := make([]byte, 32)
	b[0], b[29] = 3, language
	binary.LittleEndian.PutUint32(b[4:], uint32(len(rows)))
	binary.LittleEndian.PutUint16(b[8:], uint16(32+32*len(fields)+1))
	binary.LittleEndian.PutUint16(b[10:], uint16(width))
	for _, f := range fields {
		d := make([]byte, 32)
		copy(d[:11], f.name)
		d[11], d[16] = f.kind, byte(f.size)
		b = append(b, d...)
	}
	b = append(b, 0x0D)
	for i, row := range rows {
		mark := byte(' ')
		for _, d := range deleted {
			if d == i {
				mark = '*'
			}
		}
		b = append(b, mark)
		for j, f := range fields {
			v := row[j]
			for len(v) < f.size {
				v += " "
			}
			b = append(b, v[:f.size]...)
		}
	}
	return append(b, 0x1A)
}

// writeSet saves the parts of a Shapefile and returns the path of the .shp.
func writeSet(t testing.TB, parts map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for ext, content := range parts {
		if err := os.WriteFile(filepath.Join(dir, "land"+ext), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "land.shp")
}

// writeZip makes a zip of name, content pairs.
func writeZip(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// encodeWKB writes ISO well-known binary, little endian, with as many
// ordinates as dims says.
func encodeWKB(mp orb.MultiPolygon, dims int) []byte {
	code := uint32(0)
	switch dims {
	case 3:
		code = 1000
	case 4:
		code = 3000
	}
	b := binary.LittleEndian.AppendUint32([]byte{1}, code+6)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(mp)))
	for _, polygon := range mp {
		b = binary.LittleEndian.AppendUint32(append(b, 1), code+3)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(polygon)))
		for _, ring := range polygon {
			b = binary.LittleEndian.AppendUint32(b, uint32(len(ring)))
			for _, p := range ring {
				for d := range dims {
					v := 7.0
					if d < 2 {
						v = p[d]
					}
					b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
				}
			}
		}
	}
	return b
}

// blob puts a GeoPackage header before well-known binary.
func blob(srs int32, wkb []byte) []byte {
	b := []byte{'G', 'P', 0, 1}
	return append(binary.LittleEndian.AppendUint32(b, uint32(srs)), wkb...)
}

// writeGPKG makes a GeoPackage with the statements run after the usual tables
// are there.
func writeGPKG(t testing.TB, statements ...any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "land.gpkg")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{
		`create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text,
			organization_coordsys_id integer, definition text, description text)`,
		`create table gpkg_contents (table_name text primary key, data_type text, identifier text, srs_id integer)`,
		`create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text,
			srs_id integer, z tinyint, m tinyint)`,
		`insert into gpkg_spatial_ref_sys values ('CGCS2000 / 3-degree Gauss-Kruger zone 38', 4526, 'EPSG', 4526, 'undefined', '')`,
		`insert into gpkg_spatial_ref_sys values ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', '')`,
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < len(statements); i++ {
		s := statements[i].(string)
		var args []any
		if i+1 < len(statements) {
			if a, ok := statements[i+1].([]any); ok {
				args = a
				i++
			}
		}
		if _, err := db.Exec(s, args...); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return path
}

// feature writes one GeoJSON feature.
func feature(properties, kind, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":{"type":%q,"coordinates":%s}}`, properties, kind, coordinates)
}

func collection(features ...string) string {
	s := `{"type":"FeatureCollection","features":[`
	for i, f := range features {
		if i > 0 {
			s += ","
		}
		s += f
	}
	return s + "]}"
}

const unitSquare = `[[[0,0],[1,0],[1,1],[0,1],[0,0]]]`
