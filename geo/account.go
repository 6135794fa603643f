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

// Identity ties an account to a person at an identity provider.
type Identity struct {
	Issuer, Subject string
	Login           string
}

// CalendarDay is a day that differs from the five-day week.
type CalendarDay struct {
	Day   Day
	Works bool
	Name  string
}

// Thresholds are the district's own numbers; zero fields take the defaults of
// DefaultThresholds.
type Thresholds struct {
	ProblemAmberDays int     `json:"problem_amber_days,omitempty"` // a problem is amber from so many days before its deadline
	BehindAmber      float64 `json:"behind_amber,omitempty"`       // points behind plan
	BehindRed        float64 `json:"behind_red,omitempty"`
	PipelineAmber    int     `json:"pipeline_amber,omitempty"` // months without progress
	PipelineRed      int     `json:"pipeline_red,omitempty"`
	PipelineOut      int     `json:"pipeline_out,omitempty"`
	UnvisitedDays    int     `json:"unvisited_days,omitempty"`
}

// DefaultThresholds are those of DOMAIN 4.4.
func DefaultThresholds() Thresholds {
	return Thresholds{ProblemAmberDays: 7, BehindAmber: 10, BehindRed: 30, PipelineAmber: 2, PipelineRed: 3, PipelineOut: 6, UnvisitedDays: 7}
}
