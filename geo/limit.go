package geo

import (
	"math"
	"strconv"
	"strings"
)

// ParseLimit reads a planning limit as Limit.String writes it, which is how the
// published projection keeps it: "1 ≤ x ≤ 2.5", "x < 30", "x ≥ 35"; "" is no
// limit. Errors: Invalid.
func ParseLimit(s string) (Limit, error) {
	bad := func() (Limit, error) {
		return Limit{}, Errorf(Invalid, "not a planning limit: %q", "不是规划限值：%q", s)
	}
	words := strings.Fields(s)
	number := func(w string) *float64 {
		v, err := strconv.ParseFloat(w, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return &v
	}
	switch {
	case len(words) == 0:
		return Limit{}, nil
	case len(words) == 5 && words[2] == "x" && upward(words[1]) && upward(words[3]):
		low, high := number(words[0]), number(words[4])
		if low == nil || high == nil {
			return bad()
		}
		return Limit{Min: low, MinOpen: words[1] == "<", Max: high, MaxOpen: words[3] == "<"}, nil
	case len(words) == 3 && words[0] == "x":
		v := number(words[2])
		if v == nil {
			return bad()
		}
		switch words[1] {
		case "<", "≤":
			return Limit{Max: v, MaxOpen: words[1] == "<"}, nil
		case ">", "≥":
			return Limit{Min: v, MinOpen: words[1] == ">"}, nil
		}
	}
	return bad()
}

func upward(sign string) bool { return sign == "<" || sign == "≤" }
