package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// perAddress is how many streams come from one loopback address.
const perAddress = 250

// crowd is all open streams, and what they are checked against.
type crowd struct {
	w     *world
	index map[int64]int // public id to a place in each client's state

	ledger
	lag     durations // from a commit to its event, over all streams
	events  atomic.Int64
	bytes   atomic.Int64
	cuts    atomic.Int64 // streams that ended and came back
	seed    maphash.Seed
	decoded sync.Map // hash of a message to its *message: a thousand readers get the same one

	clients []*client
	end     context.CancelFunc
	all     sync.WaitGroup
}

// client is one open map: what it has been told.
type client struct {
	c       *crowd
	url     string
	http    *http.Client
	id      string // Last-Event-ID
	mu      sync.Mutex
	greeted bool
	from    int64 // revision of the first hello
	last    int64 // revision of the last event
	heard   []heard

	state         []byte // first letter of the status by place
	next          int    // place in the ledger of the first commit that it has not heard of
	lost, doubled int64
	disorder,
	reloads int
}

// heard is a message that a client has got.
type heard struct {
	*message
	at time.Time
}

// message is an event of changes, as far as it matters here.
type message struct {
	Revision int64 `json:"revision"`
	Changes  []struct {
		Layer  string `json:"layer"`
		ID     int64  `json:"id"`
		Status string `json:"status"`
	} `json:"changes"`
}

func newCrowd(w *world) *crowd {
	c := &crowd{w: w, index: map[int64]int{}, ledger: ledger{answered: make([][]time.Time, len(w.ids))}, seed: maphash.MakeSeed()}
	for _, id := range w.ids {
		c.index[id] = len(c.index)
	}
	return c
}

// open opens all streams and waits until each was greeted.
func (c *crowd) open(ctx context.Context, servers []*server, streams int) error {
	ctx, c.end = context.WithCancel(ctx)
	greeted := make(chan error, streams)
	var from *http.Client
	for i := range streams {
		if i%perAddress == 0 {
			from = clientAt(net.IPv4(127, 0, 1, byte(1+i/perAddress)))
		}
		k := &client{c: c, url: servers[i%len(servers)].URL, http: from, state: bytes.Repeat([]byte{'l'}, len(c.index))}
		c.clients = append(c.clients, k)
		c.all.Go(func() { k.follow(ctx, greeted) })
		if i%50 == 49 {
			time.Sleep(20 * time.Millisecond) // a burst of connects overruns the listener's queue
		}
	}
	for range streams {
		select {
		case err := <-greeted:
			if err != nil {
				return err
			}
		case <-time.After(30 * time.Second):
			return errors.New("a stream said no hello")
		}
	}
	return nil
}

func (c *crowd) close() {
	c.end()
	c.all.Wait()
}

// clientAt connects from one loopback address.
func clientAt(ip net.IP) *http.Client {
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: ip}}
	return &http.Client{Transport: &http.Transport{DialContext: d.DialContext, ReadBufferSize: 4 << 10}}
}

// follow reads the stream, and comes back when it ends, until ctx ends.
func (k *client) follow(ctx context.Context, greeted chan<- error) {
	first := true
	for ctx.Err() == nil {
		err := k.once(ctx, func() {
			if first {
				greeted <- nil
			}
			first = false
		})
		if ctx.Err() != nil {
			return
		}
		if first {
			greeted <- fmt.Errorf("a stream could not be opened: %w", err)
			return
		}
		k.c.cuts.Add(1)
		time.Sleep(100 * time.Millisecond)
	}
}

// once reads one connection to its end.
func (k *client) once(ctx context.Context, hello func()) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url+"/api/live?tileset=public", nil)
	if err != nil {
		return err
	}
	if k.id != "" {
		req.Header.Set("Last-Event-ID", k.id)
	}
	resp, err := k.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 0, 4<<10), 1<<20)
	var id, event string
	for lines.Scan() {
		line := lines.Bytes()
		switch name, value, _ := bytes.Cut(line, []byte(": ")); string(name) {
		case "id":
			id = string(value)
		case "event":
			event = string(value)
		case "data":
			k.take(event, value, time.Now())
			if event == "hello" {
				hello()
			}
		case "":
			if id != "" {
				k.id = id
			}
			event = ""
		}
	}
	return lines.Err()
}

// take notes one event, to be reckoned when it is known what was committed.
func (k *client) take(event string, data []byte, at time.Time) {
	k.c.events.Add(1)
	k.c.bytes.Add(int64(len(data)))
	k.mu.Lock()
	defer k.mu.Unlock()
	switch event {
	case "hello":
		if !k.greeted {
			k.greeted, k.from = true, k.c.decode(data).Revision
		}
	case "reload":
		k.reloads++
	case "change":
		m := k.c.decode(data)
		if m.Revision <= k.last {
			k.disorder++
		}
		k.last = m.Revision
		k.heard = append(k.heard, heard{m, at})
	}
}

func (c *crowd) decode(data []byte) *message {
	key := maphash.Bytes(c.seed, data)
	if m, ok := c.decoded.Load(key); ok {
		return m.(*message)
	}
	m := &message{Revision: -1}
	if err := json.Unmarshal(data, m); err != nil {
		m.Revision = -1 // counts as out of order
	}
	got, _ := c.decoded.LoadOrStore(key, m)
	return got.(*message)
}
