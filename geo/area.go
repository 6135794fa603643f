package geo

import "time"

// Area is a redevelopment area (棚改片区): the unit in which a district clears.
type Area struct {
	ID, PublicID int64 // PublicID is random: the id the public sees
	Code, Name   string
	Street       string // street code, 9 digits
	Board        string // investment board (板块), by name
	Batch        string // first, campaign, later
	Status       string // of the area machine
	Leader       string // post that answers for it, never a name (区领导07)
	Department   string // body contracted for it (包项目单位)
	PlanM2       SquareMetres
	MinRatio     float64 // share of households that must have signed, 0..1
	DecisionNo   string  // expropriation decision (征收决定)
	DecidedOn    time.Time
	SignFrom     time.Time
	SignTo       time.Time
	Deadline     time.Time // the day by which it should be cleared
	Shape        Shape
	Measures     Measures
	SourceCRS    int // EPSG code of the file the boundary came from; 0 = drawn here
	Version      int
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// ClearedLand is one polygon of freed land (腾地地块) with its acceptance date.
// The district's cleared mu are the sum of these up to a day.
type ClearedLand struct {
	ID, PublicID int64
	Code         string
	Area         string // code of the area
	ClearedOn    time.Time
	AcceptanceNo string
	Shape        Shape
	Measures     Measures
}
