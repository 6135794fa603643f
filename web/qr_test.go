package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tengdi/web/listing"
)

// A code leads to a page of the site that was asked, with the view after #, and says
// nothing else.
func TestQRLeadsToOurPages(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	for path, address := range map[string]string{
		"/": "/",
		"/map#v=14.25/29.37/113.12&sel=parcels/P01&lang=en": "/map#v=14.25/29.37/113.12&sel=parcels/P01&lang=en",
		"/map?archive=land-2018#mode=use":                   "/map?archive=land-2018#mode=use",
		"/map#q=东风湖":                                        "/map#q=%E4%B8%9C%E9%A3%8E%E6%B9%96",
		"/embed":                                            "/embed",
		"/listings?use_class=residential":                   "/listings?use_class=residential",
		"/listings/P01":                                     "/listings/P01",
	} {
		res, body := v.get("/qr?path=" + url.QueryEscape(path))
		code, err := listing.CodeOf(s.http.URL + address)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/svg+xml" || !bytes.Equal(body, code.SVG()) {
			t.Errorf("%s: %d %s, %d bytes that are another code", path, res.StatusCode, res.Header.Get("Content-Type"), len(body))
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=3600" || res.Header.Get("Set-Cookie") != "" || strings.Contains(res.Header.Get("Vary"), "Cookie") {
			t.Errorf("%s: kept %q, with %v", path, got, res.Header)
		}
		if res, _ := v.get("/qr?path="+url.QueryEscape(path), "If-None-Match", res.Header.Get("ETag")); res.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %d", path, res.StatusCode)
		}
	}
}

func TestQRRefusesOtherPlaces(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	for _, path := range []string{
		"", "map", "//evil.example/map", "///evil.example", "/\\evil.example", "https://evil.example/map", "javascript:alert(1)", "mailto:a@b",
		"/map\r\nLocation: x", "/map\x7f", "/households/H1", "/api/session", "/nowhere", "/listingsx", "/map/", "/map%zz",
		"/map#" + strings.Repeat("a", maxQRPath-4), "user@/map", "/map#" + strings.Repeat("地", 120),
	} {
		res, body := v.get("/qr?path=" + url.QueryEscape(path))
		if res.StatusCode != 400 || !bytes.Contains(body, []byte(`"field":"path"`)) || strings.Contains(string(body), "evil") {
			t.Errorf("%q: %d %s", path, res.StatusCode, body)
		}
	}
	if res, _ := v.get("/qr"); res.StatusCode != 400 {
		t.Errorf("no path: %d", res.StatusCode)
	}
	// The longest path still has a code, whatever it is made of.
	for _, fill := range []string{"a", "1", "~", "%E5"} {
		path := "/map#" + strings.Repeat(fill, (maxQRPath-5)/len(fill))
		if res, body := v.get("/qr?path=" + url.QueryEscape(path)); res.StatusCode != 200 {
			t.Errorf("a path of %d bytes: %d %s", len(path), res.StatusCode, body)
		}
	}
}
