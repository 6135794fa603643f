package geo

import (
	"strings"
	"testing"
)

func TestExcerptIsShortAndPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"片区 A-1":                          "片区 A-1",
		"a\x00b\n\u202ec":                 "a?b??c",
		"half\xe7\x89":                    "half?",
		strings.Repeat("地", 40):           strings.Repeat("地", 40),
		strings.Repeat("地", 41):           strings.Repeat("地", 40) + "…",
		strings.Repeat("\xff", 3) + "end": "?end",
	} {
		if got := Excerpt(in); got != want {
			t.Errorf("%q is told as %q, want %q", in, got, want)
		}
	}
}
