package geo

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// ParcelFacts is what the moves of a parcel ask: the parcel, and the round that
// is open or would be opened.
type ParcelFacts struct {
	Occasion
	Clean                       CleanLand
	ShapeValid                  bool
	OutsideM2                   SquareMetres // of the parcel, outside cleared land
	LandUse                     string
	Uses                        []UseRow
	FAR, Density, Green, Height Limit
	ApprovalNo                  string // of an allocation (划拨)

	OldNotices []string  // numbers of the notices of earlier rounds
	RoundEnded time.Time // when the round before ended and the parcel was planned again; zero = there was none

	NoticeNo         string
	Mode             string // listing, auction, tender, agreement; "" = listing
	Start            Money
	Reserve          Money // secret: no reason names it
	Deposit          Money
	Step             Money
	NoticeOn         time.Time
	ListFrom, ListTo time.Time // of an auction or tender: its day, and optionally its end
	ApplyFrom        time.Time // registration opens; zero = with the listing
	FilesFrom        time.Time // papers are handed out; zero = with the notice
	DepositBy        time.Time // deposit cut-off; zero = the listing's end

	Deal          Money
	Buyer         string
	SoldOn        time.Time
	ContractNo    string
	SupervisionNo string // 电子监管号
	ContractedOn  time.Time
	StartBy       time.Time // agreed start of building
	Paid          Money     // of the price, so far
	VoucherNo     string
	HandoverNo    string // the signed handover record
	Photos        string // of the site
	PermitNo      string // building permit (施工许可证)
	AcceptanceNo  string // completion accepted (竣工验收)
	Calendar      WorkCalendar
}

// The times and shares of land transfer (Order 39 of 2007 of the Ministry of Land and Resources).
const (
	NoticeDays   = 20  // notice before the listing, auction or tender begins
	ListingDays  = 10  // a listing lasts
	depositShare = 0.2 // of the start price; less is unusual
	firstPayment = 0.5 // of the price, before land is handed over
	outsideLimit = 1.0 // m2 by which a parcel may lie outside cleared land
)

// ParcelMoves is the machine of parcels and their auctions.
func ParcelMoves() Machine[ParcelFacts] {
	m := Machine[ParcelFacts]{Name: ParcelMachine, Initial: "reserved"}
	m.Moves = append(m.Moves, parcelToMarket()...)
	m.Moves = append(m.Moves, parcelSale()...)
	m.Moves = append(m.Moves, parcelAside()...)
	m.Moves = append(m.Moves,
		back[ParcelFacts]("planned", "reserved"),
		back[ParcelFacts]("allocated", "reserved"),
		back[ParcelFacts]("announced", "planned"),
		back[ParcelFacts]("listed", "announced"),
		back[ParcelFacts]("bidding", "listed"),
		back[ParcelFacts]("contracted", "sold"),
		back[ParcelFacts]("paid", "contracted"),
		back[ParcelFacts]("started", "handed_over"),
		back[ParcelFacts]("completed", "started"),
	)
	m.Moves = append(m.Moves, returns[ParcelFacts]("sold", "listed", "bidding")...)
	m.Moves = append(m.Moves, returns[ParcelFacts]("failed", "listed", "bidding")...)
	m.Moves = append(m.Moves, returns[ParcelFacts]("handed_over", "contracted", "paid")...)
	m.Moves = append(m.Moves, returns[ParcelFacts]("voided", "sold", "contracted")...)
	m.Moves = append(m.Moves, returns[ParcelFacts]("withdrawn", "announced", "listed", "suspended")...)
	return m
}

func parcelToMarket() []Move[ParcelFacts] {
	trading := func() []Role { return by(RoleTrading) }
	return []Move[ParcelFacts]{
		forward("reserved", "planned", by(RolePlanner), cleanLand(),
			must("shape_valid", "宗地图形须有效", "the parcel's shape must be valid", func(f ParcelFacts) bool { return f.ShapeValid }),
			insideCleared(), useRows(),
			bound("far", "容积率", "the floor-area ratio", func(f ParcelFacts) Limit { return f.FAR }),
			bound("density", "建筑密度", "the building density", func(f ParcelFacts) Limit { return f.Density }),
			bound("green", "绿地率", "the green ratio", func(f ParcelFacts) Limit { return f.Green }),
			bound("height", "限高", "the height limit", func(f ParcelFacts) Limit { return f.Height })),
		forward("reserved", "allocated", by(RolePlanner),
			must("public_use", "划拨仅限公共用途（国家机关、公益、市政、交通等）", "land is allocated for public use only", func(f ParcelFacts) bool {
				c := UseClassOf(f.LandUse)
				return c == "public" || c == "green" || c == "transport"
			}),
			given("approval_no", "须有划拨批准文号", "the allocation needs its approval number", func(f ParcelFacts) string { return f.ApprovalNo })),
		forward("planned", "announced", trading(), announcement()...).
			warn(
				must("deposit_20", "保证金低于起始价的 20%", "the deposit is under 20 % of the start price", func(f ParcelFacts) bool {
					return float64(f.Deposit) >= depositShare*float64(f.Start)
				}),
				must("deposit_over_start", "保证金高于起始价", "the deposit is above the start price", func(f ParcelFacts) bool { return f.Deposit <= f.Start }),
				must("reserve_under_start", "底价低于起始价", "the reserve price is below the start price", func(f ParcelFacts) bool { return f.Reserve <= 0 || f.Reserve >= f.Start })),
		forward("announced", "listed", trading(), noticeOver(), listingBegun(), listingTenDays()),
	}
}

func parcelSale() []Move[ParcelFacts] {
	trading := func() []Role { return by(RoleTrading) }
	deal := func(from string) Move[ParcelFacts] {
		return forward(from, "sold", trading(), listingOver(),
			must("deal_over_start", "成交价不得低于起始价", "the deal must not be below the start price", func(f ParcelFacts) bool { return f.Deal > 0 && f.Deal >= f.Start }),
			must("deal_over_reserve", "成交价未达底价，不能成交", "the deal does not reach the reserve price", func(f ParcelFacts) bool { return f.Deal >= f.Reserve }),
			given("buyer", "须填写竞得人", "the buyer must be named", func(f ParcelFacts) string { return f.Buyer }))
	}
	handover := func(from string, guards ...Guard[ParcelFacts]) Move[ParcelFacts] {
		return forward(from, "handed_over", trading(), append(guards,
			given("handover_no", "须有交地确认书编号", "the handover record needs its number", func(f ParcelFacts) string { return f.HandoverNo }),
			given("photos", "须有现场照片", "pictures of the site must be there", func(f ParcelFacts) string { return f.Photos }))...)
	}
	return []Move[ParcelFacts]{
		forward("listed", "bidding", trading(), listingOver()),
		deal("listed"),
		deal("bidding"),
		forward("sold", "contracted", trading(),
			given("contract_no", "须有出让合同编号", "the contract needs its number", func(f ParcelFacts) string { return f.ContractNo }),
			given("supervision_no", "须有电子监管号", "the supervision number must be given", func(f ParcelFacts) string { return f.SupervisionNo }),
			must("start_by", "约定开工日不得早于签订合同之日", "building must not be agreed to start before the contract", func(f ParcelFacts) bool {
				return f.StartBy.IsZero() || f.dayOf(f.StartBy) >= f.Day()
			})).
			warn(contractInTime()),
		forward("contracted", "paid", trading(),
			must("paid_in_full", "须付清成交价款", "the price must be paid in full", func(f ParcelFacts) bool { return f.Deal > 0 && f.Paid >= f.Deal }),
			given("voucher", "须有缴款凭证号", "the payment voucher needs its number", func(f ParcelFacts) string { return f.VoucherNo })).
			warn(paidInAYear()),
		handover("contracted", must("payment_rule", "交地前须至少缴纳成交价款的 50%", "at least half of the price must be paid before the land is handed over", func(f ParcelFacts) bool {
			return f.Deal > 0 && float64(f.Paid) >= firstPayment*float64(f.Deal)
		})),
		handover("paid"),
		forward("handed_over", "started", by(RolePlanner),
			given("permit_no", "须有施工许可证号", "the building permit needs its number", func(f ParcelFacts) string { return f.PermitNo })),
		forward("started", "completed", by(RolePlanner),
			given("acceptance_no", "须有竣工验收备案号", "the completion record needs its number", func(f ParcelFacts) string { return f.AcceptanceNo })),
	}
}

// parcelAside holds what goes wrong: suspended, withdrawn, failed, voided.
func parcelAside() []Move[ParcelFacts] {
	why := reasonGiven[ParcelFacts]()
	stop := func() []Role { return by(RoleTrading, RoleLeader) }
	return []Move[ParcelFacts]{
		forward("announced", "suspended", stop(), why),
		forward("listed", "suspended", stop(), why),
		forward("suspended", "listed", by(RoleTrading), noticeOver(), listingBegun(), listingTenDays()),
		forward("announced", "withdrawn", stop(), why),
		forward("listed", "withdrawn", stop(), why),
		forward("suspended", "withdrawn", stop(), why),
		forward("listed", "failed", by(RoleTrading), listingOver()),
		forward("bidding", "failed", by(RoleTrading), listingOver()),
		forward("failed", "planned", by(RolePlanner, RoleTrading), changedConditions()...),
		forward("sold", "voided", stop(), why),
		forward("contracted", "voided", stop(), why),
		forward("voided", "planned", by(RolePlanner, RoleTrading), changedConditions()...),
	}
}

func cleanLand() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "clean_land", Zh: "净地条件须齐备：权属、补偿、无争议、规划条件、基础设施", En: "the clean-land checklist must be complete: title, compensation, no dispute, planning conditions, utilities",
		Fails: func(f ParcelFacts) *Reason {
			if f.Clean.Complete() {
				return nil
			}
			var zh, en []string
			for _, p := range f.Clean.points() {
				if !p.ok {
					zh, en = append(zh, p.zh), append(en, p.en)
				}
			}
			return &Reason{
				Zh: "净地条件未齐备：" + strings.Join(zh, "、"),
				En: "the clean-land checklist lacks: " + strings.Join(en, ", "),
			}
		},
	}
}

func insideCleared() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "inside_cleared", Zh: "宗地须在已腾净地范围内", En: "the parcel must lie inside cleared land",
		Fails: func(f ParcelFacts) *Reason {
			if f.OutsideM2 <= outsideLimit {
				return nil
			}
			return because("宗地有 %.2f 平方米在已腾净地之外", "%.2f m2 of the parcel lie outside cleared land", float64(f.OutsideM2))
		},
	}
}

// MaxYears is the longest term of a land use: housing 70 years, commerce,
// tourism and leisure 40, all others 50 (1990 provisional regulation on land
// transfer, art. 12).
func MaxYears(code string) int {
	switch UseClassOf(code) {
	case "residential":
		return 70
	case "commercial":
		return 40
	}
	return 50
}

// CheckUses says what is wrong with the use rows of a parcel: none at all, a
// share outside 0..1, shares that do not add up to 1 within 0.001, a term out of
// the law's bounds. nil when they are in order.
func CheckUses(uses []UseRow) *Reason {
	if len(uses) == 0 {
		return because("须填写用途明细", "the land uses must be given")
	}
	sum := 0.0
	for i, u := range uses {
		switch {
		case strings.TrimSpace(u.Code) == "":
			return because("第 %d 行用途没有代码", "use %d has no code", i+1)
		case !(u.Share > 0 && u.Share <= 1): // also refuses NaN
			return because("用途 %s 的占比须大于 0、不超过 1", "the share of use %s must be above 0 and up to 1", u.Code)
		case u.Years < 1 || u.Years > MaxYears(u.Code):
			return &Reason{
				Zh: fmt.Sprintf("用途 %s 的年限须为 1 至 %d 年", u.Code, MaxYears(u.Code)),
				En: fmt.Sprintf("the term of use %s must be 1 to %d years", u.Code, MaxYears(u.Code)),
			}
		}
		sum += u.Share
	}
	if math.Abs(sum-1) > 0.001 {
		return because("用途占比合计 %.3f，应为 1", "the shares of the uses add up to %.3f, not 1", sum)
	}
	return nil
}

func useRows() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "use_rows", Zh: "须有用途明细，占比合计为 1，年限不超过法定最高年限", En: "the land uses must be given, with shares that add up to 1 and terms within the law's",
		Fails: func(f ParcelFacts) *Reason { return CheckUses(f.Uses) },
	}
}

// bound is the guard that a planning limit is set and its ends are in order.
func bound(code, zh, en string, get func(ParcelFacts) Limit) Guard[ParcelFacts] {
	return must(code, "须设定"+zh, en+" must be set", func(f ParcelFacts) bool {
		l := get(f)
		return (l.Min != nil || l.Max != nil) && l.inOrder()
	})
}

// changedConditions are the guards of a parcel that is planned once more: it has its
// conditions, and what is changed of them has to be in order. Older parcels may lack some.
func changedConditions() []Guard[ParcelFacts] {
	ordered := func(code, zh, en string, get func(ParcelFacts) Limit) Guard[ParcelFacts] {
		return must(code, zh+"的下限不得大于上限", en+"'s lower limit must not be above the upper", func(f ParcelFacts) bool { return get(f).inOrder() })
	}
	return []Guard[ParcelFacts]{
		{
			Code: "use_terms", Zh: "用途占比合计为 1，年限不超过法定最高年限", En: "the shares of the land uses must add up to 1 and their terms keep within the law's",
			Fails: func(f ParcelFacts) *Reason {
				if len(f.Uses) == 0 {
					return nil
				}
				return CheckUses(f.Uses)
			},
		},
		ordered("far_order", "容积率", "the floor-area ratio", func(f ParcelFacts) Limit { return f.FAR }),
		ordered("density_order", "建筑密度", "the building density", func(f ParcelFacts) Limit { return f.Density }),
		ordered("green_order", "绿地率", "the green ratio", func(f ParcelFacts) Limit { return f.Green }),
		ordered("height_order", "限高", "the height limit", func(f ParcelFacts) Limit { return f.Height }),
	}
}

func finite(v *float64) bool { return v == nil || !math.IsNaN(*v) && !math.IsInf(*v, 0) }

type cleanPoint struct {
	ok     bool
	zh, en string
}

func (c CleanLand) points() []cleanPoint {
	return []cleanPoint{
		{c.Title, "权属", "title"},
		{c.Compensation, "补偿到位", "compensation"},
		{c.NoDispute, "无争议", "no dispute"},
		{c.Conditions, "规划条件", "planning conditions"},
		{c.Utilities, "基础设施", "utilities"},
	}
}
