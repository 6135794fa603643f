package tiles

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"
)

// City makes n city-like parcels: a lattice with moved corners and bent sides, so
// that neighbours share borders; every seventh has a hole, every eleventh second
// part elsewhere. The side is in degrees. Equal seeds give equal parcels.
func City(seed uint64, n int, southWest orb.Point, side float64) []Feature {
	rng := rand.New(rand.NewPCG(seed, 7))
	across := int(math.Ceil(math.Sqrt(float64(n) * 12 / 11)))
	rows := across + 1
	corner := make([]orb.Point, (across+1)*(rows+1))
	at := func(i, j int) int { return j*(across+1) + i }
	jitter := func() float64 { return (rng.Float64() - 0.5) * 0.6 }
	for j := 0; j <= rows; j++ {
		for i := 0; i <= across; i++ {
			corner[at(i, j)] = orb.Point{
				southWest[0] + (float64(i)+jitter())*side,
				southWest[1] + (float64(j)+jitter())*side*0.85,
			}
		}
	}
	bends := map[[2]int][]orb.Point{}
	edge := func(a, b int) []orb.Point { // points from a to just before b
		key, turned := [2]int{a, b}, false
		if a > b {
			key, turned = [2]int{b, a}, true
		}
		pts, ok := bends[key]
		if !ok {
			p, q := corner[key[0]], corner[key[1]]
			for k := range rng.IntN(5) {
				t := (float64(k) + 0.3 + 0.4*rng.Float64()) / 5
				d := (rng.Float64() - 0.5) * side * 0.06
				pts = append(pts, orb.Point{p[0] + (q[0]-p[0])*t + d, p[1] + (q[1]-p[1])*t + d/2})
			}
			bends[key] = pts
		}
		pts = slices.Clone(pts)
		if turned {
			slices.Reverse(pts)
		}
		return append([]orb.Point{corner[a]}, pts...)
	}
	cell := func(i, j int) orb.Polygon {
		var r orb.Ring
		r = append(r, edge(at(i, j), at(i+1, j))...)
		r = append(r, edge(at(i+1, j), at(i+1, j+1))...)
		r = append(r, edge(at(i+1, j+1), at(i, j+1))...)
		r = append(r, edge(at(i, j+1), at(i, j))...)
		return orb.Polygon{append(r, r[0])}
	}
	hole := func(p orb.Polygon) orb.Polygon {
		var c orb.Point
		for _, v := range p[0][1:] {
			c[0] += v[0] / float64(len(p[0])-1)
			c[1] += v[1] / float64(len(p[0])-1)
		}
		var r orb.Ring
		for k := range 6 {
			a := -float64(k) * math.Pi / 3
			d := side * (0.03 + 0.05*rng.Float64())
			r = append(r, orb.Point{c[0] + d*math.Cos(a), c[1] + d*math.Sin(a)})
		}
		return append(p, append(r, r[0]))
	}
	var out []Feature
	for k := 0; len(out) < n; k++ {
		i, j := k%across, k/across
		if k%12 == 11 {
			continue // taken as a second part
		}
		p := cell(i, j)
		if k%7 == 3 {
			p = hole(p)
		}
		var g orb.Geometry = p
		if k%11 == 5 && k+12-(k%12)-1 < across*rows {
			o := k - k%12 + 11
			g = orb.MultiPolygon{p, cell(o%across, o/across)}
			if o == k+1 || o == k+across {
				g = p // neighbours would share a side: not a valid multipolygon
			}
		}
		id := uint64(len(out) + 1)
		out = append(out, Feature{ID: id, Geometry: g, Values: cityValues(rng, id)})
	}
	return out
}

// CityFields are the attributes of City, of every type and sometimes absent.
func CityFields() []string { return []string{"code", "status", "price", "mu", "flag"} }

func cityValues(rng *rand.Rand, id uint64) []Value {
	v := []Value{
		fmt.Sprintf("地-%05d", id), []string{"planned", "listed", "sold"}[rng.IntN(3)],
		rng.Int64N(1000) - 200, math.Round(rng.Float64()*1000) / 8, rng.IntN(2) == 0,
	}
	if rng.IntN(4) == 0 {
		v[2] = nil
	}
	return v
}

// CitySpec is a tileset with parcels and points.
func CitySpec() Spec {
	return Spec{Name: "test", MinZoom: 0, MaxZoom: 20, Layers: []LayerSpec{
		{Name: "parcels", MinZoom: 0, MaxZoom: 20, Fields: CityFields()},
		{Name: "problems", Kind: Points, MinZoom: 10, MaxZoom: 20, Fields: []string{"level"}},
	}}
}

// Seqs turns slices into what Load takes.
func Seqs(layers map[string][]Feature) map[string]iter.Seq[Feature] {
	out := map[string]iter.Seq[Feature]{}
	for name, fs := range layers {
		out[name] = slices.Values(fs)
	}
	return out
}

// NewCity is an engine with the parcels loaded at revision 1.
func NewCity(o Options, parcels, problems []Feature) (*Engine, error) {
	e, err := New(CitySpec(), o)
	if err != nil {
		return nil, err
	}
	return e, e.Load(1, Seqs(map[string][]Feature{"parcels": parcels, "problems": problems}))
}

// Yueyang is a place for tests.
func Yueyang() orb.Point { return orb.Point{113.09, 29.34} }

// TilesOver lists the tiles of a zoom that meet a feature, buffer included.
func TilesOver(f Feature, z int) []ID {
	spec := LayerSpec{Name: "x", Kind: Polygons}
	if _, ok := f.Geometry.(orb.Point); ok {
		spec.Kind = Points
	}
	rec, err := (&packer{maxVertices: 1 << 20}).pack(&spec, Feature{ID: f.ID, Geometry: f.Geometry})
	if err != nil {
		panic(err)
	}
	r := tilesOf(rec.box, z)
	var out []ID
	for x := r.minX; x <= r.maxX; x++ {
		for y := r.minY; y <= r.maxY; y++ {
			out = append(out, ID{r.z, x, y})
		}
	}
	return out
}
