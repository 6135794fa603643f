package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tengdi/geo"
)

func TestSortedItems(t *testing.T) {
	s := newSite(t, village(), nil)
	for _, role := range []geo.Role{geo.RolePublic, geo.RoleViewer} {
		v := s.as(role)
		var whole page
		v.read("/api/collections/parcels/items", &whole)
		for _, f := range fieldsFor(s.audienceOf(role), "parcels") {
			for _, sort := range []string{f.Name, "-" + f.Name} {
				var codes []string
				at := "/api/collections/parcels/items?limit=1&sort=" + sort
				for turns := 0; at != "" && turns < 20; turns++ {
					var p page
					v.read(at, &p)
					codes = append(codes, p.codes()...)
					at = p.next()
				}
				slices.Sort(codes)
				if !slices.Equal(codes, whole.codes()) {
					t.Errorf("%s by %s: %v, whole %v", role, sort, codes, whole.codes())
				}
			}
		}
	}
	var p page
	s.visitor().read("/api/collections/parcels/items?sort=-mu", &p)
	var sizes []float64
	for _, f := range p.Features {
		sizes = append(sizes, f.Properties["mu"].(float64))
	}
	slices.Reverse(sizes)
	if len(sizes) < 3 || !slices.IsSorted(sizes) {
		t.Errorf("by size, the largest first: %v from the end", sizes)
	}
}

func (s *site) audienceOf(role geo.Role) geo.Audience {
	if role == geo.RolePublic {
		return geo.Public
	}
	return geo.Staff
}

func TestItemQueriesRefuse(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	many := strings.TrimSuffix(strings.Repeat("113 29,", maxCorners+1), ",")
	for query, field := range map[string]string{
		"sort=nothing":                          "sort",
		"sort=reserve_wan":                      "sort",
		"sort=--mu":                             "sort",
		"sort=mu;select":                        "sort",
		"after_value=1":                         "after_value",
		"sort=mu&after_value=1":                 "after_value",
		"sort=mu&after=P01&after_value=x":       "after_value",
		"sort=mu&after=P01&after_value=NaN":     "after_value",
		"sort=mu&after=P01&after_value=1e999":   "after_value",
		"sort=name&after=P01&after_value=a%0Ab": "after_value",
		"within=113 29,114 29":                  "within",
		"within=113 29,114 29,x y":              "within",
		"within=113 29,114 29,NaN 1":            "within",
		"within=113 29,114 29,999 1":            "within",
		"within=113,29,114,29,114,30":           "within",
		"within=113 29,114 30,114 29,113 30":    "within",
		"within=" + many:                        "within",
	} {
		query = strings.ReplaceAll(strings.ReplaceAll(query, " ", "%20"), ";", "%3B")
		res, body := v.get("/api/collections/parcels/items?" + query)
		var p struct{ Fields []geo.FieldError }
		if err := json.Unmarshal(body, &p); err != nil || res.StatusCode != 400 || len(p.Fields) != 1 || p.Fields[0].Field != field || p.Fields[0].Zh == "" {
			t.Errorf("?%.80s: %d %s", query, res.StatusCode, body)
		}
	}
	for query, field := range map[string]string{"by=mu": "by", "by=status,leader": "by", "by=": "by", "ids=2": "ids", "within=1": "within", "sort=mu": "sort", "limit=1": "limit"} {
		res, body := v.get("/api/collections/parcels/counts?" + query)
		if res.StatusCode != 400 || !strings.Contains(string(body), `"field":"`+field+`"`) {
			t.Errorf("counts?%s: %d %s", query, res.StatusCode, body)
		}
	}
}

// A value to go on after is a value and nothing else.
func TestAfterValueIsNoCode(t *testing.T) {
	s := newSite(t, village(), nil)
	a := &attack{t: t, site: s, cookie: s.cookieOf(geo.RoleAdmin)}
	base := plain{method: "GET", pattern: "/api/collections/{collection}/items", path: map[string]string{"collection": "parcels"}, query: map[string]string{"sort": "buyer", "after": "zzz"}}
	fill := base.with("query", "after_value")
	var whole page
	s.as(geo.RoleAdmin).read("/api/collections/parcels/items", &whole)
	for _, p := range payloads() {
		got := a.ask(fill(p.text))
		if got.status == 400 {
			continue
		}
		var answer page
		if err := json.Unmarshal([]byte(got.body), &answer); got.status != 200 || err != nil || answer.NumberMatched != whole.NumberMatched {
			t.Errorf("%q: %d %.200s", p.text, got.status, got.body)
		}
	}
}

func TestCounts(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	var a facetsAnswer
	v.read("/api/collections/parcels/counts?by=status,use_class,sold_year&ids=1", &a)
	n := 0
	for _, c := range a.By["status"] {
		n += c.N
		var p page
		v.read("/api/collections/parcels/items?status="+c.Value, &p)
		if p.NumberMatched != c.N {
			t.Errorf("status %s: counted %d, listed %d", c.Value, c.N, p.NumberMatched)
		}
	}
	if a.Matched != 3 || n != 3 || len(a.IDs) != 3 || len(a.Sums) != 3 || a.Sums["deal_wan"] != 12500 {
		t.Errorf("the public's parcels: %+v", a)
	}
	if !slices.Contains(a.By["sold_year"], valueCounted{"2018", 1}) {
		t.Errorf("years: %+v", a.By["sold_year"])
	}
	// A field's own condition does not count for its chips, another's does.
	v.read("/api/collections/parcels/counts?by=status,use_class&status=sold", &a)
	if a.Matched != 1 || len(a.By["status"]) < 2 || len(a.By["use_class"]) != 1 {
		t.Errorf("under a filter: %+v", a)
	}
	box := url.QueryEscape("113.1029 29.36,113.2 29.36,113.2 29.4,113.1029 29.4")
	var p page
	v.read("/api/collections/parcels/items?within="+box, &p)
	v.read("/api/collections/parcels/counts?within="+box, &a)
	if !slices.Equal(p.codes(), []string{"P03/甲"}) || a.Matched != 1 {
		t.Errorf("in a polygon: %v, %d", p.codes(), a.Matched)
	}
}

// Which buildings have unsigned households is told to those who may read the
// households of the area, and nobody else.
func TestRemains(t *testing.T) {
	s := newSite(t, village(), nil)
	s.assignField()
	for _, role := range geo.Roles() {
		for area, own := range map[string]bool{"A01": true, "A02": false} {
			var a remainsAnswer
			s.as(role).read("/api/areas/"+area+"/remains", &a)
			may := role.May(geo.ReadHouseholds) && (own || !role.Scoped())
			for _, b := range a.Buildings {
				if (b.Unsigned != nil) != may {
					t.Errorf("%s of %s to %s: unsigned %v", b.Code, area, role, b.Unsigned)
				}
			}
			if a.Standing != len(a.Buildings) || a.ProblemsOpen != len(a.Problems) || a.Area != area {
				t.Errorf("%s to %s: %+v", area, role, a)
			}
		}
	}
	v := s.as(geo.RolePlanner)
	var list page
	v.read("/api/collections/buildings/items?area=A02", &list)
	var a remainsAnswer
	v.read("/api/areas/A02/remains", &a)
	standing := 0
	for _, f := range list.Features {
		if st := fmt.Sprint(f.Properties["status"]); !slices.Contains([]string{"demolished", "self_removed", "removed", "site_cleared", "kept"}, st) {
			standing++
		}
	}
	if a.Standing != standing || standing == 0 {
		t.Errorf("%d buildings stand by the list, %d remain", standing, a.Standing)
	}
}
