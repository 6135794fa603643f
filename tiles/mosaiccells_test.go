package tiles

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// However the cells came to be, by Load or by Apply, they are the same: sums, tiles
// and tags; and every tile that changed was listed.
func TestMosaicApplyEqualsLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		spec := MosaicCity()
		spec.Layers[0].Mosaic.MaxZoom = 8 + rng.IntN(5)
		spec.Layers[0].Mosaic.fine = rng.IntN(2) == 0
		pool := WithAreas(rng.Uint64(), City(rng.Uint64(), 120, Yueyang(), 0.001))
		now := map[uint64]Feature{}
		for _, f := range pool[:60] {
			now[f.ID] = f
		}
		e := mosaicEngine(t, Options{MaxOverlay: 1 + rng.IntN(40)}, spec, valuesOf(rng, now))
		all := map[ID]bool{}
		for z := range 15 {
			for _, id := range tilesOver(pool, z) {
				all[id] = true
			}
		}
		before := snapshotOf(t, e, all)
		for step := range rapid.IntRange(1, 10).Draw(t, "steps") {
			var changes []Change
			for range 1 + rng.IntN(8) {
				c := randomChange(rng, pool, now)
				if c.Feature != nil && rng.IntN(2) == 0 {
					c.Feature.M2 = float64(rng.IntN(1e8)) / areaUnits
					now[c.ID] = *c.Feature
				}
				changes = append(changes, c)
			}
			touched, err := e.Apply(int64(step+2), changes)
			if err != nil {
				t.Fatal(err)
			}
			after := snapshotOf(t, e, all)
			checkTouched(t, touched, before, after)
			before = after
		}
		fresh := mosaicEngine(t, Options{}, spec, valuesOf(rng, now))
		compareTiles(t, e, fresh, all)
		e.Close()
		e.cache.dropAll()
		compareTiles(t, e, fresh, all)
		if got, want := sumsOf(e), sumsOf(fresh); spec.Layers[0].Mosaic.fine && got != want {
			t.Fatalf("the cells are\n%s\nwant\n%s", got, want)
		}
	})
}

// sumsOf writes all cells of an engine's first layer, values by name.
func sumsOf(e *Engine) string { return cellsText(e.snap.Load().cells[0]) }

func cellsText(tree *cellTree) string {
	var out []string
	var walk func(n *cellNode, path string)
	put := func(path string, sums []valueSum) {
		var texts []string
		for _, s := range sums {
			texts = append(texts, fmt.Sprintf("%s=%d/%d", tree.names[s.value], s.n, s.units))
		}
		slices.Sort(texts)
		out = append(out, path+" "+strings.Join(texts, " "))
	}
	walk = func(n *cellNode, path string) {
		if n == nil {
			return
		}
		put(path, n.sums)
		for i, kid := range n.kids {
			walk(kid, fmt.Sprint(path, i))
		}
		if n.blocks == nil {
			return
		}
		for i, block := range n.blocks {
			for cell, s := range eachInBlock(block, i) {
				put(fmt.Sprint(path, "/", i, "/", cell), []valueSum{s})
			}
		}
	}
	walk(tree.root, "")
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// Readers of an older snapshot keep its cells.
func TestMosaicIsPersistent(t *testing.T) {
	parcels := WithAreas(7, City(7, 300, Yueyang(), 0.001))
	e := mosaicEngine(t, Options{}, MosaicCity(), parcels)
	old := e.snap.Load()
	sums := sumsOf(e)
	for i, f := range parcels {
		f.Values = slices.Clone(f.Values)
		f.Values[1] = fmt.Sprint("state", i%40)
		if _, err := e.Apply(int64(i+2), []Change{{"parcels", f.ID, &f}}); err != nil {
			t.Fatal(err)
		}
	}
	if sumsOf(e) == sums {
		t.Error("the changes changed nothing")
	}
	e.snap.Store(old)
	if sumsOf(e) != sums {
		t.Error("a change reached an older snapshot")
	}
	for _, f := range parcels {
		if _, err := e.Apply(500, []Change{{Layer: "parcels", ID: f.ID}}); err != nil {
			t.Fatal(err)
		}
	}
	if e.snap.Load().cells[0].root != nil {
		t.Error("nothing is left, but cells are")
	}
}
