package exchange

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// Offsets and stations that others have published.
func TestGCJ02KnownPoints(t *testing.T) {
	g := orb.Point{113.12, 29.37}
	if p := FromGCJ02(g); !near(g[0]-p[0], 0.00598, 5e-6) || !near(g[1]-p[1], -0.00253, 5e-6) {
		t.Errorf("at Yueyang GCJ-02 is off by %.6f %.6f", g[0]-p[0], g[1]-p[1])
	}
	// Yueyang East station, as a public list of stations has it.
	wgs, gcj, bd := orb.Point{113.202239, 29.368933}, orb.Point{113.208067, 29.36625}, orb.Point{113.2146284, 29.37198588}
	const metre = 1e-5
	for name, pair := range map[string][2]orb.Point{
		"to GCJ-02":   {ToGCJ02(wgs), gcj},
		"from GCJ-02": {GCJ02.ToWGS84(gcj), wgs},
		"to BD-09":    {ToBD09(gcj), bd},
		"from BD-09":  {BD09.ToWGS84(bd), wgs},
	} {
		if math.Hypot(pair[0][0]-pair[1][0], pair[0][1]-pair[1][1]) > 5*metre {
			t.Errorf("%s: %v, want %v within 5 m", name, pair[0], pair[1])
		}
	}
	abroad := orb.Point{13.4, 52.5}
	if ToGCJ02(abroad) != abroad || FromGCJ02(abroad) != abroad {
		t.Error("a point outside China was shifted")
	}
}

func TestDatumsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := orb.Point{rapid.Float64Range(73, 137).Draw(t, "lon"), rapid.Float64Range(3, 54).Draw(t, "lat")}
		for name, q := range map[string]orb.Point{
			"GCJ-02": FromGCJ02(ToGCJ02(p)),
			"BD-09":  BD09.ToWGS84(ToBD09(ToGCJ02(p))),
		} {
			if !near(p[0], q[0], 1e-9) || !near(p[1], q[1], 1e-9) {
				t.Fatalf("%s: %v came back as %v", name, p, q)
			}
		}
	})
}

func TestUnshiftCopies(t *testing.T) {
	mp := orb.MultiPolygon{{square(113, 29, 0.1, false)}}
	before := mp[0][0][0]
	out := GCJ02.Unshift(mp)
	if mp[0][0][0] != before || out[0][0][0] != FromGCJ02(before) || len(out[0][0]) != 5 {
		t.Errorf("%v %v", mp, out)
	}
	if out = Unshifted.Unshift(mp); out[0][0][0] != before {
		t.Errorf("%v", out)
	}
}

func TestParseDatum(t *testing.T) {
	for s, want := range map[string]Datum{"": Unshifted, "WGS84": Unshifted, "GCJ-02": GCJ02, "gcj02": GCJ02, "BD-09": BD09, "baidu": BD09} {
		if d, err := ParseDatum(s); err != nil || d != want {
			t.Errorf("%q: %v %v", s, d, err)
		}
	}
	_, err := ParseDatum("nad27")
	wantCode(t, err, "datum-unknown")
}

func TestGuessDatum(t *testing.T) {
	frame := orb.Bound{Min: orb.Point{113.0659, 29.2389}, Max: orb.Point{113.3455, 29.4579}}
	shift := func(b orb.Bound, f func(orb.Point) orb.Point) orb.Bound {
		return orb.Bound{Min: f(b.Min), Max: f(b.Max)}
	}
	gcj := shift(frame, ToGCJ02)
	bd := shift(frame, func(p orb.Point) orb.Point { return ToBD09(ToGCJ02(p)) })
	elsewhere := orb.Bound{Min: orb.Point{112, 28}, Max: orb.Point{112.5, 28.5}}
	inner := frame.Pad(-0.05)
	for name, c := range map[string]struct {
		boxes []orb.Bound
		frame orb.Bound
		want  Datum
	}{
		"as it is":                  {[]orb.Bound{frame}, frame, Unshifted},
		"inside":                    {[]orb.Bound{inner}, frame, Unshifted},
		"GCJ-02":                    {[]orb.Bound{gcj}, frame, GCJ02},
		"BD-09":                     {[]orb.Bound{bd}, frame, BD09},
		"elsewhere":                 {[]orb.Bound{elsewhere}, frame, Unshifted},
		"one row is the district":   {[]orb.Bound{elsewhere, gcj}, frame, GCJ02},
		"the district among others": {[]orb.Bound{elsewhere, frame}, frame, Unshifted},
		"no frame":                  {[]orb.Bound{gcj}, orb.Bound{}, Unshifted},
		"nothing":                   {nil, frame, Unshifted},
	} {
		if got := GuessDatum(c.boxes, c.frame); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
