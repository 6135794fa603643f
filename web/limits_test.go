package web

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

// clock is a time that tests move by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)} }

func TestBuckets(t *testing.T) {
	c := newClock()
	b := newBuckets(2, 3, 100, c.now)
	drain := func() (n int) {
		for {
			ok, _ := b.take("a")
			if !ok {
				return n
			}
			n++
		}
	}
	if n := drain(); n != 3 {
		t.Errorf("the burst is %d, want 3", n)
	}
	if ok, wait := b.take("a"); ok || wait != 500*time.Millisecond {
		t.Errorf("an empty bucket gives %v and says to wait %v", ok, wait)
	}
	if ok, _ := b.take("b"); !ok {
		t.Error("one client's use counts against another")
	}
	c.advance(time.Second)
	if n := drain(); n != 2 {
		t.Errorf("a second gives %d tokens, want 2", n)
	}
	c.advance(time.Hour)
	if n := drain(); n != 3 {
		t.Errorf("an hour gives %d tokens, want no more than the burst", n)
	}
	c.advance(-time.Hour)
	if n := drain(); n != 0 {
		t.Errorf("a clock set back gives %d tokens", n)
	}
	b.giveBack("a")
	if n := drain(); n != 1 {
		t.Errorf("a returned token gives %d", n)
	}
}

func TestBucketsAreBounded(t *testing.T) {
	c := newClock()
	b := newBuckets(1, 1, 10, c.now)
	for i := range 1000 {
		b.take(fmt.Sprint(i))
	}
	if len(b.byKey) != 10 || b.order.Len() != 10 {
		t.Errorf("%d keys and %d places are kept, want 10", len(b.byKey), b.order.Len())
	}
	if ok, _ := b.take("999"); ok {
		t.Error("the latest key was forgotten")
	}
}

func TestClientAddr(t *testing.T) {
	proxies := []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("fd00::/8"),
	}
	s := &Server{cfg: Config{TrustedProxies: proxies}}
	cases := []struct{ remote, forwarded, want string }{
		{"198.51.100.1:4000", "", "198.51.100.1"},
		{"198.51.100.1:4000", "203.0.113.9", "198.51.100.1"}, // anybody can claim
		{"10.1.2.3:4000", "203.0.113.9", "203.0.113.9"},
		{"10.1.2.3:4000", "203.0.113.9, 10.9.9.9", "203.0.113.9"},
		{"10.1.2.3:4000", "1.1.1.1, 203.0.113.9, 192.0.2.7", "203.0.113.9"}, // 1.1.1.1 is the caller's own claim
		{"10.1.2.3:4000", "", "10.1.2.3"},
		{"10.1.2.3:4000", "garbage", "10.1.2.3"},
		{"[::ffff:10.1.2.3]:4000", "::ffff:203.0.113.9", "203.0.113.9"},
		{"[fd00::1]:4000", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"},
	}
	for _, c := range cases {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := s.clientAddr(r); got != c.want {
			t.Errorf("from %s with %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "[2001:db8:1:2:3:4:5:6]:4000"
	if got := s.clientKey(r); got != "2001:db8:1:2::/64" {
		t.Errorf("an IPv6 client counts as %s", got)
	}
}
