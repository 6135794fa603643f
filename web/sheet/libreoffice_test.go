//go:build libreoffice

package sheet

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

var workbook = flag.String("workbook", "", "a workbook to be opened beside those of the test")

// TestReportOpensInLibreOffice has LibreOffice open the reports and compares every
// cell of what it has understood with the cell that was written: numbers stay the
// same numbers, texts stay texts, and nothing is a formula (T-13). `make
// check-xlsx` runs it; it needs soffice, which the other tests do not.
func TestReportOpensInLibreOffice(t *testing.T) {
	for _, english := range []bool{false, true} {
		raw, err := Report(hostileReport(), `=岳阳楼区`, english)
		if err != nil {
			t.Fatal(err)
		}
		compareWithOffice(t, raw)
	}
	if *workbook != "" {
		raw, err := os.ReadFile(*workbook)
		if err != nil {
			t.Fatal(err)
		}
		compareWithOffice(t, raw)
	}
}

// officeCell is a cell as LibreOffice has it.
type officeCell struct {
	kind, value, formula, text string
}

func compareWithOffice(t *testing.T, raw []byte) {
	t.Helper()
	sheets := openInOffice(t, raw)
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if len(sheets) != len(f.GetSheetList()) {
		t.Fatalf("LibreOffice has %d sheets of %v", len(sheets), f.GetSheetList())
	}
	for i, name := range f.GetSheetList() {
		rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		numbers, texts := 0, 0
		for y, row := range rows {
			for x, want := range row {
				at, _ := excelize.CoordinatesToCellName(x+1, y+1)
				got := sheets[i].at(x, y)
				kind, err := f.GetCellType(name, at)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case got.formula != "":
					t.Errorf("%s %s is the formula %q", name, at, got.formula)
				case want == "":
				case kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber:
					numbers++
					if !sameNumber(got, want) {
						t.Errorf("%s %s: %+v, written was the number %s", name, at, got, want)
					}
				default:
					texts++
					// Spaces at the ends and line ends are written in other ways there.
					if got.kind != "string" || strings.Join(strings.Fields(got.text), " ") != strings.Join(strings.Fields(want), " ") {
						t.Errorf("%s %s: %+v, written was the text %q", name, at, got, want)
					}
				}
			}
		}
		t.Logf("%s: %d rows, %d numbers, %d texts, no formula", name, len(rows), numbers, texts)
	}
}

// sameNumber compares a cell with a number that was written. Days are numbers there
// and days here.
func sameNumber(got officeCell, want string) bool {
	w, err := strconv.ParseFloat(want, 64)
	if err != nil {
		return false
	}
	switch got.kind {
	case "float", "percentage":
		v, err := strconv.ParseFloat(got.value, 64)
		return err == nil && math.Abs(v-w) <= 1e-9*math.Max(1, math.Abs(w))
	case "date":
		day, err := excelize.ExcelDateToTime(w, false)
		return err == nil && strings.HasPrefix(got.value, day.Format("2006-01-02"))
	}
	return false
}

// officeSheet is a sheet by rows and columns from 0.
type officeSheet map[[2]int]officeCell

func (s officeSheet) at(x, y int) officeCell { return s[[2]int{x, y}] }

// openInOffice opens a workbook in LibreOffice and has it written as flat
// OpenDocument, which tells of every cell its kind, its value and its formula.
func openInOffice(t *testing.T, raw []byte) []officeSheet {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("soffice is missing; it comes with the package libreoffice-calc-nogui (or libreoffice-calc)")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "report.xlsx")
	if err := os.WriteFile(in, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "fods", "--outdir", dir, in)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	body, err := os.ReadFile(filepath.Join(dir, "report.fods"))
	if err != nil {
		t.Fatal(err)
	}
	return readFlat(t, body)
}

func readFlat(t *testing.T, body []byte) (sheets []officeSheet) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(body))
	attr := func(e xml.StartElement, name string) string {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	times := func(e xml.StartElement, name string) int {
		n, err := strconv.Atoi(attr(e, name))
		return max(n, map[bool]int{true: 1}[err != nil])
	}
	var x, y, rows, columns, notes int
	var cell *officeCell
	for {
		token, err := d.Token()
		if err == io.EOF {
			return sheets
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "table":
				sheets, y = append(sheets, officeSheet{}), 0
			case "table-row":
				x, rows = 0, times(e, "number-rows-repeated")
			case "table-cell", "covered-table-cell":
				columns = times(e, "number-columns-repeated")
				cell = &officeCell{kind: attr(e, "value-type"), formula: attr(e, "formula")}
				cell.value = attr(e, "value")
				if cell.kind == "date" {
					cell.value = attr(e, "date-value")
				}
			case "annotation":
				notes++
			case "p":
				if cell != nil && notes == 0 && cell.text != "" {
					cell.text += "\n"
				}
			case "s", "tab", "line-break":
				if cell != nil && notes == 0 {
					cell.text += " "
				}
			}
		case xml.CharData:
			if cell != nil && notes == 0 {
				cell.text += string(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "annotation":
				notes--
			case "table-cell", "covered-table-cell":
				if cell.kind != "" || cell.formula != "" {
					for dx := range columns {
						for dy := range rows {
							sheets[len(sheets)-1][[2]int{x + dx, y + dy}] = *cell
						}
					}
				}
				x, cell = x+columns, nil
			case "table-row":
				y += rows
			}
		}
	}
}
