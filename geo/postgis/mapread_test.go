package postgis

import (
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// The reader of many shapes says what go-geom says, of whole bytes and of broken
// ones, and what it has returned stays.
func TestShapeReaderAgrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var r shapeReader
	var got, want []orb.Geometry
	for n := range 4000 {
		g := everyShape()[n%len(everyShape())]
		b, err := encodeShape(geo.WGS84, g)
		if err != nil {
			t.Fatal(err)
		}
		if n > 1000 {
			b[rng.IntN(len(b))] ^= byte(1 << rng.IntN(8))
		}
		if n > 3000 {
			b = b[:rng.IntN(len(b))]
		}
		have, err := r.decode(b)
		ref, refErr := decodeShape(b)
		if len(b) == 0 {
			continue
		}
		if err != nil {
			if n <= 1000 { // whole bytes
				t.Fatalf("%x: %v", b, err)
			}
			continue
		}
		if refErr != nil {
			t.Fatalf("%x: %v, but go-geom says %v", b, have, refErr)
		}
		got, want = append(got, have), append(want, ref)
	}
	if len(got) < 1500 {
		t.Fatalf("only %d decoded", len(got))
	}
	for i := range got {
		if !hasNaN(got[i]) && !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("%v, want %v", got[i], want[i])
		}
	}
}

func FuzzShapeReader(f *testing.F) {
	for _, g := range everyShape() {
		b, err := encodeShape(geo.WGS84, g)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 || len(b) == 0 {
			return
		}
		var r shapeReader
		got, err := r.decode(b)
		if err != nil {
			return
		}
		want, err := decodeShape(b)
		if err != nil || !hasNaN(want) && !orb.Equal(got, want) {
			t.Fatalf("%v, but go-geom says %v, %v", got, want, err)
		}
	})
}

// Rows in pieces are all rows, with the values that pgx scans, in every form that
// a connection may answer in.
func TestMapRowsAreTheRows(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	const n = 3 * mapRowsMost / 2
	if _, err := conn.Exec(t.Context(), `
		create temporary table thing as
		select g::bigint as id, st_setsrid(st_makepoint(g * 0.01, 29), 4326) as geom, (g * 1.5)::double precision as m2,
			case when g % 3 > 0 then 'state ' || g % 7 / 3 end as status, (-g)::bigint as n, (g % 2 = 0) as even, g::smallint as small
		from generate_series(1, $1) g`, n); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeSimpleProtocol} {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{
			`select id, st_asewkb(geom), m2, status, n, even, small from thing where $1::bigint[] is null order by id`,
			`select id, st_asewkb(geom), status, n, even, m2 as other from thing where $1::bigint[] is null order by id`,
		} {
			rows, err := tx.Query(t.Context(), sql, mode, []int64(nil))
			if err != nil {
				t.Fatal(err)
			}
			var want []MapFeature
			for rows.Next() {
				values, err := rows.Values()
				if err != nil {
					t.Fatal(err)
				}
				g, err := decodeShape(values[1].([]byte))
				if err != nil {
					t.Fatal(err)
				}
				f := MapFeature{ID: values[0].(int64), Geometry: g, Values: values[2:]}
				if strings.Contains(sql, ", m2, ") {
					f.M2, f.Values = values[2].(float64), values[3:]
				}
				want = append(want, f)
			}
			var got []MapFeature
			pieces := 0
			for batch, err := range queryRows(t.Context(), tx, sql, mode, []int64(nil)) {
				if err != nil {
					t.Fatal(err)
				}
				list, err := batch.Features()
				if err != nil || len(list) != batch.Len() {
					t.Fatalf("%d of %d rows, %v", len(list), batch.Len(), err)
				}
				pieces++
				got = append(got, list...)
			}
			if len(got) != n || pieces != 2 || !reflect.DeepEqual(got, want) {
				t.Errorf("mode %s: %d rows in %d pieces, want %d in 2; first %+v, want %+v", mode, len(got), pieces, n, got[0], want[0])
			}
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// What cannot be a feature is an error, not a feature.
func TestMapRowsRefuse(t *testing.T) {
	t.Parallel()
	tx, err := connect(t, emptyStore(t)).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`select 1::bigint where $1::bigint[] is null`,
		`select null::bigint, null::bytea where $1::bigint[] is null`,
		`select 'x'::text, null::bytea where $1::bigint[] is null`,
		`select 1::bigint, 'nonsense'::bytea where $1::bigint[] is null`,
		`select 1::bigint, null::bytea, null::double precision as m2 where $1::bigint[] is null`,
	} {
		for batch, err := range queryRows(t.Context(), tx, sql, []int64(nil)) {
			if err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			if list, err := batch.Features(); err == nil {
				t.Errorf("%s: %+v", sql, list)
			}
		}
	}
	for batch, err := range queryRows(t.Context(), tx, `select 1::bigint, null::bytea, 1 / 0 where $1::bigint[] is null`, []int64(nil)) {
		if err == nil || batch != nil {
			t.Errorf("%+v", batch)
		}
	}
}

// A word on the length of a ring allocates nothing by itself.
func TestShapeReaderIsBounded(t *testing.T) {
	b := []byte{1}
	b = binary.LittleEndian.AppendUint32(b, ewkbPolygon)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, maxVertices)
	var r shapeReader
	if g, err := r.decode(b); err == nil || cap(r.points) > 0 {
		t.Errorf("%v, %d points", g, cap(r.points))
	}
}

// Areas and parcels come first, everything comes once, and nothing that is made of
// another layer.
func TestLayersInOrder(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	for aud, want := range map[geo.Audience]string{
		geo.Public: "areas arealabels parcels cleared projects",
		geo.Staff:  "areas arealabels parcels cleared buildings projects",
	} {
		err := s.ReadMap(t.Context(), aud, func(_ MapState, layers []MapRowsOf) error {
			var got []string
			for _, l := range layers {
				got = append(got, l.Layer)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %v", aud, got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
