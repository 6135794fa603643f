package web

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"tengdi/geo"
)

// openAPI reads the document that the site serves.
func (s *site) openAPI() *openapi3.T {
	s.t.Helper()
	res, body := s.visitor().get("/api/openapi.json")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != openAPIType {
		s.t.Fatalf("openapi: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	doc, err := openapi3.NewLoader().LoadFromData(body)
	if err != nil {
		s.t.Fatal(err)
	}
	return doc
}

func TestOpenAPIIsValidAndWhole(t *testing.T) {
	s := newSite(t, village(), nil)
	doc := s.openAPI()
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %s", doc.OpenAPI)
	}
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			described[method+" "+path] = true
			if op.Description == "" && op.Summary == method+" "+path {
				t.Errorf("%s %s has no words", method, path)
			}
		}
	}
	for _, rt := range s.server.routes {
		name := rt.method + " " + rt.pattern
		if !described[name] {
			t.Errorf("%s is not in the document", name)
		}
		delete(described, name)
		if op := operationOf(rt.method, rt.pattern); op.summary == "" {
			t.Errorf("%s has no row among the operations: say what it does, takes and answers", name)
		}
	}
	for name := range described {
		t.Errorf("the document has %s, the server has not", name)
	}
	_, body := s.visitor().get("/api")
	if !strings.Contains(string(body), `"href":"/api/openapi.json"`) {
		t.Error("the landing page does not lead to it")
	}
}

// Every answer of the crawl is what the document says, for the public and for
// staff, and so is every problem.
func TestAnswersAreAsDescribed(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{RequestBurst: 1e9} })
	s.assignField()
	doc := s.openAPI()
	checked := 0
	for _, role := range []geo.Role{geo.RolePublic, geo.RoleField, geo.RoleAdmin} {
		v := s.as(role)
		for _, row := range accessTable() {
			if row.pattern == "/api/live" || row.method == "DELETE" {
				continue
			}
			res, body := v.do(row.method, row.path, nil)
			kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
			if !strings.Contains(kind, "json") {
				continue
			}
			op := doc.Paths.Find(row.pattern).GetOperation(row.method)
			answer := op.Responses.Status(res.StatusCode)
			if answer == nil {
				answer = op.Responses.Default()
			}
			media := answer.Value.Content.Get(res.Header.Get("Content-Type"))
			if media == nil {
				t.Errorf("%s %s: %d as %s is not described", row.method, row.path, res.StatusCode, res.Header.Get("Content-Type"))
				continue
			}
			var value any
			if err := json.Unmarshal(body, &value); err != nil {
				t.Fatal(err)
			}
			if err := media.Schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020()); err != nil {
				t.Errorf("%s %s as %s: %v", row.method, row.path, role, err)
			}
			checked++
		}
	}
	if checked < 200 {
		t.Errorf("only %d answers were looked at", checked)
	}
	t.Logf("%d answers", checked)
}
