package geo

import (
	"strings"
	"unicode"
)

// excerptLength is the most characters of a stranger's text that a message repeats.
const excerptLength = 40

// Excerpt makes a stranger's words fit to be repeated in a message: short, printable
// and valid UTF-8.
func Excerpt(s string) string {
	s = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, strings.ToValidUTF8(s, "?"))
	if runes := []rune(s); len(runes) > excerptLength {
		return string(runes[:excerptLength]) + "…"
	}
	return s
}
