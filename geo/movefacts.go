package geo

import (
	"math"
	"strconv"
	"time"
)

// slot ties a value of a move to the fact that it fills. to is a *string,
// *float64, *bool, *time.Time, *Money (in 万元), or one of the kinds below.
type slot struct {
	key string
	to  any
}

// sized is ground or floor that is given in a unit.
type sized struct {
	to   *SquareMetres
	unit SquareMetres
}

// ending is one end of a planning limit, closed where it is given.
type ending struct {
	to   **float64
	open *bool
}

// take lays the data of a move over the facts: what is given wins, what is not
// stays as stored.
func take(slots []slot, d MoveData) {
	for _, s := range slots {
		switch to := s.to.(type) {
		case *string:
			d.text(to, s.key)
		case *float64:
			d.number(to, s.key)
		case *bool:
			d.flag(to, s.key)
		case *time.Time:
			d.date(to, s.key)
		case *Money:
			d.money(to, s.key)
		case sized:
			d.area(to.to, s.key, to.unit)
		case ending:
			d.end(to.to, to.open, s.key)
		}
	}
}

// known is what the facts hold already, as ReadData takes it; what they lack is
// not there.
func known(slots []slot) map[string]string {
	out := map[string]string{}
	number := func(key string, v float64) {
		if v != 0 {
			out[key] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	for _, s := range slots {
		switch to := s.to.(type) {
		case *string:
			if *to != "" {
				out[s.key] = *to
			}
		case *float64:
			number(s.key, *to)
		case *bool:
			if *to {
				out[s.key] = "true"
			}
		case *time.Time:
			if !to.IsZero() {
				out[s.key] = to.Format(time.DateOnly)
			}
		case *Money:
			number(s.key, to.Wan())
		case sized:
			number(s.key, math.Round(1e4*float64(*to.to/to.unit))/1e4) // kept to 0.0001 m2
		case ending:
			if *to.to != nil {
				out[s.key] = strconv.FormatFloat(**to.to, 'f', -1, 64) // 0 binds
			}
		}
	}
	return out
}

func (f *AreaFacts) slots() []slot {
	return []slot{
		{"team", &f.Team},
		{"plan_file", &f.PlanFile},
		{"display_from", &f.DisplayFrom},
		{"display_to", &f.DisplayTo},
		{"risk_report", &f.RiskReport},
		{"fund_proof", &f.FundProof},
		{"decision_no", &f.DecisionNo},
		{"notice_on", &f.NoticeOn},
		{"sign_from", &f.SignFrom},
		{"sign_to", &f.SignTo},
		{"min_ratio", &f.MinRatio},
		{"contractor", &f.Contractor},
		{"safety_file", &f.SafetyFile},
		{"acceptance_no", &f.AcceptanceNo},
		{"survey_file", &f.SurveyFile},
		{"cleared_mu", sized{&f.ClearedM2, SquareMetresPerMu}},
		{"receipt", &f.Receipt},
		{"archive_no", &f.ArchiveNo},
	}
}

// Take lays the data of a move over the stored facts: what is given wins, what
// is not stays as stored. The store calls it before Machine.Check.
func (f *AreaFacts) Take(d MoveData) { take(f.slots(), d) }

// Known is what the facts hold of the data of moves already, by key, as ReadData
// takes it. What is cleared in the whole area is what was accepted before and the
// rest, as measured: the size that an acceptance has to agree with.
func (f *AreaFacts) Known() map[string]string {
	out := known(f.slots())
	if f.RestM2 > 0 {
		out["cleared_mu"] = strconv.FormatFloat(math.Round(100*(f.AcceptedM2+f.RestM2).Mu())/100, 'f', -1, 64)
	}
	return out
}

func (f *BuildingFacts) slots() []slot {
	return []slot{
		{"legal", (*string)(&f.Legal)},
		{"use", &f.Use},
		{"floor_m2", sized{&f.FloorM2, 1}},
		{"notice_no", &f.NoticeNo},
		{"notice_until", &f.NoticeUntil},
		{"order_no", &f.OrderNo},
		{"permit_no", &f.PermitNo},
		{"method", &f.Method},
		{"contractor", &f.Contractor},
		{"photo", &f.Photo},
		{"clear_record", &f.ClearRecord},
		{"keep_no", &f.KeepNo},
	}
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does.
func (f *BuildingFacts) Take(d MoveData) { take(f.slots(), d) }

// Known is as AreaFacts.Known.
func (f *BuildingFacts) Known() map[string]string { return known(f.slots()) }

func (f *HouseholdFacts) slots() []slot {
	return []slot{
		{"use", &f.Use},
		{"area_m2", sized{&f.AreaM2, 1}},
		{"legal", (*string)(&f.Legal)},
		{"valuer", &f.Valuer},
		{"value_wan", &f.Value},
		{"agreement_no", &f.AgreementNo},
		{"mode", &f.Mode},
		{"amount_wan", &f.Amount},
		{"flat", &f.Flat},
		{"pay_later", &f.PayLater},
		{"paid_on", &f.PaidOn},
		{"paid_wan", &f.Paid},
		{"voucher_no", &f.VoucherNo},
		{"deposited", &f.Deposited},
		{"keys", &f.Keys},
		{"owner_unknown", &f.OwnerUnknown},
		{"decision_no", &f.DecisionNo},
		{"served_on", &f.ServedOn},
		{"remedy_open", &f.RemedyOpen},
		{"annex_file", &f.AnnexFile},
		{"case_no", &f.CaseNo},
		{"ruling_no", &f.RulingNo},
		{"order_no", &f.OrderNo},
		{"archive_no", &f.ArchiveNo},
		{"flat_on", &f.FlatOn},
	}
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does.
func (f *HouseholdFacts) Take(d MoveData) { take(f.slots(), d) }

// Known is as AreaFacts.Known.
func (f *HouseholdFacts) Known() map[string]string { return known(f.slots()) }

func (f *ParcelFacts) slots() []slot {
	return []slot{
		{"clean_title", &f.Clean.Title},
		{"clean_compensation", &f.Clean.Compensation},
		{"clean_no_dispute", &f.Clean.NoDispute},
		{"clean_conditions", &f.Clean.Conditions},
		{"clean_utilities", &f.Clean.Utilities},
		{"land_use", &f.LandUse},
		{"far_min", ending{&f.FAR.Min, &f.FAR.MinOpen}},
		{"far_max", ending{&f.FAR.Max, &f.FAR.MaxOpen}},
		{"density_max", ending{&f.Density.Max, &f.Density.MaxOpen}},
		{"green_min", ending{&f.Green.Min, &f.Green.MinOpen}},
		{"height_max", ending{&f.Height.Max, &f.Height.MaxOpen}},
		{"approval_no", &f.ApprovalNo},
		{"notice_no", &f.NoticeNo},
		{"mode", &f.Mode},
		{"start_wan", &f.Start},
		{"reserve_wan", &f.Reserve},
		{"deposit_wan", &f.Deposit},
		{"step_wan", &f.Step},
		{"notice_on", &f.NoticeOn},
		{"list_from", &f.ListFrom},
		{"list_to", &f.ListTo},
		{"apply_from", &f.ApplyFrom},
		{"files_from", &f.FilesFrom},
		{"deposit_by", &f.DepositBy},
		{"deal_wan", &f.Deal},
		{"buyer", &f.Buyer},
		{"contract_no", &f.ContractNo},
		{"supervision_no", &f.SupervisionNo},
		{"start_by", &f.StartBy},
		{"paid_wan", &f.Paid},
		{"voucher_no", &f.VoucherNo},
		{"handover_no", &f.HandoverNo},
		{"photos", &f.Photos},
		{"permit_no", &f.PermitNo},
		{"acceptance_no", &f.AcceptanceNo},
	}
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does. A
// land use with its term becomes the parcel's only use.
func (f *ParcelFacts) Take(d MoveData) {
	take(f.slots(), d)
	if d.Has("years") {
		var years float64
		d.number(&years, "years")
		f.Uses = []UseRow{{Code: f.LandUse, Share: 1, Years: int(min(years, 1000))}}
	}
}

// Known is as AreaFacts.Known. The term is told of a parcel with one use only:
// of several, giving one again would end the others.
func (f *ParcelFacts) Known() map[string]string {
	out := known(f.slots())
	if len(f.Uses) == 1 && f.Uses[0].Code == f.LandUse && f.Uses[0].Years > 0 {
		out["years"] = strconv.Itoa(f.Uses[0].Years)
	}
	return out
}

func (f *ProblemFacts) slots() []slot {
	return []slot{
		{"title", &f.Title},
		{"department", &f.Department},
		{"leader", &f.Leader},
		{"measure", &f.Measure},
		{"due", &f.Due},
		{"evidence", &f.Evidence},
		{"inspect_no", &f.InspectNo},
	}
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does.
func (f *ProblemFacts) Take(d MoveData) { take(f.slots(), d) }

// Known is as AreaFacts.Known.
func (f *ProblemFacts) Known() map[string]string { return known(f.slots()) }

func (f *ProjectFacts) slots() []slot {
	return []slot{
		{"name", &f.Name},
		{"investor", &f.Investor},
		{"amount_wan", &f.Amount},
		{"intent_no", &f.IntentNo},
		{"agreement_no", &f.AgreementNo},
		{"contract_no", &f.ContractNo},
		{"parcel", &f.Parcel},
		{"permit_no", &f.PermitNo},
		{"opening_no", &f.OpeningNo},
	}
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does.
func (f *ProjectFacts) Take(d MoveData) { take(f.slots(), d) }

// Known is as AreaFacts.Known.
func (f *ProjectFacts) Known() map[string]string { return known(f.slots()) }
