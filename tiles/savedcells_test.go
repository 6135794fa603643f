package tiles

import (
	"slices"
	"testing"
)

// A mosaic that was kept has the sums of one that is made anew of the same parcels,
// changes included, and can be changed further.
func TestKeptCellsAreTheSums(t *testing.T) {
	e, parcels := savedEngine(t, 1500)
	got, err := New(savedSpec(), Options{MaxOverlay: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		if err := restore(got, save(t, e, "")); err != nil {
			t.Fatal(err)
		}
		kept, anew := got.snap.Load().cells[0], newMosaic(&e.spec.Layers[0], e.snap.Load().layers[0])
		if len(kept.root.sums) == 0 {
			t.Fatal("there are no sums")
		}
		sameCells(t, kept, anew, kept.root, anew.root, 0)
		change(t, e, int64(20+round), parcels, uint64(30+round))
		change(t, got, int64(20+round), parcels, uint64(30+round))
		sameTiles(t, got, e, tilesUnder(parcels[:80], 7, 10))
	}
}

// sameCells compares two trees whose values have other places.
func sameCells(t *testing.T, a, b *cellTree, x, y *cellNode, depth int) {
	t.Helper()
	named := func(c *cellTree, n *cellNode) map[string]valueSum {
		out := map[string]valueSum{}
		for _, s := range n.sums {
			name := c.names[s.value]
			s.value = 0
			out[name] = s
		}
		return out
	}
	if (x == nil) != (y == nil) {
		t.Fatalf("depth %d: only one has a cell", depth)
	}
	if x == nil {
		return
	}
	p, q := named(a, x), named(b, y)
	if len(p) != len(q) {
		t.Fatalf("depth %d: %v, want %v", depth, p, q)
	}
	for name, s := range p {
		if q[name] != s {
			t.Fatalf("depth %d, %s: %v, want %v", depth, name, s, q[name])
		}
	}
	for i := range x.kids {
		sameCells(t, a, b, x.kids[i], y.kids[i], depth+1)
	}
}

// Cells that do not hold together, or have other sums than the parcels, are refused.
func TestCellsThatDoNotHoldTogether(t *testing.T) {
	e, _ := savedEngine(t, 600)
	l, tree := e.snap.Load().layers[0], e.snap.Load().cells[0]
	if back, ok := tree.kept().tree(); !ok || !back.holds(l) {
		t.Fatal("what was kept as it is is refused")
	}
	for what, with := range map[string]func(s *savedCells){
		"a leaf fewer":          func(s *savedCells) { s.keys = s.keys[1:] },
		"a leaf twice":          func(s *savedCells) { s.keys[1] = s.keys[0] },
		"a leaf nowhere":        func(s *savedCells) { s.keys[len(s.keys)-1] = 1 << 63 },
		"a value of no name":    func(s *savedCells) { s.names = s.names[:1] },
		"a name twice":          func(s *savedCells) { s.names[0] = s.names[1] },
		"sums beyond the list":  func(s *savedCells) { s.ends[0] = 1 << 30 },
		"a leaf without sums":   func(s *savedCells) { s.ends[1] = s.ends[0] },
		"less than nothing":     func(s *savedCells) { s.sums[0].units = -1 },
		"another area":          func(s *savedCells) { s.sums[0].units++ },
		"another number":        func(s *savedCells) { s.sums[0].n++ },
		"fewer blocks":          func(s *savedCells) { s.blocks.n-- },
		"a block cut off":       func(s *savedCells) { s.blocks.data = slices.Repeat([]byte{0x80}, len(s.blocks.data)) },
		"a block of nothing":    func(s *savedCells) { s.blocks.data = make([]byte, len(s.blocks.data)) },
		"fine cells of nothing": func(s *savedCells) { s.fine = nil },
		"no leaves": func(s *savedCells) {
			*s = savedCells{names: s.names}
		},
	} {
		s := tree.kept()
		s.names, s.sums = slices.Clone(s.names), slices.Clone(s.sums)
		with(s)
		if back, ok := s.tree(); ok && back.holds(l) {
			t.Errorf("%s is taken", what)
		}
	}
}
