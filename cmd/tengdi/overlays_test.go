package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb/maptile"

	"tengdi/geo/sample"
	"tengdi/tiles/pmtiles"
)

// A demo finds layers of each kind in its new folder, of which one is in tiles
// that name what they show; a folder that is there, one that was named, and that
// of a district that is no demo stay as they are.
func TestDemoOverlays(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	c := &serveCmd{}
	c.Data = t.TempDir()
	c.openOverlays(t.Context(), log, true)
	list, err := sample.Overlays()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		at := filepath.Join(c.Data, "overlays", o.Name)
		text, err := os.ReadFile(at + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var about map[string]string
		if err := json.Unmarshal(text, &about); err != nil || about["title"] != o.Title || about["kind"] != o.Kind || about["audience"] != "public" {
			t.Errorf("%s: %s, %v", o.Name, text, err)
		}
		if o.Kind != "blueprint" {
			if text, err := os.ReadFile(at + ".geojson"); err != nil || !bytes.Contains(text, []byte(o.Features[0].Name)) {
				t.Errorf("%s: %.200s, %v", o.Name, text, err)
			}
			continue
		}
		f, err := os.Open(at + ".pmtiles")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := pmtiles.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range o.Features {
			tile := maptile.At(one.Geometry.Bound().Center(), overlayMaxZoom)
			zipped, err := r.Tile(uint32(tile.Z), tile.X, tile.Y)
			if err != nil {
				t.Fatal(err)
			}
			z, err := gzip.NewReader(bytes.NewReader(zipped))
			if err != nil {
				t.Fatalf("%s: tile %v: %v", one.Name, tile, err)
			}
			if raw, _ := io.ReadAll(z); !bytes.Contains(raw, []byte(one.Name)) {
				t.Errorf("tile %v does not name %s", tile, one.Name)
			}
		}
	}
	gone := filepath.Join(c.Data, "overlays", "streets.geojson")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	c.openOverlays(t.Context(), log, true)
	if _, err := os.Stat(gone); err == nil {
		t.Error("what was taken away came back")
	}
	plain := &serveCmd{}
	plain.Data = t.TempDir()
	plain.openOverlays(t.Context(), log, false)
	if found, err := os.ReadDir(filepath.Join(plain.Data, "overlays")); err != nil || len(found) != 0 {
		t.Errorf("without a demo there are %v, %v", found, err)
	}
	named := &serveCmd{Overlays: filepath.Join(t.TempDir(), "mine")}
	named.Data = t.TempDir()
	named.openOverlays(t.Context(), log, true)
	if _, err := os.Stat(named.Overlays); err == nil {
		t.Error("a folder that was named was made")
	}
}
