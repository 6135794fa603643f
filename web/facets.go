package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tengdi/geo"
)

// FacetCounter counts items of collections as an audience sees them.
type FacetCounter interface {
	Facets(ctx context.Context, aud geo.Audience, q geo.FacetQuery) (geo.Facets, error)
}

// maxFacets is how many fields may be counted by at once.
const maxFacets = 12

// facetParams are the parameters of counts besides the filters.
func facetParams() []string { return []string{"bbox", "within", "by", "ids"} }

// facetsAnswer is the body of counts: how many items match, the sums of their
// fields, and by field how many items have each value among those that match every
// other condition. A value "" stands for having none.
type facetsAnswer struct {
	Collection string                    `json:"collection"`
	Revision   int64                     `json:"revision"`
	Matched    int                       `json:"matched"`
	Sums       map[string]float64        `json:"sums"`
	By         map[string][]valueCounted `json:"by"`
	IDs        []int64                   `json:"ids,omitempty"`
}

type valueCounted struct {
	Value string `json:"value"`
	N     int    `json:"n"`
}

// facetQuery reads the parameters of counts.
func facetQuery(aud geo.Audience, collection string, q url.Values) (geo.FacetQuery, error) {
	out := geo.FacetQuery{FeatureQuery: geo.FeatureQuery{Collection: collection}}
	var err error
	if out.Equal, err = filterParams(aud, collection, q, withLight(aud, collection, facetParams())); err != nil {
		return out, err
	}
	if out.Light, err = lightParam(aud, collection, q); err != nil {
		return out, err
	}
	if out.BBox, err = bboxParam(q); err != nil {
		return out, err
	}
	if out.Within, err = withinParam(q); err != nil {
		return out, err
	}
	if q.Has("ids") {
		if q.Get("ids") != "1" {
			return out, badField("ids", "invalid", "must be 1, or not be there", "只能为 1 或不填")
		}
		out.IDs = true
	}
	if !q.Has("by") {
		return out, nil
	}
	fields := fieldsFor(aud, collection)
	names := strings.Split(q.Get("by"), ",")
	for _, name := range names {
		known := slices.ContainsFunc(fields, func(f geo.Field) bool { return f.Name == name && f.Filter })
		if !known || len(names) > maxFacets {
			return out, badField("by", "unknown_field",
				"must be up to 12 filters of "+collection+", with commas between", "须为 "+collection+" 的筛选字段，以逗号分隔，最多 12 个")
		}
	}
	out.By = distinct(names)
	return out, nil
}

// getFacets answers how many items of a collection on the map match, for chips,
// totals and selections. Registers have none: a count of households by building
// would tell of each.
func (s *Server) getFacets(w http.ResponseWriter, r *http.Request) error {
	collection := r.PathValue("collection")
	v, err := s.reading(r.Context(), collection)
	if err != nil {
		return err
	}
	if !slices.Contains(geo.Collections(), collection) {
		return notHere()
	}
	q, err := facetQuery(v.Audience, collection, r.URL.Query())
	if err != nil {
		return err
	}
	found, err := s.cfg.Store.Facets(r.Context(), v.Audience, q)
	if err != nil {
		return err
	}
	a := facetsAnswer{
		Collection: collection, Revision: found.Revision, Matched: found.Matched,
		Sums: map[string]float64{}, By: map[string][]valueCounted{}, IDs: found.IDs,
	}
	for _, sum := range found.Sums {
		a.Sums[sum.Field] = rounded(sum.Sum, 4)
	}
	for name, counts := range found.By {
		a.By[name] = []valueCounted{}
		for _, c := range counts {
			a.By[name] = append(a.By[name], valueCounted{c.Value, c.N})
		}
	}
	return sendJSON(w, r, a)
}
