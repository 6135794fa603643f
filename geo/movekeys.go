package geo

// dataNames is the table of the values that each move takes, by machine and
// target state.
func dataNames(m MachineName, to string) []string {
	switch m {
	case AreaMachine:
		return areaKeys(to)
	case BuildingMachine:
		return buildingKeys(to)
	case HouseholdMachine:
		return householdKeys(to)
	case ParcelMachine:
		return parcelKeys(to)
	case ProblemMachine:
		return problemKeys(to)
	case ProjectMachine:
		return projectKeys(to)
	}
	return nil
}

func areaKeys(to string) []string {
	switch to {
	case "surveying":
		return []string{"team"}
	case "consulting":
		return []string{"plan_file", "display_from", "display_to"}
	case "decided":
		return []string{"risk_report", "fund_proof", "decision_no", "notice_on"}
	case "signing":
		return []string{"sign_from", "sign_to", "min_ratio"}
	case "demolishing":
		return []string{"contractor", "safety_file"}
	case "cleared":
		return []string{"acceptance_no", "survey_file", "cleared_mu"}
	case "handed_over":
		return []string{"receipt"}
	case "closed":
		return []string{"archive_no"}
	}
	return nil
}

func buildingKeys(to string) []string {
	switch to {
	case "identified":
		return []string{"legal", "use", "floor_m2"}
	case "notice":
		return []string{"notice_no", "notice_until"}
	case "self_removed":
		return []string{"photo"}
	case "removed":
		return []string{"order_no", "photo"}
	case "demolition_permit":
		return []string{"permit_no"}
	case "demolished":
		return []string{"method", "contractor"}
	case "site_cleared":
		return []string{"clear_record"}
	case "kept":
		return []string{"keep_no"}
	}
	return nil
}

func householdKeys(to string) []string {
	switch to {
	case "surveyed":
		return []string{"use", "area_m2", "legal"}
	case "valued":
		return []string{"legal", "valuer", "value_wan"}
	case "decision_issued":
		return []string{"decision_no", "served_on", "owner_unknown"}
	case "court_applied":
		return []string{"annex_file", "remedy_open"}
	case "court_accepted":
		return []string{"case_no"}
	case "ruling_ok", "ruling_refused":
		return []string{"ruling_no"}
	case "enforced":
		return []string{"order_no", "deposited"}
	case "signed":
		return []string{"agreement_no", "mode", "amount_wan", "flat", "pay_later"}
	case "paid":
		return []string{"voucher_no", "paid_wan"}
	case "vacated":
		return []string{"keys", "pay_later", "deposited"}
	case "closed":
		return []string{"archive_no", "flat_on", "paid_on", "paid_wan", "deposited"}
	}
	return nil
}

func parcelKeys(to string) []string {
	switch to {
	case "planned":
		return []string{
			"clean_title", "clean_compensation", "clean_no_dispute", "clean_conditions", "clean_utilities",
			"land_use", "years", "far_min", "far_max", "density_max", "green_min", "height_max",
		}
	case "allocated":
		return []string{"land_use", "approval_no"}
	case "announced":
		return []string{
			"notice_no", "mode", "start_wan", "reserve_wan", "deposit_wan", "step_wan",
			"notice_on", "list_from", "list_to", "apply_from", "files_from", "deposit_by",
		}
	case "listed":
		return []string{"list_to"}
	case "sold":
		return []string{"deal_wan", "buyer"}
	case "contracted":
		return []string{"contract_no", "supervision_no", "start_by"}
	case "paid":
		return []string{"paid_wan", "voucher_no"}
	case "handed_over":
		return []string{"paid_wan", "handover_no", "photos"}
	case "started":
		return []string{"permit_no"}
	case "completed":
		return []string{"acceptance_no"}
	}
	return nil
}

func problemKeys(to string) []string {
	switch to {
	case "assigned":
		return []string{"title", "department", "leader", "due", "measure"}
	case "in_progress":
		return []string{"measure"}
	case "submitted":
		return []string{"evidence"}
	case "verified":
		return []string{"inspect_no"}
	}
	return nil
}

func projectKeys(to string) []string {
	switch to {
	case "contact":
		return []string{"name"}
	case "intent":
		return []string{"investor", "intent_no", "amount_wan"}
	case "strategic":
		return []string{"agreement_no", "amount_wan"}
	case "signed":
		return []string{"contract_no", "amount_wan"}
	case "landed":
		return []string{"parcel"}
	case "started":
		return []string{"permit_no"}
	case "operating":
		return []string{"opening_no"}
	}
	return nil
}

// dataKey describes a value; one name means the same everywhere. The zero value
// is an unknown name.
func dataKey(name string) DataKey {
	for _, k := range dataKeyTable() {
		if k.Name == name {
			return k
		}
	}
	return DataKey{}
}

func dataKeyTable() []DataKey {
	const secret = true
	text := func(name, zh, en string) DataKey { return DataKey{Name: name, Type: TextField, Zh: zh, En: en} }
	date := func(name, zh, en string) DataKey { return DataKey{Name: name, Type: DateField, Zh: zh, En: en} }
	flag := func(name, zh, en string) DataKey { return DataKey{Name: name, Type: BoolField, Zh: zh, En: en} }
	num := func(name, zh, en, unit string) DataKey {
		return DataKey{Name: name, Type: NumField, Zh: zh, En: en, Unit: unit}
	}
	return []DataKey{
		text("acceptance_no", "验收文号", "Acceptance no."),
		text("agreement_no", "协议编号", "Agreement no."),
		num("amount_wan", "金额", "Amount", "万元"),
		text("annex_file", "申请附件（账户与安置房）", "Annex: account and flat data"),
		text("approval_no", "批准文号", "Approval no."),
		date("apply_from", "报名开始", "Registration from"),
		text("archive_no", "归档号", "Archive no."),
		num("area_m2", "建筑面积", "Floor area", "m2"),
		text("buyer", "竞得人", "Buyer"),
		text("case_no", "法院案号", "Case no."),
		flag("clean_compensation", "补偿到位", "Compensation settled"),
		flag("clean_conditions", "规划条件", "Planning conditions"),
		flag("clean_no_dispute", "无争议", "No dispute"),
		flag("clean_title", "权属清晰", "Title clear"),
		flag("clean_utilities", "基础设施", "Utilities"),
		text("clear_record", "清运记录", "Record of the cleared site"),
		num("cleared_mu", "腾地面积", "Cleared", "mu"),
		text("contract_no", "合同编号", "Contract no."),
		text("contractor", "施工单位", "Contractor"),
		num("deal_wan", "成交价", "Deal", "万元"),
		text("decision_no", "决定文号", "Decision no."),
		num("density_max", "建筑密度上限", "Building density, at most", "%"),
		text("department", "责任单位", "Responsible body"),
		date("deposit_by", "保证金截止", "Deposit cut-off"),
		num("deposit_wan", "保证金", "Deposit", "万元"),
		flag("deposited", "补偿已提存", "Compensation deposited"),
		date("display_from", "公示开始", "Display from"),
		date("display_to", "公示截止", "Display to"),
		date("due", "清零时限", "Deadline"),
		text("evidence", "办结佐证", "Evidence"),
		num("far_max", "容积率上限", "Floor-area ratio, at most", ""),
		num("far_min", "容积率下限", "Floor-area ratio, at least", ""),
		date("files_from", "领取文件开始", "Papers from"),
		text("flat", "安置房号", "Flat"),
		date("flat_on", "安置房交付日", "Flat delivered on"),
		num("floor_m2", "建筑面积", "Floor area", "m2"),
		text("fund_proof", "资金到位证明", "Proof of funds"),
		num("green_min", "绿地率下限", "Green ratio, at least", "%"),
		text("handover_no", "交地确认书编号", "Handover record no."),
		num("height_max", "限高", "Height limit", "m"),
		text("inspect_no", "核验单号", "Inspection no."),
		text("intent_no", "意向合同编号", "Letter of intent no."),
		text("investor", "投资方", "Investor"),
		text("keep_no", "保留依据", "Plan or list that keeps it"),
		text("keys", "交钥匙凭据", "Key receipt"),
		text("land_use", "用途代码", "Land use code"),
		text("leader", "联系领导", "Leader"),
		text("legal", "合法性认定", "Finding"),
		date("list_from", "挂牌开始", "Listing from"),
		date("list_to", "挂牌截止", "Listing to"),
		text("measure", "攻坚措施", "Measure"),
		text("method", "拆除方式", "Method"),
		num("min_ratio", "签约生效比例（0 至 1）", "Share that must sign, 0 to 1", ""),
		text("mode", "方式", "Mode"),
		text("name", "名称", "Name"),
		text("notice_no", "公告或告知书编号", "Notice no."),
		date("notice_on", "公告日", "Notice"),
		date("notice_until", "自行拆除期限", "Last day to remove it"),
		text("opening_no", "开业记录", "Record of the opening"),
		text("order_no", "决定或执行文书号", "Order no."),
		flag("owner_unknown", "所有权人不明", "Owner unknown"),
		date("paid_on", "支付日", "Paid on"),
		num("paid_wan", "累计支付", "Paid so far", "万元"),
		text("parcel", "宗地代码", "Parcel"),
		text("pay_later", "先搬迁后补偿的约定理由", "Why payment may come later"),
		text("permit_no", "许可证号", "Permit no."),
		text("photo", "照片", "Picture"),
		text("photos", "现场照片", "Pictures of the site"),
		text("plan_file", "补偿方案文件", "Compensation plan"),
		text("receipt", "接收单", "Receipt"),
		flag("remedy_open", "复议或诉讼未结", "Review or suit pending"),
		{Name: "reserve_wan", Type: NumField, Zh: "底价", En: "Reserve price", Unit: "万元", Secret: secret},
		text("risk_report", "风险评估报告", "Risk assessment"),
		text("ruling_no", "裁定文号", "Ruling no."),
		text("safety_file", "安全方案备案", "Safety file"),
		date("served_on", "送达日", "Served on"),
		date("sign_from", "签约开始", "Signing from"),
		date("sign_to", "签约截止", "Signing to"),
		date("start_by", "约定开工日", "Agreed start"),
		num("start_wan", "起始价", "Start price", "万元"),
		num("step_wan", "加价幅度", "Step", "万元"),
		text("supervision_no", "电子监管号", "Supervision no."),
		text("survey_file", "勘测定界成果", "Survey file"),
		text("team", "入户队伍", "Survey team"),
		text("title", "问题", "Problem"),
		text("use", "用途", "Use"),
		num("value_wan", "评估价值", "Value", "万元"),
		text("valuer", "评估机构", "Valuer"),
		text("voucher_no", "凭证号", "Voucher no."),
		{Name: "years", Type: IntField, Zh: "出让年限", En: "Term", Unit: "years"},
	}
}

// moveKey describes a value of a machine's move: what one name means everywhere,
// and here the values that there are of it, or whose code it is.
func moveKey(m MachineName, name string) DataKey {
	k := dataKey(name)
	switch {
	case name == "legal":
		k.Options = Findings()
	case name == "mode" && m == ParcelMachine:
		k.Options = []Option{{"listing", "挂牌", "listing"}, {"auction", "拍卖", "auction"}, {"tender", "招标", "tender"}, {"agreement", "协议", "agreement"}}
	case name == "mode" && m == HouseholdMachine:
		k.Options = []Option{{"money", "货币", "money"}, {"swap", "产权调换", "swap"}}
	case name == "parcel":
		k.Ref = "parcels"
	case name == "measure":
		k.Long = true
	}
	return k
}
