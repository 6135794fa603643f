package tiles_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/wkb"

	"tengdi/tiles"
)

// versionRow is one state of a parcel in the database of the test.
type versionRow struct {
	id          uint64
	from, until int32
	now         bool
	f           tiles.Feature
}

// withPast gives every third parcel an earlier state with another status and price,
// some of them with another shape and area or another area only, and lets some
// begin on a day.
func withPast(parcels []tiles.Feature) []versionRow {
	rng := rand.New(rand.NewPCG(12, 12))
	var rows []versionRow
	for i := range parcels {
		f := &parcels[i]
		if i%3 == 0 {
			past := *f
			past.Values = slices.Clone(f.Values)
			past.Values[1], past.Values[2] = []string{"planned", "listed", "reserved"}[rng.IntN(3)], rng.Int64N(1000)-200
			v := tiles.Version{From: 17000, Until: tiles.Day(17100 + rng.IntN(200)), Values: past.Values}
			switch i % 4 {
			case 0:
				other := parcels[rng.IntN(len(parcels))]
				past.Geometry, past.M2 = other.Geometry, other.M2+1
				v.Geometry, v.M2 = past.Geometry, past.M2
			case 1:
				past.M2 += 1234.5678
				v.M2 = past.M2
			}
			f.From, f.Past = v.Until, []tiles.Version{v}
			rows = append(rows, versionRow{f.ID, 17000, int32(v.Until), false, past})
		}
		rows = append(rows, versionRow{f.ID, int32(f.From), math.MaxInt32, true, *f})
	}
	return rows
}

func loadVersions(t *testing.T, conn *pgx.Conn, versions []versionRow) {
	t.Helper()
	ctx := context.Background()
	if _, err := conn.Exec(ctx, `
		create table v (
			since integer, until integer, now boolean,
			status text, price bigint, m2 double precision, wkb bytea
		)`); err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for _, v := range versions {
		b, err := wkb.Marshal(v.f.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, []any{v.from, v.until, v.now, v.f.Values[1], v.f.Values[2], v.f.M2, b})
	}
	columns := []string{"since", "until", "now", "status", "price", "m2", "wkb"}
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"v"}, columns, pgx.CopyFromRows(rows)); err != nil {
		t.Fatal(err)
	}
	// mx and my are the middle of the box of the vertices in units of 2^-31 of the
	// world, each rounded down: a parcel is counted where that is.
	if _, err := conn.Exec(ctx, `
		alter table v add g geometry, add mx bigint, add my bigint;
		update v set g = st_transform(st_geomfromwkb(wkb, 4326), 3857);
		update v set
			mx = (unit(st_xmin(g)) + unit(st_xmax(g))) / 2,
			my = (unit(-st_ymax(g)) + unit(-st_ymin(g))) / 2;
		create index on v using gist (g)`); err != nil {
		t.Fatal(err)
	}
}

// sqlTotals is what the database has in the tiles: of each parcel its area by how
// much of its shape lies there, and the parcels whose middle does.
func sqlTotals(t *testing.T, conn *pgx.Conn, ids []tiles.ID, where string) tiles.Totals {
	t.Helper()
	var z, x, y []int32
	for _, id := range ids {
		z, x, y = append(z, int32(id.Z)), append(x, int32(id.X)), append(y, int32(id.Y))
	}
	rows, err := conn.Query(context.Background(), `
		select
			v.status,
			coalesce(sum(v.m2 * case when st_within(v.g, t.g) then 1
				else st_area(st_intersection(v.g, t.g)) / st_area(v.g) end), 0),
			count(*) filter (where v.mx >> (31 - t.z) = t.x and v.my >> (31 - t.z) = t.y)
		from (
			select z, x, y, st_tileenvelope(z, x, y) as g
			from unnest($1::integer[], $2::integer[], $3::integer[]) as i (z, x, y)) t
		join v on v.g && t.g and `+where+`
		group by v.status`, z, x, y)
	if err != nil {
		t.Fatal(err)
	}
	out := tiles.Totals{N: map[string]int64{}, M2: map[string]float64{}}
	var status string
	var m2 float64
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&status, &m2, &n}, func() error {
		out.M2[status], out.N[status] = m2, n
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// Over 500 random sets of whole tiles, at every zoom that may show a mosaic, now,
// on past days and under filters, areas by status are the database's to half a
// square metre in total, and counts are the same.
func TestMosaicEqualsSQL(t *testing.T) {
	parcels := tiles.WithAreas(21, tiles.City(21, 900, tiles.Yueyang(), 0.003))
	versions := withPast(parcels)
	conn := connect(t)
	if _, err := conn.Exec(context.Background(), `
		create function unit(v double precision) returns bigint immutable return
			floor((v + 20037508.342789244) / 40075016.68557849 * 2147483648)::bigint`); err != nil {
		t.Fatal(err)
	}
	loadVersions(t, conn, versions)
	spec := tiles.MosaicCity()
	spec.Layers[0].Mosaic.MaxZoom = 13
	spec.Layers[0].Numeric = []string{"price"}
	e, err := tiles.New(spec, tiles.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(1, tiles.Seqs(map[string][]tiles.Feature{"parcels": parcels})); err != nil {
		t.Fatal(err)
	}
	filters := []struct{ filter, where string }{
		{"", "true"},
		{"parcels.status=sold|listed", "status in ('sold', 'listed')"},
		{"parcels.price>=250", "price >= 250"},
		{"parcels.price<100;parcels.status=planned", "price < 100 and status = 'planned'"},
		{"problems.level=3", "true"},
	}
	rng := rand.New(rand.NewPCG(22, 22))
	worst, parts, whole := 0.0, 0, 0
	for set := range 500 {
		ids := randomSet(rng, parcels)
		f := filters[rng.IntN(len(filters))]
		var filter tiles.Filter
		if f.filter != "" {
			if filter, err = tiles.ParseFilter(spec, f.filter); err != nil {
				t.Fatal(err)
			}
		}
		q, where := tiles.Query{Filter: filter}, "now and "+f.where
		if rng.IntN(2) == 0 {
			q.At = tiles.Day(16990 + rng.IntN(330))
			where = fmt.Sprintf("since <= %d and %d < until and %s", q.At, q.At, f.where)
		}
		got, want := tiles.CellTotals(t, e, q, "cells", ids), sqlTotals(t, conn, ids, where)
		for status := range union(got.M2, want.M2) {
			off := math.Abs(got.M2[status] - want.M2[status])
			worst = max(worst, off)
			if off > 0.5 {
				t.Errorf("set %d, %v, %q: %s has %.3f m2, want %.3f", set, ids, q, status, got.M2[status], want.M2[status])
			}
			if got.N[status] != want.N[status] {
				t.Errorf("set %d, %v, %q: %d %s, want %d", set, ids, q, got.N[status], status, want.N[status])
			}
		}
		if len(want.M2) > 0 {
			parts++
		}
		whole += len(ids)
	}
	t.Logf("%d sets with something in them, %d tiles, at most %.4f m2 off", parts, whole, worst)
	if parts < 300 {
		t.Errorf("only %d sets have parcels", parts)
	}
}

// randomSet is up to eight different tiles of any zoom that do not overlap, most of
// them over the parcels.
func randomSet(rng *rand.Rand, parcels []tiles.Feature) []tiles.ID {
	var ids []tiles.ID
	for range 1 + rng.IntN(8) {
		z := 11 + rng.IntN(3)
		if rng.IntN(8) == 0 {
			z = rng.IntN(14)
		}
		over := tiles.TilesOver(parcels[rng.IntN(len(parcels))], z)
		id := over[rng.IntN(len(over))]
		if !slices.ContainsFunc(ids, func(o tiles.ID) bool { return overlap(id, o) }) {
			ids = append(ids, id)
		}
	}
	return ids
}

func overlap(a, b tiles.ID) bool {
	if a.Z > b.Z {
		a, b = b, a
	}
	return b.X>>(b.Z-a.Z) == a.X && b.Y>>(b.Z-a.Z) == a.Y
}

func union(a, b map[string]float64) map[string]bool {
	out := map[string]bool{}
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}
