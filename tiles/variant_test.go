package tiles

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// unpacked reads a body in a coding.
func unpacked(t *testing.T, c Coding, body []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	switch c {
	case Gzip:
		zr, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = zr
	case Brotli:
		r = brotli.NewReader(r)
	case Zstd:
		zr, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(8<<20)) // as browsers bound it
		if err != nil {
			t.Fatal(err)
		}
		defer zr.Close()
		r = zr
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", c, err)
	}
	return out
}

// A tile that is asked for often has the coding asked for after a while, smaller
// than before, with a tag of its own, and the same tile inside.
//
//raced:watch tiles are packed again while they are handed out
func TestHotTilesAreCompressedBetter(t *testing.T) {
	e, parcels := mustCity(t, Options{}, 3000)
	id := TilesOver(parcels[0], 13)[0]
	fresh := mustTile(t, e, id)
	tags := map[string]bool{}
	for _, c := range []Coding{Identity, Gzip} {
		_, tag, ok := fresh.In(c)
		if !ok || tags[tag] {
			t.Fatalf("a fresh tile as %s: %q, %v", c, tag, ok)
		}
		tags[tag] = true
	}
	for _, c := range []Coding{Brotli, Zstd} {
		if _, _, ok := fresh.In(c); ok {
			t.Errorf("a fresh tile is compressed as %s", c)
		}
	}
	for _, c := range []Coding{Gzip, Brotli, Zstd} {
		var body []byte
		waitFor(t, func() bool {
			tile, ok := e.Cached(id, Query{}, c)
			if !ok {
				t.Fatal("the tile is gone")
			}
			var tag string
			if body, tag, ok = tile.In(c); !ok || tags[tag] {
				return false
			}
			tags[tag] = true
			return true
		})
		if !bytes.Equal(unpacked(t, c, body), fresh.Raw) || len(body) >= len(fresh.Gzip) {
			t.Errorf("%s: %d bytes after %d by quick gzip, or another tile", c, len(body), len(fresh.Gzip))
		}
	}
	for tag := range tags {
		if !Tags(tag, fresh.ETag) || !Tags("W/"+tag, fresh.ETag) {
			t.Errorf("%s is not a tag of %s", tag, fresh.ETag)
		}
	}
	if len(tags) != 5 {
		t.Errorf("%d tags for five forms", len(tags))
	}
	if st := e.Stats(); st.Pressed != 3 || st.Builds != 1 {
		t.Errorf("%d compressions, %d builds", st.Pressed, st.Builds)
	}
	checkBooks(t, e.cache)
	e.Close()
}

func TestTags(t *testing.T) {
	for tag, want := range map[string]bool{
		`"ab"`: true, `"ab-gz"`: true, `"ab-gz9"`: true, `"ab-br"`: true, `"ab-zst"`: true, `W/"ab-br"`: true,
		`"ab-xx"`: false, `"abc"`: false, `"a"`: false, `ab`: false, `"ab`: false, `"ab-gz`: false, ``: false, `""`: false, `w/"ab"`: false,
		`"ab""`: false, `"ab-gz""`: false, `"ab-gz-br"`: false,
	} {
		if Tags(tag, `"ab"`) != want {
			t.Errorf("%s: %v", tag, !want)
		}
	}
	if Tags("", "") || Tags(`"`, "") {
		t.Error("no tag is a tag")
	}
}

// Compression waits until a tile is hot, its queue is bounded, and what a change
// took away meanwhile is not brought back.
func TestPressQueue(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	text := []byte(strings.Repeat("parcels and parcels ", 50))
	c := newCache(10<<20, func(context.Context, ID, Query) (Tile, error) {
		raw := bytes.Clone(text)
		raw[rng.IntN(len(raw))]++
		return Tile{Raw: raw, Gzip: raw, ETag: `"a"`}, nil
	})
	c.presses.worker = true // none comes: the test is the worker
	const most = 2 * maxPresses
	for x := range uint32(most) {
		id := ID{20, x, 0}
		if _, err := c.get(context.Background(), id, Query{}, ""); err != nil {
			t.Fatal(err)
		}
		for n := range 3 * hotAfter {
			before := len(c.presses.queue)
			c.peek(id, "", Brotli)
			if asked := len(c.presses.queue) - before; asked != 0 && n != hotAfter || asked > 1 {
				t.Fatalf("asked %d times, the tile is queued %d times", n+1, asked)
			}
		}
	}
	if len(c.presses.queue) != maxPresses {
		t.Errorf("%d wait", len(c.presses.queue))
	}
	first, raw, ok := c.nextPress()
	if !ok || first.entry.id != (ID{20, 0, 0}) {
		t.Fatalf("the first is %v, %v", first.entry, ok)
	}
	c.drop([]tileRange{{20, 0, 0, 4, 0}})
	body, err := new(squeezer).squeeze(raw, Brotli)
	if err != nil {
		t.Fatal(err)
	}
	c.pressed(first, body)
	if c.stats.pressed != 0 {
		t.Error("a dropped tile was compressed")
	}
	next, _, ok := c.nextPress()
	if !ok || next.entry.id != (ID{20, 5, 0}) {
		t.Errorf("the next is %v, %v", next.entry, ok)
	}
	c.pressed(next, body)
	if tile, ok := c.peek(next.entry.id, "", Brotli); !ok || c.stats.pressed != 1 {
		t.Error("a kept tile was not compressed")
	} else if _, _, ok := tile.In(Brotli); !ok {
		t.Error("and is not there")
	}
	c.pressed(next, bytes.Repeat(body, 100))
	if c.stats.pressed != 1 {
		t.Error("a larger form was kept")
	}
	checkBooks(t, c)
	close(c.presses.closed)
	if _, _, ok := c.nextPress(); ok || c.presses.worker {
		t.Error("after the end the worker goes on")
	}
}

// The same bytes are the same everywhere: what is made in the background depends
// on the tile and the coding, not on what the coder did before.
func TestSqueezeIsDeterministic(t *testing.T) {
	e, parcels := mustCity(t, Options{}, 500)
	raw := mustTile(t, e, TilesOver(parcels[0], 14)[0]).Raw
	other := mustTile(t, e, TilesOver(parcels[0], 12)[0]).Raw
	var used squeezer
	for _, c := range []Coding{Gzip, Brotli, Zstd} {
		want, err := new(squeezer).squeeze(raw, c)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := used.squeeze(other, c); err != nil {
				t.Fatal(err)
			}
			if got, err := used.squeeze(raw, c); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes instead of %d, %v", c, len(got), len(want), err)
			}
		}
	}
	if _, err := used.squeeze(raw, Identity); err == nil {
		t.Error("identity was compressed")
	}
}
