package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"

	"tengdi/geo"
)

// slowReader is an open map that reads its stream event by event, when it likes.
type slowReader struct {
	t     *testing.T
	conn  net.Conn
	body  *bufio.Reader
	id    string           // Last-Event-ID
	state map[int64]string // status by id
}

// open connects, with a small buffer of the system when told so, coming back with the id of the last event where there is one.
func (r *slowReader) open(addr string, small bool) {
	r.t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	if small {
		if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			r.t.Fatal(err)
		}
	}
	req, err := http.NewRequest(http.MethodGet, "http://"+addr+"/api/live?tileset=public", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if r.id != "" {
		req.Header.Set("Last-Event-ID", r.id)
	}
	if err := req.Write(conn); err != nil {
		r.t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReaderSize(conn, 4<<10), req)
	if err != nil || res.StatusCode != http.StatusOK {
		r.t.Fatal(res, err)
	}
	r.conn, r.body = conn, bufio.NewReader(res.Body)
}

// next reads up to the end of one event and takes it in.
func (r *slowReader) next() (event string) {
	r.t.Helper()
	var id, data string
	for {
		line, err := r.body.ReadString('\n')
		if err != nil {
			r.t.Fatalf("the stream ended after event %s: %v", r.id, err)
		}
		line = strings.TrimSuffix(line, "\n")
		switch name, value, _ := strings.Cut(line, ": "); name {
		case "id":
			id = value
		case "event":
			event = value
		case "data":
			data = value
		}
		if line != "" {
			continue
		}
		if id != "" {
			r.id = id
		}
		if event == "change" {
			var a changeAnswer
			if err := json.Unmarshal([]byte(data), &a); err != nil {
				r.t.Fatal(err)
			}
			for _, c := range a.Changes {
				r.state[c.ID] = c.Status
			}
		}
		if event != "" {
			return event
		}
	}
}

// A reader that stops reading is cut off while the others hear every event. It
// comes back with the id of the last event that it took, gets what it missed, and
// ends in the state that the others are in.
func TestSlowReaderIsCutAndCatchesUp(t *testing.T) {
	s := newSite(t, village(), nil)
	hub := s.server.cfg.Hub
	addr := strings.TrimPrefix(s.http.URL, "http://")
	slow := &slowReader{t: t, state: map[int64]string{}}
	slow.open(addr, true)
	slow.next()
	fast := s.visitor().listen("?tileset=public")
	fast.until("event: hello")
	truth := map[int64]string{}
	revision := s.engines[geo.Public].Revision()
	padding := []string{strings.Repeat("1", 20<<10)} // so that few events fill the buffers of the system
	publish := func() {
		revision++
		id, status := revision%10, fmt.Sprint("s", revision)
		truth[id] = status
		hub.Publish(geo.Public, revision, []geo.Change{{Layer: "parcels", ID: id, Status: status}}, padding, false)
		fast.until(fmt.Sprintf(`data: {"revision":%d`, revision))
	}
	readers := func() int {
		hub.mu.Lock()
		defer hub.mu.Unlock()
		return len(hub.feeds[geo.Public].readers)
	}
	for range 3 {
		publish()
		slow.next()
	}
	begun := revision
	for readers() == 2 {
		if revision-begun > ringEvents-100 {
			t.Fatalf("after %d events the reader that reads none is still there", revision-begun)
		}
		publish()
	}
	for range 5 {
		publish() // it is gone; the other goes on
	}
	slow.conn.Close()
	slow.open(addr, false)
	for slow.id != fmt.Sprint(revision) {
		if event := slow.next(); event == "reload" {
			t.Fatal("what was missed is in the backlog, and the reader has to read everything again")
		}
	}
	if !maps.Equal(slow.state, truth) {
		t.Errorf("the reader that came back has %v, want %v", slow.state, truth)
	}
	publish()
	if slow.next(); !maps.Equal(slow.state, truth) {
		t.Errorf("after the next change it has %v, want %v", slow.state, truth)
	}
}
