package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tengdi/geo"
)

// hostile are texts that a spreadsheet takes for formulas when it is let.
var hostile = []string{`=1+1`, `+1`, `-1`, `@SUM(A1)`, "\t=1", "\r=1", `=HYPERLINK("http://x","y")`, `=cmd|' /C calc'!A0`, `<b>&"'</b>`, "  =1", "'=1"}

func hostileReport() geo.BoardReport {
	rep := geo.BoardReport{Stamp: geo.Stamp{Revision: 77, AsOf: time.Date(2018, 6, 30, 23, 59, 59, 0, time.UTC), Day: geo.CivilDay(time.Date(2018, 6, 30, 0, 0, 0, 0, time.UTC)), Past: true}, Days: 7}
	rep.Headline.Now.Households, rep.Headline.Before.Households = &geo.HouseholdCounts{Surveyed: 100, Signed: 90}, &geo.HouseholdCounts{Surveyed: 100, Signed: 80}
	left, forecast := -12, rep.Day+40
	for _, x := range hostile {
		rep.Areas = append(rep.Areas, geo.AreaRow{
			Code: x, Name: x, Status: "signing", Leader: x, Department: x, Light: geo.Red, Cause: geo.Cause{Zh: x, En: x}, DaysLeft: &left,
			Deadline: time.Date(2018, 6, 18, 0, 0, 0, 0, time.UTC), PlanM2: geo.FromMu(100.25), ClearedM2: geo.FromMu(50),
			Households: geo.HouseholdCounts{Surveyed: 10, Signed: 9, Vacated: 3}, Before: geo.HouseholdCounts{Signed: 11}, Pace: geo.Pace{PerDay: 0.5, Forecast: &forecast},
		})
		rep.Problems = append(rep.Problems, geo.BoardProblem{Problem: geo.Problem{Code: x, Title: x, Measure: x, Department: x, Leader: x}, AreaName: x})
		rep.Leaders = append(rep.Leaders, geo.GroupRow{Key: x, Name: x})
		rep.Streets = append(rep.Streets, geo.GroupRow{Key: x, Name: x})
	}
	return rep
}

// What comes from the data stays text, whatever it begins with (T-13), and is
// read back as it was.
func TestReportHasNoFormula(t *testing.T) {
	for _, english := range []bool{false, true} {
		raw, err := Report(hostileReport(), `=岳阳楼区`, english)
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		for _, name := range f.GetSheetList() {
			rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			for y, row := range rows {
				for x, text := range row {
					at, _ := excelize.CoordinatesToCellName(x+1, y+1)
					if formula, err := f.GetCellFormula(name, at); err != nil || formula != "" {
						t.Errorf("%s %s is a formula: %q, %v", name, at, formula, err)
					}
					found[text]++
				}
			}
		}
		for _, x := range hostile {
			want := strings.ReplaceAll(x, "\r", "\n") // XML has one kind of line end
			if found[x]+found[want] < 13 {
				t.Errorf("%q is read back %d times", x, found[x])
			}
		}
		parts, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts.File {
			r, err := p.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(p.Name, "xl/worksheets/sheet") && (bytes.Contains(text, []byte("<f>")) || bytes.Contains(text, []byte("<f "))) || bytes.Contains(text, []byte("TargetMode=\"External\"")) || strings.Contains(p.Name, "externalLink") {
				t.Errorf("%s has a formula or a link", p.Name)
			}
		}
	}
}

func TestReportIsSetUpToPrint(t *testing.T) {
	raw, err := Report(hostileReport(), "岳阳楼区", false)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Report(hostileReport(), "岳阳楼区", false)
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("the same figures make another file, %v", err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.GetSheetList(), " "); got != "片区 领导 街道 问题 指标说明" {
		t.Errorf("sheets %s", got)
	}
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Scope+" "+n.Name] = n.RefersTo
	}
	if names["片区 _xlnm.Print_Area"] != "'片区'!$A$1:$AA$14" || names["片区 _xlnm.Print_Titles"] != "'片区'!$1:$2" {
		t.Errorf("%v", names)
	}
	for _, name := range f.GetSheetList() {
		panes, err := f.GetPanes(name)
		if err != nil || !panes.Freeze || panes.YSplit != 2 {
			t.Errorf("%s: %+v, %v", name, panes, err)
		}
		layout, err := f.GetPageLayout(name)
		if err != nil || *layout.Size != 9 || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 {
			t.Errorf("%s: %+v, %v", name, layout, err)
		}
	}
	value := func(at string) string {
		t.Helper()
		v, err := f.GetCellValue("片区", at, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		kind, err := f.GetCellType("片区", at)
		if err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s is no number: %v, %v", at, kind, err)
		}
		return v
	}
	for at, want := range map[string]string{"H3": "43269", "I3": "-12", "J3": "10", "L3": "-2", "M3": "90", "S3": "100.25", "X3": "43321", "J14": "100", "L14": "10"} {
		if got := value(at); got != want {
			t.Errorf("%s is %s, want %s", at, got, want)
		}
	}
	if title, _ := f.GetCellValue("片区", "A1"); title != "片区 · 岳阳楼区棚改周报 · 截至 2018-06-30 24:00 · 数据版本 77" {
		t.Error(title)
	}
	if heads := cellOf(t, f, "L2") + " " + cellOf(t, f, "O2"); heads != "近 7 天签约 近 7 天腾空" {
		t.Errorf("the changes are called %s", heads)
	}
	notes, err := f.GetComments("片区")
	if err != nil || len(notes) < 12 {
		t.Errorf("%d notes, %v", len(notes), err)
	}
}

func cellOf(t *testing.T, f *excelize.File, at string) string {
	t.Helper()
	v, err := f.GetCellValue("片区", at)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A day that runs is told with its time, and that it is not over.
func TestReportOfARunningDaySaysSo(t *testing.T) {
	rep := hostileReport()
	rep.Past, rep.AsOf = false, time.Date(2018, 6, 30, 9, 12, 44, 0, time.FixedZone("", 8*60*60))
	for english, want := range map[bool]string{false: "截至 2018-06-30 09:12（当日未结束） · 数据版本 77", true: "as of 2018-06-30 09:12 (the day is not over) · revision 77"} {
		raw, err := Report(rep, "岳阳楼区", english)
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if title, err := f.GetCellValue(f.GetSheetName(0), "A1"); err != nil || !strings.HasSuffix(title, want) {
			t.Errorf("%q, %v, want %q", title, err, want)
		}
	}
}

// A rate that is not complete is not shown as 100, and what has begun not as 0; all
// others are exact.
func TestReportDoesNotRoundUpToComplete(t *testing.T) {
	rep := hostileReport()
	rep.Areas[0].Households = geo.HouseholdCounts{Surveyed: 2501, Signed: 2500, Vacated: 1, Demolished: 1000}
	raw, err := Report(rep, "岳阳楼区", false)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"M3": "99.9%", "P3": "0.1%", "R3": "40.0%", "M4": "90.0%"} {
		if got := cellOf(t, f, at); got != want {
			t.Errorf("%s is %s, want %s", at, got, want)
		}
	}
}
