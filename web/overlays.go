package web

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"tengdi/geo"
)

const overlayEnd = ".geojson"

// overlaysAnswer lists the layers that can be laid over the map.
type overlaysAnswer struct {
	Overlays []overlayAnswer `json:"overlays"`
}

// overlayAnswer is a layer over the map. GeoJSON has features with a name and a
// name_en; in tiles, name and name_en are the attributes that tell them.
type overlayAnswer struct {
	Name          string       `json:"name"`
	Title         string       `json:"title"`
	TitleEn       string       `json:"title_en"`
	Kind          string       `json:"kind"`
	Colour        string       `json:"colour"`
	Attribution   string       `json:"attribution"`
	AttributionEn string       `json:"attribution_en"`
	Audience      geo.Audience `json:"audience"`
	Format        string       `json:"format"` // geojson or pmtiles
	URL           string       `json:"url"`
	Bytes         int64        `json:"bytes"`
	Bounds        [4]float64   `json:"bounds"` // west, south, east, north
	Features      int          `json:"features,omitempty"`
	MinZoom       int          `json:"minzoom,omitempty"` // of tiles
	MaxZoom       int          `json:"maxzoom,omitempty"`
	Layers        []string     `json:"layers,omitempty"` // of tiles
	NameField     string       `json:"name_field,omitempty"`
	NameEnField   string       `json:"name_en_field,omitempty"`
}

// overlay is a layer that was looked into.
type overlay struct {
	etag  string
	fault error // why it is not handed out
	about overlayAnswer
}

// seenBy says whether an audience may have the layer.
func (o overlay) seenBy(aud geo.Audience) bool {
	return o.fault == nil && (aud == geo.Staff || o.about.Audience == geo.Public)
}

// getOverlays lists the layers of the caller's audience: those of the folder, and
// the outlines of the boards where no file has their name.
func (s *Server) getOverlays(w http.ResponseWriter, r *http.Request) error {
	aud := callerOf(r.Context()).audience
	list, err := s.overlays.list(aud)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(o overlayAnswer) bool { return o.Name == boardOverlay }) {
		drawn, err := s.boardOutlines.get(r.Context())
		if err != nil {
			return err
		}
		if drawn.about.Features > 0 {
			list = append(list, drawn.about)
		}
	}
	slices.SortFunc(list, func(a, b overlayAnswer) int {
		return cmp.Or(slices.Index(overlayKinds(), a.Kind)-slices.Index(overlayKinds(), b.Kind), strings.Compare(a.Name, b.Name))
	})
	return sendJSON(w, r, overlaysAnswer{Overlays: list})
}

// getOverlay hands out a layer, or ranges of it. One of the staff is not there
// for others.
func (s *Server) getOverlay(w http.ResponseWriter, r *http.Request) error {
	file, aud := r.PathValue("name"), callerOf(r.Context()).audience
	if name, ok := strings.CutSuffix(file, archiveEnd); ok {
		f, o, err := s.overlays.openArchive(name, aud)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := extend(w, uploadTime, uploadTime); err != nil {
			return err
		}
		overlayHeaders(w, aud, archiveType, o.etag)
		http.ServeContent(w, r, "", time.Time{}, f)
		return nil
	}
	name, ok := strings.CutSuffix(file, overlayEnd)
	if !ok {
		return notHere()
	}
	body, o, err := s.overlays.layer(name, aud)
	if geo.KindOf(err) == geo.NotFound && name == boardOverlay && !s.overlays.has(boardOverlay, aud) {
		var drawn boardLayer
		if drawn, err = s.boardOutlines.get(r.Context()); err == nil && drawn.about.Features == 0 {
			err = notHere()
		}
		body, o = drawn.body, drawn.overlay
	}
	if err != nil {
		return err
	}
	if err := extend(w, uploadTime, uploadTime); err != nil {
		return err
	}
	if r.Header.Get("Range") == "" {
		return send(w, r, answer{geoJSONType, body, o.etag})
	}
	overlayHeaders(w, aud, geoJSONType, o.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

// overlayHeaders says what a layer is before http.ServeContent writes it: its type
// is never guessed from what is in it.
func overlayHeaders(w http.ResponseWriter, aud geo.Audience, kind, etag string) {
	h := w.Header()
	cachePolicy(h, aud)
	h.Set("Content-Type", kind)
	h.Set("ETag", etag)
}
