package tiletest

import "testing"

func TestLikenessJudgesAreas(t *testing.T) {
	rectangle := func(x0, y0, x1, y1 int64) Feature {
		return Feature{ID: 7, Polygons: []Polygon{{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}}}
	}
	strip := rectangle(4159, 4143, 4160, 4160)
	rest := Feature{ID: 7, Polygons: []Polygon{{{{4160, 4157}, {4160, 4160}, {4159, 4160}}}}}
	tests := []struct {
		name         string
		ours, theirs Feature
		faults       int
	}{
		{"equal", strip, strip, 0},
		{"what snapping left of a strip a unit wide", strip, rest, 0},
		{"a strip of which ours lost most", rest, strip, 0},
		{"a strip three units wide, of which half is gone", rectangle(0, 0, 3, 40), rectangle(0, 0, 3, 20), 1},
		{"twice as large", rectangle(0, 0, 40, 40), rectangle(0, 0, 40, 20), 1},
	}
	for _, test := range tests {
		l := Likeness{Simplified: true}
		l.Compare("tile", "parcels", []Layer{{Name: "parcels", Features: []Feature{test.ours}}}, []Layer{{Name: "parcels", Features: []Feature{test.theirs}}})
		if len(l.Faults) != test.faults || l.Features != 1 {
			t.Errorf("%s: %d features, faults %q, want %d", test.name, l.Features, l.Faults, test.faults)
		}
	}
}
