package main

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tengdi/cmd/bench/city"
	"tengdi/geo"
	"tengdi/geo/postgis/pgtest"
	"tengdi/tiles"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// cityRows are parcels of a city with the attributes of the staff's, some of them with
// a history, and areas made of single parcels.
func cityRows(n int) layerRows {
	c, rows := city.New(n), layerRows{}
	fields := map[string]int{}
	for _, l := range geo.MapLayers(geo.Staff) {
		fields[l.Name] = len(l.Fields)
	}
	for i := range n {
		f := c.Parcel(i).Feature()
		values := append([]any{}, f.Values...)
		f.Values = make([]tiles.Value, fields["parcels"])
		copy(f.Values, values)
		if i%3 == 0 {
			f.Values[5], f.Values[6], f.Values[7] = "ab", int64(17_000), int64(17_000+i)
		}
		rows["parcels"] = append(rows["parcels"], f)
		if i%100 == 0 {
			area := f
			area.Values = make([]tiles.Value, fields["areas"])
			area.Values[0], area.Values[1], area.Values[2], area.Values[3] = "A", "片区", "clearing", int64(i%101)
			rows["areas"] = append(rows["areas"], area)
		}
	}
	return rows
}

// What is timed is equal work: the plain engine's tiles have what those of ST_AsMVT
// have, and an engine that draws cells or simplifies is found out.
func TestEqualWork(t *testing.T) {
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `create extension if not exists postgis`); err != nil {
		t.Fatal(err)
	}
	rows := cityRows(3000)
	if err := benchTables(ctx, conn, rows); err != nil {
		t.Fatal(err)
	}
	plain, err := plainEngine(rows)
	if err != nil {
		t.Fatal(err)
	}
	served, err := engineOf(rows, tiles.Options{CacheBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	sql := &sqlTiles{conn: conn, query: mvtQuery()}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, z := range []int{8, 10, 12, 14, 16} {
		ids := pickTiles(rng, rows, z, 3)
		if err := compareContent(ctx, plain, sql, ids); err != nil {
			t.Errorf("zoom %d: %v", z, err)
		}
		if err := compareContent(ctx, served, sql, ids); z <= 10 && (err == nil || !strings.Contains(err.Error(), "not alike")) {
			t.Errorf("zoom %d: cells pass for parcels: %v", z, err)
		}
		if err := sql.zipped(ctx, ids[0]); err != nil || sql.out.Len() == 0 {
			t.Errorf("zoom %d: %d bytes gzipped, %v", z, sql.out.Len(), err)
		}
	}
}
