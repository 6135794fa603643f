package listing

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// Lang is the language of a page: Chinese or English.
type Lang string

// Languages.
const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)

// Pick chooses one of a pair of texts.
func (l Lang) Pick(zh, en string) string {
	if l == English {
		return en
	}
	return zh
}

// Other is the language to switch to.
func (l Lang) Other() Lang {
	if l == English {
		return Chinese
	}
	return English
}

// wanPerYi is how many 万 make one 亿.
const wanPerYi = 10_000

// decimals writes a number with thousands in groups and least to most decimals,
// halves rounded away from zero, as Intl.NumberFormat does in the browser: of the
// shortest decimal that stands for the number, so that 1.005 is a half. Both are held
// to the same table of examples.
func decimals(v float64, least, most int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	short, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
	if !ok {
		return "–"
	}
	text := short.FloatString(most)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, part, _ := strings.Cut(text, ".")
	for len(part) > least && strings.HasSuffix(part, "0") {
		part = part[:len(part)-1]
	}
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if part != "" {
		b.WriteByte('.')
		b.WriteString(part)
	}
	return sign + b.String()
}

// Count writes a whole number.
func Count(n int) string { return decimals(float64(n), 0, 0) }

// Plain writes a number with at most two decimals.
func Plain(v float64) string { return decimals(v, 0, 2) }

// Percent writes a number of percent.
func Percent(v float64) string { return Plain(v) + "%" }

// Mu writes land in mu.
func (l Lang) Mu(a geo.SquareMetres) string { return decimals(a.Mu(), 2, 2) + l.Pick(" 亩", " mu") }

// Land writes land in mu with hectares beside it.
func (l Lang) Land(a geo.SquareMetres) string {
	return l.Mu(a) + l.Pick("（"+decimals(a.Hectares(), 2, 2)+" 公顷）", " ("+decimals(a.Hectares(), 2, 2)+" ha)")
}

// Money writes an amount: in 万元 below one 亿 and in 亿元 from there on; in
// English in millions and billions of CNY. A million is 100 万, a billion 10 亿.
func (l Lang) Money(m geo.Money) string {
	wan := m.Wan()
	switch big := math.Abs(wan); {
	case l == English && big >= 10*wanPerYi:
		return "CNY " + decimals(wan/(10*wanPerYi), 2, 2) + " bn"
	case l == English:
		return "CNY " + decimals(wan/100, 2, 2) + " M"
	case big >= wanPerYi:
		return decimals(wan/wanPerYi, 2, 2) + " 亿元"
	}
	return decimals(wan, 0, 2) + " 万元"
}

// PerMu writes a price per mu, given in 万元.
func (l Lang) PerMu(wan float64) string {
	return l.Pick(decimals(wan, 2, 2)+" 万元/亩", "CNY "+decimals(wan/100, 2, 2)+" M/mu")
}

// FloorPrice writes a price per square metre of floor, given in yuan.
func (l Lang) FloorPrice(yuan float64) string {
	return l.Pick(decimals(yuan, 0, 0)+" 元/㎡", "CNY "+decimals(yuan, 0, 0)+"/m²")
}

// Day writes a civil day: 2019/09/28, Sep 28, 2019; "" for none.
func (l Lang) Day(d geo.Day) string {
	if d == 0 {
		return ""
	}
	return l.Pick(d.Date().Format("2006/01/02"), d.Date().Format("Jan 02, 2006"))
}

// Distance writes metres as people say them: to ten metres, from one kilometre on
// in kilometres.
func (l Lang) Distance(m float64) string {
	if m >= 1000 {
		return decimals(m/1000, 0, 1) + l.Pick(" 公里", " km")
	}
	return decimals(math.Round(m/10)*10, 0, 0) + l.Pick(" 米", " m")
}

// Left writes how long it is until a moment: days and hours above two days, else
// hours; minutes are for the browser, which counts on.
func (l Lang) Left(d time.Duration) string {
	if d <= 0 {
		return l.Pick("已截止", "closed")
	}
	hours := int(d / time.Hour)
	if hours < 1 {
		return l.Pick("不足 1 小时", "less than an hour")
	}
	days, rest := hours/24, hours%24
	text := strconv.Itoa(rest) + l.Pick(" 小时", " h")
	if days > 0 {
		text = strconv.Itoa(days) + l.Pick(" 天 ", " d ") + text
	}
	return text
}
