package main

import (
	"slices"

	"tengdi/geo"
	"tengdi/tiles"
)

// told adds to the changes what open maps paint by: how each thing came to its
// state, from the features that were read again. A thing that is gone, or whose
// layer has no states, keeps an empty history.
func (f *mapFeed) told(changes []geo.Change, read []tiles.Change) []geo.Change {
	type thing struct {
		layer string
		id    uint64
	}
	values := make(map[thing][]any, len(read))
	for _, c := range read {
		if c.Feature != nil {
			values[thing{c.Layer, c.ID}] = c.Feature.Values
		}
	}
	fields := map[string][]string{}
	for _, l := range geo.MapLayers(f.aud) {
		if l.Machine != "" {
			fields[l.Name] = l.Fields
		}
	}
	out := slices.Clone(changes)
	for i, c := range out {
		if v := values[thing{c.Layer, uint64(c.ID)}]; !c.Gone && v != nil && fields[c.Layer] != nil {
			out[i].History = historyOf(fields[c.Layer], v)
		}
	}
	return out
}

// historyOf reads the fields h and t0 to t11 of a feature.
func historyOf(fields []string, values []any) (h geo.History) {
	names := geo.HistoryFields()
	first := slices.Index(fields, names[0])
	if first < 0 || len(values) < first+len(names) {
		return h
	}
	letters, _ := values[first].(string)
	for _, v := range values[first+1 : first+len(names)] {
		if day, ok := v.(int64); ok {
			h.Days = append(h.Days, geo.Day(day))
		}
	}
	if len(h.Days) != len(letters) {
		return geo.History{} // what does not fit together is not told
	}
	h.Letters = letters
	return h
}
