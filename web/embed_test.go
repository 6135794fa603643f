package web

import (
	"bytes"
	"strings"
	"testing"

	"tengdi/geo"
)

func TestFrameAncestors(t *testing.T) {
	for _, c := range []struct {
		sites []string
		want  string
	}{
		{nil, "*"},
		{[]string{"*"}, "*"},
		{[]string{"none"}, "'none'"},
		{[]string{"https://www.example.cn", "http://10.0.0.5:8080", "https://*.example.cn"}, "'self' https://www.example.cn http://10.0.0.5:8080 https://*.example.cn"},
	} {
		if got, err := frameAncestors(c.sites); err != nil || got != c.want {
			t.Errorf("%q: %q, %v", c.sites, got, err)
		}
	}
	for _, site := range []string{"", "www.example.cn", "https://", "https://a.cn/path", "https://a.cn; script-src *", "https://a b", "ftp://a.cn", "*", "none", "https://*.cn", "https://*", "'self'", "https://a.cn,https://b.cn", "data:"} {
		if got, err := frameAncestors([]string{"https://www.example.cn", site}); err == nil {
			t.Errorf("%q is taken: %q", site, got)
		}
		if site != "*" && site != "none" {
			if _, err := New(Config{Frames: []string{site}, Store: struct{ Store }{}, Hub: NewHub(), Tilesets: map[geo.Audience]Tileset{geo.Public: newEngine(t, geo.Public), geo.Staff: newEngine(t, geo.Staff)}}); err == nil {
				t.Errorf("a server starts with the frame site %q", site)
			}
		}
	}
}

// One page may stand in frames; everything else stays locked, whoever is let in.
func TestOnlyTheEmbeddedMapMayStandInFrames(t *testing.T) {
	for _, c := range []struct {
		sites    []string
		want     string
		anywhere bool
	}{
		{nil, "frame-ancestors *", true},
		{[]string{"https://www.example.cn"}, "frame-ancestors 'self' https://www.example.cn", true},
		{[]string{NoSite}, "frame-ancestors 'none'", false},
	} {
		s := newSite(t, village(), func(cfg *Config) { cfg.Frames, cfg.Assets = c.sites, builtFrontEnd() })
		v := s.visitor()
		res, body := v.get("/embed")
		csp := res.Header.Get("Content-Security-Policy")
		if res.StatusCode != 200 || !strings.Contains(csp+";", "; "+c.want+";") || strings.Count(csp, "frame-ancestors") != 1 || !strings.Contains(csp, "script-src 'self';") {
			t.Errorf("%v: %d, policy %s", c.sites, res.StatusCode, csp)
		}
		if res.Header.Get("X-Frame-Options") != "" || res.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%v: %v", c.sites, res.Header)
		}
		// Who is signed in gets the same page, and no cookie is set on it.
		staff, same := s.as(geo.RolePlanner).get("/embed")
		if !bytes.Equal(body, same) || staff.Header.Get("Set-Cookie") != "" || strings.Contains(staff.Header.Get("Vary"), "Cookie") || staff.Header.Get("ETag") != res.Header.Get("ETag") {
			t.Errorf("%v: the page knows its reader: %v", c.sites, staff.Header)
		}
		for _, path := range append(pagePaths(), "/listings", "/listings/P01", "/api/district", "/tiles/public.json", "/qr?path=/map", "/embed/", "/embed/x", "/nowhere") {
			if path == "/embed" {
				continue
			}
			res, _ := v.get(path, "Accept", "text/html")
			if !strings.HasSuffix(res.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") && !strings.Contains(res.Header.Get("Content-Security-Policy"), "frame-ancestors 'none';") || res.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				t.Errorf("%s: policy %s", path, res.Header.Get("Content-Security-Policy"))
			}
		}
		if _, body := v.get("/api/district"); bytes.Contains(body, []byte(`"embed":true`)) != c.anywhere {
			t.Errorf("%v: the front end is told %s", c.sites, body)
		}
	}
}
