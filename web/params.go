package web

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// maxCode is the longest code of a thing, in characters.
const maxCode = 64

// unreadQuery tells which parameter cannot be read, and how to write it.
func unreadQuery(raw string) error {
	e := &geo.Error{Kind: geo.Invalid, En: "The query string cannot be read.", Zh: "查询字符串无法解析。"}
	for pair := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(pair, "=")
		f := geo.FieldError{Field: geo.Excerpt(name), Code: "not_encoded"}
		if strings.Contains(pair, ";") {
			f.Zh, f.En = "分号须写作 %3B", "a semicolon has to be written as %3B"
		} else if _, err := url.QueryUnescape(pair); err != nil {
			f.Zh, f.En = "% 之后须为两位十六进制数；% 本身须写作 %25", "after % there have to be two hexadecimal digits; % itself has to be written as %25"
		} else {
			continue
		}
		if e.Fields = append(e.Fields, f); len(e.Fields) >= 10 {
			break
		}
	}
	return e
}

// checkQuery refuses a query string that cannot be read, parameters that the
// route does not know, and parameters given twice.
func checkQuery(r *http.Request, known []string) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	if _, ok := plainRevision(r.URL.RawQuery); ok && slices.Contains(known, "v") {
		return nil
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return unreadQuery(r.URL.RawQuery)
	}
	e := &geo.Error{Kind: geo.Invalid, En: "The query has parameters that are not understood here.", Zh: "查询中有此处不支持的参数。"}
	for _, name := range slices.Sorted(keys(q)) {
		switch {
		case name != "lang" && !slices.Contains(known, name):
			e.Fields = append(e.Fields, geo.FieldError{
				Field: geo.Excerpt(name), Code: "unknown_parameter",
				Zh: "未知的查询参数：" + geo.Excerpt(name), En: "unknown query parameter " + geo.Excerpt(name),
			})
		case len(q[name]) > 1:
			e.Fields = append(e.Fields, geo.FieldError{
				Field: name, Code: "repeated",
				Zh: "该参数只能出现一次", En: "this parameter may be given once only",
			})
		case !utf8.ValidString(q[name][0]) || strings.ContainsRune(q[name][0], 0):
			e.Fields = append(e.Fields, geo.FieldError{
				Field: name, Code: "not_text", Zh: "不是有效的 UTF-8 文本", En: "not valid UTF-8 text",
			})
		}
		if len(e.Fields) >= 10 {
			break
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// handedOn says whether the route is a page that people hand on as a link. Chats and
// mailings put parameters of their own on such links, which are no mistake of the
// reader: they are ignored there and refused everywhere else.
func (rt route) handedOn() bool {
	return rt.method == http.MethodGet && (rt.pattern == "/listings" || strings.HasPrefix(rt.pattern, "/listings/")) && !strings.HasSuffix(rt.pattern, ".png")
}

// knownQuery is the request without the query parameters that the route does not
// know, so that nothing after it sees them: no page, no link and no ETag. A query
// that cannot be read stays, to be refused.
func knownQuery(r *http.Request, known []string) *http.Request {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return r
	}
	strangers := false
	for name := range q {
		if name != "lang" && !slices.Contains(known, name) {
			delete(q, name)
			strangers = true
		}
	}
	if !strangers {
		return r
	}
	address := *r.URL
	address.RawQuery = q.Encode()
	out := r.WithContext(r.Context())
	out.URL = &address
	return out
}

// plainRevision reads a query string that is v and a few digits and nothing else,
// as a map asks for its tiles, without taking it apart as any other is.
func plainRevision(raw string) (int64, bool) {
	digits, ok := strings.CutPrefix(raw, "v=")
	if !ok || digits == "" || len(digits) > 15 {
		return 0, false
	}
	var n int64
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

func keys(q url.Values) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range q {
			if !yield(k) {
				return
			}
		}
	}
}

// badField is an input error about one field.
func badField(field, code, en, zh string) error {
	return &geo.Error{
		Kind: geo.Invalid, En: "The request has an invalid value.", Zh: "请求中有无效的值。",
		Fields: []geo.FieldError{{Field: field, Code: code, Zh: zh, En: en}},
	}
}

// pathCode reads the {code} of the path.
func pathCode(r *http.Request) (string, error) { return pathText(r, "code") }

// pathText reads a part of the path. A text that no code can be is not found,
// like any other code that does not exist.
func pathText(r *http.Request, name string) (string, error) {
	text := r.PathValue(name)
	if r.URL.RawPath != "" { // chi matches on the escaped path then
		var err error
		if text, err = url.PathUnescape(text); err != nil {
			return "", notHere()
		}
	}
	if !plainText(text, maxCode) {
		return "", notHere()
	}
	return text, nil
}

// plainText says whether s is a text of 1 to limit characters without control
// characters.
func plainText(s string, limit int) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit &&
		!strings.ContainsFunc(s, unicode.IsControl)
}

// notHere is the one answer for what does not exist and for what the caller
// may not know of.
func notHere() error {
	return geo.Errorf(geo.NotFound, "There is nothing here.", "此处没有内容。")
}

// intParam reads a whole number within bounds.
func intParam(q url.Values, name string, fallback, lo, hi int) (int, error) {
	if !q.Has(name) {
		return fallback, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < lo || n > hi {
		bounds := strconv.Itoa(lo) + "–" + strconv.Itoa(hi)
		return 0, badField(name, "out_of_range", "must be a whole number "+bounds, "须为整数 "+bounds)
	}
	return n, nil
}

// bboxParam reads bbox=west,south,east,north in degrees; nil when it is not
// given. A box across the antimeridian (west > east) is refused: no district
// lies there.
func bboxParam(q url.Values) (*orb.Bound, error) {
	if !q.Has("bbox") {
		return nil, nil
	}
	bad := func(en, zh string) (*orb.Bound, error) { return nil, badField("bbox", "invalid_bbox", en, zh) }
	parts := strings.Split(q.Get("bbox"), ",")
	if len(parts) != 4 {
		return bad("must be west,south,east,north", "须为 西,南,东,北")
	}
	var v [4]float64
	for i, p := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return bad("must be four numbers in degrees", "须为四个以度计的数")
		}
		v[i] = n
	}
	if v[0] < -180 || v[2] > 180 || v[1] < -90 || v[3] > 90 {
		return bad("longitude must be within ±180 and latitude within ±90", "经度须在 ±180、纬度须在 ±90 之内")
	}
	if v[0] > v[2] || v[1] > v[3] {
		return bad("west must not exceed east, nor south north", "西不得大于东，南不得大于北")
	}
	return &orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}, nil
}

// boundArray is a bound as [west, south, east, north]; nil stays null.
func boundArray(b *orb.Bound) *[4]float64 {
	if b == nil {
		return nil
	}
	return &[4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
}
