package exchange

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

const insertLand = "insert into land (geom, 名称, mj, day, photo, ok) values (?, ?, ?, ?, ?, ?)"

// landTable makes a table of land in zone 38.
func landTable() []any {
	return []any{
		`create table land (fid integer primary key autoincrement, geom multipolygon, 名称 text, mj real, day date, photo blob, ok boolean)`,
		`insert into gpkg_contents values ('land', 'features', 'land', 4526)`,
		`insert into gpkg_geometry_columns values ('land', 'geom', 'MULTIPOLYGON', 4526, 0, 0)`,
	}
}

func landShape() orb.MultiPolygon {
	return orb.MultiPolygon{
		{square(38411500, 3251811, 100, false), square(38411510, 3251821, 10, true)},
		{square(38411700, 3251811, 50, false)},
	}
}

func landGPKG(t *testing.T) string {
	t.Helper()
	return writeGPKG(t, append(landTable(),
		insertLand, []any{blob(4526, encodeWKB(landShape(), 2)), "王家河", 1234.5678901234567, "2016-09-30", nil, 1},
		insertLand, []any{blob(4526, encodeWKB(landShape(), 4)), nil, 0.1, nil, []byte{1, 2}, 0},
	)...)
}

func TestGeoPackage(t *testing.T) {
	h, rows := mustRead(t, landGPKG(t), Options{})
	if want := []string{"fid", "名称", "mj", "day", "photo", "ok"}; !slices.Equal(h.Columns, want) || h.Rows != 2 ||
		h.CRS.EPSG != 4526 || h.Layer != "land" || h.CRS.From != "gpkg_spatial_ref_sys" {
		t.Errorf("%+v", h)
	}
	for _, r := range rows {
		if r.Problem != nil || !reflect.DeepEqual(r.Geometry, landShape()) {
			t.Errorf("%+v", r)
		}
	}
	if want := []string{"1", "王家河", "1234.5678901234567", "2016-09-30", ""}; !slices.Equal(rows[0].Attrs[:5], want) {
		t.Errorf("%q, want %q", rows[0].Attrs, want)
	}
	if len(rows[1].Warnings) != 1 || rows[1].Warnings[0].Code != "not-text" || rows[1].Warnings[0].Field != "photo" {
		t.Errorf("%+v", rows[1].Warnings)
	}
}

// A column of binary values, or of broken text, is warned of once in a file, not
// once a row; each reading tells it anew.
func TestColumnsAreWarnedOfOnce(t *testing.T) {
	statements := landTable()
	for range 50 {
		statements = append(statements, insertLand, []any{blob(4526, encodeWKB(landShape(), 2)), "\xff\xfe", 1, nil, []byte{1, 2}, 0})
	}
	var records [][]string
	var shapes []testShape
	for range 50 {
		shapes = append(shapes, oneSquare()...)
		records = append(records, []string{"\xff\xfe\xfd"})
	}
	shp, _ := writeShp(shapes, 0)
	set := writeSet(t, map[string][]byte{
		".shp": shp, ".cpg": []byte("UTF-8"), ".dbf": writeDBF(0, []testField{{"name", 'C', 10}}, records),
	})
	for path, want := range map[string]int{writeGPKG(t, statements...): 2, set: 1} {
		r, err := Open(t.Context(), path, Options{Encoding: "UTF-8"})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			rows, warnings := 0, 0
			for row, err := range r.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				rows++
				warnings += len(row.Warnings)
			}
			if rows != 50 || warnings != want {
				t.Errorf("%s: %d rows with %d warnings, want %d", path, rows, warnings, want)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestGeoPackageRowProblems(t *testing.T) {
	good := encodeWKB(landShape(), 2)
	big := encodeWKB(orb.MultiPolygon{{make(orb.Ring, 60)}}, 2)
	cases := []struct {
		geom any
		code string
	}{
		{nil, "geometry-null"},
		{"text", "wkb-broken"},
		{[]byte("GP"), "wkb-broken"},
		{blob(4526, nil), "wkb-broken"},
		{blob(4490, good), "srid-mismatch"},
		{blob(4526, good[:len(good)-1]), "wkb-broken"},
		{append([]byte{'G', 'P', 1, 1}, blob(4526, good)[4:]...), "gpkg-extended"},
		{append([]byte{'G', 'P', 0, 0x0f}, blob(4526, good)[4:]...), "wkb-broken"},
		{append([]byte{'G', 'P', 0, 0x11}, blob(4526, good)[4:]...), "empty-geometry"},
		{blob(4526, encodeWKB(nil, 2)), "empty-geometry"},
		{blob(4526, encodeWKB(orb.MultiPolygon{{}}, 2)), "empty-geometry"},
		{blob(4526, append([]byte{1, 1, 0, 0, 0}, make([]byte, 16)...)), "not-a-polygon"},
		{blob(4526, append([]byte{1, 7, 0, 0, 0}, make([]byte, 4)...)), "not-a-polygon"},
		{blob(4526, encodeWKB(orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}, 2)), "ring-not-closed"},
		{blob(4526, encodeWKB(orb.MultiPolygon{{{{0, 0}, {1, 0}, {0, 0}}}}, 2)), "ring-too-short"},
		{blob(4526, encodeWKB(orb.MultiPolygon{{{{0, 0}, {1, 0}, {math.NaN(), 1}, {0, 0}}}}, 2)), "not-finite"},
		{blob(4526, big), "too-many-vertices"},
		{blob(4526, bytes.Repeat(big, 50)), "too-many-vertices"},
		{blob(4526, good), ""},
	}
	statements := landTable()
	for _, c := range cases {
		statements = append(statements, insertLand, []any{c.geom, "x", 1, nil, nil, nil})
	}
	_, rows := mustRead(t, writeGPKG(t, statements...), Options{Limits: Limits{MaxVertices: 50, MaxRings: 20}})
	if len(rows) != len(cases) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, c := range cases {
		got := ""
		if rows[i].Problem != nil {
			got = rows[i].Problem.Code
		}
		if got != c.code || (rows[i].Geometry == nil) != (c.code != "") {
			t.Errorf("case %d: %q, want %q", i, got, c.code)
		}
	}
}

func TestGeoPackageFileErrors(t *testing.T) {
	sound, err := os.ReadFile(landGPKG(t))
	if err != nil {
		t.Fatal(err)
	}
	two := append(landTable(),
		`create table more (id integer primary key, shape polygon)`,
		`insert into gpkg_contents values ('more', 'features', 'more', -1)`,
		`insert into gpkg_geometry_columns values ('more', 'shape', 'POLYGON', -1, 0, 0)`)
	for name, c := range map[string]struct {
		path  string
		layer string
		code  string
	}{
		"no tables":       {save(t, "a.gpkg", sound[:100]), "", "gpkg-broken"},
		"cut short":       {save(t, "a.gpkg", sound[:len(sound)/2]), "", "gpkg-broken"},
		"no feature":      {writeGPKG(t), "", "no-layer"},
		"several":         {writeGPKG(t, two...), "", "several-layers"},
		"unknown":         {writeGPKG(t, two...), "less", "layer-unknown"},
		"a missing table": {writeGPKG(t, append(landTable(), `drop table land`)...), "", "gpkg-table-missing"},
		"a view": {writeGPKG(t, append(landTable(), `alter table land rename to secret`,
			`create view land as with recursive n(i) as (select 1 union all select i + 1 from n) select i as fid, null as geom from n`)...), "", "gpkg-not-a-table"},
		"a view of contents": {writeGPKG(t, `alter table gpkg_contents rename to c`, `create view gpkg_contents as select * from c`), "", "gpkg-not-a-table"},
		"a virtual table": {writeGPKG(t, append(landTable(), `drop table land`,
			`create virtual table land using fts5(geom)`)...), "", "gpkg-not-a-table"},
		"no geometry column": {writeGPKG(t, append(landTable(), `alter table land rename column geom to other`)...), "", "gpkg-column-missing"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := readFile(t, c.path, Options{Layer: c.layer})
			wantCode(t, err, c.code)
		})
	}
	h, rows := mustRead(t, writeGPKG(t, two...), Options{Layer: "MORE"})
	if h.Layer != "more" || len(rows) != 0 || h.CRS != (CRS{}) {
		t.Errorf("%+v", h)
	}
	_, _, err = readFile(t, landGPKG(t), Options{Limits: Limits{MaxRows: 1}})
	wantCode(t, err, "too-many-rows")
}

func TestGeoPackageOddNames(t *testing.T) {
	path := writeGPKG(t,
		`create table "a ""b"" ; drop" ("f ""id""" integer primary key, "ge om" polygon, "x'y" text, g text generated always as (hex("x'y")) virtual)`,
		`insert into gpkg_contents values ('a "b" ; drop', 'features', 'x', 4526)`,
		`insert into gpkg_geometry_columns values ('a "b" ; drop', 'ge om', 'POLYGON', 4526, 0, 0)`,
		`insert into "a ""b"" ; drop" ("ge om", "x'y") values (?, ?)`, []any{blob(4526, encodeWKB(landShape(), 2)), "v"})
	h, rows := mustRead(t, path, Options{})
	if !slices.Equal(h.Columns, []string{`f "id"`, "x'y"}) || rows[0].Problem != nil || rows[0].Attrs[1] != "v" {
		t.Errorf("%q %+v", h.Columns, rows)
	}
	// A path with characters that mean something in a URI.
	odd := filepath.Join(t.TempDir(), "a?b=#%20.gpkg")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(odd, b, 0o600); err != nil {
		t.Fatal(err)
	}
	mustRead(t, odd, Options{})
}

func TestGeoPackageIsNotWritten(t *testing.T) {
	path := landGPKG(t)
	r, err := openGeoPackage(context.Background(), path, Options{Limits: DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, s := range []string{"delete from land", "pragma query_only = off", "create table x (a)"} {
		_, err := r.conn.ExecContext(context.Background(), s)
		if err == nil && !strings.HasPrefix(s, "pragma") {
			t.Errorf("%s was let through", s)
		}
	}
	if _, err := r.conn.ExecContext(context.Background(), "delete from land"); err == nil {
		t.Error("a write was let through after query_only was switched off")
	}
}

// The 25 bytes that end a process whose decoder believes the count.
func TestHostileWKB(t *testing.T) {
	hostile := func(code uint32, dims int) []byte {
		b := binary.LittleEndian.AppendUint32([]byte{1}, code)
		b = binary.LittleEndian.AppendUint32(b, 0xFFFFFFF0)
		return append(b, make([]byte, 16)...)
	}
	inRing := binary.LittleEndian.AppendUint32([]byte{1}, 3)
	inRing = binary.LittleEndian.AppendUint32(inRing, 1)
	inRing = binary.LittleEndian.AppendUint32(inRing, 0xFFFFFFF0)
	inRing = append(inRing, make([]byte, 12)...)
	for name, b := range map[string][]byte{
		"polygon": hostile(3, 2), "polygon Z": hostile(1003, 3), "polygon ZM": hostile(3003, 4),
		"multipolygon": hostile(6, 2), "in a ring": inRing, "EWKB": hostile(0x80000003, 3),
	} {
		if len(b) != 25 {
			t.Fatalf("%s: %d bytes", name, len(b))
		}
		var p *Problem
		bytes := allocated(func() { _, p = parseWKB(b, DefaultLimits()) })
		if p == nil || p.Code != "wkb-broken" {
			t.Errorf("%s: %+v", name, p)
		}
		if bytes > 4<<10 {
			t.Errorf("%s: allocated %d bytes", name, bytes)
		}
	}
}

func TestWKBByteOrders(t *testing.T) {
	be := []byte{0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 4}
	for _, p := range []orb.Point{{0, 0}, {1, 0}, {1, 1}, {0, 0}} {
		be = binary.BigEndian.AppendUint64(be, math.Float64bits(p[0]))
		be = binary.BigEndian.AppendUint64(be, math.Float64bits(p[1]))
	}
	mp, p := parseWKB(be, DefaultLimits())
	if p != nil || !reflect.DeepEqual(mp, orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}) {
		t.Errorf("%v %v", mp, p)
	}
}
