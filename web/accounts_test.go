package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tengdi/geo"
)

// send makes one request with a JSON body and reads the answer into into, when
// that is not nil and the request succeeded.
func (v *visitor) send(method, path, body string, into any, headers ...string) (*http.Response, string) {
	v.site.t.Helper()
	if body != "" {
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	res, text := v.do(method, path, strings.NewReader(body), headers...)
	if into != nil && res.StatusCode < 300 {
		if err := json.Unmarshal(text, into); err != nil {
			v.site.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return res, string(text)
}

// want makes one request and fails unless it has the status.
func (v *visitor) want(status int, method, path, body string, into any, headers ...string) string {
	v.site.t.Helper()
	res, text := v.send(method, path, body, into, headers...)
	if res.StatusCode != status {
		v.site.t.Fatalf("%s %s %s: %d %s, want %d", method, path, body, res.StatusCode, text, status)
	}
	return text
}

// signIn gives login and password, with no more than that.
func (v *visitor) signIn(login, password string) (*http.Response, sessionAnswer) {
	v.site.t.Helper()
	var a sessionAnswer
	res, _ := v.send("POST", "/api/session", fmt.Sprintf(`{"login":%q,"password":%q}`, login, password), &a)
	return res, a
}

// codeAt is the code of a secret at a time.
func codeAt(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// enrol begins and confirms a second factor.
func (v *visitor) enrol(at time.Time) (secret string, recovery []string) {
	v.site.t.Helper()
	var begun struct{ Secret, URL, QR string }
	v.want(200, "POST", "/api/account/totp", "", &begun)
	var done struct{ Recovery []string }
	v.want(200, "PUT", "/api/account/totp", `{"code":"`+codeAt(v.site.t, begun.Secret, at)+`"}`, &done)
	return begun.Secret, done.Recovery
}

// A role that must have a second factor can do nothing but begin one, and
// nothing but give its code.
func TestSecondFactorIsAskedFor(t *testing.T) {
	c := newClock()
	c.at = time.Now()
	s := newSite(t, village(), func(cfg *Config) { cfg.Now, cfg.TwoFactor = c.now, true })
	v := s.visitor()
	res, a := v.signIn("leader", "pass-leader")
	if res.StatusCode != 200 || a.User != nil || a.Need != needEnrol {
		t.Fatalf("a leader without a second factor: %d %+v", res.StatusCode, a)
	}
	if res.Header.Get("Set-Cookie") == "" || strings.Contains(strings.Join(res.Header.Values("Set-Cookie"), ";"), "device") {
		t.Errorf("cookies after the password alone: %v", res.Header.Values("Set-Cookie"))
	}
	nothing := func(when string) {
		t.Helper()
		for path, want := range map[string]int{"/tiles/staff.json": 401, "/api/account": 401, "/api/tokens": 401, "/api/live?tileset=staff": 401, "/api/collections/buildings": 404} {
			if res, _ := v.get(path); res.StatusCode != want {
				t.Errorf("%s: %s is %d", when, path, res.StatusCode)
			}
		}
		if v.user() != "" {
			t.Errorf("%s: signed in", when)
		}
	}
	nothing("before the second factor was begun")
	v.want(401, "POST", "/api/session/totp", `{"code":"123456"}`, nil)

	var begun struct{ Secret, URL, QR string }
	text := v.want(200, "POST", "/api/account/totp", "", &begun)
	if u, err := url.Parse(begun.URL); err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Query().Get("secret") != begun.Secret || u.Path != "/腾地 岳阳楼区:leader" {
		t.Errorf("the address is %s", begun.URL)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(begun.QR, "data:image/png;base64,"))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if picture, err := png.Decode(strings.NewReader(string(raw))); err != nil || picture.Bounds().Dx() < 200 {
		t.Errorf("the QR code: %v", err)
	}
	v.want(400, "PUT", "/api/account/totp", `{"code":"000000"}`, nil)
	nothing("before the first code")
	early := v.cookie()
	var done struct{ Recovery []string }
	v.want(200, "PUT", "/api/account/totp", `{"code":"`+codeAt(t, begun.Secret, c.at)+`"}`, &done)
	if len(done.Recovery) != geo.RecoveryCodes || v.user() != "leader" {
		t.Fatalf("after the first code: %v, user %q", done.Recovery, v.user())
	}
	if v.cookie().Value == early.Value {
		t.Error("the token of before the second factor is that of after")
	}

	// The next sign-in asks for the code, and takes each once.
	v = s.visitor()
	if _, a := v.signIn("leader", "pass-leader"); a.User != nil || a.Need != needCode {
		t.Fatalf("after enrolment: %+v", a)
	}
	nothing("before the code")
	v.want(401, "POST", "/api/account/totp", "", nil) // another cannot be begun with the password alone
	v.want(401, "POST", "/api/session/totp", `{"code":"`+codeAt(t, begun.Secret, c.at)+`"}`, nil)
	c.advance(30 * time.Second)
	code := codeAt(t, begun.Secret, c.at)
	v.want(200, "POST", "/api/session/totp", `{"code":"`+code[:3]+" "+code[3:]+`"}`, nil)
	if v.user() != "leader" {
		t.Error("the code does not sign in")
	}
	again := s.visitor()
	again.signIn("leader", "pass-leader")
	again.want(401, "POST", "/api/session/totp", `{"code":"`+code+`"}`, nil)
}

// Codes of one step either side are taken, others not.
func TestCodeSteps(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	for off, want := range map[time.Duration]bool{0: true, -30 * time.Second: true, 30 * time.Second: true, -60 * time.Second: false, 60 * time.Second: false} {
		step, ok := stepOf(secret, codeAt(t, secret, at.Add(off)), at)
		if ok != want || ok && step != at.Add(off).Unix()/30 {
			t.Errorf("a code of %v: step %d, %v", off, step, ok)
		}
	}
	for _, code := range []string{"", "0", "1234567", "abcdef", "١٢٣٤٥٦"} {
		if _, ok := stepOf(secret, code, at); ok {
			t.Errorf("%q is a code", code)
		}
	}
}

func TestRecoveryCodes(t *testing.T) {
	c := newClock()
	c.at = time.Now()
	s := newSite(t, village(), func(cfg *Config) { cfg.Now = c.now })
	_, codes := s.as(geo.RolePlanner).enrol(c.at)
	if len(slices.Compact(slices.Sorted(slices.Values(codes)))) != 10 {
		t.Fatalf("the codes are %v", codes)
	}
	for _, code := range codes {
		if n := s.count(`select count(*) from auth.user where recovery::text like '%' || $1 || '%'`, plainCode(code)); n != 0 || len(code) != 19 {
			t.Errorf("the code %s is stored as it is, or short", code)
		}
	}
	v := s.visitor()
	v.signIn("planner", "pass-planner")
	v.want(200, "POST", "/api/session/totp", `{"recovery":"`+strings.ToUpper(codes[3])+`"}`, nil)
	if v.user() != "planner" {
		t.Error("a recovery code does not sign in")
	}
	var own accountAnswer
	v.read("/api/account", &own)
	if own.SecondFactor.Recovery != 9 || !own.SecondFactor.On {
		t.Errorf("the account says %+v", own.SecondFactor)
	}
	v = s.visitor()
	v.signIn("planner", "pass-planner")
	v.want(401, "POST", "/api/session/totp", `{"recovery":"`+codes[3]+`"}`, nil)
	v.want(400, "POST", "/api/session/totp", `{}`, nil)
	v.want(400, "POST", "/api/session/totp", `{"code":"1","recovery":"2"}`, nil)
}

// Who has the password has ten tries at the code, and then one in three minutes,
// from however many addresses.
func TestCodesCannotBeGuessed(t *testing.T) {
	c := newClock()
	l, _ := cheapLogins(t, c)
	tried := 0
	wrong := func() (bool, error) { tried++; return false, nil }
	for i := range 10_000 {
		c.advance(6 * time.Millisecond)
		_ = l.checkCode(fmt.Sprint("a", i), "", "leader", wrong)
	}
	if tried > 11 {
		t.Errorf("%d codes were tried in a minute", tried)
	}
	// The owner on a known device has tries that this does not touch.
	if err := l.checkCode("office", "device", "leader", func() (bool, error) { return true, nil }); err != nil {
		t.Errorf("the owner on a known device: %v", err)
	}
}

// A pending sign-in is worth ten minutes.
func TestPendingSignInEnds(t *testing.T) {
	c := newClock()
	c.at = time.Now()
	s := newSite(t, village(), func(cfg *Config) { cfg.Now = c.now })
	secret, _ := s.as(geo.RolePlanner).enrol(c.at)
	v := s.visitor()
	v.signIn("planner", "pass-planner")
	c.advance(pendingTime + time.Second)
	v.want(401, "POST", "/api/session/totp", `{"code":"`+codeAt(t, secret, c.at)+`"}`, nil)
}

// Beginning a second factor shuts the sessions that did not show it; a reset by
// an administrator lets the owner begin again.
func TestSecondFactorShutsOtherSessions(t *testing.T) {
	c := newClock()
	c.at = time.Now()
	s := newSite(t, village(), func(cfg *Config) { cfg.Now, cfg.TwoFactor = c.now, true })
	here, there := s.as(geo.RolePlanner), s.as(geo.RolePlanner)
	secret, _ := here.enrol(c.at)
	c.advance(trustSession)
	if here.user() != "planner" || there.user() != "" {
		t.Errorf("here %q, there %q", here.user(), there.user())
	}
	here.want(409, "POST", "/api/account/totp", "", nil)
	c.advance(time.Minute)
	code := codeAt(t, secret, c.at)
	here.want(400, "DELETE", "/api/account/totp", `{"password":"wrong password","code":"`+code+`"}`, nil)
	here.want(400, "DELETE", "/api/account/totp", `{"password":"pass-planner","code":"000000"}`, nil)
	here.want(204, "DELETE", "/api/account/totp", `{"password":"pass-planner","code":"`+code+`"}`, nil)
	if here.user() != "planner" {
		t.Error("a planner may be without a second factor")
	}
	// A leader's, taken off, leaves nothing but to begin another.
	v := s.visitor()
	v.signIn("leader", "pass-leader")
	v.enrol(c.at)
	if err := s.store.EndTOTP(t.Context(), geo.Actor{Login: "admin", Role: geo.RoleAdmin}, "leader", 0); err != nil {
		t.Fatal(err)
	}
	c.advance(trustSession)
	var a sessionAnswer
	v.read("/api/session", &a)
	if a.User != nil || a.Need != needEnrol {
		t.Errorf("after a reset: %+v", a)
	}
	v.enrol(c.at)
	if v.user() != "leader" {
		t.Error("another second factor cannot be begun")
	}
}
