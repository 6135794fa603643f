package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"tengdi/geo"
)

// writtenAnswer is the body of every write: the event that it made. On is a day
// and At a moment, both in the district's zone. A correction that changed
// nothing made no event: it has no id, and says so.
type writtenAnswer struct {
	ID       int64           `json:"id"`
	Revision int64           `json:"revision"`
	Verb     string          `json:"verb"`
	Entity   geo.MachineName `json:"entity"`
	Code     string          `json:"code"`
	From     string          `json:"from"`
	To       string          `json:"to"`
	On       *string         `json:"on"`
	At       *time.Time      `json:"at"`
	Actor    string          `json:"actor"`
	Reason   string          `json:"reason"`
	Data     map[string]any  `json:"data"`
	Version  int             `json:"version"`
	Warnings []geo.Reason    `json:"warnings,omitempty"`
	// Unchanged says that all was so already: no event was written and the
	// version is the one that was seen.
	Unchanged bool `json:"unchanged,omitempty"`
}

func writtenOf(e geo.Event, zone *time.Location) writtenAnswer {
	a := writtenAnswer{
		ID: e.ID, Revision: e.Revision, Verb: e.Verb, Entity: e.Entity, Code: e.Code, From: e.From, To: e.To,
		On: day(e.On, zone), Actor: e.Actor, Reason: e.Reason, Data: e.Data, Version: e.Version,
		Unchanged: e.Verb == "",
	}
	if !e.At.IsZero() {
		at := e.At.In(zone)
		a.At = &at
	}
	if a.Data == nil {
		a.Data = map[string]any{}
	}
	for _, guard := range textList(e.Data["warnings"]) {
		if w, ok := geo.WarningOf(e.Entity, e.From, e.To, guard); ok {
			a.Warnings = append(a.Warnings, w)
		}
	}
	return a
}

// textList reads a list of texts that was made here or came back from the
// database.
func textList(v any) []string {
	switch v := v.(type) {
	case []string:
		return v
	case []any:
		var out []string
		for _, one := range v {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// sendWritten answers a write with its event. The ETag is the version that the
// thing has now; location is where a new thing is, "" for none.
func (s *Server) sendWritten(w http.ResponseWriter, r *http.Request, e geo.Event, location string) error {
	zone, err := s.district.zone(r.Context())
	if err != nil {
		zone = time.UTC // it is done: an answer with another zone is better than none
	}
	body, err := json.Marshal(writtenOf(e, zone))
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if e.Version > 0 {
		w.Header().Set("ETag", bareVersionTag(e.Version))
	}
	if e.Replayed {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	status := http.StatusOK
	if location != "" {
		w.Header().Set("Location", location)
		status = http.StatusCreated
	}
	return sendStatus(w, status, body)
}

// sendStatus writes a JSON answer to a write: never kept, never 304.
func sendStatus(w http.ResponseWriter, status int, body []byte) error {
	h := w.Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Type", jsonType)
	w.WriteHeader(status)
	// The status is out: a failure from here on is the caller's connection.
	_, _ = w.Write(body)
	return nil
}
