package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// AccountStore keeps accounts and what signs in to them.
type AccountStore interface {
	UserReader
	Rehasher
	SecondFactorStore
	DeviceStore
	Users(ctx context.Context) ([]geo.User, error)
	AddUser(ctx context.Context, actor geo.Actor, u geo.User, ids ...geo.Identity) error
	SetUser(ctx context.Context, actor geo.Actor, u geo.User) error
	ChangeUser(ctx context.Context, actor geo.Actor, c geo.AccountChange) error
	Tokens(ctx context.Context, login string) ([]geo.Token, error)
	AddToken(ctx context.Context, actor geo.Actor, t geo.Token) (geo.Token, error)
	EndToken(ctx context.Context, actor geo.Actor, login string, id int64) error
	TokenOf(ctx context.Context, hash []byte) (geo.Token, geo.User, error)
	IdentityOf(ctx context.Context, issuer, subject string) (geo.User, error)
	Identities(ctx context.Context) ([]geo.Identity, error)
}

// accountRoutes are the URLs of accounts, one's own and those of others.
func (s *Server) accountRoutes() []route {
	get, post, put, patch, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	keepers := access(geo.KeepAccounts)
	return []route{
		{get, "/api/account", staffOnly, nil, brief, true, s.getAccount},
		{put, "/api/account/password", staffOnly, nil, brief, true, unkeyed(s.putPassword)},
		{post, "/api/account/totp", anyAudience, nil, brief, true, unkeyed(s.postTOTP)}, // who lacks nothing but this, too
		{put, "/api/account/totp", anyAudience, nil, brief, true, unkeyed(s.putTOTP)},
		{del, "/api/account/totp", staffOnly, nil, brief, true, unkeyed(s.deleteTOTP)},
		{post, "/api/session/totp", anyAudience, nil, brief, true, unkeyed(s.postSessionTOTP)},
		{get, "/api/tokens", staffOnly, nil, brief, true, s.getTokens},
		{post, "/api/tokens", staffOnly, nil, brief, true, unkeyed(s.postToken)},
		{del, "/api/tokens/{id}", staffOnly, nil, brief, true, unkeyed(s.deleteToken)},
		{get, "/api/users", keepers, nil, brief, true, s.getUsers},
		{post, "/api/users", keepers, nil, brief, true, unkeyed(s.postUser)},
		{patch, "/api/users/{login}", keepers, nil, brief, true, unkeyed(s.patchUser)},
		{get, "/auth/oidc", public, []string{"next"}, brief, true, s.startOIDC},
		{get, "/auth/oidc/callback", public, callbackParams(), brief, true, s.finishOIDC},
	}
}

// unkeyed refuses an Idempotency-Key: the answers about accounts, sessions and
// tokens hold secrets, which are not kept, so that no answer could be given again.
func unkeyed(do handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if r.Header.Values("Idempotency-Key") != nil {
			return badField("Idempotency-Key", "not_taken",
				"is not taken here: answers about accounts, sessions and tokens are not kept", "此处不接受该请求头：有关账号、会话与令牌的结果不予留存，无法重放")
		}
		return do(w, r)
	}
}

// accountAnswer is one's own account.
type accountAnswer struct {
	Login        string           `json:"login"`
	Name         string           `json:"name"`
	Role         geo.Role         `json:"role"`
	HasPassword  bool             `json:"has_password"` // false: signs on elsewhere only
	PasswordOn   *time.Time       `json:"password_on"`
	SecondFactor secondFactorInfo `json:"second_factor"`
}

type secondFactorInfo struct {
	On       bool       `json:"on"`
	Since    *time.Time `json:"since"`
	Required bool       `json:"required"` // the role cannot work without one here
	Recovery int        `json:"recovery"` // codes that are left
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

func (s *Server) getAccount(w http.ResponseWriter, r *http.Request) error {
	u, err := s.cfg.Store.User(r.Context(), callerOf(r.Context()).user.Login)
	if err != nil {
		return err
	}
	a := accountAnswer{
		Login: u.Login, Name: u.Name, Role: u.Role, HasPassword: u.Hash != "",
		SecondFactor: secondFactorInfo{
			On: !u.TOTPOn.IsZero(), Since: moment(u.TOTPOn), Recovery: len(u.Recovery),
			Required: s.cfg.TwoFactor && u.Role.SecondFactor(),
		},
	}
	if a.HasPassword {
		a.PasswordOn = moment(u.PasswordOn)
	}
	return sendSecret(w, r, a)
}

// ownPassword checks the password of somebody who is signed in, who has five
// tries and one more every three minutes. A wrong one is an error of the field.
func (s *Server) ownPassword(r *http.Request, u geo.User, password, field string) (geo.User, error) {
	if password == "" || len(password) > maxPassword {
		return u, badField(field, "missing", "must be your present password", "须填写当前密码")
	}
	got, err := s.logins.checkFrom(r.Context(), s.cfg.Store, "account "+u.Login, u.Login, password)
	if err != nil && kindOf(err) == geo.Unauthorized {
		return u, badField(field, "wrong", "is not your password", "与当前密码不符")
	}
	return got, err
}

// passwordRequest asks for another password.
type passwordRequest struct {
	Current  string `json:"current"`
	Password string `json:"password"`
}

// putPassword changes one's own password. All other sessions of the account end.
func (s *Server) putPassword(w http.ResponseWriter, r *http.Request) error {
	c := callerOf(r.Context())
	var in passwordRequest
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if c.user.Hash == "" {
		return geo.Errorf(geo.Conflict, "This account signs on at the identity provider.", "此账号通过统一身份认证登录，没有密码。")
	}
	if err := CheckNewPassword(c.user.Login, in.Password); err != nil {
		return err
	}
	u, err := s.ownPassword(r, c.user, in.Current, "current")
	if err != nil {
		return err
	}
	if in.Password == in.Current {
		return badField("password", "same", "must differ from the present one", "不能与当前密码相同")
	}
	if u.Hash, err = s.logins.hashNew(r.Context(), u.Login, in.Password); err != nil {
		return err
	}
	if err := s.cfg.Store.SetUser(r.Context(), accountActor(u), u); err != nil {
		return err
	}
	if u, err = s.cfg.Store.User(r.Context(), u.Login); err != nil {
		return err
	}
	if err := s.sessions.begin(w, r, u, passed{second: !u.TOTPOn.IsZero(), provider: c.provider}); err != nil {
		return err
	}
	s.cfg.Hub.endSession(c.session)
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// tokenAnswer is one of one's own tokens.
type tokenAnswer struct {
	ID        int64            `json:"id"`
	Name      string           `json:"name"`
	Scope     []geo.TokenScope `json:"scope"`
	CreatedAt *time.Time       `json:"created_at"`
	ExpiresAt *time.Time       `json:"expires_at"`
	UsedAt    *time.Time       `json:"used_at"`
	Secret    string           `json:"secret,omitempty"` // once, when it is made
}

func tokenOf(t geo.Token) tokenAnswer {
	return tokenAnswer{ID: t.ID, Name: t.Name, Scope: t.Scope, CreatedAt: moment(t.CreatedAt), ExpiresAt: moment(t.ExpiresAt), UsedAt: moment(t.UsedAt)}
}

type tokensAnswer struct {
	Tokens []tokenAnswer `json:"tokens"`
}

func (s *Server) getTokens(w http.ResponseWriter, r *http.Request) error {
	list, err := s.cfg.Store.Tokens(r.Context(), callerOf(r.Context()).user.Login)
	if err != nil {
		return err
	}
	out := make([]tokenAnswer, 0, len(list))
	for _, t := range list {
		out = append(out, tokenOf(t))
	}
	return sendSecret(w, r, tokensAnswer{out})
}

// NewTokenSecret makes the secret of a token and the hash that is kept of it.
func NewTokenSecret() (secret string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(secret))
	return secret, sum[:]
}

// tokenRequest asks for a token.
type tokenRequest struct {
	Name  string           `json:"name"`
	Scope []geo.TokenScope `json:"scope"`
	Days  int              `json:"days"`
}

func (s *Server) postToken(w http.ResponseWriter, r *http.Request) error {
	u := callerOf(r.Context()).user
	var in tokenRequest
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if !plainText(in.Name, 100) {
		return badField("name", "invalid", "must be 1 to 100 characters", "须为 1 至 100 个字符")
	}
	if in.Days < 1 || in.Days > geo.MaxTokenDays {
		most := strconv.Itoa(geo.MaxTokenDays)
		return badField("days", "out_of_range", "must be 1 to "+most, "须为 1 至 "+most)
	}
	t := geo.Token{Login: u.Login, Name: in.Name, Scope: in.Scope, ExpiresAt: s.now().Add(time.Duration(in.Days)*24*time.Hour - time.Minute)}
	var secret string
	secret, t.Hash = NewTokenSecret()
	t, err := s.cfg.Store.AddToken(r.Context(), accountActor(u), t)
	if err != nil {
		return err
	}
	a := tokenOf(t)
	a.Secret = secret
	return sendMade(w, a, "/api/tokens/"+strconv.FormatInt(t.ID, 10), "")
}

// sendMade answers 201 with a new thing.
func sendMade(w http.ResponseWriter, v any, location, etag string) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Location", location)
	if etag != "" {
		h.Set("ETag", etag)
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(body) // the status is out: a failure is the caller's connection
	return nil
}

func (s *Server) deleteToken(w http.ResponseWriter, r *http.Request) error {
	u := callerOf(r.Context()).user
	text := r.PathValue("id")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 || strings.HasPrefix(text, "+") {
		return notHere()
	}
	if err := s.cfg.Store.EndToken(r.Context(), accountActor(u), u.Login, id); err != nil {
		if kindOf(err) == geo.NotFound {
			return notHere()
		}
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
