package main

import (
	"fmt"
	"os"
	"strings"

	"tengdi/geo"
	"tengdi/web"
)

// signOnFlags are how people sign in to the service.
type signOnFlags struct {
	TwoFactor string `help:"required: leaders, trading and administrators must use a second factor; offered: they may. A demo offers, all others require it, unless this says so." enum:"required,offered," default:"" env:"TENGDI_TWO_FACTOR"`

	OIDCIssuer           string            `name:"oidc-issuer" help:"Sign-on by this OpenID Connect provider, as its discovery document names it." env:"TENGDI_OIDC_ISSUER"`
	OIDCName             string            `name:"oidc-name" help:"What the sign-in page calls it." env:"TENGDI_OIDC_NAME"`
	OIDCClientID         string            `name:"oidc-client-id" help:"This service's client id there." env:"TENGDI_OIDC_CLIENT_ID"`
	OIDCClientSecret     string            `name:"oidc-client-secret" help:"Its secret; better in a file." env:"TENGDI_OIDC_CLIENT_SECRET"`
	OIDCClientSecretFile string            `name:"oidc-client-secret-file" help:"File with the secret." type:"path" env:"TENGDI_OIDC_CLIENT_SECRET_FILE"`
	OIDCGroupClaim       string            `name:"oidc-group-claim" help:"Claim with a person's groups." default:"groups" env:"TENGDI_OIDC_GROUP_CLAIM"`
	OIDCRoles            map[string]string `name:"oidc-roles" help:"Roles by group; of several the one with the most rights. Who is in none is refused." placeholder:"GROUP=ROLE,..." mapsep:"," env:"TENGDI_OIDC_ROLES"`
	OIDCScopes           []string          `name:"oidc-scopes" help:"Scopes asked for besides openid and profile." env:"TENGDI_OIDC_SCOPES"`
	OIDCRedirect         string            `name:"oidc-redirect" help:"Address of the callback, where the proxy changes Host; https://HOST/auth/oidc/callback." env:"TENGDI_OIDC_REDIRECT"`
}

// twoFactor says whether the roles that should have a second factor must.
func (f signOnFlags) twoFactor(demo bool) bool {
	return f.TwoFactor == "required" || f.TwoFactor == "" && !demo
}

// provider is the identity provider that the flags name; nil = none.
func (f signOnFlags) provider() (*web.OIDC, error) {
	if f.OIDCIssuer == "" {
		if f.OIDCClientID != "" || len(f.OIDCRoles) > 0 {
			return nil, geo.Errorf(geo.Invalid, "sign-on by a provider needs --oidc-issuer", "使用统一身份认证须设置 --oidc-issuer")
		}
		return nil, nil
	}
	secret := f.OIDCClientSecret
	if f.OIDCClientSecretFile != "" {
		if secret != "" {
			return nil, geo.Errorf(geo.Invalid, "give --oidc-client-secret or --oidc-client-secret-file, not both", "--oidc-client-secret 与 --oidc-client-secret-file 只能用一个")
		}
		raw, err := os.ReadFile(f.OIDCClientSecretFile)
		if err != nil {
			return nil, fmt.Errorf("read the client secret: %w", err)
		}
		secret = strings.TrimSpace(string(raw))
	}
	roles := map[string]geo.Role{}
	for group, role := range f.OIDCRoles {
		roles[group] = geo.Role(role)
	}
	return &web.OIDC{
		Issuer: f.OIDCIssuer, Name: f.OIDCName, ClientID: f.OIDCClientID, ClientSecret: secret,
		GroupClaim: f.OIDCGroupClaim, Roles: roles, Scopes: f.OIDCScopes, RedirectURL: f.OIDCRedirect,
	}, nil
}
