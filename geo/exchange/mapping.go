package exchange

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// Fields takes one row's texts apart by field; null columns are left out.
// Areas are turned into the field's unit. A number that is none is a Problem
// that names the column; the other fields are still there.
func (m Mapping) Fields(attrs []string) (map[string]string, *Problem) {
	fields := make(map[string]string, len(m.Matches))
	var problem *Problem
	for _, f := range m.Matches {
		if f.Index >= len(attrs) {
			continue
		}
		v := strings.TrimSpace(attrs[f.Index])
		if v == "" {
			continue
		}
		if f.to != "" {
			n, err := ParseNumber(v)
			if err != nil {
				if problem == nil {
					problem = problemf("not-a-number", f.Column, "%q in column %s is not a number",
						"%q（字段 %s）不是数字", quote(v), quote(f.Column))
				}
				continue
			}
			if f.Unit != f.to {
				n = n * f.Unit.squareMetres() / f.to.squareMetres()
			}
			v = strconv.FormatFloat(n, 'f', -1, 64)
		}
		fields[f.Field] = v
	}
	return fields, problem
}

// ParseNumber reads a finite number as tables write it: full-width digits and
// commas between thousands are allowed.
func ParseNumber(s string) (float64, error) {
	s = strings.ReplaceAll(strings.TrimSpace(width.Fold.String(s)), ",", "")
	v, err := strconv.ParseFloat(s, 64)
	if err == nil && !finite(v) {
		err = strconv.ErrRange
	}
	return v, err
}

// ParseMap reads "code=BSM,name=MC" into field → column. An empty column
// leaves the field out.
func ParseMap(s string) (map[string]string, error) {
	m := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		field, column, ok := strings.Cut(pair, "=")
		field = strings.TrimSpace(field)
		if _, twice := m[field]; !ok || field == "" || twice {
			return nil, fileErrorf("map-wrong", "%q is not FIELD=COLUMN, or the field comes twice",
				"%q 不是“字段=列名”，或字段重复", quote(pair))
		}
		m[field] = strings.TrimSpace(column)
	}
	return m, nil
}

// GuessAreaUnit compares an area that a file declares with one measured in
// square metres, and tells the unit that makes them equal within 5 %; "" when
// none does. Surveyed and measured areas of one piece of land differ by less.
func GuessAreaUnit(declared, measured float64) Unit {
	for _, u := range []Unit{SquareMetre, Mu, Hectare} {
		if near(declared*u.squareMetres(), measured, 0.05*measured) {
			return u
		}
	}
	return ""
}

func (f FieldMatch) String() string {
	return fmt.Sprintf("%s=%s (%s)", f.Field, f.Column, f.By)
}
