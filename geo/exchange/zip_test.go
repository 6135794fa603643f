package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func zippedSet(name string) []string {
	shp, shx := writeShp(oneSquare(), 0)
	dbf := writeDBF(0x4D, []testField{{"BSM", 'C', 4}}, [][]string{{"a"}})
	return []string{name + ".shp", string(shp), name + ".shx", string(shx), name + ".DBF", string(dbf), name + ".cpg", "UTF-8"}
}

func TestZipOfOneSet(t *testing.T) {
	pairs := append(zippedSet("数据/宗地"), "读我.txt", "x", "__MACOSX/数据/._宗地.shp", "junk", "数据/._宗地.shp", "junk")
	h, rows := mustRead(t, save(t, "a.zip", writeZip(t, pairs...)), Options{})
	if len(rows) != 1 || rows[0].Attrs[0] != "a" || h.Encoding != "UTF-8 (.cpg)" || h.Layer != "数据/宗地" {
		t.Errorf("%+v %+v", h, rows)
	}
}

func TestZipOfSeveralLayers(t *testing.T) {
	text := collection(feature(`{"code":"j"}`, "Polygon", unitSquare))
	path := save(t, "a.zip", writeZip(t, append(append(zippedSet("a/one"), zippedSet("b/two")...), "three.geojson", text)...))
	_, _, err := readFile(t, path, Options{})
	wantCode(t, err, "several-layers")
	if !strings.Contains(err.Error(), "a/one.shp, b/two.shp, three.geojson") {
		t.Errorf("the names are missing: %v", err)
	}
	for _, layer := range []string{"one", "a/one", "ONE.shp", "a/one.shp"} {
		if h, rows := mustRead(t, path, Options{Layer: layer}); h.Layer != "a/one" || len(rows) != 1 {
			t.Errorf("%s: %+v", layer, h)
		}
	}
	if h, rows := mustRead(t, path, Options{Layer: "three"}); h.Format != GeoJSON || rows[0].Attrs[0] != "j" {
		t.Errorf("%+v", h)
	}
	_, _, err = readFile(t, path, Options{Layer: "four"})
	wantCode(t, err, "layer-unknown")
	_, _, err = readFile(t, save(t, "b.zip", writeZip(t, "readme.txt", "x")), Options{})
	wantCode(t, err, "no-layer")
}

// tempFiles counts the unpacked GeoPackages in a folder.
func tempFiles(t *testing.T, folder string) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "tengdi-*.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// An upload has a folder of its own that is always removed: what is unpacked
// goes there, and Close removes it too.
func TestZipOfGeoPackageLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b, err := os.ReadFile(landGPKG(t))
	if err != nil {
		t.Fatal(err)
	}
	path := save(t, "a.zip", writeZip(t, "x/land.gpkg", string(b)))
	folder := filepath.Dir(path)
	r, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if beside, temp := tempFiles(t, folder), tempFiles(t, os.TempDir()); beside != 1 || temp != 0 {
		t.Errorf("while open %d files beside the archive, %d in the system's folder", beside, temp)
	}
	n := 0
	for _, err := range r.Rows() {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil || n != 2 {
		t.Errorf("%d rows, %v", n, err)
	}
	// One that cannot be opened is removed too.
	short := save(t, "b.zip", writeZip(t, "land.gpkg", string(b[:5000])))
	if _, err := Open(context.Background(), short, Options{}); err == nil {
		t.Error("a GeoPackage cut short was opened")
	}
	for _, f := range []string{folder, filepath.Dir(short), os.TempDir()} {
		if n := tempFiles(t, f); n != 0 {
			t.Errorf("%d temporary files are left in %s", n, f)
		}
	}
}

func TestHostileZips(t *testing.T) {
	header := func(h zip.FileHeader, content string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateHeader(&h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	link := zip.FileHeader{Name: "land.shp"}
	link.SetMode(fs.ModeSymlink | 0o777)
	many := make([]string, 0, 200)
	for i := range 60 {
		many = append(many, strings.Repeat("x", i+1)+".txt", "")
	}
	flood := make([]string, 0, 20000)
	for i := range 10000 {
		flood = append(flood, "f"+string(rune('a'+i%26))+".txt", "")
	}
	encrypted := writeZip(t, zippedSet("land")...)
	i := bytes.Index(encrypted, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint16(encrypted[i+8:], 1)
	for name, c := range map[string]struct {
		zip    []byte
		limits Limits
		code   string
	}{
		"slip":              {writeZip(t, "../../etc/evil.shp", "x"), Limits{}, "zip-path"},
		"absolute":          {writeZip(t, "/etc/evil.shp", "x"), Limits{}, "zip-path"},
		"backslash":         {writeZip(t, `..\evil.shp`, "x"), Limits{}, "zip-path"},
		"drive":             {writeZip(t, `C:evil.shp`, "x"), Limits{}, "zip-path"},
		"dots inside":       {writeZip(t, "a/../../evil.shp", "x"), Limits{}, "zip-path"},
		"link":              {header(link, "/etc/passwd"), Limits{}, "zip-link"},
		"encrypted":         {encrypted, Limits{}, "zip-encrypted"},
		"bomb":              {writeZip(t, "land.geojson", strings.Repeat(" ", 40<<20)), Limits{}, "zip-bomb"},
		"too many":          {writeZip(t, many...), Limits{}, "too-many-entries"},
		"flood":             {writeZip(t, flood...), Limits{}, "too-many-entries"},
		"too large":         {writeZip(t, "a.geojson", strings.Repeat("[]", 3000), "b.txt", strings.Repeat("ab", 3000)), Limits{MaxBytes: 10000}, "too-many-bytes"},
		"zip in a zip only": {writeZip(t, "a.zip", string(writeZip(t, zippedSet("land")...))), Limits{}, "no-layer"},
		"broken":            {[]byte("PK\x03\x04 and nothing else"), Limits{}, "zip-broken"},
	} {
		t.Run(name, func(t *testing.T) {
			path := save(t, "a.zip", c.zip)
			var err error
			bytes := allocated(func() { _, _, err = readFile(t, path, Options{Limits: c.limits}) })
			wantCode(t, err, c.code)
			if bytes > 4<<20 {
				t.Errorf("allocated %d bytes", bytes)
			}
		})
	}
}

// An entry that unpacks to more than its header says is not read on.
func TestZipWithLyingSize(t *testing.T) {
	text := collection(feature(`{"code":"j"}`, "Polygon", unitSquare))
	b := writeZip(t, "land.geojson", text)
	i := bytes.Index(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[i+24:], uint32(len(text)-40))
	_, _, err := readFile(t, save(t, "a.zip", b), Options{})
	if err == nil {
		t.Fatal("a zip that lies about a size was read")
	}
}

func TestZipNamesInGBK(t *testing.T) {
	name, err := simplifiedchinese.GBK.NewEncoder().String("宗地")
	if err != nil {
		t.Fatal(err)
	}
	pairs := zippedSet("land")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: strings.Replace(pairs[i], "land", name, 1), NonUTF8: true})
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
	if h, _ := mustRead(t, save(t, "a.zip", b.Bytes()), Options{}); h.Layer != "宗地" {
		t.Errorf("layer %q", h.Layer)
	}
}
