package listing

import (
	"cmp"
	"slices"
	"strconv"

	"tengdi/geo"
)

// Chart is the prices of what was sold, by year and use: a dot for each deal, and
// the weighted price of each year and use as a line, in a picture of 640 × 260.
// The same numbers stand below it as a table.
type Chart struct {
	Years  []Tick
	Prices []Tick
	Series []Series
	Rows   []ChartRow
}

// Tick is a mark on an axis.
type Tick struct {
	At    float64
	Label string
}

// Series is one use.
type Series struct {
	UseClass string
	Dots     []Dot
	Line     string // points of a polyline
}

// Dot is one deal.
type Dot struct {
	X, Y float64
	Text string
}

// ChartRow is what was sold in a year for a use.
type ChartRow struct {
	Year     int
	UseClass string
	N        int
	Size     geo.SquareMetres
	Sum      geo.Money
}

// PricePerMu is the price of the row's land together, in 万元 per mu.
func (r ChartRow) PricePerMu() float64 { return r.Sum.Wan() / r.Size.Mu() }

// Frame of the chart in the units of its view box.
const (
	chartLeft, chartRight = 48.0, 632.0
	chartTop, chartBottom = 10.0, 232.0
)

// chartOf draws the deals; nil without any.
func chartOf(all []Parcel) *Chart {
	var sold []Parcel
	for _, p := range all {
		if p.Sold() && p.SoldOn != 0 && p.Deal > 0 && p.Size > 0 {
			sold = append(sold, p)
		}
	}
	if len(sold) == 0 {
		return nil
	}
	first, last, top := sold[0].SoldOn.Date().Year(), 0, 0.0
	for _, p := range sold {
		y := p.SoldOn.Date().Year()
		first, last, top = min(first, y), max(last, y), max(top, p.PricePerMu())
	}
	c := &Chart{}
	step := roundBelow(top / 4)
	top = step * float64(int(top/step)+1)
	years := float64(last - first + 1)
	x := func(d geo.Day) float64 {
		t := d.Date()
		return chartLeft + (float64(t.Year()-first)+float64(t.YearDay()-1)/366)/years*(chartRight-chartLeft)
	}
	y := func(price float64) float64 { return chartBottom - price/top*(chartBottom-chartTop) }
	for n := range last - first + 1 {
		c.Years = append(c.Years, Tick{tenth(chartLeft + float64(n)/years*(chartRight-chartLeft)), strconv.Itoa(first + n)})
	}
	for v := 0.0; v <= top+step/2; v += step {
		c.Prices = append(c.Prices, Tick{tenth(y(v)), Plain(v)})
	}
	for _, use := range useCodes() {
		s := Series{UseClass: use}
		for _, p := range sold {
			if p.UseClass == use {
				s.Dots = append(s.Dots, Dot{tenth(x(p.SoldOn)), tenth(y(p.PricePerMu())), p.Code})
				c.add(p)
			}
		}
		if len(s.Dots) == 0 {
			continue
		}
		for _, r := range c.Rows {
			if r.UseClass == use {
				mid := chartLeft + (float64(r.Year-first)+0.5)/years*(chartRight-chartLeft)
				s.Line += strconv.FormatFloat(tenth(mid), 'f', -1, 64) + "," + strconv.FormatFloat(tenth(y(r.PricePerMu())), 'f', -1, 64) + " "
			}
		}
		c.Series = append(c.Series, s)
	}
	return c
}

// add counts a deal into the row of its year and use; rows stay in order.
func (c *Chart) add(p Parcel) {
	year := p.SoldOn.Date().Year()
	at, found := slices.BinarySearchFunc(c.Rows, ChartRow{Year: year, UseClass: p.UseClass}, func(a, b ChartRow) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(useOrder(a.UseClass), useOrder(b.UseClass)))
	})
	if !found {
		c.Rows = slices.Insert(c.Rows, at, ChartRow{Year: year, UseClass: p.UseClass})
	}
	r := &c.Rows[at]
	r.N, r.Size, r.Sum = r.N+1, r.Size+p.Size, r.Sum+p.Deal
}

func useOrder(code string) int { return slices.Index(useCodes(), code) }
