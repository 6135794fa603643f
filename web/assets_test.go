package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"tengdi/geo"
)

func testAssets(t *testing.T) *assets {
	t.Helper()
	script := strings.Repeat("console.log('腾地');", 200)
	a, err := loadAssets(fstest.MapFS{
		"index.html":                 {Data: []byte("<!doctype html><title>app</title>")},
		"placeholder.html":           {Data: []byte("placeholder")},
		"favicon.svg":                {Data: []byte("<svg/>")},
		"assets/main-BxY_12-z.js":    {Data: []byte(script)},
		"assets/main-BxY_12-z.js.br": {Data: []byte("brotli bytes")},
		"assets/main-BxY_12-z.js.gz": {Data: []byte("gzip bytes")},
		"assets/style-12345678.css":  {Data: []byte(strings.Repeat("a{color:red}", 200))},
		"assets/plain.png":           {Data: []byte("png")},
		"secret.gz":                  {Data: []byte("no asset of its own")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func getAsset(t *testing.T, a *assets, method, path string, headers ...string) *http.Response {
	t.Helper()
	s, _ := bareServer(t)
	s.assets = a
	s.district = newDistrictCache(oneDistrict{}, s.now)
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handle(s.fallback)(w, r)
	return w.Result()
}

// oneDistrict is a store that knows its district and nothing else.
type oneDistrict struct{}

func (oneDistrict) District(context.Context) (geo.District, error) {
	return geo.District{Code: "430602", Zone: "Asia/Shanghai"}, nil
}

func TestAssets(t *testing.T) {
	a := testAssets(t)
	cases := []struct {
		path, accept, encoding, contentType, cache string
		status                                     int
	}{
		{"/assets/main-BxY_12-z.js", "gzip, br", "br", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"/assets/main-BxY_12-z.js", "gzip", "gzip", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"/assets/main-BxY_12-z.js", "", "", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"/assets/style-12345678.css", "gzip", "gzip", "text/css; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"/assets/plain.png", "gzip", "", "image/png", "no-cache", 200},
		{"/favicon.svg", "gzip", "", "image/svg+xml", "no-cache", 200},
		{"/assets/main-BxY_12-z.js.br", "", "", "application/problem+json; charset=utf-8", "no-store", 404},
		{"/secret.gz", "", "", "application/problem+json; charset=utf-8", "no-store", 404},
		{"/index.html", "", "", "application/problem+json; charset=utf-8", "no-store", 404},
		{"/assets/", "", "", "application/problem+json; charset=utf-8", "no-store", 404},
		{"/assets/../index.html", "", "", "application/problem+json; charset=utf-8", "no-store", 404},
		{"/nothing", "", "", "application/problem+json; charset=utf-8", "no-store", 404},
	}
	for _, c := range cases {
		res := getAsset(t, a, "GET", c.path, "Accept-Encoding", c.accept)
		h := res.Header
		if res.StatusCode != c.status || h.Get("Content-Encoding") != c.encoding || h.Get("Content-Type") != c.contentType || h.Get("Cache-Control") != c.cache {
			t.Errorf("%s with %q: %d, encoding %q, type %q, cache %q", c.path, c.accept, res.StatusCode, h.Get("Content-Encoding"), h.Get("Content-Type"), h.Get("Cache-Control"))
		}
		tag := h.Get("ETag")
		if c.status != 200 {
			continue
		}
		again := getAsset(t, a, "GET", c.path, "Accept-Encoding", c.accept, "If-None-Match", tag)
		if body, _ := io.ReadAll(again.Body); again.StatusCode != 304 || len(body) != 0 {
			t.Errorf("%s asked again with %s: %d", c.path, tag, again.StatusCode)
		}
	}
}

func TestAssetsGzippedHere(t *testing.T) {
	a := testAssets(t)
	res := getAsset(t, a, "GET", "/assets/style-12345678.css", "Accept-Encoding", "gzip")
	zr, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(zr); err != nil || !bytes.Equal(got, a.files["assets/style-12345678.css"].body) {
		t.Errorf("the gzipped style is another: %v", err)
	}
	if res := getAsset(t, a, "HEAD", "/assets/style-12345678.css"); res.Header.Get("Content-Length") != "2400" {
		t.Errorf("HEAD tells %s bytes", res.Header.Get("Content-Length"))
	}
}

func TestScriptsCarryAPolicyForWorkers(t *testing.T) {
	res := getAsset(t, testAssets(t), "GET", "/assets/main-BxY_12-z.js")
	if got := res.Header.Get("Content-Security-Policy"); got != scriptPolicy {
		t.Errorf("policy %q", got)
	}
}

// A fresh clone embeds the placeholder only. The binary then says what to do.
func TestPlaceholder(t *testing.T) {
	a, err := loadAssets(fstest.MapFS{"placeholder.html": {Data: []byte("make build")}})
	if err != nil {
		t.Fatal(err)
	}
	if a.built || string(a.page.body) != "make build" {
		t.Errorf("the page without a front end: built %v, %q", a.built, a.page.body)
	}
	if _, err := loadAssets(fstest.MapFS{}); err == nil {
		t.Error("a front end without any page is taken")
	}
	if a, err := loadAssets(nil); err != nil || a.page == nil {
		t.Errorf("the embedded front end: %v", err)
	}
}

// builtFrontEnd is a front end of one page.
func builtFrontEnd() fs.FS {
	return fstest.MapFS{
		"index.html":       {Data: []byte("<!doctype html><title>the app</title>")},
		"placeholder.html": {Data: []byte("placeholder")},
	}
}
