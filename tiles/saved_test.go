package tiles

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// savedSpec has everything that an engine can hold: a mosaic, points, fields.
func savedSpec() Spec {
	return Spec{Name: "saved", MaxZoom: 16, Layers: []LayerSpec{
		{Name: "parcels", MaxZoom: 16, Fields: CityFields(), Mosaic: &MosaicSpec{Name: "cells", Field: CityFields()[1], MaxZoom: 10}},
		{Name: "problems", Kind: Points, MinZoom: 9, MaxZoom: 16, Fields: []string{"level"}},
		{Name: "none", MaxZoom: 16, Fields: []string{"code"}},
	}}
}

// savedEngine is an engine of n parcels, some of which were something else once,
// with changes in its overlay.
func savedEngine(t testing.TB, n int) (*Engine, []Feature) {
	t.Helper()
	parcels := City(5, n, Yueyang(), 0.001)
	for i := range parcels {
		parcels[i].M2 = float64(1000 + i)
		if i%7 == 0 {
			parcels[i].From = 16_000
			parcels[i].Past = []Version{{From: 14_000, Until: 16_000, Geometry: parcels[(i+1)%n].Geometry, Values: parcels[(i+1)%n].Values, M2: 7}}
		}
	}
	problems := []Feature{{ID: 1, Geometry: Yueyang(), Values: []Value{int64(3)}}}
	e, err := New(savedSpec(), Options{MaxOverlay: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(7, Seqs(map[string][]Feature{"parcels": parcels, "problems": problems})); err != nil {
		t.Fatal(err)
	}
	change(t, e, 9, parcels, 1)
	return e, parcels
}

// change takes away, adds and alters some of the parcels.
func change(t testing.TB, e *Engine, revision int64, parcels []Feature, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	var changes []Change
	for k := range 30 {
		f := parcels[rng.IntN(len(parcels))]
		switch k % 3 {
		case 0:
			changes = append(changes, Change{Layer: "parcels", ID: f.ID})
			continue
		case 1:
			f.ID += 1_000_000
		case 2:
			f.Values = slices.Clone(f.Values)
			f.Values[0] = fmt.Sprintf("changed %d", k)
			f.Geometry = parcels[rng.IntN(len(parcels))].Geometry
		}
		changes = append(changes, Change{Layer: "parcels", ID: f.ID, Feature: &f})
	}
	if _, err := e.Apply(revision, changes); err != nil && !errors.Is(err, ErrAllTouched) {
		t.Fatal(err)
	}
}

func save(t rapid.TB, e *Engine, origin string) []byte {
	t.Helper()
	f, err := e.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Save(&b, origin); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func takeAny(int64, string) error { return nil }

func restore(e *Engine, b []byte) error {
	err := e.Restore(bytes.NewReader(b), int64(len(b)), takeAny)
	e.Release()
	return err
}

// What is restored gives the tiles that were saved, byte by byte, now and of past
// days, and goes on with changes as the other does.
func TestRestoredTilesAreTheSame(t *testing.T) {
	want, parcels := savedEngine(t, 1500)
	b := save(t, want, "here")
	got, err := New(savedSpec(), Options{MaxOverlay: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	err = got.Restore(bytes.NewReader(b), int64(len(b)), func(revision int64, origin string) error {
		if revision != 9 || origin != "here" {
			t.Errorf("revision %d, origin %q", revision, origin)
		}
		if got.Ready() {
			t.Error("shown before it was accepted")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got.Release()
	ids := tilesUnder(parcels[:300], 6, 10, 12, 13, 14, 16)
	same := func(what string) {
		t.Helper()
		sameTiles(t, got, want, ids)
		for _, id := range ids[:len(ids)/4] {
			q := Query{At: 15_000}
			a, errA := got.TileOf(t.Context(), id, q)
			b, errB := want.TileOf(t.Context(), id, q)
			if errA != nil || errB != nil || a.ETag != b.ETag {
				t.Fatalf("%s: %s on a past day: %s, want %s; %v %v", what, id, a.ETag, b.ETag, errA, errB)
			}
		}
		if a, b := got.TileJSON("", TileJSONOptions{}), want.TileJSON("", TileJSONOptions{}); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: described as %+v, want %+v", what, a, b)
		}
		a, b := got.Stats(), want.Stats()
		if !reflect.DeepEqual(a.Features, b.Features) || !reflect.DeepEqual(a.Overlay, b.Overlay) || a.Overlay["parcels"] == 0 {
			t.Errorf("%s: %+v, want %+v", what, a, b)
		}
	}
	same("restored")
	change(t, got, 11, parcels, 2)
	change(t, want, 11, parcels, 2)
	same("changed")
	if again := save(t, got, "here"); len(again) != len(save(t, want, "here")) {
		t.Error("what was restored is saved otherwise")
	}
}

// What is saved is one revision, whatever changes while it is written.
func TestSaveIsOneMoment(t *testing.T) {
	e, parcels := savedEngine(t, 300)
	want, _ := savedEngine(t, 300)
	f, err := e.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	change(t, e, 12, parcels, 3)
	if err := e.Load(13, nil); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Save(&b, ""); err != nil || f.Revision() != 9 {
		t.Fatal(f.Revision(), err)
	}
	if err := restore(e, b.Bytes()); err != nil {
		t.Fatal(err)
	}
	sameTiles(t, e, want, tilesUnder(parcels[:50], 10, 14))
}

// A file that is not whole, or has any byte wrong, is refused, and the engine
// keeps what it had.
//
//raced:calm one damaged file after the other
func TestDamagedFilesAreRefused(t *testing.T) {
	e, _ := savedEngine(t, 40)
	b := save(t, e, "here")
	t.Logf("%d bytes", len(b))
	into, parcels := savedEngine(t, 60)
	want, _ := savedEngine(t, 60)
	refused := func(b []byte, what string, at int) {
		t.Helper()
		var why *SavedError
		if err := restore(into, b); !errors.As(err, &why) {
			t.Fatalf("%s %d: %v", what, at, err)
		}
	}
	rng := rand.New(rand.NewPCG(4, 4))
	for at := range b {
		bad := slices.Clone(b)
		bad[at] ^= byte(1 << rng.IntN(8))
		refused(bad, "flipped at", at)
	}
	for n := range b {
		refused(b[:n], "cut at", n)
	}
	refused(append(slices.Clone(b), 0), "a byte more", len(b))
	refused(append(slices.Clone(b), b[len(savedMagic):]...), "twice", len(b))
	refused(nil, "empty", 0)
	sameTiles(t, into, want, tilesUnder(parcels, 10, 14))
	if err := restore(into, b); err != nil {
		t.Fatal(err)
	}
	sameTiles(t, into, e, tilesUnder(parcels[:40], 10, 14))
}

// A file of another tileset, of other options, of a longer origin or that the
// caller does not want is not taken.
func TestFilesOfOthersAreRefused(t *testing.T) {
	e, _ := savedEngine(t, 40)
	b := save(t, e, "here")
	other := savedSpec()
	other.Name = "another"
	fields := savedSpec()
	fields.Layers[1].Fields = []string{"depth"}
	zooms := savedSpec()
	zooms.Layers[0].Mosaic.MaxZoom--
	for _, c := range []struct {
		spec Spec
		o    Options
	}{{other, Options{}}, {fields, Options{}}, {zooms, Options{}}, {savedSpec(), Options{Plain: true}}} {
		into, err := New(c.spec, c.o)
		if err != nil {
			t.Fatal(err)
		}
		var why *SavedError
		if err := restore(into, b); !errors.As(err, &why) || into.Ready() {
			t.Errorf("%s %+v: %v", c.spec.Name, c.o, err)
		}
	}
	into, err := New(savedSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	no := errors.New("not ours")
	if err := into.Restore(bytes.NewReader(b), int64(len(b)), func(int64, string) error { return no }); !errors.Is(err, no) || into.Ready() {
		t.Errorf("against the caller's will: %v", err)
	}
	if _, err := into.Freeze(); !errors.Is(err, ErrNotReady) {
		t.Errorf("nothing is saved: %v", err)
	}
	f, err := e.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Save(io.Discard, strings.Repeat("x", maxOrigin+1)); err == nil {
		t.Error("a long origin is taken")
	}
	full := errors.New("disk full")
	if err := f.Save(&failing{left: 1000, err: full}, ""); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
}

// failing is a writer that fails after so many bytes.
type failing struct {
	left int
	err  error
}

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, f.err
	}
	return len(b), nil
}

// The fields that are not saved are there: under another name they would be.
func TestSkippedFieldsExist(t *testing.T) {
	c, err := savedCodec()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"places ", "chunk ", "place ", "size ", "kinds ", "regions ", "lost "} {
		if strings.Contains(c.text, name) {
			t.Errorf("%q is saved", name)
		}
	}
	for of, names := range notSaved() {
		for _, name := range names {
			if _, ok := of.FieldByName(name); !ok {
				t.Errorf("%s has no field %s", of, name)
			}
		}
	}
	for _, name := range []string{"geoms ", "sizes ", "data ", "past ", "boxes ", "inBase "} {
		if !strings.Contains(c.text, name) {
			t.Errorf("%q is not saved", name)
		}
	}
}

// sealed gives the bytes of a file's frames right checksums.
func sealed(b []byte) []byte {
	var out bytes.Buffer
	out.WriteString(savedMagic)
	w := newFrameWriter(&out)
	w.bytes(b)
	_ = w.close()
	return out.Bytes()
}

// unsealed are the bytes in a file's frames.
func unsealed(b []byte) []byte {
	r := newFrameReader(bytes.NewReader(b[len(savedMagic):]), int64(len(b)-len(savedMagic)))
	var out []byte
	for r.next() {
		out = append(out, r.rest...)
	}
	return out
}

// FuzzRestore restores anything, as it is and with right checksums: that ends in a
// map or in a *SavedError, never in a panic. A map that was taken is good for tiles of
// now and of the past, and for changes of what it has.
func FuzzRestore(f *testing.F) {
	e, parcels := savedEngine(f, 12)
	b := save(f, e, "here")
	f.Add(b, false)
	f.Add(unsealed(b), true)
	ids := tilesUnder(parcels, 0, 8, 12, 13, 16)
	f.Fuzz(func(t *testing.T, b []byte, seal bool) {
		if seal {
			b = sealed(b)
		}
		into, err := New(savedSpec(), Options{CacheBytes: -1})
		if err != nil {
			t.Fatal(err)
		}
		var why *SavedError
		if err := restore(into, b); err != nil && !errors.As(err, &why) {
			t.Fatalf("%v", err)
		}
		if into.Ready() != (why == nil) {
			t.Fatalf("ready %v", into.Ready())
		}
		if why != nil {
			return
		}
		use := func() {
			t.Helper()
			for i, id := range ids {
				for _, q := range []Query{{}, {At: 15_000}} {
					if _, err := into.TileOf(t.Context(), id, q); err != nil {
						t.Fatalf("tile %d: %v", i, err)
					}
				}
			}
			into.TileJSON("", TileJSONOptions{})
		}
		use()
		change(t, into, into.Revision(), parcels, 2)
		use()
	})
}

// TestRestoredIsHeld: what was restored is not shown before it is released; what was
// taken back since it was saved is then gone.
func TestRestoredIsHeld(t *testing.T) {
	parcels := City(5, 60, Yueyang(), 0.0007)
	from, err := NewCity(Options{}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	file := save(t, from, "here")
	into, err := New(from.spec, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := into.Restore(bytes.NewReader(file), int64(len(file)), takeAny); err != nil {
		t.Fatal(err)
	}
	id := TilesOver(parcels[0], 16)[0]
	hidden := func(when string) {
		t.Helper()
		_, tileErr := into.Tile(t.Context(), id)
		_, cached := into.Cached(id, Query{}, Gzip)
		_, tagged := into.Tag(id, Query{})
		_, bounds := into.Bounds()
		if into.Ready() || len(into.Missing()) == 0 || !errors.Is(tileErr, ErrNotReady) || cached || tagged || bounds || into.TileJSON("", TileJSONOptions{}).Bounds != nil {
			t.Errorf("%s the map is shown: %v", when, tileErr)
		}
	}
	hidden("after it was restored")
	var gone []Change
	for _, p := range parcels {
		gone = append(gone, Change{Layer: from.spec.Layers[0].Name, ID: p.ID})
	}
	if _, err := into.Apply(99, gone); err != nil && !errors.Is(err, ErrAllTouched) {
		t.Fatal(err)
	}
	hidden("while it is brought up to date")
	into.Release()
	tile, err := into.Tile(t.Context(), id)
	if err != nil || len(tile.Raw) > 0 || !into.Ready() || into.Revision() != 99 {
		t.Errorf("released, it has %d bytes at revision %d, %v", len(tile.Raw), into.Revision(), err)
	}
}
