package web

import (
	"net/http"
	"slices"
	"strings"

	"tengdi/geo"
)

// operationOf finds what is said of a route; the zero value when nothing is,
// which a test forbids.
func operationOf(method, pattern string) operation {
	key := method + " " + pattern
	for _, table := range []map[string]operation{siteOperations(), boardOperations(), listingOperations(), itemOperations(), officeOperations(), accountOperations()} {
		if op, ok := table[key]; ok {
			return op
		}
	}
	for _, c := range thingCollections() {
		if rest, ok := strings.CutPrefix(pattern, "/api/"+c+"/"); ok {
			return thingOperations(c)[method+" "+rest]
		}
	}
	return operation{}
}

func componentLink(name string) schema { return schema{"$ref": "#/components/schemas/" + name} }

// siteOperations are the map, the figures and the probes.
func siteOperations() map[string]operation {
	tiles := operation{tag: "map", summary: "A vector tile", kind: "application/vnd.mapbox-vector-tile", raw: schema{"type": "string", "format": "binary"}, detail: "204 when there is nothing in it. at shows a past day as it was, filter keeps some features.", refuses: []int{http.StatusBadRequest}}
	tileset := operation{tag: "map", summary: "TileJSON 3.0 of the tiles, with the revision that they are at", detail: "at and filter go into the address of the tiles.", answer: tileJSONAnswer{}, refuses: []int{http.StatusBadRequest}}
	plain := operation{tag: "probes", kind: "text/plain", raw: schema{"type": "string"}}
	alive, ready := plain, plain
	alive.summary, ready.summary = "Whether the process is alive", "Whether callers should be sent here"
	return map[string]operation{
		"GET /livez":                        alive,
		"GET /readyz":                       ready,
		"GET /api":                          {tag: "site", summary: "Where everything is", answer: landingAnswer{}},
		"GET /api/openapi.json":             {tag: "site", summary: "This description", kind: openAPIType, raw: schema{"type": "object"}},
		"GET /api/district":                 {tag: "site", summary: "The district: name, frame, zone, base map", answer: districtAnswer{}},
		"GET /api/reference":                {tag: "map", summary: "The quiet base map", kind: "application/geo+json", raw: componentLink("Reference")},
		"GET /api/statuses":                 {tag: "site", summary: "The catalogue of states, colours and uses", answer: statusesAnswer{}},
		"GET /api/search":                   {tag: "items", summary: "Things by code and name", answer: searchAnswer{}, refuses: []int{http.StatusBadRequest}},
		"GET /api/summary":                  {tag: "figures", summary: "The figures", detail: "The parameters are for staff: figures of some areas, and those at the end of a past day. Areas are chosen by what they were on that day.", answer: summaryAnswer{}, refuses: []int{http.StatusBadRequest, http.StatusUnauthorized}},
		"GET /api/live":                     {tag: "map", summary: "Changes as server-sent events", detail: "hello, change and reload; Last-Event-ID resumes.", kind: "text/event-stream", raw: schema{"type": "string"}},
		"GET /qr":                           {tag: "site", summary: "A QR code of a public page of this site", detail: "path is its path, with the view after # escaped; at most 1000 bytes.", kind: "image/svg+xml", raw: schema{"type": "string"}, refuses: []int{http.StatusBadRequest}},
		"GET /archives":                     {tag: "map", summary: "Archives of the public's map that can be had as files", answer: archivesAnswer{}},
		"GET /archives/{name}":              {tag: "map", summary: "One archive, in PMTiles version 3", detail: "With ranges, so that a map can read it where it lies.", kind: archiveType, raw: schema{"type": "string", "format": "binary"}, refuses: []int{http.StatusNotFound}},
		"GET /overlays":                     {tag: "map", summary: "Layers that can be laid over the map", detail: "Those that are for staff are listed for staff.", answer: overlaysAnswer{}},
		"GET /overlays/{name}":              {tag: "map", summary: "One layer, as GeoJSON or in PMTiles version 3", detail: "With ranges. Features of GeoJSON have a name and a name_en and nothing else.", kind: geoJSONType, raw: schema{"type": "object"}, refuses: []int{http.StatusNotFound}},
		"GET /tiles/public.json":            tileset,
		"GET /tiles/staff.json":             tileset,
		"GET /tiles/public/{z}/{x}/{y}.mvt": tiles,
		"GET /tiles/staff/{z}/{x}/{y}.mvt":  tiles,
		"POST /api/imports":                 {tag: "imports", summary: "Import a file of land", keyed: true, detail: "All rows or none; 422 with the report when rows were refused.", form: importForm(), answer: geo.IngestReport{}, refuses: []int{http.StatusUnprocessableEntity}},
	}
}

func importForm() schema {
	text := schema{"type": "string"}
	flags := schema{"type": "string", "enum": []string{"", "on", "true", "false", "1", "0"}}
	return schema{
		"type": "object", "required": []string{"file", "layer"},
		"properties": map[string]schema{
			"file":  {"type": "string", "format": "binary"},
			"layer": {"type": "string", "enum": []geo.Layer{geo.AreaLayer, geo.ParcelLayer, geo.BuildingLayer}},
			"crs":   text, "datum": text, "encoding": text, "map": text, "area": text, "number": text, "table": text, "on": text,
			"fix": flags, "dry_run": flags,
		},
	}
}

// itemOperations are the collections.
func itemOperations() map[string]operation {
	return map[string]operation{
		"GET /api/collections":              {tag: "items", summary: "The collections that the caller may read", answer: collectionsAnswer{}},
		"GET /api/collections/{collection}": {tag: "items", summary: "One collection: its fields and where its items are", answer: collectionAnswer{}},
		"GET /api/collections/{collection}/items": {
			tag: "items", summary: "A page of items, in order of code or of a field",
			detail: "Each reading of a household is recorded, and field staff read those of their own areas only. Staff may ask for areas by light, which is red, amber, green or none as the board tells it.",
			kind:   "application/geo+json", raw: componentLink("FeatureCollection"), refuses: []int{http.StatusBadRequest},
		},
		"GET /api/collections/{collection}/items/{code}": {
			tag: "items", summary: "One item", detail: "The ETag of staff begins with the version that a change has to name.",
			kind: "application/geo+json", raw: componentLink("Feature"), refuses: []int{http.StatusNotFound},
		},
		"GET /api/collections/{collection}/counts": {
			tag: "items", summary: "How many items match, what they sum up to, and how many have each value",
			detail: "Of areas, parcels, buildings and projects. A count by a field is of the items that match every other condition.",
			answer: facetsAnswer{}, refuses: []int{http.StatusBadRequest, http.StatusNotFound},
		},
		"GET /api/collections/{collection}/histogram": {
			tag: "items", summary: "How many moves of the items that match fell into each month",
			detail: "By the state that was come into, steps back too; months in the district's zone. Everybody else than staff is told the moves that are published.",
			answer: histogramAnswer{}, refuses: []int{http.StatusBadRequest, http.StatusNotFound},
		},
		"GET /api/areas/{code}/remains": {
			tag: "items", summary: "What is left to be done in an area", detail: "Which building has unsigned households is told to those who may read the area's households.",
			answer: remainsAnswer{}, refuses: []int{http.StatusNotFound},
		},
		"POST /api/collections/{collection}/items": {
			tag: "items", summary: "Make a new item", detail: "Of households, problems, projects, organisations, persons and boards; /api/forms lists the values. The others come by import.",
			body: draftRequest{}, need: []string{"values"}, keyed: true, answer: writtenAnswer{}, status: http.StatusCreated,
			refuses: []int{http.StatusBadRequest, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusConflict},
		},
		"PATCH /api/collections/{collection}/items/{code}": {
			tag: "items", summary: "Correct an item", detail: "What is not named stays; \"\" or null empties.",
			body: editRequest{}, need: []string{"values", "reason"}, seen: true, keyed: true, answer: writtenAnswer{},
			refuses: []int{http.StatusBadRequest, http.StatusForbidden},
		},
		"GET /api/parcels/{code}/rounds": {tag: "files", summary: "The auction rounds of a parcel", answer: roundsAnswer{}, refuses: []int{http.StatusNotFound}},
	}
}

// officeOperations are what is not of one thing: forms, work, audit, settings.
func officeOperations() map[string]operation {
	return map[string]operation{
		"GET /api/files/{token}": {tag: "files", summary: "A paper, as an attachment", detail: "Ranges are honoured.", kind: "application/octet-stream", raw: schema{"type": "string", "format": "binary"}, refuses: []int{http.StatusNotFound}},
		"POST /api/files/{token}/strike": {
			tag: "files", summary: "Strike a paper out", detail: "Its bytes stay.", body: strikeRequest{}, need: []string{"reason"},
			keyed: true, answer: writtenAnswer{}, refuses: []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound},
		},
		"GET /api/forms":        {tag: "office", summary: "What may be written, as forms", answer: formsAnswer{}},
		"GET /api/work":         {tag: "office", summary: "What is due from the caller", answer: workAnswer{}},
		"GET /api/audit":        {tag: "audit", summary: "The log, newest first", answer: auditPageAnswer{}, refuses: []int{http.StatusBadRequest, http.StatusForbidden}},
		"GET /api/audit/head":   {tag: "audit", summary: "The end of the log's chain of hashes", detail: "Whoever keeps it can prove later that nothing before it was changed or cut off.", answer: geo.ChainHead{}, refuses: []int{http.StatusForbidden}},
		"GET /api/audit/access": {tag: "audit", summary: "Who read which household", answer: accessesAnswer{}, refuses: []int{http.StatusBadRequest, http.StatusForbidden}},
		"GET /api/calendar":     {tag: "settings", summary: "Days that differ from the five-day week", answer: calendarAnswer{}},
		"PUT /api/calendar": {
			tag: "settings", summary: "Set days of the calendar", detail: "Days that are not named stay; one of the week's own kind without a name is taken out.",
			body: calendarAnswer{}, need: []string{"days"}, seen: true, keyed: true, answer: writtenAnswer{}, refuses: []int{http.StatusBadRequest, http.StatusForbidden},
		},
		"GET /api/thresholds": {tag: "settings", summary: "The district's numbers for its lights", answer: geo.Thresholds{}},
		"PUT /api/thresholds": {
			tag: "settings", summary: "Set the district's numbers", detail: "What is left out takes its default.",
			body: geo.Thresholds{}, seen: true, keyed: true, answer: writtenAnswer{}, refuses: []int{http.StatusBadRequest, http.StatusForbidden},
		},
	}
}

// thingOperations are the routes of the file of a thing, by what follows its
// collection.
func thingOperations(collection string) map[string]operation {
	entity, _ := geo.EntityOf(collection)
	var states, kinds []string
	for _, st := range geo.Statuses(entity) {
		states = append(states, st.Code)
	}
	for _, k := range geo.RecordKinds() {
		if k.Of == entity {
			kinds = append(kinds, k.Code)
		}
	}
	var papers []string
	for _, o := range geo.FileKinds() {
		papers = append(papers, o.Code)
	}
	to := map[string][]string{"to": states}
	file := schema{
		"type": "object", "required": []string{"file", "kind"},
		"properties": map[string]schema{"file": {"type": "string", "format": "binary"}, "kind": {"type": "string", "enum": slices.Clone(papers)}},
	}
	gone := []int{http.StatusNotFound}
	wrong := []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound}
	return map[string]operation{
		"GET {code}/history": {tag: collection, summary: "What happened", detail: "Who, why and with what are for staff.", answer: historyAnswer{}, refuses: gone},
		"GET {code}/moves":   {tag: collection, summary: "What the caller could do now", detail: "Reasons and warnings are those of a move made today with nothing filled in.", answer: movesAnswer{}, refuses: gone},
		"POST {code}/transitions": {
			tag: collection, summary: "Make a move", detail: "409 names every rule that forbids it, and the moves that there are.",
			body: moveRequest{}, need: []string{"to"}, enums: to, seen: true, keyed: true, answer: writtenAnswer{},
			refuses: []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
		},
		"POST transitions": {
			tag: collection, summary: "Make the same move of many", detail: "1 to 500 rows, all or none; 409 with a row for each that is refused.",
			body: movesRequest{}, need: []string{"to", "items"}, enums: to, keyed: true, answer: rowsAnswer{},
			refuses: []int{http.StatusBadRequest, http.StatusForbidden, http.StatusConflict},
		},
		"GET {code}/records": {tag: collection, summary: "Records, newest first", answer: recordsAnswer{}, refuses: gone},
		"POST {code}/records": {
			tag: collection, summary: "Add a record", body: recordRequest{}, need: []string{"kind", "values"}, enums: map[string][]string{"kind": kinds},
			keyed: true, answer: writtenAnswer{}, status: http.StatusCreated, refuses: wrong,
		},
		"PATCH {code}/records/{kind}/{no}": {
			tag: collection, summary: "Correct a record or strike it out", detail: "If-Match names the version of the record.",
			body: amendRequest{}, need: []string{"reason"}, seen: true, keyed: true, answer: writtenAnswer{}, refuses: wrong,
		},
		"GET {code}/files":  {tag: collection, summary: "The papers in its file", answer: filesAnswer{}, refuses: gone},
		"POST {code}/files": {tag: collection, summary: "Add a paper", detail: "50 MiB at most.", form: file, keyed: true, answer: writtenAnswer{}, status: http.StatusCreated, refuses: wrong},
	}
}
