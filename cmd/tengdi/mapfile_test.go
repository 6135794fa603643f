package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
)

// keptFeed is a feed that keeps its map in the folder, begun; said is its log.
func keptFeed(t *testing.T, store *postgis.Store, aud geo.Audience, folder string) (f *mapFeed, said string) {
	t.Helper()
	engine, err := newEngine(aud)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	f = &mapFeed{
		aud: aud, store: store, engine: engine, hub: &quietHub{engine: engine}, log: log,
		file: openMapFile(t.Context(), folder, aud, store, log),
	}
	if err := f.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f, out.String()
}

// sameMaps fails where two engines answer otherwise.
func sameMaps(t *testing.T, got, want *tiles.Engine) {
	t.Helper()
	if got.Revision() != want.Revision() {
		t.Fatalf("revision %d, want %d", got.Revision(), want.Revision())
	}
	b, ok := want.Bounds()
	if !ok {
		t.Fatal("the map is empty")
	}
	full := 0
	for _, id := range coverOf(b.Min[0], b.Max[1], b.Max[0], b.Min[1], 13) {
		x, err := got.Tile(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		y, err := want.Tile(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if x.ETag != y.ETag || !bytes.Equal(x.Raw, y.Raw) {
			t.Fatalf("%s: %d bytes %s, want %d bytes %s", id, len(x.Raw), x.ETag, len(y.Raw), y.ETag)
		}
		if len(y.Raw) > 0 {
			full++
		}
	}
	if full < 20 {
		t.Fatalf("only %d tiles have something in them", full)
	}
}

func mustSave(t *testing.T, f *mapFeed) []byte {
	t.Helper()
	if err := f.file.save(f); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.file.path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestKeptMaps shares a district among what looks at files of its maps.
//
//raced:calm one map after the other is saved and taken; TestSaveIsOneMoment saves amid changes
func TestKeptMaps(t *testing.T) {
	store, url := ownStore(t)
	t.Run("taken", func(t *testing.T) { takenFromFile(t, store, url) })
	t.Run("of their revision", func(t *testing.T) { rowsOfTheirRevision(t, store, url) })
	t.Run("bounded", func(t *testing.T) { sameUnderMemory(t, store) })
	t.Run("not taken", func(t *testing.T) { notTaken(t, store, url) })
}

// takenFromFile: the next start takes the map from the file, which nobody else can
// read, gives the tiles of a map that is loaded, and is brought to what the database
// has before it is shown.
func takenFromFile(t *testing.T, store *postgis.Store, url string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "maps")
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		loaded, said := keptFeed(t, store, aud, folder)
		if !strings.Contains(said, "map loaded") {
			t.Fatalf("the first start says %s", said)
		}
		mustSave(t, loaded)
		info, err := os.Stat(loaded.file.path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("the file: %v, %v", info.Mode(), err)
		}
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
			t.Fatalf("the folder: %v, %v", info.Mode(), err)
		}
		next, said := keptFeed(t, store, aud, folder)
		if !strings.Contains(said, "map restored") || strings.Contains(said, "map loaded") {
			t.Fatalf("the next start says %s", said)
		}
		sameMaps(t, next.engine, loaded.engine)
		if heard := next.hub.(*quietHub).revisions; len(heard) != 1 || heard[0] != loaded.engine.Revision() {
			t.Errorf("open maps heard of %v", heard)
		}
		before := info.ModTime()
		mustSave(t, next)
		if info, err := os.Stat(next.file.path); err != nil || info.ModTime() != before {
			t.Errorf("an unchanged map is written again: %v", err)
		}
	}

	m := &mover{url: url}
	m.open(t)
	defer func() { m.store.Close() }()
	m.move(t)
	for aud, revision := range m.revisions(t) {
		next, said := keptFeed(t, store, geo.Audience(aud), folder)
		if !strings.Contains(said, "map restored") || !next.engine.Ready() || next.engine.Revision() != revision {
			t.Fatalf("after a write the start has revision %d of %d and says %s", next.engine.Revision(), revision, said)
		}
		// What was taken back in the meantime is not seen again, not for a moment.
		if hub := next.hub.(*quietHub); len(hub.revisions) < 2 || len(hub.shown) > 0 {
			t.Errorf("the %s map heard of %v and could be seen before it had %v", aud, hub.revisions, hub.shown)
		}
		fresh, said := keptFeed(t, store, geo.Audience(aud), mapsOff)
		if !strings.Contains(said, "map loaded") {
			t.Fatalf("without a folder the start says %s", said)
		}
		sameMaps(t, next.engine, fresh.engine)
	}
}

// notTaken: a file of another database, another audience or
// another program, one that is damaged, and none at all cost a load and nothing
// else; what can never be taken is removed.
func notTaken(t *testing.T, store *postgis.Store, url string) {
	t.Helper()
	folder := t.TempDir()
	loaded, _ := keptFeed(t, store, geo.Public, folder)
	good := mustSave(t, loaded)
	staff, _ := keptFeed(t, store, geo.Staff, folder)
	staffFile := mustSave(t, staff)
	damaged := bytes.Clone(good)
	damaged[len(damaged)/2] ^= 4
	program := *loaded.file
	program.form += "x"
	program.saved = postgis.MapState{} // or it would not write the same state again
	if err := program.save(&mapFeed{aud: geo.Public, engine: loaded.engine, at: loaded.at}); err != nil {
		t.Fatal(err)
	}
	otherProgram, err := os.ReadFile(loaded.file.path)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"another audience": staffFile,
		"another program":  otherProgram,
		"damaged":          damaged,
		"torn":             good[:len(good)-9],
		"empty":            {},
	} {
		if err := os.WriteFile(loaded.file.path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		next, said := keptFeed(t, store, geo.Public, folder)
		if !strings.Contains(said, "not taken and removed") || !strings.Contains(said, "map loaded") {
			t.Errorf("%s: %s", name, said)
		}
		if _, err := os.Stat(loaded.file.path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the file is still there: %v", name, err)
		}
		sameMaps(t, next.engine, loaded.engine)
	}

	// A backup that was restored and written to until it had the same revision.
	if err := os.WriteFile(loaded.file.path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), `update pub.lineage set mark = gen_random_uuid() where revision = $1`, loaded.at.Revision); err != nil {
		t.Fatal(err)
	}
	if _, said := keptFeed(t, store, geo.Public, folder); !strings.Contains(said, "not taken and removed") || !strings.Contains(said, "map loaded") {
		t.Errorf("another history: %s", said)
	}
}

// TestMapFileIsWhole: a write that fails, grows too large or was killed leaves the
// file from before, and no others.
func TestMapFileIsWhole(t *testing.T) {
	folder := t.TempDir()
	m := &mapFile{path: filepath.Join(folder, "staff.map"), limit: 1 << 20, log: slog.New(slog.DiscardHandler)}
	write := func(text string, err error) error {
		_, failed := m.write(func(w io.Writer) error {
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
			return err
		})
		return failed
	}
	if err := write("first", nil); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	if err := write("second", full); !errors.Is(err, full) {
		t.Errorf("a failing write: %v", err)
	}
	m.limit = 1000
	if err := write(strings.Repeat("x", 2000), nil); err == nil {
		t.Error("a file beyond its bound was written")
	}
	if got, err := os.ReadFile(m.path); err != nil || string(got) != "first" {
		t.Errorf("the file is %q, %v", got, err)
	}
	killed, young := filepath.Join(folder, ".staff.map-123"), filepath.Join(folder, ".public.map-9")
	for _, path := range []string{killed, young} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-2 * staleTemp)
	if err := os.Chtimes(killed, long, long); err != nil {
		t.Fatal(err)
	}
	m.tidy()
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || !slices.Equal(left, []string{young, m.path}) {
		t.Errorf("left are %v, %v", left, err)
	}
	if openMapFile(context.Background(), mapsOff, geo.Staff, nil, m.log) != nil {
		t.Error("off is a folder")
	}
}

// TestStartFromKeptMaps: a service that is stopped and started again, then killed
// and started again, has its maps from the files, shows what was committed while
// it was away, and the tags of its tiles are those from before.
//
//raced:calm the processes that it starts and kills are not under the detector
func TestStartFromKeptMaps(t *testing.T) {
	data, err := demoFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(data, "maps")); err != nil { // the first start has none
		t.Fatal(err)
	}
	p, err := serve(data, "--demo")
	if err != nil {
		t.Fatal(err)
	}
	const tile = "/tiles/public/10/834/424.mvt"
	tag := func() string {
		t.Helper()
		resp, err := client(t).Get(p.url + tile)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.Header.Get("ETag")
	}
	first := tag()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		for range 300 { // kept after the start
			if kept, _ := filepath.Glob(filepath.Join(data, "maps", "*.map")); len(kept) == 2 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		_ = p.end(sig)
		if p, err = serve(data); err != nil {
			t.Fatal(err)
		}
		if got := tag(); got != first || first == "" {
			t.Errorf("after %s: tag %s, was %s", sig, got, first)
		}
		if n := strings.Count(p.stderr.String(), "map restored"); n != 2 {
			t.Errorf("after %s: %d maps were restored: %s", sig, n, p.stderr)
		}
	}
	if err := p.end(os.Interrupt); err != nil {
		t.Errorf("%v: %s", err, p.stderr)
	}
}
