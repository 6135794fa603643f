package web

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tengdi/geo"
)

// idPerson is somebody at the test's identity provider.
type idPerson struct {
	subject, name, username string
	groups                  []string
}

// idProvider is a whole identity provider, run by a library that others run
// theirs by: discovery, authorisation with PKCE, tokens, keys and user info. Its
// sign-in page signs in whoever now is, without asking.
type idProvider struct {
	op.Storage // of what is not overridden nothing is used
	http       *httptest.Server
	op         op.OpenIDProvider
	key        *rsa.PrivateKey
	redirects  []string
	inToken    bool // the groups are in the ID token, else in the user info only

	mu       sync.Mutex
	now      idPerson
	requests map[string]*idRequest
	codes    map[string]string
}

const idClient, idSecret = "tengdi", "a secret of the client"

func newIDProvider(t *testing.T) *idProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &idProvider{key: key, requests: map[string]*idRequest{}, codes: map[string]string{}}
	p.http = httptest.NewUnstartedServer(nil)
	p.http.Start()
	t.Cleanup(p.http.Close)
	config := &op.Config{CryptoKey: [32]byte{1}, CodeMethodS256: true, SupportedClaims: []string{"sub", "name", "groups"}}
	p.op, err = op.NewProvider(config, p, op.StaticIssuer(p.http.URL), op.WithAllowInsecure())
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("id")
		p.mu.Lock()
		if q := p.requests[id]; q != nil {
			q.person, q.done = p.now, true
		}
		p.mu.Unlock()
		http.Redirect(w, r, op.AuthCallbackURL(p.op)(op.ContextWithIssuer(r.Context(), p.http.URL), id), http.StatusFound)
	})
	mux.Handle("/", p.op)
	p.http.Config.Handler = mux
	return p
}

// idRequest is one authorisation under way.
type idRequest struct {
	*oidc.AuthRequest
	id     string
	person idPerson
	done   bool
}

func (r *idRequest) GetID() string          { return r.id }
func (r *idRequest) GetACR() string         { return "" }
func (r *idRequest) GetAMR() []string       { return []string{"pwd"} }
func (r *idRequest) GetAudience() []string  { return []string{r.ClientID} }
func (r *idRequest) GetAuthTime() time.Time { return time.Now() }
func (r *idRequest) GetClientID() string    { return r.ClientID }
func (r *idRequest) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}
}
func (r *idRequest) GetNonce() string                   { return r.Nonce }
func (r *idRequest) GetRedirectURI() string             { return r.RedirectURI }
func (r *idRequest) GetResponseType() oidc.ResponseType { return r.ResponseType }
func (r *idRequest) GetResponseMode() oidc.ResponseMode { return r.ResponseMode }
func (r *idRequest) GetScopes() []string                { return r.Scopes }
func (r *idRequest) GetState() string                   { return r.State }
func (r *idRequest) GetSubject() string                 { return r.person.subject }
func (r *idRequest) Done() bool                         { return r.done }

func (p *idProvider) CreateAuthRequest(_ context.Context, a *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a.CodeChallenge == "" || a.CodeChallengeMethod != oidc.CodeChallengeMethodS256 || a.Nonce == "" || a.State == "" {
		return nil, errors.New("a challenge, a nonce and a state are needed")
	}
	r := &idRequest{AuthRequest: a, id: rand.Text()}
	p.requests[r.id] = r
	return r, nil
}

func (p *idProvider) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r, ok := p.requests[id]; ok {
		return r, nil
	}
	return nil, errors.New("no such request")
}

func (p *idProvider) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	p.mu.Lock()
	id := p.codes[code]
	p.mu.Unlock()
	return p.AuthRequestByID(ctx, id)
}

func (p *idProvider) SaveAuthCode(_ context.Context, id, code string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = id
	return nil
}

func (p *idProvider) DeleteAuthRequest(_ context.Context, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.requests, id)
	return nil
}

func (p *idProvider) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return rand.Text(), time.Now().Add(time.Minute), nil
}

// idKey is the provider's key, for signing and for the list of keys.
type idKey struct{ key *rsa.PrivateKey }

func (k idKey) ID() string                                  { return "one" }
func (k idKey) Key() any                                    { return k.key }
func (k idKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }

type idPublicKey struct{ idKey }

func (k idPublicKey) Key() any                           { return &k.key.PublicKey }
func (k idPublicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k idPublicKey) Use() string                        { return "sig" }

func (p *idProvider) SigningKey(context.Context) (op.SigningKey, error) { return idKey{p.key}, nil }

func (p *idProvider) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

func (p *idProvider) KeySet(context.Context) ([]op.Key, error) {
	return []op.Key{idPublicKey{idKey{p.key}}}, nil
}

// idApp is the one client of the provider: this service.
type idApp struct{ redirects []string }

func (a idApp) GetID() string                        { return idClient }
func (a idApp) RedirectURIs() []string               { return a.redirects }
func (a idApp) PostLogoutRedirectURIs() []string     { return nil }
func (a idApp) ApplicationType() op.ApplicationType  { return op.ApplicationTypeWeb }
func (a idApp) AuthMethod() oidc.AuthMethod          { return oidc.AuthMethodBasic }
func (a idApp) ResponseTypes() []oidc.ResponseType   { return []oidc.ResponseType{oidc.ResponseTypeCode} }
func (a idApp) GrantTypes() []oidc.GrantType         { return []oidc.GrantType{oidc.GrantTypeCode} }
func (a idApp) LoginURL(id string) string            { return "/login?id=" + id }
func (a idApp) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeBearer }
func (a idApp) IDTokenLifetime() time.Duration       { return time.Minute }
func (a idApp) DevMode() bool                        { return true }
func (a idApp) IsScopeAllowed(string) bool           { return true }
func (a idApp) IDTokenUserinfoClaimsAssertion() bool { return true }
func (a idApp) ClockSkew() time.Duration             { return 0 }
func (a idApp) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(s []string) []string { return s }
}

func (a idApp) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(s []string) []string { return s }
}

func (p *idProvider) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != idClient {
		return nil, errors.New("no such client")
	}
	return idApp{p.redirects}, nil
}

func (p *idProvider) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != idClient || secret != idSecret {
		return errors.New("not the secret")
	}
	return nil
}

func (p *idProvider) tell(info *oidc.UserInfo, who idPerson, groups bool) {
	info.Subject, info.Name, info.PreferredUsername = who.subject, who.name, who.username
	if groups {
		info.AppendClaims("groups", who.groups)
	}
}

func (p *idProvider) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

func (p *idProvider) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, r op.IDTokenRequest, _ []string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell(info, p.now, p.inToken)
	return nil
}

func (p *idProvider) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, _, _, _ string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell(info, p.now, true)
	return nil
}

func (p *idProvider) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

func (p *idProvider) Health(context.Context) error { return nil }

// roles are the groups of the tests.
func idRoles() map[string]geo.Role {
	return map[string]geo.Role{"land-readers": geo.RoleViewer, "land-planners": geo.RolePlanner, "land-heads": geo.RoleLeader}
}

// People sign on by a real provider: accounts are made at the first time, are
// found by the subject, and take the role that the groups give each time.
func TestSignOnByAProvider(t *testing.T) {
	p := newIDProvider(t)
	s := newSite(t, village(), func(c *Config) {
		c.TwoFactor = true // which is left to the provider
		c.OIDC = &OIDC{Issuer: p.http.URL, ClientID: idClient, ClientSecret: idSecret, Roles: idRoles(), Name: "岳阳市统一认证"}
	})
	p.redirects = []string{s.http.URL + "/auth/oidc/callback"}
	var before sessionAnswer
	s.visitor().read("/api/session", &before)
	if before.OIDC == nil || before.OIDC.Name != "岳阳市统一认证" {
		t.Errorf("the sign-in page is told %+v", before)
	}
	signOn := func(who idPerson, next string) (*visitor, *http.Response) {
		t.Helper()
		p.mu.Lock()
		p.now = who
		p.mu.Unlock()
		v := s.visitor()
		res, _ := v.get("/auth/oidc?next=" + url.QueryEscape(next))
		return v, res
	}
	for _, inToken := range []bool{true, false} {
		p.inToken = inToken
		wang := idPerson{"sub-1", "王伟", "WangWei", []string{"staff", "land-heads", "land-readers"}}
		v, res := signOn(wang, "/work?x=1")
		if v.user() != "wangwei" || res.Request.URL.Path != "/work" || res.Request.URL.RawQuery != "x=1" {
			t.Fatalf("groups in the token %v: user %q at %s\n%s", inToken, v.user(), res.Request.URL, s.log)
		}
		u, err := s.store.User(t.Context(), "wangwei")
		if err != nil || u.Role != geo.RoleLeader || u.Name != "王伟" || u.Hash != "" {
			t.Errorf("the account: %+v, %v", u, err)
		}
		if res, _ := v.get("/tiles/staff.json"); res.StatusCode != 200 {
			t.Errorf("a leader without a second factor of ours: %d", res.StatusCode)
		}
		v.want(409, "POST", "/api/account/totp", "", nil)
		v.want(409, "PUT", "/api/account/password", `{"current":"x","password":"nine bends of a lake"}`, nil)

		// Other groups, another role, in the session that stands, too.
		wang.groups = []string{"land-readers"}
		again, _ := signOn(wang, "/")
		if u, _ = s.store.User(t.Context(), "wangwei"); again.user() != "wangwei" || u.Role != geo.RoleViewer {
			t.Errorf("after other groups: %q, %s", again.user(), u.Role)
		}
		if n := s.count(`select count(*) from auth.user where login like 'wangwei%'`); n != 1 {
			t.Errorf("%d accounts", n)
		}
		wang.groups = []string{"staff"}
		if v, res := signOn(wang, "/work"); v.user() != "" || res.Request.URL.RequestURI() != "/signin?sso=refused" {
			t.Errorf("without a group of ours: %q at %s", v.user(), res.Request.URL)
		}
		if n := s.count(`select count(*) from auth.identity`); n != 1 {
			t.Errorf("%d identities", n)
		}
	}
	p.inToken = true

	// Somebody else with the user name of an account of ours gets another one.
	v, _ := signOn(idPerson{"sub-2", "张三", "admin", []string{"land-readers"}}, "https://evil.example/")
	if login := v.user(); login == "admin" || !strings.HasPrefix(login, "u-") {
		t.Errorf("who calls himself admin is %q", login)
	}
	// Unless an administrator ties it.
	admin := geo.Actor{Login: "admin", Role: geo.RoleAdmin, Source: geo.FromUI}
	if err := s.store.AddIdentity(t.Context(), admin, geo.Identity{Issuer: p.http.URL, Subject: "sub-3", Login: "planner"}, false); err != nil {
		t.Fatal(err)
	}
	if v, res := signOn(idPerson{"sub-3", "规划员", "someone", []string{"land-planners"}}, "//evil.example"); v.user() != "planner" || res.Request.URL.Host != strings.TrimPrefix(s.http.URL, "http://") {
		t.Errorf("who was tied to planner is %q at %s", v.user(), res.Request.URL)
	}
	s.exec(`update auth.user set disabled = true where login = 'planner'`)
	if v, res := signOn(idPerson{"sub-3", "规划员", "someone", []string{"land-planners"}}, "/"); v.user() != "" || res.Request.URL.RequestURI() != "/signin?sso=refused" {
		t.Errorf("a closed account: %q at %s", v.user(), res.Request.URL)
	}
	if n := s.count(`select count(*) from land.event where entity = 'account' and actor = 'oidc' and verb in ('created', 'corrected')`); n < 4 {
		t.Errorf("%d events tell of it", n)
	}
	if strings.Contains(s.log.String(), "王伟") || strings.Contains(s.log.String(), idSecret) {
		t.Error("the log names people or the secret")
	}
}

func TestProviderSettings(t *testing.T) {
	good := OIDC{Issuer: "https://id.example", ClientID: "x", Roles: idRoles()}
	for name, change := range map[string]func(*OIDC){
		"plain http":   func(c *OIDC) { c.Issuer = "http://id.example" },
		"no issuer":    func(c *OIDC) { c.Issuer = "" },
		"no client":    func(c *OIDC) { c.ClientID = "" },
		"no roles":     func(c *OIDC) { c.Roles = nil },
		"an odd role":  func(c *OIDC) { c.Roles = map[string]geo.Role{"x": "king"} },
		"as a system":  func(c *OIDC) { c.Roles = map[string]geo.Role{"x": geo.RoleSystem} },
		"not an https": func(c *OIDC) { c.Issuer = "file:///etc/passwd" },
	} {
		c := good
		change(&c)
		if _, err := newProvider(c, time.Now); kindOf(err) != geo.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := newProvider(good, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for groups, want := range map[string]geo.Role{"": "", "x": "", "land-readers": "viewer", "land-heads land-readers": "leader", "Land-Heads": ""} {
		if got := p.roleOf(strings.Fields(groups)); got != want {
			t.Errorf("groups %q give %q", groups, got)
		}
	}
	for next, want := range map[string]string{"/work": "/work", "": "/", "work": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/", "/a?b=c#d": "/a?b=c#d", "/%zz": "/"} {
		if got := localPath(next); got != want {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	if algs := signingAlgs(); slices.Contains(algs, "none") || slices.ContainsFunc(algs, func(a string) bool { return strings.HasPrefix(a, "HS") }) {
		t.Errorf("algorithms %v", algs)
	}
}
