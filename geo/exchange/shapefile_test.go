package exchange

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// nested is an outer ring with a hole, an island in the hole, and a second
// part, in an order that no writer should use.
func nested() []orb.Ring {
	return []orb.Ring{
		square(2, 2, 6, false), // hole
		square(20, 0, 5, true), // second part
		square(4, 4, 2, true),  // island in the hole
		square(0, 0, 10, true), // outer
	}
}

func polygonsOf(mp orb.MultiPolygon) (parts, holes int) {
	for _, p := range mp {
		holes += len(p) - 1
	}
	return len(mp), holes
}

func TestShapefileRingsAreGroupedByContainment(t *testing.T) {
	reversed := nested()
	for _, r := range reversed {
		r.Reverse()
	}
	allClockwise := nested()
	allClockwise[0].Reverse()
	open := nested()
	open[3] = open[3][:4]
	for name, c := range map[string]struct {
		kind     uint32
		rings    []orb.Ring
		warnings []string
	}{
		"any order":            {5, nested(), nil},
		"Z":                    {15, nested(), nil},
		"M":                    {25, nested(), nil},
		"all turned":           {5, reversed, []string{"winding-mended"}},
		"a hole runs as outer": {5, allClockwise, []string{"winding-mended"}},
		"not closed":           {5, open, []string{"ring-closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			shp, shx := writeShp([]testShape{{kind: c.kind, rings: c.rings}}, 0)
			_, rows := mustRead(t, writeSet(t, map[string][]byte{".shp": shp, ".shx": shx}), Options{})
			if len(rows) != 1 || rows[0].Problem != nil {
				t.Fatalf("%+v", rows)
			}
			mp := rows[0].Geometry
			if parts, holes := polygonsOf(mp); parts != 3 || holes != 1 {
				t.Errorf("%d parts and %d holes: %v", parts, holes, mp)
			}
			if want := (orb.Polygon{square(0, 0, 10, false), square(2, 2, 6, true)}); math.Abs(planarArea(mp[0])) != 64 ||
				signedArea(mp[0][0]) <= 0 || signedArea(mp[0][1]) >= 0 {
				t.Errorf("first polygon %v, want like %v", mp[0], want)
			}
			var got []string
			for _, w := range rows[0].Warnings {
				got = append(got, w.Code)
			}
			if !slices.Equal(got, c.warnings) {
				t.Errorf("warnings %q, want %q", got, c.warnings)
			}
		})
	}
}

// planarArea is the area of a polygon less its holes.
func planarArea(p orb.Polygon) float64 {
	var sum float64
	for i, r := range p {
		a := math.Abs(signedArea(r)) / 2
		if i > 0 {
			a = -a
		}
		sum += a
	}
	return sum
}

func TestShapefileHoleTouchingItsRing(t *testing.T) {
	// The hole shares a corner, then a whole edge run, with the outer ring.
	hole := orb.Ring{{0, 0}, {3, 1}, {3, 3}, {1, 3}, {0, 0}}
	shp, _ := writeShp([]testShape{{kind: 5, rings: []orb.Ring{hole, square(0, 0, 10, true)}}}, 0)
	_, rows := mustRead(t, writeSet(t, map[string][]byte{".shp": shp}), Options{})
	if parts, holes := polygonsOf(rows[0].Geometry); parts != 1 || holes != 1 {
		t.Errorf("%v", rows[0].Geometry)
	}
	// Two parts that meet along an edge stay two parts.
	shp, _ = writeShp([]testShape{{kind: 5, rings: []orb.Ring{square(0, 0, 4, true), square(4, 0, 4, true)}}}, 0)
	_, rows = mustRead(t, writeSet(t, map[string][]byte{".shp": shp}), Options{})
	if parts, holes := polygonsOf(rows[0].Geometry); parts != 2 || holes != 0 {
		t.Errorf("%v", rows[0].Geometry)
	}
}

func oneSquare() []testShape { return []testShape{{kind: 5, rings: []orb.Ring{square(0, 0, 1, true)}}} }

func TestShapefileEncodings(t *testing.T) {
	const text = "王家河1号地块朱镕基"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	gb18030, err := simplifiedchinese.GB18030.NewEncoder().String("𠮷野家")
	if err != nil {
		t.Fatal(err)
	}
	gbkName, err := simplifiedchinese.GBK.NewEncoder().String("地块名称")
	if err != nil {
		t.Fatal(err)
	}
	latin, err := charmap.ISO8859_1.NewEncoder().String("México")
	if err != nil {
		t.Fatal(err)
	}
	const utf8Name = "地块名" // "地块名称" does not fit ten bytes
	for _, c := range []struct {
		name, value string
		column      string
		language    byte
		cpg, option string
		want        string
		encoding    string
	}{
		{"cpg GBK", gbk, gbkName, 0, "GBK", "", text, "GBK (.cpg)"},
		{"cpg 936", gbk, gbkName, 0, "936\r\n", "", text, "GBK (.cpg)"},
		{"cpg UTF-8 with mark", text, utf8Name, 0x4D, "\ufeffUTF-8", "", text, "UTF-8 (.cpg)"},
		{"cpg GB18030", gb18030, gbkName, 0, "GB18030", "", "𠮷野家", "GB18030 (.cpg)"},
		{"cpg ISO-8859-1", latin, "n", 0, "ISO-8859-1", "", "México", "ISO-8859-1 (.cpg)"},
		{"cpg 88591", latin, "n", 0, "88591", "", "México", "ISO-8859-1 (.cpg)"},
		{"cpg 1252", latin, "n", 0, "ANSI 1252", "", "México", "windows-1252 (.cpg)"},
		{"cpg lies", gbk, gbkName, 0, "UTF-8", "", text, "GB18030 (按内容推断"},
		{"language byte", gbk, gbkName, 0x4D, "", "", text, "GBK (DBF"},
		{"language byte lies", text, utf8Name, 0x4D, "", "", text, "UTF-8 (内容为 UTF-8"},
		{"option wins", gbk, gbkName, 0, "UTF-8", "gbk", text, "GBK (--encoding)"},
		{"no sign, GBK", gbk, gbkName, 0, "", "", text, "GB18030 (按内容推断"},
		{"no sign, UTF-8", text, utf8Name, 0, "", "", text, "UTF-8 (按内容推断"},
		{"no sign, Latin-1", "\xe9t\xe9 \xe0", "n", 0, "", "", "été à", "windows-1252 (按内容推断"},
		{"no sign, ASCII", "plain", "n", 0, "", "", "plain", "UTF-8 (全为 ASCII"},
		{"ANSI and Western", latin, "n", 0x57, "", "", "México", "windows-1252 (按内容推断"},
		{"ANSI but Chinese", gbkName, "n", 0x57, "", "", "地块名称", "GB18030 (按内容推断"},
	} {
		t.Run(c.name, func(t *testing.T) {
			shp, shx := writeShp(oneSquare(), 0)
			parts := map[string][]byte{
				".shp": shp, ".shx": shx,
				".dbf": writeDBF(c.language, []testField{{c.column, 'C', 60}}, [][]string{{c.value}}),
			}
			if c.cpg != "" {
				parts[".cpg"] = []byte(c.cpg)
			}
			h, rows := mustRead(t, writeSet(t, parts), Options{Encoding: c.option})
			if rows[0].Attrs[0] != c.want || len(rows[0].Warnings) != 0 {
				t.Errorf("read %q %v, want %q", rows[0].Attrs[0], rows[0].Warnings, c.want)
			}
			if !strings.HasPrefix(h.Encoding, c.encoding) {
				t.Errorf("encoding %q, want %q…", h.Encoding, c.encoding)
			}
			if c.column == gbkName && h.Columns[0] != "地块名称" || c.column == utf8Name && h.Columns[0] != utf8Name {
				t.Errorf("column %q", h.Columns[0])
			}
		})
	}
}

func TestDBFTextCutInACharacter(t *testing.T) {
	shp, _ := writeShp(oneSquare(), 0)
	const value = "岳阳楼区" // 12 bytes, cut to 10
	h, rows := mustRead(t, writeSet(t, map[string][]byte{
		".shp": shp,
		".dbf": writeDBF(0, []testField{{"坐落地址"[:10], 'C', 10}}, [][]string{{value[:10]}}),
	}), Options{})
	if h.Columns[0] != "坐落地" || rows[0].Attrs[0] != "岳阳楼" || !strings.HasPrefix(h.Encoding, "UTF-8") {
		t.Errorf("%q %q %s", h.Columns, rows[0].Attrs, h.Encoding)
	}
}

func TestDBFValues(t *testing.T) {
	fields := []testField{
		{"TEXT", 'C', 8}, {"NUM", 'N', 10}, {"FLOAT", 'F', 10}, {"DAY", 'D', 8}, {"OK", 'L', 1}, {"INT", 'I', 4}, {"MEMO", 'M', 10},
	}
	shapes := append(oneSquare(), oneSquare()...)
	shp, shx := writeShp(shapes, 0)
	_, rows := mustRead(t, writeSet(t, map[string][]byte{".shp": shp, ".shx": shx, ".dbf": writeDBF(0, fields, [][]string{
		{"  a b", "     12.50", "1.5e3", "20160930", "T", "\xfe\xff\xff\xff", "1"},
		{"", "**********", "", "00000000", "?", "\x07\x00\x00\x00", ""},
	})}), Options{})
	for i, want := range [][]string{
		{"  a b", "12.50", "1.5e3", "2016-09-30", "true", "-2", ""},
		{"", "", "", "", "", "7", ""},
	} {
		if !slices.Equal(rows[i].Attrs, want) {
			t.Errorf("row %d: %q, want %q", i+1, rows[i].Attrs, want)
		}
	}
}

func TestShapefileDeletedAndNull(t *testing.T) {
	shapes := []testShape{{kind: 5, rings: []orb.Ring{square(0, 0, 1, true)}}, {kind: 5, rings: []orb.Ring{square(5, 0, 1, true)}}, {}, {kind: 5, rings: []orb.Ring{square(9, 0, 1, true)}}}
	shp, shx := writeShp(shapes, 12)
	h, rows := mustRead(t, writeSet(t, map[string][]byte{
		".shp": shp, ".shx": shx,
		".dbf": writeDBF(0, []testField{{"BSM", 'C', 4}}, [][]string{{"a"}, {"b"}, {"c"}, {"d"}}, 1),
	}), Options{})
	if h.Rows != 3 || len(rows) != 3 || len(h.Warnings) != 1 || h.Warnings[0].Code != "deleted-records" {
		t.Fatalf("%+v with %d rows", h, len(rows))
	}
	if rows[0].Number != 1 || rows[1].Number != 3 || rows[2].Number != 4 || rows[2].Attrs[0] != "d" {
		t.Errorf("%+v", rows)
	}
	if rows[1].Problem == nil || rows[1].Problem.Code != "null-shape" || rows[1].Attrs[0] != "c" {
		t.Errorf("null shape: %+v", rows[1])
	}
	// The gaps before the records are found by the .shx only.
	if rows[2].Geometry.Bound().Min[0] != 9 {
		t.Errorf("%v", rows[2].Geometry)
	}
}

func TestShapefileInCapitals(t *testing.T) {
	shp, shx := writeShp(oneSquare(), 0)
	dir := t.TempDir()
	for name, b := range map[string][]byte{
		"LAND.SHP": shp, "LAND.SHX": shx, "land.dbf": writeDBF(0, []testField{{"BSM", 'C', 4}}, [][]string{{"a"}}),
		"Land.Prj": []byte(`GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]`),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, rows := mustRead(t, filepath.Join(dir, "LAND.SHP"), Options{})
	if h.CRS.EPSG != 4490 || h.CRS.From != ".prj" || rows[0].Attrs[0] != "a" {
		t.Errorf("%+v %+v", h, rows)
	}
	if _, _, err := readFile(t, filepath.Join(dir, "land.dbf"), Options{}); err == nil {
		t.Error("a .dbf alone was taken")
	} else {
		wantCode(t, err, "part-of-shapefile")
	}
}

// A file that ends early is refused with the record that it ends in, at
// whatever byte it was cut.
func TestShapefileTruncatedAnywhere(t *testing.T) {
	shapes := []testShape{oneSquare()[0], {kind: 15, rings: nested()}, oneSquare()[0]}
	shp, shx := writeShp(shapes, 0)
	dbf := writeDBF(0, []testField{{"BSM", 'C', 4}}, [][]string{{"a"}, {"b"}, {"c"}})
	for cut := 1; cut < len(shp); cut += 7 {
		for _, parts := range []map[string][]byte{
			{".shp": shp[:cut], ".dbf": dbf},
			{".shp": shp[:cut], ".dbf": dbf, ".shx": shx},
		} {
			_, rows, err := readFile(t, writeSet(t, parts), Options{})
			if err == nil {
				t.Fatalf("cut at %d of %d: no error, %d rows", cut, len(shp), len(rows))
			}
		}
	}
	_, rows, err := readFile(t, writeSet(t, map[string][]byte{".shp": shp[:len(shp)-10], ".dbf": dbf}), Options{})
	wantCode(t, err, "shp-truncated")
	if len(rows) != 2 || !strings.Contains(err.Error(), "record 3") {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	for cut := 1; cut < len(dbf)-1; cut += 3 {
		if _, _, err := readFile(t, writeSet(t, map[string][]byte{".shp": shp, ".dbf": dbf[:cut]}), Options{}); err == nil {
			t.Fatalf("dbf cut at %d of %d: no error", cut, len(dbf))
		}
	}
}

func TestShapefileLies(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	lie := func(change func(content []byte)) []testShape {
		c := testShape{kind: 5, rings: nested()}.content()
		change(c)
		return []testShape{{raw: c}, oneSquare()[0]}
	}
	for name, c := range map[string]struct {
		shapes  []testShape
		problem string
	}{
		"points beyond the record":   {lie(func(b []byte) { le.PutUint32(b[40:], 0x7ffffff0) }), "record-length"},
		"negative points":            {lie(func(b []byte) { le.PutUint32(b[40:], 0xfffffff0) }), "record-length"},
		"parts beyond the record":    {lie(func(b []byte) { le.PutUint32(b[36:], 0x7ffffff0) }), "record-length"},
		"negative parts":             {lie(func(b []byte) { le.PutUint32(b[36:], 0x80000000) }), "record-length"},
		"no parts":                   {lie(func(b []byte) { le.PutUint32(b[36:], 0) }), "empty-geometry"},
		"first part not at 0":        {lie(func(b []byte) { le.PutUint32(b[44:], 1) }), "parts-wrong"},
		"part starts fall":           {lie(func(b []byte) { le.PutUint32(b[48:], 0) }), "parts-wrong"},
		"part start negative":        {lie(func(b []byte) { le.PutUint32(b[48:], 0xffffffff) }), "parts-wrong"},
		"part start beyond points":   {lie(func(b []byte) { le.PutUint32(b[56:], 4000) }), "parts-wrong"},
		"a part of two points":       {lie(func(b []byte) { le.PutUint32(b[48:], 2) }), "ring-too-short"},
		"not a number":               {lie(func(b []byte) { le.PutUint64(b[60:], math.Float64bits(math.NaN())) }), "not-finite"},
		"infinite":                   {lie(func(b []byte) { le.PutUint64(b[68:], math.Float64bits(math.Inf(1))) }), "not-finite"},
		"another type":               {lie(func(b []byte) { le.PutUint32(b, 3) }), "not-a-polygon"},
		"an unknown type":            {lie(func(b []byte) { le.PutUint32(b, 77) }), "not-a-polygon"},
		"Z without its values":       {lie(func(b []byte) { le.PutUint32(b, 15) }), "record-length"},
		"too short for a polygon":    {[]testShape{{raw: []byte{5, 0, 0, 0, 1, 0}}, oneSquare()[0]}, "record-length"},
		"a record of a type only":    {[]testShape{{raw: []byte{5, 0, 0, 0}}, oneSquare()[0]}, "record-length"},
		"more points than the limit": {[]testShape{{kind: 5, rings: []orb.Ring{make(orb.Ring, 60)}}, oneSquare()[0]}, "too-many-vertices"},
	} {
		t.Run(name, func(t *testing.T) {
			shp, _ := writeShp(c.shapes, 0)
			path := writeSet(t, map[string][]byte{".shp": shp})
			var rows []Row
			bytes := allocated(func() { _, rows = mustRead(t, path, Options{Limits: Limits{MaxVertices: 50}}) })
			if len(rows) != 2 || rows[0].Problem == nil || rows[0].Problem.Code != c.problem || rows[1].Problem != nil {
				t.Fatalf("%+v", rows)
			}
			if bytes > 512<<10 {
				t.Errorf("allocated %d bytes", bytes)
			}
		})
	}
	good, goodIndex := writeShp([]testShape{oneSquare()[0], oneSquare()[0]}, 0)
	dbf := writeDBF(0, []testField{{"BSM", 'C', 4}}, [][]string{{"a"}, {"b"}})
	change := func(b []byte, f func([]byte)) []byte {
		b = slices.Clone(b)
		f(b)
		return b
	}
	for name, c := range map[string]struct {
		parts map[string][]byte
		code  string
	}{
		"record length over the end": {map[string][]byte{".shp": change(good, func(b []byte) { be.PutUint32(b[104:], 0x7fffffff) })}, "shp-truncated"},
		"record length 0":            {map[string][]byte{".shp": change(good, func(b []byte) { be.PutUint32(b[104:], 0) })}, "shp-truncated"},
		"header too long":            {map[string][]byte{".shp": change(good, func(b []byte) { be.PutUint32(b[24:], 0x7fffffff) })}, "shp-truncated"},
		"header version":             {map[string][]byte{".shp": change(good, func(b []byte) { b[28] = 1 })}, "shp-header"},
		"index points before":        {map[string][]byte{".shp": good, ".shx": change(goodIndex, func(b []byte) { be.PutUint32(b[108:], 3) })}, "shx-wrong"},
		"index points behind":        {map[string][]byte{".shp": good, ".shx": change(goodIndex, func(b []byte) { be.PutUint32(b[108:], 0x7fffffff) })}, "shx-wrong"},
		"dbf with more records":      {map[string][]byte{".shp": good, ".dbf": writeDBF(0, []testField{{"A", 'C', 1}}, [][]string{{"a"}, {"b"}, {"c"}})}, "counts-differ"},
		"dbf with fewer records":     {map[string][]byte{".shp": good, ".dbf": writeDBF(0, []testField{{"A", 'C', 1}}, [][]string{{"a"}})}, "counts-differ"},
		"index and dbf differ":       {map[string][]byte{".shp": good, ".shx": goodIndex[:108], ".dbf": dbf}, "counts-differ"},
		"dbf claims a billion":       {map[string][]byte{".shp": good, ".dbf": change(dbf, func(b []byte) { le.PutUint32(b[4:], 1<<30) })}, "too-many-rows"},
		"dbf claims three":           {map[string][]byte{".shp": good, ".dbf": change(dbf, func(b []byte) { le.PutUint32(b[4:], 3) })}, "dbf-truncated"},
		"dbf record of no width":     {map[string][]byte{".shp": good, ".dbf": change(dbf, func(b []byte) { le.PutUint16(b[10:], 0) })}, "dbf-broken"},
		"dbf header beyond the end":  {map[string][]byte{".shp": good, ".dbf": change(dbf, func(b []byte) { le.PutUint16(b[8:], 60000) })}, "dbf-broken"},
		"dbf field over the record":  {map[string][]byte{".shp": good, ".dbf": change(dbf, func(b []byte) { b[32+16] = 200 })}, "dbf-broken"},
		"dBASE 7":                    {map[string][]byte{".shp": good, ".dbf": change(dbf, func(b []byte) { b[0] = 4 })}, "dbf-broken"},
	} {
		t.Run(name, func(t *testing.T) {
			path := writeSet(t, c.parts)
			var err error
			bytes := allocated(func() { _, _, err = readFile(t, path, Options{}) })
			wantCode(t, err, c.code)
			if bytes > 1<<20 {
				t.Errorf("allocated %d bytes", bytes)
			}
		})
	}
}

func TestShapefileStaleHeaderIsToldAndRead(t *testing.T) {
	shp, _ := writeShp([]testShape{oneSquare()[0], oneSquare()[0]}, 0)
	binary.BigEndian.PutUint32(shp[24:], 118)
	h, rows := mustRead(t, writeSet(t, map[string][]byte{".shp": shp}), Options{})
	if len(rows) != 2 || len(h.Warnings) != 2 || h.Warnings[1].Code != "shp-length" {
		t.Errorf("%d rows, %+v", len(rows), h.Warnings)
	}
}

func TestAssembleManyRings(t *testing.T) {
	var rings []orb.Ring
	for i := range 40 {
		rings = append(rings, square(float64(i), float64(i), float64(100-2*i), i%2 == 0))
	}
	slices.Reverse(rings)
	mp, against := assemble(rings)
	if parts, holes := polygonsOf(mp); parts != 20 || holes != 20 || against {
		t.Errorf("%d parts, %d holes, against %v", parts, holes, against)
	}
	for i, p := range mp {
		if want := square(float64(2*i), float64(2*i), float64(100-4*i), true); !reflect.DeepEqual(p[0], want) {
			t.Errorf("polygon %d begins with %v", i, p[0])
		}
	}
}
