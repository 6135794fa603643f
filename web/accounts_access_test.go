package web

// accountAccess are the rows of accounts in the access matrix.
func accountAccess() []accessRow {
	const (
		body    = "401 415 415 415 415 415 415 415"
		keepers = "401 403 403 403 403 403 403 "
		nobody  = "404 404 404 404 404 404 404 404"
	)
	return []accessRow{
		{"GET", "/api/account", "/api/account", toStaff},
		{"PUT", "/api/account/password", "/api/account/password", body},
		{"POST", "/api/account/totp", "/api/account/totp", toStaff}, // begins one, which is asked for once a code was shown
		{"PUT", "/api/account/totp", "/api/account/totp", body},
		{"DELETE", "/api/account/totp", "/api/account/totp", body},
		{"POST", "/api/session/totp", "/api/session/totp", "401 401 401 401 401 401 401 401"}, // for who has given the password alone
		{"GET", "/api/tokens", "/api/tokens", toStaff},
		{"POST", "/api/tokens", "/api/tokens", body},
		{"DELETE", "/api/tokens/{id}", "/api/tokens/1", noItem},
		{"GET", "/api/users", "/api/users", keepers + "200"},
		{"POST", "/api/users", "/api/users", keepers + "415"},
		{"PATCH", "/api/users/{login}", "/api/users/viewer", keepers + "428"},
		{"GET", "/auth/oidc", "/auth/oidc", nobody}, // the test has no provider
		{"GET", "/auth/oidc/callback", "/auth/oidc/callback", nobody},
	}
}
