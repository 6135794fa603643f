package main

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/alecthomas/kong"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
)

// sameUnderMemory compares maps that are bound in memory with those that are not:
// with files, and with the database alone for what has no room.
func sameUnderMemory(t *testing.T, store *postgis.Store) {
	t.Helper()
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		load := func(o tiles.Options) *tiles.Engine {
			t.Helper()
			engine, err := tiles.New(tiles.SpecOf(aud), o)
			if err != nil {
				t.Fatal(err)
			}
			f := &mapFeed{aud: aud, store: store, engine: engine, hub: &quietHub{}, log: slog.New(slog.DiscardHandler)}
			if err := f.load(t.Context()); err != nil {
				t.Fatal(err)
			}
			return engine
		}
		want := load(tiles.Options{})
		for _, folder := range []string{t.TempDir(), tiles.NoSpill} {
			got := load(tiles.Options{MemoryBytes: 1, SpillFolder: folder, Source: tileSource(store, aud)})
			if folder == tiles.NoSpill { // every region is asked for again and again
				sameTile(t, got, want)
			} else {
				sameMaps(t, got, want)
			}
			st := got.Stats()
			if asked := st.ChunkAsked > 0; asked != (folder == tiles.NoSpill) || st.ChunkReads > 0 == asked || st.Chunks > 1 || st.ChunkFaults > 0 {
				t.Errorf("%s in %s: %+v", aud, folder, st)
			}
		}
	}
}

// sameTile compares a few tiles that have much of the district.
func sameTile(t *testing.T, got, want *tiles.Engine) {
	t.Helper()
	b, _ := want.Bounds()
	x, y, full := b.Center()[0], b.Center()[1], 0
	for _, id := range coverOf(x, y, x, y, 13)[9:] { // one of each zoom
		one, err := got.Tile(t.Context(), id)
		two, other := want.Tile(t.Context(), id)
		if err != nil || other != nil || one.ETag != two.ETag {
			t.Errorf("%s: %d bytes %s, %v; want %d bytes %s, %v", id, len(one.Raw), one.ETag, err, len(two.Raw), two.ETag, other)
		}
		full += len(two.Raw)
	}
	if full < 10_000 {
		t.Errorf("only %d bytes were compared", full)
	}
}

// TestTileMemory: sizes are read, odd ones refused, and each map has half.
func TestTileMemory(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "0": 0, "512MiB": 512 << 20, "2 GiB": 2 << 30, "65536KiB": 64 << 20, "16MiB": -1, "512": -1, "-1GiB": -1, "1.5GiB": -1, "9999999999GiB": -1, "GiB": -1, "512MB": -1, "64MiB KiB": -1, "64MiBGiB": -1, "64KiB MiB": -1} {
		var line cli
		parser, err := kong.New(&line)
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"serve", "--data", "d"}
		if text != "" {
			args = append(args, "--tile-memory="+text)
		}
		switch _, err := parser.Parse(args); {
		case want < 0 && err == nil:
			t.Errorf("%q is taken for %d", text, line.Serve.TileMemory)
		case want >= 0 && (err != nil || int64(line.Serve.TileMemory) != want):
			t.Errorf("%q is %d, %v; want %d", text, line.Serve.TileMemory, err, want)
		}
		if o := line.Serve.tileMemory(geo.Staff, nil); want >= 0 && (o.MemoryBytes != want/2 || o.SpillFolder != filepath.Join(line.Serve.Data, "maps") || o.Source == nil) {
			t.Errorf("%q: %+v", text, o)
		}
		line.Serve.Maps = mapsOff
		if o := line.Serve.tileMemory(geo.Staff, nil); o.SpillFolder != tiles.NoSpill {
			t.Errorf("without maps: %+v", o)
		}
	}
}
