package geo

import (
	"strconv"
	"time"
)

// Limit is a planning limit with its signs: 1.0 <= x <= 2.5, x < 30. A nil end
// does not bind.
type Limit struct {
	Min, Max         *float64
	MinOpen, MaxOpen bool // the end itself is not allowed
}

// String writes the limit with its signs, as a condition sheet prints it.
func (l Limit) String() string {
	num := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	sign := func(open bool) string {
		if open {
			return "<"
		}
		return "≤"
	}
	switch {
	case l.Min != nil && l.Max != nil:
		return num(*l.Min) + " " + sign(l.MinOpen) + " x " + sign(l.MaxOpen) + " " + num(*l.Max)
	case l.Min != nil && l.MinOpen:
		return "x > " + num(*l.Min)
	case l.Min != nil:
		return "x ≥ " + num(*l.Min)
	case l.Max != nil:
		return "x " + sign(l.MaxOpen) + " " + num(*l.Max)
	}
	return ""
}

// inOrder reports that the ends that there are are numbers, the lower one not above the upper.
func (l Limit) inOrder() bool {
	return finite(l.Min) && finite(l.Max) && (l.Min == nil || l.Max == nil || *l.Min <= *l.Max)
}

// UseRow is one use of a parcel (GB/T 21010-2017 or the 2023 land-use guide)
// with its share and its term. A parcel has one or more.
type UseRow struct {
	Code  string  `json:"code"`  // 070102, 0901, 110101 …
	Share float64 `json:"share"` // of the parcel's area, 0..1
	Years int     `json:"years"` // term: housing 70, commerce 40, other 50 at most
}

// CleanLand is the clean-land checklist (净地): all five before a parcel may
// be planned.
type CleanLand struct {
	Title, Compensation, NoDispute, Conditions, Utilities bool
}

// Complete says whether every point is ticked.
func (c CleanLand) Complete() bool {
	return c.Title && c.Compensation && c.NoDispute && c.Conditions && c.Utilities
}

// Parcel is land cut out to be transferred (宗地).
type Parcel struct {
	ID, PublicID int64
	Code         string // 宗地代码, 19 characters where one was given
	Name         string
	Area         string // code of the area it was freed in; "" = none
	Street       string
	Address      string // 坐落
	Status       string // of the parcel machine
	LandUse      string // main use code
	Uses         []UseRow
	FAR          Limit // 容积率
	Density      Limit // 建筑密度, percent
	Green        Limit // 绿地率, percent
	Height       Limit // 限高, metres
	Industry     string
	Clean        CleanLand
	Shape        Shape
	Measures     Measures
	SourceCRS    int
	Version      int
	CreatedAt    time.Time
	UpdatedAt    time.Time
}
