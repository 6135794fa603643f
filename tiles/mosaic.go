package tiles

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// leftOutLayer is the layer of what a tile had no room for.
const leftOutLayer = "left_out"

// check reports the first fault of a mosaic of the layer.
func (m *MosaicSpec) check(l LayerSpec) error {
	switch {
	case l.Kind != Polygons:
		return fmt.Errorf("a mosaic of %s", l.Kind)
	case !slices.Contains(l.Fields, m.Field):
		return fmt.Errorf("the mosaic's field %q is not one of the layer's", m.Field)
	case m.MaxZoom < l.MinZoom || m.MaxZoom > min(l.MaxZoom, mosaicZoom):
		return fmt.Errorf("the mosaic's last zoom %d is not within %d to %d", m.MaxZoom, l.MinZoom, min(l.MaxZoom, mosaicZoom))
	}
	return nil
}

// field is the place of the mosaic's field.
func (l *LayerSpec) mosaicField() int { return slices.Index(l.Fields, l.Mosaic.Field) }

// firstFeatures is the first zoom at which features themselves may be drawn.
func (l *LayerSpec) firstFeatures() int {
	if l.Mosaic == nil {
		return l.MinZoom
	}
	return max(l.MinZoom, l.Mosaic.MaxZoom+1)
}

// cellsLayer describes the cells of a layer for TileJSON; false when the tileset
// never shows any.
func (e *Engine) cellsLayer(i int, s *snapshot, o TileJSONOptions) (VectorLayer, bool) {
	l := &e.spec.Layers[i]
	if l.Mosaic == nil {
		return VectorLayer{}, false
	}
	v := VectorLayer{
		ID: l.Mosaic.Name, Description: o.Descriptions[l.Mosaic.Name],
		MinZoom: max(l.MinZoom, e.spec.MinZoom), MaxZoom: min(l.MaxZoom, e.spec.MaxZoom, mosaicZoom),
		Fields: map[string]string{"lead": "String", "cover": "Number", "n": "Number", "m2": "Number"},
	}
	if s != nil && s.cells[i].root != nil {
		for _, sum := range s.cells[i].root.sums {
			if name := s.cells[i].names[sum.value]; name != "" {
				v.Fields["m2_"+name], v.Fields["n_"+name] = "Number", "Number"
			}
		}
	}
	return v, v.MinZoom <= v.MaxZoom
}

// inMosaic reports whether there is something of the feature now.
func (r *record) inMosaic() bool { return r != nil && !r.ended() }

// change puts what became of a feature into the edit.
func (e *cellEdit) change(field int, before, after *record) {
	was, is := before.inMosaic(), after.inMosaic()
	if was && is && before.box == after.box && before.units == after.units &&
		string(before.share) == string(after.share) && before.vals[field] == after.vals[field] {
		return
	}
	if was {
		e.feature(before.box, before.units, before.share, valueText(before.vals[field]), -1)
	}
	if is {
		e.feature(after.box, after.units, after.share, valueText(after.vals[field]), 1)
	}
}

// mosaicOrFeatures appends a layer that has a mosaic: its cells up to the mosaic's
// last zoom, and beyond it where the features would be too much for a tile.
func (b *builder) mosaicOrFeatures(ctx context.Context, ls *LayerSpec, l *layer, tree *cellTree, id ID, g grid) (cells bool, err error) {
	if g.z > mosaicZoom {
		return false, b.layer(ctx, ls, l, g)
	}
	asked := b.query.At != 0 || len(b.query.Filter.of(ls.Name)) > 0
	// The sums know of most tiles that they are too dense, without a search.
	if g.z > ls.Mosaic.MaxZoom && (asked || tree.features(id) <= budgetPolygons) {
		hits, err := b.findUpTo(ctx, ls, l, g, budgetPolygons)
		if err != nil {
			return false, err
		}
		if len(hits) <= budgetPolygons {
			size, tally := len(b.enc.tile), b.tally
			b.tally.polygons = 0
			err := b.features(ctx, ls, l, g, hits)
			polygons := b.tally.polygons
			b.tally.polygons += tally.polygons
			if err != nil || polygons <= budgetPolygons && len(b.enc.tile)-size <= budgetBytes {
				return false, err
			}
			b.enc.tile, b.tally = b.enc.tile[:size], tally
		}
	}
	return true, b.cellsOf(ctx, ls, l, tree, id, g)
}

// cellsOf appends the cells of a layer as the query has them.
func (b *builder) cellsOf(ctx context.Context, ls *LayerSpec, l *layer, tree *cellTree, id ID, g grid) error {
	b.mosaic.sums.reset()
	names := tree.names
	asked := b.query.At != 0 || len(b.query.Filter.of(ls.Name)) > 0
	if asked || !tree.gather(id, &b.mosaic.sums) {
		b.mosaic.sums.reset()
		var err error
		if names, err = b.sumHits(ctx, ls, l, id, g); err != nil {
			return err
		}
	}
	layer, n := b.mosaic.encode(ls.Mosaic.Name, names, id)
	b.enc.tile = append(b.enc.tile, layer...)
	b.tally.polygons += n
	return nil
}

// everyZoom is so deep that no feature is too small for it.
const everyZoom = 1 << 10

// sumHits adds up the features of a tile that the query keeps, as they were on its
// day, and returns the names of their values. Of each it keeps no more than the sums:
// they may be all features of the layer.
func (b *builder) sumHits(ctx context.Context, ls *LayerSpec, l *layer, id ID, g grid) (names []string, err error) {
	g.z = everyZoom
	w, field := mosaicWindowOf(id), ls.mosaicField()
	known := map[uint32]uint32{} // key of a value -> place in names
	places := map[string]uint32{}
	var shares []cellShare
	b.vals.reset(&l.base.dict)
	b.asking.begin(b.query, ls, l, g, &b.vals)
	for h, err := range b.asking.each(ctx) {
		if err != nil {
			return nil, err
		}
		key := b.vals.keys(l.base, h, b.vals.roomFor(l.base))[field]
		value, ok := known[key]
		if !ok {
			name := valueText(b.vals.value(key))
			if value, ok = places[name]; !ok {
				value = uint32(len(names))
				places[name] = value
				names = append(names, name)
			}
			known[key] = value
		}
		var bx box
		var units int64
		var share []byte
		if h.rec != nil {
			bx, units, share = h.rec.box, h.rec.units, h.rec.share
		} else {
			bx = l.base.box(int(h.slot))
			units, share = l.base.share(int(h.slot))
		}
		if x, y, ok := w.place(middleCell(bx)); ok {
			b.mosaic.sums.add(x, y, valueSum{value: value, n: 1})
		}
		shares = appendShares(shares[:0], bx, units, share)
		for _, s := range shares {
			if x, y, ok := w.place(s.x, s.y); ok && s.units > 0 {
				b.mosaic.sums.add(x, y, valueSum{value: value, units: s.units})
			}
		}
	}
	return names, nil
}

// withAreas gives the versions that differ from the feature in their area only its
// geometry, so that their shares are of their own area.
func withAreas(f Feature) []Version {
	past := f.Past
	for i, v := range past {
		if v.Geometry == nil && v.M2 != 0 && v.M2 != f.M2 && f.Geometry != nil {
			if &past[0] == &f.Past[0] {
				past = slices.Clone(past)
			}
			past[i].Geometry = f.Geometry
		}
	}
	return past
}

// valueText is an encoded attribute as it stands in the names of a mosaic's
// attributes: "" where there is none.
func valueText(encoded string) string {
	if encoded == "" {
		return ""
	}
	rest := []byte(encoded[1:])
	switch encoded[0] {
	case tagString:
		n, head := binary.Uvarint(rest)
		return encoded[1+head : 1+head+int(n)]
	case tagDouble:
		return fmt.Sprint(math.Float64frombits(binary.LittleEndian.Uint64(rest)))
	case tagBool:
		return fmt.Sprint(rest[0] != 0)
	case tagSint:
		v, _ := binary.Varint(rest)
		return fmt.Sprint(v)
	}
	v, _ := binary.Uvarint(rest)
	return fmt.Sprint(v)
}
