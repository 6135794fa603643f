package geo

import (
	"testing"

	"pgregory.net/rapid"
)

// What is written is read back, whatever the ends and signs are.
func TestLimitIsReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		end := func(name string) *float64 {
			if !rapid.Bool().Draw(t, "has "+name) {
				return nil
			}
			v := float64(rapid.IntRange(0, 100_000).Draw(t, name)) / 100
			return &v
		}
		l := Limit{Min: end("min"), Max: end("max")}
		l.MinOpen = l.Min != nil && rapid.Bool().Draw(t, "min open")
		l.MaxOpen = l.Max != nil && rapid.Bool().Draw(t, "max open")
		got, err := ParseLimit(l.String())
		if err != nil || got.String() != l.String() {
			t.Fatalf("%q was read as %q, %v", l, got, err)
		}
		if (got.Max == nil) != (l.Max == nil) || (got.Min == nil) != (l.Min == nil) || got.MaxOpen != l.MaxOpen || got.MinOpen != l.MinOpen {
			t.Fatalf("%+v was read as %+v", l, got)
		}
	})
}

func TestLimitRefuses(t *testing.T) {
	for _, s := range []string{"x", "2.5", "x = 3", "1 ≥ x ≤ 2", "x < NaN", "x < +Inf", "a ≤ x ≤ 2", "1 ≤ y ≤ 2", "1 ≤ x ≤ 2 ≤ 3", "x ≤ 1;drop"} {
		if l, err := ParseLimit(s); KindOf(err) != Invalid {
			t.Errorf("%q is read as %+v, %v", s, l, err)
		}
	}
}
