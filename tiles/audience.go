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
		ls := LayerSpec{
			Name: l.Name, Kind: kind, MinZoom: l.MinZoom, MaxZoom: l.MaxZoom, Fields: l.Fields,
			Numeric: l.Numbers(), Codes: l.Codes(), History: historyOf(l.Machine), Of: l.Of,
		}
		if m := l.Mosaic; m.Name != "" {
			ls.Mosaic = &MosaicSpec{Name: m.Name, Field: m.Field, MaxZoom: m.MaxZoom}
		}
		spec.Layers = append(spec.Layers, ls)
	}
	return spec
}

// historyOf says how a layer with the states of a machine carries their history.
func historyOf(m geo.MachineName) *HistorySpec {
	if m == "" {
		return nil
	}
	fields := geo.HistoryFields()
	h := &HistorySpec{Letters: fields[0], Days: fields[1:], Status: "status"}
	for _, s := range geo.Statuses(m) {
		h.States = append(h.States, s.Code)
	}
	return h
}
