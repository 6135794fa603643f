package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	flags "flag"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/pgtest"
)

// checks runs rapid so often; its own default is for tests without a database.
func checks(t *testing.T, n int) {
	t.Helper()
	f := flags.Lookup("rapid.checks")
	before := f.Value.String()
	if err := f.Value.Set(strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(before) })
}

// exchange is one request and all that came back.
type exchange struct {
	request string
	status  int
	headers string
	body    []byte
}

// scribe is a transport that writes down every exchange.
type scribe struct {
	base http.RoundTripper
	log  []*exchange
}

// What differs between two answers of one server: the id of the request, the
// time, and when a stream asks to be called again.
var (
	volatileMember = regexp.MustCompile(`"(request_id|as_of)":"[^"]*"|retry: \d+`)
	volatileHeader = []string{"Date", "X-Request-Id"}
)

func (r *scribe) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	q.Host = "tengdi.example" // TileJSON names the host that was asked
	res, err := r.base.RoundTrip(q)
	if err != nil {
		return res, err
	}
	e := &exchange{request: q.Method + " " + q.URL.RequestURI(), status: res.StatusCode}
	head := res.Header.Clone()
	for _, name := range volatileHeader {
		head.Del(name)
	}
	var b strings.Builder
	if err := head.Write(&b); err != nil {
		return nil, err
	}
	e.headers = b.String()
	r.log = append(r.log, e)
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		res.Body = &heard{res.Body, e}
		return res, nil
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		return nil, err
	}
	e.body = body
	if volatileMember.Match(body) { // a time may be written shorter or longer
		e.headers = regexp.MustCompile(`(?m)^Content-Length: .*\r\n`).ReplaceAllString(e.headers, "")
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// heard writes down what is read of a stream.
type heard struct {
	io.ReadCloser
	e *exchange
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	h.e.body = append(h.e.body, p[:n]...)
	return n, err
}

// difference is the first way in which two logs differ; "" when they are equal.
func difference(a, b []*exchange) string {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		switch {
		case x.request != y.request:
			return fmt.Sprintf("asked %s here and %s there: an answer before led elsewhere", x.request, y.request)
		case x.status != y.status:
			return fmt.Sprintf("%s: %d here, %d there", x.request, x.status, y.status)
		case x.headers != y.headers:
			return fmt.Sprintf("%s: headers\n%s\nhere,\n%s\nthere", x.request, x.headers, y.headers)
		case !bytes.Equal(volatileMember.ReplaceAll(x.body, nil), volatileMember.ReplaceAll(y.body, nil)):
			return fmt.Sprintf("%s: body\n%.600s\nhere,\n%.600s\nthere", x.request, x.body, y.body)
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d answers here, %d there", len(a), len(b))
	}
	return ""
}

// twins are two services on two copies of one database.
func twins(t *testing.T, d geo.Dataset, change func(*Config)) (here, there *site) {
	t.Helper()
	key := fmt.Sprintf("twin %x", sha256.Sum256(fmt.Append(nil, d.District, len(d.Areas), len(d.Parcels), time.Now().UnixNano())))
	open := func() *site {
		url := pgtest.Clone(t, key, func(ctx context.Context, url string) error {
			if err := postgis.Migrate(ctx, url, nil); err != nil {
				return err
			}
			return fillDatabase(ctx, url, d)
		})
		s := siteOn(t, url, func(c *Config) {
			c.Archives = t.TempDir()
			if change != nil {
				change(c)
			}
		})
		s.handOut()
		return s
	}
	return open(), open()
}

// interview asks a service everything that an anonymous visitor can ask, in an
// order that depends on its answers only.
func (s *site) interview(places []orb.Point, words []string) []*exchange {
	v := s.visitor()
	rec := &scribe{base: v.client.Transport}
	if rec.base == nil {
		rec.base = http.DefaultTransport
	}
	v.client.Transport = rec
	nothing := regexp.MustCompile(`\z.`)
	c := &crawler{t: s.t.(*testing.T), v: v, secrets: secrets{words: map[string]string{}, amounts: map[int64]string{}, members: map[string]bool{}}, word: nothing, routes: map[string]bool{}}
	c.crawl(places, words, 10)
	for z := geo.MapMinZoom; z <= geo.MapMaxZoom; z++ {
		seen := map[maptile.Tile]bool{}
		for _, tile := range tilesOver(places, maptile.Zoom(z)) {
			if !seen[tile] {
				seen[tile] = true
				c.get(fmt.Sprintf("/tiles/public/%d/%d/%d.mvt", tile.Z, tile.X, tile.Y))
			}
		}
	}
	asked := len(rec.log)
	for _, e := range rec.log[:asked] { // what a cache would ask
		if tag := regexp.MustCompile(`(?m)^Etag: (.*)\r$`).FindStringSubmatch(e.headers); tag != nil {
			v.do("GET", strings.TrimPrefix(e.request, "GET "), nil, "If-None-Match", tag[1])
		}
	}
	for _, path := range []string{"/api/summary", "/api/collections/areas/items", "/api/search?q=x", "/api/parcels/none/history"} {
		v.do("GET", path, nil, "Accept-Language", "en", "Accept-Encoding", "gzip")
		if path != "/api/summary" { // whose length is that of a time
			v.do("HEAD", path, nil)
		}
		v.do("POST", path, strings.NewReader("{}"), "Content-Type", "application/json")
	}
	return rec.log
}

// tilesOver are the tiles of a zoom over the places.
func tilesOver(places []orb.Point, z maptile.Zoom) (out []maptile.Tile) {
	for _, p := range places {
		out = append(out, maptile.At(p, z))
	}
	return out
}

// hiddenLife lets people work on what is not published: random moves of the
// model, and rows that nobody outside may know of.
func (s *site) hiddenLife(rt *rapid.T, w *world, n int) (moves int) {
	hidden := func(m geo.MachineName, status string) bool {
		switch m {
		case geo.HouseholdMachine, geo.BuildingMachine, geo.ProblemMachine:
			return true
		}
		return !published(m, status)
	}
	who := s.people()
	for range n {
		c := w.draw(rt)
		l := w.thing(c.machine, c.code)
		if !hidden(c.machine, l.status) || !hidden(c.machine, c.to) {
			continue
		}
		if got, want := who.attempt(c), w.try(c); !slices.Equal(got, want) {
			rt.Fatalf("%+v: refused for %v, the model says %v", c, got, want)
		} else if want == nil {
			moves++
		}
	}
	return moves
}

// hiddenRows writes rows of everything that is not published, past the store, as
// a fault or a restore might; the projection must not care.
func (s *site) hiddenRows() {
	s.exec(`insert into land.parcel (code, name, status, area_id, geom, survey_m2) select 'ZZ' || n, '藏' || n, 'reserved', 1, st_translate(p.geom, 0.0001 * n, 0), 5000 from land.parcel p, generate_series(1, 20) n where p.id = 1`)
	s.exec(`insert into land.building (code, status, area_id, geom) select 'ZB' || n, 'existing', 1, st_translate(p.geom, 0, 0.0001 * n) from land.parcel p, generate_series(1, 20) n where p.id = 1`)
	s.exec(`insert into priv.household (code, area_id, status, surveyed_on) select 'ZH' || n, 1, 'surveyed', '2019-01-01' from generate_series(1, 50) n`)
	s.exec(`insert into land.problem (code, area_id, title, status) select 'ZQ' || n, 1, '密', 'opened' from generate_series(1, 5) n`)
	s.exec(`insert into land.project (code, name, status, amount_fen) select 'ZJ' || n, '密', 'lead', 1000000000 from generate_series(1, 5) n`)
	s.exec(`insert into land.person (code, name) values ('ZP', '密')`)
	s.exec(`insert into land.organisation (code, name, kind) values ('ZO', '密', 'other')`)
	s.exec(`insert into land.record (entity, entity_id, kind, no, on_day, by_login) values ('area', 1, 'meeting', 1, '2019-01-01', 'x')`)
	s.exec(`update land.round set reserve_fen = reserve_fen + 100, contract_no = contract_no || '密'`)
	s.exec(`update land.area set leader = '密', department = '密', deadline = '2020-01-01', version = version + 1, updated_at = now()`)
}

// TestTwinsAnswerAlike (T-3): two services, equal but for what is not published,
// answer every anonymous request with the same bytes. With the projection
// loosened they do not.
func TestTwinsAnswerAlike(t *testing.T) {
	checks(t, 2)
	zone := time.FixedZone("UTC+8", 8*60*60)
	today := geo.DayOf(time.Now(), zone)
	begun := today - 2000
	noon := time.Now().Truncate(time.Hour)
	shown, life := village(), hamlet(begun)
	d := shown
	d.Areas = append(slices.Clone(shown.Areas), life.Areas...)
	d.Cleared = append(slices.Clone(shown.Cleared), life.Cleared...)
	d.Parcels = append(slices.Clone(shown.Parcels), life.Parcels...)
	d.Buildings = append(slices.Clone(shown.Buildings), life.Buildings...)
	d.Households, d.Problems = append(slices.Clone(shown.Households), life.Households...), life.Problems
	d.Projects = append(slices.Clone(shown.Projects), life.Projects...)
	d.Events = append(slices.Clone(shown.Events), life.Events...)
	fixed := func(c *Config) {
		c.Now = func() time.Time { return noon }
		c.Limits = Limits{RequestsPerSecond: 1e9, RequestBurst: 1e9}
	}
	places := placesOf(d)
	words := []string{"XP4", "隐地块", "ZZ1", "藏1", "ZH1", "ZJ1", "密", "M2P1", "项目M1J1"}
	total := 0
	rapid.Check(t, func(rt *rapid.T) {
		here, there := twins(t, d, fixed)
		defer here.http.Close()
		defer there.http.Close()
		defer here.store.Close()
		defer there.store.Close()
		w := worldOf(life, begun, today, zone, there.size)
		if n := there.hiddenLife(rt, w, 250); n < 5 {
			rt.Skip("too little happened")
		} else {
			total += n
		}
		there.hiddenRows()
		a, b := here.interview(places, words), there.interview(places, words)
		if len(a) < 500 {
			rt.Fatalf("%d answers are too few to compare", len(a))
		}
		if diff := difference(a, b); diff != "" {
			rt.Fatal(diff)
		}
	})
	t.Logf("%d hidden moves left no trace", total)
	if total == 0 {
		t.Fatal("nothing hidden was done")
	}

	here, there := twins(t, d, fixed)
	there.hiddenRows()
	there.server.cfg.Store = looseStore{there.store}
	if diff := difference(here.interview(places, words), there.interview(places, words)); diff == "" {
		t.Error("a store that reads for all what staff read goes unnoticed")
	} else {
		t.Logf("loosened: %.200s", diff)
	}
}
