package geo

import "sync"

// MachineName names a state machine, and the kind of thing it moves.
type MachineName string

// The six machines.
const (
	AreaMachine      MachineName = "area"
	BuildingMachine  MachineName = "building"
	HouseholdMachine MachineName = "household"
	ParcelMachine    MachineName = "parcel"
	ProblemMachine   MachineName = "problem"
	ProjectMachine   MachineName = "project"
)

// Hatch is the second visual channel of a status: colour is never alone.
type Hatch string

// Hatches.
const (
	HatchNone   Hatch = "none"
	HatchSingle Hatch = "single"
	HatchCross  Hatch = "cross"
)

// Outline is the third visual channel of a status.
type Outline string

// Outlines.
const (
	OutlineThin   Outline = "thin"
	OutlineThick  Outline = "thick"
	OutlineDashed Outline = "dashed"
)

// Status is one row of the catalogue, which paints API, tiles, legend and docs.
type Status struct {
	Machine MachineName `json:"machine"`
	Code    string      `json:"code"`
	Zh      string      `json:"zh"`
	En      string      `json:"en"`
	Badge   string      `json:"badge"` // one Chinese character
	Token   string      `json:"token"` // colour token, see Colours
	Hatch   Hatch       `json:"hatch"`
	Outline Outline     `json:"outline"`
	Order   int         `json:"order"`  // in its machine, from 1
	Public  bool        `json:"public"` // a thing in this state is published
}

// Colour is a fill colour token in the light and the dark theme, checked for
// colour-vision deficiency in pairs.
type Colour struct {
	Token string `json:"token"`
	Light string `json:"light"`
	Dark  string `json:"dark"`
}

func colours() []Colour {
	return []Colour{
		{"clear-survey", "#F3F1E7", "#1F2140"},
		{"clear-signing", "#FBCB45", "#5C4337"},
		{"clear-vacated", "#D07028", "#CC591D"},
		{"clear-demolished", "#A03A9E", "#DA9AE6"},
		{"clear-cleared", "#0A4A3F", "#9BFFD0"},
		{"sale-planned", "#EFEFE6", "#3A3640"},
		{"sale-announced", "#7CD3F7", "#5752C4"},
		{"sale-listed", "#2448C8", "#7FD9FF"},
		{"sale-failed", "#E2608F", "#CF7F97"},
		{"sale-sold", "#F5E13C", "#F5F53C"},
		{"sale-contract", "#8A8518", "#8EA30F"},
		{"sale-handed", "#50430F", "#7A4013"},
		{"aside", "#C4C8CE", "#454C57"},
		{"use-residential", "#F7DF72", "#8A7420"},
		{"use-commercial", "#D9523F", "#E07A6A"},
		{"use-industrial", "#9A6B4F", "#8C6248"},
		{"use-logistics", "#8D7BC4", "#A596DA"},
		{"use-public", "#E59BC2", "#B8709A"},
		{"use-green", "#79B865", "#5E9C4C"},
		{"use-transport", "#9AA3AD", "#7B8590"},
		{"use-other", "#D8D4C6", "#57544A"},
	}
}

// Colours lists the colour tokens.
func Colours() []Colour { return colours() }

func catalogue() []Status {
	const (
		no, single, cross   = HatchNone, HatchSingle, HatchCross
		thin, thick, dashed = OutlineThin, OutlineThick, OutlineDashed
	)
	rows := []Status{
		{AreaMachine, "planned", "谋划", "Planned", "谋", "clear-survey", no, dashed, 0, true},
		{AreaMachine, "surveying", "入户摸底", "Household survey", "摸", "clear-survey", no, thin, 0, true},
		{AreaMachine, "consulting", "方案公示", "Plan on display", "示", "clear-survey", single, thin, 0, true},
		{AreaMachine, "decided", "征收决定", "Decision issued", "决", "clear-survey", cross, thin, 0, true},
		{AreaMachine, "signing", "签约", "Signing", "签", "clear-signing", no, thin, 0, true},
		{AreaMachine, "vacating", "腾空", "Moving out", "腾", "clear-vacated", single, thin, 0, true},
		{AreaMachine, "demolishing", "拆除", "Demolition", "拆", "clear-demolished", cross, thin, 0, true},
		{AreaMachine, "cleared", "清零（净地）", "Cleared", "净", "clear-cleared", no, thick, 0, true},
		{AreaMachine, "handed_over", "交地入库", "Handed to reserve", "库", "clear-cleared", single, thick, 0, true},
		{AreaMachine, "closed", "办结", "Closed", "结", "clear-cleared", cross, thick, 0, true},
		{AreaMachine, "suspended", "中止", "Suspended", "停", "aside", single, dashed, 0, true},
		{AreaMachine, "cancelled", "取消", "Cancelled", "消", "aside", cross, dashed, 0, true},

		{BuildingMachine, "existing", "待认定", "Existing", "存", "clear-survey", no, dashed, 0, false},
		{BuildingMachine, "identified", "已认定", "Identified", "认", "clear-survey", no, thin, 0, false},
		{BuildingMachine, "notice", "违建告知", "Removal notice served", "告", "clear-survey", single, thin, 0, false},
		{BuildingMachine, "empty", "已腾空", "Empty", "空", "clear-vacated", no, thin, 0, false},
		{BuildingMachine, "demolition_permit", "准予拆除", "Demolition permitted", "准", "clear-vacated", single, thin, 0, false},
		{BuildingMachine, "demolished", "已拆除", "Demolished", "拆", "clear-demolished", cross, thin, 0, false},
		{BuildingMachine, "self_removed", "自行拆除", "Removed by owner", "自", "clear-demolished", single, thin, 0, false},
		{BuildingMachine, "removed", "依法拆违", "Removed by order", "违", "clear-demolished", no, thin, 0, false},
		{BuildingMachine, "site_cleared", "场地清运", "Site cleared", "清", "clear-cleared", no, thin, 0, false},
		{BuildingMachine, "kept", "规划保留", "Kept by plan", "留", "aside", no, thick, 0, false},

		{HouseholdMachine, "registered", "登记", "Registered", "登", "clear-survey", no, dashed, 0, false},
		{HouseholdMachine, "surveyed", "已摸底", "Surveyed", "摸", "clear-survey", no, thin, 0, false},
		{HouseholdMachine, "valued", "已评估", "Valued", "评", "clear-survey", single, thin, 0, false},
		{HouseholdMachine, "negotiating", "协商中", "Negotiating", "商", "clear-survey", cross, thin, 0, false},
		{HouseholdMachine, "decision_issued", "补偿决定", "Compensation decision", "决", "aside", no, thin, 0, false},
		{HouseholdMachine, "court_applied", "申请法院", "Applied to court", "申", "aside", single, thin, 0, false},
		{HouseholdMachine, "court_accepted", "法院受理", "Accepted by court", "受", "aside", single, thick, 0, false},
		{HouseholdMachine, "ruling_ok", "裁定准予", "Ruled for execution", "准", "aside", cross, thin, 0, false},
		{HouseholdMachine, "ruling_refused", "裁定不准", "Ruled against", "驳", "aside", cross, dashed, 0, false},
		{HouseholdMachine, "enforced", "依法执行", "Enforced", "执", "aside", cross, thick, 0, false},
		{HouseholdMachine, "signed", "已签约", "Signed", "签", "clear-signing", no, thin, 0, false},
		{HouseholdMachine, "paid", "已补偿", "Compensated", "付", "clear-signing", single, thin, 0, false},
		{HouseholdMachine, "vacated", "已搬迁", "Moved out", "迁", "clear-vacated", no, thin, 0, false},
		{HouseholdMachine, "closed", "办结", "Closed", "结", "clear-cleared", no, thin, 0, false},

		{ParcelMachine, "reserved", "入库储备", "In reserve", "储", "sale-planned", no, thin, 0, false},
		{ParcelMachine, "planned", "拟出让", "Planned for sale", "拟", "sale-planned", no, dashed, 0, false},
		{ParcelMachine, "announced", "公告", "Announced", "告", "sale-announced", no, thin, 0, true},
		{ParcelMachine, "listed", "挂牌", "Listed", "挂", "sale-listed", no, thick, 0, true},
		{ParcelMachine, "bidding", "竞价", "Bidding", "竞", "sale-listed", single, thick, 0, true},
		{ParcelMachine, "sold", "成交", "Sold", "交", "sale-sold", no, thin, 0, true},
		{ParcelMachine, "contracted", "签合同", "Contracted", "合", "sale-contract", single, thin, 0, true},
		{ParcelMachine, "paid", "付清价款", "Paid", "付", "sale-contract", no, thin, 0, true},
		{ParcelMachine, "handed_over", "交地", "Handed over", "地", "sale-handed", no, thin, 0, true},
		{ParcelMachine, "started", "开工", "Started", "开", "sale-handed", single, thin, 0, true},
		{ParcelMachine, "completed", "竣工", "Completed", "竣", "sale-handed", cross, thin, 0, true},
		{ParcelMachine, "failed", "流拍", "Failed", "流", "sale-failed", cross, thin, 0, true},
		{ParcelMachine, "suspended", "中止", "Suspended", "停", "aside", single, dashed, 0, true},
		{ParcelMachine, "withdrawn", "终止", "Withdrawn", "终", "aside", cross, dashed, 0, true},
		{ParcelMachine, "voided", "成交作废", "Voided", "废", "sale-failed", single, dashed, 0, false},
		{ParcelMachine, "allocated", "划拨", "Allocated", "划", "aside", no, thin, 0, false},

		{ProblemMachine, "opened", "挂号", "Opened", "挂", "clear-signing", no, thin, 0, false},
		{ProblemMachine, "assigned", "交办", "Assigned", "交", "clear-signing", single, thin, 0, false},
		{ProblemMachine, "in_progress", "办理中", "In progress", "办", "clear-vacated", no, thin, 0, false},
		{ProblemMachine, "submitted", "报结", "Submitted for check", "报", "clear-vacated", single, thin, 0, false},
		{ProblemMachine, "verified", "已核验", "Verified", "核", "clear-cleared", single, thin, 0, false},
		{ProblemMachine, "closed", "销号", "Closed", "销", "clear-cleared", no, thin, 0, false},

		{ProjectMachine, "lead", "线索", "Lead", "线", "sale-planned", no, dashed, 0, false},
		{ProjectMachine, "contact", "接洽", "In contact", "洽", "sale-planned", no, thin, 0, false},
		{ProjectMachine, "intent", "意向", "Intent", "意", "sale-announced", no, thin, 0, false},
		{ProjectMachine, "strategic", "战略协议", "Strategic agreement", "战", "sale-announced", single, thin, 0, true},
		{ProjectMachine, "signed", "签约", "Signed", "签", "sale-sold", no, thin, 0, true},
		{ProjectMachine, "landed", "落地", "Landed", "落", "sale-contract", single, thin, 0, true},
		{ProjectMachine, "started", "开工", "Started", "开", "sale-handed", single, thin, 0, true},
		{ProjectMachine, "operating", "运营", "Operating", "营", "sale-handed", no, thin, 0, true},
		{ProjectMachine, "dead", "终止", "Dropped", "终", "aside", cross, dashed, 0, false},
	}
	order := map[MachineName]int{}
	for i := range rows {
		order[rows[i].Machine]++
		rows[i].Order = order[rows[i].Machine]
	}
	return rows
}

// stateName is the key of a status.
type stateName struct {
	machine MachineName
	code    string
}

// statusByName finds the statuses: a map is folded out of millions of moves, each of
// which asks for one.
var statusByName = sync.OnceValue(func() map[stateName]Status {
	out := map[stateName]Status{}
	for _, s := range catalogue() {
		out[stateName{s.Machine, s.Code}] = s
	}
	return out
})

// Catalogue lists every status, machine by machine, in order.
func Catalogue() []Status { return catalogue() }

// Statuses lists the states of one machine in order.
func Statuses(m MachineName) []Status {
	var out []Status
	for _, s := range catalogue() {
		if s.Machine == m {
			out = append(out, s)
		}
	}
	return out
}

// StatusOf finds a state; ok is false for an unknown code.
func StatusOf(m MachineName, code string) (s Status, ok bool) {
	s, ok = statusByName()[stateName{m, code}]
	return s, ok
}

// SoldCodes are the states that count as sold: sold and every later state,
// not voided.
func SoldCodes() []string {
	return []string{"sold", "contracted", "paid", "handed_over", "started", "completed"}
}
