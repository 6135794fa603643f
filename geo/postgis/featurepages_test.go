package postgis

import (
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// A page of large shapes ends early, and following it still gives every item
// once; one shape that is larger than a page alone comes alone.
func TestPagesAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	// Rings of 90,000 vertices around the parcels' places: 1.4 MB each.
	_, err := conn.Exec(t.Context(), `
		insert into land.parcel (code, status, land_use, geom, area_m2)
		select 'Q' || n, 'reserved', '1401', st_multi(st_buffer(st_setsrid(st_makepoint(113.2 + n * 0.003, 29.3), 4326), 0.001, 22500)), 1
		from generate_series(1, 7) n`)
	if err != nil {
		t.Fatal(err)
	}
	q := geo.FeatureQuery{Collection: "parcels", Limit: geo.MaxPage}
	var codes []string
	for pages := 1; ; pages++ {
		page, err := s.Features(t.Context(), geo.Staff, q)
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for _, f := range page.Features {
			codes = append(codes, f.Code)
			for _, p := range f.Geometry.(orb.MultiPolygon) {
				for _, r := range p {
					size += 16 * len(r)
				}
			}
		}
		if size > maxPageBytes || page.Matched != 12 || len(page.Features) == 0 {
			t.Fatalf("page %d: %d items of %d, %d bytes", pages, len(page.Features), page.Matched, size)
		}
		if !page.More {
			if pages < 3 {
				t.Errorf("%d pages for 10 MB", pages)
			}
			break
		}
		q.After = page.Features[len(page.Features)-1].Code
	}
	want := []string{"P01", "P02", "P03", "P04", "P05", "Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7"}
	if !slices.Equal(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
}

// A page that the server sends in many pieces has each item once, up to the
// limit.
func TestLongPages(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	if _, err := connect(t, s).Exec(t.Context(), `
		insert into land.parcel (code, status, land_use, geom, area_m2)
		select to_char(n, '"R"000'), 'reserved', '1401', geom, 1
		from generate_series(1, 100) n, land.parcel
		where code = 'P01'`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		limit, n int
		more     bool
	}{{5, 5, true}, {fetchRows - 1, fetchRows - 1, true}, {fetchRows, fetchRows, true}, {104, 104, true}, {105, 105, false}, {106, 105, false}} {
		page, err := s.Features(t.Context(), geo.Staff, geo.FeatureQuery{Collection: "parcels", Limit: c.limit})
		if err != nil || len(page.Features) != c.n || page.More != c.more {
			t.Errorf("limit %d: %d items, more %v, %v", c.limit, len(page.Features), page.More, err)
		}
		if !slices.IsSortedFunc(page.Features, func(a, b geo.Feature) int { return strings.Compare(a.Code, b.Code) }) {
			t.Errorf("limit %d: out of order", c.limit)
		}
	}
}

// TestPagesOfEveryCollection reads them in turn on the same connections: what a
// connection remembers of one collection's columns does not spoil another's.
func TestPagesOfEveryCollection(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	for range 3 {
		for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
			for _, c := range geo.Collections() {
				if aud == geo.Public && !geo.PublicCollection(c) {
					continue
				}
				if _, err := s.Features(t.Context(), aud, geo.FeatureQuery{Collection: c, Limit: 10}); err != nil {
					t.Fatalf("%s %s: %v", aud, c, err)
				}
			}
		}
	}
}
