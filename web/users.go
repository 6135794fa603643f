package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tengdi/geo"
)

// userAnswer is an account as those see it who keep accounts.
type userAnswer struct {
	Login        string           `json:"login"`
	Name         string           `json:"name"`
	Role         geo.Role         `json:"role"`
	Disabled     bool             `json:"disabled"`
	HasPassword  bool             `json:"has_password"`
	PasswordOn   *time.Time       `json:"password_on"`
	SecondFactor bool             `json:"second_factor"`
	Required     bool             `json:"second_factor_required"`
	Tokens       int              `json:"tokens"`
	Identities   []identityAnswer `json:"identities"`
	Version      int              `json:"version"`
}

type identityAnswer struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// usersOf are all accounts as they are told, with their identities and tokens.
func (s *Server) usersOf(r *http.Request) ([]userAnswer, error) {
	users, err := s.cfg.Store.Users(r.Context())
	if err != nil {
		return nil, err
	}
	ids, err := s.cfg.Store.Identities(r.Context())
	if err != nil {
		return nil, err
	}
	tokens, err := s.cfg.Store.Tokens(r.Context(), "")
	if err != nil {
		return nil, err
	}
	out := make([]userAnswer, 0, len(users))
	for _, u := range users {
		a := userAnswer{
			Login: u.Login, Name: u.Name, Role: u.Role, Disabled: u.Disabled, HasPassword: u.Hash != "", Version: u.Version,
			SecondFactor: !u.TOTPOn.IsZero(), Required: s.cfg.TwoFactor && u.Role.SecondFactor(), Identities: []identityAnswer{},
		}
		if a.HasPassword {
			a.PasswordOn = moment(u.PasswordOn)
		}
		for _, i := range ids {
			if i.Login == u.Login {
				a.Identities = append(a.Identities, identityAnswer{i.Issuer, i.Subject})
			}
		}
		for _, t := range tokens {
			if t.Login == u.Login && t.ExpiresAt.After(s.now()) {
				a.Tokens++
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// userOf is one account as it is told.
func (s *Server) userOf(r *http.Request, login string) (userAnswer, error) {
	all, err := s.usersOf(r)
	if err != nil {
		return userAnswer{}, err
	}
	for _, u := range all {
		if u.Login == login {
			return u, nil
		}
	}
	return userAnswer{}, notHere()
}

type usersAnswer struct {
	Users []userAnswer `json:"users"`
}

func (s *Server) getUsers(w http.ResponseWriter, r *http.Request) error {
	list, err := s.usersOf(r)
	if err != nil {
		return err
	}
	return sendSecret(w, r, usersAnswer{list})
}

// identityInput ties an account to a person at the identity provider.
type identityInput struct {
	Issuer  string `json:"issuer"` // "" = the one that is configured
	Subject string `json:"subject"`
}

// identity reads an identity to be tied.
func (s *Server) identity(in identityInput, login string) (geo.Identity, error) {
	if in.Issuer == "" && s.oidc != nil {
		in.Issuer = s.oidc.Issuer
	}
	if !plainText(in.Issuer, 500) || !plainText(in.Subject, 255) {
		return geo.Identity{}, badField("identity", "invalid", "needs the subject, and the issuer where no provider is configured", "须有 subject；未配置认证方时还须有 issuer")
	}
	return geo.Identity{Issuer: in.Issuer, Subject: in.Subject, Login: login}, nil
}

// userRequest asks for an account: with a password, an identity, or both.
type userRequest struct {
	Login    string         `json:"login"`
	Name     string         `json:"name"`
	Role     geo.Role       `json:"role"`
	Password string         `json:"password"`
	Identity *identityInput `json:"identity"`
}

func (s *Server) postUser(w http.ResponseWriter, r *http.Request) error {
	keeper := callerOf(r.Context()).user
	var in userRequest
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	u := geo.User{Login: in.Login, Name: in.Name, Role: in.Role}
	if u.Name == "" {
		u.Name = u.Login
	}
	if !plainText(u.Login, maxLogin) || !plainText(u.Name, 100) {
		return badField("login", "invalid", "login and name must be 1 to 64 and 1 to 100 characters", "账号须为 1 至 64 个字符，名称 1 至 100 个字符")
	}
	var ids []geo.Identity
	if in.Identity != nil {
		id, err := s.identity(*in.Identity, in.Login)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if in.Password != "" || len(ids) == 0 {
		var err error
		if u.Hash, err = s.logins.hashNew(r.Context(), in.Login, in.Password); err != nil {
			return err
		}
	}
	if err := s.cfg.Store.AddUser(r.Context(), accountActor(keeper), u, ids...); err != nil {
		return err
	}
	a, err := s.userOf(r, u.Login)
	if err != nil {
		return err
	}
	return sendMade(w, a, "/api/users/"+u.Login, bareVersionTag(a.Version))
}

// userPatch is what may be changed of an account; what is not named stays.
type userPatch struct {
	Name              *string        `json:"name"`
	Role              *geo.Role      `json:"role"`
	Disabled          *bool          `json:"disabled"`
	Password          *string        `json:"password"` // a new one, to be told to its owner
	ResetSecondFactor bool           `json:"reset_second_factor"`
	Identity          *identityInput `json:"identity"`
	Move              bool           `json:"move"` // take the identity from the account that has it
}

func (s *Server) patchUser(w http.ResponseWriter, r *http.Request) error {
	login := r.PathValue("login")
	if !plainText(login, maxLogin) {
		return notHere()
	}
	seen, err := ifMatch(r)
	if err != nil {
		return err
	}
	var in userPatch
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if err := s.changeUser(r, login, seen, in); err != nil {
		return s.staleUser(r, login, err)
	}
	a, err := s.userOf(r, login)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store")
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	return send(w, r, answer{"application/json; charset=utf-8", body, bareVersionTag(a.Version)})
}

// changeUser makes the changes of a patch, all or none, refused unless the
// version that the keeper saw holds.
func (s *Server) changeUser(r *http.Request, login string, seen int, in userPatch) error {
	ctx, keeper := r.Context(), callerOf(r.Context()).user
	if login == keeper.Login && (in.Password != nil || in.ResetSecondFactor) {
		return geo.Errorf(geo.Forbidden,
			"Change your own password and second factor at /account, where your present password is asked for.",
			"本人的密码和双重验证请在“我的账号”（/account）中更改，届时须验证当前密码。")
	}
	was, err := s.cfg.Store.User(ctx, login)
	if err != nil {
		if kindOf(err) == geo.NotFound {
			return notHere()
		}
		return err
	}
	if was.Version != seen { // told before a password is hashed; the store asks again
		return &geo.StaleError{Entity: geo.AccountEntity, Code: login, Seen: seen, Version: was.Version}
	}
	c := geo.AccountChange{User: was, EndSecondFactor: in.ResetSecondFactor, Move: in.Move}
	c.Hash = "" // stays
	if in.Name != nil {
		if !plainText(*in.Name, 100) {
			return badField("name", "invalid", "must be 1 to 100 characters", "须为 1 至 100 个字符")
		}
		c.Name = *in.Name
	}
	if in.Role != nil {
		c.Role = *in.Role
	}
	if in.Disabled != nil {
		c.Disabled = *in.Disabled
	}
	if in.Identity != nil {
		id, err := s.identity(*in.Identity, login)
		if err != nil {
			return err
		}
		c.Ties = append(c.Ties, id)
	}
	if in.Password != nil {
		if c.Hash, err = s.logins.hashNew(ctx, login, *in.Password); err != nil {
			return err
		}
	}
	return s.cfg.Store.ChangeUser(ctx, accountActor(keeper), c)
}

// staleUser adds the account as it is now to the answer that somebody was faster.
func (s *Server) staleUser(r *http.Request, login string, err error) error {
	if p := problemOf(err, chinese); p.Status != http.StatusPreconditionFailed {
		return err
	}
	now, readErr := s.userOf(r, login)
	if readErr != nil {
		return err
	}
	body, readErr := json.Marshal(now)
	if readErr != nil {
		return err
	}
	return &statusError{status: http.StatusPreconditionFailed, err: err, current: body, etag: `"v` + strconv.Itoa(now.Version) + `"`}
}
