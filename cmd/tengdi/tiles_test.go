package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo"
	"tengdi/geo/exchange/fixture"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/local"
	"tengdi/tiles"
	"tengdi/tiles/tiletest"
)

// rowsOf selects what the staff's map shows, from the tables and not by the
// store's queries: geo.MapLayers says what each value is. Every geometry is
// transformed to EPSG:3857.
func rowsOf() map[string]string {
	return map[string]string{
		"areas": `
			select a.id, a.code, a.name, a.status, st_transform(a.geom, 3857) as g,
				case when a.plan_m2 > 0 then
					round(coalesce(sum(coalesce(c.survey_m2, round(c.area_m2::numeric, 4))), 0) * 100 / a.plan_m2)::bigint
				end as rate
			from land.area a
			left join land.cleared_land c on c.area_id = a.id
			group by a.id`,
		"cleared": `
			select c.id, st_transform(c.geom, 3857) as g,
				(select a.code from land.area a where a.id = c.area_id)::text as area,
				extract(epoch from c.cleared_on)::bigint / 86400 as "on"
			from land.cleared_land c`,
		"parcels": `
			select p.id, p.code, p.status, p.use_class as use, st_transform(p.geom, 3857) as g,
				round(coalesce(p.survey_m2, round(p.area_m2::numeric, 4)) / 10000 * 15, 2)::double precision as mu,
				(select r.notice_no from land.round r
					where r.parcel_id = p.id and r.no = p.round_no and r.notice_no <> '') as notice
			from land.parcel p`,
		"buildings": `
			select id, code, status, legal, st_transform(geom, 3857) as g
			from land.building`,
		"projects": `
			select id, code, name, status, st_transform(geom, 3857) as g,
				case when amount_fen >= 100000000::bigint * 100 then 1 else 0 end::bigint as yi
			from land.project
			where geom is not null`,
		"arealabels": `
			select distinct on (a.id) a.id, a.code, a.name, a.status,
				st_transform(st_pointonsurface(part.geom), 3857) as g
			from land.area a, st_dump(a.geom) part
			order by a.id, st_area(part.geom) desc, part.path`,
		"parcellabels": `
			select distinct on (p.id) p.id, p.code, p.status, p.use_class as use,
				round(coalesce(p.survey_m2, round(p.area_m2::numeric, 4)) / 10000 * 15, 2)::double precision as mu,
				(select r.notice_no from land.round r
					where r.parcel_id = p.id and r.no = p.round_no and r.notice_no <> '') as notice,
				st_transform(st_pointonsurface(part.geom), 3857) as g
			from land.parcel p, st_dump(p.geom) part
			order by p.id, st_area(part.geom) desc, part.path`,
	}
}

// withHistory joins to the rows of a layer the history of its things, by another
// way than the store's: the last event of each of their days, thing by thing.
func withHistory(m geo.MachineName, sql string) string {
	var codes []string
	for _, s := range geo.Statuses(m) {
		codes = append(codes, s.Code)
	}
	var days []string
	for i := range geo.HistoryLength {
		days = append(days, fmt.Sprintf("(array_agg(d.day::bigint order by d.day))[%d] as t%d", i+1, i))
	}
	return `
		select r.*, h.*
		from (` + sql + `) r
		cross join lateral (
			select
				-- more than twelve would be merged, and this division by zero says so
				string_agg(chr(96 + array_position('{` + strings.Join(codes, ",") + `}', d.to_state)), '' order by d.day)
					|| left('', 1 / (count(*) <= ` + strconv.Itoa(geo.HistoryLength) + `)::integer) as h,
				` + strings.Join(days, ", ") + `
			from (
				select distinct on (day) e.to_state, day
				from land.event e,
					lateral (select case
						when e.happened = date_trunc('day', e.happened) then extract(epoch from e.happened)::bigint / 86400
						else (e.happened at time zone 'Asia/Shanghai')::date - '1970-01-01'::date end as day) x
				where e.entity = '` + string(m) + `' and e.entity_id = r.id and e.verb in ('created', 'moved')
				order by day, e.id desc) d) h`
}

// reference holds a copy of the rows of every layer of the staff's map.
func reference(t *testing.T, url string) *tiletest.Reference {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	var layers []tiletest.Rows
	for _, l := range geo.MapLayers(geo.Staff) {
		sql, ok := rowsOf()[l.Name]
		if !ok {
			t.Fatalf("layer %s: this test has no rows for it", l.Name)
		}
		if l.Machine != "" {
			sql = withHistory(l.Machine, sql)
		}
		layers = append(layers, tiletest.Rows{
			Layer: l.Name, Points: l.Kind == geo.PointLayer, MinZoom: l.MinZoom, MaxZoom: l.MaxZoom,
			Fields: l.Fields, SQL: sql,
		})
	}
	ref, err := tiletest.NewReference(ctx, conn, layers...)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// plainEngine is the staff's map in plain mode: with the content of ST_AsMVT.
func plainEngine(t *testing.T, store *postgis.Store) *tiles.Engine {
	t.Helper()
	engine, err := tiles.New(tiles.SpecOf(geo.Staff), tiles.Options{Plain: true, CacheBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	return loaded(t, store, engine)
}

// loaded fills an engine as the service fills it.
func loaded(t *testing.T, store *postgis.Store, engine *tiles.Engine) *tiles.Engine {
	t.Helper()
	feed := mapFeed{aud: geo.Staff, store: store, engine: engine, log: slog.New(slog.DiscardHandler)}
	if err := feed.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return engine
}

// mosaicsOf has the layer of each mosaic by the layer that it stands for.
func mosaicsOf() map[string]string {
	out := map[string]string{}
	for _, l := range geo.MapLayers(geo.Staff) {
		if l.Mosaic.Name != "" {
			out[l.Name] = l.Mosaic.Name
		}
	}
	return out
}

// compareTiles holds n random tiles of the plain engine against ST_AsMVT, those
// that are shipped against the plain ones, and reads what is shipped with the npm
// packages that browsers use.
func compareTiles(t *testing.T, ref *tiletest.Reference, n int, plain *tiles.Engine, shipped func(maptile.Tile) []byte) {
	t.Helper()
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(t.Name()))
	rng := rand.New(rand.NewPCG(seed.Sum64(), 1))
	picked := ref.Pick(rng, n, geo.MapMaxZoom)
	if len(picked) < n {
		t.Fatalf("only %d of %d tiles found", len(picked), n)
	}
	var read []rawTile
	for _, id := range picked {
		equal, raw := engineTile(t, plain, id), shipped(id)
		faults, err := ref.Compare(t.Context(), id, equal)
		if err != nil {
			t.Fatal(err)
		}
		light := decoded(t, id, raw)
		faults = append(faults, tiletest.SameFeatures(tileName(id), light, decoded(t, id, equal), mosaicsOf())...)
		faults = append(faults, ref.Strays(id, light)...)
		for _, fault := range faults {
			t.Errorf("%.2000s", fault)
		}
		if len(raw) > 0 {
			read = append(read, rawTile{id, raw})
		}
	}
	sum := ref.Tally
	t.Logf("%+v", sum)
	if sum.Tiles != n || len(read) < n/2 {
		t.Errorf("%d tiles, %d of them with something in them", sum.Tiles, len(read))
	}
	// Strips of farmland, a unit wide at low zooms, are what ST_AsMVT simplifies.
	if sum.Loose*5 > sum.Features {
		t.Errorf("%d of %d features have a vertex that ST_AsMVT has not", sum.Loose, sum.Features)
	}
	readBack(t, read)
}

func engineTile(t *testing.T, engine *tiles.Engine, id maptile.Tile) []byte {
	t.Helper()
	tile, err := engine.Tile(t.Context(), tiles.ID{Z: uint32(id.Z), X: id.X, Y: id.Y})
	if err != nil {
		t.Fatal(err)
	}
	return tile.Raw
}

func decoded(t *testing.T, id maptile.Tile, raw []byte) []tiletest.Layer {
	t.Helper()
	layers, err := tiletest.Decode(raw)
	if err != nil {
		t.Fatalf("%s: %v", tileName(id), err)
	}
	return layers
}

// TestDemoTiles: random tiles of the demo have the features and attributes of
// ST_AsMVT over the same rows, and so have those that the service gives to staff.
func TestDemoTiles(t *testing.T) {
	p := demoService(t)
	staff := signIn(t, p.url, "planner")
	address, ok := local.Attach(demo.data)
	if !ok {
		t.Fatal("the demo's cluster is not running")
	}
	store, err := postgis.Open(t.Context(), postgis.Options{URL: address(databaseName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	ref := reference(t, address(databaseName))
	plain := plainEngine(t, store)
	waitRevision(t, staff, p.url, address(databaseName))
	compareTiles(t, ref, 340, plain, func(id maptile.Tile) []byte {
		return fetchTile(t, staff, p.url, id)
	})
	if sum := ref.Tally; sum.Tiles-sum.Empty < 200 || sum.Features < 6000 || sum.Points < 600 || sum.Loose*200 > sum.Features {
		t.Errorf("too little was compared, or too much is not alike: %+v", sum)
	}
}

// waitRevision waits until the staff's tiles reflect what other tests have
// committed.
func waitRevision(t *testing.T, c *http.Client, base, url string) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var want int64
	if err := conn.QueryRow(ctx, `select revision from land.revision`).Scan(&want); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Revision int64 `json:"revision"`
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		getJSON(t, c, base+"/tiles/staff.json", &doc)
		if doc.Revision >= want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the tiles are at revision %d, the database is at %d", doc.Revision, want)
		}
	}
}

// fetchTile gets a staff tile; nil when there is nothing in it.
func fetchTile(t *testing.T, c *http.Client, base string, id maptile.Tile) []byte {
	t.Helper()
	url := base + "/tiles/staff/" + tileName(id) + ".mvt"
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case resp.StatusCode == http.StatusOK && len(raw) > 0:
	case resp.StatusCode == http.StatusNoContent && len(raw) == 0:
	default:
		t.Fatalf("GET %s: %s, %d bytes", url, resp.Status, len(raw))
	}
	return raw
}

func tileName(id maptile.Tile) string {
	return tiles.ID{Z: uint32(id.Z), X: id.X, Y: id.Y}.String()
}

// TestImportedTiles: the same for real files, each imported into an instance of
// its own and loaded as the service loads it.
func TestImportedTiles(t *testing.T) {
	root := fixture.Dir(t)
	for _, file := range realFiles() {
		t.Run(file.name, func(t *testing.T) {
			url := emptyURL(t)
			store := openStore(t, url)
			file.in.Path = filepath.Join(root, file.path)
			mustImport(t, store, file.in)

			engine, err := newEngine(geo.Staff)
			if err != nil {
				t.Fatal(err)
			}
			loaded(t, store, engine)
			ref := reference(t, url)
			compareTiles(t, ref, 180, plainEngine(t, store), func(id maptile.Tile) []byte {
				return engineTile(t, engine, id)
			})
			if st := engine.Stats(); st.Unrepaired > 0 || ref.Tally.Same < 300 {
				t.Errorf("%d unrepaired; %+v", st.Unrepaired, ref.Tally)
			}
		})
	}
}
