package tiles

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"tengdi/tiles/tiletest"
)

func wildEngine(t rapid.TB, shapes ...orb.MultiPolygon) *Engine {
	e, err := New(Spec{Name: "wild", MaxZoom: MaxZoom, Layers: []LayerSpec{{Name: "wild", MaxZoom: MaxZoom}}}, Options{CacheBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	var fs []Feature
	for i, s := range shapes {
		fs = append(fs, Feature{ID: uint64(i), Geometry: s})
	}
	if err := e.Load(1, Seqs(map[string][]Feature{"wild": fs})); err != nil {
		t.Fatal(err)
	}
	return e
}

// inUnits is the shape in units of a tile, in floating point.
func inUnits(m orb.MultiPolygon, id ID) orb.MultiPolygon {
	m = m.Clone()
	side := math.Ldexp(Extent, int(id.Z))
	for _, p := range m {
		for _, r := range p {
			for i, v := range r {
				r[i] = orb.Point{
					(v[0]+180)/360*side - float64(id.X)*Extent,
					(1-math.Asinh(math.Tan(v[1]*math.Pi/180))/math.Pi)/2*side - float64(id.Y)*Extent,
				}
			}
		}
	}
	return m
}

func perimeter(m orb.MultiPolygon) (sum float64) {
	for _, p := range m {
		for _, r := range p {
			sum += planar.Length(r)
		}
	}
	return sum
}

func absArea(m orb.MultiPolygon) (sum float64) {
	for _, p := range m {
		for i, r := range p {
			if a := math.Abs(planar.Area(r)); i == 0 {
				sum += a
			} else {
				sum -= a
			}
		}
	}
	return sum
}

// Any polygon, in every tile it overlaps: present by the rule, valid, wound as
// the specification says (the decoder checks), inside the buffered square, and of
// the right area give or take what rounding moves along its border.
func TestWildShapes(t *testing.T) {
	var tiles, repaired, standIns int
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shapeZoom := rapid.IntRange(2, 19).Draw(t, "shape zoom")
		z := min(max(shapeZoom+rapid.IntRange(-5, 2).Draw(t, "up"), 0), 19)
		m := WildShape(rng, shapeZoom)
		e := wildEngine(t, m)
		over := TilesOver(Feature{Geometry: m}, z)
		for _, id := range over[:min(len(over), 80)] {
			checkWild(t, e, m, id)
			tiles++
		}
		st := e.Stats()
		repaired += int(st.Repaired)
		standIns += int(st.StandIns)
		if st.Unrepaired > 0 {
			t.Fatalf("%d unrepaired", st.Unrepaired)
		}
	})
	t.Logf("%d tiles, %d repaired, %d stand-ins", tiles, repaired, standIns)
	if repaired == 0 { // stand-ins are too rare to count on here; the fixed shapes for PostGIS have them
		t.Error("the shapes were not wild enough")
	}
}

func checkWild(t *rapid.T, e *Engine, m orb.MultiPolygon, id ID) {
	tile, err := e.Tile(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := tiletest.Decode(tile.Raw)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	truth := inUnits(m, id)
	part := clip.MultiPolygon(orb.Bound{Min: orb.Point{-Buffer, -Buffer}, Max: orb.Point{Extent + Buffer, Extent + Buffer}}, truth.Clone())
	whole, overlap := absArea(truth), absArea(part)
	// Areas are those of the quantised shape: its border may be a quantum off.
	quantum := math.Ldexp(1, int(id.Z)-flatZoom)
	if len(layers) == 0 {
		if whole > 1.001+quantum*perimeter(truth) && overlap > 0.001+quantum*perimeter(part) {
			t.Fatalf("%s: a polygon of %.2f square units, %.2f of them here, is missing", id, whole, overlap)
		}
		return
	}
	if whole < 0.999-quantum*perimeter(truth) {
		t.Fatalf("%s: a polygon of %.2f square units is drawn", id, whole)
	}
	f := layers[0].Features[0]
	if err := validity(f); err != nil {
		t.Fatalf("%s: %v\n%v", id, err, f.Polygons)
	}
	for _, p := range f.Polygons {
		for _, r := range p {
			for _, v := range r {
				if min(v[0], v[1]) < -Buffer || max(v[0], v[1]) > Extent+Buffer {
					t.Fatalf("%s: %v is outside the buffered square", id, v)
				}
			}
		}
	}
	if moved := math.Abs(f.Area() - overlap); moved > 3+1.5*perimeter(part) {
		t.Fatalf("%s: area %.1f, want %.1f, border %.1f", id, f.Area(), overlap, perimeter(part))
	}
}

// P-11: what two neighbouring tiles both draw, they draw alike: every vertex well
// inside the strip that both cover is in the other tile too.
func TestNeighboursAgreeInTheBuffer(t *testing.T) {
	parcels := City(9, 1500, Yueyang(), 0.001)
	e, err := NewCity(Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	same, near := 0, 0
	for z := 9; z <= 17; z++ {
		for k := 0; k < len(parcels); k += 37 {
			a := TilesOver(parcels[k], z)[0]
			b := ID{a.Z, a.X + 1, a.Y}
			left, right := verticesByID(t, e, a), verticesByID(t, e, b)
			for fid, vertices := range left {
				for v := range vertices {
					if v[0] < Extent-Buffer+2 || v[0] > Extent+Buffer-2 || v[1] < -Buffer+2 || v[1] > Extent+Buffer-2 {
						continue
					}
					switch w := (tiletest.XY{v[0] - Extent, v[1]}); {
					case right[fid][w]:
						same++
					case beside(w, right[fid]):
						near++
					default:
						t.Errorf("%s feature %d: %v is not in %s", a, fid, v, b)
					}
				}
			}
		}
	}
	t.Logf("%d vertices the same, %d a unit away", same, near)
	if same < 2000 || near*200 > same {
		t.Errorf("%d vertices the same, %d a unit away", same, near)
	}
}

func beside(v tiletest.XY, set map[tiletest.XY]bool) bool {
	for dx := int64(-1); dx <= 1; dx++ {
		for dy := int64(-1); dy <= 1; dy++ {
			if set[tiletest.XY{v[0] + dx, v[1] + dy}] {
				return true
			}
		}
	}
	return false
}

func verticesByID(t *testing.T, e *Engine, id ID) map[uint64]map[tiletest.XY]bool {
	out := map[uint64]map[tiletest.XY]bool{}
	for _, f := range mustDecode(t, e, id)["parcels"].Features {
		out[f.ID] = map[tiletest.XY]bool{}
		for _, p := range f.Polygons {
			for _, r := range p {
				for _, v := range r {
					out[f.ID][v] = true
				}
			}
		}
	}
	return out
}

// P-11: going down the pyramid a parcel never disappears: drawn in a tile, it is
// drawn in one of the four below. And it is drawn in every tile it overlaps.
func TestPyramid(t *testing.T) {
	parcels := City(10, 300, Yueyang(), 0.001)
	e, err := NewCity(Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	drawn := func(z int) map[uint64]int {
		all := map[uint64]int{}
		seen := map[ID]bool{}
		for _, f := range parcels {
			for _, id := range TilesOver(f, z) {
				if !seen[id] {
					seen[id] = true
					for fid := range verticesByID(t, e, id) {
						all[fid]++
					}
				}
			}
		}
		return all
	}
	above := drawn(6)
	for z := 7; z <= 17; z++ {
		here := drawn(z)
		for id := range above {
			if here[id] == 0 {
				t.Errorf("parcel %d is drawn at zoom %d, not at %d", id, z-1, z)
			}
		}
		for _, f := range parcels {
			m, ok := f.Geometry.(orb.MultiPolygon)
			if !ok {
				m = orb.MultiPolygon{f.Geometry.(orb.Polygon)}
			}
			want := 0
			for _, id := range TilesOver(f, z) {
				part := clip.MultiPolygon(orb.Bound{Min: orb.Point{-Buffer, -Buffer}, Max: orb.Point{Extent + Buffer, Extent + Buffer}}, inUnits(m, id))
				if absArea(part) > 0.01 {
					want++
				}
			}
			if z >= 12 && here[f.ID] < want {
				t.Errorf("zoom %d: parcel %d is in %d tiles, overlaps %d", z, f.ID, here[f.ID], want)
			}
		}
		above = here
	}
}

// Equal data gives equal bytes: in whatever order it is loaded, and however it
// came to be, by Load or by Apply, merged or not.
func TestApplyEqualsLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		pool := City(rng.Uint64(), 120, Yueyang(), 0.001)
		now := map[uint64]Feature{}
		for _, f := range pool[:60] {
			now[f.ID] = f
		}
		e, err := NewCity(Options{MaxOverlay: 1 + rng.IntN(40)}, valuesOf(rng, now), nil)
		if err != nil {
			t.Fatal(err)
		}
		z := 10 + rng.IntN(6)
		all := map[ID]bool{}
		for _, f := range pool {
			for _, id := range TilesOver(f, z) {
				all[id] = true
			}
		}
		before := snapshotOf(t, e, all)
		for step := range rapid.IntRange(1, 12).Draw(t, "steps") {
			var changes []Change
			for range 1 + rng.IntN(10) {
				changes = append(changes, randomChange(rng, pool, now))
			}
			touched, err := e.Apply(int64(step+2), changes)
			if err != nil {
				t.Fatal(err)
			}
			after := snapshotOf(t, e, all)
			checkTouched(t, touched, before, after)
			before = after
		}
		fresh, err := NewCity(Options{}, valuesOf(rng, now), nil)
		if err != nil {
			t.Fatal(err)
		}
		compareTiles(t, e, fresh, all)
		e.Close()
		e.cache.dropAll()
		compareTiles(t, e, fresh, all)
		if got, want := e.Stats().Features["parcels"], len(now); got != want {
			t.Fatalf("%d features, want %d", got, want)
		}
		gb, gok := e.Bounds()
		wb, wok := fresh.Bounds()
		if gb != wb || gok != wok {
			t.Fatalf("bounds %v, want %v", gb, wb)
		}
	})
}

func randomChange(rng *rand.Rand, pool []Feature, now map[uint64]Feature) Change {
	f := pool[rng.IntN(len(pool))]
	switch rng.IntN(4) {
	case 0:
		delete(now, f.ID)
		return Change{Layer: "parcels", ID: f.ID}
	case 1: // another's shape
		f.Geometry = pool[rng.IntN(len(pool))].Geometry
	case 2:
		f.Values = cityValues(rng, f.ID)
	}
	now[f.ID] = f
	return Change{Layer: "parcels", ID: f.ID, Feature: &f}
}

func valuesOf(rng *rand.Rand, m map[uint64]Feature) []Feature {
	var out []Feature
	for _, f := range m { // in whatever order the map gives
		out = append(out, f)
	}
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func snapshotOf(t rapid.TB, e *Engine, all map[ID]bool) map[ID]Tile {
	out := map[ID]Tile{}
	for id := range all {
		tile, err := e.Tile(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		out[id] = tile
	}
	return out
}

// checkTouched: a tile that changed is listed, and no two lists name it twice.
func checkTouched(t rapid.TB, touched []ID, before, after map[ID]Tile) {
	listed := map[ID]bool{}
	for i, id := range touched {
		if listed[id] {
			t.Fatalf("%s is listed twice", id)
		}
		listed[id] = true
		if i > 0 && !lessID(touched[i-1], id) {
			t.Fatalf("%s comes after %s", id, touched[i-1])
		}
	}
	for id, a := range after {
		b := before[id]
		if (a.ETag == b.ETag) != bytes.Equal(a.Raw, b.Raw) {
			t.Fatalf("%s: the tag does not tell the bytes", id)
		}
		if a.ETag != b.ETag && !listed[id] {
			t.Fatalf("%s changed and is not listed", id)
		}
		if !listed[id] && len(a.Raw) > 0 && a.Revision != b.Revision {
			t.Fatalf("%s was built again without a change", id)
		}
	}
}

func lessID(a, b ID) bool {
	return fmt.Sprintf("%03d/%09d/%09d", a.Z, a.X, a.Y) < fmt.Sprintf("%03d/%09d/%09d", b.Z, b.X, b.Y)
}

func compareTiles(t rapid.TB, a, b *Engine, all map[ID]bool) {
	for id := range all {
		x, err := a.Tile(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Tile(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(x.Raw, y.Raw) || !bytes.Equal(x.Gzip, y.Gzip) || x.ETag != y.ETag {
			t.Fatalf("%s: %d and %d bytes differ", id, len(x.Raw), len(y.Raw))
		}
	}
}
