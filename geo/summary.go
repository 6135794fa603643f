package geo

import "time"

// Summary holds the district's figures at one revision. For the public the
// household figures are absent, and the rest counts published rows only.
type Summary struct {
	Audience Audience
	Revision int64
	AsOf     time.Time // database clock

	Areas         int
	AreasByStatus []StatusCount
	PlanM2        SquareMetres
	ClearedM2     SquareMetres // survey area of cleared land, else ellipsoidal
	Late          int          // areas past their deadline and not cleared; staff

	Households *HouseholdCounts // staff only; nil for the public

	Parcels         int
	ParcelsByStatus []StatusCount // with area
	Sold            int
	SoldM2          SquareMetres
	SoldMoney       Money
	StartMoney      Money // start prices of the sold parcels, for the premium

	Projects         int
	ProjectsOverYi   int // of at least 1 亿
	ProjectsByStatus []StatusCount
	ProjectMoney     Money

	ProblemsOpen, ProblemsOverdue, ProblemsClosed int // staff
}

// SummaryQuery asks for figures of some areas, or of a past day. An empty field
// chooses nothing; several narrow each other down. Areas are chosen by what they
// were on the day asked for, and everything that belongs to them counts.
type SummaryQuery struct {
	Area     string // code
	Board    string // name
	Street   string // code, 9 digits
	Leader   string // post
	Status   string // of the area machine
	UseClass string // of parcels; other figures do not ask for it
	At       Day    // figures at the end of the day; 0 = now
}

// OfAll says that no areas are chosen: what belongs to no area counts too.
func (q SummaryQuery) OfAll() bool {
	return q.Area == "" && q.Board == "" && q.Street == "" && q.Leader == "" && q.Status == ""
}

// StatusCount is how many things are in a state, and how much land they have.
type StatusCount struct {
	Code string
	N    int
	M2   SquareMetres
}

// PricePerMu is the money over the mu sold, in 万元 per mu; 0 when nothing is
// sold.
func (s Summary) PricePerMu() float64 {
	if s.SoldM2 == 0 {
		return 0
	}
	return s.SoldMoney.Wan() / s.SoldM2.Mu()
}
