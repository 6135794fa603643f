package postgis

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tengdi/geo"
)

// ingestColumn ties a field of an import to a column: how the text is read, and
// what a new row has without it.
type ingestColumn struct {
	field  string
	column string
	kind   string // SQL type
	empty  string // SQL value of a new row without the field
	read   func(string) (any, error)
}

func areaColumns() []ingestColumn {
	return []ingestColumn{
		{"name", "name", "text", "s.code", readText},
		{"street", "street", "text", "''", readText},
		{"board", "board", "text", "''", readText},
		{"batch", "batch", "text", "''", readText},
		{"leader", "leader", "text", "''", readText},
		{"department", "department", "text", "''", readText},
		{"plan_mu", "plan_m2", "numeric", "0", readMu},
		{"deadline", "deadline", "date", "null", readDate},
		{"survey_m2", "survey_m2", "numeric", "null", readSize},
	}
}

func parcelColumns() []ingestColumn {
	return []ingestColumn{
		{"name", "name", "text", "''", readText},
		{"street", "street", "text", "''", readText},
		{"address", "address", "text", "''", readText},
		{"land_use", "land_use", "text", "''", readText},
		{"use_class", "use_class", "text", "'other'", nil}, // follows land_use
		{"industry", "industry", "text", "''", readText},
		{"survey_m2", "survey_m2", "numeric", "null", readSize},
	}
}

func buildingColumns() []ingestColumn {
	return []ingestColumn{
		{"legal", "legal", "text", "'undetermined'", readLegal},
		{"use", "use", "text", "''", readText},
		{"tenure", "tenure", "text", "''", readText},
		{"floors", "floors", "integer", "0", readCount(maxFloors)},
		{"floor_m2", "floor_m2", "numeric", "0", readNumber},
		{"households", "households", "integer", "0", readCount(maxHouseholds)},
	}
}

// fields reads the texts of a row; what cannot be read is noted.
func (in *intake) fields(row geo.IngestRow) (code string, out map[string]any) {
	out = map[string]any{}
	refuse := func(field, problem, zh, en string) {
		in.note(geo.RowNote{Row: row.Number, Code: code, Problem: problem, Field: field, Severity: refused, Zh: zh, En: en})
	}
	code = strings.TrimSpace(row.Fields["code"])
	switch {
	case code == "":
		refuse("code", "code_missing", "没有编号", "there is no code")
	case !soundCode(code):
		code = showCode(code)
		refuse("code", "code_wrong", "编号须为 1 至 64 个字符，不含换行、制表等控制字符",
			"a code has 1 to 64 characters and none that controls, such as a line break or tab")
	}
	for _, c := range in.layer.columns {
		text := strings.TrimSpace(row.Fields[c.field])
		if text == "" || c.read == nil {
			continue
		}
		v, err := c.read(text)
		if err != nil {
			refuse(c.field, "value", fmt.Sprintf("%s：%s", c.field, zhOf(err)), fmt.Sprintf("%s: %s", c.field, err))
			continue
		}
		if v != nil {
			out[c.column] = v
		}
	}
	for _, f := range in.layer.foreign {
		if strings.TrimSpace(row.Fields[f]) == "" || in.ignored[f] {
			continue
		}
		if in.ignored == nil {
			in.ignored = map[string]bool{}
		}
		in.ignored[f] = true
		in.note(geo.RowNote{
			Problem: "field-ignored", Field: f, Severity: warning,
			Zh: f + " 未读取：只能通过流转填写", En: f + " was passed over: only a transition sets it",
		})
	}
	if use, ok := out["land_use"].(string); ok {
		out["use_class"] = geo.UseClassOf(use)
	}
	if in.layer.placed {
		if area := strings.TrimSpace(row.Fields["area"]); area != "" {
			if !soundCode(area) {
				refuse("area", "unknown_area", "没有编号为 "+showCode(area)+" 的片区", "there is no area with code "+showCode(area))
			}
			out["area"] = area
		}
	}
	return code, out
}

// maxCode is how many characters a code has at most; the tables check it too.
const maxCode = 64

// soundCode takes what can be stored, put in an address and paged by: 1 to 64
// characters and none that breaks a line or cannot be seen.
func soundCode(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 1 && n <= maxCode && utf8.ValidString(s) && !strings.ContainsFunc(s, unseen)
}

func unseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// showCode makes a wrong code fit to be shown.
func showCode(s string) string {
	s = strings.Map(func(r rune) rune {
		if unseen(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	r := []rune(s)
	return string(r[:min(maxCode, len(r))])
}

func zhOf(err error) string {
	if e, ok := err.(*geo.Error); ok {
		return e.Zh
	}
	return err.Error()
}

// readText takes texts up to 500 characters; a line break becomes a space.
func readText(s string) (any, error) {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 500 {
		return nil, geo.Errorf(geo.Invalid, "the text is longer than 500 characters", "文字超过 500 字")
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " ")
	if strings.ContainsFunc(s, unicode.IsControl) {
		return nil, geo.Errorf(geo.Invalid, "the text holds control characters", "文字含控制字符")
	}
	return s, nil
}

// readNumber takes numbers from 0 to 10^11 as tables write them; 0 is no value.
func readNumber(s string) (any, error) {
	v, err := strconv.ParseFloat(strings.ReplaceAll(narrow(s), ",", ""), 64)
	if err != nil || !(v >= 0 && v <= 1e11) {
		return nil, geo.Errorf(geo.Invalid, "%q is not a number from 0 to 100,000,000,000", "%q 不是 0 至 1000 亿的数", clip(s))
	}
	if v == 0 {
		return nil, nil
	}
	return json.Number(strconv.FormatFloat(v, 'f', 4, 64)), nil
}

// readSize takes numbers as readNumber does, but none that is 0 in the four
// decimals of the column: the tables take a survey for more than nothing.
func readSize(s string) (any, error) {
	v, err := readNumber(s)
	if v == json.Number("0.0000") {
		return nil, geo.Errorf(geo.Invalid, "%q is less than 0.0001", "%q 小于 0.0001", clip(s))
	}
	return v, err
}

// narrow writes full-width digits, letters and signs (U+FF01 to U+FF5E) as
// plain ones.
func narrow(s string) string {
	const first, last, shift = '！', '～', '！' - '!'
	return strings.Map(func(r rune) rune {
		if r >= first && r <= last {
			return r - shift
		}
		return r
	}, s)
}

func readMu(s string) (any, error) {
	v, err := geo.ParseMu(narrow(s))
	if err != nil || v > 1e11 {
		return nil, geo.Errorf(geo.Invalid, "%q is not an area in mu", "%q 不是以亩计的面积", clip(s))
	}
	return json.Number(strconv.FormatFloat(float64(v), 'f', 4, 64)), nil
}

// Bounds of counts; the table checks the floors too.
const (
	maxFloors     = 300
	maxHouseholds = 1_000_000
)

// readCount takes whole numbers from 0 to most.
func readCount(most int64) func(string) (any, error) {
	return func(s string) (any, error) {
		v, err := strconv.ParseFloat(narrow(s), 64)
		if err != nil || !(v >= 0 && v <= float64(most)) || v != float64(int64(v)) {
			return nil, geo.Errorf(geo.Invalid, "%q is not a whole number from 0 to %d", "%q 不是 0 至 %d 的整数", clip(s), most)
		}
		return int64(v), nil
	}
}

func readDate(s string) (any, error) {
	for _, form := range []string{"2006-01-02", "2006/1/2", "2006-1-2", "2006.1.2", "20060102", "2006年1月2日", time.RFC3339} {
		if d, err := time.Parse(form, narrow(s)); err == nil && d.Year() >= 1900 && d.Year() <= 2200 {
			return d.Format(time.DateOnly), nil
		}
	}
	return nil, geo.Errorf(geo.Invalid, "%q is not a date", "%q 不是日期", clip(s))
}

// readLegal takes the findings by code or as surveys write them in Chinese.
func readLegal(s string) (any, error) {
	words := map[string]geo.Legal{
		"合法": geo.LegalTitle, "有证": geo.LegalTitle, "临时": geo.LegalTemporary, "临时建筑": geo.LegalTemporary,
		"超期": geo.LegalExpired, "超期临时": geo.LegalExpired, "违法": geo.LegalIllegal, "违建": geo.LegalIllegal, "违法建筑": geo.LegalIllegal,
		"未认定": geo.LegalUndetermined, "待认定": geo.LegalUndetermined,
	}
	for _, l := range words {
		words[string(l)] = l
	}
	if l, ok := words[strings.ToLower(s)]; ok {
		return string(l), nil
	}
	known := slices.Sorted(maps.Keys(words))
	return nil, geo.Errorf(geo.Invalid, "%q is none of the findings: %s", "%q 不是认定结果：%s", clip(s), strings.Join(known, ", "))
}

// clip makes a wrong value fit to be shown.
func clip(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "?")); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return strings.ToValidUTF8(s, "?")
}
