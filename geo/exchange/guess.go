package exchange

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Candidate is a reference system that coordinates seen without one could be
// in.
type Candidate struct {
	EPSG    int
	Datum   Datum // shifted degrees
	Swapped bool  // the file has northing or latitude first
	Zh, En  string

	off float64 // degrees from the district; 0 = inside it
}

// GuessCRS lists what the coordinates of a file that states no CRS are likely
// to be, best first. b is the box around them; district is where the land
// should lie, in degrees, or the zero box where that is not known. It guesses
// by the size of the numbers and never decides: a person chooses.
func GuessCRS(b, district orb.Bound) []Candidate {
	if noBox(b) || !finite(b.Min[0]+b.Min[1]+b.Max[0]+b.Max[1]) {
		return nil
	}
	g := guesser{box: b, district: district}
	g.straight()
	swapped := guesser{box: swapBox(b), district: district, swapped: true}
	swapped.straight()
	all := append(g.found, swapped.found...)
	slices.SortStableFunc(all, func(a, b Candidate) int {
		switch {
		case a.off < b.off:
			return -1
		case a.off > b.off:
			return 1
		}
		return 0
	})
	// With a district, what lies in it crowds out what lies elsewhere.
	if !noBox(district) && len(all) > 0 && all[0].off == 0 {
		all = slices.DeleteFunc(all, func(c Candidate) bool { return c.off > 0 })
	}
	return all
}

// SwapAxes exchanges the two ordinates of every vertex in place and turns the
// rings, whose direction that reverses.
func SwapAxes(mp orb.MultiPolygon) {
	for _, polygon := range mp {
		for _, ring := range polygon {
			for i, p := range ring {
				ring[i] = orb.Point{p[1], p[0]}
			}
		}
	}
	orient(mp)
}

func swapBox(b orb.Bound) orb.Bound {
	return orb.Bound{Min: orb.Point{b.Min[1], b.Min[0]}, Max: orb.Point{b.Max[1], b.Max[0]}}
}

type guesser struct {
	box      orb.Bound
	district orb.Bound
	swapped  bool
	found    []Candidate
}

// add notes a candidate whose box in degrees is roughly deg.
func (g *guesser) add(epsg int, d Datum, deg orb.Bound, en, zh string, args ...any) {
	c := Candidate{EPSG: epsg, Datum: d, Swapped: g.swapped, En: fmt.Sprintf(en, args...), Zh: fmt.Sprintf(zh, args...)}
	if g.swapped {
		c.En += "; axes swapped (north first)"
		c.Zh += "；坐标轴颠倒（先北后东）"
	}
	if !noBox(g.district) {
		c.off = distance(deg.Center(), g.district.Pad(0.5))
	}
	g.found = append(g.found, c)
}

// distance is how far outside the box a point lies, in degrees.
func distance(p orb.Point, b orb.Bound) float64 {
	dx := max(b.Min[0]-p[0], 0, p[0]-b.Max[0])
	dy := max(b.Min[1]-p[1], 0, p[1]-b.Max[1])
	return math.Hypot(dx, dy)
}

// inChina is a rough box in degrees.
func inChina(p orb.Point) bool { return p[0] > 73 && p[0] < 136 && p[1] > 3 && p[1] < 54 }

// Northings of the mainland in metres: 18N to 53.6N.
const southmost, northmost = 1_980_000, 5_950_000

func (g *guesser) straight() {
	b := g.box
	switch {
	case b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90:
		g.degrees()
	case b.Min[0] >= 13e6 && b.Max[0] < 46e6 && math.Floor(b.Min[0]/1e6) == math.Floor(b.Max[0]/1e6):
		g.zoned(int(b.Min[0] / 1e6))
	case b.Min[0] > 100_000 && b.Max[0] < 900_000 && b.Min[1] > 1_000_000 && b.Max[1] < 10_000_000:
		g.unzoned()
	}
	if !g.swapped && b.Min[0] > -10_000 && b.Max[0] < 300_000 && b.Min[1] > 300_000 && b.Max[1] < 630_000 {
		g.add(28992, "", orb.Bound{Min: orb.Point{3.2, 50.7}, Max: orb.Point{7.3, 53.6}},
			"metres as in the Netherlands (RD New)", "数值像荷兰国家坐标（RD New），单位米")
	}
	const rim = 20_037_508.35
	if !g.swapped && max(math.Abs(b.Min[0]), math.Abs(b.Max[0])) > 200_000 && b.Min[0] >= -rim && b.Max[0] <= rim &&
		b.Min[1] >= -rim && b.Max[1] <= rim {
		deg := orb.Bound{Min: unMercator(b.Min), Max: unMercator(b.Max)}
		if !noBox(g.district) && distance(deg.Center(), g.district.Pad(0.5)) == 0 || len(g.found) == 0 {
			g.add(3857, "", deg, "metres of web maps (Web Mercator)", "数值像网络地图的 Web 墨卡托坐标，单位米")
		}
	}
}

func unMercator(p orb.Point) orb.Point {
	const r = 6378137
	return orb.Point{p[0] / r * 180 / math.Pi, (2*math.Atan(math.Exp(p[1]/r)) - math.Pi/2) * 180 / math.Pi}
}

func (g *guesser) degrees() {
	b := g.box
	centre := b.Center()
	if g.swapped {
		// Latitude first is likely only where the other reading cannot be.
		if g.box.Max[0] <= 90 && !(inChina(centre) && !inChina(orb.Point{centre[1], centre[0]})) {
			return
		}
		g.add(4326, "", b, "degrees", "数值是经纬度")
		return
	}
	if d := GuessDatum([]orb.Bound{b}, g.district); d != Unshifted {
		g.add(4326, d, d.box(b), "degrees that fit the district when shifted back from %[1]s",
			"经纬度，按 %[1]s 纠偏后与本区范围相合", string(d))
	}
	g.add(4326, "", b, "degrees: WGS 84", "数值是经纬度：WGS 84")
	if inChina(centre) {
		g.add(4490, "", b, "degrees in China: CGCS2000", "数值是中国境内经纬度：CGCS2000")
	}
}

// zoned is for eastings that carry their zone number.
func (g *guesser) zoned(zone int) {
	north := g.box.Min[1] > southmost && g.box.Max[1] < northmost
	var step, meridian int
	switch {
	case zone >= 25 && zone <= 45:
		step, meridian = 3, 3*zone
	case zone >= 13 && zone <= 23:
		step, meridian = 6, 6*zone-3
	}
	x0 := float64(zone)*1e6 + 500_000
	european := zone >= 31 && zone <= 33 && g.box.Min[1] > 5_200_000 && g.box.Max[1] < 6_200_000
	if european {
		code := [...]int{5649, 4647, 5650}[zone-31]
		g.add(code, "", unTM(g.box, x0, float64(6*zone-183), 0.9996),
			"easting with zone %[1]d in front: ETRS89 / UTM (zE-N)", "东坐标带有带号 %[1]d：ETRS89 / UTM（zE-N）", zone)
	}
	if step == 0 || !north {
		return
	}
	deg := unTM(g.box, x0, float64(meridian), 1)
	for _, d := range []struct {
		datum datum
		name  string
	}{{cgcs2000, "CGCS2000"}, {xian1980, "Xian 1980"}, {beijing1954, "Beijing 1954"}} {
		code := chineseZone(d.datum, float64(meridian), x0, step == 3)
		g.add(code, "", deg, "easting with zone %[1]d in front: %[2]s, %[3]d-degree zones, %[4]dE",
			"东坐标带有带号 %[1]d：%[2]s %[3]d 度带，中央经线 %[4]d°", zone, d.name, step, meridian)
	}
}

// unzoned is for six-digit eastings: which meridian they belong to is not in
// the numbers, so the district decides, or all are listed.
func (g *guesser) unzoned() {
	if noBox(g.district) {
		if g.box.Min[1] > southmost && g.box.Max[1] < northmost {
			for m := 75; m <= 135; m += 3 {
				g.unzonedChina(float64(m), true)
			}
		}
		if g.box.Max[1] > northmost {
			for _, zone := range []int{32, 31, 33} {
				g.utmZone(25800+zone, zone)
			}
		}
		return
	}
	centre := g.district.Center()
	zone := int(math.Floor((centre[0]+180)/6)) + 1
	if inChina(centre) {
		g.unzonedChina(3*math.Round(centre[0]/3), true)
		g.unzonedChina(6*math.Round((centre[0]-3)/6)+3, false)
	}
	if centre[1] > 32 && centre[0] > -16 && centre[0] < 40 && zone >= 28 && zone <= 38 {
		g.utmZone(25800+zone, zone)
	}
	if centre[1] >= 0 {
		g.utmZone(32600+zone, zone)
	}
}

func (g *guesser) unzonedChina(meridian float64, three bool) {
	step := 6
	if three {
		step = 3
	}
	deg := unTM(g.box, 500_000, meridian, 1)
	if code := chineseZone(cgcs2000, meridian, 500_000, three); code != 0 {
		g.add(code, "", deg, "easting without a zone number: CGCS2000, %[1]d-degree zones, if the meridian is %[2]gE",
			"东坐标不带带号：CGCS2000 %[1]d 度带，若中央经线为 %[2]g°", step, meridian)
	}
}

func (g *guesser) utmZone(code, zone int) {
	g.add(code, "", unTM(g.box, 500_000, float64(6*zone-183), 0.9996),
		"easting without a zone number: UTM, if the zone is %[1]d", "东坐标不带带号：UTM，若为第 %[1]d 带", zone)
}

// unTM turns a box of a transverse Mercator projection into degrees, to a few
// hundredths of one: enough to tell districts apart, not to place land.
func unTM(b orb.Bound, x0, meridian, scale float64) orb.Bound {
	point := func(p orb.Point) orb.Point {
		const (
			rectifying = 6367449.146 // metres
			twoPhi     = 0.002518827 // first term of the footpoint latitude
			a          = 6378137.0
			e2         = 0.00669438
		)
		mu := p[1] / scale / rectifying
		phi := mu + twoPhi*math.Sin(2*mu)
		n := a / math.Sqrt(1-e2*math.Sin(phi)*math.Sin(phi))
		return orb.Point{
			meridian + (p[0]-x0)/scale/(n*math.Cos(phi))*180/math.Pi,
			phi * 180 / math.Pi,
		}
	}
	return orb.Bound{Min: point(b.Min), Max: point(b.Max)}
}
