package geo

import "time"

// Transition asks for one move of one thing.
type Transition struct {
	Entity MachineName
	Code   string
	To     string
	On     time.Time         // when it happened; zero = now by the database clock
	Reason string            // needed for a step back
	Data   map[string]string // what the target state needs: dates, numbers, amounts

	Version int // the version that the caller saw; 0 = whichever (command line, clocks)
}

// MaxMoves is how many moves one list may hold.
const MaxMoves = 500

// MovesFrom is what one caller could do with a thing now: the form behind a
// button, and why a button is not there.
type MovesFrom struct {
	Entity  MachineName
	Code    string
	Status  string
	Version int
	Outside bool // it lies outside the areas of a role with scope, which may write nothing of it
	Moves   []PossibleMove
	Barred  []BarredRecord // kinds of records that it takes none of as it stands
}

// PossibleMove is one arrow that the caller's role has. Reasons and Warnings are
// those of a move made today with nothing filled in, so what a form asks for
// counts as missing until it is given.
type PossibleMove struct {
	To       string
	Back     bool
	Reasons  []Reason
	Warnings []Reason
	Inputs   []FilledInput
}

// FilledInput is an input with what is known of it already, as ReadData takes
// it; "" = nothing.
type FilledInput struct {
	DataKey
	Value string
}
