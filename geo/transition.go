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
}
