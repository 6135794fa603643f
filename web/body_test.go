package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"tengdi/geo"
)

func TestValuesMayBePlain(t *testing.T) {
	var got values
	if err := json.Unmarshal([]byte(`{"a":"x","b":1.50,"c":true,"d":null,"e":"line\nline"}`), &got); err != nil {
		t.Fatal(err)
	}
	if want := (values{"a": "x", "b": "1.50", "c": "true", "d": "", "e": "line\nline"}); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for _, bad := range []string{
		`[]`, `"x"`, `{"a":{}}`, `{"a":[1]}`, `{"a":"\u0000"}`, `{"a":"\u001b"}`, `{"\u0000":"x"}`,
		`{"a":"` + strings.Repeat("x", maxValue+1) + `"}`,
	} {
		if err := json.Unmarshal([]byte(bad), &got); kindOf(err) != geo.Invalid {
			t.Errorf("%.40s: %v", bad, err)
		}
	}
}

func TestDays(t *testing.T) {
	for text, want := range map[string]string{"2019-06-30": "2019-06-30", "2024-02-29": "2024-02-29"} {
		if d, err := dayParam("on", text); err != nil || d.String() != want {
			t.Errorf("%s: %s %v", text, d, err)
		}
	}
	for _, bad := range []string{"2019-6-30", "2023-02-29", "30.06.2019", "2019-06-30T00:00:00Z", "0001-01-01", "9999-12-31", "x"} {
		if _, err := dayParam("on", bad); kindOf(err) != geo.Invalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// The same request has the same digest, whoever sends it; another has not.
func TestDigestStandsForTheRequest(t *testing.T) {
	s := &Server{sessions: newSessions(nil, nil, false, false, nil)}
	digest := func(method, path, key string, asked ...string) string {
		r, err := http.NewRequest(method, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Idempotency-Key", key)
		var parts [][]byte
		for _, p := range asked {
			parts = append(parts, []byte(p))
		}
		a, err := s.actor(r, parts...)
		if err != nil {
			t.Fatal(err)
		}
		return a.Digest
	}
	one := digest("POST", "/a/b", "k", "body")
	if len(one) != 64 || one != digest("POST", "/a/b", "other", "body") {
		t.Error("the digest depends on the key, or is none")
	}
	for name, other := range map[string]string{
		"method": digest("PATCH", "/a/b", "k", "body"), "path": digest("POST", "/a/bb", "k", "ody"),
		"body": digest("POST", "/a/b", "k", "Body"), "parts": digest("POST", "/a/b", "k", "bo", "dy"),
	} {
		if other == one {
			t.Errorf("another %s has the same digest", name)
		}
	}
	seen := func(tag string) string {
		r, err := http.NewRequest("PATCH", "/a", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Idempotency-Key", "k")
		r.Header.Set("If-Match", tag)
		a, err := s.actor(r, []byte("body"))
		if err != nil {
			t.Fatal(err)
		}
		return a.Digest
	}
	if seen(`"v7"`) == seen(`"v8"`) || seen(`"x"`) == seen(`"y"`) || seen(`"v7"`) != seen(`"v7.abc"`) {
		t.Error("another version seen has the same digest, or the same version another")
	}
	for _, bad := range []string{"", "a b", "é", "a\tb", strings.Repeat("x", maxKey+1)} {
		r, _ := http.NewRequest("POST", "/", nil)
		r.Header["Idempotency-Key"] = []string{bad}
		if _, err := s.actor(r); kindOf(err) != geo.Invalid {
			t.Errorf("key %q: %v", bad, err)
		}
	}
}

func TestSourceOfAChange(t *testing.T) {
	s := &Server{sessions: newSessions(nil, nil, false, false, nil)}
	cookie := "tengdi=" + strings.Repeat("x", 43)
	for _, c := range []struct {
		name    string
		headers []string
		want    geo.Source
	}{
		{"a page", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, geo.FromUI},
		{"a program with a session", []string{"Cookie", cookie, "Origin", "http://here"}, geo.FromAPI},
		{"a program with a token", []string{"Authorization", "Bearer x", "Sec-Fetch-Site", "none"}, geo.FromAPI},
	} {
		r, _ := http.NewRequest("POST", "/", nil)
		for i := 0; i < len(c.headers); i += 2 {
			r.Header.Set(c.headers[i], c.headers[i+1])
		}
		if got := s.sourceOf(r); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestAttachmentNames(t *testing.T) {
	for name, want := range map[string]string{
		"plan.pdf":        `attachment; filename=plan.pdf`,
		"a b.pdf":         `attachment; filename="a b.pdf"`,
		"协议.pdf":          `attachment; filename=__.pdf; filename*=UTF-8''%E5%8D%8F%E8%AE%AE.pdf`,
		`x".html`:         `attachment; filename=x_.html; filename*=UTF-8''x%22.html`,
		"a\r\nSet-Cookie": `attachment; filename=a__Set-Cookie; filename*=UTF-8''a%0D%0ASet-Cookie`,
	} {
		if got := attachment(name); got != want {
			t.Errorf("%q: %s", name, got)
		}
	}
}
