package geo

import (
	"slices"
	"time"
)

// BuildingFacts is what the moves of a building ask.
type BuildingFacts struct {
	Occasion
	Legal        Legal
	Use          string
	FloorM2      SquareMetres
	HouseholdsIn int // its households that have not moved out

	NoticeNo    string    // of the removal notice to an illegal building
	NoticeUntil time.Time // last day for the owner to remove it
	OrderNo     string    // of the order to remove it
	PermitNo    string    // of the demolition
	Method      string    // of the demolition
	Contractor  string
	Photo       string // picture or record of the removal
	ClearRecord string // record of the rubble taken away
	KeepNo      string // heritage list or plan that keeps it
}

// BuildingDone lists the states in which a building no longer stands in the way
// of clearing its area: demolished, removed, or kept by plan.
func BuildingDone() []string {
	return []string{"demolished", "self_removed", "removed", "site_cleared", "kept"}
}

// BuildingMoves is the machine of buildings (articles are of the
// 2011 regulation).
func BuildingMoves() Machine[BuildingFacts] {
	m := Machine[BuildingFacts]{Name: BuildingMachine, Initial: "existing"}
	commander := func() []Role { return by(RolePlanner, RoleLeader) }
	hands := func() []Role { return by(RoleField, RolePlanner, RoleLeader) }
	m.Moves = append(m.Moves,
		forward("existing", "identified", by(RoleField, RolePlanner),
			must("legal", "须认定房屋合法性（第二十四条）", "its legal standing must be found (art. 24)", func(f BuildingFacts) bool { return f.Legal.found() }),
			given("use", "须填写房屋用途", "its use must be given", func(f BuildingFacts) string { return f.Use }),
			must("floor_m2", "须填写建筑面积", "its floor area must be given", func(f BuildingFacts) bool { return f.FloorM2 > 0 })),
		forward("identified", "empty", hands(),
			must("not_illegal", "违法建筑须先告知、再依法拆除（第二十四条）", "an illegal building is served notice and removed (art. 24)", func(f BuildingFacts) bool { return f.Legal != LegalIllegal }),
			everybodyOut()),
		forward("identified", "notice", by(RolePlanner, RoleSupervisor),
			must("illegal", "仅适用于违法建筑和超期临时建筑（第二十四条）", "only an illegal or expired building is served notice (art. 24)", func(f BuildingFacts) bool {
				return f.Legal == LegalIllegal || f.Legal == LegalExpired
			}),
			given("notice_no", "须有拆除告知书文号", "the removal notice needs its number", func(f BuildingFacts) string { return f.NoticeNo }),
			must("notice_until", "须填写自行拆除期限，且不早于告知之日", "the last day to remove it must be given, not before the notice", func(f BuildingFacts) bool {
				return !f.NoticeUntil.IsZero() && f.dayOf(f.NoticeUntil) >= min(f.Day(), f.Today())
			})),
		forward("notice", "self_removed", hands(), everybodyOut(), pictured()),
		forward("notice", "removed", commander(),
			must("notice_over", "自行拆除期限届满后方可依法拆除", "it may be removed only after the last day of the notice", func(f BuildingFacts) bool {
				return !f.NoticeUntil.IsZero() && f.Day() > f.dayOf(f.NoticeUntil)
			}),
			given("order_no", "须有拆除决定文号", "the removal order needs its number", func(f BuildingFacts) string { return f.OrderNo }),
			everybodyOut(), pictured()),
		forward("empty", "demolition_permit", commander(),
			given("permit_no", "须有拆除许可或备案号", "the demolition permit needs its number", func(f BuildingFacts) string { return f.PermitNo })),
		forward("demolition_permit", "demolished", commander(),
			given("method", "须填写拆除方式", "the method of demolition must be given", func(f BuildingFacts) string { return f.Method }),
			everybodyOut()).
			warn(given("contractor", "未填写拆除单位", "the contractor is not named", func(f BuildingFacts) string { return f.Contractor })),
	)
	for _, s := range []string{"demolished", "self_removed", "removed"} {
		m.Moves = append(m.Moves, forward(s, "site_cleared", hands(),
			given("clear_record", "须有场地清运记录", "the record of the cleared site must be there", func(f BuildingFacts) string { return f.ClearRecord })))
	}
	for _, s := range []string{"existing", "identified", "empty"} {
		m.Moves = append(m.Moves, forward(s, "kept", commander(), reasonGiven[BuildingFacts](),
			given("keep_no", "须有规划或文保依据", "the plan or heritage list that keeps it must be named", func(f BuildingFacts) string { return f.KeepNo })))
	}
	m.Moves = append(m.Moves,
		back[BuildingFacts]("identified", "existing"),
		back[BuildingFacts]("notice", "identified"),
		back[BuildingFacts]("empty", "identified"),
		back[BuildingFacts]("demolition_permit", "empty"),
		back[BuildingFacts]("demolished", "demolition_permit"),
		back[BuildingFacts]("self_removed", "notice"),
		back[BuildingFacts]("removed", "notice"),
	)
	m.Moves = append(m.Moves, returns[BuildingFacts]("site_cleared", "demolished", "self_removed", "removed")...)
	m.Moves = append(m.Moves, returns[BuildingFacts]("kept", "existing", "identified", "empty")...)
	return m
}

// returns are the steps back from a state that several others lead to: each
// only to where the thing came from.
func returns[F facts](from string, to ...string) []Move[F] {
	var out []Move[F]
	for _, s := range to {
		out = append(out, back(from, s, cameFrom[F](s, to)))
	}
	return out
}

func (l Legal) found() bool {
	return slices.Contains([]Legal{LegalTitle, LegalTemporary, LegalExpired, LegalIllegal}, l)
}

func everybodyOut() Guard[BuildingFacts] {
	return noneLeft("everybody_out", "房屋内住户须全部搬迁", "every household in it must have moved out",
		"还有 %d 户未搬迁", "%d households have not moved out", func(f BuildingFacts) int { return f.HouseholdsIn })
}

func pictured() Guard[BuildingFacts] {
	return given("photo", "须有拆除照片或记录", "a picture or record of the removal must be there", func(f BuildingFacts) string { return f.Photo })
}
