package exchange

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// object takes an object. For each member fn gets the key, which holds until
// the next token is taken, and must take exactly one value.
func (l *lexer) object(fn func(key []byte) error) error {
	return l.nested('{', '}', func() error {
		t, err := l.next()
		if err != nil {
			return err
		}
		if t != '"' {
			return l.unexpected(t, "a member name in quotes")
		}
		if t, err = l.next(); err != nil {
			return err
		}
		if t != ':' {
			return l.unexpected(t, "a colon")
		}
		return fn(l.text)
	})
}

// array takes an array; fn must take exactly one value.
func (l *lexer) array(fn func() error) error { return l.nested('[', ']', fn) }

func (l *lexer) nested(open, shut token, fn func() error) error {
	t, err := l.next()
	if err != nil {
		return err
	}
	if t != open {
		return l.unexpected(t, string(rune(open)))
	}
	if l.depth++; l.depth > l.maxDepth {
		return fileErrorf("too-deep", "the JSON on line %d is nested more than %d deep",
			"第 %d 行 JSON 嵌套超过 %d 层", l.line, l.maxDepth)
	}
	for first := true; ; first = false {
		if t, err = l.peek(); err != nil {
			return err
		}
		if t == shut && first {
			break
		}
		if err := fn(); err != nil {
			return err
		}
		if t, err = l.peek(); err != nil {
			return err
		}
		if t == shut {
			break
		}
		if t != ',' {
			return l.unexpected(t, "a comma or "+string(rune(shut)))
		}
		l.take()
	}
	l.take()
	l.depth--
	return nil
}

func (l *lexer) unexpected(t token, want string) error {
	switch t {
	case end:
		return l.cutShort()
	case number:
		return l.broken("%s was expected, not a number", want)
	}
	return l.broken("%s was expected, not %q", want, rune(t))
}

// skip takes one value of any kind and forgets it.
func (l *lexer) skip() error {
	t, err := l.peek()
	if err != nil {
		return err
	}
	switch t {
	case '{':
		return l.object(func([]byte) error { return l.skip() })
	case '[':
		return l.array(l.skip)
	}
	_, err = l.scalar()
	return err
}

// scalar takes a string, number, true, false or null.
func (l *lexer) scalar() (token, error) {
	t, err := l.next()
	if err != nil {
		return t, err
	}
	switch t {
	case '"', number, 't', 'f', 'n':
		return t, nil
	}
	return t, l.unexpected(t, "a value")
}

// compact appends the next value to dst as JSON without spaces, for nested
// properties. It stops with too-long-text.
func (l *lexer) compact(dst []byte) ([]byte, error) {
	t, err := l.peek()
	if err != nil {
		return dst, err
	}
	first := true
	comma := func() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
	}
	switch t {
	case '{':
		dst = append(dst, '{')
		err = l.object(func(key []byte) (err error) {
			comma()
			dst = append(appendJSON(dst, key), ':')
			dst, err = l.compact(dst)
			return err
		})
		dst = append(dst, '}')
	case '[':
		dst = append(dst, '[')
		err = l.array(func() (err error) {
			comma()
			dst, err = l.compact(dst)
			return err
		})
		dst = append(dst, ']')
	default:
		if t, err = l.scalar(); err != nil {
			return dst, err
		}
		switch t {
		case '"':
			dst = appendJSON(dst, l.text)
		case number:
			dst = append(dst, l.text...)
		case 't':
			dst = append(dst, "true"...)
		case 'f':
			dst = append(dst, "false"...)
		case 'n':
			dst = append(dst, "null"...)
		}
	}
	if err == nil && len(dst) > l.maxText {
		err = fileErrorf("too-long-text", "the text on line %d is longer than %d bytes",
			"第 %d 行的文本超过 %d 字节", l.line, l.maxText)
	}
	return dst, err
}

// appendJSON appends s as a JSON string.
func appendJSON(dst, s []byte) []byte {
	dst = append(dst, '"')
	for _, r := range string(s) {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ':
			dst = fmt.Appendf(dst, "\\u%04x", r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// nextRecord moves to the start of the next record of a sequence: past what is
// left of this one and its separator. It is false at the end of the text.
func (l *lexer) nextRecord() (bool, error) {
	l.depth = 0
	for l.sep != 0 {
		chunk, err := l.r.ReadSlice(l.sep)
		for _, b := range chunk {
			if b == '\n' {
				l.line++
			}
		}
		if err == nil {
			break
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return false, err
		}
	}
	return l.moreRecords()
}

// moreRecords passes white space and separators, and tells whether anything
// stands behind them.
func (l *lexer) moreRecords() (bool, error) {
	for {
		b, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		switch b {
		case '\n':
			l.line++
		case ' ', '\t', '\r', recordSeparator:
		default:
			return true, l.r.UnreadByte()
		}
	}
}
