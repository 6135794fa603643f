package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tengdi/geo"
)

func TestVersionTags(t *testing.T) {
	for header, want := range map[string]int{
		`"v1"`: 1, `"v7"`: 7, `"v7.abcd"`: 7, `"v7.abcd-gz"`: 7, ` "v7" `: 7, `"v2147483647"`: 1<<31 - 1,
		versionTag(12, geo.Staff, []byte("x")): 12, bareVersionTag(3): 3,
	} {
		if got, err := parseVersionTag(header); err != nil || got != want {
			t.Errorf("%s: %d, %v", header, got, err)
		}
	}
	for header, code := range map[string]string{
		`*`: "any", `W/"v7"`: "weak", `"v7", "v8"`: "list", `"v7","v7"`: "list",
		``: "invalid", `v7`: "invalid", `"7"`: "invalid", `"v0"`: "invalid", `"v-1"`: "invalid", `"v07"`: "invalid", `"v+7"`: "invalid",
		`"v7`: "invalid", `"v"`: "invalid", `"v7 "`: "invalid", `"v7.a b"`: "invalid", `"v2147483648"`: "invalid", `"v99999999999999999999"`: "invalid",
		`"v7.` + strings.Repeat("a", 200) + `"`: "invalid", `"`: "invalid", `"v７"`: "invalid",
	} {
		_, err := parseVersionTag(header)
		var known *geo.Error
		if !errors.As(err, &known) || known.Kind != geo.Invalid || len(known.Fields) != 1 || known.Fields[0].Field != "If-Match" || known.Fields[0].Code != code {
			t.Errorf("%s: %v", header, err)
		}
	}
}

func FuzzVersionTag(f *testing.F) {
	for _, s := range []string{`"v7"`, `"v7.ab"`, `*`, `W/"v7"`, `"a", "b"`, `"v1.\""`, "\x00", `""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		n, err := parseVersionTag(header)
		if err != nil {
			var known *geo.Error
			if !errors.As(err, &known) || known.Kind != geo.Invalid || len(known.Fields) != 1 || known.Fields[0].Zh == "" {
				t.Fatalf("%q: %v", header, err)
			}
			return
		}
		// What is taken says its version plainly, at the start, and no other.
		rest, ok := strings.CutPrefix(strings.Trim(header, " \t"), `"v`+strconv.Itoa(n))
		if n < 1 || !ok || rest != `"` && !strings.HasPrefix(rest, ".") || strings.Count(header, `"`) != 2 {
			t.Fatalf("%q was read as version %d", header, n)
		}
	})
}

// what a request with these headers is told about its version
func TestIfMatchIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		values []string
		status int
	}{
		{nil, 428},
		{[]string{`"v3"`}, 0},
		{[]string{`"v3"`, `"v4"`}, 400},
		{[]string{"*"}, 400},
	} {
		r, err := http.NewRequest("PATCH", "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header["If-Match"] = c.values
		got, err := ifMatch(r)
		if c.status == 0 {
			if got != 3 || err != nil {
				t.Errorf("%q: %d, %v", c.values, got, err)
			}
			continue
		}
		if p := problemOf(err, english); p.Status != c.status || p.Detail == "" {
			t.Errorf("%q: %d %+v", c.values, p.Status, p)
		}
	}
}
