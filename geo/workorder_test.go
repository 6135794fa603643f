package geo_test

import (
	"fmt"
	"testing"
	"time"

	"tengdi/geo"
)

// Of much work each nearness is told something of, the worst fill the rest, and a
// project that stands still stands behind what has a deadline.
func TestCutWork(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	due := func(kind string, days int, light geo.Light) geo.WorkItem {
		return geo.WorkItem{Kind: kind, Code: fmt.Sprint(kind, days), Due: now.AddDate(0, 0, days), DaysLeft: days, Light: light}
	}
	var items []geo.WorkItem
	for i := range 30 {
		items = append(items, due("project", -2000-i, geo.Red), due("problem", -1-i, geo.Red))
	}
	items = append(items, due("payment", 0, geo.Amber), due("flat", 7, geo.Green), due("flat", 8, geo.Green), geo.WorkItem{Kind: "ticket"})
	got := geo.CutWork(items, 20)
	near := map[geo.Nearness]int{}
	for i, item := range got {
		near[item.Nearness()]++
		if i > 0 && geo.CompareWork(got[i-1], item) > 0 {
			t.Errorf("%+v stands before %+v", got[i-1], item)
		}
		if item.Kind == "project" {
			t.Errorf("%s took the place of what has a deadline", item.Code)
		}
	}
	if want := (map[geo.Nearness]int{geo.Overdue: 16, geo.DueToday: 1, geo.DueWeek: 1, geo.DueLater: 1, geo.Undated: 1}); fmt.Sprint(near) != fmt.Sprint(want) {
		t.Errorf("%v are left, not %v", near, want)
	}
	few := geo.CutWork([]geo.WorkItem{due("project", -2000, geo.Red), due("flat", 9, geo.Green)}, 20)
	if len(few) != 2 || few[1].Kind != "project" {
		t.Errorf("%+v", few)
	}
}
