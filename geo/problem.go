package geo

import "time"

// Problem is a line of the problem list (问题清单), closed by number
// (挂号销号): deadline, measure, responsible body, verified closing.
type Problem struct {
	ID         int64
	Code       string
	Area       string // code of the area
	Building   string // code of the building; "" = the whole area
	Kind       string // title, dispute, illegal, relocation, utilities, funding, enterprise
	Title      string
	Measure    string
	Department string // responsible body
	Leader     string
	Status     string // of the problem machine
	OpenedOn   time.Time
	Due        time.Time
	Extensions int // at most 2, by a leader
	ClosedOn   time.Time
	Version    int

	Escalations int // to a leader
}
