package web

import (
	"context"
	"net/http"
	"time"

	"tengdi/geo"
)

// HistoryReader reads what happened to a thing.
type HistoryReader interface {
	History(ctx context.Context, aud geo.Audience, collection, code string) ([]geo.Event, error)
	Rounds(ctx context.Context, aud geo.Audience, parcel string) ([]geo.Round, error)
}

// eventAnswer is one event. on is the day it happened, at the moment it was
// recorded, both in the district's zone; actor, reason and data are for staff. actor
// is a login, actor_name what its owner is called, where that is known.
type eventAnswer struct {
	Verb   string         `json:"verb"`
	From   string         `json:"from"`
	To     string         `json:"to"`
	On     *string        `json:"on"`
	At     time.Time      `json:"at"`
	Actor  string         `json:"actor,omitempty"`
	Name   string         `json:"actor_name,omitempty"`
	Reason string         `json:"reason,omitempty"`
	Data   map[string]any `json:"data,omitempty"`
}

type historyAnswer struct {
	Events []eventAnswer `json:"events"`
}

func (s *Server) getHistory(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, code, err := s.openThing(r, collection, readHistory)
		if err != nil {
			return err
		}
		aud := v.Audience
		zone, err := s.district.zone(r.Context())
		if err != nil {
			return err
		}
		events, err := s.cfg.Store.History(r.Context(), aud, collection, code)
		if err != nil {
			return err
		}
		named, err := peopleOf(r.Context(), s.cfg.Store, aud, events, func(e geo.Event) string { return e.Actor })
		if err != nil {
			return err
		}
		a := historyAnswer{[]eventAnswer{}}
		for _, e := range events {
			out := eventAnswer{Verb: e.Verb, From: e.From, To: e.To, On: day(e.On, zone), At: e.At.In(zone)}
			if aud == geo.Staff {
				out.Actor, out.Name, out.Reason, out.Data = e.Actor, named[e.Actor], e.Reason, e.Data
			}
			a.Events = append(a.Events, out)
		}
		return sendJSON(w, r, a)
	}
}

// roundAnswer is one auction round. Money is in 万元, premium in percent, dates
// are days in the district's zone; null is unknown or not yet.
type roundAnswer struct {
	No         int      `json:"no"`
	NoticeNo   string   `json:"notice_no"`
	Mode       string   `json:"mode"`
	StartWan   *float64 `json:"start_wan"`
	DepositWan *float64 `json:"deposit_wan"`
	StepWan    *float64 `json:"step_wan"`
	NoticeOn   *string  `json:"notice_on"`
	ListFrom   *string  `json:"list_from"`
	ListTo     *string  `json:"list_to"`
	DealWan    *float64 `json:"deal_wan"`
	Premium    *float64 `json:"premium"`
	SoldOn     *string  `json:"sold_on"`
	Buyer      string   `json:"buyer"`
	Outcome    string   `json:"outcome"`
	*staffRound
}

// staffRound is what only staff see of a round.
type staffRound struct {
	ReserveWan    *float64 `json:"reserve_wan"`
	ContractNo    string   `json:"contract_no"`
	SupervisionNo string   `json:"supervision_no"`
	ContractedOn  *string  `json:"contracted_on"`
	PaidOn        *string  `json:"paid_on"`
	HandedOverOn  *string  `json:"handed_over_on"`
	StartedOn     *string  `json:"started_on"`
	CompletedOn   *string  `json:"completed_on"`
}

type roundsAnswer struct {
	Rounds []roundAnswer `json:"rounds"`
}

func (s *Server) getRounds(w http.ResponseWriter, r *http.Request) error {
	aud := callerOf(r.Context()).audience
	code, err := pathCode(r)
	if err != nil {
		return err
	}
	zone, err := s.district.zone(r.Context())
	if err != nil {
		return err
	}
	rounds, err := s.cfg.Store.Rounds(r.Context(), aud, code)
	if err != nil {
		return err
	}
	a := roundsAnswer{[]roundAnswer{}}
	for _, round := range rounds {
		a.Rounds = append(a.Rounds, roundOf(round, aud, zone))
	}
	return sendJSON(w, r, a)
}

func roundOf(in geo.Round, aud geo.Audience, zone *time.Location) roundAnswer {
	out := roundAnswer{
		No: in.No, NoticeNo: in.NoticeNo, Mode: in.Mode,
		StartWan: wan(in.Start), DepositWan: wan(in.Deposit), StepWan: wan(in.Step),
		NoticeOn: day(in.NoticeOn, zone), ListFrom: day(in.ListFrom, zone), ListTo: day(in.ListTo, zone),
		DealWan: wan(in.Deal), SoldOn: day(in.SoldOn, zone), Buyer: in.Buyer, Outcome: in.Outcome,
	}
	if in.Deal != 0 && in.Start != 0 {
		percent := rounded(in.Premium()*100, 2)
		out.Premium = &percent
	}
	if aud == geo.Staff {
		out.staffRound = &staffRound{
			ReserveWan: wan(in.Reserve), ContractNo: in.ContractNo, SupervisionNo: in.SupervisionNo,
			ContractedOn: day(in.ContractedOn, zone), PaidOn: day(in.PaidOn, zone),
			HandedOverOn: day(in.HandedOverOn, zone), StartedOn: day(in.StartedOn, zone),
			CompletedOn: day(in.CompletedOn, zone),
		}
	}
	return out
}

// wan is an amount in 万元; nil for none.
func wan(m geo.Money) *float64 {
	if m == 0 {
		return nil
	}
	v := m.Wan()
	return &v
}

// day is a date as YYYY-MM-DD; nil for the zero time. A moment is read in the
// zone; midnight in UTC is how the database hands out a date, which has no zone.
func day(t time.Time, zone *time.Location) *string {
	if t.IsZero() {
		return nil
	}
	if u := t.UTC(); u.Equal(u.Truncate(24 * time.Hour)) {
		zone = time.UTC
	}
	v := t.In(zone).Format(time.DateOnly)
	return &v
}
