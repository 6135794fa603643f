package web

import (
	"strings"
	"testing"

	"tengdi/geo"
)

func TestMapOrigin(t *testing.T) {
	for url, want := range map[string]string{
		"":                                     "",
		"https://tile.example.org/{z}/{x}/{y}": "https://tile.example.org",
		"http://10.0.0.5:8081/{z}/{x}/{y}.png": "http://10.0.0.5:8081",
		"https://t{s}.example.gov.cn/w?T={z}":  "https://*.example.gov.cn",
		"https://example.org":                  "https://example.org",
		"https://{s}.cn/x":                     "", // a star over a whole country
		"https://{s}":                          "",
		"ftp://example.org/":                   "",
		"//example.org/":                       "",
		"https://a; script-src *":              "",
		"https://a b/{z}":                      "",
		"https://'unsafe-inline'/":             "",
		"https:///path":                        "",
	} {
		if got := mapOrigin(geo.BaseMap{Kind: "raster", URL: url}); got != want {
			t.Errorf("%q: %q, want %q", url, got, want)
		}
	}
	if got := mapOrigin(geo.BaseMap{URL: "https://example.org/"}); got != "" {
		t.Errorf("a base map without a kind is not used, but %q is allowed", got)
	}
}

func TestPagePolicy(t *testing.T) {
	plain := pagePolicy(geo.BaseMap{})
	for _, part := range []string{
		"default-src 'none'", "script-src 'self'", "worker-src 'self'", "connect-src 'self';",
		"img-src 'self' data: blob:", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
	} {
		if !strings.Contains(plain+";", part) {
			t.Errorf("the policy lacks %s: %s", part, plain)
		}
	}
	if strings.Contains(plain, "unsafe") {
		t.Errorf("the policy is loose: %s", plain)
	}
	with := pagePolicy(geo.BaseMap{Kind: "style", URL: "https://maps.example.org/style.json"})
	if !strings.Contains(with, "connect-src 'self' https://maps.example.org;") {
		t.Errorf("the base map is not allowed: %s", with)
	}
}
