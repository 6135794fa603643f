package geo

// Take lays the data of a move over the stored facts: what is given wins, what
// is not stays as stored. The store calls it before Machine.Check.
func (f *AreaFacts) Take(d MoveData) {
	d.text(&f.Team, "team")
	d.text(&f.PlanFile, "plan_file")
	d.date(&f.DisplayFrom, "display_from")
	d.date(&f.DisplayTo, "display_to")
	d.text(&f.RiskReport, "risk_report")
	d.text(&f.FundProof, "fund_proof")
	d.text(&f.DecisionNo, "decision_no")
	d.date(&f.NoticeOn, "notice_on")
	d.date(&f.SignFrom, "sign_from")
	d.date(&f.SignTo, "sign_to")
	d.number(&f.MinRatio, "min_ratio")
	d.text(&f.Contractor, "contractor")
	d.text(&f.SafetyFile, "safety_file")
	d.text(&f.AcceptanceNo, "acceptance_no")
	d.text(&f.SurveyFile, "survey_file")
	d.area(&f.ClearedM2, "cleared_mu", SquareMetresPerMu)
	d.text(&f.Receipt, "receipt")
	d.text(&f.ArchiveNo, "archive_no")
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does.
func (f *BuildingFacts) Take(d MoveData) {
	d.text((*string)(&f.Legal), "legal")
	d.text(&f.Use, "use")
	d.area(&f.FloorM2, "floor_m2", 1)
	d.text(&f.NoticeNo, "notice_no")
	d.date(&f.NoticeUntil, "notice_until")
	d.text(&f.OrderNo, "order_no")
	d.text(&f.PermitNo, "permit_no")
	d.text(&f.Method, "method")
	d.text(&f.Contractor, "contractor")
	d.text(&f.Photo, "photo")
	d.text(&f.ClearRecord, "clear_record")
	d.text(&f.KeepNo, "keep_no")
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does.
func (f *HouseholdFacts) Take(d MoveData) {
	d.text(&f.Use, "use")
	d.area(&f.AreaM2, "area_m2", 1)
	d.text((*string)(&f.Legal), "legal")
	d.text(&f.Valuer, "valuer")
	d.money(&f.Value, "value_wan")
	d.text(&f.AgreementNo, "agreement_no")
	d.text(&f.Mode, "mode")
	d.money(&f.Amount, "amount_wan")
	d.text(&f.Flat, "flat")
	d.text(&f.PayLater, "pay_later")
	d.date(&f.PaidOn, "paid_on")
	d.money(&f.Paid, "paid_wan")
	d.text(&f.VoucherNo, "voucher_no")
	d.flag(&f.Deposited, "deposited")
	d.text(&f.Keys, "keys")
	d.flag(&f.OwnerUnknown, "owner_unknown")
	d.text(&f.DecisionNo, "decision_no")
	d.date(&f.ServedOn, "served_on")
	d.flag(&f.RemedyOpen, "remedy_open")
	d.text(&f.AnnexFile, "annex_file")
	d.text(&f.CaseNo, "case_no")
	d.text(&f.RulingNo, "ruling_no")
	d.text(&f.OrderNo, "order_no")
	d.text(&f.ArchiveNo, "archive_no")
	d.date(&f.FlatOn, "flat_on")
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does. A
// land use with its term becomes the parcel's only use.
func (f *ParcelFacts) Take(d MoveData) {
	d.flag(&f.Clean.Title, "clean_title")
	d.flag(&f.Clean.Compensation, "clean_compensation")
	d.flag(&f.Clean.NoDispute, "clean_no_dispute")
	d.flag(&f.Clean.Conditions, "clean_conditions")
	d.flag(&f.Clean.Utilities, "clean_utilities")
	d.text(&f.LandUse, "land_use")
	if d.Has("years") {
		var years float64
		d.number(&years, "years")
		f.Uses = []UseRow{{Code: f.LandUse, Share: 1, Years: int(min(years, 1000))}}
	}
	d.end(&f.FAR.Min, &f.FAR.MinOpen, "far_min")
	d.end(&f.FAR.Max, &f.FAR.MaxOpen, "far_max")
	d.end(&f.Density.Max, &f.Density.MaxOpen, "density_max")
	d.end(&f.Green.Min, &f.Green.MinOpen, "green_min")
	d.end(&f.Height.Max, &f.Height.MaxOpen, "height_max")
	d.text(&f.ApprovalNo, "approval_no")
	d.text(&f.NoticeNo, "notice_no")
	d.text(&f.Mode, "mode")
	d.money(&f.Start, "start_wan")
	d.money(&f.Reserve, "reserve_wan")
	d.money(&f.Deposit, "deposit_wan")
	d.money(&f.Step, "step_wan")
	d.date(&f.NoticeOn, "notice_on")
	d.date(&f.ListFrom, "list_from")
	d.date(&f.ListTo, "list_to")
	d.date(&f.ApplyFrom, "apply_from")
	d.date(&f.FilesFrom, "files_from")
	d.date(&f.DepositBy, "deposit_by")
	d.money(&f.Deal, "deal_wan")
	d.text(&f.Buyer, "buyer")
	d.text(&f.ContractNo, "contract_no")
	d.text(&f.SupervisionNo, "supervision_no")
	d.money(&f.Paid, "paid_wan")
	d.text(&f.VoucherNo, "voucher_no")
	d.text(&f.HandoverNo, "handover_no")
	d.text(&f.Photos, "photos")
	d.text(&f.PermitNo, "permit_no")
	d.text(&f.AcceptanceNo, "acceptance_no")
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does.
func (f *ProblemFacts) Take(d MoveData) {
	d.text(&f.Title, "title")
	d.text(&f.Department, "department")
	d.text(&f.Leader, "leader")
	d.text(&f.Measure, "measure")
	d.date(&f.Due, "due")
	d.text(&f.Evidence, "evidence")
	d.text(&f.InspectNo, "inspect_no")
}

// Take lays the data of a move over the stored facts, as AreaFacts.Take does.
func (f *ProjectFacts) Take(d MoveData) {
	d.text(&f.Name, "name")
	d.text(&f.Investor, "investor")
	d.money(&f.Amount, "amount_wan")
	d.text(&f.IntentNo, "intent_no")
	d.text(&f.AgreementNo, "agreement_no")
	d.text(&f.ContractNo, "contract_no")
	d.text(&f.Parcel, "parcel")
	d.text(&f.PermitNo, "permit_no")
	d.text(&f.OpeningNo, "opening_no")
}
