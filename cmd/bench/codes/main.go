// Command codes makes the prefix codes of tiles/deflate from many tiles: those of the
// archives that it is given, as `tengdi tiles export` writes them, and those of a made
// city. It writes Go source. The codes in the project are those of
//
//	bin/tengdi tiles export --audience public -o public.pmtiles
//	bin/tengdi tiles export --audience staff -o staff.pmtiles
//	go run ./cmd/bench/codes public.pmtiles staff.pmtiles > tiles/deflate/lengths.gen.go
//
// of the demo district. Tiles that are compressed by codes made of others stay readable;
// they are a little larger.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"strings"

	"github.com/paulmach/orb/maptile"

	"tengdi/cmd/bench/city"
	"tengdi/tiles"
	"tengdi/tiles/deflate"
	"tengdi/tiles/pmtiles"
)

const (
	parcels  = 200_000
	perZoom  = 60    // tiles of the city at a zoom
	smallest = 256   // bytes of a tile that is looked at; below, no header is worth its bits
	weight   = 10000 // of a tile, whatever its size
	rounds   = 8
	mostBits = 12
	literals = 286
)

// uses are how often the symbols of a tile are used.
type uses [deflate.Symbols]int

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, archives []string) error {
	// Of archives and of the city, by what the zooms have: where a code begins makes
	// little difference in the end.
	var groups [8][]uses
	put := func(group, z int, raw []byte) {
		if len(raw) < smallest {
			return
		}
		var u uses
		deflate.Count((*[deflate.Symbols]int)(&u), raw[:min(len(raw), deflate.Block)])
		for _, from := range []int{9, 12, 15} {
			if z >= from {
				group++
			}
		}
		groups[group] = append(groups[group], u)
	}
	for _, name := range archives {
		if err := archived(name, func(z int, raw []byte) { put(0, z, raw) }); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, plain := range []bool{false, true} {
		if err := made(ctx, plain, func(z int, raw []byte) { put(4, z, raw) }); err != nil {
			return err
		}
	}
	fmt.Print(source(codesOf(groups[:])))
	return nil
}

// archived visits the tiles of an archive.
func archived(name string, visit func(z int, raw []byte)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := pmtiles.Open(f)
	if err != nil {
		return err
	}
	h := a.Header()
	for z := uint32(h.MinZoom); z <= uint32(h.MaxZoom); z++ {
		n := math.Exp2(float64(z))
		x := func(lon float64) uint32 { return uint32((lon + 180) / 360 * n) }
		y := func(lat float64) uint32 {
			r := lat * math.Pi / 180
			return uint32((1 - math.Log(math.Tan(r)+1/math.Cos(r))/math.Pi) / 2 * n)
		}
		for tx := x(h.West); tx <= x(h.East); tx++ {
			for ty := y(h.North); ty <= y(h.South); ty++ {
				zipped, err := a.Tile(z, tx, ty)
				if err != nil {
					return err
				}
				if len(zipped) == 0 {
					continue
				}
				raw, err := unzipped(zipped)
				if err != nil {
					return err
				}
				visit(int(z), raw)
			}
		}
	}
	return nil
}

func unzipped(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// made visits tiles of a made city.
func made(ctx context.Context, plain bool, visit func(z int, raw []byte)) error {
	c := city.New(parcels)
	ls := tiles.LayerSpec{Name: "parcels", Kind: tiles.Polygons, MinZoom: 8, MaxZoom: 16, Fields: city.Fields()}
	if !plain {
		ls.Mosaic = &tiles.MosaicSpec{Name: "mosaic", Field: "status", MaxZoom: 11}
	}
	e, err := tiles.New(tiles.Spec{Name: "city", MinZoom: 0, MaxZoom: 16, Layers: []tiles.LayerSpec{ls}}, tiles.Options{CacheBytes: -1, Plain: plain})
	if err != nil {
		return err
	}
	defer e.Close()
	all := func(yield func(tiles.Feature) bool) {
		for i := range c.Len() {
			if !yield(c.Parcel(i).Feature()) {
				return
			}
		}
	}
	if err := e.Load(1, map[string]iter.Seq[tiles.Feature]{"parcels": all}); err != nil {
		return err
	}
	for z := 6; z <= 16; z++ {
		seen := map[tiles.ID]bool{}
		for i := 0; i < c.Len() && len(seen) < perZoom; i += c.Len()/997 + 1 {
			at := maptile.At(c.Parcel(i).Ring.Bound().Center(), maptile.Zoom(z))
			id := tiles.ID{Z: uint32(z), X: at.X, Y: at.Y}
			if seen[id] {
				continue
			}
			seen[id] = true
			t, err := e.Tile(ctx, id)
			if err != nil {
				return err
			}
			visit(z, t.Raw)
		}
	}
	return nil
}

// codesOf makes a code of each group, and then lets each tile go to the code that takes
// it in the fewest bits, and makes them again.
func codesOf(groups [][]uses) [][]byte {
	var all []uses
	for _, g := range groups {
		all = append(all, g...)
	}
	codes := make([][]byte, len(groups))
	for round := range rounds {
		if round > 0 {
			next := make([][]uses, len(groups))
			for _, u := range all {
				best, least := 0, math.MaxInt
				for i, c := range codes {
					if n := bitsOf(u, c); n < least {
						best, least = i, n
					}
				}
				next[best] = append(next[best], u)
			}
			groups = next
		}
		for i, g := range groups {
			codes[i] = codeOf(g)
		}
	}
	return codes
}

func bitsOf(u uses, code []byte) (sum int) {
	for i, n := range u {
		sum += n * int(code[i])
	}
	return sum
}

// codeOf is the lengths of a code for tiles together, each of the same weight. Every
// symbol has one.
func codeOf(group []uses) []byte {
	sum := uses{}
	for _, u := range group {
		total := 0
		for _, n := range u {
			total += n
		}
		for i, n := range u {
			sum[i] += n * weight / total
		}
	}
	for i := range sum {
		sum[i]++
	}
	return append(deflate.Lengths(sum[:literals], mostBits), deflate.Lengths(sum[literals:], mostBits)...)
}

// source is the Go file: a letter for each length, a for 0.
func source(codes [][]byte) string {
	var b strings.Builder
	b.WriteString("// Code generated by cmd/bench/codes. DO NOT EDIT.\n\npackage deflate\n\n// lengths are those of the codes' symbols, as letters from a for 0.\nvar lengths = []string{\n")
	for _, c := range codes {
		letters := make([]byte, len(c))
		for i, n := range c {
			letters[i] = 'a' + n
		}
		b.WriteString("\t\"\" +\n")
		for i := 0; i < len(letters); i += 64 {
			end := min(i+64, len(letters))
			tail := " +"
			if end == len(letters) {
				tail = ","
			}
			fmt.Fprintf(&b, "\t\t%q%s\n", letters[i:end], tail)
		}
	}
	b.WriteString("}\n")
	return b.String()
}
