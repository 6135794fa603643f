package geo

import (
	"math"
	"time"
)

// AreaFacts is what the moves of an area ask. Texts are document numbers or
// file names, as the move's data gives them or as they are stored.
type AreaFacts struct {
	Occasion
	Name     string
	HasShape bool
	PlanM2   SquareMetres

	Team                     string    // who surveys
	PlanFile                 string    // compensation plan
	DisplayFrom, DisplayTo   time.Time // the plan is open for comments, both days included
	RiskReport               string    // 社会稳定风险评估
	FundProof                string    // money in the dedicated account
	DecisionNo               string
	NoticeOn                 time.Time // the decision's public notice
	SignFrom, SignTo         time.Time
	MinRatio                 float64 // share of the surveyed households that must have signed, 0..1
	Contractor, SafetyFile   string
	AcceptanceNo, SurveyFile string
	ClearedM2                SquareMetres // of the area's cleared land, this acceptance included
	AcceptedM2               SquareMetres // of it, accepted before
	RestM2                   SquareMetres // the area's shape outside the land accepted before, as measured
	ShapeM2                  SquareMetres // the area's whole shape, as measured
	Receipt                  string       // of the reserve centre
	ArchiveNo                string       // the files per household (art. 29)

	Surveyed, Signed, Vacated int // households that have passed the stage
	CourtPath                 int // unsigned households with a compensation decision or later
	Undetermined              int // buildings without a finding
	BuildingsOpen             int // neither demolished, removed nor kept; see BuildingDone
	ProblemsOpen              int // see ProblemOpen
	Parcels                   int
	ParcelsM2                 SquareMetres // official area of its parcels
	ParcelsMarketed           int          // announced or later
	ParcelsOnFinal            int          // planned or later, on land that the last acceptance cleared
}

// AreaMoves is the machine of redevelopment areas (articles are of
// the 2011 regulation on expropriation and compensation of houses on state
// land).
func AreaMoves() Machine[AreaFacts] {
	m := Machine[AreaFacts]{Name: AreaMachine, Initial: "planned"}
	m.Moves = append(m.Moves, areaForward()...)
	m.Moves = append(m.Moves, areaAside()...)
	m.Moves = append(m.Moves,
		back[AreaFacts]("surveying", "planned"),
		back[AreaFacts]("consulting", "surveying"),
		back[AreaFacts]("decided", "consulting"),
		back[AreaFacts]("signing", "decided"),
		back[AreaFacts]("vacating", "signing"),
		back[AreaFacts]("demolishing", "vacating"),
		back("cleared", "demolishing", noneLeft("no_parcel_on_it", "此次验收的净地上不得有已计划或已供的宗地", "no parcel may be planned or sold on the land that this acceptance cleared",
			"此次验收的净地上已有 %d 宗地计划或供应，不能退回", "%d parcels are planned or sold on the land that this acceptance cleared", func(f AreaFacts) int { return f.ParcelsOnFinal })),
		back("handed_over", "cleared", must("no_parcel_marketed", "已有宗地公告或成交，不能退回",
			"none of its parcels may be announced yet", func(f AreaFacts) bool { return f.ParcelsMarketed == 0 })),
		back[AreaFacts]("closed", "handed_over"),
	)
	return m
}

// AreaDecided are the states of an area whose expropriation decision is in
// force: it was made, and the area is neither suspended nor cancelled.
func AreaDecided() []string {
	return []string{"decided", "signing", "vacating", "demolishing", "cleared", "handed_over", "closed"}
}

func areaForward() []Move[AreaFacts] {
	commander := func() []Role { return by(RolePlanner, RoleLeader) }
	return []Move[AreaFacts]{
		forward("planned", "surveying", commander(),
			given("name", "须有片区名称", "the area needs a name", func(f AreaFacts) string { return f.Name }),
			must("shape", "须有片区边界", "the area needs a boundary", func(f AreaFacts) bool { return f.HasShape }),
			must("plan_mu", "须有计划腾地面积", "the area needs a planned size", func(f AreaFacts) bool { return f.PlanM2 > 0 }),
			given("team", "须明确入户摸底队伍", "a survey team must be named", func(f AreaFacts) string { return f.Team })),
		forward("surveying", "consulting", by(RolePlanner),
			given("plan_file", "须有征收补偿方案文件", "the compensation plan must be on file (art. 10)", func(f AreaFacts) string { return f.PlanFile }),
			displayPlanned()),
		forward("consulting", "decided", by(RolePlanner),
			displayOver(),
			given("risk_report", "须有社会稳定风险评估报告（第十二条）", "the risk assessment must be on file (art. 12)", func(f AreaFacts) string { return f.RiskReport }),
			given("fund_proof", "征收补偿费用须足额到位、专户存储（第十二条）", "the money must be proved to be in the dedicated account (art. 12)", func(f AreaFacts) string { return f.FundProof }),
			given("decision_no", "须有征收决定文号", "the decision needs its number", func(f AreaFacts) string { return f.DecisionNo }),
			must("notice_on", "须填写征收决定公告日期，且不晚于今天（第十三条）", "the day of the decision's public notice must be given, and not be in the future (art. 13)", func(f AreaFacts) bool {
				return !f.NoticeOn.IsZero() && f.dayOf(f.NoticeOn) <= f.Today()
			})).
			warn(must("buildings_identified", "征收决定前应完成未登记建筑的认定（第二十四条）", "unregistered buildings should have been judged before the decision (art. 24)", func(f AreaFacts) bool { return f.Undetermined == 0 })),
		forward("decided", "signing", commander(),
			must("sign_period", "须有签约期限，且截止不早于开始", "the signing period needs a first and a last day in order", func(f AreaFacts) bool { return f.inOrder(f.SignFrom, f.SignTo, 0) }),
			must("min_ratio", "须设定签约生效比例（0 至 100%）", "the share that must sign has to be set, above 0 and up to 1", func(f AreaFacts) bool { return f.MinRatio > 0 && f.MinRatio <= 1 })),
		forward("signing", "vacating", commander(), enoughSigned()).
			warn(must("households_known", "没有摸底户数，签约比例无从核对", "no household was surveyed, so the share cannot be checked", func(f AreaFacts) bool { return f.Surveyed > 0 })),
		forward("vacating", "demolishing", commander(),
			given("contractor", "须有拆除施工单位", "the demolition contractor must be named", func(f AreaFacts) string { return f.Contractor }),
			given("safety_file", "须有拆除安全方案备案", "the safety file must be there", func(f AreaFacts) string { return f.SafetyFile })),
		forward("demolishing", "cleared", by(RoleSupervisor),
			noneLeft("buildings_done", "每栋房屋均须拆除或规划保留", "every building must be demolished or kept by plan",
				"还有 %d 栋房屋未拆除也未保留", "%d buildings are neither demolished nor kept", func(f AreaFacts) int { return f.BuildingsOpen }),
			problemsClosed(),
			given("acceptance_no", "须有净地验收文号", "the acceptance record needs its number", func(f AreaFacts) string { return f.AcceptanceNo }),
			given("survey_file", "须有勘测定界成果", "the survey file must be there", func(f AreaFacts) string { return f.SurveyFile }),
			clearedAsMeasured()),
		forward("cleared", "handed_over", by(RoleTrading),
			given("receipt", "须有储备机构接收单", "the reserve centre's receipt must be there", func(f AreaFacts) string { return f.Receipt }),
			must("parcels_created", "须已建立宗地", "the area's parcels must have been made", func(f AreaFacts) bool { return f.Parcels > 0 }),
			parcelsWithin()),
		forward("handed_over", "closed", by(RolePlanner, RoleSupervisor),
			problemsClosed(),
			given("archive_no", "须完成分户补偿档案归档（第二十九条）", "the files per household must be archived (art. 29)", func(f AreaFacts) string { return f.ArchiveNo })),
	}
}

// areaAside holds suspension and cancellation: by a leader, with a reason. A
// suspended area goes on where it stopped; a cancelled one has ended.
func areaAside() []Move[AreaFacts] {
	leader := func() []Role { return by(RoleLeader) }
	nobodyMoved := noneLeft("nobody_moved", "已有住户搬迁，不能取消", "no household may have moved out yet",
		"已有 %d 户搬迁，不能取消", "%d households have moved out already", func(f AreaFacts) int { return f.Vacated })
	var out []Move[AreaFacts]
	running := []string{"surveying", "consulting", "decided", "signing", "vacating", "demolishing"}
	for _, s := range running {
		out = append(out, forward(s, "suspended", leader(), reasonGiven[AreaFacts]()))
	}
	for _, s := range running {
		resume := forward("suspended", s, leader(), reasonGiven[AreaFacts](), cameFrom[AreaFacts](s, running))
		resume.Resumed = true
		out = append(out, resume)
	}
	for _, s := range []string{"planned", "surveying", "consulting", "suspended"} {
		out = append(out, forward(s, "cancelled", leader(), reasonGiven[AreaFacts](), nobodyMoved))
	}
	return out
}

// DisplayDays is how long a compensation plan is open for comments at least
// (art. 10).
const DisplayDays = 30

func displayPlanned() Guard[AreaFacts] {
	return Guard[AreaFacts]{
		Code: "display_30d", Zh: "方案公示期限不得少于 30 日（第十条）", En: "the plan must be open for comments for at least 30 days (art. 10)",
		Fails: func(f AreaFacts) *Reason {
			if f.DisplayFrom.IsZero() || f.DisplayTo.IsZero() {
				return because("须填写方案公示起止日期", "the first and last day of the display must be given")
			}
			days := int(f.dayOf(f.DisplayTo) - f.dayOf(f.DisplayFrom))
			if days >= DisplayDays {
				return nil
			}
			return because("方案公示 %d 日，不足 30 日（第十条）", "the plan is on display for %d days, 30 are needed (art. 10)", days)
		},
	}
}

func displayOver() Guard[AreaFacts] {
	return Guard[AreaFacts]{
		Code: "display_over", Zh: "方案公示须满 30 日并已截止（第十条）", En: "the display of the plan must have lasted 30 days and be over (art. 10)",
		Fails: func(f AreaFacts) *Reason {
			if f.DisplayFrom.IsZero() {
				return because("没有方案公示开始日期", "the first day of the display is not known")
			}
			until := f.dayOf(f.DisplayFrom) + DisplayDays
			if !f.DisplayTo.IsZero() {
				until = max(until, f.dayOf(f.DisplayTo))
			}
			if f.Day() >= until {
				return nil
			}
			return because("方案公示要到 %s 才满期（第十条）", "the display of the plan lasts until %s (art. 10)", until)
		},
	}
}

func enoughSigned() Guard[AreaFacts] {
	return Guard[AreaFacts]{
		Code: "enough_signed", Zh: "签约比例须达到设定值，或其余住户均已进入补偿决定程序",
		En: "the set share of households must have signed, or the rest be on the court path",
		Fails: func(f AreaFacts) *Reason {
			if !(f.MinRatio > 0 && f.MinRatio <= 1) { // also refuses NaN
				return because("没有设定签约比例", "the share that must sign is not set")
			}
			need := int(math.Ceil(f.MinRatio*float64(f.Surveyed) - 1e-9))
			if f.Signed >= need || f.Signed+f.CourtPath >= f.Surveyed {
				return nil
			}
			return because("已签约 %d 户，须达 %d 户（共 %d 户）；其余 %d 户中仅 %d 户已作补偿决定",
				"%d households have signed, %d of %d must; of the other %d only %d are on the court path",
				f.Signed, need, f.Surveyed, f.Surveyed-f.Signed, f.CourtPath)
		},
	}
}

// parcelTolerance is how far the parcels may exceed the cleared land: they come
// from different measurements.
const parcelTolerance SquareMetres = 1

func parcelsWithin() Guard[AreaFacts] {
	return Guard[AreaFacts]{
		Code: "parcels_within", Zh: "宗地面积之和不得超过腾地面积", En: "the parcels together must not be larger than the cleared land",
		Fails: func(f AreaFacts) *Reason {
			if f.ParcelsM2 <= f.ClearedM2+parcelTolerance {
				return nil
			}
			return because("宗地合计 %.2f 亩，超过腾地 %.2f 亩", "the parcels have %.2f mu together, only %.2f mu are cleared",
				f.ParcelsM2.Mu(), f.ClearedM2.Mu())
		},
	}
}

// How far the stated size of an area's cleared land may be from the ground:
// survey and boundary file come from different measurements. A stated size has
// two decimals of a mu.
const (
	clearedShare                 = 0.02              // of the area's measured size
	clearedLeast    SquareMetres = SquareMetresPerMu // and never less than this
	clearedRounding SquareMetres = SquareMetresPerMu / 100
)

// clearedAsMeasured asks that what is cleared by now, as the acceptance states
// it for the whole area, agrees with the ground: the land accepted before, and
// the measured rest of the area.
func clearedAsMeasured() Guard[AreaFacts] {
	return Guard[AreaFacts]{
		Code: "cleared_mu", Zh: "须有全片区的腾地面积，不少于已验收面积，且与实地量算相符（相差不超过片区面积的 2%，至少 1 亩）",
		En: "the size cleared in the whole area must be given, not below what was accepted before, and agree with the ground (within 2 % of the area, at least 1 mu)",
		Fails: func(f AreaFacts) *Reason {
			ground := f.AcceptedM2 + f.RestM2
			allowed := max(clearedShare*f.ShapeM2, clearedLeast)
			switch {
			case !(f.ClearedM2 > 0): // also refuses NaN
				return because("须填写全片区的腾地面积", "the size cleared in the whole area must be given")
			case f.ClearedM2 < f.AcceptedM2-clearedRounding:
				return because("所填腾地 %.2f 亩，少于此前已验收的 %.2f 亩；请填全片区合计", "%.2f mu are stated as cleared, but %.2f mu were accepted before; state the total of the whole area",
					f.ClearedM2.Mu(), f.AcceptedM2.Mu())
			case max(f.ClearedM2-ground, ground-f.ClearedM2) > allowed:
				return because("腾地 %.2f 亩，与实地 %.2f 亩（已验收与未验收部分合计）不符，相差不得超过 %.2f 亩", "%.2f mu are cleared as stated, but %.2f mu lie on the ground (accepted before, and the rest); they may differ by %.2f mu",
					f.ClearedM2.Mu(), ground.Mu(), allowed.Mu())
			}
			return nil
		},
	}
}

func problemsClosed() Guard[AreaFacts] {
	return noneLeft("problems_closed", "问题须全部销号", "every problem must be closed",
		"还有 %d 个问题未销号", "%d problems are still open", func(f AreaFacts) int { return f.ProblemsOpen })
}

// noneLeft is the guard that a count is zero; the closer formats take the count.
func noneLeft[F any](code, zh, en, closerZh, closerEn string, count func(F) int) Guard[F] {
	return Guard[F]{Code: code, Zh: zh, En: en, Fails: func(f F) *Reason {
		if n := count(f); n != 0 {
			return because(closerZh, closerEn, n)
		}
		return nil
	}}
}
