package web

import (
	"net/http"

	"tengdi/geo"
)

// DemoLogin is an account of a demo instance, shown on its sign-in page.
type DemoLogin struct {
	Login    string   `json:"login"`
	Password string   `json:"password"`
	Role     geo.Role `json:"role"`
	Name     string   `json:"name"`
}

// sessionAnswer is the body of /api/session. Need is what a sign-in lacks, totp
// or enrol; User is null until it is there.
type sessionAnswer struct {
	User       *sessionUser `json:"user"`
	Need       need         `json:"need,omitempty"`
	OIDC       *oidcAnswer  `json:"oidc,omitempty"`
	DemoLogins []DemoLogin  `json:"demo_logins,omitempty"`
}

type sessionUser struct {
	Login string   `json:"login"`
	Name  string   `json:"name"`
	Role  geo.Role `json:"role"`
}

func (s *Server) sessionOf(c caller) sessionAnswer {
	a := sessionAnswer{DemoLogins: s.cfg.DemoLogins, Need: c.need}
	if s.oidc != nil {
		a.OIDC = &oidcAnswer{Name: s.oidc.Name}
	}
	if c.audience == geo.Staff {
		a.User = &sessionUser{Login: c.user.Login, Name: c.user.Name, Role: c.user.Role}
	}
	return a
}

func (s *Server) getSession(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "private, no-store")
	return sendJSON(w, r, s.sessionOf(callerOf(r.Context())))
}

// signInRequest is the body of a sign-in.
type signInRequest struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	var in signInRequest
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if !plainText(in.Login, maxLogin) {
		return badField("login", "invalid", "must be 1 to 64 characters", "须为 1 至 64 个字符")
	}
	if in.Password == "" || len(in.Password) > maxPassword {
		return badField("password", "invalid", "must be 1 to 256 bytes", "须为 1 至 256 字节")
	}
	device, err := s.knownDevice(r, in.Login)
	if err != nil {
		return err
	}
	var u geo.User
	if device != "" {
		u, err = s.logins.checkFrom(r.Context(), s.cfg.Store, device, in.Login, in.Password)
	} else {
		u, err = s.logins.check(r.Context(), s.cfg.Store, s.clientKey(r), in.Login, in.Password)
	}
	if err != nil {
		return err
	}
	return s.complete(w, r, u, passed{})
}

// complete begins the session of somebody who has shown that much, and tells
// what is lacking.
func (s *Server) complete(w http.ResponseWriter, r *http.Request, u geo.User, how passed) error {
	if err := s.sessions.begin(w, r, u, how); err != nil {
		return err
	}
	mark := ""
	if how.second {
		mark = secondMark(u)
	}
	c := caller{audience: geo.Staff, user: u, need: s.sessions.needOf(u, how.provider, mark)}
	if c.need != needNothing {
		c.audience = geo.Public
	} else if err := s.rememberDevice(w, r, u.Login); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return sendJSON(w, r, s.sessionOf(c))
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.end(w, r); err != nil {
		return err
	}
	s.cfg.Hub.endSession(callerOf(r.Context()).session)
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
