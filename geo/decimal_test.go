package geo

import (
	"strings"
	"testing"
)

func TestReadDecimal(t *testing.T) {
	for s, want := range map[string]float64{"0": 0, "100.25": 100.25, " 1,080 ": 1080, "12,345,678.5": 12345678.5, "007": 7} {
		if got, ok := ReadDecimal(s); !ok || got != want {
			t.Errorf("%q is %v, %v; it should be %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "-1", "+1", "1,1,1", "1,0800", ",100", "1_000", "1e3", "0x10", "NaN", "Inf", ".5", "5.", "1.2.3", "12 亩", "１２", strings.Repeat("1", 31)} {
		if got, ok := ReadDecimal(s); ok {
			t.Errorf("%q is taken for %v", s, got)
		}
	}
}
