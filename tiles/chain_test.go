package tiles

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/tiles/tiletest"
)

// verticesOf is the vertices of a feature on the engine's lattice.
func verticesOf(t testing.TB, f Feature) map[pt]bool {
	t.Helper()
	r := recordOf(t, f)
	out := map[pt]bool{}
	var w weave
	w.read(r.geom, r.box, func(bool) {
		for _, p := range w.pts {
			out[p] = true
		}
	})
	return out
}

func recordOf(t testing.TB, f Feature) *record {
	t.Helper()
	r, err := (&packer{maxVertices: 1 << 20}).pack(&LayerSpec{}, Feature{ID: f.ID, Geometry: f.Geometry})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// borderCheck compares what is drawn of neighbours.
type borderCheck struct {
	t      testing.TB
	e      *Engine
	tiles  map[ID]map[uint64]map[tiletest.XY]bool
	faults []string
	pairs  int // compared
	same   int // vertices that both have
	apart  int // pairs seen in two different tiles
	broken int // pairs left out because one of them was rebuilt when snapped
}

// pair compares a pair at a zoom: of the vertices that both features have, one is
// drawn on either side of the border or on none, a seen in one tile and b in another
// that may be the same.
func (c *borderCheck) pair(a, b Feature, z int, rng *rand.Rand) {
	va, vb := verticesOf(c.t, a), verticesOf(c.t, b)
	g := gridOf(ID{Z: uint32(z)})
	shared := map[pt]bool{}
	for p := range va {
		if vb[p] {
			shared[g.at(p)] = true
		}
	}
	for _, v := range []map[pt]bool{va, vb} {
		for p := range v {
			if !va[p] || !vb[p] {
				delete(shared, g.at(p))
			}
		}
	}
	ta, tb := TilesOver(a, z), TilesOver(b, z)
	in, other := ta[rng.IntN(len(ta))], tb[rng.IntN(len(tb))]
	if c.rebuilt(a, z) || c.rebuilt(b, z) {
		c.broken++
		return
	}
	da, db := c.drawn(in)[a.ID], c.drawn(other)[b.ID]
	if len(da) == 0 || len(db) == 0 {
		return
	}
	c.pairs++
	if in != other {
		c.apart++
	}
	for p := range shared {
		ina, inb := tileOf(p, in), tileOf(p, other)
		if !well(ina) || !well(inb) {
			continue
		}
		switch {
		case da[ina] != db[inb]:
			c.faults = append(c.faults, fmt.Sprintf("%s feature %d, %s feature %d: %v is drawn on one side", in, a.ID, other, b.ID, p))
		case da[ina]:
			c.same++
		}
	}
}

// rebuilt reports whether a feature's snapped shape breaks at the zoom: repair then
// moves vertices of one side alone, by less than a unit.
func (c *borderCheck) rebuilt(f Feature, z int) bool {
	r := featureOf(c.t, c.e.snap.Load().layers[0], f.ID)
	g := gridOf(ID{Z: uint32(z)})
	g.origin = g.at(pt{int64(r.box.minX), int64(r.box.minY)})
	var s shape
	s.thinInto(r.geom, r.levels, r.box, g, closedRing)
	return len(s.rings) == 0 || !(&fixer{}).simple(&s)
}

func (c *borderCheck) drawn(id ID) map[uint64]map[tiletest.XY]bool {
	if c.tiles[id] == nil {
		c.tiles[id] = map[uint64]map[tiletest.XY]bool{}
		for _, f := range mustDecode(c.t, c.e, id)["parcels"].Features {
			set := map[tiletest.XY]bool{}
			for _, p := range f.Polygons {
				for _, r := range p {
					for _, v := range r {
						set[v] = true
					}
				}
			}
			c.tiles[id][f.ID] = set
		}
	}
	return c.tiles[id]
}

// tileOf is a point of the zoom's grid in the tile; well says that no clipping
// reaches it.
func tileOf(p pt, id ID) tiletest.XY {
	return tiletest.XY{p.x - int64(id.X)<<extentBits, p.y - int64(id.Y)<<extentBits}
}

func well(v tiletest.XY) bool {
	return min(v[0], v[1]) > -Buffer+1 && max(v[0], v[1]) < Extent+Buffer-1
}

// neighbours are pairs of features with at least two vertices in common.
func neighbours(t testing.TB, fs []Feature) (out [][2]Feature) {
	at := map[pt][]int{}
	for i, f := range fs {
		for p := range verticesOf(t, f) {
			at[p] = append(at[p], i)
		}
	}
	common := map[[2]int]int{}
	for _, list := range at {
		slices.Sort(list)
		for i, a := range list {
			for _, b := range list[i+1:] {
				common[[2]int{a, b}]++
			}
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(common), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) }) {
		if common[k] > 1 {
			out = append(out, [2]Feature{fs[k[0]], fs[k[1]]})
		}
	}
	return out
}

func checkBorders(t testing.TB, e *Engine, fs []Feature, n int) *borderCheck {
	c := &borderCheck{t: t, e: e, tiles: map[ID]map[uint64]map[tiletest.XY]bool{}}
	rng := rand.New(rand.NewPCG(14, 14))
	pairs := neighbours(t, fs)
	for range n {
		p := pairs[rng.IntN(len(pairs))]
		if rng.IntN(2) == 0 {
			p[0], p[1] = p[1], p[0]
		}
		c.pair(p[0], p[1], 9+rng.IntN(10), rng)
	}
	return c
}

// Neighbours share every border that is drawn, at every zoom, across the edges of
// tiles, before and after changes; and the check notices when each feature is
// simplified by itself.
func TestNeighboursShareBorders(t *testing.T) {
	parcels := City(14, 2500, Yueyang(), 0.0007)
	e, err := NewCity(Options{MaxOverlay: 300}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	report := func(when string, c *borderCheck) {
		t.Logf("%s: %d pairs, %d in two tiles, %d vertices the same, %d pairs rebuilt", when, c.pairs, c.apart, c.same, c.broken)
		for _, f := range c.faults[:min(len(c.faults), 5)] {
			t.Errorf("%s: %s", when, f)
		}
		if c.pairs < 8500 || c.apart < 400 || c.same < 15_000 {
			t.Errorf("%s: too little was compared", when)
		}
	}
	report("loaded", checkBorders(t, e, parcels, 10_000))

	alone := e.snap.Load().layers[0].records()
	for _, r := range alone {
		var c chainer
		r.chunk = nil
		c.run([]*record{r}, func(box, func(*record)) {})
		c.store([]*record{r})
	}
	b, err := newBase(alone, &e.spec.Layers[0], packing{})
	if err != nil {
		t.Fatal(err)
	}
	loose, err := NewCity(Options{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	loose.snap.Store(loose.snap.Load().with(0, newLayer(b)))
	if c := checkBorders(t, loose, parcels, 3000); len(c.faults) < 50 {
		t.Errorf("features simplified by themselves pass: %d faults", len(c.faults))
	}

	rng := rand.New(rand.NewPCG(15, 15))
	now := map[uint64]Feature{}
	for _, f := range parcels {
		now[f.ID] = f
	}
	for step := range 12 {
		var changes []Change
		for range 40 {
			f, ok := now[parcels[rng.IntN(len(parcels))].ID]
			if !ok {
				continue
			}
			if rng.IntN(3) == 0 {
				delete(now, f.ID)
				changes = append(changes, Change{"parcels", f.ID, nil})
				continue
			}
			f.Geometry = withoutBends(f.Geometry, rng)
			now[f.ID] = f
			changes = append(changes, Change{"parcels", f.ID, &f})
		}
		if _, err := e.Apply(int64(step+2), changes); err != nil && !errors.Is(err, ErrAllTouched) {
			t.Fatal(err)
		}
	}
	e.Close()
	after := slices.Collect(maps.Values(now))
	slices.SortFunc(after, func(a, b Feature) int { return compareID(a.ID, b.ID) })
	report("changed", checkBorders(t, e, after, 10_000))
	fresh, err := NewCity(Options{}, after, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k := 0; k < len(after); k += 9 {
		for z := 9; z <= 18; z++ {
			id := TilesOver(after[k], z)[0]
			if got, want := mustTile(t, e, id), mustTile(t, fresh, id); got.ETag != want.ETag {
				t.Errorf("%s: changed step by step it is another tile than loaded", id)
			}
		}
	}
}

// withoutBends leaves some vertices out, so that neighbours have corners on edges.
func withoutBends(g orb.Geometry, rng *rand.Rand) orb.Geometry {
	p, ok := g.(orb.Polygon)
	if !ok {
		return g
	}
	r := orb.Ring{p[0][0]}
	for _, v := range p[0][1 : len(p[0])-1] {
		if rng.IntN(4) > 0 {
			r = append(r, v)
		}
	}
	if len(r) < 3 {
		return g
	}
	return append(orb.Polygon{append(r, r[0])}, p[1:]...)
}

// levelsIn runs the chainer over all features and tells the level at each place.
func levelsIn(t testing.TB, fs ...Feature) map[pt]byte {
	t.Helper()
	var recs []*record
	for _, f := range fs {
		recs = append(recs, recordOf(t, f))
	}
	var c chainer
	c.run(recs, func(w box, visit func(*record)) {})
	c.store(recs)
	out := map[pt]byte{}
	for _, r := range recs {
		n := 0
		var w weave
		w.read(r.geom, r.box, func(bool) {
			for _, p := range w.pts {
				if was, ok := out[p]; ok && was != r.levels[n] {
					t.Errorf("feature %d: %v has level %d, elsewhere %d", r.id, p, r.levels[n], was)
				}
				out[p] = r.levels[n]
				n++
			}
		})
		if n != len(r.levels) || n != countVertices(r.geom) {
			t.Errorf("feature %d: %d vertices, %d levels, counted %d", r.id, n, len(r.levels), countVertices(r.geom))
		}
	}
	return out
}

// at is a place so many quantised units from a corner somewhere.
func at(x, y int64) orb.Point { return unproject(pt{1<<30 + 2*x + 1, 1<<30 + 2*y + 1}) }

func ringAt(xy ...int64) orb.Polygon {
	var r orb.Ring
	for i := 0; i < len(xy); i += 2 {
		r = append(r, at(xy[i], xy[i+1]))
	}
	return orb.Polygon{append(r, r[0])}
}

func level(t testing.TB, levels map[pt]byte, x, y int64) byte {
	t.Helper()
	q, _ := project(at(x, y))
	l, ok := levels[q]
	if !ok {
		t.Fatalf("no vertex at %d, %d", x, y)
	}
	return l
}

// A corner on a neighbour's edge stays, and so does that edge; what bends by less
// than a zoom's unit appears when it is a unit.
func TestLevels(t *testing.T) {
	// Above, one polygon whose lower side has bends but no vertex where the two
	// below it meet; they have no vertex on its bends' edge.
	above := Feature{ID: 1, Geometry: ringAt(0, 0, 20000, 0, 20000, 10000, 15000, 10003, 5000, 10003, 0, 10000)}
	left := Feature{ID: 2, Geometry: ringAt(0, 10000, 5000, 10003, 10000, 10003, 10000, 20000, 0, 20000)}
	right := Feature{ID: 3, Geometry: ringAt(10000, 10003, 15000, 10003, 20000, 10000, 20000, 20000, 10000, 20000)}
	levels := levelsIn(t, above, left, right)
	for _, p := range [][2]int64{{10000, 10003}, {5000, 10003}, {15000, 10003}, {0, 10000}, {20000, 10000}} {
		if l := level(t, levels, p[0], p[1]); l != 0 {
			t.Errorf("%v is on the edge of a neighbour or its end, and appears at zoom %d", p, l)
		}
	}
	// Without the two below, the bends are 6 quantised units, half a unit of zoom 16 (8).
	if l := level(t, levelsIn(t, above), 5000, 10003); l != 16 {
		t.Errorf("a bend of 6 quantised units appears at zoom %d", l)
	}
	// A bend of 2*300 units is half a unit of zoom 9 (1024), not of zoom 8 (2048).
	bend := Feature{ID: 4, Geometry: ringAt(0, 0, 20000, 0, 20000, 10000, 10000, 10300, 0, 10000)}
	side := Feature{ID: 5, Geometry: ringAt(0, 10000, 10000, 10300, 20000, 10000, 20000, 30000, 0, 30000)}
	if l := level(t, levelsIn(t, bend, side), 10000, 10300); l != 9 {
		t.Errorf("a bend of 600 quantised units appears at zoom %d", l)
	}
	// An island in a hole has no node: both rings agree, and something is left.
	hole := Feature{ID: 6, Geometry: append(ringAt(0, 0, 9000, 0, 9000, 9000, 0, 9000), ringAt(3000, 3000, 3000, 6000, 6000, 6100, 6000, 3000, 4000, 2990)...)}
	island := Feature{ID: 7, Geometry: ringAt(6000, 6100, 6000, 3000, 4000, 2990, 3000, 3000, 3000, 6000)}
	always := 0
	for p, l := range levelsIn(t, hole, island) {
		if l == 0 && p.x > 1<<30+2000 && p.x < 1<<30+14000 {
			always++
		}
	}
	if always < 3 {
		t.Errorf("%d vertices of an island are always drawn", always)
	}
}
