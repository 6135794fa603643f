package web

// geoSchemas are the components that no Go type stands for: what is written as
// GeoJSON (RFC 7946).
func geoSchemas() map[string]schema {
	link := func(name string) schema { return schema{"$ref": "#/components/schemas/" + name} }
	return map[string]schema{
		"Geometry": {
			"type":     []string{"object", "null"},
			"required": []string{"type", "coordinates"},
			"properties": map[string]schema{
				"type":        {"type": "string", "enum": []string{"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}},
				"coordinates": {"type": "array"},
			},
		},
		"Feature": {
			"type":     "object",
			"required": []string{"type", "id", "geometry", "properties"},
			"properties": map[string]schema{
				"type":     {"type": "string", "enum": []string{"Feature"}},
				"id":       {"type": "string"},
				"geometry": link("Geometry"),
				"properties": {
					"type": "object", "required": []string{"code", "fid"},
					"properties":           map[string]schema{"code": {"type": "string"}, "fid": {"type": "integer"}},
					"additionalProperties": schema{"type": []string{"string", "number", "boolean", "null"}},
				},
			},
		},
		"FeatureCollection": {
			"type":     "object",
			"required": []string{"type", "features", "links", "numberReturned", "numberMatched", "revision", "timeStamp"},
			"properties": map[string]schema{
				"type":           {"type": "string", "enum": []string{"FeatureCollection"}},
				"features":       {"type": "array", "items": link("Feature")},
				"links":          {"type": "array", "items": link("Link")},
				"numberReturned": {"type": "integer"},
				"numberMatched":  {"type": "integer"},
				"revision":       {"type": "integer"},
				"timeStamp":      {"type": "string", "format": "date-time"},
			},
		},
		"Reference": {
			"type":     "object",
			"required": []string{"type", "features"},
			"properties": map[string]schema{
				"type": {"type": "string", "enum": []string{"FeatureCollection"}},
				"features": {"type": "array", "items": schema{
					"type":     "object",
					"required": []string{"type", "geometry", "properties"},
					"properties": map[string]schema{
						"type": {"type": "string", "enum": []string{"Feature"}}, "geometry": link("Geometry"), "properties": {"type": "object"},
					},
				}},
			},
		},
	}
}
