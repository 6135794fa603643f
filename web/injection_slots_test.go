package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// slot is one place in a request where a caller may write something.
type slot struct {
	method, pattern string
	in, name        string
	fill            func(text string) *http.Request
}

func (s slot) String() string { return s.method + " " + s.pattern + " " + s.in + " " + s.name }

// slots lists every parameter and every member of a body in the document.
func slots(t *testing.T, doc *openapi3.T) []slot {
	t.Helper()
	var out []slot
	for _, pattern := range slices.Sorted(keysOf(doc.Paths.Map())) {
		if pattern == "/api/live" {
			continue // a stream has no end; its one parameter is a word of two
		}
		for method, op := range doc.Paths.Find(pattern).Operations() {
			base := plainRequest(pattern, method, op)
			for _, p := range op.Parameters {
				out = append(out, slot{method, pattern, p.Value.In, p.Value.Name, base.with(p.Value.In, p.Value.Name)})
			}
			if op.RequestBody == nil {
				continue
			}
			media := op.RequestBody.Value.Content.Get("application/json")
			if media == nil {
				continue // uploads: their texts are words of lists
			}
			for name := range media.Schema.Value.Properties {
				out = append(out, slot{method, pattern, "body", name, base.with("body", name)})
			}
		}
	}
	return out
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// plain is a request that is right but for one place.
type plain struct {
	method, pattern string
	path            map[string]string
	header          map[string]string
	query           map[string]string
	body            map[string]any
}

// plainRequest fills in what an operation needs. The version is one that never
// holds: what a change reaches is the look-up of the thing, and its form.
func plainRequest(pattern, method string, op *openapi3.Operation) plain {
	p := plain{method: method, pattern: pattern, path: map[string]string{}, header: map[string]string{}, query: map[string]string{}, body: map[string]any{}}
	for _, one := range op.Parameters {
		switch v := one.Value; {
		case v.In == "path":
			p.path[v.Name] = map[string]string{"collection": "problems", "z": "14", "x": "13339", "y": "6793", "no": "1", "id": "1", "kind": "note", "login": "viewer"}[v.Name]
			if p.path[v.Name] == "" {
				p.path[v.Name] = "XQ1"
			}
		case v.Name == "If-Match":
			p.header["If-Match"] = `"v999999"`
		case v.In == "query" && v.Required:
			p.query[v.Name] = "why"
		}
	}
	if op.RequestBody == nil {
		return p
	}
	words := map[string]any{
		"to": nil, "kind": nil, "values": map[string]any{"title": "x"}, "reason": "why", "on": "2019-01-01", "days": []any{},
		"items": []any{map[string]any{"code": "XQ1", "version": 999999}}, "login": "nobody", "role": "viewer", "password": "", "identity": map[string]any{"issuer": "i", "subject": "s"},
	}
	if media := op.RequestBody.Value.Content.Get("application/json"); media != nil {
		for name, s := range media.Schema.Value.Properties {
			if v, ok := words[name]; ok && v != nil {
				p.body[name] = v
			} else if len(s.Value.Enum) > 0 {
				p.body[name] = s.Value.Enum[0]
			}
		}
		delete(p.body, "strike")
	}
	return p
}

// with gives the requests whose one place is filled by a text.
func (p plain) with(in, name string) func(string) *http.Request {
	return func(text string) *http.Request {
		path := p.pattern
		for k, v := range p.path {
			if in == "path" && k == name {
				v = text
			}
			path = strings.ReplaceAll(path, "{"+k+"}", url.PathEscape(v))
		}
		q := url.Values{}
		for k, v := range p.query {
			q.Set(k, v)
		}
		if in == "query" {
			q.Set(name, text)
		}
		var body io.Reader = http.NoBody
		if len(p.body) > 0 || in == "body" {
			body = bytes.NewReader(p.filled(in, name, text))
		}
		r := httptest.NewRequest(p.method, "http://example.test"+strings.ReplaceAll(path, "?", "%3F")+"?"+q.Encode(), body)
		r.Header.Set("Content-Type", "application/json")
		for k, v := range p.header {
			r.Header.Set(k, v)
		}
		if in == "header" {
			r.Header[http.CanonicalHeaderKey(name)] = []string{text}
		}
		return r
	}
}

// filled writes the body with the text in one member: in each of its own members
// where that is an object or a list.
func (p plain) filled(in, name, text string) []byte {
	out := map[string]any{}
	for k, v := range p.body {
		out[k] = v
	}
	if in == "body" {
		switch name {
		case "values", "data":
			out[name] = map[string]any{"title": text, text: "x", "contract_no": text}
		case "items":
			out[name] = []any{map[string]any{"code": text, "version": 1, "data": map[string]any{"contract_no": text}}}
		case "days":
			out[name] = []any{map[string]any{"day": text, "works": true, "name": text}}
		case "scope":
			out[name] = []any{text}
		default:
			out[name] = text
		}
	}
	raw, _ := json.Marshal(out)
	return raw
}

// few says that a place is never part of a query: a language, or a secret that is
// hashed first, which is slow on purpose.
func (s slot) few() bool {
	return slices.Contains([]string{"lang", "password", "current", "code", "recovery"}, s.name) && (s.in == "body" || s.name == "lang") && s.pattern != "/api/collections/{collection}/items"
}

// takesNumbers says whether a text without letters can mean something in the place.
func (s slot) takesNumbers() bool {
	return s.in == "path" || s.name == "q" || s.name == "v" || strings.HasSuffix(s.name, "_from") || strings.HasSuffix(s.name, "_to")
}

// mates are the payloads for a place. The six kinds of things share their handlers, the
// routes of the board the reader of their filter and the listings theirs: a payload goes
// to a third of their places, to others at each turn.
func (s slot) mates(table []payload, n int) []payload {
	if s.few() {
		return table[n%10*5:][:5]
	}
	shared := []string{"/api/board", "/api/summary", "/listings", "/feeds/"}
	for _, c := range thingCollections() {
		shared = append(shared, "/api/"+c+"/")
	}
	if !slices.ContainsFunc(shared, func(at string) bool { return strings.HasPrefix(s.pattern, at) }) {
		return table
	}
	var out []payload
	for i, p := range table {
		if (i+n)%3 == 0 {
			out = append(out, p)
		}
	}
	return out
}
