package tiletest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/maptile"
)

// worldSide is the side of the world in metres of EPSG:3857.
const worldSide = 40075016.68557849

// Rows are the rows of one layer as the database has them.
type Rows struct {
	Layer            string
	Points           bool // points, else polygons
	MinZoom, MaxZoom int  // the zooms at which the layer is drawn
	Fields           []string
	// SQL selects every row: id (bigint, not negative), g (geometry in EPSG:3857)
	// and the Fields by their names, as text, bigint, double precision or boolean.
	SQL string
}

// Reference holds copies of rows in temporary tables of a session and makes tiles
// of them with ST_AsMVT.
type Reference struct {
	// Tally adds up what Compare has seen.
	Tally Tally
	// Simplified is how far, in units, simplification may move our borders.
	Simplified float64

	conn   *pgx.Conn
	layers []Rows
	shapes map[string]map[uint64]orb.Geometry // in EPSG:3857
	ids    map[string][]uint64
}

// NewReference copies the rows as they are now. The connection is the
// Reference's until it is thrown away.
func NewReference(ctx context.Context, conn *pgx.Conn, layers ...Rows) (*Reference, error) {
	r := &Reference{conn: conn, layers: layers, shapes: map[string]map[uint64]orb.Geometry{}, ids: map[string][]uint64{}}
	for _, l := range layers {
		table := tableOf(l.Layer)
		for _, sql := range []string{
			"create temporary table " + table + " as " + l.SQL,
			"create index on " + table + " using gist (g)",
			"create unique index on " + table + " (id)",
			"analyze " + table,
		} {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return nil, fmt.Errorf("layer %s: %w", l.Layer, err)
			}
		}
		if err := r.readShapes(ctx, l.Layer); err != nil {
			return nil, fmt.Errorf("layer %s: %w", l.Layer, err)
		}
	}
	return r, nil
}

func tableOf(layer string) string { return pgx.Identifier{"tiletest_" + layer}.Sanitize() }

// readShapes refuses rows whose own polygons are invalid: nothing is to be learnt
// from what becomes of them.
func (r *Reference) readShapes(ctx context.Context, layer string) error {
	rows, err := r.conn.Query(ctx, "select id, st_asbinary(g), st_isvalid(g) and st_srid(g) = 3857 from "+tableOf(layer)+" order by id")
	if err != nil {
		return err
	}
	var id int64
	var raw []byte
	var sound bool
	r.shapes[layer] = map[uint64]orb.Geometry{}
	_, err = pgx.ForEachRow(rows, []any{&id, &raw, &sound}, func() error {
		g, err := wkb.Unmarshal(raw)
		if err != nil || !sound {
			return fmt.Errorf("row %d is not valid in EPSG:3857: %w", id, err)
		}
		r.shapes[layer][uint64(id)] = g
		r.ids[layer] = append(r.ids[layer], uint64(id))
		return nil
	})
	return err
}

// Pick draws n different tiles of the zooms up to maxZoom, where the rows are: a
// random zoom, a random layer, a random vertex of a random row, and from there up
// to half a tile in any direction.
func (r *Reference) Pick(rng *rand.Rand, n, maxZoom int) []maptile.Tile {
	var names []string
	for _, l := range r.layers {
		if len(r.ids[l.Layer]) > 0 {
			names = append(names, l.Layer)
		}
	}
	if len(names) == 0 {
		return nil
	}
	var out []maptile.Tile
	for tries := 0; len(out) < n && tries < 100*n; tries++ {
		z := rng.IntN(maxZoom + 1)
		layer := names[rng.IntN(len(names))]
		ids := r.ids[layer]
		v := anyVertex(rng, r.shapes[layer][ids[rng.IntN(len(ids))]])
		side := math.Ldexp(1, z)
		at := func(part float64) uint32 {
			return uint32(min(max(part*side+rng.Float64()-0.5, 0), side-1))
		}
		id := maptile.New(at(v[0]/worldSide+0.5), at(0.5-v[1]/worldSide), maptile.Zoom(z))
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func anyVertex(rng *rand.Rand, g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.Point:
		return g
	case orb.Polygon:
		return g[0][rng.IntN(len(g[0]))]
	case orb.MultiPolygon:
		return anyVertex(rng, g[rng.IntN(len(g))])
	}
	panic(fmt.Sprintf("tiletest: rows of %T", g))
}

// tile is what ST_AsMVT makes of a layer's rows, strictly decoded.
func (r *Reference) tile(ctx context.Context, l Rows, id maptile.Tile) (map[uint64]Feature, error) {
	if int(id.Z) < l.MinZoom || int(id.Z) > l.MaxZoom {
		return nil, nil
	}
	columns := []string{"id"}
	for _, f := range l.Fields {
		columns = append(columns, pgx.Identifier{f}.Sanitize())
	}
	var raw []byte
	err := r.conn.QueryRow(ctx, `
		select st_asmvt(q, $4, 4096, 'geom', 'id')
		from (
			select `+strings.Join(columns, ", ")+`,
				st_asmvtgeom(g, st_tileenvelope($1, $2, $3), 4096, 64, true) as geom
			from `+tableOf(l.Layer)+`
			where g && st_tileenvelope($1, $2, $3, margin => 64.0 / 4096)
			order by id
		) q
		where geom is not null`, id.Z, id.X, id.Y, l.Layer).Scan(&raw)
	if err != nil {
		return nil, err
	}
	layers, err := Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("ST_AsMVT: %w", err)
	}
	return byID(layers, l.Layer), nil
}

func byID(layers []Layer, name string) map[uint64]Feature {
	out := map[uint64]Feature{}
	for _, l := range layers {
		if l.Name == name {
			for _, f := range l.Features {
				out[f.ID] = f
			}
		}
	}
	return out
}

// truth is a row in a tile's units, before any rounding and clipping.
func (r *Reference) truth(layer string, feature uint64, id maptile.Tile) orb.Geometry {
	g, ok := r.shapes[layer][feature]
	if !ok {
		return nil
	}
	units := math.Ldexp(extent, int(id.Z))
	move := func(v orb.Point) orb.Point {
		return orb.Point{
			(v[0]/worldSide+0.5)*units - float64(id.X)*extent,
			(0.5-v[1]/worldSide)*units - float64(id.Y)*extent,
		}
	}
	switch g := orb.Clone(g).(type) {
	case orb.Point:
		return move(g)
	case orb.Polygon:
		return movedBy(orb.MultiPolygon{g}, move)
	case orb.MultiPolygon:
		return movedBy(g, move)
	}
	return nil
}

func movedBy(m orb.MultiPolygon, move func(orb.Point) orb.Point) orb.MultiPolygon {
	for _, p := range m {
		for _, r := range p {
			for i := range r {
				r[i] = move(r[i])
			}
		}
	}
	return m
}

// measure is a polygon in square units and units of a zoom's grid: all of it, and
// its part in the buffered tile.
type measure struct{ area, part, partPerimeter float64 }

func (r *Reference) measure(ctx context.Context, layer string, id maptile.Tile, feature uint64) (m measure, err error) {
	err = r.conn.QueryRow(ctx, `
		with u as (
			select st_tileenvelope($1, $2, $3, margin => 64.0 / 4096) as env,
				40075016.68557849 / (2 ^ $1::int * 4096) as unit
		)
		select st_area(g) / unit ^ 2,
			st_area(st_intersection(g, env)) / unit ^ 2,
			st_perimeter(st_intersection(g, env)) / unit
		from `+tableOf(layer)+`, u
		where id = $4`, id.Z, id.X, id.Y, int64(feature)).Scan(&m.area, &m.part, &m.partPerimeter)
	return m, err
}

// Invalid counts the features whose polygons ST_IsValid refuses, and says why of
// one of them.
func Invalid(ctx context.Context, conn *pgx.Conn, features []Feature) (bad int, why string, err error) {
	raw := make([][]byte, 0, len(features))
	for _, f := range features {
		b, err := wkb.Marshal(f.shape())
		if err != nil {
			return 0, "", fmt.Errorf("feature %d: %w", f.ID, err)
		}
		raw = append(raw, b)
	}
	err = conn.QueryRow(ctx, `
		select count(*), coalesce(min(st_isvalidreason(g) || ' ' || left(st_astext(g), 600)), '')
		from (select st_geomfromwkb(unnest($1::bytea[])) as g) q
		where not st_isvalid(g)`, raw).Scan(&bad, &why)
	return bad, why, err
}
