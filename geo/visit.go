package geo

import "time"

// Visit is one call of a cadre on a household (入户走访). Staff only.
type Visit struct {
	Household string // code
	On        time.Time
	By        string // post, never a name
	Topic     string
	Outcome   string
	NextOn    time.Time
}
