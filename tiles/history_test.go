package tiles

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// pastSpec has polygons and points with a history of up to four moves.
func pastSpec() Spec {
	fields := []string{"code", "status", "mu", "h", "t0", "t1", "t2", "t3"}
	history := &HistorySpec{Letters: "h", Days: fields[4:], Status: "status", States: []string{"one", "two", "three"}}
	numeric := append([]string{"mu"}, fields[4:]...)
	return Spec{Name: "past", MaxZoom: 16, Layers: []LayerSpec{
		{Name: "parcels", MaxZoom: 16, Fields: fields, Numeric: numeric, History: history},
		{Name: "points", Kind: Points, MaxZoom: 16, Fields: fields, Numeric: numeric, History: history},
		{Name: "land", MaxZoom: 16, Fields: []string{"area"}},
	}}
}

// asItWas is a feature on a day by the letter of spec.go and HistorySpec, feature
// by feature; nil when it was not there. Day 0 is now.
func asItWas(ls *LayerSpec, f Feature, at Day) *Feature {
	out := Feature{ID: f.ID, Geometry: f.Geometry, Values: slices.Clone(f.Values)}
	if at != 0 && (f.Geometry == nil || at < f.From) {
		found := false
		for _, v := range f.Past {
			if v.From <= at && at < v.Until {
				found = true
				out.Values = slices.Clone(v.Values)
				if v.Geometry != nil {
					out.Geometry = v.Geometry
				}
			}
		}
		if !found {
			return nil
		}
	}
	if out.Geometry == nil {
		return nil
	}
	if at == 0 || ls.History == nil {
		return &out
	}
	letters, _ := out.Values[3].(string)
	status := ""
	for i := range letters {
		day, ok := out.Values[4+i].(int64)
		if !ok || Day(day) > at {
			out.Values[3] = letters[:i]
			for k := i; k < 4; k++ {
				out.Values[4+k] = nil
			}
			break
		}
		status = map[byte]string{'a': "one", 'b': "two", 'c': "three"}[letters[i]]
	}
	if status == "" {
		return nil
	}
	out.Values[1] = status
	return &out
}

// drawPast makes a feature with a life of its own.
func drawPast(t *rapid.T, ls *LayerSpec, id uint64) Feature {
	place := func() orb.Geometry {
		x := 113 + float64(rapid.IntRange(0, 40).Draw(t, "x"))*0.0005
		y := 29.3 + float64(rapid.IntRange(0, 40).Draw(t, "y"))*0.0005
		if ls.Kind == Points {
			return orb.Point{x, y}
		}
		side := 0.0004 * float64(rapid.IntRange(1, 3).Draw(t, "side"))
		return orb.Polygon{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}
	}
	values := func() []Value {
		if ls.History == nil {
			return []Value{rapid.SampledFrom([]Value{"A", "B", nil}).Draw(t, "area")}
		}
		out := []Value{rapid.SampledFrom([]Value{"p", "q", nil}).Draw(t, "code"), "now", float64(rapid.IntRange(0, 3).Draw(t, "mu")), nil, nil, nil, nil, nil}
		day := int64(100)
		if n := rapid.IntRange(0, 4).Draw(t, "moves"); n > 0 {
			out[3] = rapid.StringOfN(rapid.RuneFrom([]rune("abc-")), n, n, -1).Draw(t, "letters")
			for i := range n {
				day += int64(rapid.IntRange(1, 6).Draw(t, "step"))
				out[4+i] = day
			}
		}
		return out
	}
	f := Feature{ID: id, Geometry: place(), Values: values()}
	day := Day(100)
	for range rapid.IntRange(0, 3).Draw(t, "versions") {
		v := Version{From: day + Day(rapid.IntRange(0, 4).Draw(t, "gap")), Values: values()}
		v.Until = v.From + Day(rapid.IntRange(1, 8).Draw(t, "length"))
		if rapid.Bool().Draw(t, "moved") {
			v.Geometry = place()
		}
		day = v.Until
		f.Past = append(f.Past, v)
		f.From = day
	}
	if len(f.Past) > 0 && rapid.IntRange(0, 3).Draw(t, "ended") == 0 {
		f.Geometry, f.Values, f.From = nil, nil, 0
		for i := range f.Past {
			if f.Past[i].Geometry == nil {
				f.Past[i].Geometry = place()
			}
		}
	}
	return f
}

// A tile of a past day, under a filter or not, is the same bytes as the tile of an
// engine that holds what was there on that day and passes the filter, and nothing
// else; whether features lie in the base or in the overlay. Without a query it is
// the tile of what is there now.
func TestTilesOfThePast(t *testing.T) {
	spec := pastSpec()
	rapid.Check(t, func(t *rapid.T) {
		lives := map[string][]Feature{}
		first := map[string][]Feature{}
		var later []Change
		for i := range spec.Layers {
			ls := &spec.Layers[i]
			for id := uint64(1); id <= uint64(rapid.IntRange(1, 8).Draw(t, "features")); id++ {
				f := drawPast(t, ls, id)
				lives[ls.Name] = append(lives[ls.Name], f)
				if rapid.IntRange(0, 2).Draw(t, "later") == 0 {
					now := f
					later = append(later, Change{ls.Name, id, &now})
					f = drawPast(t, ls, id)
				}
				first[ls.Name] = append(first[ls.Name], f)
			}
		}
		e, err := New(spec, Options{CacheBytes: -1})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Load(1, Seqs(first)); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Apply(2, later); err != nil && !errors.Is(err, ErrAllTouched) {
			t.Fatal(err)
		}
		at := Day(rapid.SampledFrom([]int{0, 99, 100, 103, 107, 110, 115, 130}).Draw(t, "at"))
		text := rapid.SampledFrom([]string{"", "parcels.status=two|now", "points.mu>=2;land.area=A", "parcels.t1<108", "parcels.h=ab|a"}).Draw(t, "filter")
		q := Query{At: at}
		if text != "" {
			if q.Filter, err = ParseFilter(spec, text); err != nil {
				t.Fatal(err)
			}
		}
		then := map[string][]Feature{}
		for i := range spec.Layers {
			ls := &spec.Layers[i]
			for _, f := range lives[ls.Name] {
				if was := asItWas(ls, f, at); was != nil && passes(ls, *was, text) {
					then[ls.Name] = append(then[ls.Name], *was)
				}
			}
		}
		plain, err := New(spec, Options{CacheBytes: -1})
		if err != nil {
			t.Fatal(err)
		}
		if err := plain.Load(1, Seqs(then)); err != nil {
			t.Fatal(err)
		}
		for _, z := range []int{0, 10, 14, 16} {
			for _, id := range tilesAround(z) {
				got, err := e.TileOf(t.Context(), id, q)
				if err != nil {
					t.Fatal(err)
				}
				want, err := plain.Tile(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Raw, want.Raw) {
					t.Fatalf("%s at %d with %q: %d bytes, want %d", id, at, text, len(got.Raw), len(want.Raw))
				}
			}
		}
	})
}

// passes says whether a feature satisfies the filters of the test above, field by
// field.
func passes(ls *LayerSpec, f Feature, text string) bool {
	value := func(field string) Value { return f.Values[slices.Index(ls.Fields, field)] }
	switch text + " " + ls.Name {
	case "parcels.status=two|now parcels":
		return value("status") == "two" || value("status") == "now"
	case "points.mu>=2;land.area=A points":
		return value("mu").(float64) >= 2
	case "points.mu>=2;land.area=A land":
		return value("area") == "A"
	case "parcels.t1<108 parcels":
		day, ok := value("t1").(int64)
		return ok && day < 108
	case "parcels.h=ab|a parcels":
		return value("h") == "ab" || value("h") == "a"
	}
	return true
}

// tilesAround are tiles over and beside the features of drawPast.
func tilesAround(z int) (out []ID) {
	middle := TilesOver(Feature{Geometry: orb.Point{113.01, 29.31}}, z)[0]
	x, y := middle.X, middle.Y
	for dx := range uint32(3) {
		for dy := range uint32(3) {
			if id := (ID{uint32(z), x + dx - 1, y + dy - 1}); id.X>>id.Z == 0 && id.Y>>id.Z == 0 {
				out = append(out, id)
			}
		}
	}
	return out
}

// Two parcels that became one appear as two on the days before, as one after; the
// change says which tiles it reaches, and their past days are not answered from
// before it.
func TestMergedParcels(t *testing.T) {
	square := func(x, w float64) orb.Polygon {
		return orb.Polygon{{{x, 29.3}, {x + w, 29.3}, {x + w, 29.301}, {x, 29.301}, {x, 29.3}}}
	}
	values := func(code string) []Value { return []Value{code, "two", 1.0, "b", int64(100), nil, nil, nil} }
	e, err := New(pastSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := map[string][]Feature{"parcels": {
		{ID: 1, Geometry: square(113, 0.001), Values: values("west")},
		{ID: 2, Geometry: square(113.001, 0.001), Values: values("east")},
	}}
	if err := e.Load(1, Seqs(before)); err != nil {
		t.Fatal(err)
	}
	id := TilesOver(Feature{Geometry: orb.Point{113.001, 29.3005}}, 14)[0]
	codes := func(at Day) string {
		t.Helper()
		tile, err := e.TileOf(t.Context(), id, Query{At: at})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range []string{"west", "east", "both"} {
			if bytes.Contains(tile.Raw, []byte(c)) {
				out = append(out, c)
			}
		}
		return strings.Join(out, " ")
	}
	if got := codes(150) + "," + codes(0) + "," + codes(99); got != "west east,west east," {
		t.Fatalf("before the merger: %s", got)
	}
	west, east, both := before["parcels"][0], before["parcels"][1], Feature{ID: 3, Geometry: square(113, 0.002), Values: values("both"), From: 200}
	ended := func(f Feature) *Feature {
		return &Feature{ID: f.ID, Past: []Version{{From: 50, Until: 200, Geometry: f.Geometry, Values: f.Values}}}
	}
	touched, err := e.Apply(2, []Change{{"parcels", 1, ended(west)}, {"parcels", 2, ended(east)}, {"parcels", 3, &both}})
	if err != nil || !slices.Contains(touched, id) {
		t.Fatalf("touched %v, %v", touched, err)
	}
	if again, err := e.Apply(3, []Change{{"parcels", 1, ended(west)}}); err != nil || len(again) != 0 {
		t.Errorf("the same again touches %v, %v", again, err)
	}
	for at, want := range map[Day]string{99: "", 100: "west east", 150: "west east", 199: "west east", 200: "both", 0: "both"} {
		if got := codes(at); got != want {
			t.Errorf("day %d: %q, want %q", at, got, want)
		}
	}
	if b, ok := e.Bounds(); !ok || b.Max[0] < 113.0019 {
		t.Errorf("bounds %v", b)
	}
	for _, end := range []uint64{1, 2, 3} { // what only the past has does not count for the bounds
		f := ended(west)
		f.ID = end
		if _, err := e.Apply(4, []Change{{"parcels", end, f}}); err != nil {
			t.Fatal(err)
		}
	}
	if b, ok := e.Bounds(); ok {
		t.Errorf("bounds of nothing: %v", b)
	}
}

func TestPastRefused(t *testing.T) {
	here := orb.Polygon{{{113, 29}, {113.001, 29}, {113.001, 29.001}, {113, 29}}}
	for name, f := range map[string]Feature{
		"empty version":      {ID: 1, Geometry: here, Values: []Value{"A"}, From: 9, Past: []Version{{From: 5, Until: 5, Values: []Value{"A"}}}},
		"overlap":            {ID: 1, Geometry: here, Values: []Value{"A"}, From: 9, Past: []Version{{From: 1, Until: 5, Values: []Value{"A"}}, {From: 4, Until: 6, Values: []Value{"A"}}}},
		"beyond the present": {ID: 1, Geometry: here, Values: []Value{"A"}, From: 9, Past: []Version{{From: 1, Until: 10, Values: []Value{"A"}}}},
		"values missing":     {ID: 1, Geometry: here, Values: []Value{"A"}, From: 9, Past: []Version{{From: 1, Until: 9}}},
		"ended nowhere":      {ID: 1, Past: []Version{{From: 1, Until: 9, Values: []Value{"A"}}}},
		"ended with values":  {ID: 1, Values: []Value{"A"}, Past: []Version{{From: 1, Until: 9, Geometry: here, Values: []Value{"A"}}}},
		"nothing at all":     {ID: 1, Values: []Value{"A"}},
	} {
		e, err := New(pastSpec(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var refused *FeatureError
		if err := e.Load(1, Seqs(map[string][]Feature{"land": {f}})); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
