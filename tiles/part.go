package tiles

import (
	"context"
	"encoding/binary"
	"math/bits"
)

// part is a run of the hits of a layer in a tile, worked on by one goroutine, and
// all that it needs. Its memory is reused. Parts are worked on in two steps, draw
// and write; between them the numbers of values are brought together. How many
// parts there are makes no difference to the tile.
type part struct {
	// What is worked on, the same for all parts.
	ls     *LayerSpec
	base   *base
	vals   *valueSet
	g      grid
	window box

	hits    []hit
	drawn   []drawn
	numbers numbering
	tags    []uint32 // per drawn feature and field: the part's number of the value + 1, 0 = absent
	global  []uint32 // the tile's number of a value by the part's
	geoms   []byte
	firsts  []uint32 // keys of the values that this part is the first to use
	out     []byte   // the features' messages
	values  []byte   // the messages of the values of firsts
	keys    []uint32 // of one feature
	scratch []byte
	tally   tally

	// Under a memory: the chunk that is borrowed, and what was found in all of them.
	held  *chunk
	order []uint64 // slots and places in hits
	slots []uint32
	found []found

	clip    clipper
	fix     fixer
	cell    cellular
	snapped shape
	clipped shape
	mended  shape
}

// drawn is a feature with something in the tile: where its first point is, and its
// commands after the first MoveTo.
type drawn struct {
	id   uint64
	at   pt
	rest []byte
}

func newPart() *part {
	p := &part{}
	p.cell.fixer = &p.fix
	return p
}

// draw works out the geometry of the hits, and which values they use.
func (p *part) draw(ctx context.Context) error {
	p.drawn, p.tags, p.geoms, p.out, p.tally = p.drawn[:0], p.tags[:0], p.geoms[:0], p.out[:0], tally{}
	p.numbers.reset(len(p.hits)*len(p.ls.Fields), p.vals.len())
	p.keys = zeroed(p.keys, len(p.ls.Fields))
	borrows := p.base.regions != nil && p.ls.Kind == Polygons
	if borrows {
		if err := p.collect(ctx); err != nil {
			return err
		}
	}
	for n, h := range p.hits {
		if err := goneAt(ctx, n); err != nil {
			return err
		}
		var at pt
		var rest []byte
		var ok bool
		if borrows {
			at, rest, ok = p.found[n].at, p.found[n].rest, p.found[n].ok
		} else {
			at, rest, ok = p.geometry(h)
		}
		if !ok {
			continue
		}
		p.drawn = append(p.drawn, drawn{h.id, at, rest})
		for _, key := range p.vals.keys(p.base, h, p.keys) {
			if key != 0 {
				key = p.numbers.of(key) + 1
			}
			p.tags = append(p.tags, key)
		}
	}
	return nil
}

// geometry is the first point of a feature in the tile and the commands after it;
// false when nothing of it is in the tile.
func (p *part) geometry(h hit) (pt, []byte, bool) {
	var bx box
	var geom, levels []byte
	simple := false // is known to be
	if h.rec != nil {
		bx, geom, levels = h.rec.box, h.rec.geom, h.rec.levels
	} else {
		bx = p.base.box(int(h.slot))
	}
	if p.ls.Kind == Points {
		return p.g.at(pt{int64(bx.minX), int64(bx.minY)}), nil, true
	}
	if h.rec == nil {
		c, i := p.held, int(h.slot&(chunkSize-1))
		if c == nil {
			c, i = p.base.chunk(int(h.slot))
		}
		if piece := c.piece(i, p.g.z); len(piece) > 0 && p.window.contains(bx) {
			off, polygons, rest := readPiece(piece)
			p.tally.polygons += polygons
			corner := p.g.at(pt{int64(bx.minX), int64(bx.minY)})
			return pt{corner.x + off.x, corner.y + off.y}, p.own(rest), true
		}
		geom, levels = c.geom(i), c.levelsOf(i)
		simple = p.g.z == flagZoom && c.simple.has(i) && p.window.contains(bx)
	}
	s := &p.snapped
	if simple {
		s.drawInto(geom, levels, bx, p.g)
	} else if s = p.polygons(bx, geom, levels); len(s.rings) == 0 {
		return pt{}, nil, false
	}
	p.tally.polygons += s.polygons()
	from := len(p.geoms)
	p.geoms = s.appendCommands(p.geoms)
	return s.pts[0], p.geoms[from:len(p.geoms):len(p.geoms)], true
}

// polygons is the geometry of a feature in the tile: simplified and snapped,
// clipped where the box crosses the buffered square, and valid.
func (p *part) polygons(bx box, geom, levels []byte) *shape {
	p.snapped.drawInto(geom, levels, bx, p.g)
	s := &p.snapped
	if !p.window.contains(bx) {
		p.clip.clip(&p.clipped, s, bufferedSquare(), clipFrac)
		s = &p.clipped
	}
	if len(s.rings) > 0 && !p.fix.simple(s) {
		p.tally.repaired++
		coarse, ok := p.fix.repair(&p.mended, s)
		switch {
		case !ok:
			p.tally.unrepaired++
		case coarse:
			p.tally.coarse++
		}
		s = &p.mended
	}
	if len(s.rings) > 0 {
		return s
	}
	return p.standIn(bx, geom)
}

// standIn is what a polygon is drawn as when snapping left nothing of it: the
// unit cells along its outline, if it overlaps the buffered square at all.
// The overlap is measured before snapping, in quantised units.
func (p *part) standIn(bx box, geom []byte) *shape {
	// The window as a square at the origin, so that the clipper can be used.
	w := p.window
	flat := grid{z: flatZoom, origin: pt{int64(w.minX), int64(w.minY)}}
	p.snapped.snapInto(geom, bx, flat, closedRing)
	side := max(int64(w.maxX)-int64(w.minX), int64(w.maxY)-int64(w.minY))
	p.clip.clip(&p.clipped, &p.snapped, square{0, side}, 0)
	p.mended.reset()
	var area int64
	for _, r := range p.clipped.rings {
		if a := abs(doubleArea(p.clipped.of(r))); r.hole {
			area -= a
		} else {
			area += a
		}
	}
	if area <= 0 {
		return &p.mended
	}
	first := p.clipped.pts[0]
	anchor := p.g.at(pt{first.x + flat.origin.x, first.y + flat.origin.y})
	p.snapped.snapInto(geom, bx, p.g, collapsedRing)
	p.cell.outline(&p.mended, &p.snapped, anchor, bufferedSquare())
	p.tally.standIns++
	return &p.mended
}

// write makes the messages of the drawn features and of the values that the part is
// the first to use; global and firsts are known.
func (p *part) write(ctx context.Context) error {
	p.values = p.values[:0]
	for _, key := range p.firsts {
		p.values = p.vals.appendValue(p.values, key)
	}
	geometryType := byte(typePolygon)
	if p.ls.Kind == Points {
		geometryType = typePoint
	}
	fields := len(p.ls.Fields)
	for i := range p.drawn {
		if err := goneAt(ctx, i); err != nil {
			return err
		}
		d := &p.drawn[i]
		tags := p.scratch[:0]
		for f, local := range p.tags[i*fields : (i+1)*fields] {
			if local != 0 {
				tags = binary.AppendUvarint(tags, uint64(f))
				tags = binary.AppendUvarint(tags, uint64(p.global[local-1]))
			}
		}
		p.scratch = tags
		geometry := 1 + uvarintLen(zigzag(d.at.x)) + uvarintLen(zigzag(d.at.y)) + len(d.rest)
		size := 1 + uvarintLen(d.id) + 2 + 1 + uvarintLen(uint64(geometry)) + geometry
		if len(tags) > 0 {
			size += 1 + uvarintLen(uint64(len(tags))) + len(tags)
		}
		b := binary.AppendUvarint(append(p.out, keyLayerFeature), uint64(size))
		b = binary.AppendUvarint(append(b, keyFeatureID), d.id)
		if len(tags) > 0 {
			b = appendBytes(b, keyFeatureTags, tags)
		}
		b = binary.AppendUvarint(append(b, keyFeatureType, geometryType, keyFeatureGeometry), uint64(geometry))
		b = binary.AppendVarint(append(b, 1<<3|cmdMoveTo), d.at.x)
		b = binary.AppendVarint(b, d.at.y)
		p.out = append(b, d.rest...)
	}
	return nil
}

// uvarintLen is the number of bytes that v takes as a varint.
func uvarintLen(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// zigzag is a signed number as protobuf's sint64 has it.
func zigzag(v int64) uint64 { return uint64(v)<<1 ^ uint64(v>>63) }
