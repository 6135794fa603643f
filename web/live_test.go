package web

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// reader is an open live stream.
type reader struct {
	t     testing.TB
	res   *http.Response
	lines chan string // closed when the stream ends
}

func (v *visitor) listen(query string, headers ...string) *reader {
	v.site.t.Helper()
	ctx, cancel := context.WithCancel(v.site.t.Context())
	v.site.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", v.site.http.URL+"/api/live"+query, nil)
	if err != nil {
		v.site.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := *v.client
	client.Timeout = 0
	res, err := client.Do(r)
	if err != nil {
		v.site.t.Fatal(err)
	}
	v.site.t.Cleanup(func() { res.Body.Close() })
	rd := &reader{v.site.t, res, make(chan string, 100)}
	go func() {
		defer close(rd.lines)
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			rd.lines <- in.Text()
		}
	}()
	return rd
}

// until reads lines up to one that contains the text.
func (r *reader) until(text string) string {
	r.t.Helper()
	timeout := time.After(20 * time.Second)
	var seen []string
	for {
		select {
		case line, open := <-r.lines:
			if !open {
				r.t.Fatalf("the stream ended before %q; it had %q", text, seen)
			}
			if strings.Contains(line, text) {
				return line
			}
			seen = append(seen, line)
		case <-timeout:
			r.t.Fatalf("no %q in the stream; it had %q", text, seen)
		}
	}
}

// ended reads the rest and fails unless the stream ends soon.
func (r *reader) ended() (rest []string) {
	r.t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case line, open := <-r.lines:
			if !open {
				return rest
			}
			rest = append(rest, line)
		case <-timeout:
			r.t.Fatal("the stream goes on")
		}
	}
}

func TestLive(t *testing.T) {
	s := newSite(t, village(), nil)
	pub, staff := s.visitor().listen("?tileset=public"), s.as(geo.RoleViewer).listen("?tileset=staff")
	if got := pub.res.Header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" || pub.res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", pub.res.Header)
	}
	pub.until("event: hello")
	revision := s.engines[geo.Public].Revision()
	pub.until(fmt.Sprintf(`data: {"revision":%d}`, revision))
	staff.until("event: hello")

	s.server.cfg.Hub.Publish(geo.Public, revision+1, []geo.Change{{Layer: "parcels", ID: 7, Status: "sold"}}, []string{"14/1/2"}, false)
	pub.until(fmt.Sprintf("id: %d", revision+1))
	pub.until("event: change")
	if got := pub.until("data: "); got != fmt.Sprintf(`data: {"revision":%d,"changes":[{"layer":"parcels","id":7,"status":"sold","gone":false}],"tiles":["14/1/2"]}`, revision+1) {
		t.Errorf("data: %s", got)
	}
	back := s.visitor().listen("", "Last-Event-ID", fmt.Sprint(revision))
	back.until("event: change")
	lost := s.visitor().listen("", "Last-Event-ID", "999999")
	lost.until("event: reload")
	s.server.cfg.Hub.Publish(geo.Staff, 1000, []geo.Change{{Layer: "buildings", ID: 8, Status: "demolished"}}, nil, false)
	if got := staff.until("data: {\"revision\":1000"); !strings.Contains(got, "buildings") {
		t.Errorf("staff: %s", got)
	}
}

func TestLiveRefusals(t *testing.T) {
	s := newSite(t, village(), nil)
	for query, status := range map[string]int{"?tileset=staff": 401, "?tileset=x": 400, "?tileset=": 400, "?since=1": 400} {
		if res, _ := s.visitor().get("/api/live" + query); res.StatusCode != status {
			t.Errorf("%s: %d", query, res.StatusCode)
		}
	}
	if res, _ := s.visitor().get("/api/live", "Last-Event-ID", "x"); res.StatusCode != 400 {
		t.Errorf("a strange Last-Event-ID: %d", res.StatusCode)
	}
	s.server.Drain()
	if res, _ := s.visitor().get("/api/live"); res.StatusCode != 503 {
		t.Errorf("while draining: %d", res.StatusCode)
	}
}

func TestLiveEndsWithTheSession(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleViewer)
	mine, other := v.listen("?tileset=staff"), s.as(geo.RoleLeader).listen("?tileset=staff")
	mine.until("event: hello")
	other.until("event: hello")
	if res, _ := v.do("DELETE", "/api/session", nil); res.StatusCode != 204 {
		t.Fatal(res.StatusCode)
	}
	mine.ended()

	// Signed out on another replica: the row is gone, and no event goes out.
	s.exec(`delete from auth.session`)
	time.Sleep(trustSession + 100*time.Millisecond)
	s.server.cfg.Hub.Publish(geo.Staff, 2000, []geo.Change{{Layer: "buildings", ID: 8, Status: "demolished"}}, nil, false)
	for _, line := range other.ended() {
		if strings.Contains(line, "2000") {
			t.Errorf("the event went to a session that was gone: %s", line)
		}
	}
}

// A stream ends with the token that opened it, and with the right to read.
func TestLiveEndsWithTheToken(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleViewer)
	for i, end := range []string{`delete from auth.token`, `update auth.token set scope = '{write}'`, `update auth."user" set disabled = true`} {
		s.exec(`update auth."user" set disabled = false`)
		_, secret := v.token(`"read"`)
		r := s.visitor().listen("?tileset=staff", "Authorization", "Bearer "+secret)
		r.until("event: hello")
		s.exec(end)
		time.Sleep(recheck + 100*time.Millisecond)
		revision := int64(2000 + i)
		s.server.cfg.Hub.Publish(geo.Staff, revision, []geo.Change{{Layer: "buildings", ID: 8, Status: "demolished"}}, nil, false)
		for _, line := range r.ended() {
			if strings.Contains(line, fmt.Sprint(revision)) {
				t.Errorf("after %s the event was told: %s", end, line)
			}
		}
	}
}

func TestLiveDrains(t *testing.T) {
	s := newSite(t, village(), nil)
	r := s.visitor().listen("")
	r.until("event: hello")
	began := time.Now()
	s.server.Drain()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.http.Config.Shutdown(ctx); err != nil {
		t.Errorf("shutdown with an open stream: %v after %v", err, time.Since(began))
	}
	if rest := strings.Join(r.ended(), "\n"); !strings.Contains(rest, "retry: ") {
		t.Errorf("the last words: %q", rest)
	}
	if n := s.server.cfg.Hub.Readers(); n != 0 {
		t.Errorf("%d readers are left", n)
	}
}

// The limits of ordinary requests must not end a stream.
func TestLiveOutlivesTheServersLimits(t *testing.T) {
	s := newSite(t, village(), nil)
	s.http.Close()
	s.http = httptest.NewUnstartedServer(nil)
	s.http.Config = s.server.HTTPServer()
	s.http.Config.ReadTimeout, s.http.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	s.http.Start()
	t.Cleanup(s.http.Close)
	r := s.visitor().listen("")
	r.until("event: hello")
	time.Sleep(time.Second)
	revision := s.engines[geo.Public].Revision()
	s.server.cfg.Hub.Publish(geo.Public, revision+1, []geo.Change{{Layer: "parcels", ID: 7}}, nil, false)
	r.until("event: change")
}

func TestReadersLeave(t *testing.T) {
	s := newSite(t, village(), nil)
	r := s.visitor().listen("")
	r.until("event: hello")
	if n := s.server.cfg.Hub.Readers(); n != 1 {
		t.Errorf("%d readers", n)
	}
	r.res.Body.Close()
	for deadline := time.Now().Add(20 * time.Second); s.server.cfg.Hub.Readers() != 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a reader that left is still counted")
		}
	}
}
