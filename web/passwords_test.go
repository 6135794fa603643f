package web

import (
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

func TestOwnPassword(t *testing.T) {
	s := newSite(t, village(), nil)
	v, other := s.as(geo.RoleViewer), s.as(geo.RoleViewer)
	if other.user() != "viewer" {
		t.Fatal("not signed in")
	}
	for body, field := range map[string]string{
		`{"current":"pass-viewer","password":"short"}`:                           "at least 10",
		`{"current":"pass-viewer","password":"1234567890"}`:                      "guessed",
		`{"current":"pass-viewer","password":"the viewer of the lake"}`:          "login",
		`{"current":"wrong","password":"a lake with nine bends"}`:                "your password",
		`{"current":"","password":"a lake with nine bends"}`:                     "present password",
		`{"current":"pass-viewer","password":"a lake with nine bends","x":1}`:    "expected",
		`{"current":"pass-viewer","password":"pass-viewer pass"}`:                "login",
		`{"current":"pass-viewer","password":"` + strings.Repeat("长", 86) + `"}`: "at most",
	} {
		if res, text := v.send("PUT", "/api/account/password", body, nil, "Accept-Language", "en"); res.StatusCode != 400 || !strings.Contains(text, field) {
			t.Errorf("%s: %d %s", body, res.StatusCode, text)
		}
	}
	before := v.cookie()
	v.want(204, "PUT", "/api/account/password", `{"current":"pass-viewer","password":"a lake with nine bends"}`, nil)
	if v.user() != "viewer" || v.cookie().Value == before.Value {
		t.Errorf("the session of the change: %q", v.user())
	}
	time.Sleep(trustSession)
	if other.user() != "" {
		t.Error("another session outlives the password")
	}
	if res, _ := s.visitor().signIn("viewer", "pass-viewer"); res.StatusCode != 401 {
		t.Errorf("the old password: %d", res.StatusCode)
	}
	if res, _ := s.visitor().signIn("viewer", "a lake with nine bends"); res.StatusCode != 200 {
		t.Errorf("the new password: %d", res.StatusCode)
	}
	if n := s.count(`select count(*) from land.event where entity = 'account' and code = 'viewer' and actor = 'viewer' and data::text like '%password%'`); n != 1 {
		t.Errorf("%d events of the new password", n)
	}
}

func TestNewPasswordRules(t *testing.T) {
	for _, bad := range []string{
		"", "ninechars", "aaaaaaaaaaaa", "abababababab", "0123456789", "qwertyuiop", "Password123", "P@ssword2026!", "1234567890a", "1qaz2wsx3edc",
		"woaini1314520", "tengdi2026!!", "岳阳岳阳岳阳岳阳岳阳", "a\x00bcdefghijkl", "wangwei-2026-x", strings.Repeat("ab9", 100),
	} {
		if err := CheckNewPassword("wangwei", bad); kindOf(err) != geo.Invalid {
			t.Errorf("%q is taken: %v", bad, err)
		}
	}
	for _, good := range []string{"洞庭湖边有九道弯的路啊", "correct horse battery", "x7-Rk2pQ_vb", "tengdi-planner"} {
		if err := CheckNewPassword("wangwei", good); err != nil {
			t.Errorf("%q is refused: %v", good, err)
		}
	}
}

// A hash of other costs is made anew at the next sign-in, and says ours then (T-20).
func TestRehashAtSignIn(t *testing.T) {
	s := newSite(t, village(), nil)
	s.server.logins.params = ownParams()
	stored := func() (hash string) {
		u, err := s.store.User(t.Context(), "viewer")
		if err != nil {
			t.Fatal(err)
		}
		return u.Hash
	}
	if !strings.Contains(stored(), "m=8,t=1,p=1") {
		t.Fatalf("the account begins with %s", stored())
	}
	if res, _ := s.visitor().signIn("viewer", "wrong"); res.StatusCode != 401 || !strings.Contains(stored(), "m=8,") {
		t.Errorf("a wrong password: %d, %s", res.StatusCode, stored())
	}
	v := s.visitor()
	if res, _ := v.signIn("viewer", "pass-viewer"); res.StatusCode != 200 || v.user() != "viewer" {
		t.Errorf("signed in: %d, %q", res.StatusCode, v.user())
	}
	if !strings.HasPrefix(stored(), "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Errorf("the account ends with %s", stored())
	}
	if n := s.count(`select count(*) from land.event where entity = 'account' and verb = 'corrected'`); n != 0 {
		t.Errorf("%d events tell of it", n)
	}
}
