package tiles

// TileJSON is a document of TileJSON 3.0.0.
type TileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	Version      string        `json:"version,omitempty"`
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       []float64     `json:"bounds,omitempty"` // west, south, east, north
	Center       []float64     `json:"center,omitempty"` // longitude, latitude, zoom
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// VectorLayer describes one layer. Fields maps each attribute to "String",
// "Number" or "Boolean", or to "" when it has had no value or several types.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// TileJSONOptions is what the engine cannot know. Version is the tileset's in
// semantic form; Descriptions are by layer name.
type TileJSONOptions struct {
	Name         string // default: the tileset's
	Description  string
	Version      string
	Attribution  string
	Descriptions map[string]string
}

// TileJSON describes the tileset; urlTemplate has {z}, {x} and {y} in it. Bounds
// and centre are those of the features and left out when there are none. Layers
// outside the tileset's zooms are left out.
func (e *Engine) TileJSON(urlTemplate string, o TileJSONOptions) TileJSON {
	doc := TileJSON{
		TileJSON: "3.0.0", Name: o.Name, Description: o.Description, Version: o.Version,
		Attribution: o.Attribution, Scheme: "xyz", Tiles: []string{urlTemplate},
		MinZoom: e.spec.MinZoom, MaxZoom: e.spec.MaxZoom, VectorLayers: []VectorLayer{},
	}
	if doc.Name == "" {
		doc.Name = e.spec.Name
	}
	s := e.shown()
	if b, ok := e.boundsOf(s); ok {
		doc.Bounds = []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		c := b.Center()
		doc.Center = []float64{c[0], c[1], float64(e.fittingZoom(s.box))}
	}
	for i, l := range e.spec.Layers {
		v := VectorLayer{
			ID: l.Name, Description: o.Descriptions[l.Name], Fields: map[string]string{},
			MinZoom: max(l.firstFeatures(), e.spec.MinZoom), MaxZoom: min(l.MaxZoom, e.spec.MaxZoom),
		}
		if m, ok := e.cellsLayer(i, s, o); ok {
			doc.VectorLayers = append(doc.VectorLayers, m)
		}
		if v.MinZoom > v.MaxZoom {
			continue
		}
		for f, name := range l.Fields {
			v.Fields[name] = ""
			if s != nil {
				v.Fields[name] = s.kinds[i][f].String()
			}
		}
		doc.VectorLayers = append(doc.VectorLayers, v)
	}
	if !e.opts.Plain {
		doc.VectorLayers = append(doc.VectorLayers, VectorLayer{
			ID: leftOutLayer, Description: o.Descriptions[leftOutLayer], MinZoom: e.spec.MinZoom, MaxZoom: e.spec.MaxZoom,
			Fields: map[string]string{"layer": "String", "n": "Number"},
		})
	}
	return doc
}

// fittingZoom is the deepest zoom of the tileset at which the box is at most two
// tiles wide and high.
func (e *Engine) fittingZoom(b box) int {
	side := max(int64(b.maxX)-int64(b.minX), int64(b.maxY)-int64(b.minY))
	z := e.spec.MinZoom
	for z < e.spec.MaxZoom && side <= int64(2*worldSize)>>(z+1) {
		z++
	}
	return z
}
