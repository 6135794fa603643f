package geo

import (
	"testing"
	"time"
)

func goodHousehold(from, to string) HouseholdFacts {
	f := HouseholdFacts{
		Occasion: ordinary(), Use: "residence", AreaM2: 80, Legal: LegalTitle,
		Value: FromWan(40), Valuer: "评估所",
		AgreementNo: "协-1", Mode: "money", Amount: FromWan(42), PaidOn: date("2018-10-10"), Paid: FromWan(42), VoucherNo: "凭-1",
		Keys: "交-1", AreaDecided: true, SignTo: date("2018-10-14"), DecisionNo: "补〔2018〕1号",
		ServedOn: date("2018-03-15"), AnnexFile: "附件.pdf", CaseNo: "行审1号", RulingNo: "裁1号", OrderNo: "执1号",
		ArchiveNo: "档-9",
	}
	if from == "signed" && to == "vacated" {
		f.PaidOn, f.PayLater = time.Time{}, "协议第七条：周转房先行"
	}
	if to == "decision_issued" {
		f.ServedOn = date("2018-10-15")
	}
	f.Before = to
	return f
}

func householdSuite() suite[HouseholdFacts] {
	long := func(f *HouseholdFacts) { f.LastOn = f.On.AddDate(0, 0, -40) }
	return suite[HouseholdFacts]{
		machine: HouseholdMoves(),
		good: func(from, to string) HouseholdFacts {
			f := goodHousehold(from, to)
			if from == "court_applied" {
				f.LastOn = date("2018-10-10")
			}
			return f
		},
		occasion: func(f *HouseholdFacts) *Occasion { return &f.Occasion },
		ends:     []string{"closed"},
		breakers: map[string]func(*HouseholdFacts){
			"use":               func(f *HouseholdFacts) { f.Use = "" },
			"area_m2":           func(f *HouseholdFacts) { f.AreaM2 = 0 },
			"legal":             func(f *HouseholdFacts) { f.Legal = "" },
			"legal_found":       func(f *HouseholdFacts) { f.Legal = LegalUndetermined },
			"valuer":            func(f *HouseholdFacts) { f.Valuer = "" },
			"value":             func(f *HouseholdFacts) { f.Value = 0 },
			"agreement_no":      func(f *HouseholdFacts) { f.AgreementNo = "" },
			"mode":              func(f *HouseholdFacts) { f.Mode = "promise" },
			"amount_or_flat":    func(f *HouseholdFacts) { f.Amount = 0 },
			"area_decided":      func(f *HouseholdFacts) { f.AreaDecided = false },
			"voucher":           func(f *HouseholdFacts) { f.VoucherNo = "" },
			"paid_in_full":      func(f *HouseholdFacts) { f.Paid = f.Amount - 1 },
			"paid_first":        func(f *HouseholdFacts) { f.PaidOn = date("2018-10-16") },
			"not_paid":          func(f *HouseholdFacts) { f.PaidOn = date("2018-10-10") },
			"pay_later":         func(f *HouseholdFacts) { f.PayLater = " " },
			"keys":              func(f *HouseholdFacts) { f.Keys = "" },
			"compensated":       func(f *HouseholdFacts) { f.PaidOn = time.Time{} },
			"flat_delivered":    func(f *HouseholdFacts) { f.Mode = "swap" },
			"archive_no":        func(f *HouseholdFacts) { f.ArchiveNo = "" },
			"signing_over":      func(f *HouseholdFacts) { f.SignTo = date("2018-10-15") },
			"decision_no":       func(f *HouseholdFacts) { f.DecisionNo = "" },
			"served_on":         func(f *HouseholdFacts) { f.ServedOn = time.Time{} },
			"no_remedy_open":    func(f *HouseholdFacts) { f.RemedyOpen = true },
			"apply_in_time":     func(f *HouseholdFacts) { f.ServedOn = date("2018-04-15") },
			"annex_file":        func(f *HouseholdFacts) { f.AnnexFile = "" },
			"case_no":           func(f *HouseholdFacts) { f.CaseNo = "" },
			"ruling_no":         func(f *HouseholdFacts) { f.RulingNo = "" },
			"order_no":          func(f *HouseholdFacts) { f.OrderNo = "" },
			"compensated_first": func(f *HouseholdFacts) { f.PaidOn = date("2018-10-16") },
			"accepted_late":     long,
			"ruled_late":        long,
		},
	}
}

func TestHouseholdMachine(t *testing.T) { householdSuite().run(t) }

func TestHouseholdEdges(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		change         func(*HouseholdFacts)
		want           string
	}{
		{"undetermined is an answer to the survey", "registered", "surveyed", func(f *HouseholdFacts) { f.Legal = LegalUndetermined }, ""},
		{"a made-up finding is not", "registered", "surveyed", func(f *HouseholdFacts) { f.Legal = "fine" }, "legal"},
		{"a swap with its flat", "negotiating", "signed", func(f *HouseholdFacts) { f.Mode, f.Amount, f.Flat = "swap", 0, "3-2-501" }, ""},
		{"a swap without a flat", "negotiating", "signed", func(f *HouseholdFacts) { f.Mode = "swap" }, "amount_or_flat"},
		{"a negative amount", "negotiating", "signed", func(f *HouseholdFacts) { f.Amount, f.Flat = -1, "3-2-501" }, "amount_or_flat"},
		{"money with a flat only", "negotiating", "signed", func(f *HouseholdFacts) { f.Amount, f.Flat = 0, "3-2-501" }, "amount_or_flat"},
		{"paid on the day of moving", "paid", "vacated", func(f *HouseholdFacts) { f.PaidOn = date("2018-10-15") }, ""},
		{"never paid", "paid", "vacated", func(f *HouseholdFacts) { f.PaidOn = time.Time{} }, "paid_first"},
		{"moving unpaid without leave", "signed", "vacated", func(f *HouseholdFacts) { f.PayLater = "" }, "pay_later"},
		{"no signing period", "negotiating", "decision_issued", func(f *HouseholdFacts) { f.SignTo = time.Time{} }, "signing_over"},
		{"owner unknown", "negotiating", "decision_issued", func(f *HouseholdFacts) { f.SignTo, f.OwnerUnknown = date("2018-12-31"), true }, ""},
		{"served after the decision", "negotiating", "decision_issued", func(f *HouseholdFacts) {
			f.On = date("2018-10-15")
			f.Now = date("2018-10-20")
			f.ServedOn = date("2018-10-20")
		}, ""},
		{"served before the decision", "negotiating", "decision_issued", func(f *HouseholdFacts) { f.ServedOn = date("2018-10-14") }, "served_on"},
		{"served in the future", "ruling_refused", "decision_issued", func(f *HouseholdFacts) { f.ServedOn = f.Today().Date().AddDate(0, 0, 1) }, "served_on"},
		{"paid after the end", "vacated", "closed", func(f *HouseholdFacts) { f.PaidOn, f.Deposited = date("2018-10-16"), true }, "compensated"},
		{"the flat comes after the end", "vacated", "closed", func(f *HouseholdFacts) { f.FlatOn = date("2018-10-16") }, "flat_delivered"},
		{"first day at court", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn = date("2018-04-14") }, ""},
		{"last day at court", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn = date("2018-01-15") }, ""},
		{"a day late at court", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn = date("2018-01-14") }, "apply_in_time"},
		{"a suit on file", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.RemedyFiled = true }, "no_remedy_open"},
		{"the day after the final judgment", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn, f.FinalOn = date("2017-01-01"), date("2018-10-14") }, ""},
		{"the day of the final judgment", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn, f.FinalOn = date("2017-01-01"), date("2018-10-15") }, "apply_in_time"},
		{"three months after the final judgment", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn, f.FinalOn = date("2017-01-01"), date("2018-07-15") }, ""},
		{"a day more after the final judgment", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn, f.FinalOn = date("2017-01-01"), date("2018-07-14") }, "apply_in_time"},
		{"judged before the suit period is over", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn, f.FinalOn = date("2018-07-01"), date("2018-10-10") }, ""},
		{"judged about an earlier decision", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn, f.FinalOn = date("2018-09-01"), date("2018-08-31") }, "apply_in_time"},
		{"never served", "decision_issued", "court_applied", func(f *HouseholdFacts) { f.ServedOn = time.Time{} }, "apply_in_time"},
		{"deposited is compensated", "ruling_ok", "enforced", func(f *HouseholdFacts) { f.PaidOn, f.Deposited = time.Time{}, true }, ""},
		{"nothing deposited", "enforced", "vacated", func(f *HouseholdFacts) { f.PaidOn = time.Time{} }, "compensated_first"},
		{"deposited closes", "vacated", "closed", func(f *HouseholdFacts) { f.PaidOn, f.Deposited = time.Time{}, true }, ""},
		{"the flat is there", "vacated", "closed", func(f *HouseholdFacts) { f.Mode, f.FlatOn = "swap", date("2018-10-01") }, ""},
	} {
		f := goodHousehold(c.from, c.to)
		c.change(&f)
		if got := refusals(HouseholdMoves().Check(c.from, c.to, RoleAdmin, f)); got != c.want {
			t.Errorf("%s: refused for %q, want %q", c.name, got, c.want)
		}
	}
}

// A household may sign from negotiation on, at every step of the court path.
func TestSignAtAnyTime(t *testing.T) {
	late := []string{"negotiating", "decision_issued", "court_applied", "court_accepted", "ruling_ok", "ruling_refused", "enforced"}
	for _, from := range late {
		if got := refusals(HouseholdMoves().Check(from, "signed", RoleLeader, goodHousehold(from, "signed"))); got != "" {
			t.Errorf("signing from %s is refused for %q", from, got)
		}
	}
}

func TestCourtClock(t *testing.T) {
	c := CourtClockOf(CivilDay(date("2018-08-31")))
	want := CourtClock{
		ReviewUntil: CivilDay(date("2018-10-30")),
		SuitUntil:   CivilDay(date("2019-02-28")),
		ApplyFrom:   CivilDay(date("2019-03-01")),
		ApplyUntil:  CivilDay(date("2019-05-28")),
	}
	if c != want {
		t.Errorf("the clock from 31 August is %v %v %v %v", c.ReviewUntil, c.SuitUntil, c.ApplyFrom, c.ApplyUntil)
	}
}

// A final judgment ends the ways to attack the decision and starts the period to
// apply, whether it comes within the suit period or long after it.
func TestCourtClockEndsWithTheJudgment(t *testing.T) {
	served := CivilDay(date("2018-01-10"))
	day := func(s string) Day { return CivilDay(date(s)) }
	for final, want := range map[string]CourtClock{
		"2019-11-30": {day("2018-03-11"), day("2018-07-10"), day("2019-12-01"), day("2020-02-29")},
		"2018-02-01": {day("2018-02-01"), day("2018-02-01"), day("2018-02-02"), day("2018-05-01")},
		"2018-01-09": CourtClockOf(served),
	} {
		if c := CourtClockOf(served).Ended(served, day(final)); c != want {
			t.Errorf("judged on %s: %v %v %v %v", final, c.ReviewUntil, c.SuitUntil, c.ApplyFrom, c.ApplyUntil)
		}
	}
}

func TestPhase(t *testing.T) {
	delivered := date("2019-01-01")
	for _, c := range []struct {
		status, mode string
		flatOn       time.Time
		want         int
	}{
		{"registered", "", time.Time{}, 1},
		{"enforced", "", time.Time{}, 1},
		{"signed", "money", time.Time{}, 2},
		{"closed", "money", delivered, 2},
		{"vacated", "swap", time.Time{}, 2},
		{"vacated", "swap", delivered, 3},
	} {
		if got := Phase(c.status, c.mode, c.flatOn); got != c.want {
			t.Errorf("Phase(%s, %s, %v) = %d, want %d", c.status, c.mode, c.flatOn, got, c.want)
		}
	}
}
