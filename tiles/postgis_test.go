package tiles_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo/postgis/pgtest"
	"tengdi/tiles"
	"tengdi/tiles/tiletest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// connect opens an empty database with PostGIS.
func connect(t *testing.T) *pgx.Conn {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	if _, err := conn.Exec(ctx, `create extension postgis`); err != nil {
		t.Fatal(err)
	}
	return conn
}

// cityReference puts the parcels of a city and its problems into a database, which
// projects them.
func cityReference(t *testing.T, parcels, problems []tiles.Feature) *tiletest.Reference {
	t.Helper()
	ctx := context.Background()
	conn := connect(t)
	_, err := conn.Exec(ctx, `
		create table feature (
			id bigint,
			code text,
			status text,
			price bigint,
			mu double precision,
			flag boolean,
			level bigint,
			wkb bytea
		)`)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []struct {
		features []tiles.Feature
		fields   []string
	}{{parcels, tiles.CityFields()}, {problems, []string{"level"}}} {
		var rows [][]any
		for _, f := range in.features {
			b, err := wkb.Marshal(f.Geometry)
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, append(append([]any{int64(f.ID)}, f.Values...), b))
		}
		columns := slices.Concat([]string{"id"}, in.fields, []string{"wkb"})
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{"feature"}, columns, pgx.CopyFromRows(rows)); err != nil {
			t.Fatal(err)
		}
	}
	var layers []tiletest.Rows
	for _, l := range tiles.CitySpec().Layers {
		points := l.Kind == tiles.Points
		dimension := map[bool]string{true: "0", false: "2"}[points]
		layers = append(layers, tiletest.Rows{
			Layer: l.Name, Points: points, MinZoom: l.MinZoom, MaxZoom: l.MaxZoom, Fields: l.Fields,
			SQL: `
				select *, st_transform(st_geomfromwkb(wkb, 4326), 3857) as g
				from feature
				where st_dimension(st_geomfromwkb(wkb)) = ` + dimension,
		})
	}
	ref, err := tiletest.NewReference(ctx, conn, layers...)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// cityProblems are points at corners of parcels, so that some lie on edges of tiles.
func cityProblems(parcels []tiles.Feature) []tiles.Feature {
	var out []tiles.Feature
	for i, f := range parcels {
		if p, ok := f.Geometry.(orb.Polygon); ok && i%5 == 0 {
			out = append(out, tiles.Feature{ID: f.ID, Geometry: p[0][0], Values: []tiles.Value{int64(i % 4)}})
		}
	}
	return out
}

// P-2, in plain mode: same features, same attributes, valid polygons, and vertices within one
// unit of the grid on each axis, as ST_AsMVT over the same rows; package tiletest
// has the exceptions. As it is shipped, a tile has the same features.
func TestTilesEqualPostGIS(t *testing.T) {
	parcels := tiles.City(3, 3000, tiles.Yueyang(), 0.001)
	// Another city, crowded into about a unit at z10.
	parcels = append(parcels, shifted(tiles.City(4, 400, orb.Point{114.2, 30.1}, 0.00015), 10000)...)
	problems := cityProblems(parcels)
	ref := cityReference(t, parcels, problems)
	e, err := tiles.NewCity(tiles.Options{Plain: true, CacheBytes: -1}, parcels, problems)
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := tiles.NewCity(tiles.Options{CacheBytes: -1}, parcels, problems)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 5))
	seen := map[tiles.ID]bool{}
	for n := 0; len(seen) < 600 && n < 5000; n++ {
		f := parcels[rng.IntN(len(parcels))]
		around := tiles.TilesOver(f, 8+n%11)
		id := around[rng.IntN(len(around))]
		if seen[id] {
			continue
		}
		seen[id] = true
		light := layersOf(t, shipped, id)
		faults := append(compare(t, ref, e, id), tiletest.SameFeatures(id.String(), light, layersOf(t, e, id), nil)...)
		for _, fault := range append(faults, ref.Strays(maptile.New(id.X, id.Y, maptile.Zoom(id.Z)), light)...) {
			t.Errorf("%.2000s", fault)
		}
	}
	st, sum := e.Stats(), ref.Tally
	t.Logf("%+v; %d repaired, %d stand-ins", sum, st.Repaired, st.StandIns)
	if st.Unrepaired > 0 || sum.Tiles < 600 || sum.Features < 30000 || sum.Points < 3000 {
		t.Errorf("%d unrepaired; %+v", st.Unrepaired, sum)
	}
	if sum.Loose*200 > sum.Features {
		t.Errorf("%d of %d features have a vertex that ST_AsMVT has not", sum.Loose, sum.Features)
	}
}

func compare(t *testing.T, ref *tiletest.Reference, e *tiles.Engine, id tiles.ID) []string {
	t.Helper()
	tile, err := e.Tile(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	faults, err := ref.Compare(context.Background(), maptile.New(id.X, id.Y, maptile.Zoom(id.Z)), tile.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

// The comparison must be able to refuse: an engine with other features than the
// database fails it.
func TestComparisonRefuses(t *testing.T) {
	parcels := tiles.City(3, 60, tiles.Yueyang(), 0.001)
	problems := cityProblems(parcels)
	ref := cityReference(t, parcels, problems)
	id := tiles.TilesOver(parcels[30], 14)[0]
	unit := tiles.Unit(14)
	for _, c := range []struct {
		name, says string
		change     func(parcels, problems []tiles.Feature) ([]tiles.Feature, []tiles.Feature)
	}{
		{"nothing", "", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) { return a, b }},
		{"a feature less", "is missing", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) { return slices.Delete(a, 30, 31), b }},
		{"a point less", "is missing", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) { return a, slices.Delete(b, 3, 4) }},
		{"a feature more", "no such row", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) {
			a[30].ID = 9999
			return a, b
		}},
		{"an attribute", "has map", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) {
			a[30].Values[0] = "other"
			return a, b
		}},
		{"a number of another kind", "has map", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) {
			a[30].Values[3] = int64(a[30].Values[3].(float64))
			return a, b
		}},
		{"a polygon three units away", "far from the border", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) {
			a[30].Geometry = moved(a[30].Geometry, 3*unit)
			return a, b
		}},
		{"a point three units away", "is at", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) {
			b[3].Geometry = moved(b[3].Geometry, 3*unit)
			return a, b
		}},
		{"a hole less", "is not near", func(a, b []tiles.Feature) ([]tiles.Feature, []tiles.Feature) {
			for i, f := range a {
				if p, ok := f.Geometry.(orb.Polygon); ok {
					a[i].Geometry = p[:1]
				}
			}
			return a, b
		}},
	} {
		a, b := c.change(tiles.City(3, 60, tiles.Yueyang(), 0.001), cityProblems(parcels))
		e, err := tiles.NewCity(tiles.Options{Plain: true}, a, b)
		if err != nil {
			t.Fatal(err)
		}
		faults := strings.Join(compare(t, ref, e, id), "\n")
		if (c.says == "") != (faults == "") || !strings.Contains(faults, c.says) {
			t.Errorf("%s: faults %q, want %q", c.name, faults, c.says)
		}
	}
}

// Polygons as they are shipped may lie a little off, not farther.
func TestStraysAreFound(t *testing.T) {
	parcels := tiles.City(3, 60, tiles.Yueyang(), 0.001)
	ref := cityReference(t, parcels, nil)
	id := tiles.TilesOver(parcels[30], 14)[0]
	for _, c := range []struct {
		units float64
		found bool
	}{{0, false}, {1, false}, {6, true}} {
		moving := tiles.City(3, 60, tiles.Yueyang(), 0.001)
		moving[30].Geometry = moved(moving[30].Geometry, c.units*tiles.Unit(14))
		e, err := tiles.NewCity(tiles.Options{}, moving, nil)
		if err != nil {
			t.Fatal(err)
		}
		faults := ref.Strays(maptile.New(id.X, id.Y, maptile.Zoom(id.Z)), layersOf(t, e, id))
		if (len(faults) > 0) != c.found {
			t.Errorf("moved by %v units: %v", c.units, faults)
		}
	}
}

// moved is a geometry some degrees to the east.
func moved(g orb.Geometry, by float64) orb.Geometry {
	switch g := orb.Clone(g).(type) {
	case orb.Point:
		return orb.Point{g[0] + by, g[1]}
	case orb.Polygon:
		for _, r := range g {
			for i := range r {
				r[i][0] += by
			}
		}
		return g
	case orb.MultiPolygon:
		for i := range g {
			g[i] = moved(g[i], by).(orb.Polygon)
		}
		return g
	}
	return nil
}

// Points inside polygons are those of PostGIS in the largest part: in parcels with
// holes and of several parts, and in shapes that cross themselves.
func TestPointsInsideEqualPostGIS(t *testing.T) {
	conn := connect(t)
	var shapes []orb.Geometry
	for _, f := range tiles.City(6, 1500, tiles.Yueyang(), 0.001) {
		shapes = append(shapes, f.Geometry)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	for range 600 {
		shapes = append(shapes, tiles.WildShape(rng, 3+rng.IntN(15)))
	}
	wkbs := make([][]byte, len(shapes))
	for i, g := range shapes {
		var err error
		if wkbs[i], err = wkb.Marshal(g); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.Query(t.Context(), `
		select w.no, st_x(p.at), st_y(p.at), st_numgeometries(st_geomfromwkb(w.shape))
		from unnest($1::bytea[]) with ordinality w (shape, no)
		cross join lateral (
			select st_pointonsurface(d.geom) as at
			from st_dump(st_geomfromwkb(w.shape)) d
			order by st_area(d.geom) desc, d.path
			limit 1) p
		order by w.no`, wkbs)
	if err != nil {
		t.Fatal(err)
	}
	var n, parts int
	var p orb.Point
	read, several := 0, 0
	_, err = pgx.ForEachRow(rows, []any{&n, &p[0], &p[1], &parts}, func() error {
		read++
		if parts > 1 {
			several++
		}
		if got, want := tiles.PointInside(shapes[n-1]), tiles.Quantised(p); got != want {
			t.Errorf("shape %d: %v, want %v", n, got, want)
		}
		return nil
	})
	if err != nil || read != len(shapes) || several < 50 {
		t.Errorf("%d of %d shapes, %d of several parts, %v", read, len(shapes), several, err)
	}
}

// features are those of every layer of a tile.
func features(t *testing.T, e *tiles.Engine, id tiles.ID) (out []tiletest.Feature) {
	t.Helper()
	for _, l := range layersOf(t, e, id) {
		out = append(out, l.Features...)
	}
	return out
}

func layersOf(t *testing.T, e *tiles.Engine, id tiles.ID) []tiletest.Layer {
	t.Helper()
	tile, err := e.Tile(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := tiletest.Decode(tile.Raw)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return layers
}

func shifted(fs []tiles.Feature, by uint64) []tiles.Feature {
	for i := range fs {
		fs[i].ID += by
	}
	return fs
}
