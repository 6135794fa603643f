package tiles

import (
	"fmt"
	"testing"
)

// mosaicBench is a city as dense as a real one, in which a tile of zoom 12 has about
// 18,000 parcels.
func mosaicBench(b *testing.B) (*Engine, []Feature) {
	b.Helper()
	parcels := WithAreas(1, City(1, 200_000, Yueyang(), 0.00066))
	for i := range parcels {
		parcels[i].Values[1] = fmt.Sprint("state", i*7%6)
	}
	e := mosaicEngine(b, Options{CacheBytes: -1}, MosaicCity(), parcels)
	b.ResetTimer()
	return e, parcels
}

// BenchmarkMosaicLoad is adding all parcels up; of the memory the metrics tell what
// cells and shares take a parcel.
func BenchmarkMosaicLoad(b *testing.B) {
	e, parcels := mosaicBench(b)
	ls, l := &e.spec.Layers[0], e.snap.Load().layers[0]
	var tree *cellTree
	for range b.N {
		tree = newMosaic(ls, l)
	}
	var cells memoryParts
	tree.memory(&cells)
	b.ReportMetric(float64(cells.sum())/float64(len(parcels)), "cells-B/parcel")
	b.ReportMetric(float64(l.base.shares.bytes())/float64(len(parcels)), "shares-B/parcel")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(parcels)), "ns/parcel")
}

// BenchmarkMosaicChange is one parcel's change of state in the cells.
func BenchmarkMosaicChange(b *testing.B) {
	e, parcels := mosaicBench(b)
	s := e.snap.Load()
	tree := s.cells[0]
	for i := range b.N {
		before := featureOf(b, s.layers[0], parcels[i*31%len(parcels)].ID)
		after := *before
		after.vals = append([]string(nil), before.vals...)
		after.vals[1] = encodeText(fmt.Sprint("state", i%6))
		edit := tree.edit()
		edit.change(1, before, &after)
		edit.done()
	}
}

// BenchmarkMosaicTile is a tile of cells, built.
func BenchmarkMosaicTile(b *testing.B) {
	e, parcels := mosaicBench(b)
	for _, z := range []int{6, 8, 9, 10, 11, 12} {
		id := TilesOver(parcels[len(parcels)/2], z)[0]
		b.Run(fmt.Sprint("z", z), func(b *testing.B) {
			size := 0
			for range b.N {
				size = len(mustTile(b, e, id).Raw)
			}
			b.ReportMetric(float64(size), "raw-B")
		})
	}
}
