package geo

import (
	"math"
	"strings"
	"testing"
	"time"
)

func number(v float64) *float64 { return &v }

func goodParcel(from, to string) ParcelFacts {
	f := ParcelFacts{
		Occasion: ordinary(),
		Clean:    CleanLand{true, true, true, true, true}, ShapeValid: true,
		LandUse: "070102", Uses: []UseRow{{"070102", 0.8, 70}, {"0901", 0.2, 40}},
		FAR: Limit{Min: number(1), Max: number(2.5)}, Density: Limit{Max: number(30)},
		Green: Limit{Min: number(35)}, Height: Limit{Max: number(80)},
		ApprovalNo: "划〔2018〕1号", NoticeNo: "岳楼示挂(2018)05号", Mode: "listing",
		Start: FromWan(10_000), Reserve: FromWan(11_000), Deposit: FromWan(2_000), Step: FromWan(50),
		NoticeOn: date("2018-09-10"), ListFrom: date("2018-10-01"), ListTo: date("2018-10-12"),
		ApplyFrom: date("2018-09-20"), FilesFrom: date("2018-09-12"), DepositBy: date("2018-10-11"),
		Deal: FromWan(12_000), Buyer: "示例置业", SoldOn: date("2018-10-12"), ContractNo: "合-1", SupervisionNo: "4306022018B00011",
		ContractedOn: date("2018-10-12"), Paid: FromWan(12_000), VoucherNo: "凭-1",
		HandoverNo: "交-1", Photos: "p.zip", PermitNo: "施-1", AcceptanceNo: "竣-1",
	}
	if to == "allocated" {
		f.LandUse = "0803"
	}
	f.Before = to
	return f
}

func parcelSuite() suite[ParcelFacts] {
	return suite[ParcelFacts]{
		machine: ParcelMoves(), good: goodParcel,
		occasion: func(f *ParcelFacts) *Occasion { return &f.Occasion },
		ends:     []string{"completed", "withdrawn", "allocated"},
		breakers: map[string]func(*ParcelFacts){
			"clean_land":          func(f *ParcelFacts) { f.Clean.Utilities = false },
			"shape_valid":         func(f *ParcelFacts) { f.ShapeValid = false },
			"inside_cleared":      func(f *ParcelFacts) { f.OutsideM2 = 1.01 },
			"use_rows":            func(f *ParcelFacts) { f.Uses = nil },
			"far":                 func(f *ParcelFacts) { f.FAR = Limit{} },
			"density":             func(f *ParcelFacts) { f.Density = Limit{} },
			"green":               func(f *ParcelFacts) { f.Green = Limit{} },
			"height":              func(f *ParcelFacts) { f.Height = Limit{} },
			"use_terms":           func(f *ParcelFacts) { f.Uses = []UseRow{{Code: "0901", Share: 1, Years: 41}} },
			"far_order":           func(f *ParcelFacts) { f.FAR = Limit{Min: number(3), Max: number(2)} },
			"density_order":       func(f *ParcelFacts) { f.Density = Limit{Min: number(35), Max: number(30)} },
			"green_order":         func(f *ParcelFacts) { f.Green = Limit{Min: number(math.NaN())} },
			"height_order":        func(f *ParcelFacts) { f.Height = Limit{Min: number(80), Max: number(54)} },
			"public_use":          func(f *ParcelFacts) { f.LandUse = "0901" },
			"approval_no":         func(f *ParcelFacts) { f.ApprovalNo = "" },
			"notice_own":          func(f *ParcelFacts) { f.OldNotices = []string{"岳楼示挂(2018)01号", f.NoticeNo} },
			"notice_no":           func(f *ParcelFacts) { f.NoticeNo = "" },
			"mode":                func(f *ParcelFacts) { f.Mode = "lottery" },
			"start_price":         func(f *ParcelFacts) { f.Start = 0 },
			"deposit":             func(f *ParcelFacts) { f.Deposit = 0 },
			"step":                func(f *ParcelFacts) { f.Step = 0 },
			"reserve":             func(f *ParcelFacts) { f.Reserve = -1 },
			"notice_out":          func(f *ParcelFacts) { f.On, f.LastOn = date("2018-09-09"), time.Time{} },
			"notice_20d":          func(f *ParcelFacts) { f.NoticeOn = date("2018-09-12") },
			"listing_10d":         func(f *ParcelFacts) { f.ListFrom = date("2018-10-03") },
			"apply_from":          func(f *ParcelFacts) { f.ApplyFrom = date("2018-10-02") },
			"files_from":          func(f *ParcelFacts) { f.FilesFrom = date("2018-10-13") },
			"deposit_by":          func(f *ParcelFacts) { f.DepositBy = date("2018-10-13") },
			"deposit_20":          func(f *ParcelFacts) { f.Deposit = FromWan(2_000) - 1 },
			"deposit_over_start":  func(f *ParcelFacts) { f.Deposit = f.Start + 1 },
			"reserve_under_start": func(f *ParcelFacts) { f.Reserve = f.Start - 1 },
			"notice_over":         func(f *ParcelFacts) { f.NoticeOn = date("2018-09-26") },
			"listing_begun":       func(f *ParcelFacts) { f.ListFrom, f.ListTo = date("2018-10-16"), date("2018-10-26") },
			"listing_over":        func(f *ParcelFacts) { f.ListTo = date("2018-10-16") },
			"deal_over_start":     func(f *ParcelFacts) { f.Start = f.Deal + 1 },
			"deal_over_reserve":   func(f *ParcelFacts) { f.Reserve = f.Deal + 1 },
			"buyer":               func(f *ParcelFacts) { f.Buyer = "" },
			"contract_no":         func(f *ParcelFacts) { f.ContractNo = "" },
			"start_by":            func(f *ParcelFacts) { f.StartBy = date("2018-10-14") },
			"supervision_no":      func(f *ParcelFacts) { f.SupervisionNo = "" },
			"contract_10wd":       func(f *ParcelFacts) { f.SoldOn = date("2018-09-28") },
			"paid_in_full":        func(f *ParcelFacts) { f.Paid = f.Deal - 1 },
			"voucher":             func(f *ParcelFacts) { f.VoucherNo = "" },
			"paid_1y":             func(f *ParcelFacts) { f.ContractedOn = date("2017-10-14") },
			"payment_rule":        func(f *ParcelFacts) { f.Paid = f.Deal/2 - 1 },
			"handover_no":         func(f *ParcelFacts) { f.HandoverNo = "" },
			"photos":              func(f *ParcelFacts) { f.Photos = "" },
			"permit_no":           func(f *ParcelFacts) { f.PermitNo = "" },
			"acceptance_no":       func(f *ParcelFacts) { f.AcceptanceNo = "" },
		},
	}
}

func TestParcelMachine(t *testing.T) { parcelSuite().run(t) }

func TestParcelEdges(t *testing.T) {
	auction := func(f *ParcelFacts) { f.Mode, f.ListTo, f.DepositBy = "auction", time.Time{}, time.Time{} }
	for _, c := range []struct {
		name, from, to string
		change         func(*ParcelFacts)
		want           string
	}{
		{"no notice day", "planned", "announced", func(f *ParcelFacts) { f.NoticeOn = time.Time{} }, "notice_out notice_20d"},
		{"no listing", "planned", "announced", func(f *ParcelFacts) { f.ListFrom, f.ListTo = time.Time{}, time.Time{} }, "notice_20d listing_10d apply_from files_from deposit_by"},
		{"20 days of notice", "planned", "announced", func(f *ParcelFacts) { f.NoticeOn = date("2018-09-11") }, ""},
		{"10 days of listing", "planned", "announced", func(f *ParcelFacts) { f.ListTo = date("2018-10-11") }, ""},
		{"a mode must be chosen", "planned", "announced", func(f *ParcelFacts) { f.Mode = "" }, "mode"},
		{"9 days of listing", "planned", "announced", func(f *ParcelFacts) { f.ListTo, f.DepositBy = date("2018-10-10"), time.Time{} }, "listing_10d"},
		{"an auction has a day", "planned", "announced", auction, ""},
		{"an auction that ends before it begins", "planned", "announced", func(f *ParcelFacts) {
			f.Mode, f.ListTo, f.DepositBy, f.FilesFrom = "auction", date("2018-09-30"), time.Time{}, time.Time{}
		}, "listing_10d"},
		{"an auction needs a step", "planned", "announced", func(f *ParcelFacts) { auction(f); f.Step = 0 }, "step"},
		{"a tender needs none", "planned", "announced", func(f *ParcelFacts) { auction(f); f.Mode, f.Step = "tender", 0 }, ""},
		{"dates left out", "planned", "announced", func(f *ParcelFacts) { f.ApplyFrom, f.FilesFrom, f.DepositBy = time.Time{}, time.Time{}, time.Time{} }, ""},
		{"all on their last day", "planned", "announced", func(f *ParcelFacts) { f.ApplyFrom, f.FilesFrom, f.DepositBy = f.ListFrom, f.ListTo, f.ListTo }, ""},
		{"listed on the 20th day", "announced", "listed", func(f *ParcelFacts) {
			f.NoticeOn, f.ListFrom, f.ListTo = date("2018-09-25"), date("2018-10-15"), date("2018-10-25")
		}, ""},
		{"listed on the 19th day", "announced", "listed", func(f *ParcelFacts) { f.NoticeOn = date("2018-09-26") }, "notice_over"},
		{"notice unknown", "announced", "listed", func(f *ParcelFacts) { f.NoticeOn = time.Time{} }, "notice_over"},
		{"listing unknown", "suspended", "listed", func(f *ParcelFacts) { f.ListFrom = time.Time{} }, "listing_begun listing_10d"},
		{"listing unknown at the deal", "listed", "sold", func(f *ParcelFacts) { f.ListFrom = time.Time{} }, "listing_over"},
		{"sold on the last day", "listed", "sold", func(f *ParcelFacts) { f.ListTo = date("2018-10-15") }, ""},
		{"sold on the 9th day", "listed", "sold", func(f *ParcelFacts) { f.ListFrom, f.ListTo = date("2018-10-06"), date("2018-10-15") }, "listing_over"},
		{"sold on the 10th day", "listed", "sold", func(f *ParcelFacts) { f.ListFrom, f.ListTo = date("2018-10-05"), date("2018-10-15") }, ""},
		{"an auction is over on its day", "listed", "sold", func(f *ParcelFacts) { auction(f); f.ListFrom = date("2018-10-15") }, ""},
		{"an auction has not been held", "listed", "bidding", func(f *ParcelFacts) { auction(f); f.ListFrom = date("2018-10-16") }, "listing_over"},
		{"at the start price", "bidding", "sold", func(f *ParcelFacts) { f.Deal, f.Start, f.Reserve = FromWan(1), FromWan(1), 0 }, ""},
		{"at the reserve price", "bidding", "sold", func(f *ParcelFacts) { f.Deal = f.Reserve }, ""},
		{"for nothing", "bidding", "sold", func(f *ParcelFacts) { f.Deal, f.Start, f.Reserve = 0, 0, 0 }, "deal_over_start"},
		{"a start before the contract", "sold", "contracted", func(f *ParcelFacts) { f.StartBy = f.SoldOn.AddDate(-1, 0, 0) }, "start_by"},
		{"a start in a year", "sold", "contracted", func(f *ParcelFacts) { f.StartBy = f.Now.AddDate(1, 0, 0) }, ""},
		{"no price to be paid", "contracted", "paid", func(f *ParcelFacts) { f.Deal, f.Paid = 0, 0 }, "paid_in_full"},
		{"half is paid", "contracted", "handed_over", func(f *ParcelFacts) { f.Paid = f.Deal / 2 }, ""},
		{"no price at handover", "contracted", "handed_over", func(f *ParcelFacts) { f.Deal = 0 }, "payment_rule"},
		{"outside by the tolerance", "reserved", "planned", func(f *ParcelFacts) { f.OutsideM2 = 1 }, ""},
		{"outside by nobody knows", "reserved", "planned", func(f *ParcelFacts) { f.OutsideM2 = SquareMetres(math.NaN()) }, "inside_cleared"},
		{"limits the wrong way round", "reserved", "planned", func(f *ParcelFacts) { f.FAR = Limit{Min: number(3), Max: number(2)} }, "far"},
		{"conditions that were never told", "failed", "planned", func(f *ParcelFacts) { f.Uses, f.FAR, f.Density = nil, Limit{}, Limit{} }, ""},
		{"a limit that is no number", "reserved", "planned", func(f *ParcelFacts) { f.Green = Limit{Min: number(math.NaN())} }, "green"},
		{"an endless limit", "reserved", "planned", func(f *ParcelFacts) { f.Height = Limit{Max: number(math.Inf(1))} }, "height"},
		{"a single value", "reserved", "planned", func(f *ParcelFacts) { f.FAR = Limit{Min: number(2), Max: number(2)} }, ""},
		{"a park", "reserved", "allocated", func(f *ParcelFacts) { f.LandUse = "1401" }, ""},
		{"a road", "reserved", "allocated", func(f *ParcelFacts) { f.LandUse = "1207" }, ""},
		{"a factory", "reserved", "allocated", func(f *ParcelFacts) { f.LandUse = "100101" }, "public_use"},
	} {
		f := goodParcel(c.from, c.to)
		c.change(&f)
		if got := refusals(ParcelMoves().Check(c.from, c.to, RoleAdmin, f)); got != c.want {
			t.Errorf("%s: refused for %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParcelWarnings(t *testing.T) {
	warned := func(from, to string, f ParcelFacts) string {
		var out []string
		for _, r := range ParcelMoves().Warnings(from, to, f) {
			out = append(out, r.Guard)
		}
		return strings.Join(out, " ")
	}
	f := goodParcel("sold", "contracted")
	// Deal on Friday 28 September: with the holiday week of October and its
	// worked weekend the tenth working day is 17 October.
	f.SoldOn = date("2018-09-28")
	f.Calendar = holidays2018()
	if got := warned("sold", "contracted", f); got != "" {
		t.Errorf("warned of %q in spite of the holidays", got)
	}
	f.SoldOn = date("2018-10-01")
	f.Calendar = nil
	if got := warned("sold", "contracted", f); got != "" {
		t.Errorf("signed on the last day, warned of %q", got)
	}
	f.SoldOn = date("2018-09-28")
	if got := warned("sold", "contracted", f); got != "contract_10wd" {
		t.Errorf("without holidays warned of %q", got)
	}
	f.SoldOn = time.Time{}
	if got := warned("sold", "contracted", f); got != "" {
		t.Errorf("warned of %q though the day of the deal is unknown", got)
	}
	p := goodParcel("contracted", "paid")
	p.ContractedOn = date("2017-10-15")
	if got := warned("contracted", "paid", p); got != "" {
		t.Errorf("paid after a year to the day, warned of %q", got)
	}
	p.ContractedOn = time.Time{}
	if got := warned("contracted", "paid", p); got != "" {
		t.Errorf("warned of %q though the day of the contract is unknown", got)
	}
}

// The reserve price is secret: no refusal may tell it.
func TestReservePriceIsNotTold(t *testing.T) {
	f := goodParcel("bidding", "sold")
	f.Reserve = FromWan(98_765)
	err := ParcelMoves().Check("bidding", "sold", RoleTrading, f)
	refused, ok := err.(*RefusedError)
	if !ok || refusals(err) != "deal_over_reserve" {
		t.Fatalf("got %v", err)
	}
	if s := refused.Error() + refused.Reasons[0].Zh; strings.Contains(s, "98") {
		t.Errorf("%q tells the reserve price", s)
	}
}

func TestCleanLandNamesWhatIsMissing(t *testing.T) {
	f := goodParcel("reserved", "planned")
	f.Clean = CleanLand{Title: true, NoDispute: true, Conditions: true}
	err := ParcelMoves().Check("reserved", "planned", RolePlanner, f)
	r, ok := err.(*RefusedError)
	if !ok || !strings.HasSuffix(r.Reasons[0].En, "lacks: compensation, utilities") || !strings.HasSuffix(r.Reasons[0].Zh, "补偿到位、基础设施") {
		t.Errorf("got %+v", err)
	}
}

func TestCheckUses(t *testing.T) {
	for _, c := range []struct {
		name string
		uses []UseRow
		want string // part of the reason; "" = in order
	}{
		{"one use", []UseRow{{"0701", 1, 70}}, ""},
		{"thirds", []UseRow{{"0701", 1.0 / 3, 70}, {"0901", 1.0 / 3, 40}, {"1401", 0.3333, 50}}, ""},
		{"none", nil, "must be given"},
		{"no code", []UseRow{{" ", 1, 50}}, "use 1 has no code"},
		{"no share", []UseRow{{"0701", 0, 70}}, "share of use 0701"},
		{"more than all", []UseRow{{"0701", 1.2, 70}}, "share of use 0701"},
		{"no number", []UseRow{{"0701", math.NaN(), 70}}, "share of use 0701"},
		{"too little", []UseRow{{"0701", 0.9, 70}}, "add up to 0.900"},
		{"too much", []UseRow{{"0701", 0.9, 70}, {"0901", 0.2, 40}}, "add up to 1.100"},
		{"housing for 71 years", []UseRow{{"0701", 1, 71}}, "1 to 70 years"},
		{"shops for 41 years", []UseRow{{"0901", 1, 41}}, "1 to 40 years"},
		{"a factory for 51 years", []UseRow{{"1001", 1, 51}}, "1 to 50 years"},
		{"a factory for 50 years", []UseRow{{"1001", 1, 50}}, ""},
		{"a factory for a year", []UseRow{{"1001", 1, 1}}, ""},
		{"no years", []UseRow{{"0701", 1, 0}}, "1 to 70 years"},
	} {
		r := CheckUses(c.uses)
		switch {
		case c.want == "" && r != nil:
			t.Errorf("%s: %s", c.name, r.En)
		case c.want != "" && (r == nil || !strings.Contains(r.En, c.want) || !chinese(r.Zh)):
			t.Errorf("%s: %+v, want %q", c.name, r, c.want)
		}
	}
}

// Listing dates are moments in the database; their day is that of the zone.
func TestListingDatesAreReadInTheZone(t *testing.T) {
	f := goodParcel("listed", "sold")
	f.ListFrom = time.Date(2018, 10, 5, 9, 0, 0, 0, china).UTC()
	f.ListTo = time.Date(2018, 10, 15, 0, 30, 0, 0, china).UTC() // still the 14th in UTC
	f.On = time.Date(2018, 10, 14, 23, 0, 0, 0, china).UTC()
	if got := refusals(ParcelMoves().Check("listed", "sold", RoleTrading, f)); got != "listing_over" {
		t.Errorf("on the 14th refused for %q", got)
	}
	f.On = time.Date(2018, 10, 15, 0, 10, 0, 0, china).UTC()
	if got := refusals(ParcelMoves().Check("listed", "sold", RoleTrading, f)); got != "" {
		t.Errorf("on the 15th refused for %q", got)
	}
}
