package postgis

// shownRate is a rate in percent with two decimals, as geo.ShownRate rounds it: what
// is not complete is never 100, and what has begun never 0.
func shownRate(rate string) string {
	shown := `round(` + rate + `, 2)`
	return `case
					when ` + rate + ` < 100 and ` + shown + ` >= 100 then 99.99
					when ` + rate + ` > 0 and ` + shown + ` <= 0 then 0.01
					else ` + shown + ` end`
}
