package postgis

import (
	"math"
	"strconv"

	"tengdi/geo"
)

// shownRate is a rate in percent with so many decimals, as geo.ShownRate rounds it:
// what is not complete is never 100, and what has begun never 0.
func shownRate(rate string, decimals int) string {
	at := func(v float64) string { return strconv.FormatFloat(v, 'f', decimals, 64) }
	shown := `round(` + rate + `, ` + strconv.Itoa(decimals) + `)`
	return `case
					when ` + rate + ` < 100 and ` + shown + ` >= 100 then ` + at(geo.ShownRate(math.Nextafter(100, 0), decimals)) + `
					when ` + rate + ` > 0 and ` + shown + ` <= 0 then ` + at(geo.ShownRate(math.SmallestNonzeroFloat64, decimals)) + `
					else ` + shown + ` end`
}
