package geo

import "time"

// Household is one household to be moved. The row carries a code and dates, no
// person: names come with the accounts that may see them. Stored in schema
// priv; no public path reads it.
type Household struct {
	ID         int64
	Code       string
	Area       string // code of the area
	Building   string // code of the building
	Status     string // of the household machine
	Persons    int
	SurveyedOn time.Time
	ValuedOn   time.Time
	SignedOn   time.Time
	PaidOn     time.Time // compensation first: not later than VacatedOn (art. 27)
	VacatedOn  time.Time
	Mode       string // money, swap
	Amount     Money  // compensation agreed
	Version    int
}

// HouseholdCounts are the figures of an area or the district. Each household
// is counted in every stage it has passed.
type HouseholdCounts struct {
	Surveyed, Signed, Vacated, Demolished int
}
