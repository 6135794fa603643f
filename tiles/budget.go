package tiles

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
)

// The budget of a tile for browsers without a GPU.
const (
	budgetBytes    = 500_000
	budgetPolygons = 5_000
	// leftOutRoom is kept for the layer that says what was left out.
	leftOutRoom = 4_000
)

// drawnLayer is a layer as it stands in the tile being built.
type drawnLayer struct {
	from, to int // bytes of the tile
	polygons int
	cells    bool // of a mosaic, which has to stay whole to add up
	leftOut  int  // features
}

func (d drawnLayer) bytes() int { return d.to - d.from }

// over reports whether the tile is beyond its budget.
func (b *builder) over() bool {
	return len(b.enc.tile) > budgetBytes || b.tally.polygons > budgetPolygons
}

// fit makes a tile that is over its budget smaller. A layer with a mosaic shows
// that where it may; of any other layer that takes more than its share the smallest
// features are left out, and the tile says how many in a layer of its own. Which
// these are depends on the tile's content alone.
func (b *builder) fit(ctx context.Context, spec *Spec, snap *snapshot, id ID, g grid) error {
	for i := range spec.Layers {
		if ls := &spec.Layers[i]; ls.Mosaic != nil && g.z <= mosaicZoom && !b.drawn[i].cells && !b.share(i).holds(b.drawn[i]) {
			if err := b.redraw(i, func() error {
				return b.cellsOf(ctx, ls, snap.layers[i], snap.cells[i], id, g)
			}); err != nil {
				return err
			}
			b.drawn[i].cells = true
		}
	}
	shares := make([]share, len(b.drawn))
	for i := range b.drawn {
		shares[i] = b.share(i)
	}
	for i, s := range shares {
		if b.drawn[i].cells || s.holds(b.drawn[i]) {
			continue
		}
		leftOut := 0
		if err := b.redraw(i, func() (err error) {
			leftOut, err = b.largest(ctx, &spec.Layers[i], snap.layers[i], g, s)
			return err
		}); err != nil {
			return err
		}
		b.drawn[i].leftOut = leftOut
	}
	b.sayLeftOut(spec)
	return nil
}

// share is what a layer may take of the budget.
type share struct{ bytes, polygons int }

func (s share) holds(d drawnLayer) bool { return d.bytes() <= s.bytes && d.polygons <= s.polygons }

// share divides what the cells leave of the budget: a layer that needs less than
// an equal part gets what it needs, and the others divide the rest.
func (b *builder) share(layer int) share {
	left := share{budgetBytes - leftOutRoom, budgetPolygons}
	var bytes, polygons []int
	for _, d := range b.drawn {
		if d.cells {
			left.bytes -= d.bytes()
			left.polygons -= d.polygons
			continue
		}
		bytes, polygons = append(bytes, d.bytes()), append(polygons, d.polygons)
	}
	d := b.drawn[layer]
	return share{portion(left.bytes, bytes, d.bytes()), portion(left.polygons, polygons, d.polygons)}
}

// portion is what one of the needs gets when total is divided among all.
func portion(total int, needs []int, need int) int {
	slices.Sort(needs)
	for i, n := range needs {
		even := max(total, 0) / (len(needs) - i)
		if n > even {
			return min(need, even)
		}
		total -= n
	}
	return need
}

// redraw replaces a layer of the tile by what draw appends.
func (b *builder) redraw(layer int, draw func() error) error {
	d := &b.drawn[layer]
	tail := slices.Clone(b.enc.tile[d.to:])
	size := d.bytes()
	b.enc.tile = b.enc.tile[:d.from]
	b.tally.polygons -= d.polygons
	before := b.tally.polygons
	if err := draw(); err != nil {
		return err
	}
	d.to, d.polygons = len(b.enc.tile), b.tally.polygons-before
	b.enc.tile = append(b.enc.tile, tail...)
	for i := range b.drawn[layer+1:] {
		next := &b.drawn[layer+1+i]
		next.from += d.bytes() - size
		next.to += d.bytes() - size
	}
	return nil
}

// largest appends the largest features of a layer that its share holds, and counts
// the others that the tile would have had.
func (b *builder) largest(ctx context.Context, ls *LayerSpec, l *layer, g grid, s share) (leftOut int, err error) {
	from, polygons := len(b.enc.tile), b.tally.polygons
	tally := b.tally
	hits, err := b.find(ctx, ls, l, g)
	if err != nil {
		return 0, err
	}
	hits = slices.Clone(hits)
	if err := b.features(ctx, ls, l, g, hits); err != nil {
		return 0, err
	}
	sized := b.sized(ls, l, hits)
	whole, messages := len(b.enc.tile)-from, 0
	for _, h := range sized {
		messages += h.bytes
	}
	// A first guess by the bytes of the features and, evenly, of their values.
	keep, taken := 0, 0
	for keep < len(sized) && keep < s.polygons+s.bytes/8 {
		taken += sized[keep].bytes
		if int64(taken)*int64(whole) > int64(s.bytes)*int64(messages) {
			break
		}
		keep++
	}
	for {
		b.enc.tile, b.tally = b.enc.tile[:from], tally
		kept := make([]hit, keep)
		for i := range kept {
			kept[i] = sized[i].hit
		}
		slices.SortFunc(kept, func(a, b hit) int { return compareID(a.id, b.id) })
		if err := b.features(ctx, ls, l, g, kept); err != nil {
			return 0, err
		}
		if keep == 0 || len(b.enc.tile)-from <= s.bytes && b.tally.polygons-polygons <= s.polygons {
			b.tally.leftOut += len(sized) - keep
			return len(sized) - keep, nil
		}
		keep -= 1 + keep/20
	}
}

// sizedHit is a feature that was drawn, and what it took.
type sizedHit struct {
	hit
	area  float64
	order uint64
	bytes int
}

// sized lists the features that the parts have drawn of the hits, the largest
// first. Points have no size: they are thinned out evenly, the same ones at every
// zoom.
func (b *builder) sized(ls *LayerSpec, l *layer, hits []hit) []sizedHit {
	var out []sizedHit
	at := 0
	for _, p := range b.busy {
		messages := p.out
		for _, d := range p.drawn {
			n, head := binary.Uvarint(messages[1:])
			size := 1 + head + int(n)
			messages = messages[size:]
			for hits[at].id != d.id {
				at++
			}
			h := sizedHit{hit: hits[at], order: d.id, bytes: size}
			switch {
			case ls.Kind == Points:
				h.order = scattered(d.id)
			case h.rec != nil:
				h.area = h.rec.area
			default:
				h.area = float64(l.base.areas[h.slot])
			}
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b sizedHit) int {
		return cmp.Or(cmp.Compare(b.area, a.area), cmp.Compare(a.order, b.order))
	})
	return out
}

// scattered is an id with its bits stirred, one to one (the finaliser of MurmurHash3).
func scattered(id uint64) uint64 {
	id ^= id >> 33
	id *= 0xff51afd7ed558ccd
	id ^= id >> 33
	id *= 0xc4ceb9fe1a85ec53
	return id ^ id>>33
}

// sayLeftOut appends the layer that says what was left out: for each layer that
// lacks features a point in the middle of the tile.
func (b *builder) sayLeftOut(spec *Spec) {
	b.enc.beginLayer()
	for i, d := range b.drawn {
		if d.leftOut == 0 {
			continue
		}
		n := string(binary.AppendUvarint([]byte{tagUint}, uint64(d.leftOut)))
		name := encodeText(spec.Layers[i].Name)
		b.enc.beginFeature(uint64(i)+1, 2, func(field int) string { return [2]string{name, n}[field] })
		b.enc.point(pt{Extent / 2, Extent / 2})
	}
	b.enc.endLayer(&LayerSpec{Name: leftOutLayer, Fields: []string{"layer", "n"}})
}
