package geo

import "time"

// Work is what is due from one person, worst first.
type Work struct {
	AsOf  time.Time
	Areas []WorkArea // that the person, or its body, is assigned to
	Items []WorkItem // at most MaxWork, see CutWork

	Totals map[string]int   // how much there is of each kind, also of what is not among the items
	Near   map[Nearness]int // the same by how near the end is
}

// MaxWork is how many items are told one by one.
const MaxWork = 200

// WorkArea is an area that somebody answers for.
type WorkArea struct {
	Code, Name, Status string
	Duty               string // see Duties
	Light              Light
	DaysLeft           *int // to the deadline; nil = none
	ProblemsOpen       int
	SignedRate         *float64 // percent; nil = nothing surveyed
	Cause              string   // of a red light: overdue, behind, problem; "" otherwise
}

// WorkItem is one thing that waits for somebody.
type WorkItem struct {
	Kind       string // see WorkKinds
	Collection string
	Code       string
	Title      string
	Area       string
	Due        time.Time // zero = no deadline
	Light      Light
	DaysLeft   int    // negative = overdue; 0 also when there is no deadline
	Amount     Money  // to be paid; 0 = not known, or nothing to pay
	Extended   int    // how often a problem's deadline was extended
	Cause      string // why an area is red, as of a WorkArea; "" otherwise
}

// WorkKinds lists what may wait for somebody.
func WorkKinds() []Option {
	return []Option{
		{"problem", "办理问题", "problem to be solved"},
		{"assign", "交办问题", "problem to be assigned"},
		{"verify", "核验问题", "problem to be verified"},
		{"close_problem", "问题销号", "problem to be closed"},
		{"visit", "约定走访", "visit promised"},
		{"unvisited", "超过 7 天未走访", "not visited for over 7 days"},
		{"transition", "过渡期满", "transitional housing ends"},
		{"flat", "安置房交付", "flat to be delivered"},
		{"payment", "补偿支付", "compensation to be paid"},
		{"ticket", "诉求办理", "ticket"},
		{"inspection", "督查整改", "finding to be mended"},
		{"court", "司法时限", "court deadline"},
		{"area", "片区清零期限", "area's deadline"},
		{"display", "方案公示期满", "display of a plan is over"},
		{"accept", "净地待验收", "cleared land to be accepted"},
		{"close_household", "住户待办结", "household to be closed"},
		{"announce", "待公告宗地", "parcel to be announced"},
		{"listing", "挂牌截止", "listing ends"},
		{"contract", "签订出让合同", "contract to be signed"},
		{"price", "缴清价款", "price to be paid"},
		{"idle", "闲置土地", "idle land"},
		{"project", "项目待推进", "project to be moved on"},
	}
}
