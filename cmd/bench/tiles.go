package main

import (
	"context"
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
)

// measureTiles builds the same staff tiles twice, by the engine without its
// cache and by ST_AsMVT over an indexed EPSG:3857 table of the same rows and
// attributes, turn by turn.
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
	engine, rows, err := loadEngine(ctx, store)
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
	query := mvtQuery()
	fmt.Println("Tiles of the demo district, staff tileset, uncached; median ms (the engine's time includes gzip)")
	fmt.Printf("  %4s %5s %10s %10s %10s %7s %9s\n", "zoom", "tiles", "engine", "p95", "ST_AsMVT", "ratio", "KB raw")
	rng := rand.New(rand.NewPCG(1, 2))
	for z := 8; z <= geo.MapMaxZoom; z++ {
		if err := compareZoom(ctx, engine, conn, query, pickTiles(rng, rows, z, perZoom)); err != nil {
			return err
		}
	}
	fmt.Println()
	return nil
}

type layerRows map[string][]tiles.Feature

func loadEngine(ctx context.Context, store *postgis.Store) (*tiles.Engine, layerRows, error) {
	engine, err := tiles.New(tiles.SpecOf(geo.Staff), tiles.Options{CacheBytes: -1})
	if err != nil {
		return nil, nil, err
	}
	rows := layerRows{}
	err = store.Snapshot(ctx, geo.Staff, func(revision int64, layers map[string]iter.Seq2[postgis.MapFeature, error]) error {
		all := map[string]iter.Seq[tiles.Feature]{}
		for name, seq := range layers {
			for f, err := range seq {
				if err != nil {
					return err
				}
				rows[name] = append(rows[name], tiles.Feature{ID: uint64(f.ID), Geometry: f.Geometry, Values: f.Values, M2: f.M2})
			}
			all[name] = slices.Values(rows[name])
		}
		return engine.Load(revision, all)
	})
	return engine, rows, err
}

// polygonLayers are the layers that both sides build.
func polygonLayers() []geo.MapLayer {
	var out []geo.MapLayer
	for _, l := range geo.MapLayers(geo.Staff) {
		if l.Kind == geo.PolygonLayer {
			out = append(out, l)
		}
	}
	return out
}

// benchTables copies the map's rows into tables as an SQL tile server would
// want them: projected, indexed, the attributes as columns.
func benchTables(ctx context.Context, conn *pgx.Conn, rows layerRows) error {
	source := map[string]string{"areas": "land.area", "cleared": "land.cleared_land", "parcels": "land.parcel", "buildings": "land.building"}
	for _, l := range polygonLayers() {
		table := pgx.Identifier{"bench_" + l.Name}.Sanitize()
		columns := make([]string, len(l.Fields))
		for i, f := range l.Fields {
			columns[i] = pgx.Identifier{f}.Sanitize() + " text"
		}
		steps := []string{
			"create temp table " + table + " (id bigint, " + strings.Join(columns, ", ") + ")",
		}
		for _, sql := range steps {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return err
			}
		}
		in := make([][]any, 0, len(rows[l.Name]))
		for _, f := range rows[l.Name] {
			row := []any{int64(f.ID)}
			for _, v := range f.Values {
				if v == nil {
					row = append(row, nil)
				} else {
					row = append(row, fmt.Sprint(v))
				}
			}
			in = append(in, row)
		}
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{"bench_" + l.Name}, append([]string{"id"}, l.Fields...), pgx.CopyFromRows(in)); err != nil {
			return err
		}
		for _, sql := range []string{
			"alter table " + table + " add geom geometry(MultiPolygon, 3857)",
			"update " + table + " b set geom = st_transform(s.geom, 3857) from " + source[l.Name] + " s where s.id = b.id",
			"create index on " + table + " using gist (geom)",
			"vacuum analyze " + table,
		} {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
	}
	return nil
}

// mvtQuery builds one tile of all polygon layers that are drawn at zoom $1.
func mvtQuery() string {
	var parts []string
	for _, l := range polygonLayers() {
		columns := make([]string, len(l.Fields))
		for i, f := range l.Fields {
			columns[i] = pgx.Identifier{f}.Sanitize()
		}
		list := strings.Join(columns, ", ")
		parts = append(parts, fmt.Sprintf(`coalesce((
			select st_asmvt(t, '%s', 4096, 'g', 'id') from (
				select id, %s, st_asmvtgeom(geom, st_tileenvelope($1, $2, $3), 4096, 64, true) as g
				from %s
				where $1 between %d and %d
				  and geom && st_tileenvelope($1, $2, $3, margin => 64.0 / 4096)
				order by id
			) t where g is not null), '')`, l.Name, list, pgx.Identifier{"bench_" + l.Name}.Sanitize(), l.MinZoom, l.MaxZoom))
	}
	return "select " + strings.Join(parts, " || ")
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

func compareZoom(ctx context.Context, engine *tiles.Engine, conn *pgx.Conn, query string, ids []tiles.ID) error {
	var ours, theirs []time.Duration
	var bytes int
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
			var raw []byte
			if err := conn.QueryRow(ctx, query, id.Z, id.X, id.Y).Scan(&raw); err != nil {
				return err
			}
			b := time.Since(begun)
			if round == 0 {
				bytes += len(tile.Raw)
				continue
			}
			ours, theirs = append(ours, a), append(theirs, b)
		}
	}
	fmt.Printf("  %4d %5d %10.2f %10.2f %10.2f %7.1f %9.1f\n", ids[0].Z, len(ids), measure.Millis(measure.Median(ours)), measure.Millis(measure.Quantile(ours, 0.95)),
		measure.Millis(measure.Median(theirs)), float64(measure.Median(theirs))/float64(measure.Median(ours)), float64(bytes)/float64(len(ids))/1024)
	return nil
}
