package geo

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func historyMachines() []MachineName {
	return []MachineName{AreaMachine, BuildingMachine, ParcelMachine, ProjectMachine}
}

// A letter names one state and back again, and there are letters enough.
func TestHistoryLetters(t *testing.T) {
	for _, m := range historyMachines() {
		states := Statuses(m)
		if len(states) > 26 {
			t.Fatalf("%s has %d states, more than letters", m, len(states))
		}
		seen := map[byte]bool{}
		for i, s := range states {
			l, ok := HistoryLetter(m, s.Code)
			if !ok || l != byte('a'+i) || seen[l] {
				t.Errorf("%s %s: %q, %v", m, s.Code, l, ok)
			}
			seen[l] = true
		}
	}
	if _, ok := HistoryLetter(ParcelMachine, "existing"); ok {
		t.Error("a parcel has the state of a building")
	}
	if _, err := HistoryOf(ParcelMachine, []Passage{{1, "existing"}}); err == nil {
		t.Error("a history in an unknown state")
	}
}

func TestHistoryOf(t *testing.T) {
	for name, c := range map[string]struct {
		moves   []Passage
		letters string
		days    []Day
	}{
		"nothing":         {nil, "", nil},
		"two of a day":    {[]Passage{{5, "reserved"}, {9, "planned"}, {9, "announced"}}, "ac", []Day{5, 9}},
		"a step back":     {[]Passage{{5, "planned"}, {9, "announced"}, {12, "planned"}}, "bcb", []Day{5, 9, 12}},
		"hidden between":  {[]Passage{{5, "announced"}, {9, ""}, {12, "listed"}}, "c-d", []Day{5, 9, 12}},
		"recorded behind": {[]Passage{{5, "reserved"}, {9, "planned"}, {7, "announced"}}, "ac", []Day{5, 7}},
	} {
		h, err := HistoryOf(ParcelMachine, c.moves)
		if err != nil || h.Letters != c.letters || !slices.Equal(h.Days, c.days) {
			t.Errorf("%s: %+v, %v, want %s %v", name, h, err, c.letters, c.days)
		}
	}
	h, _ := HistoryOf(ParcelMachine, []Passage{{5, "announced"}, {9, ""}, {12, "listed"}})
	for day, want := range map[Day]string{4: "", 5: "announced", 8: "announced", 9: "", 11: "", 12: "listed", 99: "listed"} {
		if got, ok := h.On(ParcelMachine, day); got != want || ok != (want != "") {
			t.Errorf("day %d: %q, want %q", day, got, want)
		}
	}
}

// What a history says of a day is what the moves say: the last one recorded of
// those that had happened. Beyond twelve entries that holds from the day of the
// twelfth last on, and before it the thing is there as long as it was.
func TestHistoryAgreesWithMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(historyMachines()).Draw(t, "machine")
		codes := []string{""}
		for _, s := range Statuses(m) {
			codes = append(codes, s.Code)
		}
		var moves []Passage
		day, entries := Day(100), 0
		for range rapid.IntRange(0, 30).Draw(t, "moves") {
			step := Day(rapid.IntRange(0, 3).Draw(t, "step"))
			if step > 0 || entries == 0 {
				entries++
			}
			day += step
			moves = append(moves, Passage{day, rapid.SampledFrom(codes).Draw(t, "state")})
		}
		h, err := HistoryOf(m, moves)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Letters) != min(entries, HistoryLength) || len(h.Letters) != len(h.Days) {
			t.Fatalf("%d letters, %d days for %d entries", len(h.Letters), len(h.Days), entries)
		}
		exact := Day(0)
		if entries > HistoryLength {
			exact = h.Days[1]
		}
		for d := Day(95); d < day+5; d++ {
			want := ""
			for _, p := range moves {
				if p.Day <= d {
					want = p.State
				}
			}
			got, ok := h.On(m, d)
			if d >= exact && (got != want || ok != (want != "")) {
				t.Fatalf("day %d: %q, the moves say %q (%+v)", d, got, want, h)
			}
			if len(moves) > 0 && d < moves[0].Day && ok {
				t.Fatalf("day %d: %q before the first move", d, got)
			}
		}
	})
}
