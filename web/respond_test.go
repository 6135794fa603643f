package web

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"tengdi/geo"
)

func TestMatchesTag(t *testing.T) {
	cases := []struct {
		header, etag string
		want         bool
	}{
		{"", `"a"`, false},
		{`"a"`, `"a"`, true},
		{`W/"a"`, `"a"`, true},
		{`"a"`, `W/"a"`, true},
		{`"x", "a"`, `"a"`, true},
		{`"a-gz"`, `"a"`, true},
		{`*`, `"a"`, true},
		{`"b"`, `"a"`, false},
		{`a`, `"a"`, false},
		{`"a"`, ``, false},
	}
	for _, c := range cases {
		if got := matchesTag(c.header, c.etag); got != c.want {
			t.Errorf("If-None-Match %s against %s: %v", c.header, c.etag, got)
		}
	}
}

func TestAcceptsEncoding(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "*": true, "*;q=0": false,
		"identity": false, "gzip;q=0, *": false, "GZIP": true,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := acceptsEncoding(r, "gzip"); got != want {
			t.Errorf("Accept-Encoding %q: %v", header, got)
		}
	}
}

func TestSendNegotiates(t *testing.T) {
	body := []byte(strings.Repeat("面积 ", 1000))
	a := answer{"application/json", body, `"t"`}
	get := func(headers ...string) *http.Response {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		if err := send(w, r, a); err != nil {
			t.Fatal(err)
		}
		return w.Result()
	}
	plain := get()
	if got, _ := io.ReadAll(plain.Body); !bytes.Equal(got, body) || plain.Header.Get("ETag") != `"t"` {
		t.Error("without Accept-Encoding the body is not the plain one")
	}
	packed := get("Accept-Encoding", "gzip")
	zr, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(zr); !bytes.Equal(got, body) {
		t.Error("the gzipped body is another")
	}
	if packed.Header.Get("ETag") != `"t-gz"` || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("headers of the gzipped form: %v", packed.Header)
	}
	for _, tag := range []string{`"t"`, `"t-gz"`, `W/"t"`} {
		if res := get("If-None-Match", tag); res.StatusCode != http.StatusNotModified || res.Header.Get("Content-Type") != "" {
			t.Errorf("If-None-Match %s: %d", tag, res.StatusCode)
		}
	}
}

// The same bytes for two audiences must not share a tag: a cache would take one
// for the other.
func TestTagsDifferByAudience(t *testing.T) {
	if entityTag(geo.Public, []byte("x")) == entityTag(geo.Staff, []byte("x")) {
		t.Error("public and staff have the same tag")
	}
	if entityTag(geo.Public, []byte("ab"), []byte("c")) == entityTag(geo.Public, []byte("a"), []byte("bc")) {
		t.Error("parts run into each other")
	}
}

func TestReadJSONIsStrict(t *testing.T) {
	cases := []struct {
		name, contentType, body string
		status                  int
	}{
		{"good", "application/json; charset=utf-8", `{"login":"a"}`, 0},
		{"unknown member", "application/json", `{"login":"a","role":"admin"}`, 400},
		{"two objects", "application/json", `{"login":"a"}{}`, 400},
		{"no object", "application/json", `"a"`, 400},
		{"broken", "application/json", `{"login":`, 400},
		{"empty", "application/json", ``, 400},
		{"a form", "application/x-www-form-urlencoded", `login=a`, 415},
		{"plain text, as a form of another site could send", "text/plain", `{"login":"a"}`, 415},
		{"too long", "application/json", `{"login":"` + strings.Repeat("a", maxJSON) + `"}`, 413},
		{"too long after the object", "application/json", `{"login":"a"}` + strings.Repeat(" ", maxJSON), 413},
		{"deep", "application/json", strings.Repeat(`{"login":`, 5_000), 400},
	}
	for _, c := range cases {
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.contentType)
		var in struct {
			Login string `json:"login"`
		}
		err := readJSON(httptest.NewRecorder(), r, &in)
		switch {
		case c.status == 0 && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.status != 0 && (err == nil || problemOf(err, chinese).Status != c.status):
			t.Errorf("%s: %v, want status %d", c.name, err, c.status)
		}
	}
}
