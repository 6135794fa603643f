package geo

import "slices"

// LayerKind is what a map layer draws.
type LayerKind string

// Kinds of map layer.
const (
	PolygonLayer LayerKind = "polygons"
	PointLayer   LayerKind = "points"
)

// MapLayer is one layer of the vector tiles: what the store selects, the tile
// engine encodes and the front end styles.
type MapLayer struct {
	Name             string
	Kind             LayerKind
	MinZoom, MaxZoom int
	Fields           []string
	Public           bool        // in the public tileset too
	Machine          MachineName // whose states the layer shows, with their History; "" = none
	Mosaic           Mosaic
	// Of is the layer of polygons for each of which a layer of points has one, with
	// the same id and values: nobody selects those, the engine makes them. "" = none.
	Of string
}

// Mosaic says how a layer is drawn where its features are too many: as cells with
// their area by the value of Field. The zero value is a layer that never is.
type Mosaic struct {
	Name    string // of the layer that has the cells
	Field   string
	MaxZoom int // last zoom that is always drawn so; a denser tile beyond it is too
}

// Numbers lists the fields of the layer whose values are numbers; the others are
// texts.
func (l MapLayer) Numbers() []string {
	numeric := append([]string{"rate", "on", "mu", "yi"}, HistoryFields()[1:]...)
	var out []string
	for _, f := range l.Fields {
		if slices.Contains(numeric, f) {
			out = append(out, f)
		}
	}
	return out
}

// Codes lists by field the codes that its values are of, for fields with a closed
// set of them.
func (l MapLayer) Codes() map[string][]string {
	out := map[string][]string{}
	for _, f := range l.Fields {
		switch f {
		case "status":
			for _, s := range Statuses(l.Machine) {
				out[f] = append(out[f], s.Code)
			}
		case "use":
			for _, u := range UseClasses() {
				out[f] = append(out[f], u.Code)
			}
		case "legal":
			for _, o := range Findings() {
				out[f] = append(out[f], o.Code)
			}
		}
	}
	return out
}

// MapMinZoom and MapMaxZoom bound the tilesets; clients overzoom beyond.
const (
	MapMinZoom = 0
	MapMaxZoom = 16
)

// MapLayers lists the layers of an audience's tileset, in drawing order.
// Values: dates are day numbers since 1970-01-01; rate is the cleared rate in
// percent; use is a UseClass code; mu has two decimals; yi is 1 for a project of
// at least 1 亿; h and t0 to t11 are the History of a layer with states.
func MapLayers(a Audience) []MapLayer {
	cells := Mosaic{Name: "parcelcells", Field: "status", MaxZoom: 10}
	all := []MapLayer{
		{"areas", PolygonLayer, 0, MapMaxZoom, []string{"code", "name", "status", "rate"}, true, AreaMachine, Mosaic{}, ""},
		{"cleared", PolygonLayer, 11, MapMaxZoom, []string{"area", "on"}, true, "", Mosaic{}, ""},
		{"parcels", PolygonLayer, 0, MapMaxZoom, []string{"code", "status", "use", "mu", "notice"}, true, ParcelMachine, cells, ""},
		{"buildings", PolygonLayer, 14, MapMaxZoom, []string{"code", "status", "legal"}, false, BuildingMachine, Mosaic{}, ""},
		{"projects", PointLayer, 9, MapMaxZoom, []string{"code", "name", "status", "yi"}, true, ProjectMachine, Mosaic{}, ""},
		{"arealabels", PointLayer, 8, MapMaxZoom, []string{"code", "name", "status"}, true, AreaMachine, Mosaic{}, ""},
		{"parcellabels", PointLayer, 13, MapMaxZoom, []string{"code", "status", "use", "mu", "notice"}, true, ParcelMachine, Mosaic{}, "parcels"},
	}
	var out []MapLayer
	for _, l := range all {
		if l.Public || a == Staff {
			if l.Machine != "" {
				l.Fields = append(l.Fields, HistoryFields()...)
			}
			out = append(out, l)
		}
	}
	return out
}
