package city

import (
	"reflect"
	"testing"

	"github.com/jackc/pgx/v5"

	"tengdi/geo/postgis/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// What is read from the table is what was made, and the two geometries are one.
func TestTableRoundTrip(t *testing.T) {
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	c := New(700)
	if there, err := c.Stored(ctx, conn); there || err != nil {
		t.Fatalf("stored before it is filled: %v, %v", there, err)
	}
	if err := c.Fill(ctx, conn); err != nil {
		t.Fatal(err)
	}
	if err := Index(ctx, conn); err != nil {
		t.Fatal(err)
	}
	if there, err := c.Stored(ctx, conn); !there || err != nil {
		t.Errorf("not stored after it is filled: %v, %v", there, err)
	}
	if there, err := New(701).Stored(ctx, conn); there || err != nil {
		t.Errorf("another city passes for it: %v, %v", there, err)
	}
	var read error
	n := 0
	for f := range Features(ctx, conn, &read) {
		if want := c.Parcel(int(f.ID) - 1).Feature(); !reflect.DeepEqual(f, want) {
			t.Fatalf("read %+v, want %+v", f, want)
		}
		n++
	}
	if read != nil || n != 700 {
		t.Errorf("%d rows read: %v", n, read)
	}
	var bad int
	var apart, area float64
	err = conn.QueryRow(ctx, `
		select count(*) filter (where not st_isvalid(geom) or not st_isvalid(g)),
			max(st_hausdorffdistance(st_transform(geom, 3857), g)),
			max(abs(st_area(geom::geography) - m2) / m2)
		from `+Table).Scan(&bad, &apart, &area)
	// The sphere's area is within half a percent of the ellipsoid's.
	if err != nil || bad > 0 || apart > 1e-6 || area > 0.01 {
		t.Errorf("%d invalid, %g m apart, areas differ by %g: %v", bad, apart, area, err)
	}
}
