package sample

import (
	"fmt"

	"github.com/paulmach/orb"
)

// Overlay is a layer over the map of the demo district. All of it is invented: no
// line in it is an official boundary.
type Overlay struct {
	Name, Title, TitleEn string
	Kind                 string // as the folder of overlays knows kinds
	Features             []OverlayFeature
}

// OverlayFeature is a named shape of a layer, in degrees.
type OverlayFeature struct {
	Name, NameEn string
	Geometry     orb.MultiPolygon
}

// Overlays draws the layers of the demo: zones that are not to be planned in,
// streets, and a sketch of the master plan. Boards are drawn by the server.
func Overlays() ([]Overlay, error) {
	streets, err := streetLayer()
	if err != nil {
		return nil, err
	}
	return []Overlay{
		{"exclusion-zones", "避让区（示意）", "Zones to keep out of (invented)", "exclusion", drawnFeatures([]drawn{
			{"经济技术开发区（示意）", "Economic development zone (invented)", [][2]float64{{113.168, 29.354}, {113.197, 29.350}, {113.205, 29.366}, {113.180, 29.372}, {113.166, 29.366}}},
			{"临港新区（示意）", "Port zone (invented)", [][2]float64{{113.140, 29.432}, {113.165, 29.434}, {113.172, 29.4435}, {113.152, 29.4545}, {113.138, 29.447}}},
			{"南湖新区（示意）", "South Lake zone (invented)", [][2]float64{{113.083, 29.334}, {113.103, 29.324}, {113.126, 29.3295}, {113.149, 29.337}, {113.150, 29.3455}, {113.126, 29.3445}, {113.100, 29.342}, {113.0855, 29.3475}}},
		})},
		streets,
		{"blueprint", "规划蓝图（虚构）", "Planning blueprint (invented)", "blueprint", drawnFeatures([]drawn{
			{"滨水文旅带", "Waterfront for visitors", [][2]float64{{113.0845, 29.361}, {113.0925, 29.361}, {113.0975, 29.385}, {113.111, 29.4015}, {113.104, 29.407}, {113.0915, 29.391}}},
			{"都市商贸核心", "Centre of trade", [][2]float64{{113.1035, 29.3655}, {113.1235, 29.3640}, {113.1265, 29.3785}, {113.108, 29.3835}}},
			{"生态绿心", "Green heart", [][2]float64{{113.1335, 29.3505}, {113.1565, 29.3515}, {113.1585, 29.3630}, {113.1400, 29.3650}}},
			{"物流枢纽", "Logistics hub", [][2]float64{{113.2035, 29.3835}, {113.2265, 29.3825}, {113.2315, 29.3975}, {113.2065, 29.4005}}},
			{"康养组团", "Health and care", [][2]float64{{113.1535, 29.3385}, {113.1735, 29.3365}, {113.1765, 29.3485}, {113.1565, 29.3505}}},
			{"郊野农业片", "Farmland", [][2]float64{{113.2400, 29.3120}, {113.2950, 29.3150}, {113.3050, 29.3450}, {113.2550, 29.3550}}},
		})},
	}, nil
}

// drawn is a shape drawn by hand: its corners in degrees, anticlockwise.
type drawn struct {
	name, en string
	pts      [][2]float64
}

func drawnFeatures(list []drawn) (out []OverlayFeature) {
	for _, d := range list {
		r := orb.Ring{}
		for _, p := range append(d.pts, d.pts[0]) {
			r = append(r, orb.Point(p))
		}
		out = append(out, OverlayFeature{d.name, d.en, orb.MultiPolygon{{r}}})
	}
	return out
}

// streetSeed is a place that lies in a street.
type streetSeed struct {
	code string
	at   xy
}

// streetLayer divides the district among its streets: each place belongs to the
// street of the area that is nearest to it. Towns without areas have a place of
// their own.
func streetLayer() (Overlay, error) {
	out := Overlay{"streets", "街道（示意）", "Streets (invented)", "street", nil}
	rows, err := readAreas()
	if err != nil {
		return out, err
	}
	proj := newProjector()
	seeds := []streetSeed{
		{"100", proj.plane(113.275, 29.372)}, {"201", proj.plane(113.285, 29.318)}, {"203", proj.plane(113.212, 29.303)},
	}
	for _, r := range rows {
		seeds = append(seeds, streetSeed{r.street[6:], proj.plane(r.lon, r.lat)})
	}
	outline := ring{}
	for _, p := range outlinePoints() {
		outline = append(outline, proj.plane(p[0], p[1]))
	}
	if outline.area() < 0 {
		outline = ring(reversed(outline))
	}
	cells := nearestCells(outline, seeds)
	for _, s := range streets() {
		var parts []ring
		for i, seed := range seeds {
			if seed.code == s[0] {
				parts = append(parts, cells[i])
			}
		}
		if len(parts) == 0 {
			continue
		}
		shapes, err := dissolve(parts)
		if err != nil {
			return out, fmt.Errorf("street %s: %w", s[1], err)
		}
		out.Features = append(out.Features, OverlayFeature{s[1], streetsEn()[s[0]], proj.multi(shapes)})
	}
	return out, nil
}

// streetsEn are the English names of the streets that are drawn.
func streetsEn() map[string]string {
	return map[string]string{
		"001": "Yueyanglou Street", "002": "Sanyanqiao Street", "003": "Lüxianting Street", "004": "Jin'eshan Street", "005": "Dongmaoling Street",
		"006": "Wulipai Street", "007": "Wangyuelu Street", "008": "Chenglingji Street", "009": "Fengqiaohu Street", "010": "Qijialing Street",
		"012": "Luowang Street", "013": "Nanhu Street", "014": "Zhanqian Street", "015": "Wangjiahe Street", "020": "Meixi Street",
		"100": "Xitang Town", "201": "Guozhen Township", "203": "Kangwang Township",
	}
}
