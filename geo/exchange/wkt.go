package exchange

import (
	"math"
	"strconv"
	"strings"
)

// wktNode is one bracketed item of a CRS in well-known text, version 1 (OGC
// 01-009, and ESRI's dialect) or 2 (ISO 19162).
type wktNode struct {
	word     string // upper case
	texts    []string
	numbers  []float64
	children []*wktNode
}

// Bounds on a CRS text; real ones stay below a tenth of them.
const (
	maxWKTBytes = 64 << 10
	maxWKTDepth = 32
	maxWKTNodes = 2000
)

type wktParser struct {
	s     string
	nodes int
}

// parseWKT reads a CRS text; nil when it is not one or passes a bound.
func parseWKT(s string) *wktNode {
	s = strings.TrimPrefix(s, "\ufeff")
	if len(s) > maxWKTBytes {
		return nil
	}
	p := wktParser{s: s}
	n := p.node(0)
	if n == nil || strings.Trim(p.s, " \t\r\n\x00") != "" {
		return nil
	}
	return n
}

func (p *wktParser) space() { p.s = strings.TrimLeft(p.s, " \t\r\n") }

func (p *wktParser) node(depth int) *wktNode {
	if p.nodes++; depth > maxWKTDepth || p.nodes > maxWKTNodes {
		return nil
	}
	p.space()
	i := 0
	for i < len(p.s) && (isLetter(p.s[i]) || i > 0 && (p.s[i] == '_' || p.s[i] >= '0' && p.s[i] <= '9')) {
		i++
	}
	n := &wktNode{word: strings.ToUpper(p.s[:i])}
	p.s = p.s[i:]
	p.space()
	if i == 0 || p.s == "" {
		return nil
	}
	var shut byte
	switch p.s[0] {
	case '[':
		shut = ']'
	case '(':
		shut = ')'
	default:
		return n // a bare word, such as EAST
	}
	p.s = p.s[1:]
	for {
		if !p.item(n, depth) {
			return nil
		}
		p.space()
		if p.s == "" {
			return nil
		}
		c := p.s[0]
		p.s = p.s[1:]
		if c == shut {
			return n
		}
		if c != ',' {
			return nil
		}
	}
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

func (p *wktParser) item(n *wktNode, depth int) bool {
	p.space()
	if p.s == "" {
		return false
	}
	switch c := p.s[0]; {
	case c == '"':
		t, ok := p.quoted()
		n.texts = append(n.texts, t)
		return ok
	case isLetter(c):
		child := p.node(depth + 1)
		n.children = append(n.children, child)
		return child != nil
	}
	i := strings.IndexAny(p.s, ",])")
	if i < 0 {
		return false
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(p.s[:i]), 64)
	if p.nodes++; err != nil || p.nodes > maxWKTNodes {
		return false
	}
	n.numbers, p.s = append(n.numbers, v), p.s[i:]
	return true
}

// quoted takes a text in quotes; a quote inside is written twice.
func (p *wktParser) quoted() (string, bool) {
	if p.nodes++; p.nodes > maxWKTNodes {
		return "", false
	}
	rest := p.s[1:]
	for from := 0; ; {
		i := strings.IndexByte(rest[from:], '"')
		if i < 0 {
			return "", false
		}
		i += from
		if i+1 < len(rest) && rest[i+1] == '"' {
			from = i + 2
			continue
		}
		p.s = rest[i+1:]
		return strings.ReplaceAll(rest[:i], `""`, `"`), true
	}
}

// child finds the first direct child with one of the words.
func (n *wktNode) child(words ...string) *wktNode {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		for _, w := range words {
			if c.word == w {
				return c
			}
		}
	}
	return nil
}

// text is the i-th text, or "".
func (n *wktNode) text(i int) string {
	if n == nil || i >= len(n.texts) {
		return ""
	}
	return n.texts[i]
}

// number is the i-th number, or NaN.
func (n *wktNode) number(i int) float64 {
	if n == nil || i >= len(n.numbers) {
		return math.NaN()
	}
	return n.numbers[i]
}

// authority is the EPSG code that the item itself carries, or 0.
func (n *wktNode) authority() int {
	for _, c := range n.children {
		if (c.word != "AUTHORITY" && c.word != "ID") || !strings.EqualFold(c.text(0), "EPSG") {
			continue
		}
		if len(c.numbers) > 0 {
			return epsgCode(c.number(0))
		}
		if v, err := strconv.ParseFloat(c.text(1), 64); err == nil {
			return epsgCode(v)
		}
	}
	return 0
}

func epsgCode(v float64) int {
	if v != math.Trunc(v) || v < 1024 || v > 69036405 {
		return 0
	}
	return int(v)
}
