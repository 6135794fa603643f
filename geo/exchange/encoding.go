package exchange

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// textEncoding is how the bytes of a table become text.
type textEncoding struct {
	name string
	enc  encoding.Encoding // nil = UTF-8
}

// encodingByName knows the names that people, .cpg files and code page numbers
// use. An empty name is nil without an error.
func encodingByName(name string) (*textEncoding, error) {
	key := strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, strings.TrimSpace(name)))
	key = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(key, "ansi"), "windows"), "cp")
	switch key {
	case "":
		return nil, nil
	case "utf8", "65001":
		return &textEncoding{name: "UTF-8"}, nil
	case "gbk", "gb2312", "936", "euccn", "gb18030", "54936":
		// GB18030 holds GBK and GB2312: one decoder reads all three.
		label := "GB18030"
		if key == "gbk" || key == "936" || key == "gb2312" {
			label = "GBK"
		}
		return &textEncoding{name: label, enc: simplifiedchinese.GB18030}, nil
	case "big5", "950":
		return &textEncoding{name: "Big5", enc: traditionalchinese.Big5}, nil
	case "iso88591", "latin1", "88591", "28591", "ldid/87":
		return &textEncoding{name: "ISO-8859-1", enc: charmap.ISO8859_1}, nil
	case "1252":
		return &textEncoding{name: "windows-1252", enc: charmap.Windows1252}, nil
	case "1250", "1251", "1253", "1254", "1255", "1256", "1257", "1258":
		key = "windows-" + key
	case "437":
		return &textEncoding{name: "cp437", enc: charmap.CodePage437}, nil
	case "850":
		return &textEncoding{name: "cp850", enc: charmap.CodePage850}, nil
	default:
		key = strings.TrimSpace(name)
	}
	enc, err := htmlindex.Get(key)
	if err != nil {
		return nil, fileErrorf("encoding-unknown", "the encoding %q is not known; try GBK, GB18030, UTF-8 or ISO-8859-1",
			"不认识编码 %q；可用 GBK、GB18030、UTF-8、ISO-8859-1", quote(name))
	}
	label, err := htmlindex.Name(enc)
	if err != nil {
		label = key
	}
	return &textEncoding{name: label, enc: enc}, nil
}

// encodingByLanguage reads the language driver byte of a dBASE header (offset
// 29). 0x57 is left out on purpose: it means "ANSI" and is what many writers
// put there whatever they wrote.
func encodingByLanguage(b byte) *textEncoding {
	name := ""
	switch b {
	case 0x4D, 0x7A: // shapelib: LDID 77 is code page 936
		name = "936"
	case 0x4F, 0x78:
		name = "950"
	case 0x01:
		name = "437"
	case 0x02:
		name = "850"
	case 0x03, 0x58, 0x59:
		name = "1252"
	case 0xC8:
		name = "1250"
	case 0xC9:
		name = "1251"
	case 0x13, 0x7B:
		name = "shift_jis"
	case 0x4E, 0x79:
		name = "euc-kr"
	}
	if name == "" {
		return nil
	}
	e, err := encodingByName(name)
	if err != nil {
		return nil
	}
	return e
}

// decode turns bytes into text. clean is false when some bytes had no meaning
// in the encoding and became the replacement character.
func (e *textEncoding) decode(b []byte) (s string, clean bool) {
	if ascii(b) {
		return string(b), true
	}
	if e.enc == nil {
		if utf8.Valid(b) {
			return string(b), true
		}
		return strings.ToValidUTF8(string(b), "\ufffd"), false
	}
	out, err := e.enc.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd"), false
	}
	return string(out), !bytes.ContainsRune(out, utf8.RuneError)
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// evidence gathers, over the texts of a table, what encoding they can be in.
type evidence struct {
	high   bool // there is text beyond ASCII
	utf8   bool // all of it is UTF-8
	paired bool // all of it is pairs of the common Chinese characters of GB 2312
	gbk    bool // all of it could be GB 18030
}

func newEvidence() evidence { return evidence{utf8: true, paired: true, gbk: true} }

// look takes one text; full says that it fills its field, so that its last
// character may be cut.
func (e *evidence) look(b []byte, full bool) {
	if ascii(b) {
		return
	}
	e.high = true
	if e.utf8 {
		e.utf8 = utf8.Valid(trimCutRune(b, full))
	}
	e.gbk = e.gbk && couldBeGB18030(b, full)
	for i := 0; e.paired && i < len(b); i++ {
		if b[i] < utf8.RuneSelf {
			continue
		}
		switch {
		case i+1 == len(b):
			e.paired = full
		case b[i] >= 0xA1 && b[i] <= 0xF7 && b[i+1] >= 0xA1 && b[i+1] != 0xFF:
			i++
		default:
			e.paired = false
		}
	}
}

// couldBeGB18030 checks the form of the double and fourfold bytes.
func couldBeGB18030(b []byte, full bool) bool {
	for i := 0; i < len(b); i++ {
		if b[i] < utf8.RuneSelf {
			continue
		}
		if b[i] == 0x80 || b[i] == 0xFF {
			return false
		}
		if i+1 == len(b) {
			return full
		}
		switch c := b[i+1]; {
		case c >= 0x40 && c != 0x7F && c != 0xFF:
			i++
		case c >= '0' && c <= '9':
			if i+3 >= len(b) {
				return full
			}
			if b[i+2] < 0x81 || b[i+3] < '0' || b[i+3] > '9' {
				return false
			}
			i += 3
		default:
			return false
		}
	}
	return true
}

// trimCutRune drops the beginning of a character at the end of a full field.
func trimCutRune(b []byte, full bool) []byte {
	if !full {
		return b
	}
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// chooseEncoding decides how a DBF's text is read and says why: first what the
// user says, then the .cpg, then the language byte, then the text itself
// (pyogrio issue 380: files without a .cpg are GBK or UTF-8).
func chooseEncoding(option, cpg string, language byte, e evidence) (*textEncoding, string, *Problem, error) {
	if enc, err := encodingByName(option); err != nil || enc != nil {
		return enc, "--encoding", nil, err
	}
	if enc, err := encodingByName(cpg); err == nil && enc != nil {
		if enc.enc == nil && e.high && !e.utf8 {
			w := problemf("cpg-wrong", "", "the .cpg says UTF-8, but the text is not UTF-8; it was read by what it looks like",
				".cpg 写的是 UTF-8，但内容不是，已按内容推断读取")
			enc, why := guessEncoding(language, e)
			return enc, why, w, nil
		}
		return enc, ".cpg", nil, nil
	}
	if enc := encodingByLanguage(language); enc != nil {
		if enc.enc == simplifiedchinese.GB18030 && e.high && e.utf8 && !e.paired {
			w := problemf("language-byte-wrong", "", "the DBF says GBK, but the text is UTF-8; it was read as UTF-8",
				"DBF 语言标识为 GBK，但内容是 UTF-8，已按 UTF-8 读取")
			return &textEncoding{name: "UTF-8"}, "内容为 UTF-8 / the text is UTF-8", w, nil
		}
		return enc, "DBF 语言标识 / language byte", nil, nil
	}
	enc, why := guessEncoding(language, e)
	return enc, why, nil, nil
}

// guessEncoding goes by the text. 0x57 ("ANSI") makes a Western reading likely
// where the bytes do not pair up as Chinese.
func guessEncoding(language byte, e evidence) (*textEncoding, string) {
	const ansi = 0x57
	switch {
	case !e.high:
		return &textEncoding{name: "UTF-8"}, "全为 ASCII / all ASCII"
	case e.utf8:
		return &textEncoding{name: "UTF-8"}, "按内容推断：是 UTF-8 / guessed: the text is UTF-8"
	case language == ansi && !e.paired:
		return &textEncoding{name: "windows-1252", enc: charmap.Windows1252},
			"按内容推断：语言标识 ANSI，不是中文双字节 / guessed: language byte ANSI, not Chinese pairs"
	case !e.gbk:
		return &textEncoding{name: "windows-1252", enc: charmap.Windows1252},
			"按内容推断：既非 UTF-8 也非国标 / guessed: neither UTF-8 nor GB 18030"
	}
	return &textEncoding{name: "GB18030", enc: simplifiedchinese.GB18030},
		"按内容推断：不是 UTF-8 / guessed: the text is not UTF-8"
}
