package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
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

// Somebody who hammers a login from many addresses, also with a device cookie of
// their own making, does not stop its owner on a device that signed in before;
// and few of the tries are hashed (T-21).
func TestKnownDeviceIsNotKeptOut(t *testing.T) {
	s := newSite(t, village(), func(c *Config) {
		c.TrustedProxies = anyProxy(t)
		c.Limits = Limits{RequestsPerSecond: 1e6, RequestBurst: 1e6}
	})
	owner := s.as(geo.RolePlanner)
	if res, _ := owner.do("DELETE", "/api/session", nil); res.StatusCode != 204 {
		t.Fatal("not signed out")
	}
	answers := map[int]int{}
	for i := range 400 {
		attacker := s.visitor()
		res, _ := attacker.send("POST", "/api/session", `{"login":"planner","password":"guess"}`, nil,
			"X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", i/250, i%250), "Cookie", "tengdi-device="+strings.Repeat("a", 64))
		answers[res.StatusCode]++
	}
	if answers[401] > 80 || answers[429] < 300 { // the bound of a minute for tries from ever new addresses
		t.Errorf("the attacker's answers: %v", answers)
	}
	stranger := s.visitor()
	if res, _ := stranger.send("POST", "/api/session", `{"login":"planner","password":"pass-planner"}`, nil, "X-Forwarded-For", "203.0.113.1"); res.StatusCode != 429 {
		t.Errorf("an unknown device meanwhile: %d; the attack is none", res.StatusCode)
	}
	if res, a := owner.signIn("planner", "pass-planner"); res.StatusCode != 200 || a.User == nil {
		t.Errorf("the owner on a known device: %d", res.StatusCode)
	}
	// The device's own tries are few, too.
	thief := map[int]int{}
	for range 20 {
		res, _ := owner.signIn("planner", "guess")
		thief[res.StatusCode]++
	}
	if thief[401] > 5 {
		t.Errorf("tries with a known device: %v", thief)
	}
}

// Two hundred sign-ins at once take the memory of two, and the rest hear to come
// back (T-20).
func TestManySignInsAtOnce(t *testing.T) {
	s := newSite(t, village(), func(c *Config) {
		c.TrustedProxies = anyProxy(t)
		c.Limits = Limits{RequestsPerSecond: 1e6, RequestBurst: 1e6}
	})
	s.server.logins.params = ownParams()
	full, err := HashPassword("pass-viewer")
	if err != nil {
		t.Fatal(err)
	}
	s.exec(`update auth.user set hash = $1 where login = 'viewer'`, full)
	stop, most := make(chan struct{}), make(chan uint64)
	runtime.GC()
	go func() {
		var top uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapInuse)
			select {
			case <-stop:
				most <- top
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	var mu sync.Mutex
	answers := map[int]int{}
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			res, _ := s.visitor().send("POST", "/api/session", fmt.Sprintf(`{"login":"nobody-%d","password":"pass-viewer"}`, i), nil, "X-Forwarded-For", fmt.Sprint("198.51.100.", i))
			mu.Lock()
			answers[res.StatusCode]++
			mu.Unlock()
		})
	}
	all.Wait()
	close(stop)
	if top := <-most; top > 600<<20 {
		t.Errorf("the heap grew to %d MiB", top>>20)
	}
	if answers[401]+answers[429] != 200 || answers[429] < 100 || answers[401] < hashesAtOnce {
		t.Errorf("answers: %v", answers)
	}
}

// Another server, on the same database, believes a session for a second more at
// most after it ended here (T-19).
func TestSessionsEndOnOtherServers(t *testing.T) {
	s := newSite(t, village(), nil)
	second, err := New(s.server.cfg)
	if err != nil {
		t.Fatal(err)
	}
	other := httptest.NewServer(second.Handler())
	defer other.Close()
	v := s.as(geo.RoleViewer)
	there := func() int {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", other.URL+"/tiles/staff.json", nil)
		r.AddCookie(&http.Cookie{Name: "tengdi", Value: v.cookie().Value})
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	token := v.cookie()
	if there() != 200 {
		t.Fatal("the session does not hold on the other server")
	}
	if res, _ := v.do("DELETE", "/api/session", nil); res.StatusCode != 204 {
		t.Fatal("not signed out")
	}
	jar, _ := cookiejar.New(nil)
	at, _ := url.Parse(s.http.URL)
	jar.SetCookies(at, []*http.Cookie{token})
	v.client.Jar = jar
	began := time.Now()
	for there() == 200 {
		if time.Since(began) > 2*time.Second {
			t.Fatal("the session outlives its sign-out by two seconds")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if second.sessions.known == s.server.sessions.known {
		t.Error("the two servers share their memory: this shows nothing")
	}
}
