package tiles

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// What a slab gives out is as without one, stays as it is while more is given out,
// and values that come again have one memory.
func TestSlab(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	s := newSlab()
	var given, want [][]byte
	for range 5000 {
		b := make([]byte, rng.IntN(100))
		if rng.IntN(200) == 0 {
			b = make([]byte, slabBytes+1)
		}
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		got := s.copied(b)
		_ = append(got, 'x') // must go to memory of its own
		given, want = append(given, got), append(want, slices.Clone(b))
		var v Value = []Value{nil, int64(rng.IntN(50) - 20), float64(rng.IntN(50)) / 4, "地" + string(rune('a'+rng.IntN(26))), rng.IntN(2) == 0}[rng.IntN(5)]
		text, err := s.encode(v)
		plain, _ := encodeValue(v)
		if err != nil || text != plain {
			t.Fatalf("%v is %q, want %q, %v", v, text, plain, err)
		}
		second, _ := s.encode(v)
		third, _ := s.encode(v)
		if second != plain || third != plain || unsafe.StringData(second) != unsafe.StringData(third) {
			t.Fatalf("%v has memory of its own the third time", v)
		}
		if r := s.record(); r.id != 0 || r.vals != nil {
			t.Fatal("a record was given out twice")
		} else {
			r.id, r.vals = 1, s.strings(3)
			if r.vals[0] != "" || cap(r.vals) != 3 {
				t.Fatal("the room for values was given out twice")
			}
			r.vals[0] = "x"
		}
	}
	for i := range given {
		if !bytes.Equal(given[i], want[i]) {
			t.Fatalf("piece %d is no longer what it was", i)
		}
	}
	if _, err := s.encode(struct{}{}); err == nil {
		t.Error("a value of no type is taken")
	}
	if text, err := s.encode(true); err != nil || text != string([]byte{tagBool, 1}) {
		t.Errorf("after an error: %q, %v", text, err)
	}
}

// The past of a feature stays when a load is over: it must not hold what was loaded.
func TestPastIsInNoSlab(t *testing.T) {
	spec := LayerSpec{Name: "x", MaxZoom: 20, Fields: []string{"code"}}
	p := packer{maxVertices: 100, slab: newSlab()}
	f := City(1, 1, Yueyang(), 0.001)[0]
	f.Values, f.From = []Value{"now"}, 20
	f.Past = []Version{{From: 10, Until: 20, Geometry: f.Geometry, Values: []Value{"then"}}}
	rec, err := p.pack(&spec, f)
	if err != nil {
		t.Fatal(err)
	}
	inSlab := func(at *byte) bool {
		from := uintptr(unsafe.Pointer(unsafe.SliceData(p.slab.bytes)))
		return uintptr(unsafe.Pointer(at)) >= from && uintptr(unsafe.Pointer(at)) < from+slabBytes
	}
	if !inSlab(&rec.geom[0]) || !inSlab(unsafe.StringData(rec.vals[0])) {
		t.Error("what is loaded is not in the slab")
	}
	if inSlab(&rec.past[0].geom[0]) || inSlab(unsafe.StringData(rec.past[0].vals[0])) {
		t.Error("the past is in the slab")
	}
}
