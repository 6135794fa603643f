package web

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// fakeProvider is an identity provider that answers with what a test gives it.
type fakeProvider struct {
	http *httptest.Server
	key  *rsa.PrivateKey
	raw  string         // the ID token of the next exchange
	info map[string]any // of the user info
	form url.Values     // of the last exchange
}

func newFakeProvider(t *testing.T) *fakeProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &fakeProvider{key: key}
	mux := http.NewServeMux()
	say := func(path string, v func(r *http.Request) any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(v(r))
		})
	}
	say("/.well-known/openid-configuration", func(*http.Request) any {
		at := p.http.URL
		return map[string]any{
			"issuer": at, "authorization_endpoint": at + "/authorize", "token_endpoint": at + "/token", "jwks_uri": at + "/keys", "userinfo_endpoint": at + "/info",
			// It would have us take anything.
			"id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"},
		}
	})
	say("/keys", func(*http.Request) any {
		return map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "kid": "one", "use": "sig", "n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		}}}
	})
	say("/info", func(*http.Request) any { return p.info })
	say("/token", func(r *http.Request) any {
		_ = r.ParseForm()
		p.form = r.Form
		return map[string]any{"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": p.raw}
	})
	p.http = httptest.NewServer(mux)
	t.Cleanup(p.http.Close)
	return p
}

// jwt makes a token of a header and claims; sign makes its last part.
func jwt(header, claims map[string]any, sign func(signed string) []byte) string {
	part := func(v any) string {
		b, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	signed := part(header) + "." + part(claims)
	return signed + "." + base64.RawURLEncoding.EncodeToString(sign(signed))
}

func rs256(key *rsa.PrivateKey) func(string) []byte {
	return func(signed string) []byte {
		sum := sha256.Sum256([]byte(signed))
		sig, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		return sig
	}
}

func hs256(secret []byte) func(string) []byte {
	return func(signed string) []byte {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(signed))
		return h.Sum(nil)
	}
}

// Each way a token can be wrong is refused: there is no session, and no account
// is made (T-22). The one good token shows that the others fail for their fault.
func TestHostileProvider(t *testing.T) {
	p := newFakeProvider(t)
	s := newSite(t, village(), func(c *Config) {
		c.OIDC = &OIDC{Issuer: p.http.URL, ClientID: idClient, ClientSecret: idSecret, Roles: idRoles()}
	})
	s.server.oidc.calls = newBuckets(1e6, 1e6, 10, time.Now)
	admin := geo.Actor{Login: "admin", Role: geo.RoleAdmin, Source: geo.FromUI}
	if err := s.store.AddIdentity(t.Context(), admin, geo.Identity{Issuer: p.http.URL, Subject: "planner-sub", Login: "planner"}, false); err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&p.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	type token struct {
		header, claims map[string]any
		sign           func(string) []byte
	}
	begin := func() (v *visitor, state, nonce string) {
		t.Helper()
		v = s.visitor()
		v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res, _ := v.get("/auth/oidc")
		to, err := url.Parse(res.Header.Get("Location"))
		if err != nil || res.StatusCode != 303 || to.Path != "/authorize" {
			t.Fatalf("%d to %s: %v", res.StatusCode, to, err)
		}
		q := to.Query()
		if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 20 || len(q.Get("nonce")) < 20 ||
			q.Get("redirect_uri") != s.http.URL+"/auth/oidc/callback" || q.Get("client_id") != idClient || q.Get("response_type") != "code" {
			t.Fatalf("the provider is asked %v", q)
		}
		return v, q.Get("state"), q.Get("nonce")
	}
	good := func(nonce string) token {
		return token{
			map[string]any{"alg": "RS256", "kid": "one"},
			map[string]any{"iss": p.http.URL, "aud": idClient, "sub": "planner-sub", "nonce": nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "groups": []string{"land-planners"}},
			rs256(p.key),
		}
	}
	_, _, oldNonce := begin()
	cases := map[string]func(tk *token){
		"good":                      func(*token) {},
		"good, for us of two":       func(tk *token) { tk.claims["aud"], tk.claims["azp"] = []string{"x", idClient}, idClient },
		"alg none":                  func(tk *token) { tk.header["alg"], tk.sign = "none", func(string) []byte { return nil } },
		"alg none, signed":          func(tk *token) { tk.header["alg"] = "none" },
		"HS256 with the public PEM": func(tk *token) { tk.header["alg"], tk.sign = "HS256", hs256(public) },
		"HS256 with the public DER": func(tk *token) { tk.header["alg"], tk.sign = "HS256", hs256(der) },
		"HS256 with the modulus":    func(tk *token) { tk.header["alg"], tk.sign = "HS256", hs256(p.key.N.Bytes()) },
		"HS256 with our secret":     func(tk *token) { tk.header["alg"], tk.sign = "HS256", hs256([]byte(idSecret)) },
		"another key":               func(tk *token) { tk.sign = rs256(other) },
		"another key of its own":    func(tk *token) { tk.header["kid"], tk.sign = "two", rs256(other) },
		"a key in the header": func(tk *token) {
			tk.header["jwk"] = map[string]any{"kty": "RSA", "n": base64.RawURLEncoding.EncodeToString(other.N.Bytes()), "e": "AQAB"}
			tk.sign = rs256(other)
		},
		"a broken signature":      func(tk *token) { tk.sign = func(x string) []byte { sig := rs256(p.key)(x); sig[0] ^= 1; return sig } },
		"for somebody else":       func(tk *token) { tk.claims["aud"] = "another" },
		"for two, unsaid to whom": func(tk *token) { tk.claims["aud"] = []string{idClient, "another"} },
		"given to somebody else":  func(tk *token) { tk.claims["azp"] = "another" },
		"for nobody":              func(tk *token) { delete(tk.claims, "aud") },
		"of another issuer":       func(tk *token) { tk.claims["iss"] = "https://evil.example" },
		"of nearly the issuer":    func(tk *token) { tk.claims["iss"] = p.http.URL + "/" },
		"a nonce of another time": func(tk *token) { tk.claims["nonce"] = oldNonce },
		"no nonce":                func(tk *token) { delete(tk.claims, "nonce") },
		"expired":                 func(tk *token) { tk.claims["exp"] = time.Now().Add(-time.Minute).Unix() },
		"without an end":          func(tk *token) { delete(tk.claims, "exp") },
		"not yet":                 func(tk *token) { tk.claims["nbf"] = time.Now().Add(time.Hour).Unix() },
		"of nobody":               func(tk *token) { delete(tk.claims, "sub") },
		"another access token":    func(tk *token) { tk.claims["at_hash"] = "x" },
		"no group":                func(tk *token) { tk.claims["groups"] = []string{} },
		"a group that is no text": func(tk *token) { tk.claims["groups"] = map[string]any{"land-planners": true} },
		"info of somebody else": func(tk *token) {
			delete(tk.claims, "groups")
			p.info = map[string]any{"sub": "boss", "groups": []string{"land-planners"}}
		},
	}
	accounts := s.count(`select count(*) from auth.user`)
	for name, spoil := range cases {
		v, state, nonce := begin()
		tk := good(nonce)
		p.info = map[string]any{"sub": "planner-sub"}
		spoil(&tk)
		p.raw = jwt(tk.header, tk.claims, tk.sign)
		res, _ := v.get("/auth/oidc/callback?code=c&state=" + state)
		to, user := res.Header.Get("Location"), v.user()
		if strings.HasPrefix(name, "good") {
			if user != "planner" || to != "/" || p.form.Get("code_verifier") == "" {
				t.Errorf("%s: %q to %s\n%s", name, user, to, s.log)
			}
			continue
		}
		if user != "" || v.cookie() != nil || res.StatusCode != 303 || !strings.HasPrefix(to, "/signin?sso=") {
			t.Errorf("%s: user %q, %d to %s", name, user, res.StatusCode, to)
		}
	}
	if n := s.count(`select count(*) from auth.user`); n != accounts {
		t.Errorf("%d accounts were made", n-accounts)
	}

	// The mail address and the name of somebody else's account open nothing.
	v, state, nonce := begin()
	tk := good(nonce)
	tk.claims["sub"], tk.claims["email"], tk.claims["email_verified"], tk.claims["preferred_username"] = "thief", "planner@example.cn", true, "planner"
	p.raw = jwt(tk.header, tk.claims, tk.sign)
	v.get("/auth/oidc/callback?code=c&state=" + state)
	if user := v.user(); user == "planner" || !strings.HasPrefix(user, "u-") {
		t.Errorf("a thief of an address is %q", user)
	}

	// What the browser brings back must be its own, and is taken once.
	refused := func(name string, v *visitor, query string) {
		t.Helper()
		if res, _ := v.get("/auth/oidc/callback?" + query); v.user() != "" || !strings.HasPrefix(res.Header.Get("Location"), "/signin?sso=") {
			t.Errorf("%s: %q, %d to %s", name, v.user(), res.StatusCode, res.Header.Get("Location"))
		}
	}
	v, state, nonce = begin()
	tk = good(nonce)
	p.raw = jwt(tk.header, tk.claims, tk.sign)
	stranger := s.visitor()
	stranger.client.CheckRedirect = v.client.CheckRedirect
	refused("another browser", stranger, "code=c&state="+state)
	refused("another state", v, "code=c&state=x"+state)
	refused("a second try after a wrong one", v, "code=c&state="+state)
	v, state, _ = begin()
	refused("a mix-up of issuers", v, "code=c&state="+state+"&iss=https%3A%2F%2Fevil.example")
	v, state, _ = begin()
	refused("an error", v, "error=access_denied&state="+state)
	p.http.Close()
	v, state, _ = begin()
	refused("a provider that is away", v, "code=c&state="+state)
}
