package web

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tengdi/geo"
)

func newTestHub(t *testing.T) *Hub {
	t.Helper()
	h := NewHub()
	h.Start(geo.Public, 10)
	h.Start(geo.Staff, 10)
	return h
}

func subscribe(t *testing.T, h *Hub, sub subscription) *subscriber {
	t.Helper()
	if sub.audience == "" {
		sub.audience = geo.Public
	}
	st, err := h.subscribe(sub)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func greetingOf(st *subscriber) string { return string(bytes.Join(st.greeting, nil)) }

func change(id int64) []geo.Change {
	return []geo.Change{{Layer: "parcels", ID: id, Status: "sold"}}
}

func TestHubGreets(t *testing.T) {
	h := newTestHub(t)
	for r := int64(11); r <= 13; r++ {
		h.Publish(geo.Public, r, change(r), []string{"1/0/0"}, false)
	}
	cases := []struct {
		name   string
		after  int64
		resume bool
		has    []string
		hasNot []string
	}{
		{"new", 0, false, []string{"event: hello", `{"revision":13}`, "retry: "}, []string{"event: change", "event: reload"}},
		{"up to date", 13, true, []string{"event: hello"}, []string{"event: change", "event: reload"}},
		{"missed two", 11, true, []string{"id: 12\nevent: change", "id: 13\nevent: change"}, []string{"id: 11\n", "event: reload"}},
		{"from the start", 10, true, []string{"id: 11\n", "id: 12\n"}, []string{"event: reload"}},
		{"before the ring", 9, true, []string{"event: reload"}, []string{"event: change"}},
		{"from a database that went back", 99, true, []string{"event: reload"}, []string{"event: change"}},
	}
	for _, c := range cases {
		greeting := greetingOf(subscribe(t, h, subscription{after: c.after, resume: c.resume}))
		for _, want := range c.has {
			if !strings.Contains(greeting, want) {
				t.Errorf("%s: no %q in %q", c.name, want, greeting)
			}
		}
		for _, not := range c.hasNot {
			if strings.Contains(greeting, not) {
				t.Errorf("%s: %q in %q", c.name, not, greeting)
			}
		}
	}
	if greeting := greetingOf(subscribe(t, h, subscription{audience: geo.Staff, after: 10, resume: true})); strings.Contains(greeting, "event: change") {
		t.Errorf("staff are told of the public's feed: %q", greeting)
	}
}

// lastIDs lists the id that a reader holds after each event of a stream, as the
// browser keeps it.
func lastIDs(stream string, before int64) []int64 {
	var out []int64
	for _, event := range strings.Split(stream, "\n\n") {
		for _, line := range strings.Split(event, "\n") {
			if text, ok := strings.CutPrefix(line, "id: "); ok {
				before, _ = strconv.ParseInt(text, 10, 64)
			}
		}
		if strings.Contains(event, "event: ") {
			out = append(out, before)
		}
	}
	return out
}

// A reader that comes back and breaks off again after any of the events that it
// missed has an id with which it gets the rest.
func TestHubResumesAfterEachEvent(t *testing.T) {
	h := newTestHub(t)
	for r := int64(11); r <= 13; r++ {
		h.Publish(geo.Public, r, change(r), nil, false)
	}
	for after, want := range map[int64][]int64{
		10: {10, 11, 12, 13}, // hello, then what was missed
		12: {12, 13},
		13: {13},
		3:  {3, 13}, // hello, reload
	} {
		greeting := greetingOf(subscribe(t, h, subscription{after: after, resume: true}))
		if got := lastIDs(greeting, after); !slices.Equal(got, want) {
			t.Errorf("after %d the reader holds %v, want %v: %q", after, got, want, greeting)
		}
	}
	if got := lastIDs(greetingOf(subscribe(t, h, subscription{})), 0); !slices.Equal(got, []int64{13}) {
		t.Errorf("a new reader holds %v, want 13", got)
	}
}

func TestHubRingIsBounded(t *testing.T) {
	h := newTestHub(t)
	for r := int64(11); r < 11+2*ringEvents; r++ {
		h.Publish(geo.Public, r, change(r), nil, false)
	}
	f := h.feeds[geo.Public]
	if len(f.ring) != ringEvents {
		t.Errorf("the ring has %d events", len(f.ring))
	}
	size := 0
	for _, e := range f.ring {
		size += len(e.frame)
	}
	if size != f.bytes {
		t.Errorf("the ring counts %d bytes and has %d", f.bytes, size)
	}
	first := f.ring[0].revision
	if f.base != first-1 {
		t.Errorf("the ring begins after %d, its first event is %d", f.base, first)
	}
	if g := greetingOf(subscribe(t, h, subscription{after: first - 1, resume: true})); strings.Contains(g, "reload") {
		t.Error("a reader that missed exactly the ring has to reload")
	}
	if g := greetingOf(subscribe(t, h, subscription{after: first - 2, resume: true})); !strings.Contains(g, "reload") {
		t.Error("a reader that missed more than the ring is not told to reload")
	}
	big := strings.Repeat("x", 200<<10)
	for r := int64(10_000); r < 10_100; r++ {
		h.Publish(geo.Public, r, nil, []string{big}, false)
	}
	if f.bytes > ringBytes {
		t.Errorf("the ring holds %d bytes", f.bytes)
	}
}

func TestHubCutsSlowReaders(t *testing.T) {
	h := newTestHub(t)
	slow, fast := subscribe(t, h, subscription{}), subscribe(t, h, subscription{})
	got := 0
	for r := int64(11); r <= 11+readerQueue; r++ {
		h.Publish(geo.Public, r, change(r), nil, false)
		<-fast.queue
		got++
	}
	select {
	case <-slow.closed:
	default:
		t.Error("the slow reader is still there")
	}
	select {
	case <-fast.closed:
		t.Error("the fast reader was cut off")
	default:
	}
	if got != readerQueue+1 {
		t.Errorf("the fast reader got %d events", got)
	}
	if strings.Contains(string(slow.farewell()), "retry") {
		t.Error("a reader that was cut off for its slowness is told to wait as at a shutdown")
	}
	// What it comes back with, it gets.
	if g := greetingOf(subscribe(t, h, subscription{after: 10 + readerQueue, resume: true})); !strings.Contains(g, fmt.Sprintf("id: %d\n", 11+readerQueue)) {
		t.Errorf("the reader that comes back gets %q", g)
	}
	h.unsubscribe(slow)
	h.unsubscribe(fast)
	if h.Readers() != 1 {
		t.Errorf("%d readers are counted, want 1", h.Readers())
	}
}

func TestHubReloads(t *testing.T) {
	h := newTestHub(t)
	st := subscribe(t, h, subscription{})
	tooMuch := make([]geo.Change, 20_000)
	for i := range tooMuch {
		tooMuch[i] = geo.Change{Layer: "parcels", ID: int64(i), Status: "sold"}
	}
	h.Publish(geo.Public, 11, []geo.Change{{Layer: "*"}}, nil, false)
	h.Publish(geo.Public, 12, nil, nil, true)
	h.Publish(geo.Public, 13, tooMuch, nil, false)
	h.Publish(geo.Public, 14, change(1), nil, true)
	h.Start(geo.Public, 20)
	for i, want := range []string{"event: reload", "event: reload", "event: reload", `"all":true`, "id: 20\nevent: reload"} {
		if frame := string(<-st.queue); !strings.Contains(frame, want) {
			t.Errorf("event %d is %q, want %s", i, frame, want)
		}
	}
}

func TestChangeFrame(t *testing.T) {
	got := string(changeFrame(7, []geo.Change{
		{Layer: "parcels", ID: 5, Status: "sold"},
		{Layer: "areas", ID: 6, Gone: true},
		{Layer: "projects", ID: 7, Status: "landed", History: geo.History{Letters: "ac", Days: []geo.Day{17000, 17100}}},
	}, []string{"12/3/4"}, false))
	want := "id: 7\nevent: change\ndata: " +
		`{"revision":7,"changes":[{"layer":"parcels","id":5,"status":"sold","gone":false},{"layer":"areas","id":6,"status":"","gone":true},{"layer":"projects","id":7,"status":"landed","gone":false,"h":"ac","t":[17000,17100]}],"tiles":["12/3/4"]}` + "\n\n"
	if got != want {
		t.Errorf("frame %q, want %q", got, want)
	}
}

func TestHubLimitsReaders(t *testing.T) {
	h := newTestHub(t)
	var last *subscriber
	for range maxPerClient {
		last = subscribe(t, h, subscription{client: "a"})
	}
	if _, err := h.subscribe(subscription{audience: geo.Public, client: "a"}); problemOf(err, chinese).Status != 429 {
		t.Errorf("one stream too many of a client: %v", err)
	}
	subscribe(t, h, subscription{client: "b"})
	h.unsubscribe(last)
	subscribe(t, h, subscription{client: "a"})
	for i := h.Readers(); i < maxReaders-staffReaders; i++ {
		last = subscribe(t, h, subscription{client: fmt.Sprint("c", i)})
	}
	full := func(aud geo.Audience) {
		t.Helper()
		if _, err := h.subscribe(subscription{audience: aud, client: "z"}); problemOf(err, chinese).Status != 503 {
			t.Errorf("one stream of the %s too many: %v", aud, err)
		}
	}
	full(geo.Public)

	// Whatever the public has open, of one address or of all, the staff come in.
	subscribe(t, h, subscription{audience: geo.Staff, client: "a"})
	for i := h.Readers(); i < maxReaders; i++ {
		subscribe(t, h, subscription{audience: geo.Staff, client: fmt.Sprint("s", i)})
	}
	full(geo.Staff)
	h.unsubscribe(last)
	subscribe(t, h, subscription{audience: geo.Staff, client: "s"}) // what nobody has taken is anybody's
	full(geo.Public)
}

// A client's streams of one audience do not count against those of the other.
func TestHubCountsClientsByAudience(t *testing.T) {
	h := newTestHub(t)
	all := map[geo.Audience][]*subscriber{}
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		for range maxPerClient {
			all[aud] = append(all[aud], subscribe(t, h, subscription{audience: aud, client: "office"}))
		}
		if _, err := h.subscribe(subscription{audience: aud, client: "office"}); problemOf(err, chinese).Status != 429 {
			t.Errorf("one stream of the %s too many of a client: %v", aud, err)
		}
	}
	for _, list := range all {
		for _, st := range list {
			h.unsubscribe(st)
		}
	}
	if h.Readers() != 0 || len(h.byClient) != 0 {
		t.Errorf("%d streams and %d clients are still counted", h.Readers(), len(h.byClient))
	}
	for aud, f := range h.feeds {
		if len(f.readers) != 0 || h.ReadersOf(aud) != 0 {
			t.Errorf("%d streams of the %s are still kept", len(f.readers), aud)
		}
	}
}

func TestHubEndsSessions(t *testing.T) {
	h := newTestHub(t)
	mine, other := sessionID{1}, sessionID{2}
	a := subscribe(t, h, subscription{audience: geo.Staff, session: mine})
	b := subscribe(t, h, subscription{audience: geo.Staff, session: other})
	p := subscribe(t, h, subscription{})
	h.endSession(mine)
	h.endSession(sessionID{}) // of a caller without a session: nobody's
	for name, c := range map[string]struct {
		st   *subscriber
		ends bool
	}{"mine": {a, true}, "another": {b, false}, "the public's": {p, false}} {
		select {
		case <-c.st.closed:
			if !c.ends {
				t.Errorf("the stream of %s ended", name)
			}
		default:
			if c.ends {
				t.Errorf("the stream of %s goes on", name)
			}
		}
	}
}

func TestHubDrains(t *testing.T) {
	h := newTestHub(t)
	st := subscribe(t, h, subscription{})
	h.Drain()
	<-st.closed
	if !strings.HasPrefix(string(st.farewell()), "retry: ") {
		t.Errorf("the farewell is %q", st.farewell())
	}
	if _, err := h.subscribe(subscription{audience: geo.Public}); kindOf(err) != geo.Unavailable {
		t.Errorf("a stream after the end: %v", err)
	}
	h.Publish(geo.Public, 11, change(1), nil, false) // goes nowhere, and does not block
	h.unsubscribe(st)
}
