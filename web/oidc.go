package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"tengdi/geo"
)

// OIDC says how people sign on by an identity provider (OpenID Connect, code
// flow with PKCE).
type OIDC struct {
	Issuer       string // exactly as the provider writes it
	ClientID     string
	ClientSecret string              // "" = a public client
	GroupClaim   string              // the claim with the groups; "" = groups
	Roles        map[string]geo.Role // by group; of several the last in the order of geo.Roles
	Scopes       []string            // asked for besides openid and profile
	Name         string              // on the button; "" = 统一身份认证
	RedirectURL  string              // "" = /auth/oidc/callback where the browser reached us
}

// Bounds on what is asked of a provider.
const (
	oidcTimeout  = 10 * time.Second
	oidcBody     = 1 << 20
	oidcStepTime = 10 * time.Minute // from our redirect to the callback
)

// provider is an identity provider as this server uses it. It is discovered when
// somebody first signs on, so that the service starts without it.
type provider struct {
	OIDC
	now    func() time.Time
	client *http.Client
	calls  *buckets // of callbacks by client address: each asks the provider

	mu    sync.Mutex
	found *oidc.Provider
}

func newProvider(c OIDC, now func() time.Time) (*provider, error) {
	at, err := url.Parse(c.Issuer)
	if err != nil || at.Host == "" || at.Scheme != "https" && (at.Scheme != "http" || !loopback(at.Hostname())) {
		return nil, geo.Errorf(geo.Invalid, "the issuer %q must be an https address", "认证方地址 %q 须为 https 地址", c.Issuer)
	}
	if c.ClientID == "" || len(c.Roles) == 0 {
		return nil, geo.Errorf(geo.Invalid, "sign-on by %s needs a client id and roles for groups", "使用 %s 登录须设置客户端编号和用户组对应的角色", c.Issuer)
	}
	for group, role := range c.Roles {
		if !slices.Contains(geo.Roles(), role) {
			return nil, geo.Errorf(geo.Invalid, "group %q has the role %q, which does not exist", "用户组 %q 对应的角色 %q 不存在", group, role)
		}
	}
	if c.GroupClaim == "" {
		c.GroupClaim = "groups"
	}
	if c.Name == "" {
		c.Name = "统一身份认证"
	}
	client := &http.Client{Timeout: oidcTimeout, Transport: boundedTransport{http.DefaultTransport}}
	return &provider{OIDC: c, now: now, client: client, calls: newBuckets(0.2, 20, 20_000, now)}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// boundedTransport cuts answers that are longer than any of a provider.
type boundedTransport struct{ http.RoundTripper }

func (t boundedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, oidcBody), res.Body}
	}
	return res, err
}

// discover reads the provider's own description, once.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		// Its keys are read later with this context, which must outlive the request.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.Issuer)
		if err != nil {
			return nil, err
		}
		p.found = found
	}
	return p.found, nil
}

func (p *provider) oauth(found *oidc.Provider, redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: redirect,
		Scopes: append([]string{oidc.ScopeOpenID, "profile"}, p.Scopes...),
	}
}

// signingAlgs are what an ID token may be signed with: keys that only the
// provider has. None and the HMACs, whose key a client knows, are not among them.
func signingAlgs() []string {
	return []string{
		oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
	}
}

// oidcAnswer tells the sign-in page that there is a provider.
type oidcAnswer struct {
	Name string `json:"name"`
}

// oidcStep is what a browser keeps between our redirect and the callback: it
// binds the two together. Only that browser has it, for ten minutes.
type oidcStep struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Next     string `json:"to"`
}

func (s *Server) oidcCookie(value string, age time.Duration) *http.Cookie {
	name := "tengdi-oidc"
	if s.cfg.Secure {
		name = "__Host-" + name
	}
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: s.cfg.Secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// redirectURL is where the provider sends the browser back to. The provider
// takes it only when it is one of those that were registered.
func (s *Server) redirectURL(r *http.Request) string {
	if s.oidc.RedirectURL != "" {
		return s.oidc.RedirectURL
	}
	return s.scheme(r) + "://" + r.Host + "/auth/oidc/callback"
}

// localPath keeps a place to go to only when it is a path of this site.
func localPath(next string) string {
	to, err := url.Parse(next)
	if err != nil || to.IsAbs() || to.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.Contains(next, `\`) || len(next) > 1000 {
		return "/"
	}
	return next
}

// startOIDC sends the browser to the provider.
func (s *Server) startOIDC(w http.ResponseWriter, r *http.Request) error {
	if s.oidc == nil {
		return notHere()
	}
	w.Header().Set("Cache-Control", "no-store")
	found, err := s.oidc.discover(r.Context())
	if err != nil {
		return s.noSignOn(w, r, "unreachable", err)
	}
	step := oidcStep{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: localPath(r.URL.Query().Get("next"))}
	body, err := json.Marshal(step)
	if err != nil {
		return fmt.Errorf("oidc: %w", err)
	}
	http.SetCookie(w, s.oidcCookie(base64.RawURLEncoding.EncodeToString(body), oidcStepTime))
	to := s.oidc.oauth(found, s.redirectURL(r)).AuthCodeURL(step.State, oidc.Nonce(step.Nonce), oauth2.S256ChallengeOption(step.Verifier))
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// callbackParams are what providers put into the address of the callback; ours
// to use are the first five.
func callbackParams() []string {
	return []string{
		"code", "state", "iss", "error", "error_description",
		"error_uri", "session_state", "scope", "authuser", "prompt", "hd", "client_info",
	}
}

// finishOIDC takes the browser back from the provider and signs the person on.
// Whatever fails, there is no session, and the sign-in page says what to do.
func (s *Server) finishOIDC(w http.ResponseWriter, r *http.Request) error {
	if s.oidc == nil {
		return notHere()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.SetCookie(w, s.oidcCookie("", 0)) // each step is taken once
	if ok, wait := s.oidc.calls.take(s.clientKey(r)); !ok {
		return tooMany(wait)
	}
	step, ok := s.readStep(r)
	q := r.URL.Query()
	switch {
	case !ok || subtle.ConstantTimeCompare([]byte(step.State), []byte(q.Get("state"))) != 1:
		return s.noSignOn(w, r, "expired", errors.New("the state is not this browser's"))
	case q.Has("iss") && q.Get("iss") != s.oidc.Issuer: // RFC 9207
		return s.noSignOn(w, r, "failed", errors.New("the answer is another issuer's"))
	case q.Has("error"):
		return s.noSignOn(w, r, "failed", fmt.Errorf("the provider says %s", geo.Excerpt(q.Get("error"))))
	}
	who, err := s.oidc.person(r.Context(), q.Get("code"), s.redirectURL(r), step)
	if err != nil {
		return s.noSignOn(w, r, "failed", err)
	}
	u, err := s.signOn(r.Context(), who)
	switch {
	case err == nil:
	case kindOf(err) == geo.Forbidden:
		return s.noSignOn(w, r, "refused", err)
	default:
		return s.noSignOn(w, r, "unreachable", err)
	}
	if err := s.sessions.begin(w, r, u, passed{provider: true}); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, step.Next, http.StatusSeeOther)
	return nil
}

func (s *Server) readStep(r *http.Request) (step oidcStep, ok bool) {
	c, err := r.Cookie(s.oidcCookie("", 0).Name)
	if err != nil {
		return step, false
	}
	body, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(body, &step) != nil {
		return step, false
	}
	step.Next = localPath(step.Next)
	return step, step.State != "" && step.Nonce != "" && step.Verifier != ""
}

// noSignOn sends the browser to the sign-in page, which tells why in its own
// words; the cause goes to the log.
func (s *Server) noSignOn(w http.ResponseWriter, r *http.Request, why string, cause error) error {
	s.log.LogAttrs(context.WithoutCancel(r.Context()), slog.LevelWarn, "sign-on refused",
		slog.String("why", why), slog.String("request_id", requestID(r.Context())), slog.Any("error", cause))
	http.Redirect(w, r, "/signin?sso="+why, http.StatusSeeOther)
	return nil
}
