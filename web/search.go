package web

import (
	"context"
	"net/http"
	"strings"

	"tengdi/geo"
)

// Searcher finds things by code and name.
type Searcher interface {
	Search(ctx context.Context, aud geo.Audience, q string, limit int) ([]geo.Hit, error)
}

// Bounds of the search box.
const (
	maxSearch   = 64 // characters
	defaultHits = 10
	maxHits     = 50
)

// hitAnswer is a hit with its box: west, south, east, north in degrees.
type hitAnswer struct {
	geo.Hit
	BBox *[4]float64 `json:"bbox"`
}

type searchAnswer struct {
	Hits []hitAnswer `json:"hits"`
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	params := r.URL.Query()
	q := strings.TrimSpace(params.Get("q"))
	if !plainText(q, maxSearch) {
		return badField("q", "invalid", "must be 1 to 64 characters", "须为 1 至 64 个字符")
	}
	limit, err := intParam(params, "limit", defaultHits, 1, maxHits)
	if err != nil {
		return err
	}
	hits, err := s.cfg.Store.Search(r.Context(), callerOf(r.Context()).audience, q, limit)
	if err != nil {
		return err
	}
	a := searchAnswer{[]hitAnswer{}}
	for _, h := range hits {
		a.Hits = append(a.Hits, hitAnswer{h, boundArray(&h.BBox)})
	}
	return sendJSON(w, r, a)
}
