package geo

import (
	"strconv"
	"time"
)

// Record is one entry in the file of a thing: a visit, an assignment, a payment,
// a decision. Records are numbered per thing and kind, corrected with a reason,
// and struck out but never deleted.
type Record struct {
	Entity       MachineName
	Code         string // of the thing
	Kind         string // see RecordKinds
	No           int
	On           time.Time // when it happened
	Due          time.Time // what follows is due: a next visit, an end, an answer
	DoneOn       time.Time // when that was done; of an assignment or a flat: its end
	Person       string    // code
	Organisation string    // code
	Values       map[string]string
	By           string // login
	Version      int
	CreatedAt    time.Time
	UpdatedAt    time.Time
	StruckAt     time.Time // zero = it holds
	StruckWhy    string
}

// RecordDraft asks for a new record. Values are keyed as the kind's inputs, the
// columns on, due, done_on, person and organisation among them.
type RecordDraft struct {
	Collection, Code string
	Kind             string
	Values           map[string]string
	Reason           string
}

// RecordEdit asks for other values of a record, or strikes it out.
type RecordEdit struct {
	Collection, Code string
	Kind             string
	No               int
	Version          int // that the caller saw
	Values           map[string]string
	Strike           bool
	Reason           string // needed for both
}

// RecordKind is one kind of record of one kind of thing.
type RecordKind struct {
	Of     MachineName `json:"of"`
	Code   string      `json:"code"`
	Zh     string      `json:"zh"`
	En     string      `json:"en"`
	Deed   Deed        `json:"deed"`   // what writing it takes
	Inputs []DataKey   `json:"inputs"` // in the order of the form; "on" defaults to today
}

// The columns of a record that are among its inputs; all other inputs are kept
// as its Values.
const (
	RecordOn           = "on"
	RecordDue          = "due"
	RecordDoneOn       = "done_on"
	RecordPerson       = "person"
	RecordOrganisation = "organisation"
)

// Kinds of records that the store gives an effect besides being kept.
const (
	AssignmentRecord = "assignment" // of an area: duty lead and contract name its leader and its body, field gives scope
	BulletinRecord   = "bulletin"   // of an area: publishes its progress, see BulletinOf
	ExtensionRecord  = "extension"  // of a problem: a later deadline, see CheckExtension
	EscalationRecord = "escalation" // of a problem: to a leader
	VisitRecord      = "visit"      // of a household: the last one says when the next is
	CourtRecord      = "court"      // of a household: what the court clock asks, see CourtClock
	PaymentRecord    = "payment"    // of a parcel: only of one that was sold, see CheckStatus
	FlatRecord       = "flat"       // of a household: the day on which the new home was delivered
)

// KindOfRecord finds a kind; false when the entity has none of that code.
func KindOfRecord(of MachineName, code string) (RecordKind, bool) {
	for _, k := range RecordKinds() {
		if k.Of == of && k.Code == code {
			return k, true
		}
	}
	return RecordKind{}, false
}

// Typed is a value of a record of the kind as its data keeps it: numbers and
// truths by their inputs, and so the counts of a bulletin, which no form asks
// for; all else is text.
func (k RecordKind) Typed(name, value string) any {
	kind := TextField
	for _, in := range k.Inputs {
		if in.Name == name {
			kind = in.Type
		}
	}
	if k.Code == BulletinRecord && name != RecordOn {
		kind = NumField
		if name == "few" {
			kind = BoolField
		}
	}
	switch kind {
	case NumField, IntField:
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			return n
		}
	case BoolField:
		return value == "true"
	}
	return value
}

// Duties lists what a person or a body may be assigned to an area for.
func Duties() []Option {
	return []Option{
		{"lead", "联系领导", "leader in charge"},
		{"contract", "包项目单位", "contracted body"},
		{"command", "指挥部", "command post"},
		{"field", "驻点办理", "field work"},
	}
}

// RecordKinds lists the kinds of records there are, by thing, in the order in
// which a file shows them (DOMAIN 1).
func RecordKinds() []RecordKind {
	var out []RecordKind
	for _, list := range [][]RecordKind{areaRecords(), buildingRecords(), householdRecords(), parcelRecords(), problemRecords(), projectRecords()} {
		out = append(out, list...)
	}
	return out
}

func onInput(zh, en string) DataKey { return DataKey{Name: RecordOn, Type: DateField, Zh: zh, En: en} }

func longInput(name, zh, en string) DataKey {
	return DataKey{Name: name, Type: TextField, Zh: zh, En: en, Long: true}
}

func wanInput(name, zh, en string) DataKey {
	return DataKey{Name: name, Type: NumField, Zh: zh, En: en, Unit: "万元"}
}

func areaRecords() []RecordKind {
	return []RecordKind{
		{AreaMachine, AssignmentRecord, "包联分工", "Assignment", KeepPeople, []DataKey{
			need(optionInput("duty", "分工", "Duty", Duties())),
			refInput(RecordPerson, "人员", "Person", "persons"),
			refInput(RecordOrganisation, "单位", "Organisation", "organisations"),
			onInput("自", "From"), dateInput(RecordDoneOn, "至", "To"),
		}},
		{AreaMachine, BulletinRecord, "进度通报", "Bulletin", Publish, []DataKey{onInput("截至日（24:00）", "As of the end of")}},
		{AreaMachine, "meeting", "座谈征求意见", "Meeting", WriteAreas, []DataKey{
			onInput("日期", "Day"), need(textInput("topic", "主题", "Topic")),
			{Name: "attendance", Type: IntField, Zh: "到会人数", En: "Attendance"},
			longInput("opinions", "意见", "Opinions"),
		}},
		{AreaMachine, "publicity", "宣传发动", "Publicity", WriteAreas, []DataKey{
			onInput("日期", "Day"), need(textInput("topic", "内容", "What")),
		}},
		{AreaMachine, "inspection", "专项督查", "Inspection", WriteProblems, []DataKey{
			onInput("督查日", "Day"), need(textInput("inspect_no", "督查单号", "Inspection no.")), need(longInput("finding", "发现问题", "Finding")),
			dateInput(RecordDue, "整改时限", "To be mended by"), dateInput(RecordDoneOn, "整改完成日", "Mended on"),
		}},
		{AreaMachine, "decision", "一事一议", "Case decision", WriteAreas, []DataKey{
			onInput("会议日", "Meeting"), need(textInput("meeting", "会议", "Meeting")), need(longInput("resolution", "决议", "Resolution")), longInput("limits", "适用限制", "Limits"),
		}},
	}
}

func buildingRecords() []RecordKind {
	return []RecordKind{
		{BuildingMachine, "finding", "违建认定与处置", "Finding", WriteAreas, []DataKey{
			onInput("日期", "Day"), need(textInput("finding_no", "文书号", "Paper no.")), longInput("finding", "内容", "Finding"),
			dateInput(RecordDue, "限期", "Due"), dateInput(RecordDoneOn, "完成日", "Done on"),
		}},
		{BuildingMachine, "note", "备注", "Note", WriteAreas, []DataKey{onInput("日期", "Day"), need(longInput("text", "内容", "Text"))}},
	}
}

func householdRecords() []RecordKind {
	outcomes := []Option{
		{"已了解", "已了解", "informed"},
		{"有顾虑", "有顾虑", "has doubts"},
		{"同意", "同意", "agrees"},
		{"待复核", "待复核", "to be looked at again"},
		{"约定再谈", "约定再谈", "to talk again"},
		{"未遇", "未遇", "not at home"},
	}
	return []RecordKind{
		{HouseholdMachine, VisitRecord, "入户走访", "Visit", WriteHouseholds, []DataKey{
			onInput("走访日", "Day"), textInput("by", "走访人（岗位）", "By (post)"), need(textInput("topic", "事由", "Topic")),
			need(optionInput("outcome", "结果", "Outcome", outcomes)), dateInput(RecordDue, "下次走访", "Next visit"), longInput("note", "记录", "Notes"),
		}},
		{HouseholdMachine, "survey", "入户摸底表", "Survey form", WriteHouseholds, []DataKey{
			onInput("摸底日", "Day"), textInput("use", "房屋用途", "Use"),
			{Name: "area_m2", Type: NumField, Zh: "建筑面积", En: "Floor area", Unit: "m2"},
			optionInput("title", "产权证", "Title", []Option{{"yes", "有证", "with title"}, {"no", "无证", "without title"}}),
			{Name: "tenant", Type: BoolField, Zh: "有承租人", En: "Let to a tenant"},
			longInput("opinion", "意见", "Opinion"), textInput("wish", "意向补偿方式", "Wanted compensation"),
		}},
		{HouseholdMachine, "valuation", "评估", "Valuation", WriteHouseholds, []DataKey{
			onInput("评估日", "Day"), need(textInput("valuer", "评估机构", "Valuer")), need(wanInput("value_wan", "评估价值", "Value")), textInput("plan", "依据方案版本", "Plan version used"),
		}},
		{HouseholdMachine, "agreement", "补偿协议", "Agreement", WriteHouseholds, []DataKey{
			onInput("签订日", "Signed on"), need(textInput("agreement_no", "协议编号", "Agreement no.")),
			need(optionInput("mode", "补偿方式", "Mode", []Option{{"money", "货币", "money"}, {"swap", "产权调换", "swap"}})),
			need(wanInput("amount_wan", "金额", "Amount")), textInput("version", "版本", "Version"), dateInput(RecordDue, "付款期限", "Payment due"),
		}},
		{HouseholdMachine, "payment", "补偿支付", "Payment", WriteHouseholds, []DataKey{
			onInput("支付日", "Day"), need(wanInput("amount_wan", "金额", "Amount")), need(textInput("voucher_no", "凭证号", "Voucher no.")),
		}},
		{HouseholdMachine, "transition", "过渡安置", "Transitional housing", WriteHouseholds, []DataKey{
			onInput("入住日", "From"), need(textInput("unit", "过渡房", "Unit")), wanInput("rent_wan", "月租金", "Rent a month"),
			dateInput(RecordDue, "计划期满", "Planned end"), dateInput(RecordDoneOn, "实际期满", "Ended on"),
		}},
		{HouseholdMachine, FlatRecord, "安置房", "Resettlement flat", WriteHouseholds, []DataKey{
			onInput("分配日", "Allotted on"), need(textInput("estate", "小区", "Estate")), need(textInput("flat", "房号", "Flat")),
			{Name: "area_m2", Type: NumField, Zh: "面积", En: "Size", Unit: "m2"},
			dateInput(RecordDue, "计划交付", "Delivery due"), dateInput(RecordDoneOn, "交付日", "Delivered on"),
		}},
		{HouseholdMachine, "decision", "一事一议", "Case decision", WriteHouseholds, []DataKey{
			onInput("会议日", "Meeting"), need(textInput("meeting", "会议", "Meeting")), need(longInput("resolution", "决议", "Resolution")), longInput("limits", "适用限制", "Limits"),
		}},
		{HouseholdMachine, CourtRecord, "司法程序", "Court step", WriteHouseholds, []DataKey{
			onInput("日期", "Day"), need(optionInput("step", "环节", "Step", []Option{
				{"review", "行政复议", "review"}, {"suit", "行政诉讼", "suit"}, {"final", "终审裁判", "final judgment"}, {"apply", "申请执行", "application"}, {"execute", "执行", "execution"},
			})), textInput("case_no", "案号", "Case no."), dateInput(RecordDue, "期限", "Due"), dateInput(RecordDoneOn, "办结日", "Ended on"),
		}},
		{HouseholdMachine, "ticket", "诉求办理", "Ticket", WriteHouseholds, []DataKey{
			onInput("提出日", "Day"), need(textInput("topic", "诉求", "Topic")), refInput(RecordOrganisation, "承办单位", "Body", "organisations"),
			dateInput(RecordDue, "时限", "Due"), dateInput(RecordDoneOn, "办结日", "Done on"),
		}},
	}
}

func parcelRecords() []RecordKind {
	return []RecordKind{
		{ParcelMachine, PaymentRecord, "价款缴纳", "Payment", WriteParcels, []DataKey{
			onInput("约定日", "Agreed on"), need(wanInput("amount_wan", "金额", "Amount")), textInput("voucher_no", "凭证号", "Voucher no."),
			dateInput(RecordDue, "期限", "Due"), dateInput(RecordDoneOn, "缴清日", "Paid on"),
		}},
		{ParcelMachine, "promotion", "推介", "Promotion", WriteParcels, []DataKey{
			onInput("日期", "Day"), need(textInput("event", "活动", "Event")), textInput("guest", "来宾单位", "Guests"), longInput("note", "记录", "Notes"),
		}},
		{ParcelMachine, "note", "备注", "Note", WriteParcels, []DataKey{onInput("日期", "Day"), need(longInput("text", "内容", "Text"))}},
	}
}

func problemRecords() []RecordKind {
	return []RecordKind{
		{ProblemMachine, ExtensionRecord, "延期", "Extension", ExtendProblems, []DataKey{
			onInput("批准日", "Granted on"), need(dateInput(RecordDue, "新时限", "New deadline")),
		}},
		{ProblemMachine, EscalationRecord, "提级", "Escalation", ExtendProblems, []DataKey{
			onInput("日期", "Day"), need(refInput(RecordPerson, "提级至", "To", "persons")),
		}},
		{ProblemMachine, "progress", "办理进展", "Progress", WriteProblems, []DataKey{onInput("日期", "Day"), need(longInput("text", "进展", "What was done"))}},
		{ProblemMachine, "decision", "一事一议", "Case decision", WriteProblems, []DataKey{
			onInput("会议日", "Meeting"), need(textInput("meeting", "会议", "Meeting")), need(longInput("resolution", "决议", "Resolution")), longInput("limits", "适用限制", "Limits"),
		}},
	}
}

func projectRecords() []RecordKind {
	return []RecordKind{
		{ProjectMachine, "contact", "洽谈", "Contact", WriteProjects, []DataKey{
			onInput("日期", "Day"), need(longInput("text", "内容", "What was said")), dateInput(RecordDue, "下次", "Next"),
		}},
		{ProjectMachine, "visit", "考察", "Site visit", WriteProjects, []DataKey{
			onInput("日期", "Day"), need(textInput("guest", "来宾单位", "Guests")), refInput("parcel", "宗地", "Parcel", "parcels"),
		}},
		{ProjectMachine, "ticket", "企业诉求", "Enterprise ticket", WriteProjects, []DataKey{
			onInput("提出日", "Day"), need(textInput("topic", "诉求", "Topic")), refInput(RecordOrganisation, "承办单位", "Body", "organisations"),
			dateInput(RecordDue, "时限", "Due"), dateInput(RecordDoneOn, "办结日", "Done on"),
		}},
	}
}
