package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tengdi/geo"
	"tengdi/tiles"
)

// openAPIType is the media type of an OpenAPI document in JSON.
const openAPIType = "application/vnd.oai.openapi+json;version=3.1"

// operation is what the OpenAPI document says of a route besides what the table
// of routes says. Schemas come from the Go types that are written and read.
type operation struct {
	summary string
	detail  string
	tag     string

	body  any                 // of what a JSON body is read into; nil = none
	need  []string            // members that the body must have
	enums map[string][]string // members of the body with few words
	form  schema              // of a multipart body; nil = none

	seen  bool // needs If-Match
	keyed bool // takes Idempotency-Key

	answer  any    // of what the answer is written from; nil with kind "" = no content
	kind    string // media type of the answer; "" = JSON
	raw     schema // of an answer that no type stands for
	status  int    // 0 = 200
	refuses []int  // problems worth naming besides the default
}

// getOpenAPI answers the description of all that there is.
func (s *Server) getOpenAPI(w http.ResponseWriter, r *http.Request) error {
	return send(w, r, answer{openAPIType, s.openAPI, entityTag(geo.Public, s.openAPI)})
}

// describe writes the OpenAPI document from the table of routes.
func (s *Server) describe() ([]byte, error) {
	types := newSchemas()
	problems := types.of(reflect.TypeFor[problem]())
	for name, one := range geoSchemas() {
		types.components[name] = one
	}
	paths := map[string]map[string]any{}
	for _, rt := range s.routes {
		at := paths[rt.pattern]
		if at == nil {
			at = map[string]any{}
			paths[rt.pattern] = at
		}
		at[strings.ToLower(rt.method)] = s.operation(types, rt, problems)
	}
	doc := map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "腾地 Tengdi", "version": orText(s.cfg.Version, "0"),
			"description": "Land clearing and land transfer of a district. What is published needs no sign-in; staff see and do what their role allows. Errors are problem documents (RFC 9457), in Chinese or English by lang or Accept-Language.",
			"license":     map[string]any{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers": []any{map[string]any{"url": "/"}},
		"paths":   paths,
		"components": map[string]any{
			"schemas": types.components,
			"securitySchemes": map[string]any{
				"session": map[string]any{"type": "apiKey", "in": "cookie", "name": s.sessions.scs.Cookie.Name, "description": "The cookie of POST /api/session. A change must come with Origin or Sec-Fetch-Site, as browsers send them."},
				"token":   map[string]any{"type": "http", "scheme": "bearer", "description": "A token of POST /api/tokens."},
			},
		},
	}
	out, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return append(out, '\n'), nil
}

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// operationID is a name of a route that programs can use: get_api_areas_code_moves.
func operationID(rt route) string {
	return strings.ToLower(rt.method) + strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower("_"+rt.pattern), "_"), " ")
}

// operation writes one route.
func (s *Server) operation(types *schemas, rt route, problems schema) map[string]any {
	op := operationOf(rt.method, rt.pattern)
	detail := op.detail
	if d := geo.Deed(rt.who); slices.Contains(geo.Deeds(), d) {
		_, en := d.Words()
		detail = strings.TrimSpace(detail + " For roles that may " + en + ".")
	}
	out := map[string]any{
		"operationId": operationID(rt), "summary": orText(op.summary, rt.method+" "+rt.pattern), "description": detail,
		"tags": []string{orText(op.tag, "more")}, "security": securityOf(rt.who),
	}
	parameters := append(pathParameters(rt.pattern), queryParameters(rt.params)...)
	if op.seen {
		parameters = append(parameters, headerParameter("If-Match", true, "The ETag of what was seen, or its version as in \"v7\". 428 without, 412 when it has changed.", schema{"type": "string", "maxLength": maxTag}))
	}
	if op.keyed {
		parameters = append(parameters, headerParameter("Idempotency-Key", false, "A word of one's own: the same request made again with it gets the same answer, with Idempotency-Replayed: true.", schema{"type": "string", "minLength": 1, "maxLength": maxKey, "pattern": "^[!-~]+$"}))
	}
	out["parameters"] = parameters
	switch {
	case op.form != nil:
		out["requestBody"] = map[string]any{"required": true, "content": map[string]any{"multipart/form-data": map[string]any{"schema": op.form}}}
	case op.body != nil:
		out["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/json": map[string]any{"schema": types.bodyOf(op.body, op.need, op.enums)}}}
	}
	out["responses"] = responses(types, rt, op, problems)
	return out
}

// responses are the answer when all is well, the problems that are worth a word,
// and the problem that any route may answer with.
func responses(types *schemas, rt route, op operation, problems schema) map[string]any {
	fine := map[string]any{"description": "as asked for"}
	kind := op.kind
	if kind == "" && op.answer != nil {
		kind = "application/json"
	}
	if kind != "" {
		body := op.raw
		if op.answer != nil {
			body = types.of(reflect.TypeOf(op.answer))
		}
		fine["content"] = map[string]any{kind: map[string]any{"schema": body}}
	}
	status := op.status
	if status == 0 {
		status = http.StatusOK
	}
	trouble := func(text string) map[string]any {
		return map[string]any{"description": text, "content": map[string]any{"application/problem+json": map[string]any{"schema": problems}}}
	}
	out := map[string]any{strconv.Itoa(status): fine, "default": trouble("a problem")}
	if rt.who != public && rt.who != anyAudience {
		op.refuses = append(op.refuses, http.StatusUnauthorized)
	}
	if op.seen {
		op.refuses = append(op.refuses, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	}
	for _, code := range op.refuses {
		out[strconv.Itoa(code)] = trouble(strings.ToLower(http.StatusText(code)))
	}
	return out
}

// securityOf says what a route asks of its caller.
func securityOf(who access) []any {
	session, token := map[string]any{"session": []string{}}, map[string]any{"token": []string{}}
	switch who {
	case public:
		return []any{}
	case anyAudience:
		return []any{map[string]any{}, session, token}
	}
	return []any{session, token}
}

func headerParameter(name string, required bool, text string, of schema) map[string]any {
	return map[string]any{"name": name, "in": "header", "required": required, "description": text, "schema": of}
}

// pathParameters lists the parameters in a pattern, in order.
func pathParameters(pattern string) []map[string]any {
	out := []map[string]any{}
	for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(pattern, -1) {
		of := schema{"type": "string", "minLength": 1, "maxLength": maxCode}
		switch m[1] {
		case "collection":
			of = schema{"type": "string", "enum": append(geo.Collections(), geo.Registers()...)}
		case "z", "x", "y":
			of = schema{"type": "integer", "minimum": 0}
		case "no", "id":
			of = schema{"type": "integer", "minimum": 1}
		}
		out = append(out, map[string]any{"name": m[1], "in": "path", "required": true, "schema": of})
	}
	return out
}

// queryParameters describes the parameters of a route by their names, which mean
// the same everywhere; lang goes with every route.
func queryParameters(names []string) []map[string]any {
	out := []map[string]any{}
	for _, name := range append(slices.Clone(names), "lang") {
		of, text := schema{"type": "string", "minLength": 1, "maxLength": maxFilter}, "only items whose "+name+" is this"
		switch name {
		case "lang":
			of, text = schema{"type": "string", "enum": []string{"zh-CN", "en"}}, "language of texts and errors"
		case "limit":
			of, text = schema{"type": "integer", "minimum": 1, "maximum": geo.MaxPage}, "how many at most"
		case "bbox":
			of, text = schema{"type": "string"}, "west,south,east,north in degrees"
		case "after":
			of, text = schema{"type": "string", "minLength": 1, "maxLength": maxCode}, "the code that the page before ended with"
		case "after_value":
			of, text = schema{"type": "string", "minLength": 1, "maxLength": maxSortText}, "what the last item of the page before has in the field of sort; without it, it has nothing there"
		case "sort":
			of, text = schema{"type": "string", "minLength": 1, "maxLength": maxCode}, "a field of the collection, with - before it for the largest first; items without a value come last"
		case "within":
			of, text = schema{"type": "string", "minLength": 1, "maxLength": maxWithin}, "the 3 to 200 corners of a polygon in degrees, lng lat,lng lat,…: items of which a point on the surface lies in it"
		case "by":
			of, text = schema{"type": "string", "minLength": 1, "maxLength": maxFilter}, "filters of the collection, with commas between, to count by"
		case "ids":
			of, text = schema{"type": "string", "enum": []string{"1"}}, "also tell which items match, by fid"
		case "before":
			of, text = schema{"type": "integer", "minimum": 1}, "only events with a smaller number"
		case "at", "from", "to":
			of, text = schema{"type": "string", "format": "date"}, "a day in the district's zone"
		case "q":
			of, text = schema{"type": "string", "minLength": 1, "maxLength": maxSearch}, "part of a code or a name"
		case "tileset":
			of, text = schema{"type": "string", "enum": []string{"public", "staff"}}, "whose changes"
		case "filter":
			of, text = schema{"type": "string", "minLength": 1, "maxLength": tiles.MaxFilter}, "terms joined by ;, each layer.field=value|value, or layer.field and >=, <=, > or < and a number"
		case "v":
			of, text = schema{"type": "integer", "minimum": 0}, "the revision that the caller knows of"
		case "reason":
			of, text = schema{"type": "string", "minLength": 1, "maxLength": maxReason}, "why"
		}
		required := name == "q" || name == "reason"
		out = append(out, map[string]any{"name": name, "in": "query", "required": required, "description": text, "schema": of})
	}
	return out
}
