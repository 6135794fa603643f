package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"tengdi/geo"
)

// accessRow says what each kind of caller gets from one route: nobody signed in,
// signed in, signed in with a role that imports.
type accessRow struct {
	method, pattern string
	path            string // one address of the route
	public          int
	staff           int
	importer        int
}

// accessTable has a row for every route. A new route without one fails
// TestEveryRouteHasAnAccessRow: say who may call it before it goes out.
func accessTable() []accessRow {
	return []accessRow{
		{"GET", "/livez", "/livez", 200, 200, 200},
		{"GET", "/readyz", "/readyz", 200, 200, 200},
		{"GET", "/api", "/api", 200, 200, 200},
		{"GET", "/api/district", "/api/district", 200, 200, 200},
		{"GET", "/api/session", "/api/session", 200, 200, 200},
		{"POST", "/api/session", "/api/session", 415, 415, 415}, // open to all; here without a body
		{"DELETE", "/api/session", "/api/session", 204, 204, 204},
		{"GET", "/api/reference", "/api/reference", 200, 200, 200},
		{"GET", "/api/statuses", "/api/statuses", 200, 200, 200},
		{"GET", "/api/collections", "/api/collections", 200, 200, 200},
		{"GET", "/api/collections/{collection}", "/api/collections/buildings", 404, 200, 200},
		{"GET", "/api/collections/{collection}/items", "/api/collections/buildings/items", 404, 200, 200},
		{"GET", "/api/collections/{collection}/items/{code}", "/api/collections/parcels/items/XP4", 404, 200, 200},
		{"GET", "/api/areas/{code}/history", "/api/areas/A01/history", 200, 200, 200},
		{"GET", "/api/parcels/{code}/history", "/api/parcels/XP4/history", 404, 200, 200},
		{"GET", "/api/buildings/{code}/history", "/api/buildings/XB1/history", 404, 200, 200},
		{"GET", "/api/projects/{code}/history", "/api/projects/XJ2/history", 404, 200, 200},
		{"GET", "/api/parcels/{code}/rounds", "/api/parcels/XP4/rounds", 404, 200, 200},
		{"GET", "/api/search", "/api/search?q=A01", 200, 200, 200},
		{"GET", "/api/summary", "/api/summary", 200, 200, 200},
		{"GET", "/api/live", "/api/live?tileset=staff", 401, 200, 200},
		{"POST", "/api/imports", "/api/imports", 401, 403, 503}, // 503: the test has no importer
		{"GET", "/tiles/public.json", "/tiles/public.json", 200, 200, 200},
		{"GET", "/tiles/staff.json", "/tiles/staff.json", 401, 200, 200},
		{"GET", "/tiles/public/{z}/{x}/{y}.mvt", "/tiles/public/14/13339/6793.mvt", 200, 200, 200},
		{"GET", "/tiles/staff/{z}/{x}/{y}.mvt", "/tiles/staff/14/13339/6793.mvt", 401, 200, 200},
	}
}

func TestEveryRouteHasAnAccessRow(t *testing.T) {
	s := newSite(t, village(), nil)
	rows := map[string]bool{}
	for _, row := range accessTable() {
		rows[row.method+" "+row.pattern] = true
	}
	routes := map[string]bool{}
	err := chi.Walk(s.server.Handler().(chi.Routes), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodHead { // goes with GET
			method = http.MethodGet
		}
		routes[method+" "+pattern] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for r := range routes {
		if !rows[r] {
			t.Errorf("%s has no row in the access table", r)
		}
	}
	for r := range rows {
		if !routes[r] {
			t.Errorf("the access table has %s, the server has not", r)
		}
	}

	want := func(row accessRow, role geo.Role) int {
		switch {
		case role == geo.RolePublic:
			return row.public
		case role.Imports():
			return row.importer
		}
		return row.staff
	}
	for _, role := range append([]geo.Role{geo.RolePublic}, geo.Roles()...) {
		v := s.as(role)
		for _, row := range accessTable() {
			if row.method == http.MethodDelete {
				continue // last: it signs out
			}
			if got := s.status(v, row.method, row.path); got != want(row, role) {
				t.Errorf("%s as %s: %s %s is %d, want %d", row.pattern, role, row.method, row.path, got, want(row, role))
			}
		}
		if got := s.status(v, "DELETE", "/api/session"); got != 204 {
			t.Errorf("sign out as %s: %d", role, got)
		}
	}
}

// status makes one request and reads no more than its status: a live stream has
// no end.
func (s *site) status(v *visitor, method, path string) int {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.http.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Origin", s.http.URL)
	res, err := v.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func TestRouteWithoutAccessLetsNobodyIn(t *testing.T) {
	var forgotten access
	if err := permit(forgotten, caller{audience: geo.Public}); kindOf(err) != geo.Unauthorized {
		t.Errorf("the public: %v", err)
	}
	if err := permit(forgotten, caller{audience: geo.Staff, user: geo.User{Role: geo.RoleAdmin}}); kindOf(err) != geo.Forbidden {
		t.Errorf("an administrator: %v", err)
	}
}

func TestEveryRouteRefusesUnknownParameters(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleAdmin)
	for _, row := range accessTable() {
		sep := "?"
		if strings.Contains(row.path, "?") {
			sep = "&"
		}
		if got := s.status(v, row.method, row.path+sep+"nonsense=1"); got != 400 {
			t.Errorf("%s %s with an unknown parameter: %d", row.method, row.path, got)
		}
	}
}

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
	s := newSite(t, village(), nil)
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
				v = s.as(geo.RolePlanner)
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
	for path, page := range map[string]bool{"/listings": true, "/nowhere/at/all": true, "/api/nowhere": false, "/tiles/nowhere": false} {
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
