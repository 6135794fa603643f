package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// anyProxy trusts every address, so that a test may come from many.
func anyProxy(t testing.TB) []netip.Prefix {
	t.Helper()
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// token makes a token for somebody who is signed in.
func (v *visitor) token(scope string) (id int64, secret string) {
	v.site.t.Helper()
	var a tokenAnswer
	v.want(201, "POST", "/api/tokens", `{"name":"脚本","days":30,"scope":[`+scope+`]}`, &a)
	return a.ID, a.Secret
}

// program is a caller with a token and no cookies of its own.
func (s *site) program(secret string) func(method, path string, headers ...string) (*http.Response, string) {
	return func(method, path string, headers ...string) (*http.Response, string) {
		v := s.visitor()
		headers = append([]string{"Authorization", "Bearer " + secret, "Origin", "", "Sec-Fetch-Site", ""}, headers...)
		res, text := v.do(method, path, nil, headers...)
		return res, string(text)
	}
}

func TestTokensSpeakForTheirAccount(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RolePlanner)
	id, secret := v.token(`"read"`)
	if !strings.HasPrefix(secret, "tgd_") || len(secret) != 47 {
		t.Fatalf("the secret is %q", secret)
	}
	if n := s.count(`select count(*) from auth.token where hash::text like '%' || $1 || '%' or name like '%' || $1 || '%'`, secret[4:]); n != 0 {
		t.Error("the secret is stored")
	}
	var list struct{ Tokens []tokenAnswer }
	v.read("/api/tokens", &list)
	if len(list.Tokens) != 1 || list.Tokens[0].ID != id || list.Tokens[0].Secret != "" {
		t.Errorf("the list: %+v", list)
	}
	call := s.program(secret)
	res, text := call("GET", "/tiles/staff.json")
	if res.StatusCode != 200 || len(res.Header.Values("Set-Cookie")) > 0 {
		t.Errorf("staff's tiles: %d %s %v", res.StatusCode, text, res.Header)
	}
	if _, text := call("GET", "/api/session"); !strings.Contains(text, `"login":"planner"`) {
		t.Errorf("who it is: %s", text)
	}
	// The cookie that comes with a token is not looked at, whichever of the two is right.
	if res, _ := v.get("/tiles/staff.json", "Authorization", "Bearer tgd_"+strings.Repeat("A", 43)); res.StatusCode != 401 || res.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("a wrong token beside a good cookie: %d", res.StatusCode)
	}
	for _, bad := range []string{"", "Bearer", "Bearer ", "Bearer x", "Basic " + secret, secret, "Bearer " + secret + "x", "Bearer  " + secret, "Bearer tgd_" + strings.Repeat("A", 43)} {
		r, _ := v.get("/api/summary", "Cookie", "", "Authorization", bad)
		if bad != "" && r.StatusCode != 401 {
			t.Errorf("Authorization %q: %d", bad, r.StatusCode)
		}
	}
	other := s.as(geo.RoleAdmin)
	other.want(404, "DELETE", fmt.Sprint("/api/tokens/", id), "", nil)
	v.want(204, "DELETE", fmt.Sprint("/api/tokens/", id), "", nil)
	if res, _ := call("GET", "/tiles/staff.json"); res.StatusCode != 401 {
		t.Errorf("a token that was ended: %d", res.StatusCode)
	}
}

// Every route is asked by tokens of every scope: the scope is checked before the
// role, and no token keeps accounts.
func TestTokenScopes(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleAdmin)
	tokens := map[geo.TokenScope]func(string, string, ...string) (*http.Response, string){}
	for _, scope := range geo.TokenScopes() {
		_, secret := v.token(fmt.Sprintf("%q", scope))
		tokens[scope] = s.program(secret)
	}
	s.server.clients = newBuckets(1e6, 1e6, 100, time.Now)
	s.server.programs = newBuckets(1e6, 1e6, 100, time.Now)
	asked := 0
	for _, rt := range s.server.routes {
		if rt.who == public || strings.Contains(rt.pattern, "/api/live") {
			continue
		}
		path := strings.NewReplacer("{collection}", "parcels", "{code}", "P01", "{token}", "x", "{kind}", "note", "{no}", "1", "{id}", "1", "{login}", "viewer",
			"{z}", "14", "{x}", "13339", "{y}", "6793").Replace(rt.pattern)
		need, any := scopeOf(rt)
		for scope, call := range tokens {
			asked++
			res, text := call(rt.method, path, "Accept-Language", "en")
			refused := res.StatusCode == 403 && (strings.Contains(text, "token may not") || strings.Contains(text, "lacks the scope"))
			if want := !any || scope != need; refused != want {
				t.Errorf("%s %s with a token to %s: %d %s", rt.method, rt.pattern, scope, res.StatusCode, text)
			}
		}
	}
	if asked < 90 {
		t.Errorf("only %d requests were made", asked)
	}
	for _, own := range []string{"POST /api/tokens", "PUT /api/account/password", "POST /api/users", "PATCH /api/users/viewer", "DELETE /api/account/totp", "POST /api/account/totp", "POST /api/session"} {
		method, path, _ := strings.Cut(own, " ")
		if res, _ := tokens[geo.ScopeWrite](method, path); res.StatusCode != 403 {
			t.Errorf("%s by a token: %d", own, res.StatusCode)
		}
	}
	// The scope does not add to the role.
	_, secret := s.as(geo.RoleViewer).token(`"read","write","import"`)
	if res, _ := s.program(secret)("POST", "/api/imports"); res.StatusCode != 403 {
		t.Errorf("a viewer's token imports: %d", res.StatusCode)
	}
}

func TestTokensDieWithTheirAccount(t *testing.T) {
	s := newSite(t, village(), nil)
	admin := s.as(geo.RoleAdmin)
	change := func(login, body string) {
		t.Helper()
		u, err := s.store.User(t.Context(), login)
		if err != nil {
			t.Fatal(err)
		}
		admin.want(200, "PATCH", "/api/users/"+login, body, nil, "If-Match", fmt.Sprintf(`"v%d"`, u.Version))
	}
	for login, body := range map[string]string{"planner": `{"role":"viewer"}`, "leader": `{"disabled":true}`} {
		_, secret := s.as(geo.Role(login)).token(`"read"`)
		call := s.program(secret)
		if res, _ := call("GET", "/tiles/staff.json"); res.StatusCode != 200 {
			t.Fatalf("%s's token: %d", login, res.StatusCode)
		}
		change(login, body)
		if res, _ := call("GET", "/tiles/staff.json"); res.StatusCode != 401 {
			t.Errorf("%s's token after %s: %d", login, body, res.StatusCode)
		}
	}
	_, secret := s.as(geo.RoleTrading).token(`"read"`)
	s.exec(`update auth.token set expires_at = now() - interval '1 second', created_at = now() - interval '1 day' where login = 'trading'`)
	if res, _ := s.program(secret)("GET", "/tiles/staff.json"); res.StatusCode != 401 {
		t.Errorf("a token that expired: %d", res.StatusCode)
	}
}

func TestTokensAreLimitedEach(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{TokenRequestsPerSecond: 0.001, TokenRequestBurst: 3} })
	v := s.as(geo.RolePlanner)
	_, one := v.token(`"read"`)
	_, two := v.token(`"read"`)
	got := map[int]int{}
	for range 6 {
		res, _ := s.program(one)("GET", "/api/summary")
		got[res.StatusCode]++
	}
	if got[200] != 3 || got[429] != 3 {
		t.Errorf("answers %v", got)
	}
	if res, _ := s.program(two)("GET", "/api/summary"); res.StatusCode != 200 {
		t.Errorf("another token: %d", res.StatusCode)
	}
}

func TestTokenRefusals(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleViewer)
	for _, body := range []string{
		`{"name":"","days":1,"scope":["read"]}`, `{"name":"x","days":0,"scope":["read"]}`, `{"name":"x","days":367,"scope":["read"]}`,
		`{"name":"x","days":1,"scope":[]}`, `{"name":"x","days":1}`, `{"name":"x","days":1,"scope":["all"]}`, `{"name":"x","days":1,"scope":["read","read"]}`,
		`{"name":"x\u0007","days":1,"scope":["read"]}`,
	} {
		v.want(400, "POST", "/api/tokens", body, nil)
	}
	v.want(201, "POST", "/api/tokens", `{"name":"x","days":366,"scope":["read"]}`, nil)
	for _, id := range []string{"0", "-1", "x", "+1", "99999999999999999999"} {
		v.want(404, "DELETE", "/api/tokens/"+id, "", nil)
	}
}
