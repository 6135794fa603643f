package sample_test

import (
	"testing"
	"time"

	"tengdi/geo"
)

// A demo is looked at today: of the projects that go on most are in hand, some have
// stood still for two or three months, and only few are about to leave the pool.
func TestProjectsAreNotStale(t *testing.T) { eachTown(t, projectsAreNotStale) }

func projectsAreNotStale(t *testing.T, d geo.Dataset, today time.Time) {
	lights, out, running := map[geo.Light]int{}, 0, 0
	for _, p := range d.Projects {
		if p.Status == "operating" {
			continue
		}
		running++
		light, gone := geo.PipelineLight(p.Status, p.StageOn, today, nil, geo.Thresholds{})
		lights[light]++
		if gone {
			out++
		}
		if p.StageOn.After(today) {
			t.Errorf("%s comes to its stage on %s", p.Code, p.StageOn)
		}
	}
	equal(t, "projects that go on", running, 75)
	if lights[geo.Green] < running/2 || lights[geo.Amber] < 4 || lights[geo.Red] < 4 || lights[geo.Red] > running/4 || out < 1 || out > 6 {
		t.Errorf("%v, %d of them to leave the pool", lights, out)
	}
}
