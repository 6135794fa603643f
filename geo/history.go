package geo

import (
	"fmt"
	"slices"
)

// HistoryLength is how many entries the history of a map feature has at most.
const HistoryLength = 12

// HistoryAbsent is the letter of a move after which a thing was not to be seen:
// it stepped back into a state that is not published.
const HistoryAbsent = '-'

// Passage is a move of a thing, or its creation: the state that it came into and
// the civil day on which it did. The empty state is that of a thing not to be
// seen.
type Passage struct {
	Day   Day
	State string
}

// History is how a map feature came to its state: one letter per move, oldest
// first ('a' is the first state of its machine, see HistoryLetter), and the days
// of those moves, which ascend. A feature carries it as `h` and `t0` to `t11`.
type History struct {
	Letters string
	Days    []Day
}

// HistoryLetter is the letter of a state in a History; false for a state that the
// machine does not have.
func HistoryLetter(m MachineName, state string) (byte, bool) {
	if state == "" {
		return HistoryAbsent, true
	}
	s, ok := StatusOf(m, state)
	return byte('a' + s.Order - 1), ok
}

// HistoryOf makes the history of a thing from its moves in the order in which
// they were recorded: those that ToldMoves leaves.
// The error names a state that the machine does not have.
func HistoryOf(m MachineName, moves []Passage) (History, error) {
	var room [HistoryLength]Passage
	kept := ToldMoves(append(room[:0], moves...))
	if len(kept) == 0 {
		return History{}, nil
	}
	h := History{Days: make([]Day, 0, len(kept))}
	letters := make([]byte, 0, HistoryLength)
	for _, p := range kept {
		letter, ok := HistoryLetter(m, p.State)
		if !ok {
			return History{}, fmt.Errorf("geo: a %s has no state %q", m, p.State)
		}
		letters = append(letters, letter)
		h.Days = append(h.Days, p.Day)
	}
	h.Letters = string(letters)
	return h, nil
}

// ToldMoves is the moves that a history tells of those that were recorded, in their
// order and in their memory. Of the moves of one day the last holds, and a move that
// a later one of an earlier day overtook never held. Of more than HistoryLength
// moves the oldest are merged into the first entry: it has the day of the first
// move and the state of the last one merged, so that a thing is there from its
// first day on, and each of the last eleven moves is told exactly.
func ToldMoves(moves []Passage) []Passage {
	kept := moves[:0]
	for _, p := range moves {
		for len(kept) > 0 && kept[len(kept)-1].Day >= p.Day {
			kept = kept[:len(kept)-1]
		}
		kept = append(kept, p)
	}
	if extra := len(kept) - HistoryLength; extra > 0 {
		first := kept[0].Day
		kept = kept[extra:]
		kept[0].Day = first
	}
	return kept
}

// On tells the state at the end of a day; false when the thing was not there yet
// or not to be seen.
func (h History) On(m MachineName, d Day) (state string, ok bool) {
	n, found := slices.BinarySearch(h.Days, d)
	if found {
		n++
	}
	if n == 0 || h.Letters[n-1] == HistoryAbsent {
		return "", false
	}
	return Statuses(m)[h.Letters[n-1]-'a'].Code, true
}

// HistoryFields are the fields that carry a History in a map layer: h, then the
// days t0 to t11.
func HistoryFields() []string {
	out := []string{"h"}
	for i := range HistoryLength {
		out = append(out, fmt.Sprintf("t%d", i))
	}
	return out
}
