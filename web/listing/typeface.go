package listing

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// typefaces are what pictures are written with. The Latin one is in the program; a
// Chinese one, which would be larger than the rest of the program, is used where the
// system has it: nil where it has none.
type typefaces struct {
	latin, chinese *sfnt.Font
}

// chineseFiles are where systems keep a Chinese typeface, bold ones first.
func chineseFiles() []string {
	return []string{
		"/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", // Debian, Ubuntu: fonts-noto-cjk, which scripts/setup.sh installs
		"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc",
		"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Bold.ttc",
		"/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
		"/usr/share/fonts/noto/NotoSansCJK-Bold.ttc",
		"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
		"/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
		"/System/Library/Fonts/STHeiti Medium.ttc",
		"/System/Library/Fonts/Hiragino Sans GB.ttc",
	}
}

// ofSystem are the typefaces of this system, looked for once.
var ofSystem = sync.OnceValues(func() (typefaces, error) { return typefacesIn(chineseFiles()) })

// ChineseWritten says whether pictures can be written in Chinese here: their bytes
// depend on it.
func ChineseWritten() bool {
	faces, err := ofSystem()
	return err == nil && faces.chinese != nil
}

// typefacesIn takes the first file that has a Chinese typeface. What is not there, or
// is none, is passed over.
func typefacesIn(files []string) (typefaces, error) {
	latin, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return typefaces{}, fmt.Errorf("listing: typeface: %w", err)
	}
	for _, name := range files {
		if f := chineseIn(name); f != nil {
			return typefaces{latin, f}, nil
		}
	}
	return typefaces{latin: latin}, nil
}

// chineseIn is the typeface of a file with the simplified forms of Chinese letters;
// nil where there is none. The file stays open: letters are read as they are drawn,
// for it has some twenty megabytes.
func chineseIn(name string) *sfnt.Font {
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	if found := simplified(file); found != nil {
		return found
	}
	_ = file.Close()
	return nil
}

func simplified(file *os.File) *sfnt.Font {
	all, err := sfnt.ParseCollectionReaderAt(file)
	if err != nil {
		return nil
	}
	var first *sfnt.Font
	for i := range all.NumFonts() {
		f, err := all.Font(i)
		if err != nil || !hasLetters(f, "岳阳楼区亩") {
			continue
		}
		if family, err := f.Name(nil, sfnt.NameIDFamily); err == nil && strings.HasSuffix(family, " SC") {
			return f
		}
		if first == nil {
			first = f
		}
	}
	return first
}

func hasLetters(f *sfnt.Font, text string) bool {
	var buf sfnt.Buffer
	for _, c := range text {
		if i, err := f.GlyphIndex(&buf, c); err != nil || i == 0 {
			return false
		}
	}
	return true
}

// lang is the language in which a picture can say what it has to say in one.
func (t typefaces) lang(asked Lang) Lang {
	if t.chinese == nil {
		return English
	}
	return asked
}

// of is the typeface for a text, and the text as it can be written: Latin letters
// in the Latin one, anything else in the Chinese one, without the letters that are
// in neither.
func (t typefaces) of(text string) (*sfnt.Font, string) {
	if t.chinese == nil || latin(text) == text {
		return t.latin, latin(text)
	}
	out := strings.Builder{}
	for _, c := range text {
		if hasLetters(t.chinese, string(c)) {
			out.WriteRune(c)
		}
	}
	return t.chinese, out.String()
}

// latin keeps of a text what the Latin typeface has.
func latin(s string) string {
	out := []rune{}
	for _, c := range s {
		if c >= ' ' && c < 0x7f {
			out = append(out, c)
		}
	}
	return strings.TrimSpace(string(out))
}

// fitted is a face for a text of at most the size that is no wider than width, down to
// half of it, and the text, cut off where that is not enough.
func (t typefaces) fitted(text string, size float64, width int) (font.Face, string, error) {
	from, text := t.of(text)
	for at := size; ; at -= 2 {
		face, err := opentype.NewFace(from, &opentype.FaceOptions{Size: at, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, "", fmt.Errorf("listing: typeface: %w", err)
		}
		if wide(face, text) <= width {
			return face, text, nil
		}
		if at-2 < size/2 {
			letters := []rune(text)
			for len(letters) > 0 && wide(face, string(letters)+"...") > width {
				letters = letters[:len(letters)-1]
			}
			return face, string(letters) + "...", nil
		}
		_ = face.Close()
	}
}

func wide(face font.Face, text string) int {
	return font.MeasureString(face, text).Round()
}
