package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb/maptile"

	"tengdi/tiles/tiletest"
)

// rawTile is a tile and its place.
type rawTile struct {
	id  maptile.Tile
	raw []byte
}

// readTile is what a reader must find in a tile: web/app/e2e/readback.mjs reads
// this, one file beside each tile.
type readTile struct {
	Tile   string      `json:"tile"`
	File   string      `json:"file"`
	Layers []readLayer `json:"layers"`
}

type readLayer struct {
	Name     string        `json:"name"`
	Features []readFeature `json:"features"`
}

// readFeature has the feature's polygons (rings without their closing point) or
// points, in units of the tile.
type readFeature struct {
	ID       uint64             `json:"id"`
	Values   map[string]any     `json:"values"`
	Polygons []tiletest.Polygon `json:"polygons,omitempty"`
	Points   []tiletest.XY      `json:"points,omitempty"`
}

// readBack gives the tiles to the npm packages @mapbox/vector-tile and pbf, which
// must find the same features, attributes and vertices as our strict reader.
func readBack(t *testing.T, read []rawTile) {
	t.Helper()
	app := filepath.Join("..", "..", "web", "app")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatalf("this test reads tiles with the npm packages that browsers use: install Node.js 20 or newer (%v)", err)
	}
	script := filepath.Join(app, "e2e", "readback.mjs")
	for _, needed := range []string{script, filepath.Join(app, "node_modules", "@mapbox", "vector-tile"), filepath.Join(app, "node_modules", "pbf")} {
		if _, err := os.Stat(needed); err != nil {
			t.Fatalf("this test reads tiles with the npm packages of web/app: run `make build` first (%v)", err)
		}
	}
	folder := t.TempDir()
	var want []readTile
	features := 0
	for i, r := range read {
		layers, err := tiletest.Decode(r.raw)
		if err != nil {
			t.Errorf("%s: %v", tileName(r.id), err)
			continue
		}
		file := fmt.Sprintf("%d.mvt", i)
		if err := os.WriteFile(filepath.Join(folder, file), r.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		w := readTile{Tile: tileName(r.id), File: file}
		for _, l := range layers {
			layer := readLayer{Name: l.Name}
			for _, f := range l.Features {
				layer.Features = append(layer.Features, readFeature{f.ID, f.Values, f.Polygons, f.Points})
			}
			features += len(l.Features)
			w.Layers = append(w.Layers, layer)
		}
		want = append(want, w)
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "expected.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), node, script, folder).CombinedOutput()
	said := fmt.Sprintf("read %d tiles, %d features", len(want), features)
	if err != nil || strings.TrimSpace(string(out)) != said {
		t.Errorf("the npm readers: %v; want %q, got:\n%.4000s", err, said, out)
	}
}
