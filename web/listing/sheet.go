package listing

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Sizes of the sheet's drawing on paper, in millimetres.
const (
	drawWidth  = 182.0
	drawHeight = 128.0
	drawRoom   = 14.0 // between the land and the frame
)

// sheetCorners is how many corners fit on the page.
const sheetCorners = 60

// Drawing is the plan on the sheet. Its view box is in millimetres of paper, so
// that it has its scale on paper when it is printed at its own size.
type Drawing struct {
	Width, Height float64
	Scale         int // 1 : Scale
	Land          string
	Roads, Waters []string // of the base map around the land
	Ticks         []GridTick
	Numbers       []CornerMark
	Bar           []BarPart
	BarMetres     float64
	BarMM         float64
}

// GridTick is a cross of the grid, or the mark of a grid line on the frame.
type GridTick struct {
	X, Y  float64
	Edge  string // "", bottom or left: on which side of the frame its number stands
	Label string
}

// CornerMark is a corner on the plan; Label is left out where it would stand on
// another.
type CornerMark struct {
	X, Y, LX, LY float64
	Label        string
}

// BarPart is one field of the scale bar.
type BarPart struct {
	X, Width float64
	Dark     bool
	Label    string
}

// scales are the round scales, largest first.
func scales() []int {
	return []int{200, 250, 500, 750, 1000, 1500, 2000, 2500, 4000, 5000, 7500, 10000, 15000, 20000, 25000, 50000, 100000}
}

// scaleFor is the largest round scale at which a piece of w by h metres fits.
func scaleFor(w, h float64) int {
	all := scales()
	for _, n := range all {
		if w*1000/float64(n) <= drawWidth-2*drawRoom && h*1000/float64(n) <= drawHeight-2*drawRoom {
			return n
		}
	}
	return all[len(all)-1]
}

// drawn is the plan of a shape in metres of a plane. refs lie in degrees, and
// with shape, the same land in degrees, are laid into that plane.
func drawn(plan, shape orb.MultiPolygon, refs []geo.Reference, corners []Corner) Drawing {
	b := plan.Bound()
	d := Drawing{Width: drawWidth, Height: drawHeight, Scale: scaleFor(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1])}
	mm := 1000 / float64(d.Scale) // of paper for a metre
	mid := b.Center()
	to := func(p orb.Point) orb.Point {
		return orb.Point{drawWidth/2 + (p[0]-mid[0])*mm, drawHeight/2 - (p[1]-mid[1])*mm}
	}
	d.Land = pathMM(plan, to)
	if into, ok := intoPlane(shape, plan); ok {
		d.surround(refs, func(p orb.Point) orb.Point { return to(into(p)) })
	}
	d.grid(mid, mm)
	d.marks(corners, to)
	d.bar(mm)
	return d
}

// pathMM writes rings in millimetres to a hundredth.
func pathMM(m orb.MultiPolygon, to func(orb.Point) orb.Point) string {
	var b strings.Builder
	for _, poly := range m {
		for _, ring := range poly {
			for i, q := range ring {
				p := to(q)
				b.WriteByte("ML"[min(i, 1)])
				b.WriteString(hundredth(p[0]) + " " + hundredth(p[1]))
			}
			b.WriteByte('Z')
		}
	}
	return b.String()
}

func hundredth(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// intoPlane finds how degrees lie in the plane of the plan: a tangent plane,
// turned and scaled as the corners of the land say, which they have in both. A
// kilometre around it is right to a decimetre.
func intoPlane(shape, plan orb.MultiPolygon) (func(orb.Point) orb.Point, bool) {
	var from, to []orb.Point
	each := func(m orb.MultiPolygon, list *[]orb.Point) {
		for _, poly := range m {
			for _, r := range poly {
				*list = append(*list, r...)
			}
		}
	}
	if len(shape) == 0 {
		return nil, false
	}
	pl := planeAt(shape.Bound().Center())
	each(pl.shape(shape), &from)
	each(plan, &to)
	if len(from) != len(to) || len(from) < 3 {
		return nil, false
	}
	var cf, ct orb.Point
	for i := range from {
		n := float64(len(from))
		cf[0], cf[1], ct[0], ct[1] = cf[0]+from[i][0]/n, cf[1]+from[i][1]/n, ct[0]+to[i][0]/n, ct[1]+to[i][1]/n
	}
	var dot, cross, size float64
	for i := range from {
		x, y, u, v := from[i][0]-cf[0], from[i][1]-cf[1], to[i][0]-ct[0], to[i][1]-ct[1]
		dot, cross, size = dot+x*u+y*v, cross+x*v-y*u, size+x*x+y*y
	}
	if size == 0 {
		return nil, false
	}
	c, s := dot/size, cross/size
	return func(p orb.Point) orb.Point {
		q := pl.at(p)
		x, y := q[0]-cf[0], q[1]-cf[1]
		return orb.Point{ct[0] + c*x - s*y, ct[1] + s*x + c*y}
	}, true
}

// surround draws roads and water of the base map that come into the frame.
func (d *Drawing) surround(refs []geo.Reference, to func(orb.Point) orb.Point) {
	frame := orb.Bound{Min: orb.Point{-20, -20}, Max: orb.Point{drawWidth + 20, drawHeight + 20}}
	for _, r := range refs {
		var list *[]string
		switch r.Kind {
		case "road", "rail":
			list = &d.Roads
		case "water":
			list = &d.Waters
		default:
			continue
		}
		var lines []orb.LineString
		switch g := r.Geometry.(type) {
		case orb.LineString:
			lines = append(lines, g)
		case orb.MultiLineString:
			lines = append(lines, g...)
		case orb.Polygon:
			for _, ring := range g {
				lines = append(lines, orb.LineString(ring))
			}
		}
		for _, l := range lines {
			on := make(orb.LineString, 0, len(l))
			for _, p := range l {
				on = append(on, to(p))
			}
			if !on.Bound().Intersects(frame) {
				continue
			}
			var b strings.Builder
			for i, p := range on {
				b.WriteByte("ML"[min(i, 1)])
				b.WriteString(hundredth(p[0]) + " " + hundredth(p[1]))
			}
			*list = append(*list, b.String())
		}
	}
}

// grid puts crosses at round coordinates, four to eight across, with the numbers
// of the lines at the frame.
func (d *Drawing) grid(mid orb.Point, mm float64) {
	step := roundBelow(36 / mm)
	left, bottom := mid[0]-drawWidth/2/mm, mid[1]-drawHeight/2/mm
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	for e := math.Ceil(left/step) * step; (e-left)*mm <= drawWidth; e += step {
		x := (e - left) * mm
		if x > 12 && x < drawWidth-12 {
			d.Ticks = append(d.Ticks, GridTick{X: hundred(x), Y: drawHeight, Edge: "bottom", Label: number(e)})
		}
		for n := math.Ceil(bottom/step) * step; (n-bottom)*mm <= drawHeight; n += step {
			d.Ticks = append(d.Ticks, GridTick{X: hundred(x), Y: hundred(drawHeight - (n-bottom)*mm)})
		}
	}
	for n := math.Ceil(bottom/step) * step; (n-bottom)*mm <= drawHeight; n += step {
		if y := (n - bottom) * mm; y > 12 && y < drawHeight-12 {
			d.Ticks = append(d.Ticks, GridTick{X: 0, Y: hundred(drawHeight - y), Edge: "left", Label: number(n)})
		}
	}
}

func hundred(v float64) float64 { return math.Round(v*100) / 100 }

// marks puts the numbers of the corners beside them, away from the middle.
func (d *Drawing) marks(corners []Corner, to func(orb.Point) orb.Point) {
	var taken []orb.Point
	for _, c := range corners {
		p := to(c.at)
		m := CornerMark{X: hundred(p[0]), Y: hundred(p[1])}
		dx, dy := p[0]-drawWidth/2, p[1]-drawHeight/2
		l := max(math.Hypot(dx, dy), 1)
		m.LX, m.LY = hundred(p[0]+dx/l*3.4), hundred(p[1]+dy/l*3.4+0.8)
		free := !slices.ContainsFunc(taken, func(q orb.Point) bool { return math.Abs(q[0]-m.LX) < 6 && math.Abs(q[1]-m.LY) < 2.8 })
		if free && len(taken) < sheetCorners {
			m.Label = c.No
			taken = append(taken, orb.Point{m.LX, m.LY})
		}
		d.Numbers = append(d.Numbers, m)
	}
}

// bar is the scale bar: four fields of a round length, 30 to 60 mm in all.
func (d *Drawing) bar(mm float64) {
	field := roundBelow(15 / mm)
	for i := range 4 {
		d.Bar = append(d.Bar, BarPart{X: hundred(float64(i) * field * mm), Width: hundred(field * mm), Dark: i%2 == 0, Label: strconv.FormatFloat(float64(i)*field, 'f', -1, 64)})
	}
	d.BarMetres, d.BarMM = 4*field, hundred(4*field*mm)
}

// sheetPage is the sheet.
type sheetPage struct {
	Site
	Head      head
	P         card
	Drawing   Drawing
	Columns   [][]Corner
	CornerSum int
	Shown     int // of them, those in the columns
	Facts     []Row
	System    string
	QR        Code
	Address   string
	Degrees   bool
}

// SheetPage writes the sheet of a parcel for one page of A4. With no measuring
// system set the plan lies in a tangent plane at the parcel and the corners are
// told in degrees.
func SheetPage(s Site, p Parcel, plan orb.MultiPolygon) ([]byte, error) {
	page := sheetPage{Site: s, P: s.card(p)}
	var corners, placed []Corner
	if len(plan) > 0 {
		page.System = "EPSG:" + strconv.Itoa(s.MeasureSRID)
		corners = cornersOf(plan, 3)
		placed = corners
	} else {
		page.Degrees, page.System = true, "EPSG:4490"
		plan = planeAt(p.Shape.Bound().Center()).shape(p.Shape)
		placed = cornersOf(plan, 3)
		corners = cornersOf(p.Shape, 7)
		for i := range corners {
			if len(placed) == len(corners) {
				corners[i].Edge = placed[i].Edge
			}
		}
	}
	page.Drawing = drawn(plan, p.Shape, s.References, placed)
	page.CornerSum = len(corners)
	page.Columns, page.Shown = columns(corners)
	conditions, err := s.conditions(p)
	if err != nil {
		return nil, err
	}
	notice, err := s.notice(p)
	if err != nil {
		return nil, err
	}
	figures, err := s.figures(p)
	if err != nil {
		return nil, err
	}
	page.Facts = uniqueRows(notice, conditions, figures)
	page.Address = s.Origin + ParcelPath(p.Code, "")
	if page.QR, err = CodeOf(page.Address); err != nil {
		return nil, err
	}
	title, err := s.T("sheet_title")
	if err != nil {
		return nil, err
	}
	page.Head = head{Title: title + " · " + p.Title() + " · " + p.Code, Path: ParcelPath(p.Code, "sheet"), Plain: true, Light: true}
	return render("sheet.html", page)
}

// columns divides the corners that fit on the page into three columns, a line for each
// and one for each ring that is announced, and tells how many they are.
func columns(corners []Corner) (out [][]Corner, shown int) {
	lines := func(c Corner) int {
		if c.Head {
			return 2
		}
		return 1
	}
	most, slack := sheetCorners, 0
	if len(corners) > 0 && corners[0].Head {
		most, slack = most-3, 1 // a ring's line is not parted from its first corner
	}
	sum := 0
	for _, c := range corners {
		if sum+lines(c) > most {
			break
		}
		sum += lines(c)
		shown++
	}
	room := max(6, (sum+2)/3+slack)
	taken := room
	for _, c := range corners[:shown] {
		if taken+lines(c) > room {
			out, taken = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], c)
		taken += lines(c)
	}
	return out, shown
}

// uniqueRows puts tables together, each label once.
func uniqueRows(tables ...[]Row) (out []Row) {
	for _, t := range tables {
		for _, r := range t {
			if !slices.ContainsFunc(out, func(o Row) bool { return o.Label == r.Label }) {
				out = append(out, r)
			}
		}
	}
	return out
}
