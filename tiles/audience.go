package tiles

import "tengdi/geo"

// SpecOf describes the tileset of an audience: its layers as geo.MapLayers lists
// them, which is also what the store selects and the front end styles.
func SpecOf(aud geo.Audience) Spec {
	spec := Spec{Name: string(aud), MinZoom: geo.MapMinZoom, MaxZoom: geo.MapMaxZoom}
	for _, l := range geo.MapLayers(aud) {
		kind := Polygons
		if l.Kind == geo.PointLayer {
			kind = Points
		}
		ls := LayerSpec{Name: l.Name, Kind: kind, MinZoom: l.MinZoom, MaxZoom: l.MaxZoom, Fields: l.Fields}
		if m := l.Mosaic; m.Name != "" {
			ls.Mosaic = &MosaicSpec{Name: m.Name, Field: m.Field, MaxZoom: m.MaxZoom}
		}
		spec.Layers = append(spec.Layers, ls)
	}
	return spec
}
