package geo

import "slices"

// Disclosure says what becomes known of a published thing, and in which of its
// states. It is the one table of what an announcement and what a result reveal:
// the projection is written by it, docs/data.md shows it.
type Disclosure struct {
	Table    string   // of schema pub
	Part     string   // a word for the part, unique within the table
	Zh, En   string   // what it is
	Columns  []string // of the table
	States   []string // in which the thing, of a round its outcome, gives them; nil = as long as it is published
	Staff    []string // what stays with staff although it lies beside it, in the words of the fields and data keys
	Revealed string   // by which act
}

// Disclosures lists what is told, table by table. What is in no row is never
// told; a column of schema pub in no row, or in two, fails a test.
func Disclosures() []Disclosure {
	return []Disclosure{
		{
			"area", "identity", "名称与位置", "name and place",
			[]string{"code", "name", "street", "board", "geom"},
			nil,
			[]string{"batch", "leader", "department"},
			"entry into the yearly plan",
		},
		{
			"area", "progress", "进度", "progress",
			[]string{"status", "plan_m2", "cleared_m2", "parcels_sold", "parcels_open", "decided_on"},
			nil,
			[]string{"decision_no", "deadline", "late_days", "problems_open", "households"},
			"each move",
		},
		{
			"area", "bulletin", "进度通报", "bulletin",
			[]string{"bulletin_on", "bulletin_surveyed", "bulletin_signed", "bulletin_vacated", "bulletin_few"},
			nil,
			[]string{"signed", "vacated", "demolished"},
			"a bulletin; counts under five, counts that leave under five, and counts that differ by under five from one told before are withheld",
		},
		{
			"cleared_land", "land", "已腾地块", "cleared land",
			[]string{"area", "cleared_on", "official_m2", "geom"},
			nil,
			[]string{"acceptance_no"},
			"the acceptance",
		},
		{
			"parcel", "identity", "宗地", "the parcel",
			[]string{"code", "name", "status", "area", "area_name", "street", "address", "official_m2", "mu_basis", "survey_m2", "area_m2", "geom"},
			nil,
			[]string{"industry", "source_crs", "clean_complete"},
			"the announcement",
		},
		{
			"parcel", "conditions", "规划条件", "planning conditions",
			[]string{"land_use", "use_class", "years", "far", "density", "green", "height"},
			nil,
			nil, "the announcement",
		},
		{
			"parcel", "notice", "公告", "the notice",
			[]string{"notice_no", "mode", "start_fen", "deposit_fen", "step_fen", "notice_on", "list_from", "list_to"},
			nil,
			[]string{"reserve_wan"},
			"the announcement",
		},
		{
			"parcel", "failures", "流拍次数", "failed rounds",
			[]string{"failed_rounds"},
			nil, nil, "the announcement, and each failure",
		},
		{
			"parcel", "result", "成交结果", "the result",
			[]string{"deal_fen", "sold_on", "buyer"},
			SoldCodes(),
			[]string{"contract_no", "supervision_no", "paid_wan", "voucher_no"},
			"the sale",
		},
		{
			"round", "notice", "各轮公告", "the notice of each round",
			[]string{"parcel", "no", "notice_no", "mode", "start_fen", "deposit_fen", "step_fen", "notice_on", "list_from", "list_to", "outcome"},
			nil,
			[]string{"reserve_wan"},
			"its announcement",
		},
		{
			"round", "result", "各轮结果", "the result of each round",
			[]string{"deal_fen", "sold_on", "buyer"},
			[]string{"sold"},
			[]string{"contract_no", "supervision_no"},
			"the sale, unless it is voided",
		},
		{
			"project", "project", "项目", "the project",
			[]string{"code", "name", "status", "industry", "board", "amount_fen", "area", "parcel", "stage_on", "geom"},
			nil,
			[]string{"investor"},
			"the strategic agreement; its parcel once that is published",
		},
		{
			"event", "moves", "经过", "the moves",
			[]string{"collection", "public_id", "no", "verb", "from_state", "to_state", "happened", "recorded"},
			nil,
			[]string{"actor", "reason", "data"},
			"a move of a published thing into a published state, or out of what is published (without the state)",
		},
	}
}

// NeverPublished lists the kinds of things of which nothing is ever told.
func NeverPublished() []MachineName {
	return []MachineName{BuildingMachine, HouseholdMachine, ProblemMachine, OrganisationEntity, PersonEntity, BoardEntity, AccountEntity, DistrictEntity}
}

// DisclosedIn lists the states in which a table's column is told; all is true
// when that is as long as the thing is published. The zero values mean never.
func DisclosedIn(table, column string) (states []string, all bool) {
	for _, d := range Disclosures() {
		if d.Table == table && slices.Contains(d.Columns, column) {
			return d.States, d.States == nil
		}
	}
	return nil, false
}
