package tiletest

import (
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/paulmach/orb"
)

// FuzzDecode: whatever the bytes, reading them ends without a panic, gives no more
// than the bytes can hold, and what the strict reader takes the other reads alike.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"",
		"1a1778010a0568656c6c6f1209080018002203093222288020",             // an unknown geometry
		"1a1878020a0568656c6c6f120d080118012207f9ffffff0f0a0a",           // a MoveTo of 536,870,911 points
		"1a3778020a0568656c6c6f1213080112086a4d0f40c2179240180122030932", // ends early
		"1a1b78020a0568656c6c6f121008011802220a09feffffff0f000a0202",     // a line past 2^31
		"1a2c78020a0568656c6c6f120d080112020000180122030932221a0568656c6c6f220b928902070a0568656c6c6f",
	} {
		raw, err := hex.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add(marshal(f, orb.Polygon{{{0, 0}, {100, 0}, {100, 100}, {0, 100}, {0, 0}}, {{10, 10}, {10, 20}, {20, 20}, {10, 10}}}, uint64(7)))
	f.Add(marshal(f, orb.MultiPoint{{1, 2}, {3, 4}}, uint64(8)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		layers, err := DecodeAny(raw)
		vertices := 0
		for _, l := range layers {
			for _, feature := range l.Features {
				vertices += len(feature.Points)
				for _, line := range feature.Lines {
					vertices += len(line)
				}
				for range feature.vertices {
					vertices++
				}
			}
		}
		if vertices > len(raw) {
			t.Errorf("%d vertices out of %d bytes", vertices, len(raw))
		}
		strict, strictErr := Decode(raw)
		if strictErr == nil && (err != nil || fmt.Sprint(layers) != fmt.Sprint(strict)) {
			t.Errorf("the strict reader takes what the other does not, or reads it otherwise: %v", err)
		}
	})
}
