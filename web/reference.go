package web

import (
	"context"
	"net/http"

	"tengdi/geo"
)

// ReferenceReader reads the quiet base map.
type ReferenceReader interface {
	References(ctx context.Context) ([]geo.Reference, error)
}

// getReference answers the base map as GeoJSON: water, green, roads, rails and
// the outline. It is the same for everybody.
func (s *Server) getReference(w http.ResponseWriter, r *http.Request) error {
	refs, err := s.cfg.Store.References(r.Context())
	if err != nil {
		return err
	}
	b := []byte(`{"type":"FeatureCollection","features":[`)
	for i, ref := range refs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n{\"type\":\"Feature\",\"geometry\":"...)
		if b, err = appendGeometry(b, ref.Geometry); err != nil {
			return err
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
	b = append(b, "\n]}\n"...)
	return send(w, r, answer{geoJSONType, b, entityTag(geo.Public, b)})
}
