package geo

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxLongRunes bounds a text of several lines.
const maxLongRunes = 4000

// Inputs is what a form brought, read and checked by its inputs. The zero value
// is empty.
type Inputs struct {
	values map[string]any // string, float64, bool, time.Time (midnight UTC); nil = emptied
}

// ReadInputs reads the values of a form: as ReadData does, and besides options
// must be among those that there are, a telephone number is one, and a text of several lines may have 4,000
// characters and lines. Space around a value is cut off. What is named with ""
// is emptied, which an input that is required does not take; whole says that
// what is required must also be named. All that is wrong is told, in the order of the
// form, unknown names last; what is not wrong is read all the same, so that a
// caller can check what lies between fields and tell everything at once, with
// WrongInputs.
func ReadInputs(keys []DataKey, given map[string]string, whole bool) (Inputs, []FieldError) {
	in := Inputs{values: map[string]any{}}
	var wrong []FieldError
	for _, k := range keys {
		s, named := given[k.Name]
		if s = strings.TrimSpace(s); s == "" {
			if k.Required && (named || whole) {
				wrong = append(wrong, FieldError{Field: k.Name, Code: "missing", Zh: k.Zh + "不能为空", En: k.En + " must be given"})
			} else if named {
				in.values[k.Name] = nil
			}
			continue
		}
		v, err := readInput(k, s)
		if err != nil {
			wrong = append(wrong, FieldError{Field: k.Name, Code: "value", Zh: err.Zh, En: err.En})
			continue
		}
		in.values[k.Name] = v
	}
	var unknown []string
	for name := range given {
		if !slices.ContainsFunc(keys, func(k DataKey) bool { return k.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		wrong = append(wrong, FieldError{Field: clip(name), Code: "unknown", Zh: "没有这一项", En: "there is no such field"})
	}
	return in, wrong
}

// WrongInputs is the error that names every wrong field; nil when none is.
func WrongInputs(wrong []FieldError) error {
	if len(wrong) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Fields: wrong, Zh: "所填内容有误", En: "some of what was filled in is wrong"}
}

func readInput(k DataKey, s string) (any, *Reason) {
	if k.Type == TextField && k.Long {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		control := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxLongRunes || strings.ContainsFunc(s, control) {
			return nil, because("文字须在 %d 字以内且不含控制字符", "the text must have at most %d characters and no control characters", maxLongRunes)
		}
		return s, nil
	}
	v, err := readValue(k, s)
	if k.Phone && err == nil && (strings.Trim(s, "0123456789+- ") != "" || !strings.ContainsAny(s, "0123456789")) {
		return nil, because("电话只能含数字、+、- 和空格：%s", "a telephone number has digits, +, - and spaces only: %s", clip(s))
	}
	if err != nil || k.Options == nil {
		return v, err
	}
	if !slices.ContainsFunc(k.Options, func(o Option) bool { return o.Code == s }) {
		var zh, en []string
		for _, o := range k.Options {
			zh, en = append(zh, o.Code+"（"+o.Zh+"）"), append(en, o.Code+" ("+o.En+")")
		}
		return nil, &Reason{
			Zh: "没有此选项 " + clip(s) + "；可选：" + strings.Join(zh, "、"),
			En: "no such option " + clip(s) + "; there are: " + strings.Join(en, ", "),
		}
	}
	return v, nil
}

// Over lays what was named here over other values.
func (in Inputs) Over(before Inputs) Inputs {
	values := maps.Clone(before.values)
	if values == nil {
		values = map[string]any{}
	}
	maps.Copy(values, in.values)
	return Inputs{values: values}
}

// Set puts a value in, of a type that Value gives.
func (in Inputs) Set(name string, v any) { in.values[name] = v }

// Names lists what was named, in order of the alphabet.
func (in Inputs) Names() []string {
	out := make([]string, 0, len(in.values))
	for k := range in.values {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Named says that the value was given, or emptied.
func (in Inputs) Named(name string) bool { _, ok := in.values[name]; return ok }

// Value is a value: string, float64, bool, or a date as midnight UTC; nil when
// it was not given or was emptied.
func (in Inputs) Value(name string) any { return in.values[name] }

// Text is a text; "" when it was not given or was emptied.
func (in Inputs) Text(name string) string { s, _ := in.values[name].(string); return s }

// Number is a number; 0 when it was not given or was emptied.
func (in Inputs) Number(name string) float64 { n, _ := in.values[name].(float64); return n }

// Date is a date, midnight UTC; zero when it was not given or was emptied.
func (in Inputs) Date(name string) time.Time { t, _ := in.values[name].(time.Time); return t }

// Told is a value as a form takes it again and as records and events keep it: dates
// as YYYY-MM-DD, numbers in plain figures; "" when there is none.
func (in Inputs) Told(name string) string {
	switch v := in.values[name].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return ""
}
