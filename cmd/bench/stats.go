package main

import (
	"slices"
	"time"
)

// median is the middle one; of none it is zero.
func median(d []time.Duration) time.Duration { return quantile(d, 0.5) }

// quantile is the value below which the share q lies.
func quantile(d []time.Duration, q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(d))
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
