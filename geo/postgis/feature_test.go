package postgis

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

func audiences() []geo.Audience { return []geo.Audience{geo.Staff, geo.Public} }

// Each source delivers the fields of its audience and not one more: a secret
// column cannot slip into what the public reads.
func TestSourcesHaveExactlyTheFields(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	for _, aud := range audiences() {
		for _, c := range slices.Concat(geo.Collections(), geo.Registers()) {
			from := source(aud, c)
			if from == "" {
				if aud == geo.Staff || geo.PublicCollection(c) {
					t.Errorf("%s has no source of %s", aud, c)
				}
				continue
			}
			rows, err := s.pool(aud).Query(t.Context(), `select * from (`+from+`) r limit 0`)
			if err != nil {
				t.Fatalf("%s %s: %v", aud, c, err)
			}
			rows.Close()
			got := []string{}
			for _, d := range rows.FieldDescriptions() {
				got = append(got, d.Name)
			}
			want := []string{"fid", "version", "updated_at", "geom", "search"}
			for _, f := range fields(aud, c) {
				want = append(want, f.Name)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s %s: columns %v, want %v", aud, c, got, want)
			}
		}
	}
}

func TestFeatureValues(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	f, err := s.Feature(t.Context(), geo.Staff, "parcels", "P01")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"code": "P01", "status": "sold", "area": "A01", "area_name": "东茅岭", "mu": 33.75, "mu_basis": "survey", "far": "1 < x ≤ 2.5",
		"height": "x ≤ 80", "use_class": "commercial", "years": int64(40), "start_wan": 10000.0, "deal_wan": 12500.0, "premium": 25.0,
		"price_per_mu_wan": 370.37, "notice_no": "岳楼示挂(2018)05号", "sold_on": "2018-09-12", "list_to": "2018-09-12",
		"reserve_wan": 12345.0, "failed_rounds": int64(1), "clean_complete": true, "source_crs": int64(4526), "contract_no": "密合同1",
	} {
		if f.Properties[name] != want {
			t.Errorf("staff %s = %#v, want %#v", name, f.Properties[name], want)
		}
	}
	if _, ok := f.Properties["density"]; ok {
		t.Error("a null property is there")
	}
	if _, ok := f.Geometry.(orb.MultiPolygon); !ok {
		t.Errorf("geometry %T", f.Geometry)
	}
	p, err := s.Feature(t.Context(), geo.Public, "parcels", "P01")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range geo.Fields("parcels") {
		got, ok := p.Properties[field.Name]
		if !field.Public && ok {
			t.Errorf("the public sees %s = %v", field.Name, got)
		}
		if field.Public && got != f.Properties[field.Name] {
			t.Errorf("%s: public %v, staff %v", field.Name, got, f.Properties[field.Name])
		}
	}
	if p.FID == f.FID || p.FID <= 0 || p.FID >= 1<<53 {
		t.Errorf("public id %d, staff id %d", p.FID, f.FID)
	}
	a, err := s.Feature(t.Context(), geo.Staff, "areas", "A02")
	if err != nil {
		t.Fatal(err)
	}
	if a.Properties["households"] != int64(2) || a.Properties["signed_rate"] != 50.0 || a.Properties["problems_overdue"] != int64(1) || a.Properties["late_days"].(int64) < 2000 {
		t.Errorf("area %v", a.Properties)
	}
	if done, _ := s.Feature(t.Context(), geo.Staff, "areas", "A01"); done.Properties["late_days"] != nil || done.Properties["cleared_rate"] != 93.33 {
		t.Errorf("area %v", done.Properties)
	}
}

func TestFeaturesRefuse(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	for name, tc := range map[string]struct {
		aud  geo.Audience
		q    geo.FeatureQuery
		kind geo.Kind
	}{
		"unknown collection":    {geo.Staff, geo.FeatureQuery{Collection: "visits"}, geo.NotFound},
		"buildings for all":     {geo.Public, geo.FeatureQuery{Collection: "buildings"}, geo.NotFound},
		"limit too high":        {geo.Staff, geo.FeatureQuery{Collection: "areas", Limit: geo.MaxPage + 1}, geo.Invalid},
		"negative limit":        {geo.Staff, geo.FeatureQuery{Collection: "areas", Limit: -1}, geo.Invalid},
		"no filter":             {geo.Staff, geo.FeatureQuery{Collection: "areas", Equal: map[string]string{"mu": "1"}}, geo.Invalid},
		"a staff filter":        {geo.Public, geo.FeatureQuery{Collection: "parcels", Equal: map[string]string{"industry": "机密产业"}}, geo.Invalid},
		"a name with SQL in it": {geo.Staff, geo.FeatureQuery{Collection: "areas", Equal: map[string]string{"code) or (true": "1"}}, geo.Invalid},
	} {
		if _, err := s.Features(t.Context(), tc.aud, tc.q); geo.KindOf(err) != tc.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	page, err := s.Features(t.Context(), geo.Staff, geo.FeatureQuery{Collection: "areas", Equal: map[string]string{"name": "' or 1=1 --"}})
	if err != nil || page.Matched != 0 {
		t.Errorf("hostile value: %d matches, %v", page.Matched, err)
	}
}

// Pages put together are the whole, whatever their size and filter, and the
// count is that of the whole.
func TestPagesAddUp(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	d := town()
	for i := range 61 {
		status := []string{"announced", "planned", "sold"}[i%3]
		d.Parcels = append(d.Parcels, geo.Parcel{
			Code: fmt.Sprintf("Q%03d", (i*37)%61), Status: status, Area: []string{"A01", "A02", ""}[i%3],
			LandUse: []string{"0701", "1001"}[i%2], Shape: square(float64(i*50), 1000, 40),
		})
	}
	if err := s.LoadDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	box := orb.Bound{Min: orb.Point{113.10, 29.36}, Max: orb.Point{113.112, 29.40}}
	queries := []geo.FeatureQuery{
		{},
		{Equal: map[string]string{"status": "announced"}},
		{Equal: map[string]string{"status": "sold", "use_class": "industrial"}},
		{BBox: &box},
		{BBox: &box, Equal: map[string]string{"area": "A01"}},
	}
	for _, aud := range audiences() {
		for i, q := range queries {
			q.Collection, q.Limit = "parcels", 1000
			whole, err := s.Features(t.Context(), aud, q)
			if err != nil || whole.More || whole.Matched != len(whole.Features) {
				t.Fatalf("%s query %d: %d of %d, more %v, %v", aud, i, len(whole.Features), whole.Matched, whole.More, err)
			}
			if i == 0 && aud == geo.Staff && whole.Matched != 66 {
				t.Errorf("staff has %d parcels", whole.Matched)
			}
			want := codes(whole.Features)
			if !slices.IsSorted(want) {
				t.Errorf("not in order: %v", want)
			}
			for _, size := range []int{1, 7, len(want), len(want) + 1} {
				if got := paged(t, s, aud, q, max(size, 1)); !slices.Equal(got, want) {
					t.Errorf("%s query %d in pages of %d: %v, want %v", aud, i, size, got, want)
				}
			}
		}
	}
}

func paged(t *testing.T, s *Store, aud geo.Audience, q geo.FeatureQuery, size int) []string {
	t.Helper()
	var got []string
	for q.Limit = size; ; {
		page, err := s.Features(t.Context(), aud, q)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, codes(page.Features)...)
		if !page.More {
			return got
		}
		q.After = got[len(got)-1]
	}
}

func codes(list []geo.Feature) []string {
	out := make([]string, 0, len(list))
	for _, f := range list {
		out = append(out, f.Code)
	}
	return out
}

func TestMapFeaturesHaveTheFieldsOfTheirLayer(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	for _, aud := range audiences() {
		for _, l := range geo.MapLayers(aud) {
			if l.Of != "" { // made by the engine
				if mapSource(aud, l.Name) != "" {
					t.Errorf("%s %s is selected too", aud, l.Name)
				}
				continue
			}
			rows, err := s.pool(aud).Query(t.Context(), mapSource(aud, l.Name), []int64(nil))
			if err != nil {
				t.Fatalf("%s %s: %v", aud, l.Name, err)
			}
			n := len(rows.FieldDescriptions())
			list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
			if err != nil {
				t.Fatal(err)
			}
			want := 2 + len(l.Fields)
			if l.Machine != "" {
				want -= len(geo.HistoryFields()) // of the moves
			}
			if l.Mosaic.Name != "" {
				want++ // the area
			}
			if n != want || len(list) == 0 {
				t.Errorf("%s %s: %d rows of %d columns, want %d", aud, l.Name, len(list), n, want)
			}
			for _, v := range list {
				for i, x := range v[2:] {
					if l.Mosaic.Name != "" && (i == 0 || i == 4) { // m2 and mu, see areaOf
						continue
					}
					switch x.(type) {
					case string, int64, float64, nil:
					default:
						t.Errorf("%s %s: a value of type %T", aud, l.Name, x)
					}
				}
			}
		}
	}
	for _, aud := range audiences() {
		var m2 float64
		err := s.Snapshot(t.Context(), aud, func(_ int64, layers map[string]iter.Seq2[MapFeature, error]) error {
			for f, err := range layers["parcels"] {
				if err != nil {
					return err
				}
				m2 += f.M2
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		sum, err := s.Summary(t.Context(), aud)
		if err != nil {
			t.Fatal(err)
		}
		var want geo.SquareMetres
		for _, c := range sum.ParcelsByStatus {
			want += c.M2
		}
		if want == 0 || math.Abs(m2-float64(want)) > 0.001 {
			t.Errorf("%s: the parcels of the map have %.4f m2, the summary's %.4f", aud, m2, want)
		}
		if mapSource(aud, "households") != "" || geo.Public == aud && mapSource(aud, "buildings") != "" {
			t.Errorf("%s has a layer too many", aud)
		}
	}
}

func TestSearchForgives(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	for q, want := range map[string]string{
		"P01":            "parcels P01",
		"ｐ０１":            "parcels P01",
		"岳楼示挂〔2018〕05号":  "parcels P01",
		"岳楼示挂（２０１８） 05号": "parcels P01",
		"巴陵中路":           "parcels P01",
		"东茅岭":            "areas A01,parcels P01,parcels P02",
		"%":              "",
		"_":              "",
		"（）":             "",
		"友阿":             "projects J01",
	} {
		hits, err := s.Search(t.Context(), geo.Public, q, 10)
		var got []string
		for _, h := range hits {
			got = append(got, h.Collection+" "+h.Code)
		}
		if err != nil || strings.Join(got, ",") != want {
			t.Errorf("search %q: %v, %v, want %s", q, got, err, want)
		}
	}
	for _, q := range []string{"机密", "P03", "B01", "J02"} {
		if hits, err := s.Search(t.Context(), geo.Public, q, 10); err != nil || len(hits) != 0 {
			t.Errorf("the public finds %v for %q, %v", hits, q, err)
		}
		if hits, err := s.Search(t.Context(), geo.Staff, q, 10); err != nil || len(hits) == 0 {
			t.Errorf("staff find nothing for %q, %v", q, err)
		}
	}
}
