package main

import (
	"testing"
	"time"

	"tengdi/cmd/bench/city"
	"tengdi/geo"
)

// The district is one that could be: each thing's events lead to its state one
// after the other, in the order of the days and none after today.
func TestDistrictHangsTogether(t *testing.T) {
	const n = 4000
	today := geo.CivilDay(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	d := district(city.New(n), today)
	state := map[string]string{}
	moves := map[string]int{}
	last := time.Time{}
	for _, e := range d.Events {
		if e.On.Before(last) || geo.CivilDay(e.On) >= today {
			t.Fatalf("%+v after %s", e, last)
		}
		last = e.On
		if e.From != state[e.Code] || (e.Verb == geo.Created) != (e.From == "") {
			t.Fatalf("%+v of a parcel that is %q", e, state[e.Code])
		}
		state[e.Code] = e.To
		moves[e.Code]++
	}
	rounds := map[string]geo.Round{}
	for _, r := range d.Rounds {
		rounds[r.Parcel] = r
	}
	listed := 0
	for _, p := range d.Parcels {
		if state[p.Code] != p.Status {
			t.Fatalf("%s is %s, its events say %q", p.Code, p.Status, state[p.Code])
		}
		if r, ok := rounds[p.Code]; ok != (p.Status != "reserved" && p.Status != "planned") || ok && (r.Deal > 0) != (r.Outcome == "sold") {
			t.Fatalf("%s, %s: %+v", p.Code, p.Status, r)
		}
		if p.Status == "listed" {
			listed++
		}
		if moves[p.Code] > longestWay {
			t.Fatalf("%s has %d moves", p.Code, moves[p.Code])
		}
	}
	if len(d.Parcels) != n || len(d.Events) < 3*n || listed == 0 || listed > n/500 {
		t.Errorf("%d parcels, %d events, %d listed", len(d.Parcels), len(d.Events), listed)
	}
}
