package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// cookie is the visitor's session cookie; nil when there is none.
func (v *visitor) cookie() *http.Cookie {
	at, err := url.Parse(v.site.http.URL)
	if err != nil {
		v.site.t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(at) {
		if c.Name == "tengdi" {
			return c
		}
	}
	return nil
}

func (v *visitor) user() string {
	v.site.t.Helper()
	var a sessionAnswer
	v.read("/api/session", &a)
	if a.User == nil {
		return ""
	}
	return a.User.Login
}

func TestSignInAndOut(t *testing.T) {
	s := newSite(t, village(), func(c *Config) {
		c.DemoLogins = []DemoLogin{{Login: "planner", Password: "pass-planner", Role: geo.RolePlanner, Name: "规划员"}}
	})
	v := s.visitor()
	var before sessionAnswer
	v.read("/api/session", &before)
	if before.User != nil || len(before.DemoLogins) != 1 {
		t.Errorf("before: %+v", before)
	}
	res, body := v.do("POST", "/api/session", strings.NewReader(`{"login":"planner","password":"pass-planner"}`), "Content-Type", "application/json")
	if res.StatusCode != 200 || !strings.Contains(string(body), `"role":"planner"`) {
		t.Fatalf("sign in: %d %s", res.StatusCode, body)
	}
	set := res.Header.Get("Set-Cookie")
	for _, part := range []string{"tengdi=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="} {
		if !strings.Contains(set, part) {
			t.Errorf("the cookie lacks %s: %s", part, set)
		}
	}
	if res.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Cookie") {
		t.Errorf("headers of the sign-in: %v", res.Header)
	}
	if v.user() != "planner" {
		t.Error("the session does not hold")
	}
	token := v.cookie()
	if res, _ := v.do("DELETE", "/api/session", nil); res.StatusCode != 204 {
		t.Fatalf("sign out: %d", res.StatusCode)
	}
	if v.user() != "" || v.cookie() != nil {
		t.Error("the session outlives the sign-out")
	}
	if res, _ := s.visitor().get("/tiles/staff.json", "Cookie", token.String()); res.StatusCode != 401 {
		t.Errorf("the old token: %d", res.StatusCode)
	}
}

func TestSignInRefusals(t *testing.T) {
	s := newSite(t, village(), nil)
	for body, status := range map[string]int{
		`{"login":"planner","password":"wrong"}`:                               401,
		`{"login":"nobody","password":"wrong"}`:                                401,
		`{"login":"","password":"x"}`:                                          400,
		`{"login":"planner","password":""}`:                                    400,
		`{"login":"planner","password":"` + strings.Repeat("x", 257) + `"}`:    400,
		`{"login":"` + strings.Repeat("x", 65) + `","password":"x"}`:           400,
		`{"login":"planner' or 1=1 --","password":"x"}`:                        401,
		`{"login":"planner","password":"pass-planner","remember":true}`:        400,
		`{"login":"planner","password":{"$ne":null}}`:                          400,
		`{"login":"planner\u0000","password":"pass-planner"}`:                  400,
		`{"login":"PLANNER","password":"pass-planner"}`:                        401,
		`{"login":"planner","password":"pass-planner"} {"login":"x"}`:          400,
		`{"login":"planner","password":"` + strings.Repeat("x", 65<<10) + `"}`: 413,
	} {
		v := s.visitor()
		res, text := v.do("POST", "/api/session", strings.NewReader(body), "Content-Type", "application/json")
		if res.StatusCode != status || v.cookie() != nil {
			t.Errorf("%.60s: %d %s, want %d", body, res.StatusCode, text, status)
		}
	}
}

// A token from before the sign-in is worth nothing after it (T-19).
func TestSignInRenewsTheToken(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleViewer)
	first := v.cookie()
	if first == nil {
		t.Fatal("no cookie")
	}
	res, _ := v.do("POST", "/api/session", strings.NewReader(`{"login":"planner","password":"pass-planner"}`), "Content-Type", "application/json")
	if res.StatusCode != 200 || v.cookie().Value == first.Value {
		t.Errorf("signed in again: %d, same token %v", res.StatusCode, v.cookie().Value == first.Value)
	}
	if res, _ := s.visitor().get("/tiles/staff.json", "Cookie", first.String()); res.StatusCode != 401 {
		t.Errorf("the first token: %d", res.StatusCode)
	}
	fixed := &http.Cookie{Name: "tengdi", Value: strings.Repeat("A", 43)}
	victim := s.visitor()
	at, _ := url.Parse(s.http.URL)
	victim.client.Jar.SetCookies(at, []*http.Cookie{fixed})
	victim.do("POST", "/api/session", strings.NewReader(`{"login":"planner","password":"pass-planner"}`), "Content-Type", "application/json")
	if victim.user() != "planner" || victim.cookie().Value == fixed.Value {
		t.Error("a token that somebody planted became a session")
	}
}

func TestTokensAreStoredHashed(t *testing.T) {
	s := newSite(t, village(), nil)
	token := s.as(geo.RoleViewer).cookie().Value
	if n := s.count(`select count(*) from auth.session where position($1 in encode(token_hash, 'escape')) > 0 or position($1 in encode(data, 'escape')) > 0`, token); n != 0 {
		t.Error("the token is in the table")
	}
	if n := s.count(`select count(*) from auth.session`); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func TestSessionsEnd(t *testing.T) {
	c := newClock()
	c.at = time.Now()
	s := newSite(t, village(), func(cfg *Config) { cfg.Now = c.now })
	v := s.as(geo.RoleViewer)

	if n := s.count(`select count(*) from auth.session where expiry between now() + interval '29 minutes' and now() + interval '30 minutes'`); n != 1 {
		t.Error("the idle time is not half an hour")
	}
	s.exec(`update auth.session set expiry = now() + interval '10 minutes'`)
	c.advance(2 * time.Minute)
	if v.user() != "viewer" {
		t.Fatal("the session is gone early")
	}
	if n := s.count(`select count(*) from auth.session where expiry > now() + interval '29 minutes'`); n != 1 {
		t.Error("a request does not move the idle deadline")
	}
	s.exec(`update auth.session set expiry = now() - interval '1 second'`)
	c.advance(2 * time.Second)
	if v.user() != "" {
		t.Error("an expired session holds")
	}

	// A change of the account holds at once: within the second that a session is
	// believed.
	v = s.as(geo.RolePlanner)
	if res, _ := v.do("POST", "/api/imports", nil); res.StatusCode != 503 {
		t.Errorf("a planner's import: %d", res.StatusCode)
	}
	s.exec(`update auth.user set role = 'viewer' where login = 'planner'`)
	c.advance(trustSession)
	if res, _ := v.do("POST", "/api/imports", nil); res.StatusCode != 403 {
		t.Errorf("an import after the role was taken: %d", res.StatusCode)
	}
	s.exec(`update auth.user set disabled = true where login = 'planner'`)
	c.advance(trustSession)
	if v.user() != "" {
		t.Error("a disabled account holds its session")
	}

	// A new password ends the sessions of the old one.
	v = s.as(geo.RoleLeader)
	if v.user() != "leader" {
		t.Fatal("not signed in")
	}
	hash, err := HashPassword("another password")
	if err != nil {
		t.Fatal(err)
	}
	s.exec(`update auth.user set hash = '` + hash + `' where login = 'leader'`)
	c.advance(trustSession)
	if v.user() != "" {
		t.Error("a session outlives its password")
	}
}

func TestSecureCookie(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Secure = true })
	res, _ := s.visitor().do("POST", "/api/session", strings.NewReader(`{"login":"planner","password":"pass-planner"}`), "Content-Type", "application/json")
	set := res.Header.Get("Set-Cookie")
	if !strings.HasPrefix(set, "__Host-tengdi=") || !strings.Contains(set, "Secure") || strings.Contains(set, "Domain=") {
		t.Errorf("cookie %s", set)
	}
	if res.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
}

// Sessions are not written at each request: a map's tiles would each write.
func TestSessionsAreWrittenRarely(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleViewer)
	v.get("/api/summary")
	s.exec(`update auth.session set expiry = now() + interval '10 minutes'`)
	for range 20 {
		if res, _ := v.get("/tiles/staff/14/13339/6793.mvt"); res.StatusCode != 200 || res.Header.Get("Set-Cookie") != "" {
			t.Fatalf("tile: %d, Set-Cookie %q", res.StatusCode, res.Header.Get("Set-Cookie"))
		}
	}
	if n := s.count(`select count(*) from auth.session where expiry < now() + interval '11 minutes'`); n != 1 {
		t.Error("the tiles wrote the session")
	}
}
