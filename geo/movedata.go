package geo

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// DataKey is one value that a move takes in Transition.Data. Whether it must be
// there is a matter of the guards: a stored value may stand in for it.
type DataKey struct {
	Name   string    `json:"name"`
	Type   FieldType `json:"type"`
	Zh     string    `json:"zh"`
	En     string    `json:"en"`
	Unit   string    `json:"unit,omitempty"` // 万元, mu, m2, years, %
	Secret bool      `json:"secret,omitempty"`

	Required bool     `json:"required,omitempty"`
	Options  []Option `json:"options,omitempty"` // the only values of a text; nil = free
	Ref      string   `json:"ref,omitempty"`     // the collection whose code a text is
	Phone    bool     `json:"-"`                 // a text of digits, +, - and spaces
	Long     bool     `json:"long,omitempty"`    // a text of several lines in a form
}

// Option is one value of a text that has only some.
type Option struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// Bounds of the values of a move.
const (
	maxTextRunes = 500
	maxNumber    = 1e12
	maxInteger   = math.MaxInt32 // what an integer column takes
	maxWan       = 1e8           // of an amount: 10^12 yuan, far above the district's whole economy
)

// DataFields lists the values that a move to a state of a machine takes, in
// order; nil when it takes none.
func DataFields(m MachineName, to string) []DataKey {
	var out []DataKey
	for _, name := range dataNames(m, to) {
		out = append(out, moveKey(m, name))
	}
	return out
}

// DataKeys lists the names of DataFields.
func DataKeys(m MachineName, to string) []string { return dataNames(m, to) }

// MoveData is Transition.Data, read and checked. The zero value is empty.
type MoveData struct {
	values map[string]any // string, float64, bool, time.Time (midnight UTC)
}

// ReadData reads the values of a move: texts up to 500 characters without
// control characters, numbers from 0 to 10^12, whole ones
// to 2^31-1, amounts to 10^8 万元, dates as YYYY-MM-DD, booleans as
// true, false, 是 or 否. Empty values count as not given. The error is of kind
// Invalid and names every wrong key.
func ReadData(m MachineName, to string, data map[string]string) (MoveData, error) {
	d := MoveData{values: map[string]any{}}
	names := dataNames(m, to)
	given := make([]string, 0, len(data))
	for k := range data {
		given = append(given, k)
	}
	slices.Sort(given)
	var wrong []FieldError
	for _, k := range given {
		if !slices.Contains(names, k) {
			wrong = append(wrong, FieldError{
				Field: clip(k), Code: "unknown",
				Zh: "此步不接受该项", En: "this move does not take it",
			})
			continue
		}
		s := strings.TrimSpace(data[k])
		if s == "" {
			continue
		}
		key := moveKey(m, k)
		key.Options = nil // a wrong one is refused by its guard, which says why
		v, err := readInput(key, s)
		if err != nil {
			wrong = append(wrong, FieldError{Field: k, Code: "value", Zh: err.Zh, En: err.En})
			continue
		}
		d.values[k] = v
	}
	if len(wrong) > 0 {
		return MoveData{}, &Error{
			Kind: Invalid, Fields: wrong,
			Zh: "所填数据有误", En: "the data of the move is wrong",
		}
	}
	return d, nil
}

// RefusedPlain is the error for values given with a move that takes none: what was
// recorded before holds again, and a wrong value is corrected. nil when there are
// none.
func (d MoveData) RefusedPlain() error {
	if len(d.values) == 0 {
		return nil
	}
	var wrong []FieldError
	for _, k := range slices.Sorted(maps.Keys(d.values)) {
		wrong = append(wrong, FieldError{
			Field: k, Code: "no_data",
			Zh: "此步不接受填报项；如需改正请用更正", En: "this move takes no data; correct a wrong value instead",
		})
	}
	return &Error{
		Kind: Invalid, Fields: wrong,
		Zh: "此步只需日期和理由", En: "this move takes its day and its reason only",
	}
}

// Record is the values as an event keeps them: texts, numbers, booleans, and
// dates as YYYY-MM-DD.
func (d MoveData) Record() map[string]any {
	out := make(map[string]any, len(d.values))
	for k, v := range d.values {
		if t, ok := v.(time.Time); ok {
			v = t.Format(time.DateOnly)
		}
		out[k] = v
	}
	return out
}

// Has says whether the value was given.
func (d MoveData) Has(key string) bool { _, ok := d.values[key]; return ok }

func readValue(k DataKey, s string) (any, *Reason) {
	switch t := k.Type; t {
	case NumField, IntField:
		v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
		if err != nil || math.IsNaN(v) || v < 0 || v > maxNumber || t == IntField && v != math.Trunc(v) {
			return nil, because("不是有效的数：%s", "not a valid number: %s", clip(s))
		}
		if t == IntField && v > maxInteger {
			return nil, because("整数不得超过 %d：%s", "a whole number must not be above %d: %s", maxInteger, clip(s))
		}
		if k.Unit == "万元" && v > maxWan {
			return nil, because("金额不得超过 %.0f 万元（1 万亿元）：%s", "an amount must not be above %.0f 万元 (10^12 yuan): %s", maxWan, clip(s))
		}
		return v, nil
	case DateField:
		v, err := time.Parse(time.DateOnly, s)
		if err != nil || v.Year() < 1900 || v.Year() > 2200 {
			return nil, because("不是有效的日期（年-月-日）：%s", "not a valid date (YYYY-MM-DD): %s", clip(s))
		}
		return v, nil
	case BoolField:
		switch s {
		case "true", "1", "是":
			return true, nil
		case "false", "0", "否":
			return false, nil
		}
		return nil, because("须为 true 或 false：%s", "must be true or false: %s", clip(s))
	}
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxTextRunes || strings.ContainsFunc(s, unicode.IsControl) {
		return nil, because("文字须在 500 字以内且不含控制字符", "the text must have at most 500 characters and no control characters")
	}
	return s, nil
}

// clip makes a wrong value fit to be shown.
func clip(s string) string {
	const most = 40
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

func (d MoveData) text(to *string, key string) {
	if v, ok := d.values[key].(string); ok {
		*to = v
	}
}

func (d MoveData) number(to *float64, key string) {
	if v, ok := d.values[key].(float64); ok {
		*to = v
	}
}

func (d MoveData) money(to *Money, key string) {
	if v, ok := d.values[key].(float64); ok {
		*to = FromWan(v)
	}
}

func (d MoveData) date(to *time.Time, key string) {
	if v, ok := d.values[key].(time.Time); ok {
		*to = v
	}
}

func (d MoveData) flag(to *bool, key string) {
	if v, ok := d.values[key].(bool); ok {
		*to = v
	}
}

func (d MoveData) area(to *SquareMetres, key string, unit SquareMetres) {
	if v, ok := d.values[key].(float64); ok {
		*to = SquareMetres(v) * unit
	}
}

// end sets one end of a planning limit, closed.
func (d MoveData) end(to **float64, open *bool, key string) {
	if v, ok := d.values[key].(float64); ok {
		*to, *open = &v, false
	}
}
