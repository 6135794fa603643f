package main

import (
	"bytes"
	"fmt"
	"strings"

	"tengdi/geo"
)

// Marks around the generated parts of a page that is otherwise written by hand.
const (
	openMark  = "<!-- generated: "
	closeMark = "<!-- end of generated -->"
)

// section is one generated part of docs/data.md.
type section struct {
	name string
	text func() string
}

func sections() []section {
	return []section{
		{"statuses", statusTables},
		{"colours", colourTable},
		{"uses", useTable},
		{"fields", fieldTables},
		{"layers", layerTable},
		{"keys", keyTable},
		{"disclosures", disclosureTable},
		{"figures", figureTable},
	}
}

// dataPage fills the marked parts of the page. Every section must be marked
// exactly once, and every mark must name a section.
func dataPage(old []byte) ([]byte, error) {
	rest, out := old, bytes.Buffer{}
	want := map[string]func() string{}
	for _, s := range sections() {
		want[s.name] = s.text
	}
	for {
		head, tail, found := bytes.Cut(rest, []byte(openMark))
		out.Write(head)
		if !found {
			break
		}
		name, tail, ok := bytes.Cut(tail, []byte(" -->\n"))
		if !ok {
			return nil, fmt.Errorf("a mark %q does not end in its line", openMark)
		}
		text, known := want[string(name)]
		if !known {
			return nil, fmt.Errorf("section %q is unknown or marked twice", name)
		}
		delete(want, string(name))
		_, tail, ok = bytes.Cut(tail, []byte(closeMark))
		if !ok {
			return nil, fmt.Errorf("section %q has no %q", name, closeMark)
		}
		fmt.Fprintf(&out, "%s%s -->\n%s%s", openMark, name, text(), closeMark)
		rest = tail
	}
	for name := range want {
		return nil, fmt.Errorf("section %q is not marked in the page", name)
	}
	return out.Bytes(), nil
}

// table writes a Markdown table; cells are escaped.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("|")
		for _, c := range cells {
			c = strings.ReplaceAll(strings.ReplaceAll(c, "|", "\\|"), "\n", " ")
			if c == "" {
				b.WriteString(" |")
				continue
			}
			b.WriteString(" " + c + " |")
		}
		b.WriteString("\n")
	}
	line(head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, r := range rows {
		line(r)
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func codes(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = code(s)
	}
	return strings.Join(out, ", ")
}

func tick(v bool) string {
	if v {
		return "yes"
	}
	return ""
}

func machineTitle(m geo.MachineName) string {
	switch m {
	case geo.AreaMachine:
		return "Area (片区)"
	case geo.BuildingMachine:
		return "Building (房屋)"
	case geo.HouseholdMachine:
		return "Household (住户)"
	case geo.ParcelMachine:
		return "Parcel and auction (宗地与出让)"
	case geo.ProblemMachine:
		return "Problem (问题)"
	case geo.ProjectMachine:
		return "Project (项目)"
	}
	return string(m)
}

func statusTables() string {
	var b strings.Builder
	for _, m := range machineNames() {
		rows := [][]string{}
		for _, s := range geo.Statuses(m) {
			rows = append(rows, []string{
				fmt.Sprint(s.Order), code(s.Code), s.Zh, s.En, s.Badge, code(s.Token),
				string(s.Hatch), string(s.Outline), tick(s.Public),
			})
		}
		fmt.Fprintf(&b, "\n#### %s\n\n%s", machineTitle(m),
			table([]string{"", "code", "中文", "English", "badge", "colour", "hatch", "outline", "published"}, rows))
	}
	return b.String() + "\n"
}

func colourTable() string {
	rows := [][]string{}
	for _, c := range geo.Colours() {
		rows = append(rows, []string{code(c.Token), code(c.Light), code(c.Dark)})
	}
	return "\n" + table([]string{"token", "light", "dark"}, rows) + "\n"
}

func useTable() string {
	rows := [][]string{}
	for _, u := range geo.UseClasses() {
		rows = append(rows, []string{code(u.Code), u.Zh, u.En, code(u.Token)})
	}
	return "\n" + table([]string{"family", "中文", "English", "colour"}, rows) + "\n"
}

func fieldTables() string {
	var b strings.Builder
	for _, c := range geo.Collections() {
		rows := [][]string{}
		for _, f := range geo.Fields(c) {
			rows = append(rows, []string{
				code(f.Name), string(f.Type), f.Zh, f.En, f.Unit,
				tick(f.Public && geo.PublicCollection(c)), tick(f.Filter),
			})
		}
		fmt.Fprintf(&b, "\n#### %s\n\n%s", code(c),
			table([]string{"field", "type", "中文", "English", "unit", "public", "filter"}, rows))
	}
	return b.String() + "\n"
}

func layerTable() string {
	rows := [][]string{}
	for _, l := range geo.MapLayers(geo.Staff) {
		audience := "staff"
		if l.Public {
			audience = "both"
		}
		rows = append(rows, []string{
			code(l.Name), string(l.Kind), fmt.Sprintf("%d-%d", l.MinZoom, l.MaxZoom), codes(l.Fields), audience,
		})
		if m := l.Mosaic; m.Name != "" {
			rows = append(rows, []string{
				code(m.Name), "cells", fmt.Sprintf("%d-%d, dense tiles -13", l.MinZoom, m.MaxZoom),
				codes([]string{"lead", "cover", "n", "m2"}) + ", and `m2_…`, `n_…` for each " + code(m.Field), audience,
			})
		}
	}
	return "\n" + table([]string{"layer", "draws", "zooms", "fields", "tilesets"}, rows) + "\n"
}

func keyTable() string {
	seen, rows := map[string]bool{}, [][]string{}
	for _, m := range machineNames() {
		for _, s := range geo.Statuses(m) {
			for _, k := range geo.DataFields(m, s.Code) {
				if !seen[k.Name] {
					seen[k.Name] = true
					rows = append(rows, []string{code(k.Name), string(k.Type), k.Zh, k.En, k.Unit})
				}
			}
		}
	}
	return "\n" + table([]string{"key", "type", "中文", "English", "unit"}, rows) + "\n"
}

func disclosureTable() string {
	rows := [][]string{}
	for _, d := range geo.Disclosures() {
		when := "as long as it is published"
		if d.States != nil {
			when = codes(d.States)
		}
		rows = append(rows, []string{code(d.Table), d.Zh, d.En, codes(d.Columns), when, d.Revealed, codes(d.Staff)})
	}
	return "\n" + table([]string{"table", "中文", "what", "columns", "told in", "revealed by", "stays with staff"}, rows) + "\n"
}

func figureTable() string {
	rows := [][]string{}
	for _, f := range geo.Figures() {
		audience := "staff"
		if f.Public {
			audience = "both"
		}
		rows = append(rows, []string{code(f.Code), f.Zh, f.En, f.Unit, f.DefZh, f.DefEn, audience})
	}
	return "\n" + table([]string{"figure", "中文", "English", "unit", "定义", "definition", "audience"}, rows) + "\n"
}
