package geo

import "time"

// HouseholdFacts is what the moves of a household ask. It names no person.
type HouseholdFacts struct {
	Occasion
	Use    string // of the home: residence, shop, …
	AreaM2 SquareMetres
	Legal  Legal

	Value  Money  // as valued
	Valuer string // the body that valued, chosen by the residents (art. 20)

	AgreementNo string
	Mode        string // money, swap
	Amount      Money  // compensation agreed; for a swap the difference, 0 allowed
	Flat        string // the flat of a swap
	PayLater    string // why the agreement lets them move before payment; "" = payment first

	PaidOn    time.Time // compensation paid; zero = not yet
	Paid      Money
	VoucherNo string
	Deposited bool   // compensation deposited or the flat ready, for a court case
	Keys      string // key receipt or picture

	AreaDecided bool      // the area's expropriation decision is in force, see AreaDecided
	SignTo      time.Time // last day of the area's signing period

	OwnerUnknown bool
	DecisionNo   string    // of the compensation decision (art. 26)
	ServedOn     time.Time // when it was served; both remedies run from here
	RemedyOpen   bool      // a review or a suit is pending, by who makes the move
	RemedyFiled  bool      // a review or a suit is on file that has not ended
	FinalOn      time.Time // of the final judgment on file; zero = none
	AnnexFile    string    // account number and flat data for the court (art. 28)
	CaseNo       string
	RulingNo     string
	OrderNo      string // of the execution

	ArchiveNo string // the household's file (art. 29)
	FlatOn    time.Time
}

// Legal periods on the way to court (2011 regulation, art. 26 and 28;
// administrative review and procedure laws).
const (
	ReviewDays  = 60 // to ask for a review of the decision
	SuitMonths  = 6  // to sue over it
	ApplyMonths = 3  // to apply to the court once the suit period has ended
	AcceptDays  = 5  // for the court to accept
	RulingDays  = 30 // for the court to rule
)

// CourtClock holds the days that follow from serving a compensation decision.
type CourtClock struct {
	ReviewUntil Day // last day to ask for a review
	SuitUntil   Day // last day to sue
	ApplyFrom   Day // first day to apply to the court
	ApplyUntil  Day // last day to apply
}

// CourtClockOf starts the clock on the day a compensation decision was served.
func CourtClockOf(served Day) CourtClock {
	suit := served.AddMonths(SuitMonths)
	return CourtClock{
		ReviewUntil: served + ReviewDays,
		SuitUntil:   suit,
		ApplyFrom:   suit + 1,
		ApplyUntil:  suit.AddMonths(ApplyMonths),
	}
}

// Ended is the clock once a court has judged the decision for good: the ways to
// attack it are used up on that day, and the period to apply runs from there. A
// judgment from before the decision was served is about another one.
func (c CourtClock) Ended(served, final Day) CourtClock {
	if final < served {
		return c
	}
	c.ReviewUntil, c.SuitUntil = min(c.ReviewUntil, final), min(c.SuitUntil, final)
	c.ApplyFrom, c.ApplyUntil = final+1, final.AddMonths(ApplyMonths)
	return c
}

// Phase is the part of service a household is in (居民服务三阶段): 1 up to
// signing, 2 from signing to the new home, 3 with the new home delivered. A
// household that took money only has no third phase: it ends at closed.
func Phase(status, mode string, flatOn time.Time) int {
	switch status {
	case "signed", "paid", "vacated", "closed":
		if mode == "swap" && !flatOn.IsZero() {
			return 3
		}
		return 2
	}
	return 1
}

// HouseholdMoves is the machine of households (articles are of the
// 2011 regulation).
func HouseholdMoves() Machine[HouseholdFacts] {
	m := Machine[HouseholdFacts]{Name: HouseholdMachine, Initial: "registered"}
	m.Moves = append(m.Moves, householdForward()...)
	m.Moves = append(m.Moves, courtPath()...)
	m.Moves = append(m.Moves,
		back[HouseholdFacts]("surveyed", "registered"),
		back[HouseholdFacts]("valued", "surveyed"),
		back[HouseholdFacts]("negotiating", "valued"),
		back[HouseholdFacts]("decision_issued", "negotiating"),
		back[HouseholdFacts]("court_applied", "decision_issued"),
		back[HouseholdFacts]("court_accepted", "court_applied"),
		back[HouseholdFacts]("ruling_ok", "court_accepted"),
		back[HouseholdFacts]("ruling_refused", "court_accepted"),
		back[HouseholdFacts]("enforced", "ruling_ok"),
		back[HouseholdFacts]("paid", "signed"),
		back[HouseholdFacts]("closed", "vacated"),
	)
	m.Moves = append(m.Moves, returns[HouseholdFacts]("signed", "negotiating", "decision_issued",
		"court_applied", "court_accepted", "ruling_ok", "ruling_refused", "enforced")...)
	m.Moves = append(m.Moves, returns[HouseholdFacts]("vacated", "paid", "signed", "enforced")...)
	return m
}

func householdForward() []Move[HouseholdFacts] {
	grid := func() []Role { return by(RoleField, RolePlanner) }
	commander := func() []Role { return by(RolePlanner, RoleLeader) }
	return []Move[HouseholdFacts]{
		forward("registered", "surveyed", grid(),
			given("use", "须填写房屋用途", "the use of the home must be given", func(f HouseholdFacts) string { return f.Use }),
			must("area_m2", "须填写建筑面积", "the floor area must be given", func(f HouseholdFacts) bool { return f.AreaM2 > 0 }),
			must("legal", "须填写合法性认定（可为待认定）", "its legal standing must be given, or undetermined", func(f HouseholdFacts) bool { return f.Legal == LegalUndetermined || f.Legal.found() })),
		forward("surveyed", "valued", by(RolePlanner),
			must("legal_found", "房屋合法性须先认定（第二十四条）", "its legal standing must be found first (art. 24)", func(f HouseholdFacts) bool { return f.Legal.found() }),
			given("valuer", "须填写评估机构（第二十条）", "the valuer must be named (art. 20)", func(f HouseholdFacts) string { return f.Valuer }),
			must("value", "须填写评估价值（第十九条）", "the value must be given (art. 19)", func(f HouseholdFacts) bool { return f.Value > 0 })),
		forward[HouseholdFacts]("valued", "negotiating", by(RoleField, RolePlanner, RoleLeader)),
		sign("negotiating"),
		forward("signed", "paid", by(RolePlanner),
			given("voucher", "须有支付凭证号", "the payment voucher needs its number", func(f HouseholdFacts) string { return f.VoucherNo }),
			paidInFull()),
		forward("paid", "vacated", by(RoleField, RolePlanner, RoleLeader), keys(),
			Guard[HouseholdFacts]{
				Code: "paid_first", Zh: "先补偿、后搬迁（第二十七条）", En: "compensation comes before moving out (art. 27)",
				Fails: func(f HouseholdFacts) *Reason {
					switch {
					case f.PaidOn.IsZero():
						return because("没有补偿支付日期；先补偿、后搬迁（第二十七条）", "the day of payment is not known; compensation comes first (art. 27)")
					case f.Day() < f.dayOf(f.PaidOn):
						return because("%s 才支付补偿；先补偿、后搬迁（第二十七条）", "compensation was paid on %s only; it comes before moving out (art. 27)", f.dayOf(f.PaidOn))
					}
					return nil
				},
			}),
		forward("signed", "vacated", commander(), keys(),
			must("not_paid", "已支付补偿的，先登记“已补偿”", "a household that has been paid goes by way of paid", func(f HouseholdFacts) bool { return f.PaidOn.IsZero() }),
			given("pay_later", "先补偿、后搬迁；协议另有约定的须写明理由（第二十七条）",
				"compensation comes before moving out, unless the agreement says otherwise with a reason (art. 27)", func(f HouseholdFacts) string { return f.PayLater })),
		forward("vacated", "closed", by(RoleSupervisor),
			compensated(),
			flatDelivered(),
			given("archive_no", "须完成分户档案归档（第二十九条）", "the household's file must be archived (art. 29)", func(f HouseholdFacts) string { return f.ArchiveNo })),
	}
}

// sign is the agreement (art. 25), open from negotiation and from every step of
// the court path.
func sign(from string) Move[HouseholdFacts] {
	return forward(from, "signed", by(RolePlanner, RoleLeader),
		given("agreement_no", "须有补偿协议编号", "the agreement needs its number", func(f HouseholdFacts) string { return f.AgreementNo }),
		must("mode", "须选择货币补偿或产权调换（第二十一条）", "the mode must be money or swap (art. 21)", func(f HouseholdFacts) bool { return f.Mode == "money" || f.Mode == "swap" }),
		must("amount_or_flat", "货币补偿须填金额，产权调换须填房号（第二十五条）", "money needs an amount, a swap its flat (art. 25)", func(f HouseholdFacts) bool {
			if f.Mode == "swap" {
				return f.Flat != "" && f.Amount >= 0
			}
			return f.Amount > 0
		})).
		warn(must("area_decided", "片区尚未作出征收决定", "the area has no expropriation decision yet", func(f HouseholdFacts) bool { return f.AreaDecided }))
}

func keys() Guard[HouseholdFacts] {
	return given("keys", "须有交钥匙凭据或照片", "a key receipt or picture must be there", func(f HouseholdFacts) string { return f.Keys })
}

func paidInFull() Guard[HouseholdFacts] {
	return Guard[HouseholdFacts]{
		Code: "paid_in_full", Zh: "须足额支付补偿", En: "the compensation must be paid in full",
		Fails: func(f HouseholdFacts) *Reason {
			if f.Paid >= f.Amount {
				return nil
			}
			return because("已支付 %s 万元，协议金额 %s 万元", "%s of the %s agreed are paid, in 10,000 yuan", f.Paid.inWan(), f.Amount.inWan())
		},
	}
}

func courtPath() []Move[HouseholdFacts] {
	legal := func() []Role { return by(RolePlanner, RoleSupervisor) }
	decision := func(from string) Move[HouseholdFacts] {
		return forward(from, "decision_issued", by(RolePlanner, RoleLeader),
			signingOver(),
			given("decision_no", "须有补偿决定文号（第二十六条）", "the compensation decision needs its number (art. 26)", func(f HouseholdFacts) string { return f.DecisionNo }),
			servedInOrder())
	}
	out := []Move[HouseholdFacts]{
		decision("negotiating"),
		forward("decision_issued", "court_applied", legal(),
			must("no_remedy_open", "复议或诉讼未结，不能申请强制执行（第二十八条）", "a review or suit is pending (art. 28)", func(f HouseholdFacts) bool { return !f.RemedyOpen && !f.RemedyFiled }),
			applyInTime(),
			given("annex_file", "须附补偿金额、专户账号和安置房材料（第二十八条）", "account and flat data must be attached (art. 28)", func(f HouseholdFacts) string { return f.AnnexFile })),
		forward("court_applied", "court_accepted", legal(),
			given("case_no", "须有法院案号", "the court's case number must be given", func(f HouseholdFacts) string { return f.CaseNo })).
			warn(within("accepted_late", AcceptDays, "法院受理超过 5 日", "the court took more than 5 days to accept")),
	}
	for _, to := range []string{"ruling_ok", "ruling_refused"} {
		mv := forward("court_accepted", to, legal(),
			given("ruling_no", "须有裁定文号", "the ruling needs its number", func(f HouseholdFacts) string { return f.RulingNo })).
			warn(within("ruled_late", RulingDays, "法院裁定超过 30 日", "the court took more than 30 days to rule"))
		if to == "ruling_refused" {
			mv.Guards = append(mv.Guards, reasonGiven[HouseholdFacts]())
		}
		out = append(out, mv)
	}
	out = append(out,
		decision("ruling_refused"),
		forward("ruling_refused", "negotiating", by(RolePlanner, RoleLeader), reasonGiven[HouseholdFacts]()),
		forward("ruling_ok", "enforced", by(RoleLeader, RoleSupervisor),
			given("order_no", "须有执行文书号", "the execution needs its document number", func(f HouseholdFacts) string { return f.OrderNo }),
			compensatedFirst()),
		forward("enforced", "vacated", by(RoleLeader, RoleSupervisor), keys(), compensatedFirst()),
	)
	for _, s := range []string{"decision_issued", "court_applied", "court_accepted", "ruling_ok", "ruling_refused", "enforced"} {
		out = append(out, sign(s))
	}
	return out
}

func signingOver() Guard[HouseholdFacts] {
	return Guard[HouseholdFacts]{
		Code: "signing_over", Zh: "签约期限届满未签约，或所有权人不明确（第二十六条）", En: "the signing period must be over, or the owner unknown (art. 26)",
		Fails: func(f HouseholdFacts) *Reason {
			switch {
			case f.OwnerUnknown:
				return nil
			case f.SignTo.IsZero():
				return because("片区没有签约期限", "the area has no signing period")
			case f.Day() <= f.dayOf(f.SignTo):
				return because("签约期限到 %s 24 时届满（第二十六条）", "the signing period lasts until %s, 24:00 (art. 26)", f.dayOf(f.SignTo))
			}
			return nil
		},
	}
}

func applyInTime() Guard[HouseholdFacts] {
	return Guard[HouseholdFacts]{
		Code: "apply_in_time", Zh: "起诉期限（6 个月）届满或终审裁判后 3 个月内申请（第二十八条）", En: "the court is asked within 3 months after the suit period of 6 months, or after the final judgment (art. 28)",
		Fails: func(f HouseholdFacts) *Reason {
			if f.ServedOn.IsZero() {
				return because("没有补偿决定送达日期", "the day the decision was served is not known")
			}
			served := f.dayOf(f.ServedOn)
			c := CourtClockOf(served)
			if !f.FinalOn.IsZero() {
				c = c.Ended(served, f.dayOf(f.FinalOn))
			}
			if f.Day() >= c.ApplyFrom && f.Day() <= c.ApplyUntil {
				return nil
			}
			return because("可申请期为 %s 至 %s（第二十八条）", "the court can be asked from %s to %s (art. 28)", c.ApplyFrom, c.ApplyUntil)
		},
	}
}

// servedInOrder asks for the day from which the remedies run: a decision is
// served on the day that it was made or later, and served already.
func servedInOrder() Guard[HouseholdFacts] {
	return Guard[HouseholdFacts]{
		Code: "served_on", Zh: "须填写送达或公告日期，不早于补偿决定之日，不晚于今天", En: "the day it was served must be given, not before the decision and not in the future",
		Fails: func(f HouseholdFacts) *Reason {
			if f.ServedOn.IsZero() {
				return because("须填写送达或公告日期", "the day it was served must be given")
			}
			switch served := f.dayOf(f.ServedOn); {
			case served < min(f.Day(), f.Today()):
				return because("送达日期 %s 早于补偿决定之日 %s", "it was served on %s, before the decision of %s", served, f.Day())
			case served > f.Today():
				return because("送达日期 %s 晚于今天 %s", "the day it was served, %s, is after today, %s", served, f.Today())
			}
			return nil
		},
	}
}

// compensated is what ends a household's file: paid by then, or deposited.
func compensated() Guard[HouseholdFacts] {
	return Guard[HouseholdFacts]{
		Code: "compensated", Zh: "补偿须已支付或提存", En: "the compensation must have been paid or deposited",
		Fails: func(f HouseholdFacts) *Reason {
			switch {
			case !f.PaidOn.IsZero() && !f.reached(f.PaidOn):
				return because("支付日期 %s 晚于结案日期 %s", "the day of payment, %s, is after the file is closed, %s", f.dayOf(f.PaidOn), f.Day())
			case f.PaidOn.IsZero() && !f.Deposited:
				return because("补偿须已支付或提存", "the compensation must have been paid or deposited")
			}
			return nil
		},
	}
}

// flatDelivered is the other half for a swap; the day of a delivery is never
// ahead of the file's end.
func flatDelivered() Guard[HouseholdFacts] {
	return Guard[HouseholdFacts]{
		Code: "flat_delivered", Zh: "产权调换的，须已交付安置房", En: "the flat of a swap must have been delivered",
		Fails: func(f HouseholdFacts) *Reason {
			switch {
			case !f.FlatOn.IsZero() && !f.reached(f.FlatOn):
				return because("安置房交付日期 %s 晚于结案日期 %s", "the flat is delivered on %s, after the file is closed, %s", f.dayOf(f.FlatOn), f.Day())
			case f.Mode == "swap" && f.FlatOn.IsZero():
				return because("产权调换的，须已交付安置房", "the flat of a swap must have been delivered")
			}
			return nil
		},
	}
}

// compensatedFirst is art. 27 on the court path: paid, or deposited for them.
func compensatedFirst() Guard[HouseholdFacts] {
	return must("compensated_first", "先补偿、后搬迁：补偿须已支付或提存（第二十七条）",
		"compensation comes first: paid, or deposited (art. 27)", func(f HouseholdFacts) bool {
			return f.Deposited || f.reached(f.PaidOn)
		})
}

// within warns when a step came more than so many days after the last event.
func within(code string, days int, zh, en string) Guard[HouseholdFacts] {
	return must(code, zh, en, func(f HouseholdFacts) bool {
		return f.LastOn.IsZero() || int(f.Day()-f.dayOf(f.LastOn)) <= days
	})
}
