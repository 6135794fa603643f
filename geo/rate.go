package geo

import "math"

// ShownRate rounds a rate in percent to so many decimals for a reader. What is not
// complete is never told as 100, and what has begun never as 0: such a rate is told
// as the nearest one before that.
func ShownRate(rate float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	shown := math.Round(rate*scale) / scale
	switch {
	case rate < 100 && shown >= 100:
		return (100*scale - 1) / scale
	case rate > 0 && shown <= 0:
		return 1 / scale
	}
	return shown
}
