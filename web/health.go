package web

import (
	"context"
	"net/http"
	"time"

	"tengdi/geo"
)

// Pinger says whether the database answers.
type Pinger interface {
	Ping(ctx context.Context) error
}

// feedPatience is how long the change feed may fail before callers are better
// sent elsewhere: longer than a restart of the database.
const feedPatience = 30 * time.Second

// livez says that the process runs, nothing more.
func (s *Server) livez(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("ok\n"))
	return nil
}

// readyz says whether callers should be sent here, and if not what is missing:
// draining, database, tiles-public, tiles-staff, and feed-public or feed-staff
// when a map has not followed the database for a while. Of a map that answers with
// some of its layers already, the others are named: tiles-staff/parcels.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	var missing []string
	if s.draining.Load() {
		missing = append(missing, "draining")
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := s.cfg.Store.Ping(ctx); err != nil {
		missing = append(missing, "database")
	}
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		missing = append(missing, unloaded(aud, s.cfg.Tilesets[aud])...)
		if failing := s.cfg.FeedFailing; failing != nil && failing(aud) > feedPatience {
			missing = append(missing, "feed-"+string(aud))
		}
	}
	if len(missing) > 0 {
		return &statusError{missing: missing, err: geo.Errorf(geo.Unavailable, "Not ready.", "尚未就绪。")}
	}
	return s.livez(w, r)
}

// unloaded is what a map lacks.
func unloaded(aud geo.Audience, set Tileset) []string {
	if set.Ready() {
		return nil
	}
	name := "tiles-" + string(aud)
	out := []string{name}
	if set.Revision() == 0 {
		return out
	}
	for _, layer := range set.Missing() {
		out = append(out, name+"/"+layer)
	}
	return out
}
