package postgis

import (
	"fmt"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Pages in the order of a field put together are the whole, in both directions,
// whatever their size and however many items share a value or have none.
func TestSortedPagesAddUp(t *testing.T) {
	s := emptyStore(t)
	d := town()
	for i := range 30 {
		p := geo.Parcel{
			Code: fmt.Sprintf("Q%03d", (i*37)%61), Name: []string{"", "乙", "甲", "a'b"}[i%4], Status: "announced",
			LandUse: []string{"0701", "1001"}[i%2], Shape: square(float64(i*50), 1000, 40),
		}
		if i%3 > 0 {
			p.Measures = mu(float64(i % 5))
		}
		d.Parcels = append(d.Parcels, p)
	}
	if err := s.LoadDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	for _, aud := range audiences() {
		whole, err := s.Features(t.Context(), aud, geo.FeatureQuery{Collection: "parcels", Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields(aud, "parcels") {
			for _, desc := range []bool{false, true} {
				q := geo.FeatureQuery{Collection: "parcels", Sort: f.Name, Descending: desc}
				for _, size := range []int{4, 1000} {
					got := sortedPages(t, s, aud, q, size)
					all := codes(got)
					slices.Sort(all)
					if !slices.Equal(all, codes(whole.Features)) {
						t.Errorf("%s by %s, descending %v, pages of %d: %d of %d items", aud, f.Name, desc, size, len(all), len(whole.Features))
					}
					if place := outOfOrder(got, f.Name, desc); place != "" {
						t.Errorf("%s by %s, descending %v, pages of %d: %s", aud, f.Name, desc, size, place)
					}
				}
			}
		}
	}
}

func sortedPages(t *testing.T, s *Store, aud geo.Audience, q geo.FeatureQuery, size int) (got []geo.Feature) {
	t.Helper()
	for q.Limit = size; ; {
		page, err := s.Features(t.Context(), aud, q)
		if err != nil {
			t.Fatalf("by %s: %v", q.Sort, err)
		}
		got = append(got, page.Features...)
		if !page.More {
			return got
		}
		last := page.Features[len(page.Features)-1]
		q.After, q.AfterValue = last.Code, last.Properties[q.Sort]
	}
}

// outOfOrder names the first two items of which the second should not follow:
// numbers by size, a value before none, equal values by code. Texts are in the
// order of the database, of which only that equals stand together is wanted.
func outOfOrder(list []geo.Feature, field string, desc bool) string {
	seen := map[any]bool{}
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		x, y := a.Properties[field], b.Properties[field]
		seen[x] = true
		numbers := false
		var less bool
		switch v := x.(type) {
		case float64:
			w, ok := y.(float64)
			numbers, less = ok, v < w
		case int64:
			w, ok := y.(int64)
			numbers, less = ok, v < w
		}
		wrong := x == nil && y != nil || x == y && a.Code > b.Code || x != y && seen[y] || numbers && x != y && less == desc
		if wrong {
			return fmt.Sprintf("%s (%v) before %s (%v)", a.Code, x, b.Code, y)
		}
	}
	return ""
}

func TestSortRefuses(t *testing.T) {
	s := townStore(t)
	for name, q := range map[string]geo.FeatureQuery{
		"no field":         {Sort: "nothing"},
		"a field of staff": {Sort: "reserve_wan"},
		"SQL":              {Sort: "code desc; drop table land.area"},
		"a crossing line":  {Within: orb.Ring{{113, 29}, {114, 30}, {114, 29}, {113, 30}, {113, 29}}},
	} {
		q.Collection = "parcels"
		if _, err := s.Features(t.Context(), geo.Public, q); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{`' or 1=1--`, `); select pg_sleep(20)--`, "甲"} {
		q := geo.FeatureQuery{Collection: "parcels", Sort: "name", After: "zzz", AfterValue: text}
		if _, err := s.Features(t.Context(), geo.Staff, q); err != nil {
			t.Errorf("after %q: %v", text, err)
		}
	}
}
