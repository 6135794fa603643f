package tiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func filterSpec() Spec {
	return Spec{Name: "t", MaxZoom: 16, Layers: []LayerSpec{
		{Name: "parcels", MaxZoom: 16, Fields: []string{"code", "status", "mu", "t0"}, Numeric: []string{"mu", "t0"}, Codes: map[string][]string{"status": {"listed", "sold"}}},
		{Name: "areas", MaxZoom: 16, Fields: []string{"status", "rate"}, Numeric: []string{"rate"}},
	}}
}

func TestFilterCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"parcels.status=sold":                                        "parcels.status=sold",
		"areas.rate>=50;parcels.status=sold|listed|sold":             "parcels.status=listed|sold;areas.rate>=50",
		"parcels.mu<10.50;parcels.mu>-0;parcels.mu<10.5":             "parcels.mu>0;parcels.mu<10.5",
		"parcels.mu=3.0|2|2.00":                                      "parcels.mu=2|3",
		"parcels.t0<=17000;parcels.code=岳 01=(2)号;parcels.t0<=17000": "parcels.code=岳 01=(2)号;parcels.t0<=17000",
	} {
		f, err := ParseFilter(filterSpec(), in)
		if err != nil || f.String() != want {
			t.Errorf("%s: %q, %v, want %q", in, f.String(), err, want)
		}
	}
	if s := (Query{At: 17897, Filter: mustFilter(t, filterSpec(), "areas.rate>1")}).String(); s != "at=2019-01-01&filter=areas.rate>1" {
		t.Error(s)
	}
	if s := (Query{}).String(); s != "" {
		t.Error(s)
	}
}

func mustFilter(t *testing.T, spec Spec, text string) Filter {
	t.Helper()
	f, err := ParseFilter(spec, text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilterRefused(t *testing.T) {
	for in, part := range map[string]string{
		"":                                      "not of the form",
		"parcels":                               "not of the form",
		"parcels.status":                        "not of the form",
		"parcels.status=sold;":                  "not of the form",
		"status=sold":                           "does not name a layer",
		"x.status=sold":                         `no layer "x"`,
		"Parcels.status=sold":                   `no layer "Parcels"`,
		"parcels.legal=x":                       `no field "legal"`,
		"parcels. status=x":                     `no field " status"`,
		"parcels.status!=x":                     `no field "status!"`,
		"parcels.status=":                       "empty value",
		"parcels.status=a||b":                   "empty value",
		"parcels.status=sold|nope":              `in the layer "parcels" no status is "nope"`,
		"parcels.status=Sold":                   `no status is "Sold"`,
		"parcels.status>=a":                     "only be compared by =",
		"parcels.mu=a":                          "not a number",
		"parcels.mu==1":                         "not a number",
		"parcels.mu>1|2":                        "not a number",
		"parcels.mu>1e3":                        "not a number",
		"parcels.mu>0x1":                        "not a number",
		"parcels.mu>NaN":                        "not a number",
		"parcels.mu>Inf":                        "not a number",
		"parcels.mu>1_0":                        "not a number",
		"parcels.mu>+1":                         "not a number",
		"parcels.mu>.5":                         "not a number",
		"parcels.mu>--1":                        "not a number",
		"parcels.mu><1":                         "not a number",
		"parcels.mu>" + strings.Repeat("9", 16): "not a number",
		"parcels.code=\xff":                     "UTF-8",
		"parcels.code=" + strings.Repeat("x", MaxFilter):                                   "longer",
		strings.TrimSuffix(strings.Repeat("areas.rate>1;", maxFilterTerms+1), ";"):         "more than",
		"parcels.code=" + strings.TrimSuffix(strings.Repeat("x|", maxFilterValues+1), "|"): "more than",
	} {
		f, err := ParseFilter(filterSpec(), in)
		var refused *FilterError
		if !errors.As(err, &refused) || !strings.Contains(refused.English(), part) || refused.Chinese() == "" || f != (Filter{}) {
			t.Errorf("%.60q: %v, %v, want one with %q", in, f, err, part)
		}
	}
}

// FuzzFilter: whatever is asked, the answer is an error in two languages or a
// filter whose text gives the same filter again, within its bounds.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{"parcels.status=sold|listed;areas.rate>=50", "parcels.mu>-0.5", "parcels.code=a=b>c", ";", "=", "areas.rate<=", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseFilter(filterSpec(), text)
		if err != nil {
			var refused *FilterError
			if !errors.As(err, &refused) || refused.English() == "" || refused.Chinese() == "" || !utf8.ValidString(refused.Chinese()) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := ParseFilter(filterSpec(), got.String())
		if err != nil || again.String() != got.String() || got.String() == "" {
			t.Fatalf("%q: %q, then %q, %v", text, got.String(), again.String(), err)
		}
		for _, v := range []Value{"sold", int64(3), int64(-3), 2.5, true, nil} {
			encoded, err := encodeValue(v)
			if err != nil {
				t.Fatal(err)
			}
			for _, layer := range []string{"parcels", "areas"} {
				for i, term := range got.of(layer) {
					if term.keeps(encoded) != again.of(layer)[i].keeps(encoded) {
						t.Fatalf("%q and %q differ on %v", text, again.String(), v)
					}
				}
			}
		}
	})
}

// What a term keeps is what its text says of the value.
func TestFilterKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.SampledFrom([]float64{-3, -0.5, 0, 1, 2, 2.5, 1e9}), 1, 4).Draw(t, "numbers")
		texts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "ab", "岳", "3", "=<"}), 1, 4).Draw(t, "texts")
		value := rapid.SampledFrom([]Value{nil, true, "a", "ab", "岳", "3", "", int64(-3), int64(0), int64(2), int64(1e9), -0.5, 2.0, 2.5, 1e300}).Draw(t, "value")
		encoded, err := encodeValue(value)
		if err != nil {
			t.Fatal(err)
		}
		field, op, want := "code", "=", false
		var list []string
		if rapid.Bool().Draw(t, "numeric") {
			field, op = "mu", rapid.SampledFrom([]string{"=", ">", "<", ">=", "<="}).Draw(t, "op")
			if op != "=" {
				numbers = numbers[:1]
			}
			var v float64
			number := true
			switch x := value.(type) {
			case int64:
				v = float64(x)
			case float64:
				v = x
			default:
				number = false
			}
			for _, n := range numbers {
				list = append(list, fmt.Sprintf("%.1f", n))
				want = want || number && (op == "=" && v == n || op == ">" && v > n || op == "<" && v < n || op == ">=" && v >= n || op == "<=" && v <= n)
			}
		} else {
			list = texts
			s, ok := value.(string)
			want = ok && slices.Contains(texts, s)
		}
		f, err := ParseFilter(filterSpec(), "parcels."+field+op+strings.Join(list, "|"))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.of("parcels")[0].keeps(encoded); got != want || len(f.of("areas")) != 0 {
			t.Fatalf("%s keeps %v: %v, want %v", f, value, got, want)
		}
	})
}
