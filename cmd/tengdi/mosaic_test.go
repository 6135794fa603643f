package main

import (
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo"
	"tengdi/geo/postgis/local"
	"tengdi/tiles/tiletest"
)

// landTotals is parcels and their land by status.
type landTotals struct {
	n  map[string]int64
	m2 map[string]float64
}

func newLandTotals() landTotals { return landTotals{map[string]int64{}, map[string]float64{}} }

// same says whether counts are equal and areas to within m2.
func (a landTotals) same(b landTotals, within float64) bool {
	sum := 0.0
	for status := range a.m2 {
		sum += math.Abs(a.m2[status] - b.m2[status])
	}
	for status := range b.m2 {
		if _, ok := a.m2[status]; !ok {
			sum += b.m2[status]
		}
	}
	return maps.Equal(a.n, b.n) && sum <= within
}

// addCells adds the parcels' cells of a tile; how many it has.
func (a landTotals) addCells(t *testing.T, c *http.Client, base string, aud geo.Audience, id maptile.Tile) int {
	t.Helper()
	resp, err := c.Get(base + "/tiles/" + string(aud) + "/" + tileName(id) + ".mvt")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %v", aud, tileName(id), resp.Status, err)
	}
	layers, err := tiletest.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if l.Name != "parcelcells" {
			continue
		}
		for _, f := range l.Features {
			for key, v := range f.Values {
				if status, ok := strings.CutPrefix(key, "n_"); ok {
					a.n[status] += v.(int64)
				} else if status, ok := strings.CutPrefix(key, "m2_"); ok {
					a.m2[status] += v.(float64)
				}
			}
		}
		return len(l.Features)
	}
	return 0
}

// parcelsOf is where an audience's parcels are.
func parcelsOf(aud geo.Audience) string {
	if aud == geo.Public {
		return "pub.parcel"
	}
	return "land.parcel"
}

// The map adds up: at every zoom of cells the tiles over the whole world have the
// summary's parcels and their land by status, and random sets of tiles have what
// PostGIS finds in them, for either audience.
func TestCellsAddUpToTheSummary(t *testing.T) {
	p := demoService(t)
	staff := signIn(t, p.url, "planner")
	address, ok := local.Attach(demo.data)
	if !ok {
		t.Fatal("the demo's cluster is not running")
	}
	waitRevision(t, staff, p.url, address(databaseName))
	conn, err := pgx.Connect(t.Context(), address(databaseName))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for aud, c := range map[geo.Audience]*http.Client{geo.Staff: staff, geo.Public: client(t)} {
		var sum struct {
			Parcels struct {
				ByStatus []struct {
					Code string  `json:"code"`
					N    int64   `json:"n"`
					Mu   float64 `json:"mu"`
				} `json:"by_status"`
			} `json:"parcels"`
		}
		getJSON(t, c, p.url+"/api/summary", &sum)
		want := newLandTotals()
		for _, s := range sum.Parcels.ByStatus {
			want.n[s.Code], want.m2[s.Code] = s.N, s.Mu*10000/15
		}
		level := []maptile.Tile{maptile.New(0, 0, 0)}
		var all []maptile.Tile
		for z := range 11 {
			got := newLandTotals()
			var next []maptile.Tile
			for _, id := range level {
				if got.addCells(t, c, p.url, aud, id) > 0 {
					all = append(all, id)
					next = append(next, id.Children()...)
				}
			}
			// A figure of the summary is rounded to seven hundredths.
			if len(want.n) < 3 || !got.same(want, 0.5) {
				t.Errorf("%s, zoom %d: %v, want %v", aud, z, got, want)
			}
			level = next
		}
		rng := rand.New(rand.NewPCG(1, uint64(len(all))))
		for range 60 {
			ids := disjoint(rng, all)
			got := newLandTotals()
			for _, id := range ids {
				got.addCells(t, c, p.url, aud, id)
			}
			if want := cellsBySQL(t, conn, parcelsOf(aud), ids); !got.same(want, 0.5) {
				t.Errorf("%s, %v: %v, want %v", aud, ids, got, want)
			}
		}
	}
}

// disjoint is up to six of the tiles, none within another.
func disjoint(rng *rand.Rand, all []maptile.Tile) []maptile.Tile {
	var out []maptile.Tile
	for range 1 + rng.IntN(6) {
		id, apart := all[rng.IntN(len(all))], true
		for _, o := range out {
			apart = apart && id != o && !id.Contains(o) && !o.Contains(id)
		}
		if apart {
			out = append(out, id)
		}
	}
	return out
}

// cellsBySQL shares the official area of parcels out by how much of their shape
// lies in the tiles. A parcel is counted where the middle of its box is.
func cellsBySQL(t *testing.T, conn *pgx.Conn, table string, ids []maptile.Tile) landTotals {
	t.Helper()
	var z, x, y []int32
	for _, id := range ids {
		z, x, y = append(z, int32(id.Z)), append(x, int32(id.X)), append(y, int32(id.Y))
	}
	rows, err := conn.Query(t.Context(), `
		select
			p.status,
			sum(p.official_m2::float8 * st_area(st_intersection(p.g, t.g)) / st_area(p.g)),
			count(*) filter (where st_within(st_centroid(st_envelope(p.g)), t.g))
		from (select status, official_m2, st_transform(geom, 3857) as g from `+table+`) p
		join (
			select st_tileenvelope(z, x, y) as g
			from unnest($1::integer[], $2::integer[], $3::integer[]) as i (z, x, y)) t
			on st_intersects(p.g, t.g)
		group by p.status`, z, x, y)
	if err != nil {
		t.Fatal(err)
	}
	out := newLandTotals()
	var status string
	var m2 float64
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&status, &m2, &n}, func() error {
		if out.m2[status] = m2; n > 0 {
			out.n[status] = n
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}
