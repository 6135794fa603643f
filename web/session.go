package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"tengdi/geo"
)

// SessionStore keeps sessions, by hashed token. *postgis.Store satisfies it.
type SessionStore interface {
	FindCtx(ctx context.Context, token string) (b []byte, found bool, err error)
	CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error
	DeleteCtx(ctx context.Context, token string) error
}

// How long a session lasts.
const (
	idleTime     = 30 * time.Minute // without a request
	sessionTime  = 12 * time.Hour   // in all
	touchEvery   = time.Minute      // a session in use is written this often, not at each request
	trustSession = time.Second      // how long a session found good is believed without asking again
	pendingTime  = 10 * time.Minute // from the password to the second factor
)

// A session holds who signed in, by which password and which second factor: role
// and name are read from the account each time, so that a change of role holds
// at once, and a new password ends the sessions of the old one.
const (
	loginKey    = "login"
	passwordKey = "password" // a fingerprint of the stored hash
	secondKey   = "second"   // a fingerprint of the second factor that was shown
	providerKey = "provider" // an identity provider signed the person on
	signOnsKey  = "sign_ons" // of the account then: see geo.User
	beganKey    = "began"    // when, in seconds since 1970
)

// need is what a sign-in still lacks. Until it is there the caller counts as the
// public everywhere but where that can be given.
type need string

const (
	needNothing need = ""
	needCode    need = "totp"  // the code of the second factor
	needEnrol   need = "enrol" // a second factor has to be begun
)

// passed says what a sign-in has shown besides the password.
type passed struct {
	second   bool // a code of the second factor
	provider bool // an identity provider, which asks for second factors itself
}

// fingerprint names a stored password hash without telling it.
func fingerprint(u geo.User) string {
	sum := sha256.Sum256([]byte("session " + u.Hash))
	return hex.EncodeToString(sum[:16])
}

// secondMark names a second factor without telling it; "" = none is in use.
func secondMark(u geo.User) string {
	if u.TOTPOn.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte("second " + u.TOTPSecret))
	return hex.EncodeToString(sum[:16])
}

// caller is who makes a request. The zero value is the public, whose audience
// reads as "" until callerOf gives it its name.
type caller struct {
	audience geo.Audience
	user     geo.User
	session  sessionID  // of staff who signed in
	need     need       // what the sign-in of user lacks; the audience is the public then
	provider bool       // an identity provider signed the user on
	token    *geo.Token // that speaks for the user; nil = a session does
}

// sessionID is the hash of a session's token: it names a session in memory.
type sessionID [sha256.Size]byte

// callerOf finds the caller that identify put into the context; the public when
// there is none.
func callerOf(ctx context.Context) caller {
	if c, ok := ctx.Value(callerKey).(caller); ok {
		return c
	}
	return caller{audience: geo.Public}
}

// sessions ties scs to our accounts. scs makes, renews and ends tokens; which
// requests write to the store is decided here.
type sessions struct {
	scs       *scs.SessionManager
	users     UserReader
	known     *sessionCache
	now       func() time.Time
	twoFactor bool // roles that should have a second factor must have one
}

func newSessions(store SessionStore, users UserReader, secure, twoFactor bool, now func() time.Time) *sessions {
	m := scs.New()
	m.Store = scsStore{store}
	m.HashTokenInStore = true
	m.IdleTimeout = idleTime
	m.Lifetime = sessionTime
	m.Cookie.Name = "tengdi"
	m.Cookie.Path = "/"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	if secure {
		m.Cookie.Name = "__Host-tengdi"
		m.Cookie.Secure = true
	}
	return &sessions{scs: m, users: users, known: newSessionCache(10_000, now), now: now, twoFactor: twoFactor}
}

// token reads the session cookie. What cannot be one of our tokens (43
// characters) is no token.
func (s *sessions) token(r *http.Request) string {
	c, err := r.Cookie(s.scs.Cookie.Name)
	if err != nil || len(c.Value) != 43 {
		return ""
	}
	return c.Value
}

// identify finds out who is calling and keeps the session alive. A cookie whose
// session is gone makes a public caller.
func (s *sessions) identify(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	token := s.token(r)
	if token == "" {
		return r, nil
	}
	id := sessionID(sha256.Sum256([]byte(token)))
	c, fresh := s.known.get(id)
	if !fresh {
		ctx, err := s.scs.Load(r.Context(), token)
		if err != nil {
			return nil, sessionTrouble(err)
		}
		if c, err = s.load(ctx, id); err != nil {
			return nil, err
		}
		if c.audience == geo.Staff && s.known.touchDue(id) {
			if err := s.touch(ctx, w, id); err != nil {
				return nil, err
			}
		}
		s.known.put(id, c)
	}
	return r.WithContext(context.WithValue(r.Context(), callerKey, c)), nil
}

// load reads the account of the session in ctx.
func (s *sessions) load(ctx context.Context, id sessionID) (caller, error) {
	anybody := caller{audience: geo.Public}
	login := s.scs.GetString(ctx, loginKey)
	if login == "" {
		return anybody, nil
	}
	u, err := s.users.User(ctx, login)
	switch {
	case err != nil && kindOf(err) == geo.NotFound, err == nil && (u.Disabled || !u.Role.Staff()):
		return anybody, nil
	case err != nil:
		return anybody, err
	case s.scs.GetString(ctx, passwordKey) != fingerprint(u),
		s.scs.GetBool(ctx, providerKey) && s.scs.GetInt(ctx, signOnsKey) != u.SignOns: // the identity is another account's now
		return anybody, nil
	}
	c := caller{audience: geo.Staff, user: u, session: id, provider: s.scs.GetBool(ctx, providerKey)}
	c.need = s.needOf(u, c.provider, s.scs.GetString(ctx, secondKey))
	if c.need != needNothing {
		began := time.Unix(s.scs.GetInt64(ctx, beganKey), 0)
		if s.now().Sub(began) > pendingTime {
			return anybody, nil
		}
		c.audience = geo.Public
	}
	return c, nil
}

// needOf says what a sign-in lacks that has shown the second factor of that mark.
func (s *sessions) needOf(u geo.User, provider bool, mark string) need {
	switch {
	case provider:
		return needNothing
	case !u.TOTPOn.IsZero() && mark != secondMark(u):
		return needCode
	case u.TOTPOn.IsZero() && s.twoFactor && u.Role.SecondFactor():
		return needEnrol
	}
	return needNothing
}

// touch moves the idle deadline. A sign-out that came in between wins: its
// session is taken out again.
func (s *sessions) touch(ctx context.Context, w http.ResponseWriter, id sessionID) error {
	token, expiry, err := s.scs.Commit(ctx)
	if err != nil {
		return sessionTrouble(err)
	}
	if s.known.ended(id) {
		return s.scs.Destroy(ctx)
	}
	s.setCookie(ctx, w, token, expiry)
	return nil
}

// setCookie writes the cookie without scs's own Cache-Control: our answers that
// follow a session carry "no-store" and "Vary: Cookie" anyway.
func (s *sessions) setCookie(ctx context.Context, w http.ResponseWriter, token string, expiry time.Time) {
	cache := w.Header().Values("Cache-Control")
	s.scs.WriteSessionCookie(ctx, w, token, expiry)
	w.Header().Del("Cache-Control")
	for _, v := range cache {
		w.Header().Add("Cache-Control", v)
	}
}

// alive asks whether a session still stands, without keeping it alive: an open
// stream is not a person at work.
func (s *sessions) alive(ctx context.Context, token string, id sessionID) (bool, error) {
	if c, fresh := s.known.get(id); fresh {
		return c.audience == geo.Staff, nil
	}
	ctx, err := s.scs.Load(ctx, token)
	if err != nil {
		return false, sessionTrouble(err)
	}
	c, err := s.load(ctx, id)
	if err != nil {
		return false, err
	}
	s.known.put(id, c)
	return c.audience == geo.Staff, nil
}

// begin starts a session of its own for the user. The token that came with the
// request, if any, dies.
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, u geo.User, how passed) error {
	old := s.token(r)
	ctx, err := s.scs.Load(r.Context(), old)
	if err != nil {
		return sessionTrouble(err)
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return sessionTrouble(err)
	}
	if old != "" {
		s.known.end(sha256.Sum256([]byte(old)))
	}
	s.scs.Put(ctx, loginKey, u.Login)
	s.scs.Put(ctx, passwordKey, fingerprint(u))
	s.scs.Put(ctx, beganKey, s.now().Unix())
	s.scs.Put(ctx, providerKey, how.provider)
	s.scs.Put(ctx, signOnsKey, u.SignOns)
	s.scs.Remove(ctx, secondKey)
	if how.second {
		s.scs.Put(ctx, secondKey, secondMark(u))
	}
	token, expiry, err := s.scs.Commit(ctx)
	if err != nil {
		return sessionTrouble(err)
	}
	s.setCookie(ctx, w, token, expiry)
	return nil
}

// end destroys the session of the request.
func (s *sessions) end(w http.ResponseWriter, r *http.Request) error {
	token := s.token(r)
	if token == "" {
		return nil
	}
	s.known.end(sha256.Sum256([]byte(token)))
	ctx, err := s.scs.Load(r.Context(), token)
	if err != nil {
		return sessionTrouble(err)
	}
	if err := s.scs.Destroy(ctx); err != nil {
		return sessionTrouble(err)
	}
	s.setCookie(ctx, w, "", time.Time{})
	return nil
}

// sessionTrouble makes a failure of the session store a kind: the database is
// away, which is for trying again.
func sessionTrouble(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &geo.Error{Kind: geo.Unavailable, En: "Sessions cannot be read at the moment.", Zh: "暂时无法读取会话。", Err: err}
}

// scsStore gives scs the store in the shape it asks for. scs uses the methods
// with a context whenever they exist; the others are here for its interface.
type scsStore struct{ SessionStore }

func (s scsStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s scsStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s scsStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// checkOrigin refuses a change that another site made the browser send. Besides
// Go's check (Sec-Fetch-Site, else Origin), a session cookie is not believed
// without either header: every browser sends one with a change, and scripts can.
//
// A request with a bearer token carries no cookie that is looked at, and no other
// site can make a browser send one, so it needs no Origin.
func (s *Server) checkOrigin(r *http.Request) error {
	if bears(r) {
		return nil
	}
	var protection http.CrossOriginProtection
	if protection.Check(r) != nil {
		return geo.Errorf(geo.Forbidden, "This request came from another site.", "该请求来自其他站点。")
	}
	if r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" && s.sessions.token(r) != "" {
		return geo.Errorf(geo.Forbidden, "A change with a session cookie needs an Origin header.", "携带会话的更改请求须带 Origin 请求头。")
	}
	return nil
}
