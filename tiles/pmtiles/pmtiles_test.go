package pmtiles

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// Ids that the specification and its reference implementations give.
func TestID(t *testing.T) {
	for _, tc := range []struct {
		z, x, y uint32
		id      uint64
	}{
		{0, 0, 0, 0}, {1, 0, 0, 1}, {1, 0, 1, 2}, {1, 1, 1, 3}, {1, 1, 0, 4}, {2, 0, 0, 5}, {12, 3423, 1763, 19078479},
	} {
		if got := ID(tc.z, tc.x, tc.y); got != tc.id {
			t.Errorf("%d/%d/%d has id %d, want %d", tc.z, tc.x, tc.y, got, tc.id)
		}
	}
	for z := uint32(0); z <= 6; z++ { // every tile has its own, and the way back
		for x := range uint32(1) << z {
			for y := range uint32(1) << z {
				id := ID(z, x, y)
				if id >= (uint64(1)<<(2*z+2)-1)/3 {
					t.Fatalf("%d/%d/%d has id %d, which is of a deeper zoom", z, x, y, id)
				}
				if bz, bx, by := Tile(id); bz != z || bx != x || by != y {
					t.Fatalf("%d/%d/%d comes back as %d/%d/%d", z, x, y, bz, bx, by)
				}
			}
		}
	}
	last := uint32(1)<<MaxZoom - 1
	if z, x, y := Tile(ID(MaxZoom, last, 0)); z != MaxZoom || x != last || y != 0 {
		t.Errorf("the last tile comes back as %d/%d/%d", z, x, y)
	}
}

// scratch is a file in memory.
type scratch struct {
	bytes.Buffer
	r *bytes.Reader
}

func (s *scratch) Seek(offset int64, whence int) (int64, error) {
	s.r = bytes.NewReader(s.Bytes())
	return s.r.Seek(offset, whence)
}

func (s *scratch) Read(b []byte) (int, error) { return s.r.Read(b) }

// archive writes the tiles in order of their ids.
func archive(t testing.TB, tiles map[uint64][]byte) ([]byte, Header) {
	t.Helper()
	w := NewWriter(&scratch{})
	ids := make([]uint64, 0, len(tiles))
	for id := range tiles {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		z, x, y := Tile(id)
		if err := w.Add(z, x, y, tiles[id]); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	h, err := w.Finish(&out, About{West: 113, South: 29.25, East: 113.5, North: 29.5, CenterLon: 113.125, CenterLat: 29.375, CenterZoom: 11, MinZoom: 0, MaxZoom: 14, Metadata: map[string]string{"name": "岳阳楼区"}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), h
}

// Every tile comes back, none that was not put in; equal ones are kept once, runs
// of them in one entry, also when the directory needs leaves.
func TestRoundTrip(t *testing.T) {
	for _, n := range []int{1, 500, 60_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(n), 1))
			tiles := map[uint64][]byte{}
			for len(tiles) < n {
				id := rng.Uint64N(uint64(n) * 20)
				for range 1 + rng.IntN(4) {
					tiles[id] = fmt.Appendf(nil, "tile %d", rng.IntN(1+n/3))
					if rng.IntN(3) == 0 {
						tiles[id+1] = tiles[id] // a run
					}
					id += 2
				}
			}
			file, h := archive(t, tiles)
			ids := slices.Collect(maps.Keys(tiles))
			different := map[string]bool{}
			for _, b := range tiles {
				different[string(b)] = true
			}
			if h.Addressed != uint64(len(tiles)) || h.Contents != uint64(len(different)) || h.Entries > h.Addressed || h.Entries < h.Contents/2 {
				t.Errorf("%d tiles, %d different: the header says %+v", len(tiles), len(different), h)
			}
			if n == 60_000 && h.LeavesLength == 0 {
				t.Error("no leaves: this test does not show them")
			}
			if h.RootOffset+h.RootLength > rootLimit {
				t.Errorf("the root ends at %d", h.RootOffset+h.RootLength)
			}
			r, err := Open(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if r.Header() != h {
				t.Errorf("the header comes back as %+v, was %+v", r.Header(), h)
			}
			var m map[string]string
			if err := r.Metadata(&m); err != nil || m["name"] != "岳阳楼区" {
				t.Errorf("metadata %v, %v", m, err)
			}
			for range min(2*n, 3000) { // every other one at random is one that there is
				id := rng.Uint64N(uint64(n) * 20)
				if i := rng.IntN(2 * len(ids)); i < len(ids) {
					id = ids[i]
				}
				z, x, y := Tile(id)
				got, err := r.Tile(z, x, y)
				if err != nil || !bytes.Equal(got, tiles[id]) {
					t.Fatalf("tile %d is %q, want %q, %v", id, got, tiles[id], err)
				}
			}
			again, _ := archive(t, tiles)
			if !bytes.Equal(file, again) {
				t.Error("the same tiles give another file")
			}
		})
	}
}

func TestWriterRefuses(t *testing.T) {
	w := NewWriter(&scratch{})
	if _, err := NewWriter(&scratch{}).Finish(io.Discard, About{}); err == nil {
		t.Error("an archive without tiles is written")
	}
	if err := w.Add(3, 1, 1, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string][3]uint32{"the same again": {3, 1, 1}, "an earlier one": {2, 0, 0}, "column outside": {3, 8, 0}, "row outside": {3, 0, 8}, "zoom outside": {27, 0, 0}} {
		if err := w.Add(id[0], id[1], id[2], []byte("x")); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := w.Finish(io.Discard, About{Metadata: json.RawMessage("{")}); err == nil {
		t.Error("broken metadata is written")
	}
}

// What is cut off or altered never panics, and a reader either says that it is
// corrupt or finds some bytes of the file.
func TestReaderMistrusts(t *testing.T) {
	tiles := map[uint64][]byte{}
	for id := range uint64(300) {
		tiles[id*3] = fmt.Appendf(nil, "tile %d", id)
	}
	file, h := archive(t, tiles)
	for n := range int(h.DataOffset) {
		if r, err := Open(bytes.NewReader(file[:n])); err == nil {
			_, err = r.Tile(Tile(30))
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("cut off after %d bytes: %v", n, err)
			}
		} else if !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut off after %d bytes: %v", n, err)
		}
	}
	rng := rand.New(rand.NewPCG(3, 3))
	for range 3000 {
		bad := slices.Clone(file)
		for range 1 + rng.IntN(4) {
			bad[rng.IntN(int(h.DataOffset))] = byte(rng.Uint32())
		}
		mistrust(t, bad)
	}
}

func mistrust(t testing.TB, file []byte) {
	r, err := Open(bytes.NewReader(file))
	if err != nil {
		if !errors.Is(err, ErrCorrupt) {
			t.Fatalf("an error of no kind: %v", err)
		}
		return
	}
	var any map[string]any
	if err := r.Metadata(&any); err != nil && !errors.Is(err, ErrCorrupt) {
		t.Fatalf("an error of no kind: %v", err)
	}
	for _, id := range []uint64{0, 1, 30, 31, 897, 1 << 40} {
		if _, err := r.Tile(Tile(id)); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("an error of no kind: %v", err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	file, _ := archive(f, map[uint64][]byte{0: []byte("a"), 5: []byte("b"), 6: []byte("b")})
	f.Add(file)
	f.Add(file[:headerSize])
	f.Fuzz(func(t *testing.T, b []byte) { mistrust(t, b) })
}
