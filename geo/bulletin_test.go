package geo

import (
	"fmt"
	"strings"
	"testing"
)

func TestBulletinOf(t *testing.T) {
	show := func(n *int) any {
		if n == nil {
			return "-"
		}
		return *n
	}
	told := Told{Surveyed: []int{20}, Signed: []int{10, 16}, Vacated: []int{0}}
	for _, tc := range []struct {
		surveyed, signed, vacated int
		before                    Told
		want                      string
	}{
		{0, 0, 0, Told{}, "0 0 0 false"},
		{20, 10, 5, Told{}, "20 10 5 false"},
		{20, 20, 20, Told{}, "20 20 20 false"},
		{20, 0, 0, Told{}, "20 0 0 false"},
		{4, 0, 0, Told{}, "- 0 0 true"},
		{1, 1, 1, Told{}, "- - - true"},
		{5, 5, 5, Told{}, "5 5 5 false"},
		{20, 4, 0, Told{}, "20 - 0 true"},
		{20, 1, 1, Told{}, "20 - - true"},
		{20, 19, 0, Told{}, "20 - 0 true"},
		{20, 16, 5, Told{}, "20 - 5 true"},
		{20, 15, 11, Told{}, "20 15 - true"},
		{20, 15, 10, Told{}, "20 15 10 false"},
		{30, 20, 17, Told{}, "30 20 - true"},

		{20, 10, 0, told, "20 10 0 false"},
		{22, 10, 0, told, "- 10 0 true"},
		{20, 11, 0, told, "20 - 0 true"},
		{24, 16, 0, told, "- 16 0 true"},
		{30, 21, 5, told, "30 21 5 false"},
		{17, 8, 0, told, "- - 0 true"}, // taken back
	} {
		b := BulletinOf(HouseholdCounts{Surveyed: tc.surveyed, Signed: tc.signed, Vacated: tc.vacated}, tc.before)
		got := strings.TrimSpace(fmt.Sprintln(show(b.Surveyed), show(b.Signed), show(b.Vacated), b.Few))
		if got != tc.want {
			t.Errorf("%d %d %d after %v: told %s, want %s", tc.surveyed, tc.signed, tc.vacated, tc.before, got, tc.want)
		}
	}
}
