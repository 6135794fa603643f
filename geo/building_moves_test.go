package geo

import (
	"slices"
	"testing"
	"time"
)

func goodBuilding(from, to string) BuildingFacts {
	f := BuildingFacts{
		Occasion: ordinary(), Legal: LegalTitle, Use: "residence", FloorM2: 320,
		NoticeNo: "告〔2018〕2号", NoticeUntil: date("2018-10-14"), OrderNo: "拆〔2018〕2号", PermitNo: "许-7",
		Method: "机械", Contractor: "一建", Photo: "p1.jpg", ClearRecord: "清运单", KeepNo: "文保-3",
	}
	if to == "notice" {
		f.Legal, f.NoticeUntil = LegalIllegal, date("2018-11-15")
	}
	f.Before = to
	return f
}

func buildingSuite() suite[BuildingFacts] {
	return suite[BuildingFacts]{
		machine: BuildingMoves(), good: goodBuilding,
		occasion: func(f *BuildingFacts) *Occasion { return &f.Occasion },
		ends:     []string{"site_cleared", "kept"},
		breakers: map[string]func(*BuildingFacts){
			"legal":         func(f *BuildingFacts) { f.Legal = LegalUndetermined },
			"use":           func(f *BuildingFacts) { f.Use = "" },
			"floor_m2":      func(f *BuildingFacts) { f.FloorM2 = 0 },
			"not_illegal":   func(f *BuildingFacts) { f.Legal = LegalIllegal },
			"illegal":       func(f *BuildingFacts) { f.Legal = LegalTemporary },
			"everybody_out": func(f *BuildingFacts) { f.HouseholdsIn = 2 },
			"notice_no":     func(f *BuildingFacts) { f.NoticeNo = "" },
			"notice_until":  func(f *BuildingFacts) { f.NoticeUntil = time.Time{} },
			"notice_over":   func(f *BuildingFacts) { f.NoticeUntil = date("2018-10-15") },
			"order_no":      func(f *BuildingFacts) { f.OrderNo = "" },
			"photo":         func(f *BuildingFacts) { f.Photo = "" },
			"permit_no":     func(f *BuildingFacts) { f.PermitNo = "" },
			"method":        func(f *BuildingFacts) { f.Method = "" },
			"contractor":    func(f *BuildingFacts) { f.Contractor = "" },
			"clear_record":  func(f *BuildingFacts) { f.ClearRecord = "" },
			"keep_no":       func(f *BuildingFacts) { f.KeepNo = "" },
		},
	}
}

func TestBuildingMachine(t *testing.T) { buildingSuite().run(t) }

func TestBuildingEdges(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		change         func(*BuildingFacts)
		want           string
	}{
		{"an expired building gets a notice", "identified", "notice", func(f *BuildingFacts) { f.Legal = LegalExpired }, ""},
		{"an expired building may be emptied", "identified", "empty", func(f *BuildingFacts) { f.Legal = LegalExpired }, ""},
		{"a made-up finding", "existing", "identified", func(f *BuildingFacts) { f.Legal = "fine" }, "legal"},
		{"no finding", "existing", "identified", func(f *BuildingFacts) { f.Legal = "" }, "legal"},
		{"the notice ends before it is served", "identified", "notice", func(f *BuildingFacts) { f.Legal, f.NoticeUntil = LegalIllegal, date("2018-10-14") }, "notice_until"},
		{"no last day of the notice", "notice", "removed", func(f *BuildingFacts) { f.NoticeUntil = time.Time{} }, "notice_over"},
		{"the notice is kept until 24:00", "notice", "removed", func(f *BuildingFacts) { f.NoticeUntil = date("2018-10-15") }, "notice_over"},
	} {
		f := goodBuilding(c.from, c.to)
		c.change(&f)
		if got := refusals(BuildingMoves().Check(c.from, c.to, RoleAdmin, f)); got != c.want {
			t.Errorf("%s: refused for %q, want %q", c.name, got, c.want)
		}
	}
}

// What counts as done is every state after which no household and no wall is
// left, and the kept one; anything else keeps its area from being cleared.
func TestBuildingDone(t *testing.T) {
	open := []string{"existing", "identified", "notice", "empty", "demolition_permit"}
	for _, s := range Statuses(BuildingMachine) {
		if slices.Contains(open, s.Code) == slices.Contains(BuildingDone(), s.Code) {
			t.Errorf("%s is both open and done, or neither", s.Code)
		}
	}
}
