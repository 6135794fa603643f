// Package measure has what benchmarks count with: quantiles of times, the CPU
// time of processes, and the description of the machine.
package measure

import (
	"slices"
	"time"
)

// Median is the middle one; of none it is zero.
func Median(d []time.Duration) time.Duration { return Quantile(d, 0.5) }

// Quantile is the value below which the share q lies.
func Quantile(d []time.Duration, q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(d))
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

// Millis is a time in milliseconds, to the microsecond.
func Millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
