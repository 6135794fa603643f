package geo

import "slices"

// ProjectFacts is what the moves of an investment project ask.
type ProjectFacts struct {
	Occasion
	Name         string
	Investor     string
	Amount       Money  // planned investment
	IntentNo     string // letter of intent (意向合同)
	AgreementNo  string // strategic agreement (战略合作协议)
	ContractNo   string // project contract
	Parcel       string // code of the parcel it lands on
	ParcelStatus string // of that parcel
	PermitNo     string // building permit
	OpeningNo    string // record of the opening
}

// ProjectMoves is the investment pipeline: from a lead to a
// business in operation. A project may be dropped at any stage with a reason,
// and taken up again where it stood.
func ProjectMoves() Machine[ProjectFacts] {
	m := Machine[ProjectFacts]{Name: ProjectMachine, Initial: "lead"}
	office := func() []Role { return by(RolePlanner, RoleLeader) }
	amount := must("amount", "须填写投资额", "the planned investment must be given", func(f ProjectFacts) bool { return f.Amount > 0 })
	m.Moves = append(m.Moves,
		forward("lead", "contact", office(),
			given("name", "须有项目名称", "the project needs a name", func(f ProjectFacts) string { return f.Name })),
		forward("contact", "intent", office(),
			given("investor", "须有投资方", "the investor must be named", func(f ProjectFacts) string { return f.Investor }),
			given("intent_no", "须有意向合同编号", "the letter of intent needs its number", func(f ProjectFacts) string { return f.IntentNo })),
		forward("intent", "strategic", office(), amount,
			given("agreement_no", "须有战略合作协议编号", "the strategic agreement needs its number", func(f ProjectFacts) string { return f.AgreementNo })),
		forward("strategic", "signed", office(), amount,
			given("contract_no", "须有项目合同编号", "the contract needs its number", func(f ProjectFacts) string { return f.ContractNo })),
		forward("signed", "landed", office(),
			given("parcel", "须关联宗地", "the project must be linked to its parcel", func(f ProjectFacts) string { return f.Parcel })).
			warn(must("parcel_sold", "关联宗地尚未成交或划拨", "the linked parcel is neither sold nor allocated", func(f ProjectFacts) bool {
				return f.ParcelStatus == "allocated" || slices.Contains(SoldCodes(), f.ParcelStatus)
			})),
		forward("landed", "started", office(),
			given("permit_no", "须有施工许可证号", "the building permit needs its number", func(f ProjectFacts) string { return f.PermitNo })),
		forward("started", "operating", office(),
			given("opening_no", "须有开业或投产记录", "the record of the opening must be there", func(f ProjectFacts) string { return f.OpeningNo })),
	)
	line := []string{"lead", "contact", "intent", "strategic", "signed", "landed", "started", "operating"}
	for _, s := range line {
		m.Moves = append(m.Moves, forward(s, "dead", office(), reasonGiven[ProjectFacts]()))
	}
	for i := 1; i < len(line); i++ {
		m.Moves = append(m.Moves, back[ProjectFacts](line[i], line[i-1]))
	}
	m.Moves = append(m.Moves, returns[ProjectFacts]("dead", line...)...)
	return m
}
