package web

import "tengdi/geo"

type boardSeriesAnswer struct {
	boardStamp
	boardSeriesBody
}

type boardSeriesBody struct {
	Plan      geo.PlanCurve `json:"plan"`
	StepDays  int           `json:"step_days"`
	DecidedOn *string       `json:"decided_on"` // of the one area that is asked for
	Deadline  *string       `json:"deadline"`
	Pace      boardPace     `json:"pace"`
	Points    []boardPoint  `json:"points"`
}

// boardPoint is the end of a day. Of a day that has not come the plan alone is
// told, and the rest is null.
type boardPoint struct {
	On         string            `json:"on"`
	SinceStart *int              `json:"since_decision"` // days, for areas laid over each other
	Plan       float64           `json:"plan"`
	Households *householdFigures `json:"households"`
	PlanMu     *float64          `json:"plan_mu"`
	ClearedMu  *float64          `json:"cleared_mu"`
	HandedMu   *float64          `json:"handed_mu"`
	SoldMu     *float64          `json:"sold_mu"`
}

func boardSeriesOf(d geo.BoardSeries) boardSeriesBody {
	out := boardSeriesBody{Plan: d.Curve, StepDays: d.Step, DecidedOn: civil(d.DecidedOn), Deadline: civil(d.Deadline), Pace: paceAnswer(d.Pace), Points: []boardPoint{}}
	mu := func(m2 geo.SquareMetres) *float64 {
		v := rounded(m2.Mu(), 4)
		return &v
	}
	for _, p := range d.Points {
		point := boardPoint{On: p.On.String(), SinceStart: p.SinceStart, Plan: rounded(p.Plan, 2)}
		if !p.Ahead {
			h := householdsOf(p.Households)
			point.Households, point.PlanMu, point.ClearedMu, point.HandedMu, point.SoldMu = &h, mu(p.PlanM2), mu(p.ClearedM2), mu(p.HandedM2), mu(p.SoldM2)
		}
		out.Points = append(out.Points, point)
	}
	return out
}

type boardProblemsAnswer struct {
	boardStamp
	boardProblemsBody
}

type boardProblemsBody struct {
	Problems []boardProblem `json:"problems"` // most days overdue first
}

type boardProblem struct {
	Code       string     `json:"code"`
	Area       string     `json:"area"`
	AreaName   string     `json:"area_name"`
	Kind       string     `json:"kind"`
	Title      string     `json:"title"`
	Measure    string     `json:"measure"`
	Department string     `json:"department"`
	Leader     string     `json:"leader"`
	Status     string     `json:"status"`
	OpenedOn   *string    `json:"opened_on"`
	Due        *string    `json:"due"`
	DaysLate   *int       `json:"days_overdue"` // negative = days left; null without a deadline
	Extensions int        `json:"extensions"`
	Light      geo.Light  `json:"light"`
	Last       *boardLast `json:"last"` // what last happened to it
}

type boardLast struct {
	Verb string   `json:"verb"`
	To   string   `json:"to"`
	On   *string  `json:"on"`
	Role geo.Role `json:"role"`
}

func boardProblemsOf(p geo.BoardProblems) boardProblemsBody {
	out := boardProblemsBody{Problems: []boardProblem{}}
	for _, r := range p.Rows {
		row := boardProblem{
			Code: r.Code, Area: r.Area, AreaName: r.AreaName, Kind: r.Kind, Title: r.Title, Measure: r.Measure, Department: r.Department, Leader: r.Leader,
			Status: r.Status, OpenedOn: civil(r.OpenedOn), Due: civil(r.Due), Extensions: r.Extensions, Light: r.Light,
		}
		if row.Due != nil {
			row.DaysLate = &r.DaysLate
		}
		if r.LastVerb != "" {
			row.Last = &boardLast{r.LastVerb, r.LastTo, civil(r.LastOn), r.LastRole}
		}
		out.Problems = append(out.Problems, row)
	}
	return out
}

type boardAuctionsAnswer struct {
	boardStamp
	boardAuctionsBody
}

type boardAuctionsBody struct {
	Rows []boardAuction `json:"rows"`
}

// boardAuction is a quarter and a family of uses; the year 0 has what was sold on
// a day that is not known.
type boardAuction struct {
	Year     int      `json:"year"`
	Quarter  int      `json:"quarter"`
	UseClass string   `json:"use_class"`
	Sold     int      `json:"sold"`
	Failed   int      `json:"failed"`
	Mu       float64  `json:"mu"`
	Wan      float64  `json:"wan"`
	StartWan float64  `json:"start_wan"`
	Premium  *float64 `json:"premium"`
}

func boardAuctionsOf(a geo.BoardAuctions) boardAuctionsBody {
	out := boardAuctionsBody{Rows: []boardAuction{}}
	for _, r := range a.Rows {
		row := boardAuction{Year: r.Year, Quarter: r.Quarter, UseClass: r.Use, Sold: r.Sold, Failed: r.Failed, Mu: rounded(r.M2.Mu(), 4), Wan: r.Money.Wan(), StartWan: r.Start.Wan()}
		if r.Start > 0 {
			premium := rounded(float64(r.Money-r.Start)/float64(r.Start)*100, 2)
			row.Premium = &premium
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

type boardPipelineAnswer struct {
	boardStamp
	boardPipelineBody
}

type boardPipelineBody struct {
	Stages []boardStage `json:"stages"`
}

type boardStage struct {
	Stage      string   `json:"stage"`
	Projects   int      `json:"projects"`
	Over1Yi    int      `json:"over_1yi"`
	AmountWan  float64  `json:"amount_wan"`
	Reached    int      `json:"reached"`
	Conversion *float64 `json:"conversion"` // percent of those that reached the stage before
	MedianDays *int     `json:"median_days"`
	Amber      int      `json:"amber"`
	Red        int      `json:"red"`
	Out        int      `json:"out"` // of the red ones, those that leave the pool
}

func boardPipelineOf(p geo.BoardPipeline) boardPipelineBody {
	out := boardPipelineBody{Stages: []boardStage{}}
	before := 0
	for _, s := range p.Stages {
		row := boardStage{Stage: s.Stage, Projects: s.Projects, Over1Yi: s.OverYi, AmountWan: s.Money.Wan(), Reached: s.Reached, MedianDays: s.MedianDays, Amber: s.Amber, Red: s.Red, Out: s.OutOfThePool}
		if s.Stage != "dead" {
			row.Conversion = share(geo.Rate(s.Reached, before))
			before = s.Reached
		}
		out.Stages = append(out.Stages, row)
	}
	return out
}
