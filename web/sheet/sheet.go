// Package sheet writes the reports of the board as spreadsheets. What comes from
// the data is written as text or as a number and never as a formula, whatever it
// begins with.
package sheet

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"tengdi/geo"
)

// column is one column of a sheet: its words, its width in characters and how its
// numbers are shown.
type column struct {
	zh, en string
	width  float64
	format string // "" = text
	figure string // whose definition is the note of its head, see geo.Figures
}

// Formats of numbers.
const (
	whole   = "#,##0"
	land    = "#,##0.00"
	percent = `0.0"%"`
	signed  = "+#,##0;-#,##0;0"
	daily   = "0.00"
	date    = "yyyy-mm-dd"
)

// Rows of a sheet: a title, the heads, then the data.
const (
	titleRow = 1
	headRow  = 2
	firstRow = 3
)

// book is a workbook that is being written.
type book struct {
	*excelize.File
	english bool
	title   string // of every sheet, before its own
	styles  map[string]int
}

func (b *book) pick(zh, en string) string {
	if b.english {
		return en
	}
	return zh
}

// Report writes a weekly or a daily report: areas, leaders, streets, problems and
// the definitions, each on a sheet of its own that prints on A4 across.
func Report(rep geo.BoardReport, district string, english bool) ([]byte, error) {
	b := &book{File: excelize.NewFile(), english: english, styles: map[string]int{}}
	defer b.Close()
	kind := b.pick("周报", "weekly report")
	if rep.Days == 1 {
		kind = b.pick("日报", "daily report")
	}
	b.title = fmt.Sprintf(b.pick("%s棚改%s · 截至 %s · 数据版本 %d", "%s, %s · as of %s · revision %d"), district, kind, b.moment(rep.Stamp), rep.Revision)
	parts := []struct {
		name    string
		columns []column
		rows    [][]any
	}{
		{b.pick("片区", "Areas"), areaColumns(rep.Days), b.areaRows(rep)},
		{b.pick("领导", "Leaders"), groupColumns("联系领导", "Leader", rep.Days), b.groupRows(rep.Leaders)},
		{b.pick("街道", "Streets"), groupColumns("街道", "Street", rep.Days), b.groupRows(rep.Streets)},
		{b.pick("问题", "Problems"), problemColumns(), b.problemRows(rep.Problems)},
		{b.pick("指标说明", "Definitions"), definitionColumns(), b.definitionRows()},
	}
	for i, p := range parts {
		if err := b.sheet(i, p.name, p.columns, p.rows); err != nil {
			return nil, fmt.Errorf("sheet %s: %w", p.name, err)
		}
	}
	// The file is made of what it tells and nothing else, so that it has one ETag.
	if err := b.SetDocProps(&excelize.DocProperties{Creator: "Tengdi", LastModifiedBy: "Tengdi", Title: b.title, Created: rep.Day.Date().Format(time.RFC3339), Modified: rep.Day.Date().Format(time.RFC3339)}); err != nil {
		return nil, err
	}
	b.SetActiveSheet(0)
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// moment is when the figures hold: the end of a past day, or the time of one that
// runs, in the district's zone as the stamp has it.
func (b *book) moment(s geo.Stamp) string {
	if s.Past {
		return s.Day.String() + " 24:00"
	}
	return s.AsOf.Format("2006-01-02 15:04") + b.pick("（当日未结束）", " (the day is not over)")
}

// sheet writes one sheet: frozen heads, a print area, A4 across, one page wide.
func (b *book) sheet(no int, name string, columns []column, rows [][]any) error {
	if no == 0 {
		if err := b.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := b.NewSheet(name); err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(len(columns))
	if err != nil {
		return err
	}
	bottom := firstRow + max(1, len(rows)) - 1
	for _, step := range []func() error{
		func() error { return b.head(name, last, columns) },
		func() error { return b.body(name, columns, rows) },
		func() error {
			return b.SetPanes(name, &excelize.Panes{Freeze: true, XSplit: 2, YSplit: headRow, TopLeftCell: "C" + strconv.Itoa(firstRow), ActivePane: "bottomRight"})
		},
		func() error { return b.setUp(name, last, bottom) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) head(name, last string, columns []column) error {
	if err := b.MergeCell(name, "A1", last+"1"); err != nil {
		return err
	}
	if err := b.text(name, 1, titleRow, name+" · "+b.title, "title"); err != nil {
		return err
	}
	for i, c := range columns {
		if err := b.text(name, i+1, headRow, b.pick(c.zh, c.en), "head"); err != nil {
			return err
		}
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.SetColWidth(name, letter, letter, c.width); err != nil {
			return err
		}
		if zh, en := definition(c.figure); zh != "" {
			err := b.AddComment(name, excelize.Comment{Cell: letter + strconv.Itoa(headRow), Author: "Tengdi", Text: b.pick(zh, en), Width: 240, Height: 90})
			if err != nil {
				return err
			}
		}
	}
	if err := b.SetRowHeight(name, headRow, 32); err != nil {
		return err
	}
	return b.SetRowHeight(name, titleRow, 24)
}

func definition(figure string) (zh, en string) {
	for _, f := range geo.Figures() {
		if f.Code == figure {
			return f.DefZh, f.DefEn
		}
	}
	return "", ""
}

func (b *book) body(name string, columns []column, rows [][]any) error {
	for y, row := range rows {
		for x, v := range row {
			if columns[x].format == percent {
				v = shownRate(v)
			}
			if err := b.cell(name, x+1, firstRow+y, v, columns[x].format); err != nil {
				return err
			}
		}
	}
	return nil
}

// shownRate is a rate as its cell may hold it: exact, unless the one decimal of the
// format would tell what is not complete as 100 or what has begun as 0.
func shownRate(v any) any {
	rate, ok := v.(*float64)
	if !ok || rate == nil {
		return v
	}
	if shown := geo.ShownRate(*rate, 1); math.Abs(shown-*rate) > 0.05 {
		return shown
	}
	return v
}

// cell writes a value by its kind: numbers and days as such, everything else as
// text. nil leaves the cell empty.
func (b *book) cell(name string, x, y int, v any, format string) error {
	at, err := excelize.CoordinatesToCellName(x, y)
	if err != nil {
		return err
	}
	style, err := b.style(format)
	if err != nil {
		return err
	}
	if err := b.SetCellStyle(name, at, at, style); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		return nil
	case int:
		return b.SetCellInt(name, at, int64(v))
	case float64:
		return b.SetCellFloat(name, at, v, -1, 64)
	case *int:
		if v == nil {
			return nil
		}
		return b.SetCellInt(name, at, int64(*v))
	case *float64:
		if v == nil {
			return nil
		}
		return b.SetCellFloat(name, at, *v, -1, 64)
	case geo.Day:
		return b.SetCellInt(name, at, int64(v)+unixEpoch)
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return b.SetCellInt(name, at, int64(geo.CivilDay(v))+unixEpoch)
	case *geo.Day:
		if v == nil {
			return nil
		}
		return b.SetCellInt(name, at, int64(*v)+unixEpoch)
	case string:
		return b.SetCellStr(name, at, v)
	}
	return fmt.Errorf("a cell cannot hold %T", v)
}

// unixEpoch is 1970-01-01 as a spreadsheet counts days.
const unixEpoch = 25569

func (b *book) text(name string, x, y int, s, style string) error {
	return b.cell(name, x, y, s, style)
}

// style is the number of a style, made when it is first asked for.
func (b *book) style(format string) (int, error) {
	if id, ok := b.styles[format]; ok {
		return id, nil
	}
	line := []excelize.Border{{Type: "left", Color: "BBBBBB", Style: 1}, {Type: "right", Color: "BBBBBB", Style: 1}, {Type: "top", Color: "BBBBBB", Style: 1}, {Type: "bottom", Color: "BBBBBB", Style: 1}}
	s := &excelize.Style{Border: line, Alignment: &excelize.Alignment{Vertical: "center"}}
	switch format {
	case "title":
		s = &excelize.Style{Font: &excelize.Font{Bold: true, Size: 13}, Alignment: &excelize.Alignment{Vertical: "center"}}
	case "head":
		s.Font = &excelize.Font{Bold: true}
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EDF2"}}
		s.Alignment = &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	case "":
		s.NumFmt = 49 // text: what is typed into it later stays text too
		s.Alignment.WrapText = true
	default:
		s.CustomNumFmt = &format
	}
	id, err := b.NewStyle(s)
	b.styles[format] = id
	return id, err
}

// setUp makes the sheet print: A4 across, one page wide, heads on every page.
func (b *book) setUp(name, last string, bottom int) error {
	a4, across, wide, tall, fit := 9, "landscape", 1, 0, true
	if err := b.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &across, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	if err := b.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := b.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R&P / &N"}); err != nil {
		return err
	}
	area := fmt.Sprintf("'%s'!$A$1:$%s$%d", name, last, bottom)
	if err := b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: area, Scope: name}); err != nil {
		return err
	}
	heads := fmt.Sprintf("'%s'!$%d:$%d", name, titleRow, headRow)
	return b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: heads, Scope: name})
}
