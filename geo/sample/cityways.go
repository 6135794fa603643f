package sample

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// references is the quiet base map.
func (c *city) references() []geo.Reference {
	var out []geo.Reference
	names := [][3]string{
		{"洞庭湖", "Dongting Lake", "lake"},
		{"南湖", "South Lake", "lake"},
		{"东风湖", "Dongfeng Lake", "lake"},
		{"王家河", "Wangjia River", "river"},
	}
	poly := func(r ring) orb.Polygon {
		if r.area() < 0 {
			r = reversed(r)
		}
		return c.proj.polygon(shape{outer: r})
	}
	out = append(out, geo.Reference{Kind: "outline", Class: "district", Name: "岳阳楼区（示例）", NameEn: "Yueyanglou District (demo)", Geometry: poly(c.outline)})
	for i, l := range c.lakes {
		out = append(out, geo.Reference{Kind: "water", Class: names[i][2], Name: names[i][0], NameEn: names[i][1], Geometry: poly(l)})
	}
	out = append(out, geo.Reference{Kind: "green", Class: "park", Name: "金鹗山", NameEn: "Jin'e Hill", Geometry: poly(c.hill)})
	out = append(out, anchors()...)
	for i, l := range c.lines {
		if l.kind == "" {
			continue
		}
		for _, run := range c.clear(c.trimmed(i)) {
			out = append(out, named(l.way, run, c.proj)...)
		}
	}
	return out
}

// anchors are what buyers ask the distance to: the station where it stands, and an
// expressway of our own drawing at the district's eastern edge.
func anchors() []geo.Reference {
	return []geo.Reference{
		{Kind: "station", Class: "rail", Name: "岳阳站", NameEn: "Yueyang Station", Geometry: orb.Point{113.1140, 29.3791}},
		{Kind: "road", Class: "expressway", Name: "杭瑞高速（示意）", NameEn: "Hangrui Expressway (sketch)", Geometry: orb.LineString{{113.3080, 29.2450}, {113.3160, 29.2900}, {113.3200, 29.3500}, {113.3170, 29.4050}, {113.3100, 29.4540}}},
	}
}

// named splits the roads that change their name on the way: 巴陵, 青年 and 金鹗
// have a west, middle and east part, 洞庭路 a north and a south one.
func named(w way, line []xy, proj projector) []geo.Reference {
	type stretch struct {
		zh, en string
		upTo   float64 // longitude, or latitude for 洞庭路
	}
	var parts []stretch
	key := func(p orb.Point) float64 { return p.Lon() }
	switch w.name {
	case "巴陵路":
		parts = []stretch{{"巴陵西路", "Baling West Road", 113.1058}, {"巴陵中路", "Baling Middle Road", 113.1248}, {"巴陵东路", "Baling East Road", 180}}
	case "青年路":
		parts = []stretch{{"青年西路", "Qingnian West Road", 113.1062}, {"青年中路", "Qingnian Middle Road", 113.1246}, {"青年东路", "Qingnian East Road", 180}}
	case "金鹗路":
		parts = []stretch{{"金鹗西路", "Jin'e West Road", 113.1056}, {"金鹗中路", "Jin'e Middle Road", 113.1238}, {"金鹗东路", "Jin'e East Road", 180}}
	case "洞庭路":
		parts = []stretch{{"洞庭南路", "Dongting South Road", 29.3764}, {"洞庭北路", "Dongting North Road", 90}}
		key = func(p orb.Point) float64 { return p.Lat() }
	default:
		parts = []stretch{{w.name, w.en, math.Inf(1)}}
	}
	all := proj.line(line)
	var out []geo.Reference
	for _, s := range parts {
		n := 0
		for n < len(all) && key(all[n]) <= s.upTo {
			n++
		}
		if n < 2 {
			continue
		}
		out = append(out, geo.Reference{Kind: w.kind, Class: w.class, Name: s.zh, NameEn: s.en, Geometry: slices.Clone(all[:n])})
		all = all[n-1:]
	}
	return out
}
