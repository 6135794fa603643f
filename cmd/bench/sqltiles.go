package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb/encoding/wkb"

	"tengdi/geo"
	"tengdi/tiles"
)

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
// want them: projected, indexed, the attributes as columns of their own types.
func benchTables(ctx context.Context, conn *pgx.Conn, rows layerRows) error {
	for _, l := range polygonLayers() {
		name := pgx.Identifier{"bench_" + l.Name}
		table := name.Sanitize()
		columns := make([]string, len(l.Fields))
		for i, f := range l.Fields {
			columns[i] = pgx.Identifier{f}.Sanitize() + " " + columnType(rows[l.Name], i)
		}
		if _, err := conn.Exec(ctx, "create temp table "+table+" (id bigint, "+strings.Join(columns, ", ")+", wkb bytea)"); err != nil {
			return err
		}
		in := make([][]any, 0, len(rows[l.Name]))
		for _, f := range rows[l.Name] {
			shape, err := wkb.Marshal(f.Geometry)
			if err != nil {
				return err
			}
			in = append(in, append(append([]any{int64(f.ID)}, f.Values...), shape))
		}
		all := append(append([]string{"id"}, l.Fields...), "wkb")
		if _, err := conn.CopyFrom(ctx, name, all, pgx.CopyFromRows(in)); err != nil {
			return err
		}
		for _, sql := range []string{
			"alter table " + table + " add geom geometry(MultiPolygon, 3857)",
			"update " + table + " set geom = st_transform(st_multi(st_geomfromwkb(wkb, 4326)), 3857)",
			"alter table " + table + " drop wkb",
			"create index on " + table + " using gist (geom)",
			"vacuum full analyze " + table,
		} {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
	}
	return nil
}

// columnType is the SQL type of an attribute, by its first value.
func columnType(rows []tiles.Feature, field int) string {
	for _, f := range rows {
		switch f.Values[field].(type) {
		case int64:
			return "bigint"
		case float64:
			return "double precision"
		case string:
			return "text"
		}
	}
	return "text"
}

// sqlTiles asks the database for tiles.
type sqlTiles struct {
	conn  *pgx.Conn
	query string
	out   bytes.Buffer
	gz    *gzip.Writer
}

func (s *sqlTiles) tile(ctx context.Context, id tiles.ID) (raw []byte, err error) {
	err = s.conn.QueryRow(ctx, s.query, id.Z, id.X, id.Y).Scan(&raw)
	return raw, err
}

// zipped makes a tile and gzips it as fast as the engine gzips a fresh one.
func (s *sqlTiles) zipped(ctx context.Context, id tiles.ID) (err error) {
	raw, err := s.tile(ctx, id)
	if err != nil {
		return err
	}
	if s.gz == nil {
		if s.gz, err = gzip.NewWriterLevel(nil, gzip.StatelessCompression); err != nil {
			return err
		}
	}
	s.out.Reset()
	s.gz.Reset(&s.out)
	if _, err := s.gz.Write(raw); err != nil {
		return err
	}
	return s.gz.Close()
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
