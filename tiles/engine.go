package tiles

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"
)

// Options bound what an engine takes. The zero value has the defaults.
type Options struct {
	// CacheBytes bounds the finished tiles kept, raw and gzipped together.
	// Default 256 MiB; below zero nothing is kept.
	CacheBytes int64
	// MaxTouched bounds the tiles that Apply lists. Default 4096.
	MaxTouched int
	// MaxOverlay is the number of changed features of a layer from which on they
	// are merged into its base, in the background. Default 1024. Writers wait for
	// a merge only when 32 times as many have come in before it ended.
	MaxOverlay int
	// MaxVertices bounds the vertices of one feature. Default 1,048,576.
	MaxVertices int
	// Builders bounds the tiles built at the same time. Default: GOMAXPROCS.
	Builders int
	// Plain leaves mosaics and simplification away: the content is then that of
	// ST_AsMVT, and benchmarks compare equal work.
	Plain bool
	// FreshOnly leaves away the better compression of tiles that are asked for often:
	// how a tile is compressed then does not depend on what others have asked for.
	FreshOnly bool
	// MemoryBytes bounds the geometry of polygons that is kept in memory, with what is
	// encoded ahead of it: of a layer that has more, the parts last used. The rest is
	// in files without a name in SpillFolder and read when it is needed. Ids, boxes,
	// areas, attributes and mosaics stay in memory. Default 0: everything stays.
	MemoryBytes int64
	SpillFolder string // default: that of temporary files; NoSpill = no files
	// Source answers for geometry that is not in memory and cannot be read back from
	// the file. nil = nobody does.
	Source Source
}

func (o Options) withDefaults() Options {
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 256 << 20
	}
	set(&o.MaxTouched, 4096)
	set(&o.MaxOverlay, 1024)
	set(&o.MaxVertices, 1<<20)
	set(&o.Builders, runtime.GOMAXPROCS(0))
	return o
}

// Engine holds the layers of one tileset for one audience and builds its tiles.
type Engine struct {
	spec  Spec
	opts  Options
	index map[string]int // layer name -> place in spec.Layers

	snap atomic.Pointer[snapshot]
	held atomic.Bool // restored, and not released yet: nobody sees it
	// revision is what all tiles reflect: the snapshot's, from when the tiles of
	// before it are forgotten.
	revision atomic.Int64

	memory *memory // nil = no bound

	cache *cache
	slots chan struct{} // one token per running build
	pool  sync.Pool     // of *builder
	// mostRoom is what one of them may keep, see pooled.
	mostRoom int64
	count    counters

	write   sync.Mutex      // writers, one at a time
	packer  packer          // of writers
	chainer chainer         // of writers
	merging []chan struct{} // per layer; closed when the merge under way has ended, nil = none
	merges  sync.WaitGroup
}

// New makes an engine with nothing in it.
func New(spec Spec, o Options) (*Engine, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	e := &Engine{spec: spec.clone(), opts: o.withDefaults(), index: map[string]int{}, mostRoom: mostRoom}
	for i, l := range e.spec.Layers {
		e.index[l.Name] = i
		if e.opts.Plain {
			e.spec.Layers[i].Mosaic = nil
		}
		e.spec.Layers[i].woven = !e.opts.Plain && l.Kind == Polygons
		if l.Of != "" {
			e.spec.Layers[e.index[l.Of]].pointed = true
		}
	}
	e.merging = make([]chan struct{}, len(e.spec.Layers))
	if e.opts.MemoryBytes > 0 && e.opts.SpillFolder == NoSpill && e.opts.Source == nil {
		return nil, errors.New("tiles: a bound on memory needs files or a source")
	}
	e.memory = newMemory(e.opts)
	e.packer.maxVertices = e.opts.MaxVertices
	e.slots = make(chan struct{}, e.opts.Builders)
	e.cache = newCache(e.opts.CacheBytes, e.build)
	e.cache.freshOnly = e.opts.FreshOnly
	e.pool.New = func() any {
		return &builder{fits: !e.opts.Plain}
	}
	return e, nil
}

// Tile returns a tile of everything as of now: a change is in it as soon as Apply
// has returned. Errors: *RangeError outside the tileset, ErrNotReady,
// ErrUnread, the context's.
func (e *Engine) Tile(ctx context.Context, id ID) (Tile, error) {
	return e.TileOf(ctx, id, Query{})
}

// TileOf is Tile under a query.
func (e *Engine) TileOf(ctx context.Context, id ID, q Query) (Tile, error) {
	if err := e.checkRange(id); err != nil {
		return Tile{}, err
	}
	if err := ctx.Err(); err != nil {
		return Tile{}, err
	}
	snap := e.shown()
	if snap == nil {
		return Tile{}, ErrNotReady
	}
	if !snap.mayMeet(&e.spec, id) {
		e.count.outside.Add(1)
		return snap.emptyTile(), nil
	}
	return e.cache.get(ctx, id, q, q.String())
}

// Cached is TileOf without waiting and without work: false when the tile is not
// at hand, or when TileOf would fail. want is the coding that the caller would
// like best; a tile that is asked for often has it after a while.
func (e *Engine) Cached(id ID, q Query, want Coding) (Tile, bool) {
	snap := e.shown()
	if snap == nil || e.checkRange(id) != nil {
		return Tile{}, false
	}
	if !snap.mayMeet(&e.spec, id) {
		e.count.outside.Add(1)
		return snap.emptyTile(), true
	}
	return e.cache.peek(id, q.String(), want)
}

// Tag is the ETag that TileOf would answer, if that is known without building the
// tile. It is remembered for longer than the tile itself, until a change reaches
// the tile, so that a caller that has the tile is told so at no cost.
func (e *Engine) Tag(id ID, q Query) (string, bool) {
	snap := e.shown()
	if snap == nil || snap.partial() || e.checkRange(id) != nil {
		return "", false
	}
	if !snap.mayMeet(&e.spec, id) {
		return emptyTag, true
	}
	return e.cache.tag(id, q.String())
}

// emptyTag is the tag of a tile with nothing in it.
var emptyTag = etag(nil)

func (e *Engine) checkRange(id ID) error {
	z := int64(id.Z)
	if z >= int64(e.spec.MinZoom) && z <= int64(e.spec.MaxZoom) && id.X>>id.Z == 0 && id.Y>>id.Z == 0 {
		return nil
	}
	return &RangeError{Tileset: e.spec.Name, Tile: id, MinZoom: e.spec.MinZoom, MaxZoom: e.spec.MaxZoom}
}

// build makes a tile from the newest snapshot, waiting for its turn.
func (e *Engine) build(ctx context.Context, id ID, q Query) (Tile, error) {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return Tile{}, ctx.Err()
	}
	snap := e.snap.Load()
	b := e.pool.Get().(*builder)
	defer e.pooled(b)
	raw, err := b.build(ctx, &e.spec, snap, id, q)
	if err != nil {
		return Tile{}, err
	}
	if err := ctx.Err(); err != nil { // nobody waits to have it compressed
		return Tile{}, err
	}
	e.count.built(b.tally)
	t := Tile{Revision: snap.revision, Partial: snap.partial()}
	if len(raw) == 0 {
		if !t.Partial {
			t.ETag = emptyTag
		}
		return t, nil
	}
	t.Raw = b.take(raw)
	if t.Gzip, t.ETag, err = finish(t.Raw); err != nil {
		return Tile{}, fmt.Errorf("tiles: compressing %s: %w", id, err)
	}
	if t.Partial {
		t.ETag = ""
	}
	return t, nil
}

// finish is what goes with the bytes of a tile: gzipped, and the tag. Of a large one
// both are worked out at the same time.
func finish(raw []byte) (gz []byte, tag string, err error) {
	if len(raw) < largeTile {
		gz, err = gzipped(raw)
		return gz, etag(raw), err
	}
	parallel(2, func(i int) {
		if i == 0 {
			tag = etag(raw)
		} else {
			gz, err = gzipped(raw)
		}
	})
	return gz, tag, err
}

// etag is a strong entity tag (RFC 9110, 8.8.3): half of the bytes' SHA-256.
func etag(raw []byte) string {
	sum := sha256.Sum256(raw)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// Revision is the revision that tiles reflect; 0 before the first Load. While a
// change is coming in it is the one before: whoever then asks for a tile, or its
// tag, gets no older one.
func (e *Engine) Revision() int64 { return e.revision.Load() }

// shown is the snapshot that callers may see; nil = none yet.
func (e *Engine) shown() *snapshot {
	if e.held.Load() {
		return nil
	}
	return e.snap.Load()
}

// Release shows what was restored, once it has been brought up to date.
func (e *Engine) Release() { e.held.Store(false) }

// Ready reports whether everything is loaded, and shown.
func (e *Engine) Ready() bool {
	s := e.shown()
	return s != nil && !s.partial()
}

// Missing names the layers that are still to be loaded; nil when the engine is
// ready. An engine that misses some of its layers answers with the others.
func (e *Engine) Missing() []string {
	if s := e.shown(); s != nil {
		return slices.Clone(s.missing)
	}
	names := make([]string, len(e.spec.Layers))
	for i, l := range e.spec.Layers {
		names[i] = l.Name
	}
	return names
}

// Bounds is the box of all features in degrees of WGS 84, to two centimetres and
// never too small; false when there are none.
func (e *Engine) Bounds() (orb.Bound, bool) { return e.boundsOf(e.shown()) }

// boundsOf summarises the snapshot, if there is one.
func (e *Engine) boundsOf(s *snapshot) (orb.Bound, bool) {
	if s == nil {
		return orb.Bound{}, false
	}
	s.summarise()
	if s.box.isEmpty() {
		return orb.Bound{}, false
	}
	// South is where y is largest; a unit ends where the next begins.
	sw := unproject(pt{int64(s.box.minX), int64(s.box.maxY) + 1})
	ne := unproject(pt{int64(s.box.maxX) + 1, int64(s.box.minY)})
	return orb.Bound{Min: sw, Max: ne}, true
}

// Close ends what goes on in the background. An engine needs no other care.
func (e *Engine) Close() {
	e.merges.Wait()
	e.cache.close()
}
