package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

func TestEveryAnswerIsLabelled(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	for _, path := range []string{"/livez", "/api", "/api/nothing", "/tiles/public/0/0/0.mvt", "/map", "/api/session?x=1"} {
		res, body := v.get(path)
		h := res.Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin", "Server": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if h.Get("Content-Security-Policy") == "" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("Permissions-Policy") == "" {
			t.Errorf("%s: policies %q, %q", path, h.Get("Content-Security-Policy"), h.Get("Permissions-Policy"))
		}
		if len(h.Get("X-Request-Id")) != 16 {
			t.Errorf("%s: request id %q", path, h.Get("X-Request-Id"))
		}
		if res.StatusCode >= 400 && strings.HasPrefix(path, "/api") && !bytes.Contains(body, []byte(h.Get("X-Request-Id"))) {
			t.Errorf("%s: the problem lacks the request id: %s", path, body)
		}
	}
}

func TestWrongMethod(t *testing.T) {
	s := newSite(t, village(), nil)
	for path, allow := range map[string]string{
		"/api/summary": "GET, HEAD", "/api/session": "GET, HEAD, POST, DELETE", "/api/imports": "POST", "/tiles/public/0/0/0.mvt": "GET, HEAD",
	} {
		res, body := s.visitor().do("PUT", path, nil)
		if res.StatusCode != 405 || res.Header.Get("Allow") != allow || !strings.Contains(res.Header.Get("Content-Type"), "problem+json") {
			t.Errorf("PUT %s: %d, Allow %q: %s", path, res.StatusCode, res.Header.Get("Allow"), body)
		}
	}
	if res, _ := s.visitor().do("BREW", "/api/summary", nil); res.StatusCode != 405 {
		t.Errorf("a method nobody knows: %d", res.StatusCode)
	}
	if res, _ := s.visitor().do("POST", "/map", nil); res.StatusCode != 404 {
		t.Errorf("POST to a page: %d", res.StatusCode)
	}
}

// The five combinations of headers that a change may come with (T-18).
func TestCrossSiteChanges(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{RequestBurst: 1e9} })
	cases := []struct {
		name, origin, fetch string
		cookie              bool
		refused             bool
	}{
		{"same origin by Sec-Fetch-Site", "", "same-origin", true, false},
		{"same origin by Origin", "own", "", true, false},
		{"another site by Sec-Fetch-Site", "", "cross-site", true, true},
		{"a sibling site", "", "same-site", true, true},
		{"another site by Origin", "https://evil.example", "", true, true},
		{"a null origin", "null", "", true, true},
		{"neither, with a session", "", "", true, true},
		{"neither, without a session", "", "", false, false},
	}
	for _, row := range accessTable() {
		if row.method == http.MethodGet {
			continue
		}
		for _, c := range cases {
			v := s.visitor()
			if c.cookie {
				v = s.as(geo.RoleAdmin)
			}
			origin := c.origin
			if origin == "own" {
				origin = s.http.URL
			}
			res, body := v.do(row.method, row.path, nil, "Origin", origin, "Sec-Fetch-Site", c.fetch)
			if forbidden := res.StatusCode == 403; forbidden != c.refused {
				t.Errorf("%s %s, %s: %d %s", row.method, row.path, c.name, res.StatusCode, body)
			}
		}
	}
}

func TestRequestBudget(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{RequestsPerSecond: 0.001, RequestBurst: 5} })
	v := s.visitor()
	got := map[int]int{}
	var last *http.Response
	for i := range 8 {
		last, _ = v.get(fmt.Sprintf("/tiles/public/16/%d/0.mvt", i))
		got[last.StatusCode]++
	}
	if got[204] != 5 || got[429] != 3 || last.Header.Get("Retry-After") == "" {
		t.Errorf("answers %v, Retry-After %q", got, last.Header.Get("Retry-After"))
	}
	if res, _ := v.get("/readyz"); res.StatusCode != 200 {
		t.Errorf("the probe is metered: %d", res.StatusCode)
	}
}

func TestReadyz(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	if res, body := v.get("/readyz"); res.StatusCode != 200 || string(body) != "ok\n" {
		t.Errorf("ready: %d %s", res.StatusCode, body)
	}
	s.server.Drain()
	if res, body := v.get("/readyz"); res.StatusCode != 503 || !bytes.Contains(body, []byte(`"missing":["draining"]`)) {
		t.Errorf("draining: %d %s", res.StatusCode, body)
	}
	if res, _ := v.get("/livez"); res.StatusCode != 200 {
		t.Errorf("alive while draining: %d", res.StatusCode)
	}
	s.store.Close()
	if res, body := v.get("/readyz"); res.StatusCode != 503 || !bytes.Contains(body, []byte(`"database"`)) {
		t.Errorf("without a database: %d %s", res.StatusCode, body)
	}
	if res, body := v.get("/api/summary"); res.StatusCode < 500 || bytes.Contains(body, []byte("pool")) {
		t.Errorf("figures without a database: %d %s", res.StatusCode, body)
	}
	if res, _ := v.get("/map"); res.StatusCode == 500 {
		t.Error("the page needs the database")
	}
}

func TestReadyzTellsOfAFailingFeed(t *testing.T) {
	failing := map[geo.Audience]time.Duration{geo.Staff: feedPatience}
	s := newSite(t, village(), func(c *Config) {
		c.FeedFailing = func(aud geo.Audience) time.Duration { return failing[aud] }
	})
	v := s.visitor()
	if res, body := v.get("/readyz"); res.StatusCode != 200 {
		t.Errorf("a short failure: %d %s", res.StatusCode, body)
	}
	failing[geo.Staff]++
	if res, body := v.get("/readyz"); res.StatusCode != 503 || !bytes.Contains(body, []byte(`"missing":["feed-staff"]`)) {
		t.Errorf("a long failure: %d %s", res.StatusCode, body)
	}
}

func TestNotReadyBeforeTiles(t *testing.T) {
	s := newSite(t, village(), func(c *Config) {
		c.Tilesets = map[geo.Audience]Tileset{geo.Public: newEngine(t, geo.Public), geo.Staff: newEngine(t, geo.Staff)}
	})
	v := s.visitor()
	if res, body := v.get("/readyz"); res.StatusCode != 503 || !bytes.Contains(body, []byte(`"tiles-public","tiles-staff"`)) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	for _, path := range []string{"/tiles/public/0/0/0.mvt", "/tiles/public.json"} {
		if res, _ := v.get(path); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestPages(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Assets = builtFrontEnd() })
	if err := s.store.SetDistrict(t.Context(), geo.Actor{Login: "admin", Role: geo.RoleAdmin, Source: geo.FromCLI}, geo.District{
		Code: "430602", Name: "岳阳楼区", Zone: "Asia/Shanghai", Languages: []string{"zh-CN"},
		BaseMap: geo.BaseMap{Kind: "raster", URL: "https://tile.example.org/{z}/{x}/{y}.png", Attribution: "x"},
	}); err != nil {
		t.Fatal(err)
	}
	v := s.visitor()
	for _, path := range append(pagePaths(), "/map?lang=en&any=thing", "/areas/YYL-01", "/households/%E7%A4%BA%E4%BE%8B") {
		res, body := v.get(path)
		if res.StatusCode != 200 || !bytes.Contains(body, []byte("the app")) || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self' https://tile.example.org;") {
			t.Errorf("%s: policy %s", path, csp)
		}
	}
	for _, path := range []string{"/listings/a/b", "/listings/", "/maps", "/map/", "/work/x", "/areas/", "/.git/config", "/api/", "/placeholder"} {
		if res, _ := v.get(path); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	// A person who follows a wrong link gets the app's own page for it.
	for path, page := range map[string]bool{"/boards": true, "/nowhere/at/all": true, "/api/nowhere": false, "/tiles/nowhere": false} {
		res, body := v.get(path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		if res.StatusCode != 404 || bytes.Contains(body, []byte("the app")) != page {
			t.Errorf("%s as a page: %d %s", path, res.StatusCode, body)
		}
	}
	res, body := v.do("HEAD", "/map", nil)
	if res.StatusCode != 200 || len(body) != 0 {
		t.Errorf("HEAD /map: %d", res.StatusCode)
	}
}
