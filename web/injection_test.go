package web

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"golang.org/x/sync/errgroup"

	"tengdi/geo"
)

// reply is what came back, without what differs from one request to the next.
type reply struct {
	status int
	body   string
	took   time.Duration
}

// attack sends requests to the site without a network.
type attack struct {
	t      *testing.T
	site   *site
	cookie string
}

// ask makes one request as the administrator, by a session of its own.
func (a *attack) ask(r *http.Request) reply {
	r.Header.Set("Origin", "http://"+r.Host)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if r.URL.Path != "/api/session" { // the session must outlive the attack
		r.Header.Set("Cookie", a.cookie)
	}
	w := httptest.NewRecorder()
	began := time.Now()
	a.site.server.Handler().ServeHTTP(w, r)
	out := reply{status: w.Code, took: time.Since(began)}
	var m map[string]any
	if w.Code < 300 && r.Method == http.MethodGet && json.Unmarshal(w.Body.Bytes(), &m) == nil {
		for _, name := range []string{"links", "at"} {
			delete(m, name)
		}
		if strings.HasPrefix(r.URL.Path, "/feeds/") { // whose title names the search
			delete(m, "title")
		}
		text, _ := json.Marshal(withoutQueries(m))
		out.body = string(text)
	}
	return out
}

// withoutQueries is the answer without the time, and with its addresses cut before
// their queries, which repeat the question.
func withoutQueries(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "as_of")
		delete(v, "timeStamp")
		for k := range v {
			v[k] = withoutQueries(v[k])
		}
	case []any:
		for i := range v {
			v[i] = withoutQueries(v[i])
		}
	case string:
		if strings.HasPrefix(v, "/") || strings.HasPrefix(v, "http://") {
			address, _, _ := strings.Cut(v, "?")
			return address
		}
	}
	return v
}

//raced:calm thousands of requests, of which each is judged by itself
func TestNothingIsTakenForCode(t *testing.T) {
	papers := withPapers(t)
	s := newSite(t, village(), func(c *Config) {
		papers(c)
		c.Limits.EnquiriesPerHour, c.Limits.EnquiriesInAll = 1e6, 1e6
	})
	a := &attack{t: t, site: s, cookie: s.cookieOf(geo.RoleAdmin)}
	from := s.databaseLog()
	all, table := slots(t, s.openAPI()), payloads()
	if len(table) < 200 || len(all) < 300 {
		t.Fatalf("%d payloads in %d places: too few", len(table), len(all))
	}
	turn := rand.IntN(3)
	t.Logf("turn %d", turn)
	var mu sync.Mutex
	var sleeping, harmless time.Duration
	requests := 0
	var group errgroup.Group
	group.SetLimit(4)
	for i, place := range all {
		group.Go(func() error {
			want := a.ask(place.fill(literal(i)))
			for n, p := range place.mates(table, i+turn) {
				if place.name == "after" { // a place in the order of codes, which every text has
					want = a.ask(place.fill(map[bool]string{true: "0", false: "zz"}[p.text < "XQ1"]))
				}
				got := a.ask(place.fill(p.text))
				for range 5 { // another place may have written meanwhile what both read
					if got.body == want.body || got.status != want.status {
						break
					}
					want, got = a.ask(place.fill(literal(i))), a.ask(place.fill(p.text))
				}
				a.judge(place, p, got, want)
				mu.Lock()
				requests++
				mu.Unlock()
				if p.kind != "sleep" {
					continue
				}
				quiet := a.ask(place.fill(literal(1000 + n)))
				mu.Lock()
				sleeping, harmless = sleeping+got.took, harmless+quiet.took
				mu.Unlock()
			}
			return nil
		})
	}
	_ = group.Wait()
	t.Logf("%d places, %d payloads, %d requests; %s for those that would sleep, %s for as many that would not", len(all), len(table), requests, sleeping, harmless)
	// One that slept would add 20 s to a sum of milliseconds.
	if sleeping > 3*harmless {
		t.Errorf("payloads that would sleep took %s, harmless texts %s", sleeping, harmless)
	}
	a.write(table)
	a.enquire(table)
	s.wantCleanLog(from)
}

// judge compares what a payload got with what a meaningless text got: the same,
// or a refusal of its form. A number may be a number, and a search for "[1]" is
// one for 1: those may find what there is.
func (a *attack) judge(place slot, p payload, got, want reply) {
	refused := []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests}
	letters := strings.IndexFunc(p.text, unicode.IsLetter) >= 0
	switch {
	case got.status >= 500 && got.status != want.status:
		a.t.Errorf("%s: %q: %d", place, p.text, got.status)
	case place.name == "sort" && p.text == "code": // which is the name of a field
	case slices.Contains(refused, got.status), !letters && place.takesNumbers():
	case got.status != want.status && place.in != "body":
		a.t.Errorf("%s: %q: %d, a text without meaning %d", place, p.text, got.status, want.status)
	case got.status < 300 && want.status < 300 && got.body != want.body:
		from := 0
		for from < min(len(got.body), len(want.body)) && got.body[from] == want.body[from] {
			from++
		}
		from = max(0, from-60)
		a.t.Errorf("%s: %q: …%.200s; a text without meaning …%.200s", place, p.text, got.body[from:], want.body[from:])
	}
}

// write puts every payload where it is kept, and wants it back as it was.
func (a *attack) write(table []payload) {
	v := a.site.as(geo.RolePlanner)
	const item = "/api/collections/projects/items/J03"
	for _, p := range table {
		tag := v.tag(item)
		body, _ := json.Marshal(map[string]any{"values": map[string]string{"investor": p.text}, "reason": p.text})
		res, answer := v.write("PATCH", item, string(body), "If-Match", tag)
		if res.StatusCode >= 500 {
			a.t.Errorf("%q as a value: %d %v", p.text, res.StatusCode, answer)
		}
		if res.StatusCode != 200 {
			continue
		}
		var f struct{ Properties map[string]any }
		v.read(item, &f)
		if f.Properties["investor"] != strings.TrimSpace(p.text) {
			a.t.Errorf("%q was kept as %q", p.text, f.Properties["investor"])
		}
	}
	if n := a.site.count(`select count(*) from land.area where name in ('东茅岭', '王家河')`); n != 2 {
		a.t.Error("the areas are not what they were")
	}
}

// cookieOf signs in and gives the session's cookie.
func (s *site) cookieOf(role geo.Role) string {
	s.t.Helper()
	v := s.as(role)
	u, err := url.Parse(s.http.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, c := range v.client.Jar.Cookies(u) {
		out = append(out, c.Name+"="+c.Value)
	}
	return strings.Join(out, "; ")
}

// logPath is the log of the database server.
func (s *site) logPath() string {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(s.t.Context())
	var dir string
	if err := conn.QueryRow(s.t.Context(), `show data_directory`).Scan(&dir); err != nil {
		s.t.Fatal(err)
	}
	return filepath.Join(filepath.Dir(dir), "postgres.log")
}

// databaseLog is how long the log is.
func (s *site) databaseLog() int64 {
	s.t.Helper()
	info, err := os.Stat(s.logPath())
	if err != nil {
		s.t.Fatalf("the log of the database is needed: %v", err)
	}
	return info.Size()
}

// wantCleanLog fails for errors in this database that a text can only make when
// it was taken for code, or reached a column that it has no business in. A query
// of a made-up table shows that the log is read.
func (s *site) wantCleanLog(from int64) {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(s.t.Context())
	name := conn.Config().Database
	_, _ = conn.Exec(s.t.Context(), `select from canary_of_the_log`)
	raw, err := os.ReadFile(s.logPath())
	if err != nil {
		s.t.Fatal(err)
	}
	wrong := regexp.MustCompile(`ERROR: .*(syntax|unterminated|invalid|does not exist|cannot|could not|must be|out of range|too long|malformed|operator)`)
	canary, found := false, 0
	for line := range strings.SplitSeq(string(raw[min(from, int64(len(raw))):]), "\n") {
		if !strings.Contains(line, "@"+name+" ") || !wrong.MatchString(line) {
			continue
		}
		if strings.Contains(line, "canary_of_the_log") {
			canary = true
			continue
		}
		if found++; found < 10 {
			s.t.Errorf("the database says: %.300s", line)
		}
	}
	if !canary {
		s.t.Error("the log of the database does not show an error that was made on purpose")
	}
}
