package web

import (
	"net/http"
	"strings"

	"tengdi/geo"
)

// embedPath is the one page that other sites may show in a frame: the map of the
// public, which asks for everything without a session.
const embedPath = "/embed"

// AnySite and NoSite stand for all sites and for none in Config.Frames.
const (
	AnySite = "*"
	NoSite  = "none"
)

// frameAncestors reads who may show the page of embedPath in a frame and writes it as
// the policy has it. Nothing said is any site: the page shows what everybody may read,
// knows nobody, and has nothing that a click could be stolen for.
func frameAncestors(sites []string) (string, error) {
	switch {
	case len(sites) == 0 || len(sites) == 1 && sites[0] == AnySite:
		return "*", nil
	case len(sites) == 1 && sites[0] == NoSite:
		return "'none'", nil
	}
	for _, site := range sites {
		if !isOrigin(site) {
			return "", geo.Errorf(geo.Invalid,
				"%q is no site that may show the map in a frame: give origins such as https://www.example.cn, or * for any, or none",
				"“%s”不是可以嵌入地图的网站：请写来源地址，如 https://www.example.cn；* 为任何网站，none 为不允许", site)
		}
	}
	return "'self' " + strings.Join(sites, " "), nil
}

// isOrigin says whether a text is the scheme and host of a site, with a star for its
// first label at most, so that a setting cannot write directives of its own.
func isOrigin(site string) bool {
	scheme, host, ok := strings.Cut(site, "://")
	if !ok || scheme != "https" && scheme != "http" {
		return false
	}
	if rest, star := strings.CutPrefix(host, "*."); star {
		if host = rest; !strings.Contains(host, ".") {
			return false
		}
	}
	return host != "" && strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") == ""
}

// embeddable says whether any other site may show the map in a frame.
func (s *Server) embeddable() bool { return s.frames != "'none'" }

// letFrame takes the lock off the page for frames, once its policy is set: sites that
// isolate themselves may show it too.
func (s *Server) letFrame(h http.Header) {
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors "+s.frames, 1))
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}
