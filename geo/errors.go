package geo

import (
	"errors"
	"fmt"
)

// Kind says what went wrong, in the few ways a caller can act on. The web
// floor maps kinds to HTTP statuses in one table.
type Kind uint8

// Kinds of error.
const (
	Internal     Kind = iota // ours to mend; the caller sees a request id only
	Invalid                  // the input is wrong: a field, a row, a shape
	NotFound                 // no such thing, or not for this audience
	Conflict                 // somebody was faster, or the thing exists already
	Refused                  // a rule forbids the move; see *RefusedError
	Forbidden                // signed in, but not allowed
	Unauthorized             // not signed in
	TooLarge                 // over a limit of size
	Unavailable              // try again: database down, draining, too busy
)

// Error is an error that a person can read in Chinese and English.
type Error struct {
	Kind   Kind
	Zh, En string
	Fields []FieldError // for Invalid: what is wrong where
	Err    error        // the cause, for the log only
}

// FieldError names one wrong input.
type FieldError struct {
	Field string `json:"field"`         // the name as the caller wrote it
	Row   int    `json:"row,omitempty"` // 1-based, for tables
	Code  string `json:"code"`          // a stable machine word
	Zh    string `json:"zh"`
	En    string `json:"en"`
}

func (e *Error) Error() string {
	s := e.En
	for _, f := range e.Fields {
		s += fmt.Sprintf("; %s: %s", f.Field, f.En)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error whose two texts take the same arguments.
func Errorf(kind Kind, en, zh string, args ...any) *Error {
	return &Error{Kind: kind, En: fmt.Sprintf(en, args...), Zh: fmt.Sprintf(zh, args...)}
}

// KindOf finds the kind of err; an unknown error is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var r *RefusedError
	if errors.As(err, &r) {
		return Refused
	}
	var stale *StaleError
	var batch *BatchError
	if errors.As(err, &stale) || errors.As(err, &batch) {
		return Conflict
	}
	return Internal
}

// Reason is one failed guard.
type Reason struct {
	Guard string `json:"guard"` // a stable machine word, as docs/states.md shows it
	Zh    string `json:"zh"`
	En    string `json:"en"`
}

// RefusedError says why a move was not made: every failed guard, and the moves
// that the machine has from here.
type RefusedError struct {
	Machine  MachineName
	From, To string
	Reasons  []Reason
	Allowed  []string
}

func (e *RefusedError) Error() string {
	s := fmt.Sprintf("%s: %s to %s refused", e.Machine, e.From, e.To)
	for _, r := range e.Reasons {
		s += "; " + r.En
	}
	return s
}

// StaleError says that somebody was faster: the thing has another version than
// the caller saw.
type StaleError struct {
	Entity  MachineName
	Code    string
	Seen    int // the version that the caller named
	Version int // the version that holds
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("%s %s: version %d was seen, %d holds", e.Entity, e.Code, e.Seen, e.Version)
}

// BatchError says why a list of moves was not made: an error for each row that
// has one, by its place in the list. Nothing was done.
type BatchError struct {
	Rows map[int]error
}

func (e *BatchError) Error() string { return fmt.Sprintf("%d rows were refused", len(e.Rows)) }
