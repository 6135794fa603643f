package deflate

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// texts are bytes of many kinds: what a code is good for and what it is not.
func texts() map[string][]byte {
	rng := rand.New(rand.NewPCG(3, 3))
	all := map[string][]byte{
		"empty": {}, "one": {7}, "three": []byte("abc"), "zeros": make([]byte, Block),
		"every byte": nil, "noise": make([]byte, Block), "steps": nil, "far repeats": nil, "words": nil,
	}
	for i := range 256 {
		all["every byte"] = append(all["every byte"], byte(i))
	}
	for i := range all["noise"] {
		all["noise"][i] = byte(rng.Uint32())
	}
	for len(all["steps"]) < Block-40 { // like a feature: the same head, small numbers
		all["steps"] = append(all["steps"], 18, 40, 8, byte(rng.IntN(128)), 18, 8, 0, 1, 1, 2, 24, 3, 34, 22, 9)
		for range 22 {
			all["steps"] = append(all["steps"], byte(rng.NormFloat64()*12+20))
		}
	}
	piece := all["noise"][:400]
	for len(all["far repeats"]) < Block-4000 { // the longest matches, and the farthest
		all["far repeats"] = append(all["far repeats"], piece...)
		all["far repeats"] = append(all["far repeats"], all["noise"][len(all["far repeats"]):][:rng.IntN(200)]...)
	}
	for len(all["words"]) < 30_000 {
		all["words"] = append(all["words"], []string{"430602001003GB", "挂牌", "listed ", "0901", "\n"}[rng.IntN(5)]...)
	}
	return all
}

// back is what a reader makes of deflate data.
func back(t testing.TB, data []byte) []byte {
	t.Helper()
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(data)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// All text comes back, by each of the codes, alone and with more after it.
func TestEveryCodeBringsEveryTextBack(t *testing.T) {
	s := new(scratch)
	for name, raw := range texts() {
		for i, c := range codes() {
			one := bytes.Clone(s.write(c, raw, false))
			both := append(one, s.write(c, raw, true)...)
			if got := back(t, both); !bytes.Equal(got, slices.Concat(raw, raw)) {
				t.Errorf("%s by code %d: %d bytes come back as %d", name, i, 2*len(raw), len(got))
			}
		}
	}
}

// What the codes are made for becomes smaller; what they are of no use for is refused, and
// leaves nothing behind.
func TestNoiseIsLeftToOthers(t *testing.T) {
	for name, raw := range texts() {
		before := []byte("before")
		out, ok := Append(before, raw, true)
		switch {
		case name == "noise":
			if ok || string(out) != "before" {
				t.Errorf("%s: %v, %d bytes", name, ok, len(out))
			}
		case !ok:
			t.Errorf("%s is refused", name)
		case !bytes.Equal(back(t, out[len(before):]), raw):
			t.Errorf("%s: something else comes back", name)
		case len(raw) > 1000 && len(out) > len(raw)*3/4:
			t.Errorf("%s: %d bytes become %d", name, len(raw), len(out))
		}
	}
}

// A text has the same bytes whatever was compressed before.
func TestAppendForgets(t *testing.T) {
	s, all := new(scratch), texts()
	first := map[string][]byte{}
	for name, raw := range all {
		first[name] = bytes.Clone(new(scratch).block(raw, true))
	}
	for range 3 {
		for name, raw := range all {
			if !bytes.Equal(s.block(raw, true), first[name]) {
				t.Errorf("%s depends on what was before", name)
			}
		}
	}
}

// Every code has every symbol, none longer than four of them fit at once, and no bits are
// left over (Kraft).
func TestCodesAreWhole(t *testing.T) {
	for i, c := range codes()[1:] {
		for _, part := range [][]byte{c.bits[:literals], c.bits[literals:]} {
			sum := 0
			for symbol, n := range part {
				if n == 0 || n > mostBits {
					t.Fatalf("code %d: symbol %d has %d bits", i, symbol, n)
				}
				sum += 1 << (mostBits - n)
			}
			if sum != 1<<mostBits {
				t.Errorf("code %d is not whole: %d", i, sum)
			}
		}
	}
}

// What Count tells is what a block takes, to the bit.
func TestCountIsWhatIsWritten(t *testing.T) {
	for name, raw := range texts() {
		var uses [Symbols]int
		Count(&uses, raw)
		c := codes()[len(codes())-1]
		sum := int(c.headBits) + 1
		for symbol, n := range uses {
			extra := 0
			switch {
			case symbol > endOfBlock+8 && symbol < literals-1:
				extra = (symbol-257)/4 - 1
			case symbol >= literals+4:
				extra = (symbol-literals)/2 - 1
			}
			sum += n * (int(c.bits[symbol]) + extra)
		}
		if got := len(new(scratch).write(c, raw, true)); got != (sum+7)/8 {
			t.Errorf("%s: %d bytes, counted %d bits", name, got, sum)
		}
	}
}

func FuzzAppend(f *testing.F) {
	for _, raw := range texts() {
		f.Add(raw, uint8(3))
	}
	f.Fuzz(func(t *testing.T, raw []byte, repeats uint8) {
		raw = bytes.Repeat(raw, int(repeats))
		raw = raw[:min(len(raw), Block)]
		for _, c := range codes() {
			if got := back(t, new(scratch).write(c, raw, true)); !bytes.Equal(got, raw) {
				t.Fatalf("%d bytes come back as %d", len(raw), len(got))
			}
		}
	})
}
