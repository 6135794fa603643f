package geo

import (
	"math"
	"strings"
	"testing"
	"time"
)

func goodArea(from, to string) AreaFacts {
	f := AreaFacts{
		Occasion: ordinary(), Name: "洛王片区", HasShape: true, PlanM2: FromMu(120),
		Team: "洛王街道一组", PlanFile: "方案.pdf", DisplayFrom: date("2018-08-01"), DisplayTo: date("2018-08-31"),
		RiskReport: "评估〔2018〕3号", FundProof: "银行回单", DecisionNo: "岳楼征〔2018〕5号", NoticeOn: date("2018-09-03"),
		SignFrom: date("2018-09-10"), SignTo: date("2018-10-10"), MinRatio: 0.9,
		Contractor: "一建", SafetyFile: "安全方案", AcceptanceNo: "验〔2018〕1号", SurveyFile: "勘测.txt",
		ClearedM2: FromMu(100), AcceptedM2: FromMu(40), RestM2: FromMu(60), ShapeM2: FromMu(100), Receipt: "收〔2018〕1号", ArchiveNo: "档-1",
		Surveyed: 100, Signed: 95, Parcels: 3, ParcelsM2: FromMu(99),
	}
	if from == "suspended" {
		f.Before = to
	}
	return f
}

func areaSuite() suite[AreaFacts] {
	return suite[AreaFacts]{
		machine: AreaMoves(), good: goodArea,
		occasion: func(f *AreaFacts) *Occasion { return &f.Occasion },
		ends:     []string{"closed", "cancelled"},
		breakers: map[string]func(*AreaFacts){
			"name":                 func(f *AreaFacts) { f.Name = " " },
			"shape":                func(f *AreaFacts) { f.HasShape = false },
			"plan_mu":              func(f *AreaFacts) { f.PlanM2 = 0 },
			"team":                 func(f *AreaFacts) { f.Team = "" },
			"plan_file":            func(f *AreaFacts) { f.PlanFile = "" },
			"display_30d":          func(f *AreaFacts) { f.DisplayTo = date("2018-08-30") },
			"display_over":         func(f *AreaFacts) { f.DisplayTo = date("2018-10-16") },
			"risk_report":          func(f *AreaFacts) { f.RiskReport = "" },
			"fund_proof":           func(f *AreaFacts) { f.FundProof = "" },
			"decision_no":          func(f *AreaFacts) { f.DecisionNo = "" },
			"notice_on":            func(f *AreaFacts) { f.NoticeOn = time.Time{} },
			"buildings_identified": func(f *AreaFacts) { f.Undetermined = 1 },
			"sign_period":          func(f *AreaFacts) { f.SignTo = date("2018-09-09") },
			"min_ratio":            func(f *AreaFacts) { f.MinRatio = 1.01 },
			"enough_signed":        func(f *AreaFacts) { f.Signed = 89 },
			"households_known":     func(f *AreaFacts) { f.Surveyed, f.Signed = 0, 0 },
			"contractor":           func(f *AreaFacts) { f.Contractor = "" },
			"safety_file":          func(f *AreaFacts) { f.SafetyFile = "" },
			"buildings_done":       func(f *AreaFacts) { f.BuildingsOpen = 1 },
			"problems_closed":      func(f *AreaFacts) { f.ProblemsOpen = 1 },
			"acceptance_no":        func(f *AreaFacts) { f.AcceptanceNo = "" },
			"survey_file":          func(f *AreaFacts) { f.SurveyFile = "" },
			"cleared_mu":           func(f *AreaFacts) { f.ClearedM2 = 0 },
			"no_parcel_on_it":      func(f *AreaFacts) { f.ParcelsOnFinal = 1 },
			"receipt":              func(f *AreaFacts) { f.Receipt = "" },
			"parcels_created":      func(f *AreaFacts) { f.Parcels = 0 },
			"parcels_within":       func(f *AreaFacts) { f.ParcelsM2 = f.ClearedM2 + 1.01 },
			"archive_no":           func(f *AreaFacts) { f.ArchiveNo = "" },
			"nobody_moved":         func(f *AreaFacts) { f.Vacated = 1 },
			"no_parcel_marketed":   func(f *AreaFacts) { f.ParcelsMarketed = 1 },
		},
	}
}

func TestAreaMachine(t *testing.T) { areaSuite().run(t) }

func TestAreaEdges(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		change         func(*AreaFacts)
		want           string
	}{
		{"no display dates", "surveying", "consulting", func(f *AreaFacts) { f.DisplayFrom = time.Time{} }, "display_30d"},
		{"no end of display", "surveying", "consulting", func(f *AreaFacts) { f.DisplayTo = time.Time{} }, "display_30d"},
		{"30 days on display", "surveying", "consulting", func(f *AreaFacts) { f.DisplayFrom = date("2018-08-01") }, ""},
		{"a notice of the future", "consulting", "decided", func(f *AreaFacts) { f.NoticeOn = f.Today().Date().AddDate(0, 0, 1) }, "notice_on"},
		{"display ends today", "consulting", "decided", func(f *AreaFacts) { f.DisplayTo = date("2018-10-15") }, ""},
		{"29 days so far", "consulting", "decided", func(f *AreaFacts) { f.DisplayFrom, f.DisplayTo = date("2018-09-16"), time.Time{} }, "display_over"},
		{"30 days so far", "consulting", "decided", func(f *AreaFacts) { f.DisplayFrom, f.DisplayTo = date("2018-09-15"), time.Time{} }, ""},
		{"a short display does not count", "consulting", "decided", func(f *AreaFacts) { f.DisplayFrom, f.DisplayTo = date("2018-09-16"), date("2018-10-01") }, "display_over"},
		{"display unknown", "consulting", "decided", func(f *AreaFacts) { f.DisplayFrom = time.Time{} }, "display_over"},
		{"ratio just met", "signing", "vacating", func(f *AreaFacts) { f.Signed = 90 }, ""},
		{"ratio is rounded up", "signing", "vacating", func(f *AreaFacts) { f.Surveyed, f.Signed = 11, 9 }, "enough_signed"},
		{"a ratio of thirds", "signing", "vacating", func(f *AreaFacts) { f.MinRatio, f.Surveyed, f.Signed = 0.7, 10, 7 }, ""},
		{"the rest on the court path", "signing", "vacating", func(f *AreaFacts) { f.Signed, f.CourtPath = 50, 50 }, ""},
		{"one neither signed nor on the path", "signing", "vacating", func(f *AreaFacts) { f.Signed, f.CourtPath = 50, 49 }, "enough_signed"},
		{"no ratio", "signing", "vacating", func(f *AreaFacts) { f.MinRatio = 0 }, "enough_signed"},
		{"not a ratio", "signing", "vacating", func(f *AreaFacts) { f.MinRatio = math.NaN() }, "enough_signed"},
		{"all must sign", "decided", "signing", func(f *AreaFacts) { f.MinRatio = 1 }, ""},
		{"nobody must sign", "decided", "signing", func(f *AreaFacts) { f.MinRatio = 0 }, "min_ratio"},
		{"one day of signing", "decided", "signing", func(f *AreaFacts) { f.SignTo = f.SignFrom }, ""},
		{"no first day of signing", "decided", "signing", func(f *AreaFacts) { f.SignFrom = time.Time{} }, "sign_period"},
		{"parcels just fit", "cleared", "handed_over", func(f *AreaFacts) { f.ParcelsM2 = f.ClearedM2 + 1 }, ""},
		{"cleared as far off as may be", "demolishing", "cleared", func(f *AreaFacts) { f.ClearedM2 = FromMu(101.999) }, ""},
		{"more cleared than there is", "demolishing", "cleared", func(f *AreaFacts) { f.ClearedM2 = FromMu(102.001) }, "cleared_mu"},
		{"less cleared than there is", "demolishing", "cleared", func(f *AreaFacts) { f.ClearedM2 = FromMu(97.999) }, "cleared_mu"},
		{"a small area may be off by one mu", "demolishing", "cleared", func(f *AreaFacts) {
			f.ClearedM2, f.AcceptedM2, f.RestM2, f.ShapeM2 = FromMu(10.99), 0, FromMu(10), FromMu(10)
		}, ""},
		{"below what was accepted", "demolishing", "cleared", func(f *AreaFacts) { f.AcceptedM2, f.RestM2 = FromMu(100.02), 0 }, "cleared_mu"},
		{"as accepted, rounded", "demolishing", "cleared", func(f *AreaFacts) { f.AcceptedM2, f.RestM2 = FromMu(100.005), 0 }, ""},
		{"no size", "demolishing", "cleared", func(f *AreaFacts) { f.ClearedM2 = SquareMetres(math.NaN()) }, "cleared_mu"},
		{"on the day of the last event", "planned", "surveying", func(f *AreaFacts) { f.LastOn = f.On.Add(time.Hour) }, ""},
		{"no day given is today", "planned", "surveying", func(f *AreaFacts) { f.On = time.Time{} }, ""},
		{"nothing went before", "planned", "surveying", func(f *AreaFacts) { f.LastOn = time.Time{} }, ""},
		{"history unknown", "suspended", "signing", func(f *AreaFacts) { f.Before = "" }, ""},
		{"corrected since", "suspended", "signing", func(f *AreaFacts) { f.Before = "cancelled" }, ""},
		{"not where it stopped", "suspended", "signing", func(f *AreaFacts) { f.Before = "surveying" }, "came_from"},
	} {
		f := goodArea(c.from, c.to)
		c.change(&f)
		if got := refusals(AreaMoves().Check(c.from, c.to, RoleAdmin, f)); got != c.want {
			t.Errorf("%s: refused for %q, want %q", c.name, got, c.want)
		}
	}
}

// The reasons tell the figures that a person needs to act.
func TestAreaReasonsAreClose(t *testing.T) {
	for _, c := range []struct {
		from, to string
		change   func(*AreaFacts)
		en, zh   string
	}{
		{"consulting", "decided", func(f *AreaFacts) { f.DisplayFrom = date("2018-10-01") }, "until 2018-10-31", "2018-10-31"},
		{"surveying", "consulting", func(f *AreaFacts) { f.DisplayTo = date("2018-08-11") }, "for 10 days, 30 are needed", "10 日"},
		{"signing", "vacating", func(f *AreaFacts) { f.Signed, f.CourtPath = 80, 5 }, "80 households have signed, 90 of 100 must; of the other 20 only 5", "已签约 80 户，须达 90 户"},
		{"demolishing", "cleared", func(f *AreaFacts) { f.BuildingsOpen = 7 }, "7 buildings", "7 栋"},
		{"demolishing", "cleared", func(f *AreaFacts) { f.ClearedM2 = FromMu(900_000) }, "900000.00 mu are cleared as stated, but 100.00 mu lie on the ground", "腾地 900000.00 亩，与实地 100.00 亩"},
		{"demolishing", "cleared", func(f *AreaFacts) { f.ClearedM2 = FromMu(39) }, "39.00 mu are stated as cleared, but 40.00 mu were accepted", "少于此前已验收的 40.00 亩"},
		{"cleared", "handed_over", func(f *AreaFacts) { f.ParcelsM2 = FromMu(101.5) }, "101.50 mu together, only 100.00 mu", "101.50 亩"},
		{"planned", "surveying", func(f *AreaFacts) { f.On = date("2018-10-20") }, "2018-10-20 is after today, 2018-10-15", "2018-10-20"},
		{"planned", "surveying", func(f *AreaFacts) { f.On = date("2018-09-30") }, "2018-09-30 is before the last event, 2018-10-01", "2018-09-30"},
	} {
		f := goodArea(c.from, c.to)
		c.change(&f)
		err := AreaMoves().Check(c.from, c.to, RoleAdmin, f)
		r, ok := err.(*RefusedError)
		if !ok || !strings.Contains(r.Reasons[0].En, c.en) || !strings.Contains(r.Reasons[0].Zh, c.zh) {
			t.Errorf("%s to %s: %+v, want %q and %q", c.from, c.to, err, c.en, c.zh)
		}
	}
}

// The size that the acceptance of an area begins with is one that agrees with
// the ground; what was accepted before alone would be refused.
func TestClearedSizeIsKnown(t *testing.T) {
	t.Parallel()
	f := goodArea("demolishing", "cleared")
	f.AcceptedM2, f.RestM2, f.ClearedM2 = FromMu(60), FromMu(40.123), FromMu(60)
	known := f.Known()["cleared_mu"]
	if known != "100.12" {
		t.Fatalf("%q is told", known)
	}
	machine := AreaMoves()
	if err := machine.Check("demolishing", "cleared", RoleSupervisor, f); err == nil {
		t.Error("what was accepted before is taken for the whole")
	}
	d, err := ReadData(AreaMachine, "cleared", map[string]string{"cleared_mu": known})
	if err != nil {
		t.Fatal(err)
	}
	f.Take(d)
	if err := machine.Check("demolishing", "cleared", RoleSupervisor, f); err != nil {
		t.Error(err)
	}
}
