package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"tengdi/geo"
	"tengdi/geo/sample"
	"tengdi/tiles"
)

// overlays is the folder of the layers over the map.
func (c *serveCmd) overlays() string {
	if c.Overlays != "" {
		return c.Overlays
	}
	return filepath.Join(c.Data, "overlays")
}

// openOverlays makes the folder of the data folder, and puts the layers of the demo
// into one that is new. A folder that was named, or is there, is somebody else's to
// fill. That it cannot be made is no reason not to serve.
func (c *serveCmd) openOverlays(ctx context.Context, log *slog.Logger, demo bool) {
	if c.Overlays != "" {
		return
	}
	folder := c.overlays()
	err := os.Mkdir(folder, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return
	}
	if err == nil && demo {
		err = writeDemoOverlays(ctx, folder)
	}
	if err != nil {
		log.Warn("the folder of overlays is not there, or not whole", "folder", folder, "error", err)
	}
}

// writeDemoOverlays writes the layers of the demo with their descriptions: the
// blueprint as PMTiles, the others as GeoJSON.
func writeDemoOverlays(ctx context.Context, folder string) error {
	list, err := sample.Overlays()
	if err != nil {
		return err
	}
	for _, o := range list {
		about, err := json.MarshalIndent(map[string]string{
			"title": o.Title, "title_en": o.TitleEn, "kind": o.Kind, "audience": string(geo.Public),
			"attribution": "示例，虚构", "attribution_en": "invented for the demo",
		}, "", "  ")
		if err != nil {
			return err
		}
		at := filepath.Join(folder, o.Name)
		if err := os.WriteFile(at+".json", append(about, '\n'), 0o600); err != nil {
			return err
		}
		if o.Kind == "blueprint" {
			err = tileOverlay(ctx, at+".pmtiles", o)
		} else {
			err = writeOverlay(at+".geojson", o)
		}
		if err != nil {
			return fmt.Errorf("overlay %s: %w", o.Name, err)
		}
	}
	return nil
}

// writeOverlay writes a layer as GeoJSON.
func writeOverlay(path string, o sample.Overlay) error {
	type object = map[string]any
	features := []object{}
	for _, f := range o.Features {
		features = append(features, object{
			"type": "Feature", "properties": object{"name": f.Name, "name_en": f.NameEn},
			"geometry": object{"type": "MultiPolygon", "coordinates": f.Geometry},
		})
	}
	text, err := json.Marshal(object{"type": "FeatureCollection", "features": features})
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

// Zooms of a layer in tiles: further in the last is enlarged.
const (
	overlayMinZoom = 8
	overlayMaxZoom = 14
)

// tileOverlay writes a layer as PMTiles.
func tileOverlay(ctx context.Context, path string, o sample.Overlay) error {
	engine, err := tiles.New(tiles.Spec{
		Name: string(geo.Public), MinZoom: overlayMinZoom, MaxZoom: overlayMaxZoom,
		Layers: []tiles.LayerSpec{{Name: o.Name, Kind: tiles.Polygons, MinZoom: overlayMinZoom, MaxZoom: overlayMaxZoom, Fields: []string{"name", "name_en"}}},
	}, tiles.Options{CacheBytes: -1})
	if err != nil {
		return err
	}
	defer engine.Close()
	features := []tiles.Feature{}
	for i, f := range o.Features {
		features = append(features, tiles.Feature{ID: uint64(i + 1), Geometry: f.Geometry, Values: []tiles.Value{f.Name, f.NameEn}})
	}
	if err := engine.Load(1, map[string]iter.Seq[tiles.Feature]{o.Name: slices.Values(features)}); err != nil {
		return err
	}
	return replaceFile(path, func(to, scratch *os.File) error {
		_, err := engine.Archive(ctx, to, scratch, tiles.ArchiveOptions{
			MinZoom: overlayMinZoom, MaxZoom: overlayMaxZoom, TileJSON: tiles.TileJSONOptions{Name: o.Title},
		})
		return err
	})
}
