package tiles

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"unsafe"
)

const (
	// savedMagic begins a file.
	savedMagic = "tengdi map\n"
	// savedFormat counts what a layout does not tell: raise it when bytes that are
	// kept (geometry, pieces, shares) get another meaning under the same types.
	savedFormat = 3
	// maxOrigin bounds the text that a caller puts into a file.
	maxOrigin = 1 << 10
)

// SavedError says why a file cannot be taken: it is torn, damaged, of another
// tileset, or of another version of this package.
type SavedError struct{ Reason string }

func (e *SavedError) Error() string { return "tiles: a saved map cannot be used: " + e.Reason }

// saved is what a file has of a layer.
type saved struct {
	base  *base
	over  *overlay
	cells *savedCells // nil without a mosaic
	lent  bool        // ids and values are those of the layer that these points stand for
}

// notSaved is what is made anew: the places of values, which are by a hash of this
// process, what is counted of them, where a record's pieces were, and what is in memory.
func notSaved() map[reflect.Type][]string {
	return map[reflect.Type][]string{
		reflect.TypeFor[dictionary](): {"places"},
		reflect.TypeFor[record]():     {"chunk", "place", "size", "point"},
		reflect.TypeFor[version]():    {"point"},
		reflect.TypeFor[base]():       {"kinds", "regions", "later", "tally"},
		reflect.TypeFor[chunk]():      {"lost"},
	}
}

// savedCodec is how a layer is written.
var savedCodec = sync.OnceValues(func() (*codec, error) {
	m := &codecs{skip: notSaved()}
	return m.of(reflect.TypeFor[saved]())
})

// savedMark tells files apart that this engine cannot read.
func (e *Engine) savedMark(c *codec) (string, error) {
	spec, err := json.Marshal(e.spec)
	if err != nil {
		return "", fmt.Errorf("tiles: describing tileset %q: %w", e.spec.Name, err)
	}
	text := fmt.Sprintf("%d %s %s %v %d", savedFormat, c.text, spec, e.opts.Plain, chunkSize)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16]), nil
}

// littleEndian is what a file is written in, as memory is.
func littleEndian() bool {
	one := uint16(1)
	return *(*byte)(unsafe.Pointer(&one)) == 1
}

// Frozen is everything that an engine has at one revision. Changes to the engine
// leave it as it is.
type Frozen struct {
	e    *Engine
	snap *snapshot
}

// Freeze takes hold of what is loaded now; ErrNotReady until everything is.
func (e *Engine) Freeze() (*Frozen, error) {
	s := e.snap.Load()
	if s == nil || s.partial() {
		return nil, ErrNotReady
	}
	return &Frozen{e, s}, nil
}

// Revision is the one that it has.
func (f *Frozen) Revision() int64 { return f.snap.revision }

// Save writes everything in the form that Restore reads. origin, at most 1 KiB, is
// for the caller to know by what was saved.
func (f *Frozen) Save(w io.Writer, origin string) error {
	c, err := savedCodec()
	if err != nil {
		return fmt.Errorf("tiles: saving: %w", err)
	}
	if !littleEndian() || len(origin) > maxOrigin {
		return errors.New("tiles: saving needs a little-endian machine and a short origin")
	}
	mark, err := f.e.savedMark(c)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, savedMagic); err != nil {
		return err
	}
	out := newFrameWriter(w)
	out.text(mark)
	out.text(origin)
	out.uvarint(uint64(f.snap.revision))
	for i, l := range f.snap.layers {
		if err := l.base.prepare(context.Background()); err != nil {
			return err
		}
		one, n := saved{base: l.base, over: l.over, cells: f.snap.cells[i].kept()}, 0
		if of, ok := f.e.polygonsOf(i); ok && l.base.lentBy(f.snap.layers[of].base) {
			one.base, one.lent = l.base.alone(), true
		}
		out.absent = func(f func(*chunk) error) error {
			n++
			return l.base.withChunk(context.Background(), n-1, f)
		}
		c.write(out, unsafe.Pointer(&one))
	}
	return out.close()
}

// Restore replaces everything by what was saved, if accept takes the revision and
// the origin of it. Nothing of it is shown before Release: what was taken back since
// it was saved must not be seen again, so a caller first applies what has changed.
// Then tiles and their tags are those of the engine that saved.
// A *SavedError says that these size bytes can never be read here; accept's error
// is returned as it is. On any error the engine keeps what it had.
func (e *Engine) Restore(r io.Reader, size int64, accept func(revision int64, origin string) error) (err error) {
	defer func() {
		if fault := recover(); fault != nil { // checksums are right, but not what they cover
			err = &SavedError{fmt.Sprint(fault)}
		}
	}()
	c, err := savedCodec()
	if err != nil {
		return fmt.Errorf("tiles: restoring: %w", err)
	}
	mark, err := e.savedMark(c)
	if err != nil {
		return err
	}
	magic := make([]byte, len(savedMagic))
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != savedMagic || !littleEndian() {
		return &SavedError{"it is no saved map"}
	}
	in := newFrameReader(r, size-int64(len(magic)))
	theirs, origin, revision := in.text(), in.text(), int64(in.uvarint())
	switch {
	case in.err != nil:
		return &SavedError{in.err.Error()}
	case theirs != mark:
		return &SavedError{"it is of another version or tileset"}
	}
	if err := accept(revision, origin); err != nil {
		return err
	}
	l := e.begin(revision, false)
	switch err := l.restore(in, c); {
	case errors.Is(err, ErrUnread): // the disk is full, and not the file wrong
		return err
	case err != nil:
		return &SavedError{err.Error()}
	}
	e.held.Store(true)
	return l.publish()
}

// restore reads all layers. What has to be made anew of one is made while the next
// are read.
func (l *Loading) restore(in *frameReader, c *codec) error {
	var all sync.WaitGroup
	faults := make([]error, len(l.layers))
	lent := map[int]saved{}
	for i := range l.layers {
		var one saved
		if l.read(in, c, i, &one); in.err != nil {
			break
		}
		if one.lent {
			lent[i] = one
			continue
		}
		all.Go(func() {
			defer func() {
				if fault := recover(); fault != nil {
					faults[i] = fmt.Errorf("layer %q: %v", l.e.spec.Layers[i].Name, fault)
				}
			}()
			faults[i] = l.revive(i, one)
		})
	}
	all.Wait()
	if err := errors.Join(append(faults, in.end())...); err != nil {
		return err
	}
	for i, one := range lent {
		if err := l.reviveLent(i, one); err != nil {
			return err
		}
	}
	return nil
}

// read reads a layer; its chunks go to its regions, if it has them.
func (l *Loading) read(in *frameReader, c *codec, i int, one *saved) {
	regions, err := l.e.memory.newRestored(&l.e.spec.Layers[i])
	if err != nil {
		in.fail(err)
		return
	}
	taken := 0
	if in.take = nil; regions != nil {
		in.take = func(c *chunk) error {
			if n := c.geoms.len(); taken%chunkSize != 0 || n > chunkSize || !c.whole(n, &l.e.spec.Layers[i]) {
				return errDamaged
			}
			taken += c.geoms.len()
			return regions.add(c)
		}
	}
	c.read(in, unsafe.Pointer(one))
	switch {
	case regions == nil:
	case in.err != nil || one.base == nil:
		regions.drop()
	case taken != one.base.len():
		in.fail(errDamaged)
		regions.drop()
	default:
		one.base.keepIn(regions)
	}
}

// revive makes a layer of what was saved of it.
func (l *Loading) revive(i int, s saved) error {
	ls := &l.e.spec.Layers[i]
	if s.base == nil || s.over == nil || !s.base.whole(ls) || !s.over.whole(s.base, ls) {
		return fmt.Errorf("layer %q has parts that do not fit together", ls.Name)
	}
	one := &layer{base: s.base, over: s.over}
	var cells *cellTree
	fits := (s.cells != nil) == (ls.Mosaic != nil)
	parallel(2, func(half int) {
		switch {
		case half == 0:
			s.base.dict.index()
			s.base.countKinds()
		case fits && ls.Mosaic != nil:
			cells, fits = s.cells.tree()
			fits = fits && cells.holds(one)
		}
	})
	if !fits {
		return fmt.Errorf("layer %q has other cells than parcels", ls.Name)
	}
	l.layers[i], l.cells[i] = one, cells
	return nil
}

// reviveLent is revive for points that were saved without what they have from their
// polygons, which are there.
func (l *Loading) reviveLent(i int, s saved) error {
	ls := &l.e.spec.Layers[i]
	of, ok := l.e.polygonsOf(i)
	if !ok || s.base == nil || s.over == nil {
		return fmt.Errorf("layer %q has parts that do not fit together", ls.Name)
	}
	s.base = s.base.joined(l.layers[of].base)
	if !s.base.wholeApart(ls) || !s.over.whole(s.base, ls) {
		return fmt.Errorf("layer %q does not fit its polygons", ls.Name)
	}
	l.layers[i] = &layer{base: s.base, over: s.over}
	return nil
}
