package postgis

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Counts, sums and ids are those of the items that the same query gives, for every
// filter that there is, and the count of a value is what choosing it gives.
func TestFacetsAreThoseOfTheItems(t *testing.T) {
	s := townStore(t)
	half := orb.Ring{{113.0, 29.0}, {113.1035, 29.0}, {113.1035, 30.0}, {113.0, 30.0}, {113.0, 29.0}}
	for _, aud := range audiences() {
		for _, c := range geo.Collections() {
			if source(aud, c) == "" {
				continue
			}
			var by []string
			for _, f := range fields(aud, c) {
				if f.Filter {
					by = append(by, f.Name)
				}
			}
			for _, within := range []orb.Ring{nil, half} {
				q := geo.FacetQuery{FeatureQuery: geo.FeatureQuery{Collection: c, Within: within}, By: by, IDs: true}
				sameAsItems(t, s, aud, q)
				got, err := s.Facets(t.Context(), aud, q)
				if err != nil {
					t.Fatal(err)
				}
				for name, counts := range got.By {
					for _, one := range counts {
						if one.Value == "" {
							continue
						}
						chosen := q
						chosen.Equal = map[string]string{name: one.Value}
						if n := sameAsItems(t, s, aud, chosen); n != one.N {
							t.Errorf("%s %s by %s = %s: counted %d, chosen %d", aud, c, name, one.Value, one.N, n)
						}
					}
				}
			}
		}
	}
}

func sameAsItems(t *testing.T, s *Store, aud geo.Audience, q geo.FacetQuery) int {
	t.Helper()
	got, err := s.Facets(t.Context(), aud, q)
	if err != nil {
		t.Fatal(err)
	}
	q.Limit = 1000
	page, err := s.Features(t.Context(), aud, q.FeatureQuery)
	if err != nil {
		t.Fatal(err)
	}
	ids := []int64{}
	sums := map[string]float64{}
	for _, f := range page.Features {
		ids = append(ids, f.FID)
		for name, v := range f.Properties {
			switch v := v.(type) {
			case float64:
				sums[name] += v
			case int64:
				sums[name] += float64(v)
			}
		}
	}
	slices.Sort(ids)
	if got.Matched != page.Matched || !slices.Equal(got.IDs, ids) {
		t.Errorf("%s %+v: %d counted with ids %v, %d listed %v", aud, q, got.Matched, got.IDs, page.Matched, ids)
	}
	for _, sum := range got.Sums {
		if d := sum.Sum - sums[sum.Field]; d > 0.001 || d < -0.001 {
			t.Errorf("%s %+v: %s sums up to %v, of the items %v", aud, q, sum.Field, sum.Sum, sums[sum.Field])
		}
	}
	return got.Matched
}

func TestFacetsRefuse(t *testing.T) {
	s := townStore(t)
	for name, c := range map[string]struct {
		aud  geo.Audience
		q    geo.FacetQuery
		kind geo.Kind
	}{
		"households":       {geo.Staff, geo.FacetQuery{FeatureQuery: geo.FeatureQuery{Collection: "households"}}, geo.NotFound},
		"hidden buildings": {geo.Public, geo.FacetQuery{FeatureQuery: geo.FeatureQuery{Collection: "buildings"}}, geo.NotFound},
		"no filter":        {geo.Staff, geo.FacetQuery{FeatureQuery: geo.FeatureQuery{Collection: "areas"}, By: []string{"plan_mu"}}, geo.Invalid},
		"a filter of staff": {
			geo.Public, geo.FacetQuery{FeatureQuery: geo.FeatureQuery{Collection: "areas"}, By: []string{"leader"}}, geo.Invalid,
		},
	} {
		if _, err := s.Facets(t.Context(), c.aud, c.q); geo.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What remains agrees with the rows of the town.
func TestRemains(t *testing.T) {
	s := townStore(t)
	got, err := s.Remains(t.Context(), "A02", true)
	if err != nil {
		t.Fatal(err)
	}
	if got.Standing != 1 || got.Illegal != 1 || got.IllegalM2 != 300 || got.Households != 2 || got.UnsignedHouseholds != 1 ||
		got.UnsignedBuildings != 1 || got.UnvacatedSigned != 1 || got.ProblemsOpen != 1 || got.ProblemsOverdue != 1 {
		t.Errorf("A02: %+v", got)
	}
	if len(got.Buildings) != 1 || got.Buildings[0].Code != "B02" || got.Buildings[0].Unsigned != 1 {
		t.Errorf("A02's buildings: %+v", got.Buildings)
	}
	if len(got.Problems) != 1 || got.Problems[0].Code != "W01" || got.Problems[0].OverdueDays < 2000 {
		t.Errorf("A02's problems: %+v", got.Problems)
	}
	if closed, _ := s.Remains(t.Context(), "A02", false); len(closed.Buildings) != 1 || closed.Buildings[0].Unsigned != 0 {
		t.Errorf("A02 for who may not read households: %+v", closed.Buildings)
	}
	if done, _ := s.Remains(t.Context(), "A01", true); done.Standing != 0 || done.ProblemsOpen != 0 || done.UnsignedHouseholds != 0 {
		t.Errorf("A01: %+v", done)
	}
	// Cleared land is planned by the parcels on it that left the reserve.
	conn := connect(t, s)
	plans := func(sql string) geo.Remains {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		out, err := s.Remains(t.Context(), "A01", true)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := plans(`update land.parcel set status = 'reserved'; update land.parcel set area_id = (select id from land.area where code = 'A01') where code = 'P01'`)
	var ground float64
	if err := conn.QueryRow(t.Context(), `
		select st_area(st_union(l.geom)::geography)
		from land.cleared_land l
		join land.area a on a.id = l.area_id
		where a.code = 'A01' and l.ended_at is null`).Scan(&ground); err != nil {
		t.Fatal(err)
	}
	if ground == 0 || math.Abs(float64(all.UnplannedM2)-ground) > 1 || !slices.ContainsFunc(all.Reserved, func(p geo.ReservedParcel) bool { return p.Code == "P01" && p.Size > 0 }) {
		t.Errorf("all of A01 is in reserve: %v of %.0f, %+v", all.UnplannedM2, ground, all.Reserved)
	}
	none := plans(`update land.parcel set status = 'planned', geom = (select geom from land.area where code = 'A01') where code = 'P01'`)
	if none.UnplannedM2 != 0 || slices.ContainsFunc(none.Reserved, func(p geo.ReservedParcel) bool { return p.Code == "P01" }) {
		t.Errorf("all of A01 is planned: %v, %+v", none.UnplannedM2, none.Reserved)
	}
	if _, err := s.Remains(t.Context(), "nowhere", true); geo.KindOf(err) != geo.NotFound {
		t.Errorf("nowhere: %v", err)
	}
}
