package main

import (
	"iter"

	"tengdi/cmd/bench/city"
	"tengdi/tiles"
)

// The zooms that are measured.
const (
	firstZoom = 8
	lastZoom  = 16
)

// layerName is the layer of the city's parcels, in every server's tiles.
const layerName = "parcels"

// spec is the tileset: the city's parcels, as the map's parcels are drawn.
func spec() tiles.Spec {
	return tiles.Spec{Name: "city", MinZoom: 0, MaxZoom: lastZoom, Layers: []tiles.LayerSpec{{
		Name: layerName, Kind: tiles.Polygons, MinZoom: 0, MaxZoom: lastZoom, Fields: city.Fields(),
		Mosaic: &tiles.MosaicSpec{Name: "parcelcells", Field: "status", MaxZoom: 11},
	}}}
}

func seqs(rows iter.Seq[tiles.Feature]) map[string]iter.Seq[tiles.Feature] {
	return map[string]iter.Seq[tiles.Feature]{layerName: rows}
}
