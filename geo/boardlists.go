package geo

import "time"

// BoardAreas are the areas of the board.
type BoardAreas struct {
	Stamp
	Rows []AreaRow // worst first
}

// BoardGroups are areas added up.
type BoardGroups struct {
	Stamp
	By   Grouping
	Rows []GroupRow
}

// SeriesPoint is how far the areas were at the end of a day.
type SeriesPoint struct {
	On         Day
	SinceStart *int            // days since the decision; nil unless one area is asked for and decided
	Ahead      bool            // the day has not come: only the plan is told
	Plan       float64         // households that should have signed by the plan
	Households HouseholdCounts // Surveyed is the scope, which may grow
	PlanM2     SquareMetres
	ClearedM2  SquareMetres
	HandedM2   SquareMetres // cleared land of areas that are handed over
	SoldM2     SquareMetres
}

// BoardSeries is the burn-up: a point every Step days back from the day asked
// for, which is the last that is not ahead.
type BoardSeries struct {
	Stamp
	Curve     PlanCurve
	Step      int
	DecidedOn time.Time // of the one area that is asked for; zero otherwise, or not decided
	Deadline  time.Time
	Pace      Pace
	Points    []SeriesPoint
}

// BoardProblem is a line of the problem list on the board.
type BoardProblem struct {
	Problem
	AreaName string
	DaysLate int   // negative = days left; 0 also when there is no deadline
	Light    Light // none of a closed one

	LastVerb, LastTo string // the last thing that happened to it: a verb of events, and the state it went to
	LastOn           time.Time
	LastRole         Role
}

// BoardProblems are the open problems, most days overdue first.
type BoardProblems struct {
	Stamp
	Rows []BoardProblem
}

// AuctionRow is what was sold of a family of uses in a quarter.
type AuctionRow struct {
	Year, Quarter int
	Use           string // see UseClasses
	Sold, Failed  int
	M2            SquareMetres
	Money, Start  Money
}

// BoardAuctions are results by quarter and use, in order of time. Parcels that
// count as sold but whose day of sale is not known have the year 0.
type BoardAuctions struct {
	Stamp
	Rows []AuctionRow
}

// StageRow is a stage of the investment pipeline.
type StageRow struct {
	Stage        string
	Projects     int
	OverYi       int // of at least 1 亿
	Money        Money
	Reached      int  // projects that have come this far, also those gone on or dropped
	MedianDays   *int // in the stage; nil = nothing in it, or not known since when
	Amber, Red   int  // without progress, see PipelineLight
	OutOfThePool int
}

// BoardPipeline is the funnel, in order of the machine.
type BoardPipeline struct {
	Stamp
	Stages []StageRow
}

// BoardReport is what a report tells: the day's figures and those so many days
// before.
type BoardReport struct {
	Stamp
	Days     int // of the period: 1 or 7
	Headline Headline
	Areas    []AreaRow
	Problems []BoardProblem
	Leaders  []GroupRow
	Streets  []GroupRow
}
