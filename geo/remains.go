package geo

import "time"

// Remains is what is still to be done in an area before it is cleared, at one
// revision. It is for staff.
type Remains struct {
	Area     string // code
	Name     string
	Revision int64
	AsOf     time.Time // database clock

	PlanM2    SquareMetres
	ClearedM2 SquareMetres

	// Of the cleared land, as measured, what lies in no parcel that is planned or
	// further; the parcels that wait in the reserve are listed, at most MaxRemaining.
	UnplannedM2 SquareMetres
	Reserved    []ReservedParcel

	Standing   int          // buildings that are neither gone nor kept by plan
	StandingM2 SquareMetres // their floors
	Illegal    int          // of them, found illegal, or temporary and past their term
	IllegalM2  SquareMetres

	Households         int // surveyed
	UnsignedHouseholds int // of them, without an agreement
	UnsignedBuildings  int // buildings with such a household
	UnvacatedSigned    int // signed, and still there

	ProblemsOpen, ProblemsOverdue int

	Buildings []RemainingBuilding // those standing, unsigned households first; at most MaxRemaining
	Problems  []RemainingProblem  // those open, the longest overdue first; at most MaxRemaining
}

// MaxRemaining is how many buildings and problems Remains lists at most; its
// counts are of all.
const MaxRemaining = 500

// ReservedParcel is a parcel of cleared land whose use is not planned yet.
type ReservedParcel struct {
	Code string
	Size SquareMetres // official
}

// RemainingBuilding is a building that still stands.
type RemainingBuilding struct {
	Code    string
	FID     int64 // staff tile feature id
	Status  string
	Legal   Legal
	FloorM2 SquareMetres
	// Unsigned is how many of its households have no agreement: for who may read
	// households of the area alone.
	Unsigned int
}

// RemainingProblem is a problem that is open.
type RemainingProblem struct {
	Code, Title, Kind, Status, Department string
	Due                                   *time.Time
	OverdueDays                           int // 0 = not overdue
}
