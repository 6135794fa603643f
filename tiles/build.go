package tiles

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
)

// builder makes tiles; one at a time. All its memory is reused.
type builder struct {
	enc    encoder
	finder finder
	vals   valueSet
	merged numbering
	parts  []*part
	busy   []*part // those of the layer drawn last
	mosaic mosaicEncoder
	fits   bool         // keeps tiles within the budget
	drawn  []drawnLayer // of the tile, by layer of the spec
	query  Query
	asking asking
	tally  tally
}

// tally counts what happened in one build.
type tally struct {
	polygons   int // rings' owners written
	repaired   int
	standIns   int
	coarse     int
	unrepaired int
	overBudget bool
	leftOut    int // features
}

func (t *tally) add(o tally) {
	t.polygons += o.polygons
	t.repaired += o.repaired
	t.standIns += o.standIns
	t.coarse += o.coarse
	t.unrepaired += o.unrepaired
}

func newBuilder() *builder { return &builder{} }

// largeTile is the bytes from which on a finished tile keeps the memory in which it
// was built: a copy would cost more than another such piece of memory does.
const largeTile = 1 << 20

// take makes the bytes that build returned the caller's own.
func (b *builder) take(raw []byte) []byte {
	if len(raw) < largeTile {
		return bytes.Clone(raw)
	}
	b.enc.tile = nil
	return slices.Clip(raw)
}

// build returns the tile's bytes under a query, valid until the next build. It
// looks at the context every so many features.
func (b *builder) build(ctx context.Context, spec *Spec, snap *snapshot, id ID, q Query) ([]byte, error) {
	b.tally, b.query = tally{}, q
	b.enc.reset()
	g := gridOf(id)
	b.drawn = b.drawn[:0]
	for i := range spec.Layers {
		ls := &spec.Layers[i]
		d := drawnLayer{from: len(b.enc.tile), polygons: -b.tally.polygons}
		var err error
		switch {
		case !ls.drawnAt(g.z):
		case ls.Mosaic != nil:
			d.cells, err = b.mosaicOrFeatures(ctx, ls, snap.layers[i], snap.cells[i], id, g)
		default:
			err = b.layer(ctx, ls, snap.layers[i], g)
		}
		if err != nil {
			return nil, err
		}
		d.to, d.polygons = len(b.enc.tile), d.polygons+b.tally.polygons
		b.drawn = append(b.drawn, d)
	}
	if b.tally.overBudget = b.over(); b.tally.overBudget && b.fits {
		if err := b.fit(ctx, spec, snap, id, g); err != nil {
			return nil, err
		}
	}
	return b.enc.tile, nil
}

// layer appends one layer to the tile, if it has features there.
func (b *builder) layer(ctx context.Context, ls *LayerSpec, l *layer, g grid) error {
	hits, err := b.find(ctx, ls, l, g)
	if err != nil || len(hits) == 0 {
		return err
	}
	return b.features(ctx, ls, l, g, hits)
}

// find lists the features of the layer that belong into the tile, by their boxes.
func (b *builder) find(ctx context.Context, ls *LayerSpec, l *layer, g grid) ([]hit, error) {
	return b.findUpTo(ctx, ls, l, g, math.MaxInt)
}

// findUpTo is find for a caller to whom more than most are too many: under a query it
// may list only one more.
func (b *builder) findUpTo(ctx context.Context, ls *LayerSpec, l *layer, g grid, most int) ([]hit, error) {
	b.vals.reset(&l.base.dict)
	if b.asking.begin(b.query, ls, l, g, &b.vals) {
		return b.findAsked(ctx, most)
	}
	hits, err := b.finder.find(ctx, l, g.window(), func(slot uint32, rec *record) bool {
		return l.mayShow(ls, slot, rec, g, false)
	})
	if err != nil {
		return nil, err
	}
	for i := range hits {
		if err := goneAt(ctx, i); err != nil {
			return nil, err
		}
		if r := hits[i].rec; r != nil {
			hits[i].vals = b.vals.resolve(r.vals)
		}
	}
	return hits, nil
}

// partSize is the hits from which on another processor is worth its while.
const partSize = 2048

// features appends a layer of the hits: their geometry is drawn in parts, then the
// values get their numbers in the order of first use, then the parts and their
// values are written.
func (b *builder) features(ctx context.Context, ls *LayerSpec, l *layer, g grid, hits []hit) error {
	n := min(1+len(hits)/partSize, runtime.GOMAXPROCS(0))
	for len(b.parts) < n {
		b.parts = append(b.parts, newPart())
	}
	parts := b.parts[:n]
	b.busy = parts
	for i, p := range parts {
		p.ls, p.base, p.vals, p.g, p.window = ls, l.base, &b.vals, g, g.window()
		p.hits = hits[i*len(hits)/n : (i+1)*len(hits)/n]
	}
	faults := make([]error, n)
	parallel(n, func(i int) { faults[i] = parts[i].draw(ctx) })
	if err := cmp.Or(faults...); err != nil {
		return err
	}
	b.number(parts)
	parallel(n, func(i int) { faults[i] = parts[i].write(ctx) })
	if err := cmp.Or(faults...); err != nil {
		return err
	}
	b.join(ls, parts)
	return nil
}

// number gives the values of all parts their numbers in the tile. Each part is left
// to write those that it is the first to use.
func (b *builder) number(parts []*part) {
	uses := 0
	for _, p := range parts {
		uses += len(p.numbers.keys)
	}
	b.merged.reset(uses, b.vals.len())
	for _, p := range parts {
		p.global = p.global[:0]
		known := len(b.merged.keys)
		for _, key := range p.numbers.keys {
			p.global = append(p.global, b.merged.of(key))
		}
		p.firsts = b.merged.keys[known:]
	}
}

// join appends the finished layer to the tile, unless it is empty.
func (b *builder) join(ls *LayerSpec, parts []*part) {
	head := appendBytes(nil, keyLayerName, ls.Name)
	var keys []byte
	for _, f := range ls.Fields {
		keys = appendBytes(keys, keyLayerKey, f)
	}
	tail := binary.AppendUvarint([]byte{keyLayerExtent}, Extent)
	tail = append(tail, keyLayerVersion, mvtVersion)
	features, values := 0, 0
	for _, p := range parts {
		features, values = features+len(p.out), values+len(p.values)
		b.tally.add(p.tally)
	}
	if features == 0 {
		return
	}
	size := len(head) + features + len(keys) + values + len(tail)
	t := append(slices.Grow(b.enc.tile, size+16), keyTileLayer)
	t = binary.AppendUvarint(t, uint64(size))
	t = append(t, head...)
	at := len(t)
	t = append(t[:at+features], keys...)
	valuesAt := len(t)
	t = t[:valuesAt+values]
	parallel(len(parts), func(i int) {
		from, valuesFrom := at, valuesAt
		for _, p := range parts[:i] {
			from, valuesFrom = from+len(p.out), valuesFrom+len(p.values)
		}
		copy(t[from:], parts[i].out)
		copy(t[valuesFrom:], parts[i].values)
	})
	b.enc.tile = append(t, tail...)
}
