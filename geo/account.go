package geo

import "time"

// Token lets a program act in an account's name, within its scope. The secret is
// shown once, when it is made.
type Token struct {
	ID        int64
	Login     string
	Name      string
	Scope     []TokenScope
	Hash      []byte // SHA-256 of the secret
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time
	EndedAt   time.Time
}

// TokenScope is what a token may be used for; it never adds to what the role of
// its account may.
type TokenScope string

// Scopes of tokens.
const (
	ScopeRead   TokenScope = "read"
	ScopeWrite  TokenScope = "write"  // moves, corrections, records, files
	ScopeImport TokenScope = "import" // imports
)

// TokenScopes lists the scopes.
func TokenScopes() []TokenScope { return []TokenScope{ScopeRead, ScopeWrite, ScopeImport} }

// MaxTokenDays is the longest life of a token.
const MaxTokenDays = 366

// RecoveryCodes is how many codes somebody gets who begins a second factor: each
// stands in once for a device that is lost.
const RecoveryCodes = 10

// AccountChange is what one write changes of an account, all of it or nothing.
type AccountChange struct {
	User                       // Login names it; Name, Role, Disabled are its new state, Hash a new password, "" = it stays
	EndSecondFactor bool       // with the recovery codes
	Ties            []Identity // tied to it
	Move            bool       // even those that are tied to another account
}

// Identity ties an account to a person at an identity provider.
type Identity struct {
	Issuer, Subject string
	Login           string
}
