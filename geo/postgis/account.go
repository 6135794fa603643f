package postgis

import (
	"context"

	"tengdi/geo"
)

// Viewer is what the account may read now: its role, and its areas where that has scope.
func (s *Store) Viewer(ctx context.Context, u geo.User) (geo.Viewer, error) {
	return geo.Viewer{}, unbuilt()
}

// Tokens lists an account's tokens that have not ended.
func (s *Store) Tokens(ctx context.Context, login string) ([]geo.Token, error) { return nil, unbuilt() }

// AddToken keeps a new token.
func (s *Store) AddToken(ctx context.Context, actor geo.Actor, t geo.Token) (geo.Token, error) {
	return geo.Token{}, unbuilt()
}

// EndToken ends a token of an account.
func (s *Store) EndToken(ctx context.Context, actor geo.Actor, login string, id int64) error {
	return unbuilt()
}

// TokenOf finds a token that holds, and its account, by the hash of its secret.
func (s *Store) TokenOf(ctx context.Context, hash []byte) (geo.Token, geo.User, error) {
	return geo.Token{}, geo.User{}, unbuilt()
}

// IdentityOf finds the account of a person at an identity provider.
func (s *Store) IdentityOf(ctx context.Context, issuer, subject string) (geo.User, error) {
	return geo.User{}, unbuilt()
}

// AddIdentity ties an account to a person at an identity provider.
func (s *Store) AddIdentity(ctx context.Context, i geo.Identity) error { return unbuilt() }
