package tiles

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tengdi/geo"
)

// MaxFilter is the most bytes that a filter may have.
const MaxFilter = 2000

// Bounds of a filter.
const (
	maxFilterTerms  = 16
	maxFilterValues = 64 // of one term
)

// Filter keeps features by their attributes. The zero value keeps all.
type Filter struct{ set *filterSet }

// filterSet is a parsed filter. It is immutable.
type filterSet struct {
	text  string
	terms map[string][]term // by layer
}

// term is a condition on one field. A feature without the attribute fails it.
type term struct {
	field   int
	op      operator
	numeric bool
	texts   []string  // of opEqual, sorted
	numbers []float64 // of opEqual sorted, else one
}

type operator uint8

const (
	opEqual operator = iota
	opAtLeast
	opAtMost
	opAbove
	opBelow
)

// signs are the operators as they are written.
var signs = [...]string{opEqual: "=", opAtLeast: ">=", opAtMost: "<=", opAbove: ">", opBelow: "<"}

// FilterError says why a filter was refused.
type FilterError struct{ en, zh string }

// Error is the reason in English.
func (e *FilterError) Error() string { return "filter: " + e.en }

// English is the reason alone.
func (e *FilterError) English() string { return e.en }

// Chinese is the reason in Chinese.
func (e *FilterError) Chinese() string { return e.zh }

func badFilter(en, zh string, args ...any) error {
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = geo.Excerpt(text)
		}
	}
	return &FilterError{fmt.Sprintf(en, args...), fmt.Sprintf(zh, args...)}
}

// ParseFilter reads a filter: terms joined by ";", each a layer and a field of the
// tileset as "layer.field", then "=" and values joined by "|", or one of ">=",
// "<=", ">", "<" and a number. A feature has to satisfy all terms of its layer; a
// layer that no term names shows everything. Numbers are decimals without an
// exponent; a field with a closed set of codes is only asked for those. Equal
// filters have equal Strings. Errors are *FilterError.
func ParseFilter(spec Spec, text string) (Filter, error) {
	switch {
	case len(text) > MaxFilter:
		return Filter{}, badFilter("is longer than %d bytes", "超过 %d 字节", MaxFilter)
	case !utf8.ValidString(text):
		return Filter{}, badFilter("is not UTF-8", "不是 UTF-8 文本")
	}
	parts := strings.Split(text, ";")
	if len(parts) > maxFilterTerms {
		return Filter{}, badFilter("has more than %d terms", "超过 %d 个条件", maxFilterTerms)
	}
	set := &filterSet{terms: map[string][]term{}}
	for _, part := range parts {
		layer, t, err := parseTerm(spec, part)
		if err != nil {
			return Filter{}, err
		}
		set.terms[layer] = append(set.terms[layer], t)
	}
	var canonical []string
	for i := range spec.Layers {
		ls := &spec.Layers[i]
		terms := set.terms[ls.Name]
		slices.SortFunc(terms, term.compare)
		terms = slices.CompactFunc(terms, func(a, b term) bool { return a.compare(b) == 0 })
		for _, t := range terms {
			canonical = append(canonical, ls.Name+"."+t.text(ls))
		}
		set.terms[ls.Name] = terms
	}
	set.text = strings.Join(canonical, ";")
	return Filter{set}, nil
}

// parseTerm reads one term and the name of its layer.
func parseTerm(spec Spec, text string) (string, term, error) {
	at := strings.IndexAny(text, "=<>")
	if at < 0 {
		return "", term{}, badFilter("%q is not of the form layer.field=value", "“%s”不是“图层.字段=值”的形式", text)
	}
	name, rest := text[:at], text[at:]
	layerName, fieldName, ok := strings.Cut(name, ".")
	if !ok {
		return "", term{}, badFilter("%q does not name a layer and a field", "“%s”没有写明图层和字段", name)
	}
	layer := slices.IndexFunc(spec.Layers, func(l LayerSpec) bool { return l.Name == layerName })
	if layer < 0 {
		return "", term{}, badFilter("there is no layer %q", "没有图层“%s”", layerName)
	}
	ls := &spec.Layers[layer]
	t := term{field: slices.Index(ls.Fields, fieldName), numeric: slices.Contains(ls.Numeric, fieldName)}
	if t.field < 0 {
		return "", term{}, badFilter("the layer %q has no field %q", "图层“%s”没有字段“%s”", layerName, fieldName)
	}
	for _, op := range []operator{opAtLeast, opAtMost, opAbove, opBelow, opEqual} { // the longer first
		if after, ok := strings.CutPrefix(rest, signs[op]); ok {
			t.op, text = op, after
			break
		}
	}
	if err := t.parseValues(name, text); err != nil {
		return "", term{}, err
	}
	if codes := ls.Codes[fieldName]; codes != nil {
		for _, v := range t.texts {
			if !slices.Contains(codes, v) {
				return "", term{}, badFilter("in the layer %q no %s is %q", "图层“%s”的字段 %s 没有值“%s”", layerName, fieldName, v)
			}
		}
	}
	return layerName, t, nil
}

// parseValues reads what stands after the operator.
func (t *term) parseValues(name, text string) error {
	if t.op != opEqual {
		if !t.numeric {
			return badFilter("%s is text, which can only be compared by =", "%s 是文本，只能用 = 比较", name)
		}
		n, err := parseNumber(name, text)
		t.numbers = []float64{n}
		return err
	}
	values := strings.Split(text, "|")
	if len(values) > maxFilterValues {
		return badFilter("%s has more than %d values", "%s 超过 %d 个值", name, maxFilterValues)
	}
	for _, v := range values {
		switch {
		case v == "":
			return badFilter("%s has an empty value", "%s 有空值", name)
		case t.numeric:
			n, err := parseNumber(name, v)
			if err != nil {
				return err
			}
			t.numbers = append(t.numbers, n)
		default:
			t.texts = append(t.texts, v)
		}
	}
	slices.Sort(t.texts)
	slices.Sort(t.numbers)
	t.texts, t.numbers = slices.Compact(t.texts), slices.Compact(t.numbers)
	return nil
}

// parseNumber reads a decimal of at most 15 digits before and 9 after the point.
func parseNumber(name, text string) (float64, error) {
	digits := strings.TrimPrefix(text, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	plain := func(s string, most int) bool {
		return len(s) > 0 && len(s) <= most && strings.Trim(s, "0123456789") == ""
	}
	if !plain(whole, 15) || point && !plain(fraction, 9) {
		return 0, badFilter("%s: %q is not a number", "%s：“%s”不是数字", name, text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, badFilter("%s: %q is not a number", "%s：“%s”不是数字", name, text)
	}
	return n + 0, nil // -0 + 0 = 0
}

// compare orders terms: by field, operator and values.
func (t term) compare(o term) int {
	return cmp.Or(cmp.Compare(t.field, o.field), cmp.Compare(t.op, o.op), slices.Compare(t.texts, o.texts), slices.Compare(t.numbers, o.numbers))
}

// text writes the term without its layer.
func (t term) text(ls *LayerSpec) string {
	values := slices.Clone(t.texts)
	for _, n := range t.numbers {
		values = append(values, strconv.FormatFloat(n, 'f', -1, 64))
	}
	return ls.Fields[t.field] + signs[t.op] + strings.Join(values, "|")
}

// String is the filter in canonical form, "" for the zero value.
func (f Filter) String() string {
	if f.set == nil {
		return ""
	}
	return f.set.text
}

// of are the terms on a layer; none = all is kept.
func (f Filter) of(layer string) []term {
	if f.set == nil {
		return nil
	}
	return f.set.terms[layer]
}

// keeps reports whether an encoded value satisfies the term.
func (t *term) keeps(encoded string) bool {
	if len(encoded) == 0 {
		return false
	}
	if !t.numeric {
		if encoded[0] != tagString {
			return false
		}
		text := textOf(encoded)
		for _, want := range t.texts {
			if text == want {
				return true
			}
		}
		return false
	}
	v, ok := numberOf(encoded)
	if !ok {
		return false
	}
	switch t.op {
	case opAtLeast:
		return v >= t.numbers[0]
	case opAtMost:
		return v <= t.numbers[0]
	case opAbove:
		return v > t.numbers[0]
	case opBelow:
		return v < t.numbers[0]
	}
	_, found := slices.BinarySearch(t.numbers, v)
	return found
}

// numberOf is the number that an encoded value holds; false for other values.
func numberOf(encoded string) (float64, bool) {
	if len(encoded) == 0 {
		return 0, false
	}
	switch encoded[0] {
	case tagDouble:
		var bits uint64
		for i := range 8 {
			bits |= uint64(encoded[1+i]) << (8 * i)
		}
		return math.Float64frombits(bits), true
	case tagUint:
		n, _ := uvarintOf(encoded[1:])
		return float64(n), true
	case tagSint:
		n, _ := uvarintOf(encoded[1:])
		return float64(int64(n>>1) ^ -int64(n&1)), true
	}
	return 0, false
}

// uvarintOf is binary.Uvarint for a text, which it does not copy.
func uvarintOf(s string) (v uint64, n int) {
	for shift := uint(0); n < len(s) && shift < 64; shift += 7 {
		b := s[n]
		n++
		if v |= uint64(b&0x7f) << shift; b < 0x80 {
			break
		}
	}
	return v, n
}
