package main

import (
	"math"
	"sync/atomic"
	"time"
)

// longest is where counting ends: what takes longer counts as this long.
const longest = 10 * time.Second

// durations counts times in steps of a tenth of a millisecond. It is safe for
// concurrent use.
type durations struct {
	n [longest / (100 * time.Microsecond)]atomic.Int64
}

func (d *durations) add(t time.Duration) {
	t = min(max(t, 0), longest-1)
	d.n[t/(100*time.Microsecond)].Add(1)
}

// merge adds what another has counted.
func (d *durations) merge(other *durations) {
	for i := range d.n {
		d.n[i].Add(other.n[i].Load())
	}
}

func (d *durations) count() (n int64) {
	for i := range d.n {
		n += d.n[i].Load()
	}
	return n
}

// quantile is the value that the share q does not exceed, in milliseconds.
func (d *durations) quantile(q float64) float64 {
	want := int64(math.Ceil(q * float64(d.count())))
	var seen int64
	for i := range d.n {
		if seen += d.n[i].Load(); seen >= want {
			return float64(i+1) / 10
		}
	}
	return float64(longest.Milliseconds())
}
