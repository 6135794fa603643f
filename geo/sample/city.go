package sample

import (
	"math"
	"math/rand/v2"
	"slices"
)

// city is the ground before any area is drawn: the blocks between the roads,
// and the quiet base map.
type city struct {
	proj    projector
	outline ring
	lines   []cityLine
	lakes   []ring // also 王家河
	hill    ring
	river   []xy // its middle
	blocks  []*block
}

type cityLine struct {
	way
	line []xy
}

// block is land between roads, without them.
type block struct {
	ring      ring
	lo, hi    xy // its box
	riverside bool
	lakeside  bool
	free      float64 // plane m2 not yet given to an area
	parts     []*areaPart
}

// Tags of lines that are no way.
const (
	tagOutline = -1 - iota
	tagDongting
	tagLake
	tagHill
	tagRiver
)

// newCity draws the skeleton and cuts the district along it. near tells how far
// a place is from the next area centre: only blocks near one are made, and
// large ones there get streets.
func newCity(rng *rand.Rand, proj projector, near func(xy) float64) *city {
	c := &city{proj: proj}
	place := func(pts [][2]float64) []xy {
		out := make([]xy, len(pts))
		for i, p := range pts {
			out[i] = proj.plane(p[0], p[1])
		}
		return out
	}
	c.outline = ring(place(outlinePoints()))
	ways := append(arterials(), railways()...)
	for _, w := range append(ways, helpers()...) {
		c.lines = append(c.lines, cityLine{w, smooth(place(w.pts), false, 70)})
	}
	c.river = smooth(place(riverCourse()), false, 60)
	half := func(i int) float64 {
		return riverMouth + (riverHead-riverMouth)*float64(i)/float64(len(c.river)-1)
	}
	west := beside(c.river, half)
	east := beside(c.river, func(i int) float64 { return -half(i) })
	c.riverRoads()

	shore := smooth(place(dongtingShore()), false, 90)
	loops := []struct {
		pts []xy
		tag int
	}{
		{smooth(place(southLake()), true, 80), tagLake},
		{smooth(place(eastWindLake()), true, 60), tagLake},
		{smooth(place(jineHill()), true, 50), tagHill},
	}
	// The far shore lies beyond the district: only to close the lake on the map.
	far := smooth(place([][2]float64{
		{113.1700, 29.4800},
		{113.1300, 29.4930},
		{113.0800, 29.4950},
		{113.0300, 29.4850},
		{112.9900, 29.4600},
		{112.9700, 29.4150},
		{112.9800, 29.3700},
		{113.0100, 29.3400},
		{113.0350, 29.3290},
		{113.0560, 29.3300},
	}), false, 90)
	c.lakes = append(c.lakes, append(append(ring(nil), shore...), far...))
	c.hill = loops[2].pts
	c.lakes = append(c.lakes, loops[0].pts, loops[1].pts, append(append(ring(nil), east...), reversed(west)...))

	net := network{faces: []face{{c.outline, slices.Repeat([]int{tagOutline}, len(c.outline))}}}
	net.draw(shore, tagDongting)
	for i, l := range c.lines {
		net.draw(l.line, i)
	}
	for _, l := range loops {
		net.draw(append(slices.Clone(l.pts), l.pts[:min(len(l.pts), 14)]...), l.tag)
	}
	net.draw(west, tagRiver)
	net.draw(east, tagRiver)
	net.settle()
	for _, f := range net.faces {
		c.addBlocks(rng, f, near, 0)
	}
	return c
}

// riverRoads adds the roads along 王家河, from 南湖大道 to 巴陵路.
func (c *city) riverRoads() {
	for _, r := range []struct {
		name, en string
		side     float64
	}{{"王家河西路", "Wangjiahe West Road", riverRoad}, {"王家河东路", "Wangjiahe East Road", -riverRoad}} {
		line := beside(c.river, func(int) float64 { return r.side })
		from, to := c.proj.plane(113.148, 29.3500), c.proj.plane(113.156, 29.3905)
		line = slices.DeleteFunc(line, func(p xy) bool { return p.y < from.y || p.y > to.y })
		c.lines = append(c.lines, cityLine{way{"road", "arterial", r.name, r.en, arterialHalf - 6, nil}, line})
	}
}

// inWater says whether p is in a lake or a river.
func (c *city) inWater(p xy) bool {
	for _, l := range c.lakes {
		if l.contains(p) {
			return true
		}
	}
	return false
}

func (c *city) addBlocks(rng *rand.Rand, f face, near func(xy) float64, depth int) {
	mid := f.ring.inside()
	if c.inWater(mid) || c.hill.contains(mid) || (f.ring.area() > 5e6 && depth == 0 && near(mid) > 900) {
		return
	}
	long, short, axis := f.ring.extent()
	limit := 260_000.0
	river := slices.Contains(f.tag, tagRiver)
	if near(mid) > 1200 || river {
		limit = 420_000
	}
	if depth < 5 && (f.ring.area() > limit || !river && long > 2.6*short && long > 700) {
		if parts, line := c.addStreet(rng, f, axis); parts != nil {
			c.lines = append(c.lines, cityLine{way{"road", "street", "", "", streetHalf, nil}, line})
			for _, p := range parts {
				c.addBlocks(rng, p, near, depth+1)
			}
			return
		}
	}
	r := inset(f.ring, func(i int) float64 { return c.half(f.tag[i]) })
	if r == nil {
		return
	}
	r = tidy(chamfer(r, 14), 2)
	if !r.simple() || r.area() < 6000 {
		return
	}
	b := &block{ring: r, free: r.area(), riverside: river, lakeside: slices.Contains(f.tag, tagLake)}
	b.lo, b.hi = r.box()
	c.blocks = append(c.blocks, b)
}

// half is the free width on the block's side of a line.
func (c *city) half(tag int) float64 {
	switch tag {
	case tagOutline:
		return 30
	case tagDongting, tagLake, tagRiver:
		return shoreHalf
	case tagHill:
		return 12
	}
	return c.lines[tag].half
}

// addStreet halves a face by a slightly bent street across its long axis.
func (c *city) addStreet(rng *rand.Rand, f face, axis xy) (parts []face, line []xy) {
	tag := len(c.lines)
	best := 0.3
	for range 10 {
		u := heading(math.Atan2(axis.y, axis.x) + (rng.Float64()*2-1)*0.14)
		low, high, err := newCutter(rng, f.ring, u, 0).cut(f.ring, f.ring.area()*(0.42+0.16*rng.Float64()))
		if err != nil || quality(low, high) < best {
			continue
		}
		best = quality(low, high)
		chord := common(low, high)
		a, b := chord[0], chord[1]
		bend := a.towards(b, 0.5).add(u.mul((rng.Float64()*2 - 1) * 0.035 * a.dist(b)))
		over := b.sub(a).unit().mul(3)
		l := smooth([]xy{a.sub(over), bend, b.add(over)}, false, 70)
		ps := split(f, l, tag)
		if len(ps) == 2 {
			parts, line = []face{ps[0].face, ps[1].face}, l
		}
	}
	return parts, line
}

// common finds the two ends of the straight cut between two parts.
func common(a, b ring) []xy {
	var out []xy
	for _, p := range a {
		if slices.Contains(b, p) {
			out = append(out, p)
		}
	}
	far := []xy{out[0], out[len(out)-1]}
	for _, p := range out {
		for _, q := range out {
			if p.dist(q) > far[0].dist(far[1]) {
				far = []xy{p, q}
			}
		}
	}
	return far
}

// trimmed is the line without ends that hang less than 350 m over the last line
// or shore they cross.
func (c *city) trimmed(i int) []xy {
	l := c.lines[i].line
	first, last := math.Inf(1), math.Inf(-1)
	meet := func(o []xy) {
		for k := 0; k+1 < len(l); k++ {
			for m := 0; m+1 < len(o); m++ {
				if !segmentsTouch(l[k], l[k+1], o[m], o[m+1]) {
					continue
				}
				ab, cd := l[k+1].sub(l[k]), o[m+1].sub(o[m])
				t := float64(k) + o[m].sub(l[k]).cross(cd)/ab.cross(cd)
				first, last = min(first, t), max(last, t)
			}
		}
	}
	for j, o := range c.lines {
		if j != i && o.kind != "" {
			meet(o.line)
		}
	}
	for _, w := range c.lakes {
		meet(append(slices.Clone(w), w[0]))
	}
	if math.IsInf(first, 1) {
		return l
	}
	at := func(t float64) xy {
		k := min(int(t), len(l)-2)
		return l[k].towards(l[k+1], t-float64(k))
	}
	end := len(l) - 1
	if at(first).dist(l[0]) > 350 {
		first = 0
	}
	if at(last).dist(l[end]) > 350 {
		last = float64(end)
	}
	out := []xy{at(first)}
	for k := int(first) + 1; float64(k) < last; k++ {
		out = append(out, l[k])
	}
	return append(out, at(last))
}

// clear gives the stretches of a line that run through no block and inside the
// district's frame: ends that hang in a block are not built.
func (c *city) clear(line []xy) [][]xy {
	frame := frame()
	free := func(p xy) bool {
		if !frame.Contains(c.proj.point(p)) {
			return false
		}
		return !slices.ContainsFunc(c.blocks, func(b *block) bool {
			return p.x > b.lo.x && p.x < b.hi.x && p.y > b.lo.y && p.y < b.hi.y && b.ring.contains(p)
		})
	}
	var out [][]xy
	var run []xy
	end := func() {
		if len(run) > 1 && length(run) > 60 {
			out = append(out, run)
		}
		run = nil
	}
	for i, a := range line {
		if free(a) {
			run = append(run, a)
		} else {
			end()
		}
		if i+1 == len(line) {
			break
		}
		b := line[i+1]
		steps := int(a.dist(b)/8) + 1
		last := a
		for k := 1; k < steps; k++ { // a point is kept only where a stretch begins or ends
			p := a.towards(b, float64(k)/float64(steps))
			switch ok := free(p); {
			case ok && len(run) == 0:
				run = append(run, p)
			case !ok && len(run) > 0:
				if last != a {
					run = append(run, last)
				}
				end()
			}
			last = p
		}
	}
	end()
	return out
}
