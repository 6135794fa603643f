package listing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"github.com/paulmach/orb"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"tengdi/geo"
)

// Size of the Open Graph picture, as the networks want it.
const (
	pictureWidth  = 1200
	pictureHeight = 630
)

// Picture draws a parcel for its Open Graph picture: its shape, its name, state and
// use, its size in mu and hectares and its price.
func Picture(s Site, p Parcel) ([]byte, error) {
	faces, err := ofSystem()
	if err != nil {
		return nil, err
	}
	canvas, err := s.picture(p, faces)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, canvas); err != nil {
		return nil, fmt.Errorf("listing: picture: %w", err)
	}
	return out.Bytes(), nil
}

// picture draws it with the typefaces that there are.
func (s Site) picture(p Parcel, faces typefaces) (*image.RGBA, error) {
	canvas := image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))
	paper, ink, line := rgb("#F7F6F2"), rgb("#1E2227"), rgb("#333333")
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	fill := rgb(tokenOf(p.UseClass))
	if len(p.Shape) > 0 {
		flat := planeAt(p.Shape.Bound().Center()).shape(p.Shape)
		b := flat.Bound()
		const side = 530.0
		scale := side / max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1], 1e-9)
		mid := b.Center()
		to := func(q orb.Point) orb.Point {
			return orb.Point{315 + (q[0]-mid[0])*scale, 315 - (q[1]-mid[1])*scale}
		}
		fillShape(canvas, flat, to, fill)
		for _, poly := range flat {
			for _, ring := range poly {
				strokeRing(canvas, ring, to, 5, line)
			}
		}
	}
	for _, l := range s.lines(p, faces) {
		if err := faces.write(canvas, l, ink); err != nil {
			return nil, err
		}
	}
	draw.Draw(canvas, image.Rect(0, 0, 14, pictureHeight), image.NewUniform(fill), image.Point{}, draw.Src)
	return canvas, nil
}

// picturePath is the address of a parcel's picture in the language of the page: who
// fetches it for a link says nothing of languages.
func (s Site) picturePath(code string) string {
	return ParcelPath(code, "card.png") + s.Lang.Pick("", "?lang=en")
}

// line is a line of text in a picture; y is its base line.
type line struct {
	size float64
	y    int
	text string
}

// Where lines begin, and how wide they may be.
const (
	linesX     = 630
	linesWidth = pictureWidth - linesX - 40
)

// lines are what a picture says: in Chinese where it is asked for and there is a
// typeface, else in Latin letters what can be said in them.
func (s Site) lines(p Parcel, faces typefaces) []line {
	s.Lang = faces.lang(s.Lang)
	title := line{54, 112, p.Title()}
	if _, text := faces.of(p.Title()); text == "" {
		title.text = p.Code
	}
	out := []line{
		title,
		{36, 176, s.StateName(p.Status) + s.Lang.Pick(" · ", ", ") + s.UseName(p.UseClass)},
		{86, 296, s.Mu(p.Size)},
		{40, 352, decimals(p.Size.Hectares(), 2, 2) + s.Lang.Pick(" 公顷", " ha")},
	}
	if p.Price() > 0 {
		word := s.Lang.Pick("起始价 ", "from ")
		if p.Sold() && p.Deal > 0 {
			word = s.Lang.Pick("成交价 ", "sold for ")
		}
		out = append(out, line{52, 446, word + s.Money(p.Price())}, line{36, 502, s.PerMu(p.PricePerMu())})
	}
	foot := p.Code
	if s.Demo {
		foot += s.Lang.Pick(" · 示例数据", ", demo data")
	}
	return append(out, line{28, 580, foot})
}

// tokenOf is the light colour of a family of uses in the catalogue.
func tokenOf(useClass string) string {
	for _, u := range geo.UseClasses() {
		for _, c := range geo.Colours() {
			if u.Code == useClass && c.Token == u.Token {
				return c.Light
			}
		}
	}
	return "#D8D4C6"
}

// rgb reads #rrggbb.
func rgb(s string) color.RGBA {
	c := color.RGBA{A: 255}
	if _, err := fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
		return color.RGBA{A: 255}
	}
	return c
}

// fillShape fills the outer rings and clears their holes. The rasterizer adds up
// windings, so holes run the other way round.
func fillShape(on draw.Image, m orb.MultiPolygon, to func(orb.Point) orb.Point, c color.Color) {
	r := vector.NewRasterizer(pictureWidth, pictureHeight)
	for _, poly := range m {
		for i, ring := range poly {
			for k, q := range cleanRing(ring, i == 0) {
				p := to(q)
				if k == 0 {
					r.MoveTo(float32(p[0]), float32(p[1]))
				} else {
					r.LineTo(float32(p[0]), float32(p[1]))
				}
			}
			r.ClosePath()
		}
	}
	r.Draw(on, on.Bounds(), image.NewUniform(c), image.Point{})
}

// strokeRing draws a line of some width along a ring.
func strokeRing(on draw.Image, ring orb.Ring, to func(orb.Point) orb.Point, width float64, c color.Color) {
	r := vector.NewRasterizer(pictureWidth, pictureHeight)
	for i := 1; i < len(ring); i++ {
		a, b := to(ring[i-1]), to(ring[i])
		l := math.Hypot(b[0]-a[0], b[1]-a[1])
		if l == 0 {
			continue
		}
		ux, uy := (b[0]-a[0])/l*width/2, (b[1]-a[1])/l*width/2
		a, b = orb.Point{a[0] - ux, a[1] - uy}, orb.Point{b[0] + ux, b[1] + uy}
		for k, p := range []orb.Point{{a[0] - uy, a[1] + ux}, {b[0] - uy, b[1] + ux}, {b[0] + uy, b[1] - ux}, {a[0] + uy, a[1] - ux}} {
			if k == 0 {
				r.MoveTo(float32(p[0]), float32(p[1]))
			} else {
				r.LineTo(float32(p[0]), float32(p[1]))
			}
		}
		r.ClosePath()
	}
	r.Draw(on, on.Bounds(), image.NewUniform(c), image.Point{})
}

// write draws a line of text.
func (t typefaces) write(on draw.Image, l line, c color.Color) error {
	face, text, err := t.fitted(l.text, l.size, linesWidth)
	if err != nil {
		return err
	}
	defer face.Close()
	d := font.Drawer{Dst: on, Src: image.NewUniform(c), Face: face, Dot: fixed.P(linesX, l.y)}
	d.DrawString(text)
	return nil
}
