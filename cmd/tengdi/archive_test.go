package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
)

// demoStore opens the database of the demo service.
func demoStore(t *testing.T) *postgis.Store {
	t.Helper()
	out, err := tengdi("url", "--data", demoService(t).data).Output()
	if err != nil {
		t.Fatal(err)
	}
	store, err := postgis.Open(t.Context(), postgis.Options{URL: strings.TrimSpace(string(out))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// TestArchive: the file that the command writes is the same for the same data,
// and the npm package pmtiles finds in it every tile that the engine has, byte
// for byte, and no other.
func TestArchive(t *testing.T) {
	p := demoService(t)
	if info, err := os.Stat(filepath.Join(p.data, "archives")); err != nil || !info.IsDir() {
		t.Errorf("the service has no folder for archives: %v", err)
	}
	path := filepath.Join(t.TempDir(), "land.pmtiles")
	var files [2][]byte
	for i := range files {
		if out, err := tengdi("tiles", "export", "--data", p.data, "--audience", "public", "-o", path).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		var err error
		if files[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two exports of the same data differ")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".tengdi-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	engine := loadedEngine(t, demoStore(t), geo.Public)
	b, ok := engine.Bounds()
	if !ok {
		t.Fatal("the demo has no land")
	}
	asked := coverOf(b.Min[0], b.Max[1], b.Max[0], b.Min[1], 14)
	for _, id := range coverOf(b.Min[0], b.Max[1], b.Max[0], b.Min[1], 16) {
		if id.Z > 14 && (id.X+id.Y)%7 == 0 {
			asked = append(asked, id)
		}
	}
	asked = append(asked, tiles.ID{Z: 10, X: 1, Y: 1}, tiles.ID{Z: 16, X: 0, Y: 65535})
	about, sums := readArchive(t, path, asked)
	found := 0
	for i, id := range asked {
		tile, err := engine.Tile(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := "-"
		if len(tile.Raw) > 0 {
			sum := sha256.Sum256(tile.Raw)
			want = hex.EncodeToString(sum[:])
			found++
		}
		if sums[i] != want {
			t.Errorf("tile %s is %s in the archive, the engine has %s", id, sums[i], want)
		}
	}
	if found < 50 || found == len(asked) {
		t.Errorf("%d of %d tiles have anything: too few or too many to show much", found, len(asked))
	}
	if about.Header.MaxZoom != 16 || about.Header.NumAddressedTiles < found || !about.Header.Clustered || math.Abs(about.Header.MinLon-b.Min[0]) > 1e-6 {
		t.Errorf("the header says %+v", about.Header)
	}
	if about.Metadata.Audience != "public" || !slices.ContainsFunc(about.Metadata.VectorLayers, func(l tiles.VectorLayer) bool { return l.ID == "parcels" }) {
		t.Errorf("the metadata say %+v", about.Metadata)
	}
	if strings.Contains(fmt.Sprint(about.Metadata.VectorLayers), "buildings") {
		t.Error("a public archive names a layer of the staff")
	}
}

// What cannot be exported is refused, and leaves nothing behind.
func TestArchiveRefuses(t *testing.T) {
	store := demoStore(t)
	folder := t.TempDir()
	for _, at := range []string{"30.6.2016", "1970-01-01", "1969-06-30", "2999-01-01"} {
		c := exportTilesCmd{Audience: "public", At: at, MaxZoom: 12, Out: filepath.Join(folder, "bad.pmtiles")}
		if err := c.export(t.Context(), store, io.Discard); geo.KindOf(err) != geo.Invalid {
			t.Errorf("the day %s: %v", at, err)
		}
	}
	c := exportTilesCmd{Audience: "public", MaxZoom: 23, Out: filepath.Join(folder, "bad.pmtiles")}
	if err := c.export(t.Context(), store, io.Discard); err == nil {
		t.Error("a zoom that there is not is exported")
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*bad*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The first export makes the folder that the service reads; another that is not
// there is named in the refusal, and not made.
func TestArchiveFolder(t *testing.T) {
	data := t.TempDir()
	for _, c := range []struct {
		out  string
		kind geo.Kind // of the refusal; Internal = none
	}{
		{filepath.Join(data, "archives", "land.pmtiles"), geo.Internal},
		{filepath.Join(data, "archive", "land.pmtiles"), geo.Invalid},
		{filepath.Join(data, "archives", "2018", "land.pmtiles"), geo.Invalid},
	} {
		cmd := exportTilesCmd{databaseFlags: databaseFlags{Data: data}, Out: c.out}
		err := cmd.openFolder()
		if err != nil && (geo.KindOf(err) != c.kind || !strings.Contains(err.Error(), filepath.Dir(c.out))) || err == nil && c.kind != geo.Internal {
			t.Errorf("%s: %v", c.out, err)
		}
		if _, err := os.Stat(filepath.Dir(c.out)); (err == nil) != (c.kind == geo.Internal) {
			t.Errorf("%s: its folder: %v", c.out, err)
		}
	}
}

// loadedEngine is an engine with an audience's map in it.
func loadedEngine(t *testing.T, store *postgis.Store, aud geo.Audience) *tiles.Engine {
	t.Helper()
	engine, err := newEngine(aud)
	if err != nil {
		t.Fatal(err)
	}
	feed := mapFeed{aud: aud, store: store, engine: engine, log: slog.New(slog.DiscardHandler)}
	if err := feed.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return engine
}

// coverOf lists the tiles of all zooms up to one over a box in degrees, with one
// tile around it.
func coverOf(west, north, east, south float64, most uint32) []tiles.ID {
	var out []tiles.ID
	for z := range most + 1 {
		n := float64(uint32(1) << z)
		column := func(lon float64) uint32 { return uint32((lon + 180) / 360 * n) }
		row := func(lat float64) uint32 {
			return uint32((1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2 * n)
		}
		last := uint32(n) - 1
		for x := max(column(west), 1) - 1; x <= min(column(east)+1, last); x++ {
			for y := max(row(north), 1) - 1; y <= min(row(south)+1, last); y++ {
				out = append(out, tiles.ID{Z: z, X: x, Y: y})
			}
		}
	}
	return out
}

// archiveSaid is what the npm package reads of an archive as a whole.
type archiveSaid struct {
	Header struct {
		MaxZoom           int
		NumAddressedTiles int
		Clustered         bool
		MinLon            float64
	}
	Metadata struct {
		Audience     string
		VectorLayers []tiles.VectorLayer `json:"vector_layers"`
	}
}

// readArchive reads tiles of an archive with the npm package pmtiles: the SHA-256
// of each, "-" for one that is not there.
func readArchive(t *testing.T, path string, ids []tiles.ID) (archiveSaid, []string) {
	t.Helper()
	app := filepath.Join("..", "..", "web", "app")
	if _, err := os.Stat(filepath.Join(app, "node_modules", "pmtiles")); err != nil {
		t.Fatalf("this test reads archives with the npm packages of web/app: run `make build` first (%v)", err)
	}
	var in strings.Builder
	for _, id := range ids {
		fmt.Fprintln(&in, id)
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(app, "e2e", "readarchive.mjs"), path)
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the npm reader: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(ids)+1 {
		t.Fatalf("the npm reader answers %d lines for %d tiles", len(lines), len(ids))
	}
	var said archiveSaid
	if err := json.Unmarshal([]byte(lines[0]), &said); err != nil {
		t.Fatal(err)
	}
	return said, lines[1:]
}

// Who is told of an audience that there is none of is told so in both languages.
func TestArchiveOfNobody(t *testing.T) {
	out, err := tengdi("tiles", "export", "--audience", "nobody", "--out", filepath.Join(t.TempDir(), "x.pmtiles")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--audience 须为 public 或 staff") || !strings.Contains(string(out), `not "nobody"`) {
		t.Errorf("%v: %s", err, out)
	}
}

// The archive of a day holds the tiles of that day, which are not today's.
func TestArchiveOfADay(t *testing.T) {
	store := demoStore(t)
	path := filepath.Join(t.TempDir(), "2016.pmtiles")
	c := exportTilesCmd{Audience: "public", At: "2016-06-30", MaxZoom: 12, Out: path}
	if err := c.export(t.Context(), store, io.Discard); err != nil {
		t.Fatal(err)
	}
	then := geo.CivilDay(time.Date(2016, 6, 30, 0, 0, 0, 0, time.UTC))
	q, err := queryAt("2016-06-30", geo.CivilDay(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	if now, err := queryAt("2016-06-30", then); err != nil || now.String() != "" {
		t.Errorf("today is %q, %v", now, err)
	}
	engine := loadedEngine(t, store, geo.Public)
	b, _ := engine.Bounds()
	asked := coverOf(b.Min[0], b.Max[1], b.Max[0], b.Min[1], 12)
	_, sums := readArchive(t, path, asked)
	sumOf := func(q tiles.Query, id tiles.ID) string {
		tile, err := engine.TileOf(t.Context(), id, q)
		if err != nil {
			t.Fatal(err)
		}
		if len(tile.Raw) == 0 {
			return "-"
		}
		sum := sha256.Sum256(tile.Raw)
		return hex.EncodeToString(sum[:])
	}
	changed := 0
	for i, id := range asked {
		if want := sumOf(q, id); sums[i] != want {
			t.Errorf("tile %s is %s in the archive, that day's is %s", id, sums[i], want)
		}
		if sums[i] != sumOf(tiles.Query{}, id) {
			changed++
		}
	}
	if changed == 0 {
		t.Error("the map of 2016 is the map of today")
	}
}
