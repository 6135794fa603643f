package sample

import "math"

// way is one line of the hand-made city: a road, a shore, a railway or a help
// line. Its points are longitude and latitude in degrees; roads end a little
// beyond the road they meet, and are trimmed when they are drawn.
type way struct {
	kind, class string // of the reference; kind "" = help line, not drawn
	name, en    string
	half        float64 // metres kept free on each side
	pts         [][2]float64
}

const (
	arterialHalf = 21.0
	avenueHalf   = 26.0
	streetHalf   = 10.0
	railHalf     = 24.0
	shoreHalf    = 22.0
	laneHalf     = 7.0
)

func road(name, en string, half float64, pts ...[2]float64) way {
	return way{"road", "arterial", name, en, half, pts}
}

// outlinePoints is the district as we draw it, about thirty points inside its
// frame; it is no official boundary.
func outlinePoints() [][2]float64 {
	return [][2]float64{
		{113.0675, 29.350},
		{113.076, 29.331},
		{113.092, 29.318},
		{113.110, 29.309},
		{113.128, 29.297},
		{113.146, 29.280},
		{113.165, 29.268},
		{113.182, 29.251},
		{113.203, 29.2405},
		{113.226, 29.250},
		{113.246, 29.262},
		{113.262, 29.281},
		{113.283, 29.292},
		{113.300, 29.305},
		{113.318, 29.321},
		{113.338, 29.336},
		{113.343, 29.357},
		{113.322, 29.374},
		{113.300, 29.381},
		{113.281, 29.395},
		{113.262, 29.402},
		{113.252, 29.418},
		{113.236, 29.431},
		{113.215, 29.437},
		{113.196, 29.432},
		{113.178, 29.438},
		{113.165, 29.450},
		{113.151, 29.4565},
		{113.130, 29.448},
		{113.110, 29.4375},
		{113.0925, 29.424},
		{113.082, 29.410},
		{113.074, 29.392},
		{113.068, 29.372},
	}
}

// Shores. Each is our own drawing after a few known places.
func dongtingShore() [][2]float64 {
	return [][2]float64{
		{113.0668, 29.3340},
		{113.0712, 29.3415},
		{113.0762, 29.3475},
		{113.0812, 29.3540},
		{113.0832, 29.3620},
		{113.0838, 29.3690},
		{113.0846, 29.3760},
		{113.0866, 29.3832},
		{113.0878, 29.3895},
		{113.0900, 29.3960},
		{113.0936, 29.4055},
		{113.1000, 29.4160},
		{113.1120, 29.4262},
		{113.1280, 29.4342},
		{113.1440, 29.4440},
		{113.1560, 29.4560},
		{113.1590, 29.4578},
	}
}

func southLake() [][2]float64 {
	return [][2]float64{
		{113.1255, 29.3452},
		{113.1175, 29.3478},
		{113.1120, 29.3466},
		{113.1065, 29.3438},
		{113.1005, 29.3428},
		{113.0950, 29.3448},
		{113.0890, 29.3492},
		{113.0845, 29.3468},
		{113.0835, 29.3405},
		{113.0885, 29.3352},
		{113.0945, 29.3300},
		{113.1030, 29.3248},
		{113.1110, 29.3285},
		{113.1165, 29.3330},
		{113.1240, 29.3318},
		{113.1335, 29.3342},
		{113.1425, 29.3372},
		{113.1482, 29.3430},
		{113.1475, 29.3480},
		{113.1425, 29.3490},
		{113.1365, 29.3462},
		{113.1310, 29.3440},
	}
}

func eastWindLake() [][2]float64 {
	return [][2]float64{
		{113.1066, 29.4012},
		{113.1082, 29.4062},
		{113.1070, 29.4112},
		{113.1030, 29.4105},
		{113.0998, 29.4062},
		{113.0975, 29.4010},
		{113.0957, 29.3962},
		{113.0985, 29.3950},
		{113.1020, 29.3962},
		{113.1048, 29.3978},
	}
}

func jineHill() [][2]float64 {
	return [][2]float64{
		{113.1155, 29.3612},
		{113.1126, 29.3622},
		{113.1108, 29.3604},
		{113.1112, 29.3576},
		{113.1130, 29.3560},
		{113.1158, 29.3558},
		{113.1174, 29.3580},
		{113.1170, 29.3600},
	}
}

// riverCourse is the middle of 王家河 from 南湖 to the north; its half width
// falls from riverMouth to riverHead metres.
func riverCourse() [][2]float64 {
	return [][2]float64{
		{113.1440, 29.3465},
		{113.1452, 29.3510},
		{113.1474, 29.3562},
		{113.1482, 29.3622},
		{113.1478, 29.3680},
		{113.1496, 29.3738},
		{113.1530, 29.3792},
		{113.1548, 29.3850},
		{113.1582, 29.3905},
		{113.1640, 29.3955},
		{113.1700, 29.4030},
		{113.1755, 29.4110},
		{113.1835, 29.4185},
	}
}

const (
	riverMouth, riverHead = 42.0, 14.0
	riverRoad             = 300.0 // metres from the middle of the river to the road along it
)

func railways() []way {
	return []way{
		{
			"rail", "rail", "京广铁路", "Beijing–Guangzhou Railway", railHalf,
			[][2]float64{
				{113.1560, 29.4600},
				{113.1450, 29.4320},
				{113.1330, 29.4110},
				{113.1205, 29.3935},
				{113.1148, 29.3800},
				{113.1178, 29.3690},
				{113.1252, 29.3588},
				{113.1360, 29.3522},
				{113.1455, 29.3505},
				{113.1535, 29.3440},
				{113.1600, 29.3300},
				{113.1665, 29.3050},
				{113.1745, 29.2750},
				{113.1800, 29.2480},
			},
		},
		{
			"rail", "highspeed", "武广高速铁路", "Wuhan–Guangzhou High-Speed Railway", railHalf,
			[][2]float64{
				{113.1965, 29.4360}, {113.1992, 29.4000}, {113.2022, 29.3689}, {113.2036, 29.3400}, {113.2010, 29.3000}, {113.1970, 29.2380},
			},
		},
	}
}

func arterials() []way {
	return []way{
		road("巴陵路", "Baling Road", avenueHalf, [2]float64{113.0838, 29.3764}, [2]float64{113.0980, 29.3768}, [2]float64{113.1100, 29.3764},
			[2]float64{113.1200, 29.3768}, [2]float64{113.1320, 29.3790}, [2]float64{113.1450, 29.3812}, [2]float64{113.1600, 29.3820},
			[2]float64{113.1780, 29.3805}, [2]float64{113.1960, 29.3785}, [2]float64{113.2150, 29.3778}, [2]float64{113.2420, 29.3740},
			[2]float64{113.2700, 29.3680}, [2]float64{113.3050, 29.3635}, [2]float64{113.3450, 29.3480}),
		road("107国道", "National Highway 107", avenueHalf, [2]float64{113.1700, 29.4480}, [2]float64{113.1822, 29.4180}, [2]float64{113.1905, 29.3960},
			[2]float64{113.1925, 29.3750}, [2]float64{113.1910, 29.3500}, [2]float64{113.1885, 29.3250}, [2]float64{113.1895, 29.3000},
			[2]float64{113.1925, 29.2700}, [2]float64{113.1960, 29.2380}),
		road("杭瑞高速", "Hangrui Expressway", avenueHalf, [2]float64{113.1080, 29.3060}, [2]float64{113.1400, 29.2990}, [2]float64{113.1800, 29.2885},
			[2]float64{113.2200, 29.2915}, [2]float64{113.2600, 29.3020}, [2]float64{113.2900, 29.3080}, [2]float64{113.3080, 29.3085}),
		road("南湖大道", "Nanhu Avenue", avenueHalf, [2]float64{113.0815, 29.3586}, [2]float64{113.0900, 29.3582}, [2]float64{113.1000, 29.3562},
			[2]float64{113.1105, 29.3540}, [2]float64{113.1220, 29.3528}, [2]float64{113.1330, 29.3556}, [2]float64{113.1430, 29.3596},
			[2]float64{113.1580, 29.3636}, [2]float64{113.1780, 29.3662}, [2]float64{113.1945, 29.3672}),
		road("青年路", "Qingnian Road", arterialHalf, [2]float64{113.0826, 29.3685}, [2]float64{113.0952, 29.3692}, [2]float64{113.1080, 29.3680},
			[2]float64{113.1220, 29.3678}, [2]float64{113.1350, 29.3700}, [2]float64{113.1480, 29.3722}, [2]float64{113.1680, 29.3735}, [2]float64{113.1945, 29.3728}),
		road("金鹗路", "Jin'e Road", arterialHalf, [2]float64{113.0845, 29.3640}, [2]float64{113.1000, 29.3642}, [2]float64{113.1100, 29.3636},
			[2]float64{113.1185, 29.3638}, [2]float64{113.1290, 29.3652}, [2]float64{113.1400, 29.3664}),
		road("站前路", "Zhanqian Road", arterialHalf, [2]float64{113.0878, 29.3826}, [2]float64{113.0960, 29.3820}, [2]float64{113.1080, 29.3812},
			[2]float64{113.1165, 29.3814}, [2]float64{113.1270, 29.3832}, [2]float64{113.1400, 29.3860}),
		road("冷水铺路", "Lengshuipu Road", arterialHalf, [2]float64{113.0870, 29.3882}, [2]float64{113.0980, 29.3885}, [2]float64{113.1080, 29.3880},
			[2]float64{113.1185, 29.3876}, [2]float64{113.1300, 29.3890}, [2]float64{113.1432, 29.3885}, [2]float64{113.1580, 29.3890}, [2]float64{113.1790, 29.3900}),
		road("枫桥湖路", "Fengqiaohu Road", arterialHalf, [2]float64{113.1100, 29.3985}, [2]float64{113.1180, 29.3975}, [2]float64{113.1280, 29.3976},
			[2]float64{113.1400, 29.3985}, [2]float64{113.1560, 29.4010}, [2]float64{113.1720, 29.4012}, [2]float64{113.1910, 29.4040}),
		road("岳阳大道", "Yueyang Avenue", avenueHalf, [2]float64{113.1468, 29.3476}, [2]float64{113.1580, 29.3480}, [2]float64{113.1720, 29.3505},
			[2]float64{113.1900, 29.3570}, [2]float64{113.2030, 29.3640}, [2]float64{113.2160, 29.3700}, [2]float64{113.2260, 29.3790}),
		road("求索路", "Qiusuo Road", arterialHalf, [2]float64{113.1330, 29.3540}, [2]float64{113.1460, 29.3535}, [2]float64{113.1600, 29.3552},
			[2]float64{113.1740, 29.3580}, [2]float64{113.1925, 29.3620}),
		road("洞庭大道", "Dongting Avenue", avenueHalf, [2]float64{113.1085, 29.3865}, [2]float64{113.1112, 29.3940}, [2]float64{113.1145, 29.4010},
			[2]float64{113.1215, 29.4120}, [2]float64{113.1320, 29.4250}, [2]float64{113.1475, 29.4370}, [2]float64{113.1540, 29.4450}),
		road("洞庭路", "Dongting Road", arterialHalf, [2]float64{113.0867, 29.3577}, [2]float64{113.0866, 29.3640}, [2]float64{113.0870, 29.3700},
			[2]float64{113.0882, 29.3764}, [2]float64{113.0904, 29.3850}, [2]float64{113.0926, 29.3920}, [2]float64{113.0940, 29.3965}),
		road("云梦路", "Yunmeng Road", arterialHalf, [2]float64{113.0990, 29.3930}, [2]float64{113.0985, 29.3850}, [2]float64{113.0978, 29.3768},
			[2]float64{113.0974, 29.3690}, [2]float64{113.0968, 29.3600}, [2]float64{113.0962, 29.3500}, [2]float64{113.0962, 29.3440}),
		road("得胜路", "Desheng Road", arterialHalf, [2]float64{113.1065, 29.3900}, [2]float64{113.1066, 29.3820}, [2]float64{113.1058, 29.3764},
			[2]float64{113.1062, 29.3690}, [2]float64{113.1056, 29.3600}, [2]float64{113.1050, 29.3500}, [2]float64{113.1050, 29.3428}),
		road("建湘路", "Jianxiang Road", arterialHalf, [2]float64{113.1225, 29.4000}, [2]float64{113.1240, 29.3900}, [2]float64{113.1248, 29.3800},
			[2]float64{113.1246, 29.3733}, [2]float64{113.1238, 29.3640}, [2]float64{113.1222, 29.3560}, [2]float64{113.1212, 29.3510}),
		road("望岳路", "Wangyue Road", arterialHalf, [2]float64{113.1400, 29.4005}, [2]float64{113.1388, 29.3920}, [2]float64{113.1384, 29.3800},
			[2]float64{113.1380, 29.3700}, [2]float64{113.1372, 29.3620}, [2]float64{113.1358, 29.3530}),
		road("学院路", "Xueyuan Road", arterialHalf, [2]float64{113.1680, 29.4030}, [2]float64{113.1672, 29.3930}, [2]float64{113.1660, 29.3840},
			[2]float64{113.1630, 29.3730}, [2]float64{113.1612, 29.3620}, [2]float64{113.1606, 29.3530}, [2]float64{113.1608, 29.3465}),
		road("通海路", "Tonghai Road", arterialHalf, [2]float64{113.1760, 29.4035}, [2]float64{113.1755, 29.3860}, [2]float64{113.1770, 29.3720},
			[2]float64{113.1785, 29.3580}, [2]float64{113.1795, 29.3500}),
		road("东茅岭路", "Dongmaoling Road", arterialHalf, [2]float64{113.0965, 29.3726}, [2]float64{113.1060, 29.3722}, [2]float64{113.1120, 29.3718},
			[2]float64{113.1225, 29.3722}, [2]float64{113.1310, 29.3738}, [2]float64{113.1392, 29.3752}),
		road("胥家桥大道", "Xujiaqiao Avenue", avenueHalf, [2]float64{113.1885, 29.3905}, [2]float64{113.2000, 29.3918}, [2]float64{113.2150, 29.3915},
			[2]float64{113.2300, 29.3898}, [2]float64{113.2400, 29.3890}),
		road("物流大道", "Wuliu Avenue", arterialHalf, [2]float64{113.2068, 29.4100}, [2]float64{113.2082, 29.3950}, [2]float64{113.2100, 29.3765}),
		road("和兴路", "Hexing Road", arterialHalf, [2]float64{113.1850, 29.4045}, [2]float64{113.2060, 29.4050}, [2]float64{113.2230, 29.4045}, [2]float64{113.2400, 29.4020}, [2]float64{113.2560, 29.4020}, [2]float64{113.2680, 29.4035}),
		road("梅溪路", "Meixi Road", arterialHalf, [2]float64{113.2365, 29.4050}, [2]float64{113.2345, 29.3900}, [2]float64{113.2330, 29.3745}),
		{"road", "street", "城陵矶南路", "Chenglingji South Road", streetHalf, [][2]float64{{113.1180, 29.4132}, {113.1270, 29.4138}, {113.1360, 29.4125}}},
		{"road", "street", "城陵矶中路", "Chenglingji Middle Road", streetHalf, [][2]float64{{113.1265, 29.4222}, {113.1360, 29.4215}, {113.1420, 29.4205}}},
		{"road", "street", "郭镇路", "Guozhen Road", streetHalf, [][2]float64{
			{113.1880, 29.3048}, {113.1940, 29.3052}, {113.1968, 29.3044}, {113.1972, 29.3000}, {113.1965, 29.2965}, {113.1935, 29.2958}, {113.1885, 29.2962},
		}},
	}
}

// helpers are lines that give the lakes and the hill an edge to hang on.
func helpers() []way {
	return []way{
		{"", "", "", "", laneHalf, [][2]float64{{113.1214, 29.3535}, {113.1205, 29.3460}, {113.1190, 29.3150}, {113.1185, 29.2950}}},
		{"", "", "", "", laneHalf, [][2]float64{{113.0850, 29.4032}, {113.1000, 29.4036}, {113.1180, 29.4038}}},
		{"", "", "", "", laneHalf, [][2]float64{{113.1139, 29.3645}, {113.1136, 29.3590}, {113.1138, 29.3530}}},
	}
}

// smooth draws a curve through the points (Catmull–Rom, centripetal enough at
// our spacing) with a point about every step metres.
func smooth(pts []xy, closed bool, step float64) []xy {
	n := len(pts)
	get := func(i int) xy {
		if closed {
			return pts[((i%n)+n)%n]
		}
		return pts[max(0, min(n-1, i))]
	}
	last := n - 1
	if closed {
		last = n
	}
	var out []xy
	for i := range last {
		p0, p1, p2, p3 := get(i-1), get(i), get(i+1), get(i+2)
		parts := max(1, int(math.Round(p1.dist(p2)/step)))
		for k := range parts {
			t := float64(k) / float64(parts)
			a := p1.mul(2).add(p2.sub(p0).mul(t))
			b := p0.mul(2).sub(p1.mul(5)).add(p2.mul(4)).sub(p3).mul(t * t)
			c := p1.mul(3).sub(p0).sub(p2.mul(3)).add(p3).mul(t * t * t)
			out = append(out, a.add(b).add(c).mul(0.5))
		}
	}
	if !closed {
		out = append(out, pts[n-1])
	}
	return out
}

// beside is the line at a distance to the left of l, which bends gently.
func beside(l []xy, by func(i int) float64) []xy {
	out := make([]xy, len(l))
	for i := range l {
		u := l[min(i+1, len(l)-1)].sub(l[max(i-1, 0)]).unit()
		out[i] = l[i].add(u.left().mul(by(i)))
	}
	return out
}
