package geo

import (
	"regexp"
	"strconv"
	"strings"
)

// decimal is a number as people write one: digits, in groups of three where commas
// stand between them, and a fraction. No sign, exponent, underscore or other base,
// which strconv takes as well.
var decimal = regexp.MustCompile(`^(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$`)

// maxDecimal is the longest text that is read as a number, in bytes.
const maxDecimal = 30

// ReadDecimal reads a number that is not negative: "100.25", "1,080". Space around
// it does not matter. False for all else.
func ReadDecimal(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if len(s) > maxDecimal || !decimal.MatchString(s) {
		return 0, false
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	return v, err == nil
}
