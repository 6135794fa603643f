package geo

import "time"

// AuditQuery asks for a page of the log, newest first. Zero fields do not bind.
type AuditQuery struct {
	Entity   MachineName
	Code     string
	Actor    string // login, or what its owner is called
	Verb     string
	From, To Day   // days of recording, both included
	Before   int64 // events with a smaller number; 0 = from the newest
	Limit    int   // 1..MaxPage; 0 = DefaultPage
}

// AuditPage is a page of the log.
type AuditPage struct {
	Events []Event
	More   bool
}

// Access is the first reading of a household on a day by an account in one way.
type Access struct {
	At    time.Time
	Login string
	Role  Role
	Code  string // of the household
	What  string // file, history, moves, records, files, paper, list, work, audit
}

// ChainHead is the end of the event log: whoever holds an earlier one can prove
// that nothing up to it was changed or cut off, and that no reading of a
// household's file was taken out since. Readings are not chained: it does not show
// whether one was altered.
type ChainHead struct {
	Revision int64     `json:"revision"`
	EventID  int64     `json:"event_id"`
	Hash     string    `json:"hash"` // hex, SHA-256
	At       time.Time `json:"at"`

	Accesses   int64 `json:"accesses"`    // readings of households' files, kept beside the log
	LastAccess int64 `json:"last_access"` // number of the last one
}

// Finding is one thing that does not agree with another.
type Finding struct {
	Check  string `json:"check"` // chain, head, state, rows, projection, feed, figures, records, rounds, article27, files
	Zh     string `json:"zh"`
	En     string `json:"en"`
	Event  int64  `json:"event,omitempty"` // first event that does not fit
	Entity string `json:"entity,omitempty"`
	Code   string `json:"code,omitempty"`
}

// Verdict is the outcome of verifying a district.
type Verdict struct {
	Head     ChainHead
	Events   int64
	Rows     int64 // rows compared
	Findings []Finding
}

// Sound says that nothing disagrees.
func (v Verdict) Sound() bool { return len(v.Findings) == 0 }
