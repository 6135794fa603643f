package tiles

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Byte strings come back as they went in, groups with long ones included.
func TestTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.OneOf(
			rapid.IntRange(0, 40), rapid.SampledFrom([]int{0, 253, 254, 255, 256, 257, 70_000}),
		), 0, 70).Draw(t, "sizes")
		w := newTexts(len(sizes)/2, 0) // more than was said
		var want [][]byte
		for i, n := range sizes {
			s := bytes.Repeat([]byte{byte(i), byte(i >> 8), 77}, n)[:n]
			want = append(want, s)
			w.add(s)
		}
		got := w.done()
		if got.len() != len(want) || cap(got.data) != len(got.data) {
			t.Fatalf("%d strings of %d, room for %d bytes of %d", got.len(), len(want), cap(got.data), len(got.data))
		}
		for i := range want {
			if !bytes.Equal(got.of(i), want[i]) {
				t.Fatalf("string %d of %v is %d bytes", i, sizes, len(got.of(i)))
			}
		}
	})
}

// Small strings cost little more than their bytes.
func TestTextsAreSmall(t *testing.T) {
	w := newTexts(0, 0)
	for range 4096 {
		w.add(make([]byte, 10))
	}
	if got := w.done(); got.bytes() > 4096*12 {
		t.Errorf("%d bytes for 4096 strings of 10", got.bytes())
	}
}

func TestNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := uint64(1) << rapid.IntRange(0, 63).Draw(t, "bits")
		want := rapid.SliceOfN(rapid.Uint64Range(0, most), 0, 40).Draw(t, "numbers")
		got := newNumbers(len(want), most)
		for i, v := range want {
			got.set(i, v)
		}
		if got.len() != len(want) {
			t.Fatalf("%d numbers of %d", got.len(), len(want))
		}
		for i, v := range want {
			if got.at(i) != v {
				t.Fatalf("number %d is %d, want %d", i, got.at(i), v)
			}
		}
	})
	all := newNumbers(2, math.MaxUint64)
	all.set(1, math.MaxUint64)
	if all.at(0) != 0 || all.at(1) != math.MaxUint64 {
		t.Error("eight bytes do not hold every number")
	}
}

func TestTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(0, 9).Draw(t, "columns")
		rows := rapid.SampledFrom([]int{0, 1, 7, 300}).Draw(t, "rows")
		all := rapid.SampledFrom([]int{1, 2, 300, 70_000, 1 << 24, 1<<24 + 1}).Draw(t, "all")
		few := rapid.SliceOfN(rapid.IntRange(1, 400), columns, columns).Draw(t, "different")
		pick := rapid.Uint32Range(0, uint32(all-1))
		var lists [][]uint32
		for _, n := range few {
			lists = append(lists, rapid.SliceOfN(pick, n, n).Draw(t, "list"))
		}
		cells := make([]uint32, rows*columns)
		for i := range cells {
			list := lists[i%columns]
			cells[i] = list[i*7919%len(list)]
		}
		got := newTable(cells, rows, columns, all)
		if !got.whole(rows, columns, all) {
			t.Fatalf("%d rows of %d columns are not whole", rows, columns)
		}
		room := make([]uint32, columns)
		for row := range rows {
			got.row(row, room)
			for c, v := range room {
				if want := cells[row*columns+c]; v != want || got.at(row, c) != want {
					t.Fatalf("row %d, column %d is %d and %d, want %d", row, c, v, got.at(row, c), want)
				}
			}
		}
	})
}

// A column of few values takes a byte, one of one value nothing.
func TestTableIsSmall(t *testing.T) {
	cells := make([]uint32, 3*10_000)
	for i := range cells {
		cells[i] = [...]uint32{900_000, uint32(i % 200 * 1000), uint32(i)}[i%3]
	}
	if got := newTable(cells, 10_000, 3, 1_000_000); got.stride != 0+1+2 {
		t.Errorf("a row has %d bytes", got.stride)
	}
}

// Areas keep their place among the powers of two that they are compared with.
func TestTruncatedAreas(t *testing.T) {
	for k := range 40 {
		unit := math.Ldexp(1, k)
		for _, v := range []float64{unit, math.Nextafter(unit, 0), math.Nextafter(unit, 2*unit), unit * 1.7} {
			got := truncated(v)
			if got > v || float64(float32(got)) != got || (got >= unit) != (v >= unit) {
				t.Errorf("%v is truncated to %v", v, got)
			}
		}
	}
}
