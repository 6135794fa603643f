package main

import (
	"reflect"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/tiles"
)

// What open maps are told of a thing is what its feature carries.
func TestChangesTellTheHistory(t *testing.T) {
	f := &mapFeed{aud: geo.Public}
	feature := func(id uint64, history ...any) tiles.Change {
		v := append([]any{"J1", "名", "started", int64(0)}, history...)
		for len(v) < 4+1+geo.HistoryLength {
			v = append(v, nil)
		}
		return tiles.Change{Layer: "projects", ID: id, Feature: &tiles.Feature{ID: id, Geometry: orb.Point{113, 29}, Values: v}}
	}
	read := []tiles.Change{
		feature(1, "ac", int64(17000), int64(17100)),
		feature(2, "ac", int64(17000)), // a day is missing: nothing is told rather than something wrong
		feature(3),
		{Layer: "projects", ID: 4},
		{Layer: "cleared", ID: 1, Feature: &tiles.Feature{ID: 1, Values: []any{"A", int64(17000)}}},
	}
	var changes []geo.Change
	for id := range int64(5) {
		changes = append(changes, geo.Change{Layer: "projects", ID: id, Gone: id == 4})
	}
	changes = append(changes, geo.Change{Layer: "cleared", ID: 1})
	got := f.told(changes, read)
	want := make([]geo.History, len(changes))
	want[1] = geo.History{Letters: "ac", Days: []geo.Day{17000, 17100}}
	for i, c := range got {
		if !reflect.DeepEqual(c.History, want[i]) {
			t.Errorf("change %d: %+v, want %+v", i, c.History, want[i])
		}
		if c.History = (geo.History{}); !reflect.DeepEqual(c, changes[i]) {
			t.Errorf("change %d became %+v", i, c)
		}
	}
	if changes[1].History.Letters != "" {
		t.Error("the caller's list was written to")
	}
}
