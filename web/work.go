package web

import (
	"context"
	"maps"
	"net/http"
	"time"

	"tengdi/geo"
)

// Worker lists what is due from a person.
type Worker interface {
	Work(ctx context.Context, v geo.Viewer) (geo.Work, error)
}

// workAnswer is what waits for the caller, worst first.
type workAnswer struct {
	AsOf  time.Time  `json:"as_of"`
	Areas []workArea `json:"areas"`
	Items []workItem `json:"items"`

	Totals map[string]int       `json:"totals"` // by kind, also of what is not among the items
	Near   map[geo.Nearness]int `json:"near"`   // the same by how near the end is: overdue, today, week (7 days), later, undated
}

type workArea struct {
	Code         string    `json:"code"`
	Name         string    `json:"name"`
	Status       string    `json:"status"`
	Duty         string    `json:"duty"`
	Light        geo.Light `json:"light"`
	DaysLeft     *int      `json:"days_left"`
	ProblemsOpen int       `json:"problems_open"`
	SignedRate   *float64  `json:"signed_rate"`
	Cause        string    `json:"cause,omitempty"` // of a red light: overdue, behind or problem
}

type workItem struct {
	Kind       string    `json:"kind"`
	Collection string    `json:"collection"`
	Code       string    `json:"code"`
	Title      string    `json:"title"`
	Area       string    `json:"area"`
	Due        *string   `json:"due"`
	Light      geo.Light `json:"light"`
	DaysLeft   *int      `json:"days_left"`
	AmountWan  *float64  `json:"amount_wan,omitempty"` // to be paid
	Extended   int       `json:"extended,omitempty"`   // how often a problem's deadline was extended
	Cause      string    `json:"cause,omitempty"`      // of a red area, as of areas
}

func (s *Server) getWork(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewer(r.Context())
	if err != nil {
		return err
	}
	zone, err := s.district.zone(r.Context())
	if err != nil {
		return err
	}
	work, err := s.cfg.Store.Work(r.Context(), v)
	if err != nil {
		return err
	}
	var told []string
	for _, item := range work.Items {
		if item.Collection == households {
			told = append(told, item.Code)
		}
	}
	if err := s.note(r.Context(), v, readWork, distinct(told)...); err != nil {
		return err
	}
	a := workAnswer{AsOf: work.AsOf.In(zone), Areas: []workArea{}, Items: []workItem{}, Totals: map[string]int{}, Near: map[geo.Nearness]int{}}
	for _, area := range work.Areas {
		a.Areas = append(a.Areas, workArea(area))
	}
	maps.Copy(a.Totals, work.Totals)
	maps.Copy(a.Near, work.Near)
	for _, in := range work.Items {
		item := workItem{
			Kind: in.Kind, Collection: in.Collection, Code: in.Code, Title: in.Title,
			Area: in.Area, Due: day(in.Due, zone), Light: in.Light, Extended: in.Extended, Cause: in.Cause,
		}
		if item.Due != nil {
			item.DaysLeft = &in.DaysLeft
		}
		if in.Amount > 0 {
			wan := in.Amount.Wan()
			item.AmountWan = &wan
		}
		a.Items = append(a.Items, item)
	}
	return sendJSON(w, r, a)
}
