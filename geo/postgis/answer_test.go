package postgis

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"tengdi/geo"
)

// keyed is an actor whose request has a key and is told from others by what.
func keyed(role geo.Role, key, what string) geo.Actor {
	a := actorOf(role)
	a.Key, a.Digest = key, strings.Repeat(what, 32)
	return a
}

// One request that comes twenty times at once is done once, and all twenty get
// the same answer.
func TestOneRequestTwentyTimes(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	const n = 20
	answers, replayed := make([]string, n), make([]bool, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			e, err := s.Create(context.WithoutCancel(t.Context()), keyed(geo.RolePlanner, "k1", "a1"), geo.Draft{
				Collection: "problems", Values: map[string]string{"area": "A01", "kind": "title", "title": "面积有争议"},
			})
			if err != nil {
				t.Error(err)
			}
			replayed[i] = e.Replayed
			e.Replayed = false
			body, err := json.Marshal(e)
			if err != nil {
				t.Error(err)
			}
			answers[i] = string(body)
		})
	}
	wg.Wait()
	slices.Sort(answers)
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("answers differ: %q", answers)
	}
	first := 0
	for _, again := range replayed {
		if !again {
			first++
		}
	}
	conn := connect(t, s)
	if events := scan[int64](t, conn, `select count(*) from land.event where verb = 'created'`); events != 1 || first != 1 {
		t.Errorf("%d events, %d answers not replayed", events, first)
	}
	if n := scan[int64](t, conn, `select count(*) from land.problem`); n != 3 {
		t.Errorf("%d problems", n)
	}
}

// Every kind of write gives its answer again; a key stands for one request of
// one account; a refusal is judged anew.
func TestAnswersAreGivenAgain(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	move := geo.Transition{Entity: geo.ParcelMachine, Code: "P05", To: "planned", On: date(2019, 12, 1), Version: 1}
	writes := map[string]func(geo.Actor) ([]geo.Event, error){
		"a move": func(a geo.Actor) ([]geo.Event, error) {
			e, err := s.Transition(t.Context(), a, move)
			return []geo.Event{e}, err
		},
		"a list": func(a geo.Actor) ([]geo.Event, error) {
			return s.TransitionAll(t.Context(), a, []geo.Transition{
				{Entity: geo.ProblemMachine, Code: "W01", To: "opened", Reason: "退回"}, {Entity: geo.ProblemMachine, Code: "W02", To: "in_progress", Reason: "复查"},
			})
		},
		"a correction": func(a geo.Actor) ([]geo.Event, error) {
			e, err := s.Correct(t.Context(), a, geo.Edit{Collection: "parcels", Code: "P04", Version: 1, Values: map[string]string{"name": "一"}})
			return []geo.Event{e}, err
		},
		"no correction": func(a geo.Actor) ([]geo.Event, error) {
			e, err := s.Correct(t.Context(), a, geo.Edit{Collection: "parcels", Code: "P03", Version: 1, Values: map[string]string{"name": "机密地块"}})
			return []geo.Event{e}, err
		},
	}
	for name, write := range writes {
		a := keyed(geo.RoleAdmin, name, "b2")
		first, err := write(a)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := write(a)
		if err != nil || len(again) != len(first) {
			t.Errorf("%s again: %v, %v", name, again, err)
			continue
		}
		for i := range again {
			if first[i].Replayed || !again[i].Replayed {
				t.Errorf("%s: replayed %v, then %v", name, first[i].Replayed, again[i].Replayed)
			}
			again[i].Replayed = false
			was, _ := json.Marshal(first[i])
			is, _ := json.Marshal(again[i])
			if string(was) != string(is) {
				t.Errorf("%s: answered %s, then %s", name, was, is)
			}
		}
		other := a
		other.Digest = strings.Repeat("c3", 32)
		if _, err := write(other); !slices.Equal(faults(err), []string{"Idempotency-Key other_request"}) {
			t.Errorf("%s, another request of that key: %v", name, err)
		}
	}
	// Another account's key is another key: its request is judged on its own.
	stranger := keyed(geo.RolePlanner, "a move", "b2")
	if _, err := writes["a move"](stranger); !isStale(err) {
		t.Errorf("another account's key: %v", err)
	}
	// A refusal is not kept: once the reason is gone, the same key goes through.
	a := keyed(geo.RoleAdmin, "k9", "d4")
	late := geo.Transition{Entity: geo.ProblemMachine, Code: "W01", To: "assigned", Data: map[string]string{"due": "2100-01-01"}}
	if _, err := s.Transition(t.Context(), a, late); guards(err) != "department" {
		t.Errorf("%v", err)
	}
	corrected(t, s, geo.RoleAdmin, "problems", "W01", "", "department", "街道办")
	if e, err := s.Transition(t.Context(), a, late); err != nil || e.Replayed {
		t.Errorf("%+v, %v", e, err)
	}
}

func isStale(err error) bool {
	var stale *geo.StaleError
	return errors.As(err, &stale)
}

// An import that is sent again reports again what it did, and does nothing:
// what was corrected meanwhile stays.
func TestImportIsAnsweredAgain(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	send := func(a geo.Actor) geo.IngestReport {
		o := parcelOptions()
		r, err := s.Ingest(t.Context(), a, o, rowsOf(row(1, square(1000, 0, 90).Geometry, "code", "P04", "name", "甲")))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	a := keyed(geo.RolePlanner, "imp", "e5")
	first := send(a)
	corrected(t, s, geo.RolePlanner, "parcels", "P04", "", "name", "乙")
	again := send(a)
	was, _ := json.Marshal(first)
	is, _ := json.Marshal(again)
	if first.Replayed || !again.Replayed || !first.Committed || first.Updated != 1 || string(was) != string(is) {
		t.Errorf("reported %s, then %s", was, is)
	}
	if f, err := s.Feature(t.Context(), geo.Staff, "parcels", "P04"); err != nil || f.Properties["name"] != "乙" || f.Version != 3 {
		t.Errorf("%v, version %d, %v", f.Properties["name"], f.Version, err)
	}
}

// Answers are kept for two days.
func TestAnswersArePruned(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	write := func(key string) geo.Event {
		e, err := s.Create(t.Context(), keyed(geo.RoleAdmin, key, "f6"), geo.Draft{Collection: "boards", Values: map[string]string{"name": key}})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	write("old")
	write("young")
	if _, err := conn.Exec(t.Context(), `update auth.answer set at = now() - case key when 'old' then interval '49 hours' else interval '47 hours' end`); err != nil {
		t.Fatal(err)
	}
	if !write("young").Replayed {
		t.Error("an answer of 47 hours is gone")
	}
	if _, err := s.Create(t.Context(), keyed(geo.RoleAdmin, "old", "f6"), geo.Draft{Collection: "boards", Values: map[string]string{"name": "old"}}); geo.KindOf(err) != geo.Conflict {
		t.Errorf("an answer of 49 hours is still given: %v", err)
	}
	if err := s.PruneAnswers(t.Context()); err != nil {
		t.Fatal(err)
	}
	if keys := scan[string](t, conn, `select string_agg(key, ' ') from auth.answer`); keys != "young" {
		t.Errorf("kept: %s", keys)
	}
}
