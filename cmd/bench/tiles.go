package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"tengdi/cmd/bench/measure"
	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
	"tengdi/tiles/tiletest"
)

// measureTiles builds the polygons of the same staff tiles twice, turn by turn: by the
// engine without its cache and with the content of ST_AsMVT (tiles.Options.Plain: no
// cells, no simplified borders, no budget), and by ST_AsMVT over an indexed EPSG:3857
// table of the same rows and attributes. Both are gzipped alike. Tiles whose content
// differs end the run.
func measureTiles(ctx context.Context, svc *service, perZoom int) error {
	url, err := svc.address()
	if err != nil {
		return err
	}
	store, err := postgis.Open(ctx, postgis.Options{URL: url})
	if err != nil {
		return err
	}
	defer store.Close()
	rows, err := readRows(ctx, store)
	if err != nil {
		return err
	}
	engine, err := plainEngine(rows)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := benchTables(ctx, conn, rows); err != nil {
		return err
	}
	sql := &sqlTiles{conn: conn, query: mvtQuery()}
	fmt.Println("Polygons of the demo district's staff tiles, uncached, equal content on both sides (the engine as tiles.Options.Plain), gzipped; median ms")
	fmt.Printf("  %4s %5s %10s %10s %10s %7s %9s\n", "zoom", "tiles", "plain", "p95", "ST_AsMVT", "ratio", "KB raw")
	rng := rand.New(rand.NewPCG(1, 2))
	for z := 8; z <= geo.MapMaxZoom; z++ {
		ids := pickTiles(rng, rows, z, perZoom)
		if err := compareContent(ctx, engine, sql, ids); err != nil {
			return err
		}
		if err := compareZoom(ctx, engine, sql, ids); err != nil {
			return err
		}
	}
	fmt.Println()
	return nil
}

type layerRows map[string][]tiles.Feature

// readRows reads the staff's map.
func readRows(ctx context.Context, store *postgis.Store) (layerRows, error) {
	rows := layerRows{}
	err := store.Snapshot(ctx, geo.Staff, func(_ int64, layers map[string]iter.Seq2[postgis.MapFeature, error]) error {
		for name, seq := range layers {
			for f, err := range seq {
				if err != nil {
					return err
				}
				if f.Geometry != nil { // else it has ended
					rows[name] = append(rows[name], tiles.Feature{ID: uint64(f.ID), Geometry: f.Geometry, Values: f.Values, M2: f.M2})
				}
			}
		}
		return nil
	})
	return rows, err
}

// plainEngine draws the polygons of the rows and nothing else, as ST_AsMVT would.
func plainEngine(rows layerRows) (*tiles.Engine, error) {
	return engineOf(rows, tiles.Options{CacheBytes: -1, Plain: true})
}

func engineOf(rows layerRows, o tiles.Options) (*tiles.Engine, error) {
	spec := tiles.SpecOf(geo.Staff)
	spec.Layers = slices.DeleteFunc(spec.Layers, func(l tiles.LayerSpec) bool { return l.Kind != tiles.Polygons })
	engine, err := tiles.New(spec, o)
	if err != nil {
		return nil, err
	}
	all := map[string]iter.Seq[tiles.Feature]{}
	for _, l := range spec.Layers {
		all[l.Name] = slices.Values(rows[l.Name])
	}
	return engine, engine.Load(1, all)
}

// pickTiles takes tiles over random features, none twice.
func pickTiles(rng *rand.Rand, rows layerRows, z, n int) []tiles.ID {
	var all []orb.Point
	for _, l := range polygonLayers() {
		for _, f := range rows[l.Name] {
			all = append(all, f.Geometry.Bound().Center())
		}
	}
	seen := map[tiles.ID]struct{}{}
	for range 20 * n {
		t := maptile.At(all[rng.IntN(len(all))], maptile.Zoom(z))
		seen[tiles.ID{Z: uint32(t.Z), X: t.X, Y: t.Y}] = struct{}{}
		if len(seen) == n {
			break
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b tiles.ID) int { return strings.Compare(a.String(), b.String()) })
}

// compareContent holds the engine's tiles against those of ST_AsMVT: every feature,
// attribute and vertex.
func compareContent(ctx context.Context, engine *tiles.Engine, sql *sqlTiles, ids []tiles.ID) error {
	var like tiletest.Likeness
	for _, id := range ids {
		tile, err := engine.Tile(ctx, id)
		if err != nil {
			return err
		}
		raw, err := sql.tile(ctx, id)
		if err != nil {
			return err
		}
		ours, err := tiletest.Decode(tile.Raw)
		if err != nil {
			return err
		}
		theirs, err := tiletest.DecodeAny(raw)
		if err != nil {
			return err
		}
		names := map[string]bool{}
		for _, l := range slices.Concat(ours, theirs) {
			names[l.Name] = true
		}
		for name := range names {
			like.Compare(id.String(), name, ours, theirs)
		}
	}
	if like.Features == 0 {
		return errors.New("nothing was compared")
	}
	if n := len(like.Faults); n > 0 {
		return fmt.Errorf("%d features are not alike, first:\n%s", n, strings.Join(like.Faults[:min(n, 5)], "\n"))
	}
	return nil
}

func compareZoom(ctx context.Context, engine *tiles.Engine, sql *sqlTiles, ids []tiles.ID) error {
	var ours, theirs []time.Duration
	var size int
	const rounds = 3 // the first warms both
	for round := range rounds {
		for _, id := range ids {
			begun := time.Now()
			tile, err := engine.Tile(ctx, id)
			if err != nil {
				return err
			}
			a := time.Since(begun)
			begun = time.Now()
			if err := sql.zipped(ctx, id); err != nil {
				return err
			}
			b := time.Since(begun)
			if round == 0 {
				size += len(tile.Raw)
				continue
			}
			ours, theirs = append(ours, a), append(theirs, b)
		}
	}
	fmt.Printf("  %4d %5d %10.2f %10.2f %10.2f %7.1f %9.1f\n", ids[0].Z, len(ids), measure.Millis(measure.Median(ours)), measure.Millis(measure.Quantile(ours, 0.95)),
		measure.Millis(measure.Median(theirs)), float64(measure.Median(theirs))/float64(measure.Median(ours)), float64(size)/float64(len(ids))/1024)
	return nil
}
