package web

import (
	"container/list"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Limits bound what callers may use. A zero field takes the value that
// DefaultLimits gives it.
type Limits struct {
	RequestsPerSecond float64 // of one client over the API and the tiles
	RequestBurst      float64 // requests that a client may make at once
	Clients           int     // how many clients are told apart at one time

	TokenRequestsPerSecond float64 // of one token, besides those of its address
	TokenRequestBurst      float64

	WaitingTiles          int // tile requests that may wait, over all clients
	WaitingTilesPerClient int // and of one client

	EnquiriesPerHour float64 // of one client to the investment desk, without a login
	EnquiriesInAll   float64 // and of all together

	UploadBytes int64 // the largest file that can be imported
	Imports     int   // imports that may run at once
	Uploads     int   // papers that may come in at once
}

// DefaultLimits suit a district on two cores. A map opens with some 20 tiles
// and an office shares one address, so a client here is many browser tabs.
func DefaultLimits() Limits {
	return Limits{
		RequestsPerSecond:      200,
		RequestBurst:           800,
		Clients:                20_000,
		TokenRequestsPerSecond: 20,
		TokenRequestBurst:      200,
		WaitingTiles:           2_000,
		WaitingTilesPerClient:  400,
		EnquiriesPerHour:       6,
		EnquiriesInAll:         120,
		UploadBytes:            200 << 20,
		Imports:                2,
		Uploads:                8,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	l.RequestsPerSecond = orDefault(l.RequestsPerSecond, d.RequestsPerSecond)
	l.RequestBurst = orDefault(l.RequestBurst, d.RequestBurst)
	l.Clients = orDefault(l.Clients, d.Clients)
	l.TokenRequestsPerSecond = orDefault(l.TokenRequestsPerSecond, d.TokenRequestsPerSecond)
	l.TokenRequestBurst = orDefault(l.TokenRequestBurst, d.TokenRequestBurst)
	l.WaitingTiles = orDefault(l.WaitingTiles, d.WaitingTiles)
	l.WaitingTilesPerClient = orDefault(l.WaitingTilesPerClient, d.WaitingTilesPerClient)
	l.EnquiriesPerHour = orDefault(l.EnquiriesPerHour, d.EnquiriesPerHour)
	l.EnquiriesInAll = orDefault(l.EnquiriesInAll, d.EnquiriesInAll)
	l.UploadBytes = orDefault(l.UploadBytes, d.UploadBytes)
	l.Imports = orDefault(l.Imports, d.Imports)
	l.Uploads = orDefault(l.Uploads, d.Uploads)
	return l
}

func orDefault[T int | int64 | float64](v, fallback T) T {
	if v <= 0 {
		return fallback
	}
	return v
}

// buckets holds a token bucket for each key: burst tokens at first, rate more
// every second. It tells a bounded number of keys apart; the one unused for
// longest is forgotten, which fills its bucket again.
type buckets struct {
	rate, burst float64
	limit       int
	now         func() time.Time

	mu    sync.Mutex
	byKey map[string]*list.Element // of *bucket
	order *list.List               // most recently used first
}

type bucket struct {
	key    string
	tokens float64
	at     time.Time
}

func newBuckets(rate, burst float64, limit int, now func() time.Time) *buckets {
	return &buckets{rate: rate, burst: burst, limit: limit, now: now, byKey: map[string]*list.Element{}, order: list.New()}
}

// take uses one token of the key. Without one it says how long until there is
// one again.
func (b *buckets) take(key string) (ok bool, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.filled(key)
	if k.tokens >= 1 {
		k.tokens--
		return true, 0
	}
	return false, time.Duration((1 - k.tokens) / b.rate * float64(time.Second))
}

// giveBack returns a token that was taken and turned out not to count.
func (b *buckets) giveBack(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.filled(key)
	k.tokens = min(b.burst, k.tokens+1)
}

func (b *buckets) filled(key string) *bucket {
	now := b.now()
	if el, ok := b.byKey[key]; ok {
		b.order.MoveToFront(el)
		k := el.Value.(*bucket)
		if passed := now.Sub(k.at); passed > 0 {
			k.tokens = min(b.burst, k.tokens+passed.Seconds()*b.rate)
			k.at = now
		}
		return k
	}
	for len(b.byKey) >= b.limit {
		oldest := b.order.Back()
		delete(b.byKey, oldest.Value.(*bucket).key)
		b.order.Remove(oldest)
	}
	k := &bucket{key: key, tokens: b.burst, at: now}
	b.byKey[key] = b.order.PushFront(k)
	return k
}

// clientAddr is the address of the caller. Behind trusted proxies it is the
// last address of X-Forwarded-For that is not itself a trusted proxy; from
// anybody else the header is a mere claim and is not read.
func (s *Server) clientAddr(r *http.Request) string { return s.clientIP(r).String() }

// clientIP is clientAddr as a number; not valid when it is not known.
func (s *Server) clientIP(r *http.Request) netip.Addr {
	addr, ok := remoteAddr(r)
	if !ok || !s.trusted(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
		if !s.trusted(addr) {
			break
		}
	}
	return addr
}

// clientKey is what counts as one client: an IPv4 address, or the /64 network
// that one IPv6 customer has.
func (s *Server) clientKey(r *http.Request) string {
	addr := s.clientIP(r)
	if !addr.IsValid() {
		return ""
	}
	if addr.Is6() {
		if network, err := addr.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}

// remoteAddr is the address at the other end of the connection.
func remoteAddr(r *http.Request) (netip.Addr, bool) {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	return ap.Addr().Unmap(), true
}

func (s *Server) trusted(addr netip.Addr) bool {
	for _, p := range s.cfg.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// scheme is how the browser reached us.
func (s *Server) scheme(r *http.Request) string {
	if r.TLS != nil || s.cfg.Secure {
		return "https"
	}
	if addr, ok := remoteAddr(r); ok && s.trusted(addr) && r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https"
	}
	return "http"
}
