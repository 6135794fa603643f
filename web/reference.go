package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tengdi/geo"
	"tengdi/tiles"
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

// referenceBody is the base map as it is sent, in every coding.
type referenceBody struct {
	packed tiles.Tile
	list   []geo.Reference // the same, for pages that the server draws
}

func newReferenceCache(store ReferenceReader, now func() time.Time) *kept[referenceBody] {
	var last tiles.Tile // one caller at a time asks
	return &kept[referenceBody]{now: now, fresh: referenceFresh, stale: referenceStale, ask: func(ctx context.Context) (referenceBody, error) {
		refs, err := store.References(ctx)
		if err != nil {
			return referenceBody{}, err
		}
		b, err := appendReferences(nil, refs)
		if err != nil {
			return referenceBody{}, err
		}
		// It is asked for again and again and hardly ever changes: compressing it once is enough.
		etag := entityTag(geo.Public, b)
		if last.ETag == etag {
			return referenceBody{last, refs}, nil
		}
		t := tiles.Tile{Raw: b, ETag: etag}
		if len(b) >= compressFrom {
			if t, err = tiles.Packed(b, etag); err != nil {
				return referenceBody{}, fmt.Errorf("pack the base map: %w", err)
			}
		}
		last = t
		return referenceBody{t, refs}, nil
	}}
}

// getReference answers the base map as GeoJSON: water, green, roads, rails and
// the outline. It is the same for everybody, and kept in memory.
func (s *Server) getReference(w http.ResponseWriter, r *http.Request) error {
	ref, err := s.reference.get(r.Context())
	if err != nil {
		return err
	}
	return sendPacked(w, r, geoJSONType, ref.packed)
}

// sendPacked writes a body in the coding that the caller likes best: 304 when the
// caller has it already, in whichever coding.
func sendPacked(w http.ResponseWriter, r *http.Request, contentType string, t tiles.Tile) error {
	h := w.Header()
	cachePolicy(h, callerOf(r.Context()).audience)
	h.Add("Vary", "Accept-Encoding")
	if held, ok := heldTag(r.Header.Get("If-None-Match"), t.ETag); ok {
		return notModified(w, held)
	}
	body, etag, coding, ok := chooseCodings(r.Header.Get("Accept-Encoding")).form(t)
	if !ok {
		return notAcceptable()
	}
	if coding != tiles.Identity {
		h["Content-Encoding"] = codingNames[coding]
	}
	h.Set("ETag", etag)
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the status is out: a failure from here on is the caller's connection
	}
	return nil
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
