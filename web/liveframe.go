package web

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"tengdi/geo"
)

// changeAnswer is the data of "event: change".
type changeAnswer struct {
	Revision int64          `json:"revision"`
	Changes  []changedThing `json:"changes"`
	Tiles    []string       `json:"tiles"`         // z/x/y
	All      bool           `json:"all,omitempty"` // any tile may have changed; tiles is empty
}

type changedThing struct {
	Layer  string `json:"layer"`
	ID     int64  `json:"id"` // the tile feature id of the audience
	Status string `json:"status"`
	Gone   bool   `json:"gone"`
	// How it came to its state: a letter per move (see geo.History) and the day
	// numbers of the moves. Absent from layers without states.
	H string `json:"h,omitempty"`
	T []int  `json:"t,omitempty"`
}

func changed(c geo.Change) changedThing {
	out := changedThing{Layer: c.Layer, ID: c.ID, Status: c.Status, Gone: c.Gone, H: c.History.Letters}
	for _, day := range c.History.Days {
		out.T = append(out.T, int(day))
	}
	return out
}

// frameOf writes one server-sent event. data has no line breaks.
func frameOf(event string, revision int64, data []byte) []byte {
	return fmt.Appendf(nil, "id: %d\nevent: %s\ndata: %s\n\n", revision, event, data)
}

func revisionFrame(event string, revision int64) []byte {
	return frameOf(event, revision, fmt.Appendf(nil, `{"revision":%d}`, revision))
}

// frameWithoutID leaves the reader's last id as it is.
func frameWithoutID(event string, revision int64) []byte {
	return fmt.Appendf(nil, "event: %s\ndata: {\"revision\":%d}\n\n", event, revision)
}

// changeFrame writes a change; one too large to send to every map becomes a
// reload.
func changeFrame(revision int64, changes []geo.Change, tiles []string, all bool) []byte {
	a := changeAnswer{Revision: revision, Changes: []changedThing{}, Tiles: []string{}, All: all}
	for _, c := range changes {
		if c.Layer == "*" {
			return revisionFrame("reload", revision)
		}
		a.Changes = append(a.Changes, changed(c))
	}
	if !all {
		a.Tiles = append(a.Tiles, tiles...)
	}
	data, err := json.Marshal(a)
	if err != nil || len(data) > maxFrame || (all && len(changes) == 0) {
		return revisionFrame("reload", revision)
	}
	return frameOf("change", revision, data)
}

// retryFrame tells the browser how long to wait before it comes back, spread so
// that not everybody comes at once.
func retryFrame(least, spread time.Duration) []byte {
	wait := least + rand.N(spread)
	return fmt.Appendf(nil, "retry: %d\n\n", wait.Milliseconds())
}
