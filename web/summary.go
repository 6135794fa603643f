package web

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"tengdi/geo"
)

// Summarizer computes the district's figures.
type Summarizer interface {
	Summary(ctx context.Context, aud geo.Audience) (geo.Summary, error)
	SummaryAt(ctx context.Context, q geo.SummaryQuery) (geo.Summary, error)
}

// summaryAnswer is the body of /api/summary. mu have four decimals, which is
// seven hundredths of a square metre; money is in 万元, exact to the fen;
// premium is in percent.
type summaryAnswer struct {
	Audience   geo.Audience       `json:"audience"`
	Revision   int64              `json:"revision"`
	AsOf       time.Time          `json:"as_of"`
	Areas      areaFigures        `json:"areas"`
	Households *householdFigures  `json:"households,omitempty"`
	Parcels    parcelFigures      `json:"parcels"`
	Projects   projectFigures     `json:"projects"`
	Problems   *problemListCounts `json:"problems,omitempty"`
}

type areaFigures struct {
	Total     int         `json:"total"`
	ByStatus  []landCount `json:"by_status"`
	PlanMu    float64     `json:"plan_mu"`
	ClearedMu float64     `json:"cleared_mu"`
	Late      *int        `json:"late,omitempty"`
}

type landCount struct {
	Code string  `json:"code"`
	N    int     `json:"n"`
	Mu   float64 `json:"mu"`
}

type householdFigures struct {
	Surveyed   int `json:"surveyed"`
	Signed     int `json:"signed"`
	Moved      int `json:"moved"`
	Demolished int `json:"demolished"`
}

type parcelFigures struct {
	Total         int         `json:"total"`
	ByStatus      []landCount `json:"by_status"`
	Sold          int         `json:"sold"`
	SoldMu        float64     `json:"sold_mu"`
	SoldWan       float64     `json:"sold_wan"`
	PricePerMuWan float64     `json:"price_per_mu_wan"`
	Premium       float64     `json:"premium"`
}

type projectFigures struct {
	Total     int             `json:"total"`
	Over1Yi   int             `json:"over_1yi"`
	ByStatus  []projectsCount `json:"by_status"`
	AmountWan float64         `json:"amount_wan"`
}

type projectsCount struct {
	Code string `json:"code"`
	N    int    `json:"n"`
}

type problemListCounts struct {
	Open    int `json:"open"`
	Overdue int `json:"overdue"`
	Closed  int `json:"closed"`
}

// rounded takes the noise of binary fractions off a figure.
func rounded(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(v*scale) / scale
}

func landCounts(counts []geo.StatusCount) []landCount {
	out := []landCount{}
	for _, c := range counts {
		out = append(out, landCount{c.Code, c.N, rounded(c.M2.Mu(), 4)})
	}
	return out
}

// summaryOf turns the figures into the shape of the API. What is for staff is
// left out for everybody else, whatever the store counted.
func summaryOf(sum geo.Summary, aud geo.Audience) summaryAnswer {
	a := summaryAnswer{
		Audience: aud, Revision: sum.Revision, AsOf: sum.AsOf,
		Areas: areaFigures{
			Total: sum.Areas, ByStatus: landCounts(sum.AreasByStatus),
			PlanMu: rounded(sum.PlanM2.Mu(), 4), ClearedMu: rounded(sum.ClearedM2.Mu(), 4),
		},
		Parcels: parcelFigures{
			Total: sum.Parcels, ByStatus: landCounts(sum.ParcelsByStatus), Sold: sum.Sold,
			SoldMu: rounded(sum.SoldM2.Mu(), 4), SoldWan: sum.SoldMoney.Wan(),
			PricePerMuWan: rounded(sum.PricePerMu(), 4),
		},
		Projects: projectFigures{
			Total: sum.Projects, Over1Yi: sum.ProjectsOverYi, ByStatus: []projectsCount{},
			AmountWan: sum.ProjectMoney.Wan(),
		},
	}
	if sum.StartMoney > 0 {
		a.Parcels.Premium = rounded(float64(sum.SoldMoney-sum.StartMoney)/float64(sum.StartMoney)*100, 2)
	}
	for _, c := range sum.ProjectsByStatus {
		a.Projects.ByStatus = append(a.Projects.ByStatus, projectsCount{c.Code, c.N})
	}
	if aud != geo.Staff {
		return a
	}
	a.Areas.Late = &sum.Late
	if h := sum.Households; h != nil {
		a.Households = &householdFigures{h.Surveyed, h.Signed, h.Vacated, h.Demolished}
	}
	a.Problems = &problemListCounts{sum.ProblemsOpen, sum.ProblemsOverdue, sum.ProblemsClosed}
	return a
}

// summary reads the figures that are asked for: now and of the district, or, for
// staff, of some areas or of the end of a past day; who asks for those without a
// login is told to sign in.
func (s *Server) summary(r *http.Request) (geo.Summary, error) {
	aud, values := callerOf(r.Context()).audience, r.URL.Query()
	if !slices.ContainsFunc(summaryParams(), values.Has) {
		return s.cfg.Store.Summary(r.Context(), aud)
	}
	if aud != geo.Staff {
		return geo.Summary{}, geo.Errorf(geo.Unauthorized,
			"Figures of some areas or of a past day are for staff: please sign in.", "按片区、板块等或按日期的指标供工作人员查看，请先登录。")
	}
	q, err := summaryQuery(values)
	if err != nil {
		return geo.Summary{}, err
	}
	return s.cfg.Store.SummaryAt(r.Context(), q)
}

// getSummary answers the figures. Its ETag is weak: it covers all but the time
// of day.
func (s *Server) getSummary(w http.ResponseWriter, r *http.Request) error {
	aud := callerOf(r.Context()).audience
	sum, err := s.summary(r)
	if err != nil {
		return err
	}
	a := summaryOf(sum, aud)
	timeless := a
	timeless.AsOf = time.Time{}
	fixed, err := json.Marshal(timeless)
	if err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	return send(w, r, answer{jsonType, body, "W/" + entityTag(aud, fixed)})
}
