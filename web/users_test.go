package web

import (
	"encoding/json"
	"strings"
	"testing"

	"tengdi/geo"
)

func TestAccountsAreKept(t *testing.T) {
	s := newSite(t, village(), nil)
	admin := s.as(geo.RoleAdmin)
	var list struct{ Users []userAnswer }
	text := admin.want(200, "GET", "/api/users", "", &list)
	if len(list.Users) != len(geo.Roles()) || strings.Contains(text, "argon2id") {
		t.Fatalf("the accounts: %s", text)
	}
	var made userAnswer
	admin.want(201, "POST", "/api/users", `{"login":"wangwei","name":"王伟","role":"field","password":"nine bends of a lake"}`, &made)
	if made.Login != "wangwei" || made.Role != geo.RoleField || made.Version != 1 || !made.HasPassword || made.Disabled {
		t.Errorf("made: %+v", made)
	}
	for body, status := range map[string]int{
		`{"login":"wangwei","role":"field","password":"nine bends of a lake"}`: 409,
		`{"login":"WangWei","role":"field","password":"nine bends of a lake"}`: 400,
		`{"login":"li","role":"king","password":"nine bends of a lake"}`:       400,
		`{"login":"li","role":"system","password":"nine bends of a lake"}`:     400,
		`{"login":"li","role":"field","password":"short"}`:                     400,
		`{"login":"li","role":"field"}`:                                        400,
		`{"login":"","role":"field","password":"nine bends of a lake"}`:        400,
	} {
		admin.want(status, "POST", "/api/users", body, nil)
	}
	v := s.visitor()
	if res, a := v.signIn("wangwei", "nine bends of a lake"); res.StatusCode != 200 || a.User == nil || a.User.Role != geo.RoleField {
		t.Fatalf("the new account: %d", res.StatusCode)
	}
	admin.want(428, "PATCH", "/api/users/wangwei", `{"name":"x"}`, nil)
	admin.want(404, "PATCH", "/api/users/nobody", `{"name":"x"}`, nil, "If-Match", `"v1"`)
	var now userAnswer
	admin.want(200, "PATCH", "/api/users/wangwei", `{"role":"planner","name":"王 伟"}`, &now, "If-Match", `"v1"`)
	if now.Role != geo.RolePlanner || now.Name != "王 伟" || now.Version != 2 {
		t.Errorf("changed: %+v", now)
	}
	res, stale := admin.send("PATCH", "/api/users/wangwei", `{"name":"y"}`, nil, "If-Match", `"v1"`)
	var p struct {
		Current userAnswer
		Version int
	}
	if err := json.Unmarshal([]byte(stale), &p); err != nil || res.StatusCode != 412 || p.Current.Name != "王 伟" || p.Current.Version != 2 || res.Header.Get("ETag") != `"v2"` {
		t.Errorf("somebody was faster: %d %s", res.StatusCode, stale)
	}
	admin.want(400, "PATCH", "/api/users/wangwei", `{"password":"short"}`, nil, "If-Match", `"v2"`)
	admin.want(200, "PATCH", "/api/users/wangwei", `{"password":"another lake, eight bends"}`, &now, "If-Match", `"v2"`)
	if res, _ := s.visitor().signIn("wangwei", "another lake, eight bends"); res.StatusCode != 200 {
		t.Errorf("the password that was set: %d", res.StatusCode)
	}
	admin.want(200, "PATCH", "/api/users/wangwei", `{"identity":{"issuer":"https://id.example","subject":"42"}}`, &now, "If-Match", `"v3"`)
	if len(now.Identities) != 1 || now.Identities[0].Subject != "42" {
		t.Errorf("tied: %+v", now)
	}
	admin.want(409, "PATCH", "/api/users/admin", `{"role":"viewer"}`, nil, "If-Match", `"v1"`)
	admin.want(409, "PATCH", "/api/users/admin", `{"disabled":true}`, nil, "If-Match", `"v1"`)
	if n := s.count(`select count(*) from land.event where entity = 'account' and code = 'wangwei' and actor = 'admin'`); n != 4 {
		t.Errorf("%d events tell of it", n)
	}
}

// A second factor that was lost is taken off by an administrator.
func TestSecondFactorIsReset(t *testing.T) {
	c := newClock()
	s := newSite(t, village(), func(cfg *Config) { cfg.Now = c.now })
	s.as(geo.RoleLeader).enrol(c.at)
	admin := s.as(geo.RoleAdmin)
	var u userAnswer
	admin.want(200, "PATCH", "/api/users/leader", `{"reset_second_factor":true}`, &u, "If-Match", `"v2"`)
	if u.SecondFactor || u.Version != 3 {
		t.Errorf("after the reset: %+v", u)
	}
	if v := s.as(geo.RoleLeader); v.user() != "leader" {
		t.Error("the password alone does not do")
	}
}
