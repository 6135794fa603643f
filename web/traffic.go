package web

import (
	"net/http"
	"sync/atomic"
)

// answered counts finished requests by the hundreds of their status; those that
// ended without a status are at 0.
type answered [6]atomic.Int64

// count adds a request that has ended.
func (a *answered) count(status int) {
	if status < 0 || status >= 100*len(a) {
		status = http.StatusInternalServerError
	}
	a[status/100].Add(1)
}

// Answered is how many requests have ended since the start, by the hundreds of
// their status: Answered()[2] went well. At 0 are those whose connection ended
// before an answer. A live stream counts when it ends.
func (s *Server) Answered() [6]int64 {
	var out [6]int64
	for i := range s.answered {
		out[i] = s.answered[i].Load()
	}
	return out
}
