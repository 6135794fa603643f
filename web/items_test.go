package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tengdi/geo"
)

// page is a page of items as a client reads it.
type page struct {
	Type     string
	Features []struct {
		Type       string
		ID         string
		Geometry   *struct{ Type string }
		Properties map[string]any
	}
	Links          []link
	NumberReturned int
	NumberMatched  int
	Revision       int64
	TimeStamp      string
}

func (p page) codes() (codes []string) {
	for _, f := range p.Features {
		codes = append(codes, f.ID)
	}
	return codes
}

func (p page) next() string {
	for _, l := range p.Links {
		if l.Rel == "next" {
			return l.Href
		}
	}
	return ""
}

func TestItems(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	var p page
	res := v.read("/api/collections/parcels/items", &p)
	if got := res.Header.Get("Content-Type"); got != "application/geo+json; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	if !slices.Equal(p.codes(), []string{"P01", "P02", "P03/甲"}) || p.NumberMatched != 3 || p.NumberReturned != 3 || p.Type != "FeatureCollection" || p.TimeStamp == "" {
		t.Errorf("the public's parcels: %+v", p)
	}
	one := p.Features[0]
	if one.Properties["mu"] != 33.75 || one.Properties["deal_wan"] != 12500.0 || one.Properties["sold_on"] != "2018-09-12" || one.Geometry.Type != "MultiPolygon" {
		t.Errorf("P01: %+v", one)
	}
	if fid, ok := one.Properties["fid"].(float64); !ok || fid <= 0 {
		t.Errorf("fid: %v", one.Properties["fid"])
	}
	var names []string
	for name := range one.Properties {
		names = append(names, name)
	}
	for _, f := range geo.Fields("parcels") {
		if slices.Contains(names, f.Name) != f.Public {
			t.Errorf("field %s: there %v, public %v", f.Name, !f.Public, f.Public)
		}
	}
	for query, want := range map[string][]string{
		"status=announced":                    {"P02"},
		"status=planned":                      nil,
		"area=A01&status=sold":                {"P01"},
		"bbox=113.1029,29.36,113.2,29.4":      {"P03/甲"},
		"bbox=0,0,1,1":                        nil,
		"name=%27%20or%20%271%27%3D%271":      nil,
		"status=sold&lang=en":                 {"P01"},
		"notice_no=岳楼示挂(2018)05号":             {"P01"},
		"limit=1&after=P02":                   {"P03/甲"},
		"limit=1000&after=" + "zzz":           nil,
		"use_class=commercial&land_use=0901":  {"P01"},
		"area=A01&bbox=113.1,29.36,113.2,30&": {"P01", "P02", "P03/甲"},
	} {
		var p page
		v.read("/api/collections/parcels/items?"+query, &p)
		if !slices.Equal(p.codes(), want) {
			t.Errorf("?%s: %v, want %v", query, p.codes(), want)
		}
	}
}

func TestPaging(t *testing.T) {
	s := newSite(t, village(), nil)
	for _, role := range []geo.Role{geo.RolePublic, geo.RoleViewer} {
		v := s.as(role)
		var whole page
		v.read("/api/collections/parcels/items", &whole)
		for size := 1; size <= 5; size++ {
			var codes []string
			at := "/api/collections/parcels/items?area=A01&limit=" + string(rune('0'+size))
			for turns := 0; at != ""; turns++ {
				if turns > 10 {
					t.Fatal("the pages have no end")
				}
				var p page
				v.read(at, &p)
				codes = append(codes, p.codes()...)
				if p.NumberMatched != len(whole.Features) {
					t.Errorf("%s: %d match", at, p.NumberMatched)
				}
				at = p.next()
			}
			if !slices.Equal(codes, whole.codes()) {
				t.Errorf("%s in pages of %d: %v, whole %v", role, size, codes, whole.codes())
			}
		}
	}
}

func TestItemTags(t *testing.T) {
	s := newSite(t, village(), nil)
	v, staff := s.visitor(), s.as(geo.RoleViewer)
	stamp := regexp.MustCompile(`"timeStamp":"[^"]*"`)
	for _, path := range []string{
		"/api/collections/parcels/items", "/api/collections/parcels/items/P01", "/api/collections/areas/items/A01",
		"/api/summary", "/api/statuses", "/api/reference", "/api/district", "/api/collections", "/api/parcels/P01/history",
		"/api/collections/parcels/items/" + url.PathEscape("P03/甲"),
	} {
		res, body := v.get(path)
		tag := res.Header.Get("ETag")
		if res.StatusCode != 200 || tag == "" || res.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d, ETag %q, Cache-Control %q", path, res.StatusCode, tag, res.Header.Get("Cache-Control"))
		}
		again, same := v.get(path)
		if path != "/api/summary" && !bytes.Equal(stamp.ReplaceAll(body, nil), stamp.ReplaceAll(same, nil)) {
			t.Errorf("%s gives other bytes each time", path)
		}
		if again.Header.Get("ETag") != tag {
			t.Errorf("%s: the tag changes from %s to %s", path, tag, again.Header.Get("ETag"))
		}
		if res, body := v.get(path, "If-None-Match", tag); res.StatusCode != 304 || len(body) != 0 {
			t.Errorf("%s asked again: %d", path, res.StatusCode)
		}
		res, _ = staff.get(path, "If-None-Match", tag)
		if path == "/api/reference" { // the same for all
			continue
		}
		if res.StatusCode != 200 || res.Header.Get("ETag") == tag || res.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Cookie") {
			t.Errorf("%s as staff with the public's tag: %d, %v", path, res.StatusCode, res.Header)
		}
	}
}

// A change of what is hidden leaves the public's tags as they are (T-4).
func TestHiddenChangesDoNotShow(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	paths := []string{
		"/api/collections/parcels/items", "/api/collections/parcels/items/P01", "/api/collections/areas/items", "/api/summary",
		"/api/collections/projects/items", "/api/parcels/P01/history", "/api/parcels/P01/rounds", "/tiles/public/14/13339/6793.mvt", "/api/district",
	}
	before := map[string]string{}
	for _, p := range paths {
		res, _ := v.get(p)
		before[p] = res.Header.Get("ETag")
	}
	_, err := s.store.Transition(t.Context(), geo.Actor{Login: "supervisor", Role: geo.RoleSupervisor, Source: geo.FromUI},
		geo.Transition{Entity: geo.ParcelMachine, Code: "XP4", To: "reserved", Reason: "隐退回"})
	if err != nil {
		t.Fatalf("move the hidden parcel: %v", err)
	}
	for _, p := range paths {
		if res, _ := v.get(p); res.Header.Get("ETag") != before[p] || before[p] == "" {
			t.Errorf("%s: the tag goes from %q to %q", p, before[p], res.Header.Get("ETag"))
		}
	}
}

func TestItemNotFound(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	var want []byte
	for i, path := range []string{
		"/api/collections/parcels/items/NOSUCH", "/api/collections/parcels/items/XP4",
		"/api/collections/projects/items/XJ2", "/api/parcels/XP4/history", "/api/parcels/XP4/rounds",
	} {
		res, body := v.get(path)
		if res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		// What exists and is hidden reads like what does not exist.
		body = regexp.MustCompile(`"request_id":"[^"]*"`).ReplaceAll(body, nil)
		body = regexp.MustCompile(`NOSUCH|XP4|XJ2`).ReplaceAll(body, []byte("CODE"))
		if i == 0 {
			want = body
		} else if strings.HasPrefix(path, "/api/collections/parcels") && !bytes.Equal(body, want) {
			t.Errorf("%s: %s, for what does not exist %s", path, body, want)
		}
	}
	for _, path := range []string{
		"/api/collections/buildings", "/api/collections/buildings/items", "/api/collections/buildings/items/XB1",
		"/api/buildings/XB1/history", "/api/collections/households/items", "/api/households/XH1/history",
		"/api/collections/parcels/items/" + strings.Repeat("x", 65), "/api/collections/parcels/items/%00", "/api/collections/parcels/items/%ff",
	} {
		if res, body := v.get(path); res.StatusCode != 404 {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}

func TestStaffReadMore(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleViewer)
	var p page
	v.read("/api/collections/parcels/items", &p)
	if !slices.Contains(p.codes(), "XP4") || p.Features[0].Properties["reserve_wan"] != 12347.0 {
		t.Errorf("staff parcels: %v, reserve %v", p.codes(), p.Features[0].Properties["reserve_wan"])
	}
	var rounds struct{ Rounds []map[string]any }
	v.read("/api/parcels/P01/rounds", &rounds)
	if len(rounds.Rounds) != 1 || rounds.Rounds[0]["reserve_wan"] != 12347.0 || rounds.Rounds[0]["premium"] != 25.0 || rounds.Rounds[0]["sold_on"] != "2018-09-12" {
		t.Errorf("staff rounds: %+v", rounds)
	}
	rounds.Rounds = nil
	s.visitor().read("/api/parcels/P01/rounds", &rounds)
	if len(rounds.Rounds) != 1 || rounds.Rounds[0]["deal_wan"] != 12500.0 || rounds.Rounds[0]["list_to"] != "2018-09-12" {
		t.Errorf("public rounds: %+v", rounds)
	}
	for _, hidden := range []string{"reserve_wan", "contract_no", "completed_on"} {
		if _, there := rounds.Rounds[0][hidden]; there {
			t.Errorf("public rounds have %s: %+v", hidden, rounds)
		}
	}
	var history struct{ Events []map[string]any }
	v.read("/api/parcels/P01/history", &history)
	last := history.Events[len(history.Events)-1]
	if last["reason"] != "隐理由" || last["actor"] == "" || last["on"] != "2018-08-01" {
		t.Errorf("staff history: %+v", history)
	}
	history.Events = nil
	s.visitor().read("/api/parcels/P01/history", &history)
	if len(history.Events) != 1 || history.Events[0]["to"] != "announced" || history.Events[0]["actor"] != nil || history.Events[0]["reason"] != nil {
		t.Errorf("public history: %+v", history)
	}
}

func TestSummaryAndSearch(t *testing.T) {
	s := newSite(t, village(), nil)
	var sum map[string]any
	s.visitor().read("/api/summary", &sum)
	for _, hidden := range []string{"households", "problems"} {
		if _, there := sum[hidden]; there {
			t.Errorf("the public reads %s", hidden)
		}
	}
	parcels := sum["parcels"].(map[string]any)
	want := map[string]float64{"total": 3, "sold": 1, "sold_mu": 33.75, "sold_wan": 12500, "price_per_mu_wan": 370.3704, "premium": 25}
	for name, v := range want {
		if parcels[name] != v {
			t.Errorf("parcels.%s is %v, want %v", name, parcels[name], v)
		}
	}
	s.as(geo.RoleLeader).read("/api/summary", &sum)
	if sum["households"].(map[string]any)["moved"] != 1.0 || sum["areas"].(map[string]any)["late"] != 1.0 || sum["parcels"].(map[string]any)["total"] != 4.0 {
		t.Errorf("staff summary: %v", sum)
	}
	var found struct{ Hits []map[string]any }
	s.visitor().read("/api/search?q="+url.QueryEscape("东茅岭"), &found)
	if len(found.Hits) < 3 || found.Hits[0]["bbox"] == nil || found.Hits[0]["fid"] == nil {
		t.Errorf("search: %+v", found)
	}
	s.visitor().read("/api/search?limit=1&q="+url.QueryEscape("东茅岭"), &found)
	if len(found.Hits) != 1 {
		t.Errorf("search with a limit: %+v", found)
	}
	for _, q := range []string{"XP4", "隐地块", "隐"} {
		s.visitor().read("/api/search?q="+url.QueryEscape(q), &found)
		if len(found.Hits) != 0 {
			t.Errorf("the public finds %q: %+v", q, found)
		}
	}
	for _, query := range []string{"", "q=", "q=%20", "q=" + strings.Repeat("x", 65), "q=a&limit=0", "q=a&limit=51"} {
		if res, _ := s.visitor().get("/api/search?" + query); res.StatusCode != 400 {
			t.Errorf("search ?%s: %d", query, res.StatusCode)
		}
	}
}

func TestCollectionsAndDistrict(t *testing.T) {
	s := newSite(t, village(), nil)
	var list struct{ Collections []collectionAnswer }
	s.visitor().read("/api/collections", &list)
	var ids []string
	for _, c := range list.Collections {
		ids = append(ids, c.ID)
		for _, f := range c.Fields {
			if slices.ContainsFunc(geo.Fields(c.ID), func(g geo.Field) bool { return g.Name == f.Name && !g.Public }) {
				t.Errorf("the public is told of %s.%s", c.ID, f.Name)
			}
		}
	}
	if !slices.Equal(ids, []string{"areas", "parcels", "projects"}) {
		t.Errorf("public collections: %v", ids)
	}
	s.as(geo.RoleViewer).read("/api/collections", &list)
	if len(list.Collections) != 8 { // all but households
		t.Errorf("staff collections: %d", len(list.Collections))
	}
	var d map[string]json.RawMessage
	s.visitor().read("/api/district", &d)
	for name, want := range map[string]string{
		"code": `"430602"`, "name_en": `"Yueyanglou"`, "frame": "null", "zone": `"Asia/Shanghai"`, "measure_srid": "4526",
		"demo": "true", "version": `"0.0.0-test"`, "base_map": `{"kind":"","url":"","attribution":""}`,
	} {
		if string(d[name]) != want {
			t.Errorf("district.%s is %s, want %s", name, d[name], want)
		}
	}
	var bounds [4]float64
	if err := json.Unmarshal(d["bounds"], &bounds); err != nil || bounds[0] < 113 || bounds[2] > 114 || bounds[1] < 29 || bounds[3] > 30 {
		t.Errorf("bounds %s: %v", d["bounds"], err)
	}
}

// A list tells staff the version of each item, as its ETag does; the public never.
func TestListsTellVersions(t *testing.T) {
	s := newSite(t, village(), nil)
	staff := s.as(geo.RolePlanner)
	var list struct {
		Features []struct {
			ID      string
			Version int
		}
	}
	staff.read("/api/collections/parcels/items", &list)
	if len(list.Features) == 0 {
		t.Fatal("no parcels")
	}
	for _, f := range list.Features {
		var one any
		res := staff.read("/api/collections/parcels/items/"+url.PathEscape(f.ID), &one)
		if tag := res.Header.Get("ETag"); f.Version < 1 || !strings.HasPrefix(tag, fmt.Sprintf("\"v%d.", f.Version)) {
			t.Errorf("%s: version %d in the list, ETag %s", f.ID, f.Version, tag)
		}
	}
	if _, body := s.visitor().get("/api/collections/parcels/items"); bytes.Contains(body, []byte(`"version"`)) {
		t.Error("the public reads versions")
	}
}
