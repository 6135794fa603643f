package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tengdi/geo"
)

// maxMoves is how many things one request may move.
const maxMoves = 500

// movesRequest is one move of many things. The data of a row goes over the data
// of all.
type movesRequest struct {
	moveRequest
	Items []moveRow `json:"items"`
}

type moveRow struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
	Data    values `json:"data"`
}

// transitions makes the list, or says which rows cannot be read.
func (in movesRequest) transitions(s *Server, r *http.Request, collection string) ([]geo.Transition, error) {
	common, err := in.read(s, r, collection)
	if err != nil {
		return nil, err
	}
	if len(in.Items) < 1 || len(in.Items) > maxMoves {
		return nil, badField("items", "out_of_range", "must have 1 to 500 rows", "须有 1 至 500 行")
	}
	wrong := &geo.Error{Kind: geo.Invalid, En: "Some rows cannot be read.", Zh: "有些行有误。"}
	seen := map[string]bool{}
	var out []geo.Transition
	for i, row := range in.Items {
		bad := func(field, code, en, zh string) {
			wrong.Fields = append(wrong.Fields, geo.FieldError{Field: "items[" + strconv.Itoa(i) + "]." + field, Row: i + 1, Code: code, En: en, Zh: zh})
		}
		switch {
		case !plainText(row.Code, maxCode):
			bad("code", "invalid", "must be a code of 1 to 64 characters", "须为 1 至 64 个字符的编号")
		case seen[row.Code]:
			bad("code", "repeated", "is in the list twice", "在列表中重复")
		case row.Version < 1 || row.Version > 1<<31-1:
			bad("version", "missing", "must be the version that you saw", "须为所见的版本")
		}
		seen[row.Code] = true
		t := common
		t.Code, t.Version, t.Data = row.Code, row.Version, map[string]string{}
		for _, given := range []values{in.Data, row.Data} {
			for k, v := range given {
				t.Data[k] = v
			}
		}
		out = append(out, t)
	}
	if len(wrong.Fields) > 0 {
		return nil, wrong
	}
	return out, nil
}

// rowAnswer is one move that was made.
type rowAnswer struct {
	Code  string        `json:"code"`
	Event writtenAnswer `json:"event"`
}

type rowsAnswer struct {
	Rows []rowAnswer `json:"rows"`
}

// postTransitions moves many things at once: all of them or none, with a row
// for each.
func (s *Server) postTransitions(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := s.reading(r.Context(), collection); err != nil {
			return err
		}
		var in movesRequest
		body, err := readBody(w, r, maxBatch, &in)
		if err != nil {
			return err
		}
		moves, err := in.transitions(s, r, collection)
		if err != nil {
			return err
		}
		actor, err := s.actor(r, body)
		if err != nil {
			return err
		}
		events, err := s.cfg.Store.TransitionAll(r.Context(), actor, moves)
		if err != nil {
			return refusedRows(err, moves, languageOf(r))
		}
		return s.sendRows(w, r, events)
	}
}

func (s *Server) sendRows(w http.ResponseWriter, r *http.Request, events []geo.Event) error {
	zone, err := s.district.zone(r.Context())
	if err != nil {
		zone = time.UTC // it is done: an answer with another zone is better than none
	}
	a := rowsAnswer{[]rowAnswer{}}
	for _, e := range events {
		a.Rows = append(a.Rows, rowAnswer{e.Code, writtenOf(e, zone)})
		if e.Replayed {
			w.Header().Set("Idempotency-Replayed", "true")
		}
	}
	out, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return sendStatus(w, http.StatusOK, out)
}

// refusedRows words the errors of the rows, in the order of the list.
func refusedRows(err error, moves []geo.Transition, lang language) error {
	var batch *geo.BatchError
	if !errors.As(err, &batch) {
		return err
	}
	out := &statusError{err: err}
	for i, m := range moves {
		one, ok := batch.Rows[i]
		if !ok {
			continue
		}
		p := problemOf(one, lang)
		out.rows = append(out.rows, rowProblem{m.Code, p.Status, p.Detail, p.Fields, p.Reasons, p.Allowed, p.Version})
	}
	return out
}
