package web

import (
	"net/http"

	"tengdi/geo"
)

// accountOperations are sessions and accounts. None takes an Idempotency-Key:
// what they answer with may not be kept.
func accountOperations() map[string]operation {
	const (
		bad, not, away, twice = http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusConflict
		forbidden, many       = http.StatusForbidden, http.StatusTooManyRequests
	)
	var roles []string
	for _, r := range geo.Roles() {
		roles = append(roles, string(r))
	}
	redirect := operation{tag: "session", kind: "text/html", raw: schema{"type": "string"}, status: http.StatusSeeOther, refuses: []int{away}}
	begin, back := redirect, redirect
	begin.summary = "Go to the identity provider to sign on"
	back.summary, back.refuses = "Come back from the identity provider", []int{away, many}
	return map[string]operation{
		"GET /api/session":    {tag: "session", summary: "Who is signed in", detail: "need says what a sign-in lacks: totp, a code, or enrol, a second factor.", answer: sessionAnswer{}},
		"POST /api/session":   {tag: "session", summary: "Sign in", detail: "user is null and need says what is lacking where a second factor is asked for.", body: signInRequest{}, need: []string{"login", "password"}, answer: sessionAnswer{}, refuses: []int{not, many}},
		"DELETE /api/session": {tag: "session", summary: "Sign out", status: http.StatusNoContent},
		"POST /api/session/totp": {
			tag: "session", summary: "Give the second factor", detail: "A code of the app, or a recovery code; each is taken once.",
			body: secondStep{}, answer: sessionAnswer{}, refuses: []int{bad, not, many},
		},
		"GET /auth/oidc": begin, "GET /auth/oidc/callback": back,

		"GET /api/account":          {tag: "account", summary: "One's own account", answer: accountAnswer{}},
		"PUT /api/account/password": {tag: "account", summary: "Change one's own password", detail: "All other sessions and all tokens end.", body: passwordRequest{}, need: []string{"current", "password"}, status: http.StatusNoContent, refuses: []int{bad, twice, many}},
		"POST /api/account/totp":    {tag: "account", summary: "Begin a second factor", detail: "It is asked for once a code of it was shown.", answer: totpAnswer{}, refuses: []int{not, twice}},
		"PUT /api/account/totp":     {tag: "account", summary: "Confirm a second factor with its first code", detail: "The recovery codes are told this once.", body: codeRequest{}, need: []string{"code"}, answer: recoveryAnswer{}, refuses: []int{bad, not, twice, many}},
		"DELETE /api/account/totp":  {tag: "account", summary: "End one's own second factor", body: endTOTPRequest{}, need: []string{"password"}, status: http.StatusNoContent, refuses: []int{bad, twice, many}},

		"GET /api/tokens": {tag: "account", summary: "One's own tokens", answer: tokensAnswer{}},
		"POST /api/tokens": {
			tag: "account", summary: "Make a token", detail: "The secret is told this once. A token is for its scope, some of read, write and import, never for more than the role of its account; days is 1 to 366.",
			body: tokenRequest{}, need: []string{"name", "scope", "days"}, answer: tokenAnswer{}, status: http.StatusCreated, refuses: []int{bad, twice},
		},
		"DELETE /api/tokens/{id}": {tag: "account", summary: "End a token", status: http.StatusNoContent, refuses: []int{away}},

		"GET /api/users": {tag: "accounts", summary: "All accounts", answer: usersAnswer{}, refuses: []int{forbidden}},
		"POST /api/users": {
			tag: "accounts", summary: "Make an account", detail: "With a password, an identity at the provider, or both.",
			body: userRequest{}, need: []string{"login", "role"}, enums: map[string][]string{"role": roles}, answer: userAnswer{}, status: http.StatusCreated, refuses: []int{bad, forbidden, twice},
		},
		"PATCH /api/users/{login}": {
			tag: "accounts", summary: "Change an account", detail: "What is not named stays. A new role and a closed account end the tokens; a new password ends tokens and sessions. An identity that another account has is a 409 unless move is true; that account's tokens and sessions of the provider end. One's own password and second factor are changed at /api/account: 403 here.",
			body: userPatch{}, seen: true, enums: map[string][]string{"role": roles}, answer: userAnswer{}, refuses: []int{bad, forbidden, away, twice},
		},
	}
}
