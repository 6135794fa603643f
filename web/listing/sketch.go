package listing

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// Sketch is the plan of a parcel as an SVG picture: one path, true to its shape,
// north up, with a bar of a round length.
type Sketch struct {
	Width, Height int    // of the view box
	Path          string // all rings; holes by the even-odd rule
	Bar           float64
	BarX, BarY    float64
	BarLabel      string
}

// Sizes of a sketch in the units of its view box.
const (
	sketchWidth  = 160
	sketchHeight = 104
	sketchMargin = 8
	sketchGrain  = 0.35 // what is drawn smaller than this is left out
)

// sketchOf draws a parcel into the box of a card.
func sketchOf(m orb.MultiPolygon) Sketch {
	s := Sketch{Width: sketchWidth, Height: sketchHeight}
	if len(m) == 0 {
		return s
	}
	flat := planeAt(m.Bound().Center()).shape(m)
	b := flat.Bound()
	w, h := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]
	if w <= 0 || h <= 0 {
		return s
	}
	const foot = 12 // for the bar
	scale := math.Min((sketchWidth-2*sketchMargin)/w, (sketchHeight-2*sketchMargin-foot)/h)
	dx := (sketchWidth - w*scale) / 2
	dy := (sketchHeight - foot - h*scale) / 2
	s.Path = pathOf(flat, sketchGrain, func(p orb.Point) orb.Point {
		return orb.Point{dx + (p[0]-b.Min[0])*scale, dy + (b.Max[1]-p[1])*scale}
	})
	metres := roundBelow(40 / scale)
	s.Bar, s.BarLabel = tenth(metres*scale), strconv.FormatFloat(metres, 'f', -1, 64)+" m"
	s.BarX, s.BarY = sketchMargin, sketchHeight-6
	return s
}

// roundBelow is the largest of 1, 2, 5 times a power of ten that is not larger.
func roundBelow(v float64) float64 {
	if v <= 0 || math.IsInf(v, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{5, 2, 1} {
		if f*power <= v*(1+1e-9) {
			return f * power
		}
	}
	return power
}

func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// pathOf writes rings as the d of an SVG path in relative steps of tenths, which
// is a third of what absolute numbers take; corners nearer than grain to the one
// before are left out.
func pathOf(m orb.MultiPolygon, grain float64, to func(orb.Point) orb.Point) string {
	var b strings.Builder
	num := func(tenths int) string { return strconv.FormatFloat(float64(tenths)/10, 'f', -1, 64) }
	pair := func(x, y int) {
		b.WriteString(num(x))
		if y >= 0 {
			b.WriteByte(' ')
		}
		b.WriteString(num(y))
	}
	for _, poly := range m {
		for _, ring := range poly {
			if len(ring) < 4 {
				continue
			}
			var x, y int
			started := false
			for _, q := range ring[:len(ring)-1] {
				p := to(q)
				px, py := int(math.Round(p[0]*10)), int(math.Round(p[1]*10))
				switch {
				case !started:
					b.WriteByte('M')
					pair(px, py)
					b.WriteByte('l')
					started = true
				case math.Hypot(float64(px-x), float64(py-y)) < grain*10:
					continue
				default:
					if last := b.String()[b.Len()-1]; last != 'l' && px-x >= 0 {
						b.WriteByte(' ')
					}
					pair(px-x, py-y)
				}
				x, y = px, py
			}
			b.WriteByte('z')
		}
	}
	return b.String()
}
