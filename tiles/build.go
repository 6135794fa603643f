package tiles

import "context"

// The budget of a tile for browsers without a GPU. A tile beyond it is still
// whole; it is counted.
const (
	budgetBytes    = 500_000
	budgetPolygons = 5_000
)

// builder makes tiles; one at a time. All its memory is reused.
type builder struct {
	enc     encoder
	clip    clipper
	fix     fixer
	cell    cellular
	snapped shape
	clipped shape
	mended  shape
	slots   []uint32
	hits    []hit
	query   Query
	tally   tally
}

// tally counts what happened in one build.
type tally struct {
	polygons   int // rings' owners written
	repaired   int
	standIns   int
	coarse     int
	unrepaired int
	overBudget bool
}

func newBuilder() *builder {
	b := &builder{}
	b.cell.fixer = &b.fix
	return b
}

// build returns the tile's bytes under a query, valid until the next build. It
// looks at the context every so many features.
func (b *builder) build(ctx context.Context, spec *Spec, snap *snapshot, id ID, q Query) ([]byte, error) {
	b.tally, b.query = tally{}, q
	b.enc.reset()
	g := gridOf(id)
	for i := range spec.Layers {
		ls := &spec.Layers[i]
		if !ls.drawnAt(g.z) {
			continue
		}
		if err := b.layer(ctx, ls, snap.layers[i], g); err != nil {
			return nil, err
		}
	}
	b.tally.overBudget = len(b.enc.tile) > budgetBytes || b.tally.polygons > budgetPolygons
	return b.enc.tile, nil
}

func (b *builder) layer(ctx context.Context, ls *LayerSpec, l *layer, g grid) error {
	window := g.window()
	b.slots, b.hits = l.search(window, b.slots, b.hits[:0])
	b.enc.beginLayer()
	for n, h := range b.hits {
		if n&0xff == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if h.rec == nil {
			s := int(h.slot)
			if ls.Kind == Polygons && l.base.areas[s] < unit2(g.z) {
				continue
			}
			value := func(i int) string { return l.base.value(s, i) }
			b.feature(ls, h.id, l.base.ix.boxes[s], l.base.geom(s), g, window, value)
		} else if h.rec.drawnAt(ls.Kind, g.z) {
			value := func(i int) string { return h.rec.vals[i] }
			b.feature(ls, h.id, h.rec.box, h.rec.geom, g, window, value)
		}
	}
	b.enc.endLayer(ls)
	return nil
}

// feature writes one feature, if anything of it is in the tile.
func (b *builder) feature(ls *LayerSpec, id uint64, bx box, geom []byte, g grid, window box, value func(int) string) {
	if ls.Kind == Points {
		b.enc.beginFeature(id, len(ls.Fields), value)
		b.enc.point(g.at(pt{int64(bx.minX), int64(bx.minY)}))
		return
	}
	s := b.polygons(bx, geom, g, window)
	if len(s.rings) == 0 {
		return
	}
	for _, r := range s.rings {
		if !r.hole {
			b.tally.polygons++
		}
	}
	b.enc.beginFeature(id, len(ls.Fields), value)
	b.enc.polygons(s)
}

// polygons is the geometry of a feature in the tile: snapped, clipped where the
// box crosses the buffered square, and valid.
func (b *builder) polygons(bx box, geom []byte, g grid, window box) *shape {
	b.snapped.snapInto(geom, bx, g, closedRing)
	s := &b.snapped
	if bx.minX < window.minX || bx.minY < window.minY || bx.maxX > window.maxX || bx.maxY > window.maxY {
		b.clip.clip(&b.clipped, s, bufferedSquare(), clipFrac)
		s = &b.clipped
	}
	if len(s.rings) > 0 && !b.fix.simple(s) {
		b.tally.repaired++
		coarse, ok := b.fix.repair(&b.mended, s)
		switch {
		case !ok:
			b.tally.unrepaired++
		case coarse:
			b.tally.coarse++
		}
		s = &b.mended
	}
	if len(s.rings) > 0 {
		return s
	}
	return b.standIn(bx, geom, g, window)
}

// standIn is what a polygon is drawn as when snapping left nothing of it: the
// unit cells along its outline, if it overlaps the buffered square at all.
// The overlap is measured before snapping, in quantised units.
func (b *builder) standIn(bx box, geom []byte, g grid, window box) *shape {
	// The window as a square at the origin, so that the clipper can be used.
	flat := grid{z: flatZoom, origin: pt{int64(window.minX), int64(window.minY)}}
	b.snapped.snapInto(geom, bx, flat, closedRing)
	side := max(int64(window.maxX)-int64(window.minX), int64(window.maxY)-int64(window.minY))
	b.clip.clip(&b.clipped, &b.snapped, square{0, side}, 0)
	b.mended.reset()
	var area int64
	for _, r := range b.clipped.rings {
		if a := abs(doubleArea(b.clipped.of(r))); r.hole {
			area -= a
		} else {
			area += a
		}
	}
	if area <= 0 {
		return &b.mended
	}
	first := b.clipped.pts[0]
	anchor := g.at(pt{first.x + flat.origin.x, first.y + flat.origin.y})
	b.snapped.snapInto(geom, bx, g, collapsedRing)
	b.cell.outline(&b.mended, &b.snapped, anchor, bufferedSquare())
	b.tally.standIns++
	return &b.mended
}
