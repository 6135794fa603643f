package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/paulmach/orb/encoding/mvt"

	"tengdi/geo"
)

// secrets are the words, amounts and names of members that no anonymous answer
// may have. They come from the dataset itself and from the catalogue's rule on
// what is published, not from schema pub, whose contents are on trial.
type secrets struct {
	words   map[string]string // word -> what it is
	amounts map[int64]string  // reserve prices in fen -> whose
	members map[string]bool   // names of JSON members and tile attributes for staff only
}

// published says whether a thing in this state is for everybody.
func published(m geo.MachineName, status string) bool {
	st, ok := geo.StatusOf(m, status)
	return ok && st.Public
}

func secretsOf(d geo.Dataset) secrets {
	s := secrets{words: map[string]string{}, amounts: map[int64]string{}, members: map[string]bool{}}
	open := map[string]bool{"": true}
	for _, p := range d.Parcels {
		if published(geo.ParcelMachine, p.Status) {
			open[p.Code], open[p.Name] = true, true
		}
	}
	for _, p := range d.Projects {
		if published(geo.ProjectMachine, p.Status) {
			open[p.Code], open[p.Name] = true, true
		}
	}
	hide := func(what string, words ...string) {
		for _, w := range words {
			if !open[w] {
				s.words[w] = what + " " + words[0]
			}
		}
	}
	for _, p := range d.Parcels {
		if !published(geo.ParcelMachine, p.Status) {
			hide("parcel", p.Code, p.Name)
		}
	}
	for _, p := range d.Projects {
		if !published(geo.ProjectMachine, p.Status) {
			hide("project", p.Code, p.Name)
		}
	}
	for _, b := range d.Buildings {
		hide("building", b.Code)
	}
	for _, h := range d.Households {
		hide("household", h.Code)
	}
	for _, p := range d.Problems {
		hide("problem", p.Code)
	}
	for _, r := range d.Rounds {
		s.amounts[int64(r.Reserve)] = fmt.Sprintf("reserve price of %s round %d", r.Parcel, r.No)
	}
	s.hideMembers()
	return s
}

// hideMembers lists what only staff have a name for, over all collections.
func (s secrets) hideMembers() {
	public := map[string]bool{}
	for _, c := range geo.Collections() {
		for _, f := range geo.Fields(c) {
			public[f.Name] = public[f.Name] || f.Public
		}
	}
	for _, l := range geo.MapLayers(geo.Public) {
		for _, f := range l.Fields {
			public[f] = true
		}
	}
	for _, c := range geo.Collections() {
		for _, f := range geo.Fields(c) {
			if !public[f.Name] {
				s.members[f.Name] = true
			}
		}
	}
	for _, name := range []string{"households", "problems", "late", "actor", "reason", "data", "household", "hash", "password"} {
		s.members[name] = true
	}
}

// withOddReserves gives every round a reserve price that ends in odd fen, so
// that no published amount is equal to one by chance.
func withOddReserves(d geo.Dataset) geo.Dataset {
	d.Rounds = slices.Clone(d.Rounds)
	for i := range d.Rounds {
		r := &d.Rounds[i]
		if r.Reserve == 0 {
			r.Reserve = r.Start
		}
		r.Reserve += geo.Money(100_003 + 2*i)
	}
	return d
}

// crawler reads everything that an anonymous visitor can reach and notes what
// should not be there.
type crawler struct {
	t       *testing.T
	v       *visitor
	secrets secrets
	word    *regexp.Regexp // a word within a text: letters and digits, with signs between them
	asked   url.Values     // the query of the address being read
	found   []string
	routes  map[string]bool // patterns of the table that were read
	answers int             // read
	values  int             // looked at
	drawn   int             // tiles with something in them
	last    []byte          // the body of the last answer
}

func (c *crawler) note(at, what string) {
	if len(c.found) < 20 {
		c.found = append(c.found, at+": "+what)
	}
}

func (c *crawler) text(at, text string) {
	c.values++
	for _, word := range append(c.word.FindAllString(text, -1), text) {
		if what, secret := c.secrets.words[word]; secret {
			c.note(at, "names "+what)
		}
		if v, err := strconv.ParseFloat(word, 64); err == nil {
			c.number(at, v)
		}
	}
}

// number compares an amount, as fen, yuan or 万元, with the reserve prices.
func (c *crawler) number(at string, v float64) {
	c.values++
	for _, unit := range []geo.Money{1, geo.Yuan, geo.Wan} {
		fen := v * float64(unit)
		if fen < 1 || fen > 1e15 || fen != float64(int64(fen+0.5)) && unit == 1 {
			continue
		}
		if what, secret := c.secrets.amounts[int64(fen+0.5)]; secret {
			c.note(at, "tells the "+what)
		}
	}
}

func (c *crawler) member(at, name string) {
	c.text(at, name)
	if c.secrets.members[name] {
		c.note(at, "has the member "+name)
	}
}

// look goes through a JSON value.
func (c *crawler) look(at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			c.member(at, name)
			if href, ok := inner.(string); ok && name == "href" {
				inner = c.withoutAsked(href)
			}
			c.look(at, inner)
		}
	case []any:
		for _, inner := range v {
			c.look(at, inner)
		}
	case string:
		c.text(at, v)
	case float64:
		c.number(at, v)
	}
}

// withoutAsked takes out of a link what the caller itself put into the query.
func (c *crawler) withoutAsked(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return href
	}
	q := u.Query()
	for name := range c.asked {
		if q.Get(name) == c.asked.Get(name) {
			q.Del(name)
		}
	}
	return u.Path + "?" + q.Encode()
}

// get reads one address: headers and body, whatever the status.
func (c *crawler) get(path string) (map[string]any, int) {
	c.t.Helper()
	c.answers++
	address, query, _ := strings.Cut(path, "?")
	var err error
	if c.asked, err = url.ParseQuery(query); err != nil {
		c.t.Fatal(err)
	}
	at := chi.NewRouteContext()
	if c.v.site.server.Handler().(chi.Routes).Match(at, http.MethodGet, address) {
		c.routes[at.RoutePattern()] = true
	}
	res, body := c.v.get(path)
	c.last = body
	for name, values := range res.Header {
		for _, v := range values {
			c.text(path+" header "+name, v)
		}
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), tileType) {
		c.tile(path, body)
		return nil, res.StatusCode
	}
	if res.Header.Get("Content-Type") == archiveType {
		c.archive(path, body)
		return nil, res.StatusCode
	}
	var v any
	if path == "/api/openapi.json" || json.Unmarshal(body, &v) != nil { // the description names members; what it says is looked at
		c.text(path, string(body))
		return nil, res.StatusCode
	}
	if res.StatusCode < 400 { // a problem repeats what the caller asked for
		c.look(path, v)
	}
	m, _ := v.(map[string]any)
	return m, res.StatusCode
}

// getPage is get for what is no JSON.
func (c *crawler) getPage(path string) []byte {
	c.t.Helper()
	c.get(path)
	return c.last
}

func (c *crawler) tile(path string, body []byte) {
	c.t.Helper()
	layers, err := mvt.Unmarshal(body)
	if err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	c.drawn++
	for _, l := range layers {
		if !slices.ContainsFunc(geo.MapLayers(geo.Public), func(m geo.MapLayer) bool { return m.Name == l.Name || m.Mosaic.Name == l.Name || l.Name == "left_out" }) {
			c.note(path, "has the layer "+l.Name)
		}
		for _, f := range l.Features {
			for name, v := range f.Properties {
				c.member(path, name)
				c.look(path, v)
			}
		}
	}
}
