package web

import (
	"net/http"
	"strings"

	"tengdi/geo"
)

// The values of secureHeaders, shared by all answers: whoever changes a header
// puts a value of its own in its place.
var (
	dataPolicy     = []string{"default-src 'none'; frame-ancestors 'none'"}
	noSniff        = []string{"nosniff"}
	referrerPolicy = []string{"strict-origin-when-cross-origin"}
	permissions    = []string{"camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"}
	sameOrigin     = []string{"same-origin"}
	strictSecurity = []string{"max-age=31536000"}
)

// secureHeaders sets what holds for every answer. The content security policy
// here suits data, which loads nothing; pages and scripts set their own.
func (s *Server) secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Security-Policy"] = dataPolicy
		h["X-Content-Type-Options"] = noSniff
		h["Referrer-Policy"] = referrerPolicy
		h["Permissions-Policy"] = permissions
		h["Cross-Origin-Opener-Policy"] = sameOrigin
		h["Cross-Origin-Resource-Policy"] = sameOrigin
		if s.cfg.Secure {
			h["Strict-Transport-Security"] = strictSecurity
		}
		next.ServeHTTP(w, r)
	})
}

// pagePolicy is the content security policy of a page: everything from here,
// images also from data and blob URLs as MapLibre decodes its sprites, and
// connections to the external base map when one is set.
func pagePolicy(base geo.BaseMap) string {
	connect := "'self'"
	if origin := mapOrigin(base); origin != "" {
		connect += " " + origin
	}
	return "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src " + connect +
		"; img-src 'self' data: blob:; style-src 'self'; font-src 'self'; manifest-src 'self'" +
		"; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
}

// scriptPolicy goes with scripts. A worker is bound by the policy that came
// with its own file, not by the page's, and the file is kept for a year; so the
// policy cannot name a base map that may be changed tomorrow. It allows
// connections to any web server and nothing else.
const scriptPolicy = "default-src 'none'; script-src 'self'; connect-src 'self' https: http:; frame-ancestors 'none'"

// mapOrigin finds the scheme and host of an external base map, with a star for
// a templated first label: https://t{s}.example.cn/{z}/{x}/{y} gives
// https://*.example.cn. An address that is no plain http or https origin gives
// "", so that a setting cannot write directives of its own.
func mapOrigin(base geo.BaseMap) string {
	scheme, rest, ok := strings.Cut(base.URL, "://")
	if base.Kind == "" || !ok || (scheme != "https" && scheme != "http") {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '}'); i >= 0 {
		_, domain, dotted := strings.Cut(rest[i:], ".")
		if !dotted || !strings.Contains(domain, ".") {
			return ""
		}
		rest = "*." + domain
	}
	if rest == "" || strings.Trim(strings.TrimPrefix(rest, "*."), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") != "" {
		return ""
	}
	return scheme + "://" + rest
}
