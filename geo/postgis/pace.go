package postgis

import "time"

// The pace of a feed. A lone change is told at once; where they keep coming, so
// many are told together that no reader hears more than ten messages a second,
// each at most a tenth of a second after its commit.
const (
	paceEvery = 100 * time.Millisecond // between looks while changes keep coming
	paceAhead = 3                      // looks that may come early after a quiet time
)

// pace spaces the looks of a feed; the zero value begins after a quiet time.
type pace struct {
	next time.Time // when the next look is due if all had been paceEvery apart
}

// hold says how long to wait before the look that is asked for now.
func (p *pace) hold(now time.Time) time.Duration {
	if p.next.Before(now) {
		p.next = now
	}
	wait := max(0, p.next.Add(-paceAhead*paceEvery).Sub(now))
	p.next = p.next.Add(paceEvery)
	return wait
}
