package geo

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestMu(t *testing.T) {
	if got := SquareMetres(10_000).Mu(); got != 15 {
		t.Errorf("a hectare has %v mu", got)
	}
	if got := FromMu(15); got != 10_000 {
		t.Errorf("15 mu are %v m2", got)
	}
	if got := FromHectares(2.5); got != 25_000 || got.Hectares() != 2.5 {
		t.Errorf("2.5 hectares are %v m2", got)
	}
	if math.Abs(float64(FromMu(1))-SquareMetresPerMu) > 1e-9 {
		t.Errorf("a mu is %v m2", FromMu(1))
	}
	rapid.Check(t, func(t *rapid.T) {
		mu := rapid.Float64Range(0, 1e9).Draw(t, "mu")
		if got := FromMu(mu).Mu(); math.Abs(got-mu) > 1e-9*math.Max(1, mu) {
			t.Fatalf("%v mu become %v", mu, got)
		}
	})
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		m    Money
		want string
	}{
		{0, "0.00"},
		{1, "0.01"},
		{-1, "-0.01"},
		{100, "1.00"},
		{-12_345, "-123.45"},
		{1_030_000 * Wan, "10300000000.00"},
		{math.MaxInt64, "92233720368547758.07"},
		{math.MinInt64, "-92233720368547758.08"},
	} {
		if got := c.m.String(); got != c.want {
			t.Errorf("%d fen are %s, want %s", int64(c.m), got, c.want)
		}
	}
	if got := FromWan(1.234567); got != 1_234_567 {
		t.Errorf("1.234567 万 are %d fen", got)
	}
	if got := FromWan(0.1) + FromWan(0.2); got != FromWan(0.3) {
		t.Errorf("sums in fen are exact, got %d", got)
	}
	if m := 3 * Yi; m.Yi() != 3 || m.Wan() != 30_000 || m.Yuan() != 300_000_000 {
		t.Errorf("3 亿 are %v 亿, %v 万, %v yuan", m.Yi(), m.Wan(), m.Yuan())
	}
	rapid.Check(t, func(t *rapid.T) {
		m := Money(rapid.Int64Range(-1e14, 1e14).Draw(t, "fen"))
		if got := FromWan(m.Wan()); got != m {
			t.Fatalf("%d fen become %d", m, got)
		}
	})
}

func TestParseMu(t *testing.T) {
	for s, want := range map[string]float64{"100.25": 100.25, "1,080": 1080, " 12 亩": 12, "0": 0, "12亩 ": 12} {
		got, err := ParseMu(s)
		if err != nil || math.Abs(got.Mu()-want) > 1e-9 {
			t.Errorf("ParseMu(%q) = %v mu, %v", s, got.Mu(), err)
		}
	}
	for _, s := range []string{"", "亩", "-1", "NaN", "Inf", "twelve", "12 m2"} {
		var e *Error
		if _, err := ParseMu(s); !errors.As(err, &e) || e.Kind != Invalid || !chinese(e.Zh) {
			t.Errorf("ParseMu(%q) gives %v", s, err)
		}
	}
}

// 10.3 bn yuan for 2,060 mu are 500 万 per mu: the district's own figure.
func TestPricePerMu(t *testing.T) {
	s := Summary{SoldM2: FromMu(2060), SoldMoney: FromWan(1_030_000)}
	if got := s.PricePerMu(); math.Abs(got-500) > 1e-9 {
		t.Errorf("the price per mu is %v 万", got)
	}
	if got := (Summary{SoldMoney: Yi}).PricePerMu(); got != 0 {
		t.Errorf("nothing sold costs %v 万 per mu", got)
	}
}
