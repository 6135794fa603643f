package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"tengdi/geo"
)

// Mover makes the moves of the machines.
type Mover interface {
	Moves(ctx context.Context, actor geo.Actor, entity geo.MachineName, code string) (geo.MovesFrom, error)
	Transition(ctx context.Context, actor geo.Actor, t geo.Transition) (geo.Event, error)
	TransitionAll(ctx context.Context, actor geo.Actor, list []geo.Transition) ([]geo.Event, error)
}

// movesAnswer is what the caller could do with a thing now. outside says that the
// thing lies outside the caller's areas: nothing of it may be written.
type movesAnswer struct {
	Status  string       `json:"status"`
	Version int          `json:"version"`
	Outside bool         `json:"outside"`
	Moves   []moveAnswer `json:"moves"`
	Barred  []barred     `json:"barred"` // kinds of records that nobody can add as it stands
}

// barred is a kind of record that nobody can add now, with the reason.
type barred struct {
	Kind string `json:"kind"`
	geo.Reason
}

type moveAnswer struct {
	To       string        `json:"to"`
	Zh       string        `json:"zh"`
	En       string        `json:"en"`
	Back     bool          `json:"back"`
	Reasons  []geo.Reason  `json:"reasons"`
	Warnings []geo.Reason  `json:"warnings"`
	Inputs   []inputAnswer `json:"inputs"`
}

// inputAnswer is an input with what is known of it already, as text; "" is
// nothing.
type inputAnswer struct {
	geo.DataKey
	Value string `json:"value"`
}

func (s *Server) getMoves(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, code, err := s.openThing(r, collection, readMoves)
		if err != nil {
			return err
		}
		entity, _ := geo.EntityOf(collection)
		from, err := s.cfg.Store.Moves(r.Context(), geo.Actor{Login: v.Login, Role: v.Role, Source: s.sourceOf(r)}, entity, code)
		if err != nil {
			return err
		}
		a := movesAnswer{Status: from.Status, Version: from.Version, Outside: from.Outside, Moves: []moveAnswer{}, Barred: []barred{}}
		for _, b := range from.Barred {
			a.Barred = append(a.Barred, barred(b))
		}
		for _, m := range from.Moves {
			one := moveAnswer{To: m.To, Back: m.Back, Reasons: orEmpty(m.Reasons), Warnings: orEmpty(m.Warnings), Inputs: []inputAnswer{}}
			if st, ok := geo.StatusOf(entity, m.To); ok {
				one.Zh, one.En = st.Zh, st.En
			}
			for _, in := range m.Inputs {
				one.Inputs = append(one.Inputs, inputAnswer{in.DataKey, in.Value})
			}
			a.Moves = append(a.Moves, one)
		}
		body, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("write moves: %w", err)
		}
		return send(w, r, answer{jsonType, body, versionTag(from.Version, geo.Staff, body)})
	}
}

// orEmpty makes a nil list an empty one, so that it is [] in JSON.
func orEmpty[T any](of []T) []T {
	if of == nil {
		return []T{}
	}
	return of
}

// openThing checks that the caller may read the thing that the path names, and
// notes the reading of a household.
func (s *Server) openThing(r *http.Request, collection, what string) (geo.Viewer, string, error) {
	v, err := s.reading(r.Context(), collection)
	if err != nil {
		return v, "", err
	}
	code, err := pathCode(r)
	if err != nil {
		return v, "", err
	}
	return v, code, s.mayRead(r.Context(), v, collection, code, what)
}

// moveRequest is the body of a move. On is a day in the district's zone.
type moveRequest struct {
	To     string `json:"to"`
	On     string `json:"on"`
	Reason string `json:"reason"`
	Data   values `json:"data"`
}

// read checks what holds for every move and makes the transition of one thing.
func (in moveRequest) read(s *Server, r *http.Request, collection string) (geo.Transition, error) {
	entity, _ := geo.EntityOf(collection)
	t := geo.Transition{Entity: entity, To: in.To, Reason: in.Reason, Data: in.Data}
	if _, ok := geo.StatusOf(entity, in.To); !ok {
		return t, badField("to", "unknown", "is no state of "+collection+"; /api/statuses lists them", "不是 "+collection+" 的状态；见 /api/statuses")
	}
	if err := checkReason(in.Reason); err != nil {
		return t, err
	}
	var err error
	t.On, err = s.onDay(r, in.On)
	return t, err
}

func (s *Server) postTransition(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := s.reading(r.Context(), collection); err != nil {
			return err
		}
		code, err := pathCode(r)
		if err != nil {
			return err
		}
		version, err := ifMatch(r)
		if err != nil {
			return err
		}
		var in moveRequest
		body, err := readBody(w, r, maxJSON, &in)
		if err != nil {
			return err
		}
		t, err := in.read(s, r, collection)
		if err != nil {
			return err
		}
		t.Code, t.Version = code, version
		actor, err := s.actor(r, body)
		if err != nil {
			return err
		}
		event, err := s.cfg.Store.Transition(r.Context(), actor, t)
		if err != nil {
			return s.staleItem(r, collection, code, err)
		}
		return s.sendWritten(w, r, event, "")
	}
}

// staleItem adds to a refusal for an old version what the item is now. An item
// that cannot be read any more goes without.
func (s *Server) staleItem(r *http.Request, collection, code string, err error) error {
	if !errors.As(err, new(*geo.StaleError)) {
		return err
	}
	v, viewErr := s.reading(r.Context(), collection)
	if viewErr != nil || s.mayRead(r.Context(), v, collection, code, readFile) != nil {
		return err
	}
	f, readErr := s.cfg.Store.Feature(r.Context(), geo.Staff, collection, code)
	if readErr != nil {
		return err
	}
	body, writeErr := appendFeature(nil, f, fieldsFor(geo.Staff, collection))
	if writeErr != nil {
		return err
	}
	return &statusError{status: http.StatusPreconditionFailed, err: err, current: body, etag: versionTag(f.Version, geo.Staff, append(body, '\n'))}
}
