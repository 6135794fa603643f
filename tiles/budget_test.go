package tiles

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/tiles/tiletest"
)

// heavySpec is a tileset with more than fits: plots without a mosaic, parcels with
// one, points and a few areas.
func heavySpec() Spec {
	return Spec{Name: "heavy", MaxZoom: 18, Layers: []LayerSpec{
		{Name: "areas", MaxZoom: 18, Fields: []string{"name"}},
		{Name: "plots", MaxZoom: 18, Fields: CityFields()},
		{Name: "parcels", MaxZoom: 18, Fields: CityFields(), Mosaic: &MosaicSpec{Name: "cells", Field: "status", MaxZoom: 10}},
		{Name: "labels", Kind: Points, MaxZoom: 18, Fields: []string{"text"}},
	}}
}

func heavy(t testing.TB, plots, parcels, labels int) (*Engine, map[string][]Feature) {
	t.Helper()
	rng := rand.New(rand.NewPCG(4, 4))
	all := map[string][]Feature{
		"areas": {{ID: 1, Geometry: orb.Polygon{{{113, 29}, {114, 29}, {114, 30}, {113, 30}, {113, 29}}}, Values: []Value{"区"}}},
		"plots": City(31, plots, Yueyang(), 0.0005),
	}
	all["parcels"] = WithAreas(32, City(32, parcels, Yueyang(), 0.0005))
	for i := range labels {
		all["labels"] = append(all["labels"], Feature{
			ID:       uint64(i + 1),
			Geometry: orb.Point{113.09 + rng.Float64()*0.04, 29.34 + rng.Float64()*0.03},
			Values:   []Value{fmt.Sprintf("标注 %d %s", i, strings.Repeat("字", 10))},
		})
	}
	e, err := New(heavySpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(1, Seqs(all)); err != nil {
		t.Fatal(err)
	}
	return e, all
}

func polygonsOf(layers map[string]tiletest.Layer) (n int) {
	for _, l := range layers {
		for _, f := range l.Features {
			n += len(f.Polygons)
		}
	}
	return n
}

// No tile is over the budget; what is missing from one is said in it, by layer, and
// counted; what is there is the largest.
func TestTilesStayWithinTheBudget(t *testing.T) {
	e, all := heavy(t, 7000, 4000, 9000)
	tiles, said := 0, map[string]int{}
	for z := 7; z <= 15; z++ {
		for _, id := range tilesOver(all["plots"], z) {
			raw := mustTile(t, e, id).Raw
			layers := mustDecode(t, e, id)
			tiles++
			if n := polygonsOf(layers); len(raw) > budgetBytes || n > budgetPolygons {
				t.Errorf("%s has %d bytes and %d polygons", id, len(raw), n)
			}
			if len(layers["areas"].Features) != 1 {
				t.Errorf("%s: the area had to go", id)
			}
			plain := plainCounts(t, all, id)
			missing := map[string]int64{}
			for _, f := range layers[leftOutLayer].Features {
				name, n := f.Values["layer"].(string), f.Values["n"].(int64)
				missing[name] = n
				said[name] += int(n)
				if len(f.Values) != 2 || !slices.Equal(f.Points, []tiletest.XY{{2048, 2048}}) || n < 1 {
					t.Errorf("%s: %+v", id, f)
				}
			}
			for _, name := range []string{"plots", "labels"} {
				if got := int64(len(layers[name].Features)) + missing[name]; got != plain[name] {
					t.Errorf("%s: %d of %s drawn and %d said to be missing, there are %d", id, len(layers[name].Features), name, missing[name], plain[name])
				}
			}
			if z <= 13 && missing["parcels"] > 0 || len(layers["parcels"].Features) > 0 && len(layers["cells"].Features) > 0 {
				t.Errorf("%s: parcels %d, cells %d, %d missing", id, len(layers["parcels"].Features), len(layers["cells"].Features), missing["parcels"])
			}
			largestAreKept(t, id, all["plots"], layers["plots"], missing["plots"])
		}
	}
	t.Logf("%d tiles, left out %v", tiles, said)
	if said["plots"] < 5000 || said["labels"] < 1000 {
		t.Errorf("too little was left out to tell: %v", said)
	}
	if st := e.Stats(); st.LeftOut == 0 || st.OverBudget == 0 {
		t.Errorf("not counted: %+v", st)
	}
}

// plainCounts is how many features a tile has without a budget.
func plainCounts(t *testing.T, all map[string][]Feature, id ID) map[string]int64 {
	t.Helper()
	plain, ok := plainEngines[fmt.Sprintf("%p", all["plots"])]
	if !ok {
		var err error
		if plain, err = New(heavySpec(), Options{Plain: true}); err != nil {
			t.Fatal(err)
		}
		if err := plain.Load(1, Seqs(all)); err != nil {
			t.Fatal(err)
		}
		plainEngines[fmt.Sprintf("%p", all["plots"])] = plain
	}
	out := map[string]int64{}
	for name, l := range mustDecode(t, plain, id) {
		out[name] = int64(len(l.Features))
		if name == leftOutLayer {
			t.Errorf("plain %s leaves out", id)
		}
	}
	return out
}

var plainEngines = map[string]*Engine{}

// largestAreKept: none that is missing is larger than one that is there.
func largestAreKept(t *testing.T, id ID, all []Feature, l tiletest.Layer, missing int64) {
	t.Helper()
	if missing == 0 {
		return
	}
	there := map[uint64]bool{}
	for _, f := range l.Features {
		there[f.ID] = true
	}
	smallest, largest := math.Inf(1), 0.0
	spec := LayerSpec{Name: "x", MaxZoom: 18, Fields: CityFields()}
	for _, f := range all {
		if !slices.Contains(TilesOver(f, int(id.Z)), id) {
			continue
		}
		rec, err := (&packer{maxVertices: 1000}).pack(&spec, f)
		if err != nil {
			t.Fatal(err)
		}
		if there[f.ID] {
			smallest = min(smallest, rec.area)
		} else if rec.box.meets(insideOf(id)) {
			largest = max(largest, rec.area)
		}
	}
	if largest > smallest {
		t.Errorf("%s: one of %.0f is missing, one of %.0f is there", id, largest, smallest)
	}
}

// insideOf is the tile without its buffer, and a little less: what only its box
// reaches into it is not in it.
func insideOf(id ID) box {
	g := gridOf(id)
	lo := func(v int64) int32 { return int32((v + 1500) << g.down) }
	hi := func(v int64) int32 { return int32((v + Extent - 1500) << g.down) }
	return box{lo(g.origin.x), lo(g.origin.y), hi(g.origin.x), hi(g.origin.y)}
}

// Too dense tiles beyond the mosaic's zooms leave parcels out and say so.
func TestParcelsAreLeftOutBeyondTheMosaic(t *testing.T) {
	spec := heavySpec()
	e, err := New(spec, Options{})
	if err != nil {
		t.Fatal(err)
	}
	parcels := WithAreas(5, City(5, 6500, orb.Point{113.0945, 29.3475}, 0.0001))
	if err := e.Load(1, Seqs(map[string][]Feature{"parcels": parcels})); err != nil {
		t.Fatal(err)
	}
	dense := 0
	for _, id := range tilesOver(parcels, 14) {
		l := mustDecode(t, e, id)
		if len(l["cells"].Features) > 0 {
			t.Errorf("%s has cells", id)
		}
		if out := l[leftOutLayer].Features; len(out) > 0 {
			dense++
			if out[0].Values["layer"] != "parcels" || polygonsOf(l) > budgetPolygons || polygonsOf(l) < budgetPolygons*9/10 {
				t.Errorf("%s: %v, %d polygons", id, out[0].Values, polygonsOf(l))
			}
		}
	}
	if dense == 0 {
		t.Error("no tile was dense")
	}
}

// What is left out is a matter of the content: equal for an engine that came to it
// by changes, and a tile that comes to have room says nothing any more.
func TestLeavingOutFollowsChanges(t *testing.T) {
	e, all := heavy(t, 5600, 100, 10)
	id := tilesOver(all["plots"], 9)[0]
	if n := len(mustDecode(t, e, id)[leftOutLayer].Features); n != 1 {
		t.Fatalf("%s says %d layers", id, n)
	}
	var changes []Change
	for _, f := range all["plots"][:2500] {
		changes = append(changes, Change{Layer: "plots", ID: f.ID})
	}
	touched, err := e.Apply(2, changes)
	if err != nil || !slices.Contains(touched, id) {
		t.Fatalf("%v, %d tiles", err, len(touched))
	}
	if n := len(mustDecode(t, e, id)[leftOutLayer].Features); n != 0 {
		t.Errorf("%s still says %d layers", id, n)
	}
	slices.Reverse(changes)
	for i, f := range all["plots"][:2500] {
		changes[i] = Change{"plots", f.ID, &f}
	}
	if _, err := e.Apply(3, changes); err != nil {
		t.Fatal(err)
	}
	fresh, _ := heavy(t, 5600, 100, 10)
	for z := 7; z <= 13; z++ {
		for _, id := range tilesOver(all["plots"], z) {
			if !bytes.Equal(mustTile(t, e, id).Raw, mustTile(t, fresh, id).Raw) {
				t.Errorf("%s differs from one loaded so", id)
			}
		}
	}
}

func TestPortions(t *testing.T) {
	for _, c := range []struct {
		total int
		needs []int
		need  int
		want  int
	}{
		{100, []int{10}, 10, 10},
		{100, []int{200}, 200, 100},
		{100, []int{10, 200, 300}, 10, 10},
		{100, []int{10, 200, 300}, 200, 45},
		{100, []int{10, 20, 300}, 300, 70},
		{-5, []int{10, 20}, 20, 0},
		{100, []int{0, 0, 101}, 101, 100},
	} {
		if got := portion(c.total, slices.Clone(c.needs), c.need); got != c.want {
			t.Errorf("%v of %d: %d gets %d, want %d", c.needs, c.total, c.need, got, c.want)
		}
	}
}
