package postgis

import (
	"testing"
	"time"
)

// A lone change is told at once; of changes that keep coming, ten a second.
func TestPace(t *testing.T) {
	var p pace
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range 20 {
		if held := p.hold(now); held != 0 {
			t.Errorf("change %d after a quiet time is held for %s", i, held)
		}
		now = now.Add(paceEvery)
	}
	// A flood: asked again as soon as the last look is done.
	looks, begun := 0, now
	for now.Sub(begun) < 10*time.Second {
		held := p.hold(now)
		if held > paceEvery {
			t.Fatalf("look %d is held for %s", looks, held)
		}
		now = now.Add(held).Add(time.Millisecond)
		looks++
	}
	if looks < 100 || looks > 100+paceAhead+2 {
		t.Errorf("%d looks in ten seconds of a flood, want ten a second", looks)
	}
	// A look that took long earns no more than what a quiet time does.
	now = now.Add(time.Hour)
	early := 0
	for p.hold(now) == 0 {
		early++
	}
	if early != paceAhead+1 {
		t.Errorf("%d looks at once after an hour, want %d", early, paceAhead+1)
	}
}
