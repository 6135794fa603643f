package geo

import (
	"cmp"
	"slices"
	"time"
)

// Stamp says at which revision and when figures hold.
type Stamp struct {
	Revision int64     // of the staff's data
	AsOf     time.Time // by the database clock, in the district's zone; of a past day its last second
	Day      Day       // whose end the figures are of
	Past     bool      // the day is over
}

// Headline is the top of the board: the figures of a day and those a week before it, of
// the same areas.
type Headline struct {
	Stamp
	Now, Before Summary
	Handed      SquareMetres // cleared land of areas that are handed over
	Lights      map[Light]int
}

// AreaRow is one area on the board.
type AreaRow struct {
	ID                         int64
	Code, Name, Status         string
	Street, Board, Batch       string
	Leader, Department         string
	DecidedOn, Deadline        time.Time // zero = none
	PlanM2, ClearedM2          SquareMetres
	Households, Before         HouseholdCounts // Before: a week earlier
	ClearedBefore              SquareMetres
	Recent                     int // households signed in the last PaceDays
	Pace                       Pace
	ProblemsOpen, ProblemsLate int
	Sold                       int
	SoldM2                     SquareMetres
	SoldMoney                  Money
	Light                      Light
	Cause                      Cause
	DaysLeft                   *int // to the deadline; nil = none, or nothing left to do
	ProblemsUrgent             int  // open with a red light
}

// Rate is a part of a whole in percent; nil of nothing.
func Rate[N int | SquareMetres](part, whole N) *float64 {
	if whole <= 0 {
		return nil
	}
	rate := 100 * float64(part) / float64(whole)
	return &rate
}

// WorstFirst orders areas as a meeting takes them: by light, then by what is
// left of the plan's time, then by code.
func WorstFirst(rows []AreaRow) {
	rank := func(l Light) int { return slices.Index([]Light{Red, Amber, Green, NoLight}, l) }
	left := func(r AreaRow) int {
		if r.DaysLeft == nil {
			return int(farthest)
		}
		return *r.DaysLeft
	}
	slices.SortStableFunc(rows, func(a, b AreaRow) int {
		return cmp.Or(cmp.Compare(rank(a.Light), rank(b.Light)), cmp.Compare(left(a), left(b)), cmp.Compare(a.Code, b.Code))
	})
}

// GroupRow is several areas taken together: those of a leader, a street or a
// board. It names no household and no person but the post that its areas name.
type GroupRow struct {
	Key            string // the post, the street's code or the board's name; "" = of none
	Name           string // of a street, where it is known; else the key
	Areas          int
	Done           int // areas whose land is cleared; cancelled ones are not
	Lights         map[Light]int
	PlanM2         SquareMetres
	ClearedM2      SquareMetres
	Households     HouseholdCounts
	Before         HouseholdCounts
	Recent         int
	ProblemsOpen   int
	ProblemsLate   int
	Sold           int
	SoldM2         SquareMetres
	SoldMoney      Money
	ClearedBefore  SquareMetres
	ProblemsUrgent int
}

// Grouping is by what areas are compared.
type Grouping string

// Groupings.
const (
	ByLeader Grouping = "leader"
	ByStreet Grouping = "street"
	ByBoard  Grouping = "board"
)

// Groupings lists them.
func Groupings() []Grouping { return []Grouping{ByLeader, ByStreet, ByBoard} }

// GroupAreas adds areas up, in order of the signed rate, lowest first: who is
// behind is read first. Groups with nothing surveyed come last.
func GroupAreas(rows []AreaRow, by Grouping) []GroupRow {
	found := map[string]*GroupRow{}
	for _, r := range rows {
		key := map[Grouping]string{ByLeader: r.Leader, ByStreet: r.Street, ByBoard: r.Board}[by]
		g := found[key]
		if g == nil {
			g = &GroupRow{Key: key, Name: key, Lights: map[Light]int{}}
			found[key] = g
		}
		g.add(r)
	}
	out := make([]GroupRow, 0, len(found))
	for _, g := range found {
		out = append(out, *g)
	}
	rate := func(g GroupRow) float64 {
		if r := Rate(g.Households.Signed, g.Households.Surveyed); r != nil {
			return *r
		}
		return 101
	}
	slices.SortFunc(out, func(a, b GroupRow) int { return cmp.Or(cmp.Compare(rate(a), rate(b)), cmp.Compare(a.Key, b.Key)) })
	return out
}

func (g *GroupRow) add(r AreaRow) {
	g.Areas++
	if AreaCleared(r.Status) {
		g.Done++
	}
	g.Lights[r.Light]++
	g.PlanM2 += r.PlanM2
	g.ClearedM2 += r.ClearedM2
	g.ClearedBefore += r.ClearedBefore
	g.Households = g.Households.Plus(r.Households)
	g.Before = g.Before.Plus(r.Before)
	g.Recent += r.Recent
	g.ProblemsOpen += r.ProblemsOpen
	g.ProblemsLate += r.ProblemsLate
	g.ProblemsUrgent += r.ProblemsUrgent
	g.Sold += r.Sold
	g.SoldM2 += r.SoldM2
	g.SoldMoney += r.SoldMoney
}

// Plus adds counts up.
func (h HouseholdCounts) Plus(o HouseholdCounts) HouseholdCounts {
	return HouseholdCounts{h.Surveyed + o.Surveyed, h.Signed + o.Signed, h.Vacated + o.Vacated, h.Demolished + o.Demolished}
}
