package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"tengdi/geo"
)

// MoveCounter counts moves by month as an audience may know of them.
type MoveCounter interface {
	Revision(ctx context.Context, aud geo.Audience) (int64, error)
	MovesByMonth(ctx context.Context, aud geo.Audience, q geo.FeatureQuery) (geo.MovesByMonth, error)
}

// histogramAnswer is the body of a histogram: the moves of the items that match,
// by month. Months without a move are left out; the state "" stands for one that
// is not published.
type histogramAnswer struct {
	Collection string       `json:"collection"`
	Revision   int64        `json:"revision"`
	Total      int          `json:"total"`
	Months     []monthMoves `json:"months"`
}

type monthMoves struct {
	Month string         `json:"month"` // as YYYY-MM
	N     int            `json:"n"`
	To    []valueCounted `json:"to"` // by the state that was come into
}

func histogramOf(collection string, found geo.MovesByMonth) histogramAnswer {
	a := histogramAnswer{Collection: collection, Revision: found.Revision, Total: found.Total, Months: []monthMoves{}}
	for _, m := range found.Months {
		to := []valueCounted{}
		for _, c := range m.To {
			to = append(to, valueCounted{c.Value, c.N})
		}
		a.Months = append(a.Months, monthMoves{m.Month, m.N, to})
	}
	return a
}

// getHistogram answers how many moves fell into each month, for the bars over the
// time line; from memory where nothing has changed since it was computed.
func (s *Server) getHistogram(w http.ResponseWriter, r *http.Request) error {
	collection := r.PathValue("collection")
	v, err := s.reading(r.Context(), collection)
	if err != nil {
		return err
	}
	if !slices.Contains(geo.Collections(), collection) {
		return notHere()
	}
	q := geo.FeatureQuery{Collection: collection}
	if q.Equal, err = filterParams(v.Audience, collection, r.URL.Query(), nil); err != nil {
		return err
	}
	revision, err := s.cfg.Store.Revision(r.Context(), v.Audience)
	if err != nil {
		return err
	}
	asked := url.Values{}
	for name, value := range q.Equal {
		asked.Set(name, value)
	}
	key := fmt.Sprintf("months %s %d %s %s", v.Audience, revision, collection, asked.Encode())
	e, err := s.histograms.ask(r.Context(), key, geo.Stamp{Revision: revision}, func(ctx context.Context) (geo.Stamp, []byte, error) {
		found, err := s.cfg.Store.MovesByMonth(ctx, v.Audience, q)
		if err != nil {
			return geo.Stamp{}, nil, err
		}
		body, err := json.Marshal(histogramOf(collection, found))
		return geo.Stamp{Revision: found.Revision}, body, err
	})
	if err != nil {
		return err
	}
	return send(w, r, answer{jsonType, e.body, entityTag(v.Audience, e.body)})
}
