package listing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"sync"

	"github.com/paulmach/orb"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"tengdi/geo"
)

// Size of the Open Graph picture, as the networks want it.
const (
	pictureWidth  = 1200
	pictureHeight = 630
)

// bold is the typeface of the picture. It has Latin letters and digits only: there
// is no Chinese typeface small enough to carry in the program, so the picture
// has numbers and the shape, and the title beside it the words.
var bold = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(gobold.TTF) })

// Picture draws a parcel for its Open Graph picture: its shape, its size in mu and
// hectares and its price in CNY.
func Picture(p Parcel) ([]byte, error) {
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
	lines := []struct {
		size float64
		y    int
		text string
	}{
		{92, 230, decimals(p.Size.Mu(), 2, 2) + " mu"},
		{44, 300, decimals(p.Size.Hectares(), 2, 2) + " ha"},
	}
	if p.Price() > 0 {
		lines = append(lines, struct {
			size float64
			y    int
			text string
		}{58, 410, English.Money(p.Price())}, struct {
			size float64
			y    int
			text string
		}{38, 470, English.PerMu(p.PricePerMu())})
	}
	lines = append(lines, struct {
		size float64
		y    int
		text string
	}{30, 560, latin(p.Code)})
	for _, l := range lines {
		if err := write(canvas, l.text, 630, l.y, l.size, ink); err != nil {
			return nil, err
		}
	}
	draw.Draw(canvas, image.Rect(0, 0, 14, pictureHeight), image.NewUniform(fill), image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, canvas); err != nil {
		return nil, fmt.Errorf("listing: picture: %w", err)
	}
	return out.Bytes(), nil
}

// latin keeps of a text what the typeface has.
func latin(s string) string {
	out := []rune{}
	for _, c := range s {
		if c >= ' ' && c < 0x7f {
			out = append(out, c)
		}
	}
	return string(out)
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

// write draws a line of text; x and y are where its base line begins.
func write(on draw.Image, text string, x, y int, size float64, c color.Color) error {
	f, err := bold()
	if err != nil {
		return fmt.Errorf("listing: typeface: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return fmt.Errorf("listing: typeface: %w", err)
	}
	defer face.Close()
	d := font.Drawer{Dst: on, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
	return nil
}
