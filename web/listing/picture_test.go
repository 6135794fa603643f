package listing

import (
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

func shown() Parcel {
	return Parcel{
		Code: "430602003012GB00045", Name: "东风湖一号地", Status: "listed", UseClass: "housing", Size: geo.FromMu(100.25), Start: 41720 * geo.Wan,
		Shape: orb.MultiPolygon{{{{113.10, 29.36}, {113.102, 29.36}, {113.102, 29.362}, {113.10, 29.362}, {113.10, 29.36}}}},
	}
}

func texts(lines []line) string {
	var out []string
	for _, l := range lines {
		out = append(out, l.text)
	}
	return strings.Join(out, " | ")
}

// inked counts the pixels of a part of a picture that are not paper.
func inked(p *image.RGBA, part image.Rectangle) (n int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if c := p.RGBAAt(x, y); c != rgb("#F7F6F2") {
				n++
			}
		}
	}
	return n
}

// The picture is written in Chinese with the typeface that scripts/setup.sh installs:
// the name, the state and the price, each letter of them.
func TestPictureIsWrittenInChinese(t *testing.T) {
	faces, err := typefacesIn(chineseFiles())
	if err != nil || faces.chinese == nil {
		t.Fatalf("this system has no Chinese typeface, which scripts/setup.sh installs: %v", err)
	}
	s := Site{Lang: Chinese, Demo: true}
	said := texts(s.lines(shown(), faces))
	for _, want := range []string{"东风湖一号地", "挂牌", "100.25 亩", "6.68 公顷", "起始价 4.17 亿元", "万元/亩", "示例数据"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not said: %s", want, said)
		}
	}
	for _, l := range s.lines(shown(), faces) {
		if _, text := faces.of(l.text); text != l.text {
			t.Errorf("%q is written as %q", l.text, text)
		}
	}
	zh, err := s.picture(shown(), faces)
	if err != nil {
		t.Fatal(err)
	}
	nameless := shown()
	nameless.Name = "　"
	blank, err := s.picture(nameless, faces)
	if err != nil {
		t.Fatal(err)
	}
	title := image.Rect(linesX, 60, pictureWidth, 130)
	if inked(zh, title) < 3000 || inked(blank, title) > 0 {
		t.Errorf("the name has %d pixels, none has %d", inked(zh, title), inked(blank, title))
	}
	en, err := Site{Lang: English}.picture(shown(), faces)
	if err != nil || slices.Equal(zh.Pix, en.Pix) || !strings.Contains(texts(Site{Lang: English}.lines(shown(), faces)), "100.25 mu") {
		t.Errorf("in English: %v", err)
	}
}

// Without one it says in Latin letters what can be said in them, and has no holes.
func TestPictureWithoutAChineseTypeface(t *testing.T) {
	dir := t.TempDir()
	none := filepath.Join(dir, "none.ttc")
	if err := os.WriteFile(none, []byte("this is no typeface"), 0o600); err != nil {
		t.Fatal(err)
	}
	faces, err := typefacesIn([]string{none, filepath.Join(dir, "absent.ttc"), dir})
	if err != nil || faces.chinese != nil {
		t.Fatalf("%+v, %v", faces, err)
	}
	s := Site{Lang: Chinese, Demo: true}
	lines := s.lines(shown(), faces)
	if said := texts(lines); latin(said) != said || !strings.Contains(said, "100.25 mu") || !strings.Contains(said, "430602003012GB00045 | Listed") || !strings.Contains(said, "demo data") || strings.Contains(said, "东风湖") {
		t.Errorf("it says %s", said)
	}
	p, err := s.picture(shown(), faces)
	if err != nil || inked(p, image.Rect(linesX, 60, pictureWidth, 130)) < 1000 {
		t.Errorf("the title is missing: %v", err)
	}
}

// A name that is too long is written smaller, and then cut off: nothing leaves the
// picture.
func TestPictureKeepsItsMargin(t *testing.T) {
	faces, err := typefacesIn(chineseFiles())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{strings.Repeat("岳阳楼区", 20), strings.Repeat("W", 90), "东风湖片区北一组团居住用地（示合一期）"} {
		p := shown()
		p.Name = name
		drawn, err := Site{Lang: Chinese}.picture(p, faces)
		if err != nil {
			t.Fatal(err)
		}
		if n := inked(drawn, image.Rect(linesX+linesWidth+4, 0, pictureWidth, pictureHeight)); n > 0 {
			t.Errorf("%s: %d pixels in the margin", name, n)
		}
		if n := inked(drawn, image.Rect(linesX, 60, pictureWidth, 130)); n < 1000 {
			t.Errorf("%s: %d pixels of a title", name, n)
		}
	}
}
