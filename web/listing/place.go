package listing

import (
	"math"

	"tengdi/geo"
)

// Near is the nearest thing of a kind: how far it is from the parcel's edge in a
// straight line, in metres.
type Near struct {
	Kind   string // word of the dictionary: near_station, near_expressway …
	Name   string
	Metres float64
}

// nearKinds are the kinds of reference things whose distance is told, in order.
// What the district has not given a layer of is left out.
func nearKinds() []struct {
	word string
	is   func(geo.Reference) bool
} {
	return []struct {
		word string
		is   func(geo.Reference) bool
	}{
		{"near_station", func(r geo.Reference) bool { return r.Kind == "station" }},
		{"near_expressway", func(r geo.Reference) bool { return r.Kind == "road" && r.Class == "expressway" }},
		{"near_arterial", func(r geo.Reference) bool { return r.Kind == "road" && r.Class == "arterial" }},
		{"near_lake", func(r geo.Reference) bool { return r.Kind == "water" && r.Class == "lake" }},
		{"near_school", func(r geo.Reference) bool { return r.Kind == "school" }},
	}
}

// Nearest finds the nearest thing of each kind that there is.
func Nearest(p Parcel, refs []geo.Reference, lang Lang) []Near {
	var out []Near
	for _, k := range nearKinds() {
		best := Near{Kind: k.word, Metres: math.Inf(1)}
		for _, r := range refs {
			if !k.is(r) {
				continue
			}
			if d := apart(p.Shape, r.Geometry); d < best.Metres {
				best.Metres, best.Name = d, r.Name
				if lang == English && r.NameEn != "" {
					best.Name = r.NameEn
				}
			}
		}
		if !math.IsInf(best.Metres, 1) {
			out = append(out, best)
		}
	}
	return out
}
