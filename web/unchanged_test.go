package web

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// publicAnswers reads every address of the matrix that the public may read:
// status, headers and body, without the date and the request's id.
func (s *site) publicAnswers(headers ...string) map[string]string {
	s.t.Helper()
	v, out := s.visitor(), map[string]string{}
	clock := regexp.MustCompile(`"(as_of|timeStamp)":"[^"]*"`) // all that the time of day changes
	for _, row := range accessTable() {
		if row.method != http.MethodGet || row.pattern == "/api/live" || row.of(geo.RolePublic) >= 500 {
			continue
		}
		res, body := v.get(row.path, headers...)
		var b bytes.Buffer
		fmt.Fprintln(&b, res.StatusCode)
		res.Header.Del("Date")
		id := res.Header.Get("X-Request-Id")
		res.Header.Del("X-Request-Id")
		text := strings.ReplaceAll(clock.ReplaceAllString(string(body), ""), id, "")
		if res.Header.Get("Content-Length") == strconv.Itoa(len(body)) { // a moment is shorter when its last digits are zero
			res.Header.Set("Content-Length", strconv.Itoa(len(text)))
		}
		if err := res.Header.Write(&b); err != nil {
			s.t.Fatal(err)
		}
		b.WriteString(text)
		out[row.path] = b.String()
	}
	return out
}

// differences names what is not as it was.
func differences(t *testing.T, why string, was, is map[string]string) {
	t.Helper()
	for path, before := range was {
		if is[path] != before {
			t.Errorf("%s: %s was\n%.600s\nand is\n%.600s", why, path, before, is[path])
		}
	}
}

// TestHiddenEditsChangeNoPublicByte is T-4: a thousand changes of what is not
// published leave every public answer as it was, with its ETag; one change of
// what is published does not.
func TestHiddenEditsChangeNoPublicByte(t *testing.T) {
	noon := time.Now().Truncate(time.Hour) // pages tell the minute
	s := newSite(t, village(), func(c *Config) {
		c.Limits = Limits{RequestBurst: 1e9}
		c.Now = func() time.Time { return noon }
	})
	was := s.publicAnswers()
	if len(was) < 40 {
		t.Fatalf("only %d public answers are looked at", len(was))
	}
	actor := geo.Actor{Login: "admin", Role: geo.RoleAdmin, Source: geo.FromAPI}
	hidden := []struct{ collection, code, field string }{
		{"parcels", "XP4", "address"},
		{"projects", "XJ2", "name"},
		{"projects", "J01", "investor"},
		{"problems", "XQ1", "measure"},
		{"buildings", "XB1", "use"},
		{"households", "XH1", "persons"},
	}
	began := s.count(`select count(*) from land.event`)
	for i := range 1000 {
		h := hidden[i%len(hidden)]
		value := fmt.Sprint("隐", i)
		if h.field == "persons" {
			value = fmt.Sprint(1 + i%90)
		}
		if _, err := s.store.Correct(t.Context(), actor, geo.Edit{Collection: h.collection, Code: h.code, Values: map[string]string{h.field: value}, Reason: "隐理由"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.count(`select count(*) from land.event`) - began; n < 990 {
		t.Fatalf("only %d changes were made", n)
	}
	s.load(geo.Public)
	differences(t, "after hidden changes", was, s.publicAnswers())

	if _, err := s.store.Correct(t.Context(), actor, geo.Edit{Collection: "areas", Code: "A01", Values: map[string]string{"name": "新名"}, Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	const item = "/api/collections/areas/items/A01"
	if now := s.publicAnswers()[item]; now == was[item] {
		t.Error("a change of what is published is not seen: the test looks at nothing")
	}
}

// unkeyedHeaders are what caches do not look at when they decide whether two
// requests are the same, and what servers and frameworks have been seen to obey.
func unkeyedHeaders() []string {
	return strings.Fields(`
		X-Forwarded-Host X-Forwarded-Server X-Forwarded-Proto X-Forwarded-Scheme X-Forwarded-Ssl X-Forwarded-Port X-Forwarded-Prefix
		X-Forwarded-Path X-Forwarded-For X-Forwarded-By X-Forwarded X-Host X-Original-Host X-Original-URL X-Original-Uri X-Rewrite-URL
		X-Proxy-URL X-Proxy-Host X-Real-IP X-Client-IP X-Remote-IP X-Remote-Addr X-Originating-IP True-Client-IP CF-Connecting-IP
		Fastly-Client-IP X-Cluster-Client-IP Client-IP Forwarded Via X-HTTP-Method X-HTTP-Method-Override X-Method-Override
		X-HTTP-Host-Override X-Forwarded-Method Front-End-Https X-Url-Scheme X-Scheme X-Wap-Profile X-Requested-With X-CSRF-Token
		X-Api-Key X-Auth-Token X-User X-Remote-User Remote-User X-Forwarded-User X-Forwarded-Email X-WebAuth-User X-Debug X-Backend-Host
		Origin Referer User-Agent Accept Pragma Cache-Control DNT Save-Data Surrogate-Capability X-Timer Max-Forwards TE Upgrade-Insecure-Requests
		X-Amz-Website-Redirect-Location X-Accel-Redirect X-Sendfile X-Geo-Country X-Country-Code If-Match Idempotency-Key Last-Event-ID`)
}

// TestUnkeyedHeadersChangeNothing is T-6: none of them changes a public answer
// that a cache may keep.
func TestUnkeyedHeadersChangeNothing(t *testing.T) {
	noon := time.Now().Truncate(time.Hour) // pages tell the minute
	s := newSite(t, village(), func(c *Config) {
		c.Limits = Limits{RequestBurst: 1e9}
		c.Now = func() time.Time { return noon }
	})
	was := s.publicAnswers()
	names := unkeyedHeaders()
	if len(names) < 60 {
		t.Fatalf("only %d headers", len(names))
	}
	for _, name := range names {
		for _, value := range []string{"evil.example", "admin"} {
			differences(t, name+": "+value, was, s.publicAnswers(name, value))
		}
	}
	if is := s.publicAnswers("Accept-Language", "en"); is["/api"] == was["/api"] {
		t.Error("the language, which Vary names, changes nothing: the test looks at nothing")
	}
}
