package tiles

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// PointInside is the point that stands for a geometry, in quantised units.
func PointInside(g orb.Geometry) [2]int32 {
	p := (&within{}).point(g)
	return [2]int32{p.x, p.y}
}

// Quantised is a position in the same units.
func Quantised(p orb.Point) [2]int32 {
	q, _ := project(p)
	return [2]int32{int32(q.x), int32(q.y)}
}

// pointedSpec has names of parcels, made of them or given.
func pointedSpec(made bool) Spec {
	s := savedSpec()
	names := LayerSpec{Name: "names", Kind: Points, MinZoom: 11, MaxZoom: 16, Fields: CityFields()}
	if made {
		names.Of = "parcels"
	}
	s.Layers = append(s.Layers, names)
	return s
}

// pointed is a parcel as a feature of the layer of names.
func pointed(f Feature) Feature {
	at := func(g orb.Geometry) orb.Geometry {
		if g == nil {
			return nil
		}
		p := PointInside(g)
		return unprojectExact(float64(p[0])+0.5, float64(p[1])+0.5)
	}
	f.Geometry, f.M2, f.Past = at(f.Geometry), 0, slices.Clone(f.Past)
	for i := range f.Past {
		f.Past[i].Geometry, f.Past[i].M2 = at(f.Past[i].Geometry), 0
	}
	return f
}

// withNames gives each change of a parcel that of its name.
func withNames(changes []Change) []Change {
	out := slices.Clone(changes)
	for _, c := range changes {
		c.Layer = "names"
		if c.Feature != nil {
			f := pointed(*c.Feature)
			c.Feature = &f
		}
		out = append(out, c)
	}
	return out
}

func pointedEngine(t *testing.T, made bool, o Options, parcels []Feature) *Engine {
	t.Helper()
	e, err := New(pointedSpec(made), o)
	if err != nil {
		t.Fatal(err)
	}
	loading := e.Begin(7)
	layers := map[string][]Feature{"parcels": parcels}
	if !made {
		for _, f := range parcels {
			layers["names"] = append(layers["names"], pointed(f))
		}
	}
	for name, list := range layers {
		if err := loading.Layer(t.Context(), name, batchesOf(300, list), func(why *FeatureError) { t.Error(why) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := loading.End(); err != nil {
		t.Fatal(err)
	}
	return e
}

// shares reports whether the names of an engine have the values of its parcels.
func shares(e *Engine) bool {
	s := e.snap.Load()
	return s.layers[3].base.lentBy(s.layers[0].base)
}

// Points that an engine makes of polygons give the tiles of points that it is given,
// byte by byte: as loaded, after changes, after merges, saved and restored, of past
// days and under filters. All the while they share what they have in common.
func TestPointsOfPolygons(t *testing.T) {
	parcels := withPast(chunkSize + 300)
	slices.Reverse(parcels[40:90]) // as they come, not in order of id
	ids := tilesUnder(withGeometry(parcels)[:60], 10, 11, 13, 14, 16)
	for _, bound := range []int64{0, oneChunk} {
		o := Options{MaxOverlay: 100, CacheBytes: -1}
		want := pointedEngine(t, false, o, parcels)
		o.MemoryBytes, o.SpillFolder = bound, t.TempDir()
		got := pointedEngine(t, true, o, parcels)
		same := func(when string) {
			t.Helper()
			unlike(t, got, want, ids)
			named := 0
			for k := 0; k < len(ids); k += 3 {
				id := ids[k]
				filter, err := ParseFilter(want.spec, "names.status=sold")
				if err != nil {
					t.Fatal(err)
				}
				a, errA := got.TileOf(t.Context(), id, Query{Filter: filter})
				b, errB := want.TileOf(t.Context(), id, Query{Filter: filter})
				if errA != nil || errB != nil || !bytes.Equal(a.Raw, b.Raw) {
					t.Fatalf("%s: %s under a filter: %d bytes, want %d; %v %v", when, id, len(a.Raw), len(b.Raw), errA, errB)
				}
				if id.Z >= 11 && bytes.Contains(a.Raw, []byte("names")) {
					named++
				}
			}
			if !shares(got) || shares(want) || named == 0 {
				t.Errorf("%s: names share %v, %v; %d tiles with names", when, shares(got), shares(want), named)
			}
		}
		same("loaded")
		if a, b := got.Stats(), want.Stats(); bound == 0 && a.LayerBytes >= b.LayerBytes || a.Features["names"] != b.Features["names"] {
			t.Errorf("%d bytes, %d names; given ones take %d bytes, %d names", a.LayerBytes, a.Features["names"], b.LayerBytes, b.Features["names"])
		}
		again, err := New(pointedSpec(true), o)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(3, 9))
		for revision := int64(8); revision < 12; revision++ {
			changes := edits(rng, parcels, 60)
			a, errA := got.Apply(revision, slices.Clone(changes))
			b, errB := want.Apply(revision, withNames(changes))
			if !slices.Equal(a, b) || !errors.Is(errA, errB) {
				t.Fatalf("revision %d: touched %d tiles, %v; want %d, %v", revision, len(a), errA, len(b), errB)
			}
			unlike(t, got, want, ids)
		}
		file := save(t, got, "here")
		if err := restore(again, file); err != nil {
			t.Fatal(err)
		}
		got.merges.Wait()
		want.merges.Wait()
		if got.Stats().Merges == 0 || got.Stats().MergeErrors > 0 {
			t.Errorf("%+v", got.Stats())
		}
		same("merged")
		merged := save(t, got, "here")
		if bound == 0 && len(merged) >= len(save(t, want, "here")) {
			t.Error("what is shared is saved twice")
		}
		got = again
		same("restored")
		if err := restore(again, merged); err != nil {
			t.Fatal(err)
		}
		same("restored after a merge")
	}
}

// Nobody gives features to a layer that is made of another, and such a layer is one
// that can be.
func TestPointsAreNotGiven(t *testing.T) {
	parcels := City(5, 20, Yueyang(), 0.001)
	e := pointedEngine(t, true, Options{}, parcels)
	name := pointed(parcels[0])
	if _, err := e.Apply(8, []Change{{Layer: "names", ID: name.ID, Feature: &name}}); err == nil || e.Revision() != 7 {
		t.Errorf("a change of a point: %v, revision %d", err, e.Revision())
	}
	if err := e.Load(8, Seqs(map[string][]Feature{"names": {name}})); err == nil || e.Revision() != 7 {
		t.Errorf("points are loaded: %v", err)
	}
	for what, change := range map[string]func(*Spec){
		"no such layer": func(s *Spec) { s.Layers[3].Of = "plots" },
		"of points":     func(s *Spec) { s.Layers[3].Of, s.Layers[3].Fields = "problems", []string{"level"} },
		"polygons":      func(s *Spec) { s.Layers[3].Kind = Polygons },
		"other fields":  func(s *Spec) { s.Layers[3].Fields = CityFields()[1:] },
		"before it":     func(s *Spec) { slices.Reverse(s.Layers) },
	} {
		s := pointedSpec(true)
		if change(&s); s.check() == nil {
			t.Errorf("%s: taken", what)
		}
	}
}
