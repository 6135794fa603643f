package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"tengdi/geo"
)

// person is somebody at the provider.
type person struct {
	subject, name, username string
	groups                  []string
}

// person exchanges the code and reads the ID token: signed by a key of the
// provider with an algorithm of ours, of the exact issuer, for us alone, not
// expired, and with the nonce of this browser.
func (p *provider) person(ctx context.Context, code, redirect string, step oidcStep) (person, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(found, redirect).Exchange(ctx, code, oauth2.VerifierOption(step.Verifier))
	if err != nil {
		return person{}, fmt.Errorf("exchange the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	verifier := found.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: signingAlgs(), Now: p.now})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return person{}, err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(step.Nonce)) != 1 {
		return person{}, errors.New("the nonce is not this browser's")
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return person{}, err
		}
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return person{}, err
	}
	party, _ := claims["azp"].(string)
	if id.Subject == "" || len(id.Subject) > 255 || party != "" && party != p.ClientID || len(id.Audience) > 1 && party == "" {
		return person{}, errors.New("the token is not for this service alone")
	}
	if claims[p.GroupClaim] == nil {
		if err := p.addUserInfo(ctx, found, token, id.Subject, claims); err != nil {
			return person{}, err
		}
	}
	text := func(name string) string { t, _ := claims[name].(string); return strings.TrimSpace(t) }
	return person{subject: id.Subject, name: text("name"), username: text("preferred_username"), groups: groupsOf(claims[p.GroupClaim])}, nil
}

// addUserInfo asks the provider for what the ID token leaves out. It must be of
// the same person.
func (p *provider) addUserInfo(ctx context.Context, found *oidc.Provider, token *oauth2.Token, subject string, claims map[string]any) error {
	if found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return err
	}
	if info.Subject != subject {
		return errors.New("the user info is of somebody else")
	}
	var more map[string]any
	if err := info.Claims(&more); err != nil {
		return err
	}
	for name, v := range more {
		if _, there := claims[name]; !there {
			claims[name] = v
		}
	}
	return nil
}

// groupsOf reads a claim with groups: a text or a list of texts.
func groupsOf(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// roleOf is the role that somebody's groups give; "" = none.
func (p *provider) roleOf(groups []string) geo.Role {
	best := geo.Role("")
	for _, role := range geo.Roles() {
		for group, gives := range p.Roles {
			if gives == role && slices.Contains(groups, group) {
				best = role
			}
		}
	}
	return best
}

// byProvider is who changes accounts at a sign-on.
func byProvider() geo.Actor {
	return geo.Actor{Login: "oidc", Role: geo.RoleSystem, Source: geo.FromSystem}
}

// signOn finds the account of a person, by issuer and subject only: names and
// mail addresses can be taken over by somebody else. A new person gets a new
// account. The role is what the groups say today, but for the last administrator,
// who stays one. Errors: Forbidden when no
// group gives a role, or the account is closed.
func (s *Server) signOn(ctx context.Context, who person) (geo.User, error) {
	role := s.oidc.roleOf(who.groups)
	if role == "" {
		return geo.User{}, geo.Errorf(geo.Forbidden, "none of the groups has a role here", "所属用户组在此没有角色")
	}
	u, err := s.cfg.Store.IdentityOf(ctx, s.oidc.Issuer, who.subject)
	if err != nil && kindOf(err) == geo.NotFound {
		if u, err = s.newPerson(ctx, who, role); err != nil {
			// Two first sign-ons at once: the other one made the account.
			u, err = s.cfg.Store.IdentityOf(ctx, s.oidc.Issuer, who.subject)
		}
	}
	switch {
	case err != nil:
		return u, err
	case u.Disabled:
		return u, geo.Errorf(geo.Forbidden, "the account is closed", "账号已停用")
	case u.Role == role:
		return u, nil
	}
	hash := u.Hash
	u.Role, u.Hash = role, ""
	err = s.cfg.Store.SetUser(ctx, byProvider(), u)
	u.Hash = hash
	if lastAdmin(err) { // somebody has to be able to mend the groups
		s.log.LogAttrs(ctx, slog.LevelWarn, "the last administrator keeps the role, though the groups at the provider give a lesser one",
			slog.String("login", u.Login), slog.String("groups_give", string(role)), slog.String("request_id", requestID(ctx)))
		u.Role, err = geo.RoleAdmin, nil
	}
	return u, err
}

// lastAdmin says that a change was refused because no administrator would be left.
func lastAdmin(err error) bool {
	var e *geo.Error
	return errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f geo.FieldError) bool { return f.Code == "last_admin" })
}

// loginForm is what a login of ours looks like.
var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

// newPerson makes an account for somebody who signs on for the first time, with
// the provider's user name as login when that is free and can be one. An account
// that has that login already is somebody else's until an administrator ties it.
func (s *Server) newPerson(ctx context.Context, who person, role geo.Role) (geo.User, error) {
	sum := sha256.Sum256([]byte(s.oidc.Issuer + "\x00" + who.subject))
	own := "u-" + hex.EncodeToString(sum[:8])
	u := geo.User{Login: own, Name: who.name, Role: role}
	if name := strings.ToLower(who.username); loginForm.MatchString(name) {
		if _, err := s.cfg.Store.User(ctx, name); kindOf(err) == geo.NotFound && err != nil {
			u.Login = name
		}
	}
	if !plainText(u.Name, 100) {
		u.Name = u.Login
	}
	id := geo.Identity{Issuer: s.oidc.Issuer, Subject: who.subject}
	if err := s.cfg.Store.AddUser(ctx, byProvider(), u, id); err != nil {
		return u, err
	}
	return s.cfg.Store.User(ctx, u.Login)
}
