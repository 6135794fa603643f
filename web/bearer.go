package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tengdi/geo"
)

// bears says whether a request carries an Authorization header: it speaks by a
// token then and its cookies are not looked at.
func bears(r *http.Request) bool { return len(r.Header.Values("Authorization")) > 0 }

// tokenPrefix begins every token, so that one that was left somewhere is found.
const (
	tokenPrefix = "tgd_"
	tokenLength = len(tokenPrefix) + 43 // 32 bytes in base64url
)

// errBearer answers a token that does not hold, in every way alike.
func errBearer() error {
	return geo.Errorf(geo.Unauthorized, "The token does not hold.", "令牌无效。")
}

// identify finds out who is calling: by a token when there is one, else by the
// session.
func (s *Server) identify(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	if !bears(r) {
		return s.sessions.identify(w, r)
	}
	w.Header().Add("Vary", "Authorization")
	t, u, err := s.bearer(r)
	if err != nil {
		if kindOf(err) == geo.Unauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="tengdi"`)
		}
		return nil, err
	}
	if ok, wait := s.programs.take(strconv.FormatInt(t.ID, 10)); !ok {
		return nil, tooMany(wait)
	}
	c := caller{audience: geo.Staff, user: u, token: &t}
	return r.WithContext(context.WithValue(r.Context(), callerKey, c)), nil
}

// bearer reads the token of a request and finds its account. It is asked for
// each time: a token that was ended is dead at once, everywhere.
func (s *Server) bearer(r *http.Request) (geo.Token, geo.User, error) {
	given := r.Header.Values("Authorization")
	scheme, secret, _ := strings.Cut(given[0], " ")
	if len(given) > 1 || !strings.EqualFold(scheme, "Bearer") || len(secret) != tokenLength || !strings.HasPrefix(secret, tokenPrefix) {
		return geo.Token{}, geo.User{}, errBearer()
	}
	hash := sha256.Sum256([]byte(secret))
	t, u, err := s.cfg.Store.TokenOf(r.Context(), hash[:])
	switch {
	case kindOf(err) == geo.NotFound && err != nil, err == nil && !u.Role.Staff():
		return geo.Token{}, geo.User{}, errBearer()
	}
	return t, u, err
}

// scopeOf is what a token must be for to use a route; false = no token may.
// Accounts are kept by people who signed in: a token neither makes tokens nor
// changes accounts, passwords and second factors.
func scopeOf(rt route) (geo.TokenScope, bool) {
	for _, own := range []string{"/api/account", "/api/users", "/api/tokens", "/auth/"} {
		if strings.HasPrefix(rt.pattern, own) {
			return "", false
		}
	}
	switch {
	case rt.method == http.MethodGet:
		return geo.ScopeRead, true
	case strings.HasPrefix(rt.pattern, "/api/session"):
		return "", false
	case strings.HasPrefix(rt.pattern, "/api/imports"):
		return geo.ScopeImport, true
	}
	return geo.ScopeWrite, true
}

// permitToken decides whether the caller's token is for this route, before the
// role is asked.
func permitToken(rt route, c caller) error {
	if c.token == nil {
		return nil
	}
	scope, ok := scopeOf(rt)
	switch {
	case !ok:
		return geo.Errorf(geo.Forbidden, "A token may not do this: sign in.", "令牌不能进行此操作，请登录办理。")
	case !slices.Contains(c.token.Scope, scope):
		return geo.Errorf(geo.Forbidden, "This token is not for that: it lacks the scope %s.", "此令牌无权进行该操作：缺少范围 %s。", scope)
	}
	return nil
}

// stillBears says whether the token of an open stream holds.
func (s *Server) stillBears(ctx context.Context, hash []byte) (bool, error) {
	t, u, err := s.cfg.Store.TokenOf(ctx, hash)
	var known *geo.Error
	if errors.As(err, &known) && known.Kind == geo.NotFound {
		return false, nil
	}
	return err == nil && u.Role.Staff() && slices.Contains(t.Scope, geo.ScopeRead), err
}
