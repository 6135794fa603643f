package geo

import "time"

// Legal is what the survey found of a building (art. 24 of the 2011
// regulation: illegal and expired temporary buildings get no compensation).
type Legal string

// Findings on a building.
const (
	LegalUndetermined Legal = "undetermined"
	LegalTitle        Legal = "legal"
	LegalTemporary    Legal = "temporary"
	LegalExpired      Legal = "expired"
	LegalIllegal      Legal = "illegal"
)

// Findings lists the findings in words.
func Findings() []Option {
	return []Option{
		{string(LegalUndetermined), "未认定", "undetermined"},
		{string(LegalTitle), "合法", "legal"},
		{string(LegalTemporary), "临时，未超期", "temporary, not expired"},
		{string(LegalExpired), "临时，已超期", "temporary, expired"},
		{string(LegalIllegal), "违法", "illegal"},
	}
}

// Building stands in an area until it is demolished or kept by plan.
// Buildings and households are for staff only.
type Building struct {
	ID           int64
	Code         string
	Area         string // code of the area
	Status       string // of the building machine
	Legal        Legal
	Use          string // residence, shop, workshop, public
	Tenure       string // private, public, unit, collective
	Floors       int
	FloorM2      SquareMetres // gross floor area as surveyed
	Households   int          // how many were surveyed in it
	Method       string       // of demolition
	DemolishedOn time.Time
	Shape        Shape
	Measures     Measures
	SourceCRS    int
	Version      int
	CreatedAt    time.Time
	UpdatedAt    time.Time
}
