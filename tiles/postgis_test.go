package tiles_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"

	"tengdi/geo/postgis/pgtest"
	"tengdi/tiles"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// reference is a database with the parcels of a city in Web Mercator metres.
type reference struct {
	conn *pgx.Conn
}

func newReference(t *testing.T, parcels []tiles.Feature) reference {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	_, err = conn.Exec(ctx, `
		create extension postgis;
		create table parcel (
			id bigint primary key,
			code text,
			status text,
			price bigint,
			mu double precision,
			flag boolean,
			wkb bytea,
			g geometry(Geometry, 3857)
		)`)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]any, len(parcels))
	for i, f := range parcels {
		b, err := wkb.Marshal(f.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		rows[i] = append(append([]any{int64(f.ID)}, f.Values...), b)
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"parcel"}, append(append([]string{"id"}, tiles.CityFields()...), "wkb"), pgx.CopyFromRows(rows))
	if err != nil {
		t.Fatal(err)
	}
	var invalid int
	err = conn.QueryRow(ctx, `
		with moved as (
			update parcel
			set g = ST_Transform(ST_GeomFromWKB(wkb, 4326), 3857)
			returning g
		)
		select count(*) from moved where not ST_IsValid(g)`).Scan(&invalid)
	if err != nil {
		t.Fatal(err)
	}
	if invalid > 0 {
		t.Fatalf("%d of the test's own parcels are invalid", invalid)
	}
	return reference{conn}
}

// tile is what ST_AsMVT makes of the same rows.
func (r reference) tile(t *testing.T, id tiles.ID) map[uint64]tiles.DecodedFeature {
	t.Helper()
	var raw []byte
	err := r.conn.QueryRow(context.Background(), `
		select ST_AsMVT(q, 'parcels', 4096, 'geom', 'id')
		from (
			select id, code, status, price, mu, flag,
				ST_AsMVTGeom(g, ST_TileEnvelope($1, $2, $3), 4096, 64, true) as geom
			from parcel
			where g && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)
			order by id
		) q
		where geom is not null`, id.Z, id.X, id.Y).Scan(&raw)
	if err != nil {
		t.Fatal(err)
	}
	return byID(t, raw)
}

func byID(t *testing.T, raw []byte) map[uint64]tiles.DecodedFeature {
	t.Helper()
	layers, err := tiles.DecodeTile(raw)
	if err != nil {
		t.Fatal(err)
	}
	out := map[uint64]tiles.DecodedFeature{}
	for _, l := range layers {
		for _, f := range l.Features {
			out[f.ID] = f
		}
	}
	return out
}

// measure is a parcel in square units and units of a zoom's grid: all of it, and
// its part in the buffered tile.
type measure struct{ area, part, partPerimeter float64 }

func (r reference) measure(t *testing.T, id tiles.ID, feature uint64) measure {
	t.Helper()
	var m measure
	err := r.conn.QueryRow(context.Background(), `
		with u as (
			select ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096) as env,
				40075016.68557849 / (2 ^ $1::int * 4096) as unit
		)
		select ST_Area(g) / unit ^ 2,
			ST_Area(ST_Intersection(g, env)) / unit ^ 2,
			ST_Perimeter(ST_Intersection(g, env)) / unit
		from parcel, u
		where id = $4`, id.Z, id.X, id.Y, int64(feature)).Scan(&m.area, &m.part, &m.partPerimeter)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// invalid counts the features whose polygons ST_IsValid refuses.
func (r reference) invalid(t *testing.T, features map[uint64]tiles.DecodedFeature) (bad int, why string) {
	t.Helper()
	var texts []string
	for _, f := range features {
		texts = append(texts, wktOf(f))
	}
	err := r.conn.QueryRow(context.Background(), `
		select count(*), coalesce(min(ST_IsValidReason(g) || ' ' || left(ST_AsText(g), 600)), '')
		from (select ST_GeomFromText(unnest($1::text[])) as g) q
		where not ST_IsValid(g)`, texts).Scan(&bad, &why)
	if err != nil {
		t.Fatal(err)
	}
	return bad, why
}

func wktOf(f tiles.DecodedFeature) string {
	var b strings.Builder
	b.WriteString("MULTIPOLYGON(")
	for i, p := range f.Polygons {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("(")
		for j, r := range p {
			if j > 0 {
				b.WriteString(",")
			}
			b.WriteString("(")
			for _, v := range append(r[:len(r):len(r)], r[0]) {
				fmt.Fprintf(&b, "%d %d,", v[0], v[1])
			}
			text := strings.TrimSuffix(b.String(), ",")
			b.Reset()
			b.WriteString(text + ")")
		}
		b.WriteString(")")
	}
	b.WriteString(")")
	return b.String()
}

// farthest is the largest distance from a vertex of a to the boundary of b.
// Vertices at the edge of the buffered square are left out: where a border grazes
// that edge, half a unit of rounding moves their meeting point by any amount.
func farthest(a, b tiles.DecodedFeature) (far float64, at tiles.XY) {
	for _, p := range a.Polygons {
		for _, r := range p {
			for _, v := range r {
				if d := distance(v, b); d > far && !nearBufferEdge(v) {
					far, at = d, v
				}
			}
		}
	}
	return far, at
}

func nearBufferEdge(v tiles.XY) bool {
	near := func(c int64) bool { return c <= -63 || c >= 4159 }
	return near(v[0]) || near(v[1])
}

// strays counts the vertices that are more than far from the parcel's own border,
// taken before any rounding and clipping. A vertex at the edge of the buffered
// square may lie in the parcel instead.
func strays(f tiles.DecodedFeature, truth orb.MultiPolygon, far float64) (n int, at tiles.XY) {
	for _, p := range f.Polygons {
		for _, r := range p {
			for _, v := range r {
				q := orb.Point{float64(v[0]), float64(v[1])}
				if planar.DistanceFrom(lines(truth), q) > far &&
					!(nearBufferEdge(v) && planar.MultiPolygonContains(truth, q)) {
					n, at = n+1, v
				}
			}
		}
	}
	return n, at
}

func lines(m orb.MultiPolygon) orb.MultiLineString {
	var out orb.MultiLineString
	for _, p := range m {
		for _, r := range p {
			out = append(out, orb.LineString(r))
		}
	}
	return out
}

// inTile is a geometry in a tile's units by the formula of the projection, in
// floating point.
func inTile(g orb.Geometry, id tiles.ID) orb.MultiPolygon {
	m, ok := g.(orb.MultiPolygon)
	if !ok {
		m = orb.MultiPolygon{g.(orb.Polygon)}
	}
	m = m.Clone()
	side := math.Ldexp(tiles.Extent, int(id.Z))
	for _, p := range m {
		for _, r := range p {
			for i, v := range r {
				lat := v[1] * math.Pi / 180
				r[i] = orb.Point{
					(v[0]+180)/360*side - float64(id.X)*tiles.Extent,
					(1-math.Log(math.Tan(lat)+1/math.Cos(lat))/math.Pi)/2*side - float64(id.Y)*tiles.Extent,
				}
			}
		}
	}
	return m
}

func distance(v tiles.XY, f tiles.DecodedFeature) float64 {
	best := math.Inf(1)
	for _, p := range f.Polygons {
		for _, r := range p {
			for i, a := range r {
				best = min(best, toSegment(v, a, r[(i+1)%len(r)]))
			}
		}
	}
	return best
}

func toSegment(v, a, b tiles.XY) float64 {
	px, py := float64(v[0]-a[0]), float64(v[1]-a[1])
	dx, dy := float64(b[0]-a[0]), float64(b[1]-a[1])
	t := min(max((px*dx+py*dy)/(dx*dx+dy*dy), 0), 1)
	return math.Hypot(px-t*dx, py-t*dy)
}

// comparison adds up what TestTilesEqualPostGIS finds.
type comparison struct {
	features, ours, small, kept, loose, invalid, theirInvalid int
}

// P-2: same features, same attributes, valid polygons, and vertices within one
// unit of the grid on each axis, as ST_AsMVT over the same rows. Exceptions, each
// checked: a parcel below one square unit is not drawn by the engine's rule; one
// that ST_AsMVT loses because what is left of it collapses is kept; and ST_AsMVT
// simplifies every parcel by itself by half a unit before it snaps, so that needles
// and specks go which the engine keeps: those vertices are held against the
// parcel's own border instead.
func TestTilesEqualPostGIS(t *testing.T) {
	parcels := tiles.City(3, 3000, tiles.Yueyang(), 0.001)
	// Another city, crowded into about a unit at z10.
	parcels = append(parcels, shifted(tiles.City(4, 400, orb.Point{114.2, 30.1}, 0.00015), 10000)...)
	ref := newReference(t, parcels)
	e, err := tiles.NewCity(tiles.Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[uint64]orb.Geometry{}
	for _, f := range parcels {
		shapes[f.ID] = f.Geometry
	}
	rng := rand.New(rand.NewPCG(5, 5))
	seen := map[tiles.ID]bool{}
	var c comparison
	for n := 0; len(seen) < 220 && n < 5000; n++ {
		f := parcels[rng.IntN(len(parcels))]
		around := tiles.TilesOver(f, 8+n%11)
		id := around[rng.IntN(len(around))]
		if seen[id] {
			continue
		}
		seen[id] = true
		tile, err := e.Tile(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		c.compare(t, ref, id, byID(t, tile.Raw), shapes)
	}
	st := e.Stats()
	t.Logf("%d tiles: %+v; %d repaired, %d stand-ins", len(seen), c, st.Repaired, st.StandIns)
	if st.Unrepaired > 0 || len(seen) < 200 || c.features < 10000 {
		t.Errorf("%d unrepaired, %d tiles, %d features", st.Unrepaired, len(seen), c.features)
	}
	if c.loose*200 > c.features {
		t.Errorf("%d of %d features have a vertex that ST_AsMVT has not", c.loose, c.features)
	}
}

func (c *comparison) compare(t *testing.T, ref reference, id tiles.ID, got map[uint64]tiles.DecodedFeature, shapes map[uint64]orb.Geometry) {
	t.Helper()
	want := ref.tile(t, id)
	bad, why := ref.invalid(t, got)
	if c.invalid += bad; bad > 0 {
		t.Errorf("%s: %d invalid: %s", id, bad, why)
	}
	theirs, _ := ref.invalid(t, want)
	c.theirInvalid += theirs
	for fid, w := range want {
		c.features++
		g, ok := got[fid]
		if !ok {
			c.small++
			if m := ref.measure(t, id, fid); m.area >= 1.0001 {
				t.Errorf("%s: feature %d of %.4f square units is missing", id, fid, m.area)
			}
			continue
		}
		if !reflect.DeepEqual(g.Values, w.Values) {
			t.Errorf("%s: feature %d has %v, want %v", id, fid, g.Values, w.Values)
		}
		if d, at := farthest(w, g); d > math.Sqrt2 {
			t.Errorf("%s feature %d: ST_AsMVT's %v is %.2f away\nours   %s\ntheirs %s", id, fid, at, d, wktOf(g), wktOf(w))
		}
		if d, _ := farthest(g, w); d > math.Sqrt2 {
			c.loose++
		}
	}
	for fid, g := range got {
		c.ours++
		_, both := want[fid]
		far := math.Sqrt2
		if !both { // the far corner of a cell that stands in
			far *= 1.5
		}
		if n, at := strays(g, inTile(shapes[fid], id), far); n > 0 {
			t.Errorf("%s feature %d: %d vertices, as %v, are far from its border: %s", id, fid, n, at, wktOf(g))
		}
		if both {
			continue
		}
		c.kept++
		if m := ref.measure(t, id, fid); m.area < 0.9999 || 4*m.part > 2*m.partPerimeter {
			t.Errorf("%s: feature %d is ours alone: %+v", id, fid, m)
		}
	}
}

// Shapes made to go wrong when they are snapped: stars, slivers, and one of so many
// crossings that it is rebuilt on a coarser grid. PostGIS finds every result valid.
func TestWildShapesAreValid(t *testing.T) {
	ref := newReference(t, nil)
	spec := tiles.Spec{Name: "wild", MaxZoom: 19, Layers: []tiles.LayerSpec{{Name: "wild", MaxZoom: 19}}}
	e, err := tiles.New(spec, tiles.Options{CacheBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(8, 8))
	shapes := []orb.MultiPolygon{{{tiles.Star(rng, orb.Point{105, 25}, 12_000, 1, 2)}}}
	zooms := []int{6}
	for range 1500 {
		zooms = append(zooms, 3+rng.IntN(15))
		shapes = append(shapes, tiles.WildShape(rng, zooms[len(zooms)-1]))
	}
	drawn := 0
	for i, m := range shapes {
		f := tiles.Feature{ID: uint64(i), Geometry: m}
		if err := e.Load(int64(i), tiles.Seqs(map[string][]tiles.Feature{"wild": {f}})); err != nil {
			t.Fatal(err)
		}
		over := tiles.TilesOver(f, max(zooms[i]-rng.IntN(4), 0))
		for _, id := range over[:min(len(over), 6)] {
			tile, err := e.Tile(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			got := byID(t, tile.Raw)
			drawn += len(got)
			if bad, why := ref.invalid(t, got); bad > 0 {
				t.Errorf("shape %d in %s: %s", i, id, why)
			}
		}
	}
	st := e.Stats()
	t.Logf("%d drawn, %d repaired, %d of them coarse, %d stand-ins", drawn, st.Repaired, st.Coarse, st.StandIns)
	if drawn < 1500 || st.Repaired < 100 || st.StandIns < 20 || st.Coarse == 0 || st.Unrepaired != 0 {
		t.Errorf("%+v", st)
	}
}

func shifted(fs []tiles.Feature, by uint64) []tiles.Feature {
	for i := range fs {
		fs[i].ID += by
	}
	return fs
}
