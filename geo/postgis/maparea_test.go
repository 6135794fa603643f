package postgis

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Areas and mu are those that the database would have worked out, to the last bit, in
// every form of an answer.
func TestAreasAreTheDatabases(t *testing.T) {
	t.Parallel()
	conn := connect(t, emptyStore(t))
	rng := rand.New(rand.NewPCG(5, 5))
	texts := []string{"0", "0.0001", "1", "10000", "10000.0001", "99999999", "999999999999.9999", "-0.5", "-66.6667", "33.3333", "100000000", "66.6", "3.3333", "3.3334", "20", "1000.5"}
	for range 3000 {
		n := rng.Int64N(10_000_000_000_000_000) >> rng.IntN(50)
		texts = append(texts, strconv.FormatInt(n/10_000, 10)+"."+strconv.FormatInt(10_000+n%10_000, 10)[1:])
	}
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeSimpleProtocol} {
		rows, err := conn.Query(t.Context(), `
			select x.m2, x.m2::double precision, pub.mu(x.m2)::double precision
			from unnest($1::text[]) with ordinality t (v, no)
			cross join lateral (select v::numeric(16, 4) as m2) x
			order by no`, mode, texts)
		if err != nil {
			t.Fatal(err)
		}
		read := 0
		for rows.Next() {
			var m2, mu float64
			if err := rows.Scan(nil, &m2, &mu); err != nil {
				t.Fatal(err)
			}
			units, ok := areaOf(rows.RawValues()[0], rows.FieldDescriptions()[0].Format == pgx.BinaryFormatCode)
			if got := m2Of(units); !ok || got != m2 || muOf(units) != mu {
				t.Errorf("%s: %v m2, %v mu, %v; want %v, %v", texts[read], got, muOf(units), ok, m2, mu)
			}
			read++
		}
		if rows.Err() != nil || read != len(texts) {
			t.Fatalf("%d of %d, %v", read, len(texts), rows.Err())
		}
	}
	for _, bad := range []string{"", "\x00\x01", "\x00\x01\x00\x00\xc0\x00\x00\x00\x00\x00", "\x00\x01\x00\x07\x00\x00\x00\x00\x00\x01", "\x00\x01\xff\xfe\x00\x00\x00\x00\x00\x01", "\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01"} {
		if units, ok := areaOf([]byte(bad), true); ok {
			t.Errorf("%q is %d", bad, units)
		}
	}
	for _, bad := range []string{"", "x", "NaN", "1.00001", "12345678901234"} {
		if units, ok := areaOf([]byte(bad), false); ok {
			t.Errorf("%q is %d", bad, units)
		}
	}
}
