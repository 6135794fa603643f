package web

// accountOperations are sessions and accounts.
func accountOperations() map[string]operation {
	return map[string]operation{
		"GET /api/session":    {tag: "session", summary: "Who is signed in", answer: sessionAnswer{}},
		"POST /api/session":   {tag: "session", summary: "Sign in", body: signInRequest{}, need: []string{"login", "password"}, answer: sessionAnswer{}, refuses: []int{401, 429}},
		"DELETE /api/session": {tag: "session", summary: "Sign out", status: 204},
	}
}
