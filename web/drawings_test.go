package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// waitFor waits until something holds that other goroutines bring about.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func (g *gate) waits() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting
}

// A picture is drawn once for all who ask for it, one at a time; beyond a bounded
// queue askers are sent away, and who leaves the queue is not drawn for.
func TestPicturesAreDrawnOnceAndInTurn(t *testing.T) {
	d := newDrawings()
	var drawn, now atomic.Int32
	begin := make(chan struct{})
	draw := func() ([]byte, error) {
		if now.Add(1) > drawingsAtOnce {
			t.Error("too many are drawn at once")
		}
		defer now.Add(-1)
		<-begin
		drawn.Add(1)
		return []byte("png"), nil
	}
	var all sync.WaitGroup
	ask := func(ctx context.Context, client, etag string, want error) {
		all.Go(func() {
			if body, err := d.get(ctx, client, etag, draw); !errors.Is(err, want) || want == nil && string(body) != "png" {
				t.Errorf("%s of %s: %q, %v", etag, client, body, err)
			}
		})
	}
	gone, leave := context.WithCancel(t.Context())
	ask(t.Context(), "a", "1", nil)
	waitFor(t, "the first is drawn", func() bool { return now.Load() == 1 })
	for range waitingToDrawEach - 1 {
		ask(t.Context(), "a", "1", nil)
	}
	ask(gone, "a", "never", context.Canceled)
	waitFor(t, "the client's queue is full", func() bool { return d.gate.waits() == waitingToDrawEach })
	var refused *statusError
	if _, err := d.get(t.Context(), "a", "2", draw); !errors.As(err, &refused) || refused.status != http.StatusTooManyRequests {
		t.Errorf("one too many of a client: %v", err)
	}
	ask(t.Context(), "b", "2", nil) // another one still has a turn
	waitFor(t, "the other waits", func() bool { return d.gate.waits() == waitingToDrawEach+1 })
	leave()
	waitFor(t, "one left", func() bool { return d.gate.waits() == waitingToDrawEach })
	close(begin)
	all.Wait()
	if drawn.Load() != 2 {
		t.Errorf("two pictures were drawn %d times", drawn.Load())
	}
	if d.gate.waits() != 0 || d.gate.free != drawingsAtOnce || len(d.gate.queues) != 0 {
		t.Errorf("the gate is left with %+v", d.gate)
	}
	broken := errors.New("broken")
	for range 2 {
		if _, err := d.get(t.Context(), "a", "3", func() ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
			t.Errorf("what cannot be drawn: %v", err)
		}
	}
}

// The picture of a parcel is one for every minute, host and form of its address, and
// is drawn anew when something published or the language is another.
func TestPictureOfAParcelIsKept(t *testing.T) {
	var minutes atomic.Int64
	s := newSite(t, village(), func(c *Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(minutes.Load()) * time.Minute) }
	})
	kept := func() int { return s.server.drawings.kept.order.Len() }
	first := ask(s.server, "203.0.113.1", "/listings/P01/card.png")
	if first.Code != 200 || first.Header().Get("Content-Type") != "image/png" || kept() != 1 {
		t.Fatalf("%d %s, %d kept", first.Code, first.Header(), kept())
	}
	for n, path := range []string{"/listings/P01/card.png", "/listings/P01/card.png?lang=zh-CN", "/listings/%5001/card.png"} {
		minutes.Add(1)
		again := ask(s.server, fmt.Sprintf("203.0.113.%d", n), path, "X-Forwarded-Host", "other.example")
		if again.Code != 200 || again.Header().Get("ETag") != first.Header().Get("ETag") || again.Body.String() != first.Body.String() || kept() != 1 {
			t.Errorf("%s: %d, ETag %s and %s, %d kept", path, again.Code, first.Header().Get("ETag"), again.Header().Get("ETag"), kept())
		}
	}
	if en := ask(s.server, "203.0.113.1", "/listings/P01/card.png?lang=en"); en.Code != 200 || en.Header().Get("ETag") == first.Header().Get("ETag") || kept() != 2 {
		t.Errorf("in English: %d, %d kept", en.Code, kept())
	}
	if other := ask(s.server, "203.0.113.1", "/listings/P02/card.png"); other.Header().Get("ETag") == first.Header().Get("ETag") || other.Body.String() == first.Body.String() || kept() != 3 {
		t.Errorf("another parcel: %d, %d kept", other.Code, kept())
	}
	s.exec(`update pub.parcel set name = name || 'X' where code = 'P01'`)
	s.exec(`update pub.revision set revision = revision + 1`)
	if next := ask(s.server, "203.0.113.1", "/listings/P01/card.png"); next.Body.String() == first.Body.String() || strings.EqualFold(next.Header().Get("ETag"), first.Header().Get("ETag")) {
		t.Error("the picture stays when its parcel changes")
	}
}
