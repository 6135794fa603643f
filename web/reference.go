package web

import (
	"context"
	"net/http"
	"time"

	"tengdi/geo"
)

// ReferenceReader reads the quiet base map.
type ReferenceReader interface {
	References(ctx context.Context) ([]geo.Reference, error)
}

// How long the base map is believed. It changes when a district is loaded.
const (
	referenceFresh = 30 * time.Second
	referenceStale = time.Hour
)

// referenceBody is the base map as it is sent.
type referenceBody struct {
	body []byte
	etag string
	list []geo.Reference // the same, for pages that the server draws
}

func newReferenceCache(store ReferenceReader, now func() time.Time) *kept[referenceBody] {
	return &kept[referenceBody]{now: now, fresh: referenceFresh, stale: referenceStale, ask: func(ctx context.Context) (referenceBody, error) {
		refs, err := store.References(ctx)
		if err != nil {
			return referenceBody{}, err
		}
		b, err := appendReferences(nil, refs)
		return referenceBody{b, entityTag(geo.Public, b), refs}, err
	}}
}

// getReference answers the base map as GeoJSON: water, green, roads, rails and
// the outline. It is the same for everybody, and kept in memory.
func (s *Server) getReference(w http.ResponseWriter, r *http.Request) error {
	ref, err := s.reference.get(r.Context())
	if err != nil {
		return err
	}
	return send(w, r, answer{geoJSONType, ref.body, ref.etag})
}

func appendReferences(b []byte, refs []geo.Reference) ([]byte, error) {
	b = append(b, `{"type":"FeatureCollection","features":[`...)
	for i, ref := range refs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n{\"type\":\"Feature\",\"geometry\":"...)
		var err error
		if b, err = appendGeometry(b, ref.Geometry); err != nil {
			return nil, err
		}
		b = append(b, `,"properties":{"kind":`...)
		b = appendText(b, ref.Kind)
		b = append(b, `,"class":`...)
		b = appendText(b, ref.Class)
		b = append(b, `,"name":`...)
		b = appendText(b, ref.Name)
		b = append(b, `,"name_en":`...)
		b = appendText(b, ref.NameEn)
		b = append(b, "}}"...)
	}
	return append(b, "\n]}\n"...), nil
}
