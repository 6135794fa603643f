package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// SquareMetres is an area of ground. It is never measured in EPSG:3857, whose
// areas are 31.7 % too large at Yueyang's latitude.
type SquareMetres float64

// SquareMetresPerMu is the size of one mu (亩): 10000/15 m2, so that 15 mu are
// one hectare.
const SquareMetresPerMu = 10000.0 / 15.0

// Mu tells the area in mu (亩).
func (a SquareMetres) Mu() float64 { return float64(a) * 15 / 10000 }

// Hectares tells the area in hectares (公顷).
func (a SquareMetres) Hectares() float64 { return float64(a) / 10000 }

// FromMu turns mu (亩) into square metres.
func FromMu(mu float64) SquareMetres { return SquareMetres(mu * 10000 / 15) }

// FromHectares turns hectares (公顷) into square metres.
func FromHectares(ha float64) SquareMetres { return SquareMetres(ha * 10000) }

// Money is an amount in fen (分), a hundredth of a yuan. Sums of the district
// stay far below the 92,233,720 亿 that fit.
type Money int64

// Units of money in fen.
const (
	Yuan Money = 100
	Wan  Money = 10_000 * Yuan      // 万元
	Yi   Money = 100_000_000 * Yuan // 亿元
)

// FromWan turns an amount in 万元 into fen, rounded to the nearest.
func FromWan(wan float64) Money { return Money(math.Round(wan * float64(Wan))) }

// Wan tells the amount in 万元.
func (m Money) Wan() float64 { return float64(m) / float64(Wan) }

// inWan writes the amount in 万元, exactly and as short as it is: 6, 0.5, 12.3456.
func (m Money) inWan() string { return strconv.FormatFloat(m.Wan(), 'f', -1, 64) }

// Yuan tells the amount in yuan.
func (m Money) Yuan() float64 { return float64(m) / float64(Yuan) }

// Yi tells the amount in 亿元.
func (m Money) Yi() float64 { return float64(m) / float64(Yi) }

// String writes the amount in yuan with two decimals, exactly.
func (m Money) String() string {
	sign, v := "", uint64(m)
	if m < 0 {
		sign, v = "-", uint64(-m)
	}
	return fmt.Sprintf("%s%d.%02d", sign, v/100, v%100)
}

// ParseMu reads a number of mu as people write it: "100.25", "1,080", "12 亩".
func ParseMu(s string) (SquareMetres, error) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "亩"))
	v, ok := ReadDecimal(s)
	if !ok {
		return 0, Errorf(Invalid, "not an area in mu: %q", "不是以亩计的面积：%q", s)
	}
	return FromMu(v), nil
}
