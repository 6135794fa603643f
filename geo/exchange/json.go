package exchange

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// token is the first byte of a JSON token: { } [ ] : , " t f n, 0 for a
// number, end at the end of the text (or of the record, in a sequence).
type token byte

const (
	end    token = 0
	number token = '0'
)

const recordSeparator = 0x1E // RFC 8142

// lexer reads JSON (RFC 8259) as a stream. It holds one string or number at a
// time and no more, so that its memory does not depend on the file. Beyond
// syntax it bounds the nesting and the length of a text.
//
// Why not encoding/json: its decoder buffers a whole value, lets 10,000 levels
// through, and does not tell NaN or a line number.
type lexer struct {
	r        *bufio.Reader
	line     int
	depth    int
	maxDepth int
	maxText  int
	sep      byte   // ends a record: newline or recordSeparator; 0 = none
	text     []byte // of the last string (unescaped, UTF-8) or number
	badUTF8  bool   // the last string was not UTF-8
}

func newLexer(r io.Reader, l Limits) *lexer {
	return &lexer{r: bufio.NewReaderSize(r, 64<<10), line: 1, maxDepth: l.MaxDepth, maxText: l.MaxTextBytes}
}

func (l *lexer) broken(format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	return fileErrorf("json-broken", "the JSON is broken on line %d: %s", "第 %d 行 JSON 语法错误：%s", l.line, what)
}

// giveBack is broken, with the last byte untaken: a record may end with it.
func (l *lexer) giveBack(format string, args ...any) error {
	if err := l.r.UnreadByte(); err != nil {
		return err
	}
	return l.broken(format, args...)
}

func (l *lexer) cutShort() error {
	return fileErrorf("json-cut-short", "the JSON ends too early, on line %d", "JSON 在第 %d 行中断，不完整", l.line)
}

// space passes white space and returns the next byte without taking it; ok is
// false at the end of the text or record.
func (l *lexer) space() (b byte, ok bool, err error) {
	for {
		b, err = l.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, err
		}
		if l.sep != 0 && b == l.sep {
			return 0, false, l.r.UnreadByte()
		}
		switch b {
		case '\n':
			l.line++
		case ' ', '\t', '\r':
		default:
			return b, true, l.r.UnreadByte()
		}
	}
}

// peek tells the next token without taking it.
func (l *lexer) peek() (token, error) {
	b, ok, err := l.space()
	if err != nil || !ok {
		return end, err
	}
	switch {
	case b == '-' || b >= '0' && b <= '9':
		return number, nil
	case b == 'N' || b == 'I':
		return end, l.notANumber()
	case b == 0:
		return end, l.broken("a zero byte")
	}
	return token(b), nil
}

func (l *lexer) notANumber() error {
	return fileErrorf("json-nan", "NaN and Infinity on line %d are not JSON", "第 %d 行的 NaN 或 Infinity 不是合法 JSON", l.line)
}

// next takes the next token. The text of a string or number is then in
// l.text, until the next call.
func (l *lexer) next() (token, error) {
	t, err := l.peek()
	if err != nil || t == end {
		return t, err
	}
	switch t {
	case number:
		return t, l.scanNumber()
	case '"':
		l.take()
		return t, l.scanString()
	case 't':
		return t, l.literal("true")
	case 'f':
		return t, l.literal("false")
	case 'n':
		return t, l.literal("null")
	case '{', '}', '[', ']', ':', ',':
		l.take()
		return t, nil
	}
	return end, l.broken("unexpected %q", rune(t))
}

// take drops the byte that peek saw; it is in the buffer, so it cannot fail.
func (l *lexer) take() { _, _ = l.r.Discard(1) }

func (l *lexer) literal(word string) error {
	for i := range len(word) {
		b, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return l.cutShort()
		}
		if err != nil {
			return err
		}
		if b != word[i] {
			return l.giveBack("%q was expected", word)
		}
	}
	return nil
}

// scanNumber takes a number and checks its form: -? int frac? exp?
func (l *lexer) scanNumber() error {
	const longest = 512
	l.text = l.text[:0]
	for {
		b, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if (b < '0' || b > '9') && b != '-' && b != '+' && b != '.' && b != 'e' && b != 'E' {
			if b == 'I' || b == 'N' {
				return l.notANumber()
			}
			if err := l.r.UnreadByte(); err != nil {
				return err
			}
			break
		}
		if len(l.text) == longest {
			return l.broken("a number of more than %d digits", longest)
		}
		l.text = append(l.text, b)
	}
	if !validNumber(l.text) {
		return l.broken("%q is not a number", quote(string(l.text)))
	}
	return nil
}

func validNumber(s []byte) bool {
	i := 0
	digits := func() bool {
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if !digits() {
		return false
	}
	if i < len(s) && s[i] == '.' {
		i++
		if !digits() {
			return false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(s)
}

// scanString takes the rest of a string, whose quote was taken.
func (l *lexer) scanString() error {
	l.text, l.badUTF8 = l.text[:0], false
	for {
		b, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return l.cutShort()
		}
		if err != nil {
			return err
		}
		switch {
		case b == '"':
			l.badUTF8 = !utf8.Valid(l.text)
			return nil
		case b < ' ':
			return l.giveBack("a control character in a string")
		case b == '\\':
			if err := l.escape(); err != nil {
				return err
			}
		default:
			l.text = append(l.text, b)
		}
		if len(l.text) > l.maxText {
			return fileErrorf("too-long-text", "the text on line %d is longer than %d bytes",
				"第 %d 行的文本超过 %d 字节", l.line, l.maxText)
		}
	}
}

func (l *lexer) escape() error {
	b, err := l.r.ReadByte()
	if errors.Is(err, io.EOF) {
		return l.cutShort()
	}
	if err != nil {
		return err
	}
	switch b {
	case '"', '\\', '/':
		l.text = append(l.text, b)
	case 'b':
		l.text = append(l.text, '\b')
	case 'f':
		l.text = append(l.text, '\f')
	case 'n':
		l.text = append(l.text, '\n')
	case 'r':
		l.text = append(l.text, '\r')
	case 't':
		l.text = append(l.text, '\t')
	case 'u':
		return l.unicode()
	default:
		return l.giveBack("the escape \\%c", rune(b))
	}
	return nil
}

// unicode takes the digits of \uXXXX, and of the low half when it is a
// surrogate; a lone surrogate becomes the replacement character.
func (l *lexer) unicode() error {
	r, err := l.hex4()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(r) {
		if next, err := l.r.Peek(2); err != nil || next[0] != '\\' || next[1] != 'u' {
			l.text = utf8.AppendRune(l.text, utf8.RuneError)
			return nil
		}
		if _, err := l.r.Discard(2); err != nil {
			return err
		}
		low, err := l.hex4()
		if err != nil {
			return err
		}
		r = utf16.DecodeRune(r, low)
	}
	l.text = utf8.AppendRune(l.text, r)
	return nil
}

func (l *lexer) hex4() (rune, error) {
	var r rune
	for range 4 {
		b, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return 0, l.cutShort()
		}
		if err != nil {
			return 0, err
		}
		switch {
		case b >= '0' && b <= '9':
			r = r<<4 | rune(b-'0')
		case b >= 'a' && b <= 'f':
			r = r<<4 | rune(b-'a'+10)
		case b >= 'A' && b <= 'F':
			r = r<<4 | rune(b-'A'+10)
		default:
			return 0, l.giveBack("a \\u escape needs four hexadecimal digits")
		}
	}
	return r, nil
}
