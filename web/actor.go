package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"tengdi/geo"
)

// ViewerReader tells what an account may read now.
type ViewerReader interface {
	Viewer(ctx context.Context, u geo.User) (geo.Viewer, error)
}

// viewer is the caller as a reader. Which areas a role with scope has is asked
// anew each time, so that an assignment that ends shuts the files at once.
func (s *Server) viewer(ctx context.Context) (geo.Viewer, error) {
	c := callerOf(ctx)
	v := geo.Viewer{Audience: c.audience, Login: c.user.Login, Role: c.user.Role}
	if c.audience != geo.Staff {
		return geo.Viewer{Audience: geo.Public, Role: geo.RolePublic}, nil
	}
	if !c.user.Role.Scoped() {
		return v, nil
	}
	scoped, err := s.cfg.Store.Viewer(ctx, c.user)
	if err != nil {
		return v, err
	}
	v.Areas = scoped.Areas
	if v.Areas == nil {
		v.Areas = []string{} // nil would be all
	}
	return v, nil
}

// actor is the caller as the author of a change. asked are the parts that make
// this request the same as another with the same Idempotency-Key, besides the
// method, the path and the version that If-Match names.
func (s *Server) actor(r *http.Request, asked ...[]byte) (geo.Actor, error) {
	c := callerOf(r.Context())
	a := geo.Actor{Login: c.user.Login, Role: c.user.Role, Source: s.sourceOf(r)}
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) == 0 {
		return a, nil
	}
	visible := func(k string) bool {
		return k != "" && len(k) <= maxKey && !strings.ContainsFunc(k, func(c rune) bool { return c < 0x21 || c > 0x7e })
	}
	if len(keys) > 1 || !visible(keys[0]) {
		return a, badField("Idempotency-Key", "invalid",
			"must be one word of 1 to 200 visible ASCII characters", "须为 1 至 200 个可见 ASCII 字符，且只出现一次")
	}
	h := sha256.New()
	for _, part := range append([][]byte{[]byte(r.Method), []byte(r.URL.EscapedPath()), []byte(versionAsked(r))}, asked...) {
		sum := sha256.Sum256(part) // of equal length, so that no two lists run together
		h.Write(sum[:])
	}
	a.Key, a.Digest = keys[0], hex.EncodeToString(h.Sum(nil))
	return a, nil
}

// versionAsked is what If-Match names: the version where it is a tag of ours, so
// that the ways to write it are one, else the header as it stands.
func versionAsked(r *http.Request) string {
	header := strings.Join(r.Header.Values("If-Match"), ",")
	if n, err := parseVersionTag(header); err == nil {
		return strconv.Itoa(n)
	}
	return header
}

// maxKey is the longest Idempotency-Key.
const maxKey = 200

// sourceOf tells the page in a browser, which has a session and the headers
// that only browsers set, from a program.
func (s *Server) sourceOf(r *http.Request) geo.Source {
	if s.sessions.token(r) != "" && r.Header.Get("Sec-Fetch-Site") != "" && r.Header.Get("Authorization") == "" {
		return geo.FromUI
	}
	return geo.FromAPI
}
