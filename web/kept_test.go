package web

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"tengdi/geo"
)

// asked counts how often settings and base map are read from the store.
type asked struct {
	Store
	districts, references int
}

func (a *asked) District(ctx context.Context) (geo.District, error) {
	a.districts++
	return a.Store.District(ctx)
}

func (a *asked) References(ctx context.Context) ([]geo.Reference, error) {
	a.references++
	return a.Store.References(ctx)
}

// However many ask for settings and base map, the database hears of one.
func TestSettingsAndBaseMapComeFromMemory(t *testing.T) {
	store := &asked{}
	s := newSite(t, village(), func(c *Config) {
		store.Store = c.Store
		c.Store = store
	})
	v := s.visitor()
	for range 20 {
		for _, path := range []string{"/api/district", "/api/reference"} {
			if res, body := v.get(path); res.StatusCode != http.StatusOK || len(body) < 50 {
				t.Fatalf("%s: %d %s", path, res.StatusCode, body)
			}
		}
	}
	if store.districts != 1 || store.references != 1 {
		t.Errorf("the store was asked %d times for the settings and %d times for the base map", store.districts, store.references)
	}
}

func TestKeptAnswers(t *testing.T) {
	at := time.Unix(1_000_000, 0)
	calls := 0
	var fault error
	k := kept[int]{now: func() time.Time { return at }, fresh: 5 * time.Second, stale: time.Minute, ask: func(context.Context) (int, error) {
		calls++
		return calls, fault
	}}
	down := errors.New("down")
	for _, step := range []struct {
		name  string
		after time.Duration
		fault error
		want  int // 0 = the error
		calls int
	}{
		{"nothing yet, and it fails", 0, down, 0, 1},
		{"nothing yet, asked again at once", 0, nil, 2, 2},
		{"fresh", 4 * time.Second, nil, 2, 2},
		{"old", time.Second, nil, 3, 3},
		{"old, and it fails", 10 * time.Second, down, 3, 4},
		{"just failed", 500 * time.Millisecond, down, 3, 4},
		{"failed a while ago", time.Second, down, 3, 5},
		{"stale", time.Minute, down, 0, 6},
		{"back", 0, nil, 7, 7},
	} {
		at, fault = at.Add(step.after), step.fault
		got, err := k.get(t.Context())
		if got != step.want || calls != step.calls || (err != nil) != (step.want == 0) {
			t.Errorf("%s: %d after %d calls, %v; want %d after %d", step.name, got, calls, err, step.want, step.calls)
		}
	}
}
