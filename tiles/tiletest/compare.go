package tiletest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"
)

// Tally counts what comparisons have seen; see the package for the words.
type Tally struct {
	Tiles, Empty int // tiles compared, and those of them with nothing in them
	Features     int // features of ST_AsMVT
	Points       int // of them
	Same         int // polygons with the same attributes whose borders agree both ways
	Small        int // left out, being below one square unit
	Kept         int // drawn, where ST_AsMVT lost them
	Loose        int // with a vertex that ST_AsMVT simplified away
	TheirInvalid int // polygons of ST_AsMVT that ST_IsValid refuses
}

// near is how far a vertex may be from a border: one unit on each axis.
const near = math.Sqrt2

// comparison is one layer of one tile, theirs and ours.
type comparison struct {
	ref    *Reference
	rows   Rows
	id     maptile.Tile
	theirs map[uint64]Feature
	ours   map[uint64]Feature
	faults []string
}

func (c *comparison) fault(feature uint64, format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf("%d/%d/%d %s %d: %s", c.id.Z, c.id.X, c.id.Y, c.rows.Layer, feature, fmt.Sprintf(format, args...)))
}

// Compare holds the bytes of a tile against ST_AsMVT over the same rows and says
// what is wrong with them. An error is one of the database, not of the tile.
func (r *Reference) Compare(ctx context.Context, id maptile.Tile, raw []byte) (faults []string, err error) {
	layers, err := Decode(raw)
	if err != nil {
		return []string{fmt.Sprintf("%d/%d/%d: %v", id.Z, id.X, id.Y, err)}, nil
	}
	for _, l := range layers {
		if !slices.ContainsFunc(r.layers, func(o Rows) bool { return o.Layer == l.Name }) {
			faults = append(faults, fmt.Sprintf("%d/%d/%d: layer %q is unknown", id.Z, id.X, id.Y, l.Name))
		}
	}
	r.Tally.Tiles++
	if len(layers) == 0 {
		r.Tally.Empty++
	}
	for _, l := range r.layers {
		theirs, err := r.tile(ctx, l, id)
		if err != nil {
			return faults, fmt.Errorf("layer %s: %w", l.Layer, err)
		}
		c := &comparison{ref: r, rows: l, id: id, theirs: theirs, ours: byID(layers, l.Layer)}
		r.Tally.Features += len(theirs)
		compare := c.polygons
		if l.Points {
			compare = c.points
		}
		if err := compare(ctx); err != nil {
			return faults, fmt.Errorf("layer %s: %w", l.Layer, err)
		}
		faults = append(faults, c.faults...)
	}
	return faults, nil
}

// each visits the features of either, after comparing the attributes of those that
// both have, in order of id; nil stands for a feature that one has not.
func (c *comparison) each(visit func(id uint64, ours, theirs *Feature) error) error {
	ids := slices.Concat(slices.Collect(maps.Keys(c.ours)), slices.Collect(maps.Keys(c.theirs)))
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		var g, w *Feature
		if f, ok := c.ours[id]; ok {
			g = &f
		}
		if f, ok := c.theirs[id]; ok {
			w = &f
		}
		if g != nil && c.ref.shapes[c.rows.Layer][id] == nil {
			c.fault(id, "there is no such row")
			continue
		}
		if g != nil && w != nil && !reflect.DeepEqual(g.Values, w.Values) {
			c.fault(id, "has %v, want %v", g.Values, w.Values)
		}
		if err := visit(id, g, w); err != nil {
			return err
		}
	}
	return nil
}

// points: those of both lie within a unit; one that only one of them has is at the
// edge of the buffered square.
func (c *comparison) points(context.Context) error {
	return c.each(func(id uint64, ours, theirs *Feature) error {
		if ours != nil && (len(ours.Points) != 1 || len(ours.Polygons) > 0) {
			c.fault(id, "is not one point: %v", *ours)
			return nil
		}
		c.ref.Tally.Points++
		switch {
		case ours != nil && theirs != nil:
			g, w := ours.Points[0], theirs.Points[0]
			if max(g[0]-w[0], w[0]-g[0], g[1]-w[1], w[1]-g[1]) > 1 {
				c.fault(id, "is at %v, want %v", g, w)
			}
		case ours != nil:
			if !atBufferEdge(ours.Points[0].point()) {
				c.fault(id, "at %v is ours alone", ours.Points[0])
			}
		default:
			if !atBufferEdge(theirs.Points[0].point()) {
				c.fault(id, "at %v is missing", theirs.Points[0])
			}
		}
		return nil
	})
}

func (c *comparison) polygons(ctx context.Context) error {
	for _, side := range []struct {
		features map[uint64]Feature
		theirs   bool
	}{{c.ours, false}, {c.theirs, true}} {
		bad, why, err := Invalid(ctx, c.ref.conn, slices.Collect(maps.Values(side.features)))
		if err != nil {
			return err
		}
		switch {
		case side.theirs:
			c.ref.Tally.TheirInvalid += bad
		case bad > 0:
			c.fault(0, "%d polygons are invalid: %s", bad, why)
		}
	}
	return c.each(func(id uint64, ours, theirs *Feature) error {
		if ours == nil {
			return c.missing(ctx, id)
		}
		if len(ours.Points) > 0 {
			c.fault(id, "is not a polygon")
			return nil
		}
		truth, ok := c.ref.truth(c.rows.Layer, id, c.id).(orb.MultiPolygon)
		if !ok {
			c.fault(id, "is a polygon, but its row is not")
			return nil
		}
		if theirs == nil {
			return c.alone(ctx, *ours, truth)
		}
		c.pair(*ours, *theirs, truth)
		return nil
	})
}

// missing: a polygon that is not drawn is below one square unit.
func (c *comparison) missing(ctx context.Context, id uint64) error {
	c.ref.Tally.Small++
	m, err := c.ref.measure(ctx, c.rows.Layer, c.id, id)
	if err == nil && m.area >= 1.0001 {
		c.fault(id, "of %.4f square units is missing", m.area)
	}
	return err
}

// alone: a polygon that only we have is of one square unit at least, so thin here
// that snapping may leave nothing of it, and lies along its own border (a cell that
// stands in has its far corner half as far again).
func (c *comparison) alone(ctx context.Context, ours Feature, truth orb.MultiPolygon) error {
	c.ref.Tally.Kept++
	c.strays(ours, truth, 1.5*near+c.ref.Simplified)
	m, err := c.ref.measure(ctx, c.rows.Layer, c.id, ours.ID)
	if err == nil && (m.area < 0.9999 || 4*m.part > 2*m.partPerimeter) {
		c.fault(ours.ID, "is ours alone: %+v", m)
	}
	return err
}

func (c *comparison) pair(ours, theirs Feature, truth orb.MultiPolygon) {
	far := near + c.ref.Simplified
	c.strays(ours, truth, far)
	// No point of either border has moved by more than about half a unit, and what
	// simplification adds.
	length := planar.Length(ours.shape())
	if a, b := ours.Area(), theirs.Area(); math.Abs(a-b) > 1+length*(0.5+c.ref.Simplified) {
		c.fault(ours.ID, "has an area of %.1f, want %.1f, with a border of %.1f", a, b, length)
		return
	}
	mine := newBorder(ours.shape())
	if at, ok := farFrom(theirs, mine, far); ok {
		if c.ref.Simplified > 0 && mine.distance(at.point()) <= reach {
			c.ref.Tally.Loose++
			return
		}
		c.fault(ours.ID, "ST_AsMVT's vertex %v is not near\nours   %v\ntheirs %v", at, ours.Polygons, theirs.Polygons)
		return
	}
	if _, ok := farFrom(ours, newBorder(theirs.shape()), far); ok {
		c.ref.Tally.Loose++
		return
	}
	c.ref.Tally.Same++
}

// strays: no vertex is far from the row's own border. One at the edge of the
// buffered square may lie in the polygon instead.
func (c *comparison) strays(f Feature, truth orb.MultiPolygon, far float64) {
	b := newBorder(truth)
	for v := range f.vertices {
		if b.distance(v.point()) > far &&
			!(atBufferEdge(v.point()) && planar.MultiPolygonContains(truth, v.point())) {
			c.fault(f.ID, "vertex %v is far from the border of the row: %v", v, f.Polygons)
			return
		}
	}
}

// farFrom finds a vertex that is farther than that from a border. Vertices at the edge of the
// buffered square are left out.
func farFrom(f Feature, b border, far float64) (at XY, found bool) {
	for v := range f.vertices {
		if !atBufferEdge(v.point()) && b.distance(v.point()) > far {
			return v, true
		}
	}
	return XY{}, false
}

// atBufferEdge tells whether a point is within a unit of the edge of the buffered
// square, or beyond it.
func atBufferEdge(v orb.Point) bool {
	edge := func(c float64) bool { return c <= 1-buffer || c >= extent+buffer-1 }
	return edge(v[0]) || edge(v[1])
}
