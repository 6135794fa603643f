package exchange

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"tengdi/geo"
)

// FieldSpec is a field that an import can fill.
type FieldSpec struct {
	Name     string // as in geo.Fields
	Zh, En   string
	Unit     Unit // of an area: the unit that the field is kept in
	Required bool
	Ignored  bool // told of when a file has it, but not filled: only a transition sets it
	aliases  []alias
}

// Unit is a unit of area; "" is no area.
type Unit string

// Units of area that files have.
const (
	SquareMetre Unit = "m2"
	Mu          Unit = "mu" // 亩, 10000/15 m2
	Hectare     Unit = "ha"
)

// squareMetres is the size of one unit.
func (u Unit) squareMetres() float64 {
	switch u {
	case Mu:
		return float64(geo.FromMu(1))
	case Hectare:
		return float64(geo.FromHectares(1))
	}
	return 1
}

// FieldMatch ties a field to a column.
type FieldMatch struct {
	Field  string
	Column string // as the file spells it
	Index  int    // in Header.Columns
	By     string // map, name, alias, or truncated
	Unit   Unit   // of the column's numbers, where the field is an area
	to     Unit
}

// Mapping ties the fields of a layer to the columns of a file.
type Mapping struct {
	Matches  []FieldMatch // in the order of the fields
	Unused   []string     // columns that fill no field
	Warnings []Problem
}

// Find returns the match of a field.
func (m Mapping) Find(field string) (FieldMatch, bool) {
	for _, f := range m.Matches {
		if f.Field == field {
			return f, true
		}
	}
	return FieldMatch{}, false
}

// Match ties fields to columns: what explicit says first (field → column; an
// area may be given in another unit as mu, hectares), then columns named like
// the field, then the alias table, then names cut to ten bytes as DBF cuts
// them. Letter case, width, blanks, underlines and hyphens do not count. The
// error names the columns that the file has.
func Match(columns []string, fields []FieldSpec, explicit map[string]string) (Mapping, error) {
	m := matcher{columns: columns, used: make([]bool, len(columns)), keys: make([]columnKey, len(columns))}
	for i, c := range columns {
		m.keys[i] = keyOf(c)
	}
	if err := m.explicit(fields, explicit); err != nil {
		return Mapping{}, err
	}
	for _, f := range fields {
		if !m.done(f.Name) {
			m.byName(f)
		}
	}
	for _, f := range fields {
		if !m.done(f.Name) {
			m.byPrefix(f, fields)
		}
	}
	return m.result(fields)
}

// columnKey is a column's name, reduced, with the unit it states.
type columnKey struct {
	name string
	unit Unit
}

// keyOf reduces a name: half width, lower case, letters and digits only; a
// unit in brackets is taken off: 面积（亩） is 面积 in mu.
func keyOf(column string) columnKey {
	s := strings.ToLower(width.Fold.String(column))
	var k columnKey
	if i := strings.LastIndexAny(s, "([【"); i > 0 {
		if u := unitOf(strings.Trim(s[i:], "()[]【】 ")); u != "" {
			k.unit, s = u, s[:i]
		}
	}
	k.name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-.\t()[]【】/:：", r) {
			return -1
		}
		return r
	}, s)
	return k
}

func unitOf(s string) Unit {
	switch s {
	case "亩", "mu":
		return Mu
	case "公顷", "ha", "hm2", "hm²":
		return Hectare
	case "平方米", "平米", "m2", "m²", "㎡", "sqm":
		return SquareMetre
	}
	return ""
}

type matcher struct {
	columns  []string
	keys     []columnKey
	used     []bool
	out      []FieldMatch
	skip     []string // fields that the user leaves out
	warnings []Problem
}

func (m *matcher) done(field string) bool {
	for _, f := range m.out {
		if f.Field == field {
			return true
		}
	}
	for _, s := range m.skip {
		if s == field {
			return true
		}
	}
	return false
}

func (m *matcher) take(f FieldSpec, i int, by string, u Unit) {
	if f.Unit == "" {
		u = ""
	} else if m.keys[i].unit != "" {
		u = m.keys[i].unit
	}
	m.used[i] = true
	m.out = append(m.out, FieldMatch{Field: f.Name, Column: m.columns[i], Index: i, By: by, Unit: u, to: f.Unit})
}

// explicit follows the user's own map.
func (m *matcher) explicit(fields []FieldSpec, explicit map[string]string) error {
	known := 0
	for _, f := range fields {
		for _, name := range append([]string{f.Name}, unitNames(f)...) {
			column, asked := explicit[name]
			if !asked {
				continue
			}
			known++
			if m.done(f.Name) {
				return fileErrorf("field-twice", "the field %s is mapped twice", "字段 %s 指定了两次", f.Name)
			}
			if column == "" {
				m.skip = append(m.skip, f.Name)
				continue
			}
			i := m.find(column)
			if i < 0 {
				return fileErrorf("column-unknown", "the file has no column %q; it has: %s",
					"文件没有列 %q；现有列：%s", column, m.list())
			}
			u := f.Unit
			switch name {
			case "mu":
				u = Mu
			case "hectares":
				u = Hectare
			}
			m.take(f, i, "map", u)
		}
	}
	if known < len(explicit) {
		return fileErrorf("field-unknown", "only these fields can be mapped: %s", "只能指定这些字段：%s", fieldList(fields))
	}
	return nil
}

// unitNames are the further names under which a surveyed area can be mapped.
func unitNames(f FieldSpec) []string {
	if f.Name == "survey_m2" {
		return []string{"mu", "hectares"}
	}
	return nil
}

// find looks for a column as the user writes it: exactly, else reduced.
func (m *matcher) find(column string) int {
	for i, c := range m.columns {
		if c == column {
			return i
		}
	}
	for i, k := range m.keys {
		if k.name == keyOf(column).name {
			return i
		}
	}
	return -1
}

func (m *matcher) list() string {
	if len(m.columns) == 0 {
		return "（无 / none）"
	}
	short := make([]string, 0, len(m.columns))
	for _, c := range m.columns {
		short = append(short, quote(c))
	}
	return strings.Join(short, ", ")
}

func fieldList(fields []FieldSpec) string {
	var names []string
	for _, f := range fields {
		names = append(append(names, f.Name), unitNames(f)...)
	}
	return strings.Join(names, ", ")
}

// byName looks for the field's own name, then for its aliases in order.
func (m *matcher) byName(f FieldSpec) {
	for i, c := range m.columns {
		// "area" is the code of an area only when spelt so: AREA is what
		// other programs call the size of a shape.
		if !m.used[i] && (f.Name == c || f.Name != "area" && m.keys[i].name == keyOf(f.Name).name) {
			m.take(f, i, "name", f.Unit)
			return
		}
	}
	for _, a := range f.aliases {
		for i, k := range m.keys {
			if m.used[i] || k.name != a.name {
				continue
			}
			m.take(f, i, "alias", a.unit)
			if a.poor {
				m.warnings = append(m.warnings, *problemf("poor-code", m.columns[i],
					"column %s only counts rows and may change with the next export; a real code is better (--map %s=…)",
					"列 %s 只是行序号，下次导出可能变化；最好指定真正的编号（--map %s=…）", quote(m.columns[i]), f.Name))
			}
			return
		}
	}
}

// byPrefix looks for a name that DBF has cut: ten bytes, which are ten letters,
// five Chinese characters in GBK, or three in UTF-8.
func (m *matcher) byPrefix(f FieldSpec, fields []FieldSpec) {
	for i, k := range m.keys {
		if m.used[i] || !couldBeCut(m.columns[i]) {
			continue
		}
		if u, ok := f.beginsWith(k.name); ok {
			for _, other := range fields {
				if _, also := other.beginsWith(k.name); also && other.Name != f.Name {
					ok = false
				}
			}
			if ok {
				m.take(f, i, "truncated", u)
				return
			}
		}
	}
}

func couldBeCut(column string) bool {
	if ascii([]byte(column)) {
		return len(column) == 10
	}
	n := utf8.RuneCountInString(column)
	return n >= 3 && n <= 10
}

// beginsWith tells whether one of the field's names begins with the key and
// goes on.
func (f FieldSpec) beginsWith(key string) (Unit, bool) {
	if name := keyOf(f.Name).name; len(name) > len(key) && strings.HasPrefix(name, key) {
		return f.Unit, true
	}
	for _, a := range f.aliases {
		if len(a.name) > len(key) && strings.HasPrefix(a.name, key) {
			return a.unit, true
		}
	}
	return "", false
}

// result checks what is required and gathers the rest.
func (m *matcher) result(fields []FieldSpec) (Mapping, error) {
	out := Mapping{Warnings: m.warnings}
	for _, f := range fields {
		found := false
		for _, match := range m.out {
			switch {
			case match.Field != f.Name:
			case f.Ignored:
				m.used[match.Index] = false
				out.Warnings = append(out.Warnings, *problemf("field-ignored", match.Column,
					"column %s was passed over: %s is set by a transition only",
					"列 %s 未读取：%s 只能通过流转填写", quote(match.Column), f.Name))
			default:
				out.Matches = append(out.Matches, match)
				found = true
			}
		}
		if f.Required && !found {
			return Mapping{}, fileErrorf("column-missing",
				"no column was recognised as %s; name it with --map %[1]s=COLUMN; the file has: %s",
				"没有认出“%[3]s”列；请用 --map %[1]s=列名 指定；现有列：%[2]s", f.Name, m.list(), f.Zh)
		}
	}
	for i, c := range m.columns {
		if m.used[i] {
			continue
		}
		out.Unused = append(out.Unused, c)
		switch m.keys[i].name {
		case "status", "状态", "zt":
			out.Warnings = append(out.Warnings, *problemf("status-ignored", c,
				"column %s was passed over: a status changes by a transition only",
				"列 %s 未读取：状态只能通过流转改变", quote(c)))
		}
	}
	return out, nil
}
