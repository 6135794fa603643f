package main

import (
	"iter"

	"tengdi/cmd/bench/city"
	"tengdi/geo"
	"tengdi/tiles"
)

// The zooms that are measured.
const (
	firstZoom = 8
	lastZoom  = 16
)

// layerName is the layer of the city's parcels, in every server's tiles.
const layerName = "parcels"

// spec is the tileset: the city's parcels alone, with their four attributes, drawn as
// the map's parcels are. The map has more layers, and more of a parcel (geo.MapLayers):
// servebench measures that.
func spec() tiles.Spec {
	layer := tiles.LayerSpec{Name: layerName, Kind: tiles.Polygons, MinZoom: 0, MaxZoom: lastZoom, Fields: city.Fields()}
	for _, l := range tiles.SpecOf(geo.Public).Layers {
		if l.Name == layerName {
			layer.Mosaic = l.Mosaic
		}
	}
	return tiles.Spec{Name: "city", MinZoom: 0, MaxZoom: lastZoom, Layers: []tiles.LayerSpec{layer}}
}

func seqs(rows iter.Seq[tiles.Feature]) map[string]iter.Seq[tiles.Feature] {
	return map[string]iter.Seq[tiles.Feature]{layerName: rows}
}
