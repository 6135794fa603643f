package tiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// inMiddles is a geometry with its vertices in the middles of their units, where no
// platform rounds them to another.
func inMiddles(g orb.MultiPolygon) orb.MultiPolygon {
	g = g.Clone()
	for _, p := range g {
		for _, r := range p {
			for i, v := range r {
				q, _ := project(v)
				r[i] = unprojectExact(float64(q.x)+0.5, float64(q.y)+0.5)
			}
		}
	}
	return g
}

// What a kept map means is told by its layout and by savedFormat, so the same features
// are saved as the same bytes as long as neither is another. Where only the bytes are,
// raise savedFormat: a map from before would be taken for one of now. Then, and where
// the layout is another, put the new sums here.
func TestSavedBytesKeepTheirMeaning(t *testing.T) {
	const (
		format = 3
		layout = "75737877557b25a0"
		kept   = "04b1091a81763b53"
	)
	rng := rand.New(rand.NewPCG(2, 2))
	var parcels []Feature
	city := City(5, 400, Yueyang(), 0.001)
	for i := range 700 {
		g := WildShape(rng, 11+rng.IntN(5))
		if i < len(city) {
			if p, ok := city[i].Geometry.(orb.Polygon); ok {
				g = orb.MultiPolygon{p}
			}
		}
		parcels = append(parcels, Feature{ID: uint64(i + 1), Geometry: inMiddles(g), Values: []Value{"a", "b", int64(i), 1.5, true}, M2: 100})
	}
	e, err := New(savedSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(1, Seqs(map[string][]Feature{"parcels": parcels})); err != nil {
		t.Fatal(err)
	}
	if e.Stats().Repaired < 120 {
		t.Fatalf("only %d features were repaired", e.Stats().Repaired)
	}
	c, err := savedCodec()
	if err != nil {
		t.Fatal(err)
	}
	mark, err := e.savedMark(c)
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := bytes.Cut(unsealed(save(t, e, "")), []byte(mark))
	if !ok {
		t.Fatal("the file has no mark")
	}
	sum := func(b []byte) string {
		all := sha256.Sum256(b)
		return hex.EncodeToString(all[:8])
	}
	if a, b := sum([]byte(c.text)), sum(after); savedFormat != format || a != layout || b != kept {
		t.Errorf("format %d, layout %s, bytes %s; they were %d, %s, %s", savedFormat, a, b, format, layout, kept)
	}
}
