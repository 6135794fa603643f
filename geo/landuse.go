package geo

import "strings"

// UseClass is a family of land uses that shares a colour on the map.
type UseClass struct {
	Code  string `json:"code"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
	Token string `json:"token"`
	Order int    `json:"order"`
}

// UseClasses lists the families in legend order.
func UseClasses() []UseClass {
	return []UseClass{
		{"residential", "居住", "Housing", "use-residential", 1},
		{"commercial", "商业服务", "Commerce", "use-commercial", 2},
		{"industrial", "工业", "Industry", "use-industrial", 3},
		{"logistics", "物流仓储", "Logistics", "use-logistics", 4},
		{"public", "公共服务", "Public service", "use-public", 5},
		{"green", "绿地", "Green", "use-green", 6},
		{"transport", "交通", "Transport", "use-transport", 7},
		{"other", "其他", "Other", "use-other", 8},
	}
}

// UseClassOf finds the family of a land-use code of the 2023 guide (国土空间
// 用地用海分类); the codes of GB/T 21010-2017 that differ in their first two
// digits (05 商服, 06 工矿仓储) are understood as well. An unknown code is
// "other".
func UseClassOf(code string) string {
	c := strings.TrimSpace(code)
	first := c
	if len(first) > 2 {
		first = first[:2]
	}
	switch {
	case strings.HasPrefix(c, "0604"), first == "11":
		return "logistics"
	case first == "07":
		return "residential"
	case first == "05", first == "09":
		return "commercial"
	case first == "06", first == "10":
		return "industrial"
	case strings.HasPrefix(c, "0810"), first == "14":
		return "green"
	case first == "08", first == "13":
		return "public"
	case first == "12":
		return "transport"
	}
	return "other"
}
