package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tengdi/geo"
	"tengdi/web/listing"
)

// maxQRPath is the longest path that a QR code is made of, in bytes. With more the
// squares become too small for the camera of a phone.
const maxQRPath = 1000

// getQR draws the QR code of a public page of this site as SVG. The path comes from the
// caller, scheme and host never do: no code of ours leads to somebody else's site.
func (s *Server) getQR(w http.ResponseWriter, r *http.Request) error {
	path, err := qrPath(r.URL.Query().Get("path"))
	if err != nil {
		return err
	}
	code, err := listing.CodeOf(s.origin(r) + path)
	if err != nil {
		return err
	}
	body := code.SVG()
	w.Header().Set("Cache-Control", "public, max-age=3600")
	return send(w, r, answer{"image/svg+xml", body, entityTag(geo.Public, body)})
}

// qrPath reads the path of a public page, with its query and the view after #, and
// writes it as an address has it.
func qrPath(text string) (string, error) {
	tooLong := badField("path", "length", "must have 1 to 1000 bytes, escaped as in an address", "按网址转义后须为 1 至 1000 字节")
	if text == "" || len(text) > maxQRPath {
		return "", tooLong
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !qrPage(u.Path) || strings.ContainsFunc(text, control) {
		return "", badField("path", "not_a_page", "must be the path of a public page of this site, such as /map", "须为本站公开页面的路径，如 /map")
	}
	address := u.String()
	if len(address) > maxQRPath {
		return "", tooLong
	}
	return address, nil
}

// qrPage says whether a path is a page that everybody may open.
func qrPage(path string) bool {
	return slices.Contains([]string{"/", "/map", "/embed", "/listings"}, path) || strings.HasPrefix(path, "/listings/")
}

func control(c rune) bool { return c < ' ' || c == 0x7f || c == '\\' }
