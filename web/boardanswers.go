package web

import (
	"time"

	"tengdi/geo"
)

// The bodies of the board's answers. Those with a name that ends in Answer are
// what is sent: a stamp and the rest. mu have four decimals, money is in 万元,
// rates are in percent and null of nothing.

type headlineAnswer struct {
	boardStamp
	headlineBody
}

type headlineBody struct {
	Now      summaryAnswer     `json:"now"`
	Before   summaryAnswer     `json:"before"` // a week earlier, of the same areas
	HandedMu float64           `json:"handed_mu"`
	Lights   map[geo.Light]int `json:"lights"` // areas by light; "" is none
}

func boardHeadlineOf(h geo.Headline) headlineBody {
	return headlineBody{
		Now: summaryOf(h.Now, geo.Staff), Before: summaryOf(h.Before, geo.Staff),
		HandedMu: rounded(h.Handed.Mu(), 4), Lights: h.Lights,
	}
}

type boardAreasAnswer struct {
	boardStamp
	boardAreasBody
}

type boardAreasBody struct {
	Areas []boardArea `json:"areas"` // worst first
}

type boardArea struct {
	Code           string           `json:"code"`
	Name           string           `json:"name"`
	Status         string           `json:"status"`
	Street         string           `json:"street"`
	Board          string           `json:"board"`
	Batch          string           `json:"batch"`
	Leader         string           `json:"leader"`
	Department     string           `json:"department"`
	DecidedOn      *string          `json:"decided_on"`
	Deadline       *string          `json:"deadline"`
	DaysLeft       *int             `json:"days_left"` // negative = overdue; null when nothing is left to clear
	Light          geo.Light        `json:"light"`
	Cause          boardCause       `json:"cause"`
	PlanMu         float64          `json:"plan_mu"`
	ClearedMu      float64          `json:"cleared_mu"`
	ClearedRate    *float64         `json:"cleared_rate"`
	Households     householdFigures `json:"households"`
	Rates          boardRates       `json:"rates"`
	Change         boardChange      `json:"change"` // since a week earlier
	Pace           boardPace        `json:"pace"`
	ProblemsOpen   int              `json:"problems_open"`
	ProblemsLate   int              `json:"problems_overdue"`
	ProblemsUrgent int              `json:"problems_red"`
	Sold           int              `json:"sold"`
	SoldMu         float64          `json:"sold_mu"`
	SoldWan        float64          `json:"sold_wan"`
}

// boardCause is why an area has its light: a word for programs and a sentence.
type boardCause struct {
	Word string `json:"word"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

type boardRates struct {
	Signed     *float64 `json:"signed"`
	Moved      *float64 `json:"moved"`
	Demolished *float64 `json:"demolished"`
}

type boardChange struct {
	Surveyed   int     `json:"surveyed"`
	Signed     int     `json:"signed"`
	Moved      int     `json:"moved"`
	Demolished int     `json:"demolished"`
	ClearedMu  float64 `json:"cleared_mu"`
}

type boardPace struct {
	PerDay    float64  `json:"per_day"`
	Needed    *float64 `json:"needed"`
	Remaining int      `json:"remaining"`
	Forecast  *string  `json:"forecast"`
	Short     bool     `json:"short"` // it does not reach what is needed
}

func householdsOf(h geo.HouseholdCounts) householdFigures {
	return householdFigures{h.Surveyed, h.Signed, h.Vacated, h.Demolished}
}

func ratesOf(h geo.HouseholdCounts) boardRates {
	return boardRates{share(geo.Rate(h.Signed, h.Surveyed)), share(geo.Rate(h.Vacated, h.Surveyed)), share(geo.Rate(h.Demolished, h.Surveyed))}
}

func share(rate *float64) *float64 {
	if rate != nil {
		*rate = geo.ShownRate(*rate, 2)
	}
	return rate
}

func changeOf(now, before geo.HouseholdCounts, cleared geo.SquareMetres) boardChange {
	return boardChange{now.Surveyed - before.Surveyed, now.Signed - before.Signed, now.Vacated - before.Vacated, now.Demolished - before.Demolished, rounded(cleared.Mu(), 4)}
}

func paceAnswer(p geo.Pace) boardPace {
	out := boardPace{PerDay: rounded(p.PerDay, 4), Remaining: p.Remaining, Short: p.Short}
	if p.Needed != nil {
		needed := rounded(*p.Needed, 4)
		out.Needed = &needed
	}
	if p.Forecast != nil {
		on := p.Forecast.String()
		out.Forecast = &on
	}
	return out
}

// civil writes a database date; nil for none.
func civil(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	on := geo.CivilDay(t).String()
	return &on
}

func boardAreasOf(a geo.BoardAreas) boardAreasBody {
	out := boardAreasBody{Areas: []boardArea{}}
	for _, r := range a.Rows {
		out.Areas = append(out.Areas, boardArea{
			Code: r.Code, Name: r.Name, Status: r.Status, Street: r.Street, Board: r.Board, Batch: r.Batch,
			Leader: r.Leader, Department: r.Department, DecidedOn: civil(r.DecidedOn), Deadline: civil(r.Deadline), DaysLeft: r.DaysLeft,
			Light: r.Light, Cause: boardCause(r.Cause),
			PlanMu: rounded(r.PlanM2.Mu(), 4), ClearedMu: rounded(r.ClearedM2.Mu(), 4), ClearedRate: share(geo.Rate(r.ClearedM2, r.PlanM2)),
			Households: householdsOf(r.Households), Rates: ratesOf(r.Households), Change: changeOf(r.Households, r.Before, r.ClearedM2-r.ClearedBefore),
			Pace: paceAnswer(r.Pace), ProblemsOpen: r.ProblemsOpen, ProblemsLate: r.ProblemsLate, ProblemsUrgent: r.ProblemsUrgent,
			Sold: r.Sold, SoldMu: rounded(r.SoldM2.Mu(), 4), SoldWan: r.SoldMoney.Wan(),
		})
	}
	return out
}

type boardGroupsAnswer struct {
	boardStamp
	boardGroupsBody
}

type boardGroupsBody struct {
	By     geo.Grouping `json:"by"`
	Groups []boardGroup `json:"groups"` // lowest signed rate first
}

type boardGroup struct {
	Key          string            `json:"key"` // "" = areas that name none
	Name         string            `json:"name"`
	Areas        int               `json:"areas"`
	Done         int               `json:"done"`
	Lights       map[geo.Light]int `json:"lights"`
	PlanMu       float64           `json:"plan_mu"`
	ClearedMu    float64           `json:"cleared_mu"`
	ClearedRate  *float64          `json:"cleared_rate"`
	Households   householdFigures  `json:"households"`
	Rates        boardRates        `json:"rates"`
	Change       boardChange       `json:"change"`
	PerDay       float64           `json:"per_day"`
	ProblemsOpen int               `json:"problems_open"`
	ProblemsLate int               `json:"problems_overdue"`
	Sold         int               `json:"sold"`
	SoldMu       float64           `json:"sold_mu"`
	SoldWan      float64           `json:"sold_wan"`
}

func boardGroupsOf(g geo.BoardGroups) boardGroupsBody {
	out := boardGroupsBody{By: g.By, Groups: []boardGroup{}}
	for _, r := range g.Rows {
		out.Groups = append(out.Groups, boardGroup{
			Key: r.Key, Name: r.Name, Areas: r.Areas, Done: r.Done, Lights: r.Lights,
			PlanMu: rounded(r.PlanM2.Mu(), 4), ClearedMu: rounded(r.ClearedM2.Mu(), 4), ClearedRate: share(geo.Rate(r.ClearedM2, r.PlanM2)),
			Households: householdsOf(r.Households), Rates: ratesOf(r.Households), Change: changeOf(r.Households, r.Before, r.ClearedM2-r.ClearedBefore),
			PerDay: rounded(float64(r.Recent)/geo.PaceDays, 4), ProblemsOpen: r.ProblemsOpen, ProblemsLate: r.ProblemsLate,
			Sold: r.Sold, SoldMu: rounded(r.SoldM2.Mu(), 4), SoldWan: r.SoldMoney.Wan(),
		})
	}
	return out
}
