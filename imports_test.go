package tengdi_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is this module's import path.
const module = "tengdi"

// row says what a package may import: own packages (paths below the module)
// and, by prefix, packages of others. The standard library is open to all.
// Tests may import more, see testExtras.
type row struct {
	own, outside []string
}

// everything allows any package of our own: for the program that wires them.
const everything = "*"

// table is the import table of docs/architecture.md. A package without a row
// fails the test: give it one, and think about its floor while you do.
func table() map[string]row {
	const (
		orb     = "github.com/paulmach/orb"
		pgx     = "github.com/jackc/pgx/v5"
		goGeom  = "github.com/twpayne/go-geom"
		gzip    = "github.com/klauspost/compress"
		brotli  = "github.com/andybalholm/brotli"
		sync    = "golang.org/x/sync"
		text    = "golang.org/x/text"
		crypto  = "golang.org/x/crypto"
		sqlite  = "modernc.org/sqlite"
		flags   = "github.com/alecthomas/kong"
		bar     = "github.com/schollz/progressbar/v3"
		term    = "golang.org/x/term"
		chi     = "github.com/go-chi/chi/v5"
		session = "github.com/alexedwards/scs/v2"
		codes   = "github.com/pquerna/otp"
		signOn  = "github.com/coreos/go-oidc/v3"
		oauth   = "golang.org/x/oauth2"
		figures = "github.com/prometheus/client_golang"
		qrCode  = "github.com/boombuler/barcode"
		picture = "golang.org/x/image"
		book    = "github.com/xuri/excelize/v2"
	)
	return map[string]row{
		"geo":                        {outside: []string{orb}},
		"geo/postgis":                {own: []string{"geo", "migrations"}, outside: []string{pgx, goGeom, orb}},
		"geo/postgis/files":          {},
		"geo/postgis/local":          {},
		"geo/postgis/pgtest":         {own: []string{"geo/postgis/local"}, outside: []string{pgx}},
		"geo/postgis/pgtest/cluster": {own: []string{"geo/postgis/pgtest"}},
		"geo/exchange":               {own: []string{"geo"}, outside: []string{orb, text, sqlite}},
		"geo/exchange/fixture":       {},
		"geo/sample":                 {own: []string{"geo"}, outside: []string{orb}},
		"tiles/deflate":              {},
		"tiles/pmtiles":              {outside: []string{gzip}},
		"tiles":                      {own: []string{"geo", "tiles/deflate", "tiles/pmtiles"}, outside: []string{orb, sync, gzip, brotli}},
		"tiles/tiletest":             {outside: []string{orb, pgx}},
		"migrations":                 {outside: []string{pgx}},
		"web":                        {own: []string{"geo", "geo/exchange", "tiles", "tiles/pmtiles", "web/listing", "web/sheet"}, outside: []string{chi, orb, session, crypto, gzip, sync, codes, signOn, oauth}},
		"web/listing":                {own: []string{"geo"}, outside: []string{orb, qrCode, picture}},
		"web/sheet":                  {own: []string{"geo"}, outside: []string{book}},
		"cmd/tengdi":                 {own: []string{everything}, outside: []string{flags, bar, term, sync, orb, crypto, figures}},
		"cmd/generate":               {own: []string{"geo"}},
		"cmd/bench":                  {own: []string{everything}, outside: []string{pgx, orb, gzip}},
		"cmd/bench/measure":          {},
		"cmd/bench/running":          {},
		"cmd/bench/city":             {own: []string{"tiles"}, outside: []string{pgx, orb}},
		"cmd/bench/codes":            {own: []string{"cmd/bench/city", "tiles", "tiles/deflate", "tiles/pmtiles"}, outside: []string{orb}},
		"cmd/bench/tilebench":        {own: []string{everything}, outside: []string{pgx, orb, gzip}},
		"cmd/bench/servebench":       {own: []string{everything}, outside: []string{pgx, orb}},
		"cmd/bench/load":             {own: []string{"cmd/bench/measure", "cmd/bench/running", "geo", "geo/postgis", "geo/postgis/local", "geo/sample"}, outside: []string{pgx, orb}},
		"scripts":                    {},
		"scripts/raced":              {},
		"scripts/scenarios":          {},
		"scripts/tally":              {},
	}
}

// testExtras are what the tests of any package may import besides its row:
// the ground floor, databases and files for tests, and tools for testing.
func testExtras() row {
	return row{
		own: []string{"geo", "geo/postgis", "geo/postgis/files", "geo/postgis/pgtest", "geo/exchange/fixture", "geo/sample", "migrations", "tiles/tiletest", "tiles/pmtiles"},
		outside: []string{
			"github.com/andybalholm/brotli", "github.com/zitadel/oidc/v3", "github.com/go-jose/go-jose/v4", "pgregory.net/rapid", "github.com/anishathalye/porcupine", "github.com/getkin/kin-openapi", "github.com/jackc/pgx/v5", "github.com/paulmach/orb", "github.com/xuri/excelize/v2", "golang.org/x/sync",
		},
	}
}

// confined names outside packages that may appear in these files only (and in
// the tests beside them, whose names end in _test.go).
func confined() map[string]string {
	return map[string]string{"github.com/twpayne/go-geom": "geo/postgis/shape.go"}
}

// nameless are package names that say nothing about what is inside.
func nameless() []string {
	return []string{"util", "utils", "common", "helper", "helpers", "model", "models", "misc", "shared", "base"}
}

// file is one Go file: its path below the root, its package and its imports.
type file struct {
	path, pkg string
	imports   []string
}

func (f file) dir() string { return filepath.ToSlash(filepath.Dir(f.path)) }

func (f file) test() bool { return strings.HasSuffix(f.path, "_test.go") }

// goFiles reads every Go file below root, skipping what is not ours to read:
// hidden folders, node_modules, test data and build output.
func goFiles(root string) ([]file, error) {
	var files []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") ||
				path == filepath.Join(root, "data") || path == filepath.Join(root, "tmp") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f := file{path: filepath.ToSlash(rel), pkg: parsed.Name.Name}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imported)
		}
		files = append(files, f)
		return nil
	})
	return files, err
}

// faults tells what is wrong with the imports of the files.
func faults(files []file, rows map[string]row, extras row) []string {
	var found []string
	for _, f := range files {
		if f.dir() == "." {
			continue // the tests of the module as a whole
		}
		r, ok := rows[f.dir()]
		if !ok {
			found = append(found, fmt.Sprintf("%s: package %s has no row in the import table of imports_test.go", f.path, f.dir()))
			continue
		}
		if last := filepath.Base(f.dir()); slices.Contains(nameless(), f.pkg) || slices.Contains(nameless(), last) {
			found = append(found, fmt.Sprintf("%s: a package named %s says nothing about what it holds", f.path, last))
		}
		for _, imported := range f.imports {
			if why := refused(f, imported, r, extras); why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", f.path, imported, why))
			}
		}
	}
	return found
}

// refused gives the reason why the file may not import the package, or "".
func refused(f file, imported string, r, extras row) string {
	for prefix, place := range confined() {
		if !within(imported, prefix) {
			continue
		}
		if f.path != place && f.path != strings.TrimSuffix(place, ".go")+"_test.go" {
			return "it belongs in " + place
		}
	}
	if own, ok := strings.CutPrefix(imported, module+"/"); ok {
		switch {
		case slices.Contains(r.own, everything), slices.Contains(r.own, own):
			return ""
		case f.test() && (own == f.dir() || slices.Contains(extras.own, own)):
			return ""
		}
		return "its row in the import table does not allow it"
	}
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") {
		return "" // the standard library
	}
	allowed := r.outside
	if f.test() {
		allowed = slices.Concat(allowed, extras.outside)
	}
	if slices.ContainsFunc(allowed, func(prefix string) bool { return within(imported, prefix) }) {
		return ""
	}
	return "its row in the import table does not allow it; a new dependency earns a line in docs/decisions/"
}

// within tells whether a package is the one named, or below it.
func within(pkg, prefix string) bool { return pkg == prefix || strings.HasPrefix(pkg, prefix+"/") }

func TestImportTable(t *testing.T) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	files, err := goFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d Go files found in %s", len(files), root)
	}
	for _, fault := range faults(files, table(), testExtras()) {
		t.Error(fault)
	}
	for dir := range table() {
		if !slices.ContainsFunc(files, func(f file) bool { return f.dir() == dir }) {
			t.Errorf("the import table has a row for %s, which has no Go file", dir)
		}
	}
}

// The rules must be able to refuse.
func TestImportRulesRefuse(t *testing.T) {
	rows := table()
	rows["geo/utils"] = row{}
	for _, c := range []struct {
		f    file
		says string // "" = allowed
	}{
		{file{"geo/area.go", "geo", []string{"time", "github.com/paulmach/orb"}}, ""},
		{file{"geo/area.go", "geo", []string{"github.com/paulmach/orbital"}}, "does not allow"},
		{file{"geo/area.go", "geo", []string{"tengdi/geo/postgis"}}, "does not allow"},
		{file{"geo/area_test.go", "geo", []string{"pgregory.net/rapid"}}, ""},
		{file{"geo/area.go", "geo", []string{"pgregory.net/rapid"}}, "does not allow"},
		{file{"web/server.go", "web", []string{"tengdi/geo/postgis"}}, "does not allow"},
		{file{"web/server_test.go", "web", []string{"tengdi/geo/postgis/pgtest"}}, ""},
		{file{"geo/postgis/shape.go", "postgis", []string{"github.com/twpayne/go-geom/encoding/ewkb"}}, ""},
		{file{"geo/postgis/shape_test.go", "postgis", []string{"github.com/twpayne/go-geom"}}, ""},
		{file{"geo/postgis/parcel.go", "postgis", []string{"github.com/twpayne/go-geom"}}, "belongs in geo/postgis/shape.go"},
		{file{"geo/utils/a.go", "utils", nil}, "says nothing"},
		{file{"geo/anew/a.go", "anew", nil}, "has no row"},
		{file{"geo/postgis/local/local.go", "local", []string{"github.com/jackc/pgx/v5"}}, "does not allow"},
		{file{"cmd/tengdi/main.go", "main", []string{"tengdi/web", "tengdi/geo/postgis"}}, ""},
	} {
		got := faults([]file{c.f}, rows, testExtras())
		if (c.says == "") != (len(got) == 0) || !strings.Contains(strings.Join(got, "\n"), c.says) {
			t.Errorf("%s %v: got %q, want %q", c.f.path, c.f.imports, got, c.says)
		}
	}
}
