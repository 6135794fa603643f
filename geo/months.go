package geo

// MovesByMonth is how many moves of a collection's things fell into each month of
// the district's zone, at one revision: the bars over the time line.
type MovesByMonth struct {
	Revision int64
	Total    int
	Months   []MonthMoves // in order; months without a move are left out
}

// MonthMoves are the moves of a month, of every kind: also steps back.
type MonthMoves struct {
	Month string // as YYYY-MM
	N     int
	To    []Counted // by the state that was come into, in the order of the machine; "" = out of what is published
}
