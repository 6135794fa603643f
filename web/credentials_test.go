package web

import (
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// An administrator at an unlocked screen cannot be made to hand the account over:
// what signs in to it is changed where the present password is asked for.
func TestOwnCredentialsAreChangedAtTheAccount(t *testing.T) {
	s := newSite(t, village(), nil)
	admin := s.as(geo.RoleAdmin)
	for _, body := range []string{`{"password":"nine bends of a lake"}`, `{"reset_second_factor":true}`, `{"name":"x","password":"nine bends of a lake"}`} {
		if text := admin.want(403, "PATCH", "/api/users/admin", body, nil, "If-Match", `"v1"`, "Accept-Language", "en"); !strings.Contains(text, "/account") {
			t.Errorf("%s: %s", body, text)
		}
	}
	if u, err := s.store.User(t.Context(), "admin"); err != nil || u.Version != 1 || u.Name == "x" {
		t.Errorf("after refusals: %+v, %v", u, err)
	}
	admin.want(200, "PATCH", "/api/users/admin", `{"name":"x"}`, nil, "If-Match", `"v1"`)
	admin.want(200, "PATCH", "/api/users/viewer", `{"password":"nine bends of a lake"}`, nil, "If-Match", `"v1"`)
}

// A new password, one's own or set by an administrator, ends the tokens that
// somebody who knew the old one may have made.
func TestTokensEndWithThePassword(t *testing.T) {
	s := newSite(t, village(), nil)
	speaks := func(secret string) int {
		res, _ := s.program(secret)("GET", "/api/forms")
		return res.StatusCode
	}
	v := s.as(geo.RoleViewer)
	_, one := v.token(`"read"`)
	_, two := v.token(`"read"`)
	if speaks(one) != 200 || speaks(two) != 200 {
		t.Fatal("the tokens do not hold")
	}
	v.want(204, "PUT", "/api/account/password", `{"current":"pass-viewer","password":"a lake with nine bends"}`, nil)
	time.Sleep(trustSession)
	if speaks(one) != 401 || speaks(two) != 401 {
		t.Errorf("tokens after the password: %d, %d", speaks(one), speaks(two))
	}
	if n := s.count(`select count(*) from land.event where code = 'viewer' and data -> 'password' is not null and data -> 'tokens' ->> 'from' = '2'`); n != 1 {
		t.Errorf("%d events tell how many ended", n)
	}
	_, three := v.token(`"read"`)
	s.as(geo.RoleAdmin).want(200, "PATCH", "/api/users/viewer", `{"password":"another lake, eight bends"}`, nil, "If-Match", `"v2"`)
	time.Sleep(trustSession)
	if got := speaks(three); got != 401 {
		t.Errorf("a token after an administrator's password: %d", got)
	}
}

// Accounts, sessions and tokens take no Idempotency-Key: it would be passed over,
// and whoever sent it would trust it.
func TestAccountsRefuseKeys(t *testing.T) {
	s := newSite(t, village(), nil)
	admin := s.as(geo.RoleAdmin)
	tried := 0
	for _, rt := range s.server.routes {
		if rt.method == "GET" || !strings.HasPrefix(rt.pattern, "/api/account") && !strings.HasPrefix(rt.pattern, "/api/session") &&
			!strings.HasPrefix(rt.pattern, "/api/tokens") && !strings.HasPrefix(rt.pattern, "/api/users") {
			continue
		}
		tried++
		path := strings.NewReplacer("{login}", "viewer", "{id}", "1").Replace(rt.pattern)
		text := admin.want(400, rt.method, path, `{"login":"new","role":"viewer","password":"nine bends of a lake"}`, nil, "If-Match", `"v1"`, "Idempotency-Key", "k")
		if !strings.Contains(text, "Idempotency-Key") {
			t.Errorf("%s %s: %s", rt.method, path, text)
		}
	}
	if tried < 11 || admin.user() != "admin" {
		t.Errorf("%d routes tried, signed in as %q", tried, admin.user())
	}
	if n := s.count(`select count(*) from auth.user where login = 'new'`); n != 0 {
		t.Error("an account was made")
	}
}

// An identity moves only when that is confirmed; who signed on by it before is
// then out of the account it left.
func TestIdentityMoves(t *testing.T) {
	p := newIDProvider(t)
	roles := idRoles()
	roles["land-admins"] = geo.RoleAdmin
	s := newSite(t, village(), func(c *Config) {
		c.OIDC = &OIDC{Issuer: p.http.URL, ClientID: idClient, ClientSecret: idSecret, Roles: roles}
	})
	p.redirects = []string{s.http.URL + "/auth/oidc/callback"}
	p.inToken = true
	signOn := func(who idPerson) *visitor {
		p.mu.Lock()
		p.now = who
		p.mu.Unlock()
		v := s.visitor()
		v.get("/auth/oidc?next=%2F")
		return v
	}
	wang := idPerson{"sub-1", "王伟", "wangwei", []string{"land-readers"}}
	before := signOn(wang)
	if before.user() != "wangwei" {
		t.Fatalf("signed on as %q", before.user())
	}
	admin := s.as(geo.RoleAdmin)
	admin.want(409, "PATCH", "/api/users/viewer", `{"name":"half","identity":{"subject":"sub-1"}}`, nil, "If-Match", `"v1"`)
	if before.user() != "wangwei" || s.count(`select count(*) from auth.user where name = 'half'`) != 0 {
		t.Error("a refused move did something")
	}
	admin.want(200, "PATCH", "/api/users/viewer", `{"identity":{"subject":"sub-1"},"move":true}`, nil, "If-Match", `"v1"`)
	time.Sleep(trustSession)
	if login := before.user(); login != "" {
		t.Errorf("who signed on before the move is still %q", login)
	}
	if login := signOn(wang).user(); login != "viewer" {
		t.Errorf("after the move the person is %q", login)
	}
	if n := s.count(`select count(*) from land.event where code = 'wangwei' and verb = 'struck' and data ->> 'after' = 'viewer'`); n != 1 {
		t.Errorf("%d events tell it of the account that it left", n)
	}

	// The last administrator keeps the role, whatever the groups say.
	admin.want(200, "PATCH", "/api/users/admin", `{"identity":{"subject":"sub-9"}}`, nil, "If-Match", `"v1"`)
	chief := signOn(idPerson{"sub-9", "主任", "chief", []string{"land-readers"}})
	if u, err := s.store.User(t.Context(), "admin"); err != nil || chief.user() != "admin" || u.Role != geo.RoleAdmin {
		t.Errorf("the last administrator is %q, %+v, %v", chief.user(), u, err)
	}
	if !strings.Contains(s.log.String(), "last administrator keeps the role") {
		t.Error("the log does not tell it")
	}
}
